//! The section Credentials, tab Harver to ATS: how the integration identifies itself to iCIMS (promises G11 and G12).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;

use super::access::{Configures, ConfiguresForm};
use super::ats_form::{AtsForm, Method};
use super::form::{Asked, Fields, Text, Ticked};
use super::page::{Failure, Page, Said, Section, Shell};
use super::settings_form::{added, mark};
use super::words::Moment;
use super::{Console, connection, parked};
use crate::domain::{Customer, Neighbour};
use crate::settings::{self, Problems, SaveError};

const HARVER_TO_ATS: &str = "/console/credentials/harver-to-ats";
/// Where *Edit ATS credentials* is.
pub(super) const EDIT: &str = "/console/credentials/harver-to-ats/edit";

/// Tab Harver to ATS: how the integration identifies itself to iCIMS.
#[derive(Template)]
#[template(path = "console/pages/harver_to_ats.html")]
struct HarverToAtsTab {
    shell: Shell,
    present: AtsForm,
    /// What takes its place, and when.
    next: Option<(AtsForm, Moment)>,
    /// The result of a test: what to fix, or that it works.
    tested: Option<Result<(), String>>,
    done: Done,
}

/// What was just done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    Nothing,
    Saved,
    /// A new connection waits for its moment.
    Announced,
    Withdrawn,
}

/// *Edit ATS credentials*.
#[derive(Template)]
#[template(path = "console/pages/edit_ats.html")]
struct EditAts {
    shell: Shell,
    /// What is set up, or what was typed and not taken.
    form: AtsForm,
    /// The method that has a secret now, which may be kept.
    secret_of: Option<Method>,
    problems: Problems,
    /// Why iCIMS does not take these values.
    refusal: Option<String>,
}

/// Which connection is tried.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TestForm {
    /// The announced one, if there is one.
    next: Ticked,
}

/// What the tab is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Taken {
    /// How the form was taken just now, if it was: `announced`, `withdrawn`, or `yes`.
    saved: Text,
}

/// The section opens at its first tab.
pub(super) async fn first_tab(_: Configures) -> Redirect {
    Redirect::to(HARVER_TO_ATS)
}

/// Tab Harver to ATS.
pub(super) async fn harver_to_ats(
    State(console): State<Console>,
    who: Configures,
    Asked(Taken { saved }): Asked<Taken>,
) -> Result<Response, Failure> {
    let done = match &*saved {
        "" => Done::Nothing,
        "announced" => Done::Announced,
        "withdrawn" => Done::Withdrawn,
        _ => Done::Saved,
    };
    tab(&console, who, None, done).await
}

/// Tries what is set up now, or what takes its place.
pub(super) async fn test(State(console): State<Console>, form: ConfiguresForm<TestForm>) -> Result<Response, Failure> {
    let customer = added(&console, &form.by).await?;
    let announced = with_next(&customer, console.clock.now()).filter(|_| form.fields.next.0);
    let tested = match announced {
        Some((next, _)) => connection::check(&console, &next).await,
        None => {
            let tested = connection::check(&console, &customer).await;
            if tested.is_ok() {
                parked::mended(&console, customer.id, Neighbour::Icims).await?;
            }
            tested
        }
    };
    tab(&console, form.by, Some(tested), Done::Nothing).await
}

/// Takes back what was announced; the present connection goes on.
pub(super) async fn withdraw(State(console): State<Console>, form: ConfiguresForm) -> Result<Response, Failure> {
    let (id, by) = (form.by.session.customer, console.by(&form.by));
    let now = by.now;
    let without = move |present: &Customer| Ok(Customer { ats: present.ats.without_announcement(now), ..present.clone() });
    console.store.write(move |tx| settings::replace(tx, id, without, &by)).await?;
    Ok(Redirect::to("/console/credentials/harver-to-ats?saved=withdrawn").into_response())
}

/// The form with what is set up now.
pub(super) async fn edit(State(console): State<Console>, who: Configures) -> Result<Response, Failure> {
    let now = console.clock.now();
    let (customer, shell) = load(&console, who).await?;
    let form = AtsForm::of(&customer, now);
    Ok(EditAts::answer(StatusCode::OK, shell, &customer, now, form, Problems::default(), None))
}

/// The form with what was typed before the session ended.
pub(super) async fn resumed(console: &Console, who: Configures, fields: &Fields) -> Result<Response, Failure> {
    let (customer, mut shell) = load(console, who).await?;
    shell.said = Said::Resumed;
    Ok(EditAts::answer(StatusCode::OK, shell, &customer, console.clock.now(), fields.read()?, Problems::default(), None))
}

/// The form, filled in: tried against iCIMS, and saved only if that works. What is announced for later is saved untried, because iCIMS
/// need not know it yet.
pub(super) async fn save(State(console): State<Console>, form: ConfiguresForm<AtsForm>) -> Result<Response, Failure> {
    let (by, rules) = (console.by(&form.by), console.rules);
    let now = by.now;
    let (customer, shell) = load(&console, form.by).await?;
    let document = form.fields.document();
    let again = |customer: &Customer, problems: Problems, refusal| {
        EditAts::answer(StatusCode::UNPROCESSABLE_ENTITY, shell, customer, now, form.fields, problems, refusal)
    };
    let proposed = match rules.change(&document, &customer, now) {
        Ok(proposed) => proposed,
        Err(problems) => return Ok(again(&customer, problems, None)),
    };
    let announced = proposed.ats.announced(now).is_some();
    if !announced && let Err(refusal) = connection::check(&console, &proposed).await {
        return Ok(again(&customer, Problems::default(), Some(refusal)));
    }
    let id = customer.id;
    match console.store.write(move |tx| settings::save(tx, id, &document, rules, &by)).await {
        Ok(_) => {
            let saved = if announced { "announced" } else { "yes" };
            Ok(Redirect::to(&format!("{HARVER_TO_ATS}?saved={saved}")).into_response())
        }
        // Somebody else has changed what this change stands on while iCIMS was asked.
        Err(SaveError::Problems(problems)) => Ok(again(&customer, problems, None)),
        Err(error) => Err(error.into()),
    }
}

async fn tab(console: &Console, who: Configures, tested: Option<Result<(), String>>, done: Done) -> Result<Response, Failure> {
    let now = console.clock.now();
    let (customer, shell) = load(console, who).await?;
    let next = with_next(&customer, now).map(|(next, from)| (AtsForm::of(&next, now), from.into()));
    let present = AtsForm::of(&customer, now);
    Ok(Page::ok(HarverToAtsTab { shell, present, next, tested, done }).into_response())
}

/// The customer as if the announced moment had come, and when it comes.
fn with_next(customer: &Customer, now: Timestamp) -> Option<(Customer, Timestamp)> {
    let next = customer.ats.announced(now)?;
    Some((Customer { ats: next.connection.clone().into(), ..customer.clone() }, next.from))
}

impl EditAts {
    fn answer(
        status: StatusCode,
        shell: Shell,
        customer: &Customer,
        now: Timestamp,
        form: AtsForm,
        problems: Problems,
        refusal: Option<String>,
    ) -> Response {
        let secret_of = customer.ats.at(now).map(|ats| (&ats.authentication).into());
        Page(status, Self { shell, form, secret_of, problems, refusal }).into_response()
    }

    /// `checked` for the radio button of the method.
    fn chosen(&self, method: Method) -> &'static str {
        if self.form.method() == method { " checked" } else { "" }
    }

    fn mark(&self, setting: &str, id: &str) -> String {
        mark(&self.problems, setting, id)
    }
}

async fn load(console: &Console, who: Configures) -> Result<(Customer, Shell), Failure> {
    let support = console.support_contact.clone();
    console.store.read(move |tx| Shell::of_section(tx, &who, Section::Credentials, support)).await
}
