//! The section Credentials, tab ATS to Harver: what the iCIMS side is given, and its rotation (promises G06 and G13).

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::Console;
use super::access::{Configures, ConfiguresForm};
use super::form::{Asked, Text};
use super::page::{Failure, Page, Said, Section, Shell};
use super::settings_form::{self, SettingsForm, View, items, mark};
use super::words::Moment;
use crate::domain::{Customer, InboundCredentials};
use crate::settings::{self, Document, Problems};
use crate::store::Tx;
use crate::web::new_password;

#[derive(Template)]
#[template(path = "console/pages/ats_to_harver.html")]
pub(super) struct AtsToHarverTab {
    shell: Shell,
    /// `None` when the account is on the other instance, and nobody said where that is.
    start_url: Option<String>,
    /// Where tokens for events are given out; known for the own instance only.
    token_url: Option<String>,
    instance: &'static str,
    username: String,
    password: String,
    /// The password before the last rotation, as long as it is let in.
    former: Option<Former>,
    /// The password was rotated just now.
    rotated: bool,
    /// The addresses that are set up.
    addresses: Vec<String>,
    /// What stands in the field for them.
    typed: String,
    problems: Problems,
}

/// A password that still opens, and until when.
struct Former {
    password: String,
    until: Moment,
}

/// How long the present password goes on after a rotation.
struct Grace {
    name: &'static str,
    label: &'static str,
    time: SignedDuration,
}

const GRACES: [Grace; 4] = [
    Grace { name: "24h", label: "In 24 hours", time: SignedDuration::from_hours(24) },
    Grace { name: "1h", label: "In 1 hour", time: SignedDuration::from_hours(1) },
    Grace { name: "7d", label: "In 7 days", time: SignedDuration::from_hours(7 * 24) },
    Grace { name: "now", label: "At once", time: SignedDuration::ZERO },
];

/// The addresses that are typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AddressesForm {
    addresses: Text,
}

/// How the password is rotated.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RotationForm {
    /// The name of a [`Grace`].
    old_ends: Text,
}

/// What the tab is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    /// The addresses were saved just now.
    saved: Text,
    /// The password was rotated just now.
    rotated: Text,
}

impl SettingsForm for AtsToHarverTab {
    const PATH: &'static str = "/console/credentials/ats-to-harver";
    const SECTION: Section = Section::Credentials;

    type Form = AddressesForm;

    fn document(form: &AddressesForm) -> Document {
        Document { addresses: Some(items(&form.addresses)), ..Document::default() }
    }

    fn page(view: View, _: &Tx<'_>) -> Result<Self, Failure> {
        let View { console, shell, customer, shown, problems } = view;
        Ok(Self {
            shell,
            start_url: console.start_url(&customer),
            token_url: (customer.instance == console.instance)
                .then(|| format!("{}{}", super::words::address(&console.public_url), console.token_path)),
            instance: customer.instance.label(),
            former: Former::of(&customer, console.clock.now()),
            username: customer.events.username,
            password: customer.events.password.expose_secret().to_owned(),
            rotated: false,
            addresses: customer.addresses.iter().map(ToString::to_string).collect(),
            typed: shown.addresses.map(|addresses| addresses.join("\n")).unwrap_or_default(),
            problems,
        })
    }
}

impl AtsToHarverTab {
    fn mark(&self, setting: &str, id: &str) -> String {
        mark(&self.problems, setting, id)
    }
}

impl Former {
    fn of(customer: &Customer, now: Timestamp) -> Option<Self> {
        let former = customer.events.former.as_ref().filter(|former| now < former.until)?;
        Some(Self { password: former.password.expose_secret().to_owned(), until: former.until.into() })
    }
}

/// The tab.
pub(super) async fn show(State(console): State<Console>, who: Configures, Asked(done): Asked<Done>) -> Result<Response, Failure> {
    let said = if done.saved.is_empty() { Said::Nothing } else { Said::Saved };
    let mut page: AtsToHarverTab = settings_form::load(&console, who, None, Problems::default(), said).await?;
    page.rotated = !done.rotated.is_empty();
    Ok(Page::ok(page).into_response())
}

/// Gives out a new password, and lets the present one in as long as was chosen.
pub(super) async fn rotate(State(console): State<Console>, form: ConfiguresForm<RotationForm>) -> Result<Response, Failure> {
    let chosen = &form.fields.old_ends;
    let Some(grace) = GRACES.iter().find(|grace| *grace.name == **chosen) else { return Err(Failure::NotAForm) };
    let (id, by) = (form.by.session.customer, console.by(&form.by));
    let until = by.now.saturating_add(grace.time).unwrap_or(Timestamp::MAX);
    console.store.write(move |tx| settings::rotate(tx, id, events, new_password().into(), until, &by)).await?;
    Ok(Redirect::to(&format!("{}?rotated=yes", AtsToHarverTab::PATH)).into_response())
}

fn events(customer: &mut Customer) -> &mut InboundCredentials {
    &mut customer.events
}
