//! Access tokens that several calls share. Both neighbours hand them out for client credentials; only their wire formats differ,
//! and those stay with the neighbours.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use url::Url;

use crate::clock::Clock;

/// How long before its end a token is no longer used, so that it does not run out on the way. Short-lived ones: a tenth of their life.
const MARGIN: SignedDuration = SignedDuration::from_mins(1);

/// A token is not believed to live longer than this, whatever its issuer says.
const LONGEST_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Whose token. A changed secret is another key, so that a token obtained with the old one is never used again.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct TokenKey {
    token_url: Url,
    client_id: String,
    secret_digest: [u8; 32],
}

impl TokenKey {
    pub(crate) fn new(token_url: Url, client_id: &str, secret: &SecretString) -> Self {
        let secret_digest = Sha256::digest(secret.expose_secret().as_bytes()).into();
        Self { token_url, client_id: client_id.to_owned(), secret_digest }
    }
}

/// What an issuer answered.
pub(crate) struct IssuedToken {
    /// The token.
    pub(crate) bearer: SecretString,
    /// How long it works from now on.
    pub(crate) lifetime: SignedDuration,
}

/// A token in use.
#[derive(Clone)]
pub(crate) struct Token(Arc<Held>);

struct Held {
    bearer: SecretString,
    renew_at: Timestamp,
}

impl Token {
    pub(crate) fn bearer(&self) -> &str {
        self.0.bearer.expose_secret()
    }
}

type Slot = Arc<OnceCell<Token>>;

/// Tokens by key; clones share them.
#[derive(Clone)]
pub(crate) struct TokenCache {
    clock: Clock,
    slots: Arc<Mutex<HashMap<TokenKey, Slot>>>,
}

impl TokenCache {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, slots: Arc::default() }
    }

    /// The token under this key; `fetch` runs when there is none, and never twice at a time for one key: whoever comes meanwhile
    /// waits for its outcome.
    pub(crate) async fn token<E, F>(&self, key: &TokenKey, fetch: impl FnOnce() -> F) -> Result<Token, E>
    where
        F: Future<Output = Result<IssuedToken, E>>,
    {
        let now = self.clock.now();
        self.slot(key, now)
            .get_or_try_init(|| async {
                let issued = fetch().await?;
                let lifetime = issued.lifetime.clamp(SignedDuration::ZERO, LONGEST_LIFE);
                let renew_at = now.checked_add(lifetime - MARGIN.min(lifetime / 10)).unwrap_or(Timestamp::MAX);
                Ok(Token(Arc::new(Held { bearer: issued.bearer, renew_at })))
            })
            .await
            .cloned()
    }

    /// Forgets a token that was refused, unless somebody has replaced it already.
    pub(crate) fn forget(&self, key: &TokenKey, refused: &Token) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let held = slots.get(key).and_then(|slot| slot.get()).is_some_and(|token| Arc::ptr_eq(&token.0, &refused.0));
        if held {
            slots.remove(key);
        }
    }

    /// The place of a token that is usable or under way. Places of tokens that have run out are given up, so that rotated
    /// credentials leave nothing behind.
    fn slot(&self, key: &TokenKey, now: Timestamp) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|_, slot| slot.get().is_none_or(|token| now < token.0.renew_at));
        Arc::clone(slots.entry(key.clone()).or_default())
    }
}
