//! Moving candidates on: one and many, and what the vendor says to it.

use serde_json::json;
use wiremock::ResponseTemplate;

use crate::screens::browser::{SEND_TO_HARVER, World, refusal};
use crate::screens::recruiter::{put_result, status_of};

#[tokio::test]
async fn advancing_a_candidate_sends_one_event_and_the_summary_says_so() {
    let world = World::new().await;
    world.vendor_answers(ResponseTemplate::new(200)).await;
    let (job, workflow) = (world.sample.job, world.sample.workflow);
    let fields = [("workflow", workflow.to_string()), ("status", SEND_TO_HARVER.into())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer = world.post(&format!("/icims2/4021/jobs/{job}/people"), &fields).await;
    for _ in 0..2 {
        let summary = world.get(&answer.location).await;
        assert_eq!(summary.text(&format!("#message-{workflow}")), "Invitation is sent to Candidate");
        assert_eq!(summary.attribute(&format!("#summary-{workflow}"), "data-outcome"), "accepted");
        assert_eq!(summary.text(&format!("#summary-status-{workflow}")), "Assessment: Send to Harver");
    }
    let events = world.events().await;
    assert_eq!(events.len(), 1, "looking at the Summary again sends nothing");
    assert_eq!(events[0]["systemId"], workflow.to_string());
    assert_eq!(events[0]["userId"], "1188");
    assert_eq!((&events[0]["oldStatus"], &events[0]["newStatus"]), (&json!("10100"), &json!("40177")));
    let history = world.get(&format!("/icims2/4021/workflows/{workflow}/history")).await;
    assert!(history.text("#history tbody tr").contains("Assessment: Send to Harver"));
}

#[tokio::test]
async fn advancing_many_gives_each_their_own_line() {
    let world = World::new().await;
    let refused = world.sample.workflow.to_string();
    world
        .vendor_answers(move |request: &wiremock::Request| {
            let mut text = String::new();
            std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&request.body[..]), &mut text).expect("gzip");
            match text.contains(&format!("\"systemId\":\"{refused}\"")) {
                true => refusal(400, "This candidate already has an open invitation."),
                false => ResponseTemplate::new(200),
            }
        })
        .await;
    let all: Vec<String> = world.look(|state| state.workflows().map(|workflow| workflow.id.to_string()).collect());
    let mut fields: Vec<_> = all.iter().map(|id| ("workflow", id.as_str())).collect();
    fields.push(("status", SEND_TO_HARVER));
    let summary = world.post_and_follow(&format!("/icims2/4021/jobs/{}/people", world.sample.job), &fields).await;
    assert_eq!(world.events().await.len(), all.len());
    assert_eq!(summary.count("#summary [data-outcome=accepted]"), all.len() - 1);
    let line = format!("#message-{}", world.sample.workflow);
    assert_eq!(summary.text(&line), "This candidate already has an open invitation.");
    let groups = summary.texts(".summary-group");
    assert_eq!(groups.len(), 2, "each reason once");
    let (first, others) = (&groups[0], &groups[1]);
    assert!(
        first.starts_with(&format!("1 of {} candidates: This candidate already has an open invitation.", all.len())),
        "{first}"
    );
    assert!(first.contains("advance the candidate again"), "{first}");
    assert!(others.starts_with(&format!("{} of {} candidates: Invitation is sent", all.len() - 1, all.len())), "{others}");
    assert_eq!(status_of(&world, world.sample.workflow), SEND_TO_HARVER, "the status change is kept");
}

#[tokio::test]
async fn what_is_wrong_with_all_candidates_is_said_once_and_first() {
    let world = World::new().await;
    world.vendor_answers(refusal(400, "The job is not open for recruiting.")).await;
    let all: Vec<String> = world.look(|state| state.workflows().map(|workflow| workflow.id.to_string()).collect());
    let mut fields: Vec<_> = all.iter().map(|id| ("workflow", id.as_str())).collect();
    fields.push(("status", SEND_TO_HARVER));
    let summary = world.post_and_follow(&format!("/icims2/4021/jobs/{}/people", world.sample.job), &fields).await;
    let groups = summary.texts(".summary-group");
    assert_eq!(groups.len(), 1, "{groups:?}");
    assert!(groups[0].starts_with(&format!("All {} candidates: The job is not open for recruiting.", all.len())), "{groups:?}");
    assert!(summary.body.find("summary-groups") < summary.body.find("id=\"summary\""), "the reason comes before the list");
}

#[tokio::test]
async fn the_summary_says_what_was_reported_since() {
    let world = World::new().await;
    world.vendor_answers(ResponseTemplate::new(200)).await;
    let workflow = world.sample.workflow;
    let path = format!("/icims2/4021/workflows/{workflow}/status");
    let first = world.post(&path, &[("status", SEND_TO_HARVER)]).await.location;
    let outcome = async |at: &str| world.get(at).await.attribute(&format!("#summary-{workflow}"), "data-outcome");
    let summary = world.get(&first).await;
    assert!(summary.text(&format!("#advice-{workflow}")).contains("it is on its way"), "nothing is known yet");
    assert!(!summary.has(&format!("#message-{workflow}.good")), "nothing is known yet");

    let row = |status: &str, notes: &str| {
        json!({"assessmentname": {"value": "Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd"},
        "assessmentdate": "2025-03-04 02:07 PM", "assessmentstatus": {"id": status}, "assessmentnotes": notes})
    };
    put_result(&world, row("D37002019002", "Not invited. The invitation could not be mailed.")).await;
    for at in [first.clone(), format!("/icims2/4021/workflows/{workflow}/screen")] {
        let page = world.get(&at).await;
        assert!(page.body.contains("Reported since: Incomplete. Not invited. The invitation could not be mailed."), "{at}");
        assert!(!page.body.contains("Invitation is sent to Candidate"), "{at}");
    }
    assert_eq!(outcome(&first).await, "incomplete");

    let second = world.post(&path, &[("status", SEND_TO_HARVER)]).await.location;
    assert_eq!(outcome(&second).await, "accepted", "what was reported before says nothing of this one");
    put_result(&world, row("D37002019003", "")).await;
    assert_eq!(outcome(&second).await, "reported");
    assert!(world.get(&second).await.text(&format!("#advice-{workflow}")).contains("Reported since: In-Progress"));
}

#[tokio::test]
async fn a_vendor_that_wants_packages_confirmed_opens_the_popup() {
    let world = World::new().await;
    let page = "https://integrations.example/packages/abc?x=1&y=2";
    world.vendor_answers(ResponseTemplate::new(303).insert_header("Location", page)).await;
    let workflow = world.sample.workflow;
    let path = format!("/icims2/4021/workflows/{workflow}/status");
    let summary = world.post_and_follow(&path, &[("status", SEND_TO_HARVER)]).await;
    assert!(summary.has("dialog#package-popup[open]"));
    let button = format!("#confirm-package-{workflow}");
    assert_eq!(summary.attribute(&button, "href"), page);
    assert!(summary.text(&button).starts_with("Confirm or Modify Package"));
}

#[tokio::test]
async fn a_vendor_that_answers_nonsense_or_not_at_all_is_explained() {
    let world = World::new().await;
    let workflow = world.sample.workflow;
    let path = format!("/icims2/4021/workflows/{workflow}/status");
    for (answer, outcome) in [
        (ResponseTemplate::new(500).set_body_string("<html>"), "failed"),
        (ResponseTemplate::new(302), "failed"),
        (ResponseTemplate::new(303).insert_header("Location", "javascript:alert(1)"), "failed"),
        (refusal(503, "Harver is being maintained."), "refused"),
    ] {
        world.vendor_answers(answer).await;
        let summary = world.post_and_follow(&path, &[("status", SEND_TO_HARVER)]).await;
        assert_eq!(summary.attribute(&format!("#summary-{workflow}"), "data-outcome"), outcome);
        assert!(summary.text(&format!("#advice-{workflow}")).contains("support@Harver.com"));
    }
}

#[tokio::test]
async fn uat_33_a_forced_workflow_warns_in_red_and_moves_nobody() {
    let world = World::new().await;
    world.vendor_answers(ResponseTemplate::new(200)).await;
    let criterion = [("status", SEND_TO_HARVER), ("criterion", "C40120")];
    let admin = world.post_and_follow("/icims2/4021/admin/statuses", &criterion).await;
    assert!(admin.text(&format!("#status-{SEND_TO_HARVER}")).contains("Requires Initial Review: Under Review first."));

    let (job, workflow) = (world.sample.job, world.sample.workflow.to_string());
    let people = format!("/icims2/4021/jobs/{job}/people");
    let refused = world.post(&people, &[("workflow", &workflow), ("status", SEND_TO_HARVER)]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text("#forced-warning").contains("Ines Okafor"));
    assert!(refused.has("#advance[open]"));
    assert!(refused.has(&format!("#select-{workflow}[checked]")), "who was ticked stays ticked");
    assert_eq!(status_of(&world, world.sample.workflow), "D10100");
    world.no_event().await;

    world.post_and_follow(&people, &[("workflow", &workflow), ("status", "C40120")]).await;
    let summary = world.post_and_follow(&people, &[("workflow", &workflow), ("status", SEND_TO_HARVER)]).await;
    assert_eq!(summary.text(&format!("#message-{workflow}")), "Invitation is sent to Candidate");
}

#[tokio::test]
async fn advancing_nobody_or_to_nowhere_says_what_to_do() {
    let world = World::new().await;
    let people = format!("/icims2/4021/jobs/{}/people", world.sample.job);
    let nobody = world.post(&people, &[("status", SEND_TO_HARVER)]).await;
    assert_eq!((nobody.status, nobody.text("#refusal")), (422, "Tick at least one candidate, then choose what to do.".into()));
    let workflow = world.sample.workflow.to_string();
    let nowhere = world.post(&people, &[("workflow", &workflow), ("status", "")]).await;
    assert_eq!((nowhere.status, nowhere.text("#refusal")), (422, "Choose a status from the Advance menu.".into()));
    for status in ["C99999", "D31001", "C40030"] {
        let refused = world.post(&people, &[("workflow", &workflow), ("status", status)]).await;
        assert_eq!(refused.status, 422, "{status} is not a status");
    }
    assert_eq!(status_of(&world, world.sample.workflow), "D10100");
}

#[tokio::test]
async fn rejecting_moves_to_not_selected_without_an_event() {
    let world = World::new().await;
    world.vendor_answers(ResponseTemplate::new(200)).await;
    let (job, workflow) = (world.sample.job, world.sample.workflow.to_string());
    let people = format!("/icims2/4021/jobs/{job}/people");
    let reject = world.get(&people).await.attribute("#reject", "value");
    let question = world.post(&people, &[("workflow", &workflow), ("status", &reject)]).await;
    assert_eq!((question.status, question.text("#concerned")), (200, "Ines Okafor".into()));
    assert_eq!(status_of(&world, world.sample.workflow), "D10100", "nobody is moved before the question is answered");
    let back = world.get(&question.attribute("#cancel", "href")).await;
    assert!(back.has(&format!("#select-{workflow}[checked]")), "who was ticked stays ticked");
    let answer = [("workflow", workflow.as_str()), ("status", &reject), ("confirmed", &question.attribute("#confirm", "value"))];
    let summary = world.post_and_follow(&question.attribute("#confirm-form", "action"), &answer).await;
    assert_eq!(summary.attribute(&format!("#summary-{workflow}"), "data-outcome"), "moved");
    assert!(world.get(&people).await.text("#panel-not-selected").contains("Ines Okafor"));
    world.no_event().await;
}

#[tokio::test]
async fn hiring_and_turning_down_ask_first_also_for_one_candidate() {
    let world = World::new().await;
    let workflow = world.sample.workflow;
    let path = format!("/icims2/4021/workflows/{workflow}");
    let endings = [("C40150", "Hired: Hired"), ("C40190", "Not Selected: Not Selected"), ("D10108", "Withdrawn: Self-Withdrew")];
    for (status, label) in endings {
        let question = world.post(&format!("{path}/status"), &[("status", status)]).await;
        assert!(question.text("#question-title").starts_with(&format!("Move to {label}")), "{status}: {}", question.body);
        assert_eq!(status_of(&world, workflow), "D10100", "{status}");
        assert_eq!(question.attribute("#cancel", "href"), path);
    }
    let hired = [("status", "C40150"), ("confirmed", "on")];
    let summary = world.post_and_follow(&format!("{path}/status"), &hired).await;
    assert_eq!(summary.attribute(&format!("#summary-{workflow}"), "data-outcome"), "moved");
    assert_eq!(status_of(&world, workflow), "C40150");
    let onward = world.post_and_follow(&format!("{path}/status"), &[("status", "C40120")]).await;
    assert!(onward.has("#summary"), "whoever goes on is moved without a question");
}
