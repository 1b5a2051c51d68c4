//! The link to the report, as a result row carries it.

use secrecy::ExposeSecret;
use url::Url;

use super::open_report::address_of;
use super::{HarverToAts, result_row};
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{ApplicationId, Customer, Job, JobKind, Order, OrderId, ReportType};
use crate::harver_platform::HarverError;
use crate::icims::{IcimsError, ReportLink};
use crate::neighbour::Kind;
use crate::store::{StoreError, jobs, orders, report_links};
use crate::web::{hash_of, new_token};

/// The job: a result that iCIMS was told without the link to its report gets the link. A report that does not exist is no failure.
///
/// # Errors
/// When a neighbour refuses or cannot be reached, or the store fails.
pub async fn add_report_link(work: &HarverToAts, order: OrderId) -> Result<Finish, JobError> {
    let (order, customer) = order_of_job(&work.store, order).await?;
    let (Some(application), Some(row)) = (&order.application, order.result_row) else {
        return Err(JobError::stop("the order has no result in iCIMS", "There is no result to add the link to the report to."));
    };
    let label = customer.report.kind.label();
    let Some(report) = report_link(work, &customer, &order, application).await? else {
        return Ok(Box::new(move |tx, now| orders::note(tx, order.id, now, &format!("Harver has no {label} of the result"))));
    };
    match work.icims.add_report_link(&customer, order.workflow, row, &report).await {
        Ok(()) => Ok(Box::new(move |tx, now| orders::note(tx, order.id, now, &format!("iCIMS shows the link to the {label}")))),
        // Somebody has deleted the line in iCIMS; the result is still wanted there, and brings its link along.
        Err(IcimsError { kind: Kind::NotFound, .. }) => {
            Ok(Box::new(move |tx, now| jobs::enqueue(tx, Job { kind: JobKind::ReportResult, order: order.id }, now)))
        }
        Err(error) => Err(result_row::job_error(&error)),
    }
}

/// The link to the report that the Harver Admin has chosen (promise G17), in the field chosen for it; `None` when the platform has no such
/// report of the application. iCIMS stores it for good, so a link that opens for minutes is replaced by one of ours.
///
/// # Errors
/// When the platform refuses or cannot be reached, or the store fails.
pub(super) async fn report_link(
    work: &HarverToAts,
    customer: &Customer,
    order: &Order,
    application: &ApplicationId,
) -> Result<Option<ReportLink>, JobError> {
    let report = customer.report.kind;
    let url = if report.has_lasting_link() {
        match work.harver.report_link(&customer.harver, application, report, customer.invitation.language).await {
            Err(HarverError { kind: Kind::NotFound, .. }) => None,
            asked => asked.map_err(|error| JobError::of(&error, "The link to the report could not be had from Harver."))?,
        }
    } else {
        Some(own_address(work, order.id, report).await.map_err(|error| JobError::from_store(&error))?)
    };
    Ok(url.map(|url| ReportLink { field: customer.report.field.clone(), url }))
}

/// It is kept before it is written into iCIMS: from then on it has to work.
async fn own_address(work: &HarverToAts, order: OrderId, report: ReportType) -> Result<Url, StoreError> {
    let fresh = new_token();
    let hash = hash_of(&fresh);
    let token = work.store.write(move |tx| report_links::token(tx, order, report, fresh.as_str().into(), &hash)).await?;
    Ok(address_of(&work.public_url, token.expose_secret()))
}
