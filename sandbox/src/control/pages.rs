//! The overview page, where everything starts, and the journal as a list.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::error::ControlError;
use super::opening::NewTenantWish;
use super::ready::TenantKeys;
use super::tenants::TenantRecord;
use super::world::{Pending, World, record};
use crate::engine::{Actor, CallUnderWay, Clock, ClockSetting, Exchange, JournalFilter, Outcome};
use crate::mailbox::Mail;
use crate::ui::{ApiProblem, ApiQuery, Page, Problem};

/// How many exchanges the journal page shows.
const SHOWN: usize = 200;
/// How far the clock's buttons move it.
const MOVES: [(&str, &str, SignedDuration); 3] = [
    ("1h", "+ 1 hour", SignedDuration::from_hours(1)),
    ("1d", "+ 1 day", SignedDuration::from_hours(24)),
    ("7d", "+ 1 week", SignedDuration::from_hours(24 * 7)),
];

pub(super) fn routes() -> Router<World> {
    Router::new()
        .route("/", get(overview))
        .route("/overview/clock", post(advance))
        .route("/overview/reset", post(reset))
        .route("/overview/customers", post(open_customer))
        .route("/journal", get(journal))
}

#[derive(Template)]
#[template(path = "control/overview.html")]
struct OverviewPage {
    customer: String,
    name: String,
    customers: Vec<(String, String)>,
    keys: TenantKeys,
    /// What the platform presents to the integration; not among the keys, because no program of a tester needs it.
    webhook: (String, String),
    json: String,
    now: String,
    offset: String,
    seed: u64,
    pending: String,
    mails: usize,
    /// Whether it was opened for somebody to connect the two systems.
    unconnected: bool,
    done: &'static str,
}

impl OverviewPage {
    /// A page of the recruiter's screens.
    fn recruiter(&self, path: &str) -> String {
        format!("{}{path}", self.keys.icims.recruiter_url)
    }

    /// What has a page to read and try its API.
    fn apis(&self) -> [(&'static str, &str); 4] {
        let keys = &self.keys;
        [
            ("iCIMS", &keys.icims.base_url),
            ("Integration", &keys.integration.base_url),
            ("Harver platform", &keys.platform.base_url),
            ("Control and mailbox", &keys.control.base_url),
        ]
        .map(|(name, base)| (name, base.as_str()))
    }

    fn moves(&self) -> [(&'static str, &'static str, SignedDuration); 3] {
        MOVES
    }
}

#[derive(Debug, Default, Deserialize)]
struct OverviewQuery {
    customer: Option<String>,
    done: Option<String>,
}

async fn overview(State(world): State<World>, ApiQuery(query): ApiQuery<OverviewQuery>) -> Response {
    match overview_page(&world, query).await {
        Ok(page) => Page::ok(page).into_response(),
        Err(error) => problem(error),
    }
}

/// What is not finished: nothing is left out, and what waits for the clock is told apart.
fn unfinished(pending: &Pending) -> String {
    let Pending { icims_events, platform_webhooks, platform_mails, integration_work, integration_waiting } = pending;
    let words = format!(
        "{icims_events} iCIMS events, {platform_webhooks} platform webhooks, {platform_mails} platform mails, {integration_work} pieces \
         of the integration's work"
    );
    match integration_waiting {
        0 => words,
        waiting => format!("{words}, {waiting} of them failed and waiting for the next attempt"),
    }
}

async fn overview_page(world: &World, query: OverviewQuery) -> Result<OverviewPage, ControlError> {
    // Looked up once: whatever is reset meanwhile, the page is of one world.
    let customers = world.registry().customers();
    let tenants: Vec<_> = customers.iter().filter_map(|customer| Some((customer, record(customer)?))).collect();
    let wanted = query.customer.filter(|customer| !customer.is_empty());
    let is_wanted = |tenant: &TenantRecord| wanted.as_ref().is_none_or(|wanted| tenant.customer_id.to_string() == *wanted);
    let unknown = || ControlError::UnknownCustomer(wanted.clone().unwrap_or_else(|| "yet".into()));
    let (customer, tenant) = tenants.iter().find(|(_, tenant)| is_wanted(tenant)).ok_or_else(unknown)?;
    let tenant = tenant.clone();
    let keys = world.keys(&tenant);
    let pending = match world.pending(Some(&keys.icims.customer_id)).await {
        Ok(pending) if pending.is_nothing() => "nothing".into(),
        Ok(pending) => unfinished(&pending),
        Err(_) => "unknown: the integration does not say".into(),
    };
    Ok(OverviewPage {
        customer: keys.icims.customer_id.clone(),
        name: tenant.name,
        unconnected: tenant.unconnected,
        customers: tenants.iter().map(|(_, tenant)| (tenant.customer_id.to_string(), tenant.name.clone())).collect(),
        webhook: (tenant.credentials.webhook_username, tenant.credentials.webhook_password),
        json: serde_json::to_string_pretty(&keys).unwrap_or_default(),
        keys,
        now: world.clock().now().strftime("%A, %-d %B %Y, %H:%M UTC").to_string(),
        offset: stands(world.clock()),
        seed: world.seed(),
        pending,
        mails: customer.tenant::<Mail>().map_or(0, |mail| mail.read(Mail::len)),
        done: match query.done.as_deref() {
            Some("clock") => "The clock of all systems has been moved.",
            Some("reset") => "Everything is as after a first start.",
            Some("customer") => "A new customer has been opened. Its credentials are below.",
            _ => "",
        },
    })
}

/// How the clock stands to real time.
fn stands(clock: &Clock) -> String {
    match clock.setting() {
        ClockSetting::Frozen { .. } => "Frozen, for all systems: it moves only when it is advanced or set.".into(),
        ClockSetting::Running { ahead } if ahead.is_positive() => {
            format!("{} ahead of real time, for all systems.", in_words(ahead))
        }
        ClockSetting::Running { ahead } if ahead.is_negative() => {
            format!("{} behind real time, for all systems.", in_words(ahead.abs()))
        }
        ClockSetting::Running { .. } => "Real time. Moving it moves all systems.".into(),
    }
}

/// Days and hours; nobody counts the seconds of a clock that was moved by hand.
fn in_words(offset: SignedDuration) -> String {
    let (days, hours, minutes) = (offset.as_hours() / 24, offset.as_hours() % 24, offset.as_mins() % 60);
    let part = |count: i64, unit: &str| (count > 0).then(|| format!("{count} {unit}{}", if count == 1 { "" } else { "s" }));
    let parts: Vec<String> = [part(days, "day"), part(hours, "hour"), part(minutes, "minute")].into_iter().flatten().collect();
    if parts.is_empty() { "less than a minute".into() } else { parts.join(" ") }
}

#[derive(Debug, Deserialize)]
struct AdvanceForm {
    #[serde(default)]
    by: String,
    #[serde(default)]
    customer: String,
}

async fn advance(State(world): State<World>, Form(form): Form<AdvanceForm>) -> Response {
    let Some((_, _, by)) = MOVES.into_iter().find(|(key, ..)| *key == form.by) else {
        return problem(ControlError::BadInput("Choose one of the buttons beside the clock.".into()));
    };
    match super::api::in_full(async move { world.advance_clock(by).await }).await {
        Ok(_) => back(&form.customer, "clock"),
        Err(error) => problem(error),
    }
}

async fn reset(State(world): State<World>) -> Response {
    match super::api::in_full(async move { world.reset().await }).await {
        Ok(_) => back("", "reset"),
        Err(error) => problem(error),
    }
}

/// A customer, and whether it is left to be connected.
#[derive(Debug, Deserialize)]
struct OpenForm {
    #[serde(default)]
    unconnected: bool,
}

async fn open_customer(State(world): State<World>, Form(OpenForm { unconnected }): Form<OpenForm>) -> Response {
    let wanted = NewTenantWish { unconnected, ..NewTenantWish::default() };
    match super::api::in_full(async move { world.open_customer(wanted).await }).await {
        Ok(keys) => back(&keys.icims.customer_id, "customer"),
        Err(error) => problem(error),
    }
}

/// Back to the overview of a customer; what a form sends as one is only passed on if it is a number.
fn back(customer: &str, done: &str) -> Response {
    let customer = if customer.bytes().all(|byte| byte.is_ascii_digit()) { customer } else { "" };
    Redirect::to(&format!("/?customer={customer}&done={done}")).into_response()
}

pub(super) async fn no_such_page() -> Page<Problem> {
    let message = "There is nothing at this address. The overview has links to every screen.";
    lost(StatusCode::NOT_FOUND, "No such page", message)
}

/// Whatever would be here if control were not switched off.
pub(super) async fn no_control() -> Page<Problem> {
    let message =
        "Control is switched off in this sandbox (--no-control): it shows its mailbox here, at /mailbox, and nothing else.";
    let way_back = ("Mailbox".into(), "/mailbox".into());
    Page(StatusCode::NOT_FOUND, Problem { product: "sandbox", title: "No control".into(), message: message.into(), way_back })
}

/// An address that takes forms and shows nothing, opened from the address bar or by going back.
pub(super) async fn only_for_forms() -> Page<Problem> {
    let message =
        "This address takes a form and has no page of its own. Nothing was changed; the overview has links to every screen.";
    lost(StatusCode::METHOD_NOT_ALLOWED, "Nothing to show", message)
}

fn lost(status: StatusCode, title: &str, message: &str) -> Page<Problem> {
    let way_back = ("Overview".into(), "/".into());
    Page(status, Problem { product: "sandbox", title: title.into(), message: message.into(), way_back })
}

pub(super) fn problem(error: ControlError) -> Response {
    told(error.into())
}

/// What went wrong, as a page.
pub(super) fn told(told: ApiProblem) -> Response {
    let title = match told.code {
        "unknown_customer" => "No such customer",
        "unknown_snapshot" => "No such snapshot",
        _ => "That did not work",
    };
    let problem =
        Problem { product: "sandbox", title: title.into(), message: told.message, way_back: ("Overview".into(), "/".into()) };
    Page(told.status, problem).into_response()
}

#[derive(Template)]
#[template(path = "control/journal.html")]
struct JournalPage {
    customer: String,
    workflow: String,
    under_way: Vec<ShownUnderWay>,
    exchanges: Vec<Shown>,
    limit: usize,
    /// The exchange that has just been sent again, if one has.
    replayed: String,
}

/// An exchange as a line and what is behind it.
struct Shown {
    exchange: Exchange,
    pair: String,
    moment: String,
    status: String,
    tone: &'static str,
    answer: String,
}

/// A call that has no outcome yet, as a line.
struct ShownUnderWay {
    call: CallUnderWay,
    pair: String,
    moment: String,
}

#[derive(Debug, Default, Deserialize)]
struct JournalQuery {
    #[serde(default)]
    customer: String,
    #[serde(default)]
    workflow: String,
    #[serde(default)]
    replayed: String,
}

async fn journal(State(world): State<World>, ApiQuery(query): ApiQuery<JournalQuery>) -> Result<Page<JournalPage>, Response> {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    given(&query.customer).map(|customer| world.tenant(&customer)).transpose().map_err(problem)?;
    let filter = JournalFilter { customer: given(&query.customer), workflow: given(&query.workflow), after: 0 };
    let exchanges =
        world.journal().each(&filter).rev().take(SHOWN).map(|exchange| shown(Arc::unwrap_or_clone(exchange))).collect();
    let under_way = world.journal().under_way(&filter).into_iter().take(SHOWN).map(shown_under_way).collect();
    Ok(Page::ok(JournalPage {
        under_way,
        customer: query.customer,
        workflow: query.workflow,
        exchanges,
        limit: SHOWN,
        replayed: query.replayed,
    }))
}

fn shown_under_way(call: CallUnderWay) -> ShownUnderWay {
    let pair = format!("{} → {}", caller(call.from, call.program.as_deref()), actor(call.to));
    ShownUnderWay { pair, moment: moment(call.at), call }
}

fn moment(at: Timestamp) -> String {
    at.strftime("%m-%d %H:%M:%S").to_string()
}

fn shown(exchange: Exchange) -> Shown {
    let (status, tone, answer) = match &exchange.outcome {
        Outcome::Answered { status, body, .. } => {
            let tone = if *status < 300 {
                "good"
            } else if *status < 400 {
                ""
            } else {
                "bad"
            };
            (status.to_string(), tone, body.clone())
        }
        Outcome::Failed { reason } => ("no answer".to_owned(), "bad", reason.clone()),
    };
    let pair = format!("{} → {}", caller(exchange.from, exchange.program()), actor(exchange.to));
    Shown { pair, moment: moment(exchange.at), status, tone, answer, exchange }
}

fn actor(actor: Actor) -> &'static str {
    match actor {
        Actor::Icims => "iCIMS",
        Actor::Integration => "Integration",
        Actor::HarverPlatform => "Harver platform",
        Actor::Mailbox => "Mailbox",
        Actor::Tester => "Tester",
        Actor::Other => "Another program",
    }
}

/// Programs that are none of the systems are told apart by their names.
fn caller(from: Actor, program: Option<&str>) -> String {
    let who = actor(from);
    let name = program.filter(|_| matches!(from, Actor::Tester | Actor::Other));
    name.map_or_else(|| who.to_owned(), |name| format!("{who} ({name})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_told_in_words() {
        assert_eq!(in_words(SignedDuration::from_secs(30)), "less than a minute");
        assert_eq!(in_words(SignedDuration::from_hours(25)), "1 day 1 hour");
        assert_eq!(in_words(SignedDuration::from_mins(60 * 48 + 5)), "2 days 5 minutes");
    }
}
