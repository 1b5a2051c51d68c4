//! The daily allowance of API calls (icims-api 4), and how many calls there were.

use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use serde::Serialize;

const DAY: i64 = 24 * 60 * 60;

/// Calls of a customer, or of those who name none. Kept in memory only: writing each read to disk would cost more than the count is worth,
/// so a restart begins the day anew (*assumed* to matter to nobody).
#[derive(Debug, Default)]
pub(in crate::icims) struct Quota(Mutex<Used>);

#[derive(Clone, Copy, Debug, Default)]
struct Used {
    day: i64,
    today: u64,
    total: u64,
    answers: u64,
}

/// How often the API of a customer has been called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Calls {
    /// Calls on the present UTC day.
    pub today: u64,
    /// Calls since the process began, or since everything was reset.
    pub total: u64,
    /// How many calls a day has.
    pub limit: u64,
    /// Calls that are left today.
    pub remaining: u64,
    /// Seconds until the next midnight UTC.
    pub reset_seconds: i64,
}

/// Where a customer stands after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) limit: u64,
    pub(super) remaining: u64,
    /// Seconds until the next midnight UTC.
    pub(super) reset: i64,
    /// Whether this call was one too many.
    pub(super) exceeded: bool,
}

impl Quota {
    /// Counts one call.
    pub(super) fn count(&self, limit: u64, now: Timestamp) -> Standing {
        let (day, second) = day_and_second(now);
        let mut used = self.used();
        if used.day != day {
            (used.day, used.today) = (day, 0);
        }
        let exceeded = used.today >= limit;
        used.today = used.today.saturating_add(1);
        used.total = used.total.saturating_add(1);
        Standing { limit, remaining: limit.saturating_sub(used.today), reset: DAY - second, exceeded }
    }

    /// The number of an answer: 0, 1 and so on. What other customers do does not change it, so that the same calls get the same bytes.
    pub(super) fn answer(&self) -> u64 {
        let mut used = self.used();
        used.answers = used.answers.wrapping_add(1);
        used.answers.wrapping_sub(1)
    }

    /// How often the customer was called; nothing is counted.
    pub(in crate::icims) fn calls(&self, limit: u64, now: Timestamp) -> Calls {
        let (day, second) = day_and_second(now);
        let used = *self.used();
        let today = if used.day == day { used.today } else { 0 };
        Calls { today, total: used.total, limit, remaining: limit.saturating_sub(today), reset_seconds: DAY - second }
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.0.lock()
    }
}

fn day_and_second(now: Timestamp) -> (i64, i64) {
    (now.as_second().div_euclid(DAY), now.as_second().rem_euclid(DAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_starts_anew_at_midnight_utc() {
        let quota = Quota::default();
        let late: Timestamp = "2031-03-04T23:59:50Z".parse().expect("a moment");
        assert_eq!(quota.count(2, late), Standing { limit: 2, remaining: 1, reset: 10, exceeded: false });
        assert!(!quota.count(2, late).exceeded);
        assert!(quota.count(2, late).exceeded);
        let calls = Calls { today: 3, total: 3, limit: 2, remaining: 0, reset_seconds: 10 };
        assert_eq!(quota.calls(2, late), calls);
        let next: Timestamp = "2031-03-05T00:00:00Z".parse().expect("a moment");
        assert_eq!(quota.calls(2, next), Calls { today: 0, remaining: 2, reset_seconds: DAY, ..calls });
        assert_eq!(quota.count(2, next), Standing { limit: 2, remaining: 1, reset: DAY, exceeded: false });
    }

    #[test]
    fn answers_are_numbered() {
        let quota = Quota::default();
        assert_eq!([(); 3].map(|()| quota.answer()), [0, 1, 2]);
    }
}
