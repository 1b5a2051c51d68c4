//! Recruiting workflows: create, read, change the status, history.

use serde_json::json;

use crate::icims_api::support::{API, World};

#[tokio::test]
async fn a_workflow_reads_as_recorded() {
    let world = World::new().await;
    let body = world.get(&format!("/applicantworkflows/{}", world.workflow)).await.json();
    let profile = |kind: &str, id: u64| format!("{API}/customers/4021/{kind}/{id}");
    let (job, person) = (world.job.get(), world.ines.get());
    assert_eq!(body["baseprofile"], json!({"id": job, "value": "Call Centre Advisor", "profile": profile("jobs", job)}));
    assert_eq!(body["associatedprofile"], json!({"id": person, "value": "Ines Okafor", "profile": profile("people", person)}));
    let status = "New Submissions - Recruiter Submitted";
    assert_eq!(body["status"], json!({"id": "C40101", "value": status, "formattedvalue": status}));
    let titles: Vec<_> =
        body["links"].as_array().expect("links").iter().map(|link| (link["rel"].clone(), link["title"].clone())).collect();
    assert_eq!(
        titles,
        ["The current profile being viewed.", "The base profile of this workflow.", "The associated profile of this workflow."]
            .map(|title| (json!("self"), json!(title)))
    );
    assert!(body.get("assessmentresults").is_none());
}

#[tokio::test]
async fn attaching_a_contact_works_over_the_api_once() {
    let world = World::new().await;
    let pair = json!({"baseprofile": world.job, "associatedprofile": world.contact, "status": {"id": "D10100"}, "source": "Job Board", "sourcename": "Harborlight"});
    let id = world.post("/applicantworkflows", pair.clone()).await.new_id();
    let body = world.get(&format!("/applicantworkflows/{id}")).await.json();
    assert_eq!((&body["source"], &body["sourcename"]), (&json!("Job Board"), &json!("Harborlight")));
    let again = world.post("/applicantworkflows", pair).await;
    again.is_error(400, 5, &format!("This person already has a recruiting workflow for this job: {id}."));
    let same = world.get(&format!("/applicantworkflows/person/{}/job/{}", world.contact, world.job)).await.json();
    assert_eq!(same, body);
}

#[tokio::test]
async fn missing_and_unknown_ends_are_told_apart() {
    let world = World::new().await;
    world.post("/applicantworkflows", json!({"baseprofile": world.job})).await.is_error(
        400,
        1,
        "associatedprofile: Required field.",
    );
    world.post("/applicantworkflows", json!({"baseprofile": 1, "associatedprofile": world.contact})).await.is_error(
        404,
        2,
        "Job not found.",
    );
    world.post("/applicantworkflows", json!({"baseprofile": world.job, "associatedprofile": 1})).await.is_error(
        404,
        2,
        "Person not found.",
    );
    world.get("/applicantworkflows/person/1/job/2").await.is_error(404, 2, "Applicant Workflow not found.");
}

#[tokio::test]
async fn a_new_status_is_logged_newest_first() {
    let world = World::new().await;
    let path = format!("/applicantworkflows/{}", world.workflow);
    assert_eq!(world.patch(&path, json!({"status": {"id": "C40178"}})).await.status, 204);
    let log = world.get(&format!("{path}/submittalstatuslog")).await.json();
    assert_eq!(log["submittalstatuslog"][0]["status"]["value"], "Assessment - Assessment Reviewed");
    assert_eq!(log["submittalstatuslog"][1]["updatedBy"]["value"], "Tomas Lindqvist");
    let field = world.get(&format!("{path}?fields=submittalstatuslog")).await.json();
    assert_eq!(field["submittalstatuslog"], log["submittalstatuslog"]);
    world.patch(&path, json!({"status": {"id": "C49999"}})).await.is_error(400, 5, "status: Invalid value.");
    world.patch(&path, json!({"status": {"id": "C40030"}})).await.is_error(400, 5, "status: Invalid value.");
    world.patch(&path, json!({"status": null})).await.is_error(400, 1, "status: Required field.");
    world.patch(&path, json!({"baseprofile": null})).await.is_error(400, 1, "baseprofile: Required field.");
}

#[tokio::test]
async fn forced_steps_hold_for_the_api() {
    use icims_sandbox::icims::state::advance::{Criterion, Entrance};
    let world = World::new().await;
    let status: icims_sandbox::icims::model::NodeId = "C40177".parse().expect("a node id");
    world.change(|state| state.set_entrance_criteria(vec![Entrance { status, criterion: Criterion::AssessmentComplete }])).await;
    let path = format!("/applicantworkflows/{}", world.workflow);
    world.patch(&path, json!({"status": {"id": "C40177"}, "source": "Job Board"})).await.is_error(
        400,
        5,
        "status: Entrance criteria not met.",
    );
    assert_eq!(world.get(&path).await.json()["source"], "Recruiter", "a refused request changes nothing");
    assert_eq!(world.icims.pending(None), 0);
}

#[tokio::test]
async fn workflows_are_not_listed_replaced_or_deleted() {
    let world = World::new().await;
    world.get("/applicantworkflows").await.is_error(405, 8, "GET is not supported here.");
    let path = format!("/applicantworkflows/{}", world.workflow);
    world.call("DELETE", &path, None).await.is_error(405, 8, "DELETE is not supported here.");
    world.call("PUT", &path, Some(json!({}))).await.is_error(405, 8, "PUT is not supported here.");
}
