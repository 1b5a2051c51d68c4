//! A candidate gets a mail at most once more than needed, whatever becomes of the mail server's answer.

use harver_icims::delivery::StepOutcome;
use harver_icims::domain::{JobKind, OrderState};
use harver_icims::store::jobs::AttemptOutcome;
use harver_icims::store::{StoreError, jobs, orders};
use jiff::SignedDuration;

use crate::post_office::PostOffice;
use crate::scene::Scene;

const IDENTITY: &str = "Message-ID:";
const NO_ANSWER: &str = "";

/// Ines is about to be mailed.
async fn about_to_mail(office: &PostOffice) -> Scene {
    let port = office.port;
    let scene = Scene::ready_with(move |settings| settings.mail.port = port).await;
    scene.advanced_to("40177").await;
    assert_eq!(step(&scene).await, AttemptOutcome::Done, "the application is created");
    scene
}

async fn step(scene: &Scene) -> AttemptOutcome {
    match scene.worker().step().await.expect("the store answers") {
        StepOutcome::Ran(outcome) => outcome,
        other => panic!("{other:?}"),
    }
}

/// Mails, and again as the ladder says, until that has come to something.
async fn all_attempts(scene: &Scene) -> Vec<AttemptOutcome> {
    let mut came_to = vec![step(scene).await];
    while came_to.last() == Some(&AttemptOutcome::Later) {
        scene.clock.advance(SignedDuration::from_mins(66));
        let order = scene.orders().await[0].id;
        while is_waiting(scene, order).await && step(scene).await == AttemptOutcome::Done {}
        came_to.push(last_attempt(scene, order).await);
    }
    came_to
}

async fn records(scene: &Scene, order: harver_icims::domain::OrderId) -> Vec<jobs::JobRecord> {
    let found: Result<_, StoreError> = scene.store.read(move |tx| jobs::of_order(tx, order)).await;
    found.expect("the store answers")
}

async fn is_waiting(scene: &Scene, order: harver_icims::domain::OrderId) -> bool {
    let now = scene.clock.clock().now();
    let mail = |record: &jobs::JobRecord| record.job.kind == JobKind::SendInvitation && record.state == "waiting";
    records(scene, order).await.iter().any(|record| mail(record) && record.due_at <= now)
}

async fn last_attempt(scene: &Scene, order: harver_icims::domain::OrderId) -> AttemptOutcome {
    let records = records(scene, order).await;
    let mail = records.iter().rev().find(|record| record.job.kind == JobKind::SendInvitation).expect("a mail");
    mail.attempts.last().expect("an attempt").outcome
}

#[tokio::test]
async fn a_mail_whose_answer_was_lost_goes_out_once_more_as_the_same_message() {
    let office = PostOffice::saying(&[NO_ANSWER]).await;
    let scene = about_to_mail(&office).await;
    assert_eq!(all_attempts(&scene).await, [AttemptOutcome::Later, AttemptOutcome::Done]);
    let identities = office.all(IDENTITY);
    assert_eq!((identities.len(), &identities[0]), (2, &identities[1]));
    let order = scene.orders().await[0].id;
    let history = scene.store.read(move |tx| orders::history(tx, order)).await.expect("the store answers");
    assert!(history.iter().any(|(_, what)| what.contains("may have taken this mail before")), "{history:?}");
}

#[tokio::test]
async fn a_mail_whose_answer_was_lost_twice_is_left_to_a_person_who_may_send_it_again() {
    let office = PostOffice::saying(&[NO_ANSWER, NO_ANSWER]).await;
    let scene = about_to_mail(&office).await;
    assert_eq!(all_attempts(&scene).await, [AttemptOutcome::Later, AttemptOutcome::Later, AttemptOutcome::Dead]);
    assert_eq!(office.all(IDENTITY).len(), 2);
    let order = &scene.orders().await[0];
    assert_eq!(order.state, OrderState::Failed);
    assert!(order.failure.as_deref().is_some_and(|failure| failure.contains("may have reached the candidate")), "{order:?}");

    let (customer, now) = (order.customer, scene.clock.clock().now());
    let replayed: Result<(), StoreError> = scene
        .store
        .write(move |tx| {
            let dead = jobs::dead(tx, customer, 1)?.remove(0);
            orders::apply(tx, dead.job.order, harver_icims::domain::OrderEvent::Revived, now)?;
            jobs::replay(tx, customer, dead.id, now).map(drop)
        })
        .await;
    replayed.expect("the store answers");
    scene.drain().await;
    assert_eq!(office.all(IDENTITY).len(), 3);
    assert_eq!(scene.orders().await[0].state, OrderState::Invited);
}

#[tokio::test]
async fn an_answer_that_turns_a_mail_down_leaves_nothing_open() {
    let office = PostOffice::saying(&["451 later", "451 later", "451 later", NO_ANSWER]).await;
    let scene = about_to_mail(&office).await;
    let attempts = all_attempts(&scene).await;
    assert_eq!((attempts.len(), attempts.last()), (5, Some(&AttemptOutcome::Done)), "{attempts:?}");
}
