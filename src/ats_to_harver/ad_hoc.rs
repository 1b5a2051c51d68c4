//! A recruiter has asked for an assessment: record the order and the work in one transaction, and say yes or no.

use jiff::Timestamp;

use super::AtsToHarver;
use super::gather::{check_vacancy, gather};
use super::refusal::Refusal;
use crate::domain::{Customer, Event, Job, JobKind, Order, OrderId, OrderState};
use crate::store::orders::{self, NewOrder};
use crate::store::{StoreError, Tx, jobs};

/// Records the order, or says why not.
///
/// # Errors
/// When something is missing, or the candidate is invited already.
pub(super) async fn order(work: &AtsToHarver, customer: &Customer, event: &Event) -> Result<(), Refusal> {
    let new = gather(work, customer, event).await?;
    check_vacancy(work, customer, &new.package).await?;
    let now = work.clock.now();
    work.store.write(move |tx| record(tx, &new, now)).await
}

/// Records one order of a recruiter with its first job.
///
/// # Errors
/// When the candidate is invited already, or the store fails. Nothing of it has happened then.
pub(super) fn record(tx: &Tx<'_>, new: &NewOrder, now: Timestamp) -> Result<(), Refusal> {
    let order = match orders::live(tx, new.customer, new.workflow, new.package.vacancy())? {
        None => orders::insert(tx, new, now)?,
        Some(order) => ask_again(tx, &order, now)?,
    };
    jobs::enqueue(tx, Job { kind: JobKind::StartAssessment, order }, now)?;
    Ok(())
}

/// Why a package that was ordered for a workflow cannot be ordered once more, if it cannot (rows 1 and 2).
///
/// Row 20: a recruiter who asks for a candidate who has no working link means a new link to the same application. The link has run out,
/// or could not be renewed, or the portal could not hand one over.
///
/// # Errors
/// When the store fails.
pub(super) fn objection(tx: &Tx<'_>, order: &Order, now: Timestamp) -> Result<Option<Refusal>, StoreError> {
    if order.state == OrderState::Completed {
        return Ok(Some(Refusal::AlreadyCompleted));
    }
    let works = order.link_expires_at.is_some_and(|end| now < end);
    let on_its_way = |kind| jobs::is_waiting(tx, Job { kind, order: order.id });
    let invited = works || on_its_way(JobKind::StartAssessment)? || on_its_way(JobKind::SendInvitation)?;
    Ok(invited.then_some(Refusal::AlreadyInvited))
}

fn ask_again(tx: &Tx<'_>, order: &Order, now: Timestamp) -> Result<OrderId, Refusal> {
    if let Some(refusal) = objection(tx, order, now)? {
        return Err(refusal);
    }
    orders::note(tx, order.id, now, "asked for again by a recruiter")?;
    if order.link.is_some() {
        orders::next_round(tx, order.id, now)?;
    }
    Ok(order.id)
}
