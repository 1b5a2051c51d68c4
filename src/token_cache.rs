//! Access tokens that several calls share. Both neighbours hand them out for client credentials; only their wire formats differ,
//! and those stay with the neighbours.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
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

/// The place of one token.
struct Slot<E> {
    /// The token, seen without waiting for whoever asks for the next one.
    token: Mutex<Option<Token>>,
    /// How many requests for it have ended.
    ended: AtomicU64,
    /// Held by whoever asks for it; how the last request failed, if it did.
    flight: tokio::sync::Mutex<Option<E>>,
}

impl<E> Default for Slot<E> {
    fn default() -> Self {
        Self { token: Mutex::default(), ended: AtomicU64::default(), flight: tokio::sync::Mutex::default() }
    }
}

impl<E> Slot<E> {
    fn token(&self) -> MutexGuard<'_, Option<Token>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn usable(&self, now: Timestamp) -> Option<Token> {
        self.token().clone().filter(|token| now < token.0.renew_at)
    }
}

/// Tokens by key; clones share them.
pub(crate) struct TokenCache<E> {
    clock: Clock,
    slots: Arc<Mutex<HashMap<TokenKey, Arc<Slot<E>>>>>,
}

impl<E> Clone for TokenCache<E> {
    fn clone(&self) -> Self {
        Self { clock: self.clock.clone(), slots: Arc::clone(&self.slots) }
    }
}

impl<E: Clone> TokenCache<E> {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, slots: Arc::default() }
    }

    /// The token under this key; `fetch` runs when there is none, and never twice at a time for one key: whoever comes meanwhile
    /// waits for what comes of it, a failure too. A hundred who wait for an issuer that hangs wait once.
    pub(crate) async fn token<F>(&self, key: &TokenKey, fetch: impl FnOnce() -> F) -> Result<Token, E>
    where
        F: Future<Output = Result<IssuedToken, E>>,
    {
        let now = self.clock.now();
        let slot = self.slot(key, now);
        if let Some(token) = slot.usable(now) {
            return Ok(token);
        }
        let before = slot.ended.load(Ordering::Acquire);
        let mut failure = slot.flight.lock().await;
        if slot.ended.load(Ordering::Acquire) != before {
            // Only what has failed leaves no token. One that serves nobody else serves those who waited for it.
            if let Some(failure) = &*failure {
                return Err(failure.clone());
            }
            if let Some(token) = slot.token().clone() {
                return Ok(token);
            }
        }
        let fetched = fetch().await.map(|issued| {
            let lifetime = issued.lifetime.clamp(SignedDuration::ZERO, LONGEST_LIFE);
            let renew_at = now.checked_add(lifetime - MARGIN.min(lifetime / 10)).unwrap_or(Timestamp::MAX);
            Token(Arc::new(Held { bearer: issued.bearer, renew_at }))
        });
        *slot.token() = fetched.as_ref().ok().cloned();
        *failure = fetched.as_ref().err().cloned();
        slot.ended.fetch_add(1, Ordering::Release);
        fetched
    }

    /// Forgets a token that was refused, unless somebody has replaced it already.
    pub(crate) fn forget(&self, key: &TokenKey, refused: &Token) {
        let slot = self.lock().get(key).cloned();
        if let Some(slot) = slot {
            slot.token().take_if(|token| Arc::ptr_eq(&token.0, &refused.0));
        }
    }

    /// The place of a token. Those where nobody waits and no token can be used are given up, so that rotated credentials leave nothing
    /// behind.
    fn slot(&self, key: &TokenKey, now: Timestamp) -> Arc<Slot<E>> {
        let mut slots = self.lock();
        slots.retain(|_, slot| Arc::strong_count(slot) > 1 || slot.usable(now).is_some());
        Arc::clone(slots.entry(key.clone()).or_default())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TokenKey, Arc<Slot<E>>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use tokio::sync::{Notify, Semaphore};

    use super::*;
    use crate::testing::Stepped;

    fn key(secret: &str) -> TokenKey {
        TokenKey::new("https://login.example/oauth/token".parse().expect("an address"), "client", &secret.into())
    }

    /// Asks once; tells which issue of the token came.
    async fn ask(
        cache: &TokenCache<&'static str>,
        secret: &str,
        issues: &AtomicUsize,
        lifetime: SignedDuration,
    ) -> (Token, String) {
        let fetch = || async {
            let number = issues.fetch_add(1, Ordering::SeqCst) + 1;
            Ok(IssuedToken { bearer: number.to_string().into(), lifetime })
        };
        let token = cache.token(&key(secret), fetch).await.expect("a token");
        let bearer = token.bearer().to_owned();
        (token, bearer)
    }

    #[tokio::test]
    async fn a_short_life_is_used_for_nine_tenths() {
        let (time, issues) = (Stepped::new(), AtomicUsize::new(0));
        let cache = TokenCache::<&'static str>::new(time.clock.clone());
        let life = SignedDuration::from_secs(100);
        assert_eq!(ask(&cache, "secret", &issues, life).await.1, "1");
        time.step(89);
        assert_eq!(ask(&cache, "secret", &issues, life).await.1, "1");
        time.step(1);
        assert_eq!(ask(&cache, "secret", &issues, life).await.1, "2");
    }

    #[tokio::test]
    async fn no_lifetime_is_too_odd() {
        let (time, issues) = (Stepped::new(), AtomicUsize::new(0));
        let cache = TokenCache::<&'static str>::new(time.clock.clone());
        for odd in [SignedDuration::MIN, SignedDuration::ZERO] {
            let before = issues.load(Ordering::SeqCst);
            ask(&cache, "secret", &issues, odd).await;
            assert_eq!(issues.load(Ordering::SeqCst), before + 1, "a token that has run out serves the one who asked");
        }
        ask(&cache, "secret", &issues, SignedDuration::MAX).await;
        time.step(8 * 24 * 3600);
        assert_eq!(ask(&cache, "secret", &issues, SignedDuration::MAX).await.1, "4", "no token is believed for ever");
    }

    #[tokio::test]
    async fn a_refused_token_is_forgotten_only_while_it_is_the_one_in_use() {
        let (time, issues) = (Stepped::new(), AtomicUsize::new(0));
        let cache = TokenCache::<&'static str>::new(time.clock.clone());
        let life = SignedDuration::from_hours(1);
        let (first, _) = ask(&cache, "secret", &issues, life).await;
        cache.forget(&key("secret"), &first);
        let (_, second) = ask(&cache, "secret", &issues, life).await;
        cache.forget(&key("secret"), &first);
        assert_eq!((second.as_str(), ask(&cache, "secret", &issues, life).await.1.as_str()), ("2", "2"));
    }

    #[tokio::test]
    async fn a_failure_is_not_kept_and_old_tokens_leave_nothing_behind() {
        let (time, issues) = (Stepped::new(), AtomicUsize::new(0));
        let cache = TokenCache::<&'static str>::new(time.clock.clone());
        assert_eq!(cache.token(&key("secret"), || async { Err("away") }).await.err(), Some("away"));
        let life = SignedDuration::from_hours(1);
        ask(&cache, "secret", &issues, life).await;
        time.step(3600);
        ask(&cache, "another", &issues, life).await;
        assert_eq!(cache.lock().len(), 1);
    }

    #[tokio::test]
    async fn whoever_waits_for_a_token_is_told_of_the_failure_and_does_not_ask_again() {
        let (time, asked) = (Stepped::new(), Arc::new(AtomicUsize::new(0)));
        let cache = TokenCache::<&'static str>::new(time.clock.clone());
        let (begun, hang_up) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
        let ask = || {
            let (cache, asked) = (cache.clone(), Arc::clone(&asked));
            let (begun, hung_up) = (Arc::clone(&begun), Arc::clone(&hang_up));
            let fetch = move || async move {
                asked.fetch_add(1, Ordering::SeqCst);
                begun.notify_one();
                hung_up.acquire().await.expect("it is never closed").forget();
                Err("away")
            };
            async move { cache.token(&key("secret"), fetch).await.err() }
        };
        let first = tokio::spawn(ask());
        begun.notified().await;
        let waiting = futures_util::future::join_all((0..20).map(|_| ask()));
        let (first, told, ()) = tokio::join!(first, waiting, async {
            // By now everybody has been polled once, and waits.
            tokio::task::yield_now().await;
            // More than one is for those who should not ask.
            hang_up.add_permits(100);
        });
        assert_eq!(first.expect("no panic"), Some("away"));
        assert_eq!(told, [Some("away"); 20]);
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert_eq!(ask().await, Some("away"));
        assert_eq!(asked.load(Ordering::SeqCst), 2, "who comes later asks");
    }

    #[tokio::test]
    async fn a_caller_that_gives_up_does_not_block_the_next() {
        let (time, issues) = (Stepped::new(), AtomicUsize::new(0));
        let cache = TokenCache::<&'static str>::new(time.clock.clone());
        let secret = key("secret");
        let endless = cache.token(&secret, std::future::pending);
        assert!(tokio::time::timeout(std::time::Duration::from_millis(10), endless).await.is_err(), "it never ends");
        assert_eq!(ask(&cache, "secret", &issues, SignedDuration::from_hours(1)).await.1, "1");
    }
}
