//! The same seed gives the same bytes, whatever else happens at the same time: 500 customers, each with a scripted scenario, one
//! after the other in one sandbox and all at once in another, compared answer by answer.
//!
//! The ports are free ones and therefore differ; they are replaced by names before anything is compared. Nothing else is left out:
//! status, every header and the body of every answer, of iCIMS, platform, candidate pages and mailbox.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use icims_sandbox::Sandbox;
use icims_sandbox::library::Customer;
use reqwest::{Client, Method, RequestBuilder, redirect};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// How many customers there are in each run.
const CUSTOMERS: u64 = 500;
/// The first of their numbers.
const FIRST: u64 = 5_001;
/// One candidate in so many takes the whole assessment; the others open its first page, as pages are many and tests are to be short.
const TAKERS: u64 = 20;
/// How many answers differ at the most before the list is cut.
const SHOWN: usize = 5;

/// One sandbox with its clients and the addresses that are not compared.
struct Stage {
    sandbox: Sandbox,
    vendor: String,
    client: Client,
}

impl Stage {
    async fn start() -> Self {
        let sandbox = Sandbox::builder().seed(11).frozen_at("2031-03-04T09:00:00Z").start().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let vendor = format!("http://{}", listener.local_addr().expect("bound"));
        let router = Router::new().route("/{customer}", post(|| async { StatusCode::OK }));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = icims_sandbox::engine::direct().redirect(redirect::Policy::none()).timeout(Duration::from_secs(120));
        Self { sandbox, vendor, client: client.build().expect("a client") }
    }

    /// A text without this stage's ports.
    fn neutral(&self, text: &str) -> String {
        let addresses = self.sandbox.addresses();
        let named = [
            (addresses.icims.as_str(), "http://icims"),
            (&addresses.platform, "http://platform"),
            (&addresses.control, "http://control"),
            (&self.vendor, "http://vendor"),
            (&addresses.smtp, "smtp"),
        ];
        let ports = [&addresses.icims, &addresses.platform].map(|address| address.rsplit(':').next().unwrap_or_default());
        // Cookies carry the port, as browsers do not tell ports apart.
        let cookies = ports.map(|port| format!("_{port}="));
        let named = named.into_iter().chain(cookies.iter().map(|cookie| (cookie.as_str(), "_PORT=")));
        named.fold(text.to_owned(), |text, (address, name)| text.replace(address, name))
    }
}

/// A customer's scenario under way, with everything that it has been answered.
struct Script {
    stage: Arc<Stage>,
    customer: Customer,
    cookies: BTreeMap<String, String>,
    answers: Vec<String>,
}

impl Script {
    async fn play(stage: Arc<Stage>, id: u64) -> Vec<String> {
        let customer = stage.sandbox.open_customer_with_id("Brightwater", id).await;
        customer.connect_vendor(&format!("{}/{id}", stage.vendor), "events", "s3cret").await;
        let mut script = Self { stage, customer, cookies: BTreeMap::new(), answers: Vec::new() };
        let keys = serde_json::to_string(script.customer.keys()).expect("it writes");
        script.note("opened", &keys);
        script.recruit().await;
        script.assess().await;
        script.invite().await;
        script.answers
    }

    /// iCIMS: a person is made, submitted, advanced, scored and found again.
    async fn recruit(&mut self) {
        let form = {
            let keys = &self.customer.keys().icims;
            [
                ("grant_type", "client_credentials".to_owned()),
                ("client_id", keys.client_id.clone()),
                ("client_secret", keys.client_secret.clone()),
                ("audience", "https://api.icims.com/v1/".to_owned()),
            ]
        };
        let token_url = self.customer.keys().icims.token_url.clone();
        self.send(self.stage.client.post(token_url).form(&form)).await;
        let person = json!({"firstname": "Mara", "lastname": "Lind", "email": "mara@example.org"});
        let person = self.made("/people", person).await;
        let job = self.made("/jobs", json!({"jobtitle": "Baker", "folder": {"id": "D31001"}})).await;
        let workflow = json!({"baseprofile": number(&job), "associatedprofile": number(&person), "status": {"id": "D10100"}});
        let workflow = self.made("/applicantworkflows", workflow).await;
        let path = format!("/applicantworkflows/{workflow}");
        self.icims(Method::PATCH, &path, Some(json!({"status": {"id": "C40120"}}))).await;
        // Awaited until the vendor has answered, so that the next call is not made while the event is under way.
        self.customer.advance(workflow.parse().expect("an id"), "Send to Harver").await;
        let rows = format!("{path}/fields/assessmentresults");
        let row = self.made(&rows, json!({"assessmentstatus": {"value": "In-Progress"}})).await;
        let done = json!({"assessmentstatus": {"value": "Complete"}, "assessmentscore": 91});
        self.icims(Method::PATCH, &format!("{rows}/{row}"), Some(done)).await;
        let filter = json!({"filters": [{"name": "applicantworkflow.person.email", "value": ["mara@example.org"]}]});
        self.icims(Method::POST, "/search/applicantworkflows", Some(filter)).await;
        self.icims(Method::GET, &path, None).await;
        self.icims(Method::GET, "/people/99999999", None).await;
    }

    /// The platform: a candidate is registered, takes every module and is read back.
    async fn assess(&mut self) {
        let keys = self.customer.keys().platform.clone();
        let form = [("grant_type", "client_credentials"), ("client_id", &keys.client_id), ("client_secret", &keys.client_secret)];
        let granted = self.send(self.stage.client.post(format!("{}/oauth/token", keys.base_url)).form(&form)).await;
        let token = text(&granted, "/accessToken");
        let vacancy = self.customer.sample().vacancy_id.clone();
        let api = format!("{}/api/v1.0", keys.base_url);
        let candidate = json!({"emailAddress": "mara@example.org", "firstName": "Mara", "lastName": "Lind", "language": "en-US"});
        let body = json!({"data": {"type": "applications", "attributes": {"application_id": "88440", "custom_id_1": self.customer.id()},
            "relationships": {"candidate": {"data": {"type": "candidates", "attributes": candidate}}}}});
        let register = self.stage.client.post(format!("{api}/vacancies/{vacancy}/applications")).bearer_auth(&token).json(&body);
        let registered = self.send(register).await;
        let (link, application) = (text(&registered, "/data/magicLink"), text(&registered, "/data/applicationId"));
        let mut page = self.follow(link).await;
        if number(self.customer.id()).is_multiple_of(TAKERS) {
            page = self.answer(page, &[("terms".to_owned(), "yes".to_owned())]).await;
            while let Some((_, module)) = page.split_once("/modules/") {
                let answers = answers(module);
                page = self.answer(page, &answers).await;
            }
            assert!(page.ends_with("/end"), "the candidate stands at {page}");
        }
        self.send(self.stage.client.get(format!("{api}/applications/{application}")).bearer_auth(&token)).await;
    }

    /// The mailbox: an invitation is handed in by SMTP and read back.
    async fn invite(&mut self) {
        let id = self.customer.id().to_owned();
        let wire = format!(
            "EHLO vendor.example\r\nMAIL FROM:<talent@vendor.example>\r\nRCPT TO:<mara@example.org>\r\nDATA\r\n\
             From: talent@vendor.example\r\nTo: mara@example.org\r\nSubject: Your assessment\r\nX-Icims-Customer: {id}\r\n\
             Message-ID: <{id}@vendor.example>\r\n\r\nhttp://vendor.example/{id}\r\n.\r\nQUIT\r\n"
        );
        let mut stream = TcpStream::connect(&self.stage.sandbox.addresses().smtp).await.expect("the mailbox");
        stream.write_all(wire.as_bytes()).await.expect("it takes the message");
        let mut answers = String::new();
        stream.read_to_string(&mut answers).await.expect("answers");
        self.note("SMTP", &answers);
        let mail = format!("{}/__sandbox/mail?customer={id}", self.stage.sandbox.addresses().control);
        let listed = self.send(self.stage.client.get(mail)).await;
        assert_eq!(text(&listed, "/messages/0/subject"), "Your assessment");
    }

    /// A call to iCIMS.
    async fn icims(&mut self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let keys = &self.customer.keys().icims;
        let url = format!("{}{path}", self.customer.api_url());
        let request = self.stage.client.request(method, url).basic_auth(&keys.username, Some(&keys.password));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        self.send(request).await
    }

    /// A creation at iCIMS; the new id.
    async fn made(&mut self, path: &str, body: Value) -> String {
        let answer = self.icims(Method::POST, path, Some(body)).await;
        assert_eq!(answer.status, 201, "{path}: {}", answer.body);
        answer.location.rsplit('/').next().expect("an id").to_owned()
    }

    /// Opens a page and goes where it leads; the address where that ends.
    async fn follow(&mut self, mut url: String) -> String {
        loop {
            let answer = self.send(self.stage.client.get(&url).header("cookie", self.jar())).await;
            if answer.location.is_empty() {
                return url;
            }
            url = self.absolute(&answer.location);
        }
    }

    /// Fills in a form and goes where it leads.
    async fn answer(&mut self, page: String, form: &[(String, String)]) -> String {
        let answer = self.send(self.stage.client.post(&page).header("cookie", self.jar()).form(form)).await;
        let next = self.absolute(&answer.location);
        self.follow(next).await
    }

    fn absolute(&self, location: &str) -> String {
        if location.starts_with('/') {
            format!("{}{location}", self.customer.keys().platform.base_url)
        } else {
            location.to_owned()
        }
    }

    fn jar(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    async fn send(&mut self, request: RequestBuilder) -> Answer {
        let request = request.build().expect("a request");
        let line = format!("{} {}", request.method(), request.url());
        let answer = self.stage.client.execute(request).await.unwrap_or_else(|error| panic!("{line}: {error}"));
        let status = answer.status().as_u16();
        let mut headers = Vec::new();
        for (name, value) in answer.headers() {
            headers.push(format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())));
            if let (true, Some((name, rest))) = (name == "set-cookie", value.to_str().ok().and_then(|it| it.split_once('='))) {
                self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap_or_default().to_owned());
            }
        }
        let location = answer.headers().get("location").and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
        let body = answer.text().await.expect("a body");
        self.note(&line, &format!("{status}\n{}\n\n{body}", headers.join("\n")));
        Answer { status, location, body }
    }

    fn note(&mut self, what: &str, answer: &str) {
        self.answers.push(self.stage.neutral(&format!("{what}\n{answer}")));
    }
}

/// What a scenario needs of an answer to go on.
struct Answer {
    status: u16,
    location: String,
    body: String,
}

fn text(answer: &Answer, pointer: &str) -> String {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error} in {}", answer.body));
    body.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no {pointer} in {body}")).to_owned()
}

fn number(id: &str) -> u64 {
    id.parse().expect("ids are numbers")
}

/// Answers to a module of the default flow.
fn answers(module: &str) -> Vec<(String, String)> {
    let typed = ["BW-2047-118-K", "Marjolein van der Zwaan", "Deliver to no. 14, after 6:30 pm"].map(str::to_owned).to_vec();
    let given = match module {
        "sjt" | "cognitive" => vec!["a".to_owned(); 4],
        "personality" => vec!["9".to_owned(); 6],
        "typing" => typed,
        _ => Vec::new(),
    };
    given.into_iter().enumerate().map(|(at, answer)| (format!("q{}", at + 1), answer)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_that_play_at_once_are_answered_byte_for_byte_as_those_that_play_alone() {
    let alone = Arc::new(Stage::start().await);
    let mut expected = Vec::new();
    for id in FIRST..FIRST + CUSTOMERS {
        expected.push(Script::play(Arc::clone(&alone), id).await);
    }
    drop(alone);

    let together = Arc::new(Stage::start().await);
    let mut playing = JoinSet::new();
    for (at, id) in (FIRST..FIRST + CUSTOMERS).enumerate() {
        let stage = Arc::clone(&together);
        playing.spawn(async move { (at, Script::play(stage, id).await) });
    }
    let mut found = vec![Vec::new(); expected.len()];
    for (at, answers) in playing.join_all().await {
        found[at] = answers;
    }

    assert!(expected.iter().all(|answers| answers.len() > 15), "a scenario is too short to show anything");
    let pairs = expected.iter().flatten().zip(found.iter().flatten());
    let different: Vec<_> = pairs.filter(|(one, other)| one != other).take(SHOWN).collect();
    assert!(different.is_empty(), "alone and together differ, for one in:\n{:#?}", different);
    assert_eq!(expected, found, "some scenario has another number of answers");
}
