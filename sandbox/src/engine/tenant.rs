//! One tenant's state behind one lock, written through to disk before a change is acknowledged.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::disk::{Disk, DiskError};
use super::table::Rows;

/// State whose tables can be stored and restored.
pub trait Persist {
    /// Every table of the state, in a fixed order.
    fn tables(&mut self) -> Vec<&mut dyn Rows>;
}

/// The state of one tenant of one actor. Tenants never wait for one another; the lock is never held across an await.
#[derive(Debug)]
pub struct Tenant<S> {
    scope: String,
    state: Mutex<S>,
    disk: Disk,
}

impl<S: Persist> Tenant<S> {
    /// Wraps a state. `scope` names actor and tenant on disk, such as `icims/4021`.
    #[must_use]
    pub fn new(scope: impl Into<String>, state: S, disk: Disk) -> Self {
        Self { scope: scope.into(), state: Mutex::new(state), disk }
    }

    /// The name of this state on disk.
    #[must_use]
    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// Reads under the lock.
    pub fn read<T>(&self, look: impl FnOnce(&S) -> T) -> T {
        look(&self.lock())
    }

    /// Applies a rule under the lock and returns once what it changed is on disk.
    ///
    /// A rule that refuses must not have changed anything: rules check first and change last.
    ///
    /// # Errors
    /// What the rule refuses with, or that the disk did not take the change.
    pub async fn write<T, E: From<DiskError>>(&self, rule: impl FnOnce(&mut S) -> Result<T, E>) -> Result<T, E> {
        let (outcome, receipt) = {
            let mut state = self.lock();
            let outcome = rule(&mut state);
            let mut changes = Vec::new();
            for table in state.tables() {
                changes.extend(table.drain()?);
            }
            debug_assert!(outcome.is_ok() || changes.is_empty(), "a refused change must change nothing");
            // Submitted under the lock, so that the order on disk is the order of the changes.
            (outcome, self.disk.submit(&self.scope, changes))
        };
        receipt.settled().await?;
        outcome
    }

    fn lock(&self) -> MutexGuard<'_, S> {
        // A rule that panicked left the state as it was before or after a whole change; going on is safe.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
