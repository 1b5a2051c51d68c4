//! How many complete assessments the integration does in a second, from iCIMS's event to the result in iCIMS: on SQLite, beside as many
//! group-committed transactions as they take at least; and on PostgreSQL with one and with three replicas, where that is installed.
//!
//! ```sh
//! cargo run --release --example complete_assessments [NUMBER]
//! ```

#[path = "../tests/support/mod.rs"]
#[expect(dead_code, reason = "it is shared with suites that need more of it")]
mod support;

#[path = "../tests/integration/post_office.rs"]
#[expect(dead_code, reason = "it is shared with suites that need more of it")]
mod post_office;

#[path = "../tests/integration/database/server.rs"]
mod server;

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use futures_util::{StreamExt, TryStreamExt, stream};
use harver_icims::app::App;
use harver_icims::ats_to_harver::START_PATH;
use harver_icims::clock::Clock;
use harver_icims::config::Settings;
use harver_icims::domain::{EmailAddress, Reach};
use harver_icims::harver_to_ats::CALLBACK_PATH;
use harver_icims::http::{self, Timeouts};
use harver_icims::invitation::{SmtpSecurity, SmtpSettings};
use harver_icims::store::{self, SealingKey, Store, StoreError, jobs, orders};
use post_office::PostOffice;
use serde_json::{Value, json};
use support::{ACCOUNT, PACKAGE, VACANCY, customer, new_order};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use url::Url;

/// How many assessments there are, unless somebody says otherwise.
const ASSESSMENTS: u64 = 1_000;
/// How many callers there are at once.
const AT_ONCE: usize = 32;
/// The field of a line in iCIMS that is written last.
const LAST: &str = "assessmenturl";

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let number = std::env::args().nth(1).map_or(Ok(ASSESSMENTS), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("store.db"), key())?;
    let (took, attempts) = assessments(vec![store.clone()], number).await?;
    say("SQLite", number, took);
    // Each attempt is claimed and settled, each event and each webhook recorded; what a step keeps itself is not counted.
    let transactions = 2 * attempts + 3 * number;
    let raw = raw(&store, transactions).await?;
    println!(
        "{:>8.2} of the speed of {transactions} group-committed transactions of one row each, which took {:.2} s",
        raw.as_secs_f64() / took.as_secs_f64(),
        raw.as_secs_f64()
    );
    let Some(server) = server::Server::start() else {
        println!("PostgreSQL: not run, install the package {}", server::PACKAGE);
        return Ok(());
    };
    for replicas in [1, 3] {
        let url = schema(&server.url(), replicas).await?;
        let stores = stream::iter(0..replicas).then(|_| connect(url.clone())).try_collect().await?;
        let (took, _) = assessments(stores, number).await?;
        say(&format!("PostgreSQL, {replicas} replicas in this process"), number, took);
    }
    Ok(())
}

fn say(database: &str, number: u64, took: Duration) {
    let seconds = took.as_secs_f64();
    println!(
        "{database}: {:.0} complete assessments per second, {number} in {seconds:.2} s",
        f64::from(u32::try_from(number).unwrap_or(u32::MAX)) / seconds
    );
}

fn key() -> SealingKey {
    SealingKey::from_passphrase(&"the passphrase of this measurement".to_owned().into())
}

/// An empty schema on a server.
async fn schema(server: &str, number: u32) -> Outcome<String> {
    let (server, name) = (server.to_owned(), format!("assessments_{number}"));
    let url = format!("{server}?options=-csearch_path%3D{name}");
    let made = tokio::task::spawn_blocking(move || {
        postgres::Client::connect(&server, postgres::NoTls)?.batch_execute(&format!("CREATE SCHEMA {name}"))
    });
    made.await??;
    Ok(url)
}

async fn connect(url: String) -> Outcome<Store> {
    Ok(tokio::task::spawn_blocking(move || Store::connect(&url.into(), key(), Clock::real())).await??.0)
}

/// Has as many assessments done, and says how long that took and how many steps were tried.
async fn assessments(stores: Vec<Store>, number: u64) -> Outcome<(Duration, u64)> {
    let neighbours = Neighbours::default();
    let served = served(neighbours.clone().router()).await?;
    let ours = customer(&served, &served);
    let store = stores[0].clone();
    store.write(move |tx| store::insert_customer(tx, &ours)).await?;
    let office = PostOffice::open().await;
    let (mut bases, mut running) = (Vec::new(), Vec::new());
    for store in stores {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base: Url = format!("http://{}", listener.local_addr()?).parse()?;
        let settings = Settings { reach: Reach::Anywhere, ..Settings::new(base.clone(), mail(&office)?) };
        running.push(tokio::spawn(App::new(settings, store, Clock::real())?.run(listener, std::future::pending())));
        bases.push(base);
    }
    let begun = Instant::now();
    call_all(&bases, number, EVENTS, |number| event(&served, number)).await?;
    office.until_taken(usize::try_from(number)?).await;
    call_all(&bases, number, WEBHOOKS, |number| announced(number, "ApplicationStarted", "in-progress")).await?;
    neighbours.finished.store(true, Ordering::Relaxed);
    call_all(&bases, number, WEBHOOKS, |number| announced(number, "CandidateStatusNew", "new")).await?;
    while neighbours.complete.load(Ordering::Relaxed) < number {
        neighbours.written.notified().await;
    }
    let took = begun.elapsed();
    let attempts: Result<_, StoreError> = store.read(attempts).await;
    running.iter().for_each(tokio::task::JoinHandle::abort);
    Ok((took, attempts?))
}

/// Where somebody calls, and as whom.
type Entrance = (&'static str, &'static str, &'static str);

const EVENTS: Entrance = (START_PATH, "harver-icims-4021", "event-password");
const WEBHOOKS: Entrance = (CALLBACK_PATH, "harver-platform-4021", "webhook-password");

/// Calls the replicas in turn, once for each assessment.
async fn call_all(bases: &[Url], number: u64, (path, user, password): Entrance, body: impl Fn(u64) -> Value) -> Outcome<()> {
    let client = http::direct(Timeouts::default())?;
    let calls = (1..=number).zip(bases.iter().cycle()).map(|(number, base)| {
        let asked = base.join(path).map(|url| client.post(url).basic_auth(user, Some(password)).json(&body(number)));
        async move {
            let answer = asked?.send().await?;
            if answer.status().is_success() { Ok(()) } else { Err(answer.text().await?.into()) }
        }
    });
    stream::iter(calls).buffer_unordered(AT_ONCE).try_collect().await
}

/// How many steps were tried.
fn attempts(tx: &store::Tx<'_>) -> Result<u64, StoreError> {
    let customer = customer(&support::nowhere(), &support::nowhere()).id;
    let (mut tried, mut rest) = (0, orders::Wanted::default());
    loop {
        let part = orders::find(tx, customer, &rest, 500)?;
        for order in &part.orders {
            tried += jobs::of_order(tx, order.id)?.iter().map(|job| job.attempts.len() as u64).sum::<u64>();
        }
        match part.before {
            Some(before) => rest.before = Some(before),
            None => return Ok(tried),
        }
    }
}

/// How long as many transactions of one row take, from as many callers.
async fn raw(store: &Store, transactions: u64) -> Outcome<Duration> {
    let now = Clock::real().now();
    let order: Result<_, StoreError> = store.write(move |tx| orders::insert(tx, &new_order(999_999_999), now)).await;
    let order = order?;
    let begun = Instant::now();
    let writes = (0..transactions).map(|_| store.write(move |tx| orders::note(tx, order, now, "a row")));
    let written: Result<(), StoreError> = stream::iter(writes).buffer_unordered(AT_ONCE).try_collect().await;
    written?;
    Ok(begun.elapsed())
}

fn mail(office: &PostOffice) -> Outcome<SmtpSettings> {
    Ok(SmtpSettings {
        host: "127.0.0.1".into(),
        port: office.port,
        sender_address: EmailAddress::parse("noreply@example.org").ok_or("an address")?,
        security: SmtpSecurity::None,
        credentials: None,
    })
}

fn event(icims: &Url, number: u64) -> Value {
    let link = |rel: &str, at: &str| json!({"rel": rel, "title": rel, "url": format!("{icims}customers/4021/{at}/{number}")});
    json!({"eventType": "WorkFlowStatusChangeEvent", "customerId": "4021", "systemId": number.to_string(),
        "personId": number.to_string(), "jobId": number.to_string(), "userId": "1188", "oldStatus": "10100", "newStatus": "40177",
        "links": [link("applicantWorkflow", "applicantworkflows"), link("job", "jobs"), link("person", "people")]})
}

fn announced(number: u64, event: &str, status: &str) -> Value {
    json!({"triggeredAt": 1_741_097_221_000_i64, "event": event,
        "data": {"type": "applications", "id": format!("{number:024x}"), "attributes": {"status": status}},
        "relationships": {"account": {"data": {"type": "account", "id": ACCOUNT}}}})
}

/// An iCIMS and a Harver platform that know whomever they are asked for.
#[derive(Clone, Default)]
struct Neighbours {
    /// Whether everybody has finished.
    finished: Arc<AtomicBool>,
    /// How many results stand in iCIMS, with their reports.
    complete: Arc<AtomicU64>,
    written: Arc<Notify>,
}

impl Neighbours {
    fn router(self) -> Router {
        let person = |Path(id): Path<u64>| async move {
            Json(json!({"firstname": "Ines", "lastname": "Okafor", "email": format!("ines.{id}@example.org")}))
        };
        let node = json!({"id": "C30211", "value": PACKAGE, "formattedvalue": PACKAGE});
        let job = json!({"jobtitle": "Advisor", "folder": {"id": "D31001", "value": "Approved"}, "assessmenttype": [node]});
        let token = json!({"accessToken": "token", "accessTokenExpiresAt": "2999-01-01T00:00:00.000Z"});
        let vacancy = json!({"data": {"type": "vacancies", "id": VACANCY,
            "attributes": {"name": "Advisor", "title": "Advisor", "status": "open"}}});
        let hub = json!({"data": {"url": "https://app.harver.example/reports-hub?token=opaque"}});
        let always = |value: Value| get(move || async move { Json(value) });
        Router::new()
            .route("/customers/4021/people/{id}", get(person))
            .route("/customers/4021/jobs/{id}", always(job))
            .route("/customers/4021/applicantworkflows/{id}", get(workflow))
            .route("/customers/4021/applicantworkflows/{id}/fields/assessmentresults", post(add_row))
            .route("/customers/4021/applicantworkflows/{id}/fields/assessmentresults/{row}", patch(change_row))
            .route("/oauth/token", post(move || async move { Json(token) }))
            .route("/api/v1.0/vacancies/{id}", always(vacancy))
            .route("/api/v1.0/vacancies/{id}/applications", post(create))
            .route("/api/v1.0/vacancies/{id}/candidates", always(json!({"data": []})))
            .route("/api/v1.0/applications/{id}", get(application))
            .route("/api/v1.0/applications/{id}/reports/reports-hub", always(hub))
            .with_state(self)
    }

    fn note(&self, row: &Value) {
        if row.to_string().contains(LAST) {
            self.complete.fetch_add(1, Ordering::Relaxed);
            self.written.notify_one();
        }
    }
}

async fn workflow(Path(id): Path<u64>, RawQuery(query): RawQuery) -> Json<Value> {
    if query.is_some_and(|query| query.contains("assessmentresults")) {
        return Json(json!({}));
    }
    let status = json!({"id": "C40177", "value": "Assessment - Send to Harver"});
    Json(json!({"status": status, "associatedprofile": {"id": id, "value": "Ines Okafor"}}))
}

async fn add_row(State(neighbours): State<Neighbours>, Path(id): Path<u64>, Json(row): Json<Value>) -> impl IntoResponse {
    neighbours.note(&row);
    (StatusCode::CREATED, [(header::LOCATION, format!("/customers/4021/applicantworkflows/{id}/fields/assessmentresults/{id}"))])
}

async fn change_row(State(neighbours): State<Neighbours>, Json(row): Json<Value>) -> StatusCode {
    neighbours.note(&row);
    StatusCode::NO_CONTENT
}

/// The application of whoever has the number in this address.
async fn create(Json(asked): Json<Value>) -> impl IntoResponse {
    let asked = asked.to_string();
    let (_, number) = asked.split_once("ines.").unwrap_or_default();
    let number: u64 = number.split('@').next().unwrap_or_default().parse().unwrap_or_default();
    let link = format!("https://my.harver.example/app/landing/{number}");
    let created = json!({"magicLink": link, "applicationId": format!("{number:024x}"), "currentStatus": "in-progress"});
    (StatusCode::CREATED, Json(json!({"data": created})))
}

async fn application(State(neighbours): State<Neighbours>, Path(id): Path<String>) -> Json<Value> {
    let number = u64::from_str_radix(&id, 16).unwrap_or_default().to_string();
    let mut attributes = json!({"appliedAt": 1_741_093_920, "status": "in-progress", "progress": {"all": 6, "completed": 1}});
    if neighbours.finished.load(Ordering::Relaxed) {
        attributes = json!({"appliedAt": 1_741_093_920, "completedAt": 1_741_097_220, "status": "new",
            "progress": {"all": 6, "completed": 6}, "matchingScore": 78,
            "matchingProfile": {"bracketId": "great", "label": "Great Fit"}});
    }
    Json(json!({"data": {"type": "applications", "id": id, "attributes": attributes},
        "included": [{"type": "ats-parameters", "attributes":
            {"custom_id_1": "4021", "candidate_id": number, "application_id": number}}]}))
}

async fn served(router: Router) -> Outcome<Url> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}/", listener.local_addr()?).parse()?;
    tokio::spawn(axum::serve(listener, router).into_future());
    Ok(address)
}
