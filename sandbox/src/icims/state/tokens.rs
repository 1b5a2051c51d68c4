//! OAuth access tokens of integration users.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::engine::Chance;

use super::{CustomerState, Region};

/// How long a token is good for (icims-api 2.3).
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// How many tokens a client may ask for in ten minutes (icims-api 2.3).
const THROTTLE: usize = 500;
const THROTTLE_WINDOW: SignedDuration = SignedDuration::from_mins(10);

/// An issued token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Token {
    /// When it was issued.
    pub issued: Timestamp,
    /// The name of the user whose client asked for it.
    #[serde(default)]
    pub user: String,
    /// The region that it was asked for.
    #[serde(default)]
    pub region: Region,
}

impl CustomerState {
    /// Issues a token for a user. Those that were issued first make room, which no client that keeps its token notices (*assumed*). It starts with the customer id and a full stop so that it can be looked up. `None` when its client
    /// has asked for too many in ten minutes.
    pub fn issue_token(&mut self, user: &str, seed: u64, now: Timestamp) -> Option<String> {
        let newest = self.tokens.lookups().0.iter().rev();
        let recent = newest.take_while(|(issued, _)| now.duration_since(*issued) < THROTTLE_WINDOW);
        let own = recent.filter(|(_, text)| self.tokens.get(text).is_some_and(|token| token.user == user));
        if own.take(THROTTLE).count() >= THROTTLE {
            return None;
        }
        while let Some((issued, text)) = self.tokens.lookups().0.get_min().cloned() {
            if self.tokens.len() < self.limits.tokens && now.duration_since(issued) < LIFETIME {
                break;
            }
            self.tokens.remove(&text);
        }
        let counters = self.counters.edit();
        counters.token += 1;
        let (customer, region) = (self.info.get().id, self.info.get().region);
        let secret = Chance::new(seed, &format!("token/{customer}/{}", counters.token)).token(64);
        let text = format!("{customer}.{secret}");
        self.tokens.put(text.clone(), Token { issued: now, user: user.to_owned(), region });
        Some(text)
    }

    /// The name of the user whose token this is, if it was issued here, for the region in which the customer is, and is still good.
    #[must_use]
    pub fn token_user(&self, token: &str, now: Timestamp) -> Option<&str> {
        let token = self.tokens.get(&token.to_owned())?;
        let good = now.duration_since(token.issued) < LIFETIME && token.region == self.info.get().region;
        good.then_some(token.user.as_str())
    }

    /// Makes every token worthless, as a change of the client's secret does.
    pub(super) fn revoke_tokens(&mut self, user: &str) {
        let theirs: Vec<String> =
            self.tokens.iter().filter(|(_, token)| token.user == user).map(|(text, _)| text.clone()).collect();
        for text in theirs {
            self.tokens.remove(&text);
        }
    }
}
