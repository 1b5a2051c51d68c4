//! Who is logged in on the career portal.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::engine::Chance;
use crate::icims::model::PersonId;

use super::CustomerState;

/// How long a portal session lasts from the last step the candidate took (*assumed*).
const PORTAL_SESSION: SignedDuration = SignedDuration::from_hours(2);

/// A browser that has given its e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalSession {
    /// The address that was given.
    pub email: String,
    /// The person behind it; nobody until the profile has been filled in.
    pub person: Option<PersonId>,
    /// When the session ends.
    pub expires: Timestamp,
}

impl CustomerState {
    /// Begins a session and returns its token. When there are too many, the one that ends first makes room.
    pub fn begin_portal_session(&mut self, email: &str, person: Option<PersonId>, seed: u64, now: Timestamp) -> String {
        while let Some((expires, token)) = self.sessions.lookups().0.get_min().cloned() {
            if self.sessions.len() < self.limits.sessions && expires > now {
                break;
            }
            self.sessions.remove(&token);
        }
        let counters = self.counters.edit();
        counters.token += 1;
        let token = Chance::new(seed, &format!("portal session/{}/{}", self.info.get().id, counters.token)).token(40);
        self.sessions.put(token.clone(), PortalSession { email: email.to_owned(), person, expires: end(now) });
        token
    }

    /// The session with this token, unless it has ended.
    #[must_use]
    pub fn portal_session(&self, token: &str, now: Timestamp) -> Option<&PortalSession> {
        self.sessions.get(&token.to_owned()).filter(|session| session.expires > now)
    }

    /// A step of the application: the session now belongs to this person and lasts longer.
    pub fn keep_portal_session(&mut self, token: &str, person: PersonId, now: Timestamp) {
        if let Some(mut session) = self.sessions.edit(&token.to_owned()) {
            session.person = Some(person);
            session.expires = end(now);
        }
    }

    /// Ends every session of a person.
    pub(super) fn end_sessions_of(&mut self, person: PersonId) {
        let theirs = self.sessions.iter().filter(|(_, session)| session.person == Some(person));
        let tokens: Vec<String> = theirs.map(|(token, _)| token.clone()).collect();
        for token in tokens {
            self.sessions.remove(&token);
        }
    }

    /// Ends a session; ending one that is not there is fine.
    pub fn end_portal_session(&mut self, token: &str) {
        self.sessions.remove(&token.to_owned());
    }
}

fn end(now: Timestamp) -> Timestamp {
    now.checked_add(PORTAL_SESSION).unwrap_or(Timestamp::MAX)
}
