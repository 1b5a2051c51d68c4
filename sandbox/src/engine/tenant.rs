//! One tenant's state behind one lock, written through to disk before a change is acknowledged.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::disk::{Change, Disk, DiskError, Receipt, StoredRow};
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
    // While the state grows aside: what others change. Used under the lock of the state.
    meanwhile: Mutex<Option<Vec<Change>>>,
    disk: Disk,
    // Read and set under the lock of the state.
    forgotten: AtomicBool,
}

impl<S: Persist> Tenant<S> {
    /// Wraps a state. `scope` names actor and tenant on disk, such as `icims/4021`.
    #[must_use]
    pub fn new(scope: impl Into<String>, state: S, disk: Disk) -> Self {
        Self {
            scope: scope.into(),
            state: Mutex::new(state),
            meanwhile: Mutex::default(),
            disk,
            forgotten: AtomicBool::new(false),
        }
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
            let mut changes = self.drained(&mut state)?;
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

    /// What has changed since the last time, remembered also for a growth that is under way.
    fn drained(&self, state: &mut S) -> Result<Vec<Change>, DiskError> {
        let mut changes = Vec::new();
        for table in state.tables() {
            changes.extend(table.drain()?);
        }
        if let Some(meanwhile) = self.meanwhile().as_mut() {
            meanwhile.extend_from_slice(&changes);
        }
        Ok(changes)
    }

    fn meanwhile(&self) -> MutexGuard<'_, Option<Vec<Change>>> {
        self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, S> {
        // A rule that panicked left the state as it was before or after a whole change; going on is safe.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many rows are written at a time while a state grows.
const CHUNK: usize = 2_000;

impl<S: Persist + Clone + Send + 'static> Tenant<S> {
    /// Adds many rows at once. They are made aside, on a clone, while others go on reading and changing the state; they appear when
    /// all of them are there and stored. One such growth at a time.
    ///
    /// `reserve` sets aside what others must not use meanwhile, such as ids; `sow` may only add rows, and only under those ids.
    ///
    /// # Errors
    /// What `sow` refuses with, or that the disk did not take it: the state is then as it was, and the reserved ids are lost.
    pub async fn grow<E>(
        &self,
        reserve: impl FnOnce(&mut S),
        sow: impl FnOnce(&mut S) -> Result<(), E> + Send + 'static,
    ) -> Result<(), E>
    where
        E: From<DiskError> + Send + 'static,
    {
        let (aside, receipt) = {
            let mut state = self.lock();
            let aside = state.clone();
            *self.meanwhile() = Some(Vec::new());
            reserve(&mut state);
            (aside, self.disk.submit(&self.scope, self.drained(&mut state)?))
        };
        let grown = match receipt.settled().await {
            Ok(()) => self.grown_aside(aside, sow).await,
            Err(error) => Err(error.into()),
        };
        let mut state = self.lock();
        let meanwhile = self.meanwhile().take().unwrap_or_default();
        let mut grown = grown?;
        for change in meanwhile {
            apply(&mut grown, &change)?;
        }
        *state = grown;
        Ok(())
    }

    /// The clone with its new rows, all of them stored.
    async fn grown_aside<E>(&self, mut aside: S, sow: impl FnOnce(&mut S) -> Result<(), E> + Send + 'static) -> Result<S, E>
    where
        E: From<DiskError> + Send + 'static,
    {
        let (disk, scope) = (self.disk.clone(), self.scope.clone());
        let work = move || -> Result<(S, Option<Receipt>), E> {
            sow(&mut aside)?;
            // Only now, as other changes wait for a large one that has begun.
            let receipt = store(&disk, &scope, &mut aside)?;
            Ok((aside, receipt))
        };
        let failed = |error: tokio::task::JoinError| DiskError::NotStored(format!("the rows could not be made: {error}"));
        let (grown, receipt) = tokio::task::spawn_blocking(work).await.map_err(failed)??;
        if let Some(receipt) = receipt {
            receipt.settled().await?;
        }
        Ok(grown)
    }
}

/// Hands all new rows to the disk, a chunk at a time.
fn store<S: Persist>(disk: &Disk, scope: &str, state: &mut S) -> Result<Option<Receipt>, DiskError> {
    let Some((chunks, receipt)) = disk.submit_many(scope) else {
        state.settle();
        return Ok(None);
    };
    let send = |chunk| chunks.send(chunk).map_err(|_| DiskError::NotStored("the writer has given up".into()));
    for table in state.tables() {
        loop {
            let chunk = table.drain_some(CHUNK)?;
            if chunk.is_empty() {
                break;
            }
            send(chunk)?;
        }
    }
    send(Vec::new())?;
    Ok(Some(receipt))
}

fn apply<S: Persist>(state: &mut S, change: &Change) -> Result<(), DiskError> {
    for table in state.tables().into_iter().filter(|table| table.name() == change.table) {
        match &change.body {
            Some(body) => table.restore(&change.key, body)?,
            None => table.withdraw(&change.key),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Table;

    #[derive(Clone)]
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

    #[tokio::test]
    async fn what_others_change_while_a_state_grows_is_kept_in_memory_and_on_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sandbox.db");
        let (disk, _) = Disk::open(&path).expect("a new file");
        let tenant = Tenant::new("icims/4021", People(Table::new("people")), disk);
        put(&tenant, "Ana").await;
        let (started, wait) = std::sync::mpsc::channel();
        let (go, going) = std::sync::mpsc::channel();
        let sow = move |people: &mut People| -> Result<(), DiskError> {
            started.send(()).expect("the test waits");
            going.recv().expect("the test says go");
            people.0.put(7, "Seed".into());
            Ok(())
        };
        let growth = tenant.grow(|_| (), sow);
        let meanwhile = async {
            tokio::task::spawn_blocking(move || wait.recv()).await.expect("a thread").expect("it has begun");
            put(&tenant, "Ana Sol").await;
            assert_eq!(tenant.read(|people| people.0.len()), 1, "nothing of it is seen yet");
            go.send(()).expect("the growth waits");
        };
        let (grown, ()) = tokio::join!(growth, meanwhile);
        grown.expect("grown");
        let names = |people: &People| people.0.values().cloned().collect::<Vec<_>>();
        assert_eq!(tenant.read(names), ["Ana Sol", "Seed"]);
        let (_, rows) = Disk::open(&path).expect("the same file");
        assert_eq!(rows.len(), 2);
    }

    #[tokio::test]
    async fn a_refused_growth_leaves_the_state_with_what_others_changed() {
        let tenant = Tenant::new("icims/4021", People(Table::new("people")), Disk::memory());
        let sow = |people: &mut People| -> Result<(), DiskError> {
            people.0.put(7, "Seed".into());
            Err(DiskError::NotStored("no".into()))
        };
        assert!(tenant.grow(|people| people.0.put(1, "Reserved".into()), sow).await.is_err());
        assert_eq!(tenant.read(|people| people.0.values().cloned().collect::<Vec<_>>()), ["Reserved"]);
    }
}
