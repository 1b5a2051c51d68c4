//! The screens of recruiters and administrators: vacancies, their candidates, and the Candidate Detail Page (`harver-platform.md` 7, 10).
//!
//! Whoever is not signed in gets the sign-in form at whatever address was asked for. Pages show the vacancies and candidates of the own
//! account; those of others are not there. Every form works without scripts, and a wrong value comes back with a message at its field.

mod candidate;
mod candidates;
mod fields;
mod flow;
mod matching;
mod overview;
mod settings;
mod sign_in;
mod vacancy;
mod visitor;

use axum::Router;
use axum::routing::{get, post};

use crate::harver_platform::HarverPlatform;

/// The routes of all screens.
pub(super) fn router() -> Router<HarverPlatform> {
    Router::new()
        .route("/app/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/app/sign-out", post(sign_in::sign_out))
        .route("/app/vacancies", get(overview::show))
        .route("/app/vacancies/new", get(overview::blank).post(overview::create))
        .route("/app/vacancies/{vacancy}", get(settings::basics).post(settings::save_basics))
        .route("/app/vacancies/{vacancy}/status", post(vacancy::set_status))
        .route("/app/vacancies/{vacancy}/matching-profile", get(matching::show).post(matching::save))
        .route("/app/vacancies/{vacancy}/flow", get(flow::show).post(flow::save))
        .route("/app/vacancies/{vacancy}/end-page", get(settings::end_page).post(settings::save_end_page))
        .route("/app/vacancies/{vacancy}/communication", get(settings::communication).post(settings::save_communication))
        .route("/app/vacancies/{vacancy}/reapply", get(settings::reapply).post(settings::save_reapply))
        .route("/app/vacancies/{vacancy}/candidates", get(candidates::show))
        .route("/app/candidates/{application}", get(candidate::show))
        .route("/app/candidates/{application}/reports", post(candidate::open_report))
}
