//! Search for people and jobs by name, title, e-mail or id.

use askama::Template;
use axum::response::{IntoResponse, Response};

use super::super::model::{Job, JobId, Person, PersonId, Role};
use super::super::state::CustomerState;
use super::desk::{Desk, Shell};
use super::form::{Asked, Choosable};
use super::read::{self, PAGE};
use crate::ui::Page;

#[derive(Template)]
#[template(path = "icims/people.html")]
struct People {
    shell: Shell,
    q: String,
    roles: Vec<Choosable>,
    people: Vec<PersonLine>,
    more: bool,
}

struct PersonLine {
    id: PersonId,
    name: String,
    role: String,
    tone: &'static str,
    email: String,
    folder: String,
}

#[derive(Template)]
#[template(path = "icims/jobs.html")]
struct Jobs {
    shell: Shell,
    q: String,
    jobs: Vec<JobLine>,
    more: bool,
}

struct JobLine {
    id: JobId,
    title: String,
    folder: String,
    packages: Vec<String>,
    new_submissions: usize,
}

/// `GET /icims2/{customer}/search`: the quick search of the header. An exact id opens the profile.
pub(super) async fn quick(desk: Desk, Asked(asked): Asked) -> Response {
    let (q, wants_job) = (asked.text("q"), asked.text("type") == "job");
    let exact = q.parse::<u64>().ok().filter(|&id| {
        desk.tenant.read(|state| match wants_job {
            true => state.job(JobId::new(id)).is_some(),
            false => state.person(PersonId::new(id)).is_some(),
        })
    });
    let folder = if wants_job { "jobs" } else { "people" };
    let encoded: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
    match exact {
        Some(id) => desk.go(&format!("/{folder}/{id}")),
        None => desk.go(&format!("/{folder}?q={encoded}")),
    }
}

/// `GET /icims2/{customer}/people`
pub(super) async fn people(desk: Desk, Asked(asked): Asked) -> Response {
    let (q, role) = (asked.text("q"), asked.text("role"));
    let wanted = [
        ("", "Anyone"),
        ("candidate", "Candidate"),
        ("contact", "Contact"),
        ("employee", "Employee"),
        ("manager", "Hiring Manager"),
    ];
    let roles = wanted.into_iter().map(|(value, label)| Choosable::new(value, label, role)).collect();
    let mut people: Vec<_> = desk.tenant.read(|state| {
        let found = state.people().rev().filter(|person| has_role(person, role) && matches_person(person, q));
        let lines = found.take(PAGE + 1).map(|person| {
            let (role, tone) = (CustomerState::kind_of(person), read::role_tone(person));
            let folder = read::node_label(state, person.record.node("folder"));
            PersonLine { id: person.id, name: read::name_of(person), role, tone, email: person.email().to_owned(), folder }
        });
        lines.collect()
    });
    let more = people.len() > PAGE;
    people.truncate(PAGE);
    Page::ok(People { shell: desk.shell, q: q.to_owned(), roles, people, more }).into_response()
}

/// `GET /icims2/{customer}/jobs`
pub(super) async fn jobs(desk: Desk, Asked(asked): Asked) -> Response {
    let q = asked.text("q");
    let mut jobs: Vec<_> = desk.tenant.read(|state| {
        let found = state.jobs().rev().filter(|job| matches_job(job, q));
        let lines = found.take(PAGE + 1).map(|job| JobLine {
            id: job.id,
            title: read::title_of(job),
            folder: read::node_label(state, job.record.node("folder")),
            packages: job.assessment_types().iter().map(|id| read::node_label(state, Some(id))).collect(),
            new_submissions: read::new_submissions(state, job.id),
        });
        lines.collect()
    });
    let more = jobs.len() > PAGE;
    jobs.truncate(PAGE);
    Page::ok(Jobs { shell: desk.shell, q: q.to_owned(), jobs, more }).into_response()
}

fn has_role(person: &Person, role: &str) -> bool {
    match role {
        "candidate" => person.roles.contains(&Role::Candidate),
        "employee" => person.roles.contains(&Role::Employee),
        "manager" => person.roles.contains(&Role::HiringManager),
        "contact" => person.is_contact(),
        _ => true,
    }
}

/// Whether a person's name or e-mail contains every word, or the text is the person's id.
fn matches_person(person: &Person, q: &str) -> bool {
    let known = format!("{} {}", person.name(), person.email());
    person.id.to_string() == q || contains_words(&known, q)
}

/// Whether a job's title contains every word, or the text is the job's id or number.
pub(super) fn matches_job(job: &Job, q: &str) -> bool {
    job.id.to_string() == q || job.display_id() == q || contains_words(job.title(), q)
}

fn contains_words(text: &str, words: &str) -> bool {
    let text = text.to_lowercase();
    words.split_whitespace().all(|word| text.contains(&word.to_lowercase()))
}
