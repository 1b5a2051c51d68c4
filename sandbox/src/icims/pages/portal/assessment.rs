//! The assessment step: hands the browser over to the vendor, and takes it back at the return URL.
//!
//! The step is at `…/assessment`; the return URL adds `?i=1`, the shape that is seen on real portals (assessment-flow 2.2). Coming
//! back there after having left completes the application (*assumed*: the portal trusts the return, it asks nobody for the result).

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::session;
use super::visitor::{JobView, Shell, Visitor};
use super::{Step, steps};
use crate::icims::model::{ApplicationStep, WorkflowId};
use crate::icims::pages::desk::Refused;
use crate::icims::pages::form::Asked;
use crate::icims::pages::vendor::{self, Reply};
use crate::ui::Page;

#[derive(Template)]
#[template(path = "careers/assessment.html")]
struct Assessment {
    shell: Shell,
    job: JobView,
    steps: Vec<Step>,
    vendor: String,
    started: bool,
    refusal: String,
    /// Where the profile is changed, as long as the job is open.
    profile: Option<String>,
}

/// `GET /careers/{customer}/jobs/{job}/{slug}/assessment`
pub(super) async fn show(visitor: Visitor, Asked(asked): Asked) -> Result<Response, Refused> {
    let job = visitor.job()?;
    let (workflow, step) = match waiting(&visitor, &job) {
        Ok(found) => found,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let back = step == ApplicationStep::LeftForVendor && !asked.text("i").is_empty();
    if back || !session::asks_for_assessment(&visitor, job.id) {
        session::complete(&visitor, workflow).await?;
        return Ok(Redirect::to(&format!("{}/thanks", job.path)).into_response());
    }
    Ok(step_page(visitor, job, step, StatusCode::OK, String::new()))
}

/// `POST /careers/{customer}/jobs/{job}/{slug}/assessment`: sends the event and takes the browser where the vendor says.
pub(super) async fn start(visitor: Visitor) -> Result<Response, Refused> {
    let job = visitor.job()?;
    let (workflow, step) = match waiting(&visitor, &job) {
        Ok(found) => found,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    match vendor::send_to_assessment(&visitor, workflow).await? {
        Reply::Link(address) => Ok(Redirect::to(&address).into_response()),
        Reply::Message(refusal) => Ok(step_page(visitor, job, step, StatusCode::BAD_GATEWAY, refusal)),
    }
}

/// The application that waits for its assessment, or where the browser belongs instead.
fn waiting(visitor: &Visitor, job: &JobView) -> Result<(WorkflowId, ApplicationStep), Box<Response>> {
    let go = |page: &str| Err(Box::new(Redirect::to(&format!("{}/{page}", job.path)).into_response()));
    // Without a session the portal knows nothing of the finished test; the candidate logs in again (assessment-flow 10, row 29).
    let Some(person) = visitor.person() else { return go("login") };
    let found =
        visitor.tenant.read(|state| state.workflow_of(person, job.id).map(|workflow| (workflow.id, workflow.application)));
    match found {
        None => go("profile"),
        Some((id, Some(step @ (ApplicationStep::Assessment | ApplicationStep::LeftForVendor)))) => Ok((id, step)),
        Some(_) => go("thanks"),
    }
}

fn step_page(visitor: Visitor, job: JobView, step: ApplicationStep, status: StatusCode, refusal: String) -> Response {
    let steps = steps(&visitor, &job, "assessment");
    let started = step == ApplicationStep::LeftForVendor;
    let vendor = visitor.tenant.read(|state| state.connection().vendor.clone());
    let profile = visitor.open_job().ok().map(|job| format!("{}/profile", job.path));
    Page(status, Assessment { shell: visitor.shell, job, steps, vendor, started, refusal, profile }).into_response()
}
