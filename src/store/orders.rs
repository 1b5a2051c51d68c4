//! Orders and their history: recording one, and letting something happen to it. `found` looks them up, `kept` keeps what is known of them.

mod found;
mod kept;

pub use found::{
    Wanted, came_later, completed_rows, counts, counts_of_each, failed_before, find, is_replaced, live, live_of_workflow,
    of_another_person, of_application, of_workflow, owner, replacement,
};
pub use kept::{
    forget_failure, forget_registered, keep_candidate, keep_failure, keep_link, keep_registered, keep_result_row,
    keep_result_written, next_round, read_again,
};

use jiff::Timestamp;
use url::Url;

use super::moments::{Moment, What};
use super::row::{Row, get, parsed, parsed_option, unreadable};
use super::value::params;
use super::{StoreError, Tx, jobs};
use crate::domain::{
    Candidate, CustomerId, EmailAddress, JobId, JobKind, Order, OrderEvent, OrderId, OrderState, PackageLabel, Pattern, PersonId,
    PersonName, Reminder, WorkflowId,
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
    let order: OrderId = tx.insert(
        "INSERT INTO orders (customer, workflow, person, job, vacancy, package_label, first_name, last_name, email, job_title, pattern,
             return_url, state, round, received_at, read_at, registered_email)
         VALUES (:customer, :workflow, :person, :job, :vacancy, :package_label, :first_name, :last_name, :email, :job_title, :pattern,
             :return_url, 'received', 1, :now, :now,
             (SELECT CASE state WHEN 'completed' THEN NULL ELSE registered_email END FROM orders
              WHERE customer = :customer AND workflow = :workflow AND vacancy = :vacancy ORDER BY id DESC LIMIT 1))
         RETURNING id",
        params! {
            customer: new.customer,
            workflow: new.workflow,
            person: new.person,
            job: new.job,
            vacancy: new.package.vacancy(),
            package_label: new.package.as_listed(),
            first_name: new.candidate.first_name,
            last_name: new.candidate.last_name,
            email: new.candidate.email,
            job_title: new.job_title,
            pattern: pattern_name(new.pattern),
            return_url: new.return_url,
            now,
        },
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
    tx.one("SELECT * FROM orders WHERE id = :order", params! { order }, read)
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

fn read(row: &Row<'_>) -> Result<Order, StoreError> {
    let name = |column| PersonName::parse(&get::<String>(row, column)?).ok_or_else(|| unreadable(column));
    let label: String = get(row, "package_label")?;
    let pattern: String = get(row, "pattern")?;
    Ok(Order {
        id: get(row, "id")?,
        customer: get(row, "customer")?,
        workflow: get(row, "workflow")?,
        person: get(row, "person")?,
        job: get(row, "job")?,
        package: PackageLabel::parse(&label).map_err(|_| unreadable("package_label"))?,
        candidate: Candidate {
            first_name: name("first_name")?,
            last_name: name("last_name")?,
            email: EmailAddress::stored(get(row, "email")?),
        },
        job_title: get(row, "job_title")?,
        pattern: pattern_named(&pattern).ok_or_else(|| unreadable("pattern"))?,
        return_url: parsed_option(row, "return_url")?,
        state: parsed(row, "state")?,
        round: get(row, "round")?,
        application: parsed_option(row, "application")?,
        registered_email: get::<Option<String>>(row, "registered_email")?.map(EmailAddress::stored),
        read_at: get(row, "read_at")?,
        link: parsed_option(row, "link")?,
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
