//! The job profile: card and the tab Detail.

use askama::Template;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};

use super::desk::{Desk, Refused, Shell};
use super::form::Asked;
use super::read;
use crate::icims::model::{Job, JobId, PersonId};
use crate::icims::schema::ProfileType;
use crate::icims::state::CustomerState;
use crate::ui::Page;

/// The top of every page of a job.
pub(super) struct Card {
    pub(super) id: JobId,
    pub(super) title: String,
    pub(super) folder: String,
    pub(super) open: bool,
    pub(super) hiring_manager: String,
    pub(super) new_candidates: usize,
    pub(super) portal_path: String,
}

/// A label with its value, addressed by the field's name.
pub(super) struct Fact {
    pub(super) id: &'static str,
    pub(super) label: String,
    pub(super) value: String,
}

#[derive(Template)]
#[template(path = "icims/job.html")]
struct Detail {
    shell: Shell,
    card: Card,
    tab: &'static str,
    notice: &'static str,
    facts: Vec<Fact>,
    packages_label: String,
    packages: Vec<(String, String)>,
}

/// `GET /customers/{customer}/linkTo/jobs/{job}`, as for people.
pub(super) async fn deep_link(desk: Desk) -> Result<Response, Refused> {
    let id: JobId = desk.id("job")?;
    desk.follow(&format!("/jobs/{id}"))
}

/// `GET /icims2/{customer}/jobs/{job}`
pub(super) async fn detail(desk: Desk, Asked(asked): Asked) -> Result<Response, Refused> {
    let id: JobId = desk.id("job")?;
    let notice = match asked.text("done") {
        "created" => "The job has been created.",
        "saved" => "The changes have been saved.",
        _ => "",
    };
    let (shell, now) = (desk.shell.clone(), desk.now());
    let page = desk.tenant.read(|state| {
        let job = state.job(id)?;
        let package = |node: &crate::icims::model::NodeId| (node.to_string(), read::node_label(state, Some(node)));
        Some(Detail {
            card: card(state, job, shell.customer, now),
            shell,
            tab: "detail",
            notice,
            facts: facts(state, job),
            packages_label: read::label(state, ProfileType::Jobs, "assessmenttype"),
            packages: job.assessment_types().iter().map(package).collect(),
        })
    });
    page.map(|page| Page::ok(page).into_response()).ok_or_else(|| desk.missing("job", id))
}

pub(super) fn card(state: &CustomerState, job: &Job, customer: u64, now: Timestamp) -> Card {
    let since = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
    let rows = state.people_by_bin(job.id).into_iter().flat_map(|panel| panel.rows);
    let new = rows.filter(|row| state.workflow(row.workflow).is_some_and(|workflow| workflow.record.created >= since));
    Card {
        id: job.id,
        title: read::title_of(job),
        folder: read::node_label(state, job.record.node("folder")),
        open: state.is_open(job),
        hiring_manager: person_name(state, job.record.profile("hiringmanager")),
        new_candidates: new.count(),
        portal_path: format!("{}/job", read::portal_path(customer, job)),
    }
}

fn facts(state: &CustomerState, job: &Job) -> Vec<Fact> {
    let fact = |id, value| Fact { id, label: read::label(state, ProfileType::Jobs, id), value };
    let stated = [
        "positioncategory",
        "positiontype",
        "positionlevel",
        "hiretype",
        "department",
        "numberofpositions",
        "numberofpositionsremaining",
    ];
    let stated = stated.into_iter().filter_map(|id| Some(fact(id, read::stated(state, job.record.fields.get(id)?)?)));
    let first = [
        fact("jobid", job.display_id()),
        fact("jobtitle", read::title_of(job)),
        fact("folder", read::node_label(state, job.record.node("folder"))),
        fact("joblocation", read::place(state, job)),
        fact("hiringmanager", person_name(state, job.record.profile("hiringmanager"))),
        fact("recruiter", person_name(state, job.record.profile("recruiter"))),
    ];
    let overview = fact("overview", job.record.text("overview").to_owned());
    first.into_iter().chain(stated).chain([overview]).collect()
}

fn person_name(state: &CustomerState, id: Option<u64>) -> String {
    id.and_then(|id| state.person(PersonId::new(id))).map_or_else(String::new, read::name_of)
}
