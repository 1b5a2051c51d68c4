//! A step that was run, and what becomes of its job.

use std::time::Duration;

use jiff::Timestamp;

use super::hearing::Turn;
use super::ladder::Ladder;
use super::worker::{JobError, StepOutcome};
use crate::domain::{Breaker, Disposition};
use crate::meter::Meter;
use crate::store::jobs::{Again, Attempt, AttemptOutcome, Claim};
use crate::store::{StoreError, Tx, breakers, history};

/// A job that was run, and nothing is recorded of it yet.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    pub(super) claim: Claim,
    /// The number of the settings that it was begun with.
    pub(super) settings: i64,
    pub(super) started_at: Timestamp,
    pub(super) took_ms: u64,
}

/// What was recorded of it.
#[derive(Clone, Debug)]
pub(super) struct Settled {
    pub(super) attempt: Attempt,
    pub(super) turns: Vec<Turn>,
}

impl Ran {
    pub(super) fn attempt(&self, outcome: AttemptOutcome, detail: String) -> Attempt {
        Attempt { started_at: self.started_at, took_ms: self.took_ms, outcome, detail }
    }

    /// Whether the customer's settings are others by now. What cannot succeed with those that an attempt began with may succeed with those
    /// that took their place, such as credentials that were exchanged on both sides.
    pub(super) fn is_outdated(&self, tx: &Tx<'_>) -> Result<bool, StoreError> {
        Ok(history::newest_for(tx, self.claim.job.order)? != self.settings)
    }

    /// When a job that this error has stopped is tried again, if ever.
    pub(super) fn again(
        &self,
        tx: &Tx<'_>,
        error: &JobError,
        ladder: &Ladder,
        now: Timestamp,
        jitter: f64,
    ) -> Result<Option<Again>, StoreError> {
        let on_the_ladder = |disposition| {
            let due_at = ladder.next(self.claim.tried, disposition, now, jitter);
            due_at.map(|due_at| Again { due_at, counts: disposition == Disposition::RetryLater })
        };
        // A replay that fails again goes back to the dead letters: it must not spend the automatic budget.
        let unless_replayed = |again: Option<Again>| again.filter(|_| !self.claim.replayed);
        // Nobody calls a neighbour that is parked before its time; then it is somebody else's turn to try.
        let when_it_goes_on = Some(Again { due_at: now, counts: false });
        Ok(match error.disposition {
            Disposition::Stop if self.is_outdated(tx)? => unless_replayed(on_the_ladder(Disposition::RetryLater)),
            Disposition::Park if self.claim.replayed || self.is_outdated(tx)? || self.was_parked(tx, error)? => when_it_goes_on,
            // Others may get through where this one is refused: then it parks the neighbour again and again, which must have an end.
            Disposition::Park => on_the_ladder(Disposition::RetryLater),
            disposition => unless_replayed(on_the_ladder(disposition)),
        })
    }

    fn was_parked(&self, tx: &Tx<'_>, error: &JobError) -> Result<bool, StoreError> {
        let Some(neighbour) = error.at else { return Ok(false) };
        Ok(matches!(breakers::one(tx, self.claim.customer, neighbour)?, Some(Breaker::Parked(_))))
    }

    /// Tells the log and the meter what was recorded; nothing was, when the claim did not hold any more.
    pub(super) fn told(&self, settled: Option<Settled>, meter: &Meter) -> StepOutcome {
        let (number, took) = (self.claim.tried + 1, self.took_ms);
        let (customer, order, kind) = (self.claim.customer, self.claim.job.order, self.claim.job.kind.name());
        let outcome = settled.as_ref().map_or("lost", |settled| settled.attempt.outcome.name());
        meter.attempted(customer, self.claim.job.kind, outcome, Duration::from_millis(took));
        let Some(Settled { attempt, turns }) = settled else {
            tracing::warn!(customer.id = %customer, order.id = %order, job.kind = kind, attempt.number = number, duration_ms = took, "A step was taken over or forgotten while it ran; what came of it is not recorded.");
            return StepOutcome::Lost;
        };
        match attempt.outcome {
            AttemptOutcome::Done => {
                tracing::info!(customer.id = %customer, order.id = %order, job.kind = kind, attempt.number = number, duration_ms = took, "A step is done.");
            }
            AttemptOutcome::Later => {
                tracing::warn!(customer.id = %customer, order.id = %order, job.kind = kind, attempt.number = number, duration_ms = took, reason = attempt.detail, "A step failed and will be tried again.");
            }
            AttemptOutcome::Dead => {
                tracing::error!(customer.id = %customer, order.id = %order, job.kind = kind, attempt.number = number, duration_ms = took, reason = attempt.detail, "A step was given up; it waits among the dead letters.");
            }
        }
        for turn in turns {
            match turn {
                Turn::Parked(neighbour) => {
                    tracing::error!(customer.id = %customer, neighbour = neighbour.name(), reason = attempt.detail, "A neighbour refuses whatever is asked for this customer. What goes there waits, and goes on by itself once a call gets through.");
                }
                Turn::GoesOn(neighbour) => {
                    tracing::info!(customer.id = %customer, neighbour = neighbour.name(), "A neighbour that was parked takes calls again; what has waited for it goes on.");
                }
            }
        }
        StepOutcome::Ran(attempt.outcome)
    }
}
