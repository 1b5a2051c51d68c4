//! What a Harver Admin can do about an order that waits for its candidate: cancel it, or send the invitation again.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;

use super::Console;
use super::access::{Configures, ConfiguresForm};
use super::form::Text;
use super::orders::OneOrder;
use super::page::{Failure, Page, Section, Shell};
use super::words::Badge;
use crate::domain::{CustomerId, Job, JobKind, Order, OrderEvent, OrderId, OrderState, cut_to};
use crate::store::admins::Session;
use crate::store::{StoreError, Tx, jobs, orders};

/// The most characters of a reason: with what is said around it, it fits into the notes in iCIMS (assessment-flow.md 4.4).
const REASON_LIMIT: usize = 160;

/// Asks why.
#[derive(Template)]
#[template(path = "console/pages/cancel_order.html")]
struct CancelOrder {
    shell: Shell,
    order: Order,
    state: Badge,
    /// Nobody said why.
    no_reason: bool,
}

/// Why the order is cancelled.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CancellationForm {
    reason: Text,
}

/// Why nothing was done.
enum Refused {
    /// The order has ended already, or was never sent.
    NotOpen,
    /// A new link is on its way already.
    OnItsWay,
    Failed(Failure),
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// The page that asks for the reason.
pub(super) async fn ask(
    State(console): State<Console>,
    who: Configures,
    Path(number): Path<String>,
) -> Result<Response, Failure> {
    let id = number.parse().map_err(|_| Failure::NotFound)?;
    Ok(Page::ok(CancelOrder::load(&console, who.session, id, false).await?).into_response())
}

/// Cancels the order: no more mail, and iCIMS is told. A result that arrives all the same is reported.
pub(super) async fn cancel(
    State(console): State<Console>,
    Path(number): Path<String>,
    form: ConfiguresForm<CancellationForm>,
) -> Result<Response, Failure> {
    let id: OrderId = number.parse().map_err(|_| Failure::NotFound)?;
    let reason = cut_to(&form.fields.reason, REASON_LIMIT);
    if reason.is_empty() {
        let page = CancelOrder::load(&console, form.by.session, id, true).await?;
        return Ok(Page(StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let (customer, who, now) = (form.by.session.customer, form.by.session.email.clone(), console.clock.now());
    let done = console.store.write(move |tx| withdraw(tx, customer, id, (&who, &reason), now)).await;
    answer(&console, form.by.session, id, done, "cancelled").await
}

/// Sends the invitation again: a new link to the same application, by a mail to the candidate's present address.
pub(super) async fn invite_again(
    State(console): State<Console>,
    Path(number): Path<String>,
    form: ConfiguresForm,
) -> Result<Response, Failure> {
    let id: OrderId = number.parse().map_err(|_| Failure::NotFound)?;
    let (customer, who, now) = (form.by.session.customer, form.by.session.email.clone(), console.clock.now());
    let done = console.store.write(move |tx| next_round(tx, customer, id, &who, now)).await;
    answer(&console, form.by.session, id, done, "invited").await
}

async fn answer(
    console: &Console,
    session: Session,
    id: OrderId,
    done: Result<(), Refused>,
    what: &'static str,
) -> Result<Response, Failure> {
    let refused = match done {
        Ok(()) => {
            tracing::info!(customer.id = %session.customer, order.id = %id, what, "An order was changed from the console.");
            return Ok(Redirect::to(&format!("/console/orders/{id}?done={what}")).into_response());
        }
        Err(Refused::Failed(failure)) => return Err(failure),
        Err(Refused::NotOpen) => "ended",
        Err(Refused::OnItsWay) => "on-its-way",
    };
    Ok(Page(StatusCode::CONFLICT, OneOrder::load(console, session, id, refused).await?).into_response())
}

fn withdraw(tx: &Tx<'_>, customer: CustomerId, id: OrderId, (who, reason): (&str, &str), now: Timestamp) -> Result<(), Refused> {
    own(tx, customer, id)?;
    if !orders::end(tx, id, OrderEvent::Withdrawn, &format!("Cancelled in Harver: {reason}"), now)? {
        return Err(Refused::NotOpen);
    }
    orders::note(tx, id, now, &format!("cancelled from the console by {who}"))?;
    Ok(jobs::enqueue(tx, Job { kind: JobKind::ReportFailure, order: id }, now)?)
}

fn next_round(tx: &Tx<'_>, customer: CustomerId, id: OrderId, who: &str, now: Timestamp) -> Result<(), Refused> {
    let order = own(tx, customer, id)?;
    if !waits_for_the_candidate(order.state) {
        return Err(Refused::NotOpen);
    }
    for kind in [JobKind::StartAssessment, JobKind::SendInvitation] {
        if jobs::is_waiting(tx, Job { kind, order: id })? {
            return Err(Refused::OnItsWay);
        }
    }
    orders::note(tx, id, now, &format!("asked for again from the console by {who}"))?;
    orders::next_round(tx, id, now)?;
    Ok(jobs::enqueue(tx, Job { kind: JobKind::StartAssessment, order: id }, now)?)
}

/// Whether there is somebody to send the invitation to again.
pub(super) fn waits_for_the_candidate(state: OrderState) -> bool {
    matches!(state, OrderState::Invited | OrderState::InProgress)
}

fn own(tx: &Tx<'_>, customer: CustomerId, id: OrderId) -> Result<Order, Failure> {
    orders::get_order(tx, id)?.filter(|order| order.customer == customer).ok_or(Failure::NotFound)
}

impl CancelOrder {
    async fn load(console: &Console, session: Session, id: OrderId, no_reason: bool) -> Result<Self, Failure> {
        let support = console.support_contact.clone();
        let look = move |tx: &Tx<'_>| {
            let (customer, shell) = Shell::load(tx, &session, Section::Orders, support)?;
            let order = own(tx, customer.id, id)?;
            Ok::<_, Failure>(Self { shell, state: order.state.into(), order, no_reason })
        };
        console.store.read(look).await
    }
}
