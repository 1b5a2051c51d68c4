//! The same candidate asked for once more: whatever became of the first time, a candidate who has no working link gets one, and nobody
//! gets two.

use axum::http::StatusCode;
use harver_icims::delivery::StepOutcome;
use harver_icims::domain::{JobKind, OrderState};
use harver_icims::store::jobs::{self, Attempt, AttemptOutcome};
use jiff::SignedDuration;
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::scene::{RETURN_URL, Scene};
use crate::support::{PACKAGE, VACANCY};

/// The next step that is due is given up, without having been run.
async fn next_step_is_given_up(scene: &Scene, kind: JobKind) {
    let now = scene.clock.clock().now();
    let given_up = scene.store.write(move |tx| {
        let customer = "4021".parse().expect("digits");
        let claim = jobs::claim(tx, (customer, kind), now, now, &[])?.expect("the step is due");
        let attempt = Attempt { started_at: now, took_ms: 1, outcome: AttemptOutcome::Dead, detail: "away".into() };
        jobs::settle(tx, &claim, &attempt, None)
    });
    assert!(given_up.await.expect("the store answers"), "the step was ours");
}

/// The number of the newest link that is kept for the newest order.
async fn link(scene: &Scene) -> String {
    let orders = scene.orders().await;
    orders[0].link.as_ref().expect("a link").path_segments().and_then(|mut parts| parts.next_back()).expect("a path").to_owned()
}

#[tokio::test]
async fn a_recruiter_may_invite_whom_the_portal_could_not_send_on() {
    let scene = Scene::bare(|_| {}, |_| {}).await;
    scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})).await;
    scene.job_with(&[PACKAGE]).await;
    scene.vacancy("open").await;
    scene.harver_answers("POST", &format!("/api/v1.0/vacancies/{VACANCY}/applications"), ResponseTemplate::new(503)).await;
    assert_eq!(scene.applied().await.status, StatusCode::SERVICE_UNAVAILABLE);

    let invited = scene.advanced_to("40177").await;
    assert_eq!(invited.status, StatusCode::OK, "the candidate has no invitation: {}", invited.body);
    let again = scene.advanced_to("40177").await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "now there is one on its way");
    assert_eq!(scene.orders().await.len(), 1);
    assert!(matches!(scene.worker().step().await, Ok(StepOutcome::Ran(AttemptOutcome::Later))), "the platform is asked again");
}

#[tokio::test]
async fn a_renewal_that_was_given_up_may_be_asked_for_again() {
    let scene = Scene::ready().await;
    scene.applied().await;
    scene.clock.advance(SignedDuration::from_hours(25));
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::BAD_REQUEST, "the renewal is on its way");
    next_step_is_given_up(&scene, JobKind::StartAssessment).await;

    let again = scene.advanced_to("40177").await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.body);
    scene.drain().await;
    assert_eq!(link(&scene).await, "2");
}

#[tokio::test]
async fn a_link_that_ran_out_before_it_could_be_mailed_is_replaced_first() {
    let scene = Scene::ready().await;
    scene.advanced_to("40177").await;
    assert_eq!(scene.drain().await, 2, "the mail server is away");
    assert_eq!(link(&scene).await, "1");
    scene.clock.advance(SignedDuration::from_hours(25));
    let steps = "the mail waits, a new link is fetched, that one is to be mailed; and what was not announced is asked for";
    assert_eq!(scene.drain().await, 4, "{steps}");
    assert_eq!(link(&scene).await, "2");
    let orders = scene.orders().await;
    assert_eq!(
        (orders.len(), orders[0].round, orders[0].state),
        (1, 2, OrderState::Received),
        "another mail, so another identity"
    );
}

#[tokio::test]
async fn a_status_that_nobody_documents_does_not_count_as_finished() {
    for status in ["", "paused"] {
        let scene = Scene::bare(|_| {}, |_| {}).await;
        scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})).await;
        scene.job_with(&[PACKAGE]).await;
        scene.application_is(status, 1).await;
        assert!(scene.applied().await.location.expect("a link").ends_with("/magic-link/1"), "{status:?}");
        assert_eq!(scene.orders().await[0].state, OrderState::Invited, "{status:?}");
    }
}

#[tokio::test]
async fn candidates_who_come_at_once_share_one_order() {
    let scene = Scene::ready().await;
    let answers = futures::future::join_all((0..4).map(|_| scene.applied())).await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::SEE_OTHER));
    let orders = scene.orders().await;
    assert_eq!((orders.len(), orders[0].state), (1, OrderState::Invited));
}

#[tokio::test]
async fn a_candidate_whom_a_recruiter_had_invited_is_sent_back_to_the_portal_all_the_same() {
    let scene = Scene::ready().await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    scene.platform_shows_finish();
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(scene.applied().await.location.as_deref(), Some(RETURN_URL));
}
