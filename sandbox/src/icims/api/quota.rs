//! The daily allowance of API calls, which each integration user has for itself (icims-api 4), and how many calls there were.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use serde::Serialize;

const DAY: i64 = 24 * 60 * 60;
/// How many integration users are counted on a day. A customer has fewer; those that were removed and made again under other names are
/// counted together beyond that.
const COUNTED: usize = 1_000;

/// Calls of a customer, or of those who name none. Kept in memory only: writing each read to disk would cost more than the count is worth,
/// so a restart begins the day anew (*assumed* to matter to nobody).
#[derive(Debug, Default)]
pub(in crate::icims) struct Quota(Mutex<Used>);

#[derive(Clone, Debug, Default)]
struct Used {
    day: i64,
    /// Calls of each integration user on that day.
    today: HashMap<Arc<str>, u64>,
    total: u64,
    answers: u64,
}

/// How often the API of a customer has been called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Calls {
    /// Calls on the present UTC day, of all integration users.
    pub today: u64,
    /// Calls since the process began, or since everything was reset.
    pub total: u64,
    /// How many calls an integration user has on a day.
    pub limit: u64,
    /// Calls that are left today to the user who has made the most.
    pub remaining: u64,
    /// Seconds until the next midnight UTC.
    pub reset_seconds: i64,
}

/// How often an integration user has called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct UserCalls {
    /// The user.
    #[schema(value_type = String)]
    pub username: Arc<str>,
    /// Its calls on the present UTC day.
    pub today: u64,
    /// Calls that are left to it today.
    pub remaining: u64,
}

/// Where an integration user stands after a call.
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
    /// Counts one call of an integration user.
    pub(super) fn count(&self, user: &Arc<str>, limit: u64, now: Timestamp) -> Standing {
        let (day, second) = day_and_second(now);
        let mut used = self.used();
        if used.day != day {
            used.day = day;
            used.today.clear();
        }
        used.total = used.total.saturating_add(1);
        let counted = used.today.len() < COUNTED || used.today.contains_key(user);
        let mine = used.today.entry(if counted { Arc::clone(user) } else { "".into() }).or_insert(0);
        let exceeded = *mine >= limit;
        *mine = mine.saturating_add(1);
        Standing { limit, remaining: limit.saturating_sub(*mine), reset: DAY - second, exceeded }
    }

    /// Where an integration user stands; nothing is counted.
    pub(super) fn standing(&self, user: &str, limit: u64, now: Timestamp) -> Standing {
        let (day, second) = day_and_second(now);
        let used = self.used();
        let mine = used.today.get(user).copied().filter(|_| used.day == day).unwrap_or_default();
        Standing { limit, remaining: limit.saturating_sub(mine), reset: DAY - second, exceeded: false }
    }

    /// The number of an answer: 0, 1 and so on. What other customers do does not change it, so that the same calls get the same bytes.
    pub(super) fn answer(&self) -> u64 {
        let mut used = self.used();
        used.answers = used.answers.wrapping_add(1);
        used.answers.wrapping_sub(1)
    }

    /// How often the customer was called; nothing is counted.
    pub(in crate::icims) fn calls(&self, limit: u64, now: Timestamp) -> Calls {
        let (_, second) = day_and_second(now);
        let users = self.users(limit, now);
        let (today, remaining) =
            users.iter().fold((0, limit), |(today, left), user| (today + user.today, left.min(user.remaining)));
        Calls { today, total: self.used().total, limit, remaining, reset_seconds: DAY - second }
    }

    /// How often each integration user has called today, by name; nothing is counted.
    pub(in crate::icims) fn users(&self, limit: u64, now: Timestamp) -> Vec<UserCalls> {
        let (day, _) = day_and_second(now);
        let used = self.used();
        let today = used.today.iter().filter(|_| used.day == day);
        let calls = |(name, today): (&Arc<str>, &u64)| UserCalls {
            username: Arc::clone(name),
            today: *today,
            remaining: limit.saturating_sub(*today),
        };
        let mut users: Vec<UserCalls> = today.map(calls).collect();
        users.sort_by(|one, other| one.username.cmp(&other.username));
        users
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
        let (quota, user) = (Quota::default(), "harver".into());
        let late: Timestamp = "2031-03-04T23:59:50Z".parse().expect("a moment");
        assert_eq!(quota.count(&user, 2, late), Standing { limit: 2, remaining: 1, reset: 10, exceeded: false });
        assert!(!quota.count(&user, 2, late).exceeded);
        assert!(quota.count(&user, 2, late).exceeded);
        let calls = Calls { today: 3, total: 3, limit: 2, remaining: 0, reset_seconds: 10 };
        assert_eq!(quota.calls(2, late), calls);
        let next: Timestamp = "2031-03-05T00:00:00Z".parse().expect("a moment");
        assert_eq!(quota.calls(2, next), Calls { today: 0, remaining: 2, reset_seconds: DAY, ..calls });
        assert_eq!(quota.standing("harver", 2, next), Standing { limit: 2, remaining: 2, reset: DAY, exceeded: false });
        assert_eq!(quota.count(&user, 2, next), Standing { limit: 2, remaining: 1, reset: DAY, exceeded: false });
    }

    #[test]
    fn integrations_have_an_allowance_each() {
        let (quota, now) = (Quota::default(), Timestamp::UNIX_EPOCH);
        let (one, other) = ("harver".into(), "payroll".into());
        assert!([&one, &one, &one, &other].map(|user| quota.count(user, 2, now).exceeded) == [false, false, true, false]);
        assert_eq!(quota.calls(2, now), Calls { today: 4, total: 4, limit: 2, remaining: 0, reset_seconds: DAY });
        let calls = |username: &str, today, remaining| UserCalls { username: username.into(), today, remaining };
        assert_eq!(quota.users(2, now), [calls("harver", 3, 0), calls("payroll", 1, 1)]);
        for number in 0..COUNTED * 2 {
            quota.count(&format!("user {number}").into(), 2, now);
        }
        assert!(quota.used().today.len() <= COUNTED + 1);
    }

    #[test]
    fn answers_are_numbered() {
        let quota = Quota::default();
        assert_eq!([(); 3].map(|()| quota.answer()), [0, 1, 2]);
    }
}
