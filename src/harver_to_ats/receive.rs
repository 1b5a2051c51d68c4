//! The webhook endpoint: authenticate, read, record and enqueue, acknowledge.

use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::HarverToAts;
use crate::domain::{Customer, Job, JobKind, OrderEvent};
use crate::harver_platform::{CallbackEvent, CallbackKind, parse_callback};
use crate::store::{self, StoreError, Tx, jobs, orders};
use crate::web::{ApiError, Presented, matches, read_body};

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
    description = "May come twice, late or out of order. Events that the integration does not act on are acknowledged.",
    security(("basic" = [])),
    request_body(content = ref("#/components/schemas/Webhook"), content_type = "application/json"),
    responses(
        (status = 204, description = "Recorded."),
        (status = 400, description = "Not a webhook, or one of another account.", body = ref("#/components/schemas/Error")),
        (status = 401, description = "No credentials, or wrong ones.", body = ref("#/components/schemas/Error"), headers(("WWW-Authenticate" = String, description = "How to authenticate."))),
        (status = 503, description = "It could not be recorded: send it again.", body = ref("#/components/schemas/Error")),
    ),
)]
async fn receive(State(work): State<HarverToAts>, headers: HeaderMap, body: Body) -> Result<StatusCode, ApiError> {
    let customer = authenticate(&work, &headers).await?;
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
    for Presented { username, password } in Presented::in_headers(headers) {
        let found = work.store.read(move |tx| store::customer_of_webhook_user(tx, &username)).await;
        let customer = found.map_err(|error| ApiError::unavailable(&error))?;
        let Some(customer) = customer else { continue };
        if customer.webhooks.passwords_at(work.clock.now()).any(|valid| matches(&password, valid)) {
            return Ok(customer);
        }
    }
    Err(ApiError::unauthorized())
}

/// Moves every order of the application on. An event that came late, twice or out of order moves nothing and asks for nothing.
fn record(tx: &Tx<'_>, customer: &Customer, callback: &CallbackEvent, now: Timestamp) -> Result<(), StoreError> {
    let (event, report) = match callback.kind {
        CallbackKind::Started => (OrderEvent::Started, JobKind::ReportProgress),
        CallbackKind::Completed => (OrderEvent::Finished, JobKind::ReportResult),
        CallbackKind::Other(_) => return Ok(()),
    };
    for order in orders::of_application(tx, customer.id, &callback.application)? {
        if orders::is_replaced(tx, &order)? {
            continue;
        }
        let moved = orders::apply(tx, order.id, event, now)?.is_some();
        // Assessment Status off: iCIMS is not told that an assessment is in progress (promise G15).
        let wanted = report != JobKind::ReportProgress || customer.reports_progress;
        if moved && wanted {
            jobs::enqueue(tx, Job { kind: report, order: order.id }, now)?;
        }
    }
    Ok(())
}
