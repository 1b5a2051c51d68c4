//! How many sign-ins may fail, and how many may be checked at once.

mod ledger;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::password::is_password_of;
use crate::domain::place_of;
use ledger::{Budget, Ledger, Line};

/// How many sign-ins of one name may fail from one place.
const OF_A_NAME: Budget = Budget { most: 10, each: SignedDuration::from_secs(90) };

/// How many may fail from one place, whatever their names, before each further failure costs [`DELAY`].
const OF_A_PLACE: Budget = Budget { most: 50, each: SignedDuration::from_secs(18) };

/// How long a place that guesses waits for its next turn.
const DELAY: Duration = Duration::from_secs(1);

/// How many passwords are checked at once: each check takes 19 MiB.
const AT_ONCE: usize = 4;

/// How many places have a turn of their own; those beyond share them.
const TURNS: usize = 1_024;

/// How long a sign-in waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Guards the sign-in against guessing, without a way to lock somebody else out.
///
/// Failures are counted by name and place together: ten, and one more each minute and a half. Whoever guesses somebody's password makes
/// that name wait where the guesses come from, and nowhere else. One sign-in of a place is checked at a time, so that many at once guess no
/// more than one after the other, and a place that floods the sign-in stands in line behind itself. One that goes through many names is
/// slowed down, and not locked: it may be an office, or a proxy that nobody has listed.
///
/// The count is kept in the memory of this process: it is lost with a restart, and each replica counts for itself. Clones share it.
#[derive(Clone)]
pub struct SignIns {
    failures: Arc<Mutex<Failures>>,
    turns: Arc<[Arc<Semaphore>]>,
    checks: Arc<Semaphore>,
}

struct Failures {
    of_names: Ledger,
    of_places: Ledger,
}

/// Too many sign-ins are being checked; one more may be tried in a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Busy;

/// Why a sign-in is not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotYet {
    /// Too many of this name have failed from this place.
    Locked {
        /// From when the next one is let in.
        until: Timestamp,
    },
    /// Too many are being checked.
    Busy,
}

/// A sign-in that is being checked. One that ends without a verdict is as if it had not been.
pub(super) struct Attempt {
    of: SignIns,
    name: Line,
    place: Line,
    at: Timestamp,
    /// The next one of the place comes when this is gone.
    _turn: OwnedSemaphorePermit,
}

impl Default for SignIns {
    fn default() -> Self {
        let failures = Failures { of_names: Ledger::new(OF_A_NAME), of_places: Ledger::new(OF_A_PLACE) };
        Self {
            failures: Arc::new(Mutex::new(failures)),
            turns: (0..TURNS).map(|_| Arc::new(Semaphore::new(1))).collect(),
            checks: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl SignIns {
    /// Lets a sign-in be checked when it is the turn of its place. `from` is where it comes from, as far as that is known.
    ///
    /// # Errors
    /// When too many of the name have failed from there, or the others from there take too long.
    pub(super) async fn begin(&self, email: &str, from: Option<IpAddr>, now: Timestamp) -> Result<Attempt, NotYet> {
        let place = from.map(place_of);
        let (name, place) = {
            let failures = self.failures();
            (failures.of_names.line((email, place)), failures.of_places.line(place))
        };
        let admits = || self.failures().of_names.admits(name, now).map_err(|until| NotYet::Locked { until });
        admits()?;
        let turn = Arc::clone(&self.turns[usize::from(place) % TURNS]).acquire_owned();
        let Ok(Ok(turn)) = tokio::time::timeout(PATIENCE, turn).await else { return Err(NotYet::Busy) };
        // Those before it may have failed.
        admits()?;
        Ok(Attempt { of: self.clone(), name, place, at: now, _turn: turn })
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

    fn failures(&self) -> MutexGuard<'_, Failures> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt {
    /// The password was wrong. Where too much has failed, the next turn comes later, and so does this answer.
    pub(super) async fn failed(self) {
        let slowed = {
            let mut failures = self.of.failures();
            failures.of_names.failed(self.name, self.at);
            let slowed = failures.of_places.admits(self.place, self.at).is_err();
            failures.of_places.failed(self.place, self.at);
            slowed
        };
        if slowed {
            // Nothing else can end this wait.
            let _ = tokio::time::timeout(DELAY, std::future::pending::<()>()).await;
        }
    }

    /// The password was right: the name starts anew.
    pub(super) fn succeeded(self) {
        self.of.failures().of_names.forgive(self.name);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    async fn begin(sign_ins: &SignIns, email: &str, from: &str, second: i64) -> Result<Attempt, NotYet> {
        sign_ins.begin(email, Some(from.parse().expect("an address")), at(second)).await
    }

    async fn fail(sign_ins: &SignIns, email: &str, from: &str, second: i64) -> Result<(), NotYet> {
        begin(sign_ins, email, from, second).await?.failed().await;
        Ok(())
    }

    const HERE: &str = "192.0.2.7";

    #[tokio::test]
    async fn the_eleventh_failure_of_a_name_waits_where_it_comes_from_and_nowhere_else() {
        let sign_ins = SignIns::default();
        for _ in 0..10 {
            assert_eq!(fail(&sign_ins, "admin@example.org", HERE, 0).await, Ok(()));
        }
        assert_eq!(fail(&sign_ins, "admin@example.org", HERE, 0).await, Err(NotYet::Locked { until: at(90) }));
        assert_eq!(fail(&sign_ins, "admin@example.org", "::ffff:192.0.2.7", 0).await, Err(NotYet::Locked { until: at(90) }));
        assert_eq!(fail(&sign_ins, "other@example.org", HERE, 0).await, Ok(()), "another name is not harmed");
        begin(&sign_ins, "admin@example.org", "198.51.100.1", 0).await.expect("nor is the name elsewhere").succeeded();
        assert!(fail(&sign_ins, "admin@example.org", HERE, 0).await.is_err(), "what succeeds elsewhere forgives nothing here");
        assert_eq!(fail(&sign_ins, "admin@example.org", HERE, 90).await, Ok(()));
    }

    #[tokio::test]
    async fn a_success_starts_the_count_anew() {
        let sign_ins = SignIns::default();
        for _ in 0..9 {
            assert_eq!(fail(&sign_ins, "admin@example.org", HERE, 0).await, Ok(()));
        }
        begin(&sign_ins, "admin@example.org", HERE, 0).await.expect("the tenth may be tried").succeeded();
        for _ in 0..10 {
            assert_eq!(fail(&sign_ins, "admin@example.org", HERE, 0).await, Ok(()));
        }
    }

    #[tokio::test]
    async fn whoever_has_a_network_of_addresses_is_one_place() {
        let sign_ins = SignIns::default();
        for host in 0..10 {
            assert_eq!(fail(&sign_ins, "admin@example.org", &format!("2001:db8:0:1::{host}"), 0).await, Ok(()));
        }
        assert!(fail(&sign_ins, "admin@example.org", "2001:db8:0:1:ffff::1", 0).await.is_err());
        assert_eq!(fail(&sign_ins, "admin@example.org", "2001:db8:0:2::1", 0).await, Ok(()));
    }

    #[tokio::test]
    async fn one_sign_in_of_a_place_is_checked_at_a_time_and_other_places_do_not_wait_for_it() {
        let sign_ins = SignIns::default();
        let under_way = begin(&sign_ins, "admin@example.org", HERE, 0).await.expect("it is the first");
        assert!(begin(&sign_ins, "other@example.org", HERE, 0).now_or_never().is_none(), "it waits");
        let elsewhere = begin(&sign_ins, "admin@example.org", "198.51.100.1", 0).now_or_never();
        elsewhere.expect("a place of its own").expect("nothing has failed").succeeded();
        drop(under_way);
        assert!(begin(&sign_ins, "other@example.org", HERE, 0).await.is_ok());
    }

    /// Whether the answer to a failure comes at once.
    async fn fails_at_once(sign_ins: &SignIns, email: &str, from: &str) -> bool {
        let attempt = begin(sign_ins, email, from, 0).await.expect("it may be tried");
        attempt.failed().now_or_never().is_some()
    }

    #[tokio::test]
    async fn a_place_that_goes_through_many_names_is_slowed_down_and_not_locked() {
        let sign_ins = SignIns::default();
        for number in 0..50 {
            assert!(fails_at_once(&sign_ins, &format!("name-{number}"), HERE).await);
        }
        for number in 0..3 {
            assert!(!fails_at_once(&sign_ins, &format!("another-{number}"), HERE).await);
        }
        begin(&sign_ins, "admin@example.org", HERE, 0).await.expect("nobody is locked out").succeeded();
        assert!(fails_at_once(&sign_ins, "name", "198.51.100.1").await, "another place is not slowed down");
    }

    #[tokio::test]
    async fn an_attempt_without_a_verdict_counts_for_nothing() {
        let sign_ins = SignIns::default();
        for _ in 0..30 {
            drop(begin(&sign_ins, "admin@example.org", HERE, 0).await.expect("nothing has failed"));
        }
    }

    #[tokio::test]
    async fn a_password_is_checked_against_its_hash() {
        let sign_ins = SignIns::default();
        let hash = crate::console::password::hash_password(&"correct horse".into());
        assert_eq!(sign_ins.check("correct horse".into(), hash.clone()).await, Ok(true));
        assert_eq!(sign_ins.check("battery staple".into(), hash).await, Ok(false));
    }
}
