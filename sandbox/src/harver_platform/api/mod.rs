//! The platform's public API (`harver-platform.md` 9): parse, call a rule, answer.
//!
//! Every answer carries `X-Correlation-Id`; everything but the token endpoint needs a token and counts towards the rate limit.
//! Calls that are published but not simulated are refused by name.

mod accounts;
mod applications;
mod candidates;
mod error;
mod guard;
mod injected;
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
use axum::routing::{any, get, patch, post};

use super::HarverPlatform;
use crate::engine::{Actor, Observer, observe};

pub(super) use guard::Window;

/// The routes of API and token endpoint, journalled.
pub(super) fn router(platform: &HarverPlatform) -> Router<HarverPlatform> {
    let observer = Observer {
        journal: platform.0.surroundings.journal.clone(),
        clock: platform.clock().clone(),
        actor: Actor::HarverPlatform,
        subject: {
            let platform = platform.clone();
            Arc::new(move |parts, body| subject::subject(&platform, parts, body))
        },
        refuse: injected::refuse,
    };
    Router::new()
        .nest("/api/v1.0", resources().layer(from_fn_with_state(platform.clone(), guard::admit)))
        .route("/api", any(error::not_found))
        .route("/api/{*path}", any(error::not_found))
        .route("/oauth/token", post(oauth::token).fallback(error::not_simulated))
        .route("/oauth/{*path}", any(error::not_simulated))
        .layer(from_fn_with_state(platform.clone(), guard::correlate))
        .layer(from_fn_with_state(observer, observe))
}

fn resources() -> Router<HarverPlatform> {
    Router::new()
        .route("/accounts", get(accounts::list))
        .route("/accounts/{account}/vacancies", get(vacancies::list))
        .route("/accounts/{account}/candidates", get(candidates::by_email))
        .route("/vacancies/{vacancy}", get(vacancies::read).patch(vacancies::change))
        .route("/vacancies/{vacancy}/applications", post(registration::create))
        .route("/vacancies/{vacancy}/candidates", get(candidates::of_vacancy))
        .route("/applications", get(applications::find))
        .route("/applications/{application}", get(applications::read).patch(applications::change))
        .route("/applications/{application}/ats-parameters", patch(applications::change_ats_parameters))
        .route("/applications/{application}/reapply/status", get(applications::reapply_status))
        .route("/applications/{application}/reports/reports-hub", get(reports::reports_hub))
        .route("/applications/{application}/reports/interview-guides", get(reports::interview_guide))
        .route("/candidate-statuses", get(accounts::candidate_statuses))
        .route("/{*path}", any(error::not_simulated))
        .method_not_allowed_fallback(error::not_simulated)
}
