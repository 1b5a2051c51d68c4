//! Whose turn it is. Work is given out customer after customer, and of what waits for one customer's neighbour only a share is under way
//! at a time: a customer whose iCIMS hangs, or who has ten thousand steps waiting, keeps nobody else waiting.
//!
//! It also knows which orders this process works on. A lease tells other processes; it is measured on the clock, and a clock can jump: a
//! sandbox's by hours, a machine's when it wakes up. A job that still runs here must not be started again because of that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::watch;

use super::breaker::Breaker;
use super::worker::JobError;
use crate::domain::{CustomerId, Disposition, Job, JobKind, Neighbour, OrderId};
use crate::store::jobs::{self, Claim, Line};
use crate::store::{StoreError, Tx};

/// How many steps may be under way that call the same neighbour of the same customer.
pub(super) const SHARE: usize = 4;

/// Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    book: Arc<Mutex<Book>>,
    reopened: Arc<watch::Sender<()>>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { book: Arc::default(), reopened: Arc::new(watch::Sender::new(())) }
    }
}

#[derive(Debug, Default)]
struct Book {
    /// Counts steps and turns.
    last: u64,
    under_way: HashMap<u64, UnderWay>,
    /// When a customer's turn was last, counted in turns.
    served: HashMap<CustomerId, u64>,
    /// Those of whom something is to be said, with the settings under which it was found.
    breakers: HashMap<(CustomerId, Neighbour), (i64, Breaker)>,
    /// How often data have been replaced. What was found of the neighbours of others says nothing of those who came in their place.
    era: u64,
}

#[derive(Clone, Copy, Debug)]
struct UnderWay {
    customer: CustomerId,
    settings: i64,
    job: Job,
}

/// One step's place, free again when the step is over, however it ends.
#[derive(Debug)]
pub(super) struct Place {
    turns: Turns,
    step: u64,
}

impl Turns {
    /// A place for a step that has no job yet. `era` says how often data have been replaced by now.
    pub(super) fn place(&self, era: u64) -> Place {
        let mut book = self.lock();
        if book.era != era {
            book.era = era;
            book.breakers.clear();
        }
        book.last += 1;
        Place { turns: self.clone(), step: book.last }
    }

    /// When something may be claimed next that nobody works on here; nothing that is full up, because whoever ends a step of that looks
    /// again.
    ///
    /// # Errors
    /// When the database refuses or a stored job cannot be read.
    pub(super) fn next(&self, tx: &Tx<'_>, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let busy = self.lock().orders();
        let lines = jobs::waiting(tx, now, Timestamp::MAX, &busy)?;
        let of_leases = jobs::next_of_leases(tx, now, &busy)?;
        let book = self.lock();
        let moments = lines.iter().filter_map(|line| book.claimable_at(line, now));
        Ok(moments.chain(of_leases).min())
    }

    /// Changes when a neighbour that was left alone is called again: more than the one step that has tried it may begin.
    pub(super) fn reopened(&self) -> watch::Receiver<()> {
        self.reopened.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn orders(&self) -> Vec<OrderId> {
        self.under_way.values().map(|step| step.job.order).collect()
    }

    /// How many steps are under way that may call this neighbour.
    fn calling(&self, customer: CustomerId, neighbour: Neighbour) -> usize {
        let calls = |step: &&UnderWay| step.customer == customer && step.job.kind.neighbours().any(|called| called == neighbour);
        self.under_way.values().filter(calls).count()
    }

    /// The breakers of those whom a step of this line may call, as the present settings have them.
    fn breakers(&self, line: &Line) -> impl Iterator<Item = (Neighbour, Breaker)> {
        line.kind.neighbours().map(|neighbour| {
            let known = self.breakers.get(&(line.customer, neighbour)).filter(|(settings, _)| *settings == line.settings);
            (neighbour, known.map(|(_, breaker)| *breaker).unwrap_or_default())
        })
    }

    /// Whether one more step of this line may begin.
    fn has_room(&self, line: &Line, now: Timestamp) -> bool {
        self.breakers(line).all(|(neighbour, breaker)| self.calling(line.customer, neighbour) < breaker.allows(SHARE, now))
    }

    /// When a step of this line may begin, unless it is for others to say by ending theirs.
    fn claimable_at(&self, line: &Line, now: Timestamp) -> Option<Timestamp> {
        let open_until = self.breakers(line).filter_map(|(_, breaker)| breaker.open_until()).max();
        let moment = open_until.map_or(line.due_at, |moment| moment.max(line.due_at));
        self.has_room(line, now.max(moment)).then_some(moment)
    }

    /// The lines from which a job may be taken now: who was served longest ago comes first, and of one customer what is due the longest. A
    /// look at an application goes before what is due with it, because what is seen may make that needless.
    fn in_turn(&self, mut lines: Vec<Line>, now: Timestamp) -> Vec<Line> {
        lines.retain(|line| self.has_room(line, now));
        lines.sort_by_key(|line| {
            let served = self.served.get(&line.customer).copied().unwrap_or_default();
            (served, line.due_at, line.kind != JobKind::LookAtApplication)
        });
        lines
    }

    fn take(&mut self, step: u64, line: &Line, job: Job) {
        self.last += 1;
        self.served.insert(line.customer, self.last);
        self.under_way.insert(step, UnderWay { customer: line.customer, settings: line.settings, job });
    }
}

impl Place {
    /// Leases the job whose turn it is, inside the store's transaction, where claims come one after the other: nothing gets between
    /// what is looked at and the place that is taken.
    ///
    /// # Errors
    /// When the database refuses or a stored job cannot be read.
    pub(super) fn claim(&self, tx: &Tx<'_>, now: Timestamp, leased_until: Timestamp) -> Result<Option<Claim>, StoreError> {
        let busy = self.turns.lock().orders();
        let waiting = jobs::waiting(tx, now, now, &busy)?;
        let in_turn = self.turns.lock().in_turn(waiting, now);
        for line in in_turn {
            if let Some(claim) = jobs::claim(tx, (line.customer, line.kind), now, leased_until, &busy)? {
                self.turns.lock().take(self.step, &line, claim.job);
                return Ok(Some(claim));
            }
        }
        Ok(None)
    }

    /// What came of the job tells how those are whom it called.
    pub(super) fn heard(&self, error: Option<&JobError>, now: Timestamp) {
        let mut book = self.turns.lock();
        let Some(UnderWay { customer, settings, job }) = book.under_way.get(&self.step).copied() else { return };
        let left_alone = |book: &Book| {
            let is_left_alone =
                |neighbour| book.breakers.get(&(customer, neighbour)).is_some_and(|(_, it)| it.open_until().is_some());
            job.kind.neighbours().filter(|neighbour| is_left_alone(*neighbour)).count()
        };
        let before = left_alone(&book);
        book.hear(customer, settings, job, error, now);
        if left_alone(&book) < before {
            self.turns.reopened.send_replace(());
        }
    }
}

impl Book {
    fn hear(&mut self, customer: CustomerId, settings: i64, job: Job, error: Option<&JobError>, now: Timestamp) {
        let Some(error) = error else {
            for neighbour in job.kind.calls() {
                self.breakers.remove(&(customer, *neighbour));
            }
            for neighbour in job.kind.may_call() {
                self.breakers.entry((customer, *neighbour)).and_modify(|(_, breaker)| breaker.probably_got_through());
            }
            return;
        };
        let Some(neighbour) = error.at else { return };
        let (of, breaker) = self.breakers.entry((customer, neighbour)).or_insert((settings, Breaker::default()));
        if *of != settings {
            (*of, *breaker) = (settings, Breaker::default());
        }
        match error.disposition {
            Disposition::RetryLater => breaker.failed(now),
            Disposition::RetryAt(moment) => breaker.told_to_wait(moment),
            // It has answered, if only to refuse.
            Disposition::Stop => breaker.got_through(),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.turns.lock().under_way.remove(&self.step);
    }
}
