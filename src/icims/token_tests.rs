//! The life of access tokens: asked for as documented, kept, renewed, replaced.

use std::time::Duration;

use serde_json::json;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::IcimsClient;
use super::client_tests::{CUSTOMER, answering, json_answer};
use crate::domain::{AtsAuthentication, Customer};
use crate::testing::{Stepped, address_of, basic, customer, decision, impatient, patient};

const TOKEN: &str = include_str!("../../fixtures/icims/token.json");

/// An iCIMS whose token server answers this, and whose API knows one token.
async fn with_tokens(token: ResponseTemplate, known: &str) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).and(path("/oauth/token")).respond_with(token).mount(&server).await;
    let bearer = format!("Bearer {known}");
    let api = Mock::given(method("GET")).and(header("authorization", bearer.as_str())).respond_with(json_answer(CUSTOMER));
    api.with_priority(1).mount(&server).await;
    let refusal = ResponseTemplate::new(401).set_body_string(include_str!("../../fixtures/icims/error_credentials.json"));
    Mock::given(method("GET")).respond_with(refusal).mount(&server).await;
    server
}

fn oauth(server: &MockServer, secret: &str) -> Customer {
    let token_url = address_of(server).join("/oauth/token").expect("an address");
    let client = AtsAuthentication::OAuth2 { token_url, client_id: "hf-sandbox-01".into(), client_secret: secret.into() };
    customer(&address_of(server), client)
}

/// How many tokens were asked for, and how many other requests there were.
async fn counted(server: &MockServer) -> (usize, usize) {
    let requests = server.received_requests().await.expect("recording is on");
    let tokens = requests.iter().filter(|request| request.url.path() == "/oauth/token").count();
    (tokens, requests.len() - tokens)
}

const KNOWN: &str = "eyJhbGciOi.example.token";

#[tokio::test]
async fn a_token_is_asked_for_as_documented_and_then_kept() {
    let server = with_tokens(json_answer(TOKEN), KNOWN).await;
    let client = IcimsClient::new(patient(), Stepped::new().clock);
    let customer = oauth(&server, "s3cr3t/+");
    for _ in 0..3 {
        client.check_access(&customer).await.expect("access");
    }
    assert_eq!(counted(&server).await, (1, 3));
    let requests = server.received_requests().await.expect("recording is on");
    insta::assert_snapshot!(crate::testing::written(&requests[0]), @"
    POST /oauth/token
    accept: application/json
    content-type: application/x-www-form-urlencoded

    grant_type=client_credentials&client_id=hf-sandbox-01&client_secret=s3cr3t%2F%2B&audience=https%3A%2F%2Fapi.icims.com%2Fv1%2F
    ");
}

#[tokio::test]
async fn a_token_is_renewed_before_it_runs_out() {
    let server = with_tokens(json_answer(TOKEN), KNOWN).await;
    let time = Stepped::new();
    let client = IcimsClient::new(patient(), time.clock.clone());
    let customer = oauth(&server, "secret");
    client.check_access(&customer).await.expect("access");
    time.step(86_400 - 61);
    client.check_access(&customer).await.expect("access");
    assert_eq!(counted(&server).await, (1, 2));
    time.step(1);
    client.check_access(&customer).await.expect("access");
    assert_eq!(counted(&server).await, (2, 3));
}

#[tokio::test]
async fn many_at_once_ask_for_one_token() {
    let server = with_tokens(json_answer(TOKEN).set_delay(Duration::from_millis(50)), KNOWN).await;
    let client = IcimsClient::new(patient(), Stepped::new().clock);
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (client, customer) = (client.clone(), oauth(&server, "secret"));
        all.spawn(async move { client.check_access(&customer).await });
    }
    while let Some(outcome) = all.join_next().await {
        outcome.expect("no panic").expect("access");
    }
    assert_eq!(counted(&server).await, (1, 20));
}

#[tokio::test]
async fn a_revoked_token_is_replaced_once() {
    let server = with_tokens(ResponseTemplate::new(200).set_body_json(json!({"access_token": "old"})), "new").await;
    let client = IcimsClient::new(patient(), Stepped::new().clock);
    let customer = oauth(&server, "secret");
    let error = client.check_access(&customer).await.expect_err("the old token is refused twice");
    assert_eq!(decision(&error.kind), "CredentialsRejected");
    assert_eq!(counted(&server).await, (2, 2));
    let fresh = ResponseTemplate::new(200).set_body_json(json!({"access_token": "new", "expires_in": 86400}));
    Mock::given(path("/oauth/token")).respond_with(fresh).with_priority(1).mount(&server).await;
    client.check_access(&customer).await.expect("access with the new token");
    client.check_access(&customer).await.expect("access with the new token");
    assert_eq!(counted(&server).await, (3, 5));
}

#[tokio::test]
async fn a_changed_secret_never_uses_the_old_token() {
    let server = with_tokens(json_answer(TOKEN), KNOWN).await;
    let client = IcimsClient::new(patient(), Stepped::new().clock);
    client.check_access(&oauth(&server, "first")).await.expect("access");
    client.check_access(&oauth(&server, "second")).await.expect("access");
    assert_eq!(counted(&server).await.0, 2);
}

#[tokio::test]
async fn basic_credentials_are_not_tried_twice() {
    let server = answering(ResponseTemplate::new(401)).await;
    let client = IcimsClient::new(patient(), Stepped::new().clock);
    client.check_access(&customer(&address_of(&server), basic())).await.expect_err("a refusal");
    assert_eq!(counted(&server).await, (0, 1));
}

#[tokio::test]
async fn a_token_server_that_fails_is_told_from_one_that_refuses() {
    let refused = include_str!("../../fixtures/icims/token_refused.json");
    let cases = [
        (ResponseTemplate::new(401).set_body_string(refused), "CredentialsRejected"),
        (ResponseTemplate::new(403).set_body_string(refused), "CredentialsRejected"),
        (ResponseTemplate::new(400), "CredentialsRejected"),
        (ResponseTemplate::new(404), "NotFound"),
        (ResponseTemplate::new(429), "Throttled"),
        (ResponseTemplate::new(500), "Unavailable"),
        (ResponseTemplate::new(200).set_body_string("<html>"), "Unreadable"),
        (ResponseTemplate::new(200).set_body_string("{}"), "Unreadable"),
        (ResponseTemplate::new(302).insert_header("location", "https://elsewhere.example"), "Unreadable"),
        (json_answer(TOKEN).set_delay(Duration::from_secs(30)), "TimedOut"),
    ];
    for (token, expected) in cases {
        let server = with_tokens(token, KNOWN).await;
        let client = if expected == "TimedOut" { impatient() } else { patient() };
        let client = IcimsClient::new(client, Stepped::new().clock);
        let error = client.check_access(&oauth(&server, "not-a-real-secret")).await.expect_err(expected);
        assert_eq!(decision(&error.kind), expected, "{error}");
        assert_eq!(counted(&server).await, (1, 0), "{expected}: nothing is sent without a token, and a refusal is not repeated");
    }
}
