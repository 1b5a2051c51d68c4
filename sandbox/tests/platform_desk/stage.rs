//! A sandbox whose clock stands still, a recruiter's browser, and candidates who are registered as an integration does.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use icims_sandbox::control::ready::TenantKeys;
use icims_sandbox::mailbox::{MailFilter, Message};
use icims_sandbox::{Config, Sandbox};
use jiff::SignedDuration;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::seen::Seen;

/// Real time after which something that should have happened has not.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    pub(crate) keys: TenantKeys,
}

impl Stage {
    pub(crate) async fn start() -> Self {
        Self::on(None).await
    }

    /// One that keeps what it has in a folder.
    pub(crate) async fn on(data: Option<&Path>) -> Self {
        let frozen_at = Some("2026-03-04T13:12:00Z".parse().expect("a timestamp"));
        let config = Config { port: 0, data: data.map(Path::to_path_buf), frozen_at, ..Config::default() };
        let sandbox = Sandbox::bind(config).await.expect("ports").start(None).await.expect("it starts");
        let keys = sandbox.ready().tenant.clone();
        Self { sandbox, keys }
    }

    /// The open vacancy of the sample.
    pub(crate) fn vacancy(&self) -> String {
        self.keys.sample.vacancy_id.clone()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.keys.platform.base_url) }
    }

    pub(crate) async fn get(&self, http: &Client, path: &str) -> Seen {
        Seen::new(http.get(self.url(path)).send().await.expect("a page")).await
    }

    pub(crate) async fn post(&self, http: &Client, path: &str, form: &[(&str, &str)]) -> Seen {
        Seen::new(http.post(self.url(path)).form(form).send().await.expect("a page")).await
    }

    /// A browser that is signed in to the account of these keys.
    pub(crate) async fn desk_of(&self, keys: &TenantKeys) -> Client {
        let http = browser();
        let own = &keys.integration;
        let form = [("email", &*own.admin_email), ("password", &*own.admin_password), ("next", "/app/vacancies")];
        let page = self.post(&http, "/app/sign-in", &form).await;
        assert_eq!((page.status, &*page.path), (StatusCode::OK, "/app/vacancies"));
        http
    }

    /// A browser that is signed in to the sample account.
    pub(crate) async fn desk(&self) -> Client {
        self.desk_of(&self.keys).await
    }

    /// A call of the platform's API.
    pub(crate) async fn api(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let own = &self.keys.platform;
        let form = [("grant_type", "client_credentials"), ("client_id", &own.client_id), ("client_secret", &own.client_secret)];
        let answer = browser().post(self.url("/oauth/token")).form(&form).send().await.expect("an answer");
        let token: Value = answer.json().await.expect("json");
        let token = token["accessToken"].as_str().expect("a token").to_owned();
        let request = browser().request(method, self.url(&format!("/api/v1.0{path}"))).bearer_auth(token);
        let answer = request.json(&body).send().await.expect("an answer");
        let status = answer.status();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    /// Registers a candidate; magic link and application id, or why not.
    pub(crate) async fn try_to_register(&self, vacancy: &str, email: &str, attributes: Value) -> Result<(String, String), Value> {
        let person = json!({"emailAddress": email, "firstName": "Zoë", "lastName": "Brandt", "language": "en-US"});
        let body = json!({"data": {"type": "applications", "attributes": attributes,
            "relationships": {"candidate": {"data": {"type": "candidates", "attributes": person}}}}});
        let (status, answer) = self.api(Method::POST, &format!("/vacancies/{vacancy}/applications"), body).await;
        if status != StatusCode::CREATED {
            return Err(answer);
        }
        let text = |name: &str| answer["data"][name].as_str().expect("a text").to_owned();
        Ok((text("magicLink"), text("applicationId")))
    }

    pub(crate) async fn register(&self, email: &str) -> (String, String) {
        self.try_to_register(&self.vacancy(), email, json!({})).await.expect("the vacancy is open")
    }

    /// Walks the rest of a journey in a browser that is signed in, from the page it is at; the last page.
    pub(crate) async fn walk(&self, http: &Client, mut page: Seen, choice: &str) -> Seen {
        while !page.path.ends_with("/end") {
            let form = if page.path.ends_with("/landing") {
                [("terms".to_owned(), "yes".to_owned())].into()
            } else {
                answers(page.path.rsplit('/').next().expect("a module"), choice)
            };
            page = Seen::new(http.post(self.url(&page.path)).form(&form).send().await.expect("a page")).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.path);
        }
        page
    }

    /// Takes the whole assessment by a link; the End Page.
    pub(crate) async fn finish(&self, link: &str, choice: &str) -> Seen {
        let http = browser();
        let page = self.get(&http, link).await;
        self.walk(&http, page, choice).await
    }

    pub(crate) async fn advance(&self, by: SignedDuration) {
        self.sandbox.world().advance_clock(by).await.expect("it moves");
    }

    /// Everything that a person has been sent, once no mail is waiting to be sent; the oldest first.
    pub(crate) async fn mails_to(&self, email: &str) -> Vec<Message> {
        let customer = self.keys.icims.customer_id.clone();
        let rested = async {
            // A look at the state wakes nobody, so it is looked at again and again.
            let mut looks = tokio::time::interval(Duration::from_millis(5));
            while self.sandbox.world().pending(Some(&customer)).await.expect("there").platform_mails > 0 {
                looks.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, rested).await.expect("mails that are due are sent");
        let filter = MailFilter { customer: Some(customer.clone()), to: Some(email.to_owned()), ..MailFilter::default() };
        let mut found = self.sandbox.world().mailbox().find(&filter);
        found.reverse();
        found
    }

    /// A call of control.
    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let url = format!("{}/__sandbox/{path}", self.keys.control.base_url);
        let answer = browser().request(method, url).body(body.to_string()).send().await.expect("an answer");
        (answer.status(), answer.json().await.expect("JSON"))
    }

    /// Switches mails of the sample vacancy on and off.
    pub(crate) async fn mails_of_the_vacancy(&self, set: Value) {
        let path = format!("customers/{}/vacancies/{}/communication", self.keys.icims.customer_id, self.vacancy());
        let (status, answer) = self.control(Method::PUT, &path, set).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
}

/// A client with a cookie jar that follows redirects, as a browser does.
pub(crate) fn browser() -> Client {
    icims_sandbox::engine::direct().cookie_store(true).timeout(PATIENCE).build().expect("a client")
}

/// Answers to a module of the default flow: the same choice everywhere, and what was to be copied.
fn answers(module: &str, choice: &str) -> BTreeMap<String, String> {
    let same = |count: usize, value: &str| (1..=count).map(|at| (format!("q{at}"), value.to_owned())).collect();
    match module {
        "sjt" | "cognitive" => same(4, choice),
        "personality" => same(6, "5"),
        "typing" => {
            let texts = ["BW-2047-118-K", "Marjolein van der Zwaan", "Deliver to no. 14, after 6:30 pm"];
            texts.iter().enumerate().map(|(at, text)| (format!("q{}", at + 1), (*text).to_owned())).collect()
        }
        _ => BTreeMap::new(),
    }
}
