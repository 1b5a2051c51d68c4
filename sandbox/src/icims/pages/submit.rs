//! Submit to Job, the dialog Submit to a Workflow: choose jobs, move them to the Selected area, submit.
//!
//! The choice lives in the address, so that the dialog works without scripts and survives a reload; double-click is a small script
//! that presses the Add button.

use std::collections::BTreeSet;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::desk::{Desk, Refused, Shell, said};
use super::form::{Asked, Given, Submitted};
use super::person;
use super::read::{self, PAGE};
use super::search::Words;
use crate::icims::aside;
use crate::icims::model::{JobId, PersonId};
use crate::icims::schema::ProfileType;
use crate::icims::state::{CustomerState, Refusal};
use crate::ui::Page;

#[derive(Template)]
#[template(path = "icims/submit.html")]
struct Dialog {
    shell: Shell,
    person: PersonId,
    name: String,
    q: String,
    refusal: String,
    jobs: Vec<JobLine>,
    more: bool,
    selected: Vec<SelectedJob>,
}

struct JobLine {
    id: JobId,
    title: String,
    taken: bool,
}

struct SelectedJob {
    id: JobId,
    title: String,
}

/// `GET /icims2/{customer}/people/{person}/submit`
pub(super) async fn choose(desk: Desk, Asked(asked): Asked) -> Result<Response, Refused> {
    let id: PersonId = desk.id("person")?;
    let refusal = desk.tenant.read(|state| state.person(id).map(person::refusal)).ok_or_else(|| desk.missing("person", id))?;
    if !refusal.is_empty() {
        return Ok(desk.go(&format!("/people/{id}")));
    }
    dialog(&desk, id, &asked, String::new()).await
}

/// `POST /icims2/{customer}/people/{person}/submit`
pub(super) async fn submit(desk: Desk, Submitted(form): Submitted) -> Result<Response, Refused> {
    let id: PersonId = desk.id("person")?;
    desk.tenant.read(|state| state.person(id).map(|_| ())).ok_or_else(|| desk.missing("person", id))?;
    let jobs: Vec<_> = form.ids("selected").into_iter().map(JobId::new).collect();
    if jobs.is_empty() {
        return dialog(&desk, id, &form, "Move at least one job to the Selected area first.".into()).await;
    }
    match submit_to_jobs(&desk, id, &jobs).await? {
        Ok(()) => Ok(desk.go(&format!("/people/{id}/workflows?done=submitted"))),
        Err(refusal) => dialog(&desk, id, &form, refusal.to_string()).await,
    }
}

/// Submits to all jobs or to none: everything is checked before the first workflow is made.
async fn submit_to_jobs(desk: &Desk, person: PersonId, jobs: &[JobId]) -> Result<Result<(), Refusal>, Refused> {
    let now = desk.now();
    let outcome = desk
        .tenant
        .write(|state| {
            let by = state.recruiter();
            for id in jobs {
                let job = state.job(*id).ok_or(Refusal::NotFound(ProfileType::Jobs))?;
                if !state.is_open(job) {
                    return Err(Refusal::JobNotOpen { title: read::title_of(job) });
                }
                if let Some(existing) = state.workflow_of(person, *id) {
                    return Err(Refusal::DuplicateWorkflow { existing: existing.id });
                }
            }
            state.check_profile_room(ProfileType::Workflows, jobs.len())?;
            jobs.iter().try_for_each(|job| state.submit(person, *job, by, now).map(|_| ()))
        })
        .await;
    said(outcome)
}

async fn dialog(desk: &Desk, id: PersonId, given: &Given, refusal: String) -> Result<Response, Refused> {
    let (q, removed) = (given.text("q").to_owned(), given.ids("remove").into_iter().collect::<BTreeSet<_>>());
    let chosen: Vec<JobId> = given.ids("selected").into_iter().filter(|id| !removed.contains(id)).map(JobId::new).collect();
    let status = if refusal.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shell = desk.shell.clone();
    let look = move |state: &CustomerState| {
        let person = state.person(id)?;
        let mut jobs = open_jobs(state, id, &q, &chosen);
        let more = jobs.len() > PAGE;
        jobs.truncate(PAGE);
        let known = chosen.iter().filter_map(|id| state.job(*id));
        let selected = known.map(|job| SelectedJob { id: job.id, title: read::title_of(job) }).collect();
        Some(Dialog { shell, person: id, name: read::name_of(person), q, refusal, jobs, more, selected })
    };
    let page = aside::go_through(&desk.tenant, ProfileType::Jobs, look).await;
    page.map(|page| Page(status, page).into_response()).ok_or_else(|| desk.missing("person", id))
}

/// Open jobs that are not selected yet, newest first.
fn open_jobs(state: &CustomerState, person: PersonId, q: &str, chosen: &[JobId]) -> Vec<JobLine> {
    let (words, chosen) = (Words::of(q), chosen.iter().copied().collect::<BTreeSet<_>>());
    let jobs = state.jobs().rev().filter(|job| state.is_open(job) && words.fit_job(job) && !chosen.contains(&job.id));
    let line =
        jobs.map(|job| JobLine { id: job.id, title: read::title_of(job), taken: state.workflow_of(person, job.id).is_some() });
    line.take(PAGE + 1).collect()
}
