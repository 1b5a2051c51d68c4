//! The one seam for time: real in production, driven from outside in the sandbox and in tests.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// The longest that [`Clock::wait_until`] sleeps in one go, so that a present that jumps is noticed even by a real clock.
const LONGEST_NAP: Duration = Duration::from_secs(60);

/// Tells the present and waits for a moment.
#[derive(Clone)]
pub struct Clock {
    present: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    moves: Option<watch::Receiver<u64>>,
}

impl Clock {
    /// The clock of the machine.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place of the integration that reads the real clock")]
    pub fn real() -> Self {
        Self { present: Arc::new(Timestamp::now), moves: None }
    }

    /// A clock whose present is told by somebody else, who announces each jump through `moves`.
    #[must_use]
    pub fn driven(present: impl Fn() -> Timestamp + Send + Sync + 'static, moves: watch::Receiver<u64>) -> Self {
        Self { present: Arc::new(present), moves: Some(moves) }
    }

    /// The same clock, put right by what somebody else's is found to be ahead.
    #[must_use]
    pub fn put_right(self, ahead: impl Fn() -> SignedDuration + Send + Sync + 'static) -> Self {
        let present = self.present;
        let right = move || {
            let told = present();
            told.saturating_add(ahead()).unwrap_or(told)
        };
        Self { present: Arc::new(right), moves: self.moves }
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.present)()
    }

    /// Returns once `moment` has come, however the clock gets there.
    pub async fn wait_until(&self, moment: Timestamp) {
        let mut moves = self.moves.clone();
        loop {
            let Ok(left) = Duration::try_from(moment.duration_since(self.now())) else { return };
            if left.is_zero() {
                return;
            }
            let jump = async {
                let jumped = match moves.as_mut() {
                    Some(moves) => moves.changed().await.is_ok(),
                    None => false,
                };
                if !jumped {
                    // A real clock, or one whose driver is gone, no longer jumps; the nap alone decides then.
                    std::future::pending::<()>().await;
                }
            };
            // A time-out is not an error here: it is the nap.
            let _ = tokio::time::timeout(left.min(LONGEST_NAP), jump).await;
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("driven", &self.moves.is_some()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_jump_ends_the_wait() {
        let second = Arc::new(AtomicI64::new(0));
        let (jump, moves) = watch::channel(0);
        let told = Arc::clone(&second);
        let clock = Clock::driven(move || Timestamp::from_second(told.load(Ordering::SeqCst)).expect("in range"), moves);
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.wait_until(Timestamp::from_second(7200).expect("in range")).await }
        });
        second.store(7200, Ordering::SeqCst);
        jump.send_modify(|count| *count += 1);
        tokio::time::timeout(Duration::from_secs(10), waiting).await.expect("the wait ended").expect("no panic");
    }

    #[tokio::test]
    async fn a_moment_that_has_passed_is_not_waited_for() {
        Clock::real().wait_until(Timestamp::UNIX_EPOCH).await;
    }
}
