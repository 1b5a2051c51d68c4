//! Taking back in iCIMS that a candidate could not be invited.

use super::{HarverToAts, result_row};
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{OrderId, OrderState};
use crate::icims::RowStatus;

/// The job: a line that says Incomplete says instead how far the candidate is, and the reason is gone from the notes. A line that says
/// something else, or none, is left as it is.
///
/// # Errors
/// When iCIMS refuses or cannot be reached, or the store fails.
pub async fn report_invited(work: &HarverToAts, order: OrderId) -> Result<Finish, JobError> {
    let (order, customer) = order_of_job(&work.store, order).await?;
    let status = match order.state {
        _ if order.failure.is_some() => return Ok(Box::new(|_, _| Ok(()))),
        OrderState::InProgress if customer.reports_progress => RowStatus::InProgress,
        OrderState::Invited | OrderState::InProgress => RowStatus::Sent,
        _ => return Ok(Box::new(|_, _| Ok(()))),
    };
    let found = result_row::find(work, &customer, &order).await?;
    if found.is_none_or(|row| row.status != Some(RowStatus::Incomplete)) {
        return Ok(Box::new(|_, _| Ok(())));
    }
    result_row::tell(work, &customer, &order, status, "iCIMS shows Incomplete no longer, nor the reason").await
}
