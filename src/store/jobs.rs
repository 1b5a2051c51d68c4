//! Durable work: what is to be done and who is on it. `records` tells people what was tried and given up.

mod records;

pub(super) use records::dismiss_replaced;
pub use records::{
    Dismissal, JobRecord, Outstanding, count_dead, dead, dead_one, dismiss, is_retried, of_order, outstanding, replay,
};

use jiff::Timestamp;
use rusqlite::Row;

use super::row::{get, micros, moment, moment_option, unreadable};
use super::{StoreError, Tx};
use crate::domain::{Job, JobKind, OrderId};

/// A job that somebody has been given to work on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The number of the job.
    pub id: i64,
    /// What to do.
    pub job: Job,
    /// How many attempts already count against the ladder.
    pub tried: u32,
    /// Whether a person asked for this attempt; it does not count.
    pub replayed: bool,
    /// How long it is ours, unless it is settled before. Tells this claim from a later one of the same job.
    pub leased_until: Timestamp,
}

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
        "INSERT INTO jobs (order_id, kind, state, due_at, added_at) VALUES (?1, ?2, 'waiting', ?3, ?4)
         ON CONFLICT (order_id, kind) WHERE state = 'waiting' DO UPDATE SET asked_again = 1",
        (job.order.get(), job.kind.name(), micros(due_at), micros(now)),
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
         SELECT id, ?2, 'waiting', ?3, ?4 FROM orders WHERE id = ?1 AND state NOT IN ('completed', 'failed', 'expired', 'cancelled')
         ON CONFLICT (order_id, kind) WHERE state = 'waiting' DO UPDATE SET due_at = excluded.due_at, tried = 0, asked_again = 1",
        (job.order.get(), job.kind.name(), micros(due_at), micros(now)),
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
         VALUES (?1, ?2, 'waiting',
             MIN(?3, COALESCE((SELECT MIN(due_at) - 1 FROM jobs WHERE order_id = ?1 AND state = 'waiting'), ?3)), ?3)
         ON CONFLICT (order_id, kind) WHERE state = 'waiting' DO UPDATE SET due_at = excluded.due_at, tried = 0, asked_again = 1",
        (order.get(), JobKind::LookAtApplication.name(), micros(now)),
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
            "DELETE FROM jobs WHERE order_id = ?1 AND kind = ?2 AND state = 'waiting' AND leased_until IS NULL
                 AND NOT EXISTS (SELECT 1 FROM attempts WHERE job_id = jobs.id)",
            (order.get(), kind.name()),
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
        "SELECT COUNT(*) FROM jobs WHERE order_id = ?1 AND kind = ?2 AND state = 'waiting'",
        (job.order.get(), job.kind.name()),
    )?;
    Ok(found > 0)
}

/// Leases the job that has been due the longest. Two jobs of one order are never worked on at once; orders that are `busy` are passed
/// over whatever their leases say.
///
/// # Errors
/// When the database refuses or a stored job cannot be read.
pub fn claim(tx: &Tx<'_>, now: Timestamp, leased_until: Timestamp, busy: &[OrderId]) -> Result<Option<Claim>, StoreError> {
    tx.one(
        "UPDATE jobs SET leased_until = ?2, asked_again = 0
         WHERE id = (SELECT id FROM jobs AS due
                     WHERE state = 'waiting' AND due_at <= ?1 AND (leased_until IS NULL OR leased_until <= ?1)
                       AND order_id NOT IN (SELECT value FROM json_each(?3))
                       AND NOT EXISTS (SELECT 1 FROM jobs AS other WHERE other.order_id = due.order_id AND other.id <> due.id
                                       AND other.state = 'waiting' AND other.leased_until > ?1)
                     ORDER BY due_at, id LIMIT 1)
         RETURNING id, order_id, kind, tried, replayed",
        (micros(now), micros(leased_until), as_json(busy)),
        |row| {
            Ok(Claim {
                id: get(row, "id")?,
                job: job(row)?,
                tried: get(row, "tried")?,
                replayed: get(row, "replayed")?,
                leased_until,
            })
        },
    )
}

/// Takes every lease back: whoever held one is gone. Only for a store that has just been opened by the one process that may.
pub(super) fn release_leases(connection: &rusqlite::Connection) -> Result<(), StoreError> {
    connection.execute("UPDATE jobs SET leased_until = NULL WHERE leased_until IS NOT NULL", [])?;
    Ok(())
}

/// When a waiting job may be claimed next: its due time, or the end of a lease that somebody holds on it or on another job of its
/// order. Orders that are `busy` are passed over: whoever works on one looks again afterwards.
///
/// Every open order has jobs that are due in days. So the first is looked up and the others are left alone; only those of orders on which
/// somebody has a lease are compared.
///
/// # Errors
/// When the database refuses or a stored moment cannot be read.
pub fn next_due(tx: &Tx<'_>, busy: &[OrderId]) -> Result<Option<Timestamp>, StoreError> {
    let found = tx.one(
        "SELECT MIN(next) AS next FROM (
             SELECT * FROM (
                 SELECT due_at AS next FROM jobs AS due
                 WHERE state = 'waiting' AND order_id NOT IN (SELECT value FROM json_each(?1))
                     AND NOT EXISTS (SELECT 1 FROM jobs AS held WHERE held.order_id = due.order_id AND held.leased_until IS NOT NULL)
                 ORDER BY due_at LIMIT 1)
             UNION ALL
             SELECT MAX(due.due_at, held.until) FROM
                 (SELECT order_id, MAX(leased_until) AS until FROM jobs WHERE leased_until IS NOT NULL GROUP BY order_id) AS held
                 JOIN jobs AS due ON due.order_id = held.order_id AND due.state = 'waiting'
             WHERE due.order_id NOT IN (SELECT value FROM json_each(?1)))",
        [as_json(busy)],
        |row| moment_option(row, "next"),
    )?;
    Ok(found.flatten())
}

/// Records an attempt and what it means for the job: done, due again, or given up. Says whether the claim still held: when its lease
/// has run out and somebody else has taken the job over, or the job has been forgotten, nothing is recorded.
///
/// What was asked for once more meanwhile is due when it was asked for. What is done is no dead letter any more, if the same step was given up before.
///
/// # Errors
/// When the database refuses.
pub fn settle(tx: &Tx<'_>, claim: &Claim, attempt: &Attempt, due_again: Option<Timestamp>) -> Result<bool, StoreError> {
    let state = match attempt.outcome {
        AttemptOutcome::Done => "done",
        AttemptOutcome::Later => "waiting",
        AttemptOutcome::Dead => "dead",
    };
    let counted = i64::from(!claim.replayed && attempt.outcome == AttemptOutcome::Later);
    let asked_again = tx.one(
        "UPDATE jobs SET state = ?2, leased_until = NULL, replayed = 0, tried = tried + ?3,
             due_at = CASE WHEN ?2 = 'waiting' AND asked_again = 1 THEN due_at ELSE COALESCE(?4, due_at) END
         WHERE id = ?1 AND state = 'waiting' AND leased_until = ?5 RETURNING asked_again, due_at",
        (claim.id, state, counted, due_again.map(micros), micros(claim.leased_until)),
        |row| Ok((get::<bool>(row, "asked_again")?, moment(row, "due_at")?)),
    )?;
    let Some((asked_again, due_at)) = asked_again else { return Ok(false) };
    let caused_by = if claim.replayed { "person" } else { "schedule" };
    tx.insert(
        "INSERT INTO attempts (job_id, started_at, took_ms, caused_by, outcome, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (claim.id, micros(attempt.started_at), attempt.took_ms.cast_signed(), caused_by, attempt.outcome.name(), &attempt.detail),
    )?;
    if attempt.outcome == AttemptOutcome::Done {
        records::dismiss_done(tx, claim.job, attempt.started_at)?;
    }
    if asked_again && attempt.outcome != AttemptOutcome::Later {
        add(tx, claim.job, due_at, attempt.started_at)?;
    }
    Ok(true)
}

fn as_json(orders: &[OrderId]) -> String {
    let numbers: Vec<String> = orders.iter().map(ToString::to_string).collect();
    format!("[{}]", numbers.join(","))
}

fn job(row: &Row<'_>) -> Result<Job, StoreError> {
    let kind: String = get(row, "kind")?;
    let order: i64 = get(row, "order_id")?;
    Ok(Job {
        kind: JobKind::named(&kind).ok_or_else(|| unreadable("kind"))?,
        order: OrderId::try_from(order).map_err(|_| unreadable("order_id"))?,
    })
}
