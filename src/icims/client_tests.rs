//! Every endpoint against every answer.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use url::Url;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{IcimsClient, IcimsError, JobsWanted, ProfileType, ReportLink, ResultRow, RowStatus};
use crate::domain::{AtsField, Customer, Disposition, JobId, PackageLabel, PersonId, Recommendation, Score, WorkflowId};
use crate::http::Clients;
use crate::testing::{
    NOW, Stepped, address_of, basic, breaking_address, customer, dead_address, decision, impatient, last_request, patient,
};

const PERSON: &str = include_str!("../../fixtures/icims/person.json");
const JOB: &str = include_str!("../../fixtures/icims/job.json");
pub(super) const CUSTOMER: &str = include_str!("../../fixtures/icims/customer.json");

pub(super) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

pub(super) fn workflow() -> WorkflowId {
    id("88431")
}

pub(super) fn complete() -> ResultRow {
    ResultRow {
        package: PackageLabel::parse("Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd").expect("a package"),
        status: RowStatus::Complete,
        date: "2025-03-04T14:07:40Z".parse().expect("a moment"),
        score: Score::parse(78.0),
        recommendation: Recommendation::parse("Great Fit"),
        notes: Some("Accuracy 81 | Service 74".into()),
        report: Some(ReportLink {
            field: AtsField::default(),
            url: "https://app.harver.com/reports-hub?token=opaque&lang=en-US".parse().expect("an address"),
        }),
    }
}

pub(super) fn json_answer(body: &'static str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body, "application/json;charset=UTF-8")
}

pub(super) async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&server).await;
    server
}

/// What each method makes of the same answer.
async fn every_method(client: &IcimsClient, customer: &Customer) -> Vec<(&'static str, Result<(), IcimsError>)> {
    vec![
        ("person", client.person(customer, id("30517")).await.map(drop)),
        ("job", client.job(customer, id("2210")).await.map(drop)),
        ("standing", client.standing(customer, workflow()).await.map(drop)),
        ("result_rows", client.result_rows(customer, workflow()).await.map(drop)),
        ("add_result_row", client.add_result_row(customer, workflow(), &complete()).await.map(drop)),
        ("update_result_row", client.update_result_row(customer, workflow(), id("512"), &complete()).await),
        ("add_report_link", client.add_report_link(customer, workflow(), id("512"), &complete().report.expect("a report")).await),
        ("check_access", client.check_access(customer).await),
        ("jobs", client.jobs(customer, JobsWanted::Any).await.map(drop)),
        ("custom_lists", client.custom_lists(customer).await.map(drop)),
        ("list_labels", client.list_labels(customer, &id("C30200")).await.map(drop)),
        ("fields", client.fields(customer, ProfileType::Person).await.map(drop)),
    ]
}

/// Lets every method meet this neighbour and expects the same decision of each.
async fn check(base: &Url, client: Clients, expected: &str, disposition: Disposition) {
    let customer = customer(base, basic());
    for (name, outcome) in every_method(&IcimsClient::new(client, Stepped::new().clock), &customer).await {
        let error = outcome.expect_err(name);
        assert_eq!((decision(&error.kind).as_str(), error.disposition()), (expected, disposition), "{name}: {error}");
        let chain = format!("{error} {error:?}");
        assert!(!chain.contains("not-a-real-secret") && !chain.contains('@'), "{name} gives something away: {chain}");
    }
}

async fn check_answer(answer: ResponseTemplate, expected: &str, disposition: Disposition) {
    check(&address_of(&answering(answer).await), patient(), expected, disposition).await;
}

fn at(seconds_from_now: i64) -> Disposition {
    Disposition::RetryAt(Timestamp::from_second(NOW + seconds_from_now).expect("in range"))
}

#[tokio::test]
async fn a_refusal_of_the_customer_parks_whatever_goes_there() {
    let credentials = include_str!("../../fixtures/icims/error_credentials.json");
    let page = |status| ResponseTemplate::new(status).set_body_string("\u{feff} <html>Please sign in to the network</html>");
    let cases = [
        (ResponseTemplate::new(401).set_body_raw(credentials, "application/json"), "CredentialsRejected"),
        (ResponseTemplate::new(401), "CredentialsRejected"),
        (ResponseTemplate::new(403), "Forbidden"),
        (page(403), "Forbidden"),
        (page(200), "Unreadable"),
        (page(404), "Unreadable"),
        (page(406), "Unreadable"),
    ];
    for (answer, expected) in cases {
        check_answer(answer, expected, Disposition::Park).await;
    }
}

#[tokio::test]
async fn a_refusal_that_only_people_can_mend_stops_the_work() {
    let body = |status, body| ResponseTemplate::new(status).set_body_raw(body, "application/json");
    let cases = [
        (body(404, include_str!("../../fixtures/icims/error_not_found.json")), "NotFound"),
        (body(404, include_str!("../../fixtures/icims/error_not_visible.json")), "NotVisible"),
        (ResponseTemplate::new(404).insert_header("x-error", "3:Access denied."), "NotVisible"),
        (ResponseTemplate::new(404), "NotFound"),
        (body(400, include_str!("../../fixtures/icims/error_refused.json")), "Refused"),
        (ResponseTemplate::new(400).insert_header("x-error", "1:email:ines.okafor@example.org is required"), "Refused"),
        (ResponseTemplate::new(405), "Refused"),
        (ResponseTemplate::new(415), "Refused"),
    ];
    for (answer, expected) in cases {
        check_answer(answer, expected, Disposition::Stop).await;
    }
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_respected_until_it_is_reset() {
    let midnight = 11 * 3600;
    let cases = [
        (ResponseTemplate::new(429).insert_header("retry-after", "120"), at(120)),
        (ResponseTemplate::new(429).insert_header("x-ratelimit-reset", "9299"), at(9299)),
        (ResponseTemplate::new(429).insert_header("retry-after", "Tue, 04 Mar 2025 13:02:00 GMT"), at(120)),
        (ResponseTemplate::new(429).insert_header("retry-after", "soon").insert_header("x-ratelimit-reset", "60"), at(60)),
        (ResponseTemplate::new(429).insert_header("retry-after", "4294967295"), at(24 * 3600)),
        (ResponseTemplate::new(429).insert_header("retry-after", "Tue, 04 Mar 2014 13:02:00 GMT"), at(0)),
        (ResponseTemplate::new(429), at(midnight)),
    ];
    for (answer, disposition) in cases {
        check_answer(answer, "Throttled", disposition).await;
    }
}

#[tokio::test]
async fn trouble_on_the_other_side_is_tried_again() {
    for status in [408, 500, 502, 503, 504, 505] {
        check_answer(ResponseTemplate::new(status).set_body_string("<h1>Oops</h1>"), "Unavailable", Disposition::RetryLater)
            .await;
    }
}

#[tokio::test]
async fn an_answer_that_is_no_answer_is_neither_success_nor_failure() {
    let cases = [
        ResponseTemplate::new(200).set_body_string("Please sign in to the network"),
        ResponseTemplate::new(200).set_body_raw("[1", "application/json"),
        ResponseTemplate::new(302).insert_header("location", "https://elsewhere.example/"),
        ResponseTemplate::new(304),
    ];
    for answer in cases {
        check_answer(answer, "Unreadable", Disposition::RetryLater).await;
    }
    check_answer(ResponseTemplate::new(200).set_body_bytes(vec![b' '; 2 << 20]), "Unreachable", Disposition::RetryLater).await;
}

#[tokio::test]
async fn silence_is_tried_again() {
    let silent = answering(json_answer(PERSON).set_delay(Duration::from_secs(30))).await;
    check(&address_of(&silent), impatient(), "TimedOut", Disposition::RetryLater).await;
    check(&dead_address().await, patient(), "Unreachable", Disposition::RetryLater).await;
    check(&breaking_address().await, patient(), "Unreachable", Disposition::RetryLater).await;
}

#[tokio::test]
async fn a_person_is_read_as_far_as_it_is_visible() {
    let read = async |body| {
        let server = answering(json_answer(body)).await;
        let client = IcimsClient::new(patient(), Stepped::new().clock);
        let person = client.person(&customer(&address_of(&server), basic()), id::<PersonId>("30517")).await.expect("a person");
        (person, last_request(&server).await)
    };
    let (ines, request) = read(PERSON).await;
    assert_eq!(ines.first_name.expect("a name").as_str(), "Ines");
    assert_eq!(ines.email.expect("an address").as_str(), "ines.okafor@example.org");
    insta::assert_snapshot!(request, @"
    GET /customers/4021/people/30517?fields=firstname%2Clastname%2Cemail
    authorization: Basic aGZfaW50ZWdyYXRpb246bm90LWEtcmVhbC1zZWNyZXQ=
    accept: application/json
    ");
    let (hidden, _) = read(include_str!("../../fixtures/icims/person_hidden_fields.json")).await;
    assert!(hidden.first_name.is_none() && hidden.last_name.is_none() && hidden.email.is_none() && !hidden.email_is_malformed);
    let (malformed, _) = read(include_str!("../../fixtures/icims/person_malformed_email.json")).await;
    assert!(malformed.email.is_none() && malformed.email_is_malformed && malformed.last_name.is_none());
    assert!(!format!("{malformed:?}").contains("Ines"));
}

#[tokio::test]
async fn a_job_is_read_with_the_packages_of_all_vendors() {
    let server = answering(json_answer(JOB)).await;
    let client = IcimsClient::new(patient(), Stepped::new().clock);
    let job = client.job(&customer(&address_of(&server), basic()), id::<JobId>("2210")).await.expect("a job");
    assert_eq!(job.title.as_deref(), Some("Call Centre Advisor"));
    assert_eq!(job.package_labels, ["Dispatcher Aptitude v3", "Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd"]);
    insta::assert_snapshot!(last_request(&server).await, @"
    GET /customers/4021/jobs/2210?fields=jobtitle%2Cassessmenttype%2Cfolder
    authorization: Basic aGZfaW50ZWdyYXRpb246bm90LWEtcmVhbC1zZWNyZXQ=
    accept: application/json
    ");
}

#[tokio::test]
async fn a_job_is_open_in_the_approved_folder_and_where_nothing_says_otherwise() {
    let cases = [
        (json!({"folder": {"id": "D31001", "value": "Freigegeben"}}), true),
        (json!({"folder": {"id": "D31004", "value": "Closed (Filled)"}}), false),
        (json!({"folder": {"id": "C31900", "value": "Approved - Internal"}}), true),
        (json!({"folder": {"id": "C31901", "value": "Closed by merger"}}), false),
        (json!({"folder": "Cancelled"}), false),
        (json!({"assessmenttype": {"id": "C1", "value": "One"}, "jobtitle": " "}), true),
        (json!({"assessmenttype": "Just a label"}), true),
    ];
    for (body, open) in cases {
        let server = answering(ResponseTemplate::new(200).set_body_json(&body)).await;
        let client = IcimsClient::new(patient(), Stepped::new().clock);
        let job = client.job(&customer(&address_of(&server), basic()), id("2210")).await.expect("a job");
        assert_eq!(job.is_open(), open, "{body}");
        assert_eq!(job.package_labels.len(), usize::from(body.get("assessmenttype").is_some()), "{body}");
    }
}

#[tokio::test]
async fn a_warning_is_still_a_success() {
    let warning = json!({"warnings": [{"errorMessage": "assessmenturl: hidden.", "errorCode": 4}], "links": []});
    let server = answering(ResponseTemplate::new(200).set_body_json(warning)).await;
    let client = IcimsClient::new(patient(), Stepped::new().clock);
    client
        .update_result_row(&customer(&address_of(&server), basic()), workflow(), id("512"), &complete())
        .await
        .expect("a change");
}

#[tokio::test]
async fn a_base_with_a_path_keeps_it_and_nothing_else() {
    let server = answering(json_answer(CUSTOMER)).await;
    let base = address_of(&server).join("/gateway/?debug=1#top").expect("an address");
    IcimsClient::new(patient(), Stepped::new().clock).check_access(&customer(&base, basic())).await.expect("access");
    assert!(last_request(&server).await.starts_with("GET /gateway/customers/4021\n"));
}
