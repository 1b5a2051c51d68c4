//! What the platform is asked for because a webhook may never come: who has finished in a vacancy with open orders, and what became of an
//! order that is silent. A customer has one such step at a time, which asks one question and plans the next.

use jiff::{SignedDuration, Timestamp};

use super::row::{get, parsed};
use super::value::params;
use super::{StoreError, Tx};
use crate::domain::{ApplicationId, CustomerId, JobKind, OrderId, VacancyId};

/// How often each vacancy is asked for, as far as [`PACE`] lets it.
const EVERY: SignedDuration = SignedDuration::from_mins(5);
/// How long it takes from one question of a customer to the next, at least: fifteen a minute, of the 450 that an account has
/// (harver-platform.md 9).
const PACE: SignedDuration = SignedDuration::from_secs(4);
/// An order that was silent for so long is asked about by itself, and once again after each further such while.
const SILENCE: SignedDuration = SignedDuration::from_hours(24);
/// How long nothing is asked after the ladder was used up in vain.
const GIVEN_UP_FOR: SignedDuration = SignedDuration::from_hours(1);

/// What is to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Who has finished in a vacancy since a moment.
    Vacancy(VacancyId, Timestamp),
    /// What became of an order.
    Order(OrderId),
}

/// From now on an order is swept: it is about to have this application. What happened since the order came counts, also what was told
/// before the application is known here.
///
/// # Errors
/// When the database refuses.
pub(super) fn begin(tx: &Tx<'_>, order: OrderId, application: &ApplicationId, now: Timestamp) -> Result<(), StoreError> {
    let due_at = later(now, EVERY);
    tx.execute(
        "INSERT INTO sweeps (customer, vacancy, since, due_at)
         SELECT customer, vacancy, CASE WHEN application IS NOT DISTINCT FROM :application THEN :now ELSE received_at END, :due_at FROM orders WHERE id = :order
         ON CONFLICT (customer, vacancy) DO UPDATE SET since = CASE WHEN sweeps.since < excluded.since THEN sweeps.since ELSE excluded.since END",
        params! { order, application, now, due_at },
    )?;
    tx.execute("UPDATE orders SET swept_at = :now WHERE id = :order AND swept_at IS NULL", params! { order, now })?;
    plan(tx, order, due_at, now)
}

/// The question whose turn it is, if one is due.
///
/// # Errors
/// When a stored value cannot be read.
pub fn next(tx: &Tx<'_>, customer: CustomerId, now: Timestamp) -> Result<Option<Question>, StoreError> {
    Ok(first(tx, customer)?.filter(|(_, due_at)| *due_at <= now).map(|(question, _)| question))
}

/// What is due first, and when.
fn first(tx: &Tx<'_>, customer: CustomerId) -> Result<Option<(Question, Timestamp)>, StoreError> {
    let customer = customer.get().cast_signed();
    let vacancy = tx.one(
        "SELECT vacancy, since, due_at FROM sweeps WHERE customer = :customer ORDER BY due_at LIMIT 1",
        params! { customer },
        |row| Ok((Question::Vacancy(parsed(row, "vacancy")?, get(row, "since")?), get(row, "due_at")?)),
    )?;
    let order = tx.one(
        "SELECT id, swept_at FROM orders
         WHERE customer = :customer AND application IS NOT NULL AND state NOT IN ('completed', 'failed', 'expired', 'cancelled')
         ORDER BY swept_at LIMIT 1",
        params! { customer },
        |row| {
            let order = get(row, "id")?;
            Ok((Question::Order(order), later(get(row, "swept_at")?, SILENCE)))
        },
    )?;
    Ok([vacancy, order].into_iter().flatten().min_by_key(|(_, due_at)| *due_at))
}

/// A vacancy has been asked for at this moment: what changed before is known, unless an order has come meanwhile that wants to know more.
///
/// # Errors
/// When the database refuses.
pub fn asked(tx: &Tx<'_>, customer: CustomerId, vacancy: &VacancyId, since: Timestamp, at: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE sweeps SET due_at = :due_at, since = CASE WHEN since < :since THEN since ELSE :at END WHERE customer = :customer AND vacancy = :vacancy",
        params! { customer, vacancy, since, at, due_at: later(at, EVERY) },
    )?;
    Ok(())
}

/// A vacancy cannot be asked for: its turn comes again as if it had been.
///
/// # Errors
/// When the database refuses.
pub fn put_off(tx: &Tx<'_>, customer: CustomerId, vacancy: &VacancyId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE sweeps SET due_at = :due_at WHERE customer = :customer AND vacancy = :vacancy",
        params! { customer, vacancy, due_at: later(now, EVERY) },
    )?;
    Ok(())
}

/// A vacancy could not be asked for: its turn comes again when those who have waited before it have had theirs.
///
/// # Errors
/// When the database refuses.
pub fn put_last(tx: &Tx<'_>, customer: CustomerId, vacancy: &VacancyId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE sweeps SET due_at = :now WHERE customer = :customer AND vacancy = :vacancy",
        params! { customer, vacancy, now },
    )?;
    Ok(())
}

/// Has each open order of a vacancy asked about by itself.
///
/// # Errors
/// When the database refuses.
pub fn one_by_one(tx: &Tx<'_>, customer: CustomerId, vacancy: &VacancyId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE orders SET swept_at = 0 WHERE customer = :customer AND vacancy = :vacancy AND application IS NOT NULL
             AND state NOT IN ('completed', 'failed', 'expired', 'cancelled')",
        params! { customer, vacancy },
    )?;
    Ok(())
}

/// An order is asked about.
///
/// # Errors
/// When the database refuses.
pub fn asked_about(tx: &Tx<'_>, order: OrderId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute("UPDATE orders SET swept_at = :now WHERE id = :order", params! { order, now })?;
    Ok(())
}

/// A question of a customer, which was kept with `order`, was answered: nothing is kept of it, and the next one is planned. Vacancies
/// without open orders are not asked for any more; when none is left, nothing is.
///
/// # Errors
/// When a stored value cannot be read.
pub fn go_on(tx: &Tx<'_>, customer: CustomerId, order: OrderId, now: Timestamp) -> Result<(), StoreError> {
    let answered = "SELECT id FROM jobs WHERE order_id = :order AND kind = 'sweep' AND state <> 'waiting'";
    tx.execute(&format!("DELETE FROM attempts WHERE job_id IN ({answered})"), params! { order })?;
    tx.execute(&format!("DELETE FROM jobs WHERE id IN ({answered})"), params! { order })?;
    tx.execute(
        "DELETE FROM sweeps WHERE customer = :customer AND NOT EXISTS (
             SELECT 1 FROM orders WHERE orders.customer = sweeps.customer AND orders.vacancy = sweeps.vacancy
                 AND state NOT IN ('completed', 'failed', 'expired', 'cancelled'))",
        params! { customer },
    )?;
    match first(tx, customer)? {
        Some((_, due_at)) => plan(tx, order, due_at.max(later(now, PACE)), now),
        None => Ok(()),
    }
}

/// The questions of a customer, which were kept with `order`, were given up: they go on after an hour, because nobody else asks them.
///
/// # Errors
/// When the database refuses.
pub fn go_on_later(tx: &Tx<'_>, order: OrderId, now: Timestamp) -> Result<(), StoreError> {
    plan(tx, order, later(now, GIVEN_UP_FOR), now)
}

/// The order that a customer's questions may have been kept with is gone: they go on with another one, if any is open.
///
/// # Errors
/// When a stored value cannot be read.
pub(super) fn go_on_without(tx: &Tx<'_>, customer: CustomerId, now: Timestamp) -> Result<(), StoreError> {
    let another = tx.one(
        "SELECT id FROM orders
         WHERE customer = :customer AND application IS NOT NULL AND state NOT IN ('completed', 'failed', 'expired', 'cancelled')
         ORDER BY swept_at LIMIT 1",
        params! { customer },
        |row| get(row, "id"),
    )?;
    match (another, first(tx, customer)?) {
        (Some(another), Some((_, due_at))) => plan(tx, another, due_at.max(later(now, PACE)), now),
        _ => Ok(()),
    }
}

/// Plans the step of the order's customer, unless one waits.
fn plan(tx: &Tx<'_>, order: OrderId, due_at: Timestamp, now: Timestamp) -> Result<(), StoreError> {
    let added = tx.execute(
        "INSERT INTO jobs (order_id, kind, state, due_at, added_at) SELECT id, :kind, 'waiting', :due_at, :now FROM orders
         WHERE id = :order AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.customer = orders.customer AND kind = :kind AND jobs.state = 'waiting')",
        params! { order, kind: JobKind::Sweep.name(), due_at, now },
    )?;
    if added > 0 {
        tx.wake_worker();
    }
    Ok(())
}

fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.saturating_add(by).unwrap_or(Timestamp::MAX)
}
