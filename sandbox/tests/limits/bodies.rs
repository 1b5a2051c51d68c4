//! How large what is sent may be.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use icims_sandbox::Sandbox;
use icims_sandbox::control::CUSTOMER_FILE_LIMIT;
use icims_sandbox::engine::JournalFilter;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::limits::{client, post};

#[tokio::test]
async fn a_body_larger_than_two_mebibytes_is_refused_by_icims() {
    let sandbox = Sandbox::start().await;
    let customer = sandbox.customer();
    let named = |letters: usize| json!({"firstname": "Ines", "lastname": "x".repeat(letters)}).to_string();
    let (status, text) = post(&customer, "/people", named(2 * 1024 * 1024)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{text}");
    let expected = json!({"errors": [{"errorMessage": "The request body is larger than 2097152 bytes.", "errorCode": 11}]});
    assert_eq!(serde_json::from_str::<Value>(&text).expect("the envelope"), expected);
    let (status, text) = post(&customer, "/people", named(20)).await;
    assert_eq!(status, StatusCode::CREATED, "{text}");
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).expect("memory");
    encoder.finish().expect("memory")
}

#[tokio::test]
async fn a_small_body_that_unpacks_to_more_than_two_mebibytes_is_refused_by_icims() {
    let sandbox = Sandbox::start().await;
    let keys = sandbox.customer().keys().icims.clone();
    let send = async |password: &str, body: Vec<u8>| {
        let request = client().post(format!("{}/people", sandbox.customer().api_url()));
        let request = request.basic_auth(&keys.username, Some(password)).header("content-type", "application/json");
        let answer = request.header("content-encoding", "gzip").body(body).send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("a body"))
    };
    let named = |letters: usize| gzip(json!({"firstname": "Ines", "lastname": "x".repeat(letters)}).to_string().as_bytes());
    let bomb = named(8 * 1024 * 1024);
    assert!(bomb.len() < 32 * 1024, "{} bytes are few", bomb.len());
    let (status, text) = send(&keys.password, bomb.clone()).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{text}");
    assert_eq!(send("wrong", bomb).await.0, StatusCode::UNAUTHORIZED);
    let (status, text) = send(&keys.password, named(20)).await;
    assert_eq!(status, StatusCode::CREATED, "{text}");
}

#[tokio::test]
async fn the_filters_of_a_search_are_at_most_256_kibibytes() {
    let sandbox = Sandbox::start().await;
    let customer = sandbox.customer();
    let filters = |letters: usize| json!({"filters": [{"name": "person.lastname", "value": ["x".repeat(letters)]}]}).to_string();
    let (status, text) = post(&customer, "/search/people", filters(256 * 1024)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{text}");
    assert!(text.contains("larger than 262144 bytes") && text.contains("\"errorCode\":11"), "{text}");
    // What is not said with many letters may be said in many lines.
    let (status, text) = post(&customer, "/search/people", format!("{}{}", filters(10), " ".repeat(200 * 1024))).await;
    assert_eq!(status, StatusCode::OK, "{text}");
}

#[tokio::test]
async fn a_token_request_larger_than_64_kibibytes_is_refused_by_both() {
    let sandbox = Sandbox::start().await;
    for (base, name) in [(&sandbox.addresses().icims, "error"), (&sandbox.addresses().platform, "name")] {
        let body = "x".repeat(64 * 1024 + 1);
        let answer = client().post(format!("{base}/oauth/token")).body(body).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let answer: Value = answer.json().await.expect("the token endpoint's own shape");
        assert_eq!(answer[name], "invalid_request", "{answer}");
    }
    let recorded = sandbox.world().journal().find(&JournalFilter::default());
    assert!(recorded.iter().filter(|exchange| exchange.target == "/oauth/token").count() == 2, "{recorded:?}");
    assert!(recorded.iter().all(|exchange| !exchange.request_body.contains('x')), "{recorded:?}");
}

#[tokio::test]
async fn a_body_larger_than_two_mebibytes_is_refused_by_the_platform() {
    let sandbox = Sandbox::start().await;
    let keys = &sandbox.ready().tenant;
    let base = &sandbox.addresses().platform;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &keys.platform.client_id),
        ("client_secret", &keys.platform.client_secret),
    ];
    let token: Value =
        client().post(format!("{base}/oauth/token")).form(&form).send().await.expect("an answer").json().await.expect("JSON");
    let url = format!("{base}/api/v1.0/vacancies/{}/applications", keys.sample.vacancy_id);
    let token = token["accessToken"].as_str().expect("a token");
    let answer = client().post(url).bearer_auth(token).body("x".repeat(2 * 1024 * 1024 + 1)).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let answer: Value = answer.json().await.expect("the platform's own shape");
    assert_eq!(answer["errors"][0]["id"], "PayloadTooLargeError", "{answer}");
}

/// One byte more than a sandbox takes, sent without holding it all here.
#[tokio::test]
async fn an_exported_customer_larger_than_256_mebibytes_is_not_taken_in() {
    let sandbox = Sandbox::start().await;
    let control = sandbox.addresses().control.strip_prefix("http://").expect("an HTTP address").to_owned();
    let mut connection = TcpStream::connect(&control).await.expect("a connection");
    let size = CUSTOMER_FILE_LIMIT + 1;
    let head = format!(
        "POST /__sandbox/customers/import HTTP/1.1\r\nHost: {control}\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await.expect("the head");
    let mebibyte = vec![0; 1024 * 1024];
    for _ in 0..256 {
        connection.write_all(&mebibyte).await.expect("it is read");
    }
    connection.write_all(&[0]).await.expect("the last byte");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("larger than 268435456 bytes"), "{answer}");
    assert_eq!(sandbox.world().tenants().len(), 1);
}
