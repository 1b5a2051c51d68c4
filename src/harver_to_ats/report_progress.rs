//! Telling iCIMS that the assessment is in progress.

use super::{HarverToAts, result_row};
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{OrderId, OrderState};
use crate::icims::{ResultRow, RowStatus};
use crate::store::orders;

/// The job: the line says In-Progress. If the candidate has finished meanwhile, there is nothing left to say (row 22).
///
/// # Errors
/// When iCIMS refuses or cannot be reached, or the store fails.
pub async fn report_progress(work: &HarverToAts, order: OrderId) -> Result<Finish, JobError> {
    let (order, customer) = order_of_job(&work.store, order).await?;
    // Assessment Status may have been switched off while this waited (promise G15), or the candidate may need a link that is not to be had.
    if order.state != OrderState::InProgress || order.failure.is_some() || !customer.reports_progress {
        return Ok(Box::new(|_, _| Ok(())));
    }
    let row = ResultRow {
        package: order.package.clone(),
        status: RowStatus::InProgress,
        date: work.clock.now(),
        score: None,
        recommendation: None,
        notes: None,
        report: None,
    };
    let id = result_row::write(work, &customer, &order, &row).await?;
    Ok(Box::new(move |tx, now| {
        orders::keep_result_row(tx, order.id, id)?;
        orders::note(tx, order.id, now, "iCIMS shows In Progress")
    }))
}
