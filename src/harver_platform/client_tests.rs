//! Every endpoint against every answer.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{HarverClient, HarverError, NewApplication, Progress, VacancyStatus};
use crate::domain::{ApplicationId, Candidate, Disposition, HarverConnection, Language, ReportType, VacancyId};
use crate::http::Clients;
use crate::testing::{
    NOW, Stepped, address_of, breaking_address, connection, dead_address, decision, impatient, ines, last_request, patient,
};

const TOKEN: &str = include_str!("../../fixtures/harver_platform/token.json");
const CREATED: &str = include_str!("../../fixtures/harver_platform/created.json");
pub(super) const COMPLETED: &str = include_str!("../../fixtures/harver_platform/application_completed.json");
const UNDER_WAY: &str = include_str!("../../fixtures/harver_platform/application_under_way.json");

pub(super) fn vacancy() -> VacancyId {
    "64c20d1e5f7a8b0012ab34cd".parse().expect("an id")
}

pub(super) fn application() -> ApplicationId {
    "65aa01f29c3b4d00178e92fa".parse().expect("an id")
}

fn new<'a>(candidate: &'a Candidate, return_url: Option<&'a Url>) -> NewApplication<'a> {
    NewApplication {
        candidate,
        customer: "4021".parse().expect("an id"),
        workflow: "88431".parse().expect("an id"),
        person: "30517".parse().expect("an id"),
        job: "2210".parse().expect("an id"),
        return_url,
    }
}

pub(super) fn json_answer(body: &'static str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

/// A platform that gives tokens, and answers this to everything else.
pub(super) async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path("/oauth/token")).respond_with(json_answer(TOKEN)).with_priority(1).mount(&server).await;
    Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&server).await;
    server
}

pub(super) fn client() -> HarverClient {
    HarverClient::new(patient(), Stepped::new().clock)
}

pub(super) async fn link(
    client: &HarverClient,
    platform: &HarverConnection,
    report: ReportType,
) -> Result<Option<Url>, HarverError> {
    client.report_link(platform, &application(), report, Language::Dutch).await
}

/// What each method makes of the same answer.
async fn every_method(client: &HarverClient, platform: &HarverConnection) -> Vec<(&'static str, Result<(), HarverError>)> {
    let candidate = ines();
    vec![
        ("create", client.create_application(platform, &vacancy(), &new(&candidate, None)).await.map(drop)),
        ("application", client.application(platform, &application()).await.map(drop)),
        ("can_reapply", client.can_reapply(platform, &application()).await.map(drop)),
        ("reports hub", link(client, platform, ReportType::ReportsHub).await.map(drop)),
        ("fact sheet", link(client, platform, ReportType::FactSheet).await.map(drop)),
        ("vacancy_status", client.vacancy_status(platform, &vacancy()).await.map(drop)),
        ("open_vacancies", client.open_vacancies(platform).await.map(drop)),
    ]
}

/// Lets every method meet this platform and expects the same decision of each.
async fn check(base: &Url, http: Clients, expected: &str, disposition: Disposition) {
    let client = HarverClient::new(http, Stepped::new().clock);
    for (name, outcome) in every_method(&client, &connection(base)).await {
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
async fn a_refusal_of_the_account_parks_whatever_goes_there() {
    for answer in
        [ResponseTemplate::new(401), ResponseTemplate::new(403), ResponseTemplate::new(403).set_body_string("<h1>No</h1>")]
    {
        check_answer(answer, "CredentialsRejected", Disposition::Park).await;
    }
    check_answer(ResponseTemplate::new(200).set_body_string("<html>"), "Unreadable", Disposition::Park).await;
}

#[tokio::test]
async fn a_refusal_that_only_people_can_mend_stops_the_work() {
    let cases = [
        (
            ResponseTemplate::new(404).set_body_string(include_str!("../../fixtures/harver_platform/error_not_found.json")),
            "NotFound",
        ),
        (ResponseTemplate::new(404).insert_header("X-Correlation-Id", "0f8e"), "NotFound"),
        (
            ResponseTemplate::new(400).set_body_string(include_str!("../../fixtures/harver_platform/error_refused.json")),
            "Refused",
        ),
        (ResponseTemplate::new(409), "Refused"),
        (ResponseTemplate::new(422).set_body_json(json!({"errors": [{}], "message": " "})), "Refused"),
    ];
    for (answer, expected) in cases {
        check_answer(answer, expected, Disposition::Stop).await;
    }
}

#[tokio::test]
async fn a_page_of_somebody_else_is_not_taken_for_the_platforms_word() {
    for answer in [
        ResponseTemplate::new(404),
        ResponseTemplate::new(404).set_body_string("<h1>Not found</h1>"),
        ResponseTemplate::new(404).set_body_json(json!({})),
        ResponseTemplate::new(404).set_body_json(json!({"message": "no Route matched with those values"})),
        ResponseTemplate::new(405).set_body_string("<h1>Not allowed</h1>"),
        ResponseTemplate::new(410),
        ResponseTemplate::new(406).set_body_string("<h1>Not acceptable</h1>"),
    ] {
        check_answer(answer, "NotTheApi", Disposition::Park).await;
    }
}

#[tokio::test]
async fn a_limit_that_is_reached_is_respected_until_it_is_reset() {
    let cases = [
        (ResponseTemplate::new(429).insert_header("ratelimit-reset", "17"), at(17)),
        (ResponseTemplate::new(429).insert_header("retry-after", "30").insert_header("ratelimit-reset", "17"), at(30)),
        (ResponseTemplate::new(429).insert_header("ratelimit-reset", "99999999"), at(3600)),
        (ResponseTemplate::new(429), at(60)),
    ];
    for (answer, disposition) in cases {
        check_answer(answer, "Throttled", disposition).await;
    }
}

#[tokio::test]
async fn trouble_on_the_other_side_is_tried_again() {
    for status in [408, 500, 502, 503, 504] {
        check_answer(ResponseTemplate::new(status).set_body_string("<h1>Oops</h1>"), "Unavailable", Disposition::RetryLater)
            .await;
    }
}

#[tokio::test]
async fn an_answer_that_is_no_answer_is_neither_success_nor_failure() {
    let cases = [
        ResponseTemplate::new(200),
        ResponseTemplate::new(204),
        ResponseTemplate::new(200).set_body_json(json!({"data": {"attributes": {}, "id": 7}})),
        ResponseTemplate::new(200).set_body_json(json!({"data": null})),
        ResponseTemplate::new(307).insert_header("location", "https://elsewhere.example/"),
    ];
    for answer in cases {
        check_answer(answer, "Unreadable", Disposition::RetryLater).await;
    }
}

#[tokio::test]
async fn silence_is_tried_again() {
    let silent = answering(json_answer(COMPLETED).set_delay(Duration::from_secs(30))).await;
    check(&address_of(&silent), impatient(), "TimedOut", Disposition::RetryLater).await;
    check(&dead_address().await, patient(), "Unreachable", Disposition::RetryLater).await;
    check(&breaking_address().await, patient(), "Unreachable", Disposition::RetryLater).await;
}

#[tokio::test]
async fn a_new_application_says_where_the_candidate_comes_from() {
    let server = answering(ResponseTemplate::new(201).set_body_raw(CREATED, "application/json")).await;
    let back = "https://careers-brightwater.icims.com/jobs/2210/call-centre-advisor/assessment?i=1".parse().expect("an address");
    let platform = connection(&address_of(&server));
    let candidate = ines();
    let created =
        client().create_application(&platform, &vacancy(), &new(&candidate, Some(&back))).await.expect("an application");
    assert_eq!((created.id.clone(), created.is_in_progress), (application(), true));
    assert_eq!(created.link.as_str(), "https://my.harver.com/app/landing/64c20d1e5f7a8b0012ab34cd/magic-link/9f2c7e");
    assert!(!format!("{created:?}").contains("9f2c7e"));
    insta::assert_snapshot!(last_request(&server).await, @r#"
    POST /api/v1.0/vacancies/64c20d1e5f7a8b0012ab34cd/applications
    authorization: Bearer 0f1e2d3c4b5a
    accept: application/json
    content-type: application/json

    {
      "data": {
        "attributes": {
          "application_id": "88431",
          "candidate_id": "30517",
          "custom_id_1": "4021",
          "return_url": "https://careers-brightwater.icims.com/jobs/2210/call-centre-advisor/assessment?i=1",
          "source": "icims",
          "vacancy_id": "2210"
        },
        "relationships": {
          "candidate": {
            "data": {
              "attributes": {
                "emailAddress": "ines.okafor@example.org",
                "firstName": "Ines",
                "lastName": "Okafor"
              },
              "type": "candidates"
            }
          }
        },
        "type": "applications"
      }
    }
    "#);
}

#[tokio::test]
async fn a_return_address_that_is_too_long_is_left_out() {
    let server = answering(ResponseTemplate::new(201).set_body_raw(CREATED, "application/json")).await;
    let platform = connection(&address_of(&server));
    let candidate = ines();
    for (length, kept) in [(512, true), (513, false)] {
        let back = format!("{:x<length$}", "https://careers.example/").parse().expect("an address");
        client().create_application(&platform, &vacancy(), &new(&candidate, Some(&back))).await.expect("an application");
        assert_eq!(last_request(&server).await.contains("return_url"), kept, "{length}");
    }
}

#[tokio::test]
async fn a_created_application_without_a_usable_link_is_not_a_success() {
    for (key, value) in [("magicLink", json!("javascript:alert(1)")), ("magicLink", json!("")), ("applicationId", json!("65aa"))]
    {
        let mut body: Value = serde_json::from_str(CREATED).expect("a sample");
        body["data"][key] = value;
        let server = answering(ResponseTemplate::new(201).set_body_json(&body)).await;
        let candidate = ines();
        let outcome = client().create_application(&connection(&address_of(&server)), &vacancy(), &new(&candidate, None)).await;
        assert_eq!(decision(&outcome.expect_err("unusable").kind), "Unreadable", "{body}");
    }
}

#[tokio::test]
async fn a_finished_application_brings_its_result() {
    let server = answering(json_answer(COMPLETED)).await;
    let record = client().application(&connection(&address_of(&server)), &application()).await.expect("an application");
    assert_eq!(record.email.as_ref().expect("an address").as_str(), "ines.okafor@example.org");
    assert_eq!((record.customer.expect("an id").get(), record.workflow.expect("an id").get()), (4021, 88431));
    assert_eq!(record.person.expect("an id").get(), 30517);
    assert!(!format!("{record:?}").contains("okafor"));
    let assessment = record.completed.expect("a result");
    assert_eq!(assessment.completed_at, "2025-03-04T14:07:00Z".parse().expect("a moment"));
    assert_eq!(assessment.score.expect("a score").get().to_string(), "78");
    assert_eq!(assessment.recommendation.as_ref().expect("a label").as_str(), "Great Fit");
    assert_eq!(assessment.notes().as_deref(), Some("Accuracy 81 | Service 74"));
    insta::assert_snapshot!(last_request(&server).await, @"
    GET /api/v1.0/applications/65aa01f29c3b4d00178e92fa?include=matching-indicators%2Cats
    authorization: Bearer 0f1e2d3c4b5a
    accept: application/json
    ");
}

#[tokio::test]
async fn an_application_under_way_has_no_result_yet() {
    let server = answering(json_answer(UNDER_WAY)).await;
    let record = client().application(&connection(&address_of(&server)), &application()).await.expect("an application");
    assert!(record.completed.is_none());
    assert_eq!(record.progress, Progress { all: 14, completed: 3 });
}

#[tokio::test]
async fn the_quirks_of_an_application_are_survived() {
    let read = async |key: &str, value: Value| {
        let mut body: Value = serde_json::from_str(COMPLETED).expect("a sample");
        body["data"]["attributes"][key] = value;
        let server = answering(ResponseTemplate::new(200).set_body_json(body)).await;
        client().application(&connection(&address_of(&server)), &application()).await
    };
    let moment = Some("2025-03-04T14:07:00Z".parse().expect("a moment"));
    for at in [json!(1_741_097_220_000_i64), json!("1741097220"), json!("2025-03-04T14:07:00Z"), json!(1_741_097_220.0)] {
        let record = read("completedAt", at.clone()).await.expect("an application");
        assert_eq!(record.completed.map(|assessment| assessment.completed_at), moment, "{at}");
    }
    assert!(read("completedAt", Value::Null).await.expect("an application").completed.is_none());
    assert_eq!(decision(&read("completedAt", json!("yesterday")).await.expect_err("no moment").kind), "Unreadable");
    for (score, expected) in [(json!(78.5), Some(78.5)), (json!("78.5"), Some(78.5)), (json!(101), None), (Value::Null, None)] {
        let record = read("matchingScore", score).await.expect("an application");
        assert_eq!(record.completed.expect("a result").score.map(crate::domain::Score::get), expected);
    }
    let unscored = read("matchingProfile", Value::Null).await.expect("an application");
    assert!(unscored.completed.expect("a result").recommendation.is_none());
    let rejected = read("status", json!("rejected")).await.expect("an application");
    assert!(rejected.completed.is_some());
    for progress in [Value::Null, json!("14/14"), json!({"all": -1, "completed": "3"})] {
        assert_eq!(read("progress", progress).await.expect("an application").progress, Progress::default());
    }
    let unheard_of = read("status", json!("ready-for-grading")).await.expect("an application");
    assert!(unheard_of.completed.is_some());
}

#[tokio::test]
async fn an_application_of_somebody_else_is_not_taken() {
    let server = answering(json_answer(COMPLETED)).await;
    let other = "65aa01f29c3b4d00178e92fb".parse().expect("an id");
    let outcome = client().application(&connection(&address_of(&server)), &other).await;
    assert_eq!(decision(&outcome.expect_err("another one").kind), "Unreadable");
}

#[tokio::test]
async fn a_vacancy_tells_its_status() {
    let read = async |status: Value| {
        let mut body: Value =
            serde_json::from_str(include_str!("../../fixtures/harver_platform/vacancy.json")).expect("a sample");
        body["data"]["attributes"]["status"] = status;
        let server = answering(ResponseTemplate::new(200).set_body_json(body)).await;
        client().vacancy_status(&connection(&address_of(&server)), &vacancy()).await.expect("a vacancy")
    };
    for (status, expected) in
        [(json!("open"), VacancyStatus::Open), (json!("closed"), VacancyStatus::Closed), (json!("draft"), VacancyStatus::Draft)]
    {
        assert_eq!(read(status).await, Some(expected));
    }
    assert_eq!(read(json!("paused")).await.map(|status| status.to_string()).as_deref(), Some("paused"));
    assert_eq!(read(Value::Null).await, None);
}

#[tokio::test]
async fn open_vacancies_are_listed_by_the_name_that_recruiters_know() {
    let listed = |id: &str, attributes: Value| json!({"type": "vacancies", "id": id, "attributes": attributes});
    let body = json!({"data": [
        listed("64c20d1e5f7a8b0012ab34cd", json!({"name": "CCA 2025", "title": "Call Centre Advisor", "status": "open"})),
        listed("64c20d1e5f7a8b0012ab34ce", json!({"name": " ", "title": "Night Shift"})),
        listed("64c20d1e5f7a8b0012ab34cf", json!({})),
        listed("64c20d1e5f7a8b0012ab34d0", json!({"name": "Closed after all", "status": "closed"})),
        listed("not-an-id", json!({"name": "Nothing that a package could name"})),
    ]});
    let server = answering(ResponseTemplate::new(200).set_body_json(body)).await;
    let found = client().open_vacancies(&connection(&address_of(&server))).await.expect("vacancies");
    let found: Vec<(&str, &str)> = found.iter().map(|vacancy| (vacancy.id.as_str(), vacancy.name.as_str())).collect();
    assert_eq!(
        found,
        [
            ("64c20d1e5f7a8b0012ab34cd", "CCA 2025"),
            ("64c20d1e5f7a8b0012ab34ce", "Night Shift"),
            ("64c20d1e5f7a8b0012ab34cf", "64c20d1e5f7a8b0012ab34cf"),
        ]
    );
    let expected =
        "GET /api/v1.0/accounts/64b1f0c2a9d3e7004a5b6c70/vacancies?filter%5Bstatus%5D=open&filter%5Bskip_aggregation%5D=true\n";
    let request = last_request(&server).await;
    assert!(request.starts_with(expected), "{request}");
}
