//! The section Credentials with its two tabs (harver-platform.md 11; promises G11 to G13).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::ExposeSecret;

use super::ats_form::{self, Draft, Method};
use super::form::Asked;
use super::page::{Failure, Page, Section, Shell};
use super::session::{SignedForm, SignedIn};
use super::{Console, connection, words};
use crate::domain::Customer;
use crate::settings::{self, Problems, Rules, SaveError};
use crate::store::admins::Session;

const HARVER_TO_ATS: &str = "/console/credentials/harver-to-ats";

/// Tab Harver to ATS: how the integration identifies itself to iCIMS.
#[derive(Template)]
#[template(path = "console/pages/harver_to_ats.html")]
struct HarverToAtsTab {
    shell: Shell,
    present: Draft,
    /// The result of a test: what to fix, or that it works.
    tested: Option<Result<(), String>>,
    saved: bool,
}

/// *Edit ATS credentials*.
#[derive(Template)]
#[template(path = "console/pages/edit_ats.html")]
struct EditAts {
    shell: Shell,
    draft: Draft,
    /// The method that has a secret now, which may be kept.
    secret_of: Option<Method>,
    problems: Problems,
    /// Why iCIMS does not take these values.
    refusal: Option<String>,
}

/// Tab ATS to Harver: what the iCIMS side is given.
#[derive(Template)]
#[template(path = "console/pages/ats_to_harver.html")]
struct AtsToHarverTab {
    shell: Shell,
    start_url: String,
    username: String,
    password: String,
    addresses: Vec<String>,
}

/// The section opens at its first tab.
pub(super) async fn first_tab() -> Redirect {
    Redirect::to(HARVER_TO_ATS)
}

/// Tab Harver to ATS.
pub(super) async fn harver_to_ats(
    State(console): State<Console>,
    signed_in: SignedIn,
    Asked(asked): Asked,
) -> Result<Response, Failure> {
    let (customer, shell) = load(&console, signed_in.session).await?;
    let saved = !asked.text("saved").is_empty();
    Ok(Page::ok(HarverToAtsTab { shell, present: Draft::of(&customer), tested: None, saved }).into_response())
}

/// Tries what is set up now.
pub(super) async fn test(State(console): State<Console>, form: SignedForm) -> Result<Response, Failure> {
    let (customer, shell) = load(&console, form.by.session).await?;
    let tested = Some(connection::check(&console, &customer).await);
    Ok(Page::ok(HarverToAtsTab { shell, present: Draft::of(&customer), tested, saved: false }).into_response())
}

/// The form with what is set up now.
pub(super) async fn edit(State(console): State<Console>, signed_in: SignedIn) -> Result<Response, Failure> {
    let (customer, shell) = load(&console, signed_in.session).await?;
    Ok(EditAts::answer(StatusCode::OK, shell, &customer, Draft::of(&customer), Problems::default(), None))
}

/// The form, filled in: tried against iCIMS, and saved only if that works.
pub(super) async fn save(State(console): State<Console>, form: SignedForm) -> Result<Response, Failure> {
    let by = console.by(&form.by.session);
    let (customer, shell) = load(&console, form.by.session).await?;
    let again = |customer: &Customer, problems, refusal| {
        let draft = Draft::typed(&form.fields);
        EditAts::answer(StatusCode::UNPROCESSABLE_ENTITY, shell, customer, draft, problems, refusal)
    };
    let rules = Rules::at(&console.public_url);
    let document = ats_form::document(&form.fields);
    let proposed = match rules.change(&document, &customer, by.now) {
        Ok(proposed) => proposed,
        Err(problems) => return Ok(again(&customer, problems, None)),
    };
    if let Err(refusal) = connection::check(&console, &proposed).await {
        return Ok(again(&customer, Problems::default(), Some(refusal)));
    }
    let id = customer.id;
    match console.store.write(move |tx| settings::save(tx, id, &document, rules, &by)).await {
        Ok(_) => Ok(Redirect::to("/console/credentials/harver-to-ats?saved=yes").into_response()),
        // Somebody else has changed what this change stands on while iCIMS was asked.
        Err(SaveError::Problems(problems)) => Ok(again(&customer, problems, None)),
        Err(error) => Err(error.into()),
    }
}

/// Tab ATS to Harver.
pub(super) async fn ats_to_harver(State(console): State<Console>, signed_in: SignedIn) -> Result<Response, Failure> {
    let (customer, shell) = load(&console, signed_in.session).await?;
    let tab = AtsToHarverTab {
        shell,
        start_url: format!("{}{}", words::address(&console.public_url), console.start_path),
        username: customer.events.username,
        password: customer.events.password.expose_secret().to_owned(),
        addresses: customer.addresses.iter().map(ToString::to_string).collect(),
    };
    Ok(Page::ok(tab).into_response())
}

impl EditAts {
    fn answer(
        status: StatusCode,
        shell: Shell,
        customer: &Customer,
        draft: Draft,
        problems: Problems,
        refusal: Option<String>,
    ) -> Response {
        let secret_of = customer.ats.as_ref().map(|ats| (&ats.authentication).into());
        Page(status, Self { shell, draft, secret_of, problems, refusal }).into_response()
    }

    /// `checked` for the radio button of the method.
    fn chosen(&self, method: Method) -> &'static str {
        if self.draft.method == method { " checked" } else { "" }
    }

    /// Marks a field that has a problem, and ties its message to it.
    fn mark(&self, setting: &str, id: &str) -> String {
        match self.problems.at(setting) {
            Some(_) => format!(" aria-invalid=true aria-describedby={id}-error"),
            None => String::new(),
        }
    }
}

async fn load(console: &Console, session: Session) -> Result<(Customer, Shell), Failure> {
    let support = console.support_contact.clone();
    console.store.read(move |tx| Shell::load(tx, &session, Section::Credentials, support)).await
}
