//! The Streaming API: what happened, page by page, for clients with a bearer token (icims-api 11.8).
//!
//! On real iCIMS it has a host of its own; here it is on the port of the REST API. Names of streams and subscriptions and the bodies
//! of events are *assumed*. Calls are not counted against the daily allowance (*assumed*).

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value as Json, json};

use crate::icims::Icims;
use crate::icims::model::EventId;
use crate::icims::schema::ProfileType;
use crate::icims::state::CustomerState;
use crate::icims::state::outgoing::{EventKind, OutgoingEvent};
use crate::reference::{assumed, observed};

use super::auth::{SignedIn, authenticate};
use super::error::{ApiError, Code, ok_json};
use super::extract::parameter;
use super::place::Named;

/// The one subscription that every customer has.
const SUBSCRIPTION: &str = "recruiting-workflow-events";
/// Events of one page.
const PAGE: usize = 100;

/// Names the streams of the caller: one for each customer (icims-api 11.8).
#[utoipa::path(
    get, path = "/datastream/v2/streams", operation_id = "readStreams", tag = "streams",
    responses((status = 200, body = ref("#/components/schemas/Streams"))),
    extensions(("x-fidelity" = json!(assumed("icims-api 11.8", "streams_are_read_with_a_token_page_by_page")))),
)]
pub(super) async fn streams(State(icims): State<Icims>, request: Request) -> Result<Response, ApiError> {
    let customer = with_token(&icims, request).await?.customer;
    Ok(ok_json(&json!({"streams": [{"id": customer.id().to_string()}]})))
}

/// Names the subscriptions of a customer (icims-api 11.8).
#[utoipa::path(
    get, path = "/datastream/v2/streams/{customer}/subscriptions", operation_id = "readSubscriptions", tag = "streams",
    responses((status = 200, body = ref("#/components/schemas/Subscriptions"))),
    extensions(("x-fidelity" = json!(assumed("icims-api 11.8", "streams_are_read_with_a_token_page_by_page")))),
)]
pub(super) async fn subscriptions(State(icims): State<Icims>, named: Named, request: Request) -> Result<Response, ApiError> {
    own(&named, with_token(&icims, request).await?.customer.id())?;
    Ok(ok_json(&json!({"subscriptions": [{"id": SUBSCRIPTION}]})))
}

/// Reads a page of events, oldest first. The next page begins after `lastEvaluatedKey`; the last one has none (icims-api 11.8).
#[utoipa::path(
    get, path = "/datastream/v2/streams/{customer}/subscriptions/{subscription}/events", operation_id = "readStreamedEvents",
    tag = "streams",
    params(("exclusiveStartKey" = Option<String>, Query, description = "The `lastEvaluatedKey` of the page before.")),
    responses((status = 200, body = ref("#/components/schemas/StreamedEvents")), (status = 400, body = ref("#/components/schemas/Errors"))),
    extensions(("x-fidelity" = json!(observed("icims-api 11.8", "streams_are_read_with_a_token_page_by_page")))),
)]
pub(super) async fn events(State(icims): State<Icims>, named: Named, request: Request) -> Result<Response, ApiError> {
    let start = parameter(request.uri().query(), "exclusiveStartKey").filter(|key| !key.is_empty());
    let SignedIn { customer, tenant, rights, .. } = with_token(&icims, request).await?;
    own(&named, customer.id())?;
    // Every event is one of a workflow.
    if rights.hides_type(ProfileType::Workflows) {
        return Err(ApiError::access_denied(ProfileType::Workflows.title()));
    }
    if named.text("subscription") != SUBSCRIPTION {
        return Err(ApiError::not_found("Subscription"));
    }
    let wrong = |_| ApiError::invalid("exclusiveStartKey: Invalid value.");
    let start: EventId = start.map_or(Ok(EventId::new(0)), |key| key.parse().map_err(wrong))?;
    Ok(ok_json(&tenant.read(|state| page(state, customer.id(), start))))
}

fn page(state: &CustomerState, customer: u64, start: EventId) -> Json {
    let mut events: Vec<&OutgoingEvent> = state.events_after(start).take(PAGE + 1).collect();
    let more = events.len() > PAGE;
    events.truncate(PAGE);
    let last = events.last().map(|event| event.id).filter(|_| more);
    let mut body = Map::from_iter([("events".to_owned(), events.into_iter().map(|event| shown(customer, event)).collect())]);
    if let Some(last) = last {
        body.insert("lastEvaluatedKey".into(), last.to_string().into());
    }
    Json::Object(body)
}

/// Ids are texts, as in the events to vendors (icims-api 12.1).
fn shown(customer: u64, event: &OutgoingEvent) -> Json {
    let mut body = json!({
        "eventId": event.id.to_string(), "customerId": customer.to_string(), "systemId": event.workflow.to_string(),
        "personId": event.person.to_string(), "jobId": event.job.to_string(), "userId": event.user.to_string(),
        "eventTime": event.caused.to_string(),
    });
    match &event.kind {
        EventKind::ApplicationComplete => body["eventType"] = "ApplicationCompletedEvent".into(),
        EventKind::StatusChange { from, to } => {
            body["eventType"] = "WorkFlowStatusChangeEvent".into();
            body["newStatus"] = to.bare().into();
            if let Some(from) = from {
                body["oldStatus"] = from.bare().into();
            }
        }
    }
    body
}

/// Whom a bearer token stands for; other credentials do not open streams.
async fn with_token(icims: &Icims, request: Request) -> Result<SignedIn, ApiError> {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !given.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer ")) {
        let message = "Streams are read with an access token.";
        return Err(ApiError::new(StatusCode::UNAUTHORIZED, Code::Credentials, message));
    }
    Ok(authenticate(icims, request).await?.0)
}

fn own(named: &Named, own: u64) -> Result<(), ApiError> {
    if named.text("customer") == own.to_string() {
        return Ok(());
    }
    Err(ApiError::new(StatusCode::FORBIDDEN, Code::NotAuthorized, "The token does not belong to this customer."))
}
