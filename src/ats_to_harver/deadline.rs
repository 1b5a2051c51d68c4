//! Until when an event may be waited for.

use std::time::Duration;

use tokio::time::Instant;

use super::refusal::Refusal;

/// The moment by which everything that an event needs has been asked, from its first byte on. What is asked is dropped then, and refused;
/// what is recorded is not: a change that has begun is waited for, so that nothing is answered `503` and recorded all the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline(Instant);

impl Deadline {
    pub(super) fn after(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// The time that is left.
    pub(super) fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Asks for something in what is left of the time.
    ///
    /// # Errors
    /// When it is refused, or the time is up.
    pub(super) async fn hold<T>(self, asked: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
        tokio::time::timeout_at(self.0, Box::pin(asked)).await.unwrap_or(Err(Refusal::Deadline))
    }
}
