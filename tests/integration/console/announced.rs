//! A connection to iCIMS that counts from an announced moment on.

use axum::http::StatusCode;
use harver_icims::domain::AtsAuthentication;
use jiff::SignedDuration;
use serde_json::json;
use wiremock::matchers::{basic_auth, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::world::World;

const EDIT: &str = "/console/credentials/harver-to-ats/edit";
const TAB: &str = "/console/credentials/harver-to-ats";
const TEST: &str = "/console/credentials/harver-to-ats/test";
const WITHDRAW: &str = "/console/credentials/harver-to-ats/withdraw";

async fn icims() -> MockServer {
    let server = MockServer::start().await;
    let found = ResponseTemplate::new(200).set_body_json(json!({"links": []}));
    let access = Mock::given(method("GET")).and(path("/customers/4021")).and(basic_auth("harverapi", "new"));
    access.respond_with(found).mount(&server).await;
    server
}

/// The form for Basic credentials that count from a moment on.
fn form<'a>(address: &'a str, from: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("method", "basic"),
        ("base_url", address),
        ("username", "harverapi"),
        ("password", "new"),
        ("customer_id", "4021"),
        ("from", from),
    ]
}

fn is_basic(authentication: &AtsAuthentication) -> bool {
    matches!(authentication, AtsAuthentication::Basic { .. })
}

#[tokio::test]
async fn both_connections_are_shown_until_the_moment_and_the_new_one_counts_afterwards() {
    let (world, icims) = (World::new().await, icims().await);
    let mut browser = world.signed_in().await;
    let saved = browser.submit(EDIT, EDIT, &form(&icims.uri(), "2026-03-05T18:00")).await.location().to_owned();
    let page = browser.get(&saved).await;
    assert!(page.text("#saved").contains("from their moment on"));
    assert_eq!(
        (page.text("#authentication-method"), page.text("#next-authentication-method")),
        ("OAuth2".into(), "Basic authentication".into())
    );
    assert_eq!(page.text("#next-from"), "5 Mar 2026, 18:00 UTC");
    assert!(!is_basic(&world.customer().await.ats.at(world.now()).expect("a connection").authentication));
    assert!(icims.received_requests().await.expect("recording is on").is_empty(), "iCIMS need not know it yet");

    let tested = browser.submit(TAB, TEST, &[("next", "yes")]).await;
    assert!(tested.has("#connection-works"), "{}", tested.body);

    world.pass(SignedDuration::from_hours(4));
    let page = browser.get(TAB).await;
    assert!(!page.has("#next-connection"));
    assert_eq!(
        (page.text("#authentication-method"), page.text("#ats-username")),
        ("Basic authentication".into(), "harverapi".into())
    );
    assert!(browser.submit(TAB, TEST, &[]).await.has("#connection-works"));
}

#[tokio::test]
async fn what_was_announced_can_be_withdrawn_until_it_counts() {
    let (world, icims) = (World::new().await, icims().await);
    let mut browser = world.signed_in().await;
    browser.submit(EDIT, EDIT, &form(&icims.uri(), "2026-03-05T18:00")).await.location();
    let withdrawn = browser.submit(TAB, WITHDRAW, &[]).await.location().to_owned();
    let page = browser.get(&withdrawn).await;
    assert!(page.has("#withdrawn") && !page.has("#next-connection"));
    assert!(world.customer().await.ats.announced(world.now()).is_none());

    browser.submit(EDIT, EDIT, &form(&icims.uri(), "2026-03-05T18:00")).await.location();
    world.pass(SignedDuration::from_hours(4));
    browser.submit(TAB, WITHDRAW, &[]).await.location();
    let customer = world.customer().await;
    assert!(is_basic(&customer.ats.at(world.now()).expect("a connection").authentication), "its moment had come");
}

#[tokio::test]
async fn a_moment_that_cannot_be_read_is_refused_at_its_field() {
    let (world, icims) = (World::new().await, icims().await);
    let mut browser = world.signed_in().await;
    let refused = browser.submit(EDIT, EDIT, &form(&icims.uri(), "tomorrow")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("#from[aria-invalid=true][aria-describedby=from-error]") && refused.has("#from-error"));
    assert!(world.customer().await.ats.announced(world.now()).is_none());
}

#[tokio::test]
async fn a_moment_that_has_passed_means_at_once_and_is_tested() {
    let (world, icims) = (World::new().await, icims().await);
    let mut browser = world.signed_in().await;
    browser.submit(EDIT, EDIT, &form(&icims.uri(), "2026-03-05T08:00")).await.location();
    let customer = world.customer().await;
    assert!(
        customer.ats.to_record().1.is_none() && is_basic(&customer.ats.at(world.now()).expect("a connection").authentication)
    );
    assert_eq!(icims.received_requests().await.expect("recording is on").len(), 1);
}

#[tokio::test]
async fn the_form_calls_the_method_as_the_guide_does() {
    let world = World::new().await;
    let page = world.signed_in().await.get(EDIT).await;
    assert_eq!(page.text("#method legend"), "Authentication Method");
    assert_eq!(page.texts("#method label"), ["OAuth2", "Basic authentication"]);
}
