//! Writing an order's line in iCIMS, exactly one, whatever answers get lost.

use super::HarverToAts;
use crate::delivery::{Finish, JobError};
use crate::domain::{Customer, Order, PackageLabel, ResultRowId};
use crate::icims::{FoundRow, IcimsError, ResultRow, RowStatus};
use crate::neighbour::Kind;
use crate::store::orders;

/// The line of an order that has no result, as of now.
pub(super) fn without_result(work: &HarverToAts, order: &Order, status: RowStatus, notes: Option<String>) -> ResultRow {
    ResultRow {
        package: order.package.clone(),
        status,
        date: work.clock.now(),
        score: None,
        recommendation: None,
        notes,
        report: None,
    }
}

/// Tells iCIMS how far an order without a result is, and the order's history that iCIMS shows it.
///
/// # Errors
/// When iCIMS refuses or cannot be reached, or the store fails.
pub(super) async fn tell(
    work: &HarverToAts,
    customer: &Customer,
    order: &Order,
    status: RowStatus,
    told: &'static str,
) -> Result<Finish, JobError> {
    let id = write(work, customer, order, &without_result(work, order, status, None)).await?;
    let order = order.id;
    Ok(Box::new(move |tx, now| {
        orders::keep_result_row(tx, order, id)?;
        orders::note(tx, order, now, told)
    }))
}

/// Creates or updates the line of an order and says which one it is.
///
/// A line that is not known, or no longer there, is looked for by its package before it is created: an earlier attempt may have
/// created it and lost the answer (assessment-flow.md 4.5, "Order safety").
///
/// # Errors
/// When iCIMS refuses or cannot be reached.
pub(super) async fn write(
    work: &HarverToAts,
    customer: &Customer,
    order: &Order,
    row: &ResultRow,
) -> Result<ResultRowId, JobError> {
    if let Some(id) = order.result_row {
        match work.icims.update_result_row(customer, order.workflow, id, row).await {
            Ok(()) => return Ok(id),
            // Somebody has deleted the line in iCIMS; the result is still wanted there.
            Err(IcimsError { kind: Kind::NotFound, .. }) => {}
            Err(error) => return Err(job_error(&error)),
        }
    }
    if let Some(found) = find(work, customer, order).await? {
        let updated = work.icims.update_result_row(customer, order.workflow, found.id, row).await;
        return updated.map(|()| found.id).map_err(|error| job_error(&error));
    }
    work.icims.add_result_row(customer, order.workflow, row).await.map_err(|error| job_error(&error))
}

/// The line is told by the vacancy that its label ends with: the name before it may have been edited in iCIMS. Results of earlier rounds
/// of the same vacancy are other lines.
///
/// # Errors
/// When iCIMS refuses or cannot be reached, or the store fails.
pub(super) async fn find(work: &HarverToAts, customer: &Customer, order: &Order) -> Result<Option<FoundRow>, JobError> {
    let asked = order.clone();
    let earlier =
        work.store.read(move |tx| orders::completed_rows(tx, &asked)).await.map_err(|error| JobError::from_store(&error))?;
    let rows = work.icims.result_rows(customer, order.workflow).await.map_err(|error| job_error(&error))?;
    let is_ours = |label: &str| PackageLabel::parse(label).is_ok_and(|label| label.vacancy() == order.package.vacancy());
    let mut rows = rows.into_iter().filter(|row| !earlier.contains(&row.id));
    Ok(rows.find(|row| row.name.as_deref().is_some_and(is_ours)))
}

pub(super) fn job_error(error: &IcimsError) -> JobError {
    JobError::of(error, "The result could not be written to iCIMS.")
}
