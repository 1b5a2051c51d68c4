//! The switches of a customer: what the documents leave open.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::Running;

#[tokio::test]
async fn switches_are_shown_and_turned_one_by_one_and_only_for_their_customer() {
    let running = Running::start().await;
    let before = running.get("customers/4021/switches").await;
    assert_eq!(before["strict_http"], false);
    let other = running.open_customer().await.icims.customer_id;
    let (status, after) = running.ask(Method::PATCH, "customers/4021/switches", json!({"entry_body": true})).await;
    assert_eq!(status, StatusCode::OK, "{after}");
    assert_eq!((&after["entry_body"], &after["shared_email"]), (&json!(true), &json!(true)));
    assert_eq!(running.get("customers/4021/switches").await, after);
    assert_eq!(running.get(&format!("customers/{other}/switches")).await, before);
    let (status, problem) = running.ask(Method::PATCH, "customers/4021/switches", json!({"entrybody": true})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(problem.to_string().contains("entrybody"), "{problem}");
    assert_eq!(running.ask(Method::GET, "customers/9/switches", Value::Null).await.0, StatusCode::NOT_FOUND);
}
