//! How the customer's integration stands.

use askama::Template;
use axum::extract::State;
use jiff::Timestamp;

use super::page::{Failure, Page, Section, Shell};
use super::session::SignedIn;
use super::words::{self, Badge, Moment};
use super::{Console, refused};
use crate::domain::{Customer, OrderState};
use crate::store::jobs::{self, Outstanding};
use crate::store::orders;

/// What stands where a Harver Admin has entered nothing.
const NOT_ENTERED: &str = "Not entered yet";

#[derive(Template)]
#[template(path = "console/pages/overview.html")]
pub(super) struct Overview {
    shell: Shell,
    enabled: bool,
    patterns: Vec<&'static str>,
    triggers: String,
    icims: Neighbour,
    harver: Neighbour,
    counts: Vec<(Badge, u64)>,
    /// How many different refusals there were lately.
    refused: u64,
    /// How many steps wait for their next attempt, and when the first of them is tried.
    waiting: u64,
    next_attempt: Option<Moment>,
}

/// One of the two that the integration stands between.
struct Neighbour {
    base_url: String,
    identity: String,
}

/// The first page.
pub(super) async fn overview(State(console): State<Console>, signed_in: SignedIn) -> Result<Page<Overview>, Failure> {
    let (support, now) = (console.support_contact, console.clock.now());
    let look = move |tx: &crate::store::Tx<'_>| {
        let (customer, shell) = Shell::load(tx, &signed_in.session, Section::Overview, support)?;
        let counts = orders::counts(tx, customer.id)?;
        let work = jobs::outstanding(tx, Some(customer.id), now)?;
        let refused = refused::lately(tx, customer.id, now)?;
        Ok::<_, Failure>(Overview::new(&customer, now, shell, &counts).with(refused, work))
    };
    console.store.read(look).await.map(Page::ok)
}

impl Overview {
    fn new(customer: &Customer, now: Timestamp, shell: Shell, counts: &[(OrderState, u64)]) -> Self {
        let ats = customer.ats.at(now);
        let number = |state| counts.iter().find(|(counted, _)| *counted == state).map_or(0, |(_, number)| *number);
        Self {
            shell,
            enabled: customer.enabled,
            patterns: customer.patterns.iter().map(|pattern| pattern.label()).collect(),
            triggers: customer.trigger_statuses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            icims: Neighbour {
                base_url: ats.map_or_else(|| NOT_ENTERED.to_owned(), |ats| words::address(&ats.base_url)),
                identity: ats.map_or(NOT_ENTERED, |ats| ats.authentication.label()).to_owned(),
            },
            harver: Neighbour {
                base_url: words::address(&customer.harver.base_url),
                identity: customer.harver.account.to_string(),
            },
            counts: OrderState::ALL.into_iter().map(|state| (state.into(), number(state))).collect(),
            refused: 0,
            waiting: 0,
            next_attempt: None,
        }
    }

    fn with(self, refused: u64, work: Outstanding) -> Self {
        Self { refused, waiting: work.waiting, next_attempt: work.next_attempt.map(Moment::from), ..self }
    }
}
