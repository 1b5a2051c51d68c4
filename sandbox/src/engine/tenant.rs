//! One tenant's state behind one lock, written through to disk before a change is acknowledged.

use std::sync::atomic::{AtomicBool, Ordering};
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
    // Read and set under the lock of the state.
    forgotten: AtomicBool,
}

impl<S: Persist> Tenant<S> {
    /// Wraps a state. `scope` names actor and tenant on disk, such as `icims/4021`.
    #[must_use]
    pub fn new(scope: impl Into<String>, state: S, disk: Disk) -> Self {
        Self { scope: scope.into(), state: Mutex::new(state), disk, forgotten: AtomicBool::new(false) }
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
            // What was under way when the tenant was forgotten must not come back as rows of its successor.
            if self.forgotten.load(Ordering::Relaxed) {
                changes.clear();
            }
            // Submitted under the lock, so that the order on disk is the order of the changes.
            (outcome, self.disk.submit(&self.scope, changes))
        };
        receipt.settled().await?;
        outcome
    }

    /// Removes every row from disk, for good: later changes of this value are not stored, so that a successor with the same scope is
    /// not disturbed by what was still under way.
    ///
    /// # Errors
    /// When the disk did not take it.
    pub async fn forget(&self) -> Result<(), DiskError> {
        let receipt = {
            let _state = self.lock();
            self.forgotten.store(true, Ordering::Relaxed);
            self.disk.forget(&self.scope)
        };
        receipt.settled().await
    }

    fn lock(&self) -> MutexGuard<'_, S> {
        // A rule that panicked left the state as it was before or after a whole change; going on is safe.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Table;

    struct People(Table<u64, String>);

    impl Persist for People {
        fn tables(&mut self) -> Vec<&mut dyn Rows> {
            vec![&mut self.0]
        }
    }

    async fn put(tenant: &Tenant<People>, name: &str) {
        let rule = |people: &mut People| -> Result<(), DiskError> {
            people.0.put(1, name.into());
            Ok(())
        };
        tenant.write(rule).await.expect("stored");
    }

    #[tokio::test]
    async fn what_a_forgotten_tenant_still_does_does_not_reach_its_successor() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sandbox.db");
        let (disk, _) = Disk::open(&path).expect("a new file");
        let before = Tenant::new("icims/4021", People(Table::new("people")), disk.clone());
        put(&before, "Ana").await;
        before.forget().await.expect("forgotten");
        let after = Tenant::new("icims/4021", People(Table::new("people")), disk);
        put(&after, "Ben").await;
        put(&before, "Ana again").await;
        let (_, rows) = Disk::open(&path).expect("the same file");
        assert_eq!(rows.iter().map(|row| row.body.as_slice()).collect::<Vec<_>>(), [b"\"Ben\""]);
    }
}
