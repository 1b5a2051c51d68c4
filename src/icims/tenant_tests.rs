//! What is asked about a tenant before its integration is enabled. The answers that no method takes are in `client_tests`.

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::client_tests::answering;
use super::{Call, Fields, IcimsClient, JobsWanted, Operation, ProfileType};
use crate::domain::JobId;
use crate::neighbour::{Called, Kind};
use crate::testing::{Stepped, address_of, basic, customer, decision, last_request, patient};

fn client() -> IcimsClient {
    IcimsClient::new(patient(), Stepped::new().clock)
}

#[tokio::test]
async fn jobs_are_searched_for_as_they_are_now() {
    // Samples of the documentation show ids as texts, recorded answers as numbers.
    let found =
        json!({"searchResults": [{"id": 2210, "self": "https://api.icims.com/customers/4021/jobs/2210"}, {"id": "2211"}]});
    let server = answering(ResponseTemplate::new(200).set_body_json(found)).await;
    let customer = customer(&address_of(&server), basic());
    let jobs = client().jobs(&customer, JobsWanted::Approved).await.expect("jobs");
    assert_eq!(jobs, ["2210", "2211"].map(|id| id.parse::<JobId>().expect("digits")));
    insta::assert_snapshot!(last_request(&server).await, @r#"
    POST /customers/4021/search/jobs?staleness=0
    authorization: Basic aGZfaW50ZWdyYXRpb246bm90LWEtcmVhbC1zZWNyZXQ=
    accept: application/json
    content-type: application/json

    {
      "filters": [
        {
          "name": "job.folder",
          "operator": "=",
          "value": [
            "D31001"
          ]
        }
      ]
    }
    "#);
    client().jobs(&customer, JobsWanted::Any).await.expect("jobs");
    let request = last_request(&server).await;
    assert!(request.contains("\"job.id\"") && request.contains("\">\"") && request.contains("\"0\""), "{request}");
}

#[tokio::test]
async fn an_answer_without_results_is_not_taken_for_no_jobs() {
    for (answer, expected) in
        [(json!({"links": []}), "Unreadable"), (json!({"searchResults": [{"id": 0}]}), "Unreadable"), (json!([]), "Unreadable")]
    {
        let server = answering(ResponseTemplate::new(200).set_body_json(&answer)).await;
        let error = client().jobs(&customer(&address_of(&server), basic()), JobsWanted::Any).await.expect_err("no results");
        assert_eq!(decision(&error.kind), expected, "{answer}");
    }
}

#[tokio::test]
async fn lists_are_read_in_either_shape_and_without_what_is_hidden() {
    let nodes = json!([
        {"id": "C30211", "value": " Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd ", "hidden": false},
        {"id": "C30212", "value": "Retired", "hidden": true},
        {"id": "C30213"},
        {"id": "C30214", "value": " "},
    ]);
    for answer in [nodes.clone(), json!({"nodes": nodes, "_links": {}})] {
        let server = answering(ResponseTemplate::new(200).set_body_json(answer)).await;
        let customer = customer(&address_of(&server), basic());
        let list = "C30200".parse().expect("a node");
        let labels = client().list_labels(&customer, &list).await.expect("labels");
        assert_eq!(labels, ["Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd"]);
        let request = last_request(&server).await;
        assert!(request.starts_with("GET /customers/4021/v2/lists/lists.customfields_lists/node/C30200\n"), "{request}");
        let lists: Vec<String> = client().custom_lists(&customer).await.expect("lists").iter().map(ToString::to_string).collect();
        assert_eq!(lists, ["C30211", "C30212", "C30213", "C30214"]);
        let request = last_request(&server).await;
        assert!(request.starts_with("GET /customers/4021/v2/lists/lists.customfields_lists\n"), "{request}");
    }
}

#[tokio::test]
async fn a_schema_tells_the_fields_and_those_of_collections() {
    let read = async |schema: Value, of| {
        let server = answering(ResponseTemplate::new(200).set_body_json(schema)).await;
        let fields = client().fields(&customer(&address_of(&server), basic()), of).await;
        (fields, last_request(&server).await)
    };
    let entry = json!({"type": "object", "properties": {"assessmentname": {}, "entry": {"type": "integer"}}});
    let schema = json!({"type": "object", "properties": {
        "status": {"type": "object"}, "assessmentresults": {"type": "array", "items": entry}}});
    let (fields, request) = read(schema, ProfileType::Workflow).await;
    let fields = fields.expect("fields");
    assert!(request.starts_with("GET /customers/4021/profiledefinitions/v1/submittal/schema\n"), "{request}");
    assert!(fields.have("status") && fields.have("assessmentresults") && fields.have("assessmentresults.assessmentname"));
    assert!(!fields.have("assessmentresults.assessmentscore") && !fields.have("source") && !fields.have("assessmentname"));

    // What is not described is not held against it.
    let undescribed = json!({"properties": {"assessmentresults": {"type": "array"}}});
    let fields = read(undescribed, ProfileType::Workflow).await.0.expect("fields");
    assert!(fields.have("assessmentresults.assessmentscore") && !fields.have("phones.number"));
    let (none, request) = read(json!({"properties": {}}), ProfileType::Person).await;
    assert_eq!(none.expect("no fields"), Fields::default());
    assert!(request.contains("/v1/person/schema"), "{request}");
    let (error, request) = read(json!({"type": "object"}), ProfileType::Job).await;
    assert_eq!(decision(&error.expect_err("no schema").kind), "Unreadable");
    assert!(request.contains("/v1/job/schema"), "{request}");
}

#[tokio::test]
async fn writing_is_tried_without_a_change() {
    let problem = |code: i64| json!({"errors": [{"errorMessage": "Recruiting Workflow not found.", "errorCode": code}]});
    let tried = async |answer: ResponseTemplate| {
        let server = answering(answer).await;
        let tried = client().try_to_write(&customer(&address_of(&server), basic())).await;
        let request = last_request(&server).await;
        let expected = "PATCH /customers/4021/applicantworkflows/999999999/fields/assessmentresults/999999999\n";
        assert!(request.starts_with(expected) && request.ends_with("\n\n{}"), "{request}");
        tried.map_err(|error| decision(&error.kind))
    };
    assert_eq!(tried(ResponseTemplate::new(404).set_body_json(problem(2))).await, Ok(()));
    assert_eq!(tried(ResponseTemplate::new(204)).await, Ok(()));
    assert_eq!(tried(ResponseTemplate::new(404).set_body_json(problem(3))).await, Err("NotVisible".into()));
    assert_eq!(tried(ResponseTemplate::new(403)).await, Err("Forbidden".into()));
    assert_eq!(tried(ResponseTemplate::new(400)).await, Err("Refused".into()));
    assert_eq!(tried(ResponseTemplate::new(500)).await, Err("Unavailable".into()));
}

#[test]
fn every_question_is_named_in_its_errors() {
    let operations = [
        (Operation::Jobs(JobsWanted::Approved), "searching for approved jobs of customer 4021"),
        (Operation::Jobs(JobsWanted::Any), "searching for jobs of customer 4021"),
        (Operation::CustomLists, "reading which lists customer 4021 has made"),
        (Operation::ListNodes, "reading a list of customer 4021"),
        (Operation::Fields(ProfileType::Person), "reading which fields of people customer 4021 lets us use"),
        (Operation::Fields(ProfileType::Job), "reading which fields of jobs customer 4021 lets us use"),
        (Operation::Fields(ProfileType::Workflow), "reading which fields of workflows customer 4021 lets us use"),
        (Operation::TryToWrite, "trying whether customer 4021 lets us write results"),
    ];
    for (operation, named) in operations {
        let call = Call { customer: "4021".parse().expect("digits"), operation };
        let error = call.failed(Kind::NotVisible).to_string();
        assert!(error.contains(named), "{named:?} is not in {error}");
    }
}
