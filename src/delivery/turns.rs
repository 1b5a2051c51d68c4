//! Whose turn it is. Work is given out customer after customer, and of what waits for one customer's neighbour only a share is under way
//! at a time: a customer whose iCIMS hangs, or who has ten thousand steps waiting, keeps nobody else waiting.
//!
//! It also knows which orders this process works on. A lease tells other processes; it is measured on the clock, and a clock can jump: a
//! sandbox's by hours, a machine's when it wakes up. A job that still runs here must not be started again because of that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::domain::{Breaker, CustomerId, Job, JobKind, Neighbour, OrderId};
use crate::store::jobs::{self, Claim, Line};
use crate::store::{StoreError, Tx, breakers};

/// How many steps may be under way that call the same neighbour of the same customer.
pub(super) const SHARE: usize = 4;

/// Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns {
    book: Arc<Mutex<Book>>,
    /// Held by whoever takes a place: nobody gets between what is looked at and what is taken.
    taking: Arc<Mutex<()>>,
}

#[derive(Debug, Default)]
struct Book {
    /// Counts steps and turns.
    last: u64,
    under_way: HashMap<u64, UnderWay>,
    /// When a customer's turn was last, counted in turns.
    served: HashMap<CustomerId, u64>,
}

#[derive(Clone, Copy, Debug)]
struct UnderWay {
    customer: CustomerId,
    job: Job,
}

/// One step's place, free again when the step is over, however it ends.
#[derive(Debug)]
pub(super) struct Place {
    turns: Turns,
    step: u64,
}

/// What is known of neighbours that cannot be called as usual.
type Breakers = HashMap<(CustomerId, Neighbour), Breaker>;

impl Turns {
    /// A place for a step that has no job yet.
    pub(super) fn place(&self) -> Place {
        let mut book = self.lock();
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
        let (lines, breakers) = (jobs::waiting(tx, now, Timestamp::MAX, &busy)?, breakers::all(tx)?);
        let of_leases = jobs::next_of_leases(tx, now, &busy)?;
        let book = self.lock();
        let moments = lines.iter().filter_map(|line| book.claimable_at(line, &breakers, now));
        Ok(moments.chain(of_leases).min())
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

    /// Whether one more step of this line may begin.
    fn has_room(&self, line: &Line, breakers: &Breakers, now: Timestamp) -> bool {
        line.kind.neighbours().all(|neighbour| {
            let allowed = breakers.get(&(line.customer, neighbour)).map_or(SHARE, |breaker| breaker.allows(SHARE, now));
            self.calling(line.customer, neighbour) < allowed
        })
    }

    /// When a step of this line may begin, unless it is for others to say by ending theirs.
    fn claimable_at(&self, line: &Line, breakers: &Breakers, now: Timestamp) -> Option<Timestamp> {
        let open_until = |neighbour| breakers.get(&(line.customer, neighbour)).and_then(Breaker::open_until);
        let moment = line.kind.neighbours().filter_map(open_until).fold(line.due_at, Timestamp::max);
        self.has_room(line, breakers, now.max(moment)).then_some(moment)
    }

    /// The lines from which a job may be taken now: who was served longest ago comes first, and of one customer what is due the longest. A
    /// look at an application goes before what is due with it, because what is seen may make that needless.
    fn in_turn(&self, mut lines: Vec<Line>, breakers: &Breakers, now: Timestamp) -> Vec<Line> {
        lines.retain(|line| self.has_room(line, breakers, now));
        lines.sort_by_key(|line| {
            let served = self.served.get(&line.customer).copied().unwrap_or_default();
            (served, line.due_at, line.kind != JobKind::LookAtApplication)
        });
        lines
    }

    fn take(&mut self, step: u64, customer: CustomerId, job: Job) {
        self.last += 1;
        self.served.insert(customer, self.last);
        self.under_way.insert(step, UnderWay { customer, job });
    }
}

impl Place {
    /// Leases the job whose turn it is, inside a transaction of the store. One that is run again takes its place again.
    ///
    /// # Errors
    /// When the database refuses or a stored job cannot be read.
    pub(super) fn claim(&self, tx: &Tx<'_>, now: Timestamp, leased_until: Timestamp) -> Result<Option<Claim>, StoreError> {
        let _alone = self.turns.taking.lock().unwrap_or_else(PoisonError::into_inner);
        self.turns.lock().under_way.remove(&self.step);
        let busy = self.turns.lock().orders();
        let (waiting, breakers) = (jobs::waiting(tx, now, now, &busy)?, breakers::all(tx)?);
        let in_turn = self.turns.lock().in_turn(waiting, &breakers, now);
        for Line { customer, kind, .. } in in_turn {
            if let Some(claim) = jobs::claim(tx, (customer, kind), now, leased_until, &busy)? {
                self.turns.lock().take(self.step, customer, claim.job);
                return Ok(Some(claim));
            }
        }
        Ok(None)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.turns.lock().under_way.remove(&self.step);
    }
}
