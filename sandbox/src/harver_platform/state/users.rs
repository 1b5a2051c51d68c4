//! Who may use the screens of an account.

use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;

use super::AccountState;
use crate::harver_platform::model::{Session, User};

/// How long a browser stays signed in to the screens. *Assumed*: no figure is published.
const DESK_SESSION: SignedDuration = SignedDuration::from_hours(12);
/// How many browsers may be signed in as one user at a time.
const DESK_SESSIONS_KEPT: usize = 10;

impl AccountState {
    /// Lets somebody in with this password from now on. Whoever is signed in already stays so.
    pub fn admit_user(&mut self, email: &str, password: &str) {
        let email = email.to_lowercase();
        let sessions = self.users.remove(&email).map(|user| user.sessions).unwrap_or_default();
        self.users.put(email.clone(), User { email, password: password.to_owned(), sessions });
    }

    /// Whether address and password belong to a user of the account.
    #[must_use]
    pub fn knows_user(&self, email: &str, password: &str) -> bool {
        let user = self.users.get(&email.to_lowercase());
        user.is_some_and(|user| user.password.as_bytes().ct_eq(password.as_bytes()).into())
    }

    /// Signs a browser in as a user that has proved who it is; the secret for its cookie.
    pub fn sign_user_in(&mut self, email: &str, now: Timestamp) -> String {
        let token = self.secret("desk-session");
        if let Some(user) = self.users.edit(&email.to_lowercase()) {
            user.sessions.retain(|session| session.expires_at > now);
            let expires_at = now.saturating_add(DESK_SESSION).unwrap_or(Timestamp::MAX);
            user.sessions.push(Session { token: token.clone(), expires_at });
            let surplus = user.sessions.len().saturating_sub(DESK_SESSIONS_KEPT);
            user.sessions.drain(..surplus);
        }
        token
    }

    /// Who is signed in with this cookie.
    #[must_use]
    pub fn signed_in_user(&self, token: &str, now: Timestamp) -> Option<&User> {
        let is_it = |session: &Session| session.expires_at > now && session.token.as_bytes().ct_eq(token.as_bytes()).into();
        self.users.values().find(|user| user.sessions.iter().any(is_it))
    }

    /// Signs the browser with this cookie out.
    pub fn sign_user_out(&mut self, token: &str) {
        let has_it = |user: &&User| user.sessions.iter().any(|session| session.token == token);
        let email = self.users.values().find(has_it).map(|user| user.email.clone());
        if let Some(user) = email.and_then(|email| self.users.edit(&email)) {
            user.sessions.retain(|session| session.token != token);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harver_platform::state::samples;

    #[test]
    fn a_user_needs_the_own_password_and_is_signed_in_for_half_a_day() {
        let (mut state, now) = (samples::account(), samples::moment());
        state.admit_user("Admin@Brightwater.example", "open sesame");
        assert!(state.knows_user("admin@brightwater.EXAMPLE", "open sesame"));
        assert!(!state.knows_user("admin@brightwater.example", "open") && !state.knows_user("x@example.org", "open sesame"));
        let token = state.sign_user_in("admin@brightwater.example", now);
        let session_end = now + DESK_SESSION;
        assert!(state.signed_in_user(&token, session_end - SignedDuration::from_secs(1)).is_some());
        assert!(state.signed_in_user(&token, session_end).is_none());
        state.admit_user("admin@brightwater.example", "another one");
        assert!(state.signed_in_user(&token, now).is_some() && !state.knows_user("admin@brightwater.example", "open sesame"));
        state.sign_user_out(&token);
        assert!(state.signed_in_user(&token, now).is_none());
    }
}
