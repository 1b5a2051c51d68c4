//! Opening a report whose own link lives for minutes: ours, which stands in iCIMS for good, leads to a fresh one.

use std::time::Duration;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::Url;

use super::HarverToAts;
use crate::domain::{ApplicationId, Customer, ReportType, with_causes};
use crate::harver_platform::HarverError;
use crate::neighbour::Kind;
use crate::store::{self, StoreError, report_links};
use crate::web::{Notice, hash_of, kept_nowhere};

/// Where our links to reports lead (harver-platform.md 10: "write a stable redirect of our own"). The address alone opens the report, as
/// the platform's own links do; it runs out with its order only.
pub(super) const PATH: &str = "/reports/{token}";

/// The address of the report behind a token.
pub(super) fn address_of(public_url: &Url, token: &str) -> Url {
    let mut url = public_url.clone();
    url.set_path(&PATH.replace("{token}", token));
    url
}

/// Why there is nothing to open.
#[derive(Debug, thiserror::Error)]
enum Unopened {
    #[error("the link was never given out, or its order is gone")]
    Unknown,
    #[error("the platform has no such report of the application")]
    Absent(ReportType),
    #[error("the platform could not be asked")]
    Harver(#[source] HarverError),
    #[error("the platform took longer than a reader may wait")]
    Deadline,
    #[error("the link could not be looked up")]
    Store(#[from] StoreError),
}

/// Leads to the report, or says why there is none.
pub(super) async fn open(State(work): State<HarverToAts>, token: Result<Path<String>, PathRejection>) -> Response {
    let opened = match token {
        Ok(Path(token)) => fresh_link(&work, token).await,
        Err(_) => Err(Unopened::Unknown),
    };
    kept_nowhere(match opened {
        Ok(link) => {
            let location = HeaderValue::from_str(link.as_str()).expect("a parsed URL is plain ASCII");
            (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
        }
        Err(why) => {
            tracing::warn!(reason = with_causes(&why), "A report was not opened.");
            why.notice(&work.support_contact).into_response()
        }
    })
}

async fn fresh_link(work: &HarverToAts, token: String) -> Result<Url, Unopened> {
    let (customer, application, report) = behind(work, token).await?;
    let asked = work.harver.report_link(&customer.harver, &application, report, customer.invitation.language);
    match within(work.deadline, asked).await? {
        Ok(Some(link)) => Ok(link),
        Ok(None) | Err(HarverError { kind: Kind::NotFound, .. }) => Err(Unopened::Absent(report)),
        Err(error) => Err(Unopened::Harver(error)),
    }
}

async fn within<T>(deadline: Duration, asked: impl Future<Output = T>) -> Result<T, Unopened> {
    tokio::time::timeout(deadline, asked).await.map_err(|_| Unopened::Deadline)
}

async fn behind(work: &HarverToAts, token: String) -> Result<(Customer, ApplicationId, ReportType), Unopened> {
    let hash = hash_of(&token);
    let found = work.store.read(move |tx| -> Result<_, StoreError> {
        let Some((order, report)) = report_links::behind(tx, &hash)? else { return Ok(None) };
        Ok(store::customer(tx, order.customer)?.map(|customer| (customer, order.application, report)))
    });
    let (customer, application, report) = found.await?.ok_or(Unopened::Unknown)?;
    Ok((customer, application.ok_or(Unopened::Absent(report))?, report))
}

impl Unopened {
    fn notice(&self, support_contact: &str) -> Notice {
        let (status, title, what_to_do) = match self {
            Self::Unknown => (
                StatusCode::NOT_FOUND,
                "There is no such report".into(),
                "The address is not complete, or the assessment was removed. Follow the link in the Assessments section of the \
                 candidate's Screen tab in iCIMS again."
                    .to_owned(),
            ),
            Self::Absent(report) => (
                StatusCode::NOT_FOUND,
                format!("{} not available", report.label()),
                "Harver has no such report of this assessment: it is not configured for the vacancy, or the candidate was removed. \
                 The score is in iCIMS. Ask a Harver Admin to configure the report, or to choose another one under Harver to ATS, Reports."
                    .into(),
            ),
            Self::Harver(error) if error.needs_somebody() => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Harver did not give the report out".into(),
                "Ask a Harver Admin to check the company's account on the Harver platform.".into(),
            ),
            Self::Harver(_) | Self::Deadline | Self::Store(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Not available at the moment".into(),
                "Harver does not answer. Open the link again in a few minutes.".into(),
            ),
        };
        Notice { status, title, message: format!("{what_to_do} If this does not help, contact {support_contact}.") }
    }
}
