//! Create > Job, and the Detail tab of a job in edit mode, where the assessment package is chosen.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::desk::{Desk, Refused, said};
use super::form::Submitted;
use super::people_forms::FormPage;
use super::read;
use super::typed::JobDraft;
use crate::icims::model::JobId;
use crate::icims::schema::ProfileType;
use crate::ui::Page;

/// `GET /icims2/{customer}/create/job`
pub(super) async fn blank(desk: Desk) -> Response {
    create_page(desk, &JobDraft::blank(), String::new())
}

/// `POST /icims2/{customer}/create/job`
pub(super) async fn create(desk: Desk, Submitted(form): Submitted) -> Result<Response, Refused> {
    let mut draft = JobDraft::given(&form, None);
    desk.tenant.read(|state| draft.check(state));
    if draft.is_wrong() {
        return Ok(create_page(desk, &draft, String::new()));
    }
    let now = desk.now();
    let outcome = desk
        .tenant
        .write(|state| {
            let recruiter = state.recruiter().get();
            let mut values = draft.values();
            for field in ["recruiter", "hiringmanager"] {
                values.insert(field.into(), recruiter.into());
            }
            let changes = state.read_screen(ProfileType::Jobs, &values)?;
            state.create_job(changes, now)
        })
        .await;
    match said(outcome)? {
        Ok(id) => Ok(desk.go(&format!("/jobs/{id}?done=created"))),
        Err(refusal) => Ok(create_page(desk, &draft, refusal.to_string())),
    }
}

/// `GET /icims2/{customer}/jobs/{job}/edit`
pub(super) async fn edit(desk: Desk) -> Result<Response, Refused> {
    let id: JobId = desk.id("job")?;
    let draft = desk.tenant.read(|state| state.job(id).map(JobDraft::of)).ok_or_else(|| desk.missing("job", id))?;
    Ok(edit_page(desk, id, &draft, String::new()))
}

/// `POST /icims2/{customer}/jobs/{job}/edit`
pub(super) async fn save(desk: Desk, Submitted(form): Submitted) -> Result<Response, Refused> {
    let id: JobId = desk.id("job")?;
    let checked = desk.tenant.read(|state| {
        let mut draft = JobDraft::given(&form, Some(state.job(id)?));
        draft.check(state);
        Some(draft)
    });
    let draft = checked.ok_or_else(|| desk.missing("job", id))?;
    if draft.is_wrong() {
        return Ok(edit_page(desk, id, &draft, String::new()));
    }
    let now = desk.now();
    let outcome = desk
        .tenant
        .write(|state| {
            let changes = state.read_form((ProfileType::Jobs, id.get()), &draft.values())?;
            state.edit_job(id, changes, now)
        })
        .await;
    match said(outcome)? {
        Ok(()) => Ok(desk.go(&format!("/jobs/{id}?done=saved"))),
        Err(refusal) => Ok(edit_page(desk, id, &draft, refusal.to_string())),
    }
}

fn create_page(desk: Desk, draft: &JobDraft, refusal: String) -> Response {
    let way_back = ("Dashboard".into(), desk.path(""));
    form_page(desk, ("Create a job".into(), "Create"), way_back, draft, refusal)
}

fn edit_page(desk: Desk, id: JobId, draft: &JobDraft, refusal: String) -> Response {
    let title = desk.tenant.read(|state| state.job(id).map_or_else(String::new, read::title_of));
    let way_back = (title.clone(), desk.path(&format!("/jobs/{id}")));
    form_page(desk, (format!("Edit {title}"), "Save"), way_back, draft, refusal)
}

fn form_page(
    desk: Desk,
    (title, button): (String, &'static str),
    way_back: (String, String),
    draft: &JobDraft,
    refusal: String,
) -> Response {
    let wrong = draft.is_wrong() || !refusal.is_empty();
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (fields, choices, packages) =
        desk.tenant.read(|state| (draft.fields(state), draft.choices(state), draft.package_list(state)));
    let page = FormPage {
        shell: desk.shell,
        title,
        way_back,
        intro: "",
        intro_warns: false,
        refusal,
        button,
        fields,
        choices,
        packages: Some(packages),
    };
    Page(status, page).into_response()
}
