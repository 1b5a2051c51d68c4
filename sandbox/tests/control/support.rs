//! A sandbox over real connections, with a vendor that answers every event and webhook with 200.

use std::time::Duration;

use icims_sandbox::control::connector::Connected;
use icims_sandbox::control::ready::TenantKeys;
use icims_sandbox::{Config, Sandbox};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

pub(crate) struct Running {
    pub(crate) sandbox: Sandbox,
    pub(crate) vendor: MockServer,
    pub(crate) client: Client,
}

impl Running {
    pub(crate) async fn start() -> Self {
        let vendor = MockServer::start().await;
        Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&vendor).await;
        let config = Config { port: 0, external_integration: Some(Connected::at(&vendor.uri())), ..Config::default() };
        let sandbox = Sandbox::bind(config).await.expect("ports").start(None).await.expect("it starts");
        let client = icims_sandbox::engine::direct().timeout(Duration::from_secs(30)).build().expect("a client");
        Self { sandbox, vendor, client }
    }

    pub(crate) fn keys(&self) -> &TenantKeys {
        &self.sandbox.ready().tenant
    }

    /// A control call that is expected to be answered with 200.
    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, body) = self.ask(method, path, body).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let url = format!("{}/__sandbox/{path}", self.sandbox.addresses().control);
        let response = self.client.request(method, url).body(body.to_string()).send().await.expect("an answer");
        (response.status(), response.json().await.expect("JSON"))
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.control(Method::GET, path, Value::Null).await
    }

    pub(crate) async fn open_customer(&self) -> TenantKeys {
        serde_json::from_value(self.control(Method::POST, "customers", Value::Null).await).expect("keys")
    }

    /// A call of the sample customer's iCIMS API.
    pub(crate) fn icims(&self, method: Method, path: &str) -> RequestBuilder {
        self.icims_of(self.keys(), method, path)
    }

    pub(crate) fn icims_of(&self, keys: &TenantKeys, method: Method, path: &str) -> RequestBuilder {
        let icims = &keys.icims;
        let url = format!("{}/customers/{}{path}", icims.base_url, icims.customer_id);
        self.client.request(method, url).basic_auth(&icims.username, Some(&icims.password))
    }

    pub(crate) async fn read_person(&self) -> Response {
        self.icims(Method::GET, &format!("/people/{}", self.keys().sample.person_id)).send().await.expect("an answer")
    }

    /// Moves a workflow of the sample customer to the status that sends an event.
    pub(crate) async fn advance(&self, workflow: &str) {
        let status = json!({"status": {"id": self.keys().sample.send_to_harver_status}});
        let moved = self.icims(Method::PATCH, &format!("/applicantworkflows/{workflow}")).json(&status).send().await;
        assert_eq!(moved.expect("an answer").status(), StatusCode::NO_CONTENT);
    }

    /// Another candidate on the sample job; the workflow's id.
    pub(crate) async fn another_workflow(&self, first_name: &str) -> String {
        let person = json!({"firstname": first_name, "lastname": "Okoro", "email": format!("{first_name}@example.org")});
        let person = self.create("/people", person).await;
        let pair = json!({
            "baseprofile": self.keys().sample.job_id.parse::<u64>().expect("digits"),
            "associatedprofile": person.parse::<u64>().expect("digits"),
        });
        self.create("/applicantworkflows", pair).await
    }

    async fn create(&self, family: &str, object: Value) -> String {
        let made = self.icims(Method::POST, family).json(&object).send().await.expect("an answer");
        let location = made.headers().get("location").map(|location| location.to_str().expect("text").to_owned());
        let text = made.text().await.expect("a body");
        let location = location.unwrap_or_else(|| panic!("{family}: {text}"));
        location.rsplit('/').next().expect("an id").to_owned()
    }

    /// The exchanges of the sample customer after `after`, once there are `count` of them.
    pub(crate) async fn exchanges(&self, query: &str, count: usize) -> Vec<Value> {
        let mut watch = self.sandbox.world().journal().watch();
        let found = async {
            loop {
                watch.borrow_and_update();
                let found = self.get(&format!("journal?{query}")).await["exchanges"].as_array().cloned().unwrap_or_default();
                if found.len() >= count {
                    return found;
                }
                watch.changed().await.expect("the journal is there");
            }
        };
        tokio::time::timeout(Duration::from_secs(20), found).await.unwrap_or_else(|_| panic!("fewer than {count} for {query}"))
    }

    pub(crate) fn newest(&self) -> u64 {
        *self.sandbox.world().journal().watch().borrow()
    }
}
