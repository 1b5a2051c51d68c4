//! The toggle of the section General (promises G18 and G19), with neighbours that are played.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use harver_icims::domain::{AtsAuthentication, AtsConnection, Pattern};
use harver_icims::store::tokens::{self, ApiToken};
use harver_icims::web::hash_of;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use wiremock::matchers::{method, path, path_regex};
use wiremock::{Mock, MockServer, Respond, ResponseTemplate};

use super::world::{ADMIN, World};

const GENERAL: &str = "/console/general";

fn found() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"links": []}))
}

/// Both neighbours as they must be, but that iCIMS answers like this when it is asked whether it lets customer 4021 in.
async fn icims(answer: impl Respond + 'static) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET")).and(path("/customers/4021")).respond_with(answer).mount(&server).await;
    let package = "Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd";
    let schema = |fields: &[&str]| {
        let shapes: serde_json::Map<String, Value> = fields.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
        json!({"properties": shapes})
    };
    let results = [
        "assessmentname",
        "assessmentstatus",
        "assessmentdate",
        "assessmentscore",
        "assessmentresult",
        "assessmentnotes",
        "assessmenturl",
    ];
    let submittal = json!({"properties": {"assessmentresults": {"type": "array", "items": schema(&results)}}});
    let vacancy = json!({"id": "64c20d1e5f7a8b0012ab34cd", "attributes": {"name": "Call Centre Advisor", "status": "open"}});
    let usual = [
        ("POST", "/customers/4021/search/jobs", json!({"searchResults": [{"id": 2210}]})),
        ("GET", "/customers/4021/v2/lists/lists.customfields_lists", json!({"nodes": [{"id": "C30200"}, {"id": "C31600"}]})),
        ("GET", "/customers/4021/v2/lists/lists.customfields_lists/node/.*", json!({"nodes": [{"id": "C1", "value": package}]})),
        ("GET", "/customers/4021/profiledefinitions/v1/person/schema", schema(&["firstname", "lastname", "email"])),
        ("GET", "/customers/4021/profiledefinitions/v1/job/schema", schema(&["jobtitle", "folder", "assessmenttype"])),
        ("GET", "/customers/4021/profiledefinitions/v1/submittal/schema", submittal),
        ("POST", "/oauth/token", json!({"accessToken": "token", "accessTokenExpiresAt": "2999-01-01T00:00:00.000Z"})),
        ("GET", "/api/v1.0/accounts/.*/vacancies", json!({"data": [vacancy]})),
    ];
    for (verb, at, body) in usual {
        let answer = ResponseTemplate::new(200).set_body_json(body);
        Mock::given(method(verb)).and(path_regex(format!("^{at}$"))).respond_with(answer).mount(&server).await;
    }
    let nothing = json!({"errors": [{"errorMessage": "Recruiting Workflow not found.", "errorCode": 2}]});
    let written = ResponseTemplate::new(404).set_body_json(nothing);
    Mock::given(method("PATCH")).respond_with(written).mount(&server).await;
    server
}

/// The world with the integration disabled, and an iCIMS that is there.
async fn disabled(icims: &MockServer) -> World {
    let (world, address) = (World::new().await, icims.uri());
    world
        .set_up(move |customer| {
            customer.enabled = false;
            let authentication = AtsAuthentication::Basic { username: "harverapi".into(), password: "right".into() };
            customer.harver.base_url = address.parse().expect("a URL");
            customer.ats = AtsConnection { base_url: address.parse().expect("a URL"), authentication }.into();
        })
        .await;
    world
}

#[tokio::test]
async fn the_toggle_is_switched_on_when_every_check_is_good() {
    let icims = icims(found()).await;
    let world = disabled(&icims).await;
    let mut browser = world.signed_in().await;
    let off = browser.get(GENERAL).await;
    assert!(off.has("#toggle[role=switch][aria-checked=false]"));
    assert_eq!(off.text("#enabled"), "Off");
    let on = browser.submit(GENERAL, "/console/general/enable", &[]).await;
    assert_eq!(on.status, StatusCode::OK, "{}", on.body);
    assert!(on.has("#toggle[aria-checked=true]") && on.has("#just-enabled") && !on.has("#enable-error"));
    assert!(on.has("#check-patterns[data-outcome=passed]") && on.has("#check-icims-credentials[data-outcome=passed]"));
    assert!(world.customer().await.enabled);
    assert_eq!(world.changed().await, [("enabled".into(), "off".into(), "on".into())]);
}

#[tokio::test]
async fn a_check_that_fails_leaves_the_toggle_off_and_says_what_to_do_until_it_is_fixed() {
    let icims = icims(found()).await;
    let world = disabled(&icims).await;
    world.set_up(|customer| customer.patterns = vec![]).await;
    let mut browser = world.signed_in().await;
    let refused = browser.submit(GENERAL, "/console/general/enable", &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("#toggle[aria-checked=false]") && !refused.has("#just-enabled"));
    assert!(refused.text("#enable-error").contains("stays disabled"), "{}", refused.text("#enable-error"));
    let check = refused.text("#check-patterns[data-outcome=failed]");
    for part in ["Failed", "No pattern is chosen", "What to do: Choose ATS First Inline", "Who can do it: the Harver Admin"] {
        assert!(check.contains(part), "{part}: {check}");
    }
    assert!(!world.customer().await.enabled && world.changed().await.is_empty());

    world.set_up(|customer| customer.patterns = vec![Pattern::AdHoc]).await;
    assert!(browser.submit(GENERAL, "/console/general/enable", &[]).await.has("#just-enabled"));
}

#[tokio::test]
async fn an_icims_that_does_not_let_us_in_is_named() {
    let refusal =
        ResponseTemplate::new(403).set_body_json(json!({"errors": [{"errorMessage": "IP not allowed", "errorCode": 3}]}));
    let icims = icims(refusal).await;
    let world = disabled(&icims).await;
    let refused = world.signed_in().await.submit(GENERAL, "/console/general/enable", &[]).await;
    assert!(refused.has("#check-icims-addresses[data-outcome=failed] .whom"), "{}", refused.body);
    assert!(!world.customer().await.enabled);
}

/// Answers when it is told to.
struct Held {
    asked: UnboundedSender<()>,
    go_on: Mutex<Receiver<()>>,
}

impl Respond for Held {
    fn respond(&self, _: &wiremock::Request) -> ResponseTemplate {
        self.asked.send(()).expect("the test listens");
        self.go_on.lock().expect("nobody panicked").recv().expect("the test goes on");
        found()
    }
}

fn held() -> (Held, tokio::sync::mpsc::UnboundedReceiver<()>, Sender<()>) {
    let (asked, was_asked) = unbounded_channel();
    let (go_on, told) = channel();
    (Held { asked, go_on: Mutex::new(told) }, was_asked, go_on)
}

#[tokio::test]
async fn only_what_was_checked_is_enabled() {
    let (held, mut was_asked, go_on) = held();
    let icims = icims(held).await;
    let world = disabled(&icims).await;
    let mut browser = world.signed_in().await;
    let token = browser.get(GENERAL).await.value("input[name=form_token]");
    let enabling = tokio::spawn(async move { browser.post("/console/general/enable", &[("form_token", &token)]).await });
    was_asked.recv().await.expect("the checks ask iCIMS");
    world.set_up(|customer| customer.patterns.clear()).await;
    go_on.send(()).expect("iCIMS waits");
    let refused = enabling.await.expect("no panic");
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text("#enable-error").contains("changed the settings while the checks ran"), "{}", refused.body);
    assert!(!world.customer().await.enabled);
}

#[tokio::test]
async fn a_program_too_enables_only_what_was_checked() {
    let (held, mut was_asked, go_on) = held();
    let icims = icims(held).await;
    let world = disabled(&icims).await;
    world.signed_in().await;
    let token = ApiToken {
        token_hash: hash_of("a-token"),
        email: ADMIN.into(),
        name: "a program".into(),
        created_at: world.now(),
        expires_at: world.now() + SignedDuration::from_hours(1),
    };
    world.change(move |tx| tokens::keep(tx, &token)).await;
    let request = Request::post("/api/v1/enable").header(header::AUTHORIZATION, "Bearer a-token");
    let mut program = world.browser();
    let enabling = tokio::spawn(async move { program.send(request.body(Body::empty()).expect("a request")).await });
    was_asked.recv().await.expect("the checks ask iCIMS");
    world.set_up(|customer| customer.patterns.clear()).await;
    go_on.send(()).expect("iCIMS waits");
    let refused = enabling.await.expect("no panic");
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("changed_meanwhile"), "{}", refused.body);
    assert!(!world.customer().await.enabled);
}

#[tokio::test]
async fn the_same_toggle_disables_and_says_what_becomes_of_those_under_way() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    assert!(browser.get(GENERAL).await.text("#toggle-hint").contains("No assessment is under way"));
    world.order(4021).await;
    world.order(4022).await;
    let on = browser.get(GENERAL).await;
    assert!(on.text("#toggle-hint").contains("The one assessment under way can still be finished"), "{}", on.body);
    let off = browser.submit(GENERAL, "/console/general/disable", &[]).await;
    assert_eq!(off.status, StatusCode::OK);
    assert!(off.has("#toggle[aria-checked=false]"));
    let said = off.text("#disabled");
    assert!(said.contains("One assessment is under way") && said.contains("its result is delivered"), "{said}");
    assert!(!world.customer().await.enabled);
    assert_eq!(world.changed().await, [("enabled".into(), "on".into(), "off".into())]);
    browser.submit(GENERAL, "/console/general/disable", &[]).await;
    assert_eq!(world.changed().await.len(), 1, "what is off already is not changed again");
}
