//! The steps of an application: e-mail, profile, questions. The assessment step is in [`assessment`](super::assessment).
//!
//! A known e-mail continues with that profile without a password (*assumed*: the documented log-in would only be in the way of tests).

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::session;
use super::visitor::{JobView, Shell, Visitor};
use super::{Step, message, steps};
use crate::icims::model::{ApplicationStep, PersonId, Workflow};
use crate::icims::pages::desk::Refused;
use crate::icims::pages::form::{Choice, Field, Given, Submitted};
use crate::icims::pages::read;
use crate::icims::pages::typed::{self, PersonDraft};
use crate::icims::schema::{ProfileType, list};
use crate::icims::state::{CustomerState, Refusal};
use crate::ui::Page;

#[derive(Template)]
#[template(path = "careers/step.html")]
struct StepPage {
    shell: Shell,
    job: JobView,
    steps: Vec<Step>,
    title: &'static str,
    intro: String,
    refusal: String,
    button: &'static str,
    fields: Vec<Field>,
    choices: Vec<Choice>,
}

/// `GET /careers/{customer}/jobs/{job}/{slug}/login`: the first step, which asks for the e-mail.
pub(super) async fn email(visitor: Visitor) -> Result<Response, Refused> {
    let job = visitor.open_job()?;
    let Some(person) = visitor.person() else {
        return Ok(email_step(visitor, job, email_field("", String::new())));
    };
    Ok(Redirect::to(&next_step(&visitor, &job, person)).into_response())
}

/// `POST /careers/{customer}/jobs/{job}/{slug}/login`
pub(super) async fn give_email(visitor: Visitor, Submitted(form): Submitted) -> Result<Response, Refused> {
    let job = visitor.open_job()?;
    let email = form.text("email");
    if let Some(error) = typed::email_error(email) {
        return Ok(email_step(visitor, job, email_field(email, error)));
    }
    let known = visitor.tenant.read(|state| state.person_by_email(email).map(|person| person.id));
    let session = session::begin(&visitor, email, known).await?;
    let address = match known {
        Some(person) => next_step(&visitor, &job, person),
        None => format!("{}/profile", job.path),
    };
    Ok(visitor.go_with(&session, &address))
}

/// Where a known person goes on with the application to this job.
fn next_step(visitor: &Visitor, job: &JobView, person: PersonId) -> String {
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

fn email_step(visitor: Visitor, job: JobView, field: Field) -> Response {
    let status = if field.error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let steps = steps(&visitor, &job, "email");
    let page = StepPage {
        shell: visitor.shell,
        job,
        steps,
        title: "Apply for this job",
        intro: "Enter your e-mail address to begin, or to go on where you stopped.".into(),
        refusal: String::new(),
        button: "Next",
        fields: vec![field],
        choices: Vec::new(),
    };
    Page(status, page).into_response()
}

/// `GET /careers/{customer}/jobs/{job}/{slug}/profile`
pub(super) async fn profile(visitor: Visitor) -> Result<Response, Refused> {
    let job = visitor.open_job()?;
    let Some(session) = &visitor.session else {
        return Ok(Redirect::to(&format!("{}/login", job.path)).into_response());
    };
    let email = session.email.clone();
    let draft = visitor.tenant.read(|state| match session.person.and_then(|id| state.person(id)) {
        Some(person) => PersonDraft::of(person),
        None => PersonDraft::for_address(email),
    });
    Ok(profile_step(visitor, job, &draft, String::new()))
}

/// `POST /careers/{customer}/jobs/{job}/{slug}/profile`
pub(super) async fn give_profile(visitor: Visitor, Submitted(form): Submitted) -> Result<Response, Refused> {
    let job = visitor.open_job()?;
    let Some(session) = visitor.session.clone() else {
        return Ok(Redirect::to(&format!("{}/login", job.path)).into_response());
    };
    let mut draft = PersonDraft::given(&form);
    draft.email.clone_from(&session.email);
    draft.check_for_portal();
    if draft.is_wrong() {
        return Ok(profile_step(visitor, job, &draft, String::new()));
    }
    match session::save_profile(&visitor, &session, &draft).await? {
        Ok(()) => Ok(Redirect::to(&format!("{}/questions", job.path)).into_response()),
        Err(refusal) => {
            let rest = draft.blame(&refusal);
            Ok(profile_step(visitor, job, &draft, rest))
        }
    }
}

fn profile_step(visitor: Visitor, job: JobView, draft: &PersonDraft, refusal: String) -> Response {
    let wrong = draft.is_wrong() || !refusal.is_empty();
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let steps = steps(&visitor, &job, "profile");
    let fields = visitor.tenant.read(|state| draft.portal_fields(state));
    let intro = format!("You are applying with {}.", draft.email);
    let page = StepPage {
        shell: visitor.shell,
        job,
        steps,
        title: "Your profile",
        intro,
        refusal,
        button: "Next",
        fields,
        choices: Vec::new(),
    };
    Page(status, page).into_response()
}

/// `GET /careers/{customer}/jobs/{job}/{slug}/questions`
pub(super) async fn questions(visitor: Visitor) -> Result<Response, Refused> {
    let job = visitor.open_job()?;
    if visitor.person().is_none() {
        return Ok(Redirect::to(&format!("{}/login", job.path)).into_response());
    }
    Ok(questions_step(visitor, job, &Given::default(), Unanswered::default()))
}

/// `POST /careers/{customer}/jobs/{job}/{slug}/questions`: the application exists from here on.
pub(super) async fn give_answers(visitor: Visitor, Submitted(form): Submitted) -> Result<Response, Refused> {
    let job = visitor.open_job()?;
    let Some(person) = visitor.person() else {
        return Ok(Redirect::to(&format!("{}/login", job.path)).into_response());
    };
    if form.text("source").is_empty() {
        return Ok(questions_step(visitor, job, &form, Unanswered::source("Please tell us how you heard about this job.")));
    }
    match session::apply(&visitor, person, job.id, &form).await? {
        Ok(ApplicationStep::Complete) => Ok(Redirect::to(&format!("{}/thanks", job.path)).into_response()),
        Ok(_) => Ok(Redirect::to(&format!("{}/assessment", job.path)).into_response()),
        Err(Refusal::DuplicateWorkflow { .. }) => Ok(Redirect::to(&next_step(&visitor, &job, person)).into_response()),
        Err(Refusal::Invalid(_)) => Ok(questions_step(visitor, job, &form, Unanswered::source("Please choose from the list."))),
        Err(full @ Refusal::TooManyProfiles { .. }) => {
            Ok(questions_step(visitor, job, &form, Unanswered { refusal: full.to_string(), ..Unanswered::default() }))
        }
        Err(refusal) => Err(visitor.broken(&refusal)),
    }
}

/// Why the last question is asked again.
#[derive(Default)]
struct Unanswered {
    /// What is wrong with the source.
    source: &'static str,
    /// What speaks against the whole application.
    refusal: String,
}

impl Unanswered {
    fn source(source: &'static str) -> Self {
        Self { source, refusal: String::new() }
    }
}

fn questions_step(visitor: Visitor, job: JobView, given: &Given, wrong: Unanswered) -> Response {
    let Unanswered { source, refusal } = wrong;
    let well = source.is_empty() && refusal.is_empty();
    let status = if well { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let steps = steps(&visitor, &job, "questions");
    let (fields, choices) = visitor.tenant.read(|state| question_fields(state, given, source.into()));
    let page = StepPage {
        shell: visitor.shell,
        job,
        steps,
        title: "A question",
        intro: String::new(),
        refusal,
        button: "Submit",
        fields,
        choices,
    };
    Page(status, page).into_response()
}

/// How did you hear about us: the customer's own sources, stored on the recruiting workflow.
fn question_fields(state: &CustomerState, given: &Given, error: String) -> (Vec<Field>, Vec<Choice>) {
    let chosen = given.text("source");
    let mut options = vec![crate::icims::pages::form::Choosable::new("", "Please choose", chosen)];
    options.extend(
        state.offered(list::SOURCES, "").map(|node| crate::icims::pages::form::Choosable::new(&node.label, &node.label, chosen)),
    );
    let label = "How did you hear about this job? *".into();
    let specifics = read::label(state, ProfileType::Workflows, "sourcename");
    let field = Field::new("text", "sourcename", specifics)
        .hint("For example the name of the web site or of the person.")
        .value(given.text("sourcename"));
    (vec![field], vec![Choice { name: "source", label, hint: "", error, options }])
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
