//! The one virtual clock that all actors of a process share.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// Real time plus an offset that testers move forward. Clones share the offset.
#[derive(Clone, Debug)]
pub struct Clock {
    offset: Arc<Mutex<SignedDuration>>,
    moved: Arc<watch::Sender<u64>>,
}

impl Clock {
    /// A clock that shows real time until it is advanced.
    #[must_use]
    pub fn new() -> Self {
        Self::ahead_by(SignedDuration::ZERO)
    }

    /// A clock that is already `offset` ahead of real time, as it was when the process last stopped.
    #[must_use]
    pub fn ahead_by(offset: SignedDuration) -> Self {
        Self { offset: Arc::new(Mutex::new(offset)), moved: Arc::new(watch::Sender::new(0)) }
    }

    /// The virtual present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let ahead = Self::real().checked_add(self.offset());
        ahead.unwrap_or(Timestamp::MAX)
    }

    /// The real present, which the virtual one starts from.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place of the sandbox that reads the real clock")]
    pub fn real() -> Timestamp {
        Timestamp::now()
    }

    /// How far the virtual present is ahead of real time.
    #[must_use]
    pub fn offset(&self) -> SignedDuration {
        *self.lock()
    }

    /// Moves the virtual present forward and wakes whoever waits for a moment. Returns the new present.
    ///
    /// The offset saturates, so that no sequence of moves can leave the range of timestamps by overflow.
    pub fn advance(&self, by: SignedDuration) -> Timestamp {
        {
            let mut offset = self.lock();
            *offset = offset.saturating_add(by);
        }
        self.moved.send_modify(|count| *count += 1);
        self.now()
    }

    /// Back to real time.
    pub fn reset(&self) {
        self.restore(SignedDuration::ZERO);
    }

    /// As far ahead of real time as it once was.
    pub fn restore(&self, offset: SignedDuration) {
        *self.lock() = offset;
        self.moved.send_modify(|count| *count += 1);
    }

    /// A receiver that changes each time the clock is moved, for whoever sleeps until a virtual moment.
    #[must_use]
    pub fn moves(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, SignedDuration> {
        self.offset.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn no_sequence_of_moves_overflows() {
        let clock = Clock::new();
        clock.advance(SignedDuration::MAX);
        clock.advance(SignedDuration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }
}
