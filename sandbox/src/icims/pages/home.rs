//! The recruiter's dashboard: what is open, who applied, how assessments stand, and what to try next.

use askama::Template;

use super::desk::{Desk, Shell};
use super::read::{self, Assessed};
use crate::icims::model::WorkflowId;
use crate::icims::state::CustomerState;
use crate::ui::Page;

/// How many lines each card of the dashboard shows.
const LINES: usize = 6;
/// How many assessments the dashboard shows.
const ASSESSMENTS: usize = 20;

#[derive(Template)]
#[template(path = "icims/home.html")]
pub(super) struct Home {
    shell: Shell,
    portal_path: String,
    jobs: Vec<JobLine>,
    applications: Vec<ApplicationLine>,
    assessments: Vec<AssessmentLine>,
}

struct JobLine {
    id: u64,
    title: String,
    new_submissions: usize,
}

struct ApplicationLine {
    workflow: WorkflowId,
    candidate: String,
    job: String,
    status: String,
}

struct AssessmentLine {
    workflow: WorkflowId,
    candidate: String,
    job: String,
    assessed: Assessed,
}

/// `GET /icims2/{customer}`
pub(super) async fn show(desk: Desk) -> Page<Home> {
    let portal_path = format!("/careers/{}", desk.shell.customer);
    let (jobs, applications, assessments) = desk.tenant.read(|state| (jobs(state), applications(state), assessments(state)));
    Page::ok(Home { shell: desk.shell, portal_path, jobs, applications, assessments })
}

/// Open jobs; the ones with packages first, then the oldest.
fn jobs(state: &CustomerState) -> Vec<JobLine> {
    let mut open: Vec<_> = state.jobs().filter(|job| state.is_open(job)).collect();
    open.sort_by_key(|job| job.assessment_types().is_empty());
    let line = |job: &crate::icims::model::Job| JobLine {
        id: job.id.get(),
        title: read::title_of(job),
        new_submissions: read::new_submissions(state, job.id),
    };
    open.into_iter().take(LINES).map(line).collect()
}

fn applications(state: &CustomerState) -> Vec<ApplicationLine> {
    let line = |workflow: &crate::icims::model::Workflow| {
        let (candidate, job) = read::subject(state, workflow.id);
        let status = workflow.status().map_or_else(String::new, |status| state.status_label(status));
        ApplicationLine { workflow: workflow.id, candidate, job, status }
    };
    state.workflows().rev().take(LINES).map(line).collect()
}

/// The newest result rows, for the final check of the set-up guide: recommendation and report in one place.
fn assessments(state: &CustomerState) -> Vec<AssessmentLine> {
    let mut lines = Vec::new();
    for workflow in state.workflows().rev().filter(|workflow| !workflow.results().is_empty()) {
        let (candidate, job) = read::subject(state, workflow.id);
        let rows = state.workflow_view(workflow.id).map(|view| view.results).unwrap_or_default();
        lines.extend(rows.into_iter().rev().map(|row| AssessmentLine {
            workflow: workflow.id,
            candidate: candidate.clone(),
            job: job.clone(),
            assessed: Assessed::of(state, row),
        }));
        if lines.len() >= ASSESSMENTS {
            break;
        }
    }
    lines.truncate(ASSESSMENTS);
    lines
}
