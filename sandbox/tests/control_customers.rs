//! Control over one customer: users, settings, allowlist, the connection to the vendor, and events, over real sockets.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use icims_sandbox::Sandbox;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use wiremock::matchers::{header_exists, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

struct Running {
    sandbox: Sandbox,
    client: Client,
}

impl Running {
    async fn start() -> Self {
        Self { sandbox: Sandbox::start().await, client: client(None) }
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let url = format!("{}/__sandbox/customers/{path}", self.sandbox.addresses().control);
        let response = self.client.request(method, url).body(body.to_string()).send().await.expect("an answer");
        let (status, text) = (response.status(), response.text().await.expect("text"));
        (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") })
    }

    async fn done(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, body) = self.ask(method, path, body).await;
        assert!(status.is_success(), "{status} {body}");
        body
    }

    async fn get(&self, path: &str) -> Value {
        self.done(Method::GET, path, Value::Null).await
    }

    /// A refusal, checked for its status and for what it names.
    async fn refused(&self, method: Method, path: &str, body: Value, status: u16, named: &str) {
        let (given, answer) = self.ask(method, path, body).await;
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(given == status && message.contains(named), "{given} {message}");
    }

    /// A call to the API of the sample customer.
    async fn api(&self, client: &Client, user: &Value, path: &str) -> reqwest::Response {
        let text = |name: &str| user[name].as_str().expect("text").to_owned();
        let url = format!("{}/customers/4021{path}", self.sandbox.addresses().icims);
        client.get(url).basic_auth(text("username"), Some(text("password"))).send().await.expect("an answer")
    }
}

/// A client; from another address of this machine, if one is given.
fn client(from: Option<[u8; 4]>) -> Client {
    let from = from.map(|address| IpAddr::V4(Ipv4Addr::from(address)));
    icims_sandbox::engine::direct().timeout(Duration::from_secs(30)).local_address(from).build().expect("a client")
}

#[tokio::test]
async fn only_addresses_on_the_allowlist_get_in() {
    let running = Running::start().await;
    let user = running.get("4021/users").await["users"][0].clone();
    let [second, third] = [client(Some([127, 0, 0, 2])), client(Some([127, 0, 0, 3]))];
    assert_eq!(running.api(&third, &user, "").await.status(), 200, "an empty list lets everybody in");
    let set = running.done(Method::PUT, "4021/allowlist", json!({"allowlist": ["127.0.0.2", "203.0.113.9/24"]})).await;
    assert_eq!(set, json!({"allowlist": ["127.0.0.2/32", "203.0.113.0/24"]}));
    assert_eq!(running.get("4021/allowlist").await, set);

    assert_eq!(running.api(&second, &user, "").await.status(), 200);
    let refused = running.api(&third, &user, "").await;
    assert_eq!(refused.status(), 403);
    let message = "The address 127.0.0.3 is not allowed to access the API of customer 4021.";
    assert_eq!(refused.headers()["x-error"], format!("7:{message}"));
    let body: Value = refused.json().await.expect("JSON");
    assert_eq!(body, json!({"errors": [{"errorMessage": message, "errorCode": 7}]}));
    let mut wrong = user.clone();
    wrong["password"] = json!("wrong");
    assert_eq!(running.api(&third, &wrong, "").await.status(), 401, "nobody learns of the list without credentials");

    running.done(Method::PUT, "4021/allowlist", json!({"allowlist": []})).await;
    assert_eq!(running.api(&third, &user, "").await.status(), 200);
    running.refused(Method::PUT, "4021/allowlist", json!({"allowlist": ["localhost"]}), 400, "\"localhost\" is no address").await;
    running.refused(Method::PUT, "9999/allowlist", json!({"allowlist": []}), 404, "no customer 9999").await;
}

#[tokio::test]
async fn the_allowlist_is_filled_with_harvers_addresses_on_its_screen_and_says_what_is_missing() {
    let running = Running::start().await;
    let user = running.get("4021/users").await["users"][0].clone();
    let screen = format!("{}/icims2/4021/admin/ip-restrictions", running.sandbox.addresses().icims);
    let see = async || running.client.get(&screen).send().await.expect("a page").text().await.expect("HTML");
    let send = async |path: &str, fields: &[(&str, &str)]| {
        let answer = running.client.post(format!("{screen}{path}")).form(fields).send().await.expect("a page");
        (answer.status(), answer.text().await.expect("HTML"))
    };
    let page = see().await;
    assert!(page.contains("from everywhere") && page.matches("not on the list").count() == 13, "{page}");

    let (_, page) = send("", &[("ranges", "34.247.200.0/24\n127.0.0.1")]).await;
    assert!(page.contains("12 of the 13 addresses of Harver may not call"), "{page}");
    assert_eq!(running.api(&running.client, &user, "").await.status(), 200);
    let (status, page) = send("", &[("ranges", "127.0.0.1\nthe office")]).await;
    assert!(
        status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("id=\"ranges-error\"") && page.contains("Line 2"),
        "{page}"
    );
    assert!(page.contains("the office"), "what was typed is still there");

    let (_, page) = send("/harver", &[]).await;
    assert!(page.contains("All 13 addresses of Harver may call") && !page.contains("not on the list"), "{page}");
    let set = running.get("4021/allowlist").await["allowlist"].clone();
    assert_eq!(set.as_array().map(Vec::len), Some(14), "what is covered by a range is not added again: {set}");
    assert!(!page.contains("id=\"this-machine\""));

    let (_, page) = send("", &[("ranges", "")]).await;
    assert!(page.contains("from everywhere"));
    let (_, page) = send("/harver", &[]).await;
    assert!(page.contains("id=\"this-machine\""), "whoever shuts out the integration beside is told so: {page}");
    assert_eq!(running.api(&running.client, &user, "").await.status(), 403);
}

#[tokio::test]
async fn the_sample_customer_has_a_second_user_that_sees_less() {
    let running = Running::start().await;
    let users = running.get("4021/users").await["users"].as_array().expect("users").clone();
    let names: Vec<_> = users.iter().map(|user| (user["username"].clone(), user["main"].clone())).collect();
    assert_eq!(names, [(json!("harver-api-4021"), json!(true)), (json!("harver-api-4021_limited"), json!(false))]);
    assert_eq!(users[1]["hidden_fields"], json!(["applicantworkflows.associatedprofile", "people.email"]));
    let people = format!("/people/{}", running.sandbox.ready().tenant.sample.person_id);
    let seen = async |user: &Value| -> Value { running.api(&running.client, user, &people).await.json().await.expect("JSON") };
    assert!(seen(&users[0]).await.get("email").is_some());
    let less = seen(&users[1]).await;
    assert!(less.get("email").is_none() && less["firstname"] == "Ines", "{less}");
}

#[tokio::test]
async fn users_are_added_changed_and_removed() {
    let running = Running::start().await;
    let made = running.done(Method::POST, "4021/users", json!({"hidden_types": ["companies"]})).await;
    assert_eq!(made["username"], "integration-4021-1");
    assert!(made["client_secret"].as_str().is_some_and(|secret| secret.len() == 32));
    assert_eq!(running.api(&running.client, &made, "").await.status(), 200);
    let next = running.done(Method::POST, "4021/users", Value::Null).await;
    assert_eq!(next["username"], "integration-4021-2");

    let path = "4021/users/integration-4021-1";
    let changed = running.done(Method::PATCH, path, json!({"web_services": false})).await;
    assert_eq!((&changed["web_services"], &changed["hidden_types"]), (&json!(false), &json!(["companies"])));
    let barred = running.api(&running.client, &made, "").await;
    assert_eq!(barred.headers()["x-error"], "7:The provided Username is not Authorized to access Web Services");
    running.done(Method::DELETE, path, Value::Null).await;
    assert_eq!(
        running.api(&running.client, &made, "").await.headers()["x-error"],
        "6:Invalid Username or Password credentials provided."
    );

    let users = "4021/users";
    running.refused(Method::DELETE, path, Value::Null, 404, "no integration user integration-4021-1").await;
    running.refused(Method::PATCH, path, json!({}), 404, "no integration user").await;
    running.refused(Method::DELETE, "4021/users/harver-api-4021", Value::Null, 400, "main user").await;
    running.refused(Method::POST, users, json!({"username": "harver-api-4021"}), 400, "already").await;
    running.refused(Method::POST, users, json!({"username": "harver-api-4022"}), 400, "another customer").await;
    running.refused(Method::POST, users, json!({"username": "a b"}), 400, "username: Invalid value.").await;
    running.refused(Method::POST, users, json!({"hidden_fields": ["people.shoesize"]}), 400, "people.shoesize").await;
    running.refused(Method::POST, users, json!({"colour": "blue"}), 400, "colour").await;
    running.refused(Method::PATCH, "4021/users/integration-4021-2", json!({"username": "x"}), 400, "keeps its name").await;
}

#[tokio::test]
async fn region_and_daily_calls_are_set_and_calls_counted() {
    let running = Running::start().await;
    let user = running.get("4021/users").await["users"][0].clone();
    let before = running.get("4021").await;
    assert_eq!((&before["region"], &before["daily_calls"], &before["calls"]["today"]), (&json!("us"), &json!(10_000), &json!(0)));
    running.api(&running.client, &user, "").await;
    let after = running.done(Method::PATCH, "4021", json!({"daily_calls": 1, "region": "eu"})).await;
    assert_eq!((&after["region"], &after["audiences"]), (&json!("eu"), &json!(["https://api-eu.icims.com/v1/"])));
    assert_eq!((&after["calls"]["today"], &after["calls"]["remaining"]), (&json!(1), &json!(0)));
    let refused = running.api(&running.client, &user, "").await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], refused.headers()["x-ratelimit-reset"]);
    running.refused(Method::PATCH, "4021", json!({"region": "mars"}), 400, "mars").await;
    running.refused(Method::PATCH, "4021", json!({"daily": 1}), 400, "daily").await;
}

#[tokio::test]
async fn list_nodes_are_hidden_and_shown_and_unknown_ones_change_nothing() {
    let running = Running::start().await;
    let hidden = running.done(Method::PATCH, "4021", json!({"hidden_nodes": ["D60002", "D32006"]})).await;
    assert_eq!(hidden["hidden_nodes"], json!(["D32006", "D60002"]));
    running.refused(Method::PATCH, "4021", json!({"hidden_nodes": ["D99999"], "daily_calls": 1}), 400, "D99999").await;
    running.refused(Method::PATCH, "4021", json!({"hidden_nodes": ["no id"]}), 400, "no id").await;
    let after = running.get("4021").await;
    assert_eq!((&after["hidden_nodes"], &after["daily_calls"]), (&hidden["hidden_nodes"], &json!(10_000)));
    let shown = running.done(Method::PATCH, "4021", json!({"hidden_nodes": []})).await;
    assert_eq!(shown["hidden_nodes"], json!([]));
}

async fn vendor(running: &Running) -> MockServer {
    let vendor = MockServer::start().await;
    Mock::given(method("POST")).and(header_exists("x-icims-date")).respond_with(ResponseTemplate::new(200)).mount(&vendor).await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(401)).mount(&vendor).await;
    running.done(Method::PATCH, "4021/connection", json!({"endpoint": vendor.uri()})).await;
    vendor
}

async fn advance(running: &Running) -> StatusCode {
    let keys = &running.sandbox.ready().tenant;
    let url = format!("{}/customers/4021/applicantworkflows/{}", running.sandbox.addresses().icims, keys.sample.workflow_id);
    let body = json!({"status": {"id": keys.sample.send_to_harver_status}});
    let call = running.client.patch(url).basic_auth(&keys.icims.username, Some(&keys.icims.password)).json(&body);
    call.send().await.expect("an answer").status()
}

/// The events once none is pending.
async fn answered_events(running: &Running) -> Vec<Value> {
    loop {
        let events = running.get("4021/events").await["events"].as_array().expect("events").clone();
        if events.iter().all(|event| event["outcome"] != "pending") {
            return events;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_connection_is_changed_and_an_event_sent_again() {
    let running = Running::start().await;
    let _vendor = vendor(&running).await;
    assert_eq!(advance(&running).await, 204);
    let events = answered_events(&running).await;
    assert_eq!(
        (&events[0]["outcome"], &events[0]["http_status"], &events[0]["event_type"]),
        (&json!("failed"), &json!(401), &json!("WorkFlowStatusChangeEvent"))
    );

    let shown =
        running.done(Method::PATCH, "4021/connection", json!({"authentication": "hmac", "hmac_key": "very-secret"})).await;
    assert_eq!(
        (&shown["authentication"], &shown["has_hmac_key"], &shown["has_password"]),
        (&json!("hmac"), &json!(true), &json!(true))
    );
    assert!(!shown.to_string().contains("very-secret"));
    let id = events[0]["id"].as_str().expect("an id");
    let again = running.done(Method::POST, &format!("4021/events/{id}/resend"), Value::Null).await;
    assert_eq!((&again["outcome"], &again["message"]), (&json!("accepted"), &json!("Invitation is sent to Candidate")));
    let workflow = again["workflow_id"].as_str().expect("an id");
    let all = running.get(&format!("4021/events?workflow={workflow}")).await;
    let outcomes: Vec<&Value> = all["events"].as_array().expect("events").iter().map(|event| &event["outcome"]).collect();
    assert_eq!(outcomes, [&json!("accepted"), &json!("failed")], "newest first");

    let path = "4021/connection";
    running.refused(Method::PATCH, path, json!({"endpoint": "ftp://x"}), 400, "endpoint: Invalid value.").await;
    running.refused(Method::PATCH, path, json!({"authentication": "oauth2"}), 400, "token_url: Required field.").await;
    running.refused(Method::PATCH, path, json!({"colour": 1}), 400, "no setting colour").await;
    assert_eq!(running.get(path).await, shown, "a refusal changes nothing");
    running.refused(Method::POST, "4021/events/999/resend", Value::Null, 404, "no event 999").await;
    running.refused(Method::POST, "4021/events/x/resend", Value::Null, 404, "no event x").await;
    running.done(Method::PATCH, path, json!({"enabled": false})).await;
    running.refused(Method::POST, &format!("4021/events/{id}/resend"), Value::Null, 400, "switched off").await;
}

#[tokio::test]
async fn entrance_criteria_are_set_over_control_and_hold_over_the_api() {
    let running = Running::start().await;
    let _vendor = vendor(&running).await;
    let criteria = json!({"entrance_criteria": [
        {"status": "C40177", "criterion": {"passed": "C40120"}}, {"status": "C40150", "criterion": "assessment_complete"},
    ]});
    let path = "4021/entrance-criteria";
    assert_eq!(running.done(Method::PUT, path, criteria.clone()).await, criteria);
    assert_eq!(running.get(path).await, criteria);
    assert_eq!(advance(&running).await, 400);
    assert!(running.get("4021/events").await["events"].as_array().is_some_and(Vec::is_empty));
    running
        .refused(
            Method::PUT,
            path,
            json!({"entrance_criteria": [{"status": "C1", "criterion": "assessment_complete"}]}),
            400,
            "status",
        )
        .await;
    running.done(Method::PUT, path, json!({"entrance_criteria": []})).await;
    assert_eq!(advance(&running).await, 204);
}
