//! The clock as a test moves it.

use jiff::Timestamp;

use super::told;
use crate::control::{ClockMove, ControlError, World};

/// The one virtual clock of a sandbox: tokens, quotas, links and retries all go by it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # let sandbox = icims_sandbox::Sandbox::start().await;
/// let before = sandbox.clock().freeze().await;
/// let after = sandbox.clock().advance("1 day 2h").await;
/// assert_eq!(after.duration_since(before).as_hours(), 26);
/// # }
/// ```
#[derive(Debug)]
pub struct TestClock<'a> {
    world: &'a World,
}

impl<'a> TestClock<'a> {
    pub(super) fn new(world: &'a World) -> Self {
        Self { world }
    }

    /// The virtual present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.world.clock().now()
    }

    /// Moves it forward by a time such as `90s`, `2h`, `1 day 2h` or `P1DT2H`, and returns the new present.
    ///
    /// # Panics
    /// When `by` cannot be read, is not positive, or is longer than ten years.
    pub async fn advance(&self, by: &str) -> Timestamp {
        shown(self.world.advance_clock_by(by).await)
    }

    /// Makes a moment the present, written like `2031-03-04T09:00:00Z`.
    ///
    /// # Panics
    /// When it cannot be read, or lies outside the years 2000 to 8999.
    pub async fn set(&self, moment: &str) -> Timestamp {
        let Ok(set) = moment.parse() else { panic!("{moment:?} is no moment: write it like 2031-03-04T09:00:00Z") };
        shown(self.world.move_clock(ClockMove { set: Some(set), ..ClockMove::default() }).await)
    }

    /// Stops it at its present; from then on it moves only when it is advanced or set.
    pub async fn freeze(&self) -> Timestamp {
        shown(self.world.move_clock(ClockMove { frozen: Some(true), ..ClockMove::default() }).await)
    }

    /// Lets it run on.
    pub async fn thaw(&self) -> Timestamp {
        shown(self.world.move_clock(ClockMove { frozen: Some(false), ..ClockMove::default() }).await)
    }
}

fn shown(moved: Result<Timestamp, ControlError>) -> Timestamp {
    match moved {
        Ok(now) => now,
        Err(error) => panic!("the clock was not moved: {}", told(&error)),
    }
}
