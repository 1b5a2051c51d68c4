//! Forgetting: what ended long ago, and whoever asks to be forgotten. What is forgotten leaves nothing that belongs to it; iCIMS and the
//! Harver platform keep what is theirs.

use jiff::Timestamp;

use super::row::get;
use super::value::params;
use super::{StoreError, Tx, refused_events, sweeps};
use crate::domain::{CustomerId, JobKind, OrderId, PersonId};

/// How much goes in one transaction: whoever else writes waits for no more.
const AT_ONCE: i64 = 100;

/// What was kept of somebody, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Orders, each with its history, its steps, its mails and its report links.
    pub orders: u64,
    /// Events that were refused.
    pub refused_events: u64,
    /// Choices of packages that were open or made.
    pub selections: u64,
}

/// Forgets some of the steps that were done, with their attempts: those that were last tried before a moment. Says how many: none when
/// there are no more.
///
/// # Errors
/// When the database refuses.
pub fn forget_steps(tx: &Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    let old = "SELECT id FROM jobs WHERE state = 'done' AND added_at < :before
                   AND NOT EXISTS (SELECT 1 FROM attempts WHERE job_id = jobs.id AND started_at >= :before)
               ORDER BY added_at LIMIT :most";
    let old: Vec<i64> = tx.all(old, params! { before, most: AT_ONCE }, |row| get(row, "id"))?;
    for job in &old {
        tx.execute("DELETE FROM attempts WHERE job_id = :job", params! { job: *job })?;
        tx.execute("DELETE FROM jobs WHERE id = :job", params! { job: *job })?;
    }
    Ok(old.len() as u64)
}

/// Forgets some of the orders that ended before a moment. Says how many: none when there are no more. One is kept that waits for a step or
/// for a person, and one whose address somebody has who is still at it: whose result that is, is told from both.
///
/// # Errors
/// When the database refuses.
pub fn forget_orders(tx: &Tx<'_>, before: Timestamp, now: Timestamp) -> Result<u64, StoreError> {
    let old = "SELECT id FROM orders
               WHERE state IN ('completed', 'failed', 'expired', 'cancelled') AND received_at < :before
                   AND NOT EXISTS (SELECT 1 FROM order_history WHERE order_id = orders.id AND at >= :before)
                   AND NOT EXISTS (SELECT 1 FROM jobs WHERE order_id = orders.id AND kind <> :sweep
                       AND (jobs.state = 'waiting' OR (jobs.state = 'dead' AND dismissed_at IS NULL)))
                   AND NOT EXISTS (SELECT 1 FROM orders AS other WHERE other.customer = orders.customer
                       AND other.vacancy = orders.vacancy AND other.address_mark = orders.address_mark
                       AND other.state NOT IN ('completed', 'failed', 'expired', 'cancelled'))
               ORDER BY received_at LIMIT :most";
    let sweep = JobKind::Sweep.name();
    let old: Vec<OrderId> = tx.all(old, params! { before, sweep, most: AT_ONCE }, |row| get(row, "id"))?;
    old.iter().try_for_each(|order| forget(tx, *order, now))?;
    Ok(old.len() as u64)
}

/// Forgets some of the choices of packages that could be made until a moment. Says how many: none when there are no more.
///
/// # Errors
/// When the database refuses.
pub fn forget_selections(tx: &Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    let old = "DELETE FROM selections WHERE id IN (SELECT id FROM selections WHERE expires_at < :before ORDER BY id LIMIT :most)";
    tx.execute(old, params! { before, most: AT_ONCE })
}

/// Forgets a person of a customer: every order, whatever its state, and every event and choice of packages. What is being done for an
/// order leaves nothing behind. An event that nobody could read goes if the number stands in it anywhere.
///
/// # Errors
/// When the database refuses.
pub fn erase(tx: &Tx<'_>, customer: CustomerId, person: PersonId, now: Timestamp) -> Result<Erased, StoreError> {
    let of = "SELECT id FROM orders WHERE customer = :customer AND person = :person";
    let of: Vec<OrderId> = tx.all(of, params! { customer, person }, |row| get(row, "id"))?;
    of.iter().try_for_each(|order| forget(tx, *order, now))?;
    let refused_events = "DELETE FROM refused_events WHERE customer = :customer AND person = :person";
    let refused_events = tx.execute(refused_events, params! { customer, person })? + erase_unread(tx, customer, person)?;
    let selections = "DELETE FROM selections WHERE customer = :customer AND person = :person";
    let selections = tx.execute(selections, params! { customer, person })?;
    Ok(Erased { orders: of.len() as u64, refused_events, selections })
}

/// Forgets the events of which nobody read whom they are about, where the person's number stands in them.
fn erase_unread(tx: &Tx<'_>, customer: CustomerId, person: PersonId) -> Result<u64, StoreError> {
    let number = person.to_string();
    let unread = "SELECT id, payload_sealed FROM refused_events WHERE customer = :customer AND person IS NULL";
    let unread =
        tx.all(unread, params! { customer }, |row| Ok((get::<i64>(row, "id")?, refused_events::payload(tx, row).ok())))?;
    let names = |payload: &str| payload.split(|letter: char| !letter.is_ascii_digit()).any(|digits| digits == number);
    // What nobody can open any more is of no use to anybody, and may be theirs.
    let names = |payload: &Option<String>| payload.as_deref().is_none_or(names);
    let mut erased = 0;
    for (event, _) in unread.iter().filter(|(_, payload)| names(payload)) {
        erased += tx.execute("DELETE FROM refused_events WHERE id = :event", params! { event: *event })?;
    }
    Ok(erased)
}

/// Forgets an order, children before parents.
fn forget(tx: &Tx<'_>, order: OrderId, now: Timestamp) -> Result<(), StoreError> {
    let of = "SELECT customer, application FROM orders WHERE id = :order";
    let of = tx.one(of, params! { order }, |row| Ok((get(row, "customer")?, get::<Option<String>>(row, "application")?)))?;
    let Some((customer, application)): Option<(CustomerId, _)> = of else { return Ok(()) };
    // A newer order may have taken the application over, and needs to know what was announced of it.
    tx.execute(
        "DELETE FROM announcements WHERE application = :application AND customer = :customer AND NOT EXISTS (
             SELECT 1 FROM orders WHERE application = :application AND customer = :customer AND id <> :order)",
        params! { order, customer, application },
    )?;
    tx.execute("DELETE FROM attempts WHERE job_id IN (SELECT id FROM jobs WHERE order_id = :order)", params! { order })?;
    for table in ["jobs", "order_history", "report_links", "mails"] {
        tx.execute(&format!("DELETE FROM {table} WHERE order_id = :order"), params! { order })?;
    }
    tx.execute("DELETE FROM orders WHERE id = :order", params! { order })?;
    sweeps::go_on_without(tx, customer, now)
}
