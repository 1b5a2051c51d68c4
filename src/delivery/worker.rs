//! One step: lease a job, run it with no transaction open, record what came of it.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::ladder::Ladder;
use crate::clock::Clock;
use crate::domain::{Disposition, Job, with_causes};
use crate::store::jobs::{self, Attempt, AttemptOutcome, Claim};
use crate::store::{Store, StoreError, Tx};

/// A future on the heap.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
/// What a job has changed, applied in the transaction that marks it done.
pub type Finish = Box<dyn FnOnce(&Tx<'_>, Timestamp) -> Result<(), StoreError> + Send>;
/// Runs one job. It must tolerate being run twice: a crash after the call and before the record repeats it.
pub type RunJob = Arc<dyn Fn(Job) -> BoxFuture<'static, Result<Finish, JobError>> + Send + Sync>;
/// What follows when a job is given up, applied in the transaction that marks it dead.
pub type GiveUp = fn(&Tx<'_>, Job, &JobError, Timestamp) -> Result<(), StoreError>;

/// How long one attempt may take before it is cut off. All clients have shorter limits of their own.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(120);
/// How long a lease lasts: longer than an attempt, so that only a crash lets it run out.
const LEASE: SignedDuration = SignedDuration::from_secs(300);

/// Why a job could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobError {
    /// What to do with it now.
    pub disposition: Disposition,
    /// What happened and what to do, for an operator. No secrets, no personal data.
    pub for_operator: String,
    /// The same for the recruiter who waits for the candidate.
    pub for_recruiter: String,
}

impl JobError {
    /// An error that trying again would not change.
    #[must_use]
    pub fn stop(for_operator: impl Into<String>, for_recruiter: impl Into<String>) -> Self {
        Self { disposition: Disposition::Stop, for_operator: for_operator.into(), for_recruiter: for_recruiter.into() }
    }

    /// Our own store failed; the next attempt may find it well.
    #[must_use]
    pub fn from_store(error: &StoreError) -> Self {
        Self { disposition: Disposition::RetryLater, for_operator: with_causes(error), for_recruiter: "Harver is busy.".into() }
    }
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// A job was run.
    Ran(AttemptOutcome),
    /// Nothing is due; the moment names when something will be, if anything waits.
    Idle(Option<Timestamp>),
}

/// Works through the jobs. Any number of workers may share a store.
#[derive(Clone)]
pub struct Worker {
    store: Store,
    clock: Clock,
    ladder: Ladder,
    run: RunJob,
    give_up: GiveUp,
}

impl Worker {
    /// A worker that runs jobs with `run`.
    #[must_use]
    pub fn new(store: Store, clock: Clock, ladder: Ladder, run: RunJob, give_up: GiveUp) -> Self {
        Self { store, clock, ladder, run, give_up }
    }

    /// Runs the job that has been due the longest, if any.
    ///
    /// # Errors
    /// When the store fails; the job stays leased and comes back when the lease runs out.
    pub async fn step(&self) -> Result<StepOutcome, StoreError> {
        let now = self.clock.now();
        let until = now.saturating_add(LEASE).unwrap_or(Timestamp::MAX);
        let Some(claim) = self.store.write(move |tx| jobs::claim(tx, now, until)).await? else {
            return Ok(StepOutcome::Idle(self.store.read(jobs::next_due).await?));
        };
        let started = Instant::now();
        let result = match tokio::time::timeout(ATTEMPT_LIMIT, (self.run)(claim.job)).await {
            Ok(result) => result,
            Err(_) => Err(JobError {
                disposition: Disposition::RetryLater,
                for_operator: format!("cut off after {} seconds", ATTEMPT_LIMIT.as_secs()),
                for_recruiter: "Harver took too long to answer.".into(),
            }),
        };
        let took_ms = started.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
        self.record(claim, result, now, took_ms).await.map(StepOutcome::Ran)
    }

    /// Steps until `shutdown` ends. A step that has begun is finished first.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        tokio::pin!(shutdown);
        let mut work = self.store.work_added();
        loop {
            work.mark_unchanged();
            let idle_until = match self.step().await {
                Ok(StepOutcome::Ran(_)) => Some(self.clock.now()),
                Ok(StepOutcome::Idle(next)) => next,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "The store failed; work goes on in a moment.");
                    self.clock.now().saturating_add(SignedDuration::from_secs(1)).ok()
                }
            };
            let due = async {
                match idle_until {
                    Some(moment) => self.clock.wait_until(moment).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = &mut shutdown => return,
                added = work.changed() => if added.is_err() { return },
                () = due => {}
            }
        }
    }

    async fn record(
        &self,
        claim: Claim,
        result: Result<Finish, JobError>,
        started_at: Timestamp,
        took_ms: u64,
    ) -> Result<AttemptOutcome, StoreError> {
        let now = self.clock.now();
        let error = match result {
            Ok(finish) => {
                let attempt = Attempt { started_at, took_ms, outcome: AttemptOutcome::Done, detail: String::new() };
                log(&claim, &attempt);
                return self
                    .store
                    .write(move |tx| finish(tx, now).and_then(|()| jobs::settle(tx, &claim, &attempt, None)))
                    .await
                    .map(|()| AttemptOutcome::Done);
            }
            Err(error) => error,
        };
        let due_again = self.ladder.next(claim.tried, error.disposition, now, rand::random());
        // A replay that fails again goes back to the dead letters: it must not spend the automatic budget.
        let due_again = due_again.filter(|_| !claim.replayed);
        let outcome = if due_again.is_some() { AttemptOutcome::Later } else { AttemptOutcome::Dead };
        let attempt = Attempt { started_at, took_ms, outcome, detail: error.for_operator.clone() };
        log(&claim, &attempt);
        let give_up = self.give_up;
        let settled: Result<(), StoreError> = self
            .store
            .write(move |tx| {
                jobs::settle(tx, &claim, &attempt, due_again)?;
                if outcome == AttemptOutcome::Dead { give_up(tx, claim.job, &error, now) } else { Ok(()) }
            })
            .await;
        settled.map(|()| outcome)
    }
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("ladder", &self.ladder).finish_non_exhaustive()
    }
}

fn log(claim: &Claim, attempt: &Attempt) {
    let number = claim.tried + 1;
    let (order, kind, took) = (claim.job.order, claim.job.kind.name(), attempt.took_ms);
    match attempt.outcome {
        AttemptOutcome::Done => {
            tracing::info!(order.id = %order, job.kind = kind, attempt.number = number, duration_ms = took, "A step is done.");
        }
        AttemptOutcome::Later => {
            tracing::warn!(order.id = %order, job.kind = kind, attempt.number = number, duration_ms = took, reason = attempt.detail, "A step failed and will be tried again.");
        }
        AttemptOutcome::Dead => {
            tracing::error!(order.id = %order, job.kind = kind, attempt.number = number, duration_ms = took, reason = attempt.detail, "A step was given up; it waits among the dead letters.");
        }
    }
}
