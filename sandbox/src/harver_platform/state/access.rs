//! Who may use the API: clients and the tokens they are given.

use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;

use super::AccountState;
use crate::harver_platform::model::AccessToken;

/// How long an access token works (`harver-platform.md` 9: one hour).
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// An access token as it is handed out.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The token.
    pub token: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

impl AccountState {
    /// Whether this name and secret belong to a client of the account.
    #[must_use]
    pub fn knows_client(&self, client_id: &str, client_secret: &str) -> bool {
        self.clients
            .get(&client_id.to_owned())
            .is_some_and(|client| client.client_secret.as_bytes().ct_eq(client_secret.as_bytes()).into())
    }

    /// Hands out an access token to a client that has proved who it is, and drops those that no longer work.
    pub fn grant_token(&mut self, client_id: &str, now: Timestamp) -> Grant {
        let expired: Vec<String> =
            self.tokens.iter().filter(|(_, token)| token.expires_at <= now).map(|(token, _)| token.clone()).collect();
        let soonest = self.tokens.iter().min_by_key(|(_, token)| token.expires_at).map(|(token, _)| token.clone());
        let surplus = soonest.filter(|_| self.tokens.len() >= self.limits.tokens);
        for token in expired.into_iter().chain(surplus) {
            self.tokens.remove(&token);
        }
        let token = self.secret("access-token");
        let expires_at = now.saturating_add(TOKEN_LIFE).unwrap_or(Timestamp::MAX);
        self.tokens.put(token.clone(), AccessToken { client_id: client_id.to_owned(), expires_at });
        Grant { token, expires_at }
    }

    /// The access token behind this text, also when it has expired.
    #[must_use]
    pub fn token(&self, token: &str) -> Option<&AccessToken> {
        self.tokens.get(&token.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harver_platform::state::samples;

    #[test]
    fn a_token_lives_an_hour_and_is_forgotten_later() {
        let (mut state, now) = (samples::account(), samples::moment());
        let grant = state.grant_token("brightwater", now);
        assert_eq!(state.token(&grant.token).expect("kept").expires_at, now + SignedDuration::from_hours(1));
        state.grant_token("brightwater", now + SignedDuration::from_hours(1));
        assert!(state.token(&grant.token).is_none());
    }

    #[test]
    fn a_client_needs_its_own_secret() {
        let state = samples::account();
        assert!(state.knows_client("brightwater", "open sesame"));
        assert!(!state.knows_client("brightwater", "open"));
        assert!(!state.knows_client("other", "open sesame"));
    }
}
