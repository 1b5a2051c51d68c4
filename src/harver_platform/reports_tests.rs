//! Links to the reports: where each is asked for, and what its absence is.

use serde_json::{Value, json};
use url::Url;
use wiremock::ResponseTemplate;

use super::client_tests::{COMPLETED, answering, client, json_answer, link};
use crate::domain::ReportType;
use crate::testing::{address_of, connection, decision, last_request};

#[tokio::test]
async fn the_link_to_the_reports_lives_for_a_year() {
    let hub = "https://app.harver.com/reports-hub?token=opaque&lang=en-US";
    for body in [
        json!({"data": {"attributes": {"url": hub}}}),
        json!({"data": {"url": hub}}),
        json!({"data": {"magicLink": hub}}),
        json!({"data": {"attributes": {"url": "javascript:alert(1)", "link": hub}}}),
    ] {
        let server = answering(ResponseTemplate::new(200).set_body_json(&body)).await;
        let found = link(&client(), &connection(&address_of(&server)), ReportType::ReportsHub).await.expect("an answer");
        assert_eq!(found.expect("a link").as_str(), hub, "{body}");
        let request = last_request(&server).await;
        let expected =
            "GET /api/v1.0/applications/65aa01f29c3b4d00178e92fa/reports/reports-hub?expiresIn=31536000&allowedPII=true\n";
        assert!(request.starts_with(expected), "{request}");
    }
}

#[tokio::test]
async fn each_report_is_asked_for_where_the_platform_has_it() {
    const READ: &str = "GET /api/v1.0/applications/65aa01f29c3b4d00178e92fa?include=report\n";
    const MADE: &str = "GET /api/v1.0/applications/65aa01f29c3b4d00178e92fa/reports";
    let included = |kind: &str, url: &str| {
        let mut body: Value = serde_json::from_str(COMPLETED).expect("a sample");
        body["included"] = json!([{"type": kind, "id": "r1", "attributes": {"expiresAt": 1_741_098_120, "url": url}}]);
        body
    };
    let made = |kind: &str, url: &str| json!({"data": {"type": kind, "attributes": {"url": url, "expiresAt": 1_741_098_120}}});
    let url = "https://api.harver.com/report?token=opaque";
    for (report, body, asked) in [
        (ReportType::CandidateDetailPage, included("candidate-detail-page", url), READ.to_owned()),
        (ReportType::Pdf, included("reports", url), READ.to_owned()),
        (ReportType::FactSheet, included("fact-sheets", url), READ.to_owned()),
        (ReportType::InterviewGuide, made("interview-guides", url), format!("{MADE}/interview-guides\n")),
        (ReportType::Development, made("development-reports", url), format!("{MADE}/development-reports?locale=nl-NL\n")),
    ] {
        let server = answering(ResponseTemplate::new(200).set_body_json(&body)).await;
        let found = link(&client(), &connection(&address_of(&server)), report).await.expect("an answer");
        assert_eq!(found.as_ref().map(Url::as_str), Some(url), "{report}");
        let request = last_request(&server).await;
        assert!(request.starts_with(&asked), "{report}: {request}");
    }
}

#[tokio::test]
async fn a_report_that_does_not_exist_is_told_from_one_that_cannot_be_had() {
    let answer = async |report, answer| {
        let server = answering(answer).await;
        link(&client(), &connection(&address_of(&server)), report).await
    };
    for report in [ReportType::CandidateDetailPage, ReportType::Pdf, ReportType::FactSheet] {
        let found = answer(report, json_answer(COMPLETED)).await;
        assert_eq!(found.expect("an answer"), None, "{report} is not among what came");
        let mut body: Value = serde_json::from_str(COMPLETED).expect("a sample");
        body["included"] = json!([{"type": "reports", "attributes": {"url": "javascript:alert(1)"}}]);
        let odd = answer(report, ResponseTemplate::new(200).set_body_json(&body)).await;
        assert_eq!(odd.is_err(), report == ReportType::Pdf, "{report}");
        body["data"]["id"] = json!("65aa01f29c3b4d00178e92fb");
        let other = answer(report, ResponseTemplate::new(200).set_body_json(&body)).await;
        assert_eq!(decision(&other.expect_err("another application").kind), "Unreadable");
    }
    let absent = || {
        let body = include_str!("../../fixtures/harver_platform/error_not_found.json");
        ResponseTemplate::new(404).set_body_string(body)
    };
    for report in [ReportType::InterviewGuide, ReportType::Development] {
        assert_eq!(answer(report, absent()).await.expect("an answer"), None, "{report}");
        let away = answer(report, ResponseTemplate::new(503)).await;
        assert_eq!(decision(&away.expect_err("away").kind), "Unavailable", "{report}");
    }
    assert_eq!(decision(&answer(ReportType::ReportsHub, absent()).await.expect_err("gone").kind), "NotFound");
}
