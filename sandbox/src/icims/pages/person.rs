//! The person profile: card with role and actions, tabs Resume / Details and Workflows.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::desk::{Desk, Refused, Shell, said};
use super::form::{Asked, Field};
use super::read;
use super::upload::{self, Uploaded};
use crate::icims::api::download;
use crate::icims::model::{Entry, Person, PersonId, Value};
use crate::icims::schema::ProfileType;
use crate::icims::state::files::{FilePlace, HeldFile};
use crate::icims::state::views::{PersonOnboarding, PersonWorkflow};
use crate::icims::state::{CustomerState, date_time_text};
use crate::ui::Page;

/// The top of every page of a person.
pub(super) struct Card {
    id: PersonId,
    name: String,
    role: String,
    tone: &'static str,
    folder: String,
    /// Why the person cannot be submitted to a job; empty if nothing stands in the way.
    refusal: String,
}

#[derive(Template)]
#[template(path = "icims/person.html")]
struct Details {
    shell: Shell,
    card: Card,
    tab: &'static str,
    notice: &'static str,
    labels: (String, String, String, String, String),
    first_name: String,
    last_name: String,
    email: String,
    phones: Vec<String>,
    addresses: Vec<String>,
    background: [Background; 2],
    resume: Option<Resume>,
    field: Field,
}

/// Work experience or education.
struct Background {
    field: &'static str,
    label: String,
    /// One for each entry, newest first.
    lines: Vec<String>,
}

/// What the profile says of the uploaded résumé.
struct Resume {
    name: String,
    size: u64,
    uploaded: String,
}

#[derive(Template)]
#[template(path = "icims/person_workflows.html")]
struct Workflows {
    shell: Shell,
    card: Card,
    tab: &'static str,
    notice: &'static str,
    workflows: Vec<WorkflowLine>,
    onboardings: Vec<PersonOnboarding>,
}

struct WorkflowLine {
    row: PersonWorkflow,
    assessment: String,
    tone: &'static str,
}

/// `GET /icims2/{customer}/people/{person}`
pub(super) async fn details(desk: Desk, Asked(asked): Asked) -> Result<Response, Refused> {
    let id: PersonId = desk.id("person")?;
    details_page(&desk, id, notice(asked.text("done")), String::new())
}

fn details_page(desk: &Desk, id: PersonId, notice: &'static str, error: String) -> Result<Response, Refused> {
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = desk.tenant.read(|state| seen(state, desk.shell.clone(), id, notice, error));
    page.map(|page| Page(status, page).into_response()).ok_or_else(|| desk.missing("person", id))
}

/// What is told of a seeded person, as far as the page shows it.
const TOLD: [&str; 4] = ["addresses", "workexperience", "education", "resume"];

fn seen(state: &CustomerState, shell: Shell, id: PersonId, notice: &'static str, error: String) -> Option<Details> {
    let person = state.person(id)?;
    let record = state.told((ProfileType::People, id.get()), |field| TOLD.contains(&field))?;
    let label = |field| read::label(state, ProfileType::People, field);
    let resume = record.fields.get("resume").and_then(|value| match value {
        Value::File(about) => Some(about),
        _ => None,
    });
    Some(Details {
        shell,
        card: card(state, person),
        tab: "details",
        notice,
        labels: (label("firstname"), label("lastname"), label("email"), label("phones"), label("addresses")),
        first_name: person.record.text("firstname").to_owned(),
        last_name: person.record.text("lastname").to_owned(),
        email: person.email().to_owned(),
        phones: lines(state, record.entries("phones"), PHONE),
        addresses: lines(state, record.entries("addresses"), ADDRESS),
        background: [("workexperience", POST), ("education", STUDIES)].map(|(field, shown)| Background {
            field,
            label: label(field),
            lines: lines(state, record.entries(field), shown),
        }),
        resume: resume.map(|about| Resume {
            name: about.name.clone(),
            size: about.size,
            uploaded: date_time_text(about.uploaded),
        }),
        field: upload::resume_field("File".into(), error),
    })
}

/// `POST /icims2/{customer}/people/{person}/resume`: a new résumé, in the place of the one there is.
pub(super) async fn upload_resume(desk: Desk, Uploaded { file, .. }: Uploaded) -> Result<Response, Refused> {
    let id: PersonId = desk.id("person")?;
    desk.tenant.read(|state| state.person(id).map(|_| ())).ok_or_else(|| desk.missing("person", id))?;
    let Some(file) = file else { return details_page(&desk, id, "", "Choose a file first.".into()) };
    let error = upload::resume_error(&file);
    if !error.is_empty() {
        return details_page(&desk, id, "", error);
    }
    let now = desk.now();
    match said(desk.tenant.write(|state| upload::put_resume(state, id, file, now)).await)? {
        Ok(()) => Ok(desk.go(&format!("/people/{id}?done=resume"))),
        Err(refusal) => details_page(&desk, id, "", refusal.to_string()),
    }
}

/// `GET /icims2/{customer}/people/{person}/resume`: the résumé, to be saved.
pub(super) async fn resume(desk: Desk) -> Result<Response, Refused> {
    let id: PersonId = desk.id("person")?;
    let file = desk.tenant.read(|state| {
        let HeldFile { about, bytes } = resume_of(state, id)?;
        Some(download(&about, bytes.into_owned()))
    });
    file.ok_or_else(|| desk.missing("resume of person", id))
}

fn resume_of(state: &CustomerState, person: PersonId) -> Option<HeldFile<'_>> {
    state.file(FilePlace { key: (ProfileType::People, person.get()), field: "resume", child: None }).ok()
}

/// `GET /customers/{customer}/linkTo/people/{person}`: an address of the API's host that browsers open (assessment-flow 7, deep links).
/// *Assumed:* it is enabled on every platform, and whoever follows it is signed in.
pub(super) async fn deep_link(desk: Desk) -> Result<Response, Refused> {
    let id: PersonId = desk.id("person")?;
    desk.follow(&format!("/people/{id}"))
}

/// `GET /icims2/{customer}/people/{person}/workflows`
pub(super) async fn workflows(desk: Desk, Asked(asked): Asked) -> Result<Response, Refused> {
    let id: PersonId = desk.id("person")?;
    let notice = notice(asked.text("done"));
    let shell = desk.shell.clone();
    let page = desk.tenant.read(|state| {
        let person = state.person(id)?;
        let workflows = state.workflows_of(id).into_iter().map(|row| workflow_line(state, row)).collect();
        let onboardings = state.onboarding_lines(id);
        Some(Workflows { shell, card: card(state, person), tab: "workflows", notice, workflows, onboardings })
    });
    page.map(|page| Page::ok(page).into_response()).ok_or_else(|| desk.missing("person", id))
}

fn workflow_line(state: &CustomerState, row: PersonWorkflow) -> WorkflowLine {
    let newest = state.workflow_view(row.workflow).and_then(|mut view| view.results.pop());
    let assessment = newest.map_or_else(String::new, |row| row.status);
    WorkflowLine { tone: read::assessment_tone(state, &assessment), assessment, row }
}

pub(super) fn card(state: &CustomerState, person: &Person) -> Card {
    let (role, tone) = (CustomerState::kind_of(person), read::role_tone(person));
    let folder = read::node_label(state, person.record.node("folder"));
    Card { id: person.id, name: read::name_of(person), role, tone, folder, refusal: refusal(person) }
}

/// Why a person cannot be submitted to a job, with the way out; empty if nothing stands in the way.
pub(super) fn refusal(person: &Person) -> String {
    if !person.is_contact() {
        return String::new();
    }
    format!(
        "{} is a Contact, a plain Person, and cannot be submitted to a job. Create a Candidate instead, or add the Candidate role to this profile.",
        read::name_of(person)
    )
}

/// The sub-fields of an entry that screens show, in the order of the form.
const PHONE: &[&str] = &["phonenumber", "phonetype"];
const ADDRESS: &[&str] = &["addressstreet1", "addressstreet2", "addresszip", "addresscity", "addressstate", "addresscountry"];
const POST: &[&str] = &["worktitle", "workemployer", "workcity", "workstate", "workstartdate", "workenddate"];
const STUDIES: &[&str] = &["degree", "major", "school", "educationcity", "educationstate", "graduationdate"];

/// Entries of a collection, one line each: the values of these sub-fields.
fn lines(state: &CustomerState, entries: &[Entry], shown: &[&str]) -> Vec<String> {
    let line = |entry: &Entry| {
        let words: Vec<_> = shown
            .iter()
            .filter_map(|name| match entry.fields.get(name)? {
                Value::Text(text) => Some(text.clone()),
                Value::Node(id) => Some(read::node_label(state, Some(id))),
                Value::Date(date) => Some(date.to_string()),
                _ => None,
            })
            .collect();
        words.join(", ")
    };
    entries.iter().map(line).collect()
}

fn notice(done: &str) -> &'static str {
    match done {
        "created" => "The profile has been created.",
        "resume" => "The resume has been uploaded.",
        "saved" => "The changes have been saved.",
        "role" => "The Candidate role has been added. This person can now be submitted to jobs.",
        "submitted" => {
            "The candidate has been submitted. The new recruiting workflow is under New Submissions on the job's People tab."
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::icims::model::Life;
    use crate::icims::state::fixture::platform;
    use crate::icims::state::resumes_written;

    #[test]
    fn the_resume_of_a_seeded_person_is_written_once_for_a_page() {
        let mut platform = platform();
        platform.state.give_life(platform.ines, Life::new(NonZeroU32::new(7).expect("not zero"))).expect("she is there");
        let shell = Shell { customer: 4021, name: "Brightwater Foods".into(), user: "Tomas Lindqvist".into() };
        let before = resumes_written();
        let page = seen(&platform.state, shell, platform.ines, "", String::new()).expect("she is there");
        assert_eq!(page.resume.map(|resume| resume.name).as_deref(), Some("Okafor_Ines_Resume.docx"));
        assert_eq!(resumes_written() - before, 1);
    }
}
