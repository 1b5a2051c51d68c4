//! Which settings were changed, when and by whom. What became of a secret is not told, because it is not kept.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;

use super::Console;
use super::access::Configures;
use super::form::{Asked, Meant};
use super::page::{Failure, Page, Section, Shell};
use super::words::{self, Moment};
use crate::store::Tx;
use crate::store::history::{self, SettingChange};

/// How many changes a page shows.
const ON_A_PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "console/pages/history.html")]
struct History {
    shell: Shell,
    changes: Vec<Change>,
    /// These are not the newest.
    later_page: bool,
    /// The number before which the next page begins, if there is one.
    older: Option<i64>,
}

/// One line of the page.
struct Change {
    id: i64,
    at: Moment,
    who: String,
    way: String,
    setting: String,
    was: String,
    became: String,
}

/// Which changes are asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    /// Those before this number; the newest without one.
    before: Meant<i64>,
}

/// The newest changes, or those before a number.
pub(super) async fn changes(
    State(console): State<Console>,
    who: Configures,
    Asked(place): Asked<Place>,
) -> Result<Response, Failure> {
    let before = place.before.0;
    let support = console.support_contact;
    let look = move |tx: &Tx<'_>| {
        let (customer, shell) = Shell::load(tx, &who.session, Section::History, support)?;
        // One more than is shown tells whether there is another page.
        let mut found = history::changes(tx, customer.id, before, ON_A_PAGE + 1)?;
        let more = found.len() > ON_A_PAGE as usize;
        found.truncate(ON_A_PAGE as usize);
        let older = found.last().map(|change| change.id).filter(|_| more);
        let changes = found.into_iter().map(Change::from).collect();
        Ok::<_, Failure>(History { shell, changes, later_page: before.is_some(), older })
    };
    Ok(Page::ok(console.store.read(look).await?).into_response())
}

impl From<SettingChange> for Change {
    fn from(change: SettingChange) -> Self {
        let SettingChange { id, at, who, way, setting, was, became } = change;
        Self {
            id,
            at: at.into(),
            who,
            way,
            setting: words::setting(&setting).to_owned(),
            was: readable(was),
            became: readable(became),
        }
    }
}

/// A value as people read it: a moment like all moments of the console.
fn readable(value: String) -> String {
    value.parse::<Timestamp>().map_or(value, |moment| Moment::from(moment).text)
}
