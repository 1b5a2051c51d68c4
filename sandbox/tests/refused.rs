//! What is refused has not happened: whatever a call to API, pages or control is answered, an error leaves every customer as it was, also
//! when the disk refuses a change; and what is acknowledged is there after a restart.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use flate2::read::GzDecoder;
use icims_sandbox::{Config, Sandbox};
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

struct Running {
    sandbox: Sandbox,
    client: Client,
    person: String,
    job: String,
    workflow: String,
}

/// A call, written down so that a failed case can be read.
#[derive(Clone, Debug)]
struct Call {
    method: &'static str,
    place: Place,
    path: String,
    body: Body,
    /// Which of the changes that follow the disk refuses; 0 is none.
    refused_change: u64,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Api,
    Screens,
    Portal,
    Control,
}

#[derive(Clone, Debug)]
enum Body {
    None,
    Json(Value),
    Form(Vec<(&'static str, String)>),
}

impl Running {
    async fn start(data: Option<&Path>) -> Self {
        let config = Config { port: 0, data: data.map(Path::to_path_buf), seed: 7, ..Config::default() };
        let sandbox = Sandbox::bind(config).await.expect("free ports").start(None).await.expect("it starts");
        let client = Client::builder()
            .timeout(Duration::from_secs(30))
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        let sample = &sandbox.ready().tenant.sample;
        let (person, job, workflow) = (sample.person_id.clone(), sample.job_id.clone(), sample.workflow_id.clone());
        Self { sandbox, client, person, job, workflow }
    }

    fn request(&self, call: &Call) -> RequestBuilder {
        let keys = &self.sandbox.ready().tenant;
        let path = call.path.replace("{person}", &self.person).replace("{job}", &self.job).replace("{workflow}", &self.workflow);
        let base = match call.place {
            Place::Api => format!("{}/customers/4021", keys.icims.base_url),
            Place::Screens => keys.icims.recruiter_url.clone(),
            Place::Portal => keys.icims.portal_url.clone(),
            Place::Control => format!("{}/__sandbox", keys.control.base_url),
        };
        let method: Method = call.method.parse().expect("a method");
        let request = self.client.request(method, format!("{base}{path}"));
        let request = match call.place {
            Place::Api => request.basic_auth(&keys.icims.username, Some(&keys.icims.password)),
            _ => request,
        };
        match &call.body {
            Body::None => request,
            Body::Json(body) => {
                let text = body.to_string().replace("{person}", &self.person).replace("{job}", &self.job);
                request.header("content-type", "application/json").body(text)
            }
            Body::Form(fields) => request.form(fields),
        }
    }

    /// Every customer as a file, once nothing is under way any more.
    async fn world(&self) -> Vec<(u64, Vec<u8>)> {
        let world = self.sandbox.world();
        world.registry().disk().refuse(0);
        let mut changes = world.registry().board().changes();
        let settled = async {
            while world.icims().pending(None) + world.platform().pending(None) > 0 {
                changes.changed().await.expect("the registry lives");
            }
        };
        tokio::time::timeout(Duration::from_secs(30), settled).await.expect("nobody listens, so everything comes to an end");
        let mut files = Vec::new();
        for tenant in world.tenants() {
            let file = world.export_customer(&tenant.customer_id.to_string()).await.expect("a file");
            files.push((tenant.customer_id, file));
        }
        files
    }

    /// Makes calls one after the other; an error that changes something fails.
    async fn check(&self, calls: &[Call]) -> Result<(), TestCaseError> {
        let mut before = self.world().await;
        for call in calls {
            self.sandbox.world().registry().disk().refuse(call.refused_change);
            let answer = self.request(call).send().await.expect("an answer");
            let (status, text) = (answer.status(), answer.text().await.unwrap_or_default());
            let after = self.world().await;
            let is_error = status.is_client_error() || status.is_server_error();
            prop_assert!(!is_error || after == before, "{call:?} was answered {status} and has changed something: {text}");
            let failed = status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED;
            prop_assert!(call.refused_change > 0 || !failed, "{call:?} was answered {status}: {text}");
            before = after;
        }
        Ok(())
    }
}

/// Values for fields: some fit everywhere, some nowhere.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!("Ines")),
        Just(json!("")),
        Just(json!(null)),
        Just(json!(7)),
        Just(json!([])),
        Just(json!({})),
        Just(json!({"id": "C40177"})),
        Just(json!({"id": "C40120"})),
        Just(json!({"id": "D10100"})),
        Just(json!({"id": "nothing"})),
        Just(json!({"value": "Complete"})),
        Just(json!([{"assessmentstatus": {"value": "Complete"}, "assessmentscore": 71}])),
        Just(json!([{"assessmentname": {"value": "none"}, "assessmentstatus": {"id": "D40002"}}])),
        Just(json!([{"phonenumber": "+31 6 5550 0142"}])),
        Just(json!("ines@example.org")),
        Just(json!("x".repeat(3_000))),
    ]
}

fn field() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "firstname",
        "lastname",
        "email",
        "phones",
        "folder",
        "jobtitle",
        "status",
        "assessmentresults",
        "assessmenttype",
        "baseprofile",
        "associatedprofile",
        "source",
        "recruiter",
        "no_such_field",
        "externalid",
        "hiredate",
    ])
}

fn object() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(field(), value(), 0..4).prop_map(|fields| json!(fields))
}

fn json_body() -> impl Strategy<Value = Body> {
    prop_oneof![
        4 => object().prop_map(Body::Json),
        1 => (object(), value(), value()).prop_map(|(mut whole, status, results)| {
            whole["status"] = status;
            whole["assessmentresults"] = results;
            Body::Json(whole)
        }),
        1 => Just(Body::Json(json!({"baseprofile": "{job}", "associatedprofile": "{person}"}))),
        1 => Just(Body::Json(json!([1, 2]))),
        1 => Just(Body::None),
    ]
}

fn api() -> impl Strategy<Value = (&'static str, Place, String, Body)> {
    let random = prop::sample::select(vec![
        ("POST", "/people"),
        ("PATCH", "/people/{person}"),
        ("PATCH", "/people/99999999"),
        ("POST", "/people/{person}/fields/phones"),
        ("DELETE", "/people/{person}/fields/phones/501"),
        ("PATCH", "/people/{person}/fields/resume/binary"),
        ("POST", "/jobs"),
        ("PATCH", "/jobs/{job}"),
        ("POST", "/companies"),
        ("POST", "/applicantworkflows"),
        ("PATCH", "/applicantworkflows/{workflow}"),
        ("PATCH", "/applicantworkflows/{workflow}"),
        ("POST", "/applicantworkflows/{workflow}/fields/assessmentresults"),
        ("POST", "/search/people"),
        ("GET", "/people/{person}"),
        ("PUT", "/nowhere"),
    ]);
    // What the rules take, so that there is something that an error could take back.
    let good = prop::sample::select(vec![
        ("POST", "/people", json!({"firstname": "Ana", "lastname": "Lopez", "email": "ana@example.org"})),
        ("POST", "/companies", json!({"name": "Harbour Office"})),
        ("POST", "/jobs", json!({"jobtitle": "Barista"})),
        ("PATCH", "/people/{person}", json!({"middlename": "Maria"})),
        ("PATCH", "/applicantworkflows/{workflow}", json!({"status": {"id": "C40177"}})),
        ("PATCH", "/applicantworkflows/{workflow}", json!({"status": {"id": "D10100"}, "source": "Job Board"})),
        ("POST", "/applicantworkflows/{workflow}/fields/assessmentresults", json!({"assessmentscore": 71})),
        ("POST", "/people/{person}/fields/phones", json!({"phonenumber": "+31 6 5550 0199"})),
    ]);
    prop_oneof![
        (random, json_body()).prop_map(|((method, path), body)| (method, Place::Api, path.to_owned(), body)),
        good.prop_map(|(method, path, body)| (method, Place::Api, path.to_owned(), Body::Json(body))),
    ]
}

fn form() -> impl Strategy<Value = Body> {
    let fields = prop::sample::select(vec![
        "firstname",
        "lastname",
        "email",
        "jobtitle",
        "folder",
        "status",
        "workflow",
        "label",
        "endpoint",
        "selected",
        "criterion",
    ]);
    let values =
        prop::sample::select(vec!["", "Ines", "ines@example.org", "C40177", "C40120", "D31001", "1", "http://127.0.0.1:9/"]);
    prop::collection::vec((fields, values.prop_map(str::to_owned)), 0..5).prop_map(Body::Form)
}

fn screens() -> impl Strategy<Value = (&'static str, Place, String, Body)> {
    let filled =
        |fields: &[(&'static str, &str)]| Body::Form(fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect());
    let person = [("firstname", "Mara"), ("lastname", "Lind"), ("email", "mara@example.org"), ("phone", "+31 6 5550 0142")];
    let job = [("jobtitle", "Shop Assistant"), ("folder", "D31001")];
    let connection =
        [("enabled", "on"), ("endpoint", "http://127.0.0.1:9/"), ("summary", "Sent"), ("timeout", "30"), ("gzip", "on")];
    let position = "/jobs/{job}/call-centre-advisor";
    let pages = vec![
        (Place::Screens, "/create/candidate".to_owned(), filled(&person)),
        (Place::Screens, "/create/job".to_owned(), filled(&job)),
        (Place::Screens, "/people/{person}/edit".to_owned(), filled(&person)),
        (Place::Screens, "/people/{person}/submit".to_owned(), filled(&[("selected", "2210")])),
        (Place::Screens, "/people/{person}/candidate-role".to_owned(), filled(&[])),
        (Place::Screens, "/jobs/{job}/edit".to_owned(), filled(&job)),
        (Place::Screens, "/jobs/{job}/people".to_owned(), filled(&[("workflow", "88431"), ("status", "C40177")])),
        (Place::Screens, "/workflows/{workflow}/status".to_owned(), filled(&[("status", "C40177")])),
        (Place::Screens, "/workflows/{workflow}/status".to_owned(), filled(&[("status", "C40120")])),
        (Place::Screens, "/workflows/{workflow}/events/1/resend".to_owned(), filled(&[])),
        (Place::Screens, "/admin/event-notifications".to_owned(), filled(&connection)),
        (Place::Screens, "/admin/lists".to_owned(), filled(&[("label", "Harver Barista \u{2013} 64c20d1e5f7a8b0012ab34ce")])),
        (Place::Screens, "/admin/fields".to_owned(), filled(&[("email", "E-mail (private)")])),
        (Place::Screens, "/admin/statuses".to_owned(), filled(&[("status", "C40120"), ("criterion", "assessment_complete")])),
        (Place::Portal, format!("{position}/login"), filled(&[("email", "mara@example.org")])),
        (Place::Portal, format!("{position}/profile"), filled(&person)),
        (Place::Portal, format!("{position}/questions"), filled(&[("source", "Job Board")])),
        (Place::Portal, format!("{position}/assessment"), filled(&[])),
        (Place::Portal, "/logout".to_owned(), filled(&[])),
    ];
    (prop::sample::select(pages), prop_oneof![3 => Just(None), 1 => form().prop_map(Some)])
        .prop_map(|((place, path, body), other)| ("POST", place, path, other.unwrap_or(body)))
}

fn control() -> impl Strategy<Value = (&'static str, Place, String, Body)> {
    let bodies = vec![
        ("POST", "/clock", json!({"advance": "2h"})),
        ("POST", "/clock", json!({"advance": "never"})),
        ("POST", "/clock", json!({"set": "1900-01-01T00:00:00Z"})),
        ("PATCH", "/customers/4021", json!({"daily_calls": 10_001})),
        ("PATCH", "/customers/4021", json!({"region": "mars"})),
        ("PATCH", "/customers/4021/switches", json!({"search_cache": true})),
        ("PATCH", "/customers/4021/switches", json!({"no_such_switch": true})),
        ("PATCH", "/customers/4021/connection", json!({"gzip": false, "authentication": "hmac"})),
        ("PATCH", "/customers/4021/connection", json!({"gzip": true, "endpoint": "ftp://x"})),
        ("PUT", "/customers/4021/allowlist", json!({"ranges": ["127.0.0.0/8", "::1"]})),
        ("PUT", "/customers/4021/allowlist", json!({"ranges": ["127.0.0.0/8", "not one"]})),
        ("POST", "/customers/4021/users", json!({"username": "another"})),
        ("DELETE", "/customers/4021/users/another", json!({})),
        ("POST", "/customers", json!({"id": 5001})),
        ("POST", "/customers", json!({"name": ""})),
        ("DELETE", "/customers/5001", json!({})),
        ("POST", "/seed", json!({"customer": "4021", "recipe": {"jobs": 2, "candidates": 3, "workflows": 4}})),
        ("POST", "/seed", json!({"customer": "4021", "recipe": {"jobs": 2, "candidates": 3, "workflows": 400}})),
        ("PUT", "/snapshots/one", json!({})),
        ("POST", "/snapshots/one/restore", json!({})),
        ("POST", "/snapshots/one/restore?customer=4021", json!({})),
        ("POST", "/customers/import", json!({"this": "is no file"})),
        ("POST", "/reset", json!({})),
    ];
    prop::sample::select(bodies).prop_map(|(method, path, body)| (method, Place::Control, path.to_owned(), Body::Json(body)))
}

fn call() -> impl Strategy<Value = Call> {
    let wanted = prop_oneof![3 => api(), 3 => screens(), 2 => control()];
    let refused = prop_oneof![2 => Just(0_u64), 1 => 1..4_u64];
    (wanted, refused).prop_map(|((method, place, path, body), refused_change)| Call { method, place, path, body, refused_change })
}

/// The first rows in which two worlds differ. Where the vendor is, is said anew at every start.
fn difference(one: &[(u64, Vec<u8>)], other: &[(u64, Vec<u8>)]) -> Option<String> {
    let rows = |world: &[(u64, Vec<u8>)]| {
        let mut rows = BTreeSet::new();
        for (_, file) in world {
            let mut text = String::new();
            GzDecoder::new(&file[..]).read_to_string(&mut text).expect("gzip");
            rows.extend(text.lines().skip(1).filter(|row| !row.contains("\"table\":\"connection\"")).map(str::to_owned));
        }
        rows
    };
    let (one, other) = (rows(one), rows(other));
    let only = |one: &BTreeSet<String>, other| one.difference(other).take(3).cloned().collect::<Vec<_>>().join("\n");
    (one != other).then(|| format!("before:\n{}\nafter:\n{}", only(&one, &other), only(&other, &one)))
}

fn cases(count: u32) -> TestRunner {
    TestRunner::new(Cases { cases: count, max_shrink_iters: 200, failure_persistence: None, ..Cases::default() })
}

#[test]
fn an_error_leaves_every_customer_byte_for_byte_as_it_was() {
    let runtime = Runtime::new().expect("a runtime");
    let running = runtime.block_on(Running::start(None));
    let checked = cases(60).run(&prop::collection::vec(call(), 1..12), |calls| runtime.block_on(running.check(&calls)));
    checked.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn so_it_is_with_a_disk_and_what_was_acknowledged_is_there_after_a_restart() {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let checked = cases(6).run(&prop::collection::vec(call(), 8..16), |calls| {
        runtime.block_on(async {
            let running = Running::start(Some(folder.path())).await;
            running.check(&calls).await?;
            let before = running.world().await;
            running.sandbox.stop().await;
            let again = Running::start(Some(folder.path())).await;
            prop_assert_eq!(difference(&before, &again.world().await), None);
            again.sandbox.stop().await;
            Ok(())
        })
    });
    checked.unwrap_or_else(|failure| panic!("{failure}"));
}

#[tokio::test]
async fn a_row_that_breaks_the_criterion_of_the_status_it_comes_with_is_not_there_afterwards() {
    let running = Running::start(None).await;
    let call =
        |method, place, path: &str, body| Call { method, place, path: path.into(), body: Body::Json(body), refused_change: 0 };
    let criteria = json!({"entrance_criteria": [{"status": "C40177", "criterion": "assessment_complete"}]});
    let set = running.request(&call("PUT", Place::Control, "/customers/4021/entrance-criteria", criteria)).send().await;
    assert_eq!(set.expect("an answer").status(), StatusCode::OK);
    let both = json!({"status": {"id": "C40177"}, "assessmentresults": [{"assessmentscore": 71}]});
    let before = running.world().await;
    let answer =
        running.request(&call("PATCH", Place::Api, "/applicantworkflows/{workflow}", both)).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert!(running.world().await == before);
}

/// A call of control.
fn control_call(method: &'static str, path: &str, body: Value) -> Call {
    Call { method, place: Place::Control, path: path.into(), body: Body::Json(body), refused_change: 0 }
}

impl Running {
    async fn control(&self, method: &'static str, path: &str, body: Value) -> (StatusCode, Value) {
        let answer = self.request(&control_call(method, path, body)).send().await.expect("an answer");
        (answer.status(), answer.json().await.expect("JSON"))
    }
}

#[tokio::test]
async fn a_clock_that_could_not_be_remembered_has_not_moved() {
    let running = Running::start(None).await;
    running.control("POST", "/clock", json!({"frozen": true})).await;
    let (_, before) = running.control("GET", "/clock", json!({})).await;
    running.sandbox.world().registry().disk().refuse(1);
    let (status, body) = running.control("POST", "/clock", json!({"advance": "2h"})).await;
    assert_eq!(status, StatusCode::INSUFFICIENT_STORAGE, "{body}");
    assert_eq!(running.control("GET", "/clock", json!({})).await.1, before);
}

#[tokio::test]
async fn a_customer_who_could_not_be_opened_can_be_opened_afterwards() {
    let running = Running::start(None).await;
    // The number, the customer, and what is told of the vendor: each may be what does not fit any more.
    for refused in 1..=4 {
        running.sandbox.world().registry().disk().refuse(refused);
        let (status, body) = running.control("POST", "/customers", json!({"id": 5001})).await;
        assert!(status.is_server_error(), "{refused}: {status} {body}");
        assert_eq!(running.sandbox.world().tenants().len(), 1, "{refused}: nothing of it is left");
    }
    running.sandbox.world().registry().disk().refuse(0);
    assert_eq!(running.control("POST", "/customers", json!({"id": 5001})).await.0, StatusCode::OK);
}

#[tokio::test]
async fn what_was_set_for_a_customer_goes_with_it() {
    let running = Running::start(None).await;
    running.control("POST", "/customers", json!({"id": 5001})).await;
    let file = running.sandbox.world().export_customer("5001").await.expect("a file");
    for customer in ["5001", "4021"] {
        let (status, body) = running.control("POST", "/faults", json!({"name": "slow_icims", "customer": customer})).await;
        assert!(status.is_success(), "{body}");
    }
    running.control("DELETE", "/customers/5001", json!({})).await;
    running.sandbox.world().import_customer(file.into(), false).await.expect("taken in again");
    let left = running.sandbox.world().journal().faults().list(None);
    assert!(left.iter().all(|rule| rule.fault.customer.as_deref() == Some("4021")) && !left.is_empty(), "{left:?}");
}
