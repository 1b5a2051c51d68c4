//! Each check against neighbours that answer as they should but for one thing.

mod inside;

use std::time::Duration;

use serde_json::{Value, json};
use wiremock::matchers::{method, path, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{Check, Checker, Outcome, Report, Whom};
use crate::domain::{AtsConnections, Customer};
use crate::harver_platform::HarverClient;
use crate::icims::IcimsClient;
use crate::testing::{Stepped, address_of, basic, connection, customer, dead_address, patient};

const PACKAGE: &str = "Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd";

/// The checks of an integration that can be enabled, in the order of the guide.
const ALL: [&str; 13] = [
    "requisitions",
    "vacancies",
    "icims-credentials",
    "harver-credentials",
    "packages",
    "icims-addresses",
    "return-url",
    "patterns",
    "fields-person",
    "fields-job",
    "fields-results",
    "writing-results",
    "report",
];

/// Both neighbours, a page to return to, and the customer between them.
struct Scene {
    icims: MockServer,
    harver: MockServer,
    page: MockServer,
    customer: Customer,
    deadline: Duration,
}

fn ok(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn problem(status: u16, code: i64, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"errors": [{"errorMessage": message, "errorCode": code}]}))
}

fn schema(fields: &[&str]) -> Value {
    let shapes: serde_json::Map<String, Value> = fields.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
    json!({"type": "object", "properties": shapes})
}

const RESULT_FIELDS: [&str; 7] = [
    "assessmentname",
    "assessmentstatus",
    "assessmentdate",
    "assessmentscore",
    "assessmentresult",
    "assessmentnotes",
    "assessmenturl",
];

fn results_schema(fields: &[&str]) -> Value {
    json!({"properties": {"assessmentresults": {"type": "array", "items": schema(fields)}}})
}

fn vacancies(status: &str) -> Value {
    json!({"data": [{"type": "vacancies", "id": "64c20d1e5f7a8b0012ab34cd",
        "attributes": {"name": "Call Centre Advisor", "status": status}}]})
}

impl Scene {
    /// Everything is as it must be.
    async fn good() -> Self {
        let (icims, harver, page) = (MockServer::start().await, MockServer::start().await, MockServer::start().await);
        let lists = json!({"nodes": [{"id": "C30200"}, {"id": "C31600"}, {"id": "C33000"}]});
        let packages = json!({"nodes": [{"id": "C30211", "value": PACKAGE}, {"id": "C30212", "value": "Typing Test v2"}]});
        let usual = [
            ("GET", "/customers/4021", ok(&json!({"id": 4021}))),
            ("POST", "/customers/4021/search/jobs", ok(&json!({"searchResults": [{"id": 2210}]}))),
            ("GET", "/customers/4021/v2/lists/lists.customfields_lists", ok(&lists)),
            ("GET", "/customers/4021/v2/lists/lists.customfields_lists/node/C3(0200|1600)", ok(&packages)),
            ("GET", "/customers/4021/v2/lists/lists.customfields_lists/node/C33000", ok(&json!({"nodes": []}))),
            ("GET", "/customers/4021/profiledefinitions/v1/person/schema", ok(&schema(&["firstname", "lastname", "email"]))),
            ("GET", "/customers/4021/profiledefinitions/v1/job/schema", ok(&schema(&["jobtitle", "folder", "assessmenttype"]))),
            ("GET", "/customers/4021/profiledefinitions/v1/submittal/schema", ok(&results_schema(&RESULT_FIELDS))),
            ("PATCH", "/customers/4021/applicantworkflows/.*", problem(404, 2, "Recruiting Workflow not found.")),
        ];
        for (verb, at, answer) in usual {
            Mock::given(method(verb)).and(path_regex(format!("^{at}$"))).respond_with(answer).mount(&icims).await;
        }
        let token = json!({"accessToken": "token", "accessTokenExpiresAt": "2999-01-01T00:00:00.000Z"});
        Mock::given(method("POST")).and(path("/oauth/token")).respond_with(ok(&token)).mount(&harver).await;
        Mock::given(method("GET")).respond_with(ok(&vacancies("open"))).mount(&harver).await;
        Mock::given(method("HEAD")).respond_with(ResponseTemplate::new(302)).mount(&page).await;
        let mut customer = customer(&address_of(&icims), basic());
        customer.harver = connection(&address_of(&harver));
        customer.return_url = Some(address_of(&page));
        Self { icims, harver, page, customer, deadline: Duration::from_secs(20) }
    }

    /// iCIMS answers this at a place instead of what it usually does.
    async fn icims_answers(&self, at: &str, answer: ResponseTemplate) -> &Self {
        Mock::given(path_regex(format!("^/customers/4021{at}$"))).respond_with(answer).with_priority(1).mount(&self.icims).await;
        self
    }

    async fn platform_answers(&self, answer: ResponseTemplate) -> &Self {
        Mock::given(method("GET")).respond_with(answer).with_priority(1).mount(&self.harver).await;
        self
    }

    async fn run(&self) -> Report {
        self.checker().run(&self.customer).await
    }

    fn checker(&self) -> Checker {
        let clock = Stepped::new().clock;
        Checker {
            icims: IcimsClient::new(patient(), clock.clone()),
            harver: HarverClient::new(patient(), clock.clone()),
            http: patient(),
            clock,
            deadline: self.deadline,
        }
    }

    /// Expects this of one check, that all others have passed, and that these are missing. Returns the one.
    async fn expect(&self, id: &str, outcome: Outcome, missing: &[&str]) -> Check {
        let report = self.run().await;
        let ids: Vec<&str> = report.checks.iter().map(|check| check.id).collect();
        let expected: Vec<&str> = ALL.into_iter().filter(|id| !missing.contains(id)).collect();
        assert_eq!(ids, expected, "{report:#?}");
        assert_eq!(report.is_good(), outcome != Outcome::Failed);
        let mut found = None;
        for check in report.checks {
            assert_eq!(check.next_step.is_none(), check.outcome == Outcome::Passed, "{check:?}");
            if check.id == id {
                found = Some(check);
            } else {
                assert_eq!(check.outcome, Outcome::Passed, "only {id} was disturbed: {check:?}");
            }
        }
        let found = found.expect("the check was made");
        assert_eq!(found.outcome, outcome, "{found:?}");
        found
    }
}

#[track_caller]
fn says(check: &Check, words: &[&str]) {
    let text = format!("{} {}", check.why, check.next_step.as_ref().map(|(fix, _)| fix.as_str()).unwrap_or_default());
    for words in words {
        assert!(text.contains(words), "{words:?} is not in {text:?}");
    }
}

fn whom(check: &Check) -> Whom {
    check.next_step.as_ref().expect("a next step").1
}

/// What is missing where iCIMS was not asked any further.
const BEHIND_THE_DOOR: [&str; 6] =
    ["requisitions", "packages", "fields-person", "fields-job", "fields-results", "writing-results"];

fn without(also: &[&'static str]) -> Vec<&'static str> {
    [&BEHIND_THE_DOOR, also].concat()
}

#[tokio::test]
async fn what_is_as_it_must_be_passes_in_the_order_of_the_guide() {
    let scene = Scene::good().await;
    let check = scene.expect("icims-addresses", Outcome::Passed, &[]).await;
    says(&check, &["cannot be tried from here"]);
    let visits = scene.page.received_requests().await.expect("recording is on");
    assert!(visits.len() == 1 && visits.iter().all(|request| !request.headers.contains_key("authorization")));
}

#[tokio::test]
async fn running_all_checks_takes_little_of_the_callers_stack() {
    let scene = Scene::good().await;
    let checker = scene.checker();
    let size = size_of_val(&checker.run(&scene.customer));
    assert!(size < 32 * 1024, "{size} bytes");
}

#[tokio::test]
async fn an_integration_that_was_not_added_is_not_asked_about() {
    let mut scene = Scene::good().await;
    scene.customer.added = false;
    let report = scene.run().await;
    assert!(!report.is_good() && report.checks.len() == 1);
    says(&report.checks[0], &["iCIMS Marketplace"]);
    assert!(scene.icims.received_requests().await.expect("recording is on").is_empty());
}

#[tokio::test]
async fn without_a_connection_the_harver_admin_is_told_what_to_enter() {
    let mut scene = Scene::good().await;
    scene.customer.ats = AtsConnections::default();
    let check = scene.expect("icims-credentials", Outcome::Failed, &without(&["icims-addresses"])).await;
    says(&check, &["Nothing else was asked", "Edit ATS credentials", "base URL", "customer ID"]);
}

#[tokio::test]
async fn rejected_credentials_fail_alone() {
    let scene = Scene::good().await;
    scene.icims_answers("", problem(401, 6, "Invalid Username or Password credentials provided.")).await;
    let check = scene.expect("icims-credentials", Outcome::Failed, &without(&["icims-addresses"])).await;
    says(&check, &["Nothing else was asked", "username and password"]);
}

#[tokio::test]
async fn an_address_that_is_not_let_in_names_the_list_and_the_icims_admin() {
    let scene = Scene::good().await;
    for reason in ["The address 127.0.0.1 is not allowed to access the API of customer 4021.", ""] {
        scene.icims.reset().await;
        scene.icims_answers("", problem(403, 7, reason)).await;
        let check = scene.expect("icims-addresses", Outcome::Failed, &without(&["icims-credentials"])).await;
        says(&check, &["IP Address Restrictions", "80.113.26.114", "3.139.115.195", "Nothing else was asked"]);
        assert_eq!(whom(&check), Whom::IcimsAdmin);
    }
}

#[tokio::test]
async fn credentials_of_another_customer_are_no_matter_of_addresses() {
    let scene = Scene::good().await;
    scene.icims_answers("", problem(403, 7, "The provided Username does not belong to this customer.")).await;
    let check = scene.expect("icims-credentials", Outcome::Failed, &without(&["icims-addresses"])).await;
    says(&check, &["customer ID"]);
}

#[tokio::test]
async fn the_platform_may_fail_alone() {
    for (answer, words) in [
        (ResponseTemplate::new(401), "client id and client secret"),
        (
            ResponseTemplate::new(404).set_body_string(include_str!("../../fixtures/harver_platform/error_not_found.json")),
            "US instance",
        ),
        (ResponseTemplate::new(404).set_body_string("<h1>Not found</h1>"), "address of the platform"),
        (ResponseTemplate::new(429), "in a minute"),
        (ResponseTemplate::new(503), "in trouble"),
    ] {
        let mut scene = Scene::good().await;
        // Packages are judged by the vacancies, so they are left out of this.
        scene.icims_answers("/v2/lists/lists.customfields_lists", ok(&json!([]))).await;
        scene.platform_answers(answer).await;
        scene.customer.return_url = None;
        let report = scene.run().await;
        let check = report.checks.iter().find(|check| check.id == "harver-credentials").expect("it was made");
        says(check, &[words, "The vacancies were not looked at."]);
        assert!(report.checks.iter().all(|check| check.id != "vacancies"), "{report:?}");
        let failed: Vec<&str> =
            report.checks.iter().filter(|check| check.outcome == Outcome::Failed).map(|check| check.id).collect();
        assert_eq!(failed, ["harver-credentials", "packages"]);
    }
}

#[tokio::test]
async fn packages_of_a_platform_that_does_not_answer_are_no_failure_of_theirs() {
    let mut scene = Scene::good().await;
    scene.customer.harver.base_url = dead_address().await;
    let report = scene.run().await;
    let failed: Vec<&str> = report.checks.iter().filter(|check| check.outcome == Outcome::Failed).map(|check| check.id).collect();
    assert_eq!(failed, ["harver-credentials"]);
    let packages = report.checks.iter().find(|check| check.id == "packages").expect("it was made");
    assert_eq!(packages.outcome, Outcome::Warning);
    says(packages, &["could not be told"]);
}

/// iCIMS never answers at this place; everything else is as it must be.
async fn hanging(at: &str, check: &str, missing: &[&str]) {
    let mut scene = Scene::good().await;
    scene.deadline = Duration::from_secs(3);
    scene.icims_answers(at, ResponseTemplate::new(200).set_delay(Duration::from_secs(600))).await;
    says(&scene.expect(check, Outcome::Failed, missing).await, &["within 3 seconds"]);
}

#[tokio::test]
async fn a_neighbour_that_hangs_costs_its_own_check_only() {
    let behind_the_door = without(&["icims-addresses"]);
    tokio::join!(
        hanging("/search/jobs", "requisitions", &[]),
        hanging("/v2/lists/lists.customfields_lists/node/C30200", "packages", &[]),
        hanging("/profiledefinitions/v1/job/schema", "fields-job", &[]),
        hanging("/applicantworkflows/.*", "writing-results", &[]),
        hanging("", "icims-credentials", &behind_the_door),
    );
}
