//! Orders and their history: recording one, and letting something happen to it. `found` looks them up, `kept` keeps what is known of them.

mod found;
mod kept;
mod personal;

pub use found::{
    Part, Wanted, came_later, completed_rows, counts, counts_of_each, failed_before, find, is_replaced, live, live_of_workflow,
    of_another_person, of_application, of_workflow, owner, replacement,
};
pub use kept::{
    forget_failure, forget_registered, keep_candidate, keep_failure, keep_link, keep_registered, keep_result_row,
    keep_result_written, next_round, read_again,
};

pub(super) use personal::{address, mark_anew, seal_candidate};

use jiff::Timestamp;
use secrecy::ExposeSecret;
use url::Url;

use super::moments::{Moment, What};
use super::row::{Row, damaged, get, parsed, parsed_option, unreadable};
use super::value::params;
use super::{StoreError, Tx, jobs};
use crate::domain::{
    Candidate, CustomerId, EmailAddress, JobId, JobKind, Order, OrderEvent, OrderId, OrderState, PackageLabel, Pattern, PersonId,
    Reminder, WorkflowId,
};

/// An order that is about to be recorded.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// Whose order.
    pub customer: CustomerId,
    /// The workflow in iCIMS.
    pub workflow: WorkflowId,
    /// The candidate's person profile.
    pub person: PersonId,
    /// The job.
    pub job: JobId,
    /// What is ordered.
    pub package: PackageLabel,
    /// Who takes it.
    pub candidate: Candidate,
    /// The job's title.
    pub job_title: String,
    /// What asked for it.
    pub pattern: Pattern,
    /// Where the candidate goes on afterwards.
    pub return_url: Option<Url>,
}

/// The mails that are to come, taken back when another invitation takes the place of the last one.
const REMINDERS: [JobKind; 2] = [JobKind::Remind(Reminder::After48Hours), JobKind::Remind(Reminder::After7Days)];

/// Records an order. One that takes the place of an order without a result keeps its application (row 27).
///
/// # Errors
/// A conflict when there is an open one for the same workflow and vacancy.
pub fn insert(tx: &Tx<'_>, new: &NewOrder, now: Timestamp) -> Result<OrderId, StoreError> {
    let replaced = found::newest(tx, new.customer, new.workflow, new.package.vacancy())?;
    let registered = replaced.filter(|order| order.state != OrderState::Completed).and_then(|order| order.registered_email);
    let order: OrderId = tx.insert(
        "INSERT INTO orders (customer, workflow, person, job, vacancy, package_label, address_mark, job_title, pattern, return_url, state,
             round, received_at, read_at)
         VALUES (:customer, :workflow, :person, :job, :vacancy, :package_label, :address_mark, :job_title, :pattern, :return_url, 'received',
             1, :now, :now)
         RETURNING id",
        params! {
            customer: new.customer,
            workflow: new.workflow,
            person: new.person,
            job: new.job,
            vacancy: new.package.vacancy(),
            package_label: new.package.as_listed(),
            address_mark: tx.mark(&address(new.customer, &new.candidate.email)),
            job_title: new.job_title,
            pattern: pattern_name(new.pattern),
            return_url: new.return_url,
            now,
        },
    )?;
    // What is sealed belongs to the order's own number, which there is only now.
    let registered = registered.map(|email| personal::seal(tx, order, personal::REGISTERED, email.as_str()));
    tx.execute(
        "UPDATE orders SET candidate_sealed = :candidate, registered_sealed = :registered WHERE id = :order",
        params! { order, candidate: seal_candidate(tx, order, &new.candidate), registered },
    )?;
    note(tx, order, now, &format!("{} event received from iCIMS for {}", new.pattern.label(), new.package.as_listed()))?;
    jobs::dismiss_replaced(tx, order, now)?;
    tx.happens(Moment { customer: new.customer, order, workflow: new.workflow, what: What::Received });
    Ok(order)
}

/// The order with this number.
///
/// # Errors
/// When the stored order cannot be read.
pub fn get_order(tx: &Tx<'_>, order: OrderId) -> Result<Option<Order>, StoreError> {
    tx.one("SELECT * FROM orders WHERE id = :order", params! { order }, |row| read(tx, row))
}

/// Lets something happen to an order and says what it is now; `None` when that changed nothing. What was to come of an order that has
/// ended is taken back.
///
/// # Errors
/// When the stored order cannot be read, or an order that lives again has been replaced (a conflict, see [`is_replaced`]).
pub fn apply(tx: &Tx<'_>, order: OrderId, event: OrderEvent, now: Timestamp) -> Result<Option<OrderState>, StoreError> {
    let Some(found) = get_order(tx, order)? else { return Ok(None) };
    let Some(next) = found.state.after(event) else { return Ok(None) };
    tx.execute("UPDATE orders SET state = :next WHERE id = :order", params! { order, next: next.name() })?;
    note(tx, order, now, &format!("{} → {}", found.state.name(), next.name()))?;
    if next.has_ended() {
        jobs::withdraw(tx, order, &REMINDERS)?;
        jobs::withdraw(tx, order, &[JobKind::CloseInvitation])?;
    }
    tx.happens(Moment { customer: found.customer, order, workflow: found.workflow, what: What::Changed(event) });
    Ok(Some(next))
}

/// Ends an order without a result and keeps why, in words for the recruiter. Says whether it had not ended before.
///
/// # Errors
/// When the stored order cannot be read.
pub fn end(tx: &Tx<'_>, order: OrderId, event: OrderEvent, reason: &str, now: Timestamp) -> Result<bool, StoreError> {
    if apply(tx, order, event, now)?.is_none() {
        return Ok(false);
    }
    keep_failure(tx, order, reason)?;
    note(tx, order, now, reason)?;
    Ok(true)
}

/// Adds a line to the history of an order.
///
/// # Errors
/// When the database refuses.
pub fn note(tx: &Tx<'_>, order: OrderId, at: Timestamp, what: &str) -> Result<(), StoreError> {
    tx.execute("INSERT INTO order_history (order_id, at, what) VALUES (:order, :at, :what)", params! { order, at, what })?;
    Ok(())
}

/// The history of an order, oldest first.
///
/// # Errors
/// When a stored moment cannot be read.
pub fn history(tx: &Tx<'_>, order: OrderId) -> Result<Vec<(Timestamp, String)>, StoreError> {
    tx.all("SELECT at, what FROM order_history WHERE order_id = :order ORDER BY id", params! { order }, |row| {
        Ok((get(row, "at")?, get(row, "what")?))
    })
}

fn read(tx: &Tx<'_>, row: &Row<'_>) -> Result<Order, StoreError> {
    let label: String = get(row, "package_label")?;
    let pattern: String = get(row, "pattern")?;
    Ok(Order {
        id: get(row, "id")?,
        customer: get(row, "customer")?,
        workflow: get(row, "workflow")?,
        person: get(row, "person")?,
        job: get(row, "job")?,
        package: PackageLabel::parse(&label).map_err(|_| unreadable("package_label"))?,
        candidate: personal::candidate(tx, row)?,
        job_title: get(row, "job_title")?,
        pattern: pattern_named(&pattern).ok_or_else(|| unreadable("pattern"))?,
        return_url: parsed_option(row, "return_url")?,
        state: parsed(row, "state")?,
        round: get(row, "round")?,
        application: parsed_option(row, "application")?,
        registered_email: personal::open(tx, row, personal::REGISTERED)?
            .map(|email| EmailAddress::stored(email.expose_secret().to_owned())),
        read_at: get(row, "read_at")?,
        link: personal::open(tx, row, personal::LINK)?
            .map(|link| link.expose_secret().parse().map_err(|_| damaged(personal::LINK, "it is no address".into())))
            .transpose()?,
        link_expires_at: get(row, "link_expires_at")?,
        result_row: get(row, "result_row")?,
        failure: get(row, "failure")?,
        result_written_at: get(row, "result_written_at")?,
        received_at: get(row, "received_at")?,
    })
}

pub(super) fn pattern_name(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::Inline => "inline",
        Pattern::AdHoc => "ad_hoc",
    }
}

pub(super) fn pattern_named(name: &str) -> Option<Pattern> {
    Pattern::ALL.into_iter().find(|pattern| pattern_name(*pattern) == name)
}
