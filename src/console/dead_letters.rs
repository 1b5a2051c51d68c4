//! What was given up, and the button that tries it once more.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;

use super::Console;
use super::access::{Configures, ConfiguresForm};
use super::form::{Asked, Meant, Text, Ticked, moment};
use super::page::{Failure, Page, Section, Shell};
use super::words::{self, Badge, Moment};
use crate::domain::{CustomerId, JobKind, Order, OrderEvent, OrderId, OrderState, cut_to};
use crate::store::admins::Session;
use crate::store::jobs::{self, Dismissal, JobRecord};
use crate::store::{StoreError, Tx, orders};

/// How many dead letters are listed; the others come up as these are dealt with.
const LISTED: u32 = 100;
/// How many are replayed at once; whoever has more asks again.
const AT_ONCE: u32 = 10_000;
/// The most characters of a reason.
const REASON_LIMIT: usize = 500;

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
    /// How many were just made due again, and how many were left.
    drained: Option<(u64, u64)>,
    /// One was just put aside.
    dismissed: bool,
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
    /// It is no longer a dead letter: somebody else has replayed or dismissed it, or a newer order has taken its order's place.
    Gone,
    /// The same step of the order is waiting already.
    Waiting(OrderId),
    /// Nobody said why this one is to be put aside.
    NoReason,
    /// What was typed is no moment.
    NoMoment,
    /// The store failed.
    Failed(Failure),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// What was just done, for the page to say.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    /// A step of this order was made due again.
    replayed: Meant<OrderId>,
    /// So many were made due again at once.
    drained: Meant<u64>,
    /// So many of them could not be.
    left: Meant<u64>,
    /// One was put aside.
    dismissed: Ticked,
}

/// Which steps are tried once more.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ReplayForm {
    /// Those that were given up since then; all of them when it is empty.
    since: Text,
}

/// Why a step is put aside.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct DismissalForm {
    reason: Text,
}

/// The list, newest first.
pub(super) async fn list(
    State(console): State<Console>,
    signed_in: Configures,
    Asked(done): Asked<Done>,
) -> Result<Response, Failure> {
    let mut page = DeadLetters::load(&console, signed_in.session, done.replayed.0, None).await?;
    page.drained = done.drained.0.map(|replayed| (replayed, done.left.0.unwrap_or(0)));
    page.dismissed = done.dismissed.0;
    Ok(Page::ok(page).into_response())
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

/// Tries everything once more that was given up, or that was given up since a moment. What cannot be is left as it is.
pub(super) async fn replay_many(State(console): State<Console>, form: ConfiguresForm<ReplayForm>) -> Result<Response, Failure> {
    let since = match &*form.fields.since {
        "" => None,
        typed => match moment(typed) {
            Some(since) => Some(since),
            None => {
                let refused = Some(Refused::NoMoment);
                return DeadLetters::answer(&console, form.by.session, StatusCode::UNPROCESSABLE_ENTITY, None, refused).await;
            }
        },
    };
    let (customer, now) = (form.by.session.customer, console.clock.now());
    let drain = move |tx: &Tx<'_>| -> Result<(u64, u64), Failure> {
        let (mut replayed, mut left) = (0, 0);
        for record in jobs::dead(tx, customer, AT_ONCE)? {
            let given_up = record.attempts.last().map(|attempt| attempt.started_at);
            if since.is_some_and(|since| given_up.is_none_or(|at| at < since)) {
                continue;
            }
            match revive(tx, customer, record.id, now) {
                Ok(_) => replayed += 1,
                Err(Refused::Failed(failure)) => return Err(failure),
                Err(_) => left += 1,
            }
        }
        Ok((replayed, left))
    };
    let (replayed, left) = console.store.write(drain).await?;
    tracing::info!(customer.id = %customer, replayed, left, "Dead letters were replayed from the console.");
    Ok(Redirect::to(&format!("/console/dead-letters?drained={replayed}&left={left}")).into_response())
}

/// Puts a step aside, with the reason that was typed.
pub(super) async fn dismiss(
    State(console): State<Console>,
    Path(number): Path<String>,
    form: ConfiguresForm<DismissalForm>,
) -> Result<Response, Failure> {
    let number: i64 = number.parse().map_err(|_| Failure::NotFound)?;
    let reason = cut_to(&form.fields.reason, REASON_LIMIT);
    if reason.is_empty() {
        let refused = Some(Refused::NoReason);
        return DeadLetters::answer(&console, form.by.session, StatusCode::UNPROCESSABLE_ENTITY, None, refused).await;
    }
    let customer = form.by.session.customer;
    let dismissal = Dismissal { at: console.clock.now(), by: form.by.session.email.clone(), reason };
    let put_aside = move |tx: &Tx<'_>| -> Result<bool, Failure> {
        let Some(job) = jobs::dismiss(tx, customer, number, &dismissal)? else { return Ok(false) };
        let Dismissal { at, by, reason } = &dismissal;
        orders::note(tx, job.order, *at, &format!("{} dismissed by {by}: {reason}", job.kind.name()))?;
        Ok(true)
    };
    if console.store.write(put_aside).await? {
        return Ok(Redirect::to("/console/dead-letters?dismissed=yes").into_response());
    }
    DeadLetters::answer(&console, form.by.session, StatusCode::CONFLICT, None, Some(Refused::Gone)).await
}

/// Makes a step due again, and with a step that invites, the order that had failed with it. Both or neither.
fn revive(tx: &Tx<'_>, customer: CustomerId, number: i64, now: Timestamp) -> Result<OrderId, Refused> {
    let Some(record) = jobs::dead_one(tx, customer, number)? else { return Err(Refused::Gone) };
    let id = record.job.order;
    // Refused before anything is changed: others may be replayed in the same transaction.
    if jobs::is_waiting(tx, record.job)? {
        return Err(Refused::Waiting(id));
    }
    if matches!(record.job.kind, JobKind::StartAssessment | JobKind::SendInvitation) {
        let order = orders::get_order(tx, id)?.ok_or(Refused::Gone)?;
        revive_order(tx, &order, now)?;
        // The cause may have been the candidate's address, and may have been mended in iCIMS.
        orders::read_again(tx, id)?;
    }
    jobs::replay(tx, customer, number, now)?;
    orders::note(tx, id, now, &format!("{} asked for again from the console", record.job.kind.name()))?;
    Ok(id)
}

/// An order that has ended makes room for a newer one; both cannot live.
fn revive_order(tx: &Tx<'_>, order: &Order, now: Timestamp) -> Result<(), Refused> {
    let is_over = order.state.has_ended() && order.state != OrderState::Failed;
    if is_over || orders::is_replaced(tx, order)? {
        return Err(Refused::Gone);
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
        Ok(Page(status, Self::load(console, session, replayed, refused).await?).into_response())
    }

    async fn load(
        console: &Console,
        session: Session,
        replayed: Option<OrderId>,
        refused: Option<Refused>,
    ) -> Result<Self, Failure> {
        let support = console.support_contact.clone();
        let look = move |tx: &Tx<'_>| {
            let (customer, shell) = Shell::load(tx, &session, Section::DeadLetters, support)?;
            let dead = jobs::dead(tx, customer.id, LISTED)?;
            let of = Some(shell.dead_letters).filter(|_| dead.len() == LISTED as usize);
            let letters = dead.into_iter().map(|record| Letter::read(tx, record)).collect::<Result<_, _>>()?;
            let replayed = replayed.filter(|_| refused.is_none());
            Ok::<_, Failure>(Self { shell, letters, of, replayed, refused, drained: None, dismissed: false })
        };
        console.store.read(look).await
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
