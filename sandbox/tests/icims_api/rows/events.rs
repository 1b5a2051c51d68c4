//! Rows of events towards the vendor.

use serde_json::json;
use wiremock::ResponseTemplate;

use crate::icims_api::events::{advance, apply, connected, received};
use crate::icims_api::support::API;

#[tokio::test]
async fn outbound_application_completed_event_inline_assessment_trigger() {
    let link = "https://harver.example/a?token=1";
    let (world, vendor) = connected(ResponseTemplate::new(303).insert_header("Location", link)).await;
    let outcome = apply(&world).await;
    assert_eq!(outcome.link(), Some(link), "the candidate is sent there");
    let (_, body) = received(&vendor).await;
    assert_eq!((&body["eventType"], &body["customerId"]), (&json!("ApplicationCompletedEvent"), &json!("4021")));
    assert!(["systemId", "userId", "returnUrl"].iter().all(|key| body[key].is_string()), "{body}");
    let links = body["links"].as_array().expect("links");
    let workflow = links.iter().find(|link| link["rel"] == "applicantWorkflow").expect("the workflow");
    assert_eq!(workflow["url"], format!("{API}/customers/4021/applicantworkflows/{}", body["systemId"].as_str().expect("text")));
    assert!(["job", "person", "user"].iter().all(|rel| links.iter().any(|link| link["rel"] == *rel)));
}

#[tokio::test]
async fn outbound_workflow_status_change_event_recruiter_initiated_trigger() {
    for (status, is_link) in [(200, false), (303, true)] {
        let answer = ResponseTemplate::new(status).insert_header("Location", "https://harver.example/confirm");
        let (world, vendor) = connected(answer).await;
        let outcome = world.outcome(advance(&world).await).await.expect("an outcome");
        assert!(outcome.is_success());
        assert_eq!(outcome.link().is_some(), is_link);
        let (_, body) = received(&vendor).await;
        assert_eq!(
            (&body["eventType"], &body["systemId"]),
            (&json!("WorkFlowStatusChangeEvent"), &json!(world.workflow.to_string()))
        );
        assert_eq!((&body["personId"], &body["jobId"]), (&json!(world.ines.to_string()), &json!(world.job.to_string())));
        assert_eq!((&body["oldStatus"], &body["newStatus"]), (&json!("40101"), &json!("40177")), "no letters before the numbers");
    }
}
