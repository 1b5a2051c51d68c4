//! What the candidate and the reader of a report see; `desk` is what recruiters and administrators see.
//!
//! A magic link signs the browser in with a cookie and leads to `/app/journey/{application}`, which always goes on at the step the
//! candidate is at: landing page, one page per module, End Page. Every form works without scripts, posts to its own address and is
//! answered with a redirect, so that reload and back button do no harm.

mod code;
mod desk;
mod end;
mod journey;
mod landing;
mod notice;
mod pdf;
mod report;
mod session;
mod wording;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::HarverPlatform;
use crate::ui::{Problem, refuse_other_sites};

/// The routes of all pages.
pub(super) fn router() -> Router<HarverPlatform> {
    Router::new()
        .route("/", get(notice::front))
        .route("/app/terms", get(notice::terms))
        .route("/app/landing/{vacancy}", get(notice::invitation_needed))
        .route("/app/landing/{vacancy}/magic-link/{token}", get(landing::follow_link))
        .route("/app/landing/{vacancy}/magic-link/{token}/code", get(code::show).post(code::send))
        .route("/app/landing/{vacancy}/magic-link/{token}/code/confirm", get(code::show).post(code::confirm))
        .route("/app/journey/{application}", get(journey::go_on))
        .route("/app/journey/{application}/landing", get(landing::show).post(landing::start))
        .route("/app/journey/{application}/modules/{module}", get(journey::show).post(journey::answer))
        .route("/app/journey/{application}/end", get(end::show))
        .route("/app/journey/{application}/completed", get(end::show_completed))
        .route("/reports-hub", get(report::reports_hub))
        .route("/reports/candidate-report", get(report::candidate_report))
        .route("/reports/fact-sheet", get(report::fact_sheet))
        .route("/reports/interview-guide", get(report::interview_guide))
        .route("/reports/development-report", get(report::development_report))
        .route("/reports/download", get(report::download))
        .merge(desk::router())
        .route_layer(from_fn_with_state(other_site as fn() -> Response, refuse_other_sites))
        .method_not_allowed_fallback(notice::only_for_forms)
        .fallback(notice::not_found)
}

fn other_site() -> Response {
    Problem::other_site("harver").into_response()
}
