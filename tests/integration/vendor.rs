//! A small assessment vendor that serves many customers, and does one thing wrong for each of them, or nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::read::GzDecoder;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// By what name it calls iCIMS.
pub(crate) const AGENT: &str = "little-vendor/1.0";
/// What a recruiter reads who sends somebody twice.
const AGAIN: &str = "Little Vendor has invited this candidate before. Ask the candidate to use the link in the first e-mail.";

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Nothing,
    /// A duplicate is answered with this status.
    DuplicateStatus(u16),
    /// A duplicate is answered with 400 and this body.
    DuplicateBody(&'static str),
    /// A duplicate is answered with 400 and this message.
    DuplicateMessage(&'static str),
    /// A duplicate is refused, and scored.
    DuplicateScored,
    /// A missing address is refused with this message.
    EmailMessage(&'static str),
    /// A missing address is not noticed.
    EmailTaken,
    /// A missing address is refused, and the candidate is scored.
    EmailScored,
    /// A missing package is not noticed.
    PackageTaken,
    /// Nobody is ever scored.
    NoResult,
    /// Nobody ever gets further than this status.
    StaysAt(&'static str),
    /// Somebody else is scored.
    OtherCandidate,
    /// Everybody is scored twice.
    TwoRows,
    /// It changes the job, too.
    ChangesJob,
    /// Applicants are led nowhere.
    NoLink,
    /// Applicants are led to a place where nobody listens.
    DeadLink,
    /// Events are answered with this status.
    Status(u16),
    /// Events are not answered.
    Hangs,
    /// It does not call iCIMS.
    Silent,
}

/// A customer of the vendor.
#[derive(Clone)]
struct Account {
    fault: Fault,
    icims: Value,
    sample_workflow: String,
    ordered: BTreeSet<String>,
}

/// The vendor.
#[derive(Clone)]
pub(crate) struct Vendor {
    url: String,
    client: Client,
    accounts: Arc<Mutex<BTreeMap<String, Account>>>,
}

impl Vendor {
    /// Listens on a free port.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let client = icims_sandbox::engine::direct().user_agent(AGENT).timeout(Duration::from_secs(20)).build();
        let vendor = Self { url, client: client.expect("a client"), accounts: Arc::default() };
        let router = Router::new().route("/test/{customer}/{workflow}", get(take)).fallback(event).with_state(vendor.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        vendor
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Takes on a customer, by the keys that the sandbox tells.
    pub(crate) fn take_on(&self, keys: &Value, fault: Fault) {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let account = Account {
            fault,
            icims: keys["icims"].clone(),
            sample_workflow: text(&keys["sample"]["workflow_id"]),
            ordered: BTreeSet::new(),
        };
        self.accounts.lock().expect("no panic").insert(text(&keys["icims"]["customer_id"]), account);
    }

    fn account(&self, customer: &str) -> Account {
        self.accounts.lock().expect("no panic").get(customer).expect("a customer of the vendor").clone()
    }

    /// Whether it is the first order for this workflow.
    fn is_new(&self, customer: &str, workflow: &str) -> bool {
        let mut accounts = self.accounts.lock().expect("no panic");
        accounts.get_mut(customer).expect("a customer of the vendor").ordered.insert(workflow.to_owned())
    }

    async fn call(&self, account: &Account, method: Method, path: &str, body: Option<&Value>) -> (StatusCode, Value) {
        let text = |name: &str| account.icims[name].as_str().expect("a text");
        let address = format!("{}/customers/{}/{path}", text("base_url"), text("customer_id"));
        let mut request = self.client.request(method, address).basic_auth(text("username"), Some(text("password")));
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.expect("iCIMS answers");
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    async fn score(&self, account: &Account, workflow: &str, package: &str) {
        let (status, workflow, scores) = match account.fault {
            Fault::NoResult => return,
            Fault::StaysAt(status) => (status, workflow, &[91][..]),
            Fault::OtherCandidate => ("Complete", account.sample_workflow.as_str(), &[91][..]),
            Fault::TwoRows => ("Complete", workflow, &[91, 92][..]),
            _ => ("Complete", workflow, &[91][..]),
        };
        for score in scores {
            let mut row =
                json!({"assessmentscore": score, "assessmentresult": "Great Fit", "assessmentstatus": {"value": status}});
            if !package.is_empty() {
                row["assessmentname"] = json!({"value": package});
            }
            let path = format!("applicantworkflows/{workflow}/fields/assessmentresults");
            let (status, _) = self.call(account, Method::POST, &path, Some(&row)).await;
            assert_eq!(status, StatusCode::CREATED);
        }
    }
}

fn refused(status: StatusCode, message: &str) -> Response {
    let payload = json!({"error": {"userMessage": message, "debugErrorMessage": "refused by the little vendor"}});
    (status, axum::Json(payload)).into_response()
}

/// What becomes of an event.
async fn event(State(vendor): State<Vendor>, body: Bytes) -> Response {
    let mut text = String::new();
    let read = GzDecoder::new(&body[..]).read_to_string(&mut text);
    let event: Value = serde_json::from_slice(read.map_or(&body[..], |_| text.as_bytes())).expect("an event");
    let named = |name: &str| event[name].as_str().expect("an id").to_owned();
    let (customer, workflow) = (named("customerId"), named("systemId"));
    let account = vendor.account(&customer);
    match account.fault {
        Fault::Hangs => std::future::pending().await,
        Fault::Status(status) => return refused(StatusCode::from_u16(status).expect("a status"), AGAIN),
        Fault::Silent => return StatusCode::OK.into_response(),
        _ => {}
    }
    let is_inline = event["eventType"] != "WorkFlowStatusChangeEvent";
    let linked = |rel: &str| {
        let links = event["links"].as_array().expect("links");
        let link = links.iter().find(|link| link["rel"] == rel).expect("a link")["url"].as_str().expect("an address");
        link.rsplit('/').next().expect("an id").to_owned()
    };
    let (_, person) =
        vendor.call(&account, Method::GET, &format!("people/{}?fields=email,firstname", linked("person")), None).await;
    let job_path = format!("jobs/{}", linked("job"));
    let package = if account.fault == Fault::ChangesJob {
        vendor.call(&account, Method::PATCH, &job_path, Some(&json!({"jobtitle": "Ours"}))).await;
        String::new()
    } else {
        let (_, job) = vendor.call(&account, Method::GET, &format!("{job_path}?fields=assessmenttype"), None).await;
        job["assessmenttype"][0]["value"].as_str().unwrap_or_default().to_owned()
    };
    if person["email"].is_null() {
        match account.fault {
            Fault::EmailTaken => {}
            Fault::EmailMessage(message) => return refused(StatusCode::BAD_REQUEST, message),
            fault => {
                if fault == Fault::EmailScored {
                    vendor.score(&account, &workflow, &package).await;
                }
                return refused(StatusCode::BAD_REQUEST, "Little Vendor needs {{person.email}}. Enter it, then try again.");
            }
        }
    }
    if package.is_empty() && !matches!(account.fault, Fault::PackageTaken | Fault::ChangesJob) {
        return refused(StatusCode::BAD_REQUEST, "{{job.assessmenttype}} is empty on the job. Select a package, then try again.");
    }
    if !vendor.is_new(&customer, &workflow) && !is_inline {
        return again(&vendor, &account, &workflow, &package).await;
    }
    if !is_inline {
        vendor.score(&account, &workflow, &package).await;
        return StatusCode::OK.into_response();
    }
    let link = match account.fault {
        Fault::NoLink => return StatusCode::OK.into_response(),
        Fault::DeadLink => "http://127.0.0.1:9/test".to_owned(),
        _ => {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("back", &named("returnUrl"))
                .append_pair("package", &package)
                .finish();
            format!("{}/test/{customer}/{workflow}?{query}", vendor.url)
        }
    };
    (StatusCode::SEE_OTHER, [(header::LOCATION, link)]).into_response()
}

async fn again(vendor: &Vendor, account: &Account, workflow: &str, package: &str) -> Response {
    match account.fault {
        Fault::DuplicateStatus(status @ ..400) => StatusCode::from_u16(status).expect("a status").into_response(),
        Fault::DuplicateStatus(status) => refused(StatusCode::from_u16(status).expect("a status"), AGAIN),
        Fault::DuplicateBody(body) => (StatusCode::BAD_REQUEST, body).into_response(),
        Fault::DuplicateMessage(message) => refused(StatusCode::BAD_REQUEST, message),
        Fault::DuplicateScored => {
            let again = Account { fault: Fault::TwoRows, ..account.clone() };
            vendor.score(&again, workflow, package).await;
            refused(StatusCode::BAD_REQUEST, AGAIN)
        }
        _ => refused(StatusCode::BAD_REQUEST, AGAIN),
    }
}

/// The assessment of an applicant, which is over as soon as it is looked at.
async fn take(
    State(vendor): State<Vendor>,
    Path((customer, workflow)): Path<(String, String)>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    vendor.score(&vendor.account(&customer), &workflow, &query["package"]).await;
    (StatusCode::SEE_OTHER, [(header::LOCATION, query["back"].clone())]).into_response()
}
