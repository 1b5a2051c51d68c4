//! A layer that records what an actor's API was asked and what it answered.

use std::time::Instant;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::clock::Clock;
use super::journal::{Actor, Exchange, Journal, Outcome};

/// The largest request that any API of the sandbox reads. Larger ones are answered `413`.
const REQUEST_LIMIT: usize = 16 * 1024 * 1024;

/// What the layer needs to know of the actor it observes.
#[derive(Clone, Debug)]
pub struct Observer {
    /// Where exchanges are recorded.
    pub journal: Journal,
    /// The virtual clock.
    pub clock: Clock,
    /// The actor that is asked.
    pub actor: Actor,
    /// Which customer and workflow a request belongs to, told from its URL.
    pub subject: fn(&Uri) -> (Option<String>, Option<String>),
}

/// Which customer and workflow an exchange belongs to, where the URL does not tell: a handler attaches it to its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The iCIMS customer.
    pub customer: Option<String>,
    /// The recruiting workflow.
    pub workflow: Option<String>,
}

/// Records one exchange; used with `axum::middleware::from_fn_with_state`.
pub async fn observe(State(observer): State<Observer>, request: Request, next: Next) -> Response {
    let at = observer.clock.now();
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, REQUEST_LIMIT).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "the request body is larger than 16 MiB or was cut short").into_response();
    };
    let (customer, workflow) = (observer.subject)(&parts.uri);
    let told_by_url = Subject { customer, workflow };
    let method = parts.method.to_string();
    let target = parts.uri.path_and_query().map_or_else(|| parts.uri.path().to_owned(), ToString::to_string);
    let carries_secrets = parts.uri.path().contains("/oauth/");
    let request_headers = readable_headers(&parts.headers);
    let request_body = readable_body(&body, carries_secrets);

    let (parts, body) = next.run(Request::from_parts(parts, Body::from(body))).await.into_parts();
    // Answers are made in memory by the actors themselves, so they have no limit of their own.
    let answer = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Subject { customer, workflow } = parts.extensions.get().cloned().unwrap_or(told_by_url);
    observer.journal.record(Exchange {
        id: 0,
        at,
        from: Actor::Integration,
        to: observer.actor,
        customer,
        workflow,
        method,
        target,
        request_headers,
        request_body,
        outcome: Outcome::Answered {
            status: parts.status.as_u16(),
            headers: readable_headers(&parts.headers),
            body: readable_body(&answer, carries_secrets),
        },
        took_ms: started.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
    });
    Response::from_parts(parts, Body::from(answer))
}

fn readable_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect()
}

fn readable_body(body: &Bytes, carries_secrets: bool) -> String {
    if carries_secrets && !body.is_empty() { "(credentials)".into() } else { String::from_utf8_lossy(body).into_owned() }
}
