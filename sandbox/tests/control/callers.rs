//! Who calls, told by account and connection together: the integration, a tester, or another program.

use std::time::Duration;

use icims_sandbox::{Config, Sandbox};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::support::Running;

/// A program with connections of its own.
struct Caller(Client);

impl Caller {
    fn called(agent: &str) -> Self {
        let client = icims_sandbox::engine::direct().user_agent(agent).timeout(Duration::from_secs(30)).build();
        Self(client.expect("a client"))
    }

    /// Reads the sample person as the integration's user, and says who that was according to the journal.
    async fn reads(&self, running: &Running) -> Value {
        let (name, password) = (&running.keys().icims.username, &running.keys().icims.password);
        self.reads_as(running, name, password).await.0
    }

    async fn reads_as(&self, running: &Running, name: &str, password: &str) -> (Value, StatusCode) {
        let (icims, person) = (&running.keys().icims, &running.keys().sample.person_id);
        let url = format!("{}/customers/{}/people/{person}", icims.base_url, icims.customer_id);
        let after = running.newest();
        let answer = self.0.get(url).basic_auth(name, Some(password)).send().await.expect("an answer");
        (from_after(running, after).await, answer.status())
    }
}

/// Who the first call after this position was from.
async fn from_after(running: &Running, after: u64) -> Value {
    running.exchanges(&format!("customer=4021&after={after}"), 1).await[0]["from"].clone()
}

async fn journal_page(running: &Running) -> String {
    let url = format!("{}/journal?customer=4021", running.sandbox.addresses().control);
    running.client.get(url).send().await.expect("an answer").text().await.expect("a page")
}

#[tokio::test]
async fn another_program_with_the_integrations_credentials_is_not_shown_as_the_integration() {
    let running = Running::start().await;
    let (integration, script) = (Caller::called("assessor-sync/3.1"), Caller::called("python-requests/2.32.3"));
    let by_hand = Caller::called("HTTPie/3.2.2");
    assert_eq!(integration.reads(&running).await, "integration");
    assert_eq!(script.reads(&running).await, "other");
    assert_eq!(by_hand.reads(&running).await, "tester");
    // Whatever comes in between, each stays who it is.
    for (caller, who) in [(&script, "other"), (&integration, "integration"), (&by_hand, "tester"), (&integration, "integration")]
    {
        assert_eq!(caller.reads(&running).await, who);
    }
    let page = journal_page(&running).await;
    for pair in ["Integration → iCIMS", "Another program (python-requests) → iCIMS", "Tester (HTTPie) → iCIMS"] {
        assert!(page.contains(pair), "{pair}: {page}");
    }
}

#[tokio::test]
async fn who_tries_out_the_api_first_does_not_take_the_integrations_place() {
    let running = Running::start().await;
    assert_eq!(Caller::called("Wget/1.21").reads(&running).await, "tester");
    let script = Caller::called("smoke-test");
    assert_eq!(script.reads(&running).await, "integration", "nobody else is there");
    let integration = Caller::called("assessor-sync/3.1");
    assert_eq!(integration.reads(&running).await, "other");
    drop(script);
    // Its connection is closed now; the server hears of that on its own time.
    let found = async { while integration.reads(&running).await != "integration" {} };
    tokio::time::timeout(Duration::from_secs(20), found).await.expect("the next program takes the place");
}

#[tokio::test]
async fn the_integrations_connection_with_another_account_is_another_program() {
    let running = Running::start().await;
    let integration = Caller::called("assessor-sync/3.1");
    assert_eq!(integration.reads(&running).await, "integration");
    let limited = running.sandbox.world().users("4021").expect("users").remove(1);
    let (who, status) = integration.reads_as(&running, &limited.username, &limited.password).await;
    assert_eq!((who, status), (json!("other"), StatusCode::OK));
    // A call that is refused has a caller, too.
    let main = &running.keys().icims.username;
    let refused = (json!("integration"), StatusCode::UNAUTHORIZED);
    assert_eq!(integration.reads_as(&running, main, "forgotten").await, refused);
    assert_eq!(integration.reads_as(&running, "nobody-at-all", "x").await, refused);
    let script = Caller::called("python-requests/2.32.3");
    assert_eq!(script.reads_as(&running, "nobody-at-all", "x").await.0, "other");
}

#[tokio::test]
async fn tokens_of_both_vendors_tell_whose_account_it_is() {
    let running = Running::start().await;
    let (icims, platform) = (&running.keys().icims, &running.keys().platform);
    let audience = "https://api.icims.com/v1/";
    let of_icims = [("client_id", &*icims.client_id), ("client_secret", &icims.client_secret), ("audience", audience)];
    let of_platform = [("client_id", &*platform.client_id), ("client_secret", &platform.client_secret)];
    // The first one stays connected: its place is taken when the second one comes.
    let mut connected = Vec::new();
    for (agent, who) in [("assessor-sync/3.1", "integration"), ("okhttp/4.12.0", "other")] {
        let caller = Caller::called(agent);
        let fetched = async |base: &str, form: &[(&str, &str)], key: &str| {
            let after = running.newest();
            let form: Vec<_> = form.iter().copied().chain([("grant_type", "client_credentials")]).collect();
            let request = caller.0.post(format!("{base}/oauth/token")).form(&form);
            let token: Value = request.send().await.expect("an answer").json().await.expect("JSON");
            assert_eq!(from_after(&running, after).await, who, "{token}");
            token[key].as_str().unwrap_or_else(|| panic!("no {key} in {token}")).to_owned()
        };
        let ours = fetched(&icims.base_url, &of_icims, "access_token").await;
        let theirs = fetched(&platform.base_url, &of_platform, "accessToken").await;
        let job = format!("{}/customers/4021/jobs/{}", icims.base_url, running.keys().sample.job_id);
        for (url, token) in [(job, ours), (format!("{}/api/v1.0/accounts", platform.base_url), theirs)] {
            let after = running.newest();
            let answer = caller.0.get(&url).bearer_auth(token).send().await.expect("an answer");
            assert_eq!((from_after(&running, after).await, answer.status()), (json!(who), StatusCode::OK), "{url}");
        }
        connected.push(caller);
    }
}

/// Sends requests over one connection, one after the other, each under its own name.
async fn over_one_connection(running: &Running, agents: &[&str]) {
    let icims = &running.keys().icims;
    let mut connection = TcpStream::connect(icims.base_url.trim_start_matches("http://")).await.expect("a connection");
    let path = format!("/customers/4021/people/{}", running.keys().sample.person_id);
    let request = running.client.get("http://x").basic_auth(&icims.username, Some(&icims.password)).build().expect("a request");
    let credentials = request.headers()["authorization"].to_str().expect("text");
    for agent in agents {
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {credentials}\r\nUser-Agent: {agent}\r\nContent-Length: 0\r\n\r\n"
        );
        let after = running.newest();
        connection.write_all(head.as_bytes()).await.expect("it is sent");
        assert!(connection.read(&mut [0; 4096]).await.expect("an answer") > 0);
        running.exchanges(&format!("customer=4021&after={after}"), 1).await;
    }
}

#[tokio::test]
async fn what_comes_under_another_name_over_a_connection_is_another_program() {
    let running = Running::start().await;
    over_one_connection(&running, &["assessor-sync/3.1", "reporting-job/7", "assessor-sync/3.1"]).await;
    let all = running.exchanges("customer=4021", 3).await;
    assert_eq!(
        all.iter().map(|one| one["from"].as_str().expect("who")).collect::<Vec<_>>(),
        ["integration", "other", "integration"]
    );
}

#[tokio::test]
async fn a_declared_integration_is_known_by_its_name_and_its_account() {
    let config = Config { port: 0, integration_agent: Some("orders-bridge".into()), ..Config::default() };
    let sandbox = Sandbox::bind(config).await.expect("ports").start(None).await.expect("it starts");
    let running = Running { sandbox, ..Running::start().await };
    // Whoever comes first: nobody else is taken for it.
    assert_eq!(Caller::called("python-requests/2.32.3").reads(&running).await, "other");
    assert_eq!(Caller::called("orders-bridge-copy/1.0").reads(&running).await, "other");
    for agent in ["orders-bridge", "orders-bridge/2.0 (linux)"] {
        let bridge = Caller::called(agent);
        assert_eq!(bridge.reads(&running).await, "integration", "{agent}");
        let limited = running.sandbox.world().users("4021").expect("users").remove(1);
        assert_eq!(bridge.reads_as(&running, &limited.username, &limited.password).await.0, "other", "{agent}");
    }
}

#[tokio::test]
async fn a_replay_is_still_the_call_of_whoever_made_it_first() {
    let running = Running::start().await;
    let integration = Caller::called("assessor-sync/3.1");
    assert_eq!(integration.reads(&running).await, "integration");
    assert_eq!(Caller::called("python-requests/2.32.3").reads(&running).await, "other");
    for first in running.exchanges("customer=4021", 2).await {
        let again = running.control(Method::POST, &format!("journal/{}/replay", first["id"]), Value::Null).await;
        assert_eq!(running.get(&format!("journal/{}", again["id"])).await["from"], first["from"]);
    }
}

#[tokio::test]
async fn a_fault_for_the_integrations_calls_leaves_other_programs_alone() {
    let running = Running::start().await;
    let (integration, script) = (Caller::called("assessor-sync/3.1"), Caller::called("python-requests/2.32.3"));
    assert_eq!(integration.reads(&running).await, "integration");
    let rule = json!({"match": {"actor": "icims", "from": "integration"}, "effect": {"kind": "status", "status": 503}});
    running.control(Method::POST, "faults", rule).await;
    let (name, password) = (&running.keys().icims.username, &running.keys().icims.password);
    let statuses = [integration.reads_as(&running, name, password).await.1, script.reads_as(&running, name, password).await.1];
    assert_eq!(statuses, [StatusCode::SERVICE_UNAVAILABLE, StatusCode::OK]);
    // Nobody is called there.
    let nobody = json!({"match": {"actor": "other"}, "effect": {"kind": "drop"}});
    assert_eq!(running.ask(Method::POST, "faults", nobody).await.0, StatusCode::BAD_REQUEST);
}
