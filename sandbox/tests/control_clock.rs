//! The clock set, frozen and thawed over HTTP, and customers whose number the caller chooses.

use std::path::Path;
use std::time::Duration;

use icims_sandbox::{Config, Sandbox, StartError};
use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const NINE: &str = "2031-03-04T09:00:00Z";

async fn start(data: Option<&Path>, frozen_at: Option<Timestamp>) -> Result<Sandbox, StartError> {
    let config = Config { port: 0, data: data.map(Path::to_path_buf), frozen_at, ..Config::default() };
    Sandbox::bind(config).await?.start(None).await
}

async fn ask(sandbox: &Sandbox, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
    let client = icims_sandbox::engine::direct().timeout(Duration::from_secs(30)).build().expect("a client");
    let url = format!("{}/__sandbox/{path}", sandbox.addresses().control);
    let response = client.request(method, url).body(body.to_string()).send().await.expect("an answer");
    (response.status(), response.json().await.expect("JSON"))
}

/// Posts to the clock and returns the present and whether it stands still.
async fn clock(sandbox: &Sandbox, body: Value) -> (String, bool) {
    let (status, shown) = ask(sandbox, Method::POST, "clock", body).await;
    assert_eq!(status, StatusCode::OK, "{shown}");
    (shown["now"].as_str().expect("a moment").to_owned(), shown["frozen"].as_bool().expect("a yes or no"))
}

#[tokio::test]
async fn a_frozen_clock_moves_only_by_advancing_and_a_reset_thaws_it() {
    let sandbox = start(None, None).await.expect("it starts");
    assert_eq!(clock(&sandbox, json!({"set": NINE, "frozen": true})).await, (NINE.into(), true));
    assert_eq!(clock(&sandbox, json!({"advance": "2h"})).await, ("2031-03-04T11:00:00Z".into(), true));
    assert_eq!(clock(&sandbox, json!({"set": NINE, "advance": "1 month"})).await, ("2031-04-04T09:00:00Z".into(), true));
    let (_, health) = ask(&sandbox, Method::GET, "health", Value::Null).await;
    assert_eq!(health["clock"], "2031-04-04T09:00:00Z");
    assert!(!clock(&sandbox, json!({"frozen": false})).await.1);
    clock(&sandbox, json!({"frozen": true})).await;
    ask(&sandbox, Method::POST, "reset", Value::Null).await;
    let (_, shown) = ask(&sandbox, Method::GET, "clock", Value::Null).await;
    assert_eq!((&shown["frozen"], &shown["offset_seconds"]), (&json!(false), &json!(0)));
}

#[tokio::test]
async fn a_clock_that_cannot_be_moved_so_is_left_alone() {
    let sandbox = start(None, Some(NINE.parse().expect("a moment"))).await.expect("it starts");
    for wrong in [
        json!({"set": "soon"}),
        json!({"set": "1999-12-31T23:59:59Z"}),
        json!({"set": "9000-01-01T00:00:00Z"}),
        json!({"set": "8999-12-31T23:00:00Z", "advance": "2h", "frozen": false}),
        json!({"set": NINE, "advance": "-1h"}),
        json!({}),
        json!({"freeze": true}),
    ] {
        let (status, body) = ask(&sandbox, Method::POST, "clock", wrong.clone()).await;
        assert_eq!((status, &body["error"]["code"]), (StatusCode::BAD_REQUEST, &json!("bad_input")), "{wrong}");
    }
    let (_, shown) = ask(&sandbox, Method::GET, "clock", Value::Null).await;
    assert_eq!((&shown["now"], &shown["frozen"]), (&json!(NINE), &json!(true)));
}

#[tokio::test]
async fn a_process_that_starts_frozen_makes_its_sample_at_that_moment_and_comes_back_to_it() {
    let nine = NINE.parse().expect("a moment");
    let sandbox = start(None, Some(nine)).await.expect("it starts");
    let changed = || {
        let customer = sandbox.world().icims().customer(4021).expect("the sample customer");
        let workflow = sandbox.ready().tenant.sample.workflow_id.parse().expect("an id");
        customer.read(|state| state.workflow(workflow).expect("the sample").record.created)
    };
    assert_eq!(changed(), "2031-03-04T07:00:00Z".parse().expect("a moment"));
    clock(&sandbox, json!({"advance": "30 days"})).await;
    ask(&sandbox, Method::POST, "reset", Value::Null).await;
    assert_eq!(sandbox.world().clock().now(), nine);
}

#[tokio::test]
async fn a_frozen_clock_is_still_frozen_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = start(Some(folder.path()), None).await.expect("it starts");
    clock(&before, json!({"set": NINE, "frozen": true})).await;
    before.stop().await;
    let after = start(Some(folder.path()), None).await.expect("it starts again");
    assert_eq!(after.world().clock().now(), NINE.parse().expect("a moment"));
    assert!(after.world().clock().is_frozen());
}

#[tokio::test]
async fn a_customer_may_have_a_number_of_the_callers_choice_once() {
    let sandbox = start(None, None).await.expect("it starts");
    let (status, keys) = ask(&sandbox, Method::POST, "customers", json!({"id": 5001, "name": "Harbour"})).await;
    assert_eq!((status, &keys["icims"]["customer_id"]), (StatusCode::OK, &json!("5001")), "{keys}");
    for used in [5001, 4021] {
        let (status, body) = ask(&sandbox, Method::POST, "customers", json!({ "id": used })).await;
        assert_eq!((status, &body["error"]["code"]), (StatusCode::CONFLICT, &json!("customer_exists")), "{body}");
    }
    for wrong in [json!(0), json!(1_000_000_000), json!(-1), json!("5002")] {
        let (status, body) = ask(&sandbox, Method::POST, "customers", json!({ "id": wrong })).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
    }
    let (_, next) = ask(&sandbox, Method::POST, "customers", json!({})).await;
    assert_eq!(next["icims"]["customer_id"], "4022", "numbers in order go on");
    let elsewhere = start(None, None).await.expect("another one starts");
    let (_, same) = ask(&elsewhere, Method::POST, "customers", json!({"id": 5001, "name": "Harbour"})).await;
    assert_eq!(same["icims"]["password"], keys["icims"]["password"], "seed and number decide, not the order");
    assert_eq!(same["sample"], keys["sample"]);
}
