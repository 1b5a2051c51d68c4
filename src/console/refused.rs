//! Which events were not acted on, and why.

use askama::Template;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::Console;
use super::form::{Asked, Meant, Text};
use super::page::{Failure, Page, Section, Shell};
use super::session::SignedIn;
use super::words::{self, Badge, Moment};
use crate::domain::{CustomerId, RefusalKind};
use crate::store::refused_events::{self, KEPT, KEPT_FOR, Line, Wanted};
use crate::store::{StoreError, Tx};

/// How many lines stand on one page.
const PAGE: u32 = 50;
/// For how long the overview speaks of a refusal.
const RECENT: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Template)]
#[template(path = "console/pages/refused.html")]
pub(super) struct RefusedEvents {
    shell: Shell,
    lines: Vec<Shown>,
    /// The lines before this one are on the next page.
    older: Option<i64>,
    /// Whether this is not the first page.
    later_page: bool,
    wanted: Wanted,
    kept: u32,
    kept_days: i64,
}

/// One line of the page.
struct Shown {
    id: i64,
    kind: Badge,
    reason: String,
    detail: String,
    payload: String,
    pattern: &'static str,
    /// The workflow, the person and the job, as far as they are known.
    who: Vec<(&'static str, String)>,
    first: Moment,
    last: Moment,
    times: u64,
    http_status: u16,
}

/// Which events are looked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Search {
    kind: Meant<RefusalKind>,
    q: Text,
    /// The lines before this one.
    before: Meant<i64>,
}

/// The list, the latest first.
pub(super) async fn list(
    State(console): State<Console>,
    signed_in: SignedIn,
    Asked(search): Asked<Search>,
) -> Result<Page<RefusedEvents>, Failure> {
    let wanted = Wanted { kind: search.kind.0, words: search.q.to_owned(), before: search.before.0 };
    let (support, now) = (console.support_contact, console.clock.now());
    let look = move |tx: &Tx<'_>| {
        let (customer, shell) = Shell::load(tx, &signed_in.session, Section::Refused, support)?;
        let mut found = refused_events::find(tx, customer.id, &wanted, now, PAGE + 1)?;
        let more = found.len() > PAGE as usize;
        found.truncate(PAGE as usize);
        Ok::<_, Failure>(RefusedEvents {
            shell,
            older: found.last().map(|line| line.id).filter(|_| more),
            later_page: wanted.before.is_some(),
            lines: found.into_iter().map(Shown::from).collect(),
            wanted,
            kept: KEPT,
            kept_days: KEPT_FOR.as_hours() / 24,
        })
    };
    console.store.read(look).await.map(Page::ok)
}

/// How many different refusals there were lately.
pub(super) fn lately(tx: &Tx<'_>, customer: CustomerId, now: Timestamp) -> Result<u64, StoreError> {
    refused_events::count_since(tx, customer, now.saturating_sub(RECENT).unwrap_or(Timestamp::MIN))
}

impl RefusedEvents {
    /// What there is to choose from.
    fn kinds(&self) -> Vec<Badge> {
        RefusalKind::ALL.iter().copied().map(Badge::from).collect()
    }

    fn is_chosen(&self, kind: &Badge) -> bool {
        self.wanted.kind.is_some_and(|wanted| wanted.name() == kind.name)
    }

    fn is_filtered(&self) -> bool {
        self.wanted.kind.is_some() || !self.wanted.words.is_empty()
    }

    /// What is looked for, as the query of an address behind this sign; nothing if nothing is.
    fn query(&self, sign: char) -> String {
        if !self.is_filtered() {
            return String::new();
        }
        let kind = self.wanted.kind.map(RefusalKind::name).unwrap_or_default();
        words::query(sign, &[("q", &self.wanted.words), ("kind", kind)])
    }
}

impl From<Line> for Shown {
    fn from(Line { id, event, first_at, times }: Line) -> Self {
        let who = [
            ("workflow", event.workflow.map(|id| id.to_string())),
            ("person", event.person.map(|id| id.to_string())),
            ("job", event.job.map(|id| id.to_string())),
        ];
        Self {
            id,
            kind: event.kind.into(),
            reason: event.reason,
            detail: event.detail,
            payload: event.payload,
            pattern: event.pattern.map_or("", |pattern| pattern.label()),
            who: who.into_iter().filter_map(|(what, id)| Some((what, id?))).collect(),
            first: first_at.into(),
            last: event.at.into(),
            times,
            http_status: event.http_status,
        }
    }
}
