//! Durable work: what is to be done. `claims` says who is on it, `outstanding` how much there is, `held_up` what
//! waits for more than its turn, `records` tells people what was tried and given up.

mod claims;
mod held_up;
mod outstanding;
mod records;

pub(super) use claims::RELEASE_LEASES;
pub use claims::{Claim, Line, claim, next_of_leases, waiting};
pub(super) use held_up::WAITS;
pub use held_up::{HeldUp, waits};
pub use outstanding::{Outstanding, outstanding, outstanding_of_each};
pub(super) use records::dismiss_replaced;
pub use records::{Dismissal, JobRecord, count_dead, count_dead_of_each, dead, dead_one, dismiss, of_order, replay};

use jiff::Timestamp;

use super::row::{Row, get, unreadable};
use super::value::params;
use super::{StoreError, Tx};
use crate::crash_point::Commit;
use crate::domain::{Job, JobKind, OrderId};

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The job is done.
    Done,
    /// It is tried again later.
    Later,
    /// It is given up.
    Dead,
}

impl AttemptOutcome {
    /// The name under which it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Later => "later",
            Self::Dead => "dead",
        }
    }
}

/// One attempt, as it is kept.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took, in milliseconds of real time.
    pub took_ms: u64,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// What happened, in words for an operator. No secrets, no personal data.
    pub detail: String,
}

/// The next attempt of a job that could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Again {
    /// When it is due.
    pub due_at: Timestamp,
    /// Whether the one before counts against the ladder.
    pub counts: bool,
}

/// Adds a job to the caller's transaction, due at once. Asking for a step that is waiting already changes nothing; one that is being done
/// is done once more, because it may have read what was true before.
///
/// # Errors
/// When the database refuses.
pub fn enqueue(tx: &Tx<'_>, job: Job, now: Timestamp) -> Result<(), StoreError> {
    add(tx, job, now, now)
}

fn add(tx: &Tx<'_>, job: Job, due_at: Timestamp, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO jobs (order_id, kind, state, due_at, added_at) VALUES (:order, :kind, 'waiting', :due_at, :now)
         ON CONFLICT (order_id, kind) WHERE state = 'waiting' DO UPDATE SET asked_again = 1",
        params! { order: job.order, kind: job.kind.name(), due_at, now },
    )?;
    tx.wake_worker();
    Ok(())
}

/// Adds a job to the caller's transaction that is due at a moment to come. One that is waiting is moved there, one that is being done is
/// done once more then; of an order that has ended nothing is to come.
///
/// # Errors
/// When the database refuses.
pub fn schedule(tx: &Tx<'_>, job: Job, due_at: Timestamp, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO jobs (order_id, kind, state, due_at, added_at)
         SELECT id, :kind, 'waiting', :due_at, :now FROM orders WHERE id = :order AND state NOT IN ('completed', 'failed', 'expired', 'cancelled')
         ON CONFLICT (order_id, kind) WHERE state = 'waiting' DO UPDATE SET due_at = excluded.due_at, tried = 0, asked_again = 1",
        params! { order: job.order, kind: job.kind.name(), due_at, now },
    )?;
    tx.wake_worker();
    Ok(())
}

/// Asks for a look at an order's application, now and before whatever else waits for the order, because what is seen may make that
/// needless. A look that waits to be tried again is tried now: something has happened on the platform.
///
/// # Errors
/// When the database refuses.
pub fn look(tx: &Tx<'_>, order: OrderId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO jobs (order_id, kind, state, due_at, added_at)
         VALUES (:order, :kind, 'waiting',
             (SELECT CASE WHEN MIN(due_at) <= :now THEN MIN(due_at) - 1 ELSE :now END FROM jobs WHERE order_id = :order AND state = 'waiting'),
             :now)
         ON CONFLICT (order_id, kind) WHERE state = 'waiting' DO UPDATE SET due_at = excluded.due_at, tried = 0, asked_again = 1",
        params! { order, kind: JobKind::LookAtApplication.name(), now },
    )?;
    tx.wake_worker();
    Ok(())
}

/// Takes jobs back that were to come. One that was tried already, or is being done, comes to nothing by itself.
///
/// # Errors
/// When the database refuses.
pub fn withdraw(tx: &Tx<'_>, order: OrderId, kinds: &[JobKind]) -> Result<(), StoreError> {
    for kind in kinds {
        tx.execute(
            "DELETE FROM jobs WHERE order_id = :order AND kind = :kind AND state = 'waiting' AND leased_until IS NULL
                 AND NOT EXISTS (SELECT 1 FROM attempts WHERE job_id = jobs.id)",
            params! { order, kind: kind.name() },
        )?;
    }
    Ok(())
}

/// Whether a step is still to be done, or being done.
///
/// # Errors
/// When the database refuses.
pub fn is_waiting(tx: &Tx<'_>, job: Job) -> Result<bool, StoreError> {
    let found = tx.number(
        "SELECT COUNT(*) FROM jobs WHERE order_id = :order AND kind = :kind AND state = 'waiting'",
        params! { order: job.order, kind: job.kind.name() },
    )?;
    Ok(found > 0)
}

/// Records an attempt and what it means for the job: done, due again, or given up. Says whether the claim still held: when its lease
/// has run out and somebody else has taken the job over, or the job has been forgotten, nothing is recorded.
///
/// What was asked for once more meanwhile is due when it was asked for. What is done is no dead letter any more, if the same step was given up before.
///
/// # Errors
/// When the database refuses.
pub fn settle(tx: &Tx<'_>, claim: &Claim, attempt: &Attempt, again: Option<Again>) -> Result<bool, StoreError> {
    let state = match attempt.outcome {
        AttemptOutcome::Done => "done",
        AttemptOutcome::Later => "waiting",
        AttemptOutcome::Dead => "dead",
    };
    let counted = i64::from(!claim.replayed && again.is_some_and(|again| again.counts));
    let asked_again = tx.one(
        "UPDATE jobs SET state = :state, leased_until = NULL, replayed = 0, tried = tried + :counted,
             due_at = CASE WHEN :state = 'waiting' AND asked_again = 1 THEN due_at ELSE COALESCE(:again_at, due_at) END
         WHERE id = :id AND state = 'waiting' AND leased_until = :leased_until RETURNING asked_again, due_at",
        params! { id: claim.id, state, counted, again_at: again.map(|again| again.due_at), leased_until: claim.leased_until },
        |row| Ok((get::<bool>(row, "asked_again")?, get(row, "due_at")?)),
    )?;
    let Some((asked_again, due_at)) = asked_again else { return Ok(false) };
    tx.publishes(Commit::Settled(claim.job.kind));
    let caused_by = if claim.replayed { "person" } else { "schedule" };
    tx.execute(
        "INSERT INTO attempts (job_id, started_at, took_ms, caused_by, outcome, detail) VALUES (:id, :started_at, :took_ms, :caused_by, :outcome, :detail)",
        params! { id: claim.id, started_at: attempt.started_at, took_ms: attempt.took_ms, caused_by, outcome: attempt.outcome.name(), detail: attempt.detail },
    )?;
    if attempt.outcome == AttemptOutcome::Done {
        records::dismiss_done(tx, claim.job, attempt.started_at)?;
    }
    if asked_again && attempt.outcome != AttemptOutcome::Later {
        add(tx, claim.job, due_at, attempt.started_at)?;
    }
    Ok(true)
}

fn job(row: &Row<'_>) -> Result<Job, StoreError> {
    let kind: String = get(row, "kind")?;
    let order: i64 = get(row, "order_id")?;
    Ok(Job {
        kind: JobKind::named(&kind).ok_or_else(|| unreadable("kind"))?,
        order: OrderId::try_from(order).map_err(|_| unreadable("order_id"))?,
    })
}
