//! Orders and their history.

use jiff::Timestamp;
use rusqlite::{Row, named_params};
use url::Url;

use super::row::{get, id, micros, moment, moment_option, parsed, parsed_option, unreadable};
use super::{StoreError, Tx, jobs};
use crate::domain::{
    ApplicationId, Candidate, CustomerId, EmailAddress, JobId, JobKind, Order, OrderEvent, OrderId, OrderState, PackageLabel,
    Pattern, PersonId, PersonName, Reminder, ResultRowId, VacancyId, WorkflowId,
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
    let number = tx.insert(
        "INSERT INTO orders (customer, workflow, person, job, vacancy, package_label, first_name, last_name, email, job_title, pattern,
             return_url, state, round, received_at, read_at, registered_email)
         VALUES (:customer, :workflow, :person, :job, :vacancy, :package_label, :first_name, :last_name, :email, :job_title, :pattern,
             :return_url, 'received', 1, :now, :now,
             (SELECT CASE state WHEN 'completed' THEN NULL ELSE registered_email END FROM orders
              WHERE customer = :customer AND workflow = :workflow AND vacancy = :vacancy ORDER BY id DESC LIMIT 1))",
        named_params! {
            ":customer": new.customer.get().cast_signed(),
            ":workflow": new.workflow.get().cast_signed(),
            ":person": new.person.get().cast_signed(),
            ":job": new.job.get().cast_signed(),
            ":vacancy": new.package.vacancy().as_str(),
            ":package_label": new.package.as_listed(),
            ":first_name": new.candidate.first_name.as_str(),
            ":last_name": new.candidate.last_name.as_str(),
            ":email": new.candidate.email.as_str(),
            ":job_title": new.job_title,
            ":pattern": pattern_name(new.pattern),
            ":return_url": new.return_url.as_ref().map(Url::as_str),
            ":now": micros(now),
        },
    )?;
    let order = OrderId::try_from(number).map_err(|_| unreadable("orders.id"))?;
    note(tx, order, now, &format!("{} event received from iCIMS for {}", new.pattern.label(), new.package.as_listed()))?;
    jobs::dismiss_replaced(tx, order, now)?;
    Ok(order)
}

/// The order with this number.
///
/// # Errors
/// When the stored order cannot be read.
pub fn get_order(tx: &Tx<'_>, order: OrderId) -> Result<Option<Order>, StoreError> {
    tx.one("SELECT * FROM orders WHERE id = ?1", [order.get()], read)
}

/// The open order of a workflow for a vacancy, or else the last completed one. Failed, expired and cancelled orders do not count.
///
/// # Errors
/// When the stored order cannot be read.
pub fn live(tx: &Tx<'_>, customer: CustomerId, workflow: WorkflowId, vacancy: &VacancyId) -> Result<Option<Order>, StoreError> {
    tx.one(
        "SELECT * FROM orders WHERE customer = ?1 AND workflow = ?2 AND vacancy = ?3 AND state NOT IN ('failed', 'expired', 'cancelled')
         ORDER BY state = 'completed', id DESC LIMIT 1",
        (customer.get().cast_signed(), workflow.get().cast_signed(), vacancy.as_str()),
        read,
    )
}

/// The orders of a workflow, newest first.
///
/// # Errors
/// When a stored order cannot be read.
pub fn of_workflow(tx: &Tx<'_>, customer: CustomerId, workflow: WorkflowId) -> Result<Vec<Order>, StoreError> {
    tx.all(
        "SELECT * FROM orders WHERE customer = ?1 AND workflow = ?2 ORDER BY id DESC",
        (customer.get().cast_signed(), workflow.get().cast_signed()),
        read,
    )
}

/// The live orders of a workflow for any vacancy, those that are not finished first, then the newest.
///
/// # Errors
/// When a stored order cannot be read.
pub fn live_of_workflow(tx: &Tx<'_>, customer: CustomerId, workflow: WorkflowId) -> Result<Vec<Order>, StoreError> {
    tx.all(
        "SELECT * FROM orders WHERE customer = ?1 AND workflow = ?2 AND state NOT IN ('failed', 'expired', 'cancelled')
         ORDER BY state = 'completed', id DESC",
        (customer.get().cast_signed(), workflow.get().cast_signed()),
        read,
    )
}

/// The newest live order of another person for a vacancy that has the same address, whatever the case of its letters. The platform
/// would take the two for one candidate.
///
/// # Errors
/// When the stored order cannot be read.
pub fn of_another_person(
    tx: &Tx<'_>,
    customer: CustomerId,
    person: PersonId,
    vacancy: &VacancyId,
    address: &EmailAddress,
) -> Result<Option<Order>, StoreError> {
    tx.one(
        "SELECT * FROM orders WHERE customer = ?1 AND vacancy = ?2 AND lower(email) = lower(?3) AND person <> ?4
             AND state NOT IN ('failed', 'expired', 'cancelled')
         ORDER BY id DESC LIMIT 1",
        (customer.get().cast_signed(), vacancy.as_str(), address.as_str(), person.get().cast_signed()),
        read,
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
        "SELECT * FROM orders WHERE customer = ?1 AND application = ?2 ORDER BY id LIMIT 1",
        (customer.get().cast_signed(), application.as_str()),
        read,
    )
}

/// Whether this person was ordered for this workflow later than `order`.
///
/// # Errors
/// When the database refuses.
pub fn came_later(tx: &Tx<'_>, order: &Order, person: PersonId, workflow: WorkflowId) -> Result<bool, StoreError> {
    let found = tx.number(
        "SELECT EXISTS (SELECT 1 FROM orders WHERE customer = ?1 AND person = ?2 AND workflow = ?3 AND id > ?4)",
        (order.customer.get().cast_signed(), person.get().cast_signed(), workflow.get().cast_signed(), order.id.get()),
    )?;
    Ok(found > 0)
}

/// The orders that belong to an application of a customer, newest first.
///
/// # Errors
/// When a stored order cannot be read.
pub fn of_application(tx: &Tx<'_>, customer: CustomerId, application: &ApplicationId) -> Result<Vec<Order>, StoreError> {
    tx.all(
        "SELECT * FROM orders WHERE customer = ?1 AND application = ?2 ORDER BY id DESC",
        (customer.get().cast_signed(), application.as_str()),
        read,
    )
}

/// The newest orders of a customer, newest first.
///
/// # Errors
/// When a stored order cannot be read.
pub fn newest(tx: &Tx<'_>, customer: CustomerId, limit: u32) -> Result<Vec<Order>, StoreError> {
    tx.all("SELECT * FROM orders WHERE customer = ?1 ORDER BY id DESC LIMIT ?2", (customer.get().cast_signed(), limit), read)
}

/// Which orders are looked for. What is left open matches every order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// In this state.
    pub state: Option<OrderState>,
    /// With these words in the candidate's name or address, the job's title or the package; or with this number of order, workflow,
    /// person or job.
    pub words: String,
    /// With a step that has failed and is to be tried again.
    pub waits: bool,
    /// That came before this one.
    pub before: Option<OrderId>,
}

/// The orders of a customer that are looked for, newest first.
///
/// # Errors
/// When a stored order cannot be read.
pub fn find(tx: &Tx<'_>, customer: CustomerId, wanted: &Wanted, limit: u32) -> Result<Vec<Order>, StoreError> {
    tx.all(
        "SELECT * FROM orders
         WHERE customer = ?1 AND id < ?2 AND (?3 IS NULL OR state = ?3)
             AND (?4 = '' OR instr(lower(first_name || ' ' || last_name || ' ' || email || ' ' || job_title || ' ' || package_label), lower(?4)) > 0
                 OR ?4 IN (CAST(id AS TEXT), CAST(workflow AS TEXT), CAST(person AS TEXT), CAST(job AS TEXT)))
             AND (NOT ?6 OR EXISTS (SELECT 1 FROM jobs WHERE order_id = orders.id AND jobs.state = 'waiting' AND tried > 0))
         ORDER BY id DESC LIMIT ?5",
        (
            customer.get().cast_signed(),
            wanted.before.map_or(i64::MAX, OrderId::get),
            wanted.state.map(OrderState::name),
            &wanted.words,
            limit,
            wanted.waits,
        ),
        read,
    )
}

/// How many orders of a customer are in each state; a state without orders is left out.
///
/// # Errors
/// When a stored state cannot be read.
pub fn counts(tx: &Tx<'_>, customer: CustomerId) -> Result<Vec<(OrderState, u64)>, StoreError> {
    tx.all(
        "SELECT state, COUNT(*) AS number FROM orders WHERE customer = ?1 GROUP BY state",
        [customer.get().cast_signed()],
        |row| Ok((parsed(row, "state")?, get::<i64>(row, "number")?.cast_unsigned())),
    )
}

/// Lets something happen to an order and says what it is now; `None` when that changed nothing. What was to come of an order that has
/// ended is taken back.
///
/// # Errors
/// When the stored order cannot be read, or an order that lives again has been replaced (a conflict, see [`is_replaced`]).
pub fn apply(tx: &Tx<'_>, order: OrderId, event: OrderEvent, now: Timestamp) -> Result<Option<OrderState>, StoreError> {
    let Some(found) = get_order(tx, order)? else { return Ok(None) };
    let Some(next) = found.state.after(event) else { return Ok(None) };
    tx.execute("UPDATE orders SET state = ?2 WHERE id = ?1", (order.get(), next.name()))?;
    note(tx, order, now, &format!("{} → {}", found.state.name(), next.name()))?;
    if next.has_ended() {
        jobs::withdraw(tx, order, &REMINDERS)?;
        jobs::withdraw(tx, order, &[JobKind::CloseInvitation])?;
    }
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

/// Keeps the application and the newest link of an order.
///
/// # Errors
/// When the database refuses.
pub fn keep_link(
    tx: &Tx<'_>,
    order: OrderId,
    application: &ApplicationId,
    link: &Url,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE orders SET application = ?2, link = ?3, link_expires_at = ?4 WHERE id = ?1",
        (order.get(), application.as_str(), link.as_str(), micros(expires_at)),
    )?;
    Ok(())
}

/// Keeps what iCIMS says of the candidate; mail goes to that address from now on (row 27). `read` is when that was read, behind when it
/// had been read before: what somebody has read since then is newer, and stays.
///
/// # Errors
/// When the stored order cannot be read.
pub fn keep_candidate(
    tx: &Tx<'_>,
    order: OrderId,
    candidate: &Candidate,
    (before, read): (Option<Timestamp>, Timestamp),
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(known) = get_order(tx, order)?.filter(|known| known.read_at == before) else { return Ok(()) };
    tx.execute(
        "UPDATE orders SET first_name = ?2, last_name = ?3, email = ?4, read_at = ?5 WHERE id = ?1",
        (order.get(), candidate.first_name.as_str(), candidate.last_name.as_str(), candidate.email.as_str(), micros(read)),
    )?;
    if known.candidate != *candidate {
        note(tx, order, now, "name or e-mail address were corrected in iCIMS: mail goes to the present ones")?;
    }
    Ok(())
}

/// Keeps the address under which the platform knows the application; the first one stays.
///
/// # Errors
/// When the database refuses.
pub fn keep_registered(tx: &Tx<'_>, order: OrderId, email: &EmailAddress) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE orders SET registered_email = ?2 WHERE id = ?1 AND registered_email IS NULL",
        (order.get(), email.as_str()),
    )?;
    Ok(())
}

/// Has iCIMS asked about the candidate again before the next mail, however short ago it was.
///
/// # Errors
/// When the database refuses.
pub fn read_again(tx: &Tx<'_>, order: OrderId) -> Result<(), StoreError> {
    tx.execute("UPDATE orders SET read_at = NULL WHERE id = ?1", [order.get()])?;
    Ok(())
}

/// The lines in iCIMS that belong to other completed orders of the same workflow and vacancy: results of earlier rounds, which stay.
///
/// # Errors
/// When a stored number cannot be read.
pub fn completed_rows(tx: &Tx<'_>, order: &Order) -> Result<Vec<ResultRowId>, StoreError> {
    tx.all(
        "SELECT result_row FROM orders WHERE customer = ?1 AND workflow = ?2 AND vacancy = ?3 AND id <> ?4
             AND state = 'completed' AND result_row IS NOT NULL",
        (
            order.customer.get().cast_signed(),
            order.workflow.get().cast_signed(),
            order.package.vacancy().as_str(),
            order.id.get(),
        ),
        |row| id(row, "result_row"),
    )
}

/// Counts one more round: another link is wanted, and what was to come of the last one is taken back.
///
/// # Errors
/// When the database refuses.
pub fn next_round(tx: &Tx<'_>, order: OrderId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute("UPDATE orders SET round = round + 1, link_expires_at = NULL, read_at = NULL WHERE id = ?1", [order.get()])?;
    jobs::withdraw(tx, order, &REMINDERS)?;
    note(tx, order, now, "a new link is wanted")
}

/// Keeps the number of the line in iCIMS.
///
/// # Errors
/// When the database refuses.
pub fn keep_result_row(tx: &Tx<'_>, order: OrderId, row: ResultRowId) -> Result<(), StoreError> {
    tx.execute("UPDATE orders SET result_row = ?2 WHERE id = ?1", (order.get(), row.get().cast_signed()))?;
    Ok(())
}

/// Keeps that the result stands in iCIMS, which makes an earlier failure untrue.
///
/// # Errors
/// When the database refuses.
pub fn keep_result_written(tx: &Tx<'_>, order: OrderId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute("UPDATE orders SET result_written_at = ?2, failure = NULL WHERE id = ?1", (order.get(), micros(now)))?;
    Ok(())
}

/// Keeps why an order ended without a result, in words for the recruiter.
///
/// # Errors
/// When the database refuses.
pub fn keep_failure(tx: &Tx<'_>, order: OrderId, reason: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE orders SET failure = ?2 WHERE id = ?1", (order.get(), reason))?;
    Ok(())
}

/// Forgets why an order failed: it is not so any more. Says whether there was anything to forget.
///
/// # Errors
/// When the database refuses.
pub fn forget_failure(tx: &Tx<'_>, order: OrderId) -> Result<bool, StoreError> {
    Ok(tx.execute("UPDATE orders SET failure = NULL WHERE id = ?1 AND failure IS NOT NULL", [order.get()])? > 0)
}

/// Whether an earlier order for the same workflow and vacancy has failed: the line in iCIMS may say so.
///
/// # Errors
/// When the database refuses.
pub fn failed_before(tx: &Tx<'_>, order: &Order) -> Result<bool, StoreError> {
    let found = tx.number(
        "SELECT EXISTS (SELECT 1 FROM orders
             WHERE customer = ?1 AND workflow = ?2 AND vacancy = ?3 AND id < ?4 AND failure IS NOT NULL)",
        (
            order.customer.get().cast_signed(),
            order.workflow.get().cast_signed(),
            order.package.vacancy().as_str(),
            order.id.get(),
        ),
    )?;
    Ok(found > 0)
}

/// Adds a line to the history of an order.
///
/// # Errors
/// When the database refuses.
pub fn note(tx: &Tx<'_>, order: OrderId, at: Timestamp, what: &str) -> Result<(), StoreError> {
    tx.insert("INSERT INTO order_history (order_id, at, what) VALUES (?1, ?2, ?3)", (order.get(), micros(at), what))?;
    Ok(())
}

/// The history of an order, oldest first.
///
/// # Errors
/// When a stored moment cannot be read.
pub fn history(tx: &Tx<'_>, order: OrderId) -> Result<Vec<(Timestamp, String)>, StoreError> {
    tx.all("SELECT at, what FROM order_history WHERE order_id = ?1 ORDER BY id", [order.get()], |row| {
        Ok((moment(row, "at")?, get(row, "what")?))
    })
}

fn read(row: &Row<'_>) -> Result<Order, StoreError> {
    let name = |column| PersonName::parse(&get::<String>(row, column)?).ok_or_else(|| unreadable(column));
    let label: String = get(row, "package_label")?;
    let pattern: String = get(row, "pattern")?;
    let result_row = match get::<Option<i64>>(row, "result_row")? {
        Some(_) => Some(id(row, "result_row")?),
        None => None,
    };
    Ok(Order {
        id: OrderId::try_from(get::<i64>(row, "id")?).map_err(|_| unreadable("orders.id"))?,
        customer: id(row, "customer")?,
        workflow: id(row, "workflow")?,
        person: id(row, "person")?,
        job: id(row, "job")?,
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
        read_at: moment_option(row, "read_at")?,
        link: parsed_option(row, "link")?,
        link_expires_at: moment_option(row, "link_expires_at")?,
        result_row,
        failure: get(row, "failure")?,
        result_written_at: moment_option(row, "result_written_at")?,
        received_at: moment(row, "received_at")?,
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
