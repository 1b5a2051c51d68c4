//! A sandbox in which there is something of everything, and a browser that follows every link.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use icims_sandbox::control::connector::Connected;
use icims_sandbox::control::ready::TenantKeys;
use icims_sandbox::{Config, Sandbox};
use jiff::SignedDuration;
use reqwest::{Client, Response, StatusCode};
use scraper::Html;
use serde_json::{Value, json};
use url::Url;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::crawl::form::{Form, forms, selector};

/// The sandbox, everything that its pages lead to, and a vendor that has accepted an event.
pub(crate) struct Walk {
    pub(crate) sandbox: Sandbox,
    /// The browser that has walked; it is logged in on the portal and in a candidate's assessment.
    pub(crate) client: Client,
    /// One page of each shape, with its HTML.
    pub(crate) pages: BTreeMap<String, (Url, String)>,
    _vendor: MockServer,
}

pub(crate) fn browser() -> Client {
    icims_sandbox::engine::direct().cookie_store(true).timeout(Duration::from_secs(30)).build().expect("a client")
}

impl Walk {
    pub(crate) async fn through_everything() -> Self {
        let vendor = MockServer::start().await;
        Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&vendor).await;
        let config = Config { port: 0, external_integration: Some(Connected::at(&vendor.uri())), ..Config::default() };
        let sandbox = Sandbox::bind(config).await.expect("ports").start(None).await.expect("it starts");
        let mut walk = Self { sandbox, client: browser(), pages: BTreeMap::new(), _vendor: vendor };
        // A stranger first: whoever is logged in does not meet the pages that ask who it is.
        walk.follow(&browser(), "seen by a stranger").await;
        walk.have_something_of_everything().await;
        let candidate = walk.client.clone();
        walk.follow(&candidate, "seen").await;
        walk
    }

    pub(crate) fn keys(&self) -> &TenantKeys {
        &self.sandbox.ready().tenant
    }

    /// One form of each kind.
    pub(crate) fn forms(&self) -> Vec<Form> {
        let mut met = BTreeSet::new();
        let all = self.pages.values().flat_map(|(page, html)| forms(page, html));
        all.filter(|form| met.insert((form.key.clone(), form.buttons.len() > 1))).collect()
    }

    /// Everything that a form could change: the customer as it would be taken to another sandbox, and what control has switched.
    pub(crate) async fn state(&self) -> Vec<u8> {
        let control = &self.sandbox.addresses().control;
        let mut all = Vec::new();
        let snapshots = self.sandbox.world().snapshots().len();
        for path in ["customers/4021/export", "customers", "faults", "customers/4021/allowlist", "customers/4021/connection"] {
            let answer = browser().get(format!("{control}/__sandbox/{path}")).send().await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            all.extend(answer.bytes().await.expect("bytes"));
        }
        let ahead = format!("{:?} {snapshots}", self.sandbox.world().clock().setting());
        all.extend(ahead.into_bytes());
        all
    }

    /// One event, one rule, one snapshot, one application on the portal, one assessment.
    async fn have_something_of_everything(&mut self) {
        let keys = self.keys().clone();
        let control = keys.control.base_url.clone();
        self.send(&format!("{control}/overview/customers"), &[]).await;
        let (forgotten, _) = self.register("Nia").await;
        self.sandbox.world().advance_clock(SignedDuration::from_hours(25)).await.expect("it moves");
        let expired = self.see(&forgotten).await;
        self.send(&format!("{expired}/code"), &[]).await;
        let (desk, portal) = (keys.icims.recruiter_url.clone(), keys.icims.portal_url.clone());
        let (job, workflow) = (&keys.sample.job_id, &keys.sample.workflow_id);
        let contact = [("firstname", "Priya"), ("lastname", "Nair"), ("email", "priya.nair@example.org")];
        self.send(&format!("{desk}/create/contact"), &contact).await;
        let status = keys.sample.send_to_harver_status.clone();
        self.send(&format!("{desk}/jobs/{job}/people"), &[("workflow", workflow), ("status", &status)]).await;
        self.send(&format!("{desk}/jobs/{job}/people"), &[("workflow", workflow), ("status", "C40150")]).await;
        self.see(&format!("{desk}/workflows/{workflow}/screen")).await;
        let chosen = format!("{desk}/people/{}/submit?selected=999&selected={job}", keys.sample.person_id);
        self.see(&chosen).await;
        self.send(&format!("{control}/faults/on"), &[("name", "slow_icims"), ("customer", "4021")]).await;
        self.send(&format!("{control}/faults/off"), &[("name", "slow_icims"), ("customer", "4021")]).await;
        self.send(&format!("{control}/faults/custom"), &[("actor", "mailbox"), ("kind", "latency"), ("by", "1ms")]).await;
        self.send(&format!("{control}/snapshots/take"), &[("name", "harbour"), ("customer", "")]).await;

        let careers = self.client.get(&portal).send().await.expect("a page");
        let (address, positions) = (careers.url().clone(), careers.text().await.expect("HTML"));
        let mut open = links(&address, &positions).into_iter().filter(|url| url.path().ends_with("/job"));
        let open = open.find(|url| url.path().contains(job.as_str())).expect("the sample job is open").to_string();
        let position = open.strip_suffix("/job").expect("it ends so");
        self.send(&format!("{position}/login"), &[("email", "mara.lind@example.org")]).await;
        self.see(&format!("{position}/profile")).await;
        self.send(&format!("{position}/profile"), &[("firstname", "Mara"), ("lastname", "Lind")]).await;
        self.see(&format!("{position}/questions")).await;
        self.send(&format!("{position}/questions"), &[("source", "Career Portal")]).await;

        let platform = &keys.platform;
        let (finished, id) = self.register("Tova").await;
        let mut page = self.see(&finished).await;
        while !page.path().ends_with("/end") {
            let module = page.path_segments().into_iter().flatten().next_back().unwrap_or_default().to_owned();
            page = self.send(page.as_str(), &answers(&module)).await;
        }
        let (link, _) = self.register("Mara").await;
        let landing = self.see(&link).await;
        self.send(landing.as_str(), &[("terms", "yes")]).await;

        let admin = (&keys.integration.admin_email, &keys.integration.admin_password);
        let sign_in = [("email", admin.0.as_str()), ("password", admin.1.as_str()), ("next", "/app/vacancies")];
        self.send(&format!("{}/app/sign-in", platform.base_url), &sign_in).await;
        self.see(&format!("{}/app/candidates/{id}", platform.base_url)).await;
    }

    /// A candidate's link to the sample vacancy, and the application behind it.
    async fn register(&self, first: &str) -> (String, String) {
        let keys = self.keys();
        let login = [
            ("grant_type", "client_credentials"),
            ("client_id", &keys.platform.client_id),
            ("client_secret", &keys.platform.client_secret),
        ];
        let token = self.client.post(format!("{}/oauth/token", keys.platform.base_url)).form(&login).send().await;
        let token = json_of(token).await["accessToken"].as_str().expect("a token").to_owned();
        let url = format!("{}/api/v1.0/vacancies/{}/applications", keys.platform.base_url, keys.sample.vacancy_id);
        let email = format!("{}.lind@example.org", first.to_lowercase());
        let person = json!({"emailAddress": email, "firstName": first, "lastName": "Lind", "language": "en-US"});
        let attributes = json!({"candidate_id": "1", "application_id": first, "vacancy_id": "3", "custom_id_1": "4021"});
        let body = json!({"data": {"type": "applications", "attributes": attributes,
            "relationships": {"candidate": {"data": {"type": "candidates", "attributes": person}}}}});
        let made = json_of(self.client.post(url).bearer_auth(token).json(&body).send().await).await;
        let text = |name: &str| made["data"][name].as_str().expect("a text").to_owned();
        (text("magicLink"), text("applicationId"))
    }

    async fn see(&mut self, address: &str) -> Url {
        let answer = self.client.get(address).header("accept", "text/html").send().await.expect("a page");
        self.keep("asked for", answer).await.0
    }

    async fn send(&mut self, address: &str, fields: &[(&str, &str)]) -> Url {
        let answer = self.client.post(address).header("accept", "text/html").form(fields).send().await.expect("a page");
        let (url, html) = self.keep("answered", answer).await;
        assert!(!html.contains("class=\"error\""), "{url}: {html}");
        url
    }

    async fn keep(&mut self, how: &str, answer: Response) -> (Url, String) {
        let (url, status) = (answer.url().clone(), answer.status());
        let html = answer.text().await.expect("HTML");
        assert!(is_page(status), "{url} is answered {status}: {html}");
        self.pages.insert(format!("{how} {}", shape(&url)), (url.clone(), html.clone()));
        (url, html)
    }

    /// Follows every link that stays in the sandbox, one of each shape.
    async fn follow(&mut self, client: &Client, how: &str) {
        let addresses = self.sandbox.addresses().clone();
        let own =
            [&addresses.control, &addresses.icims, &addresses.platform].map(|base| base.parse::<Url>().expect("an address"));
        let mut waiting: VecDeque<Url> = own.iter().cloned().collect();
        waiting.push_back(self.keys().icims.portal_url.parse().expect("an address"));
        waiting.push_back(self.keys().mailbox.base_url.parse().expect("an address"));
        let known: Vec<_> = self.pages.values().cloned().collect();
        waiting.extend(known.iter().flat_map(|(url, html)| links(url, html)));
        let mut met = BTreeSet::new();
        while let Some(url) = waiting.pop_front() {
            if !own.iter().any(|base| base.origin() == url.origin()) || !met.insert(shape(&url)) {
                continue;
            }
            let answer = client.get(url.clone()).header("accept", "text/html").send().await.expect("an answer");
            assert!(is_page(answer.status()), "a link leads to {url}, which is answered {}", answer.status());
            let is_page = answer.headers().get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
            if is_page {
                let (url, html) = self.keep(how, answer).await;
                waiting.extend(links(&url, &html));
            }
        }
    }
}

/// Whether people see what they came for, a question who they are, or that a link has expired.
fn is_page(status: StatusCode) -> bool {
    status.is_success() || matches!(status, StatusCode::UNAUTHORIZED | StatusCode::GONE)
}

/// What a candidate answers to a part of the assessment.
fn answers(module: &str) -> Vec<(&'static str, &'static str)> {
    const NAMES: [&str; 6] = ["q1", "q2", "q3", "q4", "q5", "q6"];
    match module {
        "landing" => vec![("terms", "yes")],
        "sjt" | "cognitive" => NAMES[..4].iter().map(|name| (*name, "a")).collect(),
        "personality" => NAMES.iter().map(|name| (*name, "5")).collect(),
        "typing" => {
            NAMES.into_iter().zip(["BW-2047-118-K", "Marjolein van der Zwaan", "Deliver to no. 14, after 6:30 pm"]).collect()
        }
        _ => Vec::new(),
    }
}

fn links(page: &Url, html: &str) -> Vec<Url> {
    let (document, with_address) = (Html::parse_document(html), selector("a[href]"));
    let mut links: Vec<Url> = document.select(&with_address).filter_map(|link| page.join(link.attr("href")?).ok()).collect();
    for link in &mut links {
        link.set_fragment(None);
    }
    links
}

/// An address without numbers, names of jobs, and the values of its query.
fn shape(url: &Url) -> String {
    let is_id = |place: usize, segment: &str| segment.contains(|letter: char| letter.is_ascii_digit()) || place == 4;
    let segments = url.path_segments().into_iter().flatten().enumerate();
    let path: Vec<_> = segments.map(|(place, segment)| if is_id(place, segment) { "#" } else { segment }).collect();
    let names: BTreeSet<_> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    format!("{:?}/{}?{names:?}", url.port(), path.join("/"))
}

async fn json_of(answer: reqwest::Result<Response>) -> Value {
    answer.expect("an answer").json().await.expect("JSON")
}
