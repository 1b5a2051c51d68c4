//! How an integration stands, asked with the credentials of the events: an answer without a trace.

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use harver_icims::ats_to_harver::START_PATH;
use harver_icims::store::refused_events::{self, Wanted};
use harver_icims::store::{StoreError, Tx};
use harver_icims::web::Peer;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::scene::Scene;

async fn standing(scene: &Scene, credentials: &str, from: &str) -> (StatusCode, Value) {
    let peer = Peer(from.parse().expect("an address"));
    let request = Request::get(format!("{START_PATH}/standing"))
        .header(header::AUTHORIZATION, format!("Basic {}", BASE64_STANDARD.encode(credentials)))
        .extension(ConnectInfo(peer))
        .body(Body::empty())
        .expect("a request");
    let answer = scene.app.router().oneshot(request).await.expect("an answer");
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    (status, serde_json::from_slice(&body).expect("JSON"))
}

#[tokio::test]
async fn it_is_told_to_who_presents_the_credentials_of_the_events_and_to_nobody_else() {
    let scene = Scene::ready().await;
    scene.set(json!({"trigger_statuses": ["C40177"], "event_sources": ["203.0.113.7"]})).await;
    let (status, told) = standing(&scene, "harver-icims-4021:event-password", "203.0.113.7").await;
    assert_eq!(status, StatusCode::OK, "{told}");
    assert_eq!(
        (&told["customer"], &told["enabled"], &told["patterns"]),
        (&json!(4021), &json!(true), &json!(["inline", "ad_hoc"]))
    );
    assert_eq!(
        (&told["trigger_statuses"], &told["instance"], &told["account_instance"]),
        (&json!(["40177"]), &json!("default"), &json!("default"))
    );
    let text = told.to_string();
    for secret in ["icims-password", "harver-secret", "event-password", "webhook-password"] {
        assert!(!text.contains(secret), "{text}");
    }
    scene.switch(false).await;
    assert_eq!(standing(&scene, "harver-icims-4021:event-password", "203.0.113.7").await.1["enabled"], json!(false));

    for (credentials, from, refused) in [
        ("harver-icims-4021:another", "203.0.113.7", StatusCode::UNAUTHORIZED),
        ("nobody:event-password", "203.0.113.7", StatusCode::UNAUTHORIZED),
        ("harver-icims-4021:event-password", "198.51.100.7", StatusCode::FORBIDDEN),
    ] {
        let (status, told) = standing(&scene, credentials, from).await;
        assert!(
            status == refused && told["error"]["userMessage"].is_string() && told["enabled"].is_null(),
            "{credentials}: {told}"
        );
    }
    let now = scene.clock.clock().now();
    let find = move |tx: &Tx<'_>| refused_events::find(tx, 4021.try_into().expect("a number"), &Wanted::default(), now, 10);
    let kept: Result<_, StoreError> = scene.store.read(find).await;
    assert!(kept.expect("the store").is_empty() && scene.orders().await.is_empty(), "nothing is left of it");
}
