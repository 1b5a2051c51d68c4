//! The section Credentials with its two tabs (harver-platform.md 11; promises G11 to G13).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::ExposeSecret;

use super::ats_form::{self, Draft, Method, Problems};
use super::form::Asked;
use super::page::{Failure, Page, Section, Shell};
use super::session::{SignedForm, SignedIn};
use super::{Console, addresses, connection, words};
use crate::domain::{AtsConnection, Customer, CustomerId};
use crate::store::admins::Session;
use crate::store::{self, Tx};

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
    secret_of: Method,
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
    addresses: &'static [&'static str],
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
    let (customer, shell) = load(&console, form.by.session).await?;
    let again = |customer: &Customer, problems, refusal| {
        let draft = Draft::typed(&form.fields);
        EditAts::answer(StatusCode::UNPROCESSABLE_ENTITY, shell, customer, draft, problems, refusal)
    };
    let ats = match ats_form::connection(&form.fields, &customer, !console.is_secure()) {
        Ok(ats) => ats,
        Err(problems) => return Ok(again(&customer, problems, None)),
    };
    let proposed = Customer { ats: ats.clone(), ..customer.clone() };
    if let Err(refusal) = connection::check(&console, &proposed).await {
        return Ok(again(&customer, Problems::default(), Some(refusal)));
    }
    console.store.write(move |tx| replace_connection(tx, proposed.id, ats)).await?;
    Ok(Redirect::to("/console/credentials/harver-to-ats?saved=yes").into_response())
}

/// Tab ATS to Harver.
pub(super) async fn ats_to_harver(State(console): State<Console>, signed_in: SignedIn) -> Result<Response, Failure> {
    let (customer, shell) = load(&console, signed_in.session).await?;
    let tab = AtsToHarverTab {
        shell,
        start_url: format!("{}{}", words::address(&console.public_url), console.start_path),
        username: customer.events.username,
        password: customer.events.password.expose_secret().to_owned(),
        addresses: &addresses::OUTGOING,
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
        let secret_of = (&customer.ats.authentication).into();
        Page(status, Self { shell, draft, secret_of, problems, refusal }).into_response()
    }

    /// `checked` for the radio button of the method.
    fn chosen(&self, method: Method) -> &'static str {
        if self.draft.method == method { " checked" } else { "" }
    }

    /// Marks a field that has a problem, and ties its message to it.
    fn mark(&self, field: &str) -> String {
        match self.problems.at(field) {
            Some(_) => format!(" aria-invalid=true aria-describedby={}-error", field.replace('_', "-")),
            None => String::new(),
        }
    }
}

async fn load(console: &Console, session: Session) -> Result<(Customer, Shell), Failure> {
    let support = console.support_contact.clone();
    console.store.read(move |tx| Shell::load(tx, &session, Section::Credentials, support)).await
}

/// Puts the new connection in the place of the old one, whose secret is thereby forgotten. The rest of the set-up is read again,
/// because somebody else may have changed it while iCIMS was asked.
fn replace_connection(tx: &Tx<'_>, id: CustomerId, ats: AtsConnection) -> Result<(), Failure> {
    let customer = store::customer(tx, id)?.ok_or(Failure::NotFound)?;
    let method = ats.authentication.label();
    store::update_customer(tx, &Customer { ats, ..customer })?;
    tracing::info!(customer.id = %id, method, "The credentials for iCIMS were changed in the console.");
    Ok(())
}
