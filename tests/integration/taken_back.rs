//! What iCIMS was told and is not true any more is taken back, whichever way it became untrue; what is tried again ends in one right line.

use axum::http::StatusCode;
use harver_icims::domain::{Job, JobKind, OrderEvent, OrderState};
use harver_icims::store::{StoreError, jobs, orders};
use jiff::SignedDuration;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::callbacks::{ROW, ROWS, given_up, icims_has_rows, last_write, statuses, writes};
use crate::post_office::PostOffice;
use crate::scene::{APPLICATION, Scene};
use crate::support::{PACKAGE, VACANCY};

const SENT: &str = "D37002019004";
const IN_PROGRESS: &str = "D37002019003";
const INCOMPLETE: &str = "D37002019002";
const COMPLETE: &str = "D37002019001";

/// Mail arrives, and iCIMS has a line of Ines with this status.
async fn scene_with_line(office: &PostOffice, status: &str) -> Scene {
    let port = office.port;
    let scene = Scene::ready_with(move |settings| settings.mail.port = port).await;
    let line = json!({"entry": 512, "assessmentname": {"id": "C31649", "value": PACKAGE}, "assessmentstatus": {"id": status}});
    icims_has_rows(&scene, json!([line])).await;
    scene.icims_answers("PATCH", ROW, ResponseTemplate::new(204)).await;
    let report = json!({"data": {"url": "https://app.harver.com/reports-hub?token=opaque&lang=en-US"}});
    let at = format!("/api/v1.0/applications/{APPLICATION}/reports/reports-hub");
    scene.harver_answers("GET", &at, ResponseTemplate::new(200).set_body_json(report)).await;
    scene
}

/// The platform turns so many registrations down, as for a vacancy that is closed.
async fn registrations_refused(scene: &Scene, times: u64) {
    let refusal = json!({"errors": [{"id": "ValidationError", "status": 400, "title": "x", "detail": "The vacancy is closed"}]});
    Mock::given(method("POST"))
        .and(path(format!("/api/v1.0/vacancies/{VACANCY}/applications")))
        .respond_with(ResponseTemplate::new(400).set_body_json(refusal))
        .with_priority(1)
        .up_to_n_times(times)
        .mount(&scene.harver)
        .await;
}

/// What the button of the console does with the newest dead letter.
async fn replayed(scene: &Scene) {
    let (now, customer) = (scene.clock.clock().now(), "4021".parse().expect("digits"));
    let job: Result<Option<Job>, StoreError> = scene
        .store
        .write(move |tx| {
            let letter = jobs::dead(tx, customer, 1)?.pop().expect("a dead letter");
            orders::apply(tx, letter.job.order, OrderEvent::Revived, now)?;
            jobs::replay(tx, customer, letter.id, now)
        })
        .await;
    job.expect("the store answers").expect("it is replayed");
    scene.drain().await;
}

fn notes(row: &Value) -> &Value {
    row.get("assessmentnotes").expect("the notes are written, were it to delete them")
}

#[tokio::test]
async fn a_replay_that_succeeds_takes_incomplete_back_and_each_later_truth_its_notes() {
    let office = PostOffice::open().await;
    let scene = scene_with_line(&office, INCOMPLETE).await;
    registrations_refused(&scene, 1).await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.drain().await;
    let row = last_write(&scene).await;
    assert!(notes(&row).as_str().expect("notes").starts_with("Not invited. The vacancy"), "{row}");

    replayed(&scene).await;
    assert_eq!(office.all("Message-ID:").len(), 1);
    assert_eq!(statuses(&scene).await, [INCOMPLETE, SENT]);
    assert_eq!(notes(&last_write(&scene).await), &Value::Null);
    let order = scene.orders().await.remove(0);
    assert_eq!((order.state, order.failure), (OrderState::Invited, None));

    scene.platform_shows_progress(0);
    scene.announced("ApplicationStarted").await;
    scene.drain().await;
    assert_eq!(notes(&last_write(&scene).await), &Value::Null);
    scene.platform_shows_finish();
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(notes(&last_write(&scene).await), "Accuracy 81");
    assert_eq!(statuses(&scene).await, [INCOMPLETE, SENT, IN_PROGRESS, COMPLETE]);
    assert_eq!(scene.asked_icims("POST", ROWS).await, 0, "it is one line");
}

#[tokio::test]
async fn a_replay_that_fails_again_says_the_new_reason() {
    let office = PostOffice::open().await;
    let scene = scene_with_line(&office, INCOMPLETE).await;
    registrations_refused(&scene, 1).await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    let gone =
        json!({"errors": [{"id": "NotFound", "status": 404, "title": "Not Found", "detail": "There is no such vacancy."}]});
    Mock::given(method("POST"))
        .and(path(format!("/api/v1.0/vacancies/{VACANCY}/applications")))
        .respond_with(ResponseTemplate::new(404).set_body_json(gone))
        .with_priority(1)
        .mount(&scene.harver)
        .await;
    replayed(&scene).await;
    let row = last_write(&scene).await;
    assert!(notes(&row).as_str().expect("notes").contains("does not exist in Harver"), "{row}");
    assert_eq!(statuses(&scene).await, [INCOMPLETE, INCOMPLETE]);
}

#[tokio::test]
async fn a_new_order_takes_back_what_was_said_of_the_one_before() {
    let office = PostOffice::open().await;
    let scene = scene_with_line(&office, INCOMPLETE).await;
    registrations_refused(&scene, 1).await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.drain().await;
    assert_eq!(scene.orders().await.len(), 2);
    assert_eq!(statuses(&scene).await, [INCOMPLETE, SENT]);
    assert_eq!(notes(&last_write(&scene).await), &Value::Null);
}

#[tokio::test]
async fn a_candidate_who_comes_through_the_portal_takes_the_failure_back() {
    let office = PostOffice::open().await;
    let scene = scene_with_line(&office, INCOMPLETE).await;
    registrations_refused(&scene, 1).await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    assert_eq!(scene.applied().await.status, StatusCode::SEE_OTHER);
    scene.drain().await;
    assert_eq!(statuses(&scene).await, [INCOMPLETE, SENT]);
}

#[tokio::test]
async fn row_20_a_link_that_cannot_be_renewed_is_told_until_it_can() {
    let office = PostOffice::open().await;
    let scene = scene_with_line(&office, INCOMPLETE).await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    assert!(writes(&scene).await.is_empty(), "an invitation that succeeds at once writes no line");

    scene.clock.advance(SignedDuration::from_hours(25));
    registrations_refused(&scene, 1).await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.drain().await;
    let row = last_write(&scene).await;
    assert_eq!(row["assessmentstatus"]["id"], INCOMPLETE);
    assert!(notes(&row).as_str().expect("notes").starts_with("No new link. The vacancy"), "{row}");

    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.drain().await;
    assert_eq!(statuses(&scene).await, [INCOMPLETE, SENT]);
    assert_eq!(notes(&last_write(&scene).await), &Value::Null);
    assert_eq!(office.all("Message-ID:").len(), 2);
}

#[tokio::test]
async fn a_renewal_that_fails_while_the_candidate_is_at_it_is_told_and_taken_back() {
    let office = PostOffice::open().await;
    let scene = scene_with_line(&office, INCOMPLETE).await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    scene.platform_shows_progress(2);
    scene.announced("ApplicationStarted").await;
    scene.drain().await;
    scene.clock.advance(SignedDuration::from_hours(25));
    registrations_refused(&scene, 1).await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.drain().await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.drain().await;
    assert_eq!(statuses(&scene).await, [IN_PROGRESS, INCOMPLETE, IN_PROGRESS]);
    assert_eq!(notes(&last_write(&scene).await), &Value::Null);
}

#[tokio::test]
async fn a_line_that_says_something_else_is_left_as_it_is() {
    for status in [SENT, IN_PROGRESS, COMPLETE, "C99"] {
        let office = PostOffice::open().await;
        let scene = scene_with_line(&office, status).await;
        scene.advanced_to("40177").await;
        scene.drain().await;
        let (order, now) = (scene.orders().await[0].id, scene.clock.clock().now());
        let job = Job { kind: JobKind::ReportInvited, order };
        scene.store.write(move |tx| jobs::enqueue(tx, job, now)).await.expect("the store answers");
        scene.drain().await;
        assert!(writes(&scene).await.is_empty(), "{status}");
    }
}

#[tokio::test]
async fn a_failure_that_is_over_before_it_was_told_is_not_told() {
    let office = PostOffice::open().await;
    let scene = scene_with_line(&office, SENT).await;
    scene.advanced_to("40177").await;
    scene.worker().step().await.expect("the application is created");
    given_up(&scene, scene.orders().await[0].id).await;
    let (order, now) = (scene.orders().await[0].id, scene.clock.clock().now());
    scene.store.write(move |tx| orders::apply(tx, order, OrderEvent::Revived, now)).await.expect("the store answers");
    scene.drain().await;
    assert_eq!(scene.orders().await[0].state, OrderState::Invited);
    assert!(writes(&scene).await.is_empty(), "{:?}", writes(&scene).await);
}

#[tokio::test]
async fn a_result_that_was_given_up_is_right_and_single_when_it_is_replayed() {
    let office = PostOffice::open().await;
    let scene = scene_with_line(&office, IN_PROGRESS).await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    scene.platform_shows_finish();
    let refused = Mock::given(method("PATCH")).and(path(ROW)).respond_with(ResponseTemplate::new(400)).with_priority(1);
    refused.up_to_n_times(1).mount(&scene.icims).await;
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    let order = scene.orders().await.remove(0);
    assert_eq!((order.state, order.result_written_at), (OrderState::Completed, None));

    replayed(&scene).await;
    let row = last_write(&scene).await;
    assert_eq!((&row["assessmentscore"], &row["assessmentresult"]), (&json!(78), &json!("Great Fit")));
    assert_eq!((scene.asked_icims("POST", ROWS).await, scene.asked_icims("PATCH", ROW).await), (0, 2));
    scene.announced("CandidateStatusNew").await;
    assert_eq!(scene.drain().await, 0, "the result stands");
}

#[tokio::test]
async fn progress_that_is_replayed_after_the_result_changes_nothing() {
    let office = PostOffice::open().await;
    let scene = scene_with_line(&office, IN_PROGRESS).await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    let refused = Mock::given(method("PATCH")).and(path(ROW)).respond_with(ResponseTemplate::new(400)).with_priority(1);
    refused.up_to_n_times(1).mount(&scene.icims).await;
    scene.platform_shows_progress(0);
    scene.announced("ApplicationStarted").await;
    scene.drain().await;
    scene.platform_shows_finish();
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    replayed(&scene).await;
    assert_eq!(statuses(&scene).await, [IN_PROGRESS, COMPLETE], "the first was refused, the second stays");
}
