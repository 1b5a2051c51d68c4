//! A recruiter has asked for an assessment: record the order and the work in one transaction, and say yes or no.

use jiff::Timestamp;

use super::deadline::Deadline;
use super::gather::{Gathered, candidate, check_vacancy, gather, packages};
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
pub(super) async fn order(work: &AtsToHarver, customer: &Customer, event: &Event, deadline: Deadline) -> Result<(), Refusal> {
    let wanted = deadline.hold(wanted(work, customer, event)).await?;
    let now = work.clock.now();
    let recorded = move |tx: &Tx<'_>| match &wanted {
        Wanted::OnceMore { order, asked } => start(tx, ask_again(tx, &new_order::live(tx, *order)?, asked, now)?, now),
        Wanted::New { new, again } => record(tx, new, again, now),
    };
    work.store.write(recorded).await
}

/// What a recruiter asks for.
enum Wanted {
    /// An order that is there, once more.
    OnceMore { order: OrderId, asked: Asked },
    /// A new one, also beside these completed ones.
    New { new: Box<NewOrder>, again: Vec<OrderId> },
}

/// Asks the neighbours for whatever the order needs.
async fn wanted(work: &AtsToHarver, customer: &Customer, event: &Event) -> Result<Wanted, Refusal> {
    let mut again = Vec::new();
    if let Some(Known { order, job_is_closed }) = known(work, customer, event).await? {
        again = may_start_again(work, customer, order.workflow, vec![order.package.vacancy().clone()]).await?;
        if !again.contains(&order.id) {
            let asked = Asked { candidate: present(work, customer, event).await, job_is_closed };
            return Ok(Wanted::OnceMore { order: order.id, asked });
        }
    }
    let Gathered { new, .. } = gather(work, customer, event).await?;
    check_vacancy(work, customer, &new.package).await?;
    Ok(Wanted::New { new: Box::new(new), again })
}

/// The order that an event is about.
struct Known {
    order: Order,
    job_is_closed: bool,
}

/// What is known beside the order when it is asked for once more.
struct Asked {
    /// The candidate under the present name and address (row 27), as far as iCIMS tells: otherwise it is asked before the next mail.
    candidate: Option<Candidate>,
    job_is_closed: bool,
}

/// The order that the event is about, if it is there. Only another package on the job asks for another one: whatever else is wrong with
/// the job, or with iCIMS, is nothing to somebody who was invited before.
async fn known(work: &AtsToHarver, customer: &Customer, event: &Event) -> Result<Option<Known>, Refusal> {
    let (id, workflow) = (event.customer, event.workflow);
    let known = work.store.read(move |tx| orders::live_of_workflow(tx, id, workflow)).await?;
    if known.is_empty() {
        return Ok(None);
    }
    let job = work.icims.job(customer, event.job).await.ok();
    let job_is_closed = job.as_ref().is_some_and(|job| !job.is_open());
    let order = match job.and_then(|job| packages(&job).ok()) {
        None => known.into_iter().next(),
        Some(named) => {
            let is_named = |order: &Order| named.iter().any(|package| package.vacancy() == order.package.vacancy());
            let all_are_there =
                named.iter().all(|package| known.iter().any(|order| order.package.vacancy() == package.vacancy()));
            known.into_iter().find(is_named).filter(|_| all_are_there)
        }
    };
    Ok(order.map(|order| Known { order, job_is_closed }))
}

async fn present(work: &AtsToHarver, customer: &Customer, event: &Event) -> Option<Candidate> {
    work.icims.person(customer, event.person).await.ok().and_then(|person| candidate(person).ok())
}

/// Records one order of a recruiter with its first job. Another one for the same package may have come first meanwhile; `again` are the
/// completed orders beside which others may be recorded.
///
/// # Errors
/// When the candidate is invited already, the address is another person's, or the store fails. Nothing of it has happened then.
pub(super) fn record(tx: &Tx<'_>, new: &NewOrder, again: &[OrderId], now: Timestamp) -> Result<(), Refusal> {
    let order = match orders::live(tx, new.customer, new.workflow, new.package.vacancy())? {
        Some(order) if !again.contains(&order.id) => {
            ask_again(tx, &order, &Asked { candidate: Some(new.candidate.clone()), job_is_closed: false }, now)?
        }
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
    let failed = order.state == OrderState::Received && jobs::waits(tx, order.id, &jobs::HeldUp::of(tx, order.customer, now)?)?;
    Ok(Some(if failed { Refusal::NotMailedYet(order.id) } else { Refusal::AlreadyInvited }))
}

/// A new link means a new event, which a job that is closed by now does not take (row 19). Whoever has a link that works is told so first.
fn ask_again(tx: &Tx<'_>, order: &Order, asked: &Asked, now: Timestamp) -> Result<OrderId, Refusal> {
    let candidate = asked.candidate.as_ref().unwrap_or(&order.candidate);
    if let Some(refusal) = objection(tx, order, candidate, &[], now)? {
        return Err(refusal);
    }
    if asked.job_is_closed {
        return Err(Refusal::JobClosed);
    }
    orders::note(tx, order.id, now, "asked for again by a recruiter")?;
    if order.link.is_some() {
        orders::next_round(tx, order.id, now)?;
    }
    orders::read_again(tx, order.id)?;
    if let Some(candidate) = &asked.candidate {
        orders::keep_candidate(tx, order.id, candidate, (None, now), now)?;
    }
    Ok(order.id)
}
