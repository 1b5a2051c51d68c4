//! What is under way of one customer, and when to look at it again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::Id;

use super::{Place, Sends, Turn, UNDER_WAY_PER_CUSTOMER, Wanted};
use crate::engine::Customer;

/// How much of one customer may have stepped aside, because it is held back on purpose.
const ASIDE: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct Desk {
    customer: Option<Arc<Customer>>,
    /// Whether it waits for its turn.
    pub(super) queued: bool,
    /// When something may be sent, if nobody says so before.
    pub(super) next: Option<Timestamp>,
    /// How often it was asked for its next thing.
    asked: usize,
    /// With its line.
    under_way: BTreeMap<Place, String>,
    aside: BTreeSet<Place>,
    tasks: BTreeMap<Id, Place>,
}

impl Desk {
    /// From now on it is about this customer: a successor has nothing to do with what was under way before.
    pub(super) fn serve(&mut self, customer: Arc<Customer>) {
        self.customer = Some(customer);
    }

    /// The next thing to be sent: who sends it, its number, and its line. Otherwise it is noted when to look again.
    pub(super) fn pick(&mut self, actors: &[Arc<dyn Sends>], now: Timestamp) -> Option<(Arc<Customer>, usize, u64, String)> {
        self.next = None;
        let customer = self.customer.clone().filter(|customer| !customer.is_gone())?;
        if self.under_way.len() >= UNDER_WAY_PER_CUSTOMER || self.aside.len() >= ASIDE {
            return None;
        }
        // Each actor is the first to be asked in turn, so that none waits for all that another has.
        self.asked = self.asked.wrapping_add(1);
        let begin = self.asked % actors.len().max(1);
        for (actor, sends) in actors.iter().enumerate().cycle().skip(begin).take(actors.len()) {
            let place = |number| Place::of(&customer, actor, number);
            let is_under_way = |number| self.under_way.contains_key(&place(number)) || self.aside.contains(&place(number));
            let first = place(0);
            let same = |place: &Place| place.incarnation == first.incarnation && place.actor == actor;
            let is_busy = |line: &str| self.under_way.iter().any(|(place, busy)| same(place) && busy == line);
            match sends.due(&customer, &Wanted { now, is_under_way: &is_under_way, is_busy: &is_busy }) {
                Turn::Now { number, line } => return Some((customer, actor, number, line)),
                Turn::At(next) => self.next = Some(self.next.map_or(next, |other| other.min(next))),
                Turn::Nothing => {}
            }
        }
        None
    }

    pub(super) fn begin(&mut self, place: Place, line: String) {
        self.under_way.insert(place, line);
    }

    pub(super) fn task(&mut self, id: Id, place: Place) {
        self.tasks.insert(id, place);
    }

    pub(super) fn place_of(&self, task: Id) -> Option<Place> {
        self.tasks.get(&task).copied()
    }

    /// The customer is gone, and what waited with it.
    pub(super) fn forget(&mut self) {
        (self.customer, self.next) = (None, None);
    }

    pub(super) fn has_something_under_way(&self) -> bool {
        !self.under_way.is_empty()
    }

    /// Whether it took part of the room until now.
    pub(super) fn end(&mut self, place: Place) -> bool {
        self.tasks.retain(|_, of| *of != place);
        self.aside.remove(&place);
        self.under_way.remove(&place).is_some()
    }

    /// Whether it took part of the room until now.
    pub(super) fn set_aside(&mut self, place: Place) -> bool {
        let gone = self.under_way.remove(&place).is_some();
        if gone {
            self.aside.insert(place);
        }
        gone
    }

    pub(super) fn is_idle(&self) -> bool {
        self.under_way.is_empty() && self.aside.is_empty() && self.next.is_none()
    }
}
