//! The limits of `docs/limits.md` that no other test reaches, and the promise that each row there names a test that exists.

use std::path::Path;
use std::time::Duration;

use icims_sandbox::Sandbox;
use icims_sandbox::control::CUSTOMER_FILE_LIMIT;
use icims_sandbox::engine::JournalFilter;
use icims_sandbox::library::Customer;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().timeout(Duration::from_secs(60)).build().expect("a client")
}

/// A call to iCIMS with a body of whatever kind.
async fn post(customer: &Customer, path: &str, body: String) -> (StatusCode, String) {
    let keys = &customer.keys().icims;
    let request = client().post(format!("{}{path}", customer.api_url())).basic_auth(&keys.username, Some(&keys.password));
    let answer = request.header("content-type", "application/json").body(body).send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("a body"))
}

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

#[tokio::test]
async fn the_filters_of_a_search_are_at_most_256_kibibytes() {
    let sandbox = Sandbox::start().await;
    let customer = sandbox.customer();
    let filters = |letters: usize| json!({"filters": [{"name": "person.lastname", "value": ["x".repeat(letters)]}]}).to_string();
    let (status, text) = post(&customer, "/search/people", filters(256 * 1024)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{text}");
    assert!(text.contains("larger than 262144 bytes") && text.contains("\"errorCode\":11"), "{text}");
    let (status, text) = post(&customer, "/search/people", filters(200 * 1024)).await;
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

#[tokio::test]
async fn a_query_with_more_than_a_thousand_filters_is_refused() {
    let sandbox = Sandbox::start().await;
    let filters = |count: usize| {
        let filter = json!({"name": "person.lastname", "value": ["Okafor"]});
        json!({"filters": vec![filter; count]}).to_string()
    };
    let (status, text) = post(&sandbox.customer(), "/search/people", filters(1_001)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{text}");
    let (status, text) = post(&sandbox.customer(), "/search/people", filters(500)).await;
    assert_eq!(status, StatusCode::OK, "{text}");
}

#[tokio::test]
async fn one_answer_of_the_journal_holds_a_thousand_exchanges_and_the_next_goes_on() {
    let sandbox = Sandbox::start().await;
    let url = format!("{}/__sandbox/journal", sandbox.addresses().control);
    let customer = sandbox.customer();
    for _ in 0..1_005 {
        customer.get("/people/1188?fields=firstname").await;
    }
    let ids = async |after: u64| -> Vec<u64> {
        let answer = client().get(format!("{url}?customer=4021&after={after}")).send().await.expect("an answer");
        let body: Value = answer.json().await.expect("JSON");
        body["exchanges"].as_array().expect("a list").iter().map(|it| it["id"].as_u64().expect("a number")).collect()
    };
    let first = ids(0).await;
    assert_eq!(first.len(), 1_000);
    assert_eq!(ids(first[999]).await.len(), 5);
}

#[test]
fn every_row_of_the_list_of_limits_names_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let document = std::fs::read_to_string(root.join("docs/limits.md")).expect("docs/limits.md");
    let sources =
        [root.join("sandbox/src"), root.join("sandbox/tests"), root.join("tests")].map(|folder| text_of(&folder)).concat();
    let rows: Vec<&str> = document.lines().filter(|line| line.starts_with('|')).skip(2).collect();
    assert!(rows.len() > 20, "the table is gone");
    for row in rows.into_iter().filter(|row| !row.starts_with("|---") && !row.starts_with("| what ")) {
        let named = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default().trim();
        let test = named.trim_matches('`');
        assert!(named.starts_with('`') && sources.contains(&format!("fn {test}(")), "no test is called {named} in: {row}");
    }
}

/// Every Rust file below a folder, joined.
fn text_of(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            text.push_str(&text_of(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&std::fs::read_to_string(&path).expect("readable source"));
        }
    }
    text
}
