//! The endpoints under `/__sandbox/`. Answers and errors are JSON; an error says what to do.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};
use tokio::sync::watch;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ControlError;
use super::opening::NewTenantWish;
use super::ready::TenantKeys;
use super::tenants::TenantRecord;
use super::world::{Pending, World};
use crate::engine::{CallUnderWay, Exchange, ExchangeId, JournalFilter, read_json};
use crate::reference::Document;
use crate::ui::{ApiProblem, ApiQuery, Wait};

/// The largest request body: a name or a duration.
const BODY_LIMIT: usize = 16 * 1024;
/// What there is, for whoever asks for something else.
static ENDPOINTS: LazyLock<String> = LazyLock::new(|| {
    let mut named = Vec::new();
    Document::new(&super::described().into_openapi(), "", "").for_each(|operation| {
        if let Some(path) = operation.path.strip_prefix("/__sandbox/") {
            named.push(format!("{} {path}", operation.method.to_uppercase()));
        }
    });
    named.join(", ")
});

/// The endpoints of this module, with their description.
pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(health)).routes(routes!(reset)).routes(routes!(customers, open_customer))
}

/// Those that may wait for something to happen.
pub(super) fn long_polls() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(journal))
}

/// The answer to everything else under `/__sandbox`.
pub(super) fn refusals() -> Router<World> {
    Router::new().route("/__sandbox", any(unknown)).route("/__sandbox/", any(unknown)).route("/__sandbox/{*path}", any(unknown))
}

/// Lets a stopping server answer those who are waiting for something instead of waiting for them.
pub(super) async fn end_when_stopping(
    State(mut stopping): State<watch::Receiver<bool>>,
    request: Request,
    next: Next,
) -> Response {
    let stopped = async {
        // A sender that is gone has stopped, too.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    };
    tokio::select! {
        response = next.run(request) => response,
        () = stopped => ApiProblem::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", "The sandbox is stopping. Start it again.").into_response(),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CustomerQuery {
    /// Only what belongs to this customer.
    customer: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Health {
    status: &'static str,
    seed: u64,
    #[schema(value_type = String, format = DateTime)]
    clock: Timestamp,
    /// Whether an integration tells what it has still to do. Otherwise nothing of it is pending as far as anybody knows.
    integration: bool,
    pending: Pending,
}

/// Says that the sandbox is ready, and what is not finished.
#[utoipa::path(
    get, path = "/__sandbox/health", operation_id = "readHealth", tag = "world",
    params(CustomerQuery),
    responses((status = 200, body = Health), (status = 503, body = ref("#/components/schemas/Problem"))),
)]
async fn health(State(world): State<World>, ApiQuery(query): ApiQuery<CustomerQuery>) -> Result<Json<Health>, ControlError> {
    if !world.is_ready() {
        return Err(ControlError::Starting);
    }
    let pending = world.pending(query.customer.as_deref().filter(|customer| !customer.is_empty())).await?;
    Ok(Json(Health {
        status: "ok",
        seed: world.seed(),
        clock: world.clock().now(),
        integration: world.knows_integration(),
        pending,
    }))
}

/// Brings back what a first start makes; answers the sample tenant's keys.
#[utoipa::path(
    post, path = "/__sandbox/reset", operation_id = "reset", tag = "world",
    responses((status = 200, body = TenantKeys)),
)]
async fn reset(State(world): State<World>) -> Result<Json<TenantKeys>, ControlError> {
    // In a task of its own, as a caller who goes away must not leave half a world.
    in_full(async move { world.reset().await }).await.map(Json)
}

#[derive(Debug, Serialize, ToSchema)]
struct Customers {
    customers: Vec<Listed>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Listed {
    customer_id: String,
    name: String,
    account_id: String,
}

/// Lists the customers.
#[utoipa::path(
    get, path = "/__sandbox/customers", operation_id = "listCustomers", tag = "customers",
    responses((status = 200, body = Customers)),
)]
async fn customers(State(world): State<World>) -> Json<Customers> {
    let listed = |tenant: TenantRecord| Listed {
        customer_id: tenant.customer_id.to_string(),
        name: tenant.name,
        account_id: tenant.account_id,
    };
    let customers: Vec<Listed> = world.tenants().into_iter().map(listed).collect();
    Json(Customers { customers })
}

#[derive(Debug, Default, Deserialize, ToSchema)]
struct OpenCustomer {
    /// The company's name; one is chosen if it is left out.
    name: Option<String>,
    /// The customer's number; the next free one is chosen if it is left out.
    id: Option<u64>,
    /// False leaves the two systems unconnected, as before the guide's first line: no package in the lists, no event endpoint, no
    /// integration in the console.
    connected: Option<bool>,
}

/// Opens a fresh, isolated customer; answers its addresses and credentials.
#[utoipa::path(
    post, path = "/__sandbox/customers", operation_id = "openCustomer", tag = "customers",
    request_body = Option<OpenCustomer>,
    responses((status = 200, body = TenantKeys), (status = 409, body = ref("#/components/schemas/Problem"))),
)]
async fn open_customer(
    State(world): State<World>,
    ApiBody(wanted): ApiBody<OpenCustomer>,
) -> Result<Json<TenantKeys>, ControlError> {
    let OpenCustomer { name, id, connected } = wanted;
    let wanted = NewTenantWish { name, id, unconnected: connected == Some(false) };
    Ok(Json(in_full(async move { world.open_customer(wanted).await }).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct JournalQuery {
    /// Only exchanges of this customer.
    customer: Option<String>,
    /// Only exchanges of this workflow.
    workflow: Option<String>,
    /// Only exchanges after this one.
    after: Option<ExchangeId>,
    /// How long to wait for the first one, such as `10s`.
    #[param(value_type = Option<String>)]
    wait: Option<Wait>,
}

/// How many exchanges one answer holds at the most; `after` leads to the next ones.
const EXCHANGES: usize = 1_000;
/// How many calls under way one answer holds at the most: those that have begun first.
const UNDER_WAY: usize = 200;

#[derive(Debug, Serialize, ToSchema)]
struct Exchanges {
    #[schema(value_type = Vec<Exchange>)]
    #[serde(serialize_with = "each")]
    exchanges: Vec<Arc<Exchange>>,
    /// The calls of this customer or workflow that have no outcome yet, the one that has begun first first; up to 200.
    under_way: Vec<CallUnderWay>,
}

fn each<S: Serializer>(exchanges: &[Arc<Exchange>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(exchanges.iter().map(Arc::as_ref))
}

/// Reads what crossed the wire, oldest first, up to 1,000 exchanges; `wait` waits for one, or until the customer is gone. Calls that are
/// still under way when it answers are listed apart: an exchange has an outcome.
///
/// `from` is told by account and connection together. It is `integration` for a call that uses the account of the customer's integration
/// over the integration's connection: one that began with the declared `User-Agent` (`--integration-agent`), or else a connection of the
/// program, by address and `User-Agent`, that was the first to use the account and has a connection open. It is `tester` for programs with
/// which people try out an API, such as curl or a browser, and `other` for every other program, whatever credentials it has.
#[utoipa::path(
    get, path = "/__sandbox/journal", operation_id = "readJournal", tag = "journal",
    params(JournalQuery), responses((status = 200, body = Exchanges)),
)]
async fn journal(State(world): State<World>, ApiQuery(query): ApiQuery<JournalQuery>) -> Result<Json<Exchanges>, ControlError> {
    query.customer.as_deref().map(|customer| world.tenant(customer)).transpose()?;
    let filter = JournalFilter { customer: query.customer, workflow: query.workflow, after: query.after.unwrap_or(0) };
    let mut recorded = world.journal().watch();
    let found = async {
        loop {
            recorded.borrow_and_update();
            let found: Vec<_> = world.journal().each(&filter).take(EXCHANGES).collect();
            if !found.is_empty() || recorded.changed().await.is_err() {
                return found;
            }
        }
    };
    let gone = async {
        match &filter.customer {
            Some(customer) => world.until_gone(customer).await,
            None => std::future::pending().await,
        }
    };
    let wait = query.wait.map_or(Duration::ZERO, |Wait(wait)| wait);
    let found = async {
        tokio::select! {
            biased;
            found = found => Ok(found),
            error = gone => Err(error),
        }
    };
    let exchanges = tokio::time::timeout(wait, found).await.unwrap_or_else(|_| Ok(Vec::new()))?;
    let mut under_way = world.journal().under_way(&filter);
    under_way.truncate(UNDER_WAY);
    Ok(Json(Exchanges { exchanges, under_way }))
}

/// Runs to its end whether or not the caller is still there.
pub(super) async fn in_full<T: Send + 'static>(
    work: impl Future<Output = Result<T, ControlError>> + Send + 'static,
) -> Result<T, ControlError> {
    tokio::spawn(work).await.unwrap_or_else(|error| Err(ControlError::Sample(error.into())))
}

async fn unknown(uri: Uri) -> ApiProblem {
    let message = format!("There is no {}. Under /__sandbox/ there are: {}.", uri.path(), *ENDPOINTS);
    ApiProblem::new(StatusCode::NOT_FOUND, "no_such_endpoint", message)
}

pub(super) async fn wrong_method(uri: Uri) -> ApiProblem {
    let message = format!("{} does not know this method. Under /__sandbox/ there are: {}.", uri.path(), *ENDPOINTS);
    ApiProblem::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", message)
}

/// A JSON body, whatever its content type is said to be; an empty one and `null` count as `{}`.
#[derive(Debug)]
pub(super) struct ApiBody<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiBody<T> {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Self::Rejection> {
        let too_large = |_| {
            let message = format!(
                "The body is larger than {BODY_LIMIT} bytes, or was cut short. A name or a duration is all that is needed."
            );
            ApiProblem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
        };
        let body = to_bytes(request.into_body(), BODY_LIMIT).await.map_err(too_large)?;
        let body = if matches!(body.trim_ascii(), b"" | b"null") { Bytes::from_static(b"{}") } else { body };
        let wrong = |error: serde_json::Error| {
            ApiProblem::new(StatusCode::BAD_REQUEST, "bad_json", format!("The body cannot be read as JSON: {error}."))
        };
        read_json(&body).map(Self).map_err(wrong)
    }
}
