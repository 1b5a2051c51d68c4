//! Telling iCIMS the result.

use std::time::Duration;

use super::own_application::{OF_ANOTHER, not_shown_yet, own_application};
use super::report_link::report_link;
use super::{HarverToAts, result_row};
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{Job, JobKind, OrderId};
use crate::icims::{ResultRow, RowStatus};
use crate::store::{jobs, orders};

/// Real time that a result waits for the link to its report at most.
const LINK_PATIENCE: Duration = Duration::from_secs(2);

/// The job: the line says Complete, with score, recommendation and notes, and with the link to the report if it can be had at once. If it
/// cannot, for whatever reason, the link follows in a step of its own: the result waits for nothing but its completion.
///
/// # Errors
/// When the platform does not show a completion or iCIMS does not take it, or one of them cannot be reached, or the store fails.
pub async fn report_result(work: &HarverToAts, order: OrderId) -> Result<Finish, JobError> {
    let (order, customer) = order_of_job(&work.store, order).await?;
    let record = own_application(work, &customer, &order).await?;
    let record = record.ok_or_else(|| JobError::stop("the application is that of another candidate", OF_ANOTHER))?;
    let assessment = record.completed.ok_or_else(not_shown_yet)?;
    let asked = tokio::time::timeout(LINK_PATIENCE, report_link(work, &customer, &order, &record.id)).await;
    let (report, follows) = match asked {
        Ok(Ok(report)) => (report, false),
        Ok(Err(_)) | Err(_) => (None, true),
    };
    let label = customer.report.kind.label();
    let told = match &report {
        Some(_) => format!("iCIMS shows Complete with the result and the {label}"),
        None if follows => format!("iCIMS shows Complete with the result; the link to the {label} follows"),
        None => format!("iCIMS shows Complete with the result; Harver has no {label} of it"),
    };
    let row = ResultRow {
        package: order.package.clone(),
        status: RowStatus::Complete,
        date: assessment.completed_at,
        notes: assessment.notes(),
        score: assessment.score,
        recommendation: assessment.recommendation,
        report,
    };
    let id = result_row::write(work, &customer, &order, &row).await?;
    Ok(Box::new(move |tx, now| {
        orders::keep_result_row(tx, order.id, id)?;
        orders::keep_result_written(tx, order.id, now)?;
        orders::note(tx, order.id, now, &told)?;
        if follows { jobs::enqueue(tx, Job { kind: JobKind::AddReportLink, order: order.id }, now) } else { Ok(()) }
    }))
}
