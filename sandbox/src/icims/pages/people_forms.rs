//! Create > Person > Candidate, Person (contact), Employee or Hiring Manager; editing a person; adding the Candidate role.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::desk::{Desk, Refused, Shell, said};
use super::form::{Choice, Field, Submitted};
use super::typed::PersonDraft;
use crate::icims::model::{PersonId, Role};
use crate::icims::schema::ProfileType;
use crate::icims::state::Refusal;
use crate::ui::Page;

/// The folder that makes somebody a candidate (documented node, icims-api 5.8).
const CANDIDATE_FOLDER: &str = "D32006";

#[derive(Template)]
#[template(path = "icims/form.html")]
pub(super) struct FormPage {
    pub(super) shell: Shell,
    pub(super) title: String,
    pub(super) way_back: (String, String),
    pub(super) intro: &'static str,
    pub(super) intro_warns: bool,
    pub(super) refusal: String,
    pub(super) button: &'static str,
    pub(super) fields: Vec<Field>,
    pub(super) choices: Vec<Choice>,
    pub(super) packages: Option<Choice>,
}

/// An entry of the menu Create > Person.
struct Entry {
    slug: &'static str,
    title: &'static str,
    role: Option<Role>,
    intro: &'static str,
}

const ENTRIES: [Entry; 4] = [
    Entry { slug: "candidate", title: "Create a candidate", role: Some(Role::Candidate), intro: "" },
    Entry {
        slug: "contact",
        title: "Create a person (contact)",
        role: None,
        intro: "A contact is a plain Person and cannot be submitted to jobs. For a test applicant, create a Candidate instead.",
    },
    Entry { slug: "employee", title: "Create an employee", role: Some(Role::Employee), intro: "" },
    Entry { slug: "hiring-manager", title: "Create a hiring manager", role: Some(Role::HiringManager), intro: "" },
];

fn entry(desk: &Desk) -> Result<&'static Entry, Refused> {
    let slug = desk.segment("entry");
    ENTRIES.iter().find(|entry| entry.slug == slug).ok_or_else(|| desk.missing("page", slug))
}

/// `GET /icims2/{customer}/create/{entry}`
pub(super) async fn blank(desk: Desk) -> Result<Response, Refused> {
    let entry = entry(&desk)?;
    Ok(create_page(desk, entry, &PersonDraft::default(), String::new()))
}

/// `POST /icims2/{customer}/create/{entry}`
pub(super) async fn create(desk: Desk, Submitted(form): Submitted) -> Result<Response, Refused> {
    let entry = entry(&desk)?;
    let mut draft = PersonDraft::given(&form);
    draft.check_for_recruiter();
    if draft.is_wrong() {
        return Ok(create_page(desk, entry, &draft, String::new()));
    }
    let now = desk.now();
    let outcome = desk
        .tenant
        .write(|state| {
            let changes = state.read_screen(ProfileType::People, &draft.values(None))?;
            state.create_person_as(entry.role, changes, now)
        })
        .await;
    match said(outcome)? {
        Ok(id) => Ok(desk.go(&format!("/people/{id}?done=created"))),
        Err(refusal) => {
            let rest = draft.blame(&refusal);
            Ok(create_page(desk, entry, &draft, rest))
        }
    }
}

/// `GET /icims2/{customer}/people/{person}/edit`
pub(super) async fn edit(desk: Desk) -> Result<Response, Refused> {
    let id: PersonId = desk.id("person")?;
    let draft = desk.tenant.read(|state| state.person(id).map(PersonDraft::of)).ok_or_else(|| desk.missing("person", id))?;
    Ok(edit_page(desk, id, &draft, String::new()))
}

/// `POST /icims2/{customer}/people/{person}/edit`
pub(super) async fn save(desk: Desk, Submitted(form): Submitted) -> Result<Response, Refused> {
    let id: PersonId = desk.id("person")?;
    desk.tenant.read(|state| state.person(id).map(|_| ())).ok_or_else(|| desk.missing("person", id))?;
    let mut draft = PersonDraft::given(&form);
    draft.check_for_recruiter();
    if draft.is_wrong() {
        return Ok(edit_page(desk, id, &draft, String::new()));
    }
    let now = desk.now();
    match said(desk.tenant.write(|state| draft.save(state, id, now)).await)? {
        Ok(()) => Ok(desk.go(&format!("/people/{id}?done=saved"))),
        Err(refusal) => {
            let rest = draft.blame(&refusal);
            Ok(edit_page(desk, id, &draft, rest))
        }
    }
}

/// `POST /icims2/{customer}/people/{person}/candidate-role`: puts a contact right by giving the profile a candidate folder.
pub(super) async fn add_candidate_role(desk: Desk) -> Result<Response, Refused> {
    let id: PersonId = desk.id("person")?;
    let now = desk.now();
    let outcome = desk
        .tenant
        .write(|state| {
            let person = state.person(id).ok_or(Refusal::NotFound(ProfileType::People))?;
            if person.roles.contains(&Role::Candidate) {
                return Ok(());
            }
            let folder = serde_json::Map::from_iter([("folder".to_owned(), json!({ "id": CANDIDATE_FOLDER }))]);
            let changes = state.read_screen(ProfileType::People, &folder)?;
            state.edit_person(id, changes, now)
        })
        .await;
    said(outcome)?.map_err(|_| desk.missing("person", id))?;
    Ok(desk.go(&format!("/people/{id}?done=role")))
}

fn create_page(desk: Desk, entry: &Entry, draft: &PersonDraft, refusal: String) -> Response {
    let way_back = ("Dashboard".into(), desk.path(""));
    let words = (entry.title.to_owned(), entry.intro, "Create");
    form_page(desk, words, way_back, draft, refusal)
}

fn edit_page(desk: Desk, id: PersonId, draft: &PersonDraft, refusal: String) -> Response {
    let name = desk.tenant.read(|state| state.person(id).map_or_else(String::new, super::read::name_of));
    let way_back = (name.clone(), desk.path(&format!("/people/{id}")));
    form_page(desk, (format!("Edit {name}"), "", "Save"), way_back, draft, refusal)
}

fn form_page(
    desk: Desk,
    (title, intro, button): (String, &'static str, &'static str),
    way_back: (String, String),
    draft: &PersonDraft,
    refusal: String,
) -> Response {
    let wrong = draft.is_wrong() || !refusal.is_empty();
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let fields = desk.tenant.read(|state| draft.recruiter_fields(state));
    let page = FormPage {
        shell: desk.shell,
        title,
        way_back,
        intro,
        intro_warns: true,
        refusal,
        button,
        fields,
        choices: Vec::new(),
        packages: None,
    };
    Page(status, page).into_response()
}
