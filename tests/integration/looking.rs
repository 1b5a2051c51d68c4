//! A webhook only asks to look: what the application shows is what counts, whatever was announced, and whenever.

use axum::http::StatusCode;
use harver_icims::delivery::StepOutcome;
use harver_icims::domain::{Job, JobKind, OrderEvent, OrderState};
use harver_icims::store::jobs::AttemptOutcome;
use harver_icims::store::{StoreError, announcements, jobs, orders};
use jiff::SignedDuration;
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::callbacks::{invited, last_write, ready, statuses, writes};
use crate::scene::{APPLICATION, Scene, finished, under_way};
use crate::support::claim_first;

const READ: &str = "/api/v1.0/applications/65aa01f29c3b4d00178e92fa";
const IN_PROGRESS: &str = "D37002019003";
const COMPLETE: &str = "D37002019001";

async fn step(scene: &Scene) -> StepOutcome {
    scene.worker().step().await.expect("the store answers")
}

async fn state(scene: &Scene) -> OrderState {
    scene.orders().await[0].state
}

async fn dead_letters(scene: &Scene) -> usize {
    let customer = "4021".parse().expect("digits");
    let dead: Result<_, StoreError> = scene.store.read(move |tx| jobs::dead(tx, customer, 100)).await;
    dead.expect("the store answers").len()
}

/// The application with this status, without a completion time.
fn only_status(status: &str) -> ResponseTemplate {
    let mut application = under_way(2);
    application["data"]["attributes"]["status"] = json!(status);
    ResponseTemplate::new(200).set_body_json(application)
}

#[tokio::test]
async fn no_status_and_no_event_is_a_completion() {
    for status in ["new", "shortlisted", "talent-pool", "invited", "rejected", "hired", "contract", "ready-for-grading"] {
        for event in ["CandidateStatusNew", "ProcessStatusHasChanged", "AdditionalInfoWasUpdated"] {
            let scene = invited().await;
            scene.platform_shows(only_status(status));
            assert_eq!(scene.announced_with(event, status).await.status, StatusCode::NO_CONTENT);
            scene.drain().await;
            assert_eq!(state(&scene).await, OrderState::InProgress, "{event} {status}");
            assert_eq!(statuses(&scene).await, [IN_PROGRESS], "{event} {status}");
        }
    }
}

#[tokio::test]
async fn a_completion_time_is_one_whatever_the_status_says() {
    for (event, status) in
        [("ProcessStatusHasChanged", "rejected"), ("AdditionalInfoWasUpdated", "in-progress"), ("ApplicationStarted", "contract")]
    {
        let scene = invited().await;
        let mut application = finished();
        application["data"]["attributes"]["status"] = json!(status);
        scene.platform_shows(ResponseTemplate::new(200).set_body_json(application));
        scene.announced_with(event, status).await;
        scene.drain().await;
        assert_eq!(statuses(&scene).await, [COMPLETE], "{event} {status}");
    }
}

#[tokio::test]
async fn the_webhook_itself_calls_nobody_and_moves_nothing() {
    let scene = invited().await;
    let before = scene.harver.received_requests().await.expect("recording is on").len();
    scene.announced("CandidateStatusNew").await;
    assert_eq!(scene.harver.received_requests().await.expect("recording is on").len(), before);
    assert_eq!(state(&scene).await, OrderState::Invited);
}

#[tokio::test]
async fn a_completion_that_was_announced_and_is_not_shown_yet_is_looked_for_again() {
    let scene = invited().await;
    scene.platform_shows_progress(0);
    scene.announced("CandidateStatusNew").await;
    assert_eq!(step(&scene).await, StepOutcome::Ran(AttemptOutcome::Later));
    assert!(writes(&scene).await.is_empty());
    scene.platform_shows_finish();
    scene.clock.advance(SignedDuration::from_secs(66));
    scene.drain().await;
    assert_eq!(last_write(&scene).await["assessmentscore"], 78);
    assert_eq!(statuses(&scene).await, [COMPLETE]);
}

#[tokio::test]
async fn a_completion_that_is_never_shown_ends_among_the_dead_letters() {
    let scene = invited().await;
    scene.platform_shows_progress(5);
    scene.announced("CandidateStatusNew").await;
    for minutes in [1, 5, 15, 30, 60] {
        scene.drain().await;
        scene.clock.advance(SignedDuration::from_secs(minutes * 66));
    }
    assert_eq!(dead_letters(&scene).await, 0);
    scene.drain().await;
    assert_eq!(dead_letters(&scene).await, 1);
    assert_eq!(statuses(&scene).await, [IN_PROGRESS], "that the candidate has begun is told all the same");

    scene.platform_shows_finish();
    scene.announced("AdditionalInfoWasUpdated").await;
    scene.drain().await;
    assert_eq!(statuses(&scene).await, [IN_PROGRESS, COMPLETE]);
    assert_eq!(dead_letters(&scene).await, 0, "what was done after all waits for nobody");
}

#[tokio::test]
async fn all_modules_done_without_a_completion_time_is_looked_at_again() {
    let scene = invited().await;
    scene.platform_shows_progress(6);
    scene.announced_with("ProcessStatusHasChanged", "rejected").await;
    assert_eq!(step(&scene).await, StepOutcome::Ran(AttemptOutcome::Done), "that the candidate has begun is told at once");
    assert_eq!(step(&scene).await, StepOutcome::Ran(AttemptOutcome::Later));
}

#[tokio::test]
async fn a_look_that_finds_nothing_new_is_done() {
    let scene = invited().await;
    scene.platform_shows_progress(0);
    scene.announced_with("PersonalInfoWasCreated", "in-progress").await;
    assert_eq!(step(&scene).await, StepOutcome::Ran(AttemptOutcome::Done));
    assert!(matches!(step(&scene).await, StepOutcome::Idle(_)), "reminders and the closing are to come, and nothing else");
    assert_eq!((state(&scene).await, writes(&scene).await.len()), (OrderState::Invited, 0));
}

#[tokio::test]
async fn progress_tells_a_start_whose_webhook_never_came() {
    let scene = invited().await;
    scene.platform_shows_progress(1);
    scene.announced_with("AdditionalInfoWasUpdated", "in-progress").await;
    scene.drain().await;
    assert_eq!(statuses(&scene).await, [IN_PROGRESS]);
}

#[tokio::test]
async fn a_look_that_waits_to_be_tried_again_is_tried_when_more_is_announced() {
    let scene = invited().await;
    scene.platform_shows(ResponseTemplate::new(503));
    scene.announced("ApplicationStarted").await;
    assert_eq!(step(&scene).await, StepOutcome::Ran(AttemptOutcome::Later));
    scene.platform_shows_finish();
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(statuses(&scene).await, [COMPLETE]);
}

#[tokio::test]
async fn what_is_announced_while_somebody_looks_is_looked_at_afterwards() {
    let scene = invited().await;
    scene.announced("ApplicationStarted").await;
    let order = scene.orders().await[0].id;
    let now = scene.clock.clock().now();
    let until = now + SignedDuration::from_mins(5);
    let claim = scene.store.write(move |tx| claim_first(tx, now, until)).await.expect("the store answers");
    let claim = claim.expect("a look");
    assert_eq!(claim.job, Job { kind: JobKind::LookAtApplication, order });

    scene.announced("CandidateStatusNew").await;
    let done = jobs::Attempt { started_at: now, took_ms: 1, outcome: AttemptOutcome::Done, detail: String::new() };
    assert!(scene.store.write(move |tx| jobs::settle(tx, &claim, &done, None)).await.expect("the store answers"));
    scene.drain().await;
    assert_eq!(statuses(&scene).await, [COMPLETE]);
}

#[tokio::test]
async fn a_webhook_that_overtakes_the_answer_that_names_the_application_is_remembered() {
    let scene = ready().await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(statuses(&scene).await, [COMPLETE]);
    let order = scene.orders().await[0].id;
    let steps: Result<_, StoreError> = scene.store.read(move |tx| jobs::of_order(tx, order)).await;
    let steps = steps.expect("the store answers");
    let mailed = steps.iter().find(|record| record.job.kind == JobKind::SendInvitation);
    assert!(mailed.is_none_or(|record| record.attempts.iter().all(|attempt| attempt.outcome == AttemptOutcome::Done)));
}

#[tokio::test]
async fn an_announcement_that_no_order_claims_is_forgotten_after_a_day() {
    let scene = ready().await;
    scene.announced("CandidateStatusNew").await;
    let heard = async || {
        let found: Result<_, StoreError> = scene
            .store
            .read(|tx| announcements::of(tx, "4021".parse().expect("digits"), &APPLICATION.parse().expect("24 digits")))
            .await;
        found.expect("the store answers")
    };
    assert!(heard().await.is_some_and(|heard| heard.finished && !heard.started));
    scene.clock.advance(SignedDuration::from_hours(25));
    let other = json!({"event": "CandidateStatusNew", "data": {"type": "applications", "id": "65aa01f29c3b4d00178e92fb"},
        "relationships": {"account": {"data": {"type": "account", "id": crate::support::ACCOUNT}}}});
    let at = harver_icims::harver_to_ats::CALLBACK_PATH;
    scene.post(at, "harver-platform-4021:webhook-password", other.to_string().into_bytes(), &[]).await;
    assert!(heard().await.is_none());
    assert_eq!(scene.drain().await, 0, "nobody's applications are not looked at");
}

#[tokio::test]
async fn row_18_an_order_that_was_closed_too_early_takes_the_real_end() {
    for closed in [OrderEvent::GivenUp, OrderEvent::RanOut, OrderEvent::Withdrawn] {
        let scene = ready().await;
        scene.advanced_to("40177").await;
        step(&scene).await;
        let (order, now) = (scene.orders().await[0].id, scene.clock.clock().now());
        let ended: Result<(), StoreError> = scene
            .store
            .write(move |tx| {
                if closed == OrderEvent::RanOut {
                    orders::apply(tx, order, OrderEvent::LinkHandedOver, now)?;
                }
                orders::apply(tx, order, closed, now).map(drop)
            })
            .await;
        ended.expect("the store answers");
        assert!(state(&scene).await.is_abandoned());
        scene.announced("CandidateStatusNew").await;
        scene.drain().await;
        assert_eq!(state(&scene).await, OrderState::Completed, "{closed:?}");
        assert_eq!(last_write(&scene).await["assessmentscore"], 78, "{closed:?}");
    }
}

#[tokio::test]
async fn an_order_that_was_completed_by_mistake_gets_its_result_when_there_is_one() {
    let scene = invited().await;
    let (order, now) = (scene.orders().await[0].id, scene.clock.clock().now());
    scene.store.write(move |tx| orders::apply(tx, order, OrderEvent::Finished, now)).await.expect("the store answers");
    scene.platform_shows_progress(3);
    scene.announced_with("AdditionalInfoWasUpdated", "in-progress").await;
    scene.drain().await;
    assert!(writes(&scene).await.is_empty());

    scene.platform_shows_finish();
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(last_write(&scene).await["assessmentscore"], 78);
}

#[tokio::test]
async fn row_21_once_the_result_stands_nobody_looks_again() {
    let scene = invited().await;
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    let looked = scene.asked_platform("GET", READ).await;
    for event in ["CandidateStatusNew", "ApplicationStarted", "ProcessStatusHasChanged"] {
        scene.announced(event).await;
        assert_eq!(scene.drain().await, 0, "{event}");
    }
    assert_eq!(scene.asked_platform("GET", READ).await, looked);
}

#[tokio::test]
async fn an_application_that_is_gone_is_a_dead_letter_and_no_end() {
    let scene = invited().await;
    let gone =
        json!({"errors": [{"id": "NotFound", "status": 404, "title": "Not Found", "detail": "There is no such application."}]});
    scene.platform_shows(ResponseTemplate::new(404).set_body_json(gone));
    scene.announced("CandidateStatusNew").await;
    assert_eq!(step(&scene).await, StepOutcome::Ran(AttemptOutcome::Dead));
    assert_eq!((state(&scene).await, dead_letters(&scene).await), (OrderState::Invited, 1));
}
