//! The recruiter screens under `/icims2/{customer}` and the career portal under `/careers/{customer}`.
//!
//! Pages parse what comes in, call the rules that the API calls too, and render; they hold no state of their own. Words follow
//! assessment-flow 7 to 9. Start at `home`, then follow a candidate: `people_forms`, `person`, `submit`, `people_tab`,
//! `summary`, `workflow`.

mod admin;
mod confirm;
mod desk;
mod form;
mod home;
mod job;
mod job_forms;
mod lost;
mod moves;
mod people_forms;
mod people_tab;
mod person;
mod portal;
mod read;
mod search;
mod start;
mod submit;
mod summary;
mod typed;
mod upload;
mod vendor;
mod workflow;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};

use super::Icims;
use crate::ui::{Problem, refuse_other_sites};

/// The screens of all customers.
pub fn router(icims: Icims) -> Router {
    Router::new()
        .route("/", get(start::show))
        .route("/icims2/{customer}", get(home::show))
        .route("/icims2/{customer}/", get(home::show))
        .route("/icims2/{customer}/search", get(search::quick))
        .route("/icims2/{customer}/summary", get(summary::show))
        .route("/icims2/{customer}/create/job", get(job_forms::blank).post(job_forms::create))
        .route("/icims2/{customer}/create/{entry}", get(people_forms::blank).post(people_forms::create))
        .route("/icims2/{customer}/people", get(search::people))
        .route("/icims2/{customer}/people/{person}", get(person::details))
        .route("/icims2/{customer}/people/{person}/resume", get(person::resume).post(person::upload_resume))
        .route("/icims2/{customer}/people/{person}/workflows", get(person::workflows))
        .route("/icims2/{customer}/people/{person}/edit", get(people_forms::edit).post(people_forms::save))
        .route("/icims2/{customer}/people/{person}/candidate-role", post(people_forms::add_candidate_role))
        .route("/icims2/{customer}/people/{person}/submit", get(submit::choose).post(submit::submit))
        .route("/icims2/{customer}/jobs", get(search::jobs))
        .route("/icims2/{customer}/jobs/{job}", get(job::detail))
        .route("/icims2/{customer}/jobs/{job}/edit", get(job_forms::edit).post(job_forms::save))
        .route("/icims2/{customer}/jobs/{job}/people", get(people_tab::show).post(people_tab::advance))
        .route("/icims2/{customer}/workflows/{workflow}", get(workflow::details))
        .route("/icims2/{customer}/workflows/{workflow}/status", post(workflow::take_action))
        .route("/icims2/{customer}/workflows/{workflow}/screen", get(workflow::screen))
        .route("/icims2/{customer}/workflows/{workflow}/events/{event}/resend", post(workflow::resend))
        .route("/icims2/{customer}/workflows/{workflow}/history", get(workflow::history))
        .route("/icims2/{customer}/{*rest}", any(start::nowhere))
        .route("/customers/{customer}/linkTo/people/{person}", get(person::deep_link))
        .route("/customers/{customer}/linkTo/jobs/{job}", get(job::deep_link))
        .merge(admin::router())
        .merge(portal::router())
        .method_not_allowed_fallback(lost::only_for_forms)
        .fallback(lost::no_such_page)
        .layer(from_fn_with_state(other_site as fn() -> Response, refuse_other_sites))
        .with_state(icims)
}

fn other_site() -> Response {
    Problem::other_site("icims").into_response()
}
