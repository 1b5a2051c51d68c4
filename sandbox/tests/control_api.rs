//! Control over HTTP: what a tester's program sends and is answered.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use icims_sandbox::control::connector::{BoxFuture, Connected, Connector, ConnectorError, NewTenant, Numbers, Work};
use icims_sandbox::{Config, Sandbox};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

/// A sandbox with a client for its control port.
struct Running {
    sandbox: Sandbox,
    client: Client,
}

impl Running {
    async fn start() -> Self {
        Self { sandbox: Sandbox::start().await, client: client() }
    }

    async fn ask(&self, method: Method, path: &str, body: &str) -> (StatusCode, Value) {
        let url = format!("{}/__sandbox/{path}", self.sandbox.addresses().control);
        let response = self.client.request(method, url).body(body.to_owned()).send().await.expect("an answer");
        (response.status(), response.json().await.expect("JSON"))
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(Method::GET, path, "").await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let (status, body) = self.ask(Method::POST, path, &body.to_string()).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }
}

fn client() -> Client {
    icims_sandbox::engine::direct().timeout(Duration::from_secs(30)).build().expect("a client")
}

/// Every address, number and secret replaced by its shape, so that only keys and order are compared.
fn masked(value: &Value) -> Value {
    match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), masked(value))).collect(),
        Value::String(_) => "(text)".into(),
        other => other.clone(),
    }
}

#[tokio::test]
async fn health_is_503_until_whoever_starts_the_sandbox_declares_it_ready() {
    let bound = Sandbox::bind(Config { port: 0, ..Config::default() }).await.expect("free ports");
    let running = Running { sandbox: bound.prepare(None).await.expect("it starts"), client: client() };
    let (status, problem) = running.ask(Method::GET, "health", "").await;
    assert_eq!((status, problem["error"]["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("starting")));
    assert_eq!(running.get("customers").await["customers"][0]["customer_id"], "4021", "everything else answers");
    running.sandbox.declare_ready();
    assert_eq!(running.get("health").await["status"], "ok");
}

#[tokio::test]
async fn health_says_seed_clock_and_what_is_pending() {
    let running = Running::start().await;
    let mut health = running.get("health?customer=4021").await;
    assert!(health["clock"].as_str().is_some_and(|clock| clock.ends_with('Z')), "{health}");
    health["clock"] = "(moment)".into();
    assert_eq!(
        health,
        json!({"status": "ok", "seed": 1, "clock": "(moment)", "integration": false, "pending": {"icims_events": 0, "platform_webhooks": 0, "platform_mails": 0, "integration_work": 0, "integration_waiting": 0}})
    );
}

#[tokio::test]
async fn a_new_customer_is_answered_like_the_ready_line_and_shares_nothing_with_others() {
    let running = Running::start().await;
    let first = serde_json::to_value(&running.sandbox.ready().tenant).expect("it writes");
    let second = running.post("customers", json!({"name": "Harbour & Söhne"})).await;
    let third = running.post("customers", Value::Null).await;
    assert_eq!(masked(&second), masked(&first));
    assert_eq!(
        [&first, &second, &third].map(|keys| keys["icims"]["customer_id"].clone()),
        ["4021", "4022", "4023"].map(Value::from)
    );
    let mut seen = HashSet::new();
    for keys in [&first, &second, &third] {
        for (part, key) in [
            ("icims", "username"),
            ("icims", "password"),
            ("icims", "client_secret"),
            ("icims", "hmac_key"),
            ("integration", "password"),
            ("integration", "admin_email"),
            ("integration", "recruiter_password"),
            ("platform", "account_id"),
            ("platform", "client_secret"),
            ("sample", "vacancy_id"),
        ] {
            assert!(seen.insert(keys[part][key].to_string()), "{part}.{key} is shared");
        }
    }
    insta::assert_json_snapshot!(masked(&first));
    let listed = running.get("customers").await;
    assert_eq!(listed["customers"][1]["name"], "Harbour & Söhne");
}

#[tokio::test]
async fn customers_opened_at_the_same_time_get_different_ids() {
    let running = Running::start().await;
    let opened = open_at_once(&running, 12).await;
    let ids: HashSet<String> = opened.iter().map(|keys| keys["icims"]["customer_id"].to_string()).collect();
    assert_eq!(ids.len(), 12);
}

async fn open_at_once(running: &Running, count: usize) -> Vec<Value> {
    let url = format!("{}/__sandbox/customers", running.sandbox.addresses().control);
    let mut asked = tokio::task::JoinSet::new();
    for _ in 0..count {
        let (client, url) = (running.client.clone(), url.clone());
        asked.spawn(async move { client.post(url).send().await.expect("an answer").json::<Value>().await.expect("JSON") });
    }
    asked.join_all().await
}

#[tokio::test]
async fn the_clock_moves_forward_and_never_by_nonsense() {
    let running = Running::start().await;
    assert_eq!(running.get("clock").await["offset_seconds"], 0);
    assert_eq!(running.post("clock", json!({"advance": "2h"})).await["offset_seconds"], 7200);
    assert_eq!(running.post("clock", json!({"advance": "P1D"})).await["offset_seconds"], 7200 + 86400);
    for wrong in ["-2h", "0s", "11 years", "soon", ""] {
        let (status, body) = running.ask(Method::POST, "clock", &json!({ "advance": wrong }).to_string()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(body["error"]["message"].as_str().is_some_and(|message| message.contains("2h")), "{body}");
    }
    assert_eq!(running.get("clock").await["offset_seconds"], 7200 + 86400);
}

#[tokio::test]
async fn a_reset_brings_back_what_a_first_start_makes() {
    let running = Running::start().await;
    let first = serde_json::to_value(&running.sandbox.ready().tenant).expect("it writes");
    running.post("customers", Value::Null).await;
    running.post("clock", json!({"advance": "2h"})).await;
    let again = running.post("reset", Value::Null).await;
    assert_eq!(again, first);
    assert_eq!(running.get("clock").await["offset_seconds"], 0);
    assert_eq!(running.get("customers").await["customers"].as_array().map(Vec::len), Some(1));
    assert_eq!(running.post("customers", Value::Null).await["icims"]["customer_id"], "4022");
}

#[tokio::test]
async fn waiting_for_mail_and_journal_ends_in_time() {
    let running = Running::start().await;
    assert_eq!(running.get("mail?customer=4021").await, json!({"messages": []}));
    let (status, body) = running.ask(Method::GET, "mail/wait?customer=4021&timeout=20ms", "").await;
    assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(body["seen"], json!([]));
    let newest = u64::MAX;
    assert_eq!(running.get(&format!("journal?after={newest}&wait=20ms")).await, json!({"exchanges": [], "under_way": []}));
}

#[tokio::test]
async fn wrong_input_is_a_clear_refusal() {
    let running = Running::start().await;
    let huge = format!(r#"{{"name":"{}"}}"#, "x".repeat(100_000));
    for (method, path, body, status, code) in [
        (Method::GET, "health?customer=9999", "", StatusCode::NOT_FOUND, "unknown_customer"),
        (Method::GET, "health?customer=%00", "", StatusCode::NOT_FOUND, "unknown_customer"),
        (Method::GET, "journal?customer=4040", "", StatusCode::NOT_FOUND, "unknown_customer"),
        (Method::GET, "journal?customer=Brightwater&wait=1m", "", StatusCode::NOT_FOUND, "unknown_customer"),
        (Method::POST, "customers", "{", StatusCode::BAD_REQUEST, "bad_json"),
        (Method::POST, "customers", "[]", StatusCode::BAD_REQUEST, "bad_json"),
        (Method::POST, "customers", r#"{"name":7}"#, StatusCode::BAD_REQUEST, "bad_json"),
        (Method::POST, "customers", r#"{"name":" "}"#, StatusCode::BAD_REQUEST, "bad_input"),
        (Method::POST, "customers", &huge, StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
        (Method::POST, "clock", "{}", StatusCode::BAD_REQUEST, "bad_input"),
        (Method::GET, "journal?after=x", "", StatusCode::BAD_REQUEST, "bad_query"),
        (Method::GET, "mail/wait?timeout=1y", "", StatusCode::BAD_REQUEST, "bad_query"),
        (Method::GET, "reset", "", StatusCode::METHOD_NOT_ALLOWED, "wrong_method"),
        (Method::DELETE, "customers", "", StatusCode::METHOD_NOT_ALLOWED, "wrong_method"),
        (Method::GET, "nonsense", "", StatusCode::NOT_FOUND, "no_such_endpoint"),
    ] {
        let (found, answer) = running.ask(method, path, body).await;
        assert_eq!((found, &answer["error"]["code"]), (status, &Value::from(code)), "{path}: {answer}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_is_refused_and_changes_nothing() {
    let running = Running::start().await;
    running.post("customers", Value::Null).await;
    for (name, value) in [("Origin", "http://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")] {
        for path in ["__sandbox/reset", "overview/reset"] {
            let url = format!("{}/{path}", running.sandbox.addresses().control);
            let answer = running.client.post(url).header(name, value).send().await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}: {value}");
        }
    }
    assert_eq!(running.get("customers").await["customers"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn the_screens_take_no_forms_of_another_site_and_the_apis_take_calls_of_programs() {
    let running = Running::start().await;
    let keys = &running.sandbox.ready().tenant;
    let person = format!("{}/people/{}/edit", keys.icims.recruiter_url, keys.sample.person_id);
    let journey = format!("{}/app/journey/none/landing", keys.platform.base_url);
    for (url, own) in
        [(&person, &keys.icims.base_url), (&journey, &keys.platform.base_url), (&keys.icims.portal_url, &keys.icims.base_url)]
    {
        for (name, value) in [("Origin", "http://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")] {
            let answer = running.client.post(url).header(name, value).form(&[("a", "b")]).send().await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{url} {name}: {value}");
            assert!(answer.text().await.expect("a page").contains("another site"));
        }
        for (name, value) in [("Origin", own.as_str()), ("Sec-Fetch-Site", "same-origin"), ("X-None", "")] {
            let answer = running.client.post(url).header(name, value).form(&[("a", "b")]).send().await.expect("an answer");
            assert_ne!(answer.status(), StatusCode::FORBIDDEN, "{url} {name}: {value}");
        }
        let link = running.client.get(url).header("Sec-Fetch-Site", "cross-site").send().await.expect("an answer");
        assert_ne!(link.status(), StatusCode::FORBIDDEN, "a link on another site may lead here: {url}");
    }
}

#[tokio::test]
async fn a_customer_to_connect_yourself_is_led_through_the_guide() {
    let running = Running::start().await;
    let control = running.sandbox.addresses().control.clone();
    let request = running.client.post(format!("{control}/overview/customers")).header("Origin", &control);
    let request = request.header("Content-Type", "application/x-www-form-urlencoded").body("unconnected=true");
    let page = request.send().await.expect("an answer").text().await.expect("a page");
    let recruiter = running.sandbox.ready().tenant.icims.recruiter_url.replace("4021", "4022");
    for (id, target) in [
        ("step-console", running.sandbox.ready().tenant.integration.console_url.clone()),
        ("step-events", format!("{recruiter}/admin/event-notifications")),
        ("step-addresses", format!("{recruiter}/admin/ip-restrictions")),
        ("step-lists", format!("{recruiter}/admin/lists")),
        ("step-candidate", format!("{recruiter}/create/candidate")),
        ("step-mail", "/mailbox?customer=4022".to_owned()),
    ] {
        assert!(page.contains(&format!("id=\"{id}\" href=\"{target}\"")), "{id}: {page}");
    }
    assert!(!page.contains("id=\"step-advance\""), "nobody can be advanced yet: {page}");
    assert!(!page.contains("id=\"integration-password\""), "adding the integration makes another password: {page}");
    for (connected, shown) in [(false, false), (true, true)] {
        let opened = running.post("customers", json!({ "connected": connected })).await;
        assert_eq!(opened["integration"].get("password").is_some(), shown, "{opened}");
    }
    let events = running.client.get(format!("{recruiter}/admin/event-notifications")).send().await.expect("an answer");
    assert!(events.text().await.expect("a page").contains("no event is sent"), "nothing is connected");
}

#[tokio::test]
async fn the_journal_page_shows_who_asked_whom_and_what_came_of_it() {
    let running = Running::start().await;
    let keys = running.sandbox.ready().tenant.icims.clone();
    let url = format!("{}/customers/4021/jobs/2210", keys.base_url);
    let request = running.client.get(url).basic_auth(keys.username, Some(keys.password));
    assert_eq!(request.send().await.expect("an answer").status(), StatusCode::OK);
    let control = &running.sandbox.addresses().control;
    let page = running.client.get(format!("{control}/journal?customer=4021")).send().await.expect("an answer");
    let page = page.text().await.expect("a page");
    assert!(page.contains("Integration → iCIMS") && page.contains("GET /customers/4021/jobs/2210"), "{page}");
    let found = running.get("journal?customer=4021&wait=10s").await;
    assert_eq!(found["exchanges"][0]["outcome"]["status"], 200);
    assert!(!found.to_string().contains("Basic aGFy"), "secrets are masked: {found}");
}

#[tokio::test]
async fn a_taken_port_is_named_together_with_the_flag() {
    let first = Sandbox::start().await;
    let port = first.addresses().control.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let error = Sandbox::bind(Config { port, ..Config::default() }).await.expect_err("the port is taken").to_string();
    assert!(error.contains(&port.to_string()) && error.contains("--port"), "{error}");
}

#[tokio::test]
async fn stopping_ends_those_who_wait() {
    let running = Running::start().await;
    let url = format!("{}/__sandbox/mail/wait?timeout=5m", running.sandbox.addresses().control);
    let client = running.client.clone();
    let waiting = tokio::spawn(async move { client.get(url).send().await.map(|answer| answer.status()) });
    // The wait has begun once the server has taken the request; asking for something else afterwards proves that it is accepting.
    running.get("health").await;
    tokio::time::timeout(Duration::from_secs(4), running.sandbox.stop()).await.expect("it stops without being cut off");
    let ended = waiting.await.expect("no panic");
    assert!(ended.is_err() || ended.is_ok_and(|status| status == StatusCode::SERVICE_UNAVAILABLE));
}

/// An integration that counts what it is told.
#[derive(Default)]
struct Counting {
    connected: AtomicU64,
    refuses: bool,
}

impl Connector for Counting {
    fn connect(&self, tenant: NewTenant) -> BoxFuture<'_, Result<Connected, ConnectorError>> {
        Box::pin(async move {
            if self.refuses {
                return Err(ConnectorError::new("the credentials are wrong: ask again with others"));
            }
            // An integration may look at what it is told of before it answers.
            let (client, icims) = (client(), &tenant.icims);
            let url = format!("{}/customers/{}/jobs/2210", icims.base_url, tenant.customer_id);
            client.get(url).send().await.map_err(|error| ConnectorError::caused_by("iCIMS does not answer", error))?;
            self.connected.fetch_add(1, Ordering::SeqCst);
            Ok(Connected::at(&format!("http://integration.example/{}", tenant.customer_id)))
        })
    }

    fn pause(&self, _patience: Duration) -> BoxFuture<'_, Result<(), ConnectorError>> {
        Box::pin(async { Ok(()) })
    }

    fn resume(&self) {}

    fn export(&self, _customer: Option<String>, _numbers: Numbers) -> BoxFuture<'_, Result<Vec<u8>, ConnectorError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn import(&self, _customer: Option<String>, _data: Vec<u8>) -> BoxFuture<'_, Result<(), ConnectorError>> {
        Box::pin(async { Ok(()) })
    }

    fn pending(&self, customer: Option<String>) -> BoxFuture<'_, Result<Work, ConnectorError>> {
        let (unfinished, waiting) = if customer.is_some() { (3, 3) } else { (7, 4) };
        Box::pin(async move { Ok(Work { unfinished, waiting }) })
    }
}

#[tokio::test]
async fn the_integration_is_told_of_each_customer_and_asked_what_is_pending() {
    let integration = Arc::new(Counting::default());
    let bound = Sandbox::bind(Config { port: 0, ..Config::default() }).await.expect("free ports");
    let connector: Arc<dyn Connector> = integration.clone();
    let sandbox = bound.start(Some(connector)).await.expect("it starts");
    let running = Running { sandbox, client: client() };
    let second = running.post("customers", Value::Null).await;
    assert_eq!(integration.connected.load(Ordering::SeqCst), 2);
    assert_eq!(second["integration"]["base_url"], "http://integration.example/4022");
    let pending = async |at| running.get(at).await["pending"].take();
    assert_eq!(pending("health").await["integration_work"], 7);
    assert_eq!(pending("health").await["integration_waiting"], 4);
    assert_eq!(pending("health?customer=4022").await["integration_work"], 3, "what waits for its next attempt is not finished");
}

#[tokio::test]
async fn an_integration_that_refuses_keeps_the_sandbox_from_starting_and_says_why() {
    let bound = Sandbox::bind(Config { port: 0, ..Config::default() }).await.expect("free ports");
    let error = bound.start(Some(Arc::new(Counting { refuses: true, ..Counting::default() }))).await.expect_err("refused");
    let causes: Vec<String> =
        std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source()).map(ToString::to_string).collect();
    assert!(causes.iter().any(|cause| cause.contains("the credentials are wrong")), "{causes:?}");
}
