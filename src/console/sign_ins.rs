//! How many sign-ins may fail, and how many may be checked at once.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::password::is_password_of;
use crate::domain::place_of;
use crate::store::failed_sign_ins::{self, Budget};
use crate::store::{Store, StoreError, Tx};

/// How many sign-ins of one name may fail from one place.
const OF_A_NAME: Budget = Budget { counted: "name at a place", most: 10, each: SignedDuration::from_secs(90) };

/// How many may fail from one place, whatever their names, before each further failure costs [`DELAY`].
const OF_A_PLACE: Budget = Budget { counted: "place", most: 50, each: SignedDuration::from_secs(18) };

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
/// The count is kept in the database, so that it survives a restart and is one for all replicas; turns are those of this process. Clones
/// share them.
#[derive(Clone)]
pub struct SignIns {
    store: Store,
    turns: Arc<[Arc<Semaphore>]>,
    /// Nobody can choose with whom to share a turn.
    lines: RandomState,
    checks: Arc<Semaphore>,
}

/// Too many sign-ins are being checked; one more may be tried in a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Busy;

/// Why a sign-in is not checked.
#[derive(Debug)]
pub(super) enum NotYet {
    /// Too many of this name have failed from this place.
    Locked {
        /// From when the next one is let in.
        until: Timestamp,
    },
    /// Too many are being checked.
    Busy,
    /// Nobody knows how many have failed.
    Unknown(StoreError),
}

/// A sign-in that is being checked. One that ends without a verdict is as if it had not been.
pub(super) struct Attempt {
    store: Store,
    name: String,
    place: String,
    at: Timestamp,
    /// The next one of the place comes when this is gone.
    _turn: OwnedSemaphorePermit,
}

impl SignIns {
    /// Counts in a store.
    #[must_use]
    pub fn counted_in(store: Store) -> Self {
        Self {
            store,
            turns: (0..TURNS).map(|_| Arc::new(Semaphore::new(1))).collect(),
            lines: RandomState::new(),
            checks: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Lets a sign-in be checked when it is the turn of its place. `from` is where it comes from, as far as that is known.
    ///
    /// # Errors
    /// When too many of the name have failed from there, the others from there take too long, or the store fails.
    pub(super) async fn begin(&self, email: &str, from: Option<IpAddr>, now: Timestamp) -> Result<Attempt, NotYet> {
        let place = from.map(place_of).map_or_else(String::new, |place| place.to_string());
        let name = format!("{place}\n{email}");
        self.admits(&name, now).await?;
        let [low, high, ..] = self.lines.hash_one(&place).to_le_bytes();
        let turn = Arc::clone(&self.turns[usize::from(u16::from_le_bytes([low, high])) % TURNS]).acquire_owned();
        let Ok(Ok(turn)) = tokio::time::timeout(PATIENCE, turn).await else { return Err(NotYet::Busy) };
        // Those before it may have failed.
        self.admits(&name, now).await?;
        Ok(Attempt { store: self.store.clone(), name, place, at: now, _turn: turn })
    }

    async fn admits(&self, name: &str, now: Timestamp) -> Result<(), NotYet> {
        let name = name.to_owned();
        let locked = self.store.read(move |tx| failed_sign_ins::locked_until(tx, OF_A_NAME, &name, now)).await;
        locked.map_err(NotYet::Unknown)?.map_or(Ok(()), |until| Err(NotYet::Locked { until }))
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

impl Attempt {
    /// The password was wrong. Where too much has failed, the next turn comes later, and so does this answer.
    ///
    /// # Errors
    /// When that could not be counted.
    pub(super) async fn failed(self) -> Result<(), StoreError> {
        if self.count().await? {
            // Nothing else can end this wait.
            let _ = tokio::time::timeout(DELAY, std::future::pending::<()>()).await;
        }
        Ok(())
    }

    /// Counts a failure, also when nobody waits for the answer any more. Says whether too much has failed at its place.
    async fn count(&self) -> Result<bool, StoreError> {
        let (name, place, at) = (self.name.clone(), self.place.clone(), self.at);
        let count = move |tx: &Tx<'_>| {
            failed_sign_ins::count(tx, OF_A_NAME, &name, at)?;
            let slowed = failed_sign_ins::locked_until(tx, OF_A_PLACE, &place, at)?.is_some();
            failed_sign_ins::count(tx, OF_A_PLACE, &place, at)?;
            Ok(slowed)
        };
        self.store.write_in_any_case(count).await
    }

    /// The password was right: the name starts anew.
    ///
    /// # Errors
    /// When that could not be kept.
    pub(super) async fn succeeded(self) -> Result<(), StoreError> {
        let name = self.name.clone();
        self.store.write_in_any_case(move |tx| failed_sign_ins::forgive(tx, OF_A_NAME, &name)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SealingKey;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn sign_ins() -> SignIns {
        SignIns::counted_in(Store::in_memory(SealingKey::for_this_process()).expect("memory"))
    }

    async fn begin(sign_ins: &SignIns, email: &str, from: &str, second: i64) -> Result<Attempt, NotYet> {
        sign_ins.begin(email, Some(from.parse().expect("an address")), at(second)).await
    }

    /// Lets a sign-in fail; says from when it may be tried when it may not yet.
    async fn fail(sign_ins: &SignIns, email: &str, from: &str, second: i64) -> Option<Timestamp> {
        match begin(sign_ins, email, from, second).await {
            Ok(attempt) => attempt.failed().await.map(|()| None).expect("counted"),
            Err(NotYet::Locked { until }) => Some(until),
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn succeed(sign_ins: &SignIns, email: &str, from: &str) {
        begin(sign_ins, email, from, 0).await.expect("it may be tried").succeeded().await.expect("kept");
    }

    const HERE: &str = "192.0.2.7";

    #[tokio::test]
    async fn the_eleventh_failure_of_a_name_waits_where_it_comes_from_and_nowhere_else() {
        let sign_ins = sign_ins();
        for _ in 0..10 {
            assert_eq!(fail(&sign_ins, "admin@example.org", HERE, 0).await, None);
        }
        assert_eq!(fail(&sign_ins, "admin@example.org", HERE, 0).await, Some(at(90)));
        assert_eq!(fail(&sign_ins, "admin@example.org", "::ffff:192.0.2.7", 0).await, Some(at(90)));
        assert_eq!(fail(&sign_ins, "other@example.org", HERE, 0).await, None, "another name is not harmed");
        succeed(&sign_ins, "admin@example.org", "198.51.100.1").await;
        assert!(fail(&sign_ins, "admin@example.org", HERE, 0).await.is_some(), "what succeeds elsewhere forgives nothing here");
        assert_eq!(fail(&sign_ins, "admin@example.org", HERE, 90).await, None);
    }

    #[tokio::test]
    async fn another_replica_and_the_next_process_count_on() {
        let store = Store::in_memory(SealingKey::for_this_process()).expect("memory");
        let replicas = [(); 2].map(|()| SignIns::counted_in(store.clone()));
        for number in 0..10 {
            assert_eq!(fail(&replicas[number % 2], "admin@example.org", HERE, 0).await, None);
        }
        for replica in replicas {
            assert_eq!(fail(&replica, "admin@example.org", HERE, 0).await, Some(at(90)));
        }
    }

    #[tokio::test]
    async fn a_success_starts_the_count_anew() {
        let sign_ins = sign_ins();
        for _ in 0..9 {
            assert_eq!(fail(&sign_ins, "admin@example.org", HERE, 0).await, None);
        }
        succeed(&sign_ins, "admin@example.org", HERE).await;
        for _ in 0..10 {
            assert_eq!(fail(&sign_ins, "admin@example.org", HERE, 0).await, None);
        }
    }

    #[tokio::test]
    async fn whoever_has_a_network_of_addresses_is_one_place() {
        let sign_ins = sign_ins();
        for host in 0..10 {
            assert_eq!(fail(&sign_ins, "admin@example.org", &format!("2001:db8:0:1::{host}"), 0).await, None);
        }
        assert!(fail(&sign_ins, "admin@example.org", "2001:db8:0:1:ffff::1", 0).await.is_some());
        assert_eq!(fail(&sign_ins, "admin@example.org", "2001:db8:0:2::1", 0).await, None);
    }

    #[tokio::test]
    async fn one_sign_in_of_a_place_is_checked_at_a_time_and_other_places_do_not_wait_for_it() {
        let sign_ins = sign_ins();
        let under_way = begin(&sign_ins, "admin@example.org", HERE, 0).await.expect("it is the first");
        let second = sign_ins.clone();
        let waiting = tokio::spawn(async move { begin(&second, "other@example.org", HERE, 0).await.is_ok() });
        // The store takes one question after the other, and the second's come first.
        tokio::task::yield_now().await;
        succeed(&sign_ins, "admin@example.org", "198.51.100.1").await;
        assert!(!waiting.is_finished());
        drop(under_way);
        assert!(waiting.await.expect("no panic"));
    }

    /// Lets a sign-in fail and says whether its place is slowed down.
    async fn is_slowed(sign_ins: &SignIns, email: &str, from: &str) -> bool {
        begin(sign_ins, email, from, 0).await.expect("it may be tried").count().await.expect("counted")
    }

    #[tokio::test]
    async fn a_place_that_goes_through_many_names_is_slowed_down_and_not_locked() {
        let sign_ins = sign_ins();
        for number in 0..50 {
            assert!(!is_slowed(&sign_ins, &format!("name-{number}"), HERE).await);
        }
        for number in 0..3 {
            assert!(is_slowed(&sign_ins, &format!("another-{number}"), HERE).await);
        }
        let before = std::time::Instant::now();
        assert_eq!(fail(&sign_ins, "name", HERE, 0).await, None);
        assert!(before.elapsed() >= DELAY, "the answer comes later");
        succeed(&sign_ins, "admin@example.org", HERE).await;
        assert!(!is_slowed(&sign_ins, "name", "198.51.100.1").await, "another place is not slowed down");
    }

    #[tokio::test]
    async fn an_attempt_without_a_verdict_counts_for_nothing() {
        let sign_ins = sign_ins();
        for _ in 0..30 {
            drop(begin(&sign_ins, "admin@example.org", HERE, 0).await.expect("nothing has failed"));
        }
    }

    #[tokio::test]
    async fn a_password_is_checked_against_its_hash() {
        let sign_ins = sign_ins();
        let hash = crate::console::password::hash_password(&"correct horse".into());
        assert_eq!(sign_ins.check("correct horse".into(), hash.clone()).await, Ok(true));
        assert_eq!(sign_ins.check("battery staple".into(), hash).await, Ok(false));
    }
}
