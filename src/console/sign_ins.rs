//! How many sign-ins may fail, and how many may be checked at once.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::password::is_password_of;

/// How many sign-ins may fail for one address within [`WINDOW`].
const MOST_FAILURES: usize = 10;
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// How many addresses are remembered. Whoever floods it must have that many passwords checked first, at [`AT_ONCE`] a time.
const MOST_ADDRESSES: usize = 10_000;

/// How many passwords are checked at once: each check takes 19 MiB.
const AT_ONCE: usize = 4;

/// How long a sign-in waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Guards the sign-in against guessing: ten failures for an address within 15 minutes, then a wait until the first is 15 minutes old.
///
/// The count is kept in the memory of this process, for at most 10,000 addresses: it is lost with a restart, and each replica counts
/// for itself. Clones share it.
#[derive(Clone)]
pub struct SignIns {
    failures: Arc<Mutex<Failures>>,
    checks: Arc<Semaphore>,
}

/// Too many sign-ins are being checked; one more may be tried in a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Busy;

impl Default for SignIns {
    fn default() -> Self {
        Self { failures: Arc::default(), checks: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl SignIns {
    /// Counts a sign-in as failed before it is checked, so that many at once are counted too.
    ///
    /// # Errors
    /// The moment from which the next one is let in.
    pub(super) fn begin(&self, email: &str, now: Timestamp) -> Result<(), Timestamp> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).begin(key(email), now)
    }

    /// The sign-in was right: the address starts anew.
    pub(super) fn succeeded(&self, email: &str) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).0.remove(&key(email));
    }

    /// Whether a password belongs to a hash, checked off the threads that serve.
    ///
    /// # Errors
    /// When too many others are being checked.
    pub(super) async fn check(&self, password: SecretString, hash: String) -> Result<bool, Busy> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.checks).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(Busy) };
        let checked = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            is_password_of(&password, &hash)
        });
        checked.await.map_err(|_| Busy)
    }
}

/// Addresses as digests: what is typed there may be long, and may be a password.
type Key = [u8; 32];

fn key(email: &str) -> Key {
    Sha256::digest(email.as_bytes()).into()
}

/// The moments of the failures by address, oldest first.
#[derive(Default)]
struct Failures(HashMap<Key, VecDeque<Timestamp>>);

impl Failures {
    fn begin(&mut self, address: Key, now: Timestamp) -> Result<(), Timestamp> {
        let is_recent = |moment: &Timestamp| now.duration_since(*moment) < WINDOW;
        if let Some(moments) = self.0.get_mut(&address) {
            moments.retain(is_recent);
            if let (Some(first), true) = (moments.front(), moments.len() >= MOST_FAILURES) {
                return Err(first.saturating_add(WINDOW).unwrap_or(Timestamp::MAX));
            }
        } else if self.0.len() >= MOST_ADDRESSES {
            self.0.retain(|_, moments| moments.back().is_some_and(is_recent));
            self.forget_the_quietest_if_full();
        }
        self.0.entry(address).or_default().push_back(now);
        Ok(())
    }

    fn forget_the_quietest_if_full(&mut self) {
        if self.0.len() < MOST_ADDRESSES {
            return;
        }
        let quietest = self.0.iter().min_by_key(|(_, moments)| moments.back().copied()).map(|(address, _)| *address);
        if let Some(address) = quietest {
            self.0.remove(&address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).expect("in range")
    }

    #[test]
    fn the_eleventh_failure_waits_until_the_first_is_fifteen_minutes_old() {
        let sign_ins = SignIns::default();
        for minute in 0..10 {
            assert_eq!(sign_ins.begin("admin@example.org", at(minute)), Ok(()));
        }
        assert_eq!(sign_ins.begin("admin@example.org", at(10)), Err(at(15)));
        assert_eq!(sign_ins.begin("other@example.org", at(10)), Ok(()), "another address is not harmed");
        assert_eq!(sign_ins.begin("admin@example.org", at(15)), Ok(()));
        assert_eq!(sign_ins.begin("admin@example.org", at(15)), Err(at(16)), "a refused attempt is not counted");
    }

    #[test]
    fn a_success_starts_the_count_anew() {
        let sign_ins = SignIns::default();
        for _ in 0..10 {
            assert_eq!(sign_ins.begin("admin@example.org", at(0)), Ok(()));
        }
        sign_ins.succeeded("admin@example.org");
        assert_eq!(sign_ins.begin("admin@example.org", at(0)), Ok(()));
    }

    #[test]
    fn no_more_addresses_are_remembered_than_the_limit() {
        let mut failures = Failures::default();
        for number in 0..MOST_ADDRESSES + 5 {
            assert_eq!(failures.begin(key(&number.to_string()), at(0)), Ok(()));
        }
        assert_eq!(failures.0.len(), MOST_ADDRESSES);
        assert_eq!(failures.begin(key("late"), at(60)), Ok(()));
        assert_eq!(failures.0.len(), 1, "what is old goes first");
    }

    #[tokio::test]
    async fn a_password_is_checked_against_its_hash() {
        let sign_ins = SignIns::default();
        let hash = crate::console::hash_password(&"correct horse".into());
        assert_eq!(sign_ins.check("correct horse".into(), hash.clone()).await, Ok(true));
        assert_eq!(sign_ins.check("battery staple".into(), hash).await, Ok(false));
    }
}
