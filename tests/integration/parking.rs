//! A neighbour that refuses whatever is asked for a customer holds that customer's work up, and nobody else's, until somebody has acted.

use harver_icims::delivery::StepOutcome;
use harver_icims::domain::{Breaker, Disposition, Neighbour};
use harver_icims::store::breakers;
use harver_icims::store::jobs::{self, AttemptOutcome, Outstanding};
use jiff::SignedDuration;

use crate::turns::{Two, USUAL, fails, id, succeeds};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// What is known of the usual customer's iCIMS.
async fn known(two: &Two) -> Option<Breaker> {
    two.store.read(move |tx| breakers::one(tx, id(USUAL), Neighbour::Icims)).await.expect("the store answers")
}

async fn outstanding(two: &Two) -> Outstanding {
    let now = two.stepped.clock().now();
    two.store.read(move |tx| jobs::outstanding(tx, Some(id(USUAL)), now)).await.expect("the store answers")
}

/// Steps, whenever somebody may try, until so many steps of the usual customer were run. Whether any of them was given up.
async fn any_given_up(two: &Two, runs: usize) -> bool {
    let mut came_to = two.all_steps().await;
    while two.counts().0 < runs {
        let StepOutcome::Idle(Some(next)) = two.step().await else { panic!("something is to come") };
        two.stepped.advance(next.duration_since(two.stepped.clock().now()));
        came_to.extend(two.all_steps().await);
    }
    came_to.contains(&AttemptOutcome::Dead)
}

#[tokio::test]
async fn all_that_goes_to_a_neighbour_that_refuses_the_customer_waits_and_nobody_elses() {
    let two = Two::with(10, 3).await.ending([fails(Disposition::Park)]);
    two.all_steps().await;
    assert_eq!(two.counts(), (1, 3), "nine are not even tried");
    assert!(matches!(known(&two).await, Some(Breaker::Parked(parked)) if parked.reason == "the neighbour is away"));
    let now = two.stepped.clock().now();
    assert_eq!(outstanding(&two).await, Outstanding { due: 0, waiting: 10, next_attempt: Some(now + MINUTE), due_since: None });
    assert_eq!(two.step().await, StepOutcome::Idle(Some(now + MINUTE)));
}

#[tokio::test]
async fn however_long_it_takes_nothing_is_given_up_and_then_all_goes_on_by_itself() {
    let refusals = std::iter::repeat_n(fails(Disposition::Park), 30);
    let two = Two::with(2, 0).await.ending(refusals.chain([succeeds()]));
    assert!(!any_given_up(&two, 30).await, "thirty refusals are more than the ladders of both have rungs");
    assert!(!any_given_up(&two, 32).await);
    assert_eq!((known(&two).await, outstanding(&two).await), (None, Outstanding::default()));
}

#[tokio::test]
async fn the_steps_that_wait_try_in_turn_so_that_none_holds_up_the_others() {
    // The first is refused whatever the others are.
    let two = Two::with(2, 0).await.ending([fails(Disposition::Park), fails(Disposition::Park), succeeds()]);
    assert!(!any_given_up(&two, 4).await);
    let attempts = async |order: i64| {
        let jobs = two.store.read(move |tx| jobs::of_order(tx, order.try_into().expect("a number"))).await;
        jobs.expect("the store answers")[0].attempts.len()
    };
    assert_eq!([attempts(1).await, attempts(2).await], [2, 2]);
}

#[tokio::test]
async fn a_step_that_is_refused_where_others_get_through_is_given_up_in_the_end() {
    let two = Two::with(1, 0).await.ending([fails(Disposition::Park)]);
    let mut runs = 1;
    while !any_given_up(&two, runs).await {
        runs += 1;
        assert!(runs < 20, "it waits for ever");
        let kept = two.store.write(|tx| breakers::keep(tx, id(USUAL), Neighbour::Icims, None)).await;
        kept.expect("the store answers");
    }
    assert_eq!(runs, 6, "the ladder has five rungs");
}

#[tokio::test]
async fn somebody_who_has_acted_has_it_tried_at_once() {
    let two = Two::with(5, 0).await.ending([fails(Disposition::Park), succeeds()]);
    two.all_steps().await;
    let now = two.stepped.clock().now();
    let tried = two.store.write(move |tx| breakers::try_now(tx, id(USUAL), Neighbour::Icims, now)).await;
    tried.expect("the store answers");
    two.all_steps().await;
    assert_eq!(two.counts(), (5, 0), "four get through; the first is on the ladder");
    two.stepped.advance(MINUTE * 2);
    two.all_steps().await;
    assert_eq!(two.counts(), (6, 0));
}

#[tokio::test]
async fn other_settings_are_tried_at_once() {
    let two = Two::with(5, 0).await.ending([fails(Disposition::Park), succeeds()]);
    two.all_steps().await;
    two.settings_changed().await;
    two.all_steps().await;
    assert_eq!(two.counts(), (5, 0));
}

#[tokio::test]
async fn a_dead_letter_that_is_replayed_waits_with_the_others_and_goes_on_with_them() {
    let two = Two::with(1, 0).await.ending([fails(Disposition::Stop), fails(Disposition::Park), succeeds()]);
    assert_eq!(two.all_steps().await, [AttemptOutcome::Dead]);
    let now = two.stepped.clock().now();
    let replayed = two.store.write(move |tx| {
        let dead = jobs::dead(tx, id(USUAL), 1)?;
        jobs::replay(tx, id(USUAL), dead[0].id, now)
    });
    replayed.await.expect("the store answers").expect("a dead letter");
    assert_eq!(two.all_steps().await, [AttemptOutcome::Later], "the order is not at fault");
    assert!(!any_given_up(&two, 3).await);
    assert_eq!(outstanding(&two).await, Outstanding::default());
}
