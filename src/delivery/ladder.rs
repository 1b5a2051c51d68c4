//! When a failed step is tried again.

use jiff::{SignedDuration, Timestamp};

use crate::domain::Disposition;

/// Of a neighbour that names a moment hours away it is known that it is not overloaded then.
const LONGEST_SPREAD: SignedDuration = SignedDuration::from_secs(5);

/// The waits between attempts. When they are used up, the step is given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder(Vec<SignedDuration>);

/// Why a list of waits is no ladder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the waits between attempts must be positive and at most a day; {0:#} is not")]
pub struct InvalidLadder(SignedDuration);

impl Default for Ladder {
    /// 1, 5, 15, 30 and 60 minutes, as another vendor on iCIMS has published (assessment-flow.md 10, "Retry pattern").
    fn default() -> Self {
        Self([1, 5, 15, 30, 60].into_iter().map(SignedDuration::from_mins).collect())
    }
}

impl Ladder {
    /// A ladder with these waits.
    ///
    /// # Errors
    /// When one of them is not positive, or longer than a day.
    pub fn new(waits: Vec<SignedDuration>) -> Result<Self, InvalidLadder> {
        match waits.iter().find(|wait| !wait.is_positive() || **wait > SignedDuration::from_hours(24)) {
            Some(wrong) => Err(InvalidLadder(*wrong)),
            None => Ok(Self(waits)),
        }
    }

    /// The moment of the next attempt after `tried` attempts that count, or `None` when the step is to be given up.
    ///
    /// `jitter` is between 0 and 1 and lengthens the wait by up to a tenth, so that many steps that failed together do not come
    /// back together. A neighbour that names a moment is not asked before it, however often it does so.
    #[must_use]
    pub fn next(&self, tried: u32, disposition: Disposition, now: Timestamp, jitter: f64) -> Option<Timestamp> {
        let moment = match disposition {
            Disposition::Park | Disposition::Stop => return None,
            Disposition::RetryLater => now.saturating_add(*self.0.get(usize::try_from(tried).ok()?)?).ok()?,
            Disposition::RetryAt(moment) => moment,
        };
        let wait = moment.duration_since(now).max(SignedDuration::ZERO);
        let spread = wait.mul_f64(jitter.clamp(0.0, 1.0) / 10.0);
        let spread = if disposition == Disposition::RetryLater { spread } else { spread.min(LONGEST_SPREAD) };
        moment.saturating_add(spread).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes_of(ladder: &Ladder) -> Vec<i64> {
        let now = Timestamp::UNIX_EPOCH;
        let moments = (0..).map_while(|tried| ladder.next(tried, Disposition::RetryLater, now, 0.0));
        moments.map(|moment| moment.as_second() / 60).collect()
    }

    #[test]
    fn the_published_ladder() {
        assert_eq!(minutes_of(&Ladder::default()), [1, 5, 15, 30, 60]);
    }

    #[test]
    fn jitter_lengthens_a_wait_by_a_tenth_at_most() {
        let next = Ladder::default().next(1, Disposition::RetryLater, Timestamp::UNIX_EPOCH, 1.0);
        assert_eq!(next.expect("a second attempt").as_second(), 330);
    }

    #[test]
    fn a_neighbour_that_names_a_moment_is_not_asked_before_it() {
        let midnight = Timestamp::from_second(86_400).expect("in range");
        for tried in [0, 5, 500] {
            let at = |jitter| Ladder::default().next(tried, Disposition::RetryAt(midnight), Timestamp::UNIX_EPOCH, jitter);
            assert_eq!(at(0.0), Some(midnight), "no rung is spent");
            assert_eq!(at(1.0), midnight.checked_add(LONGEST_SPREAD).ok(), "those who wait do not come back together");
        }
        let passed = Ladder::default().next(0, Disposition::RetryAt(Timestamp::UNIX_EPOCH), midnight, 1.0);
        assert_eq!(passed, Some(Timestamp::UNIX_EPOCH), "a moment that has passed is now");
    }

    #[test]
    fn what_cannot_succeed_is_not_tried_again() {
        assert_eq!(Ladder::default().next(0, Disposition::Stop, Timestamp::UNIX_EPOCH, 0.0), None);
    }

    #[test]
    fn a_wait_must_be_positive_and_at_most_a_day() {
        assert!(Ladder::new(vec![SignedDuration::ZERO]).is_err());
        assert!(Ladder::new(vec![SignedDuration::from_hours(25)]).is_err());
        assert!(Ladder::new(vec![]).is_ok());
    }
}
