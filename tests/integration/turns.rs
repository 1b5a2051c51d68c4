//! Work is given out by turns: what one customer's neighbour does, and how much waits for it, keeps no other customer waiting.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use harver_icims::clock::Clock;
use harver_icims::delivery::{BoxFuture, Finish, JobError, StepOutcome, Worker};
use harver_icims::domain::{CustomerId, Disposition, InboundCredentials, Job, JobKind, Neighbour, OrderId};
use harver_icims::store::jobs::AttemptOutcome;
use harver_icims::store::orders::NewOrder;
use harver_icims::store::{self, Store, StoreError, jobs, orders};
use jiff::SignedDuration;

use crate::support::{SteppedClock, customer, new_order, nowhere};
use crate::work::{done, store_with_customer, worker};

/// How many steps of one customer may call one neighbour at a time.
const SHARE: usize = 4;

fn id(number: u64) -> CustomerId {
    number.to_string().parse().expect("digits")
}

/// Another customer beside the usual one.
async fn opened(store: &Store, number: u64) {
    let mut other = customer(&nowhere(), &nowhere());
    other.id = id(number);
    other.events = InboundCredentials { username: format!("events-{number}"), ..other.events };
    other.webhooks = InboundCredentials { username: format!("webhooks-{number}"), ..other.webhooks };
    store.write(move |tx| store::insert_customer(tx, &other)).await.expect("a customer");
}

/// An order of a customer with one step that waits.
async fn ordered(store: &Store, number: u64, workflow: u64, kind: JobKind, clock: &Clock) -> OrderId {
    let (now, order) = (clock.now(), NewOrder { customer: id(number), ..new_order(workflow) });
    let recorded: Result<OrderId, StoreError> = store
        .write(move |tx| {
            let order = orders::insert(tx, &order, now)?;
            jobs::enqueue(tx, Job { kind, order }, now)?;
            Ok(order)
        })
        .await;
    recorded.expect("an order")
}

/// A worker that notes whose jobs it runs, of which those of one customer end as they are told.
fn noting(
    store: &Store,
    clock: &Clock,
    of: &HashMap<OrderId, u64>,
    outcome: impl Fn(u64) -> BoxFuture<'static, Result<Finish, JobError>> + Send + Sync + 'static,
) -> (Worker, Arc<Mutex<Vec<u64>>>) {
    let ran = Arc::new(Mutex::new(Vec::new()));
    let (of, note) = (of.clone(), Arc::clone(&ran));
    let run = move |job: Job| {
        let whose = of[&job.order];
        note.lock().expect("no panic elsewhere").push(whose);
        outcome(whose)
    };
    (worker(store, clock, run), ran)
}

fn fails_at(neighbour: Neighbour, disposition: Disposition) -> BoxFuture<'static, Result<Finish, JobError>> {
    let error = JobError {
        at: Some(neighbour),
        disposition,
        for_operator: "the neighbour is away".into(),
        for_recruiter: "Harver is away.".into(),
    };
    Box::pin(async move { Err(error) })
}

async fn step(worker: &Worker) -> StepOutcome {
    worker.step().await.expect("the store answers")
}

#[tokio::test]
async fn customers_take_turns_whatever_waits() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let clock = stepped.clock();
    opened(&store, 77).await;
    let mut of = HashMap::new();
    for workflow in 1..=20 {
        of.insert(ordered(&store, 4021, workflow, JobKind::ReportProgress, &clock).await, 4021);
    }
    stepped.advance(SignedDuration::from_secs(1));
    for workflow in 1..=2 {
        of.insert(ordered(&store, 77, workflow, JobKind::ReportProgress, &clock).await, 77);
    }
    let (worker, ran) = noting(&store, &clock, &of, |_| done());
    for _ in 0..5 {
        assert_eq!(step(&worker).await, StepOutcome::Ran(AttemptOutcome::Done));
    }
    let ran = ran.lock().expect("no panic elsewhere").clone();
    assert_eq!(ran, [4021, 77, 4021, 77, 4021], "who came last waits for one step, not for twenty");
}

#[tokio::test]
async fn a_neighbour_that_hangs_holds_a_share_and_no_more() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let clock = stepped.clock();
    opened(&store, 77).await;
    let mut of = HashMap::new();
    for workflow in 1..=20 {
        of.insert(ordered(&store, 4021, workflow, JobKind::ReportProgress, &clock).await, 4021);
    }
    of.insert(ordered(&store, 4021, 21, JobKind::LookAtApplication, &clock).await, 4021);
    of.insert(ordered(&store, 77, 1, JobKind::ReportProgress, &clock).await, 77);
    let (worker, ran) =
        noting(&store, &clock, &of, |whose| if whose == 4021 { Box::pin(std::future::pending()) } else { done() });
    let steps: Vec<_> = (0..30)
        .map(|_| {
            let worker = worker.clone();
            tokio::spawn(async move { step(&worker).await })
        })
        .collect();
    // Whoever finds no place returns; those whose neighbour hangs do not.
    let hung = SHARE + 1;
    while steps.iter().filter(|step| step.is_finished()).count() < steps.len() - hung {
        tokio::task::yield_now().await;
    }
    let ran = ran.lock().expect("no panic elsewhere").clone();
    assert_eq!(ran.iter().filter(|whose| **whose == 4021).count(), hung, "a share of iCIMS, and the one step that asks Harver");
    assert!(ran.contains(&77));
    assert_eq!(step(&worker).await, StepOutcome::Idle(None), "whoever ends a step looks again");
    steps.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn a_neighbour_that_is_away_is_left_alone_after_three_failures_and_then_tried_by_one_step() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let clock = stepped.clock();
    opened(&store, 77).await;
    let mut of = HashMap::new();
    for workflow in 1..=10 {
        of.insert(ordered(&store, 4021, workflow, JobKind::ReportProgress, &clock).await, 4021);
    }
    of.insert(ordered(&store, 77, 1, JobKind::ReportProgress, &clock).await, 77);
    let (worker, ran) =
        noting(
            &store,
            &clock,
            &of,
            |whose| {
                if whose == 4021 { fails_at(Neighbour::Icims, Disposition::RetryLater) } else { done() }
            },
        );
    while let StepOutcome::Ran(_) = step(&worker).await {}
    assert_eq!(of_both(&ran), (3, 1), "seven are not even tried, and spend no rung");
    let open_until = clock.now() + SignedDuration::from_secs(30);
    assert_eq!(step(&worker).await, StepOutcome::Idle(Some(open_until)));
    stepped.advance(SignedDuration::from_secs(30));
    while let StepOutcome::Ran(_) = step(&worker).await {}
    assert_eq!(of_both(&ran), (4, 1), "one tries");
}

#[tokio::test]
async fn whoever_is_told_to_wait_waits_with_all_that_goes_there_and_spends_nothing() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let clock = stepped.clock();
    opened(&store, 77).await;
    let mut of = HashMap::new();
    for workflow in 1..=3 {
        of.insert(ordered(&store, 4021, workflow, JobKind::ReportProgress, &clock).await, 4021);
    }
    of.insert(ordered(&store, 77, 1, JobKind::ReportProgress, &clock).await, 77);
    let wait = SignedDuration::from_mins(30);
    let told = clock.clone();
    let (worker, ran) = noting(&store, &clock, &of, move |whose| {
        let moment = told.now() + wait;
        if whose == 4021 { fails_at(Neighbour::Icims, Disposition::RetryAt(moment)) } else { done() }
    });
    for round in 1..=10 {
        while let StepOutcome::Ran(outcome) = step(&worker).await {
            assert_ne!(outcome, AttemptOutcome::Dead);
        }
        assert_eq!(of_both(&ran), (round, 1), "one asks in each round; ten rounds are more than the ladder has rungs");
        stepped.advance(wait);
    }
}

#[tokio::test]
async fn what_was_found_of_a_neighbour_says_nothing_once_the_data_are_replaced() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let clock = stepped.clock();
    let mut of = HashMap::new();
    for workflow in 1..=5 {
        of.insert(ordered(&store, 4021, workflow, JobKind::ReportProgress, &clock).await, 4021);
    }
    let tomorrow = clock.now() + SignedDuration::from_hours(24);
    let pause = harver_icims::delivery::Pause::default();
    let (worker, ran) = noting(&store, &clock, &of, move |_| fails_at(Neighbour::Icims, Disposition::RetryAt(tomorrow)));
    let worker = worker.pausing(pause.clone());
    while let StepOutcome::Ran(_) = step(&worker).await {}
    assert_eq!(of_both(&ran), (1, 0));
    assert!(pause.cut_off(harver_icims::delivery::Whose::OneCustomers, std::time::Duration::from_secs(20)).await);
    while let StepOutcome::Ran(_) = step(&worker).await {}
    assert_eq!(of_both(&ran), (2, 0), "the new ones are asked");
}

/// How many steps of the usual customer and of the other one were run.
fn of_both(ran: &Mutex<Vec<u64>>) -> (usize, usize) {
    let ran = ran.lock().expect("no panic elsewhere");
    let usual = ran.iter().filter(|whose| **whose == 4021).count();
    (usual, ran.len() - usual)
}
