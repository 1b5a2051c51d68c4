//! What operators and load balancers ask: is it alive, is it ready.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::store::{self, Store, StoreError};

/// The routes of this module.
pub fn routes(store: Store) -> Router {
    Router::new().route("/healthz", get(|| async { "alive\n" })).route("/readyz", get(ready)).with_state(store)
}

/// Ready means that the store answers.
async fn ready(State(store): State<Store>) -> (StatusCode, &'static str) {
    match store.read(store::customers).await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            let error: &StoreError = &error;
            tracing::error!(error = error as &dyn std::error::Error, "The integration is not ready.");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
