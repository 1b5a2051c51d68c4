//! One tenant's state behind one lock, written through to disk before a change is acknowledged.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::disk::{Change, Disk, DiskError, StoredRow};
use super::table::Rows;

/// State whose tables can be stored and restored.
pub trait Persist {
    /// Every table of the state, in a fixed order.
    fn tables(&mut self) -> Vec<&mut dyn Rows>;

    /// Puts a stored row back.
    ///
    /// # Errors
    /// When it cannot be read, or belongs to a table that this program does not know: dropping it would lose what a newer one wrote.
    fn restore_row(&mut self, row: &StoredRow) -> Result<(), DiskError> {
        let table = self.tables().into_iter().find(|table| table.name() == row.table);
        let table = table.ok_or_else(|| {
            DiskError::damaged(&row.table, &row.key, "this program knows no such table; a newer one may have written it")
        })?;
        table.restore(&row.key, &row.body)
    }

    /// Counts everything as stored.
    fn settle(&mut self) {
        self.tables().into_iter().for_each(Rows::settle);
    }

    /// Every row of every table, as it would be stored.
    ///
    /// # Errors
    /// When a row cannot be written as JSON.
    fn all_rows(&mut self) -> Result<Vec<Change>, DiskError> {
        let mut rows = Vec::new();
        for table in self.tables() {
            rows.extend(table.stored()?);
        }
        Ok(rows)
    }
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

    /// The state, locked. For whoever needs several states as they are at one moment; nobody else holds two.
    pub fn hold(&self) -> MutexGuard<'_, S> {
        self.lock()
    }

    /// From now on, changes of this value are not stored: a successor with the same scope must not be disturbed by what was still
    /// under way. What changed before has been handed to the disk when this returns.
    pub fn retire(&self) {
        let _state = self.lock();
        self.forgotten.store(true, Ordering::Relaxed);
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
