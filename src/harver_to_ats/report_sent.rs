//! Telling iCIMS that the candidate was invited (harver-platform.md 3: registered or invited is Sent, optional).

use super::{HarverToAts, result_row};
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{OrderId, OrderState};
use crate::icims::RowStatus;

/// The job: the line says Sent. If the candidate has begun meanwhile, or nothing comes of it any more, there is nothing left to say.
///
/// # Errors
/// When iCIMS refuses or cannot be reached, or the store fails.
pub async fn report_sent(work: &HarverToAts, order: OrderId) -> Result<Finish, JobError> {
    let (order, customer) = order_of_job(&work.store, order).await?;
    // It may have been switched off while this waited.
    if order.state != OrderState::Invited || !customer.reports_sent {
        return Ok(Box::new(|_, _| Ok(())));
    }
    result_row::tell(work, &customer, &order, RowStatus::Sent, "iCIMS shows Sent").await
}
