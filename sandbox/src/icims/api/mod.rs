//! The REST API under `/customers` and the token endpoint.
//!
//! Handlers read a request, call one rule of the [`state`](super::state) or one view, and write the answer. What real iCIMS has and
//! this API does not is answered `501` with its name, so that nobody mistakes a gap for a refusal.

mod auth;
mod error;
mod extract;
mod fields;
mod gate;
mod lists;
mod profiles;
mod quota;
mod search;
mod transport;
mod view;

use axum::Router;
use axum::http::{Method, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

pub(super) use gate::Counted;
pub(super) use quota::Quotas;

use super::Icims;
use super::schema::ProfileType;
use crate::engine::{Actor, Observer, observe};
use error::ApiError;
use extract::not_simulated;

/// The API of all customers.
pub(super) fn router(icims: Icims) -> Router {
    let observer =
        Observer { journal: icims.0.surroundings.journal.clone(), clock: icims.clock().clone(), actor: Actor::Icims, subject };
    let customers = Router::new()
        .route("/{customer}", get(profiles::customer))
        .route("/{customer}/{kind}", post(profiles::create))
        .route("/{customer}/{kind}/{id}", get(profiles::read).patch(profiles::update).delete(profiles::remove))
        .route("/{customer}/{kind}/{id}/fields/{field}", get(fields::read_field).post(fields::add_entry))
        .route(
            "/{customer}/{kind}/{id}/fields/{field}/{entry}",
            get(fields::read_entry).patch(fields::update_entry).delete(fields::remove_entry),
        )
        .route("/{customer}/applicantworkflows/person/{person}/job/{job}", get(profiles::read_by_pair))
        .route("/{customer}/applicantworkflows/{id}/submittalstatuslog", get(profiles::status_log))
        .route("/{customer}/search/{kind}", get(search::by_query).post(search::by_body))
        .route("/{customer}/v2/lists", get(lists::names))
        .route("/{customer}/v2/lists/{list}", get(lists::top))
        .route("/{customer}/v2/lists/{list}/node/{node}", get(lists::below))
        .route("/{customer}/lists/{list}/node/{node}", get(lists::below))
        .fallback(unknown_endpoint)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(transport::one_version))
        .layer(from_fn_with_state(icims.clone(), gate::gate));
    Router::new()
        .nest("/customers", customers)
        .route("/oauth/token", post(auth::token))
        .layer(from_fn_with_state(observer, observe))
        .with_state(icims)
}

async fn unknown_endpoint(method: Method, uri: Uri) -> ApiError {
    not_simulated(&endpoint(&method, &uri))
}

/// A known path with another method. Other families of the real API end up here, too, and are refused by name.
async fn wrong_method(method: Method, uri: Uri) -> Response {
    let family = uri.path().split('/').nth(2).unwrap_or_default();
    let known = family.is_empty() || matches!(family, "search" | "v2" | "lists") || ProfileType::of_url(family).is_some();
    if !known {
        return not_simulated(&endpoint(&method, &uri)).into_response();
    }
    ApiError::method(method.as_str()).into_response()
}

/// The request as the journal shows it, without its query.
fn endpoint(method: &Method, uri: &Uri) -> String {
    format!("{method} /customers{}", uri.path())
}

/// Which customer and workflow a request is about, as its path tells.
fn subject(uri: &Uri) -> (Option<String>, Option<String>) {
    let mut segments = uri.path().split('/').skip(1);
    if segments.next() != Some("customers") {
        return (None, None);
    }
    let digits = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let customer = segments.next().filter(digits).map(str::to_owned);
    let workflow = match segments.next() {
        Some("applicantworkflows") => segments.next().filter(digits).map(str::to_owned),
        _ => None,
    };
    (customer, workflow)
}
