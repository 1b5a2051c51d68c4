//! The career portal: where candidates look for jobs, apply, are handed over to the assessment and come back.
//!
//! Steps and words follow assessment-flow 8. Pages parse, call the rules that the API calls too, and render.

mod apply;
mod assessment;
mod dashboard;
mod jobs;
mod kept;
mod profile;
mod questions;
mod session;
mod visitor;

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};

use crate::icims::Icims;
use crate::icims::pages::desk::Refused;
use crate::ui::Page;
pub(super) use visitor::Visitor;
use visitor::{JobView, Shell};

/// Every page of the portal.
pub(super) fn router() -> Router<Icims> {
    Router::new()
        .route("/careers/{customer}", get(jobs::positions))
        .route("/careers/{customer}/", get(jobs::positions))
        .route("/careers/{customer}/login", get(dashboard::login).post(dashboard::log_in))
        .route("/careers/{customer}/logout", post(dashboard::log_out))
        .route("/careers/{customer}/dashboard", get(dashboard::show))
        .route("/careers/{customer}/jobs/{job}/{slug}/job", get(jobs::position))
        .route("/careers/{customer}/jobs/{job}/{slug}/login", get(apply::email).post(apply::give_email))
        .route("/careers/{customer}/jobs/{job}/{slug}/profile", get(profile::show).post(profile::give))
        .route("/careers/{customer}/jobs/{job}/{slug}/questions", get(questions::show).post(questions::give))
        .route("/careers/{customer}/jobs/{job}/{slug}/assessment", get(assessment::show).post(assessment::start))
        .route("/careers/{customer}/jobs/{job}/{slug}/applied", get(apply::applied))
        .route("/careers/{customer}/jobs/{job}/{slug}/thanks", get(apply::thanks))
        .route("/careers/{customer}/{*rest}", any(nowhere))
}

/// Any address of a portal that is no page of it.
async fn nowhere(visitor: Visitor) -> Refused {
    visitor.no_such_page()
}

/// One step of the application.
struct Step {
    slug: &'static str,
    label: &'static str,
    current: bool,
    done: bool,
}

/// The steps of an application to this job, with the current one marked.
fn steps(visitor: &Visitor, job: &JobView, current: &str) -> Vec<Step> {
    let mut all = vec![("email", "E-mail"), ("profile", "Profile"), ("questions", "Questions")];
    if session::asks_for_assessment(visitor, job.id) || current == "assessment" {
        all.push(("assessment", "Assessment"));
    }
    let at = all.iter().position(|(slug, _)| *slug == current).unwrap_or(all.len());
    let step = |(place, (slug, label))| Step { slug, label, current: place == at, done: place < at };
    all.into_iter().enumerate().map(step).collect()
}

#[derive(Template)]
#[template(path = "careers/message.html")]
struct Message {
    shell: Shell,
    id: &'static str,
    title: &'static str,
    message: String,
    actions: Vec<Action>,
}

struct Action {
    id: &'static str,
    path: String,
    label: &'static str,
}

/// The page at the end of an application.
fn message(visitor: Visitor, id: &'static str, title: &'static str, message: String) -> Response {
    let actions = vec![
        Action { id: "to-dashboard", path: visitor.path("/dashboard"), label: "Go to your dashboard" },
        Action { id: "to-positions", path: visitor.path(""), label: "View All Open Positions" },
    ];
    Page::ok(Message { shell: visitor.shell, id, title, message, actions }).into_response()
}
