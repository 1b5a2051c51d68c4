//! What operators and load balancers ask: is it alive, is it ready, how much waits and for whom, how everything comes out.

mod metrics;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::clock::Clock;
use crate::meter::Meter;
use crate::store::Store;

/// What is asked about.
#[derive(Clone)]
pub(crate) struct Ops {
    /// The integration's memory.
    pub store: Store,
    /// The present.
    pub clock: Clock,
    /// What happens in this process.
    pub meter: Meter,
}

/// The routes of this module.
pub(crate) fn routes(ops: Ops) -> Router {
    described().with_state(ops).into()
}

/// The routes with their description.
pub(crate) fn described() -> OpenApiRouter<Ops> {
    OpenApiRouter::new().routes(routes!(alive)).routes(routes!(ready)).routes(routes!(metrics::metrics))
}

/// Says that the process runs.
#[utoipa::path(
    get, path = "/healthz", operation_id = "readHealth", tag = "operations", security(()),
    responses((status = 200, description = "It runs.", body = String, content_type = "text/plain")),
)]
async fn alive() -> &'static str {
    "alive\n"
}

/// Says whether events can be taken: what comes can be committed. Nothing is written for it, and no row is read.
#[utoipa::path(
    get, path = "/readyz", operation_id = "readReadiness", tag = "operations", security(()),
    responses(
        (status = 200, description = "Events can be taken.", body = String, content_type = "text/plain"),
        (status = 503, description = "Nothing can be committed; the log says why.", body = String, content_type = "text/plain"),
    ),
)]
async fn ready(State(Ops { store, .. }): State<Ops>) -> (StatusCode, &'static str) {
    match store.ready().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "The integration is not ready.");
            (StatusCode::SERVICE_UNAVAILABLE, "nothing can be committed; the log says why\n")
        }
    }
}
