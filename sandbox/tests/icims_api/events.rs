//! Events towards a real listener.

use std::io::Read as _;
use std::time::Duration;

use flate2::read::GzDecoder;
use icims_sandbox::icims::model::{EventId, NodeId};
use icims_sandbox::icims::state::connection::{Connection, InlineEventType};
use icims_sandbox::icims::state::outgoing::EventOutcome;
use icims_sandbox::icims::state::{CustomerState, Refusal};
use serde_json::{Value as Json, json};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::icims_api::support::{API, World, basic};

const START: &str = "/prod/orchestrator/v1/flows/startAssessment/icimsmarketplace";

pub(crate) async fn connected(answer: ResponseTemplate) -> (World, MockServer) {
    let vendor = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(START))
        .and(header("authorization", basic("harver-icims-4021", "s3cret")))
        .respond_with(answer)
        .mount(&vendor)
        .await;
    let world = World::new().await;
    let endpoint = format!("{}{START}", vendor.uri());
    world.icims.connect_vendor(4021, endpoint, "harver-icims-4021".into(), "s3cret".into()).await.expect("a connection");
    (world, vendor)
}

pub(crate) async fn advance(world: &World) -> EventId {
    let (trigger, now): (NodeId, _) = ("C40177".parse().expect("a node id"), world.clock.now());
    let tenant = world.icims.customer(4021).expect("the customer");
    let moved = tenant.write(|state| state.advance(world.workflow, &trigger, state.recruiter(), now)).await.expect("a move");
    moved.event.expect("an event")
}

/// Mara applies on the portal and follows the link of the assessment step; what the vendor made of it.
pub(crate) async fn apply(world: &World) -> EventOutcome {
    world.send_events();
    let job = format!("/careers/4021/jobs/{}/call-centre-advisor", world.job);
    let cookie = world.submit(&format!("{job}/login"), "", &[("email", "mara@example.org")]).await;
    let session = cookie.split(';').next().unwrap_or_default().to_owned();
    world.submit(&format!("{job}/profile"), &session, &[("firstname", "Mara"), ("lastname", "Lind")]).await;
    world.submit(&format!("{job}/questions"), &session, &[("source", "Job Board")]).await;
    world.submit(&format!("{job}/assessment"), &session, &[]).await;
    let newest = |state: &CustomerState| state.events().next().and_then(|event| event.outcome.clone());
    world.icims.customer(4021).expect("the customer").read(newest).expect("an answered event").1
}

pub(crate) async fn configure(world: &World, change: impl FnOnce(Connection) -> Connection) {
    world.change(|state| state.configure_connection(change(state.connection().clone()))).await;
}

pub(crate) async fn received(vendor: &MockServer) -> (wiremock::Request, Json) {
    let request = vendor.received_requests().await.expect("recording").pop().expect("a request");
    let body = if request.headers.get("content-encoding").is_some_and(|coding| coding == "gzip") {
        let mut text = String::new();
        GzDecoder::new(&request.body[..]).read_to_string(&mut text).expect("gzip");
        serde_json::from_str(&text)
    } else {
        serde_json::from_slice(&request.body)
    };
    (request, body.expect("JSON"))
}

#[tokio::test]
async fn a_status_change_arrives_compressed_with_its_headers() {
    let (world, vendor) = connected(ResponseTemplate::new(200)).await;
    let outcome = world.outcome(advance(&world).await).await;
    assert_eq!(outcome, Some(EventOutcome::Accepted { summary: "Invitation is sent to Candidate".into() }));
    let (request, body) = received(&vendor).await;
    assert_eq!(body["eventType"], "WorkFlowStatusChangeEvent");
    assert_eq!((&body["oldStatus"], &body["newStatus"]), (&json!("40101"), &json!("40177")));
    assert_eq!(body["userId"], "1188");
    let header = |name: &str| request.headers.get(name).expect(name).to_str().expect("text").to_owned();
    assert_eq!(header("user-agent"), "Apache-HttpClient/4.5.13 (Java/1.8.0_392)");
    assert_eq!(header("accept-encoding"), "gzip,deflate");
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("connection"), "close");
    assert!(header("link").ends_with(&format!("{API}/customers/4021/people/1188;rel=\"user\";title=\"Posting User\",")));
    assert_eq!(header("content-length"), request.body.len().to_string());
}

#[tokio::test]
async fn an_application_hands_over_a_link_and_the_way_back() {
    let link = "https://harver.example/a?token=1";
    let (world, vendor) = connected(ResponseTemplate::new(303).insert_header("Location", link)).await;
    configure(&world, |settings| Connection { gzip: false, inline_event_type: InlineEventType::AssessmentEvent, ..settings })
        .await;
    let outcome = apply(&world).await;
    assert_eq!(outcome.link(), Some(link));
    let (request, body) = received(&vendor).await;
    assert!(request.headers.get("content-encoding").is_none());
    assert_eq!(body["eventType"], "AssessmentEvent");
    let way_back = format!("{API}/careers/4021/jobs/{}/call-centre-advisor/assessment?i=1", world.job);
    assert_eq!(body["returnUrl"], way_back);
    let user = &body["links"][3];
    assert_eq!(user["url"], format!("{API}/customers/4021/people/{}", body["userId"].as_str().expect("text")));
}

#[tokio::test]
async fn refusals_and_garbage_become_messages_and_keep_the_status() {
    let refusal = json!({"error": {"userMessage": "{{person.email}} is empty.", "debugErrorMessage": "workflow 88431"}});
    let check = async |answer: ResponseTemplate, expected: &str| {
        let (world, _vendor) = connected(answer).await;
        let outcome = world.outcome(advance(&world).await).await.expect("an outcome");
        assert_eq!(outcome.message(), expected);
        let status = world.get(&format!("/applicantworkflows/{}", world.workflow)).await.json();
        assert_eq!(status["status"]["id"], "C40177", "the status change is kept");
        assert_eq!(world.icims.pending(None), 0);
    };
    check(ResponseTemplate::new(400).set_body_json(&refusal), "Email is empty.").await;
    check(ResponseTemplate::new(503).set_body_json(&refusal), "Email is empty.").await;
    let improper = "Harver did not answer as expected. Try again later, or contact your administrator.";
    check(ResponseTemplate::new(401), improper).await;
    check(ResponseTemplate::new(500).set_body_bytes([0xff, 0x00, 0x7b]), improper).await;
    check(ResponseTemplate::new(302).insert_header("Location", "https://harver.example/"), improper).await;
    check(ResponseTemplate::new(303), improper).await;
}

#[tokio::test]
async fn silence_and_a_closed_door_are_told_apart() {
    let (world, _vendor) = connected(ResponseTemplate::new(200).set_delay(Duration::from_secs(30))).await;
    configure(&world, |settings| Connection { timeout_seconds: 1, ..settings }).await;
    let outcome = world.outcome(advance(&world).await).await.expect("an outcome");
    assert_eq!(outcome.message(), "Harver did not answer in time. Try again later.");
    configure(&world, |settings| Connection { endpoint: Some("http://127.0.0.1:9/".into()), ..settings }).await;
    let outcome = world.outcome(advance(&world).await).await.expect("an outcome");
    assert_eq!(outcome.message(), "Harver could not be reached. Try again later, or contact your administrator.");
    configure(&world, |settings| Connection { endpoint: None, ..settings }).await;
    let outcome = world.outcome(advance(&world).await).await.expect("an outcome");
    assert_eq!(outcome.message(), "Harver is not connected. Contact your administrator.");
}

#[tokio::test]
async fn many_who_wait_for_one_event_cause_one_delivery() {
    let (world, vendor) = connected(ResponseTemplate::new(200).set_delay(Duration::from_millis(50))).await;
    let event = advance(&world).await;
    let outcomes = world.outcomes(&[event; 20]).await;
    assert_eq!(outcomes.len(), 20);
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().is_some_and(EventOutcome::is_success)));
    assert_eq!(vendor.received_requests().await.expect("recording").len(), 1);
}

#[tokio::test]
async fn a_change_over_the_api_is_answered_at_once_and_told_in_the_background() {
    let (world, vendor) = connected(ResponseTemplate::new(200)).await;
    let path = format!("/applicantworkflows/{}", world.workflow);
    assert_eq!(world.patch(&path, json!({"status": {"id": "C40177"}})).await.status, 204);
    assert_eq!(world.icims.pending(Some(4021)), 1);
    let mut exchanges = world.journal.watch();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let icims = world.icims.clone();
    let background = tokio::spawn(async move { icims.run(async { stopped.await.unwrap_or_default() }).await });
    while world.icims.pending(None) > 0 {
        tokio::time::timeout(Duration::from_secs(10), exchanges.changed()).await.expect("in time").expect("the journal is alive");
        tokio::task::yield_now().await;
    }
    stop.send(()).expect("the background is running");
    background.await.expect("a clean end");
    let (_, body) = received(&vendor).await;
    assert_eq!(body["userId"], "1187", "the person behind the integration user");
}

#[tokio::test]
async fn whoever_stops_waiting_stops_nothing() {
    let (world, vendor) = connected(ResponseTemplate::new(200).set_delay(Duration::from_millis(200))).await;
    world.send_events();
    let event = advance(&world).await;
    let icims = world.icims.clone();
    let waiting = tokio::spawn(async move { icims.outcome(4021, event).await });
    while vendor.received_requests().await.expect("recording").is_empty() {
        tokio::task::yield_now().await;
    }
    waiting.abort();
    assert!(waiting.await.is_err());
    assert!(world.outcome(event).await.is_some_and(|outcome| outcome.is_success()));
    assert_eq!(vendor.received_requests().await.expect("recording").len(), 1);
}

#[tokio::test]
async fn only_web_addresses_and_known_customers_can_be_connected() {
    let world = World::new().await;
    let wrong = world.icims.connect_vendor(4021, "ftp://x".into(), String::new(), String::new()).await;
    assert!(matches!(wrong, Err(Refusal::Invalid(_))));
    let nobody = world.icims.connect_vendor(1, "http://x.test/".into(), String::new(), String::new()).await;
    assert!(matches!(nobody, Err(Refusal::Invalid(_))));
}
