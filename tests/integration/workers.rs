//! Workers at large: who may work on what while the clock jumps, and what wakes and stops them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use harver_icims::clock::Clock;
use harver_icims::delivery::{BoxFuture, Finish, JobError, StepOutcome, Worker};
use harver_icims::domain::{Disposition, JobKind, OrderState, StepLimit};
use harver_icims::settings::{self, By, SaveError, Way};
use harver_icims::store::jobs::AttemptOutcome;
use harver_icims::store::{self, Store, StoreError, jobs, orders};
use jiff::SignedDuration;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::support::SteppedClock;
use crate::work::{done, fails, ordered, store_with_customer, worker};

/// A job that says when it has begun, and goes on when it is told to.
struct Held {
    worker: Worker,
    begun: Arc<Notify>,
    go_on: Arc<Notify>,
    runs: Arc<AtomicUsize>,
}

impl Held {
    fn at(store: &Store, clock: &Clock, outcome: fn() -> BoxFuture<'static, Result<Finish, JobError>>) -> Self {
        let (begun, go_on, runs) = (Arc::new(Notify::new()), Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
        let (tell, wait, count) = (Arc::clone(&begun), Arc::clone(&go_on), Arc::clone(&runs));
        let run = move |_| -> BoxFuture<'static, Result<Finish, JobError>> {
            let (tell, wait) = (Arc::clone(&tell), Arc::clone(&wait));
            count.fetch_add(1, Ordering::SeqCst);
            Box::pin(async move {
                tell.notify_one();
                wait.notified().await;
                outcome().await
            })
        };
        Self { worker: worker(store, clock, run), begun, go_on, runs }
    }

    /// Begins a step and returns once its job runs.
    async fn begin(&self) -> JoinHandle<Result<StepOutcome, StoreError>> {
        let worker = self.worker.clone();
        let step = tokio::spawn(async move { worker.step().await });
        self.begun.notified().await;
        step
    }
}

#[tokio::test]
async fn a_clock_that_jumps_while_a_job_runs_does_not_start_it_twice() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    ordered(&store, 1, &[JobKind::SendInvitation, JobKind::ReportProgress], &stepped.clock()).await;
    let held = Held::at(&store, &stepped.clock(), done);
    let step = held.begin().await;
    stepped.advance(SignedDuration::from_hours(2));
    assert_eq!(
        held.worker.step().await.expect("the store answers"),
        StepOutcome::Idle(None),
        "neither the job nor another one of its order"
    );
    held.go_on.notify_one();
    assert_eq!(step.await.expect("no panic").expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Done));
    assert_eq!(held.runs.load(Ordering::SeqCst), 1);
    held.go_on.notify_one();
    assert_eq!(held.worker.step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Done), "now the other one");
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_changes_nothing_any_more() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let order = ordered(&store, 1, &[JobKind::StartAssessment], &stepped.clock()).await;
    let held = Held::at(&store, &stepped.clock(), || fails(Disposition::Stop));
    let step = held.begin().await;
    stepped.advance(SignedDuration::from_mins(5));
    let another_process = worker(&store, &stepped.clock(), |_| done());
    assert_eq!(another_process.step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Done));

    held.go_on.notify_one();
    assert_eq!(step.await.expect("no panic").expect("the store answers"), StepOutcome::Lost);
    let jobs = store.read(move |tx| jobs::of_order(tx, order)).await.expect("the store answers");
    assert_eq!((jobs.len(), jobs[0].state.as_str(), jobs[0].attempts.len()), (1, "done", 1));
    let found = store.read(move |tx| orders::get_order(tx, order)).await.expect("the store answers").expect("the order");
    assert_eq!((found.state, found.failure), (OrderState::Received, None));
}

/// As a process that is stopped from outside: nothing runs, and what came meanwhile is there at once.
#[tokio::test]
async fn a_worker_that_was_halted_for_longer_than_a_step_may_take_goes_no_further() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    ordered(&store, 1, &[JobKind::StartAssessment], &stepped.clock()).await;
    let mut held = Held::at(&store, &stepped.clock(), done);
    let limit = StepLimit::try_from(5).expect("within its range");
    held.worker = held.worker.within(limit);
    let step = held.begin().await;
    held.go_on.notify_one();
    let halted = std::time::Instant::now();
    while halted.elapsed() < limit.duration() {
        std::thread::park_timeout(limit.duration());
    }
    assert_eq!(step.await.expect("no panic").expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Later));
}

#[tokio::test]
async fn what_was_refused_with_settings_that_were_replaced_meanwhile_is_tried_again() {
    for changes in [true, false] {
        let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
        ordered(&store, 1, &[JobKind::ReportResult], &stepped.clock()).await;
        let held = Held::at(&store, &stepped.clock(), || fails(Disposition::Stop));
        let step = held.begin().await;
        if changes {
            let by = By { who: "admin@example.org".into(), way: Way::Console, now: stepped.clock().now() };
            let changed: Result<_, SaveError> =
                store.write(move |tx| settings::disable(tx, "4021".parse().expect("digits"), &by)).await;
            changed.expect("the store answers");
        }
        held.go_on.notify_one();
        let outcome = if changes { AttemptOutcome::Later } else { AttemptOutcome::Dead };
        assert_eq!(step.await.expect("no panic").expect("the store answers"), StepOutcome::Ran(outcome));
    }
}

#[cfg(feature = "sandbox")]
#[tokio::test]
async fn a_job_whose_order_is_forgotten_while_it_runs_leaves_nothing_behind() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    ordered(&store, 1, &[JobKind::StartAssessment], &stepped.clock()).await;
    let held = Held::at(&store, &stepped.clock(), || fails(Disposition::RetryLater));
    let step = held.begin().await;
    store.write(|tx| store::transfer::import(tx, None, &[])).await.expect("the store answers");
    held.go_on.notify_one();
    assert_eq!(step.await.expect("no panic").expect("the store answers"), StepOutcome::Lost);
}

/// With two look-ups a worker finds that nothing is due; after ours it sleeps, at least in most rounds.
async fn most_likely_asleep(store: &Store) {
    for _ in 0..20 {
        store.read(store::customers).await.expect("the store answers");
    }
}

/// Returns when something has come about, or says that it never did.
async fn soon<T>(what: &str, coming: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), coming).await.unwrap_or_else(|_| panic!("{what} never came"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sleeping_worker_is_woken_by_new_work_by_the_clock_and_by_a_replay() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let (clock, customer) = (stepped.clock(), "4021".parse().expect("digits"));
    let (told, mut runs) = mpsc::unbounded_channel();
    let worker = worker(&store, &clock, move |job| {
        told.send(job.order).expect("the test listens");
        fails(if job.kind == JobKind::ReportProgress { Disposition::RetryLater } else { Disposition::Stop })
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let working = tokio::spawn(async move { worker.run(async { drop(stopped.await) }).await });

    for workflow in 1..=20 {
        most_likely_asleep(&store).await;
        let order = ordered(&store, workflow, &[JobKind::ReportResult], &clock).await;
        assert_eq!(soon("new work", runs.recv()).await, Some(order));
        let number = soon("the dead letter", async {
            loop {
                let dead = store.read(move |tx| jobs::dead(tx, customer, 1)).await.expect("the store answers");
                if let Some(letter) = dead.first().filter(|letter| letter.job.order == order) {
                    return letter.id;
                }
                tokio::task::yield_now().await;
            }
        })
        .await;
        most_likely_asleep(&store).await;
        let now = clock.now();
        store.write(move |tx| jobs::replay(tx, customer, number, now)).await.expect("the store answers").expect("a replay");
        assert_eq!(soon("the replay", runs.recv()).await, Some(order));
    }

    let order = ordered(&store, 21, &[JobKind::ReportProgress], &clock).await;
    assert_eq!(soon("the first attempt", runs.recv()).await, Some(order));
    soon("the record of the attempt", async {
        while store.read(move |tx| jobs::of_order(tx, order)).await.expect("the store answers")[0].attempts.is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    stepped.advance(SignedDuration::from_secs(66));
    assert_eq!(soon("the second attempt", runs.recv()).await, Some(order));

    stop.send(()).expect("the worker is there");
    soon("the end", working).await.expect("no panic");
}

#[tokio::test]
async fn a_step_that_has_begun_is_finished_before_the_worker_stops() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    let order = ordered(&store, 1, &[JobKind::StartAssessment, JobKind::SendInvitation], &stepped.clock()).await;
    let held = Held::at(&store, &stepped.clock(), done);
    let worker = held.worker.clone();
    let (stop, stopped) = oneshot::channel::<()>();
    let working = tokio::spawn(async move { worker.run(async { drop(stopped.await) }).await });
    held.begun.notified().await;
    stop.send(()).expect("the worker is there");
    held.go_on.notify_one();
    soon("the end", working).await.expect("no panic");
    let jobs = store.read(move |tx| jobs::of_order(tx, order)).await.expect("the store answers");
    let states: Vec<_> = jobs.iter().map(|job| job.state.as_str()).collect();
    assert_eq!(states, ["done", "waiting"], "the one is finished, no other is begun");
}
