//! Which orders there are: by workflow, by application, for people who look for them.

use jiff::Timestamp;

use super::{NewOrder, address, read};
use crate::domain::{
    ApplicationId, Candidate, CustomerId, Order, OrderId, OrderState, PersonId, ResultRowId, VacancyId, WorkflowId,
};
use crate::store::jobs::{HeldUp, WAITS};
use crate::store::row::{get, parsed};
use crate::store::value::params;
use crate::store::{StoreError, Tx};

/// The open order of a workflow for a vacancy, or else the last completed one. Failed, expired and cancelled orders do not count.
///
/// # Errors
/// When the stored order cannot be read.
pub fn live(tx: &Tx<'_>, customer: CustomerId, workflow: WorkflowId, vacancy: &VacancyId) -> Result<Option<Order>, StoreError> {
    tx.one(
        "SELECT * FROM orders WHERE customer = :customer AND workflow = :workflow AND vacancy = :vacancy AND state NOT IN ('failed', 'expired', 'cancelled')
         ORDER BY state = 'completed', id DESC LIMIT 1",
        params! { customer, workflow, vacancy },
        |row| read(tx, row),
    )
}

/// The orders of a workflow, newest first.
///
/// # Errors
/// When a stored order cannot be read.
pub fn of_workflow(tx: &Tx<'_>, customer: CustomerId, workflow: WorkflowId) -> Result<Vec<Order>, StoreError> {
    tx.all(
        "SELECT * FROM orders WHERE customer = :customer AND workflow = :workflow ORDER BY id DESC",
        params! { customer, workflow },
        |row| read(tx, row),
    )
}

/// The live orders of a workflow for any vacancy, those that are not finished first, then the newest.
///
/// # Errors
/// When a stored order cannot be read.
pub fn live_of_workflow(tx: &Tx<'_>, customer: CustomerId, workflow: WorkflowId) -> Result<Vec<Order>, StoreError> {
    tx.all(
        "SELECT * FROM orders WHERE customer = :customer AND workflow = :workflow AND state NOT IN ('failed', 'expired', 'cancelled')
         ORDER BY state = 'completed', id DESC",
        params! { customer, workflow },
        |row| read(tx, row),
    )
}

/// The newest live order of another person for a vacancy that has the same address, whatever the case of its letters. The platform
/// would take the two for one candidate.
///
/// # Errors
/// When the stored order cannot be read.
pub fn of_another_person(tx: &Tx<'_>, new: &NewOrder) -> Result<Option<Order>, StoreError> {
    let [mark, former, next] = tx.marks(&address(new.customer, &new.candidate.email));
    tx.one(
        "SELECT * FROM orders WHERE customer = :customer AND vacancy = :vacancy AND address_mark IN (:mark, :former, :next) AND person <> :person AND workflow <> :workflow
             AND state NOT IN ('failed', 'expired', 'cancelled')
         ORDER BY id DESC LIMIT 1",
        params! { customer: new.customer, vacancy: new.package.vacancy(), mark, former, next, person: new.person, workflow: new.workflow },
        |row| read(tx, row),
    )
}

/// Whether an order has ended without a result and a newer one has taken its place: there is nothing to say of it any more.
///
/// # Errors
/// When the stored order cannot be read.
pub fn is_replaced(tx: &Tx<'_>, order: &Order) -> Result<bool, StoreError> {
    Ok(replacement(tx, order)?.is_some())
}

/// The order that has taken the place of one that ended without a result.
///
/// # Errors
/// When the stored order cannot be read.
pub fn replacement(tx: &Tx<'_>, order: &Order) -> Result<Option<Order>, StoreError> {
    if order.state.is_abandoned() { live(tx, order.customer, order.workflow, order.package.vacancy()) } else { Ok(None) }
}

/// The order for whose person an application was made: the first that had it. The platform tells candidates apart by their e-mail
/// address, so that another person with the same address gets the same application.
///
/// # Errors
/// When the stored order cannot be read.
pub fn owner(tx: &Tx<'_>, customer: CustomerId, application: &ApplicationId) -> Result<Option<Order>, StoreError> {
    tx.one(
        "SELECT * FROM orders WHERE customer = :customer AND application = :application ORDER BY id LIMIT 1",
        params! { customer, application },
        |row| read(tx, row),
    )
}

/// Whether this person was ordered for this workflow later than `order`.
///
/// # Errors
/// When the database refuses.
pub fn came_later(tx: &Tx<'_>, order: &Order, person: PersonId, workflow: WorkflowId) -> Result<bool, StoreError> {
    let found = tx.number(
        "SELECT EXISTS (SELECT 1 FROM orders WHERE customer = :customer AND person = :person AND workflow = :workflow AND id > :id)",
        params! { customer: order.customer, person, workflow, id: order.id },
    )?;
    Ok(found > 0)
}

/// The orders that belong to an application of a customer, newest first.
///
/// # Errors
/// When a stored order cannot be read.
pub fn of_application(tx: &Tx<'_>, customer: CustomerId, application: &ApplicationId) -> Result<Vec<Order>, StoreError> {
    tx.all(
        "SELECT * FROM orders WHERE customer = :customer AND application = :application ORDER BY id DESC",
        params! { customer, application },
        |row| read(tx, row),
    )
}

/// Which orders are looked for. What is left open matches every order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// In this state.
    pub state: Option<OrderState>,
    /// With these words in the candidate's name or address, the job's title or the package; or with this number of order, workflow,
    /// person or job.
    pub words: String,
    /// With a step that waits at this moment for more than its turn: it has failed, or somebody whom it calls is left alone.
    pub waits: Option<Timestamp>,
    /// That came before this one.
    pub before: Option<OrderId>,
}

impl Wanted {
    /// Whether the words are those of an order.
    fn are_said_of(&self, order: &Order) -> bool {
        let words = self.words.to_lowercase();
        let Candidate { first_name, last_name, email } = &order.candidate;
        let said =
            [first_name.as_str(), last_name.as_str(), email.as_str(), &order.job_title, order.package.as_listed()].join(" ");
        let numbers = [order.id.to_string(), order.workflow.to_string(), order.person.to_string(), order.job.to_string()];
        said.to_lowercase().contains(&words) || numbers.contains(&words)
    }
}

/// What was found in a part of a customer's orders.
#[derive(Debug)]
pub struct Part {
    /// The orders, newest first.
    pub orders: Vec<Order>,
    /// Where to look on, if there may be more.
    pub before: Option<OrderId>,
}

/// How many orders are looked at in one part for words, which stand in the database sealed: the next look-up has its turn after so many.
const LOOKED_AT: u32 = 500;

/// The newest orders of a customer that are looked for, of those that come before another one.
///
/// # Errors
/// When a stored order cannot be read.
pub fn find(tx: &Tx<'_>, customer: CustomerId, wanted: &Wanted, limit: u32) -> Result<Part, StoreError> {
    let held = wanted.waits.map_or_else(|| Ok(HeldUp::nothing()), |now| HeldUp::of(tx, customer, now))?;
    let sql = format!(
        "SELECT * FROM orders
         WHERE customer = :customer AND id < :before AND state = COALESCE(:state, state)
             AND (:waits = 0 OR EXISTS (SELECT 1 FROM jobs WHERE order_id = orders.id AND {WAITS}))
         ORDER BY id DESC LIMIT :most"
    );
    let before = wanted.before.map_or(i64::MAX, OrderId::get);
    let (state, waits) = (wanted.state.map(OrderState::name), wanted.waits.is_some());
    let most = if wanted.words.is_empty() { limit } else { LOOKED_AT };
    let params = params! { customer, before, state, most, waits, held: held.kinds, now: held.now };
    let looked_at = tx.all(&sql, params, |row| read(tx, row))?;
    let last = looked_at.last().map(|order| order.id).filter(|_| looked_at.len() == most as usize);
    let mut orders: Vec<Order> = looked_at.into_iter().filter(|order| wanted.are_said_of(order)).collect();
    let too_many = orders.len() > limit as usize;
    orders.truncate(limit as usize);
    Ok(Part { before: if too_many { orders.last().map(|order| order.id) } else { last }, orders })
}

/// The newest order of a workflow for a vacancy, whatever became of it.
pub(super) fn newest(
    tx: &Tx<'_>,
    customer: CustomerId,
    workflow: WorkflowId,
    vacancy: &VacancyId,
) -> Result<Option<Order>, StoreError> {
    tx.one(
        "SELECT * FROM orders WHERE customer = :customer AND workflow = :workflow AND vacancy = :vacancy ORDER BY id DESC LIMIT 1",
        params! { customer, workflow, vacancy },
        |row| read(tx, row),
    )
}

/// How many orders of a customer are in each state; a state without orders is left out.
///
/// # Errors
/// When a stored state cannot be read.
pub fn counts(tx: &Tx<'_>, customer: CustomerId) -> Result<Vec<(OrderState, u64)>, StoreError> {
    tx.all(
        "SELECT state, COUNT(*) AS number FROM orders WHERE customer = :customer GROUP BY state",
        params! { customer },
        |row| Ok((parsed(row, "state")?, get(row, "number")?)),
    )
}

/// The same of each customer who has orders.
///
/// # Errors
/// When a stored state cannot be read.
pub fn counts_of_each(tx: &Tx<'_>) -> Result<Vec<(CustomerId, OrderState, u64)>, StoreError> {
    tx.all("SELECT customer, state, COUNT(*) AS number FROM orders GROUP BY customer, state", params! {}, |row| {
        Ok((get(row, "customer")?, parsed(row, "state")?, get(row, "number")?))
    })
}

/// The lines in iCIMS that belong to other completed orders of the same workflow and vacancy: results of earlier rounds, which stay.
///
/// # Errors
/// When a stored number cannot be read.
pub fn completed_rows(tx: &Tx<'_>, order: &Order) -> Result<Vec<ResultRowId>, StoreError> {
    tx.all(
        "SELECT result_row FROM orders WHERE customer = :customer AND workflow = :workflow AND vacancy = :vacancy AND id <> :id
             AND state = 'completed' AND result_row IS NOT NULL",
        params! { customer: order.customer, workflow: order.workflow, vacancy: order.package.vacancy(), id: order.id },
        |row| get(row, "result_row"),
    )
}

/// Whether an earlier order for the same workflow and vacancy has failed: the line in iCIMS may say so.
///
/// # Errors
/// When the database refuses.
pub fn failed_before(tx: &Tx<'_>, order: &Order) -> Result<bool, StoreError> {
    let found = tx.number(
        "SELECT EXISTS (SELECT 1 FROM orders
             WHERE customer = :customer AND workflow = :workflow AND vacancy = :vacancy AND id < :id AND failure IS NOT NULL)",
        params! { customer: order.customer, workflow: order.workflow, vacancy: order.package.vacancy(), id: order.id },
    )?;
    Ok(found > 0)
}
