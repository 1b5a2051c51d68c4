//! A recruiter has asked for an assessment: record the order and the work in one transaction, and say yes or no.

use jiff::Timestamp;

use super::gather::{Gathered, candidate, check_vacancy, gather, packages_of_job};
use super::reapply::may_start_again;
use super::refusal::Refusal;
use super::{AtsToHarver, new_order};
use crate::domain::{Candidate, Customer, Event, Job, JobKind, Order, OrderId, OrderState};
use crate::store::orders::{self, NewOrder};
use crate::store::{StoreError, Tx, jobs};

/// Records the order, or says why not.
///
/// # Errors
/// When something is missing, or the candidate is invited already.
pub(super) async fn order(work: &AtsToHarver, customer: &Customer, event: &Event) -> Result<(), Refusal> {
    let mut again = Vec::new();
    if let Some(known) = known(work, customer, event).await? {
        again = may_start_again(work, customer, known.workflow, vec![known.package.vacancy().clone()]).await?;
        if !again.contains(&known.id) {
            let (candidate, now) = (present(work, customer, &known).await, work.clock.now());
            refuse_renewal_on_closed_job(work, customer, event, &known, &candidate).await?;
            let ask = move |tx: &Tx<'_>| start(tx, ask_again(tx, &new_order::live(tx, known.id)?, &candidate, now)?, now);
            return work.store.write(ask).await;
        }
    }
    let Gathered { new, .. } = gather(work, customer, event).await?;
    check_vacancy(work, customer, &new.package).await?;
    let now = work.clock.now();
    work.store.write(move |tx| record(tx, &new, &again, now)).await
}

/// The order that the event is about, if it is there. Only another package on the job asks for another one: whatever else is wrong with
/// the job, or with iCIMS, is nothing to somebody who was invited before.
async fn known(work: &AtsToHarver, customer: &Customer, event: &Event) -> Result<Option<Order>, Refusal> {
    let (id, workflow) = (event.customer, event.workflow);
    let known = work.store.read(move |tx| orders::live_of_workflow(tx, id, workflow)).await?;
    if known.is_empty() {
        return Ok(None);
    }
    let Ok(named) = packages_of_job(work, customer, event).await else { return Ok(known.into_iter().next()) };
    let names = |order: &Order| named.iter().any(|package| package.vacancy() == order.package.vacancy());
    let all_are_there = named.iter().all(|package| known.iter().any(|order| order.package.vacancy() == package.vacancy()));
    Ok(known.into_iter().find(names).filter(|_| all_are_there))
}

/// A new link means a new event, which a job that is closed by now does not take (row 19). Whoever has a link that works is told so.
async fn refuse_renewal_on_closed_job(
    work: &AtsToHarver,
    customer: &Customer,
    event: &Event,
    order: &Order,
    candidate: &Candidate,
) -> Result<(), Refusal> {
    let (asked, candidate, now) = (order.clone(), candidate.clone(), work.clock.now());
    let objection = work.store.read(move |tx| objection(tx, &asked, &candidate, &[], now)).await?;
    let closed = objection.is_none() && work.icims.job(customer, event.job).await.is_ok_and(|job| !job.is_open());
    if closed { Err(Refusal::JobClosed) } else { Ok(()) }
}

/// The candidate under the present name and address (row 27); as before, where iCIMS does not say: it is asked once more before a mail.
async fn present(work: &AtsToHarver, customer: &Customer, order: &Order) -> Candidate {
    let read = work.icims.person(customer, order.person).await.ok().and_then(|person| candidate(person).ok());
    read.unwrap_or_else(|| order.candidate.clone())
}

/// Records one order of a recruiter with its first job. Another one for the same package may have come first meanwhile; `again` are the
/// completed orders beside which others may be recorded.
///
/// # Errors
/// When the candidate is invited already, the address is another person's, or the store fails. Nothing of it has happened then.
pub(super) fn record(tx: &Tx<'_>, new: &NewOrder, again: &[OrderId], now: Timestamp) -> Result<(), Refusal> {
    let order = match orders::live(tx, new.customer, new.workflow, new.package.vacancy())? {
        Some(order) if !again.contains(&order.id) => ask_again(tx, &order, &new.candidate, now)?,
        _ => new_order::record(tx, new, now)?,
    };
    start(tx, order, now)
}

fn start(tx: &Tx<'_>, order: OrderId, now: Timestamp) -> Result<(), Refusal> {
    jobs::enqueue(tx, Job { kind: JobKind::StartAssessment, order }, now)?;
    Ok(())
}

/// Why a package that was ordered for a workflow cannot be ordered once more, if it cannot (rows 1 and 2).
///
/// Row 20: a recruiter who asks for a candidate who has no working link means a new link to the same application. The link has run out,
/// or could not be renewed, or the portal could not hand one over; or it went to an address that was corrected since (row 27).
///
/// # Errors
/// When the store fails.
pub(super) fn objection(
    tx: &Tx<'_>,
    order: &Order,
    candidate: &Candidate,
    again: &[OrderId],
    now: Timestamp,
) -> Result<Option<Refusal>, StoreError> {
    if order.state == OrderState::Completed {
        return Ok((!again.contains(&order.id)).then_some(Refusal::AlreadyCompleted));
    }
    if order.candidate.email != candidate.email {
        return Ok(None);
    }
    let works = order.link_expires_at.is_some_and(|end| now < end);
    let on_its_way = |kind| jobs::is_waiting(tx, Job { kind, order: order.id });
    if !works && !on_its_way(JobKind::StartAssessment)? && !on_its_way(JobKind::SendInvitation)? {
        return Ok(None);
    }
    let failed = order.state == OrderState::Received && jobs::is_retried(tx, order.id)?;
    Ok(Some(if failed { Refusal::NotMailedYet(order.id) } else { Refusal::AlreadyInvited }))
}

fn ask_again(tx: &Tx<'_>, order: &Order, candidate: &Candidate, now: Timestamp) -> Result<OrderId, Refusal> {
    if let Some(refusal) = objection(tx, order, candidate, &[], now)? {
        return Err(refusal);
    }
    orders::note(tx, order.id, now, "asked for again by a recruiter")?;
    if order.link.is_some() {
        orders::next_round(tx, order.id, now)?;
    }
    orders::read_again(tx, order.id)?;
    orders::keep_candidate(tx, order.id, candidate, (None, now), now)?;
    Ok(order.id)
}
