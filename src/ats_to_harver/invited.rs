//! What follows once a candidate has a link, and whether a candidate has finished unheard.

use jiff::Timestamp;

use super::AtsToHarver;
use crate::domain::{Customer, Job, JobKind, Order, OrderEvent, OrderId, Reminder};
use crate::harver_platform::HarverError;
use crate::neighbour::Kind;
use crate::store::{StoreError, Tx, jobs, orders};

/// The invitation was mailed: reminders and the closing are to come, all in the transaction that says so. Whether the customer sends
/// reminders is asked when they are due.
///
/// # Errors
/// When the stored order cannot be read.
pub(super) fn invited(tx: &Tx<'_>, order: OrderId, customer: &Customer, now: Timestamp) -> Result<(), StoreError> {
    if hand_over(tx, order, customer, now)?.is_some() { plan(tx, order, customer, now) } else { Ok(()) }
}

/// The candidate is let in from the portal: the same for whoever comes for the first time, or after it was said that there is no link.
/// Who just comes again has been told of, and is reminded as was planned.
///
/// # Errors
/// When the stored order cannot be read.
pub(super) fn let_in(tx: &Tx<'_>, order: OrderId, customer: &Customer, now: Timestamp) -> Result<(), StoreError> {
    if hand_over(tx, order, customer, now)? == Some(News(true)) { plan(tx, order, customer, now) } else { Ok(()) }
}

/// Whether a candidate had no link before, or was said to get none.
#[derive(PartialEq)]
struct News(bool);

/// The candidate has a link. Where the order, or one whose place it has taken, could not be invited before, iCIMS may say so: that is not
/// true any more, whichever way the candidate has got the link. An order that has ended meanwhile stays as it is.
fn hand_over(tx: &Tx<'_>, order: OrderId, customer: &Customer, now: Timestamp) -> Result<Option<News>, StoreError> {
    let Some(known) = orders::get_order(tx, order)?.filter(|known| !known.state.has_ended()) else { return Ok(None) };
    let first = orders::apply(tx, order, OrderEvent::LinkHandedOver, now)?.is_some();
    let had_failed = orders::forget_failure(tx, order)?;
    if had_failed || (first && orders::failed_before(tx, &known)?) {
        jobs::enqueue(tx, Job { kind: JobKind::ReportInvited, order }, now)?;
    }
    schedule_closing(tx, order, customer, now)?;
    Ok(Some(News(first || had_failed)))
}

fn plan(tx: &Tx<'_>, order: OrderId, customer: &Customer, now: Timestamp) -> Result<(), StoreError> {
    for reminder in Reminder::ALL {
        let due_at = now.saturating_add(reminder.delay()).unwrap_or(Timestamp::MAX);
        jobs::schedule(tx, Job { kind: JobKind::Remind(reminder), order }, due_at, now)?;
    }
    if customer.reports_sent {
        jobs::schedule(tx, Job { kind: JobKind::ReportSent, order }, now, now)?;
    }
    Ok(())
}

/// The invitation is closed so long after its newest link ran out, or after now if there never was one.
///
/// # Errors
/// When the stored order cannot be read.
pub(super) fn schedule_closing(tx: &Tx<'_>, order: OrderId, customer: &Customer, now: Timestamp) -> Result<(), StoreError> {
    let link_ends = orders::get_order(tx, order)?.and_then(|order| order.link_expires_at);
    let due_at = customer.invitation.closes_after.a_link_ending(link_ends.unwrap_or(now));
    jobs::schedule(tx, Job { kind: JobKind::CloseInvitation, order }, due_at, now)
}

/// Whether the candidate has finished, by the platform's own account: the webhook that said so may have been lost. An application that
/// is gone has not.
///
/// # Errors
/// When the platform refuses or cannot be reached.
pub(super) async fn has_finished(work: &AtsToHarver, customer: &Customer, order: &Order) -> Result<bool, HarverError> {
    let Some(application) = &order.application else { return Ok(false) };
    match work.harver.application(&customer.harver, application).await {
        Ok(found) => Ok(found.completed.is_some()),
        Err(HarverError { kind: Kind::NotFound, .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
