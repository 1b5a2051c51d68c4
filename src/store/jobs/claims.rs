//! Who is on which job. Work is given out from lines: a customer's jobs of one kind, the longest due first. Whose line comes next is
//! not decided here.

use jiff::Timestamp;

use super::job;
use crate::domain::{CustomerId, Job, JobKind, OrderId};
use crate::store::row::{get, id, micros, moment, moment_option, unreadable};
use crate::store::{StoreError, Tx};

/// A job that somebody has been given to work on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The number of the job.
    pub id: i64,
    /// For whom.
    pub customer: CustomerId,
    /// What to do.
    pub job: Job,
    /// How many attempts already count against the ladder.
    pub tried: u32,
    /// Whether a person asked for this attempt; it does not count.
    pub replayed: bool,
    /// How long it is ours, unless it is settled before. Tells this claim from a later one of the same job.
    pub leased_until: Timestamp,
}

/// The waiting jobs of one kind of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whose.
    pub customer: CustomerId,
    /// Which.
    pub kind: JobKind,
    /// When the first of them is due that nobody works on.
    pub due_at: Timestamp,
}

/// The lines in which something waits that is due by then. Jobs of orders on which somebody works now are passed over: those that are
/// leased, and those that are `busy`, whatever their leases say.
///
/// # Errors
/// When the database refuses or a stored job cannot be read.
pub fn waiting(tx: &Tx<'_>, now: Timestamp, due_by: Timestamp, busy: &[OrderId]) -> Result<Vec<Line>, StoreError> {
    let kinds = serde_json::Value::from(JobKind::ALL.map(JobKind::name).to_vec()).to_string();
    tx.all(
        "SELECT whose.customer, kinds.value AS kind,
             (SELECT due_at FROM jobs AS due
              WHERE customer = whose.customer AND kind = kinds.value AND state = 'waiting' AND due_at <= ?1
                  AND order_id NOT IN (SELECT value FROM json_each(?2))
                  AND NOT EXISTS (SELECT 1 FROM jobs AS held WHERE held.order_id = due.order_id AND held.leased_until > ?4)
              ORDER BY due_at LIMIT 1) AS first_due
         FROM (SELECT id AS customer FROM customers
               WHERE EXISTS (SELECT 1 FROM jobs WHERE customer = customers.id AND state = 'waiting' AND due_at <= ?1)) AS whose
             CROSS JOIN json_each(?3) AS kinds
         WHERE first_due IS NOT NULL",
        (micros(due_by), as_json(busy), kinds, micros(now)),
        |row| {
            let kind: String = get(row, "kind")?;
            let kind = JobKind::named(&kind).ok_or_else(|| unreadable("kind"))?;
            Ok(Line { customer: id(row, "customer")?, kind, due_at: moment(row, "first_due")? })
        },
    )
}

/// Leases the job of a line that has been due the longest, if one is due. Two jobs of one order are never worked on at once; orders that
/// are `busy` are passed over whatever their leases say.
///
/// # Errors
/// When the database refuses or a stored job cannot be read.
pub fn claim(
    tx: &Tx<'_>,
    (customer, kind): (CustomerId, JobKind),
    now: Timestamp,
    leased_until: Timestamp,
    busy: &[OrderId],
) -> Result<Option<Claim>, StoreError> {
    tx.one(
        "UPDATE jobs SET leased_until = ?2, asked_again = 0
         WHERE id = (SELECT id FROM jobs AS due
                     WHERE customer = ?4 AND kind = ?5 AND state = 'waiting' AND due_at <= ?1
                       AND (leased_until IS NULL OR leased_until <= ?1)
                       AND order_id NOT IN (SELECT value FROM json_each(?3))
                       AND NOT EXISTS (SELECT 1 FROM jobs AS other WHERE other.order_id = due.order_id AND other.id <> due.id
                                       AND other.state = 'waiting' AND other.leased_until > ?1)
                     ORDER BY due_at, id LIMIT 1)
         RETURNING id, order_id, kind, tried, replayed",
        (micros(now), micros(leased_until), as_json(busy), customer.get().cast_signed(), kind.name()),
        |row| {
            Ok(Claim {
                id: get(row, "id")?,
                customer,
                job: job(row)?,
                tried: get(row, "tried")?,
                replayed: get(row, "replayed")?,
                leased_until,
            })
        },
    )
}

/// When the first of the leases that somebody holds leaves a job to be claimed: its end, or later when that job is due. Orders that are
/// `busy` are passed over: whoever works on one looks again afterwards.
///
/// # Errors
/// When the database refuses or a stored moment cannot be read.
pub fn next_of_leases(tx: &Tx<'_>, now: Timestamp, busy: &[OrderId]) -> Result<Option<Timestamp>, StoreError> {
    let found = tx.one(
        "SELECT MIN(MAX(due.due_at, held.until)) AS next FROM
             (SELECT order_id, MAX(leased_until) AS until FROM jobs WHERE leased_until > ?2 GROUP BY order_id) AS held
             JOIN jobs AS due ON due.order_id = held.order_id AND due.state = 'waiting'
         WHERE due.order_id NOT IN (SELECT value FROM json_each(?1))",
        (as_json(busy), micros(now)),
        |row| moment_option(row, "next"),
    )?;
    Ok(found.flatten())
}

/// Takes every lease back: whoever held one is gone. Only for a store that has just been opened by the one process that may.
pub(in crate::store) fn release_leases(connection: &rusqlite::Connection) -> Result<(), StoreError> {
    connection.execute("UPDATE jobs SET leased_until = NULL WHERE leased_until IS NOT NULL", [])?;
    Ok(())
}

fn as_json(orders: &[OrderId]) -> String {
    let numbers: Vec<String> = orders.iter().map(ToString::to_string).collect();
    format!("[{}]", numbers.join(","))
}
