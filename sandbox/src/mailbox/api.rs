//! Messages as JSON. The same routes serve `/mailbox/api/messages` and control's `/__sandbox/mail`.

use std::time::Duration;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{MailFilter, Mailbox, Message, Received, Words};
use crate::ui::{ApiProblem, ApiQuery, Wait};

/// How long `wait` waits when it is not told.
const DEFAULT_WAIT: Duration = Duration::from_secs(10);
/// How many of the other messages a wait in vain shows.
const SHOWN: usize = 10;

/// `{prefix}`, `{prefix}/wait`, `{prefix}/{id}` and `{prefix}/{id}/raw`, with their description.
pub(super) fn routes(prefix: &str) -> OpenApiRouter<Mailbox> {
    let api = OpenApiRouter::new().routes(routes!(list)).routes(routes!(wait)).routes(routes!(show)).routes(routes!(raw));
    OpenApiRouter::new().nest(prefix, api)
}

/// The query string of all reading routes. Empty values count as absent, as forms send them.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct MailQuery {
    /// Only messages of this iCIMS customer. Those that name none, or one that there is not, are found without.
    pub(super) customer: Option<String>,
    /// Only messages to this address.
    pub(super) to: Option<String>,
    /// Only messages with a greater number.
    pub(super) after: Option<u64>,
    /// Only messages that have all of these words: in subject, addresses, Message-ID, links, text or HTML, whatever the case. At most ten.
    #[param(value_type = Option<String>)]
    q: Option<Words>,
    /// How long to wait, such as `10s`; only `wait` does.
    #[param(value_type = Option<String>)]
    timeout: Option<Wait>,
}

impl MailQuery {
    /// What is looked for, unless the customer is none.
    pub(super) fn filter(&self, mailbox: &Mailbox) -> Result<MailFilter, ApiProblem> {
        let given = |text: &Option<String>| text.as_deref().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned);
        let customer = given(&self.customer);
        if let Some(unknown) = customer.as_ref().filter(|customer| !mailbox.knows(customer)) {
            return Err(unknown_customer(unknown));
        }
        Ok(MailFilter {
            customer,
            // A plus sign that was not escaped arrives as a space, which no address of ours holds.
            to: given(&self.to).map(|to| to.replace(' ', "+")),
            after: self.after,
            words: self.q.clone().unwrap_or_default(),
        })
    }
}

/// The message that a path names: by number, or `latest` of those that the filter admits.
pub(super) async fn named(mailbox: &Mailbox, id: &str, filter: &MailFilter) -> Option<Received> {
    let id = if id == "latest" { mailbox.search(filter, 1).await.first()?.id } else { id.parse().ok()? };
    mailbox.message(id)
}

#[derive(Debug, Serialize, ToSchema)]
struct Messages {
    messages: Vec<Message>,
}

/// Lists the messages that the query admits, newest first.
#[utoipa::path(
    get, path = "", operation_id = "listMail", tag = "mail",
    params(MailQuery), responses((status = 200, body = Messages)),
)]
async fn list(State(mailbox): State<Mailbox>, ApiQuery(query): ApiQuery<MailQuery>) -> Result<Json<Messages>, ApiProblem> {
    Ok(Json(Messages { messages: mailbox.search(&query.filter(&mailbox)?, usize::MAX).await }))
}

/// Waits for a message that the query admits: with `after` the earliest of the newer ones, without it the newest there is.
#[utoipa::path(
    get, path = "/wait", operation_id = "waitForMail", tag = "mail",
    params(MailQuery),
    responses((status = 200, body = Message), (status = 408, description = "No such message arrived in time.", body = ref("#/components/schemas/NoMail"))),
)]
async fn wait(State(mailbox): State<Mailbox>, ApiQuery(query): ApiQuery<MailQuery>) -> Result<Response, ApiProblem> {
    let timeout = query.timeout.map_or(DEFAULT_WAIT, |Wait(timeout)| timeout);
    match mailbox.wait(&query.filter(&mailbox)?, timeout).await {
        Some(message) => Ok(Json(message).into_response()),
        // The customer may have gone meanwhile.
        None => query.filter(&mailbox).map(|_| in_vain(&mailbox, timeout)),
    }
}

/// Reads a message, by its number or as `latest`.
#[utoipa::path(
    get, path = "/{id}", operation_id = "readMail", tag = "mail",
    params(MailQuery), responses((status = 200, body = Message)),
)]
async fn show(
    State(mailbox): State<Mailbox>,
    Path(id): Path<String>,
    ApiQuery(query): ApiQuery<MailQuery>,
) -> Result<Json<Arc<Message>>, ApiProblem> {
    let filter = query.filter(&mailbox)?;
    named(&mailbox, &id, &filter).await.map(|received| Json(received.message)).ok_or_else(|| not_found(&id))
}

/// Reads the bytes of a message.
#[utoipa::path(
    get, path = "/{id}/raw", operation_id = "readRawMail", tag = "mail",
    params(MailQuery), responses((status = 200, content_type = "text/plain", body = String)),
)]
async fn raw(
    State(mailbox): State<Mailbox>,
    Path(id): Path<String>,
    ApiQuery(query): ApiQuery<MailQuery>,
) -> Result<Response, ApiProblem> {
    let filter = query.filter(&mailbox)?;
    named(&mailbox, &id, &filter).await.map(as_received).ok_or_else(|| not_found(&id))
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

fn unknown_customer(customer: &str) -> ApiProblem {
    let message = format!("There is no customer {customer}: GET /__sandbox/customers lists them, POST makes a new one.");
    ApiProblem::new(StatusCode::NOT_FOUND, "unknown_customer", message)
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
