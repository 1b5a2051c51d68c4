//! Telling a recruiter that no result is expected any more, and why.

use jiff::Timestamp;

use super::{HarverToAts, result_row};
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{Job, JobKind, OrderEvent, OrderId, OrderState, cut_to};
use crate::icims::{ResultRow, RowStatus};
use crate::store::{StoreError, Tx, jobs, orders};

/// The most characters that iCIMS keeps of the notes (assessment-flow.md 4.4).
const NOTES_LIMIT: usize = 192;

/// What follows when a job is given up: an order whose candidate got no link has failed, and iCIMS is to be told.
///
/// A report that was given up has nothing to follow but the dead letter itself: the channel that would carry the news is the one
/// that failed.
///
/// # Errors
/// When the database refuses.
pub fn give_up(tx: &Tx<'_>, job: Job, error: &JobError, now: Timestamp) -> Result<(), StoreError> {
    orders::note(tx, job.order, now, &format!("{} given up: {}", job.kind.name(), error.for_operator))?;
    if !matches!(job.kind, JobKind::StartAssessment | JobKind::SendInvitation) {
        return Ok(());
    }
    orders::keep_failure(tx, job.order, &error.for_recruiter)?;
    if orders::apply(tx, job.order, OrderEvent::GivenUp, now)?.is_some() {
        jobs::enqueue(tx, Job { kind: JobKind::ReportFailure, order: job.order }, now)?;
    }
    Ok(())
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
    // The line in iCIMS is that of the newer order now.
    if !order.state.is_abandoned() || replaced {
        return Ok(Box::new(|_, _| Ok(())));
    }
    let notes = match (order.state, order.failure.as_deref()) {
        (OrderState::Failed, reason) => format!("Not invited. {}", reason.unwrap_or("The candidate could not be invited.")),
        (_, reason) => reason.unwrap_or("No result is expected any more.").to_owned(),
    };
    let row = ResultRow {
        package: order.package.clone(),
        status: RowStatus::Incomplete,
        date: work.clock.now(),
        score: None,
        recommendation: None,
        notes: Some(cut_to(&notes, NOTES_LIMIT)),
        report: None,
    };
    let id = result_row::write(work, &customer, &order, &row).await?;
    Ok(Box::new(move |tx, now| {
        orders::keep_result_row(tx, order.id, id)?;
        orders::note(tx, order.id, now, "iCIMS shows Incomplete with the reason")
    }))
}
