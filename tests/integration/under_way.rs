//! Settings that are changed while many candidates are under way: every order reaches its end, once, in one row.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::body::Body;
use axum::http::{Request as Asking, StatusCode, header};
use futures::future::join_all;
use harver_icims::ats_to_harver::START_PATH;
use harver_icims::delivery::StepOutcome;
use harver_icims::domain::{CustomerId, OrderState};
use harver_icims::harver_to_ats::CALLBACK_PATH;
use harver_icims::settings::Document;
use harver_icims::store::jobs::AttemptOutcome;
use harver_icims::store::{self, StoreError, jobs, orders};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use wiremock::matchers::any;
use wiremock::{Mock, Request, Respond, ResponseTemplate};

use crate::post_office::PostOffice;
use crate::scene::{RETURN_URL, Scene};
use crate::support::{ACCOUNT, PACKAGE, VACANCY, nowhere};

/// Half of them invited by a recruiter, half sent on by the portal.
const CANDIDATES: u64 = 200;
/// How many steps are under way at once.
const AT_ONCE: usize = 4;
/// Two list nodes that may stand for Complete.
const COMPLETE: [&str; 2] = ["D37002019001", "D37002019009"];

/// What the neighbours hold, and whom they let in.
struct World {
    /// The rows of each workflow in iCIMS.
    rows: BTreeMap<u64, Vec<Value>>,
    /// The applications of which the platform knows the end.
    finished: BTreeSet<String>,
    /// How a value of `Authorization` begins that iCIMS lets in.
    icims_lets_in: &'static str,
    /// The API client that the platform lets in; its tokens are called like it.
    harver_lets_in: &'static str,
    turned_away: usize,
    /// What the callers present by now.
    event_password: &'static str,
    webhook_password: &'static str,
    trigger: &'static str,
}

/// Neighbours that keep what they are told. Clones are the same.
#[derive(Clone)]
struct Neighbours(Arc<Mutex<World>>);

struct Icims(Neighbours);
struct Platform(Neighbours);

impl Neighbours {
    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().expect("no panic elsewhere")
    }
}

fn ok(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn parts(request: &Request) -> Vec<&str> {
    request.url.path().split('/').filter(|part| !part.is_empty()).collect()
}

fn presented(request: &Request) -> &str {
    request.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default()
}

impl Respond for Icims {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut world = self.0.world();
        let parts = parts(request);
        if parts == ["oauth", "token"] {
            return ok(json!({"access_token": "token", "expires_in": 86_400}));
        }
        if !presented(request).starts_with(world.icims_lets_in) {
            world.turned_away += 1;
            return ResponseTemplate::new(401);
        }
        match (request.method.as_str(), &parts[2..]) {
            ("GET", ["people", _]) => ok(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})),
            ("GET", ["jobs", _]) => ok(json!({"jobtitle": "Advisor", "assessmenttype": [{"id": "C1", "value": PACKAGE}]})),
            ("GET", ["v2", "lists", _]) => ok(json!({"nodes": [{"id": "C1"}, {"id": "C2"}]})),
            ("GET", ["v2", "lists", _, "node", _]) => ok(json!({"nodes": [{"id": "C9", "value": PACKAGE}]})),
            ("GET", ["applicantworkflows", workflow]) => {
                let rows = world.rows.get(&workflow.parse().expect("digits")).cloned().unwrap_or_default();
                ok(json!({"assessmentresults": rows}))
            }
            ("POST", ["applicantworkflows", workflow, "fields", "assessmentresults"]) => {
                let rows = world.rows.entry(workflow.parse().expect("digits")).or_default();
                let mut row: Value = request.body_json().expect("JSON");
                row["entry"] = json!(rows.len() + 1);
                rows.push(row);
                let location = format!("{}/{}", request.url, rows.len());
                ResponseTemplate::new(201).insert_header("Location", location)
            }
            ("PATCH", ["applicantworkflows", workflow, "fields", "assessmentresults", entry]) => {
                let rows = world.rows.entry(workflow.parse().expect("digits")).or_default();
                let position = entry.parse::<usize>().expect("digits") - 1;
                let Some(row) = rows.get_mut(position) else { return ResponseTemplate::new(404) };
                for (field, value) in request.body_json::<serde_json::Map<String, Value>>().expect("an object") {
                    row[field] = value;
                }
                ResponseTemplate::new(204)
            }
            _ => ResponseTemplate::new(404),
        }
    }
}

/// The application of a workflow.
fn application(workflow: u64) -> String {
    format!("{workflow:024x}")
}

impl Respond for Platform {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut world = self.0.world();
        let parts = parts(request);
        if parts == ["oauth", "token"] {
            let known = String::from_utf8_lossy(&request.body).contains(world.harver_lets_in);
            let token = json!({"accessToken": world.harver_lets_in, "accessTokenExpiresAt": "2999-01-01T00:00:00.000Z"});
            return if known { ok(token) } else { ResponseTemplate::new(401) };
        }
        if presented(request) != format!("Bearer {}", world.harver_lets_in) {
            world.turned_away += 1;
            return ResponseTemplate::new(401);
        }
        match (request.method.as_str(), &parts[2..]) {
            ("POST", ["vacancies", _, "applications"]) => {
                let body: Value = request.body_json().expect("JSON");
                let workflow = body["data"]["attributes"]["application_id"].as_str().expect("a workflow");
                let id = application(workflow.parse().expect("digits"));
                let link = format!("https://my.harver.com/app/landing/magic-link/{id}");
                ResponseTemplate::new(201)
                    .set_body_json(json!({"data": {"magicLink": link, "applicationId": id, "currentStatus": "in-progress"}}))
            }
            ("GET", ["applications", id]) if world.finished.contains(*id) => {
                ok(json!({"data": {"type": "applications", "id": id,
                "attributes": {"status": "new", "completedAt": 1_741_097_220, "matchingScore": 78}}}))
            }
            ("GET", ["applications", id]) => ok(json!({"data": {"type": "applications", "id": id,
                "attributes": {"status": "in-progress", "progress": {"all": 6, "completed": 2}}}})),
            ("GET", ["applications", id, "reports", "reports-hub"]) => {
                ok(json!({"data": {"attributes": {"url": format!("https://app.harver.com/reports-hub?token={id}")}}}))
            }
            ("GET", ["accounts", _, "vacancies"]) => {
                let vacancy = json!({"type": "vacancies", "id": VACANCY, "attributes": {"name": "Advisor", "status": "open"}});
                ok(json!({ "data": [vacancy] }))
            }
            ("GET", ["vacancies", id]) => ok(json!({"data": {"id": id, "attributes": {"status": "open"}}})),
            _ => ResponseTemplate::new(404),
        }
    }
}

async fn neighbours(office: &PostOffice) -> (Scene, Neighbours) {
    let port = office.port;
    let scene = Scene::bare(|_| {}, move |settings| settings.mail.port = port).await;
    let neighbours = Neighbours(Arc::new(Mutex::new(World {
        rows: BTreeMap::new(),
        finished: BTreeSet::new(),
        icims_lets_in: "Basic ",
        harver_lets_in: "harver-client",
        turned_away: 0,
        event_password: "event-password",
        webhook_password: "webhook-password",
        trigger: "40177",
    })));
    Mock::given(any()).respond_with(Icims(neighbours.clone())).with_priority(1).mount(&scene.icims).await;
    Mock::given(any()).respond_with(Platform(neighbours.clone())).with_priority(1).mount(&scene.harver).await;
    (scene, neighbours)
}

/// The candidate of this workflow is invited, with a package that is chosen in Harver if the recruiter is asked; or comes along on the
/// portal.
async fn comes(scene: &Scene, neighbours: &Neighbours, workflow: u64) {
    let mut event = json!({"customerId": "4021", "systemId": workflow.to_string(), "personId": "30517", "jobId": "2210"});
    let ad_hoc = workflow.is_multiple_of(2);
    let (password, trigger) = {
        let world = neighbours.world();
        (world.event_password, world.trigger)
    };
    if ad_hoc {
        event["eventType"] = json!("WorkflowStatusChangeEvent");
        event["newStatus"] = json!(trigger);
    } else {
        event["eventType"] = json!("ApplicationCompletedEvent");
        event["returnUrl"] = json!(RETURN_URL);
    }
    let credentials = format!("harver-icims-4021:{password}");
    let answer = scene.post(START_PATH, &credentials, event.to_string().into_bytes(), &[]).await;
    let page = answer.location.as_deref().and_then(|at| at.strip_prefix(nowhere().as_str().trim_end_matches('/')));
    match (answer.status, page) {
        (StatusCode::OK, None) => assert!(ad_hoc),
        (StatusCode::SEE_OTHER, None) => assert!(!ad_hoc),
        (StatusCode::SEE_OTHER, Some(page)) => {
            assert_eq!(scene.opened(page).await.status(), StatusCode::OK);
            let form = Asking::post(page).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let form = form.body(Body::from(format!("package={VACANCY}"))).expect("a request");
            let sent = scene.app.router().oneshot(form).await.expect("the router answers");
            assert_eq!(sent.status(), StatusCode::SEE_OTHER, "workflow {workflow}");
        }
        _ => panic!("workflow {workflow}: {} {}", answer.status, answer.body),
    }
}

/// The platform announces something about the application of this workflow.
async fn announced(scene: &Scene, neighbours: &Neighbours, workflow: u64, event: &str) {
    let webhook = json!({"event": event, "data": {"type": "applications", "id": application(workflow)},
        "relationships": {"account": {"data": {"type": "account", "id": ACCOUNT}}}});
    let credentials = format!("harver-platform-4021:{}", neighbours.world().webhook_password);
    let answer = scene.post(CALLBACK_PATH, &credentials, webhook.to_string().into_bytes(), &[]).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
}

async fn begins(scene: &Scene, neighbours: &Neighbours, workflow: u64) {
    announced(scene, neighbours, workflow, "ApplicationStarted").await;
}

async fn finishes(scene: &Scene, neighbours: &Neighbours, workflow: u64) {
    neighbours.world().finished.insert(application(workflow));
    announced(scene, neighbours, workflow, "CandidateStatusNew").await;
}

/// Works for so many rounds, several steps at once; `false` when nothing is due any more.
async fn work(scene: &Scene, rounds: usize) -> bool {
    let worker = scene.worker();
    for _ in 0..rounds {
        let steps = join_all((0..AT_ONCE).map(|_| worker.step())).await;
        let mut ran = false;
        for step in steps {
            match step.expect("the store answers") {
                StepOutcome::Ran(outcome) => {
                    assert_eq!(outcome, AttemptOutcome::Done, "no step fails");
                    ran = true;
                }
                StepOutcome::Idle(_) => {}
                StepOutcome::Lost => panic!("a step was taken over"),
            }
        }
        if !ran {
            return false;
        }
    }
    true
}

/// A change of one setting, with what the neighbours have to know of it.
struct Change {
    settings: Value,
    told: fn(&mut World),
}

fn change(settings: Value) -> Change {
    Change { settings, told: |_| {} }
}

/// Each setting is changed once while candidates come, and once more while they finish.
fn changes(icims: &str) -> [Vec<Change>; 2] {
    let oauth = json!({"method": "oauth2", "token_url": format!("{icims}/oauth/token"), "client_id": "client", "client_secret": "secret"});
    let basic = json!({"method": "basic", "username": "integration", "password": "other"});
    let while_they_come = vec![
        change(json!({"name": "Brightwater Foods Ltd", "event_sources": ["203.0.113.0/24"]})),
        change(json!({"multi_phase": true})),
        Change { settings: json!({"icims": oauth}), told: |world| world.icims_lets_in = "Bearer " },
        Change { settings: json!({"trigger_statuses": ["C40178"]}), told: |world| world.trigger = "40178" },
        Change {
            settings: json!({"events": {"password": "second-event-password"}}),
            told: |world| world.event_password = "second-event-password",
        },
        change(json!({"invitation": {"subject": "Your assessment, {{first_name}}", "reminders": false}})),
        change(json!({"multi_phase": false})),
        Change {
            settings: json!({"harver": {"client_id": "second-client", "client_secret": "second"}}),
            told: |world| world.harver_lets_in = "second-client",
        },
        change(json!({"return_url": "https://careers.example.org/thanks"})),
        change(json!({"reports_sent": true})),
    ];
    let while_they_finish = vec![
        Change {
            settings: json!({"webhooks": {"password": "second-webhook-password"}}),
            told: |world| world.webhook_password = "second-webhook-password",
        },
        change(json!({"report": {"type": "fact_sheet"}})),
        change(json!({"instance": "us"})),
        change(json!({"reports_progress": false})),
        Change { settings: json!({"icims": basic}), told: |world| world.icims_lets_in = "Basic " },
        change(json!({"statuses": {"complete": COMPLETE[1]}})),
        change(json!({"patterns": ["ad_hoc"]})),
        change(json!({"ended_statuses": ["C40190"]})),
        change(json!({"multi_phase": true, "addresses": ["203.0.113.7"]})),
        change(json!({"reports_sent": false, "multi_phase": false})),
    ];
    [while_they_come, while_they_finish]
}

/// Every setting that a Harver Admin may change is changed below; `enabled` is switched.
async fn nothing_is_left_out(scene: &Scene, changed: &[Vec<Change>]) {
    let now = scene.clock.clock().now();
    let customer: CustomerId = "4021".parse().expect("digits");
    let found: Result<_, StoreError> = scene.store.read(move |tx| store::customer(tx, customer)).await;
    let document =
        serde_json::to_value(Document::of(&found.expect("the store answers").expect("a customer"), now)).expect("JSON");
    let touched: BTreeSet<&str> = changed
        .iter()
        .flatten()
        .flat_map(|change| change.settings.as_object().expect("settings").keys().map(String::as_str))
        .collect();
    let all = document.as_object().expect("settings").keys().map(String::as_str).filter(|key| !["id", "enabled"].contains(key));
    assert_eq!(all.filter(|key| !touched.contains(key)).collect::<Vec<_>>(), [""; 0], "these settings are changed nowhere");
}

/// The order that a mail invites to; none if it is a reminder.
fn order_of(message: &str) -> Option<String> {
    let order = message.split_once("order-")?.1.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
    (!message.contains("reminder")).then_some(order)
}

#[tokio::test]
async fn settings_that_change_while_two_hundred_are_under_way_lose_and_double_nothing() {
    let office = PostOffice::open().await;
    let (scene, neighbours) = neighbours(&office).await;
    scene.is_called_from("203.0.113.5");
    let changes = changes(&scene.icims.uri());
    nothing_is_left_out(&scene, &changes).await;
    let [while_they_come, while_they_finish] = changes;
    let wave = CANDIDATES / while_they_come.len() as u64;
    for (number, change) in (0..).zip(while_they_come) {
        scene.set(change.settings).await;
        (change.told)(&mut neighbours.world());
        for workflow in number * wave + 1..=(number + 1) * wave {
            comes(&scene, &neighbours, workflow).await;
        }
        assert!(work(&scene, 4).await, "most are still to be invited");
    }
    for (number, change) in (0..).zip(while_they_finish) {
        scene.set(change.settings).await;
        (change.told)(&mut neighbours.world());
        scene.switch(number % 2 == 1).await;
        for workflow in number * wave + 1..=(number + 1) * wave {
            begins(&scene, &neighbours, workflow).await;
            finishes(&scene, &neighbours, workflow).await;
        }
        assert!(work(&scene, 12).await, "many have not been reported");
    }
    assert!(!work(&scene, 2000).await, "everything is done");

    let customer = "4021".parse().expect("digits");
    let (counts, dead): (_, u64) = scene
        .store
        .read(move |tx| -> Result<_, StoreError> { Ok((orders::counts(tx, customer)?, jobs::count_dead(tx, customer)?)) })
        .await
        .expect("the store answers");
    assert_eq!((counts, dead), (vec![(OrderState::Completed, CANDIDATES)], 0));
    // Whoever had finished before the mail went out is not invited any more; nobody is invited twice.
    let invited: Vec<String> = office.all("Message-ID:").iter().filter_map(|id| order_of(id)).collect();
    let each: BTreeSet<&String> = invited.iter().collect();
    assert_eq!(each.len(), invited.len(), "{invited:?}");
    assert!(invited.len() as u64 > CANDIDATES / 4, "only {} were mailed", invited.len());

    let world = neighbours.world();
    assert_eq!((world.rows.len() as u64, world.turned_away), (CANDIDATES, 0));
    for (workflow, rows) in &world.rows {
        assert_eq!(rows.len(), 1, "workflow {workflow}: {rows:?}");
        let status = rows[0]["assessmentstatus"]["id"].as_str().expect("a status");
        assert!(COMPLETE.contains(&status), "workflow {workflow}: {status}");
    }
    let both = COMPLETE.map(|node| world.rows.values().filter(|rows| rows[0]["assessmentstatus"]["id"] == node).count());
    assert!(both.iter().all(|count| *count > 20), "{both:?} were written with the one node and the other");
}
