//! One field of the integration gets another name: the right pact breaks, and whoever has never seen a pact understands why.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use reqwest::StatusCode;

use super::place::{StandIn, World, verify};
use super::provider;
use crate::pact_file::Pair;

/// Whoever listens at `url`, but a key of its answers has another name.
fn with_a_renamed_key(url: &str, from: &'static str, to: &'static str) -> Router {
    let client = harver_icims::http::direct(harver_icims::http::Timeouts::default()).expect("HTTP");
    let url = url.to_owned();
    Router::new().fallback(async move |request: Request| passed_on(&client, &url, request, (from, to)).await)
}

async fn passed_on(client: &reqwest::Client, url: &str, request: Request, (from, to): (&str, &str)) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    let target = format!("{url}{}", parts.uri.path_and_query().expect("a path"));
    let mut headers = parts.headers;
    headers.remove("host");
    let Ok(answer) = client.request(parts.method, target).headers(headers).body(body).send().await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    let text = answer.text().await.expect("text").replace(&format!("\"{from}\""), &format!("\"{to}\""));
    headers.remove("content-length");
    headers.remove("transfer-encoding");
    (status, headers, Body::from(text)).into_response()
}

#[test]
fn a_renamed_field_of_the_integration_breaks_the_pact_of_icims_alone() {
    let world = World::start();
    let (name, url) = provider(&world, Pair::IcimsToIntegration);
    let altered = StandIn::of(with_a_renamed_key(&url, "userMessage", "user_message"));
    let verify = |pair: Pair| {
        let file = pair.path();
        verify(&["--provider", name, "--url", altered.url(), "--control-url", world.control(), &file.to_string_lossy()])
    };
    let said = verify(Pair::PlatformToIntegration);
    assert_eq!(said.code, Some(0), "webhooks are answered without words: {said:?}");
    let said = verify(Pair::IcimsToIntegration);
    assert_eq!(said.code, Some(1), "{said:?}");
    let file = Pair::IcimsToIntegration.path();
    let at = said.out.lines().find(|line| line.contains(" asks, ")).expect("where it stands").to_owned();
    for line in [
        "BROKEN: the event that a candidate was advanced",
        "  given a candidate without an e-mail address",
        "    POST /prod/orchestrator/v1/flows/startAssessment/icimsmarketplace",
        "    authorization: ${basic}",
        "  but the answer has no \"userMessage\" there",
        "  hint: the answer has \"user_message\" there: was \"userMessage\" renamed?",
        "    400 Bad Request",
    ] {
        assert!(said.out.lines().any(|found| found == line), "{line:?}: {}", said.out);
    }
    assert!(at.contains(&format!("icims asks, {}:", file.display())), "{at}");
    let expected = "expected \"userMessage\" at $.error.userMessage, such as \"Harver cannot invite this candidate because";
    assert!(said.all().contains(expected), "{}", said.out);
    // The command that runs one of them again does.
    let again =
        said.out.lines().filter_map(|line| line.strip_prefix("  again: harver-icims pact verify ")).next().expect("a command");
    assert!(again.contains(" --filter '^the event that a candidate "), "{again}");
    let program = env!("CARGO_BIN_EXE_harver-icims");
    let rerun =
        std::process::Command::new("sh").args(["-c", &format!("{program} pact verify {again}")]).output().expect("a shell");
    let rerun = String::from_utf8_lossy(&rerun.stdout).into_owned();
    assert!(rerun.contains("pact verify: FAILED. partial: 0 kept, 1 broken, "), "{rerun}");
}
