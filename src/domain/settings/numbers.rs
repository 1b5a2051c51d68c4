//! Whole numbers that whoever runs the integration sets. Each knows its range and what it is called: one that makes no sense cannot be
//! had, and whoever wrote it is told what to write.

use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A number that a setting does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{setting} takes a whole number from {least} to {most}")]
pub struct OutOfRange {
    setting: &'static str,
    least: u32,
    most: u32,
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident = $setting:literal from $least:literal to $most:literal, usually $usual:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(u32);

        impl $name {
            /// The number.
            #[must_use]
            pub fn get(self) -> u32 {
                self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self($usual)
            }
        }

        impl TryFrom<i64> for $name {
            type Error = OutOfRange;
            fn try_from(number: i64) -> Result<Self, OutOfRange> {
                let within = u32::try_from(number).ok().filter(|number| ($least..=$most).contains(number));
                within.map(Self).ok_or(OutOfRange { setting: $setting, least: $least, most: $most })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+

        #[cfg(test)]
        mod ranges {
            use super::*;

            #[test]
            fn what_is_usual_is_within_the_range_and_what_is_beside_it_is_refused_by_name() {
                $(
                    for (number, is_taken) in [
                        ($least, true),
                        ($most, true),
                        (i64::from($name::default().get()), true),
                        ($least - 1, false),
                        ($most + 1, false),
                        (i64::MIN, false),
                        (i64::MAX, false),
                    ] {
                        assert_eq!($name::try_from(number).is_ok(), is_taken, "{} = {number}", $setting);
                    }
                    let said = $name::try_from($least - 1).expect_err("it is out of range").to_string();
                    assert_eq!(said, format!("{} takes a whole number from {} to {}", $setting, $least, $most));
                )+
            }
        }
    };
}

numbers! {
    /// Seconds within which an event is answered. iCIMS waits for about 30 (assessment-flow.md 1.3).
    EventDeadline = "event_deadline_seconds" from 1 to 25, usually 10;
    /// Hours that the platform's personal links work: 24, or 1, depending on which Harver document one reads (harver-platform.md 4).
    /// With none at all each link would be renewed as soon as it was there, without end.
    LinkLife = "link_life_hours" from 1 to 720, usually 24;
    /// Seconds that a step may take before it is cut off. Usually all clients of neighbours give up before that.
    StepLimit = "step_seconds" from 5 to 600, usually 120;
    /// Minutes between two attempts.
    RetryWait = "retry_minutes" from 1 to 1_440, usually 1;
    /// Days that a step that is done is kept with its attempts.
    KeepSteps = "keep_steps_days" from 1 to 3_650, usually 90;
    /// Days that an order is kept after the last thing that happened to it, once it has ended. Its reports open from iCIMS as long.
    KeepOrders = "keep_orders_days" from 30 to 3_650, usually 730;
    /// Requests a minute of one customer, at each entrance.
    CustomerRate = "customer_requests_per_minute" from 60 to 1_000_000, usually 3_000;
    /// Requests a minute of all who show no credentials, or wrong ones, from one place.
    StrangerRate = "stranger_requests_per_minute" from 60 to 1_000_000, usually 600;
    /// The port of the mail server.
    MailPort = "mail.port" from 1 to 65_535, usually 587;
}

impl StepLimit {
    /// How long it may take.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.0.into())
    }

    /// How long an order is kept for whoever works on it: longer than that may take, so that only a crash, a halt or a jump of the clock
    /// lets it run out.
    #[must_use]
    pub fn lease(self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.0) * 5 / 2)
    }
}

/// The moment so many days before another one.
fn days_before(days: u32, now: Timestamp) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MIN)
}

impl KeepSteps {
    /// What was begun before is kept no longer.
    #[must_use]
    pub fn before(self, now: Timestamp) -> Timestamp {
        days_before(self.0, now)
    }
}

impl KeepOrders {
    /// What ended before is kept no longer.
    #[must_use]
    pub fn before(self, now: Timestamp) -> Timestamp {
        days_before(self.0, now)
    }
}

impl LinkLife {
    /// When a link ends that was made at a moment.
    #[must_use]
    pub fn after(self, made: Timestamp) -> Timestamp {
        made.saturating_add(SignedDuration::from_hours(self.0.into())).unwrap_or(Timestamp::MAX)
    }
}
