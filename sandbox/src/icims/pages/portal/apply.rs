//! The first step of an application, the e-mail, and the pages after the last. Between them are [`profile`], [`questions`] and
//! [`assessment`](super::assessment).
//!
//! A known e-mail continues with that profile without a password (*assumed*: the documented log-in would only be in the way of tests).

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::kept::Kept;
use super::profile::{self, Amiss};
use super::questions::{self, Unanswered};
use super::session::{self, Session};
use super::visitor::{JobView, Shell, Visitor, with_cookie};
use super::{Step, message, steps};
use crate::icims::model::{ApplicationStep, PersonId, Workflow};
use crate::icims::pages::desk::Refused;
use crate::icims::pages::form::{Choice, Field, Submitted};
use crate::icims::pages::typed::{self, PersonDraft};
use crate::ui::Page;

#[derive(Template)]
#[template(path = "careers/step.html")]
pub(super) struct StepPage {
    pub(super) shell: Shell,
    pub(super) job: JobView,
    pub(super) steps: Vec<Step>,
    pub(super) title: &'static str,
    pub(super) intro: String,
    pub(super) notice: &'static str,
    pub(super) refusal: String,
    /// The last part of the address that the form is sent to: whatever page it is shown on, it belongs to its step.
    pub(super) sent_to: &'static str,
    pub(super) button: &'static str,
    pub(super) hidden: Vec<(String, String)>,
    pub(super) fields: Vec<Field>,
    pub(super) choices: Vec<Choice>,
}

impl StepPage {
    fn takes_file(&self) -> bool {
        self.fields.iter().any(|field| field.kind == "file")
    }
}

/// What is said above a form that has come back after a log-in.
const CAME_BACK: &str = "Welcome back. This is what you had typed; nothing has been sent yet.";
/// The same of the form that takes a file.
const PROFILE_CAME_BACK: &str =
    "Welcome back. This is what you had typed; nothing has been sent yet. If you had chosen a file, choose it again.";
/// What is said where somebody has to log in before a form is taken.
const LOGGED_OUT: &str = "You were logged out meanwhile, and nothing has been sent. Enter your e-mail address, and the form comes back as you filled it in.";

/// `GET /careers/{customer}/jobs/{job}/{slug}/login`: the first step, which asks for the e-mail.
pub(super) async fn email(visitor: Visitor) -> Result<Response, Refused> {
    let job = visitor.open_job()?;
    let Some(person) = visitor.person() else {
        return Ok(email_step(visitor, job, email_field("", String::new()), &Kept::default()));
    };
    Ok(Redirect::to(&next_step(&visitor, &job, person)).into_response())
}

/// `POST /careers/{customer}/jobs/{job}/{slug}/login`
pub(super) async fn give_email(visitor: Visitor, Submitted(form): Submitted) -> Result<Response, Refused> {
    let job = visitor.open_job()?;
    let (email, kept) = (form.text("email"), Kept::carried(&form));
    if let Some(error) = typed::email_error(email) {
        return Ok(email_step(visitor, job, email_field(email, error), &kept));
    }
    let known = visitor.tenant.read(|state| state.person_by_email(email).map(|person| person.id));
    let session = session::begin(&visitor, email, known).await?;
    if !kept.step.is_empty() {
        return Ok(bring_back(visitor, job, session, &kept));
    }
    let address = match known {
        Some(person) => next_step(&visitor, &job, person),
        None => format!("{}/profile", job.path),
    };
    Ok(visitor.go_with(&session, &address))
}

/// The form that was filled in when the session had ended, to be sent by whoever has logged in, unless the application is past it.
fn bring_back(visitor: Visitor, job: JobView, session: Session, kept: &Kept) -> Response {
    let cookie = visitor.cookie(&session);
    let past = session.person.map(|person| next_step(&visitor, &job, person)).filter(|next| !next.ends_with("/profile"));
    if let Some(address) = past {
        return visitor.go_with(&session, &address);
    }
    let (email, person) = (session.email.clone(), session.person);
    let visitor = visitor.logged_in(session);
    let page = match person {
        Some(_) if kept.step == "questions" => questions::step(visitor, job, &kept.form, Unanswered::default(), CAME_BACK),
        _ => {
            let mut draft = PersonDraft::given(&kept.form);
            draft.email = email;
            profile::step(visitor, job, &draft, Amiss::default(), PROFILE_CAME_BACK)
        }
    };
    with_cookie(page, &cookie)
}

/// Asks who is there before a form is taken, with what was typed in it.
pub(super) fn ask_first(visitor: Visitor, job: JobView, kept: &Kept) -> Response {
    let page = email_step(visitor, job, email_field("", String::new()), kept);
    (StatusCode::UNAUTHORIZED, page).into_response()
}

/// Where a known person goes on with the application to this job.
pub(super) fn next_step(visitor: &Visitor, job: &JobView, person: PersonId) -> String {
    let step = visitor.tenant.read(|state| state.workflow_of(person, job.id).map(|workflow| workflow.application));
    let page = match step {
        None => "profile",
        Some(Some(ApplicationStep::Assessment | ApplicationStep::LeftForVendor)) => "assessment",
        Some(Some(ApplicationStep::Complete) | None) => "applied",
    };
    format!("{}/{page}", job.path)
}

fn email_field(value: &str, error: String) -> Field {
    let hint = "If you have applied before, use the same address: your profile is found by it.";
    Field::new("email", "email", "E-mail").required().autocomplete("email").hint(hint).value(value).error(error)
}

fn email_step(visitor: Visitor, job: JobView, field: Field, kept: &Kept) -> Response {
    let status = if field.error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let steps = steps(&visitor, &job, "email");
    let page = StepPage {
        shell: visitor.shell,
        job,
        steps,
        title: "Apply for this job",
        intro: "Enter your e-mail address to begin, or to go on where you stopped.".into(),
        notice: if kept.step.is_empty() { "" } else { LOGGED_OUT },
        refusal: String::new(),
        sent_to: "login",
        button: "Next",
        hidden: kept.hidden(),
        fields: vec![field],
        choices: Vec::new(),
    };
    Page(status, page).into_response()
}

/// `GET /careers/{customer}/jobs/{job}/{slug}/applied`
pub(super) async fn applied(visitor: Visitor) -> Result<Response, Refused> {
    let job = visitor.job()?;
    let text = format!(
        "You have already applied for {}. Each person can apply for a job once; see the dashboard for how your application stands.",
        job.title
    );
    Ok(message(visitor, "already-applied", "You have already applied", text))
}

/// `GET /careers/{customer}/jobs/{job}/{slug}/thanks`
pub(super) async fn thanks(visitor: Visitor) -> Result<Response, Refused> {
    let job = visitor.job()?;
    let complete =
        |workflow: &Workflow| !matches!(workflow.application, Some(ApplicationStep::Assessment | ApplicationStep::LeftForVendor));
    let done = visitor
        .person()
        .is_some_and(|person| visitor.tenant.read(|state| state.workflow_of(person, job.id).is_some_and(complete)));
    if !done {
        return Ok(Redirect::to(&format!("{}/login", job.path)).into_response());
    }
    let text =
        format!("Thank you for applying for {}. We have received your application and will be in touch by e-mail.", job.title);
    Ok(message(visitor, "thanks", "Thanks for applying", text))
}
