//! The life of access tokens: asked for as documented, kept, renewed, replaced.

use serde_json::json;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::HarverClient;
use super::client_tests::{COMPLETED, answering, application, client, json_answer};
use crate::testing::{Stepped, address_of, connection, decision, patient, written};

/// How many tokens were asked for, and how many other requests there were.
async fn counted(server: &MockServer) -> (usize, usize) {
    let requests = server.received_requests().await.expect("recording is on");
    let tokens = requests.iter().filter(|request| request.url.path() == "/oauth/token").count();
    (tokens, requests.len() - tokens)
}

#[tokio::test]
async fn a_token_is_asked_for_as_documented_kept_and_renewed_before_it_runs_out() {
    let server = answering(json_answer(COMPLETED)).await;
    let time = Stepped::new();
    let client = HarverClient::new(patient(), time.clock.clone());
    let platform = connection(&address_of(&server));
    let read = async || client.application(&platform, &application()).await.expect("an application");
    read().await;
    time.step(3600 - 61);
    read().await;
    assert_eq!(counted(&server).await, (1, 2));
    time.step(1);
    read().await;
    assert_eq!(counted(&server).await, (2, 3));
    let requests = server.received_requests().await.expect("recording is on");
    insta::assert_snapshot!(written(&requests[0]), @"
    POST /oauth/token
    accept: application/json
    content-type: application/x-www-form-urlencoded

    grant_type=client_credentials&client_id=brightwater-icims&client_secret=not-a-real-secret
    ");
}

#[tokio::test]
async fn many_at_once_ask_for_one_token() {
    let server = answering(json_answer(COMPLETED)).await;
    let (client, platform) = (client(), connection(&address_of(&server)));
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (client, platform) = (client.clone(), platform.clone());
        all.spawn(async move { client.application(&platform, &application()).await });
    }
    while let Some(outcome) = all.join_next().await {
        outcome.expect("no panic").expect("an application");
    }
    assert_eq!(counted(&server).await, (1, 20));
}

#[tokio::test]
async fn a_revoked_token_is_replaced_without_anybody_noticing() {
    let server = MockServer::start().await;
    let token =
        |bearer: &str| ResponseTemplate::new(200).set_body_json(json!({"accessToken": bearer, "accessTokenExpiresAt": "soon"}));
    Mock::given(path("/oauth/token")).respond_with(token("old")).up_to_n_times(1).mount(&server).await;
    Mock::given(path("/oauth/token")).respond_with(token("new")).mount(&server).await;
    let old = Mock::given(method("GET")).and(header("authorization", "Bearer old"));
    old.respond_with(ResponseTemplate::new(401)).mount(&server).await;
    let new = Mock::given(method("GET")).and(header("authorization", "Bearer new"));
    new.respond_with(json_answer(COMPLETED)).mount(&server).await;
    client().application(&connection(&address_of(&server)), &application()).await.expect("an application");
    assert_eq!(counted(&server).await, (2, 2));
}

#[tokio::test]
async fn a_token_endpoint_that_fails_is_told_from_one_that_refuses() {
    let refused = include_str!("../../fixtures/harver_platform/token_refused.json");
    let cases = [
        (ResponseTemplate::new(400).set_body_string(refused), "CredentialsRejected"),
        (ResponseTemplate::new(401), "CredentialsRejected"),
        (
            ResponseTemplate::new(404).set_body_string(include_str!("../../fixtures/harver_platform/error_not_found.json")),
            "NotTheApi",
        ),
        (ResponseTemplate::new(405), "NotTheApi"),
        (ResponseTemplate::new(429), "Throttled"),
        (ResponseTemplate::new(503), "Unavailable"),
        (ResponseTemplate::new(200).set_body_json(json!({"access_token": "of another standard"})), "Unreadable"),
        (ResponseTemplate::new(200).set_body_string("<html>"), "Unreadable"),
    ];
    for (token, expected) in cases {
        let server = MockServer::start().await;
        Mock::given(path("/oauth/token")).respond_with(token).mount(&server).await;
        let error = client().application(&connection(&address_of(&server)), &application()).await.expect_err(expected);
        assert_eq!(decision(&error.kind), expected, "{error}");
        assert_eq!(counted(&server).await, (1, 0), "{expected}");
    }
}
