//! The webhook endpoint and the reports to iCIMS: whatever comes late, twice, out of order, or is lost, there is one result row.

use axum::http::StatusCode;
use harver_icims::delivery::{JobError, StepOutcome};
use harver_icims::domain::{Job, JobKind, OrderId, OrderState};
use harver_icims::harver_to_ats::{CALLBACK_PATH, give_up};
use harver_icims::store::jobs::AttemptOutcome;
use harver_icims::store::orders;
use jiff::SignedDuration;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::scene::{APPLICATION, RETURN_URL, Scene};
use crate::support::PACKAGE;

pub(crate) const ROWS: &str = "/customers/4021/applicantworkflows/88431/fields/assessmentresults";
pub(crate) const ROW: &str = "/customers/4021/applicantworkflows/88431/fields/assessmentresults/512";
const WORKFLOW: &str = "/customers/4021/applicantworkflows/88431";

/// Ines holds a link; iCIMS takes rows; the platform shows her finished application.
pub(crate) async fn invited() -> Scene {
    let scene = ready().await;
    scene.applied().await;
    scene
}

/// Nothing is ordered yet; iCIMS takes rows, and the platform has a report.
pub(crate) async fn ready() -> Scene {
    let scene = Scene::ready().await;
    icims_takes_rows(&scene).await;
    scene
}

/// iCIMS takes rows, and the platform has a report.
pub(crate) async fn icims_takes_rows(scene: &Scene) {
    icims_has_rows(scene, json!([])).await;
    let location = format!("{}{ROW}", scene.icims.uri());
    scene.icims_answers("POST", ROWS, ResponseTemplate::new(201).insert_header("Location", location)).await;
    scene.icims_answers("PATCH", ROW, ResponseTemplate::new(204)).await;
    let report = json!({"data": {"url": "https://app.harver.com/reports-hub?token=opaque&lang=en-US"}});
    let at = format!("/api/v1.0/applications/{APPLICATION}/reports/reports-hub");
    scene.harver_answers("GET", &at, ResponseTemplate::new(200).set_body_json(report)).await;
}

/// Ines holds a link and has begun, and that was seen; iCIMS is to be told.
async fn begun() -> Scene {
    let scene = Scene::ready().await;
    scene.applied().await;
    scene.platform_shows_progress(0);
    scene.announced("ApplicationStarted").await;
    assert_eq!(scene.worker().step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Done));
    scene
}

pub(crate) async fn icims_has_rows(scene: &Scene, rows: Value) {
    scene.icims_answers("GET", WORKFLOW, ResponseTemplate::new(200).set_body_json(json!({"assessmentresults": rows}))).await;
}

pub(crate) async fn writes(scene: &Scene) -> Vec<Value> {
    let requests = scene.icims.received_requests().await.expect("recording is on");
    let writes = requests.iter().filter(|request| request.method.as_str() != "GET");
    writes.map(|request| request.body_json().expect("JSON")).collect()
}

pub(crate) async fn last_write(scene: &Scene) -> Value {
    writes(scene).await.pop().expect("a write")
}

/// The statuses that iCIMS was told, in this order.
pub(crate) async fn statuses(scene: &Scene) -> Vec<String> {
    let writes = writes(scene).await;
    writes.iter().map(|row| row["assessmentstatus"]["id"].as_str().expect("a status").to_owned()).collect()
}

/// The order could not be carried out after all.
pub(crate) async fn given_up(scene: &Scene, order: OrderId) {
    let (now, job) = (scene.clock.clock().now(), Job { kind: JobKind::SendInvitation, order });
    let error = JobError::stop("the mail server turned it down", "The invitation could not be mailed.");
    scene.store.write(move |tx| give_up(tx, job, &error, now)).await.expect("the store answers");
}

#[tokio::test]
async fn a_start_and_a_finish_become_one_row_that_is_created_and_completed() {
    let scene = invited().await;
    scene.platform_shows_progress(0);
    assert_eq!(scene.announced("ApplicationStarted").await.status, StatusCode::NO_CONTENT);
    scene.drain().await;
    let in_progress = last_write(&scene).await;
    assert_eq!(in_progress["assessmentstatus"]["id"], "D37002019003");
    assert_eq!(in_progress["assessmentname"]["value"], PACKAGE);

    scene.platform_shows_finish();
    assert_eq!(scene.announced("CandidateStatusNew").await.status, StatusCode::NO_CONTENT);
    scene.drain().await;
    insta::assert_json_snapshot!(last_write(&scene).await);
    assert_eq!((scene.asked_icims("POST", ROWS).await, scene.asked_icims("PATCH", ROW).await), (1, 1));
}

#[tokio::test]
async fn row_21_a_webhook_that_comes_twice_is_reported_once() {
    let scene = invited().await;
    scene.platform_shows_finish();
    let mut looked = Vec::new();
    for _ in 0..3 {
        assert_eq!(scene.announced("ProcessStatusHasChanged").await.status, StatusCode::NO_CONTENT);
        scene.drain().await;
        looked.push(scene.asked_platform("GET", &format!("/api/v1.0/applications/{APPLICATION}")).await);
    }
    assert_eq!((scene.asked_icims("POST", ROWS).await, scene.asked_icims("PATCH", ROW).await), (1, 0));
    assert!(looked.iter().all(|times| *times == looked[0]), "what iCIMS was told is not looked at again: {looked:?}");
}

#[tokio::test]
async fn row_22_a_start_that_comes_after_the_finish_changes_nothing() {
    let scene = invited().await;
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    scene.announced("ApplicationStarted").await;
    assert_eq!(scene.drain().await, 0);
    assert_eq!(scene.orders().await[0].state, OrderState::Completed);
}

#[tokio::test]
async fn row_22_a_start_that_is_overtaken_by_the_finish_is_dropped() {
    let scene = invited().await;
    scene.announced("ApplicationStarted").await;
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(statuses(&scene).await, ["D37002019001"]);
}

#[tokio::test]
async fn row_23_a_write_that_fails_is_tried_again_until_there_is_one_row() {
    let scene = begun().await;
    let step = scene.worker().step().await.expect("the store answers");
    assert_eq!(step, StepOutcome::Ran(AttemptOutcome::Dead), "a workflow that is gone cannot be written to");

    let scene = begun().await;
    icims_has_rows(&scene, json!([])).await;
    scene.icims_answers("POST", ROWS, ResponseTemplate::new(500)).await;
    assert_eq!(scene.worker().step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Later));
    assert!(matches!(scene.worker().step().await, Ok(StepOutcome::Idle(Some(_)))));
}

#[tokio::test]
async fn a_row_whose_creation_was_answered_into_the_void_is_found_again() {
    let scene = Scene::ready().await;
    scene.applied().await;
    icims_has_rows(&scene, json!([{"entry": 512, "assessmentname": {"id": "C31649", "value": PACKAGE}}])).await;
    scene.icims_answers("PATCH", ROW, ResponseTemplate::new(204)).await;
    scene.platform_shows_progress(0);
    scene.announced("ApplicationStarted").await;
    scene.drain().await;
    assert_eq!((scene.asked_icims("POST", ROWS).await, scene.asked_icims("PATCH", ROW).await), (0, 1));
}

#[tokio::test]
async fn a_row_is_found_again_although_its_label_was_edited_meanwhile() {
    let scene = Scene::ready().await;
    scene.applied().await;
    let edited = PACKAGE.replace("Call Centre", "Contact Centre");
    icims_has_rows(&scene, json!([{"entry": 511}, {"entry": 512, "assessmentname": {"id": "C31649", "value": edited}}])).await;
    scene.icims_answers("PATCH", ROW, ResponseTemplate::new(204)).await;
    scene.platform_shows_progress(0);
    scene.announced("ApplicationStarted").await;
    scene.drain().await;
    assert_eq!((scene.asked_icims("POST", ROWS).await, scene.asked_icims("PATCH", ROW).await), (0, 1));
}

#[tokio::test]
async fn a_row_that_was_deleted_and_created_again_into_the_void_is_found_again() {
    let scene = Scene::ready().await;
    scene.applied().await;
    let order = scene.orders().await[0].id;
    let deleted = "511".parse().expect("digits");
    scene.store.write(move |tx| orders::keep_result_row(tx, order, deleted)).await.expect("the store answers");
    icims_has_rows(&scene, json!([{"entry": 512, "assessmentname": {"id": "C31649", "value": PACKAGE}}])).await;
    scene.icims_answers("PATCH", ROW, ResponseTemplate::new(204)).await;
    scene.platform_shows_progress(0);
    scene.announced("ApplicationStarted").await;
    scene.drain().await;
    assert_eq!((scene.asked_icims("POST", ROWS).await, scene.asked_icims("PATCH", ROW).await), (0, 1));
}

#[tokio::test]
async fn a_finish_is_reported_for_the_order_that_took_the_place_of_one_that_failed() {
    let scene = ready().await;
    for _ in 0..2 {
        scene.advanced_to("40177").await;
        scene.drain().await;
        given_up(&scene, scene.orders().await[0].id).await;
    }
    scene.advanced_to("40177").await;
    scene.drain().await;
    assert_eq!(scene.announced("CandidateStatusNew").await.status, StatusCode::NO_CONTENT);
    scene.drain().await;
    let states: Vec<_> = scene.orders().await.iter().map(|order| order.state).collect();
    assert_eq!(states, [OrderState::Completed, OrderState::Failed, OrderState::Failed]);
    assert_eq!(statuses(&scene).await.last().map(String::as_str), Some("D37002019001"));
}

#[tokio::test]
async fn a_finish_counts_for_the_newest_order_when_all_of_them_have_failed() {
    let scene = ready().await;
    for _ in 0..2 {
        scene.advanced_to("40177").await;
        scene.drain().await;
        given_up(&scene, scene.orders().await[0].id).await;
    }
    assert_eq!(scene.announced("CandidateStatusNew").await.status, StatusCode::NO_CONTENT);
    scene.drain().await;
    let states: Vec<_> = scene.orders().await.iter().map(|order| order.state).collect();
    assert_eq!(states, [OrderState::Completed, OrderState::Failed]);
}

#[tokio::test]
async fn a_late_failure_does_not_cover_up_what_the_newer_order_has_reported() {
    let scene = ready().await;
    scene.advanced_to("40177").await;
    given_up(&scene, scene.orders().await[0].id).await;
    scene.applied().await;
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(statuses(&scene).await, ["D37002019001"]);
}

#[tokio::test]
async fn row_28_a_finish_that_overtakes_the_second_order_of_the_application_is_reported_for_both() {
    let scene = invited().await;
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    let other = rows_of(&scene, "88432").await;
    let answer = scene.start(&other_workflow(&scene, "88432")).await;
    assert_eq!(answer.location.as_deref(), Some(RETURN_URL), "the platform's answer was older than its webhook");
    scene.drain().await;
    let states: Vec<_> = scene.orders().await.iter().map(|order| order.state).collect();
    assert_eq!(states, [OrderState::Completed, OrderState::Completed], "both get the result of their person");
    assert_eq!((scene.asked_icims("POST", ROWS).await, scene.asked_icims("POST", &other).await), (1, 1));
}

/// Ines reaches the assessment step of another job.
fn other_workflow(scene: &Scene, workflow: &str) -> Value {
    let mut event = scene.event("ApplicationCompletedEvent");
    event["systemId"] = json!(workflow);
    event["links"][0]["url"] = json!(format!("{}/customers/4021/applicantworkflows/{workflow}", scene.icims.uri()));
    event["userId"] = json!("30517");
    event["returnUrl"] = json!(RETURN_URL);
    event
}

/// iCIMS takes rows of another workflow, too; where they are added.
async fn rows_of(scene: &Scene, workflow: &str) -> String {
    let at = format!("/customers/4021/applicantworkflows/{workflow}");
    let rows = format!("{at}/fields/assessmentresults");
    scene.icims_answers("GET", &at, ResponseTemplate::new(200).set_body_json(json!({}))).await;
    let location = format!("{}{rows}/513", scene.icims.uri());
    scene.icims_answers("POST", &rows, ResponseTemplate::new(201).insert_header("Location", location)).await;
    rows
}

#[tokio::test]
async fn row_17_and_uat_23_a_used_up_quota_is_waited_for_and_nothing_is_lost() {
    let scene = begun().await;
    let until_midnight = ResponseTemplate::new(429).insert_header("Retry-After", "43200");
    scene.icims_answers("GET", WORKFLOW, until_midnight).await;
    assert_eq!(scene.worker().step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Later));
    let asked = scene.asked_icims("GET", WORKFLOW).await;
    scene.clock.advance(SignedDuration::from_hours(11));
    scene.drain().await;
    assert_eq!(scene.asked_icims("GET", WORKFLOW).await, asked, "the quota is not asked for before midnight");
    scene.clock.advance(SignedDuration::from_mins(61));
    scene.drain().await;
    assert_eq!(scene.asked_icims("GET", WORKFLOW).await, asked + 1);
}

#[tokio::test]
async fn wrong_credentials_and_nonsense_are_refused() {
    let scene = invited().await;
    for wrong in ["", "harver-platform-4021:wrong", "harver-icims-4021:event-password"] {
        let answer = scene.post(CALLBACK_PATH, wrong, b"{}".to_vec(), &[]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{wrong:?}");
    }
    for nonsense in [&b""[..], b"{", b"null", b"{\"event\":\"CandidateStatusNew\"}"] {
        let answer = scene.post(CALLBACK_PATH, "harver-platform-4021:webhook-password", nonsense.to_vec(), &[]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{nonsense:?}");
    }
    let (account, other) = (crate::support::ACCOUNT, "64b1f0c2a9d3e7004a5b6c71");
    let callback = json!({"event": "CandidateStatusNew", "data": {"type": "applications", "id": APPLICATION},
        "relationships": {"account": {"data": {"type": "account", "id": account}}}});
    let theirs = callback.to_string().replace(account, other).into_bytes();
    let answer = scene.post(CALLBACK_PATH, "harver-platform-4021:webhook-password", theirs, &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "these credentials are another account's");
    assert_eq!(scene.drain().await, 0);
}

#[tokio::test]
async fn assessment_status_off_means_that_icims_hears_of_the_result_only() {
    let scene = Scene::bare(|customer| customer.reports_progress = false, |_| {}).await;
    scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})).await;
    scene.job_with(&[PACKAGE]).await;
    scene.application_is("in-progress", 1).await;
    scene.applied().await;
    scene.platform_shows_progress(0);
    scene.announced("ApplicationStarted").await;
    assert_eq!(scene.drain().await, 1, "it is looked at, and that is all");
    assert_eq!(scene.orders().await[0].state, OrderState::InProgress);
}

#[tokio::test]
async fn a_candidate_who_could_not_be_invited_shows_as_incomplete_with_the_reason() {
    let scene = Scene::bare(|_| {}, |_| {}).await;
    scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})).await;
    scene.job_with(&[PACKAGE]).await;
    scene.vacancy("open").await;
    let refusal = json!({"errors": [{"id": "ValidationError", "status": 400, "title": "x", "detail": "The vacancy is closed"}]});
    let at = format!("/api/v1.0/vacancies/{}/applications", crate::support::VACANCY);
    scene.harver_answers("POST", &at, ResponseTemplate::new(400).set_body_json(refusal)).await;
    icims_has_rows(&scene, json!([])).await;
    let location = format!("{}{ROW}", scene.icims.uri());
    scene.icims_answers("POST", ROWS, ResponseTemplate::new(201).insert_header("Location", location)).await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.drain().await;
    let row = last_write(&scene).await;
    assert_eq!(row["assessmentstatus"]["id"], "D37002019002");
    assert!(row["assessmentnotes"].as_str().expect("notes").contains("does not take candidates"), "{row}");
    assert_eq!(scene.orders().await[0].state, OrderState::Failed);
}
