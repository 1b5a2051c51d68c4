//! The settings over the JSON API: whose they are, what is refused, what is kept of each change.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use harver_icims::console::create_admin;
use harver_icims::domain::{AtsAuthentication, AtsConnection, Customer, CustomerId, InboundCredentials, Role};
use harver_icims::store::tokens::{self, ApiToken};
use harver_icims::store::{self, StoreError};
use harver_icims::web::hash_of;
use jiff::SignedDuration;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tower::ServiceExt;
use wiremock::ResponseTemplate;

use crate::scene::Scene;

const ADMIN: &str = "admin@brightwater.example";
const TOKEN: &str = "a-token-of-the-admin";

fn id(number: u64) -> CustomerId {
    number.try_into().expect("an id")
}

/// A scene whose customer 4021 has an admin with a token, beside a customer 4022.
async fn with_token(adjust: impl FnOnce(&mut Customer)) -> Scene {
    let scene = Scene::bare(adjust, |_| {}).await;
    let mut other = customer(&scene).await;
    other.id = id(4022);
    other.name = "Salt & Vinegar".into();
    other.events = InboundCredentials::new("events-4022", "other-password");
    other.webhooks = InboundCredentials::new("webhooks-4022", "other-password");
    let stored: Result<(), StoreError> = scene.store.write(move |tx| store::insert_customer(tx, &other)).await;
    stored.expect("another customer");
    give_token(&scene, ADMIN, Role::HarverAdmin, TOKEN).await;
    scene
}

async fn give_token(scene: &Scene, email: &str, role: Role, token: &str) {
    create_admin(&scene.store, email, id(4021), role, "correct horse".into()).await.expect("an admin");
    let now = scene.clock.clock().now();
    let token = ApiToken {
        token_hash: hash_of(token),
        email: email.into(),
        name: "this test".into(),
        created_at: now,
        expires_at: now + SignedDuration::from_hours(24),
    };
    let kept: Result<(), StoreError> = scene.store.write(move |tx| tokens::keep(tx, &token)).await;
    kept.expect("a token");
}

async fn customer(scene: &Scene) -> Customer {
    let found: Result<_, StoreError> = scene.store.read(|tx| store::customer(tx, id(4021))).await;
    found.expect("readable").expect("the customer")
}

async fn ask(scene: &Scene, token: Option<&str>, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let answer = scene.app.router().oneshot(request.body(body).expect("a request")).await.expect("an answer");
    let status = answer.status();
    let bytes = axum::body::to_bytes(answer.into_body(), 1_000_000).await.expect("a body");
    (status, if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).expect("JSON") })
}

async fn change(scene: &Scene, body: Value) -> (StatusCode, Value) {
    ask(scene, Some(TOKEN), "PATCH", "/api/v1/settings", Some(body)).await
}

#[tokio::test]
async fn nobody_but_a_harver_admin_sees_or_changes_anything() {
    let scene = with_token(|_| {}).await;
    give_token(&scene, "recruiter@brightwater.example", Role::Recruiter, "a-token-of-the-recruiter").await;
    let before = format!("{:?}", customer(&scene).await);
    let calls = [
        ("GET", "/api/v1/settings"),
        ("PATCH", "/api/v1/settings"),
        ("GET", "/api/v1/settings/history"),
        ("POST", "/api/v1/checks"),
        ("POST", "/api/v1/enable"),
        ("POST", "/api/v1/disable"),
        ("POST", "/api/v1/credentials/events/rotate"),
    ];
    for (method, path) in calls {
        for token in [None, Some("a-token-of-nobody")] {
            let (status, body) = ask(&scene, token, method, path, Some(json!({}))).await;
            assert_eq!((status, &body["error"]["code"]), (StatusCode::UNAUTHORIZED, &json!("unauthorized")), "{method} {path}");
        }
        let (status, _) = ask(&scene, Some("a-token-of-the-recruiter"), method, path, Some(json!({}))).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path}");
    }
    assert_eq!(format!("{:?}", customer(&scene).await), before);
    scene.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(ask(&scene, Some(TOKEN), "GET", "/api/v1/settings", None).await.0, StatusCode::UNAUTHORIZED, "it has run out");
}

#[tokio::test]
async fn a_new_password_takes_the_tokens_back() {
    let scene = with_token(|_| {}).await;
    create_admin(&scene.store, ADMIN, id(4021), Role::HarverAdmin, "another horse".into()).await.expect("the admin");
    assert_eq!(ask(&scene, Some(TOKEN), "GET", "/api/v1/settings", None).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn settings_are_read_without_secrets_and_sent_back_without_effect() {
    let scene = with_token(|_| {}).await;
    let (status, read) = ask(&scene, Some(TOKEN), "GET", "/api/v1/settings", None).await;
    assert_eq!((status, &read["id"], &read["icims"]["method"]), (StatusCode::OK, &json!(4021), &json!("basic")));
    let text = read.to_string();
    for secret in ["event-password", "webhook-password", "icims-password", "harver-secret", "other-password"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let (status, changed) = change(&scene, read).await;
    assert_eq!((status, changed), (StatusCode::OK, json!({"changed": []})));
}

#[tokio::test]
async fn a_change_is_kept_with_who_when_and_what_and_touches_nobody_else() {
    let scene = with_token(|_| {}).await;
    let body = json!({"report": {"type": "interview_guide"}, "icims": {"password": "brand-new-password"}});
    let (status, changed) = change(&scene, body).await;
    let secret = json!({"setting": "icims.password", "was": "(secret)", "became": "(secret)"});
    let report = json!({"setting": "report.type", "was": "reports_hub", "became": "interview_guide"});
    assert_eq!((status, &changed["changed"]), (StatusCode::OK, &json!([secret, report])));
    let stored = customer(&scene).await.ats;
    let Some(AtsConnection { authentication: AtsAuthentication::Basic { password, .. }, .. }) =
        stored.at(scene.clock.clock().now())
    else {
        panic!("Basic it was")
    };
    assert_eq!(password.expose_secret(), "brand-new-password");

    let (_, history) = ask(&scene, Some(TOKEN), "GET", "/api/v1/settings/history?limit=1", None).await;
    let newest = &history["changes"][0];
    assert_eq!((&newest["who"], &newest["way"], &newest["setting"]), (&json!(ADMIN), &json!("api"), &json!("report.type")));
    assert_eq!(newest["at"], json!("2025-03-04T12:00:00Z"));
    let before = format!("/api/v1/settings/history?before={}", newest["id"]);
    let (_, older) = ask(&scene, Some(TOKEN), "GET", &before, None).await;
    assert_eq!(older["changes"].as_array().map(Vec::len), Some(1));
    assert!(!history.to_string().contains("brand-new-password") && !older.to_string().contains("brand-new-password"));

    let other: Result<_, StoreError> = scene.store.read(|tx| store::customer(tx, id(4022))).await;
    assert_eq!(other.expect("readable").expect("the other").report.kind.name(), "reports_hub");
}

#[tokio::test]
async fn what_cannot_be_used_is_named_and_nothing_of_it_is_stored() {
    let scene = with_token(|_| {}).await;
    let before = format!("{:?}", customer(&scene).await);
    let body = json!({"name": "Changed", "report": {"type": "video"}, "addresses": ["80.113.26.999"], "id": "brightwater"});
    let (status, refused) = change(&scene, body).await;
    assert_eq!((status, &refused["error"]["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid_settings")));
    let fields = refused["error"]["fields"].as_object().expect("fields");
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["addresses", "id", "report.type"]);

    let taken = json!({"events": {"username": "events-4022"}});
    let (status, refused) = change(&scene, taken).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused["error"]["fields"]["events.username"].is_string(), "{refused}");

    let (status, refused) = change(&scene, json!({"icims": {"passwrod": "hunter2"}})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let message = refused["error"]["message"].as_str().expect("a message");
    assert!(message.contains("passwrod") && !message.contains("hunter2"), "{message}");
    for query in ["limit=0", "limit=1001", "before=x"] {
        let path = format!("/api/v1/settings/history?{query}");
        assert_eq!(ask(&scene, Some(TOKEN), "GET", &path, None).await.0, StatusCode::BAD_REQUEST, "{query}");
    }
    assert_eq!(format!("{:?}", customer(&scene).await), before);
}

#[tokio::test]
async fn enabling_runs_the_checks_and_a_failed_one_leaves_the_toggle_off() {
    let scene = with_token(|customer| customer.enabled = false).await;
    let (status, report) = ask(&scene, Some(TOKEN), "POST", "/api/v1/enable", None).await;
    assert_eq!((status, &report["enabled"], &report["good"]), (StatusCode::CONFLICT, &json!(false), &json!(false)), "{report}");
    let failed = |check: &&Value| check["id"] == "icims-credentials" && check["outcome"] == "failed";
    let checks = report["checks"].as_array().expect("checks");
    let failed = checks.iter().find(failed).expect("iCIMS knows no such customer");
    assert!(failed["fix"].is_string() && failed["whom"].is_string(), "{failed}");
    assert!(!customer(&scene).await.enabled);
    assert_eq!(change(&scene, json!({"enabled": true})).await.0, StatusCode::UNPROCESSABLE_ENTITY, "there is no way around");
    assert!(!customer(&scene).await.enabled);
}

#[tokio::test]
async fn an_integration_that_is_not_added_yet_is_set_up_by_nobody() {
    let scene = with_token(|customer| (customer.added, customer.enabled) = (false, false)).await;
    let before = format!("{:?}", customer(&scene).await);
    let calls = [
        ("PATCH", "/api/v1/settings", json!({"report": {"type": "fact_sheet"}})),
        ("POST", "/api/v1/disable", json!({})),
        ("POST", "/api/v1/credentials/events/rotate", json!({})),
    ];
    for (method, path, body) in calls {
        let (status, refused) = ask(&scene, Some(TOKEN), method, path, Some(body)).await;
        assert_eq!((status, &refused["error"]["code"]), (StatusCode::CONFLICT, &json!("not_added")), "{method} {path}");
    }
    assert_eq!(format!("{:?}", customer(&scene).await), before);
}

#[tokio::test]
async fn disabling_needs_no_neighbour() {
    let scene = with_token(|_| {}).await;
    scene.icims_answers("GET", "/customers/4021", ResponseTemplate::new(500)).await;
    assert_eq!(ask(&scene, Some(TOKEN), "POST", "/api/v1/disable", None).await.0, StatusCode::NO_CONTENT);
    assert!(!customer(&scene).await.enabled);
    assert!(scene.icims.received_requests().await.expect("recorded").is_empty());
}

#[tokio::test]
async fn rotated_credentials_open_beside_the_former_until_the_moment() {
    let scene = with_token(|_| {}).await;
    let path = "/api/v1/credentials/events/rotate";
    for moment in ["yesterday", "2025-03-04T11:59:59Z", "2025-04-04T12:00:00Z"] {
        let (status, _) = ask(&scene, Some(TOKEN), "POST", path, Some(json!({"former_until": moment}))).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{moment}");
    }
    let until = json!({"former_until": "2025-03-04T13:00:00Z"});
    let (status, rotated) = ask(&scene, Some(TOKEN), "POST", path, Some(until)).await;
    assert_eq!((status, &rotated["username"]), (StatusCode::OK, &json!("harver-icims-4021")));
    let new = rotated["password"].as_str().expect("a password").to_owned();
    let opens = async |password: &str| {
        let credentials = customer(&scene).await.events;
        let now = scene.clock.clock().now();
        credentials.passwords_at(now).any(|valid| valid.expose_secret() == password)
    };
    assert!(opens("event-password").await && opens(&new).await);
    scene.clock.advance(SignedDuration::from_hours(1));
    assert!(!opens("event-password").await && opens(&new).await);
    assert_eq!(
        ask(&scene, Some(TOKEN), "POST", "/api/v1/credentials/icims/rotate", Some(json!({}))).await.0,
        StatusCode::NOT_FOUND
    );
}
