//! Which orders this process is working on.
//!
//! A lease tells other processes; it is measured on the clock, and a clock can jump: a sandbox's by hours, a machine's when it wakes
//! up. A job that still runs here must not be started again because of that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::OrderId;

/// Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Busy(Arc<Mutex<Orders>>);

#[derive(Debug, Default)]
struct Orders {
    last: u64,
    by_step: HashMap<u64, OrderId>,
}

/// One step's place in the list, free again when the step is over, however it ends.
#[derive(Debug)]
pub(super) struct Place {
    busy: Busy,
    step: u64,
}

impl Busy {
    /// A place for a step that has no order yet.
    pub(super) fn place(&self) -> Place {
        let mut orders = self.lock();
        orders.last += 1;
        Place { busy: self.clone(), step: orders.last }
    }

    /// The orders that are worked on.
    pub(super) fn orders(&self) -> Vec<OrderId> {
        self.lock().by_step.values().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Orders> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// What a claim does inside the store's transaction, where claims come one after the other: nothing gets between the list that a
    /// claim passes over and the order that it adds.
    pub(super) fn taker(&self) -> impl FnOnce(OrderId) + Send + 'static {
        let (busy, step) = (self.busy.clone(), self.step);
        move |order| {
            busy.lock().by_step.insert(step, order);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.busy.lock().by_step.remove(&self.step);
    }
}
