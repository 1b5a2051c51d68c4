//! The REST API under `/customers` and the token endpoint.
//!
//! Handlers read a request, call one rule of the [`state`](super::state) or one view, and write the answer. What real iCIMS has and
//! this API does not is answered `501` with its name, so that nobody mistakes a gap for a refusal.

mod account;
mod address;
mod auth;
mod definitions;
mod describe;
mod error;
mod extract;
mod fidelity;
mod fields;
mod files;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod gate;
mod injected;
mod limits;
mod lists;
mod place;
mod profiles;
mod quota;
mod search;
mod shown;
mod streams;
mod subject;
mod token;
mod transport;
mod used;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) use error::code_rows;
pub(super) use fidelity::{access_rows, onboarding_rows};
pub(super) use files::download;
pub(super) use quota::Quota;
pub use quota::{Calls, UserCalls};
pub(super) use search::Searches;

use super::Icims;
use super::schema::ProfileType;
use crate::engine::{Actor, Observer, observe};
use error::ApiError;
use extract::not_simulated;

/// Where the customers are.
const PREFIX: &str = "/customers";

/// The API of all customers.
pub(super) fn router(icims: Icims) -> Router {
    let journal = icims.0.surroundings.journal.clone();
    let observer = Arc::new(Observer {
        journal,
        clock: icims.clock().clone(),
        actor: Actor::Icims,
        subject: {
            let icims = icims.clone();
            Arc::new(move |parts, body| subject::subject(&icims, parts, body))
        },
        account: {
            let icims = icims.clone();
            Arc::new(move |parts, body| account::account(&icims, parts, body))
        },
        read_first: |parts| subject::asks_for_a_token(&parts.uri).then_some(limits::TOKEN),
        // Paths tell it.
        workflow: |_| None,
        refuse: {
            let icims = icims.clone();
            Box::new(move |injected| injected::refuse(&icims, injected))
        },
    });
    let (customers, _) = customers().split_for_parts();
    let customers = customers
        .fallback(unknown_endpoint)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(icims.clone(), gate::gate));
    let (others, _) = others().split_for_parts();
    others.nest(PREFIX, customers).layer(from_fn_with_state(observer, observe)).with_state(icims)
}

/// What the API offers, as an OpenAPI document.
#[must_use]
pub fn openapi() -> serde_json::Value {
    describe::document(others().nest(PREFIX, customers()).into_openapi())
}

/// Everything below one customer, with its description: a route without one does not compile.
fn customers() -> OpenApiRouter<Icims> {
    OpenApiRouter::new()
        .routes(routes!(profiles::customer))
        .routes(routes!(profiles::create))
        .routes(routes!(profiles::read, profiles::update, profiles::remove))
        .routes(routes!(fields::read_field, fields::add_entry))
        .routes(routes!(fields::read_entry, fields::update_entry, fields::remove_entry))
        .merge(files::routes())
        .routes(routes!(profiles::read_by_pair))
        .routes(routes!(profiles::status_log))
        .routes(routes!(search::by_query, search::by_body))
        .routes(routes!(search::portals::by_query, search::portals::by_body))
        .routes(routes!(search::portals::filters))
        .routes(routes!(search::portals::job))
        .routes(routes!(definitions::results))
        .routes(routes!(definitions::filters))
        .routes(routes!(definitions::profile))
        .routes(routes!(definitions::field))
        .routes(routes!(lists::names))
        .routes(routes!(lists::top))
        .routes(routes!(lists::below))
        .routes(routes!(lists::below_at_first_address))
}

/// What real iCIMS has on hosts of their own.
fn others() -> OpenApiRouter<Icims> {
    OpenApiRouter::new()
        .routes(routes!(token::token))
        .routes(routes!(streams::streams))
        .routes(routes!(streams::subscriptions))
        .routes(routes!(streams::events))
}

async fn unknown_endpoint(method: Method, uri: Uri) -> ApiError {
    not_simulated(&endpoint(&method, &uri))
}

/// A known path with another method. Other families of the real API end up here, too, and are refused by name.
async fn wrong_method(method: Method, uri: Uri) -> Response {
    let family = uri.path().split('/').nth(2).unwrap_or_default();
    let known = family.is_empty()
        || matches!(family, "search" | "v2" | "lists" | "portals" | "profiledefinitions")
        || ProfileType::of_url(family).is_some();
    if !known {
        return not_simulated(&endpoint(&method, &uri)).into_response();
    }
    ApiError::method(method.as_str()).into_response()
}

/// The request as the journal shows it, without its query.
fn endpoint(method: &Method, uri: &Uri) -> String {
    format!("{method} /customers{}", uri.path())
}
