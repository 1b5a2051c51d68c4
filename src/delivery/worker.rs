//! One step: lease a job, run it with no transaction open, record what came of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::Pause;
use super::hearing::hear;
use super::ladder::Ladder;
use super::ran::{Ran, Settled};
use super::turns::Turns;
use crate::clock::Clock;
use crate::domain::{Disposition, Job, Neighbour, StepLimit, with_causes};
use crate::meter::Meter;
use crate::neighbour::{self, Called};
use crate::store::jobs::{self, AttemptOutcome, Claim};
use crate::store::{Store, StoreError, Tx, history};

/// A future on the heap.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
/// What a job has changed, applied in the transaction that marks it done.
pub type Finish = Box<dyn FnMut(&Tx<'_>, Timestamp) -> Result<(), StoreError> + Send>;
/// Runs one job. It must tolerate being run twice: a crash after the call and before the record repeats it.
pub type RunJob = Arc<dyn Fn(Job) -> BoxFuture<'static, Result<Finish, JobError>> + Send + Sync>;
/// What follows when a job is given up, applied in the transaction that marks it dead.
pub type GiveUp = fn(&Tx<'_>, Job, &JobError, Timestamp) -> Result<(), StoreError>;

/// Why a job could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobError {
    /// Who stopped it, if it was a neighbour.
    pub at: Option<Neighbour>,
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
        let (for_operator, for_recruiter) = (for_operator.into(), for_recruiter.into());
        Self { at: None, disposition: Disposition::Stop, for_operator, for_recruiter }
    }

    /// What a neighbour's answer, or its silence, has stopped.
    #[must_use]
    pub fn of<C: Called>(error: &neighbour::Error<C>, for_recruiter: impl Into<String>) -> Self {
        let (at, disposition) = (Some(C::NEIGHBOUR), error.disposition());
        Self { at, disposition, for_operator: with_causes(error), for_recruiter: for_recruiter.into() }
    }

    /// Our own store failed; the next attempt may find it well.
    #[must_use]
    pub fn from_store(error: &StoreError) -> Self {
        let for_recruiter = "Harver is busy.".into();
        Self { at: None, disposition: Disposition::RetryLater, for_operator: with_causes(error), for_recruiter }
    }
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// A job was run.
    Ran(AttemptOutcome),
    /// A job was run, and nothing was recorded: its lease had run out and somebody else took it over, or it has been forgotten.
    Lost,
    /// Nothing is due; the moment names when something will be, if anything waits.
    Idle(Option<Timestamp>),
}

/// Works through the jobs. Any number of workers may share a store; clones never work on the same order at once, whatever the clock
/// does, and the workers of other processes are kept away by leases.
#[derive(Clone)]
pub struct Worker {
    store: Store,
    turns: Turns,
    clock: Clock,
    limit: StepLimit,
    ladder: Ladder,
    run: RunJob,
    give_up: GiveUp,
    pause: Pause,
    meter: Meter,
}

impl Worker {
    /// A worker that runs jobs with `run`.
    #[must_use]
    pub fn new(store: Store, clock: Clock, ladder: Ladder, run: RunJob, give_up: GiveUp) -> Self {
        Self {
            store,
            turns: Turns::default(),
            clock,
            limit: StepLimit::default(),
            ladder,
            run,
            give_up,
            pause: Pause::default(),
            meter: Meter::default(),
        }
    }

    /// The same worker, whose attempts are cut off after `limit`.
    #[must_use]
    pub fn within(self, limit: StepLimit) -> Self {
        Self { limit, ..self }
    }

    /// The same worker, which stands still while `pause` is closed.
    #[must_use]
    pub fn pausing(self, pause: Pause) -> Self {
        Self { pause, ..self }
    }

    /// The same worker, whose attempts are counted.
    #[must_use]
    pub fn measured_by(self, meter: Meter) -> Self {
        Self { meter, ..self }
    }

    /// Runs the job whose turn it is, if any is due.
    ///
    /// # Errors
    /// When the store fails; the job stays leased and comes back when the lease runs out.
    pub async fn step(&self) -> Result<StepOutcome, StoreError> {
        let Some(under_way) = self.pause.enter().await else {
            // The data have been replaced: look at the new ones.
            return Ok(StepOutcome::Lost);
        };
        let place = Arc::new(self.turns.place());
        let (taking, clock, limit) = (Arc::clone(&place), self.clock.clone(), self.limit);
        let claim = move |tx: &Tx<'_>| -> Result<Option<(Claim, i64, Instant)>, StoreError> {
            // Counted from before the lease is given, so that whatever holds this process up, the attempt is over first.
            let (deadline, now) = (Instant::now() + limit.duration(), clock.now());
            let until = now.saturating_add(limit.lease()).unwrap_or(Timestamp::MAX);
            let Some(claim) = taking.claim(tx, now, until)? else { return Ok(None) };
            let settings = history::newest_for(tx, claim.job.order)?;
            Ok(Some((claim, settings, deadline)))
        };
        let now = self.clock.now();
        let Some((claim, settings, deadline)) = self.store.write(claim).await? else {
            let turns = self.turns.clone();
            return Ok(StepOutcome::Idle(self.store.read(move |tx| turns.next(tx, now)).await?));
        };
        let started = Instant::now();
        let result = tokio::select! {
            result = self.attempt(claim.job, deadline) => result,
            // The order is gone; what comes of the attempt must not reach what has come in its place.
            () = under_way.cut_off() => return Ok(StepOutcome::Lost),
        };
        let took_ms = started.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
        self.record(Ran { claim, settings, started_at: now, took_ms }, result).await
    }

    /// Steps until `shutdown` ends. A step that has begun is finished first.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        tokio::pin!(shutdown);
        let mut work = self.store.work_added();
        loop {
            work.mark_unchanged();
            let idle_until = match self.step().await {
                Ok(StepOutcome::Ran(_) | StepOutcome::Lost) => Some(self.clock.now()),
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

    /// Runs a job, within its time. One that panics has failed; its worker lives on.
    async fn attempt(&self, job: Job, deadline: Instant) -> Result<Finish, JobError> {
        let later = |for_operator, for_recruiter: &str| JobError {
            at: None,
            disposition: Disposition::RetryLater,
            for_operator,
            for_recruiter: for_recruiter.into(),
        };
        let mut running = None;
        let guarded = std::future::poll_fn(|context| {
            // A process that was halted for longer has lost the order to another one, which a timer would tell after the next call.
            if Instant::now() >= deadline {
                return Poll::Ready(None);
            }
            let poll = || running.get_or_insert_with(|| (self.run)(job)).as_mut().poll(context);
            catch_unwind(AssertUnwindSafe(poll)).map_or_else(|panic| Poll::Ready(Err(panic)), |poll| poll.map(Ok)).map(Some)
        });
        match tokio::time::timeout_at(deadline, guarded).await.ok().flatten() {
            Some(Ok(result)) => result,
            Some(Err(_)) => {
                Err(later("a panic, which is a mistake in this program: the log names the place".into(), "Harver failed."))
            }
            None => Err(later(format!("cut off after {} seconds", self.limit.get()), "Harver took too long to answer.")),
        }
    }

    async fn record(&self, ran: Ran, result: Result<Finish, JobError>) -> Result<StepOutcome, StoreError> {
        let (now, kind, customer) = (self.clock.now(), ran.claim.job.kind, ran.claim.customer);
        let error = match result {
            Ok(mut finish) => {
                let (claim, attempt) = (ran.claim.clone(), ran.attempt(AttemptOutcome::Done, String::new()));
                let change = move |tx: &Tx<'_>| -> Result<Option<Settled>, StoreError> {
                    // The job is settled first: what follows may ask for the same step again.
                    if !jobs::settle(tx, &claim, &attempt, None)? {
                        return Ok(None);
                    }
                    finish(tx, now)?;
                    Ok(Some(Settled { attempt: attempt.clone(), turns: hear(tx, customer, kind, None, now)? }))
                };
                match self.store.write(change).await {
                    Ok(settled) => return Ok(ran.told(settled, &self.meter)),
                    // What a job has changed and the store does not take would be done again and again, were it not counted.
                    Err(error) => JobError::from_store(&error),
                }
            }
            Err(error) => error,
        };
        let (failed, ladder, give_up, jitter) = (ran.clone(), self.ladder.clone(), self.give_up, rand::random());
        let change = move |tx: &Tx<'_>| -> Result<Option<Settled>, StoreError> {
            let again = failed.again(tx, &error, &ladder, now, jitter)?;
            let outcome = if again.is_some() { AttemptOutcome::Later } else { AttemptOutcome::Dead };
            let attempt = failed.attempt(outcome, error.for_operator.clone());
            if !jobs::settle(tx, &failed.claim, &attempt, again)? {
                return Ok(None);
            }
            if outcome == AttemptOutcome::Dead {
                give_up(tx, failed.claim.job, &error, now)?;
            }
            // What was found with other settings says nothing of the neighbour whom the present ones name.
            let turns = if failed.is_outdated(tx)? { Vec::new() } else { hear(tx, customer, kind, Some(&error), now)? };
            Ok(Some(Settled { attempt, turns }))
        };
        Ok(ran.told(self.store.write(change).await?, &self.meter))
    }
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("ladder", &self.ladder).finish_non_exhaustive()
    }
}
