//! How many sign-ins may fail, and how many may be checked at once.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use tokio::sync::{Semaphore, watch};

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
/// No more are under way for an address than may still fail, so that many at once guess no more than one after the other. What is
/// under way is no failure: others for the address wait for it.
///
/// The count is kept in the memory of this process, for at most 10,000 addresses: it is lost with a restart, and each replica counts
/// for itself. Clones share it.
#[derive(Clone)]
pub struct SignIns {
    counts: Arc<Mutex<Counts>>,
    /// Changes each time an attempt ends.
    ended: Arc<watch::Sender<u64>>,
    checks: Arc<Semaphore>,
}

/// Too many sign-ins are being checked; one more may be tried in a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Busy;

/// Why a sign-in is not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotYet {
    /// Too many have failed.
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
    address: Key,
    at: Timestamp,
}

impl Default for SignIns {
    fn default() -> Self {
        Self { counts: Arc::default(), ended: Arc::new(watch::Sender::new(0)), checks: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl SignIns {
    /// Lets a sign-in be checked, once so few others are under way for the address that it may fail too.
    ///
    /// # Errors
    /// When the address is locked, or the others take too long.
    pub(super) async fn begin(&self, email: &str, now: Timestamp) -> Result<Attempt, NotYet> {
        let address = key(email);
        let mut ended = self.ended.subscribe();
        let turn = async {
            loop {
                if self.counts().begin(address, now).map_err(|until| NotYet::Locked { until })? {
                    return Ok(Attempt { of: self.clone(), address, at: now });
                }
                ended.changed().await.map_err(|_| NotYet::Busy)?;
            }
        };
        tokio::time::timeout(PATIENCE, turn).await.unwrap_or(Err(NotYet::Busy))
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

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt {
    /// The password was wrong.
    pub(super) fn failed(self) {
        self.of.counts().failed(self.address, self.at);
    }

    /// The password was right: the address starts anew.
    pub(super) fn succeeded(self) {
        self.of.counts().failures.remove(&self.address);
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.of.counts().ended(&self.address);
        self.of.ended.send_modify(|count| *count += 1);
    }
}

/// Addresses as digests: what is typed there may be long, and may be a password.
type Key = [u8; 32];

fn key(email: &str) -> Key {
    Sha256::digest(email.as_bytes()).into()
}

#[derive(Default)]
struct Counts {
    /// The moments of the failures by address, oldest first.
    failures: HashMap<Key, VecDeque<Timestamp>>,
    /// How many are being checked by address.
    under_way: HashMap<Key, usize>,
}

impl Counts {
    /// Counts a sign-in as under way if it may be checked now; `false` while it has to wait for others.
    fn begin(&mut self, address: Key, now: Timestamp) -> Result<bool, Timestamp> {
        let failures = self.recent(address, now);
        if let (Some(first), true) = (failures.front(), failures.len() >= MOST_FAILURES) {
            return Err(first.saturating_add(WINDOW).unwrap_or(Timestamp::MAX));
        }
        let may_fail = MOST_FAILURES - failures.len();
        let under_way = self.under_way.entry(address).or_default();
        let now_or_later = *under_way < may_fail;
        *under_way += usize::from(now_or_later);
        Ok(now_or_later)
    }

    fn ended(&mut self, address: &Key) {
        if let Some(under_way) = self.under_way.get_mut(address) {
            *under_way -= 1;
            if *under_way == 0 {
                self.under_way.remove(address);
            }
        }
    }

    fn failed(&mut self, address: Key, at: Timestamp) {
        if !self.failures.contains_key(&address) && self.failures.len() >= MOST_ADDRESSES {
            self.failures.retain(|_, moments| moments.back().is_some_and(|moment| is_recent(*moment, at)));
            self.forget_the_quietest_if_full();
        }
        self.failures.entry(address).or_default().push_back(at);
    }

    /// What has failed for an address lately.
    fn recent(&mut self, address: Key, now: Timestamp) -> VecDeque<Timestamp> {
        let Some(moments) = self.failures.get_mut(&address) else { return VecDeque::new() };
        moments.retain(|moment| is_recent(*moment, now));
        moments.clone()
    }

    fn forget_the_quietest_if_full(&mut self) {
        if self.failures.len() < MOST_ADDRESSES {
            return;
        }
        let quietest = self.failures.iter().min_by_key(|(_, moments)| moments.back().copied()).map(|(address, _)| *address);
        if let Some(address) = quietest {
            self.failures.remove(&address);
        }
    }
}

fn is_recent(moment: Timestamp, now: Timestamp) -> bool {
    now.duration_since(moment) < WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).expect("in range")
    }

    async fn begin(sign_ins: &SignIns, email: &str, minute: i64) -> Result<Attempt, NotYet> {
        sign_ins.begin(email, at(minute)).await
    }

    async fn fail(sign_ins: &SignIns, email: &str, minute: i64) -> Result<(), NotYet> {
        begin(sign_ins, email, minute).await.map(Attempt::failed)
    }

    #[tokio::test]
    async fn the_eleventh_failure_waits_until_the_first_is_fifteen_minutes_old() {
        let sign_ins = SignIns::default();
        for minute in 0..10 {
            assert_eq!(fail(&sign_ins, "admin@example.org", minute).await, Ok(()));
        }
        assert_eq!(fail(&sign_ins, "admin@example.org", 10).await, Err(NotYet::Locked { until: at(15) }));
        assert_eq!(fail(&sign_ins, "other@example.org", 10).await, Ok(()), "another address is not harmed");
        assert_eq!(fail(&sign_ins, "admin@example.org", 15).await, Ok(()));
        let refused = fail(&sign_ins, "admin@example.org", 15).await;
        assert_eq!(refused, Err(NotYet::Locked { until: at(16) }), "a refused attempt is not counted");
    }

    #[tokio::test]
    async fn a_success_starts_the_count_anew() {
        let sign_ins = SignIns::default();
        for _ in 0..9 {
            assert_eq!(fail(&sign_ins, "admin@example.org", 0).await, Ok(()));
        }
        begin(&sign_ins, "admin@example.org", 0).await.expect("the tenth may be tried").succeeded();
        assert_eq!(sign_ins.counts().failures.len(), 0);
    }

    /// Whether one more is let in while the ones before it have not ended.
    async fn is_let_in(sign_ins: &SignIns) -> bool {
        tokio::select! {
            biased;
            attempt = begin(sign_ins, "admin@example.org", 0) => attempt.map(drop).is_ok(),
            () = tokio::task::yield_now() => false,
        }
    }

    #[tokio::test]
    async fn those_under_way_are_no_failures_and_the_next_one_waits_for_them() {
        let sign_ins = SignIns::default();
        let mut under_way = Vec::new();
        for _ in 0..10 {
            under_way.push(begin(&sign_ins, "admin@example.org", 0).await.expect("ten may be under way"));
        }
        assert!(!is_let_in(&sign_ins).await, "the eleventh waits");
        let eleventh = tokio::spawn({
            let sign_ins = sign_ins.clone();
            async move { begin(&sign_ins, "admin@example.org", 0).await.map(Attempt::succeeded) }
        });
        under_way.pop().expect("the tenth").succeeded();
        assert_eq!(eleventh.await.expect("no panic"), Ok(()));
    }

    #[tokio::test]
    async fn many_at_once_guess_no_more_than_one_after_the_other() {
        let sign_ins = SignIns::default();
        for _ in 0..7 {
            assert_eq!(fail(&sign_ins, "admin@example.org", 0).await, Ok(()));
        }
        let mut under_way = Vec::new();
        while is_let_in(&sign_ins).await {
            under_way.push(begin(&sign_ins, "admin@example.org", 0).await.expect("it is let in"));
        }
        assert_eq!(under_way.len(), 3);
        under_way.into_iter().for_each(Attempt::failed);
        assert_eq!(fail(&sign_ins, "admin@example.org", 0).await, Err(NotYet::Locked { until: at(15) }));
    }

    #[tokio::test]
    async fn an_attempt_without_a_verdict_counts_for_nothing() {
        let sign_ins = SignIns::default();
        for _ in 0..30 {
            drop(begin(&sign_ins, "admin@example.org", 0).await.expect("nothing has failed"));
        }
        assert!(sign_ins.counts().failures.is_empty() && sign_ins.counts().under_way.is_empty());
    }

    #[test]
    fn no_more_addresses_are_remembered_than_the_limit() {
        let mut counts = Counts::default();
        for number in 0..MOST_ADDRESSES + 5 {
            counts.failed(key(&number.to_string()), at(0));
        }
        assert_eq!(counts.failures.len(), MOST_ADDRESSES);
        counts.failed(key("late"), at(60));
        assert_eq!(counts.failures.len(), 1, "what is old goes first");
    }

    #[tokio::test]
    async fn a_password_is_checked_against_its_hash() {
        let sign_ins = SignIns::default();
        let hash = crate::console::hash_password(&"correct horse".into());
        assert_eq!(sign_ins.check("correct horse".into(), hash.clone()).await, Ok(true));
        assert_eq!(sign_ins.check("battery staple".into(), hash).await, Ok(false));
    }
}
