//! The one path of all forms of settings: what was typed becomes a document, a document is saved or comes back with its problems.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Console;
use super::access::{Configures, ConfiguresForm};
use super::form::{Asked, Fields, Text};
use super::page::{Failure, Page, Said, Section, Shell};
use crate::domain::Customer;
use crate::settings::{self, Document, Problems, SaveError};
use crate::store::{self, StoreError, Tx};

/// A page with a form of settings.
pub(super) trait SettingsForm: Template + Sized + Send + 'static {
    /// Where it is shown and sent.
    const PATH: &'static str;
    /// The section that it is part of.
    const SECTION: Section;

    /// The form as it is sent.
    type Form: DeserializeOwned + Send;

    /// What was typed, as settings; nothing is judged here.
    fn document(form: &Self::Form) -> Document;

    /// The page.
    ///
    /// # Errors
    /// When the store fails.
    fn page(view: View, tx: &Tx<'_>) -> Result<Self, Failure>;
}

/// What a page of settings shows.
pub(super) struct View {
    pub(super) console: Console,
    pub(super) shell: Shell,
    /// How the integration is set up.
    pub(super) customer: Customer,
    /// What stands in the fields: what is set up, or what was typed and not taken.
    pub(super) shown: Document,
    pub(super) problems: Problems,
}

/// What the page is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    /// The form was taken just now.
    saved: Text,
}

/// Shows the form with what is set up.
pub(super) async fn show<P: SettingsForm>(
    State(console): State<Console>,
    who: Configures,
    Asked(done): Asked<Done>,
) -> Result<Response, Failure> {
    let said = if done.saved.is_empty() { Said::Nothing } else { Said::Saved };
    Ok(Page::ok(load::<P>(&console, who, None, Problems::default(), said).await?).into_response())
}

/// Shows the form with what was typed before the session ended.
pub(super) async fn resumed<P: SettingsForm>(console: &Console, who: Configures, fields: &Fields) -> Result<Response, Failure> {
    let typed = Some(P::document(&fields.read()?));
    Ok(Page::ok(load::<P>(console, who, typed, Problems::default(), Said::Resumed).await?).into_response())
}

/// Saves what was typed, or shows it again with what is wrong.
pub(super) async fn save<P: SettingsForm>(
    State(console): State<Console>,
    form: ConfiguresForm<P::Form>,
) -> Result<Response, Failure> {
    match keep(&console, &form.by, P::document(&form.fields)).await {
        Ok(()) => Ok(Redirect::to(&format!("{}?saved=yes", P::PATH)).into_response()),
        Err(SaveError::Problems(problems)) => {
            let (typed, said) = (Some(P::document(&form.fields)), Said::from(&problems));
            let page = load::<P>(&console, form.by, typed, problems, said).await?;
            Ok(Page(StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// The page, with what is set up or what was typed.
///
/// # Errors
/// When the store fails, or there is nothing to set up yet.
pub(super) async fn load<P: SettingsForm>(
    console: &Console,
    who: Configures,
    typed: Option<Document>,
    problems: Problems,
    said: Said,
) -> Result<P, Failure> {
    let (for_page, now) = (console.clone(), console.clock.now());
    let look = move |tx: &Tx<'_>| {
        let (customer, mut shell) = Shell::of_section(tx, &who, P::SECTION, for_page.support_contact.clone())?;
        shell.said = said;
        let shown = typed.unwrap_or_else(|| Document::of(&customer, now));
        P::page(View { console: for_page, shell, customer, shown, problems }, tx)
    };
    console.store.read(look).await
}

/// The customer, if there is an integration to set up.
///
/// # Errors
/// When the store fails, or the integration was not added yet.
pub(super) async fn added(console: &Console, who: &Configures) -> Result<Customer, Failure> {
    let id = who.session.customer;
    let found = console
        .store
        .read(move |tx| store::customer(tx, id))
        .await
        .map_err(|error: StoreError| Failure::from(error))?
        .ok_or(Failure::NotFound)?;
    if found.added { Ok(found) } else { Err(Failure::NotAdded) }
}

async fn keep(console: &Console, who: &Configures, document: Document) -> Result<(), SaveError> {
    let (id, by, rules) = (who.session.customer, console.by(who), console.rules);
    console.store.write(move |tx| settings::save(tx, id, &document, rules, &by).map(drop)).await
}

/// Marks a field that has a problem, and ties its message to it; the message stands in the element `<id>-error`.
pub(super) fn mark(problems: &Problems, setting: &str, id: &str) -> String {
    match problems.at(setting) {
        Some(_) => format!(" aria-invalid=true aria-describedby={id}-error"),
        None => String::new(),
    }
}

/// The items of a list that was typed: one in each line, or with commas or blanks between them.
pub(super) fn items(typed: &str) -> Vec<String> {
    let parts = typed.split(|letter: char| letter == ',' || letter == ';' || letter.is_whitespace());
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The items as they are shown in one line.
pub(super) fn in_one_line(items: Option<&Vec<String>>) -> String {
    items.map(|items| items.join(", ")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_typed_in_lines_or_with_commas() {
        assert_eq!(items(" C40177,\n C40178;C40179  D10100\r\n"), ["C40177", "C40178", "C40179", "D10100"]);
        assert_eq!(items(" , \n"), [""; 0]);
    }
}
