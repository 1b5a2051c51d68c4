//! The Integration menu: an integration is added here before it is set up (promise G09).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::Console;
use super::access::Configures;
use super::page::{Failure, Page, Section, Shell};

/// Where it is.
pub(super) const PATH: &str = "/console/integration";

/// The one integration of the drop-down; the platform's others are none of this program's (harver-platform.md 11.2).
pub(super) const MARKETPLACE: &str = "icims_marketplace";

#[derive(Template)]
#[template(path = "console/pages/integration.html")]
struct Menu {
    shell: Shell,
    enabled: bool,
}

/// *Add new integration*: the drop-down.
#[derive(Template)]
#[template(path = "console/pages/add_integration.html")]
pub(super) struct Choice {
    pub(super) shell: Shell,
    /// Nothing of the drop-down was chosen.
    pub(super) nothing_chosen: bool,
}

/// The menu.
pub(super) async fn menu(State(console): State<Console>, who: Configures) -> Result<Response, Failure> {
    let support = console.support_contact;
    let look = move |tx: &crate::store::Tx<'_>| {
        let (customer, shell) = Shell::load(tx, &who.session, Section::Integration, support)?;
        Ok::<_, Failure>(Menu { shell, enabled: customer.enabled })
    };
    Ok(Page::ok(console.store.read(look).await?).into_response())
}

/// The drop-down, unless the integration is there already.
pub(super) async fn choose(State(console): State<Console>, who: Configures) -> Result<Response, Failure> {
    let shell = load(&console, &who).await?.1;
    if shell.added {
        return Ok(Redirect::to(PATH).into_response());
    }
    Ok(Page(StatusCode::OK, Choice { shell, nothing_chosen: false }).into_response())
}

/// The customer and the shell of a page of the menu.
pub(super) async fn load(console: &Console, who: &Configures) -> Result<(crate::domain::Customer, Shell), Failure> {
    let (session, support) = (who.session.clone(), console.support_contact.clone());
    console.store.read(move |tx| Shell::load(tx, &session, Section::Integration, support)).await
}
