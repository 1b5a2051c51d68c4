//! Whoever calls too often is told so in the form of what was called, with the time to wait, and takes nothing from anybody else: neither
//! from another customer, nor from the customer's other entrances, nor from those who call from the same address with right credentials.

use std::net::IpAddr;

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use harver_icims::ats_to_harver::{START_PATH, TOKEN_PATH};
use harver_icims::console::create_admin;
use harver_icims::domain::{Customer, InboundCredentials, Role};
use harver_icims::harver_to_ats::CALLBACK_PATH;
use harver_icims::store::tokens::{self, ApiToken};
use harver_icims::store::{self, StoreError};
use harver_icims::web::{Peer, RateLimits, hash_of};
use jiff::SignedDuration;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::scene::Scene;

/// As few as there can be.
const FEW: usize = 60;
const EVENTS: &str = "harver-icims-4021:event-password";

async fn scene() -> Scene {
    let few = || i64::try_from(FEW).expect("a small number");
    let limits =
        RateLimits { of_a_customer: few().try_into().expect("in range"), of_strangers: few().try_into().expect("in range") };
    let scene = Scene::ready_with(|settings| settings.rates = Some(limits)).await;
    let added: Result<(), StoreError> = scene
        .store
        .write(|tx| {
            let known = store::customer(tx, "4021".parse().expect("digits"))?.expect("the first customer");
            let events = InboundCredentials::new("harver-icims-4022", "another-password");
            let webhooks = InboundCredentials::new("harver-platform-4022", "another-password");
            store::insert_customer(tx, &Customer { id: "4022".parse().expect("digits"), events, webhooks, ..known })
        })
        .await;
    added.expect("a second customer");
    scene
}

struct Answer {
    status: StatusCode,
    retry_after: Option<u64>,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// Asks with a user name and a password, with a token, which has no colon, or with nothing.
async fn asked(scene: &Scene, from: &str, method: &str, path: &str, credentials: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if credentials.contains(':') {
        request = request.header(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(credentials)));
    } else if !credentials.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {credentials}"));
    }
    let from: IpAddr = from.parse().expect("an address");
    let request = request.extension(ConnectInfo(Peer(from))).body(Body::empty()).expect("a request");
    let answer = scene.app.router().oneshot(request).await.expect("an answer");
    let retry_after =
        answer.headers().get(header::RETRY_AFTER).map(|value| value.to_str().expect("text").parse().expect("seconds"));
    let (status, body) = (answer.status(), to_bytes(answer.into_body(), 1 << 20).await.expect("a body"));
    Answer { status, retry_after, body: String::from_utf8_lossy(&body).into_owned() }
}

/// What the one is answered that is too many. While a slow machine asks, more are let in.
async fn too_many(scene: &Scene, from: &str, method: &str, path: &str, credentials: &str) -> Answer {
    for _ in 0..20 * FEW {
        let answer = asked(scene, from, method, path, credentials).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.retry_after.is_some_and(|seconds| (1..=2).contains(&seconds)), "{:?}", answer.retry_after);
            return answer;
        }
    }
    panic!("{path} lets everybody in");
}

/// The same after as many as may come at once.
async fn one_too_many(scene: &Scene, from: &str, method: &str, path: &str, credentials: &str) -> Answer {
    for number in 0..FEW {
        let answer = asked(scene, from, method, path, credentials).await;
        assert_ne!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{number}: {}", answer.body);
    }
    too_many(scene, from, method, path, credentials).await
}

const ICIMS: &str = "198.51.100.7";

#[tokio::test]
async fn a_customer_whose_icims_sends_too_many_events_waits_and_no_other_does() {
    let scene = scene().await;
    let refused = one_too_many(&scene, ICIMS, "POST", START_PATH, EVENTS).await;
    assert!(
        refused.json()["error"]["userMessage"].as_str().is_some_and(|said| said.contains("Harver is busy")),
        "{}",
        refused.body
    );
    let other = asked(&scene, ICIMS, "POST", START_PATH, "harver-icims-4022:another-password").await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST, "another customer from the same address is read: {}", other.body);
    let webhook = asked(&scene, ICIMS, "POST", CALLBACK_PATH, "harver-platform-4021:webhook-password").await;
    assert_eq!(webhook.status, StatusCode::BAD_REQUEST, "so are the customer's webhooks: {}", webhook.body);
}

#[tokio::test]
async fn a_platform_account_that_sends_too_many_webhooks_waits_and_no_other_does() {
    let scene = scene().await;
    let refused = one_too_many(&scene, ICIMS, "POST", CALLBACK_PATH, "harver-platform-4021:webhook-password").await;
    assert_eq!(refused.json()["error"]["code"], "too_many_requests");
    let other = asked(&scene, ICIMS, "POST", CALLBACK_PATH, "harver-platform-4022:another-password").await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST, "{}", other.body);
}

/// Gives an admin of a customer's a token for the settings.
async fn token(scene: &Scene, customer: u64, token: &'static str) {
    let (id, email, now) =
        (customer.try_into().expect("an id"), format!("admin-{customer}@example.org"), scene.clock.clock().now());
    create_admin(&scene.store, &email, id, Role::HarverAdmin, "correct horse".into()).await.expect("an admin");
    let expires_at = now + SignedDuration::from_hours(24);
    let token = ApiToken { token_hash: hash_of(token), email, name: "a program".into(), created_at: now, expires_at };
    let kept: Result<(), StoreError> = scene.store.write(move |tx| tokens::keep(tx, &token)).await;
    kept.expect("a token");
}

#[tokio::test]
async fn a_customer_whose_programs_read_the_settings_too_often_waits_and_no_other_does() {
    const SETTINGS: &str = "/api/v1/settings";
    let scene = scene().await;
    token(&scene, 4021, "a-token-of-4021").await;
    token(&scene, 4022, "a-token-of-4022").await;
    let refused = one_too_many(&scene, ICIMS, "GET", SETTINGS, "a-token-of-4021").await;
    assert_eq!(refused.json()["error"]["code"], "too_many_requests");
    too_many(&scene, "203.0.113.9", "PATCH", SETTINGS, "a-token-of-4021").await;
    let other = asked(&scene, ICIMS, "GET", SETTINGS, "a-token-of-4022").await;
    assert_eq!(other.status, StatusCode::OK, "another customer from the same address: {}", other.body);
    let event = asked(&scene, ICIMS, "POST", START_PATH, EVENTS).await;
    assert_eq!(event.status, StatusCode::BAD_REQUEST, "the customer's own events are read: {}", event.body);
}

#[tokio::test]
async fn strangers_wait_in_the_form_of_what_they_call_and_those_who_are_known_do_not() {
    let scene = scene().await;
    let refused = one_too_many(&scene, ICIMS, "POST", START_PATH, "harver-icims-4022:wrong").await;
    assert!(refused.json()["error"]["userMessage"].is_string(), "{}", refused.body);
    let known = asked(&scene, ICIMS, "POST", START_PATH, EVENTS).await;
    assert_eq!(known.status, StatusCode::BAD_REQUEST, "one customer's wrong password costs another nothing: {}", known.body);
    for (path, part) in [(CALLBACK_PATH, "too_many_requests"), ("/nowhere", "too many requests")] {
        let refused = too_many(&scene, ICIMS, "POST", path, "").await;
        assert!(refused.body.contains(part), "{path}: {}", refused.body);
    }
    let refused = too_many(&scene, ICIMS, "POST", TOKEN_PATH, "").await;
    assert_eq!(refused.json()["error"], "temporarily_unavailable");
    let elsewhere = asked(&scene, "203.0.113.9", "POST", START_PATH, "nobody:wrong").await;
    assert_eq!(elsewhere.status, StatusCode::UNAUTHORIZED, "another address is not refused");
    for path in ["/healthz", "/readyz"] {
        assert_eq!(asked(&scene, ICIMS, "GET", path, "").await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn visitors_of_the_console_who_ask_too_often_get_a_page_that_says_so() {
    let scene = scene().await;
    let refused = one_too_many(&scene, ICIMS, "GET", "/console/sign-in", "").await;
    assert!(refused.body.contains("Too many requests") && refused.body.contains("<html"), "{}", refused.body);
    assert_eq!(asked(&scene, "203.0.113.9", "GET", "/console/sign-in", "").await.status, StatusCode::OK);
}
