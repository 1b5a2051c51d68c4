//! OAuth access tokens of the integration user.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::engine::Chance;

use super::CustomerState;

/// How long a token is good for (icims-api 2.3).
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// How many tokens may be asked for in ten minutes (icims-api 2.3).
const THROTTLE: usize = 500;
const THROTTLE_WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// How many tokens are remembered; older ones stop working, which no client that keeps its token notices (*assumed*).
const REMEMBERED: usize = 2_000;

/// An issued token.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Token {
    /// When it was issued.
    pub issued: Timestamp,
}

impl CustomerState {
    /// Issues a token, which starts with the customer id and a full stop so that it can be looked up. `None` when too many were
    /// asked for in ten minutes.
    pub fn issue_token(&mut self, seed: u64, now: Timestamp) -> Option<String> {
        let newest = self.tokens.lookups().0.iter().rev();
        let recent = newest.take_while(|(issued, _)| now.duration_since(*issued) < THROTTLE_WINDOW).take(THROTTLE).count();
        if recent >= THROTTLE {
            return None;
        }
        while let Some((issued, text)) = self.tokens.lookups().0.get_min().cloned() {
            if self.tokens.len() < REMEMBERED && now.duration_since(issued) < LIFETIME {
                break;
            }
            self.tokens.remove(&text);
        }
        let counters = self.counters.edit();
        counters.token += 1;
        let customer = self.info.get().id;
        let secret = Chance::new(seed, &format!("token/{customer}/{}", counters.token)).token(64);
        let text = format!("{customer}.{secret}");
        self.tokens.put(text.clone(), Token { issued: now });
        Some(text)
    }

    /// Whether a token was issued here and is still good.
    #[must_use]
    pub fn accepts_token(&self, token: &str, now: Timestamp) -> bool {
        self.tokens.get(&token.to_owned()).is_some_and(|token| now.duration_since(token.issued) < LIFETIME)
    }
}
