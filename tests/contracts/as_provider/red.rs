//! The verification itself can fail: each way to be falsely green, tried on purpose.

use axum::body::{Body, to_bytes};
use axum::response::Response;
use icims_sandbox::control::provider_states::PlatformState;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::neighbour;
use super::stage::Scene;
use super::verification::{Outcome, is_kept, replay};
use super::without_proxies::replays;
use crate::pact_file::{Pair, interactions};

const PAIR: Pair = Pair::IntegrationToPlatform;
const REGISTER: &str = "a request to register a candidate";
const HUB: &str = "a request for a link to the reports";

/// What the committed pact says of these requests, changed.
fn pact_of(description: &str, change: impl Fn(&mut Value)) -> (TempDir, String) {
    let mut pact: Value = serde_json::from_str(&PAIR.committed()).expect("JSON");
    let interactions = pact["interactions"].as_array_mut().expect("interactions");
    interactions.retain(|one| one["description"] == description);
    assert!(!interactions.is_empty(), "nobody asks {description:?} any more");
    interactions.iter_mut().for_each(change);
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join(PAIR.file_name());
    std::fs::write(&file, pact.to_string()).expect("a file");
    let file = file.to_string_lossy().into_owned();
    (folder, file)
}

async fn outcome(description: &str, change: impl Fn(&mut Value)) -> Outcome {
    let (_folder, file) = pact_of(description, change);
    replay(&file, PAIR.provider(), neighbour::platform).await.expect("a verification")
}

/// The platform, but a key of its answers has another name.
async fn with_a_renamed_key(state: PlatformState) -> anyhow::Result<Scene> {
    let rename = async |response: Response| {
        let (mut parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 20).await.expect("a body");
        let body = String::from_utf8_lossy(&body).replace("\"magicLink\"", "\"magicUrl\"");
        parts.headers.remove("content-length");
        Response::from_parts(parts, Body::from(body))
    };
    Ok(neighbour::platform(state).await?.altered(|router| router.layer(axum::middleware::map_response(rename))))
}

/// The platform, but it lets everybody in.
async fn without_a_lock(state: PlatformState) -> anyhow::Result<Scene> {
    let ready = match state {
        PlatformState::InvalidToken => PlatformState::NoVacancies,
        other => other,
    };
    neighbour::platform(ready).await
}

replays! {
    async fn what_is_left_as_it_is_passes() {
        let outcome = outcome(REGISTER, |_| {}).await;
        assert!(is_kept(&outcome), "{:#?}", outcome.errors);
    }

    async fn a_renamed_key_is_found() {
        let (_folder, file) = pact_of(REGISTER, |_| {});
        let outcome = replay(&file, PAIR.provider(), with_a_renamed_key).await.expect("a verification");
        assert!(!is_kept(&outcome));
        // Three are answered with a link, two are refused.
        assert_eq!(outcome.interaction_results.iter().filter(|one| one.result.is_err()).count(), 3);
    }

    async fn an_open_door_is_found() {
        let (_folder, file) = pact_of("a request with an access token that is not valid", |_| {});
        let outcome = replay(&file, PAIR.provider(), without_a_lock).await.expect("a verification");
        assert!(!is_kept(&outcome));
    }

    async fn an_unknown_state_fails() {
        let unknown = json!([{"name": "a candidate who juggles"}]);
        assert!(!is_kept(&outcome(HUB, |one| one["providerStates"] = unknown.clone()).await));
    }

    async fn an_interaction_without_a_state_fails() {
        assert!(!is_kept(&outcome(HUB, |one| one["providerStates"] = json!([])).await));
    }

    async fn a_failure_that_is_marked_as_pending_fails() {
        let change = |one: &mut Value| {
            one["pending"] = json!(true);
            one["response"]["status"] = json!(418);
        };
        assert!(!is_kept(&outcome(HUB, change).await));
    }
}

#[test]
fn a_file_that_holds_nothing_is_counted_as_nothing() {
    for text in ["", "not JSON", "{}", r#"{"interactions": []}"#] {
        assert_eq!(interactions(text), 0, "{text:?}");
    }
}
