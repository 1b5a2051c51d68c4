//! Messages as JSON. The same routes serve `/mailbox/api/messages` and control's `/__sandbox/mail`.

use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{MailFilter, Mailbox, Message, Received};
use crate::ui::{ApiProblem, ApiQuery, Wait};

/// How long `wait` waits when it is not told.
const DEFAULT_WAIT: Duration = Duration::from_secs(10);
/// How many of the other messages a wait in vain shows.
const SHOWN: usize = 10;

/// `{prefix}`, `{prefix}/wait`, `{prefix}/{id}` and `{prefix}/{id}/raw`.
pub(super) fn routes(prefix: &str) -> Router<Mailbox> {
    Router::new()
        .route(prefix, get(list))
        .route(&format!("{prefix}/wait"), get(wait))
        .route(&format!("{prefix}/{{id}}"), get(show))
        .route(&format!("{prefix}/{{id}}/raw"), get(raw))
}

/// The query string of all reading routes. Empty values count as absent, as forms send them.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct MailQuery {
    pub(super) customer: Option<String>,
    pub(super) to: Option<String>,
    pub(super) after: Option<u64>,
    timeout: Option<Wait>,
}

impl MailQuery {
    pub(super) fn filter(&self) -> MailFilter {
        let given = |text: &Option<String>| text.as_deref().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned);
        MailFilter {
            customer: given(&self.customer),
            // A plus sign that was not escaped arrives as a space, which no address of ours holds.
            to: given(&self.to).map(|to| to.replace(' ', "+")),
            after: self.after,
        }
    }
}

/// The message that a path names: by number, or `latest` of those that the filter admits.
pub(super) fn named(mailbox: &Mailbox, id: &str, filter: &MailFilter) -> Option<Received> {
    let id = if id == "latest" { mailbox.newest(filter, 1).first()?.id } else { id.parse().ok()? };
    mailbox.message(id)
}

#[derive(Debug, Serialize)]
struct Messages {
    messages: Vec<Message>,
}

async fn list(State(mailbox): State<Mailbox>, ApiQuery(query): ApiQuery<MailQuery>) -> Json<Messages> {
    Json(Messages { messages: mailbox.find(&query.filter()) })
}

async fn wait(State(mailbox): State<Mailbox>, ApiQuery(query): ApiQuery<MailQuery>) -> Response {
    let timeout = query.timeout.map_or(DEFAULT_WAIT, |Wait(timeout)| timeout);
    match mailbox.wait(&query.filter(), timeout).await {
        Some(message) => Json(message).into_response(),
        None => in_vain(&mailbox, timeout),
    }
}

async fn show(
    State(mailbox): State<Mailbox>,
    Path(id): Path<String>,
    ApiQuery(query): ApiQuery<MailQuery>,
) -> Result<Json<Message>, ApiProblem> {
    named(&mailbox, &id, &query.filter()).map(|received| Json(received.message)).ok_or_else(|| not_found(&id))
}

async fn raw(
    State(mailbox): State<Mailbox>,
    Path(id): Path<String>,
    ApiQuery(query): ApiQuery<MailQuery>,
) -> Result<Response, ApiProblem> {
    named(&mailbox, &id, &query.filter()).map(as_received).ok_or_else(|| not_found(&id))
}

/// The bytes of a message, as text that no browser interprets.
pub(super) fn as_received(received: Received) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    (headers, received.raw().to_vec()).into_response()
}

fn not_found(id: &str) -> ApiProblem {
    let message = format!("There is no message {id}. Ask for the list without an id, or for latest.");
    ApiProblem::new(StatusCode::NOT_FOUND, "message_not_found", message)
}

/// What was there instead, so that a wrong address or customer is seen at a glance.
fn in_vain(mailbox: &Mailbox, timeout: Duration) -> Response {
    let others = mailbox.newest(&MailFilter::default(), SHOWN);
    let seen: Vec<Value> = others
        .iter()
        .map(|other| json!({"id": other.id, "customer": other.customer, "to": other.to, "subject": other.subject}))
        .collect();
    let message = format!(
        "No matching message arrived within {} s. The newest messages of the mailbox are listed in seen: compare customer, to and after.",
        timeout.as_secs_f64()
    );
    let body = json!({"error": {"code": "no_message", "message": message}, "seen": seen});
    (StatusCode::REQUEST_TIMEOUT, Json(body)).into_response()
}
