//! Search for people and jobs by name, title, e-mail or id.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::{IntoResponse, Response};

use super::desk::{Desk, Shell};
use super::form::{Asked, Choosable};
use super::read::{self, PAGE};
use crate::icims::aside;
use crate::icims::model::{Job, JobId, Person, PersonId, Role};
use crate::icims::schema::ProfileType;
use crate::icims::state::CustomerState;
use crate::ui::Page;

/// How much of what is looked for is read, in characters; the fields on the screens take no more.
const LONGEST: usize = 200;

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
    let (q, role) = (asked.text("q").to_owned(), asked.text("role").to_owned());
    let wanted = [
        ("", "Anyone"),
        ("candidate", "Candidate"),
        ("contact", "Contact"),
        ("employee", "Employee"),
        ("manager", "Hiring Manager"),
    ];
    let roles = wanted.into_iter().map(|(value, label)| Choosable::new(value, label, &role)).collect();
    let words = Words::of(&q);
    let look = move |state: &CustomerState| {
        let found = state.people().rev().filter(|person| has_role(person, &role) && words.fit_person(person));
        let lines = found.take(PAGE + 1).map(|person| {
            let (role, tone) = (CustomerState::kind_of(person), read::role_tone(person));
            let folder = read::node_label(state, person.record.node("folder"));
            PersonLine { id: person.id, name: read::name_of(person), role, tone, email: person.email().to_owned(), folder }
        });
        lines.collect()
    };
    let mut people: Vec<_> = aside::go_through(&desk.tenant, ProfileType::People, look).await;
    let more = people.len() > PAGE;
    people.truncate(PAGE);
    Page::ok(People { shell: desk.shell, q, roles, people, more }).into_response()
}

/// `GET /icims2/{customer}/jobs`
pub(super) async fn jobs(desk: Desk, Asked(asked): Asked) -> Response {
    let q = asked.text("q").to_owned();
    let words = Words::of(&q);
    let look = move |state: &CustomerState| {
        let found = state.jobs().rev().filter(|job| words.fit_job(job));
        let lines = found.take(PAGE + 1).map(|job| JobLine {
            id: job.id,
            title: read::title_of(job),
            folder: read::node_label(state, job.record.node("folder")),
            packages: job.assessment_types().iter().map(|id| read::node_label(state, Some(id))).collect(),
            new_submissions: read::new_submissions(state, job.id),
        });
        lines.collect()
    };
    let mut jobs: Vec<_> = aside::go_through(&desk.tenant, ProfileType::Jobs, look).await;
    let more = jobs.len() > PAGE;
    jobs.truncate(PAGE);
    Page::ok(Jobs { shell: desk.shell, q, jobs, more }).into_response()
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

/// What somebody looks for: words that must all be there, whatever their case, or an id.
pub(in crate::icims::pages) struct Words {
    whole: String,
    /// In lower case, each once.
    each: BTreeSet<String>,
}

impl Words {
    /// Reads what was typed, as far as the field on the screens lets anybody type.
    pub(in crate::icims::pages) fn of(typed: &str) -> Self {
        let whole: String = typed.chars().take(LONGEST).collect();
        Self { each: whole.split_whitespace().map(str::to_lowercase).collect(), whole }
    }

    /// Whether a person's name or e-mail contains every word, or the text is the person's id.
    fn fit_person(&self, person: &Person) -> bool {
        person.id.to_string() == self.whole || self.are_in(&format!("{} {}", person.name(), person.email()))
    }

    /// Whether a job's title contains every word, or the text is the job's id or number.
    pub(in crate::icims::pages) fn fit_job(&self, job: &Job) -> bool {
        job.id.to_string() == self.whole || job.display_id() == self.whole || self.are_in(job.title())
    }

    fn are_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.each.iter().all(|word| text.contains(word.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_must_be_there_and_no_more_is_read_than_a_field_takes() {
        let words = Words::of("BARISTA  store barista");
        assert!(words.are_in("Barista, Harbour Store") && !words.are_in("Barista"));
        assert_eq!(words.each.len(), 2);
        let long = Words::of(&"a ".repeat(100_000));
        assert_eq!((long.whole.len(), long.each.len()), (LONGEST, 1));
    }
}
