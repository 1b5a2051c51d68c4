//! Durable work: leased, tried on the ladder, given up loudly, replayed by a person.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use harver_icims::clock::Clock;
use harver_icims::delivery::{BoxFuture, Finish, JobError, Ladder, StepOutcome, Worker};
use harver_icims::domain::{CustomerId, Disposition, Job, JobKind, OrderEvent, OrderId, OrderState};
use harver_icims::harver_to_ats;
use harver_icims::store::jobs::{Attempt, AttemptOutcome, Outstanding};
use harver_icims::store::{self, SealingKey, Store, StoreError, Tx, jobs, orders};
use jiff::SignedDuration;

use crate::database::fresh_store;
use crate::support::{SteppedClock, claim_first, customer, new_order, nowhere};

pub(crate) async fn store_with_customer() -> Store {
    let store = fresh_store();
    let customer = customer(&nowhere(), &nowhere());
    store.write(move |tx| store::insert_customer(tx, &customer)).await.expect("a customer");
    store
}

pub(crate) async fn ordered(store: &Store, workflow: u64, kinds: &'static [JobKind], clock: &Clock) -> OrderId {
    let now = clock.now();
    let recorded: Result<OrderId, StoreError> = store
        .write(move |tx| {
            let order = orders::insert(tx, &new_order(workflow), now)?;
            for kind in kinds {
                jobs::enqueue(tx, Job { kind: *kind, order }, now)?;
            }
            Ok(order)
        })
        .await;
    recorded.expect("an order")
}

/// The line in which the customer's jobs of a kind wait.
fn line(kind: JobKind) -> (CustomerId, JobKind) {
    ("4021".parse().expect("digits"), kind)
}

pub(crate) fn worker(
    store: &Store,
    clock: &Clock,
    run: impl Fn(Job) -> BoxFuture<'static, Result<Finish, JobError>> + Send + Sync + 'static,
) -> Worker {
    Worker::new(store.clone(), clock.clone(), Ladder::default(), Arc::new(run), harver_to_ats::give_up)
}

pub(crate) fn done() -> BoxFuture<'static, Result<Finish, JobError>> {
    Box::pin(async { Ok(Box::new(|_: &Tx<'_>, _| Ok(())) as Finish) })
}

pub(crate) fn fails(disposition: Disposition) -> BoxFuture<'static, Result<Finish, JobError>> {
    let error =
        JobError { at: None, disposition, for_operator: "the neighbour is away".into(), for_recruiter: "Harver is away.".into() };
    Box::pin(async move { Err(error) })
}

#[tokio::test(flavor = "multi_thread")]
async fn many_workers_run_each_job_once() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    for workflow in 1..=50 {
        ordered(&store, workflow, &[JobKind::StartAssessment], &stepped.clock()).await;
    }
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let worker = worker(&store, &stepped.clock(), move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        done()
    });
    let drains = (0..8).map(|_| {
        let worker = worker.clone();
        tokio::spawn(async move { while matches!(worker.step().await, Ok(StepOutcome::Ran(_))) {} })
    });
    for drain in drains.collect::<Vec<_>>() {
        drain.await.expect("no panic");
    }
    assert_eq!(runs.load(Ordering::SeqCst), 50);
    assert_eq!(worker.step().await.expect("the store answers"), StepOutcome::Idle(None));
}

#[tokio::test]
async fn two_jobs_of_one_order_are_never_leased_at_once() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let clock = stepped.clock();
    ordered(&store, 1, &[JobKind::ReportProgress, JobKind::ReportResult], &clock).await;
    let now = clock.now();
    let until = now + SignedDuration::from_mins(5);
    let claim = |kind| store.write(move |tx| jobs::claim(tx, line(kind), now, until, &[]));
    claim(JobKind::ReportProgress).await.expect("the store answers").expect("a job");
    let second = claim(JobKind::ReportResult).await.expect("the store answers");
    assert_eq!(second, None, "the other job waits until the first is settled");
    let waiting = store.read(move |tx| jobs::waiting(tx, now, now, &[])).await.expect("the store answers");
    assert_eq!(waiting, [], "nor is it offered");
}

#[tokio::test]
async fn a_job_whose_worker_died_comes_back_when_the_lease_runs_out() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let clock = stepped.clock();
    ordered(&store, 1, &[JobKind::StartAssessment], &clock).await;
    let now = clock.now();
    let until = now + SignedDuration::from_mins(5);
    let claim = move |tx: &Tx<'_>| jobs::claim(tx, line(JobKind::StartAssessment), now, until, &[]);
    store.write(claim).await.expect("the store answers").expect("a job");

    let worker = worker(&store, &clock, |_| done());
    assert_eq!(worker.step().await.expect("the store answers"), StepOutcome::Idle(Some(until)));
    stepped.advance(SignedDuration::from_mins(5));
    assert_eq!(worker.step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Done));
}

#[tokio::test]
async fn nobody_spins_on_a_job_that_waits_for_another_of_its_order() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let clock = stepped.clock();
    ordered(&store, 1, &[JobKind::ReportProgress, JobKind::ReportResult], &clock).await;
    let (now, until) = (clock.now(), clock.now() + SignedDuration::from_mins(5));
    let claim = move |tx: &Tx<'_>| jobs::claim(tx, line(JobKind::ReportProgress), now, until, &[]);
    store.write(claim).await.expect("the store answers").expect("a job");
    let idle = worker(&store, &clock, |_| done());
    assert_eq!(idle.step().await.expect("the store answers"), StepOutcome::Idle(Some(until)), "not before the lease ends");
}

#[tokio::test]
async fn what_is_to_come_is_moved_and_nothing_is_to_come_of_what_has_ended() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let clock = stepped.clock();
    let (order, now) = (ordered(&store, 1, &[], &clock).await, clock.now());
    let job = Job { kind: JobKind::CloseInvitation, order };
    for days in [1, 2] {
        let due = now + SignedDuration::from_hours(24 * days);
        store.write(move |tx| jobs::schedule(tx, job, due, now)).await.expect("the store answers");
        let idle = worker(&store, &clock, |_| done());
        assert_eq!(
            idle.step().await.expect("the store answers"),
            StepOutcome::Idle(Some(due)),
            "the second takes the first's place"
        );
    }
    store.write(move |tx| orders::apply(tx, order, OrderEvent::Withdrawn, now)).await.expect("the store answers");
    assert!(store.read(move |tx| jobs::of_order(tx, order)).await.expect("the store answers").is_empty());
    store.write(move |tx| jobs::schedule(tx, job, now, now)).await.expect("the store answers");
    let idle = worker(&store, &clock, |_| done());
    assert_eq!(idle.step().await.expect("the store answers"), StepOutcome::Idle(None));
}

#[tokio::test]
async fn a_job_that_panics_is_an_attempt_that_failed() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let order = ordered(&store, 1, &[JobKind::StartAssessment], &stepped.clock()).await;
    let panicking = worker(&store, &stepped.clock(), |_| Box::pin(async { panic!("a rule went wrong") }));
    assert_eq!(panicking.step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Later));
    let jobs = store.read(move |tx| jobs::of_order(tx, order)).await.expect("the store answers");
    assert!(jobs[0].attempts[0].detail.contains("panic"), "{jobs:?}");
}

#[tokio::test]
async fn an_outcome_that_cannot_be_recorded_is_an_attempt_that_failed() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let order = ordered(&store, 1, &[JobKind::StartAssessment], &stepped.clock()).await;
    let now = stepped.clock().now();
    let conflicting = worker(&store, &stepped.clock(), move |_| {
        Box::pin(async move { Ok(Box::new(move |tx: &Tx<'_>, _| orders::insert(tx, &new_order(1), now).map(drop)) as Finish) })
    });
    assert_eq!(conflicting.step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Later));
    let jobs = store.read(move |tx| jobs::of_order(tx, order)).await.expect("the store answers");
    assert_eq!((jobs[0].state.as_str(), jobs[0].attempts.len()), ("waiting", 1), "it is not tried for ever without a trace");
}

#[tokio::test]
async fn a_job_that_asks_for_its_own_kind_again_is_heard() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let order = ordered(&store, 1, &[JobKind::StartAssessment], &stepped.clock()).await;
    let job = Job { kind: JobKind::StartAssessment, order };
    let asking = worker(&store, &stepped.clock(), move |_| {
        Box::pin(async move { Ok(Box::new(move |tx: &Tx<'_>, now| jobs::enqueue(tx, job, now)) as Finish) })
    });
    assert_eq!(asking.step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Done));
    assert_eq!(asking.step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Done));
}

/// The step of a fresh order is asked for once more while it is being done, and given up then.
async fn asked_for_again_while_given_up(store: &Store, kind: JobKind, clock: &Clock) -> OrderId {
    let order = ordered(store, 1, &[], clock).await;
    let (now, job) = (clock.now(), Job { kind, order });
    let given_up = store.write(move |tx| {
        jobs::enqueue(tx, job, now)?;
        let claim = claim_first(tx, now, now)?.expect("a step is due");
        jobs::enqueue(tx, job, now)?;
        let attempt = Attempt { started_at: now, took_ms: 1, outcome: AttemptOutcome::Dead, detail: "away".into() };
        assert!(jobs::settle(tx, &claim, &attempt, None)?, "the step was ours");
        harver_to_ats::give_up(tx, job, &JobError::stop("away", "Correct the address."), now)
    });
    given_up.await.expect("the store answers");
    order
}

#[tokio::test]
async fn what_is_asked_for_again_while_it_is_given_up_is_tried_again() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    asked_for_again_while_given_up(&store, JobKind::LookAtApplication, &stepped.clock()).await;
    let idle = worker(&store, &stepped.clock(), |_| done());
    assert_eq!(idle.step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Done));
}

#[tokio::test]
async fn an_order_that_is_asked_for_again_while_it_is_given_up_has_not_failed() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let order = asked_for_again_while_given_up(&store, JobKind::StartAssessment, &stepped.clock()).await;
    let found = store.read(move |tx| orders::get_order(tx, order)).await.expect("the store answers").expect("the order");
    assert_eq!((found.state, found.failure), (OrderState::Received, None));
    let steps = store.read(move |tx| jobs::of_order(tx, order)).await.expect("the store answers");
    assert_eq!(steps.iter().map(|step| step.state.as_str()).collect::<Vec<_>>(), ["dead", "waiting"]);
}

#[tokio::test]
async fn a_job_that_keeps_failing_climbs_the_ladder_and_is_given_up_loudly() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let order = ordered(&store, 1, &[JobKind::StartAssessment], &stepped.clock()).await;
    let worker = worker(&store, &stepped.clock(), |_| fails(Disposition::RetryLater));
    for minutes in [1, 5, 15, 30, 60] {
        assert_eq!(worker.step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Later));
        assert!(matches!(worker.step().await, Ok(StepOutcome::Idle(Some(_)))), "nothing is due before {minutes} minutes");
        // Jitter lengthens a wait by a tenth at most.
        stepped.advance(SignedDuration::from_secs(minutes * 66));
    }
    assert_eq!(worker.step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Dead));

    let found = store.read(move |tx| orders::get_order(tx, order)).await.expect("the store answers").expect("the order");
    assert_eq!((found.state, found.failure.as_deref()), (OrderState::Failed, Some("Not invited. Harver is away.")));
    let dead = store.read(|tx| jobs::dead(tx, "4021".parse().expect("digits"), 10)).await.expect("the store answers");
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].attempts.len(), 6);
    let recorded = store.read(move |tx| jobs::of_order(tx, order)).await.expect("the store answers");
    assert_eq!(recorded.last().map(|job| job.job.kind), Some(JobKind::ReportFailure), "iCIMS is to be told");
}

#[tokio::test]
async fn what_cannot_succeed_is_given_up_at_once() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    ordered(&store, 1, &[JobKind::ReportResult], &stepped.clock()).await;
    let worker = worker(&store, &stepped.clock(), |_| fails(Disposition::Stop));
    assert_eq!(worker.step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Dead));
}

#[tokio::test]
async fn a_replay_runs_once_and_leaves_the_automatic_budget_alone() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let order = ordered(&store, 1, &[JobKind::ReportResult], &stepped.clock()).await;
    let customer = "4021".parse().expect("digits");
    let failing = worker(&store, &stepped.clock(), |_| fails(Disposition::Stop));
    failing.step().await.expect("the store answers");
    let number = store.read(move |tx| jobs::dead(tx, customer, 10)).await.expect("the store answers")[0].id;

    let now = stepped.clock().now();
    let other = "4022".parse().expect("digits");
    let refused = store.write(move |tx| jobs::replay(tx, other, number, now)).await.expect("the store answers");
    assert_eq!(refused, None, "another customer's dead letter cannot be replayed");
    let revived = store.write(move |tx| jobs::replay(tx, customer, number, now)).await.expect("the store answers");
    assert_eq!(revived, Some(Job { kind: JobKind::ReportResult, order }));
    let still_failing = worker(&store, &stepped.clock(), |_| fails(Disposition::RetryLater));
    assert_eq!(still_failing.step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Dead));

    store.write(move |tx| jobs::replay(tx, customer, number, now)).await.expect("the store answers");
    let mended = worker(&store, &stepped.clock(), |_| done());
    assert_eq!(mended.step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Done));
}

#[tokio::test]
async fn a_refused_change_takes_its_work_with_it() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let now = stepped.clock().now();
    let refused: Result<(), StoreError> = store
        .write(move |tx| {
            let order = orders::insert(tx, &new_order(1), now)?;
            jobs::enqueue(tx, Job { kind: JobKind::StartAssessment, order }, now)?;
            orders::insert(tx, &new_order(1), now).map(|_| ())
        })
        .await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "the same order twice");
    let left = store.read(move |tx| jobs::outstanding(tx, None, now)).await.expect("the store answers");
    assert_eq!(left, Outstanding::default());
}

#[tokio::test]
async fn an_acknowledged_order_is_there_when_the_file_is_opened_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("integration.db");
    let passphrase = "a passphrase".into();
    let stepped = SteppedClock::at_noon();
    let order = {
        let store = Store::open(&path, SealingKey::from_passphrase(&passphrase)).expect("a new file");
        let customer = customer(&nowhere(), &nowhere());
        store.write(move |tx| store::insert_customer(tx, &customer)).await.expect("a customer");
        ordered(&store, 1, &[JobKind::StartAssessment], &stepped.clock()).await
    };
    let store = Store::open(&path, SealingKey::from_passphrase(&passphrase)).expect("the same file");
    let found = store.read(move |tx| orders::get_order(tx, order)).await.expect("the store answers").expect("the order");
    assert_eq!(found.candidate.email.as_str(), "ines.okafor@example.org");
    let worker = worker(&store, &stepped.clock(), |_| done());
    assert_eq!(worker.step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Done));
}

#[tokio::test]
async fn what_a_killed_process_was_working_on_is_due_again_at_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("integration.db");
    let (passphrase, stepped) = ("a passphrase".into(), SteppedClock::at_noon());
    let clock = stepped.clock();
    {
        let store = Store::open(&path, SealingKey::from_passphrase(&passphrase)).expect("a new file");
        let customer = customer(&nowhere(), &nowhere());
        store.write(move |tx| store::insert_customer(tx, &customer)).await.expect("a customer");
        ordered(&store, 1, &[JobKind::SendInvitation], &clock).await;
        let (now, until) = (clock.now(), clock.now() + SignedDuration::from_mins(5));
        store.write(move |tx| claim_first(tx, now, until)).await.expect("the store answers").expect("a job");
        let second = Store::open(&path, SealingKey::from_passphrase(&passphrase));
        assert!(matches!(second, Err(StoreError::InUse)), "two processes never share a file");
    }
    let store = Store::open(&path, SealingKey::from_passphrase(&passphrase)).expect("the same file");
    let worker = worker(&store, &clock, |_| done());
    assert_eq!(worker.step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Done));
}

#[tokio::test]
async fn a_damaged_or_newer_file_is_refused_at_the_start_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("integration.db");
    let passphrase = "a passphrase".into();
    drop(Store::open(&path, SealingKey::from_passphrase(&passphrase)).expect("a new file"));
    let whole = until_closed(&path);
    let mut scribbled = whole.clone();
    let middle = scribbled.len() / 2;
    scribbled[middle..middle + 4096].fill(0xAA);
    // Not in the form that this program gives to its files, so that giving it would show.
    let newer = folder.path().join("newer.db");
    let connection = rusqlite::Connection::open(&newer).expect("a file");
    connection.execute_batch("CREATE TABLE robots (name TEXT); PRAGMA user_version=99").expect("a version");
    drop(connection);
    for (damaged, is_newer) in [
        (whole[..whole.len() / 2].to_vec(), false),
        (scribbled, false),
        (b"this is no database, however long it is ".repeat(200), false),
        (std::fs::read(&newer).expect("a file"), true),
    ] {
        std::fs::write(&path, &damaged).expect("a file");
        let refused = Store::open(&path, SealingKey::from_passphrase(&passphrase)).expect_err("damage");
        let told = if is_newer {
            matches!(refused, StoreError::Newer { found: 99, .. })
        } else {
            matches!(refused, StoreError::Corrupt(_))
        };
        assert!(told, "{refused}");
        assert_eq!(std::fs::read(&path).expect("a file"), damaged);
    }
}

/// The bytes of a database once its connections are closed, which folds the write-ahead log into it.
fn until_closed(path: &std::path::Path) -> Vec<u8> {
    let log = path.with_extension("db-wal");
    let started = std::time::Instant::now();
    while log.exists() {
        assert!(started.elapsed().as_secs() < 20, "the database is never closed");
        std::thread::yield_now();
    }
    std::fs::read(path).expect("a file")
}

#[tokio::test]
async fn a_panicking_change_harms_nobody_else() {
    let store = store_with_customer().await;
    let panicked: Result<(), StoreError> = store.write(|_| panic!("a rule went wrong")).await;
    assert!(matches!(panicked, Err(StoreError::Closed)));
    assert_eq!(store.read(store::customers).await.expect("the store answers").len(), 1);
}
