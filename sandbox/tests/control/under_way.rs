//! Calls that have begun and are not answered yet: in the journal apart from the exchanges, and first on its page.

use std::time::Duration;

use icims_sandbox::engine::{Actor, Begun, Target};
use jiff::Timestamp;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::faults::hand_in;
use super::support::Running;

impl Running {
    /// The calls under way, once there are so many.
    async fn under_way(&self, query: &str, count: usize) -> Vec<Value> {
        let found = async {
            loop {
                let found = self.get(&format!("journal?{query}")).await["under_way"].as_array().cloned().expect("a list");
                if found.len() == count {
                    return found;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), found).await.unwrap_or_else(|_| panic!("not {count} under way for {query}"))
    }

    /// Holds up whatever is done by an actor, until [`Running::let_go`].
    async fn hold_up(&self, matching: Value) {
        let rule = json!({"name": "treacle", "match": matching, "effect": {"kind": "latency", "by": "4m"}});
        self.control(Method::POST, "faults", rule).await;
    }

    async fn let_go(&self) {
        self.control(Method::DELETE, "faults", Value::Null).await;
    }

    async fn journal_page(&self, query: &str) -> String {
        let url = format!("{}/journal?{query}", self.sandbox.addresses().control);
        self.client.get(url).send().await.expect("an answer").text().await.expect("a page")
    }
}

#[tokio::test]
async fn a_call_that_is_held_up_is_under_way_until_it_is_answered() {
    let running = Running::start().await;
    running.hold_up(json!({"actor": "icims", "path": "/customers/*/jobs/**"})).await;
    let path = format!("/jobs/{}?fields=jobtitle", running.keys().sample.job_id);
    let held = running.icims(Method::GET, &path).header("User-Agent", "assessor-sync/3.1");
    let held = tokio::spawn(async move { held.send().await.expect("an answer").status() });
    let call = running.under_way("customer=4021", 1).await.remove(0);
    for (key, expected) in [
        ("from", json!("integration")),
        ("to", json!("icims")),
        ("program", json!("assessor-sync")),
        ("method", json!("GET")),
        ("target", json!(format!("/customers/4021{path}"))),
        ("customer", json!("4021")),
    ] {
        assert_eq!(call[key], expected, "{key}: {call}");
    }
    assert_eq!((&call["faults"][0]["name"], &call["faults"][0]["effect"]), (&json!("treacle"), &json!("latency")));
    let later = running.under_way("customer=4021", 1).await.remove(0);
    assert!(later["since_ms"].as_u64() >= call["since_ms"].as_u64() && call["at"].is_string(), "{call} {later}");
    // It is no exchange, and another call that is answered meanwhile is not under way.
    assert_eq!(running.read_person().await.status(), StatusCode::OK);
    assert_eq!(running.exchanges("customer=4021", 1).await.len(), 1);
    let page = running.journal_page("customer=4021").await;
    let (first, then) =
        (page.find("id=\"under-way\"").expect("the calls"), page.find("id=\"exchanges\"").expect("the exchanges"));
    let shown = &page[first..then];
    assert!(
        first < then && shown.contains("Integration → iCIMS") && shown.contains(&path) && shown.contains("treacle"),
        "{page}"
    );

    running.let_go().await;
    assert_eq!(held.await.expect("no panic"), StatusCode::OK);
    running.under_way("customer=4021", 0).await;
    assert_eq!(running.exchanges("customer=4021", 2).await[1]["target"], call["target"]);
    assert!(!running.journal_page("customer=4021").await.contains("Under way"));
}

#[tokio::test]
async fn calls_under_way_are_filtered_like_exchanges() {
    let running = Running::start().await;
    let (other, workflow) = (running.open_customer().await, running.keys().sample.workflow_id.clone());
    running.hold_up(json!({"actor": "icims"})).await;
    let mine = running.icims(Method::GET, &format!("/applicantworkflows/{workflow}?fields=status")).build().expect("a request");
    let person = format!("/people/{}", other.sample.person_id);
    let theirs = running.icims_of(&other, Method::GET, &person).build().expect("a request");
    let held: Vec<_> = [mine, theirs].map(|call| tokio::spawn(running.client.execute(call))).into();
    running.under_way("", 2).await;
    let of = async |query: String| running.under_way(&query, 1).await.remove(0)["target"].as_str().expect("text").to_owned();
    assert!(of(format!("customer={}", other.icims.customer_id)).await.ends_with(&person));
    assert!(of(format!("workflow={workflow}")).await.contains(&workflow));
    running.under_way("workflow=1", 0).await;
    assert!(!running.journal_page("customer=4021").await.contains(&format!("{}{person}", other.icims.customer_id)));
    running.let_go().await;
    for held in held {
        assert_eq!(held.await.expect("no panic").expect("an answer").status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn a_call_whose_caller_hangs_up_is_not_under_way_any_more() {
    let running = Running::start().await;
    running.hold_up(json!({"actor": "harver_platform"})).await;
    let mut connection =
        TcpStream::connect(running.keys().platform.base_url.trim_start_matches("http://")).await.expect("a connection");
    let head = "GET /api/v1.0/accounts HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Java-http-client/21\r\n\r\n";
    connection.write_all(head.as_bytes()).await.expect("it is sent");
    let call = running.under_way("", 1).await.remove(0);
    assert_eq!((&call["from"], &call["customer"]), (&json!("other"), &Value::Null));
    assert!(running.journal_page("").await.contains("Another program (Java-http-client) → Harver platform"));
    drop(connection);
    running.under_way("", 0).await;
}

#[tokio::test]
async fn a_token_request_whose_body_does_not_come_is_under_way() {
    let running = Running::start().await;
    let mut connection =
        TcpStream::connect(running.keys().icims.base_url.trim_start_matches("http://")).await.expect("a connection");
    let head = "POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 70\r\n\r\n{";
    connection.write_all(head.as_bytes()).await.expect("it is sent");
    assert_eq!(running.under_way("", 1).await[0]["target"], "/oauth/token");
}

/// It is listed once, whoever looks while its client becomes known: with one place left, it needs no second one.
#[tokio::test]
async fn a_token_request_keeps_its_place_when_its_client_is_known() {
    let running = Running::start().await;
    running.hold_up(json!({"actor": "icims", "path": "/oauth/token"})).await;
    let other = || Begun {
        at: Timestamp::UNIX_EPOCH,
        from: Actor::Other,
        agent: None,
        to: Actor::Mailbox,
        customer: None,
        workflow: None,
        method: None,
        target: Target::Text("ines@example.org".into()),
        faults: Vec::new(),
    };
    let others: Vec<_> = (1..10_000).map(|_| running.sandbox.world().journal().begin(other())).collect();
    let own = &running.keys().icims;
    let form = [("grant_type", "client_credentials"), ("client_id", &own.client_id), ("client_secret", &own.client_secret)];
    let asked = running.client.post(&own.token_url).form(&form).build().expect("a request");
    let asked = tokio::spawn(running.client.execute(asked));
    assert_eq!(running.under_way("customer=4021", 1).await[0]["target"], "/oauth/token");
    drop(others);
    running.let_go().await;
    asked.await.expect("no panic").expect("an answer");
    running.under_way("", 0).await;
}

#[tokio::test]
async fn what_the_vendors_send_is_under_way_until_it_is_taken() {
    let running = Running::start().await;
    running.hold_up(json!({"actor": "integration"})).await;
    running.hold_up(json!({"actor": "mailbox"})).await;
    let workflow = running.another_workflow("Noor").await;
    running.advance(&workflow).await;
    let event = running.under_way(&format!("workflow={workflow}"), 1).await.remove(0);
    assert_eq!((&event["from"], &event["to"], &event["method"]), (&json!("icims"), &json!("integration"), &json!("POST")));
    assert!(event["target"].as_str().expect("text").starts_with(&running.vendor.uri()), "{event}");
    let (mail, code) = tokio::join!(
        async {
            let mail = running.under_way("customer=4021", 2).await.remove(1);
            running.let_go().await;
            mail
        },
        hand_in(&running, "4021")
    );
    assert_eq!((&mail["method"], &mail["target"], code.as_str()), (&json!("SMTP"), &json!("ines@example.org"), "250"));
    running.under_way("customer=4021", 0).await;
}

#[tokio::test]
async fn who_waits_at_control_is_no_call_under_way() {
    let running = Running::start().await;
    let url = format!("{}/__sandbox/journal?customer=4021&wait=4m", running.sandbox.addresses().control);
    let client = Client::clone(&running.client);
    let waiting = tokio::spawn(async move { client.get(url).send().await.expect("an answer").json::<Value>().await });
    running.get("health").await;
    running.under_way("", 0).await;
    let _ = running.read_person().await;
    assert_eq!(waiting.await.expect("no panic").expect("JSON")["under_way"], json!([]));
}
