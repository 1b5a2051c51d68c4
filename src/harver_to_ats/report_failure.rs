//! Telling a recruiter that no result is expected any more, or that a candidate has no link to the assessment after all.

use jiff::Timestamp;

use super::{HarverToAts, result_row};
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{Job, JobKind, OrderEvent, OrderId, OrderState, cut_to};
use crate::icims::RowStatus;
use crate::store::{StoreError, Tx, jobs, mails, orders, sweeps};

/// The most characters that iCIMS keeps of the notes (assessment-flow.md 4.4).
const NOTES_LIMIT: usize = 192;

/// What follows when a job is given up: an order whose candidate got no link has failed, and iCIMS is to be told; so is it when a link
/// that works no longer could not be replaced.
///
/// The questions for what was not announced go on all the same, though nobody has answered them for hours.
///
/// A report that was given up has nothing to follow but the dead letter itself: the channel that would carry the news is the one
/// that failed.
///
/// # Errors
/// When the database refuses.
pub fn give_up(tx: &Tx<'_>, job: Job, error: &JobError, now: Timestamp) -> Result<(), StoreError> {
    if job.kind == JobKind::Sweep {
        return sweeps::go_on_later(tx, job.order, now);
    }
    orders::note(tx, job.order, now, &format!("{} given up: {}", job.kind.name(), error.for_operator))?;
    mails::leave_to_a_person(tx, job.order)?;
    if !matches!(job.kind, JobKind::StartAssessment | JobKind::SendInvitation) {
        return Ok(());
    }
    // Somebody has asked for it again meanwhile: what comes of that is not known yet.
    if jobs::is_waiting(tx, Job { kind: JobKind::StartAssessment, order: job.order })? {
        return Ok(());
    }
    let Some(order) = orders::get_order(tx, job.order)? else { return Ok(()) };
    let what = match order.state {
        OrderState::Received | OrderState::Failed => "Not invited.",
        OrderState::Invited | OrderState::InProgress if order.round > 1 => "No new link.",
        // The candidate has a link all the same, has finished, or was closed for another reason.
        _ => return Ok(()),
    };
    orders::apply(tx, order.id, OrderEvent::GivenUp, now)?;
    orders::keep_failure(tx, order.id, &format!("{what} {}", error.for_recruiter))?;
    jobs::enqueue(tx, Job { kind: JobKind::ReportFailure, order: order.id }, now)
}

/// The job: the line says Incomplete, with the reason in the notes (assessment-flow.md 1.3, "Late failure").
///
/// # Errors
/// When iCIMS refuses or cannot be reached, or the store fails.
pub async fn report_failure(work: &HarverToAts, order: OrderId) -> Result<Finish, JobError> {
    let (order, customer) = order_of_job(&work.store, order).await?;
    let asked = order.clone();
    let replaced =
        work.store.read(move |tx| orders::is_replaced(tx, &asked)).await.map_err(|error| JobError::from_store(&error))?;
    // It may be so no longer, or the line in iCIMS may be that of the newer order now.
    let Some(reason) = order.failure.as_deref().filter(|_| order.state != OrderState::Completed && !replaced) else {
        return Ok(Box::new(|_, _| Ok(())));
    };
    let notes = Some(cut_to(reason, NOTES_LIMIT));
    let row = result_row::without_result(work, &order, RowStatus::Incomplete, notes);
    let id = result_row::write(work, &customer, &order, &row).await?;
    Ok(Box::new(move |tx, now| {
        orders::keep_result_row(tx, order.id, id)?;
        orders::note(tx, order.id, now, "iCIMS shows Incomplete with the reason")?;
        // The newer order may have said something of its own while this was on its way.
        let newer = orders::replacement(tx, &order)?;
        newer.map_or(Ok(()), |newer| jobs::enqueue(tx, Job { kind: JobKind::ReportInvited, order: newer.id }, now))
    }))
}
