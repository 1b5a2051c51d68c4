//! The ways in which iCIMS shows who it is when it sends an event, beside user name and password: a signature, or a token that it got for
//! them. Each is accepted when it is right and refused when it is not (UAT-31), and none opens the door of another customer.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use flate2::Compression;
use flate2::write::GzEncoder;
use harver_icims::ats_to_harver::{START_PATH, TOKEN_PATH};
use harver_icims::domain::{Customer, InboundCredentials};
use harver_icims::store::{self, StoreError, refused_events};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use tower::ServiceExt as _;

use crate::scene::Scene;

const USER: &str = "harver-icims-4021";
const PASSWORD: &str = "event-password";

/// A scene with a second customer, whose credentials are others.
async fn scene() -> Scene {
    let scene = Scene::ready().await;
    let change = |tx: &store::Tx<'_>| {
        let known = store::customer(tx, "4021".parse().expect("digits"))?.expect("the first customer");
        let events = InboundCredentials::new("harver-icims-4022", "another-password");
        let webhooks = InboundCredentials::new("harver-platform-4022", "another-password");
        store::insert_customer(tx, &Customer { id: "4022".parse().expect("digits"), events, webhooks, ..known })
    };
    let added: Result<(), StoreError> = scene.store.write(change).await;
    added.expect("a second customer");
    scene
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

async fn posted(scene: &Scene, path: &str, headers: &[(&str, String)], body: Vec<u8>) -> Answer {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let answer = scene.app.router().oneshot(request.body(Body::from(body)).expect("a request")).await.expect("an answer");
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    Answer { status: parts.status, headers: parts.headers, body: serde_json::from_slice(&body).unwrap_or(Value::Null) }
}

/// The recruiter advances Ines.
fn advance(scene: &Scene) -> Vec<u8> {
    let mut event = scene.event("WorkFlowStatusChangeEvent");
    for (key, value) in
        [("personId", "30517"), ("jobId", "2210"), ("userId", "1188"), ("oldStatus", "10100"), ("newStatus", "40177")]
    {
        event[key] = json!(value);
    }
    event.to_string().into_bytes()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The headers with which iCIMS signs a POST (icims-api.md 2.4), at a moment, for a body.
fn signed(path: &str, user: &str, key: &str, date: &str, body: &[u8]) -> Vec<(&'static str, String)> {
    let content = hex(&Sha256::digest(body));
    let names = "content-type;host;x-icims-content-sha256;x-icims-date";
    let lines = format!("content-type:application/json\nhost:here:8702\nx-icims-content-sha256:{content}\nx-icims-date:{date}\n");
    let canonical = format!("POST\n{path}\n\n{lines}\n{names}");
    let text = format!("x-icims-v1-hmac-sha256\n{date}\n{}", hex(&Sha256::digest(canonical)));
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key").chain_update(text);
    let signature = hex(&mac.finalize().into_bytes());
    vec![
        ("authorization", format!("x-icims-v1-hmac-sha256 user={user},signedheaders={names},signature={signature}")),
        ("content-type", "application/json".into()),
        ("host", "here:8702".into()),
        ("x-icims-content-sha256", content),
        ("x-icims-date", date.into()),
    ]
}

/// The scene stands at noon of this day.
const NOW: &str = "2025-03-04T12:00:00+0000";

#[tokio::test]
async fn uat_31_a_signed_event_is_accepted_with_the_password_as_its_key() {
    let scene = scene().await;
    let body = advance(&scene);
    let answer = posted(&scene, START_PATH, &signed(START_PATH, USER, PASSWORD, NOW, &body), body.clone()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(scene.orders().await.len(), 1);
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&body).expect("memory");
    let packed = packed.finish().expect("memory");
    for hashed in [&body, &packed] {
        let mut headers = signed(START_PATH, USER, PASSWORD, NOW, hashed);
        headers.push(("content-encoding", "gzip".into()));
        let again = posted(&scene, START_PATH, &headers, packed.clone()).await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST, "it is known, and so is its candidate: {}", again.body);
    }
}

#[tokio::test]
async fn uat_31_an_event_that_is_signed_wrongly_is_refused_and_nothing_of_it_is_kept() {
    let scene = scene().await;
    let body = advance(&scene);
    let another = [b" ", body.as_slice()].concat();
    for (headers, body, why) in [
        (signed(START_PATH, USER, "guess", NOW, &body), &body, "another key"),
        (signed(START_PATH, "nobody", PASSWORD, NOW, &body), &body, "a name of nobody"),
        (signed(START_PATH, "harver-icims-4022", PASSWORD, NOW, &body), &body, "another customer's name"),
        (signed(START_PATH, USER, PASSWORD, NOW, &another), &body, "another body"),
        (signed("/elsewhere", USER, PASSWORD, NOW, &body), &body, "another address"),
        (signed(START_PATH, USER, PASSWORD, "2025-03-04T11:44:59+0000", &body), &body, "sent again after a quarter of an hour"),
        (signed(START_PATH, USER, PASSWORD, "2025-03-04T12:15:01+0000", &body), &body, "of the future"),
    ] {
        let answer = posted(&scene, START_PATH, &headers, body.clone()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{why}");
        let ways: Vec<_> = answer.headers.get_all("www-authenticate").iter().collect();
        assert_eq!(ways, ["Basic realm=\"harver-icims\"", "x-icims-v1-hmac-sha256", "Bearer realm=\"harver-icims\""]);
    }
    assert!(scene.orders().await.is_empty());
    let kept: Result<_, StoreError> =
        scene.store.read(|tx| refused_events::count_since(tx, "4021".parse().expect("digits"), Timestamp::UNIX_EPOCH)).await;
    assert_eq!(kept.expect("the store answers"), 0);
}

async fn token(scene: &Scene, client: &str, secret: &str) -> Answer {
    let form = format!("grant_type=client_credentials&client_id={client}&client_secret={secret}");
    posted(scene, TOKEN_PATH, &[], form.into_bytes()).await
}

async fn with_token(scene: &Scene, token: &str) -> Answer {
    posted(scene, START_PATH, &[("authorization", format!("Bearer {token}"))], advance(scene)).await
}

#[tokio::test]
async fn uat_31_an_event_with_a_token_is_accepted_for_an_hour() {
    let scene = scene().await;
    let given = token(&scene, USER, PASSWORD).await;
    assert_eq!(
        (given.status, &given.body["token_type"], &given.body["expires_in"]),
        (StatusCode::OK, &json!("Bearer"), &json!(3600))
    );
    assert_eq!(given.headers["cache-control"], "no-store");
    let access = given.body["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(with_token(&scene, &access).await.status, StatusCode::OK);
    assert_eq!(scene.orders().await.len(), 1);
    scene.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(with_token(&scene, &access).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn uat_31_a_token_ends_with_its_password_and_opens_nothing_of_another_customer() {
    let scene = scene().await;
    let own = token(&scene, USER, PASSWORD).await.body["access_token"].as_str().expect("a token").to_owned();
    let others =
        token(&scene, "harver-icims-4022", "another-password").await.body["access_token"].as_str().expect("a token").to_owned();
    let answer = with_token(&scene, &others).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "the event is of customer 4021: {}", answer.body);
    let (_, mine) = own.split_once('.').expect("parts");
    for forged in ["", "x", &format!("4022.{mine}"), &format!("{own}0")] {
        assert_eq!(with_token(&scene, forged).await.status, StatusCode::UNAUTHORIZED, "{forged}");
    }
    assert!(scene.orders().await.is_empty());
    scene.rotate(|customer| &mut customer.events, "rotated-password", SignedDuration::ZERO).await;
    assert_eq!(with_token(&scene, &own).await.status, StatusCode::UNAUTHORIZED);
    let renewed = token(&scene, USER, "rotated-password").await.body["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(with_token(&scene, &renewed).await.status, StatusCode::OK);
}

#[tokio::test]
async fn uat_31_nobody_gets_a_token_for_anything_else_than_the_password() {
    let scene = scene().await;
    let wrong = token(&scene, USER, "guess").await;
    let unknown = token(&scene, "nobody", PASSWORD).await;
    assert_eq!((wrong.status, &wrong.body["error"]), (StatusCode::UNAUTHORIZED, &json!("invalid_client")));
    assert_eq!((wrong.status, wrong.body), (unknown.status, unknown.body), "a name of nobody looks the same");
    for form in
        ["", "grant_type=password&client_id=a&client_secret=b", "client_id=harver-icims-4021&client_secret=event-password"]
    {
        let answer = posted(&scene, TOKEN_PATH, &[], form.into()).await;
        assert_eq!((answer.status, &answer.body["error"]), (StatusCode::BAD_REQUEST, &json!("unsupported_grant_type")), "{form}");
    }
    scene.set(json!({"event_sources": ["203.0.113.7"]})).await;
    let elsewhere = token(&scene, USER, PASSWORD).await;
    assert_eq!((elsewhere.status, &elsewhere.body["error"]), (StatusCode::FORBIDDEN, &json!("access_denied")));
}
