//! The one virtual clock that all actors of a process share.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, MutexGuard};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// Real time plus an offset that testers move forward, or a moment that stands still until they do. Clones share one present.
#[derive(Clone, Debug)]
pub struct Clock {
    setting: Arc<Mutex<ClockSetting>>,
    moved: Arc<watch::Sender<u64>>,
}

/// How a clock stands to real time: what is kept across restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockSetting {
    /// It runs with real time, ahead of it by so much.
    Running {
        /// How far the virtual present is ahead; negative when it is behind.
        ahead: SignedDuration,
    },
    /// It stands still and moves only when it is advanced or set.
    Frozen {
        /// The virtual present.
        at: Timestamp,
    },
}

impl ClockSetting {
    /// Real time.
    pub const REAL: Self = Self::Running { ahead: SignedDuration::ZERO };

    fn shown(self, real: Timestamp) -> Timestamp {
        match self {
            // The end of time on the side of the overflow, so that no sequence of moves can leave the range of timestamps.
            Self::Running { ahead } => {
                real.checked_add(ahead).unwrap_or(if ahead.is_negative() { Timestamp::MIN } else { Timestamp::MAX })
            }
            Self::Frozen { at } => at,
        }
    }
}

impl Clock {
    /// A clock that shows real time until it is moved.
    #[must_use]
    pub fn new() -> Self {
        Self { setting: Arc::new(Mutex::new(ClockSetting::REAL)), moved: Arc::new(watch::Sender::new(0)) }
    }

    /// The virtual present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.setting().shown(real())
    }

    /// How far the virtual present is ahead of real time.
    #[must_use]
    pub fn offset(&self) -> SignedDuration {
        match self.setting() {
            ClockSetting::Running { ahead } => ahead,
            ClockSetting::Frozen { at } => at.duration_since(real()),
        }
    }

    /// Whether the clock stands still.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        matches!(self.setting(), ClockSetting::Frozen { .. })
    }

    /// How the clock stands to real time.
    #[must_use]
    pub fn setting(&self) -> ClockSetting {
        *self.lock()
    }

    /// Puts the clock back to how it stood to real time before, and wakes whoever waits for a moment.
    pub fn apply(&self, setting: ClockSetting) {
        *self.lock() = setting;
        self.announce();
    }

    /// Moves the virtual present forward, whether it runs or stands still, and wakes whoever waits for a moment. Returns the new
    /// present.
    pub fn advance(&self, by: SignedDuration) -> Timestamp {
        self.change(|setting, _| match setting {
            ClockSetting::Running { ahead } => ClockSetting::Running { ahead: ahead.saturating_add(by) },
            ClockSetting::Frozen { at } => ClockSetting::Frozen { at: at.saturating_add(by).unwrap_or(Timestamp::MAX) },
        })
    }

    /// Makes `moment` the present, from which the clock goes on as before: running or standing still.
    pub fn set(&self, moment: Timestamp) -> Timestamp {
        self.change(|setting, real| match setting {
            ClockSetting::Running { .. } => ClockSetting::Running { ahead: moment.duration_since(real) },
            ClockSetting::Frozen { .. } => ClockSetting::Frozen { at: moment },
        })
    }

    /// Stops the clock at its present; doing so twice changes nothing.
    pub fn freeze(&self) -> Timestamp {
        self.change(|setting, real| ClockSetting::Frozen { at: setting.shown(real) })
    }

    /// Lets the clock run on from its present; a running one is left alone.
    pub fn thaw(&self) -> Timestamp {
        self.change(|setting, real| match setting {
            ClockSetting::Frozen { at } => ClockSetting::Running { ahead: at.duration_since(real) },
            running @ ClockSetting::Running { .. } => running,
        })
    }

    /// A receiver that changes each time the clock is moved, for whoever sleeps until a virtual moment.
    #[must_use]
    pub fn moves(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }

    fn change(&self, change: impl FnOnce(ClockSetting, Timestamp) -> ClockSetting) -> Timestamp {
        let real = real();
        let shown = {
            let mut setting = self.lock();
            *setting = change(*setting, real);
            setting.shown(real)
        };
        self.announce();
        shown
    }

    fn announce(&self) {
        self.moved.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, ClockSetting> {
        self.setting.lock()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place of the sandbox that reads the real clock")]
fn real() -> Timestamp {
    Timestamp::now()
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn advancing_moves_the_present_and_wakes_the_waiting() {
        let clock = Clock::new();
        let waiting = clock.moves();
        let before = clock.now();
        clock.advance(SignedDuration::from_hours(2));
        assert!(clock.now().duration_since(before) >= SignedDuration::from_hours(2));
        assert!(waiting.has_changed().expect("the clock is alive"));
    }

    #[test]
    fn clones_share_one_present() {
        let clock = Clock::new();
        clock.clone().advance(SignedDuration::from_hours(1));
        assert_eq!(clock.offset(), SignedDuration::from_hours(1));
    }

    #[test]
    fn a_frozen_clock_stands_still_until_it_is_advanced_or_set() {
        let clock = Clock::new();
        let stopped = clock.freeze();
        assert_eq!((clock.now(), clock.freeze()), (stopped, stopped));
        assert_eq!(clock.advance(SignedDuration::from_hours(2)), stopped + SignedDuration::from_hours(2));
        assert_eq!(clock.set(moment("2031-03-04T09:00:00Z")), moment("2031-03-04T09:00:00Z"));
        assert_eq!(clock.now(), moment("2031-03-04T09:00:00Z"));
        assert!(clock.is_frozen());
    }

    #[test]
    fn a_thawed_clock_runs_on_from_where_it_stood() {
        let clock = Clock::new();
        clock.freeze();
        clock.set(moment("2031-03-04T09:00:00Z"));
        clock.thaw();
        assert!(!clock.is_frozen());
        let since = clock.now().duration_since(moment("2031-03-04T09:00:00Z"));
        assert!((SignedDuration::ZERO..SignedDuration::from_mins(1)).contains(&since), "{since}");
    }

    #[test]
    fn a_set_clock_keeps_running_and_can_show_real_time_again() {
        let clock = Clock::new();
        clock.set(moment("1999-12-31T23:59:59Z"));
        assert!(clock.now() >= moment("1999-12-31T23:59:59Z") && !clock.is_frozen());
        assert!(clock.offset().is_negative());
        clock.freeze();
        clock.apply(ClockSetting::REAL);
        assert_eq!(clock.setting(), ClockSetting::REAL);
    }

    #[test]
    fn no_sequence_of_moves_overflows() {
        let clock = Clock::new();
        clock.advance(SignedDuration::MAX);
        clock.advance(SignedDuration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
        clock.freeze();
        clock.advance(SignedDuration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }
}
