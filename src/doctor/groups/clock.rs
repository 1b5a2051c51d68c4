//! Whether two clocks agree.

use jiff::{SignedDuration, Timestamp};

use super::words::lower;
use crate::doctor::finding::{Finding, Subject as About, Whom};

/// From then on a clock is off, and far off: tokens and signed events live for minutes.
const OFF: SignedDuration = SignedDuration::from_secs(60);
const FAR_OFF: SignedDuration = SignedDuration::from_mins(5);

/// Its clock told the time at some moment between two of ours.
pub(super) fn skew(about: About, who: &str, theirs: Timestamp, before: Timestamp, after: Timestamp) -> Finding {
    let ahead = theirs.duration_since(after);
    let behind = before.duration_since(theirs);
    let (off, way) = if ahead > behind { (ahead, "ahead of") } else { (behind, "behind") };
    if off <= OFF {
        return about.ok("Their clocks agree.");
    }
    let says = format!(
        "The clock of {} is {} {way} that of this machine; access tokens, links and signed events live for minutes.",
        lower(who),
        shown_duration(off)
    );
    let words = "Look at the clock of this machine: timedatectl. If it is right, tell whoever runs the other one.";
    if off > FAR_OFF { about.fail(says, Whom::You, words) } else { about.warning(says, Whom::You, words) }
}

fn shown_duration(duration: SignedDuration) -> String {
    match duration.as_secs() {
        seconds @ ..120 => format!("{seconds} seconds"),
        seconds @ 120..7200 => format!("{} minutes", seconds / 60),
        seconds @ 7200..172_800 => format!("{} hours", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::{Group, Outcome};

    const ABOUT: About = About::new(Group::Network, "test", "A test");

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    #[test]
    fn a_clock_may_be_a_minute_off_and_not_five() {
        for (theirs, expected) in [
            (1000, Outcome::Ok),
            (1059, Outcome::Ok),
            (938, Outcome::Warning),
            (1200, Outcome::Warning),
            (1400, Outcome::Fail),
            (600, Outcome::Fail),
        ] {
            assert_eq!(skew(ABOUT, "iCIMS", at(theirs), at(999), at(1001)).outcome, expected, "{theirs}");
        }
    }
}
