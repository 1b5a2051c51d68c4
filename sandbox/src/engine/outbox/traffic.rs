//! Pausing what is sent, of all customers or of one, while a world is exchanged: what was told to others of a world that is gone could
//! not be taken back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use crate::engine::Extent;

/// What is under way, by customer, and who may send. Clones are the same traffic.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    state: Arc<watch::Sender<State>>,
    resumed: Arc<watch::Sender<u64>>,
}

#[derive(Debug, Default)]
struct State {
    paused: Vec<Extent>,
    inside: BTreeMap<u64, usize>,
}

impl Traffic {
    /// Lets nothing of these customers be sent until what is returned is dropped, and waits for what is under way: for no longer than
    /// `patience` of real time. What is still under way then is cut off when its customer is replaced.
    pub async fn quiet(&self, extent: Extent, patience: Duration) -> Quiet {
        self.state.send_modify(|state| state.paused.push(extent));
        let quiet = Quiet { traffic: self.clone(), extent };
        let mut state = self.state.subscribe();
        let is_quiet = |state: &State| state.inside.keys().all(|customer| !extent.covers(*customer));
        if tokio::time::timeout(patience, state.wait_for(is_quiet)).await.is_err() {
            tracing::warn!("Something is still being sent after {} seconds and is not waited for.", patience.as_secs());
        }
        quiet
    }

    /// A receiver that changes when somebody may send again.
    pub(super) fn resumed(&self) -> watch::Receiver<u64> {
        self.resumed.subscribe()
    }

    /// The right to send something of a customer, unless it is paused.
    pub(super) fn enter(&self, customer: u64) -> Option<Pass> {
        let mut entered = false;
        self.state.send_if_modified(|state| {
            entered = !state.paused.iter().any(|extent| extent.covers(customer));
            if entered {
                *state.inside.entry(customer).or_default() += 1;
            }
            false
        });
        entered.then(|| Pass { traffic: self.clone(), customer, inside: AtomicBool::new(true) })
    }
}

/// Something is being sent.
#[derive(Debug)]
pub(super) struct Pass {
    traffic: Traffic,
    customer: u64,
    inside: AtomicBool,
}

impl Pass {
    /// It waits for something else: whoever wants quiet does not wait for it.
    pub(super) fn leave(&self) {
        if self.inside.swap(false, Ordering::AcqRel) {
            self.traffic.leave(self.customer);
        }
    }

    /// It goes on, as soon as its customer may send.
    pub(super) async fn enter_again(&self) {
        let mut resumed = self.traffic.resumed();
        while !self.inside.load(Ordering::Acquire) {
            resumed.borrow_and_update();
            match self.traffic.enter(self.customer) {
                // What it counts is counted by this one from now on.
                Some(other) => {
                    other.inside.store(false, Ordering::Release);
                    self.inside.store(true, Ordering::Release);
                }
                // The traffic lives as long as this.
                None => drop(resumed.changed().await),
            }
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Traffic {
    fn leave(&self, customer: u64) {
        self.state.send_modify(|state| {
            if let Some(count) = state.inside.get_mut(&customer) {
                *count -= 1;
                if *count == 0 {
                    state.inside.remove(&customer);
                }
            }
        });
    }
}

/// Nothing is sent until this is dropped.
#[derive(Debug)]
pub struct Quiet {
    traffic: Traffic,
    extent: Extent,
}

impl Drop for Quiet {
    fn drop(&mut self) {
        self.traffic.state.send_modify(|state| {
            if let Some(position) = state.paused.iter().position(|extent| *extent == self.extent) {
                state.paused.swap_remove(position);
            }
        });
        self.traffic.resumed.send_modify(|count| *count += 1);
    }
}
