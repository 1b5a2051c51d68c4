//! Jobs as people see them: what was tried, what was given up and what becomes of that, what is still outstanding.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Attempt, AttemptOutcome, job};
use crate::domain::{CustomerId, Job, OrderId};
use crate::store::row::{Row, get, unreadable};
use crate::store::value::params;
use crate::store::{StoreError, Tx, breakers};

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

/// Makes a job that was given up due again, because a person asked for it. Says for which order, or `None` when it is not dead.
///
/// # Errors
/// When the database refuses.
pub fn replay(tx: &Tx<'_>, customer: CustomerId, number: i64, now: Timestamp) -> Result<Option<Job>, StoreError> {
    let revived = tx.one(
        "UPDATE jobs SET state = 'waiting', replayed = 1, due_at = :now
         WHERE id = :number AND state = 'dead' AND customer = :customer RETURNING order_id, kind",
        params! { number, now, customer },
        job,
    )?;
    for neighbour in revived.iter().flat_map(|job| job.kind.neighbours()) {
        breakers::try_now(tx, customer, neighbour, now)?;
    }
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
        "UPDATE jobs SET dismissed_at = :at, dismissed_by = :by, dismissed_reason = :reason
         WHERE id = :number AND state = 'dead' AND dismissed_at IS NULL AND customer = :customer
         RETURNING order_id, kind",
        params! { number, at: dismissal.at, by: dismissal.by, reason: dismissal.reason, customer },
        job,
    )
}

/// Puts the dead letters of the orders aside that `order` has taken the place of. A result that could not be reported still is one.
///
/// # Errors
/// When the database refuses.
pub(in crate::store) fn dismiss_replaced(tx: &Tx<'_>, order: OrderId, at: Timestamp) -> Result<(), StoreError> {
    let reason = format!("The candidate was sent to Harver again, and order {order} has taken the place of this one.");
    tx.execute(
        "UPDATE jobs SET dismissed_at = :at, dismissed_by = :by,
             dismissed_reason = :reason
         WHERE customer = (SELECT customer FROM orders WHERE id = :order) AND state = 'dead' AND dismissed_at IS NULL AND order_id IN (
             SELECT older.id FROM orders older JOIN orders newer
                 ON newer.customer = older.customer AND newer.workflow = older.workflow AND newer.vacancy = older.vacancy
             WHERE newer.id = :order AND older.id < newer.id AND older.state <> 'completed')",
        params! { order, at, by: format!("order {order}"), reason },
    )?;
    Ok(())
}

/// Puts the dead letters of a step aside that was done after all.
pub(super) fn dismiss_done(tx: &Tx<'_>, job: Job, at: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE jobs SET dismissed_at = :at, dismissed_by = 'a later attempt', dismissed_reason = 'The step was done after all.'
         WHERE order_id = :order AND kind = :kind AND state = 'dead' AND dismissed_at IS NULL",
        params! { order: job.order, kind: job.kind.name(), at },
    )?;
    Ok(())
}

/// The jobs of an order with their attempts, oldest first. A sweep is its customer's, whichever order it is kept with.
///
/// # Errors
/// When a stored job cannot be read.
pub fn of_order(tx: &Tx<'_>, order: OrderId) -> Result<Vec<JobRecord>, StoreError> {
    let jobs =
        tx.all("SELECT * FROM jobs WHERE order_id = :order AND kind <> 'sweep' ORDER BY id", params! { order }, |row| {
            record(tx, row)
        })?;
    Ok(jobs)
}

/// The jobs of a customer that were given up, newest first.
///
/// # Errors
/// When a stored job cannot be read.
pub fn dead(tx: &Tx<'_>, customer: CustomerId, limit: u32) -> Result<Vec<JobRecord>, StoreError> {
    tx.all(
        "SELECT * FROM jobs WHERE customer = :customer AND state = 'dead' AND dismissed_at IS NULL ORDER BY id DESC LIMIT :limit",
        params! { customer, limit },
        |row| record(tx, row),
    )
}

/// The job with this number, if it is the customer's and was given up.
///
/// # Errors
/// When the stored job cannot be read.
pub fn dead_one(tx: &Tx<'_>, customer: CustomerId, number: i64) -> Result<Option<JobRecord>, StoreError> {
    tx.one(
        "SELECT * FROM jobs WHERE id = :number AND customer = :customer AND state = 'dead' AND dismissed_at IS NULL",
        params! { number, customer },
        |row| record(tx, row),
    )
}

/// How many jobs of a customer were given up and wait for a person.
///
/// # Errors
/// When the database refuses.
pub fn count_dead(tx: &Tx<'_>, customer: CustomerId) -> Result<u64, StoreError> {
    let found = tx.number(
        "SELECT COUNT(*) FROM jobs WHERE customer = :customer AND state = 'dead' AND dismissed_at IS NULL",
        params! { customer },
    )?;
    Ok(found.cast_unsigned())
}

/// The same of each customer of whom there are any.
///
/// # Errors
/// When the database refuses.
pub fn count_dead_of_each(tx: &Tx<'_>) -> Result<BTreeMap<CustomerId, u64>, StoreError> {
    let found = tx.all(
        "SELECT customer, COUNT(*) AS number FROM jobs WHERE state = 'dead' AND dismissed_at IS NULL GROUP BY customer",
        params! {},
        |row| Ok((get(row, "customer")?, get(row, "number")?)),
    )?;
    Ok(found.into_iter().collect())
}

fn record(tx: &Tx<'_>, row: &Row<'_>) -> Result<JobRecord, StoreError> {
    let number: i64 = get(row, "id")?;
    let attempts = tx.all("SELECT * FROM attempts WHERE job_id = :number ORDER BY id", params! { number }, attempt)?;
    let dismissal = match get(row, "dismissed_at")? {
        Some(at) => Some(Dismissal { at, by: get(row, "dismissed_by")?, reason: get(row, "dismissed_reason")? }),
        None => None,
    };
    Ok(JobRecord { id: number, job: job(row)?, state: get(row, "state")?, due_at: get(row, "due_at")?, attempts, dismissal })
}

fn attempt(row: &Row<'_>) -> Result<Attempt, StoreError> {
    let outcome: String = get(row, "outcome")?;
    Ok(Attempt {
        started_at: get(row, "started_at")?,
        took_ms: get(row, "took_ms")?,
        outcome: [AttemptOutcome::Done, AttemptOutcome::Later, AttemptOutcome::Dead]
            .into_iter()
            .find(|known| known.name() == outcome)
            .ok_or_else(|| unreadable("outcome"))?,
        detail: get(row, "detail")?,
    })
}
