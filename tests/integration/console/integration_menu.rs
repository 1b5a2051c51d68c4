//! Adding the integration (promise G09), with a Harver platform that is played.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use futures_util::StreamExt as _;
use harver_icims::domain::{AtsField, OUTGOING, ResultStatuses};
use secrecy::ExposeSecret;
use serde_json::json;
use tower::ServiceExt;
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::browser::Browser;
use super::world::World;

const ADD: &str = "/console/integration/add";
const ACCOUNT: &str = "64b1f0c2a9d3e7004a5b6c70";

/// A platform that gives tokens, and lists the vacancies of an account.
async fn platform(account: &str) -> MockServer {
    let server = MockServer::start().await;
    let token = json!({"accessToken": "token", "accessTokenExpiresAt": "2999-01-01T00:00:00.000Z"});
    let given = ResponseTemplate::new(200).set_body_json(token);
    Mock::given(method("POST")).and(path("/oauth/token")).respond_with(given).mount(&server).await;
    let listed = ResponseTemplate::new(200).set_body_json(json!({"data": []}));
    let vacancies = format!("/api/v1.0/accounts/{account}/vacancies");
    Mock::given(method("GET")).and(path(vacancies)).respond_with(listed).mount(&server).await;
    let unknown =
        ResponseTemplate::new(404).set_body_string(include_str!("../../../fixtures/harver_platform/error_not_found.json"));
    Mock::given(any()).respond_with(unknown).with_priority(10).mount(&server).await;
    server
}

/// A customer whose integration was not added yet.
async fn before(platform: &MockServer) -> (World, Browser) {
    let (world, address) = (World::new().await, platform.uri());
    world
        .set_up(move |customer| {
            (customer.added, customer.enabled) = (false, false);
            customer.ats = harver_icims::domain::AtsConnections::default();
            customer.harver.base_url = address.parse().expect("a URL");
            customer.addresses.truncate(2);
        })
        .await;
    let browser = world.signed_in().await;
    (world, browser)
}

#[tokio::test]
async fn an_integration_is_added_step_by_step_and_leads_to_the_overview() {
    let platform = platform(ACCOUNT).await;
    let (world, mut browser) = before(&platform).await;
    let menu = browser.get("/console/integration").await;
    assert!(menu.has("#no-integration") && !menu.has("nav.sections"));
    assert_eq!(menu.text("#add-new-integration"), "Add new integration");
    assert!(browser.get("/console").await.has("#not-added a[href='/console/integration']"));
    let choice = browser.get(ADD).await;
    assert_eq!(choice.texts("#marketplace option"), ["Choose an integration", "iCIMS Marketplace"]);
    assert_eq!(choice.text("#add-integrations"), "Add Integrations");

    let progress = browser.submit(ADD, ADD, &[("marketplace", "icims_marketplace")]).await;
    let steps =
        ["Connect to the Harver account", "Create the credentials for iCIMS", "Set the defaults", "Register the integration"];
    assert_eq!(progress.texts("#progress > li > strong"), steps);
    assert_eq!(progress.texts("#progress [data-outcome=done]").len(), 4, "{}", progress.body);
    assert_eq!(progress.text("#continue-to-overview"), "Continue to Overview");
    assert!(progress.has("#continue-to-overview[href='/console']"));

    let customer = world.customer().await;
    assert!(customer.added && !customer.enabled, "it is enabled later, after checks");
    let password = customer.events.password.expose_secret();
    assert!(password != "inbound-password" && password.len() == 24 && !progress.body.contains(password), "{password}");
    assert_eq!((&customer.statuses, &customer.report.field), (&ResultStatuses::default(), &AtsField::default()));
    assert_eq!(customer.addresses, OUTGOING);
    let changed = world.changed().await;
    assert!(changed.contains(&("added".into(), "off".into(), "on".into())), "{changed:?}");
    assert!(browser.get("/console").await.has("nav.sections"));
    assert!(browser.get("/console/integration").await.has("#integration"));
}

#[tokio::test]
async fn adding_it_twice_changes_nothing() {
    let platform = platform(ACCOUNT).await;
    let (world, mut browser) = before(&platform).await;
    let choice = [("marketplace", "icims_marketplace")];
    assert!(browser.submit(ADD, ADD, &choice).await.has("#added"));
    let added = format!("{:?}", world.customer().await);
    assert_eq!(browser.submit("/console", ADD, &choice).await.location(), "/console/integration");
    assert_eq!(browser.get(ADD).await.location(), "/console/integration");
    assert_eq!(format!("{:?}", world.customer().await), added);
}

#[tokio::test]
async fn a_step_that_fails_says_what_to_do_and_can_be_tried_again() {
    let other = platform("64b1f0c2a9d3e7004a5b6c71").await;
    let (world, mut browser) = before(&other).await;
    let before = format!("{:?}", world.customer().await);
    let choice = [("marketplace", "icims_marketplace")];
    let stuck = browser.submit(ADD, ADD, &choice).await;
    let said = stuck.text("#step-failed");
    assert!(said.contains("knows no account 64b1f0c2a9d3e7004a5b6c70") && said.contains("support@harver.com"), "{said}");
    assert_eq!(stuck.texts("#progress > li > strong").len(), 1, "what comes after it is not begun");
    assert!(stuck.has("#try-again") && !stuck.has("#added"));
    assert_eq!(format!("{:?}", world.customer().await), before, "nothing was stored");

    let platform = platform(ACCOUNT).await;
    let address = platform.uri();
    world.set_up(move |customer| customer.harver.base_url = address.parse().expect("a URL")).await;
    let token = stuck.value("#progress input[name=form_token]");
    let again = browser.post(ADD, &[("form_token", &token), ("marketplace", "icims_marketplace")]).await;
    assert!(again.has("#added"), "{}", again.body);
}

#[tokio::test]
async fn credentials_that_the_platform_rejects_are_named() {
    let server = MockServer::start().await;
    let refused = ResponseTemplate::new(400).set_body_json(json!({"statusCode": 400, "message": "Invalid client"}));
    Mock::given(method("POST")).respond_with(refused).mount(&server).await;
    let (_world, mut browser) = before(&server).await;
    let stuck = browser.submit(ADD, ADD, &[("marketplace", "icims_marketplace")]).await;
    let said = stuck.text("#step-failed");
    assert!(said.contains("rejected the API client") && !stuck.body.contains("platform-secret"), "{said}");
}

#[tokio::test]
async fn each_step_is_shown_when_it_begins() {
    let platform = platform(ACCOUNT).await;
    let (_world, mut browser) = before(&platform).await;
    let token = browser.get(ADD).await.value("input[name=form_token]");
    let cookie = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<String>();
    let form =
        Request::post(ADD).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").header(header::COOKIE, cookie);
    let form = form.body(Body::from(format!("form_token={token}&marketplace=icims_marketplace"))).expect("a request");
    let answer = browser.router.clone().oneshot(form).await.expect("the router is infallible");
    let mut pieces = answer.into_body().into_data_stream();
    let mut next = async || String::from_utf8(pieces.next().await.expect("a piece").expect("no error").into()).expect("text");
    let first = next().await;
    assert!(first.contains("<html") && first.contains("step-connect") && !first.contains("data-outcome"), "{first}");
    assert!(platform.received_requests().await.expect("recording is on").is_empty(), "the step is shown before it is done");
    let second = next().await;
    assert!(second.contains("data-outcome=\"done\"") && second.contains("step-credentials"), "{second}");
    let asked = platform.received_requests().await.expect("recording is on");
    assert_eq!(asked.last().expect("a request").url.path(), format!("/api/v1.0/accounts/{ACCOUNT}/vacancies"));
}

#[tokio::test]
async fn somebody_who_goes_away_in_the_middle_has_stored_nothing() {
    let platform = platform(ACCOUNT).await;
    let (world, mut browser) = before(&platform).await;
    let before = format!("{:?}", world.customer().await);
    let token = browser.get(ADD).await.value("input[name=form_token]");
    let cookie = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<String>();
    let form =
        Request::post(ADD).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").header(header::COOKIE, cookie);
    let form = form.body(Body::from(format!("form_token={token}&marketplace=icims_marketplace"))).expect("a request");
    let mut pieces = browser.router.clone().oneshot(form).await.expect("infallible").into_body().into_data_stream();
    for _ in 0..3 {
        pieces.next().await.expect("a piece").expect("no error");
    }
    drop(pieces);
    assert_eq!(format!("{:?}", world.customer().await), before);
}

#[tokio::test]
async fn nothing_chosen_is_said_at_the_drop_down() {
    let platform = platform(ACCOUNT).await;
    let (world, mut browser) = before(&platform).await;
    let refused = browser.submit(ADD, ADD, &[("marketplace", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.text("#marketplace-error"), "Choose iCIMS Marketplace.");
    assert!(!world.customer().await.added);
}

#[tokio::test]
async fn before_it_is_added_the_sections_lead_to_the_integration_menu() {
    let platform = platform(ACCOUNT).await;
    let (world, mut browser) = before(&platform).await;
    let before = format!("{:?}", world.customer().await);
    let token = browser.get("/console").await.value("input[name=form_token]");
    for section in [
        "/console/general",
        "/console/credentials/harver-to-ats",
        "/console/credentials/harver-to-ats/edit",
        "/console/credentials/ats-to-harver",
        "/console/ats-to-harver",
        "/console/harver-to-ats/assessments",
        "/console/harver-to-ats/reports",
    ] {
        assert_eq!(browser.get(section).await.location(), "/console/integration", "{section}");
        if section == "/console/credentials/harver-to-ats" {
            continue;
        }
        let sent = browser.post(section, &[("form_token", &token), ("name", "Other")]).await;
        assert_eq!(sent.location(), "/console/integration", "{section}");
    }
    for act in [
        "/console/general/enable",
        "/console/general/disable",
        "/console/credentials/harver-to-ats/test",
        "/console/credentials/harver-to-ats/withdraw",
        "/console/credentials/ats-to-harver/rotate",
    ] {
        let sent = browser.post(act, &[("form_token", &token), ("old_ends", "now")]).await;
        assert_eq!(sent.location(), "/console/integration", "{act}");
    }
    assert_eq!(format!("{:?}", world.customer().await), before);
}
