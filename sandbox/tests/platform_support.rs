//! A platform on a free port with one account and one open vacancy, and a candidate's browser.

use std::collections::BTreeMap;

use icims_sandbox::engine::{Clock, Disk, Journal, Registry, Surroundings};
use icims_sandbox::harver_platform::HarverPlatform;
use icims_sandbox::harver_platform::model::{Language, NewAccount, call_centre_advisor};
use icims_sandbox::harver_platform::state::Refusal;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::notes::noted;

pub(crate) const ACCOUNT: &str = "64b1f0c2a9d3e7004a5b6c70";
pub(crate) const VACANCY: &str = "64c20d1e5f7a8b0012ab34cd";

/// A running platform.
pub(crate) struct World {
    pub(crate) platform: HarverPlatform,
    pub(crate) clock: Clock,
    pub(crate) journal: Journal,
    pub(crate) base: String,
    pub(crate) http: reqwest::Client,
}

impl World {
    /// Starts with an account and an open vacancy, keeping nothing.
    pub(crate) async fn start() -> Self {
        let world = Self::start_empty(Registry::new(Disk::memory())).await;
        world.seed().await;
        world
    }

    /// Starts without accounts.
    pub(crate) async fn start_empty(registry: Registry) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let (clock, journal) = (Clock::new(), Journal::new());
        let platform = HarverPlatform::new(Surroundings {
            base_url: base.parse().expect("a url"),
            clock: clock.clone(),
            journal: journal.clone(),
            registry,
            seed: 7,
        });
        let router = noted(platform.router());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { platform, clock, journal, base, http: browser() }
    }

    /// Opens the account and its vacancy.
    pub(crate) async fn seed(&self) {
        let new = NewAccount {
            id: ACCOUNT.parse().expect("an id"),
            name: "Brightwater Foods".into(),
            client_id: "brightwater-client".into(),
            client_secret: "brightwater-secret".into(),
            language: Language::EN_US,
        };
        self.open_account(4021, new).await;
        let (account, now) = (self.platform.account(ACCOUNT).expect("open"), self.clock.now());
        let vacancy = VACANCY.parse().expect("an id");
        account
            .write(|state| {
                let id = state.create_vacancy(Some(vacancy), call_centre_advisor(), now)?;
                state.set_vacancy_status(&id, "open".parse().expect("a status"))?;
                Ok::<(), Refusal>(())
            })
            .await
            .expect("created");
    }

    /// Opens an account without vacancies.
    pub(crate) async fn open_account(&self, customer: u64, new: NewAccount) {
        self.platform.admit(customer, self.platform.new_account(new)).await.expect("opened");
    }

    /// An access token of the account.
    pub(crate) async fn token(&self) -> String {
        let form =
            [("grant_type", "client_credentials"), ("client_id", "brightwater-client"), ("client_secret", "brightwater-secret")];
        let answer = self.http.post(format!("{}/oauth/token", self.base)).form(&form).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        let answer: Value = answer.json().await.expect("json");
        answer["accessToken"].as_str().expect("a token").to_owned()
    }

    /// `GET /api/v1.0{path}`.
    pub(crate) async fn get(&self, token: &str, path: &str) -> (StatusCode, Value) {
        let answer = self.http.get(format!("{}/api/v1.0{path}", self.base)).bearer_auth(token).send().await.expect("an answer");
        (answer.status(), answer.json().await.expect("json"))
    }

    /// Registers a candidate in the vacancy; magic link and application id.
    pub(crate) async fn register(&self, email: &str, return_url: Option<&str>) -> (String, String) {
        let token = self.token().await;
        let url = format!("{}/api/v1.0/vacancies/{VACANCY}/applications", self.base);
        let answer =
            self.http.post(url).bearer_auth(token).json(&registration(email, return_url)).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::CREATED);
        let answer: Value = answer.json().await.expect("json");
        let text = |name: &str| answer["data"][name].as_str().expect("a text").to_owned();
        (text("magicLink"), text("applicationId"))
    }

    /// Opens a page in a browser of its own.
    pub(crate) async fn open(&self, http: &reqwest::Client, address: &str) -> Response {
        http.get(address).send().await.expect("a page")
    }

    /// Walks the whole journey by the magic link: every choice this letter, every point of the scale this one.
    pub(crate) async fn finish(&self, link: &str, choice: &str, point: &str) -> Response {
        let http = browser();
        let landing = self.open(&http, link).await;
        assert!(landing.url().path().ends_with("/landing"), "{}", landing.url());
        let mut page = http.post(landing.url().clone()).form(&[("terms", "yes")]).send().await.expect("a page");
        while let Some(module) = page.url().path().split_once("/modules/").map(|(_, module)| module.to_owned()) {
            let form = answers(&module, choice, point);
            page = http.post(page.url().clone()).form(&form).send().await.expect("a page");
        }
        page
    }
}

/// A client with a cookie jar that follows redirects, as a browser does.
pub(crate) fn browser() -> reqwest::Client {
    icims_sandbox::engine::direct().cookie_store(true).timeout(std::time::Duration::from_secs(20)).build().expect("a client")
}

/// The body that registers a candidate.
pub(crate) fn registration(email: &str, return_url: Option<&str>) -> Value {
    let mut attributes = json!({"candidate_id": "30517", "application_id": "88431", "vacancy_id": "2210", "custom_id_1": "4021"});
    if let Some(return_url) = return_url {
        attributes["return_url"] = return_url.into();
    }
    let person = json!({"emailAddress": email, "firstName": "Ines", "lastName": "Okafor", "language": "en-US"});
    json!({"data": {"type": "applications", "attributes": attributes,
        "relationships": {"candidate": {"data": {"type": "candidates", "attributes": person}}}}})
}

/// Answers to a module of the default flow.
pub(crate) fn answers(module: &str, choice: &str, point: &str) -> BTreeMap<String, String> {
    let same = |count: usize, value: &str| (1..=count).map(|at| (format!("q{at}"), value.to_owned())).collect();
    match module {
        "sjt" | "cognitive" => same(4, choice),
        "personality" => same(6, point),
        "typing" => ["BW-2047-118-K", "Marjolein van der Zwaan", "Deliver to no. 14, after 6:30 pm"]
            .iter()
            .enumerate()
            .map(|(at, text)| (format!("q{}", at + 1), (*text).to_owned()))
            .collect(),
        _ => BTreeMap::new(),
    }
}
