//! How an integration stands, for whoever looks for the reason why events are refused: asked with the credentials of the events, so that
//! the question tries them, too. Nothing is recorded.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::AtsToHarver;
use super::authenticate::{Call, Known, authenticate};
use super::receive::{from_elsewhere, refused};
use super::refusal::Refusal;
use super::tokens::TOKEN_PATH;
use crate::domain::{Customer, Pattern};
use crate::icims::VendorErrorEnvelope;
use crate::web::{AsSent, Caller, Entrance};

/// What an event of this customer would meet.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Standing {
    /// The customer in iCIMS.
    customer: u64,
    /// Whether events are accepted.
    enabled: bool,
    /// The patterns whose events are accepted: `inline`, `ad_hoc`.
    patterns: Vec<&'static str>,
    /// The ids of the statuses that ask for an assessment; none: every status that iCIMS sends.
    trigger_statuses: Vec<String>,
    /// The ways in which events may be presented: `basic`, `hmac`, `oauth2`.
    authentication: [&'static str; 3],
    /// Where tokens are given out, for `oauth2`.
    token_url: String,
    /// Which of Harver's instances answers: `default` or `us`.
    instance: &'static str,
    /// Where the account lives.
    account_instance: &'static str,
    /// The account.
    account: String,
    /// Where iCIMS is, if a connection was entered.
    icims_base_url: Option<String>,
    /// Where the Harver platform is.
    platform_base_url: String,
    /// Whether packages are chosen in Harver.
    multi_phase: bool,
    /// The field of a result in iCIMS that holds the address of the report.
    report_field: String,
    /// Where candidates go on when an event names no place.
    return_url: Option<String>,
}

impl Standing {
    fn of(work: &AtsToHarver, customer: &Customer) -> Self {
        let written = |url: &url::Url| url.as_str().trim_end_matches('/').to_owned();
        Self {
            customer: customer.id.get(),
            enabled: customer.enabled,
            patterns: customer.patterns.iter().copied().map(Pattern::name).collect(),
            trigger_statuses: customer.trigger_statuses.iter().map(ToString::to_string).collect(),
            authentication: ["basic", "hmac", "oauth2"],
            token_url: format!("{}{TOKEN_PATH}", written(&work.public_url)),
            instance: work.instance.name(),
            account_instance: customer.instance.name(),
            account: customer.harver.account.to_string(),
            icims_base_url: customer.ats.at(work.clock.now()).map(|ats| written(&ats.base_url)),
            platform_base_url: written(&customer.harver.base_url),
            multi_phase: customer.multi_phase,
            report_field: customer.report.field.to_string(),
            return_url: customer.return_url.as_ref().map(ToString::to_string),
        }
    }
}

/// Tells how the integration of a customer stands. Asked with the credentials of the events; orders nothing and records nothing.
#[utoipa::path(
    get, path = "/prod/orchestrator/v1/flows/startAssessment/icimsmarketplace/standing", operation_id = "readStanding", tag = "neighbours",
    security(("basic" = []), ("signed" = []), ("eventToken" = [])),
    responses(
        (status = 200, description = "What an event would meet.", body = Standing),
        (status = 401, description = "No credentials, or wrong ones.", body = VendorErrorEnvelope, headers(("WWW-Authenticate" = String, description = "How to authenticate."))),
        (status = 403, description = "The caller's address is none of the event sources of the integration.", body = VendorErrorEnvelope),
        (status = 429, description = "Too many requests: try again later.", body = VendorErrorEnvelope, headers(("Retry-After" = String, description = "In how many seconds."))),
        (status = 503, description = "Something that passes: try again later.", body = VendorErrorEnvelope),
    ),
)]
pub(super) async fn standing(
    State(work): State<AtsToHarver>,
    Caller(caller): Caller,
    method: Method,
    AsSent(uri): AsSent,
    headers: HeaderMap,
) -> Response {
    let call = Call { method: &method, uri: &uri, headers: &headers };
    let customer = match authenticate(&work, &call, Body::empty()).await {
        Ok(Known { customer, .. }) => customer,
        Err(refusal) => return refused(&work, None, &refusal, None),
    };
    if let Err(too_often) = work.rates.of_customer(Entrance::Events, customer.id) {
        return refused(&work, Some(&customer), &Refusal::TooOften(too_often), None);
    }
    match from_elsewhere(&customer, caller) {
        Some(refusal) => refused(&work, Some(&customer), &refusal, None),
        None => Json(Standing::of(&work, &customer)).into_response(),
    }
}
