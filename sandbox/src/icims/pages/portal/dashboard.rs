//! What a candidate sees after logging back in: applications with the text the customer shows for their status.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::session;
use super::visitor::{Shell, Visitor};
use crate::icims::model::ApplicationStep;
use crate::icims::pages::desk::Refused;
use crate::icims::pages::form::{Field, Submitted};
use crate::icims::pages::{read, typed};
use crate::ui::Page;

#[derive(Template)]
#[template(path = "careers/login.html")]
struct Login {
    shell: Shell,
    intro: &'static str,
    field: Field,
}

#[derive(Template)]
#[template(path = "careers/dashboard.html")]
struct Dashboard {
    shell: Shell,
    email: String,
    applications: Vec<ApplicationView>,
}

struct ApplicationView {
    job_id: u64,
    job: String,
    status: String,
    /// Where the application goes on, if something is left to do.
    resume: String,
}

/// `GET /careers/{customer}/login`
pub(super) async fn login(visitor: Visitor) -> Response {
    login_page(visitor, "", String::new())
}

/// `POST /careers/{customer}/login`
pub(super) async fn log_in(visitor: Visitor, Submitted(form): Submitted) -> Result<Response, Refused> {
    let email = form.text("email");
    if let Some(error) = typed::email_error(email) {
        return Ok(login_page(visitor, email, error));
    }
    let Some(person) = visitor.tenant.read(|state| state.person_by_email(email).map(|person| person.id)) else {
        let error = "We know no profile with this address. Check it, or choose an open position and apply.".into();
        return Ok(login_page(visitor, email, error));
    };
    let session = session::begin(&visitor, email, Some(person)).await?;
    Ok(visitor.go_with(&session, &visitor.path("/dashboard")))
}

/// `POST /careers/{customer}/logout`
pub(super) async fn log_out(visitor: Visitor) -> Result<Response, Refused> {
    session::end(&visitor).await?;
    Ok(visitor.go_without(&visitor.path("")))
}

fn login_page(visitor: Visitor, email: &str, error: String) -> Response {
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let field = Field::new("email", "email", "E-mail").required().autocomplete("email").value(email).error(error);
    let intro = "Enter the e-mail address you applied with to see your applications.";
    Page(status, Login { shell: visitor.shell, intro, field }).into_response()
}

/// `GET /careers/{customer}/dashboard`
pub(super) async fn show(visitor: Visitor) -> Response {
    let Some(person) = visitor.person() else {
        return Redirect::to(&visitor.path("/login")).into_response();
    };
    let customer = visitor.shell.customer;
    let (email, applications) = visitor.tenant.read(|state| {
        let rows = state.workflows_of(person);
        let views = rows.into_iter().filter_map(|row| {
            let workflow = state.workflow(row.workflow)?;
            let job = state.job(workflow.job)?;
            let waiting = matches!(workflow.application, Some(ApplicationStep::Assessment | ApplicationStep::LeftForVendor));
            Some(ApplicationView {
                job_id: job.id.get(),
                job: read::title_of(job),
                status: if waiting {
                    "Incomplete: assessment".into()
                } else {
                    read::seen_by_candidate(workflow.status()).to_owned()
                },
                resume: if waiting { format!("{}/assessment", read::portal_path(customer, job)) } else { String::new() },
            })
        });
        (state.person(person).map_or_else(String::new, |person| person.email().to_owned()), views.collect())
    });
    Page::ok(Dashboard { shell: visitor.shell, email, applications }).into_response()
}
