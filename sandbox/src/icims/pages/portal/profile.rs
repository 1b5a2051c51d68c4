//! The step of an application that asks who the candidate is, and for a résumé.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::apply::{StepPage, ask_first};
use super::kept::Kept;
use super::session;
use super::visitor::{JobView, Visitor};
use crate::icims::pages::desk::Refused;
use crate::icims::pages::typed::PersonDraft;
use crate::icims::pages::upload::{self, Uploaded};
use crate::icims::state::Refusal;
use crate::ui::Page;

/// `GET /careers/{customer}/jobs/{job}/{slug}/profile`
pub(super) async fn show(visitor: Visitor) -> Result<Response, Refused> {
    let job = visitor.open_job()?;
    let Some(session) = &visitor.session else {
        return Ok(Redirect::to(&format!("{}/login", job.path)).into_response());
    };
    let email = session.email.clone();
    let draft = visitor.tenant.read(|state| match session.person.and_then(|id| state.person(id)) {
        Some(person) => PersonDraft::of(person),
        None => PersonDraft::for_address(email),
    });
    Ok(step(visitor, job, &draft, Amiss::default(), ""))
}

/// `POST /careers/{customer}/jobs/{job}/{slug}/profile`
pub(super) async fn give(visitor: Visitor, Uploaded { form, file }: Uploaded) -> Result<Response, Refused> {
    let job = visitor.open_job()?;
    let Some(session) = visitor.session.clone() else {
        return Ok(ask_first(visitor, job, &Kept::of("profile", form)));
    };
    let mut draft = PersonDraft::given(&form);
    draft.email.clone_from(&session.email);
    draft.check_for_portal();
    let amiss = Amiss { resume: file.as_ref().map_or_else(String::new, upload::resume_error), ..Amiss::default() };
    if draft.is_wrong() || !amiss.resume.is_empty() {
        return Ok(step(visitor, job, &draft, amiss, ""));
    }
    match session::save_profile(&visitor, &session, &draft, file).await? {
        Ok(()) => Ok(Redirect::to(&format!("{}/questions", job.path)).into_response()),
        Err(refusal) => {
            let amiss = match refusal {
                Refusal::NoRoomForFiles { .. } => Amiss { resume: refusal.to_string(), ..Amiss::default() },
                other => Amiss { refusal: draft.blame(&other), ..Amiss::default() },
            };
            Ok(step(visitor, job, &draft, amiss, ""))
        }
    }
}

/// Why the profile is asked for again, beside what is wrong with its texts.
#[derive(Default)]
pub(super) struct Amiss {
    /// What is wrong with the résumé.
    resume: String,
    /// What speaks against the whole profile.
    refusal: String,
}

pub(super) fn step(visitor: Visitor, job: JobView, draft: &PersonDraft, amiss: Amiss, notice: &'static str) -> Response {
    let Amiss { resume, refusal } = amiss;
    let wrong = draft.is_wrong() || !refusal.is_empty() || !resume.is_empty();
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let steps = super::steps(&visitor, &job, "profile");
    let mut fields = visitor.tenant.read(|state| draft.portal_fields(state));
    fields.push(upload::resume_field("Resume".into(), resume));
    let intro = format!("You are applying with {}.", draft.email);
    let page = StepPage {
        shell: visitor.shell,
        job,
        steps,
        title: "Your profile",
        intro,
        notice,
        refusal,
        sent_to: "profile",
        button: "Next",
        hidden: Vec::new(),
        fields,
        choices: Vec::new(),
    };
    Page(status, page).into_response()
}
