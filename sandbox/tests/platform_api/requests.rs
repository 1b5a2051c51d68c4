//! How requests may be written: their bodies, and queries with empty values.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use icims_sandbox::engine::JournalFilter;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::platform_support::{VACANCY, World, registration};

#[tokio::test]
async fn a_byte_order_mark_in_front_of_json_is_passed_over() {
    let world = World::start().await;
    let token = world.token().await;
    let url = format!("{}/api/v1.0/vacancies/{VACANCY}/applications", world.base);
    let body = format!("\u{feff}{}", registration("ravi.das@example.org", None));
    let answer = world.http.post(url).bearer_auth(&token).body(body).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::CREATED);
    let recorded = world.journal.find(&JournalFilter { workflow: Some("88431".into()), ..JournalFilter::default() });
    assert_eq!(recorded.len(), 1, "the journal looks past it, too");
}

#[tokio::test]
async fn packed_bodies_are_read_and_the_workflow_in_them_is_known() {
    let world = World::start().await;
    let token = world.token().await;
    let send = async |coding: &str, body: Vec<u8>| {
        let url = format!("{}/api/v1.0/vacancies/{VACANCY}/applications", world.base);
        let request = world.http.post(url).bearer_auth(&token).header("content-encoding", coding).body(body);
        let answer = request.send().await.expect("an answer");
        (answer.status(), answer.json::<Value>().await.expect("JSON"))
    };
    let mut body = registration("mara.nowak@example.org", None);
    body["data"]["attributes"]["application_id"] = json!("90417");
    let packed = gzip(body.to_string().as_bytes());
    let (status, answer) = send("X-Gzip", packed.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    let recorded = world.journal.find(&JournalFilter { workflow: Some("90417".into()), ..JournalFilter::default() });
    assert_eq!(recorded.len(), 1);
    assert_eq!(recorded[0].request_body, body.to_string(), "the journal shows what it says");
    assert_eq!(world.journal.original(recorded[0].id).expect("it is kept").body, packed, "and keeps what was sent");
    let (status, answer) = send("br", packed.clone()).await;
    assert_eq!((status, &answer["errors"][0]["id"]), (StatusCode::UNSUPPORTED_MEDIA_TYPE, &json!("UnsupportedMediaTypeError")));
    let (status, answer) = send("gzip", body.to_string().into_bytes()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    let form = "grant_type=client_credentials&client_id=brightwater-client&client_secret=brightwater-secret";
    let request = world.http.post(format!("{}/oauth/token", world.base)).header("content-encoding", "gzip");
    assert_eq!(request.body(gzip(form.as_bytes())).send().await.expect("an answer").status(), StatusCode::OK);
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).expect("memory");
    encoder.finish().expect("memory")
}

#[tokio::test]
async fn an_empty_query_value_is_an_absent_one() {
    let world = World::start().await;
    let token = world.token().await;
    let read = async |query: &str| {
        let url = format!("{}/api/v1.0/vacancies/{VACANCY}/candidates{query}", world.base);
        let answer = world.http.get(url).bearer_auth(&token).send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("text"))
    };
    let absent = read("?filter[status]=new").await;
    assert_eq!(absent.0, StatusCode::OK, "{}", absent.1);
    assert_eq!(read("?filter[status]=new&filter[status-updated-at][since]=").await, absent);
}
