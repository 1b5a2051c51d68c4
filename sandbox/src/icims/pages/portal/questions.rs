//! The last question of an application.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::apply::{StepPage, ask_first, next_step};
use super::kept::Kept;
use super::session;
use super::visitor::{JobView, Visitor};
use crate::icims::model::ApplicationStep;
use crate::icims::pages::desk::Refused;
use crate::icims::pages::form::{Choice, Choosable, Field, Given, Submitted};
use crate::icims::pages::read;
use crate::icims::schema::{ProfileType, list};
use crate::icims::state::{CustomerState, Refusal};
use crate::ui::Page;

/// `GET /careers/{customer}/jobs/{job}/{slug}/questions`
pub(super) async fn show(visitor: Visitor) -> Result<Response, Refused> {
    let job = visitor.open_job()?;
    if visitor.person().is_none() {
        return Ok(Redirect::to(&format!("{}/login", job.path)).into_response());
    }
    Ok(step(visitor, job, &Given::default(), Unanswered::default(), ""))
}

/// `POST /careers/{customer}/jobs/{job}/{slug}/questions`: the application exists from here on.
pub(super) async fn give(visitor: Visitor, Submitted(form): Submitted) -> Result<Response, Refused> {
    let job = visitor.open_job()?;
    let Some(person) = visitor.person() else {
        return Ok(ask_first(visitor, job, &Kept::of("questions", form)));
    };
    if form.text("source").is_empty() {
        return Ok(step(visitor, job, &form, Unanswered::source("Please tell us how you heard about this job."), ""));
    }
    match session::apply(&visitor, person, job.id, &form).await? {
        Ok(ApplicationStep::Complete) => Ok(Redirect::to(&format!("{}/thanks", job.path)).into_response()),
        Ok(_) => Ok(Redirect::to(&format!("{}/assessment", job.path)).into_response()),
        Err(Refusal::DuplicateWorkflow { .. }) => Ok(Redirect::to(&next_step(&visitor, &job, person)).into_response()),
        Err(Refusal::Invalid(_)) => Ok(step(visitor, job, &form, Unanswered::source("Please choose from the list."), "")),
        Err(full @ Refusal::TooManyProfiles { .. }) => {
            Ok(step(visitor, job, &form, Unanswered { refusal: full.to_string(), ..Unanswered::default() }, ""))
        }
        Err(refusal) => Err(visitor.broken(&refusal)),
    }
}

/// Why the last question is asked again.
#[derive(Default)]
pub(super) struct Unanswered {
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

pub(super) fn step(visitor: Visitor, job: JobView, given: &Given, wrong: Unanswered, notice: &'static str) -> Response {
    let Unanswered { source, refusal } = wrong;
    let well = source.is_empty() && refusal.is_empty();
    let status = if well { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let steps = super::steps(&visitor, &job, "questions");
    let (fields, choices) = visitor.tenant.read(|state| question_fields(state, given, source.into()));
    let page = StepPage {
        shell: visitor.shell,
        job,
        steps,
        title: "A question",
        intro: String::new(),
        notice,
        refusal,
        sent_to: "questions",
        button: "Submit",
        hidden: Vec::new(),
        fields,
        choices,
    };
    Page(status, page).into_response()
}

/// How did you hear about us: the customer's own sources, stored on the recruiting workflow.
fn question_fields(state: &CustomerState, given: &Given, error: String) -> (Vec<Field>, Vec<Choice>) {
    let chosen = given.text("source");
    let mut options = vec![Choosable::new("", "Please choose", chosen)];
    options.extend(state.offered(list::SOURCES, |_| false).map(|node| Choosable::new(&node.label, &node.label, chosen)));
    let label = "How did you hear about this job? *".into();
    let specifics = read::label(state, ProfileType::Workflows, "sourcename");
    let field = Field::new("text", "sourcename", specifics)
        .hint("For example the name of the web site or of the person.")
        .value(given.text("sourcename"));
    (vec![field], vec![Choice { name: "source", label, hint: "", error, options }])
}
