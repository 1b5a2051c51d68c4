//! The orders, and what happened to each.

use askama::Template;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::Deserialize;

use super::Console;
use super::form::{Asked, Meant, Text, Ticked};
use super::order_actions::waits_for_the_candidate;
use super::page::{Failure, Page, Section, Shell};
use super::session::SignedIn;
use super::words::{self, Badge, Moment};
use crate::domain::{
    Breaker, Customer, CustomerId, Hold, JobId, JobKind, Neighbour, Order, OrderId, OrderState, PersonId, Selection, WorkflowId,
};
use crate::store::admins::Session;
use crate::store::jobs::{self, AttemptOutcome, HeldUp, JobRecord};
use crate::store::orders::{self, Wanted};
use crate::store::{Store, StoreError, Tx, breakers, selections};

/// How many orders stand on one page.
const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "console/pages/orders.html")]
pub(super) struct Orders {
    shell: Shell,
    /// Choices of packages that recruiters have still to make.
    awaited: Vec<Awaited>,
    orders: Vec<Line>,
    /// The orders before this one are on the next page.
    older: Option<OrderId>,
    /// Whether this is not the first page.
    later_page: bool,
    /// What there is to choose from.
    states: Vec<Badge>,
    wanted: Wanted,
}

impl Orders {
    fn is_filtered(&self) -> bool {
        self.wanted.state.is_some() || self.wanted.waits.is_some() || !self.wanted.words.is_empty()
    }

    fn is_chosen(&self, state: &Badge) -> bool {
        self.wanted.state.is_some_and(|wanted| wanted.name() == state.name)
    }

    /// What is looked for, as the query of an address behind this sign; nothing if nothing is.
    fn query(&self, sign: char) -> String {
        if !self.is_filtered() {
            return String::new();
        }
        let state = self.wanted.state.map(OrderState::name).unwrap_or_default();
        let waits = if self.wanted.waits.is_some() { "yes" } else { "" };
        words::query(sign, &[("q", &self.wanted.words), ("state", state), ("waits", waits)])
    }
}

/// A choice of packages that is awaited; orders come of it.
struct Awaited {
    workflow: WorkflowId,
    person: PersonId,
    job: JobId,
    /// Who advanced the candidate; nobody knows if iCIMS did not say.
    recruiter: Option<PersonId>,
    opened: Moment,
    until: Moment,
}

/// An order in the list.
struct Line {
    id: OrderId,
    state: Badge,
    /// Whether a step of it has failed and is to be tried again, or cannot begin because somebody whom it calls is left alone.
    waits: bool,
    candidate: String,
    job_title: String,
    package: String,
    received: Moment,
}

#[derive(Template)]
#[template(path = "console/pages/order.html")]
pub(super) struct OneOrder {
    shell: Shell,
    order: Order,
    state: Badge,
    received: Moment,
    link_expires: Option<Moment>,
    failure: Option<String>,
    waits: Vec<Waits>,
    timeline: Vec<(Moment, String)>,
    jobs: Vec<Step>,
    ats_base: String,
    /// What was just done, or why it was not.
    said: String,
}

/// A step that has failed and is to be tried again, or that cannot begin because somebody whom it calls is left alone.
struct Waits {
    what: &'static str,
    reason: String,
    tried: usize,
    next: Moment,
}

/// A step with what was tried.
struct Step {
    id: i64,
    what: &'static str,
    state: Badge,
    due: Option<Moment>,
    attempts: Vec<Try>,
    /// When, by whom and why it was put aside.
    dismissed: Option<(Moment, String, String)>,
}

/// One attempt.
struct Try {
    at: Moment,
    took: String,
    outcome: Badge,
    detail: String,
}

/// Which orders are looked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Search {
    q: Text,
    state: Meant<OrderState>,
    waits: Ticked,
    /// The orders before this one.
    before: Meant<OrderId>,
}

/// What the page of one order is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    /// What was just done, for the page to say.
    done: Text,
}

/// The list, newest first.
pub(super) async fn list(
    State(console): State<Console>,
    signed_in: SignedIn,
    Asked(search): Asked<Search>,
) -> Result<Page<Orders>, Failure> {
    let Search { q, state, waits, before } = search;
    let (support, now) = (console.support_contact, console.clock.now());
    let wanted = Wanted { state: state.0, words: q.to_owned(), waits: waits.0.then_some(now), before: before.0 };
    let mut found = page_of(&console.store, signed_in.session.customer, &wanted).await?;
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let older = found.last().map(|order| order.id).filter(|_| more);
    let look = move |tx: &Tx<'_>| {
        let (customer, shell) = Shell::load(tx, &signed_in.session, Section::Orders, support)?;
        let is_first_page = wanted == Wanted::default();
        let awaited = if is_first_page { selections::awaited(tx, customer.id, now, PAGE)? } else { Vec::new() };
        let held = HeldUp::of(tx, customer.id, now)?;
        Ok::<_, Failure>(Orders {
            shell,
            awaited: awaited.into_iter().map(Awaited::from).collect(),
            orders: found.into_iter().map(|order| Line::read(tx, order, &held)).collect::<Result<_, _>>()?,
            older,
            later_page: wanted.before.is_some(),
            states: OrderState::ALL.into_iter().map(Badge::from).collect(),
            wanted,
        })
    };
    console.store.read(look).await.map(Page::ok)
}

/// The orders of a page, and one more if there is one. Who else looks something up has a turn after each part.
async fn page_of(store: &Store, customer: CustomerId, wanted: &Wanted) -> Result<Vec<Order>, Failure> {
    let (mut found, mut rest) = (Vec::new(), wanted.clone());
    loop {
        let (part, missing) = (rest.clone(), PAGE as usize + 1 - found.len());
        let missing = u32::try_from(missing).unwrap_or(PAGE);
        let part = store.read(move |tx| orders::find(tx, customer, &part, missing)).await?;
        found.extend(part.orders);
        match part.before {
            Some(before) if found.len() <= PAGE as usize => rest.before = Some(before),
            _ => return Ok(found),
        }
    }
}

/// One order. Another customer's is not found, like one that does not exist.
pub(super) async fn one(
    State(console): State<Console>,
    signed_in: SignedIn,
    Path(number): Path<String>,
    Asked(Done { done }): Asked<Done>,
) -> Result<Page<OneOrder>, Failure> {
    let id: OrderId = number.parse().map_err(|_| Failure::NotFound)?;
    OneOrder::load(&console, signed_in.session, id, &done).await.map(Page::ok)
}

impl OneOrder {
    /// The page, saying what was just done.
    ///
    /// # Errors
    /// When the store fails, or the customer has no such order.
    pub(super) async fn load(console: &Console, session: Session, id: OrderId, said: &str) -> Result<Self, Failure> {
        let (support, now, said) = (console.support_contact.clone(), console.clock.now(), said.to_owned());
        let look = move |tx: &Tx<'_>| {
            let (customer, shell) = Shell::load(tx, &session, Section::Orders, support)?;
            let order = orders::get_order(tx, id)?.filter(|order| order.customer == customer.id).ok_or(Failure::NotFound)?;
            let timeline = orders::history(tx, id)?;
            let jobs = jobs::of_order(tx, id)?;
            let known = breakers::of_customer(tx, customer.id)?;
            Ok::<_, Failure>(Self {
                state: order.state.into(),
                received: order.received_at.into(),
                link_expires: order.link_expires_at.filter(|_| waits_for_the_candidate(order.state)).map(Moment::from),
                failure: order.failure.clone(),
                waits: jobs.iter().filter_map(|job| Waits::of(job, &known, now)).collect(),
                timeline: timeline.into_iter().map(|(at, what)| (at.into(), what)).collect(),
                jobs: jobs.into_iter().map(Step::from).collect(),
                ats_base: ats_base(&customer, now),
                said,
                shell,
                order,
            })
        };
        console.store.read(look).await
    }

    fn can_be_cancelled(&self) -> bool {
        self.shell.configures() && !self.order.state.has_ended()
    }

    fn can_be_sent_again(&self) -> bool {
        self.shell.configures() && waits_for_the_candidate(self.order.state)
    }
}

/// Where iCIMS opens profiles in its own screens, after its own sign-in (assessment-flow.md, "Deep links").
fn ats_base(customer: &Customer, now: Timestamp) -> String {
    let base = customer.ats.at(now).map(|ats| words::address(&ats.base_url)).unwrap_or_default();
    format!("{base}/customers/{}/linkTo", customer.id)
}

impl From<Selection> for Awaited {
    fn from(selection: Selection) -> Self {
        let Selection { workflow, person, job, recruiter, opened_at, expires_at, .. } = selection;
        Self { workflow, person, job, recruiter, opened: opened_at.into(), until: expires_at.into() }
    }
}

impl Line {
    fn read(tx: &Tx<'_>, order: Order, held: &HeldUp) -> Result<Self, StoreError> {
        Ok(Self {
            id: order.id,
            state: order.state.into(),
            waits: jobs::waits(tx, order.id, held)?,
            candidate: order.candidate.full_name(),
            job_title: order.job_title,
            package: order.package.name().to_owned(),
            received: order.received_at.into(),
        })
    }
}

impl Waits {
    fn of(record: &JobRecord, known: &[(Neighbour, Breaker)], now: Timestamp) -> Option<Self> {
        let breaker = |neighbour| known.iter().find(|(known, _)| *known == neighbour).map(|(_, breaker)| breaker);
        let hold = Breaker::holding(record.job.kind, breaker, now);
        let reason = match (record.attempts.last(), hold) {
            _ if record.state != "waiting" => return None,
            (Some(last), _) => words::sentence(&last.detail),
            (None, Some(hold)) if record.due_at <= now => Self::left_alone(hold),
            (None, _) => return None,
        };
        Some(Self {
            what: match record.job.kind {
                JobKind::StartAssessment | JobKind::SendInvitation => "The invitation waits",
                JobKind::Remind(_) => "The reminder waits",
                JobKind::CloseInvitation => "The closing of the invitation waits",
                JobKind::LookAtApplication => "The look at the assessment waits",
                JobKind::Sweep => "The question for what was not announced waits",
                JobKind::ReportSent
                | JobKind::ReportProgress
                | JobKind::ReportResult
                | JobKind::AddReportLink
                | JobKind::ReportFailure
                | JobKind::ReportInvited => "The report to iCIMS waits",
            },
            reason,
            tried: record.attempts.len(),
            next: hold.map_or(record.due_at, |hold| hold.until.max(record.due_at)).into(),
        })
    }

    /// Why a step has not begun. What the neighbour said is for those who configure, and stands above.
    fn left_alone(Hold { neighbour, breaker, .. }: Hold<'_>) -> String {
        match breaker {
            Breaker::Parked(_) => format!("{} refuses whatever is asked for this customer.", neighbour.label()),
            Breaker::Open { .. } | Breaker::Closed { .. } => {
                format!("{} was away or has asked for a pause.", neighbour.label())
            }
        }
    }
}

impl From<JobRecord> for Step {
    fn from(record: JobRecord) -> Self {
        let state = match record.state.as_str() {
            "waiting" => Badge { name: "waiting", label: "Waiting", tone: "info" },
            "done" => Badge { name: "done", label: "Done", tone: "good" },
            _ if record.dismissal.is_some() => Badge { name: "dismissed", label: "Dismissed", tone: "" },
            _ => Badge { name: "dead", label: "Given up", tone: "bad" },
        };
        let attempts = record.attempts.into_iter().map(|attempt| Try {
            at: attempt.started_at.into(),
            took: words::duration(attempt.took_ms),
            outcome: match attempt.outcome {
                AttemptOutcome::Done => Badge { name: "done", label: "Done", tone: "good" },
                AttemptOutcome::Later => Badge { name: "later", label: "Tried again later", tone: "warn" },
                AttemptOutcome::Dead => Badge { name: "dead", label: "Given up", tone: "bad" },
            },
            detail: attempt.detail,
        });
        Self {
            id: record.id,
            what: words::step(record.job.kind),
            dismissed: record.dismissal.map(|dismissal| (dismissal.at.into(), dismissal.by, dismissal.reason)),
            due: Some(record.due_at.into()).filter(|_| state.name == "waiting"),
            state,
            attempts: attempts.collect(),
        }
    }
}
