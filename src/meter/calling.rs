//! One call to a neighbour, timed until it ends.

use std::time::Instant;

use super::{Meter, OfCall};
use crate::domain::Neighbour;

/// What came of a call, as far as it is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// It was done.
    Answered,
    /// 429: later.
    Throttled,
    /// Another 4xx, or what is no success otherwise.
    Refused,
    /// 5xx: the neighbour is in trouble.
    Failed,
    /// Nothing came back: no connection, or no answer in time.
    Unanswered,
}

impl CallOutcome {
    fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Throttled => "throttled",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Unanswered => "unanswered",
        }
    }
}

/// A call under way. One that is dropped before it has ended was cut off: whoever had asked could not wait any longer.
#[derive(Debug)]
#[must_use = "a call that is dropped counts as cut off"]
pub struct Calling {
    meter: Meter,
    neighbour: Neighbour,
    call: &'static str,
    began: Instant,
    outcome: &'static str,
}

impl Calling {
    pub(super) fn begin(meter: Meter, neighbour: Neighbour, call: &'static str) -> Self {
        Self { meter, neighbour, call, began: Instant::now(), outcome: "cut_off" }
    }

    /// It came to this.
    pub fn ended(mut self, outcome: CallOutcome) {
        self.outcome = outcome.name();
    }
}

impl Drop for Calling {
    fn drop(&mut self) {
        let of = OfCall { neighbour: self.neighbour.name(), call: self.call, outcome: self.outcome };
        self.meter.0.calls.get_or_create(&of).observe(self.began.elapsed().as_secs_f64());
    }
}
