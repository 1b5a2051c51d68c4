//! The Recruiting Workflow profile: card, tabs Details, Screen (with the section Assessments) and History.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::confirm;
use super::desk::{Desk, Refused, Shell, said};
use super::form::Submitted;
use super::job::Fact;
use super::moves::{self, Moved};
use super::read::{self, Assessed, BinChoice};
use super::summary::{self, Said};
use super::vendor;
use crate::icims::model::{ApplicationStep, EventId, NodeId, WorkflowId};
use crate::icims::schema::ProfileType;
use crate::icims::state::CustomerState;
use crate::icims::state::views::{EventRow, LogRow, WorkflowView};
use crate::ui::Page;

/// The columns of the section Assessments, in the order of the data model (assessment-flow 7).
const COLUMNS: [&str; 7] = [
    "Assessment Name",
    "Assessment Date",
    "Assessment Status",
    "Assessment Score",
    "Assessment Result",
    "Assessment Notes",
    "Assessment URL",
];

#[derive(Template)]
#[template(path = "icims/workflow.html")]
struct Details {
    shell: Shell,
    card: WorkflowView,
    tab: &'static str,
    facts: Vec<Fact>,
    bins: Vec<BinChoice>,
    chosen: String,
    warning: String,
}

#[derive(Template)]
#[template(path = "icims/workflow_screen.html")]
struct Screen {
    shell: Shell,
    card: WorkflowView,
    tab: &'static str,
    labels: [&'static str; 7],
    entries: Vec<Assessed>,
    /// What is known while there are no entries.
    asked: Asked,
    messages: Vec<VendorLine>,
    /// Why an event was not sent again; empty if nobody asked.
    refusal: String,
}

/// What iCIMS itself knows of an assessment of which the vendor has reported nothing: the event that went out, and its answer.
struct Asked {
    /// `never`, or an outcome of [`Said`]: for tests, which address outcomes and not words.
    outcome: &'static str,
    what: String,
    advice: &'static str,
}

impl Asked {
    /// Told from the latest event that the vendor took, or else from the latest.
    fn of(newest_first: &[EventRow]) -> Self {
        let Some(row) = newest_first.iter().find(|row| row.success == Some(true)).or(newest_first.first()) else {
            let advice = "Advance the candidate to Send to Harver; the assessment appears here once Harver reports it.";
            return Self { outcome: "never", what: "No assessment yet.".into(), advice };
        };
        let (outcome, at) = (Said::of(row).outcome, &row.at);
        let (what, advice) = match outcome {
            "accepted" => (
                format!("Harver accepted the candidate on {at}, no result yet."),
                "The result appears here once Harver reports it. Once the link in the invitation has run out, advance the candidate again.",
            ),
            "link" => (
                format!("Harver was asked on {at}, no result yet."),
                "The candidate is invited to the packages that were confirmed in Harver. To choose others, advance the candidate again.",
            ),
            "handed-over" => (
                format!("The candidate was taken to the assessment on {at}, no result yet."),
                "The result appears here once Harver reports it. To send an invitation by mail, advance the candidate.",
            ),
            "waiting" => (format!("Harver was asked on {at} and has not answered yet."), ""),
            "failed" => (
                format!("Harver was asked on {at}, and no answer came that could be used."),
                "The message below says what to check.",
            ),
            _ => (format!("Harver was asked on {at} and did not take the candidate."), "Its message below says why."),
        };
        Self { outcome, what, advice }
    }
}

struct VendorLine {
    row: EventRow,
    said: Said,
}

#[derive(Template)]
#[template(path = "icims/workflow_history.html")]
struct History {
    shell: Shell,
    card: WorkflowView,
    tab: &'static str,
    history: Vec<LogRow>,
}

/// `GET /icims2/{customer}/workflows/{workflow}`
pub(super) async fn details(desk: Desk) -> Result<Response, Refused> {
    let id: WorkflowId = desk.id("workflow")?;
    details_page(&desk, id, None, String::new())
}

/// `POST /icims2/{customer}/workflows/{workflow}/status`: Take Action for one candidate.
pub(super) async fn take_action(desk: Desk, Submitted(form): Submitted) -> Result<Response, Refused> {
    let id: WorkflowId = desk.id("workflow")?;
    desk.tenant.read(|state| state.workflow(id).map(|_| ())).ok_or_else(|| desk.missing("recruiting workflow", id))?;
    let Ok(status) = form.text("status").parse::<NodeId>() else {
        return details_page(&desk, id, None, "Choose a status from the list.".into());
    };
    let back = desk.path(&format!("/workflows/{id}"));
    if let Some(question) = confirm::unanswered(&desk, &[id], &status, &form, (format!("{back}/status"), back)) {
        return Ok(question);
    }
    match moves::advance(&desk, &[id], &status).await? {
        Ok(moved) => Ok(summary::go(&desk, &moved)),
        Err(warning) => details_page(&desk, id, Some(status), warning),
    }
}

/// `GET /icims2/{customer}/workflows/{workflow}/screen`
pub(super) async fn screen(desk: Desk) -> Result<Response, Refused> {
    let id: WorkflowId = desk.id("workflow")?;
    screen_page(&desk, id, String::new())
}

/// `POST /icims2/{customer}/workflows/{workflow}/events/{event}/resend`: iCIMS does not repeat events by itself (icims-api 12.1); that
/// recruiters find a button for it here is *assumed*.
pub(super) async fn resend(desk: Desk) -> Result<Response, Refused> {
    let (workflow, event) = (desk.id::<WorkflowId>("workflow")?, desk.id::<EventId>("event")?);
    let belongs = desk.tenant.read(|state| state.event(event).is_some_and(|event| event.workflow == workflow));
    if !belongs {
        return Err(desk.missing("event", event));
    }
    let now = desk.now();
    match said(desk.tenant.write(|state| state.resend(event, now)).await)? {
        Ok(event) => {
            vendor::answered(&desk.icims, desk.shell.customer, &[event]).await;
            Ok(summary::go(&desk, &[Moved { workflow, event: Some(event) }]))
        }
        Err(refusal) => screen_page(&desk, workflow, format!("Nothing was sent. {refusal}")),
    }
}

/// `GET /icims2/{customer}/workflows/{workflow}/history`
pub(super) async fn history(desk: Desk) -> Result<Response, Refused> {
    let (id, shell) = (desk.id::<WorkflowId>("workflow")?, desk.shell.clone());
    let page = desk.tenant.read(|state| {
        let mut card = state.workflow_view(id)?;
        let history = std::mem::take(&mut card.log);
        Some(History { shell, card, tab: "history", history })
    });
    page.map(|page| Page::ok(page).into_response()).ok_or_else(|| desk.missing("recruiting workflow", id))
}

fn screen_page(desk: &Desk, id: WorkflowId, refusal: String) -> Result<Response, Refused> {
    let status = if refusal.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shell = desk.shell.clone();
    let page = desk.tenant.read(|state| {
        let mut card = state.workflow_view(id)?;
        let entries = std::mem::take(&mut card.results).into_iter().map(|row| Assessed::of(state, row)).collect();
        let asked = Asked::of(&card.events);
        let messages = std::mem::take(&mut card.events).into_iter().map(|row| VendorLine { said: Said::of(&row), row }).collect();
        Some(Screen { shell, card, tab: "screen", labels: COLUMNS, entries, asked, messages, refusal })
    });
    page.map(|page| Page(status, page).into_response()).ok_or_else(|| desk.missing("recruiting workflow", id))
}

fn details_page(desk: &Desk, id: WorkflowId, chosen: Option<NodeId>, warning: String) -> Result<Response, Refused> {
    let status = if warning.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shell = desk.shell.clone();
    let page = desk.tenant.read(|state| {
        let card = state.workflow_view(id)?;
        let bins = read::bins(state, card.status_id.as_ref());
        let chosen = chosen.as_ref().or(card.status_id.as_ref()).map_or_else(String::new, ToString::to_string);
        Some(Details { shell, facts: facts(state, &card), card, tab: "details", bins, chosen, warning })
    });
    page.map(|page| Page(status, page).into_response()).ok_or_else(|| desk.missing("recruiting workflow", id))
}

fn facts(state: &CustomerState, view: &WorkflowView) -> Vec<Fact> {
    let label = |field| read::label(state, ProfileType::Workflows, field);
    let application = match view.application {
        None => "Not applied on the portal",
        Some(ApplicationStep::Assessment) => "Incomplete: the assessment has not been started",
        Some(ApplicationStep::LeftForVendor) => "Incomplete: taken to the assessment, not back yet",
        Some(ApplicationStep::Complete) => "Complete",
    };
    let packages = if view.packages.is_empty() { "none".into() } else { view.packages.join(", ") };
    vec![
        Fact { id: "status-text", label: label("status"), value: view.status.clone() },
        Fact { id: "email", label: read::label(state, ProfileType::People, "email"), value: view.email.clone() },
        Fact { id: "source", label: label("source"), value: view.source.clone() },
        Fact { id: "packages", label: read::label(state, ProfileType::Jobs, "assessmenttype"), value: packages },
        Fact { id: "application", label: "Portal application".into(), value: application.into() },
    ]
}
