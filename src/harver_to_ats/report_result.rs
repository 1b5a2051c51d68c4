//! Telling iCIMS the result.

use super::report_link::report_link;
use super::{HarverToAts, result_row};
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{ApplicationId, Assessment, Customer, Disposition, OrderId, with_causes};
use crate::harver_platform::HarverError;
use crate::icims::{ResultRow, RowStatus};
use crate::store::orders;

/// The job: the line says Complete, with score, recommendation, notes and the link to the report. A result whose report does not exist is
/// told without a link: the score must not wait for it.
///
/// # Errors
/// When a neighbour refuses or cannot be reached, or the store fails.
pub async fn report_result(work: &HarverToAts, order: OrderId) -> Result<Finish, JobError> {
    let (order, customer) = order_of_job(&work.store, order).await?;
    let Some(application) = &order.application else {
        return Err(JobError::stop("the order has no application", "Harver has no application of the candidate."));
    };
    let assessment = finished(work, &customer, application).await?;
    let report = report_link(work, &customer, &order, application).await?;
    let told = match &report {
        Some(_) => format!("iCIMS shows Complete with the result and the {}", customer.report.kind.label()),
        None => format!("iCIMS shows Complete with the result; Harver has no {} of it", customer.report.kind.label()),
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
        orders::note(tx, order.id, now, &told)
    }))
}

async fn finished(work: &HarverToAts, customer: &Customer, application: &ApplicationId) -> Result<Assessment, JobError> {
    let record = work.harver.application(&customer.harver, application).await.map_err(|error| job_error(&error))?;
    record.completed.ok_or_else(|| JobError {
        disposition: Disposition::RetryLater,
        for_operator: "the platform announced a completion and does not show it yet".into(),
        for_recruiter: "Harver has not finished scoring the assessment.".into(),
    })
}

fn job_error(error: &HarverError) -> JobError {
    JobError {
        disposition: error.disposition(),
        for_operator: with_causes(error),
        for_recruiter: "The result could not be read from Harver.".into(),
    }
}
