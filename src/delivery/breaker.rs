//! The circuit breaker of one customer's neighbour: after failures in a row it is left alone for a while, then one step tries it.

use jiff::{SignedDuration, Timestamp};

/// After how many failures in a row a neighbour is left alone.
const FAILURES: u32 = 3;
/// For how long.
const OPEN_FOR: SignedDuration = SignedDuration::from_secs(30);

/// Closed as long as calls get through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Breaker {
    failures: u32,
    /// The moment from which one step may try.
    open_until: Option<Timestamp>,
}

impl Breaker {
    /// How many of a share of `share` steps may call the neighbour now.
    pub(super) fn allows(&self, share: usize, now: Timestamp) -> usize {
        match self.open_until {
            None => share,
            Some(moment) if now < moment => 0,
            Some(_) => 1,
        }
    }

    /// When a step may try again, of a neighbour that is left alone.
    pub(super) fn open_until(&self) -> Option<Timestamp> {
        self.open_until
    }

    /// A call got through.
    pub(super) fn got_through(&mut self) {
        *self = Self::default();
    }

    /// A step is done that may have called it: one that was let through to try probably has.
    pub(super) fn probably_got_through(&mut self) {
        if self.open_until.is_some() {
            self.got_through();
        }
    }

    /// The neighbour was away, slow or confused.
    pub(super) fn failed(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES {
            self.leave_alone(now.saturating_add(OPEN_FOR).unwrap_or(Timestamp::MAX));
        }
    }

    /// The neighbour has named the moment before which it wants no calls.
    pub(super) fn told_to_wait(&mut self, until: Timestamp) {
        self.leave_alone(until);
    }

    /// What was said of a later moment holds.
    fn leave_alone(&mut self, until: Timestamp) {
        self.open_until = Some(self.open_until.map_or(until, |known| known.max(until)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARE: usize = 4;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    #[test]
    fn three_failures_in_a_row_open_it_and_one_step_tries_after_a_while() {
        let mut breaker = Breaker::default();
        breaker.failed(at(0));
        breaker.failed(at(1));
        assert_eq!(breaker.allows(SHARE, at(1)), SHARE);
        breaker.failed(at(2));
        assert_eq!((breaker.allows(SHARE, at(31)), breaker.allows(SHARE, at(32))), (0, 1));
        breaker.failed(at(40));
        assert_eq!((breaker.allows(SHARE, at(69)), breaker.allows(SHARE, at(70))), (0, 1), "the one that tried has failed");
        breaker.got_through();
        assert_eq!(breaker.allows(SHARE, at(71)), SHARE);
    }

    #[test]
    fn a_call_that_gets_through_in_between_starts_the_count_anew() {
        let mut breaker = Breaker::default();
        breaker.failed(at(0));
        breaker.failed(at(1));
        breaker.got_through();
        breaker.failed(at(2));
        breaker.failed(at(3));
        assert_eq!(breaker.allows(SHARE, at(3)), SHARE);
    }

    #[test]
    fn a_named_moment_is_waited_for_and_a_shorter_one_takes_nothing_off() {
        let mut breaker = Breaker::default();
        breaker.told_to_wait(at(100));
        breaker.told_to_wait(at(50));
        assert_eq!((breaker.allows(SHARE, at(99)), breaker.allows(SHARE, at(100))), (0, 1));
    }
}
