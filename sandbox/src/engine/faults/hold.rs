//! Holding a request up: until the clock has moved on, until another one has gone past, for a while of real time, or until the rule is
//! removed.

use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Effect, Fate, Faults, Struck};
use crate::engine::Clock;

/// How long a request waits for another one to go past, on the virtual clock.
const LONGEST_REORDER: SignedDuration = SignedDuration::from_hours(1);
/// The longest that a wait lasts before it looks again, in real time.
const LOOK: Duration = Duration::from_secs(3600);

/// What was held belongs to a world that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawn;

impl Struck {
    fn is_in_force(&self) -> Result<bool, Withdrawn> {
        match *self.fate.lock() {
            Fate::InForce => Ok(true),
            Fate::Removed => Ok(false),
            Fate::Withdrawn => Err(Withdrawn),
        }
    }
}

/// The place of a request that others may go past; given back when it is dropped, also by a request that is cut off.
struct Place<'a> {
    faults: &'a Faults,
    customer: &'a str,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.faults.lock().held.remove(self.customer);
    }
}

impl Faults {
    /// Returns when a struck request may go; at once if it is not to be held.
    pub(in crate::engine) async fn hold(&self, struck: &Struck, customer: Option<&str>, clock: &Clock) -> Result<(), Withdrawn> {
        let (by, customer) = match struck.effect {
            Effect::Delay { by } => (by, None),
            Effect::Reorder => (LONGEST_REORDER, Some(customer.unwrap_or_default())),
            _ => return Ok(()),
        };
        let _place = customer.map(|customer| Place { faults: self, customer });
        let until = clock.now().saturating_add(by).unwrap_or(Timestamp::MAX);
        let (mut moves, mut changes) = (clock.moves(), self.0.changes.subscribe());
        loop {
            moves.borrow_and_update();
            changes.borrow_and_update();
            let in_force = struck.is_in_force()?;
            let past = customer.and_then(|customer| self.lock().held.get(customer).copied());
            let left = until.duration_since(clock.now());
            if !in_force || past.is_some_and(|count| count > 0) || !left.is_positive() {
                return Ok(());
            }
            // The virtual clock runs like the real one between moves; a millisecond at least, as it has a finer grain than the timer.
            let pause = Duration::try_from(left).unwrap_or(LOOK).clamp(Duration::from_millis(1), LOOK);
            let looked = async {
                tokio::select! {
                    _ = moves.changed() => {}
                    _ = changes.changed() => {}
                }
            };
            // That the time is over is as good a reason to look as any.
            let _ = tokio::time::timeout(pause, looked).await;
        }
    }

    /// Waits as long as the rules that struck want it, in real time. A rule that is removed meanwhile slows nothing down any more.
    ///
    /// # Errors
    /// When the customer is gone whom a rule was set for.
    pub async fn slow_down(&self, struck: &[Struck]) -> Result<(), Withdrawn> {
        for rule in struck {
            let Effect::Latency { by } = rule.effect else { continue };
            let mut changes = self.0.changes.subscribe();
            let ended = async {
                while rule.is_in_force()? && changes.changed().await.is_ok() {}
                Ok(())
            };
            let by = Duration::try_from(by).unwrap_or_default();
            tokio::time::timeout(by, ended).await.unwrap_or(Ok(()))?;
        }
        Ok(())
    }

    /// Tells whoever is held that another request of this customer has gone.
    pub(in crate::engine) fn gone(&self, customer: Option<&str>) {
        if self.0.active.load(Ordering::Relaxed) == 0 {
            return;
        }
        let customer = customer.unwrap_or_default();
        let held = self.lock().held.get_mut(customer).map(|count| *count += 1).is_some();
        if held {
            self.0.changes.send_modify(|count| *count += 1);
        }
    }
}
