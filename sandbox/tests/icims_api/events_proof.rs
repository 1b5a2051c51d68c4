//! How a vendor can tell that an event comes from iCIMS, and where each event goes.

use std::time::Duration;

use flate2::read::GzDecoder;
use hmac::{Hmac, KeyInit as _, Mac as _};
use icims_sandbox::icims::model::{EventId, Role};
use icims_sandbox::icims::schema::ProfileType;
use icims_sandbox::icims::state::advance::{Criterion, Entrance};
use icims_sandbox::icims::state::connection::{Authentication, Connection, Trigger};
use icims_sandbox::icims::state::outgoing::EventOutcome;
use icims_sandbox::icims::state::{CustomerState, Refusal};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use wiremock::matchers::{body_string, header, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::icims_api::events::{advance, apply, configure, received};
use crate::icims_api::support::{World, basic};

/// A world whose events go to a vendor that accepts everything at `/start`, unless a test mounts something before.
async fn connected(settings: impl FnOnce(&MockServer, Connection) -> Connection) -> (World, MockServer) {
    let (world, vendor) = (World::new().await, MockServer::start().await);
    let endpoint = Some(format!("{}/start", vendor.uri()));
    let common = |before| Connection { endpoint, username: "icims".into(), password: "s3cret".into(), ..before };
    configure(&world, |before| settings(&vendor, common(before))).await;
    (world, vendor)
}

async fn accepting(vendor: &MockServer, at: &str) {
    Mock::given(method("POST")).and(path(at)).respond_with(ResponseTemplate::new(200)).mount(vendor).await;
}

async fn requests(vendor: &MockServer) -> Vec<Request> {
    vendor.received_requests().await.expect("recording")
}

fn text<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers.get(name).unwrap_or_else(|| panic!("no {name}")).to_str().expect("text")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Checks a signature as a vendor would, from the document alone.
fn is_signed_by(request: &Request, key: &str) {
    let authorization = text(request, "authorization");
    let parts: Vec<&str> = authorization.strip_prefix("x-icims-v1-hmac-sha256 ").expect("the scheme").split(',').collect();
    let [user, names, signature] = parts[..] else { panic!("{authorization}") };
    assert_eq!(user, "user=icims");
    let names = names.strip_prefix("signedheaders=").expect("no space after the comma");
    assert_eq!(names, "content-type;host;x-icims-content-sha256;x-icims-date");
    let lines: Vec<String> = names.split(';').map(|name| format!("{name}:{}", text(request, name))).collect();
    let canonical =
        ["POST", request.url.path(), request.url.query().unwrap_or_default(), &lines.join("\n"), "", names].join("\n");
    let date = text(request, "x-icims-date");
    assert!(date.ends_with("+0000") && date.len() == 24, "{date}");
    let to_sign = format!("x-icims-v1-hmac-sha256\n{date}\n{}", hex(&Sha256::digest(canonical)));
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key");
    mac.update(to_sign.as_bytes());
    assert_eq!(signature, format!("signature={}", hex(&mac.finalize().into_bytes())));
    let body = match request.headers.get("content-encoding") {
        Some(_) => std::io::read_to_string(GzDecoder::new(&request.body[..])).expect("gzip"),
        None => String::from_utf8(request.body.clone()).expect("text"),
    };
    assert_eq!(text(request, "x-icims-content-sha256"), hex(&Sha256::digest(body)), "the hash of the uncompressed body");
}

#[tokio::test]
async fn a_signed_event_can_be_checked_by_the_vendor_compressed_or_not() {
    for gzip in [true, false] {
        let (world, vendor) = connected(|_, before| Connection {
            authentication: Authentication::Hmac,
            hmac_key: "key".into(),
            gzip,
            endpoint: before.endpoint.map(|endpoint| endpoint + "?flow=1"),
            ..before
        })
        .await;
        accepting(&vendor, "/start").await;
        let outcome = world.outcome(advance(&world).await).await.expect("an outcome");
        assert!(outcome.is_success(), "{outcome:?}");
        is_signed_by(&requests(&vendor).await[0], "key");
    }
}

#[tokio::test]
async fn without_a_key_of_its_own_the_password_signs() {
    let (world, vendor) = connected(|_, before| Connection { authentication: Authentication::Hmac, ..before }).await;
    accepting(&vendor, "/start").await;
    world.outcome(advance(&world).await).await.expect("an outcome");
    is_signed_by(&requests(&vendor).await[0], "s3cret");
}

fn with_tokens(vendor: &MockServer, before: Connection) -> Connection {
    Connection {
        authentication: Authentication::OAuth2,
        token_url: Some(format!("{}/token", vendor.uri())),
        client_id: "icims-client".into(),
        client_secret: "hush".into(),
        ..before
    }
}

async fn giving_tokens(vendor: &MockServer, token: &str, times: u64) {
    let triple = json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600});
    Mock::given(method("POST"))
        .and(path("/token"))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(body_string("grant_type=client_credentials&client_id=icims-client&client_secret=hush"))
        .respond_with(ResponseTemplate::new(200).set_body_json(triple))
        .up_to_n_times(times)
        .mount(vendor)
        .await;
}

/// What was asked for, in order: `/token`, or the authorization of an event.
async fn course(vendor: &MockServer) -> Vec<String> {
    let said = |request: &Request| match request.url.path() {
        "/token" => "/token".to_owned(),
        _ => text(request, "authorization").to_owned(),
    };
    requests(vendor).await.iter().map(said).collect()
}

#[tokio::test]
async fn a_token_of_the_vendor_is_kept_until_it_expires_on_the_virtual_clock() {
    let (world, vendor) = connected(with_tokens).await;
    accepting(&vendor, "/start").await;
    giving_tokens(&vendor, "one", 1).await;
    giving_tokens(&vendor, "two", 1).await;
    for _ in 0..2 {
        assert!(world.outcome(advance(&world).await).await.expect("an outcome").is_success());
    }
    world.clock.advance(SignedDuration::from_mins(60));
    assert!(world.outcome(advance(&world).await).await.expect("an outcome").is_success());
    assert_eq!(course(&vendor).await, ["/token", "Bearer one", "Bearer one", "/token", "Bearer two"]);
    let journal: String = world
        .journal
        .find(&Default::default())
        .iter()
        .map(|exchange| serde_json::to_string(exchange.as_ref()).expect("JSON"))
        .collect();
    for secret in ["hush", "Bearer one", "\"one\"", "\\\"one\\\""] {
        assert!(!journal.contains(secret), "{secret}");
    }
}

/// Several candidates of the job, all sent to the vendor: events of one workflow would wait for one another.
async fn advance_several(world: &World) -> Vec<EventId> {
    let (job, now, tenant) = (world.job, world.clock.now(), world.icims.customer(4021).expect("the customer"));
    let trigger = "C40177".parse().expect("a node id");
    let rule = |state: &mut CustomerState| {
        let by = state.recruiter();
        let mut events = Vec::new();
        for name in ["Ana", "Ben", "Eva", "Zoe"] {
            let values = json!({"firstname": name, "lastname": "Sol", "email": format!("{name}@example.org")});
            let values = state.read_screen(ProfileType::People, values.as_object().expect("an object"))?;
            let person = state.create_person_as(Some(Role::Candidate), values, now)?;
            let workflow = state.submit(person, job, by, now)?;
            events.extend(state.advance(workflow, &trigger, by, now)?.event);
        }
        Ok::<_, Refusal>(events)
    };
    tenant.write(rule).await.expect("moves")
}

#[tokio::test]
async fn many_events_at_once_need_one_token() {
    let (world, vendor) = connected(with_tokens).await;
    accepting(&vendor, "/start").await;
    let triple = json!({"access_token": "one", "token_type": "Bearer", "expires_in": 3_600});
    let token = ResponseTemplate::new(200).set_body_json(triple).set_delay(Duration::from_millis(200));
    Mock::given(path("/token")).respond_with(token).mount(&vendor).await;
    let outcomes = world.outcomes(&advance_several(&world).await).await;
    assert_eq!(outcomes.len(), 4);
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().is_some_and(EventOutcome::is_success)), "{outcomes:?}");
    assert_eq!(course(&vendor).await.iter().filter(|step| *step == "/token").count(), 1);
}

#[tokio::test]
async fn those_who_wait_for_one_token_share_that_there_is_none_and_the_next_one_asks_again() {
    let (world, vendor) = connected(with_tokens).await;
    accepting(&vendor, "/start").await;
    let refusal = ResponseTemplate::new(503).set_delay(Duration::from_millis(200));
    Mock::given(path("/token")).respond_with(refusal).mount(&vendor).await;
    let outcomes = world.outcomes(&advance_several(&world).await).await;
    assert_eq!(outcomes.len(), 4);
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().is_some_and(|outcome| !outcome.is_success())), "{outcomes:?}");
    assert_eq!(course(&vendor).await, ["/token"]);
    world.outcome(advance(&world).await).await.expect("an outcome");
    assert_eq!(course(&vendor).await, ["/token", "/token"]);
}

#[tokio::test]
async fn a_refused_token_is_fetched_anew_once() {
    let (world, vendor) = connected(with_tokens).await;
    Mock::given(path("/start"))
        .and(header("authorization", "Bearer two"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&vendor)
        .await;
    Mock::given(path("/start")).respond_with(ResponseTemplate::new(401)).mount(&vendor).await;
    giving_tokens(&vendor, "one", 1).await;
    giving_tokens(&vendor, "two", 1).await;
    giving_tokens(&vendor, "three", 1).await;
    assert!(world.outcome(advance(&world).await).await.expect("an outcome").is_success());
    assert_eq!(course(&vendor).await, ["/token", "Bearer one", "/token", "Bearer two"]);

    vendor.reset().await;
    Mock::given(path("/start")).respond_with(ResponseTemplate::new(401)).mount(&vendor).await;
    giving_tokens(&vendor, "three", 9).await;
    let outcome = world.outcome(advance(&world).await).await.expect("an outcome");
    assert!(matches!(outcome, EventOutcome::Failed { status: Some(401), .. }), "{outcome:?}");
    assert_eq!(course(&vendor).await, ["Bearer two", "/token", "Bearer three"], "once, and not for ever");
}

#[tokio::test]
async fn without_a_token_the_event_fails_and_says_why_without_the_secret() {
    let (world, vendor) = connected(with_tokens).await;
    accepting(&vendor, "/start").await;
    Mock::given(path("/token")).respond_with(ResponseTemplate::new(403).set_body_string("no")).mount(&vendor).await;
    let outcome = world.outcome(advance(&world).await).await.expect("an outcome");
    let EventOutcome::Failed { status: None, message, reason } = outcome else { panic!("{outcome:?}") };
    assert_eq!(message, "Harver gave no access token. Try again later, or contact your administrator.");
    assert!(reason.contains("403") && !reason.contains("hush"), "{reason}");
    assert_eq!(course(&vendor).await, ["/token"]);
    assert_eq!(world.icims.pending(None), 0);
}

#[tokio::test]
async fn each_trigger_goes_to_its_own_address() {
    let (world, vendor) = connected(|vendor, before| Connection {
        inline_endpoint: Some(format!("{}/inline", vendor.uri())),
        further_triggers: vec![Trigger {
            status: "C40150".parse().expect("a node id"),
            endpoint: Some(format!("{}/hired", vendor.uri())),
        }],
        ..before
    })
    .await;
    for at in ["/start", "/inline", "/hired"] {
        accepting(&vendor, at).await;
    }
    world.outcome(advance(&world).await).await.expect("an outcome");
    apply(&world).await;
    let path = format!("/applicantworkflows/{}", world.workflow);
    assert_eq!(world.patch(&path, json!({"status": {"id": "C40150"}})).await.status, 204);
    let hired =
        world.icims.customer(4021).expect("the customer").read(|state| state.pending_events().next().map(|event| event.id));
    world.outcome(hired.expect("an event for the further trigger")).await.expect("an outcome");
    let paths: Vec<String> = requests(&vendor).await.iter().map(|request| request.url.path().to_owned()).collect();
    assert_eq!(paths, ["/start", "/inline", "/hired"]);
    let (request, body) = received(&vendor).await;
    assert_eq!((text(&request, "authorization"), &body["newStatus"]), (basic("icims", "s3cret").as_str(), &json!("40150")));
}

#[tokio::test]
async fn an_event_is_sent_again_on_demand_and_never_by_itself() {
    let (world, vendor) = connected(|_, before| before).await;
    Mock::given(path("/start")).respond_with(ResponseTemplate::new(503)).up_to_n_times(1).mount(&vendor).await;
    accepting(&vendor, "/start").await;
    let first = advance(&world).await;
    assert!(!world.outcome(first).await.expect("an outcome").is_success());
    assert_eq!(requests(&vendor).await.len(), 1);
    let now = world.clock.now();
    let tenant = world.icims.customer(4021).expect("the customer");
    let again = tenant.write(|state| state.resend(first, now)).await.expect("a new event");
    assert!(world.outcome(again).await.expect("an outcome").is_success());
    let sent = requests(&vendor).await;
    assert_eq!(sent.len(), 2);
    let body = |request: &Request| -> Json { serde_json::from_reader(GzDecoder::new(&request.body[..])).expect("JSON") };
    assert_eq!(body(&sent[0]), body(&sent[1]), "the vendor is told the same");
    let unknown = tenant.write(|state| state.resend(EventId::new(999), now)).await;
    assert!(matches!(unknown, Err(Refusal::NoSuchEvent(_))));
}

#[tokio::test]
async fn entrance_criteria_refuse_the_api_and_change_nothing() {
    let (world, vendor) = connected(|_, before| before).await;
    let status = |id: &str| id.parse().expect("a node id");
    world
        .change(|state| {
            state.set_entrance_criteria(vec![Entrance {
                status: status("C40177"),
                criterion: Criterion::Passed(status("C40120")),
            }])
        })
        .await;
    let path = format!("/applicantworkflows/{}", world.workflow);
    let send = json!({"status": {"id": "C40177"}, "source": "Job Board"});
    world.patch(&path, send.clone()).await.is_error(400, 5, "status: Entrance criteria not met.");
    let unchanged = world.get(&path).await.json();
    assert_eq!(unchanged["status"]["id"], "C40101");
    assert_ne!(unchanged["source"], "Job Board");
    assert_eq!((world.icims.pending(None), requests(&vendor).await.len()), (0, 0));
    assert_eq!(world.patch(&path, json!({"status": {"id": "C40120"}})).await.status, 204);
    assert_eq!(world.patch(&path, send).await.status, 204);
    assert_eq!(world.icims.pending(None), 1);
}

#[tokio::test]
async fn a_slow_vendor_of_one_customer_keeps_no_other_waiting_for_a_token() {
    let (world, vendor) = connected(with_tokens).await;
    accepting(&vendor, "/start").await;
    let triple = json!({"access_token": "late", "token_type": "Bearer", "expires_in": 60});
    let slow = ResponseTemplate::new(200).set_body_json(triple).set_delay(Duration::from_secs(20));
    Mock::given(path("/token")).respond_with(slow).mount(&vendor).await;
    let event = advance(&world).await;
    world.send_events();
    while requests(&vendor).await.is_empty() {
        tokio::task::yield_now().await;
    }
    world.open(4022).await;
    let (_, _, workflow, _) = crate::icims_api::support::filled(&world.icims, 4022).await;
    let start = format!("{}/start", vendor.uri());
    world.icims.connect_vendor(4022, start, "other".into(), "secret".into()).await.expect("connected");
    let (other, now) = (world.icims.customer(4022).expect("the other customer"), world.clock.now());
    let trigger = "C40177".parse().expect("a node id");
    let moved = other.write(|state| state.advance(workflow, &trigger, state.recruiter(), now)).await.expect("a move");
    let outcome = world.icims.outcome(4022, moved.event.expect("an event")).await;
    assert!(outcome.expect("an outcome").is_success());
    assert_eq!(world.icims.pending(Some(4021)), 1, "the slow one still waits for {event}");
}
