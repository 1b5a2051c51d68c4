//! The verification itself can fail: each way to be falsely green, tried on purpose.

use axum::body::{Body, to_bytes};
use axum::response::Response;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use super::platform;
use super::stage::Scene;
use super::verification::{is_kept, replay};
use crate::pact_file::{Pair, interactions};
use crate::provider_states::PlatformState;

const PAIR: Pair = Pair::IntegrationToPlatform;

/// A pact like the committed one, changed.
fn changed(change: impl FnOnce(&mut Value)) -> (TempDir, String) {
    let mut pact: Value = serde_json::from_str(&PAIR.committed()).expect("JSON");
    change(&mut pact);
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join(PAIR.file_name());
    std::fs::write(&file, pact.to_string()).expect("a file");
    let file = file.to_string_lossy().into_owned();
    (folder, file)
}

/// The platform, but a key of its answers has another name.
async fn with_a_renamed_key(state: PlatformState, at: Url) -> anyhow::Result<Scene> {
    let rename = async |response: Response| {
        let (mut parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 20).await.expect("a body");
        let body = String::from_utf8_lossy(&body).replace("\"magicLink\"", "\"magicUrl\"");
        parts.headers.remove("content-length");
        Response::from_parts(parts, Body::from(body))
    };
    Ok(platform::scene(state, at).await?.altered(|router| router.layer(axum::middleware::map_response(rename))))
}

/// The platform, but it lets everybody in.
async fn without_a_lock(state: PlatformState, at: Url) -> anyhow::Result<Scene> {
    let ready = match state {
        PlatformState::InvalidToken => PlatformState::NoVacancies,
        other => other,
    };
    platform::scene(ready, at).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_key_is_found() {
    let outcome = replay(&PAIR.path().to_string_lossy(), PAIR.provider(), with_a_renamed_key).await.expect("a verification");
    assert!(!is_kept(&outcome));
    let broken: Vec<&str> = outcome
        .interaction_results
        .iter()
        .filter(|one| one.result.is_err())
        .map(|one| one.interaction_description.as_str())
        .collect();
    assert_eq!(broken, ["a request to register a candidate"; 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_door_is_found() {
    let outcome = replay(&PAIR.path().to_string_lossy(), PAIR.provider(), without_a_lock).await.expect("a verification");
    assert!(!is_kept(&outcome));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_state_fails() {
    let (_folder, file) = changed(|pact| {
        pact["interactions"][0]["providerStates"] = json!([{"name": "a candidate who juggles"}]);
    });
    let outcome = replay(&file, PAIR.provider(), platform::scene).await.expect("a verification");
    assert!(!is_kept(&outcome));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interaction_without_a_state_fails() {
    let (_folder, file) = changed(|pact| pact["interactions"][0]["providerStates"] = json!([]));
    let outcome = replay(&file, PAIR.provider(), platform::scene).await.expect("a verification");
    assert!(!is_kept(&outcome));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_is_marked_as_pending_fails() {
    let (_folder, file) = changed(|pact| {
        pact["interactions"][0]["pending"] = json!(true);
        pact["interactions"][0]["response"]["status"] = json!(418);
    });
    let outcome = replay(&file, PAIR.provider(), platform::scene).await.expect("a verification");
    assert!(!is_kept(&outcome));
}

#[test]
fn a_file_that_holds_nothing_is_counted_as_nothing() {
    for text in ["", "not JSON", "{}", r#"{"interactions": []}"#] {
        assert_eq!(interactions(text), 0, "{text:?}");
    }
}
