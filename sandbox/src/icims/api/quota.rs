//! The daily allowance of API calls (icims-api 4).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

const DAY: i64 = 24 * 60 * 60;

/// Calls of each customer on the present UTC day. Kept in memory only: writing each read to disk would cost more than the count is
/// worth, so a restart begins the day anew (*assumed* to matter to nobody).
#[derive(Debug, Default)]
pub(in crate::icims) struct Quotas(Mutex<HashMap<u64, Used>>);

#[derive(Clone, Copy, Debug, Default)]
struct Used {
    day: i64,
    calls: u64,
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

impl Quotas {
    /// Counts one call.
    pub(super) fn count(&self, customer: u64, limit: u64, now: Timestamp) -> Standing {
        let (day, second) = (now.as_second().div_euclid(DAY), now.as_second().rem_euclid(DAY));
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let used = counts.entry(customer).or_default();
        if used.day != day {
            *used = Used { day, calls: 0 };
        }
        let exceeded = used.calls >= limit;
        used.calls = used.calls.saturating_add(1);
        Standing { limit, remaining: limit.saturating_sub(used.calls), reset: DAY - second, exceeded }
    }

    /// Forgets the count of one customer.
    pub(in crate::icims) fn forget(&self, customer: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&customer);
    }

    /// Forgets all counts.
    pub(in crate::icims) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_starts_anew_at_midnight_utc() {
        let quotas = Quotas::default();
        let late: Timestamp = "2031-03-04T23:59:50Z".parse().expect("a moment");
        assert_eq!(quotas.count(4021, 2, late), Standing { limit: 2, remaining: 1, reset: 10, exceeded: false });
        assert!(!quotas.count(4021, 2, late).exceeded);
        assert!(quotas.count(4021, 2, late).exceeded);
        assert!(!quotas.count(4022, 2, late).exceeded, "another customer has an allowance of its own");
        let next: Timestamp = "2031-03-05T00:00:00Z".parse().expect("a moment");
        assert_eq!(quotas.count(4021, 2, next), Standing { limit: 2, remaining: 1, reset: DAY, exceeded: false });
    }
}
