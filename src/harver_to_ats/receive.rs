//! The webhook endpoint: authenticate, read, record and enqueue, acknowledge.

use std::collections::HashSet;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{HarverToAts, is_told};
use crate::domain::{ApplicationId, Customer, CustomerId};
use crate::harver_platform::{CallbackBody, CallbackEvent, CallbackKind, parse_callback};
use crate::store::announcements::Announcement;
use crate::store::{self, Door, StoreError, Tx, announcements, jobs, orders};
use crate::web::{ApiError, Entrance, ErrorEnvelope, Presented, read_body};

/// Where the platform sends its webhooks. Our own choice: customers enter it on the platform (harver-platform.md 9.4).
pub const CALLBACK_PATH: &str = "/prod/orchestrator/v1/callbacks/harver";

/// How long a webhook may take to arrive. They are far below a kilobyte.
const PATIENCE: Duration = Duration::from_secs(10);

/// The route that neighbours call, with its description.
pub(crate) fn described() -> OpenApiRouter<HarverToAts> {
    OpenApiRouter::new().routes(routes!(receive))
}

/// Takes a webhook of the Harver platform (harver-platform.md 9.4).
#[utoipa::path(
    post, path = CALLBACK_PATH, operation_id = "receiveWebhook", tag = "neighbours",
    description = "May come twice, late or out of order. Whatever it says, the application is looked at and counts.",
    security(("basic" = [])),
    request_body(content = CallbackBody, content_type = "application/json"),
    responses(
        (status = 204, description = "Recorded."),
        (status = 400, description = "Not a webhook, or one of another account.", body = ErrorEnvelope),
        (status = 401, description = "No credentials, or wrong ones.", body = ErrorEnvelope, headers(("WWW-Authenticate" = String, description = "How to authenticate."))),
        (status = 429, description = "Too many requests: send it again later.", body = ErrorEnvelope, headers(("Retry-After" = String, description = "In how many seconds."))),
        (status = 503, description = "It could not be recorded: send it again.", body = ErrorEnvelope),
    ),
)]
async fn receive(State(work): State<HarverToAts>, headers: HeaderMap, body: Body) -> Result<StatusCode, ApiError> {
    let customer = authenticate(&work, &headers).await?;
    work.rates.of_customer(Entrance::Webhooks, customer.id).map_err(ApiError::too_often)?;
    let body =
        read_body(&headers, body, PATIENCE).await.map_err(|error| ApiError::bad_request("unreadable_body", error.to_string()))?;
    let callback = parse_callback(&body).map_err(|error| ApiError::bad_request("unreadable_event", error.to_string()))?;
    if callback.account != customer.harver.account {
        return Err(ApiError::bad_request("other_account", "These credentials belong to another Harver account."));
    }
    let now = work.clock.now();
    work.store
        .write(move |tx| record(tx, &customer, &callback, now))
        .await
        .map(|()| StatusCode::NO_CONTENT)
        .map_err(|error: StoreError| ApiError::unavailable(&error))
}

async fn authenticate(work: &HarverToAts, headers: &HeaderMap) -> Result<Customer, ApiError> {
    let now = work.clock.now();
    for presented in Presented::in_headers(headers) {
        let proving = move |tx: &Tx<'_>| {
            store::customer_proving(tx, Door::Webhooks, &presented.username, |webhooks| presented.opens(webhooks, now))
        };
        if let Some(customer) = work.store.read(proving).await.map_err(|error| ApiError::unavailable(&error))? {
            return Ok(customer);
        }
    }
    Err(ApiError::unauthorized())
}

fn record(tx: &Tx<'_>, customer: &Customer, callback: &CallbackEvent, now: Timestamp) -> Result<(), StoreError> {
    let heard =
        Announcement { started: callback.kind == CallbackKind::Started, finished: callback.kind == CallbackKind::Completed };
    hear(tx, customer.id, &callback.application, heard, now)
}

/// Keeps what was heard and asks for a look at the application, for the newest order of each workflow that has it. Where the result
/// stands in iCIMS there is nothing left to see.
///
/// # Errors
/// When a stored order cannot be read.
pub(super) fn hear(
    tx: &Tx<'_>,
    customer: CustomerId,
    application: &ApplicationId,
    heard: Announcement,
    now: Timestamp,
) -> Result<(), StoreError> {
    let known = orders::of_application(tx, customer, application)?;
    announcements::hear(tx, customer, application, heard, !known.is_empty(), now)?;
    let mut workflows = HashSet::new();
    for order in known {
        if workflows.insert(order.workflow) && !is_told(&order) && !orders::is_replaced(tx, &order)? {
            jobs::look(tx, order.id, now)?;
        }
    }
    Ok(())
}
