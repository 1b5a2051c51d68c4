//! What the platform is asked for because a webhook may never come: who has finished in a vacancy with open orders, and what became of an
//! order that is silent. A customer has one such step at a time, which asks one question and plans the next.

use jiff::{SignedDuration, Timestamp};

use super::row::{get, micros, moment, parsed, unreadable};
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
         SELECT customer, vacancy, CASE WHEN application IS ?2 THEN ?3 ELSE received_at END, ?4 FROM orders WHERE id = ?1
         ON CONFLICT (customer, vacancy) DO UPDATE SET since = MIN(since, excluded.since)",
        (order.get(), application.as_str(), micros(now), micros(due_at)),
    )?;
    tx.execute("UPDATE orders SET swept_at = ?2 WHERE id = ?1 AND swept_at IS NULL", (order.get(), micros(now)))?;
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
    let vacancy =
        tx.one("SELECT vacancy, since, due_at FROM sweeps WHERE customer = ?1 ORDER BY due_at LIMIT 1", [customer], |row| {
            Ok((Question::Vacancy(parsed(row, "vacancy")?, moment(row, "since")?), moment(row, "due_at")?))
        })?;
    let order = tx.one(
        "SELECT id, swept_at FROM orders
         WHERE customer = ?1 AND application IS NOT NULL AND state NOT IN ('completed', 'failed', 'expired', 'cancelled')
         ORDER BY swept_at LIMIT 1",
        [customer],
        |row| {
            let order = OrderId::try_from(get::<i64>(row, "id")?).map_err(|_| unreadable("orders.id"))?;
            Ok((Question::Order(order), later(moment(row, "swept_at")?, SILENCE)))
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
        "UPDATE sweeps SET due_at = ?5, since = CASE WHEN since < ?3 THEN since ELSE ?4 END WHERE customer = ?1 AND vacancy = ?2",
        (customer.get().cast_signed(), vacancy.as_str(), micros(since), micros(at), micros(later(at, EVERY))),
    )?;
    Ok(())
}

/// A vacancy cannot be asked for: its turn comes again as if it had been.
///
/// # Errors
/// When the database refuses.
pub fn put_off(tx: &Tx<'_>, customer: CustomerId, vacancy: &VacancyId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE sweeps SET due_at = ?3 WHERE customer = ?1 AND vacancy = ?2",
        (customer.get().cast_signed(), vacancy.as_str(), micros(later(now, EVERY))),
    )?;
    Ok(())
}

/// A vacancy could not be asked for: its turn comes again when those who have waited before it have had theirs.
///
/// # Errors
/// When the database refuses.
pub fn put_last(tx: &Tx<'_>, customer: CustomerId, vacancy: &VacancyId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE sweeps SET due_at = ?3 WHERE customer = ?1 AND vacancy = ?2",
        (customer.get().cast_signed(), vacancy.as_str(), micros(now)),
    )?;
    Ok(())
}

/// Has each open order of a vacancy asked about by itself.
///
/// # Errors
/// When the database refuses.
pub fn one_by_one(tx: &Tx<'_>, customer: CustomerId, vacancy: &VacancyId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE orders SET swept_at = 0 WHERE customer = ?1 AND vacancy = ?2 AND application IS NOT NULL
             AND state NOT IN ('completed', 'failed', 'expired', 'cancelled')",
        (customer.get().cast_signed(), vacancy.as_str()),
    )?;
    Ok(())
}

/// An order is asked about.
///
/// # Errors
/// When the database refuses.
pub fn asked_about(tx: &Tx<'_>, order: OrderId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute("UPDATE orders SET swept_at = ?2 WHERE id = ?1", (order.get(), micros(now)))?;
    Ok(())
}

/// A question of a customer, which was kept with `order`, was answered: nothing is kept of it, and the next one is planned. Vacancies
/// without open orders are not asked for any more; when none is left, nothing is.
///
/// # Errors
/// When a stored value cannot be read.
pub fn go_on(tx: &Tx<'_>, customer: CustomerId, order: OrderId, now: Timestamp) -> Result<(), StoreError> {
    let answered = "SELECT id FROM jobs WHERE order_id = ?1 AND kind = 'sweep' AND state <> 'waiting'";
    tx.execute(&format!("DELETE FROM attempts WHERE job_id IN ({answered})"), [order.get()])?;
    tx.execute(&format!("DELETE FROM jobs WHERE id IN ({answered})"), [order.get()])?;
    tx.execute(
        "DELETE FROM sweeps WHERE customer = ?1 AND NOT EXISTS (
             SELECT 1 FROM orders WHERE orders.customer = sweeps.customer AND orders.vacancy = sweeps.vacancy
                 AND state NOT IN ('completed', 'failed', 'expired', 'cancelled'))",
        [customer.get().cast_signed()],
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

/// Plans the step of the order's customer, unless one waits.
fn plan(tx: &Tx<'_>, order: OrderId, due_at: Timestamp, now: Timestamp) -> Result<(), StoreError> {
    let added = tx.execute(
        "INSERT INTO jobs (order_id, kind, state, due_at, added_at) SELECT id, ?2, 'waiting', ?3, ?4 FROM orders
         WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.customer = orders.customer AND kind = ?2 AND jobs.state = 'waiting')",
        (order.get(), JobKind::Sweep.name(), micros(due_at), micros(now)),
    )?;
    if added > 0 {
        tx.wake_worker();
    }
    Ok(())
}

fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.saturating_add(by).unwrap_or(Timestamp::MAX)
}
