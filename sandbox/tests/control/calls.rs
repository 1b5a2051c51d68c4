//! How calls of control may be written, and what becomes of those who wait for somebody that goes.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::Running;

#[tokio::test]
async fn an_empty_query_value_is_an_absent_one() {
    let running = Running::start().await;
    for (empty, absent) in [("journal?after=&wait=&workflow=&customer=", "journal"), ("health?customer=", "health")] {
        let pick = |answer: Value| (answer["exchanges"].clone(), answer["pending"].clone());
        assert_eq!(pick(running.get(empty).await), pick(running.get(absent).await), "{empty}");
    }
    let search = async |query: &str| {
        let answer = running.icims(Method::GET, &format!("/search/people{query}")).send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("text"))
    };
    assert_eq!(search("?searchJson=").await, search("").await);
    let read = async |query: &str| {
        let path = format!("/people/{}{query}", running.keys().sample.person_id);
        let answer = running.icims(Method::GET, &path).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{query}");
        answer.text().await.expect("text")
    };
    assert_eq!(read("?fields=").await, read("").await);
}

#[tokio::test]
async fn who_waits_for_a_customer_that_goes_is_told_so_at_once() {
    let running = Running::start().await;
    for look_up in ["journal", "mail/wait"] {
        let customer = running.open_customer().await.icims.customer_id;
        let wait = if look_up == "journal" { "wait" } else { "timeout" };
        let (path, begun) = (format!("{look_up}?customer={customer}&{wait}=4m"), Instant::now());
        let (waited, _) = tokio::join!(running.ask(Method::GET, &path, Value::Null), async {
            // Meanwhile the other call has arrived.
            running.get("health").await;
            running.get("customers").await;
            running.ask(Method::DELETE, &format!("customers/{customer}"), Value::Null).await
        });
        assert_eq!((waited.0, &waited.1["error"]["code"]), (StatusCode::NOT_FOUND, &json!("unknown_customer")), "{look_up}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{look_up}: it has waited for the customer that is gone");
    }
}

#[tokio::test]
async fn a_byte_order_mark_in_front_of_a_body_is_passed_over() {
    let running = Running::start().await;
    let rule = json!({"match": {"actor": "icims"}, "effect": {"kind": "drop"}});
    let send = async |marks: &str| {
        let faults = format!("{}/__sandbox/faults", running.sandbox.addresses().control);
        let answer = running.client.post(faults).body(format!("{marks}{rule}")).send().await.expect("an answer");
        (answer.status(), answer.json::<Value>().await.expect("JSON")["error"]["code"].clone())
    };
    assert_eq!(send("\u{feff}").await, (StatusCode::OK, Value::Null));
    assert_eq!(send("\u{feff}\u{feff}").await, (StatusCode::BAD_REQUEST, json!("bad_json")));
}
