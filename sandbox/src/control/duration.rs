//! How far to move the clock, as people write it.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

/// The furthest a single move may go.
const FURTHEST: SignedDuration = SignedDuration::from_hours(24 * 3653);

/// Reads `2h`, `1 day 30m`, `3 months` or `P1DT2H` as the time from `now` to then, in UTC.
pub(super) fn parse(text: &str, now: Timestamp) -> Result<SignedDuration, String> {
    let wrong = || {
        format!(
            "{text:?} is no time to advance by: write 90s, 2h, 1d, 2 weeks or P1DT2H; it must be positive and at most 10 years"
        )
    };
    let span: Span = text.trim().parse().map_err(|_| wrong())?;
    let by = span.to_duration(&now.to_zoned(TimeZone::UTC)).map_err(|_| wrong())?;
    if by.is_positive() && by <= FURTHEST { Ok(by) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, hours: i64) {
        let now: Timestamp = "2026-03-04T13:12:00Z".parse().expect("a timestamp");
        assert_eq!(parse(text, now), Ok(SignedDuration::from_hours(hours)), "{text}");
    }

    #[test]
    fn both_spellings_and_calendar_units_are_read() {
        check("2h", 2);
        check("PT2H", 2);
        check("1 day 2 hours", 26);
        check("P1DT2H", 26);
        check("1w", 168);
        check("1 month", 24 * 31);
        check("1y", 24 * 365);
    }

    #[test]
    fn nothing_that_stands_still_goes_back_or_goes_too_far_is_read() {
        let now = "2026-03-04T13:12:00Z".parse().expect("a timestamp");
        for text in ["", "0s", "-1h", "1h ago", "11 years", "99999999999999999999h", "tomorrow", "5"] {
            assert!(parse(text, now).is_err(), "{text}");
        }
    }
}
