//! Writing an order's line in iCIMS, exactly one, whatever answers get lost.

use super::HarverToAts;
use crate::delivery::JobError;
use crate::domain::{Customer, Order, ResultRowId, with_causes};
use crate::icims::{IcimsError, ResultRow};

/// Creates or updates the line of an order and says which one it is.
///
/// A line that is not known yet is looked for by its package before it is created: an earlier attempt may have created it and lost
/// the answer (assessment-flow.md 4.5, "Order safety").
///
/// # Errors
/// When iCIMS refuses or cannot be reached.
pub(super) async fn write(
    work: &HarverToAts,
    customer: &Customer,
    order: &Order,
    row: &ResultRow,
) -> Result<ResultRowId, JobError> {
    let known = match order.result_row {
        Some(id) => Some(id),
        None => find(work, customer, order).await.map_err(job_error)?,
    };
    if let Some(id) = known {
        match work.icims.update_result_row(customer, order.workflow, id, row).await {
            Ok(()) => return Ok(id),
            // Somebody has deleted the line in iCIMS; the result is still wanted there.
            Err(IcimsError::NotFound { .. }) => {}
            Err(error) => return Err(job_error(error)),
        }
    }
    work.icims.add_result_row(customer, order.workflow, row).await.map_err(job_error)
}

async fn find(work: &HarverToAts, customer: &Customer, order: &Order) -> Result<Option<ResultRowId>, IcimsError> {
    let rows = work.icims.result_rows(customer, order.workflow).await?;
    let named = rows.into_iter().find(|row| row.name.as_deref() == Some(order.package.as_listed()));
    Ok(named.map(|row| row.id))
}

fn job_error(error: IcimsError) -> JobError {
    JobError {
        disposition: error.disposition(),
        for_operator: with_causes(&error),
        for_recruiter: "The result could not be written to iCIMS.".into(),
    }
}
