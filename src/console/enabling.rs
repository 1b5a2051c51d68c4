//! The toggle of the section General: on after checks, off at once (promises G18 and G19).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Console;
use super::access::ConfiguresForm;
use super::general::General;
use super::page::{Failure, Page, Said};
use super::settings_form;
use crate::checks::Report;
use crate::domain::Customer;
use crate::settings::{self, By, Problems, SaveError};

/// Runs the checks, and enables the integration if none has failed.
pub(super) async fn enable(State(console): State<Console>, form: ConfiguresForm) -> Result<Response, Failure> {
    let by = console.by(&form.by);
    let customer = settings_form::added(&console, &form.by).await?;
    let report = console.checker.run(&customer).await;
    let refusal = if report.is_good() { switch_on(&console, customer, by).await? } else { None };
    answer(&console, form, |page| {
        page.toggle.report = Some(report).filter(|_: &Report| refusal.is_none());
        page.toggle.refusal = refusal;
    })
    .await
}

/// Disables the integration. What is under way goes on.
pub(super) async fn disable(State(console): State<Console>, form: ConfiguresForm) -> Result<Response, Failure> {
    let (id, by) = (form.by.session.customer, console.by(&form.by));
    console.store.write(move |tx| settings::disable(tx, id, &by)).await?;
    answer(&console, form, |page| page.toggle.just_disabled = true).await
}

/// Enables what was checked, and says why not if the settings were changed while the checks ran.
async fn switch_on(console: &Console, checked: Customer, by: By) -> Result<Option<String>, Failure> {
    let said = "Somebody changed the settings while the checks ran. Switch it on again, so that those are checked.";
    match console.store.write(move |tx| settings::enable(tx, &checked, &by)).await {
        Ok(_) => Ok(None),
        Err(SaveError::ChangedMeanwhile(_)) => Ok(Some(said.to_owned())),
        Err(error) => Err(error.into()),
    }
}

/// The section, with what was just done. It is an error as long as somebody wants it on and it is off.
async fn answer(console: &Console, form: ConfiguresForm, just_done: impl FnOnce(&mut General)) -> Result<Response, Failure> {
    let mut page: General = settings_form::load(console, form.by, None, Problems::default(), Said::Nothing).await?;
    just_done(&mut page);
    let refused = !page.toggle.enabled && !page.toggle.just_disabled;
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(Page(status, page).into_response())
}
