//! What is refused has not happened: whatever a call to API, pages or control is answered, an error leaves every customer as it was, also
//! when the disk refuses a change; and what is acknowledged is there after a restart.

mod calls;

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

use calls::{Body, Call, Place, call};

struct Running {
    sandbox: Sandbox,
    client: Client,
    person: String,
    job: String,
    workflow: String,
}

impl Running {
    async fn start(data: Option<&Path>) -> Self {
        let config = Config { port: 0, data: data.map(Path::to_path_buf), seed: 7, ..Config::default() };
        let sandbox = Sandbox::bind(config).await.expect("free ports").start(None).await.expect("it starts");
        let client = icims_sandbox::engine::direct()
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
