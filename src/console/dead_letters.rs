//! What was given up, and the button that tries it once more.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;

use super::Console;
use super::access::{Configures, ConfiguresForm};
use super::form::Asked;
use super::page::{Failure, Page, Section, Shell};
use super::words::{self, Badge, Moment};
use crate::domain::{CustomerId, JobKind, Order, OrderEvent, OrderId};
use crate::store::admins::Session;
use crate::store::jobs::{self, JobRecord};
use crate::store::{StoreError, Tx, orders};

/// How many dead letters are listed; the others come up as these are dealt with.
const LISTED: u32 = 100;

#[derive(Template)]
#[template(path = "console/pages/dead_letters.html")]
struct DeadLetters {
    shell: Shell,
    letters: Vec<Letter>,
    /// How many there are, when not all of them are listed.
    of: Option<u64>,
    /// A step of this order was just made due again.
    replayed: Option<OrderId>,
    refused: Option<Refused>,
}

/// One step that was given up.
struct Letter {
    id: i64,
    what: &'static str,
    order: OrderId,
    order_state: Badge,
    candidate: String,
    package: String,
    given_up: Option<Moment>,
    attempts: usize,
    reason: String,
}

/// Why a step is not tried again.
#[derive(Debug)]
enum Refused {
    /// It is no longer a dead letter: somebody else has replayed it.
    Gone,
    /// The same step of the order is waiting already.
    Waiting(OrderId),
    /// Meanwhile the candidate was ordered anew.
    Replaced(OrderId),
    /// The store failed.
    Failed(Failure),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// The list, newest first.
pub(super) async fn list(
    State(console): State<Console>,
    signed_in: Configures,
    Asked(asked): Asked,
) -> Result<Response, Failure> {
    let replayed = asked.text("replayed").parse().ok();
    DeadLetters::answer(&console, signed_in.session, StatusCode::OK, replayed, None).await
}

/// Tries a step once more.
pub(super) async fn replay(
    State(console): State<Console>,
    Path(number): Path<String>,
    form: ConfiguresForm,
) -> Result<Response, Failure> {
    let number: i64 = number.parse().map_err(|_| Failure::NotFound)?;
    let (customer, now) = (form.by.session.customer, console.clock.now());
    match console.store.write(move |tx| revive(tx, customer, number, now)).await {
        Ok(order) => {
            tracing::info!(customer.id = %customer, order.id = %order, "A dead letter was replayed from the console.");
            Ok(Redirect::to(&format!("/console/dead-letters?replayed={order}")).into_response())
        }
        Err(Refused::Failed(failure)) => Err(failure),
        Err(refused) => DeadLetters::answer(&console, form.by.session, StatusCode::CONFLICT, None, Some(refused)).await,
    }
}

/// Makes a step due again, and with a step that invites, the order that had failed with it. Both or neither.
fn revive(tx: &Tx<'_>, customer: CustomerId, number: i64, now: Timestamp) -> Result<OrderId, Refused> {
    let Some(record) = jobs::dead_one(tx, customer, number)? else { return Err(Refused::Gone) };
    let id = record.job.order;
    jobs::replay(tx, customer, number, now).map_err(|error| match error {
        StoreError::Conflict(_) => Refused::Waiting(id),
        other => other.into(),
    })?;
    if matches!(record.job.kind, JobKind::StartAssessment | JobKind::SendInvitation) {
        let order = orders::get_order(tx, id)?.ok_or(Refused::Gone)?;
        revive_order(tx, &order, now)?;
    }
    orders::note(tx, id, now, &format!("{} asked for again from the console", record.job.kind.name()))?;
    Ok(id)
}

/// An order that has ended makes room for a newer one; both cannot live.
fn revive_order(tx: &Tx<'_>, order: &Order, now: Timestamp) -> Result<(), Refused> {
    let newer = orders::live(tx, order.customer, order.workflow, order.package.vacancy())?;
    if let Some(newer) = newer.filter(|newer| newer.id != order.id) {
        return Err(Refused::Replaced(newer.id));
    }
    orders::apply(tx, order.id, OrderEvent::Revived, now)?;
    Ok(())
}

impl DeadLetters {
    async fn answer(
        console: &Console,
        session: Session,
        status: StatusCode,
        replayed: Option<OrderId>,
        refused: Option<Refused>,
    ) -> Result<Response, Failure> {
        let support = console.support_contact.clone();
        let look = move |tx: &Tx<'_>| {
            let (customer, shell) = Shell::load(tx, &session, Section::DeadLetters, support)?;
            let dead = jobs::dead(tx, customer.id, LISTED)?;
            let of = Some(shell.dead_letters).filter(|_| dead.len() == LISTED as usize);
            let letters = dead.into_iter().map(|record| Letter::read(tx, record)).collect::<Result<_, _>>()?;
            let replayed = replayed.filter(|_| refused.is_none());
            Ok::<_, Failure>(Self { shell, letters, of, replayed, refused })
        };
        let page = console.store.read(look).await?;
        Ok(Page(status, page).into_response())
    }
}

impl Letter {
    fn read(tx: &Tx<'_>, record: JobRecord) -> Result<Self, Failure> {
        let order = orders::get_order(tx, record.job.order)?.ok_or(Failure::NotFound)?;
        let last = record.attempts.last();
        Ok(Self {
            id: record.id,
            what: words::step(record.job.kind),
            order: order.id,
            order_state: order.state.into(),
            candidate: order.candidate.full_name(),
            package: order.package.name().to_owned(),
            given_up: last.map(|attempt| attempt.started_at.into()),
            attempts: record.attempts.len(),
            reason: last.map_or_else(String::new, |attempt| attempt.detail.clone()),
        })
    }
}
