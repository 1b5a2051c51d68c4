//! The start endpoint: authenticate, read, accept or refuse.

use std::net::IpAddr;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use url::Url;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answered::Answered;
use super::authenticate::{Call, Known, authenticate};
use super::deadline::Deadline;
use super::refusal::Refusal;
use super::refused_event::{self, Heard, Why};
use super::tokens::{self, TOKEN_PATH};
use super::{AtsToHarver, ad_hoc, inline, selection, standing};
use crate::domain::{Customer, Event, Occasion, Pattern, RefusalKind, StatusId, with_causes};
use crate::icims::{EventBody, Parsed, SIGNED, VendorError, VendorErrorEnvelope, parse_event, pattern_of};
use crate::web::{AsSent, Caller, Entrance, TooOften, read_body, with_retry_after};

/// Where iCIMS sends its events (setup guide, "Harver API Endpoint"; promise G04).
pub const START_PATH: &str = "/prod/orchestrator/v1/flows/startAssessment/icimsmarketplace";

/// The route of this direction.
pub fn routes(work: AtsToHarver) -> Router {
    Router::from(described().with_state(work.clone())).merge(selection::routes().with_state(work))
}

/// The route with its description.
pub(crate) fn described() -> OpenApiRouter<AtsToHarver> {
    OpenApiRouter::new().routes(routes!(start)).routes(routes!(standing::standing)).routes(routes!(tokens::issue))
}

/// What an accepted event is answered with.
enum Accepted {
    /// Recorded; there is nothing to open.
    Recorded,
    /// Not for us, for this reason; nothing was ordered (row 32, and statuses that are no trigger).
    Ignored(String),
    /// The candidate goes on here, or the recruiter chooses the packages here.
    Opened(Url),
}

/// Takes an event of iCIMS: orders an assessment, or hands its link over (setup guide, promise G04; assessment-flow.md 1 to 3).
#[utoipa::path(
    post, path = START_PATH, operation_id = "startAssessment", tag = "neighbours",
    description = "The answer is what a person in iCIMS waits for. Bodies may be packed with gzip. Events of other types are acknowledged and ignored.",
    security(("basic" = []), ("signed" = []), ("eventToken" = [])),
    request_body(content = EventBody, content_type = "application/json"),
    responses(
        (status = 200, description = "Recorded, or nothing to do."),
        (status = 303, description = "The candidate goes on at `Location`, or the recruiter chooses the packages there (Confirm or Modify Package).", headers(("Location" = String, description = "The page to open."))),
        (status = 400, description = "Something that a user can mend: the message says what.", body = VendorErrorEnvelope),
        (status = 401, description = "No credentials, or wrong ones.", body = VendorErrorEnvelope, headers(("WWW-Authenticate" = String, description = "How to authenticate."))),
        (status = 403, description = "The caller's address is none of the event sources of the integration.", body = VendorErrorEnvelope),
        (status = 429, description = "Too many requests: try again later.", body = VendorErrorEnvelope, headers(("Retry-After" = String, description = "In how many seconds."))),
        (status = 500, description = "A neighbour refuses our credentials or requests: support must help.", body = VendorErrorEnvelope),
        (status = 503, description = "Something that passes: try again later.", body = VendorErrorEnvelope),
    ),
)]
async fn start(
    State(work): State<AtsToHarver>,
    Caller(caller): Caller,
    method: Method,
    AsSent(uri): AsSent,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let deadline = Deadline::after(work.deadline);
    let call = Call { method: &method, uri: &uri, headers: &headers };
    let Known { customer, body } = match deadline.hold(authenticate(&work, &call, body)).await {
        Ok(known) => known,
        Err(refusal) => return Answered::refusing(&refusal, None).beside(refused(&work, None, &refusal, None)),
    };
    // What is too much is not kept either: that would be more of it.
    if let Err(too_often) = work.rates.of_customer(Entrance::Events, customer.id) {
        let refusal = Refusal::TooOften(too_often);
        return Answered::refusing(&refusal, Some(&customer)).beside(refused(&work, Some(&customer), &refusal, None));
    }
    let mut heard = Heard::default();
    let came = Came { caller, headers: &headers, body, deadline };
    match accept(&work, &customer, came, &mut heard).await {
        Ok(Accepted::Recorded) => Answered::with("recorded", &customer).beside(StatusCode::OK.into_response()),
        Ok(Accepted::Opened(link)) => Answered::with("opened", &customer).beside(see_other(&link)),
        Ok(Accepted::Ignored(reason)) => {
            tracing::info!(customer.id = %customer.id, reason, "An event that is not for us was ignored.");
            // One line for all of them: whoever they are about, nothing was asked for.
            let why = Why { kind: RefusalKind::Ignored, status: StatusCode::OK, detail: String::new(), reason };
            refused_event::keep(&work, &customer, &Heard { event: None, ..heard }, why).await;
            Answered::with(RefusalKind::Ignored.name(), &customer).beside(StatusCode::OK.into_response())
        }
        Err(refusal) => {
            let (reason, detail) = (refusal.for_console(), with_causes(&refusal));
            let why = Why { kind: refusal.kind(), status: refusal.status(), reason, detail };
            refused_event::keep(&work, &customer, &heard, why).await;
            Answered::refusing(&refusal, Some(&customer)).beside(refused(&work, Some(&customer), &refusal, heard.pattern))
        }
    }
}

pub(super) fn refused(work: &AtsToHarver, customer: Option<&Customer>, refusal: &Refusal, pattern: Option<Pattern>) -> Response {
    let status = refusal.status();
    let id = customer.map(|customer| customer.id.get());
    tracing::warn!(customer.id = id, http.status = status.as_u16(), reason = with_causes(refusal), "An event was refused.");
    let mut response = (status, Json(refusal.vendor_error(pattern, &work.support_contact))).into_response();
    if status == StatusCode::UNAUTHORIZED {
        for way in ["Basic realm=\"harver-icims\"", SIGNED, "Bearer realm=\"harver-icims\""] {
            response.headers_mut().append(header::WWW_AUTHENTICATE, HeaderValue::from_static(way));
        }
    }
    match refusal {
        Refusal::TooOften(wait) => with_retry_after(response, *wait),
        _ => response,
    }
}

/// The answer to strangers who send too much, in the form that iCIMS shows.
pub fn too_often(path: &str, wait: TooOften, support_contact: &str) -> Response {
    if path == TOKEN_PATH {
        return tokens::too_often(wait);
    }
    let refusal = Refusal::TooOften(wait);
    let answer = with_retry_after((refusal.status(), Json(refusal.vendor_error(None, support_contact))), wait);
    if path.trim_end_matches('/') == START_PATH { Answered::refusing(&refusal, None).beside(answer) } else { answer }
}

/// The answer to an event that was sent to an address of nobody: the right one, in the form that iCIMS shows.
pub fn misdirected(path: &str, support_contact: &str) -> Response {
    let user_message = format!(
        "Harver cannot invite this candidate because iCIMS sent the event to a wrong address. Ask your iCIMS administrator to enter the \
         address that ends in {START_PATH}. If this does not help, contact {support_contact}."
    );
    (StatusCode::NOT_FOUND, Json(VendorError::new(user_message, format!("nothing is at {path}")))).into_response()
}

/// An event that has not been read yet.
struct Came<'a> {
    caller: Option<IpAddr>,
    headers: &'a HeaderMap,
    body: Body,
    deadline: Deadline,
}

async fn accept(work: &AtsToHarver, customer: &Customer, came: Came<'_>, heard: &mut Heard) -> Result<Accepted, Refusal> {
    let Came { caller, headers, body, deadline } = came;
    if let Some(refusal) = from_elsewhere(customer, caller) {
        return Err(refusal);
    }
    heard.body = read_body(headers, body, deadline.left()).await?;
    heard.pattern = pattern_of(&heard.body);
    // Before everything else: whatever is wrong beside it, here is the wrong place to mend it.
    if customer.instance != work.instance {
        return Err(Refusal::OtherInstance { own: customer.instance, endpoint: work.other_instance_url.clone() });
    }
    if customer.ats.at(work.clock.now()).is_none() {
        return Err(Refusal::SwitchedOff);
    }
    let event = match parse_event(&heard.body, customer)? {
        Parsed::Event(event) => heard.event.insert(event).clone(),
        Parsed::Ignored { event_type } => {
            return Ok(Accepted::Ignored(format!("Events of the type {event_type} order nothing.")));
        }
    };
    if let Some(other) = no_trigger(customer, &event) {
        return Ok(Accepted::Ignored(format!("The status {other} is none of the trigger statuses of the integration.")));
    }
    let chosen = match &event.occasion {
        Occasion::ApplicationCompleted { .. } => Pattern::Inline,
        Occasion::StatusChanged(_) => Pattern::AdHoc,
    };
    if !customer.enabled {
        return Err(Refusal::SwitchedOff);
    }
    if !customer.patterns.contains(&chosen) {
        return Err(Refusal::PatternOff(chosen));
    }
    match chosen {
        Pattern::AdHoc if customer.multi_phase => selection::open(work, customer, &event, deadline).await.map(Accepted::Opened),
        Pattern::AdHoc => ad_hoc::order(work, customer, &event, deadline).await.map(|()| Accepted::Recorded),
        Pattern::Inline => inline::order(work, customer, &event, deadline).await.map(Accepted::Opened),
    }
}

/// The refusal of a caller whose address is none of the event sources.
pub(super) fn from_elsewhere(customer: &Customer, caller: Option<IpAddr>) -> Option<Refusal> {
    let sources = &customer.event_sources;
    let is_known = caller.is_some_and(|caller| sources.iter().any(|network| network.contains(caller)));
    (!sources.is_empty() && !is_known).then_some(Refusal::Source(caller))
}

/// Status changes are sent for other statuses too, such as hired; only the configured ones ask for an assessment.
fn no_trigger<'a>(customer: &Customer, event: &'a Event) -> Option<&'a StatusId> {
    match &event.occasion {
        Occasion::ApplicationCompleted { .. } => None,
        Occasion::StatusChanged(change) => {
            let triggers = &customer.trigger_statuses;
            Some(&change.new_status).filter(|status| !triggers.is_empty() && !triggers.contains(status))
        }
    }
}

fn see_other(link: &Url) -> Response {
    let location = HeaderValue::from_str(link.as_str()).expect("a parsed URL is plain ASCII");
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}
