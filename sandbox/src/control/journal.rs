//! One exchange of the journal, and sending its request again: over the API and from the journal's page.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Form, Path, State};
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::world::{Parts, World};
use crate::engine::{
    Actor, Clients, Delivery, EXCHANGE, Exchange, ExchangeId, JournalFilter, Original, Outcome, REPLAY_OF, Sender, Ticket,
};
use crate::ui::ApiProblem;

/// How long a replayed event or webhook may take, as the real ones.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a replayed call of an API may take: longer than the longest latency that a fault rule can cause.
const CALL_TIMEOUT: Duration = Duration::from_secs(330);
/// Headers that belong to one connection or one framing and are made anew.
const FRAMING: [HeaderName; 4] = [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION, header::EXPECT];

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(exchange)).routes(routes!(replay))
}

/// The button of the page.
pub(super) fn pages() -> Router<World> {
    Router::new().route("/journal/{id}/replay", post(replay_from_page))
}

/// What requests are sent again with.
pub(super) struct Replayer {
    sender: Sender,
    clients: Clients,
}

impl Replayer {
    pub(super) fn new(parts: &Parts) -> Self {
        let sender = Sender::new(parts.clock.clone(), parts.journal.clone());
        Self { sender, clients: Clients::new(|builder| builder.timeout(CALL_TIMEOUT)) }
    }
}

/// Why a request is not sent again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// There is no such exchange.
    #[error("There is no exchange {0} in the journal, or it has fallen out. GET /__sandbox/journal lists those there are.")]
    Unknown(String),
    /// It cannot be sent again.
    #[error("Exchange {0} cannot be sent again: {1}.")]
    Refused(ExchangeId, String),
    /// It was sent, and nothing came back in time.
    #[error("Exchange {0} was sent again, and there was no answer in time.")]
    NoAnswer(ExchangeId),
}

impl From<ReplayError> for ApiProblem {
    fn from(error: ReplayError) -> Self {
        let (status, code) = match error {
            ReplayError::Unknown(_) => (StatusCode::NOT_FOUND, "unknown_exchange"),
            ReplayError::Refused(..) => (StatusCode::CONFLICT, "not_replayable"),
            ReplayError::NoAnswer(_) => (StatusCode::GATEWAY_TIMEOUT, "no_answer"),
        };
        Self::new(status, code, error.to_string())
    }
}

/// What came of a request that was sent again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Replayed {
    /// The new exchange.
    pub id: ExchangeId,
    /// The exchange whose request was sent again.
    pub replay_of: ExchangeId,
    /// What came of it this time.
    pub outcome: Outcome,
}

/// Reads one exchange of the journal.
#[utoipa::path(
    get, path = "/__sandbox/journal/{id}", operation_id = "readExchange", tag = "journal",
    responses((status = 200, body = Exchange)),
)]
async fn exchange(State(world): State<World>, Path(id): Path<String>) -> Result<Json<Exchange>, ApiProblem> {
    let found = id.parse().ok().and_then(|id| world.journal().get(id));
    Ok(found.map(|exchange| Json(Exchange::clone(&exchange))).ok_or(ReplayError::Unknown(id))?)
}

/// Sends the request of an exchange again, with its original headers and bytes, and waits for its answer.
#[utoipa::path(
    post, path = "/__sandbox/journal/{id}/replay", operation_id = "replayExchange", tag = "journal",
    responses((status = 200, body = Replayed)),
)]
async fn replay(State(world): State<World>, Path(id): Path<String>) -> Result<Json<Replayed>, ApiProblem> {
    let id = id.parse().map_err(|_| ReplayError::Unknown(id))?;
    Ok(world.replay(id).await.map(Json)?)
}

#[derive(Debug, Deserialize)]
struct Shown {
    #[serde(default)]
    customer: String,
}

async fn replay_from_page(State(world): State<World>, Path(id): Path<String>, Form(shown): Form<Shown>) -> Response {
    let outcome = match id.parse() {
        Ok(id) => world.replay(id).await,
        Err(_) => Err(ReplayError::Unknown(id)),
    };
    let customer = if shown.customer.bytes().all(|byte| byte.is_ascii_digit()) { shown.customer } else { String::new() };
    match outcome {
        Ok(replayed) => {
            let to = format!("/journal?customer={customer}&replayed={}#exchange-{}", replayed.id, replayed.id);
            Redirect::to(&to).into_response()
        }
        Err(error) => super::pages::told(error.into()),
    }
}

impl World {
    /// Sends the request of an exchange again, with its original headers and bytes, and waits for what comes of it.
    ///
    /// # Errors
    /// When there is no such exchange, or it cannot be sent again: mail, what was too large to be kept whole, and what went to a
    /// customer or an address that is not there any more.
    pub async fn replay(&self, id: ExchangeId) -> Result<Replayed, ReplayError> {
        let exchange = self.journal().get(id).ok_or_else(|| ReplayError::Unknown(id.to_string()))?;
        let refused = |why: &str| ReplayError::Refused(id, why.to_owned());
        if exchange.method == "SMTP" {
            return Err(refused("it is mail; hand the message in again over SMTP"));
        }
        let original = self.journal().original(id).ok_or_else(|| refused("its body was too large to be kept whole"))?;
        if let Some(customer) = &exchange.customer {
            self.tenant(customer).map_err(|_| refused(&format!("customer {customer} does not exist any more")))?;
        }
        let before = *self.journal().watch().borrow();
        let new = if exchange.to == Actor::Integration {
            if !self.is_current(&exchange) {
                return Err(refused(&format!("nobody is told at {} any more", exchange.target)));
            }
            Some(self.deliver_again(&exchange, original).await)
        } else {
            self.call_again(&exchange, original).await.ok_or_else(|| refused("its method or its headers cannot be sent"))?
        };
        // A connection that a fault rule breaks off does not say where it is in the journal.
        let newest = || {
            let filter = JournalFilter { after: before, ..JournalFilter::default() };
            self.journal().each(&filter).rev().find(|found| found.replay_of == Some(id))
        };
        let found = new.and_then(|new| self.journal().get(new)).or_else(newest).ok_or(ReplayError::NoAnswer(id))?;
        Ok(Replayed { id: found.id, replay_of: id, outcome: found.outcome.clone() })
    }

    /// Whether an event or a webhook would still go to the address that this one went to.
    fn is_current(&self, exchange: &Exchange) -> bool {
        let Some(tenant) = exchange.customer.as_deref().and_then(|customer| self.tenant(customer).ok()) else { return false };
        let keys = self.keys(&tenant);
        let connected = self.connected(tenant.customer_id);
        let known = [keys.integration.start_url, connected.webhook_url];
        let configured = self.icims().customer(tenant.customer_id).is_some_and(|icims| {
            icims.read(|state| {
                let settings = state.connection();
                let further = settings.further_triggers.iter().map(|trigger| &trigger.endpoint);
                let mut addresses = [&settings.endpoint, &settings.inline_endpoint].into_iter().chain(further).flatten();
                addresses.any(|address| *address == exchange.target)
            })
        });
        configured || known.contains(&exchange.target)
    }

    async fn deliver_again(&self, exchange: &Arc<Exchange>, original: Original) -> ExchangeId {
        let delivery = Delivery {
            from: exchange.from,
            to: exchange.to,
            customer: exchange.customer.clone(),
            workflow: exchange.workflow.clone(),
            url: exchange.target.clone(),
            headers: original.headers,
            body: original.body,
            readable: exchange.request_body.clone(),
            timeout: DELIVERY_TIMEOUT,
            // Only events and webhooks come here; their answers are shown.
            answer_is_secret: false,
            ticket: Ticket::default(),
        };
        // What it is answered is in the journal.
        self.replayer().sender.post_again(delivery, exchange.id).await.1
    }

    /// Calls an API again; where that is in the journal if the answer says so. `None` when it cannot even be sent.
    async fn call_again(&self, exchange: &Exchange, original: Original) -> Option<Option<ExchangeId>> {
        let addresses = self.near();
        let base = if exchange.to == Actor::Icims { &addresses.icims } else { &addresses.platform };
        let method: Method = exchange.method.parse().ok()?;
        let client = self.replayer().clients.to(base);
        let mut request = client.request(method, format!("{base}{}", exchange.target)).body(original.body);
        for (name, value) in &original.headers {
            let name: HeaderName = name.parse().ok()?;
            if !FRAMING.contains(&name) {
                request = request.header(name, value);
            }
        }
        let request = request.header(REPLAY_OF, exchange.id).build().ok()?;
        let answer = client.execute(request).await;
        Some(answer.ok().and_then(|answer| answer.headers().get(EXCHANGE)?.to_str().ok()?.parse().ok()))
    }
}
