//! How long an invitation takes, from the event to the mail: alone, and beside a customer whose neighbours hang while ten thousand steps wait.
//!
//! ```sh
//! cargo run --release --example beside_a_hung_neighbour
//! ```

#[path = "../tests/support/mod.rs"]
#[expect(dead_code, reason = "it is shared with suites that need more of it")]
mod support;

#[path = "../tests/integration/post_office.rs"]
#[expect(dead_code, reason = "it is shared with suites that need more of it")]
mod post_office;

use std::error::Error;
use std::time::{Duration, Instant};

use axum::extract::Path;
use axum::routing::{get, post};
use axum::{Json, Router};
use harver_icims::app::App;
use harver_icims::ats_to_harver::START_PATH;
use harver_icims::clock::Clock;
use harver_icims::config::Settings;
use harver_icims::domain::{CustomerId, EmailAddress, InboundCredentials, Job, JobKind, Reach};
use harver_icims::http::{self, Timeouts};
use harver_icims::invitation::{SmtpSecurity, SmtpSettings};
use harver_icims::store::orders::{self, NewOrder};
use harver_icims::store::{self, SealingKey, Store, StoreError, jobs};
use post_office::PostOffice;
use serde_json::{Value, json};
use support::{PACKAGE, VACANCY, customer, new_order};
use tokio::net::TcpListener;
use url::Url;

/// How many invitations are timed; the median counts.
const INVITATIONS: u64 = 101;
/// How many steps of the other customer wait.
const WAITING: u64 = 10_000;
const OTHER: u64 = 77;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("store.db"), SealingKey::for_this_process())?;
    let neighbours = served(neighbours()).await?;
    let ours = customer(&neighbours, &neighbours);
    store.write(move |tx| store::insert_customer(tx, &ours)).await?;

    let office = PostOffice::open().await;
    let mail = SmtpSettings {
        host: "127.0.0.1".into(),
        port: office.port,
        sender_address: EmailAddress::parse("noreply@example.org").ok_or("an address")?,
        security: SmtpSecurity::None,
        credentials: None,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let public_url: Url = format!("http://{}", listener.local_addr()?).parse()?;
    let settings = Settings { reach: Reach::Anywhere, ..Settings::new(public_url.clone(), mail) };
    let app = App::new(settings, store.clone(), Clock::real())?;
    let running = tokio::spawn(app.run(listener, std::future::pending()));

    let start = public_url.join(START_PATH)?;
    // The first ones open connections and files.
    median(&start, &neighbours, 1, &office).await?;
    let alone = median(&start, &neighbours, 2, &office).await?;
    println!("an invitation, median of {INVITATIONS}: {:.1} ms alone", 1e3 * alone.as_secs_f64());
    others_wait(&store).await?;
    let beside = median(&start, &neighbours, 3, &office).await?;
    let now = Clock::real().now();
    let waiting = store.read(move |tx| jobs::outstanding(tx, OTHER.try_into().ok(), now)).await?;
    println!(
        "{:>6.1} ms, {:.2} times, beside a customer whose neighbours hang while {} steps wait",
        1e3 * beside.as_secs_f64(),
        beside.as_secs_f64() / alone.as_secs_f64(),
        waiting.due + waiting.waiting
    );
    running.abort();
    Ok(())
}

/// The median time of one invitation after the other.
async fn median(start: &Url, icims: &Url, round: u64, office: &PostOffice) -> Outcome<Duration> {
    let client = http::direct(Timeouts::default())?;
    let mut times = Vec::new();
    for number in 1..=INVITATIONS {
        let number = round * 1_000 + number;
        let link = |rel: &str, at: &str| json!({"rel": rel, "title": rel, "url": format!("{icims}customers/4021/{at}/{number}")});
        let mut event = json!({"eventType": "WorkFlowStatusChangeEvent", "customerId": "4021", "systemId": number.to_string(), "personId": number.to_string(), "jobId": number.to_string(),
            "userId": "1188", "oldStatus": "10100", "newStatus": "40177"});
        event["links"] = json!([link("applicantWorkflow", "applicantworkflows"), link("job", "jobs"), link("person", "people")]);
        let begun = Instant::now();
        let asked = client.post(start.clone()).basic_auth("harver-icims-4021", Some("event-password")).json(&event);
        let answer = asked.send().await?;
        if !answer.status().is_success() {
            return Err(answer.text().await?.into());
        }
        office.handed_over.notified().await;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    Ok(times[times.len() / 2])
}

/// Another customer, whose iCIMS accepts connections and never answers, with all the steps that wait for it.
async fn others_wait(store: &Store) -> Outcome<()> {
    let hung = hangs().await?;
    let other: CustomerId = OTHER.try_into()?;
    let mut theirs = customer(&hung, &hung);
    theirs.id = other;
    theirs.events = InboundCredentials::new("events-77", "secret");
    theirs.webhooks = InboundCredentials::new("webhooks-77", "secret");
    let now = Clock::real().now();
    let recorded: Result<(), StoreError> = store
        .write(move |tx| {
            store::insert_customer(tx, &theirs)?;
            for workflow in 1..=WAITING {
                let order = orders::insert(tx, &NewOrder { customer: other, ..new_order(workflow) }, now)?;
                jobs::enqueue(tx, Job { kind: JobKind::StartAssessment, order }, now)?;
            }
            Ok(())
        })
        .await;
    Ok(recorded?)
}

/// An iCIMS and a Harver platform that know whomever they are asked for.
fn neighbours() -> Router {
    let person = |Path(id): Path<u64>| async move {
        Json(json!({"firstname": "Ines", "lastname": "Okafor", "email": format!("ines.{id}@example.org")}))
    };
    let node = json!({"id": "C30211", "value": PACKAGE, "formattedvalue": PACKAGE});
    let job = json!({"jobtitle": "Advisor", "folder": {"id": "D31001", "value": "Approved"}, "assessmenttype": [node]});
    let standing = |Path(id): Path<u64>| async move {
        let status = json!({"id": "C40177", "value": "Assessment - Send to Harver"});
        Json(json!({"status": status, "associatedprofile": {"id": id, "value": "Ines Okafor"}}))
    };
    let token = json!({"accessToken": "token", "accessTokenExpiresAt": "2999-01-01T00:00:00.000Z"});
    let vacancy = json!({"data": {"type": "vacancies", "id": VACANCY, "attributes": {"name": "Advisor", "title": "Advisor", "status": "open"}}});
    let always = |value: Value| get(move || async move { Json(value) });
    let created = |Json(asked): Json<Value>| async move {
        let digest = asked.to_string().bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        let link = format!("https://my.harver.example/app/landing/{digest}");
        let created = json!({"magicLink": link, "applicationId": format!("{digest:024x}"), "currentStatus": "in-progress"});
        (axum::http::StatusCode::CREATED, Json(json!({"data": created})))
    };
    Router::new()
        .route("/customers/4021/people/{id}", get(person))
        .route("/customers/4021/jobs/{id}", always(job))
        .route("/customers/4021/applicantworkflows/{id}", get(standing))
        .route("/oauth/token", post(move || async move { Json(token) }))
        .route("/api/v1.0/vacancies/{id}", always(vacancy))
        .route("/api/v1.0/vacancies/{id}/applications", post(created))
}

async fn served(router: Router) -> Outcome<Url> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}/", listener.local_addr()?).parse()?;
    tokio::spawn(axum::serve(listener, router).into_future());
    Ok(address)
}

/// The address of somebody who accepts connections and never answers.
async fn hangs() -> Outcome<Url> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?).parse()?;
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok(connection) = listener.accept().await {
            held.push(connection);
        }
    });
    Ok(address)
}
