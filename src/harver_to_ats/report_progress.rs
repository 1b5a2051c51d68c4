//! Telling iCIMS that the assessment is in progress.

use super::{HarverToAts, result_row};
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{OrderId, OrderState};
use crate::icims::RowStatus;

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
    result_row::tell(work, &customer, &order, RowStatus::InProgress, "iCIMS shows In Progress").await
}
