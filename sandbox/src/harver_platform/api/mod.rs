//! The platform's public API (`harver-platform.md` 9): parse, call a rule, answer.
//!
//! Every answer carries `X-Correlation-Id`; everything but the token endpoint needs a token and counts towards the rate limit.
//! Calls that are published but not simulated are refused by name.

mod account;
mod accounts;
mod applications;
mod candidates;
mod correlation;
mod describe;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod guard;
mod injected;
mod limits;
mod oauth;
mod read;
mod registration;
mod reports;
mod request;
mod subject;
mod vacancies;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::any;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::HarverPlatform;
use crate::engine::{Actor, Observer, observe};

pub(super) use correlation::Correlations;

/// The routes of API and token endpoint, journalled.
pub(super) fn router(platform: &HarverPlatform) -> Router<HarverPlatform> {
    let observer = Arc::new(Observer {
        journal: platform.0.surroundings.journal.clone(),
        clock: platform.clock().clone(),
        actor: Actor::HarverPlatform,
        subject: {
            let platform = platform.clone();
            Arc::new(move |parts, body| subject::subject(&platform, parts, body))
        },
        account: {
            let platform = platform.clone();
            Arc::new(move |parts, body| account::account(&platform, parts, body))
        },
        read_first: |parts| subject::asks_for_a_token(&parts.uri).then_some(limits::TOKEN),
        workflow: subject::named_in,
        refuse: Box::new(injected::refuse),
    });
    let (resources, _) = resources().split_for_parts();
    let resources = resources
        .route("/{*path}", any(error::not_simulated))
        .method_not_allowed_fallback(error::wrong_method)
        .layer(from_fn_with_state(platform.clone(), guard::admit));
    let (tokens, _) = tokens().split_for_parts();
    tokens
        .method_not_allowed_fallback(error::wrong_method)
        .nest(error::ROOT, resources)
        .route("/api", any(error::not_found))
        .route("/api/{*path}", any(error::not_found))
        .route("/oauth/{*path}", any(error::not_simulated))
        .layer(from_fn_with_state(platform.clone(), correlation::correlate))
        .layer(from_fn_with_state(observer, observe))
}

/// What the API offers, as an OpenAPI document.
#[must_use]
pub fn openapi() -> serde_json::Value {
    describe::document(&tokens().nest(error::ROOT, resources()).into_openapi())
}

/// Everything that needs a token, with its description: a route without one does not compile.
fn resources() -> OpenApiRouter<HarverPlatform> {
    OpenApiRouter::new()
        .routes(routes!(accounts::list))
        .routes(routes!(vacancies::list))
        .routes(routes!(candidates::by_email))
        .routes(routes!(vacancies::read, vacancies::change))
        .routes(routes!(registration::create))
        .routes(routes!(candidates::of_vacancy))
        .routes(routes!(applications::find))
        .routes(routes!(applications::read, applications::change, applications::remove))
        .routes(routes!(applications::change_ats_parameters))
        .routes(routes!(applications::reapply_status))
        .routes(routes!(reports::reports_hub))
        .routes(routes!(reports::interview_guide))
        .routes(routes!(reports::development_report))
        .routes(routes!(accounts::candidate_statuses))
}

fn tokens() -> OpenApiRouter<HarverPlatform> {
    OpenApiRouter::new().routes(routes!(oauth::token))
}
