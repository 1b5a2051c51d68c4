//! When an invitation that nobody followed is closed.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::domain::InvalidId;

/// How many days after the last link of an invitation ran out it is closed: 1 to 365. That invitations are
/// closed is *assumed*: nobody documents it, and an order that waits for ever tells nobody that nothing will come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosesAfter(u16);

impl ClosesAfter {
    const LONGEST: u16 = 365;

    /// The number of days.
    #[must_use]
    pub fn days(self) -> u16 {
        self.0
    }

    /// The moment for a link that ran out, or runs out, at `end`.
    #[must_use]
    pub fn a_link_ending(self, end: Timestamp) -> Timestamp {
        end.saturating_add(SignedDuration::from_hours(24 * i64::from(self.0))).unwrap_or(Timestamp::MAX)
    }
}

impl Default for ClosesAfter {
    fn default() -> Self {
        Self(14)
    }
}

impl FromStr for ClosesAfter {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let days = text.parse().ok().filter(|days| (1..=Self::LONGEST).contains(days));
        days.map(Self).ok_or_else(|| InvalidId::new("number of days", text, "a number from 1 to 365, such as 14"))
    }
}

impl fmt::Display for ClosesAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_one_to_a_year() {
        assert_eq!("30".parse::<ClosesAfter>().expect("days").days(), 30);
        for wrong in ["", "0", "366", "-1", "1.5", "a week"] {
            assert!(wrong.parse::<ClosesAfter>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn the_days_count_from_the_end_of_the_link() {
        let end: Timestamp = "2025-03-05T12:00:00Z".parse().expect("a moment");
        assert_eq!(ClosesAfter::default().a_link_ending(end).to_string(), "2025-03-19T12:00:00Z");
        assert_eq!(ClosesAfter::default().a_link_ending(Timestamp::MAX), Timestamp::MAX);
    }
}
