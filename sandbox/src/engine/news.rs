//! Who is told that a state has been published: whoever waits for it, and the outbox when something is to be sent.

use std::collections::BTreeSet;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};
use tokio::sync::{Notify, watch};

/// Where publications are announced. Clones are the same board.
#[derive(Clone, Debug, Default)]
pub struct Board(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Read by whoever publishes one state; written by whoever must see, or exchange, several as they are at one moment.
    moment: RwLock<()>,
    published: watch::Sender<u64>,
    outgoing: Mutex<BTreeSet<u64>>,
    woken: Notify,
}

impl Board {
    /// A receiver that changes with every publication.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.published.subscribe()
    }

    /// Says that a customer has something to send.
    pub(super) fn has_outgoing(&self, customer: u64) {
        self.0.outgoing.lock().insert(customer);
        self.0.woken.notify_one();
    }

    /// The customers that had something to send since the last time.
    pub(super) fn take_outgoing(&self) -> BTreeSet<u64> {
        std::mem::take(&mut *self.0.outgoing.lock())
    }

    /// Resolves when a customer has something to send.
    pub(super) async fn woken(&self) {
        self.0.woken.notified().await;
    }

    /// Keeps states from being published until the guard is dropped: a moment, in which nobody waits for anything.
    pub(super) fn moment(&self) -> RwLockWriteGuard<'_, ()> {
        self.0.moment.write()
    }

    pub(super) fn tell(&self) {
        self.0.published.send_modify(|count| *count += 1);
    }
}

/// How the states of one customer announce that they have been published.
#[derive(Clone, Debug)]
pub struct News {
    board: Board,
    customer: u64,
    changes: Arc<watch::Sender<u64>>,
}

impl News {
    /// News of a customer on a board.
    #[must_use]
    pub fn of(customer: u64, board: &Board) -> Self {
        Self { board: board.clone(), customer, changes: Arc::default() }
    }

    /// A receiver that changes with every publication of this customer.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(super) fn publishing(&self) -> RwLockReadGuard<'_, ()> {
        self.board.0.moment.read()
    }

    pub(super) fn tell(&self, has_outgoing: bool) {
        self.changes.send_modify(|count| *count += 1);
        self.board.tell();
        if has_outgoing {
            self.board.has_outgoing(self.customer);
        }
    }
}
