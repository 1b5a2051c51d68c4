//! The tab People of a job: a panel per bin, check boxes, and Advance and Reject at the bottom.

use std::collections::BTreeSet;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::desk::{Desk, Refused, Shell};
use super::form::{Asked, Given, Submitted};
use super::job::{self, Card};
use super::read::{self, BinChoice};
use super::{confirm, moves, summary};
use crate::icims::model::{JobId, Node, NodeId, WorkflowId};
use crate::icims::state::CustomerState;
use crate::icims::state::views::{ApplicantRow, BinPanel};
use crate::icims::urls::title_slug;
use crate::ui::Page;

/// Where Reject moves candidates: the bin of this name (*assumed* label, spec of the sample tenant).
pub(super) const REJECTED_BIN: &str = "Not Selected";

/// How many people a panel shows.
const PANEL: usize = 200;

#[derive(Template)]
#[template(path = "icims/job_people.html")]
struct People {
    shell: Shell,
    card: Card,
    tab: &'static str,
    notice: &'static str,
    refusal: String,
    panels: Vec<Panel>,
    bins: Vec<BinChoice>,
    reject: String,
    /// The status under which the red warning of a forced workflow stands.
    warned: String,
    warning: String,
}

struct Panel {
    slug: String,
    bin: String,
    /// How many people the bin has; `rows` are the newest of them.
    count: usize,
    rows: Vec<Line>,
}

struct Line {
    row: ApplicantRow,
    tone: &'static str,
    source: String,
    chosen: bool,
}

/// What went wrong with an attempt to advance.
#[derive(Default)]
struct Trouble {
    refusal: String,
    warned: String,
    warning: String,
}

/// `GET /icims2/{customer}/jobs/{job}/people`
pub(super) async fn show(desk: Desk, Asked(asked): Asked) -> Result<Response, Refused> {
    let id: JobId = desk.id("job")?;
    tab(&desk, id, &asked, Trouble::default())
}

/// `POST /icims2/{customer}/jobs/{job}/people`: advance or reject everyone who is ticked, then show the Summary.
pub(super) async fn advance(desk: Desk, Submitted(form): Submitted) -> Result<Response, Refused> {
    let id: JobId = desk.id("job")?;
    let Ok(status) = form.text("status").parse::<NodeId>() else {
        let refusal = "Choose a status from the Advance menu.".into();
        return tab(&desk, id, &form, Trouble { refusal, ..Trouble::default() });
    };
    let here: Vec<_> = desk.tenant.read(|state| {
        let ticked = form.ids("workflow").into_iter().map(WorkflowId::new);
        ticked.filter(|workflow| state.workflow(*workflow).is_some_and(|workflow| workflow.job == id)).collect()
    });
    if here.is_empty() {
        let refusal = "Tick at least one candidate, then choose what to do.".into();
        return tab(&desk, id, &form, Trouble { refusal, ..Trouble::default() });
    }
    if let Some(question) = confirm::unanswered(&desk, &here, &status, &form, addresses(&desk, id, &here)) {
        return Ok(question);
    }
    match moves::advance(&desk, &here, &status).await? {
        Ok(moved) => Ok(summary::go(&desk, &moved)),
        Err(warning) => tab(&desk, id, &form, Trouble { warned: status.to_string(), warning, ..Trouble::default() }),
    }
}

/// Where an answer goes, and the way back with everybody still ticked.
fn addresses(desk: &Desk, id: JobId, ticked: &[WorkflowId]) -> (String, String) {
    let people = desk.path(&format!("/jobs/{id}/people"));
    let pairs = ticked.iter().map(|workflow| ("workflow", workflow.to_string()));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let back = format!("{people}?{query}");
    (people, back)
}

fn tab(desk: &Desk, id: JobId, given: &Given, trouble: Trouble) -> Result<Response, Refused> {
    let fine = trouble.refusal.is_empty() && trouble.warning.is_empty();
    let status = if fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (shell, now) = (desk.shell.clone(), desk.now());
    let ticked = given.ids("workflow").into_iter().collect();
    let page = desk.tenant.read(|state| {
        let job = state.job(id)?;
        Some(People {
            card: job::card(state, job, shell.customer, now),
            shell,
            tab: "people",
            notice: "",
            refusal: trouble.refusal,
            panels: panels(state, id, &ticked),
            bins: read::bins(state, None),
            reject: rejection(state).map_or_else(String::new, |id| id.to_string()),
            warned: trouble.warned,
            warning: trouble.warning,
        })
    });
    page.map(|page| Page(status, page).into_response()).ok_or_else(|| desk.missing("job", id))
}

/// One panel per bin that has somebody in it, in the customer's order; the first, New Submissions, always. Newest people first.
fn panels(state: &CustomerState, job: JobId, ticked: &BTreeSet<u64>) -> Vec<Panel> {
    let bins = state.people_by_bin(job).into_iter().enumerate();
    let shown = bins.filter(|(place, bin)| *place == 0 || !bin.rows.is_empty());
    let line = |row: ApplicantRow| Line {
        tone: read::assessment_tone(state, &row.assessment),
        chosen: ticked.contains(&row.workflow.get()),
        source: state.workflow(row.workflow).map_or_else(String::new, |workflow| workflow.record.text("source").to_owned()),
        row,
    };
    let panel = |bin: BinPanel| Panel {
        slug: title_slug(&bin.label),
        bin: bin.label,
        count: bin.rows.len(),
        rows: bin.rows.into_iter().rev().take(PANEL).map(line).collect(),
    };
    shown.map(|(_, bin)| panel(bin)).collect()
}

/// The status that Reject means: the first one of the bin for rejections.
fn rejection(state: &CustomerState) -> Option<NodeId> {
    let bin = state.bins().into_iter().find(|bin| bin.label == REJECTED_BIN)?;
    bin.statuses.into_iter().find(Node::is_offered).map(|node| node.id)
}
