//! The link to the report, as a result row carries it.

use secrecy::ExposeSecret;
use url::Url;

use super::HarverToAts;
use super::open_report::address_of;
use crate::delivery::JobError;
use crate::domain::{ApplicationId, Customer, Order, OrderId, ReportType, with_causes};
use crate::harver_platform::HarverError;
use crate::icims::ReportLink;
use crate::store::{StoreError, report_links};
use crate::web::{hash_of, new_token};

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
        let asked = work.harver.report_link(&customer.harver, application, report, customer.invitation.language).await;
        asked.map_err(|error| job_error(&error))?
    } else {
        Some(own_address(work, order.id, report).await.map_err(|error| JobError::from_store(&error))?)
    };
    Ok(url.map(|url| ReportLink { field: customer.report.field.clone(), url }))
}

/// It is kept before it is written into iCIMS: from then on it has to work.
async fn own_address(work: &HarverToAts, order: OrderId, report: ReportType) -> Result<Url, StoreError> {
    let fresh = new_token();
    let hash = hash_of(&fresh);
    let token = work.store.write(move |tx| report_links::token(tx, order, report, fresh.into(), &hash)).await?;
    Ok(address_of(&work.public_url, token.expose_secret()))
}

fn job_error(error: &HarverError) -> JobError {
    JobError {
        disposition: error.disposition(),
        for_operator: with_causes(error),
        for_recruiter: "The link to the report could not be had from Harver.".into(),
    }
}
