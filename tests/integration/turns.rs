//! Work is given out by turns: what one customer's neighbour does, and how much waits for it, keeps no other customer waiting.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use harver_icims::clock::Clock;
use harver_icims::delivery::{BoxFuture, Finish, JobError, StepOutcome, Worker};
use harver_icims::domain::{CustomerId, Disposition, InboundCredentials, Job, JobKind, Neighbour, OrderId};
use harver_icims::settings::{self, By, SaveError, Way};
use harver_icims::store::jobs::AttemptOutcome;
use harver_icims::store::orders::NewOrder;
#[cfg(feature = "sandbox")]
use harver_icims::store::transfer::{self, Numbers};
use harver_icims::store::{self, Store, StoreError, jobs, orders};
use jiff::SignedDuration;

use crate::support::{SteppedClock, customer, new_order, nowhere};
use crate::work::{done, store_with_customer, worker};

/// How many steps of one customer may call one neighbour at a time.
const SHARE: usize = 4;
pub(crate) const USUAL: u64 = 4021;
const OTHER: u64 = 77;

pub(crate) fn id(number: u64) -> CustomerId {
    number.to_string().parse().expect("digits")
}

/// Another customer beside the usual one.
pub(crate) async fn opened(store: &Store, number: u64) {
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

/// Two customers with steps that wait, and a worker that notes whose it runs.
pub(crate) struct Two {
    pub(crate) stepped: SteppedClock,
    pub(crate) store: Store,
    pub(crate) worker: Worker,
    ran: Arc<Mutex<Vec<u64>>>,
    /// How the usual customer's steps end, one after the other and then all like the last; without any they are done.
    endings: Arc<Mutex<VecDeque<Outcome>>>,
}

pub(crate) type Outcome = Arc<dyn Fn() -> BoxFuture<'static, Result<Finish, JobError>> + Send + Sync>;

impl Two {
    /// So many steps of the usual customer and of the other one that write to iCIMS.
    pub(crate) async fn with(usual: u64, other: u64) -> Self {
        let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
        opened(&store, OTHER).await;
        let of = Arc::new(Mutex::new(HashMap::new()));
        let (ran, endings) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(VecDeque::<Outcome>::new())));
        let (whose_is, note, ends) = (Arc::clone(&of), Arc::clone(&ran), Arc::clone(&endings));
        let run = move |job: Job| {
            let whose = whose_is.lock().expect("no panic elsewhere")[&job.order];
            note.lock().expect("no panic elsewhere").push(whose);
            if whose != USUAL {
                return done();
            }
            let mut ends = ends.lock().expect("no panic elsewhere");
            let ending = if ends.len() > 1 { ends.pop_front() } else { ends.front().cloned() };
            ending.map_or_else(done, |ending| ending())
        };
        let worker = worker(&store, &stepped.clock(), run);
        let two = Self { stepped, store, worker, ran, endings };
        for (whose, steps) in [(USUAL, usual), (OTHER, other)] {
            for workflow in 1..=steps {
                let order = ordered(&two.store, whose, workflow, JobKind::ReportProgress, &two.stepped.clock()).await;
                of.lock().expect("no panic elsewhere").insert(order, whose);
            }
        }
        two
    }

    /// How the usual customer's steps end.
    pub(crate) fn ending(self, ways: impl IntoIterator<Item = Outcome>) -> Self {
        self.endings.lock().expect("no panic elsewhere").extend(ways);
        self
    }

    /// Whose steps were run, in their order.
    pub(crate) fn ran(&self) -> Vec<u64> {
        self.ran.lock().expect("no panic elsewhere").clone()
    }

    /// How many of the usual customer's steps were run, and of the other's.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let ran = self.ran();
        let usual = ran.iter().filter(|whose| **whose == USUAL).count();
        (usual, ran.len() - usual)
    }

    /// The usual customer's settings are others now.
    pub(crate) async fn settings_changed(&self) {
        let by = By { who: "admin@example.org".into(), way: Way::Console, now: self.stepped.clock().now() };
        let changed: Result<_, SaveError> = self.store.write(move |tx| settings::disable(tx, id(USUAL), &by)).await;
        changed.expect("the store answers");
    }

    pub(crate) async fn step(&self) -> StepOutcome {
        self.worker.step().await.expect("the store answers")
    }

    /// Steps until nothing is left to be done now; what the steps came to.
    pub(crate) async fn all_steps(&self) -> Vec<AttemptOutcome> {
        let mut came_to = Vec::new();
        while let StepOutcome::Ran(outcome) = self.step().await {
            came_to.push(outcome);
        }
        came_to
    }
}

pub(crate) fn fails(disposition: Disposition) -> Outcome {
    Arc::new(move || {
        let error = JobError {
            at: Some(Neighbour::Icims),
            disposition,
            for_operator: "the neighbour is away".into(),
            for_recruiter: "Harver is away.".into(),
        };
        Box::pin(async move { Err(error) })
    })
}

pub(crate) fn hangs() -> Outcome {
    Arc::new(|| Box::pin(std::future::pending()))
}

pub(crate) fn succeeds() -> Outcome {
    Arc::new(done)
}

#[tokio::test]
async fn customers_take_turns_whatever_waits() {
    let two = Two::with(20, 2).await;
    for _ in 0..5 {
        assert_eq!(two.step().await, StepOutcome::Ran(AttemptOutcome::Done));
    }
    assert_eq!(two.ran(), [USUAL, OTHER, USUAL, OTHER, USUAL], "who came last waits for one step, not for twenty");
}

#[tokio::test]
async fn a_neighbour_that_hangs_holds_a_share_and_no_more() {
    let two = Two::with(20, 1).await.ending([hangs()]);
    let steps: Vec<_> = (0..30)
        .map(|_| {
            let worker = two.worker.clone();
            tokio::spawn(async move { worker.step().await })
        })
        .collect();
    // Whoever finds no place returns; those whose neighbour hangs do not.
    while steps.iter().filter(|step| step.is_finished()).count() < steps.len() - SHARE {
        tokio::task::yield_now().await;
    }
    assert_eq!(two.counts(), (SHARE, 1));
    assert_eq!(two.step().await, StepOutcome::Idle(None), "whoever ends a step looks again");
    steps.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn a_neighbour_that_is_away_is_left_alone_after_three_failures_and_then_tried_by_one_step() {
    let two = Two::with(10, 1).await.ending([fails(Disposition::RetryLater)]);
    two.all_steps().await;
    assert_eq!(two.counts(), (3, 1), "seven are not even tried, and spend no rung");
    let wait = SignedDuration::from_secs(30);
    assert_eq!(two.step().await, StepOutcome::Idle(Some(two.stepped.clock().now() + wait)));
    two.stepped.advance(wait);
    two.all_steps().await;
    assert_eq!(two.counts(), (4, 1), "one tries");
}

#[tokio::test]
async fn whoever_is_told_to_wait_waits_with_all_that_goes_there_and_spends_no_rung() {
    let wait = SignedDuration::from_mins(30);
    let moments = SteppedClock::at_noon().clock().now();
    let told = (1..=10).map(|round| fails(Disposition::RetryAt(moments + wait * round)));
    let two = Two::with(1, 1).await.ending(told.chain([fails(Disposition::RetryLater)]));
    for round in 1..=10 {
        assert!(!two.all_steps().await.contains(&AttemptOutcome::Dead));
        assert_eq!(two.counts(), (round, 1), "ten rounds are more than the ladder has rungs");
        // Those who wait come back within five seconds of the moment.
        two.stepped.advance(wait + SignedDuration::from_secs(5));
    }
    assert_eq!(two.all_steps().await, [AttemptOutcome::Later], "the ladder is as long as ever");
}

#[tokio::test]
async fn what_was_found_of_a_neighbour_says_nothing_once_the_settings_are_others() {
    let tomorrow = SteppedClock::at_noon().clock().now() + SignedDuration::from_hours(24);
    let two = Two::with(5, 0).await.ending([fails(Disposition::RetryAt(tomorrow))]);
    two.all_steps().await;
    assert_eq!(two.counts(), (1, 0));
    two.settings_changed().await;
    two.all_steps().await;
    assert_eq!(two.counts(), (2, 0), "the neighbour whom the new settings name is asked");
}

#[cfg(feature = "sandbox")]
#[tokio::test]
async fn what_was_found_of_a_neighbour_is_known_after_a_restart_and_goes_with_the_data() {
    let tomorrow = SteppedClock::at_noon().clock().now() + SignedDuration::from_hours(24);
    let two = Two::with(5, 0).await.ending([fails(Disposition::RetryAt(tomorrow))]);
    let before = two.store.read(|tx| transfer::export(tx, Some(id(USUAL)), Numbers::Kept)).await.expect("the store answers");
    two.all_steps().await;
    let restarted = worker(&two.store, &two.stepped.clock(), |_| panic!("nobody is to be called"));
    assert!(matches!(restarted.step().await, Ok(StepOutcome::Idle(Some(_)))));
    let replaced = two.store.write(move |tx| transfer::import(tx, Some(id(USUAL)), &before)).await;
    replaced.expect("the store answers");
    two.all_steps().await;
    assert_eq!(two.counts(), (2, 0), "those who came in their place are asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_one_that_tries_gets_through_all_go_on() {
    let two = Two::with(20, 0).await.ending(std::iter::repeat_n(fails(Disposition::RetryLater), 3).chain([succeeds(), hangs()]));
    two.all_steps().await;
    assert_eq!(two.counts(), (3, 0));
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let workers: Vec<_> = (0..8)
        .map(|_| {
            let (worker, mut stopped) = (two.worker.clone(), stopped.clone());
            tokio::spawn(async move { worker.run(async move { drop(stopped.changed().await) }).await })
        })
        .collect();
    let runs = async |count| {
        let reached = async {
            while two.ran().len() < count {
                tokio::task::yield_now().await;
            }
        };
        let came = tokio::time::timeout(std::time::Duration::from_secs(20), reached).await;
        assert!(came.is_ok(), "{} steps were run, not {count}", two.ran().len());
    };
    two.stepped.advance(SignedDuration::from_secs(30));
    // Three that failed, one that tried, and a share that hangs now.
    runs(3 + 1 + SHARE).await;
    workers.iter().for_each(tokio::task::JoinHandle::abort);
    drop(stop);
}
