//! Who is on which job. Work is given out from lines: a customer's jobs of one kind, the longest due first. Whose line comes next is
//! not decided here.

use jiff::Timestamp;

use super::job;
use crate::crash_point::Commit;
use crate::domain::{CustomerId, Job, JobKind, OrderId};
use crate::store::row::{get, unreadable};
use crate::store::value::params;
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
    let kinds = JobKind::ALL.map(|kind| format!("('{}')", kind.name())).join(", ");
    tx.all(
        &format!(
            "SELECT * FROM (
                 SELECT whose.customer, kinds.column1 AS kind,
                     (SELECT due_at FROM jobs AS due
                      WHERE customer = whose.customer AND kind = kinds.column1 AND state = 'waiting' AND due_at <= :due_by
                          AND instr(:busy, ',' || order_id || ',') = 0
                          AND NOT EXISTS (SELECT 1 FROM jobs AS held WHERE held.order_id = due.order_id AND held.leased_until > :now)
                      ORDER BY due_at LIMIT 1) AS first_due
                 FROM (SELECT id AS customer FROM customers
                       WHERE EXISTS (SELECT 1 FROM jobs WHERE customer = customers.id AND state = 'waiting' AND due_at <= :due_by)) AS whose
                     CROSS JOIN (VALUES {kinds}) AS kinds) AS lines
             WHERE first_due IS NOT NULL"
        ),
        params! { due_by, busy: listed(busy), now },
        |row| {
            let kind: String = get(row, "kind")?;
            let kind = JobKind::named(&kind).ok_or_else(|| unreadable("kind"))?;
            Ok(Line { customer: get(row, "customer")?, kind, due_at: get(row, "first_due")? })
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
    let passing_over_locked = tx.passing_over_locked();
    tx.one(
        &format!(
            "UPDATE jobs SET leased_until = :leased_until, asked_again = 0
         WHERE id = (SELECT id FROM jobs AS due
                     WHERE customer = :customer AND kind = :kind AND state = 'waiting' AND due_at <= :now
                       AND (leased_until IS NULL OR leased_until <= :now)
                       AND instr(:busy, ',' || order_id || ',') = 0
                       AND NOT EXISTS (SELECT 1 FROM jobs AS other WHERE other.order_id = due.order_id AND other.id <> due.id
                                       AND other.state = 'waiting' AND other.leased_until > :now)
                     ORDER BY due_at, id LIMIT 1 {passing_over_locked})
         RETURNING id, order_id, kind, tried, replayed"
        ),
        params! { now, leased_until, busy: listed(busy), customer, kind: kind.name() },
        |row| {
            tx.publishes(Commit::Leased(kind));
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
        "SELECT MIN(CASE WHEN due.due_at > held.until THEN due.due_at ELSE held.until END) AS next FROM
             (SELECT order_id, MAX(leased_until) AS until FROM jobs WHERE leased_until > :now GROUP BY order_id) AS held
             JOIN jobs AS due ON due.order_id = held.order_id AND due.state = 'waiting'
         WHERE instr(:busy, ',' || due.order_id || ',') = 0",
        params! { busy: listed(busy), now },
        |row| get(row, "next"),
    )?;
    Ok(found.flatten())
}

/// Takes every lease back: whoever held one is gone. Only for a store that has just been opened by the one process that may.
pub(in crate::store) const RELEASE_LEASES: &str = "UPDATE jobs SET leased_until = NULL WHERE leased_until IS NOT NULL";

/// Numbers between commas, with one before the first and behind the last, so that each can be found as a text.
fn listed(orders: &[OrderId]) -> String {
    orders.iter().fold(",".to_owned(), |listed, order| format!("{listed}{order},"))
}
