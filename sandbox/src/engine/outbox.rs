//! The one outbox: what the actors of all customers have to send by themselves, sent when it is due, by turns, and in order where order
//! matters.
//!
//! What waits is part of a customer's state, written with the change that caused it. The outbox is told by the publication of that
//! state, so that nothing depends on who made the change still being there. It keeps no list of its own but for what is under way.

mod desk;
#[cfg(test)]
mod tests;
mod traffic;

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::clock::Clock;
use super::customer::Customer;
use super::disk::DiskError;
use super::registry::Registry;
use desk::Desk;
use traffic::Pass;
pub use traffic::{Quiet, Traffic};

/// How much of one customer is under way at a time: what a vendor that does not answer can hold up of that customer.
pub const UNDER_WAY_PER_CUSTOMER: usize = 32;
/// How much of all customers is under way at a time.
pub const UNDER_WAY: usize = 2_048;
/// How long the loop waits when nothing is due and nobody wakes it.
const IDLE: Duration = Duration::from_secs(3600);
/// Real time that what is under way gets to finish when the process stops. What does not finish is sent again at the next start.
const FAREWELL: Duration = Duration::from_secs(2);

/// An actor that sends.
pub trait Sends: Send + Sync + 'static {
    /// What of a customer may be sent now, the oldest first.
    fn due(&self, customer: &Customer, wanted: &Wanted<'_>) -> Turn;
    /// Sends it and writes down what came of it. Dropped when the customer is replaced meanwhile.
    fn carry(&self, customer: Arc<Customer>, number: u64, ticket: Ticket) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// What the outbox wants to know of an actor.
pub struct Wanted<'a> {
    /// The virtual present.
    pub now: Timestamp,
    /// Whether it is on its way already.
    pub is_under_way: &'a dyn Fn(u64) -> bool,
    /// Whether something of this line is on its way, so that others of it have to wait.
    pub is_busy: &'a dyn Fn(&str) -> bool,
}

impl std::fmt::Debug for Wanted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wanted").field("now", &self.now).finish_non_exhaustive()
    }
}

/// What waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// This may be sent now.
    Now {
        /// Its number in the actor's state.
        number: u64,
        /// What it has to be in order with, such as a workflow.
        line: String,
    },
    /// Nothing may be sent before this moment.
    At(Timestamp),
    /// Nothing waits, or only what waits for something that is under way.
    Nothing,
}

/// Goes with what is under way.
#[derive(Clone, Debug, Default)]
pub struct Ticket(Option<Arc<Sending>>);

#[derive(Debug)]
struct Sending {
    place: Place,
    aside: mpsc::UnboundedSender<Place>,
    pass: Pass,
}

impl Ticket {
    /// Lets others past: what is held back on purpose keeps neither its line nor its customer's share, and nobody who waits for what is
    /// being sent waits for it.
    pub fn step_aside(&self) {
        if let Some(Sending { place, aside, pass }) = self.0.as_deref() {
            pass.leave();
            // When the outbox has ended, nobody goes past.
            let _ = aside.send(*place);
        }
    }

    /// Goes on, as soon as its customer may send.
    pub async fn go_on(&self) {
        if let Some(sending) = self.0.as_deref() {
            sending.pass.enter_again().await;
        }
    }
}

/// Who sends what of which customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    customer: u64,
    /// Tells a customer from its successors; no two that live at the same time have the same.
    incarnation: usize,
    actor: usize,
    number: u64,
}

impl Place {
    fn of(customer: &Arc<Customer>, actor: usize, number: u64) -> Self {
        Self { customer: customer.id(), incarnation: Arc::as_ptr(customer).addr(), actor, number }
    }
}

/// See the module.
pub struct Outbox {
    registry: Registry,
    clock: Clock,
    actors: Vec<Arc<dyn Sends>>,
    traffic: Traffic,
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox").field("actors", &self.actors.len()).finish_non_exhaustive()
    }
}

impl Outbox {
    /// An outbox of these actors.
    #[must_use]
    pub fn new(registry: Registry, clock: Clock, actors: Vec<Arc<dyn Sends>>) -> Self {
        let traffic = Traffic::default();
        Self { registry, clock, actors, traffic }
    }

    /// By which sending can be paused.
    #[must_use]
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// Sends until `shutdown` resolves.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        let (mut moves, mut resumed) = (self.clock.moves(), self.traffic.resumed());
        let (aside, mut stepping_aside) = mpsc::unbounded_channel();
        let mut work =
            Work { outbox: self, aside, desks: BTreeMap::new(), turns: VecDeque::new(), tasks: JoinSet::new(), under_way: 0 };
        work.look_at_everybody();
        loop {
            let pause = work.give_turns();
            let board = work.outbox.registry.board().clone();
            tokio::select! {
                () = &mut shutdown => break,
                () = board.woken() => board.take_outgoing().into_iter().for_each(|customer| work.queue(customer)),
                Some(ended) = work.tasks.join_next() => work.ended(ended),
                Some(place) = stepping_aside.recv() => work.stepped_aside(place),
                // The clock and the traffic live as long as the outbox.
                _ = moves.changed() => work.look_at_those_with_a_date(),
                _ = resumed.changed() => work.look_at_everybody(),
                () = elapsed(pause) => work.look_at_those_with_a_date(),
            }
        }
        let finished = async { while work.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(FAREWELL, finished).await.is_err() {
            tracing::info!("Something was still under way; it is sent again after the next start.");
        }
    }
}

/// How long to wait, of real time, before what came of something is written down once more.
const AGAIN: Duration = Duration::from_secs(1);

/// Writes down what came of something that has been sent, until that succeeds: sending it again, because the disk is full, would be
/// worse than to wait.
pub async fn persevere<T, F: Future<Output = Result<T, Refused>>>(what: &str, mut write: impl FnMut() -> F) -> Option<T> {
    loop {
        match write().await {
            Ok(done) => return Some(done),
            Err(Refused::NotStored(error)) => tracing::error!(%error, "{what} could not be stored and will be tried again."),
            Err(Refused::Pointless) => return None,
        }
        elapsed(AGAIN).await;
    }
}

/// Why what came of something was not written down.
#[derive(Debug)]
pub enum Refused {
    /// The disk did not take it.
    NotStored(DiskError),
    /// There is nothing any more to write it to.
    Pointless,
}

impl From<DiskError> for Refused {
    fn from(error: DiskError) -> Self {
        Self::NotStored(error)
    }
}

async fn elapsed(pause: Duration) {
    // Nothing else can end this wait.
    let _ = tokio::time::timeout(pause, std::future::pending::<()>()).await;
}

/// What the loop knows.
struct Work {
    outbox: Outbox,
    aside: mpsc::UnboundedSender<Place>,
    /// By customer; without an entry nothing of it waits or is under way.
    desks: BTreeMap<u64, Desk>,
    /// Whose turn it is, in this order.
    turns: VecDeque<u64>,
    tasks: JoinSet<Place>,
    /// How much is under way, but for what has stepped aside.
    under_way: usize,
}

impl Work {
    /// Gives a customer a turn, after those who wait already.
    fn queue(&mut self, customer: u64) {
        let Some(current) = self.outbox.registry.customer(customer) else {
            if let Some(desk) = self.desks.get_mut(&customer) {
                desk.forget();
            }
            return self.tidy(customer);
        };
        let desk = self.desks.entry(customer).or_default();
        desk.serve(current);
        if !std::mem::replace(&mut desk.queued, true) {
            self.turns.push_back(customer);
        }
    }

    fn look_at_everybody(&mut self) {
        for customer in self.outbox.registry.customers() {
            self.queue(customer.id());
        }
    }

    fn look_at_those_with_a_date(&mut self) {
        let now = self.outbox.clock.now();
        let due: Vec<u64> =
            self.desks.iter().filter(|(_, desk)| desk.next.is_some_and(|next| next <= now)).map(|(id, _)| *id).collect();
        for customer in due {
            if let Some(desk) = self.desks.get_mut(&customer) {
                desk.next = None;
            }
            self.queue(customer);
        }
    }

    /// One thing of each customer at a time, by turns, while there is room; how long to wait for the next date. There is always room for
    /// the first thing of a customer, however many others hang.
    fn give_turns(&mut self) -> Duration {
        let now = self.outbox.clock.now();
        let mut waiting = VecDeque::new();
        while let Some(id) = self.turns.pop_front() {
            let Some(desk) = self.desks.get_mut(&id) else { continue };
            if self.under_way >= UNDER_WAY && desk.has_something_under_way() {
                waiting.push_back(id);
                continue;
            }
            desk.queued = false;
            let Some((customer, actor, number, line)) = desk.pick(&self.outbox.actors, now) else {
                if desk.is_idle() {
                    self.desks.remove(&id);
                }
                continue;
            };
            // Whoever pauses a customer wakes everybody afterwards.
            let Some(pass) = self.outbox.traffic.enter(id) else { continue };
            let place = Place::of(&customer, actor, number);
            desk.begin(place, line);
            self.under_way += 1;
            let ticket = Ticket(Some(Arc::new(Sending { place, aside: self.aside.clone(), pass })));
            let carried = self.outbox.actors[actor].carry(Arc::clone(&customer), number, ticket);
            let task = self.tasks.spawn(async move {
                tokio::select! {
                    () = customer.gone() => {}
                    () = carried => {}
                }
                place
            });
            desk.task(task.id(), place);
            self.queue(id);
        }
        self.turns = waiting;
        let next = self.desks.values().filter_map(|desk| desk.next).min();
        next.map_or(IDLE, |next| until(now, next))
    }

    fn ended(&mut self, ended: Result<Place, tokio::task::JoinError>) {
        let place = match ended {
            Ok(place) => Some(place),
            Err(error) => {
                tracing::error!(%error, "Sending broke off.");
                self.desks.values().find_map(|desk| desk.place_of(error.id()))
            }
        };
        let Some(place) = place else { return };
        if let Some(desk) = self.desks.get_mut(&place.customer) {
            self.under_way -= usize::from(desk.end(place));
        }
        self.queue(place.customer);
        self.tidy(place.customer);
    }

    fn stepped_aside(&mut self, place: Place) {
        if let Some(desk) = self.desks.get_mut(&place.customer) {
            self.under_way -= usize::from(desk.set_aside(place));
        }
        self.queue(place.customer);
    }

    /// Forgets a customer that is gone and of whom nothing is under way.
    fn tidy(&mut self, customer: u64) {
        if self.desks.get(&customer).is_some_and(|desk| desk.is_idle() && !desk.queued) {
            self.desks.remove(&customer);
        }
    }
}

fn until(now: Timestamp, next: Timestamp) -> Duration {
    // What has become due while somebody else had a turn is before the present.
    let span = Duration::try_from(next.duration_since(now)).unwrap_or_default();
    // A millisecond at least: the virtual clock has a finer grain than the timer.
    span.clamp(Duration::from_millis(1), IDLE)
}
