//! Settings that are changed while many candidates are under way: every order reaches its end, once, in one row.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::http::StatusCode;
use futures::future::join_all;
use harver_icims::ats_to_harver::START_PATH;
use harver_icims::delivery::StepOutcome;
use harver_icims::domain::OrderState;
use harver_icims::harver_to_ats::CALLBACK_PATH;
use harver_icims::store::jobs::AttemptOutcome;
use harver_icims::store::{StoreError, jobs, orders};
use jiff::SignedDuration;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, Request, Respond, ResponseTemplate};

use crate::post_office::PostOffice;
use crate::scene::{RETURN_URL, Scene};
use crate::support::{ACCOUNT, PACKAGE};

/// Half of them invited by a recruiter, half sent on by the portal.
const CANDIDATES: u64 = 200;
/// How many steps are under way at once.
const AT_ONCE: usize = 4;

/// What iCIMS holds, and whom it lets in.
struct Tenant {
    /// The rows of each workflow.
    rows: BTreeMap<u64, Vec<Value>>,
    /// How a value of `Authorization` that is let in begins.
    lets_in: &'static str,
    turned_away: usize,
}

/// An iCIMS that keeps what it is told. Clones are the same.
#[derive(Clone)]
struct Icims(Arc<Mutex<Tenant>>);

impl Icims {
    fn tenant(&self) -> MutexGuard<'_, Tenant> {
        self.0.lock().expect("no panic elsewhere")
    }
}

impl Respond for Icims {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut tenant = self.tenant();
        let parts: Vec<&str> = request.url.path().split('/').filter(|part| !part.is_empty()).collect();
        if parts == ["oauth", "token"] {
            return ResponseTemplate::new(200).set_body_json(json!({"access_token": "token", "expires_in": 86_400}));
        }
        let presented = request.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !presented.starts_with(tenant.lets_in) {
            tenant.turned_away += 1;
            return ResponseTemplate::new(401);
        }
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["customers", "4021", "people", _]) => ResponseTemplate::new(200)
                .set_body_json(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})),
            ("GET", ["customers", "4021", "jobs", _]) => ResponseTemplate::new(200)
                .set_body_json(json!({"jobtitle": "Advisor", "assessmenttype": [{"id": "C1", "value": PACKAGE}]})),
            ("GET", ["customers", "4021", "applicantworkflows", workflow]) => {
                let rows = tenant.rows.get(&workflow.parse().expect("digits")).cloned().unwrap_or_default();
                ResponseTemplate::new(200).set_body_json(json!({"assessmentresults": rows}))
            }
            ("POST", ["customers", "4021", "applicantworkflows", workflow, "fields", "assessmentresults"]) => {
                let rows = tenant.rows.entry(workflow.parse().expect("digits")).or_default();
                let mut row: Value = request.body_json().expect("JSON");
                row["entry"] = json!(rows.len() + 1);
                rows.push(row);
                let location = format!("{}/{}", request.url, rows.len());
                ResponseTemplate::new(201).insert_header("Location", location)
            }
            ("PATCH", ["customers", "4021", "applicantworkflows", workflow, "fields", "assessmentresults", entry]) => {
                let rows = tenant.rows.entry(workflow.parse().expect("digits")).or_default();
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

/// A platform on which everybody finishes.
fn platform(request: &Request) -> ResponseTemplate {
    let parts: Vec<&str> = request.url.path().split('/').filter(|part| !part.is_empty()).skip(2).collect();
    match (request.method.as_str(), parts.as_slice()) {
        ("POST", ["vacancies", _, "applications"]) => {
            let body: Value = request.body_json().expect("JSON");
            let workflow = body["data"]["attributes"]["application_id"].as_str().expect("a workflow");
            let id = application(workflow.parse().expect("digits"));
            let link = format!("https://my.harver.com/app/landing/magic-link/{id}");
            ResponseTemplate::new(201)
                .set_body_json(json!({"data": {"magicLink": link, "applicationId": id, "currentStatus": "in-progress"}}))
        }
        ("GET", ["applications", id]) => ResponseTemplate::new(200)
            .set_body_json(json!({"data": {"type": "applications", "id": id,
            "attributes": {"status": "new", "completedAt": 1_741_097_220, "matchingScore": 78}}})),
        ("GET", ["applications", id, "reports", "reports-hub"]) => {
            let url = format!("https://app.harver.com/reports-hub?token={id}");
            ResponseTemplate::new(200).set_body_json(json!({"data": {"attributes": {"url": url}}}))
        }
        _ => ResponseTemplate::new(200).set_body_json(json!({"data": {"id": parts.get(1), "attributes": {"status": "open"}},
            "accessToken": "token", "accessTokenExpiresAt": "2999-01-01T00:00:00.000Z"})),
    }
}

async fn neighbours(office: &PostOffice) -> (Scene, Icims) {
    let port = office.port;
    let scene = Scene::bare(|_| {}, move |settings| settings.mail.port = port).await;
    let icims = Icims(Arc::new(Mutex::new(Tenant { rows: BTreeMap::new(), lets_in: "Basic ", turned_away: 0 })));
    Mock::given(any()).respond_with(icims.clone()).with_priority(1).mount(&scene.icims).await;
    Mock::given(any()).respond_with(platform).with_priority(1).mount(&scene.harver).await;
    (scene, icims)
}

/// The candidate of this workflow is invited, or comes along on the portal.
async fn comes(scene: &Scene, workflow: u64, password: &str) {
    let mut event = json!({"customerId": "4021", "systemId": workflow.to_string(), "personId": "30517", "jobId": "2210"});
    let ad_hoc = workflow.is_multiple_of(2);
    if ad_hoc {
        event["eventType"] = json!("WorkflowStatusChangeEvent");
        event["newStatus"] = json!("40177");
    } else {
        event["eventType"] = json!("ApplicationCompletedEvent");
        event["returnUrl"] = json!(RETURN_URL);
    }
    let credentials = format!("harver-icims-4021:{password}");
    let answer = scene.post(START_PATH, &credentials, event.to_string().into_bytes(), &[]).await;
    assert_eq!(answer.status, if ad_hoc { StatusCode::OK } else { StatusCode::SEE_OTHER }, "{}", answer.body);
}

/// The platform announces something about the application of this workflow.
async fn announced(scene: &Scene, workflow: u64, event: &str, password: &str) {
    let webhook = json!({"event": event, "data": {"type": "applications", "id": application(workflow)},
        "relationships": {"account": {"data": {"type": "account", "id": ACCOUNT}}}});
    let credentials = format!("harver-platform-4021:{password}");
    let answer = scene.post(CALLBACK_PATH, &credentials, webhook.to_string().into_bytes(), &[]).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
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

#[tokio::test]
async fn settings_that_change_while_two_hundred_are_under_way_lose_and_double_nothing() {
    let office = PostOffice::open().await;
    let (scene, icims) = neighbours(&office).await;
    let day = SignedDuration::from_hours(24);
    for workflow in 1..=CANDIDATES {
        if workflow == CANDIDATES / 3 {
            scene.rotate(|customer| &mut customer.events, "second-event-password", day).await;
        }
        let password = if workflow < CANDIDATES / 2 { "event-password" } else { "second-event-password" };
        comes(&scene, workflow, password).await;
    }
    assert!(work(&scene, 10).await, "some are invited, most are not");
    let oauth = json!({"method": "oauth2", "token_url": format!("{}/oauth/token", scene.icims.uri()),
        "client_id": "client", "client_secret": "secret"});
    scene.set(json!({"icims": oauth})).await;
    icims.tenant().lets_in = "Bearer ";
    for workflow in 1..=CANDIDATES / 4 {
        announced(&scene, workflow, "ApplicationStarted", "webhook-password").await;
    }
    assert!(work(&scene, 10).await, "work is left");
    scene.rotate(|customer| &mut customer.webhooks, "second-webhook-password", day).await;
    scene.switch(false).await;
    for workflow in 1..=CANDIDATES / 2 {
        announced(&scene, workflow, "CandidateStatusNew", "webhook-password").await;
    }
    assert!(work(&scene, 55).await, "some results are written, most are not");
    scene.set(json!({"report": {"type": "fact_sheet"}, "reports_progress": false})).await;
    for workflow in CANDIDATES / 2 + 1..=CANDIDATES {
        announced(&scene, workflow, "ApplicationStarted", "second-webhook-password").await;
        announced(&scene, workflow, "CandidateStatusNew", "second-webhook-password").await;
    }
    assert!(work(&scene, 10).await, "work is left");
    scene.switch(true).await;
    scene.set(json!({"icims": {"method": "basic", "username": "integration", "password": "other"}})).await;
    icims.tenant().lets_in = "Basic ";
    assert!(!work(&scene, 1000).await, "everything is done");

    let customer = "4021".parse().expect("digits");
    let (counts, dead): (_, u64) = scene
        .store
        .read(move |tx| -> Result<_, StoreError> { Ok((orders::counts(tx, customer)?, jobs::count_dead(tx, customer)?)) })
        .await
        .expect("the store answers");
    assert_eq!((counts, dead), (vec![(OrderState::Completed, CANDIDATES)], 0));
    // Whoever had finished before the mail went out is not invited any more; nobody is invited twice.
    let mut mails = office.all("Message-ID:");
    let sent = mails.len();
    mails.sort();
    mails.dedup();
    assert_eq!(mails.len(), sent);

    let tenant = icims.tenant();
    assert_eq!((tenant.rows.len() as u64, tenant.turned_away), (CANDIDATES, 0));
    for (workflow, rows) in &tenant.rows {
        assert_eq!(rows.len(), 1, "workflow {workflow}: {rows:?}");
        assert_eq!(rows[0]["assessmentstatus"]["id"], "D37002019001", "workflow {workflow}");
    }
    let ours = tenant.rows.values().filter(|rows| rows[0]["assessmenturl"].as_str().is_some_and(|url| url.contains("/reports/")));
    let changed = ours.count() as u64;
    assert!((CANDIDATES / 2..CANDIDATES - 20).contains(&changed), "{changed} were written after another report was chosen");
}
