//! What is kept of an order beside its state: link, candidate, line in iCIMS, failure.

use jiff::Timestamp;
use url::Url;

use super::personal::{self, LINK, REGISTERED};
use super::{REMINDERS, address, get_order, note, seal_candidate};
use crate::domain::{ApplicationId, Candidate, EmailAddress, OrderId, ResultRowId};
use crate::store::moments::{Moment, What};
use crate::store::row::{Row, get};
use crate::store::value::{Params, params};
use crate::store::{StoreError, Tx, jobs, sweeps};

/// Keeps the application and the newest link of an order, which is swept from now on.
///
/// # Errors
/// When the database refuses.
pub fn keep_link(
    tx: &Tx<'_>,
    order: OrderId,
    application: &ApplicationId,
    (link, expires_at): (&Url, Timestamp),
    now: Timestamp,
) -> Result<(), StoreError> {
    sweeps::begin(tx, order, application, now)?;
    tx.execute(
        "UPDATE orders SET application = :application, link_sealed = :link, link_expires_at = :expires_at WHERE id = :order",
        params! { order, application, link: personal::seal(tx, order, LINK, link.as_str()), expires_at },
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
        "UPDATE orders SET candidate_sealed = :candidate, address_mark = :mark, read_at = :read WHERE id = :order",
        params! { order, candidate: seal_candidate(tx, order, candidate), mark: tx.mark(&address(known.customer, &candidate.email)), read },
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
        "UPDATE orders SET registered_sealed = :email WHERE id = :order AND registered_sealed IS NULL",
        params! { order, email: personal::seal(tx, order, REGISTERED, email.as_str()) },
    )?;
    Ok(())
}

/// Forgets the address under which the platform knows the application, because that one is somebody else's.
///
/// # Errors
/// When the database refuses.
pub fn forget_registered(tx: &Tx<'_>, order: OrderId) -> Result<(), StoreError> {
    tx.execute("UPDATE orders SET registered_sealed = NULL WHERE id = :order", params! { order })?;
    Ok(())
}

/// Has iCIMS asked about the candidate again before the next mail, however short ago it was.
///
/// # Errors
/// When the database refuses.
pub fn read_again(tx: &Tx<'_>, order: OrderId) -> Result<(), StoreError> {
    tx.execute("UPDATE orders SET read_at = NULL WHERE id = :order", params! { order })?;
    Ok(())
}

/// Counts one more round: another link is wanted, and what was to come of the last one is taken back.
///
/// # Errors
/// When the database refuses.
pub fn next_round(tx: &Tx<'_>, order: OrderId, now: Timestamp) -> Result<(), StoreError> {
    changed(
        tx,
        (order, What::Renewed),
        "UPDATE orders SET round = round + 1, link_expires_at = NULL, read_at = NULL WHERE id = :order RETURNING customer, workflow",
        params! { order },
    )?;
    jobs::withdraw(tx, order, &REMINDERS)?;
    note(tx, order, now, "a new link is wanted")
}

/// Keeps the number of the line in iCIMS.
///
/// # Errors
/// When the database refuses.
pub fn keep_result_row(tx: &Tx<'_>, order: OrderId, row: ResultRowId) -> Result<(), StoreError> {
    tx.execute("UPDATE orders SET result_row = :row WHERE id = :order", params! { order, row })?;
    Ok(())
}

/// Keeps that the result stands in iCIMS, which makes an earlier failure untrue.
///
/// # Errors
/// When the database refuses.
pub fn keep_result_written(tx: &Tx<'_>, order: OrderId, now: Timestamp) -> Result<(), StoreError> {
    changed(
        tx,
        (order, What::ResultWritten),
        "UPDATE orders SET result_written_at = :now, failure = NULL WHERE id = :order RETURNING customer, workflow",
        params! { order, now },
    )
}

/// Runs a statement that changes an order and returns its customer and workflow: a moment of its life.
fn changed(tx: &Tx<'_>, (order, what): (OrderId, What), sql: &str, params: Params<'_>) -> Result<(), StoreError> {
    let moment = |row: &Row<'_>| Ok(Moment { customer: get(row, "customer")?, order, workflow: get(row, "workflow")?, what });
    if let Some(moment) = tx.one(sql, params, moment)? {
        tx.happens(moment);
    }
    Ok(())
}

/// Keeps why an order ended without a result, in words for the recruiter.
///
/// # Errors
/// When the database refuses.
pub fn keep_failure(tx: &Tx<'_>, order: OrderId, reason: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE orders SET failure = :reason WHERE id = :order", params! { order, reason })?;
    Ok(())
}

/// Forgets why an order failed: it is not so any more. Says whether there was anything to forget.
///
/// # Errors
/// When the database refuses.
pub fn forget_failure(tx: &Tx<'_>, order: OrderId) -> Result<bool, StoreError> {
    Ok(tx.execute("UPDATE orders SET failure = NULL WHERE id = :order AND failure IS NOT NULL", params! { order })? > 0)
}
