//! Who called whom, for which workflow, and sending a request again.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::Running;

impl Running {
    async fn replay(&self, id: &Value) -> Value {
        self.control(Method::POST, &format!("journal/{id}/replay"), Value::Null).await
    }

    async fn not_replayed(&self, id: &Value, status: StatusCode, words: &str) {
        let (answered, body) = self.ask(Method::POST, &format!("journal/{id}/replay"), Value::Null).await;
        let message = body["error"]["message"].as_str().unwrap_or_default();
        assert!(answered == status && message.contains(words), "{answered} {body}");
    }
}

#[tokio::test]
async fn a_call_of_the_api_is_sent_again_with_its_secrets_and_says_where_it_is() {
    let running = Running::start().await;
    assert_eq!(running.read_person().await.status(), StatusCode::OK);
    let first = running.exchanges("customer=4021", 1).await.remove(0);
    assert_eq!(running.get(&format!("journal/{}", first["id"])).await, first);
    let again = running.replay(&first["id"]).await;
    let found = running.get(&format!("journal/{}", again["id"])).await;
    assert_eq!((&again["replay_of"], &again["outcome"]["status"]), (&first["id"], &json!(200)));
    assert_eq!((&found["replay_of"], &found["outcome"]), (&first["id"], &again["outcome"]));
    for key in ["from", "to", "target", "method", "customer"] {
        assert_eq!(found[key], first[key], "{key}");
    }
    assert!(!found.to_string().contains(&running.keys().icims.password), "secrets stay in memory");
    assert!(!found.to_string().contains("x-sandbox"), "what control adds is not part of the request");
    // A replay can be replayed, and it does the work again.
    assert_eq!(running.replay(&again["id"]).await["outcome"]["status"], 200);
}

#[tokio::test]
async fn an_event_is_sent_again_byte_for_byte() {
    let running = Running::start().await;
    let workflow = running.keys().sample.workflow_id.clone();
    running.advance(&workflow).await;
    let sent = running.exchanges(&format!("workflow={workflow}"), 2).await;
    let event = sent.iter().find(|sent| sent["to"] == "integration").expect("an event");
    let again = running.replay(&event["id"]).await;
    assert_eq!(again["outcome"]["status"], 200);
    let requests = running.vendor.received_requests().await.expect("recorded");
    assert_eq!(requests.len(), 2);
    assert_eq!((&requests[0].body, &requests[0].headers), (&requests[1].body, &requests[1].headers));
    assert!(requests[1].headers.contains_key("authorization"));
}

#[tokio::test]
async fn a_packed_call_is_shown_as_text_and_sent_again_packed() {
    let running = Running::start().await;
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(br#"{"middlename": "Bee"}"#).expect("memory");
    let packed = packed.finish().expect("memory");
    let path = format!("/people/{}", running.keys().sample.person_id);
    let request = running.icims(Method::PATCH, &path).header("content-type", "application/json");
    let answer = request.header("content-encoding", "gzip").body(packed.clone()).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let first = running.exchanges("customer=4021", 1).await.remove(0);
    assert_eq!(first["request_body"], r#"{"middlename": "Bee"}"#, "{first}");
    let again = running.replay(&first["id"]).await;
    assert_eq!(again["outcome"]["status"], 204, "{again}");
    let kept = running.sandbox.world().journal().original(again["id"].as_u64().expect("a position")).expect("it is kept");
    assert_eq!(kept.body, packed);
    // A slow server reads a short body before it waits, and unpacks it all the same.
    let slow = json!({"match": {"actor": "icims"}, "effect": {"kind": "latency", "by": "1ms"}});
    running.control(Method::POST, "faults", slow).await;
    assert_eq!(running.replay(&first["id"]).await["outcome"]["status"], 204);
}

#[tokio::test]
async fn a_replay_that_a_fault_breaks_off_says_so() {
    let running = Running::start().await;
    assert_eq!(running.read_person().await.status(), StatusCode::OK);
    let first = running.exchanges("customer=4021", 1).await.remove(0);
    let rule = json!({"match": {"actor": "icims"}, "effect": {"kind": "drop"}});
    running.control(Method::POST, "faults", rule).await;
    let again = running.replay(&first["id"]).await;
    assert_eq!(again["outcome"]["kind"], "failed", "{again}");
}

#[tokio::test]
async fn what_cannot_be_sent_again_is_refused() {
    let running = Running::start().await;
    running.not_replayed(&json!(99), StatusCode::NOT_FOUND, "no exchange 99").await;
    let (status, _) = running.ask(Method::GET, "journal/x", Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    // More than the journal keeps of a body.
    let large = json!({"middlename": "x", "padding": "y".repeat(70_000)});
    let path = format!("/people/{}", running.keys().sample.person_id);
    let _ = running.icims(Method::PATCH, &path).json(&large).send().await.expect("an answer");
    let cut = running.exchanges("customer=4021", 1).await.remove(0);
    running.not_replayed(&cut["id"], StatusCode::CONFLICT, "too large").await;
    // A customer that is gone; the call itself was refused, too.
    let other = running.open_customer().await.icims.customer_id;
    let url = format!("{}/customers/{other}/people/1", running.keys().icims.base_url);
    let _ = running.client.get(url).send().await.expect("an answer");
    let gone = running.exchanges(&format!("customer={other}"), 1).await.remove(0);
    assert_eq!(running.ask(Method::DELETE, &format!("customers/{other}"), Value::Null).await.0, StatusCode::OK);
    running.not_replayed(&gone["id"], StatusCode::CONFLICT, &format!("customer {other}")).await;
}

#[tokio::test]
async fn an_event_to_an_address_that_is_not_told_any_more_is_not_sent_again() {
    let running = Running::start().await;
    let workflow = running.keys().sample.workflow_id.clone();
    let old = format!("{}/old", running.vendor.uri());
    let icims = running.sandbox.world().icims().clone();
    icims.connect_vendor(4021, old, "a".into(), "b".into()).await.expect("connected");
    running.advance(&workflow).await;
    let sent = running.exchanges(&format!("workflow={workflow}"), 2).await;
    let event = sent.iter().find(|sent| sent["to"] == "integration").expect("an event");
    icims.connect_vendor(4021, format!("{}/new", running.vendor.uri()), "a".into(), "b".into()).await.expect("connected");
    running.not_replayed(&event["id"], StatusCode::CONFLICT, "/old any more").await;
}

#[tokio::test]
async fn the_journal_tells_who_called_and_for_which_workflow() {
    let running = Running::start().await;
    let keys = running.keys();
    let path = format!("/people/{}", keys.sample.person_id);
    // Another program has another connection.
    let curl = icims_sandbox::engine::direct().user_agent("curl/8.5.0").build().expect("a client");
    let call = running.icims(Method::GET, &path).build().expect("a request");
    let _ = curl.execute(call).await.expect("an answer");
    let by_hand = running.exchanges("customer=4021", 1).await.remove(0);
    assert_eq!((&by_hand["from"], by_hand["workflow"].clone()), (&json!("tester"), Value::Null));
    running.advance(&keys.sample.workflow_id).await;
    let _ = running.exchanges(&format!("workflow={}", keys.sample.workflow_id), 2).await;
    let after = running.newest();
    let _ = running.read_person().await;
    let read = running.exchanges(&format!("customer=4021&after={after}"), 1).await.remove(0);
    assert_eq!((&read["from"], &read["workflow"]), (&json!("integration"), &json!(keys.sample.workflow_id)));

    // The platform knows its accounts, and control whose they are.
    let base = &keys.platform.base_url;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", keys.platform.client_id.as_str()),
        ("client_secret", keys.platform.client_secret.as_str()),
    ];
    let after = running.newest();
    let token: Value = running
        .client
        .post(format!("{base}/oauth/token"))
        .form(&form)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let accounts =
        running.client.get(format!("{base}/api/v1.0/accounts")).bearer_auth(token["accessToken"].as_str().expect("a token"));
    assert_eq!(accounts.send().await.expect("an answer").status(), StatusCode::OK);
    let calls = running.exchanges(&format!("customer=4021&after={after}"), 2).await;
    assert_eq!(calls.iter().map(|call| call["to"].as_str().expect("an actor")).collect::<Vec<_>>(), ["harver_platform"; 2]);
}

#[tokio::test]
async fn the_page_sends_a_request_again() {
    let running = Running::start().await;
    let _ = running.read_person().await;
    let first = running.exchanges("customer=4021", 1).await.remove(0);
    let url = format!("{}/journal/{}/replay", running.sandbox.addresses().control, first["id"]);
    let page = running.client.post(&url).form(&[("customer", "4021")]).send().await.expect("an answer");
    let text = page.text().await.expect("a page");
    assert!(text.contains("The request was sent again: exchange 2") && text.contains("A replay of exchange 1"), "{text}");
    let missing = running.client.post(url.replace("/1/", "/99/")).form(&[("customer", "4021")]).send().await.expect("an answer");
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}
