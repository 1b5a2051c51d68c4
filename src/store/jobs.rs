//! Durable work: what is to be done, who is on it, what was tried, what was given up.

use jiff::Timestamp;
use rusqlite::Row;

use super::row::{get, micros, moment, moment_option, unreadable};
use super::{StoreError, Tx};
use crate::domain::{CustomerId, Job, JobKind, OrderId};

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

/// A job with what was tried, for people.
#[derive(Clone, Debug)]
pub struct JobRecord {
    /// The number of the job.
    pub id: i64,
    /// What it is.
    pub job: Job,
    /// `waiting`, `done` or `dead`.
    pub state: String,
    /// When it is tried next, or was to be tried last.
    pub due_at: Timestamp,
    /// What was tried, oldest first.
    pub attempts: Vec<Attempt>,
    /// Why nobody has to do anything about it any more, if it was given up and then put aside.
    pub dismissal: Option<Dismissal>,
}

/// Why a job that was given up was put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dismissal {
    /// When.
    pub at: Timestamp,
    /// Who did it, or which order took its place.
    pub by: String,
    /// In the words of whoever did it.
    pub reason: String,
}

/// Adds a job to the caller's transaction, due at once. Asking for a step that is waiting already changes nothing; one that is being done
/// is done once more, because it may have read what was true before.
///
/// # Errors
/// When the database refuses.
pub fn enqueue(tx: &Tx<'_>, job: Job, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO jobs (order_id, kind, state, due_at, added_at) VALUES (?1, ?2, 'waiting', ?3, ?3)
         ON CONFLICT (order_id, kind) WHERE state = 'waiting' DO UPDATE SET asked_again = 1",
        (job.order.get(), job.kind.name(), micros(now)),
    )?;
    tx.wake_worker();
    Ok(())
}

/// Adds a job to the caller's transaction that is due at a moment to come. One that is waiting is moved there; of an order that has
/// ended nothing is to come.
///
/// # Errors
/// When the database refuses.
pub fn schedule(tx: &Tx<'_>, job: Job, due_at: Timestamp, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO jobs (order_id, kind, state, due_at, added_at)
         SELECT id, ?2, 'waiting', ?3, ?4 FROM orders WHERE id = ?1 AND state NOT IN ('completed', 'failed', 'expired', 'cancelled')
         ON CONFLICT (order_id, kind) WHERE state = 'waiting' DO UPDATE SET due_at = excluded.due_at, tried = 0",
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
/// What was asked for once more meanwhile is due at once. What is done is no dead letter any more, if the same step was given up before.
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
         WHERE id = ?1 AND state = 'waiting' AND leased_until = ?5 RETURNING asked_again",
        (claim.id, state, counted, due_again.map(micros), micros(claim.leased_until)),
        |row| get::<bool>(row, "asked_again"),
    )?;
    let Some(asked_again) = asked_again else { return Ok(false) };
    let caused_by = if claim.replayed { "person" } else { "schedule" };
    tx.insert(
        "INSERT INTO attempts (job_id, started_at, took_ms, caused_by, outcome, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (claim.id, micros(attempt.started_at), attempt.took_ms.cast_signed(), caused_by, attempt.outcome.name(), &attempt.detail),
    )?;
    if attempt.outcome == AttemptOutcome::Done {
        dismiss_done(tx, claim.job, attempt.started_at)?;
        if asked_again {
            enqueue(tx, claim.job, attempt.started_at)?;
        }
    }
    Ok(true)
}

/// Puts the dead letters of a step aside that was done after all.
fn dismiss_done(tx: &Tx<'_>, job: Job, at: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE jobs SET dismissed_at = ?3, dismissed_by = 'a later attempt', dismissed_reason = 'The step was done after all.'
         WHERE order_id = ?1 AND kind = ?2 AND state = 'dead' AND dismissed_at IS NULL",
        (job.order.get(), job.kind.name(), micros(at)),
    )?;
    Ok(())
}

/// Makes a job that was given up due again, because a person asked for it. Says for which order, or `None` when it is not dead.
///
/// # Errors
/// When the database refuses.
pub fn replay(tx: &Tx<'_>, customer: CustomerId, number: i64, now: Timestamp) -> Result<Option<Job>, StoreError> {
    let revived = tx.one(
        "UPDATE jobs SET state = 'waiting', replayed = 1, due_at = ?2
         WHERE id = ?1 AND state = 'dead' AND order_id IN (SELECT id FROM orders WHERE customer = ?3) RETURNING order_id, kind",
        (number, micros(now), customer.get().cast_signed()),
        job,
    )?;
    tx.wake_worker();
    Ok(revived)
}

/// Puts a job that was given up aside: nobody has to do anything about it any more. Says of which order it was, or `None` when it is not
/// among the customer's dead letters.
///
/// # Errors
/// When the database refuses.
pub fn dismiss(tx: &Tx<'_>, customer: CustomerId, number: i64, dismissal: &Dismissal) -> Result<Option<Job>, StoreError> {
    tx.one(
        "UPDATE jobs SET dismissed_at = ?2, dismissed_by = ?3, dismissed_reason = ?4
         WHERE id = ?1 AND state = 'dead' AND dismissed_at IS NULL AND order_id IN (SELECT id FROM orders WHERE customer = ?5)
         RETURNING order_id, kind",
        (number, micros(dismissal.at), &dismissal.by, &dismissal.reason, customer.get().cast_signed()),
        job,
    )
}

/// Puts the dead letters of the orders aside that `order` has taken the place of. A result that could not be reported still is one.
///
/// # Errors
/// When the database refuses.
pub(super) fn dismiss_replaced(tx: &Tx<'_>, order: OrderId, at: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE jobs SET dismissed_at = ?2, dismissed_by = 'order ' || ?1,
             dismissed_reason = 'The candidate was sent to Harver again, and order ' || ?1 || ' has taken the place of this one.'
         WHERE state = 'dead' AND dismissed_at IS NULL AND order_id IN (
             SELECT older.id FROM orders older JOIN orders newer
                 ON newer.customer = older.customer AND newer.workflow = older.workflow AND newer.vacancy = older.vacancy
             WHERE newer.id = ?1 AND older.id < newer.id AND older.state <> 'completed')",
        (order.get(), micros(at)),
    )?;
    Ok(())
}

/// The jobs of an order with their attempts, oldest first.
///
/// # Errors
/// When a stored job cannot be read.
pub fn of_order(tx: &Tx<'_>, order: OrderId) -> Result<Vec<JobRecord>, StoreError> {
    let jobs = tx.all("SELECT * FROM jobs WHERE order_id = ?1 ORDER BY id", [order.get()], |row| record(tx, row))?;
    Ok(jobs)
}

/// The jobs of a customer that were given up, newest first.
///
/// # Errors
/// When a stored job cannot be read.
pub fn dead(tx: &Tx<'_>, customer: CustomerId, limit: u32) -> Result<Vec<JobRecord>, StoreError> {
    tx.all(
        "SELECT jobs.* FROM jobs JOIN orders ON orders.id = jobs.order_id
         WHERE jobs.state = 'dead' AND jobs.dismissed_at IS NULL AND orders.customer = ?1 ORDER BY jobs.id DESC LIMIT ?2",
        (customer.get().cast_signed(), limit),
        |row| record(tx, row),
    )
}

/// The job with this number, if it is the customer's and was given up.
///
/// # Errors
/// When the stored job cannot be read.
pub fn dead_one(tx: &Tx<'_>, customer: CustomerId, number: i64) -> Result<Option<JobRecord>, StoreError> {
    tx.one(
        "SELECT jobs.* FROM jobs JOIN orders ON orders.id = jobs.order_id
         WHERE jobs.id = ?1 AND jobs.state = 'dead' AND jobs.dismissed_at IS NULL AND orders.customer = ?2",
        (number, customer.get().cast_signed()),
        |row| record(tx, row),
    )
}

/// How many jobs of a customer were given up and wait for a person.
///
/// # Errors
/// When the database refuses.
pub fn count_dead(tx: &Tx<'_>, customer: CustomerId) -> Result<u64, StoreError> {
    let found = tx.number(
        "SELECT COUNT(*) FROM jobs JOIN orders ON orders.id = jobs.order_id
         WHERE jobs.state = 'dead' AND jobs.dismissed_at IS NULL AND orders.customer = ?1",
        [customer.get().cast_signed()],
    )?;
    Ok(found.cast_unsigned())
}

/// Work that will be done without anybody doing anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outstanding {
    /// How many jobs are due, or being worked on.
    pub due: u64,
    /// How many have failed and wait for the moment of their next attempt.
    pub retried: u64,
    /// When the first of those is tried again.
    pub next_attempt: Option<Timestamp>,
}

/// What is not done yet of one customer or of all. Jobs that were planned for later, and have not failed, are none of it.
///
/// # Errors
/// When the database refuses or a stored moment cannot be read.
pub fn outstanding(tx: &Tx<'_>, customer: Option<CustomerId>, now: Timestamp) -> Result<Outstanding, StoreError> {
    let found = tx.one(
        "SELECT COUNT(*) FILTER (WHERE due_at <= ?1) AS due, COUNT(*) FILTER (WHERE due_at > ?1 AND tried > 0) AS retried,
                MIN(due_at) FILTER (WHERE due_at > ?1 AND tried > 0) AS next_attempt
         FROM jobs JOIN orders ON orders.id = jobs.order_id
         WHERE jobs.state = 'waiting' AND (?2 IS NULL OR orders.customer = ?2)",
        (micros(now), customer.map(|customer| customer.get().cast_signed())),
        |row| {
            let count = |column| get::<i64>(row, column).map(i64::cast_unsigned);
            Ok(Outstanding { due: count("due")?, retried: count("retried")?, next_attempt: moment_option(row, "next_attempt")? })
        },
    )?;
    Ok(found.unwrap_or_default())
}

/// Whether a step of an order has failed and is to be tried again.
///
/// # Errors
/// When the database refuses.
pub fn is_retried(tx: &Tx<'_>, order: OrderId) -> Result<bool, StoreError> {
    Ok(tx.number("SELECT COUNT(*) FROM jobs WHERE order_id = ?1 AND state = 'waiting' AND tried > 0", [order.get()])? > 0)
}

fn as_json(orders: &[OrderId]) -> String {
    let numbers: Vec<String> = orders.iter().map(ToString::to_string).collect();
    format!("[{}]", numbers.join(","))
}

fn record(tx: &Tx<'_>, row: &Row<'_>) -> Result<JobRecord, StoreError> {
    let number: i64 = get(row, "id")?;
    let attempts = tx.all("SELECT * FROM attempts WHERE job_id = ?1 ORDER BY id", [number], attempt)?;
    let dismissal = match moment_option(row, "dismissed_at")? {
        Some(at) => Some(Dismissal { at, by: get(row, "dismissed_by")?, reason: get(row, "dismissed_reason")? }),
        None => None,
    };
    Ok(JobRecord { id: number, job: job(row)?, state: get(row, "state")?, due_at: moment(row, "due_at")?, attempts, dismissal })
}

fn attempt(row: &Row<'_>) -> Result<Attempt, StoreError> {
    let outcome: String = get(row, "outcome")?;
    Ok(Attempt {
        started_at: moment(row, "started_at")?,
        took_ms: get::<i64>(row, "took_ms")?.cast_unsigned(),
        outcome: [AttemptOutcome::Done, AttemptOutcome::Later, AttemptOutcome::Dead]
            .into_iter()
            .find(|known| known.name() == outcome)
            .ok_or_else(|| unreadable("outcome"))?,
        detail: get(row, "detail")?,
    })
}

fn job(row: &Row<'_>) -> Result<Job, StoreError> {
    let kind: String = get(row, "kind")?;
    let order: i64 = get(row, "order_id")?;
    Ok(Job {
        kind: JobKind::named(&kind).ok_or_else(|| unreadable("kind"))?,
        order: OrderId::try_from(order).map_err(|_| unreadable("order_id"))?,
    })
}
