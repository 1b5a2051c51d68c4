//! Forgetting: what ended long ago, and whoever asks to be forgotten. What is forgotten leaves nothing that belongs to it; iCIMS and the
//! Harver platform keep what is theirs.

use jiff::Timestamp;

use super::row::get;
use super::value::params;
use super::{StoreError, Tx};
use crate::domain::{CustomerId, OrderId, PersonId};

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

/// Forgets some of the steps that were done before a moment, with their attempts. Says how many: none when there are no more.
///
/// # Errors
/// When the database refuses.
pub fn forget_steps(tx: &Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    let old = "SELECT id FROM jobs WHERE state = 'done' AND added_at < :before ORDER BY added_at LIMIT :most";
    let old: Vec<i64> = tx.all(old, params! { before, most: AT_ONCE }, |row| get(row, "id"))?;
    for job in &old {
        tx.execute("DELETE FROM attempts WHERE job_id = :job", params! { job: *job })?;
        tx.execute("DELETE FROM jobs WHERE id = :job", params! { job: *job })?;
    }
    Ok(old.len() as u64)
}

/// Forgets some of the orders that ended before a moment. Says how many: none when there are no more.
///
/// # Errors
/// When the database refuses.
pub fn forget_orders(tx: &Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    let old = "SELECT id FROM orders
               WHERE state IN ('completed', 'failed', 'expired', 'cancelled') AND received_at < :before
                   AND NOT EXISTS (SELECT 1 FROM order_history WHERE order_id = orders.id AND at >= :before)
               ORDER BY received_at LIMIT :most";
    let old: Vec<OrderId> = tx.all(old, params! { before, most: AT_ONCE }, |row| get(row, "id"))?;
    old.iter().try_for_each(|order| forget(tx, *order))?;
    Ok(old.len() as u64)
}

/// Forgets a person of a customer: every order, whatever its state, and every event and choice of packages. What is being done for an
/// order leaves nothing behind.
///
/// # Errors
/// When the database refuses.
pub fn erase(tx: &Tx<'_>, customer: CustomerId, person: PersonId) -> Result<Erased, StoreError> {
    let of = "SELECT id FROM orders WHERE customer = :customer AND person = :person";
    let of: Vec<OrderId> = tx.all(of, params! { customer, person }, |row| get(row, "id"))?;
    of.iter().try_for_each(|order| forget(tx, *order))?;
    let gone = |table| {
        let sql = format!("DELETE FROM {table} WHERE customer = :customer AND person = :person");
        tx.execute(&sql, params! { customer, person })
    };
    Ok(Erased { orders: of.len() as u64, refused_events: gone("refused_events")?, selections: gone("selections")? })
}

/// Forgets an order, children before parents.
fn forget(tx: &Tx<'_>, order: OrderId) -> Result<(), StoreError> {
    // A newer order may have taken the application over, and needs to know what was announced of it.
    tx.execute(
        "DELETE FROM announcements WHERE EXISTS (
             SELECT 1 FROM orders WHERE id = :order AND application = announcements.application AND customer = announcements.customer
         ) AND NOT EXISTS (SELECT 1 FROM orders WHERE id <> :order AND application = announcements.application)",
        params! { order },
    )?;
    tx.execute("DELETE FROM attempts WHERE job_id IN (SELECT id FROM jobs WHERE order_id = :order)", params! { order })?;
    for table in ["jobs", "order_history", "report_links", "mails"] {
        tx.execute(&format!("DELETE FROM {table} WHERE order_id = :order"), params! { order })?;
    }
    tx.execute("DELETE FROM orders WHERE id = :order", params! { order })?;
    Ok(())
}
