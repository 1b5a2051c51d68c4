//! The lines of the Assessments section: read, added, changed.

use serde_json::json;
use wiremock::ResponseTemplate;

use super::client_tests::{answering, complete, id, json_answer, workflow};
use super::{FoundRow, IcimsClient, ResultRow, RowStatus};
use crate::domain::{Recommendation, ResultRowId, Score};
use crate::testing::{Stepped, address_of, basic, customer, decision, last_request, patient};

const RESULTS: &str = include_str!("../../fixtures/icims/workflow_results.json");

fn created() -> ResponseTemplate {
    let location = "https://api.icims.com/customers/4021/applicantworkflows/88431/fields/assessmentresults/512";
    ResponseTemplate::new(201).insert_header("location", location).insert_header("content-type", "application/octet-stream")
}

fn sent() -> ResultRow {
    ResultRow { status: RowStatus::Sent, score: None, recommendation: None, notes: None, report: None, ..complete() }
}

/// The request that changes row 512 to this one.
async fn changed_to(row: &ResultRow) -> String {
    let server = answering(ResponseTemplate::new(204)).await;
    let client = IcimsClient::new(patient(), Stepped::new().clock);
    let customer = customer(&address_of(&server), basic());
    client.update_result_row(&customer, workflow(), id("512"), row).await.expect("a change");
    last_request(&server).await
}

#[tokio::test]
async fn existing_rows_are_found() {
    let server = answering(json_answer(RESULTS)).await;
    let client = IcimsClient::new(patient(), Stepped::new().clock);
    let rows = client.result_rows(&customer(&address_of(&server), basic()), workflow()).await.expect("rows");
    let found = |entry: &str, name: Option<&str>, status| FoundRow {
        id: id(entry),
        name: name.map(str::to_owned),
        status,
        score: None,
        recommendation: None,
    };
    let complete = FoundRow {
        score: Score::parse(78.0),
        recommendation: Recommendation::parse("Great Fit"),
        ..found("512", Some("Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd"), Some(RowStatus::Complete))
    };
    let expected = [found("511", Some("Dispatcher Aptitude v3"), None), complete, found("513", None, None)];
    assert_eq!(rows, expected);
    let none = answering(json_answer(r#"{"links":[]}"#)).await;
    assert_eq!(client.result_rows(&customer(&address_of(&none), basic()), workflow()).await.expect("no rows"), []);
}

#[tokio::test]
async fn row_25_a_new_row_names_its_package_and_leaves_out_what_it_has_not() {
    let server = answering(created()).await;
    let client = IcimsClient::new(patient(), Stepped::new().clock);
    let customer = customer(&address_of(&server), basic());
    assert_eq!(client.add_result_row(&customer, workflow(), &sent()).await.expect("a row"), id::<ResultRowId>("512"));
    insta::assert_snapshot!(last_request(&server).await, @r#"
    POST /customers/4021/applicantworkflows/88431/fields/assessmentresults
    authorization: Basic aGZfaW50ZWdyYXRpb246bm90LWEtcmVhbC1zZWNyZXQ=
    accept: application/json
    content-type: application/json

    {
      "assessmentdate": "2025-03-04 02:07 PM",
      "assessmentname": {
        "value": "Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd"
      },
      "assessmentstatus": {
        "id": "D37002019004"
      }
    }
    "#);
}

#[tokio::test]
async fn a_new_row_whose_address_is_not_told_is_not_a_success() {
    let locations = [None, Some(""), Some("https://api.icims.com/customers/4021/applicantworkflows/88431"), Some("512x")];
    for location in locations {
        let answer = location.map_or(ResponseTemplate::new(201), |at| ResponseTemplate::new(201).insert_header("location", at));
        let server = answering(answer).await;
        let client = IcimsClient::new(patient(), Stepped::new().clock);
        let outcome = client.add_result_row(&customer(&address_of(&server), basic()), workflow(), &sent()).await;
        // The workflow's own address ends in a number too; it is told apart by what stands before it.
        assert_eq!(decision(&outcome.expect_err("no row").kind), "Unreadable", "{location:?}");
    }
}

#[tokio::test]
async fn a_changed_row_brings_the_result() {
    insta::assert_snapshot!(changed_to(&complete()).await, @r#"
    PATCH /customers/4021/applicantworkflows/88431/fields/assessmentresults/512
    authorization: Basic aGZfaW50ZWdyYXRpb246bm90LWEtcmVhbC1zZWNyZXQ=
    accept: application/json
    content-type: application/json

    {
      "assessmentdate": "2025-03-04 02:07 PM",
      "assessmentnotes": "Accuracy 81 | Service 74",
      "assessmentresult": "Great Fit",
      "assessmentscore": 78,
      "assessmentstatus": {
        "id": "D37002019001"
      },
      "assessmenturl": "https://app.harver.com/reports-hub?token=opaque&lang=en-US"
    }
    "#);
}

#[tokio::test]
async fn a_changed_row_without_notes_takes_earlier_ones_back_and_leaves_the_rest() {
    insta::assert_snapshot!(changed_to(&sent()).await, @r#"
    PATCH /customers/4021/applicantworkflows/88431/fields/assessmentresults/512
    authorization: Basic aGZfaW50ZWdyYXRpb246bm90LWEtcmVhbC1zZWNyZXQ=
    accept: application/json
    content-type: application/json

    {
      "assessmentdate": "2025-03-04 02:07 PM",
      "assessmentnotes": null,
      "assessmentstatus": {
        "id": "D37002019004"
      }
    }
    "#);
}

#[tokio::test]
async fn a_link_is_added_to_a_row_and_nothing_else() {
    let server = answering(ResponseTemplate::new(204)).await;
    let client = IcimsClient::new(patient(), Stepped::new().clock);
    let customer = customer(&address_of(&server), basic());
    let report = complete().report.expect("a report");
    client.add_report_link(&customer, workflow(), id("512"), &report).await.expect("a change");
    insta::assert_snapshot!(last_request(&server).await, @r#"
    PATCH /customers/4021/applicantworkflows/88431/fields/assessmentresults/512
    authorization: Basic aGZfaW50ZWdyYXRpb246bm90LWEtcmVhbC1zZWNyZXQ=
    accept: application/json
    content-type: application/json

    {
      "assessmenturl": "https://app.harver.com/reports-hub?token=opaque&lang=en-US"
    }
    "#);
}

#[tokio::test]
async fn a_row_carries_the_nodes_and_the_field_that_were_chosen() {
    let server = answering(ResponseTemplate::new(204)).await;
    let client = IcimsClient::new(patient(), Stepped::new().clock);
    let mut customer = customer(&address_of(&server), basic());
    customer.statuses.in_progress = "C40188".parse().expect("a node");
    customer.statuses.complete = "C40189".parse().expect("a node");
    customer.statuses.incomplete = "C40190".parse().expect("a node");
    let written = async |row: ResultRow| -> serde_json::Value {
        client.update_result_row(&customer, workflow(), id("512"), &row).await.expect("a change");
        server.received_requests().await.expect("recording is on").last().expect("a request").body_json().expect("JSON")
    };
    for (status, node) in [(RowStatus::InProgress, "C40188"), (RowStatus::Complete, "C40189"), (RowStatus::Incomplete, "C40190")]
    {
        assert_eq!(written(ResultRow { status, ..complete() }).await["assessmentstatus"]["id"], node);
    }
    let mut row = complete();
    row.report.as_mut().expect("a report").field = "rcf3201".parse().expect("a field");
    let row = written(row).await;
    assert_eq!(row["rcf3201"], "https://app.harver.com/reports-hub?token=opaque&lang=en-US");
    assert!(row.get("assessmenturl").is_none(), "{row}");
}

#[tokio::test]
async fn rows_are_recognised_by_the_nodes_that_were_chosen_and_by_the_delivered_ones() {
    let rows = json!({"assessmentresults": [
        {"entry": 1, "assessmentstatus": {"id": "C40189"}},
        {"entry": 2, "assessmentstatus": {"id": "D37002019001"}},
        {"entry": 3, "assessmentstatus": {"id": "D37002019003"}},
        {"entry": 4, "assessmentstatus": {"id": "C99999"}},
        {"entry": 5, "assessmentstatus": "Complete"},
    ]});
    let server = answering(ResponseTemplate::new(200).set_body_json(rows)).await;
    let mut customer = customer(&address_of(&server), basic());
    customer.statuses.complete = "C40189".parse().expect("a node");
    // One company's word for Complete may be another's for Incomplete: what was chosen wins.
    customer.statuses.incomplete = "D37002019003".parse().expect("a node");
    customer.statuses.in_progress = "C40188".parse().expect("a node");
    let found = IcimsClient::new(patient(), Stepped::new().clock).result_rows(&customer, workflow()).await.expect("rows");
    let statuses: Vec<_> = found.into_iter().map(|row| row.status).collect();
    assert_eq!(statuses, [Some(RowStatus::Complete), Some(RowStatus::Complete), Some(RowStatus::Incomplete), None, None]);
}
