//! Which snapshots there are. Not part of a world: a reset leaves it alone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::engine::{DiskError, Persist, Rows, State, StoredRow, Table};

/// The name of these rows on disk.
pub(super) const SCOPE: &str = "snapshots";

/// What a snapshot is, without what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Snapshot)]
pub struct SnapshotInfo {
    /// Its name.
    pub name: String,
    /// The customer it holds; absent when it holds the whole world.
    pub customer_id: Option<String>,
    /// When it was taken, on the virtual clock.
    #[schema(value_type = String, format = DateTime)]
    pub taken_at: Timestamp,
    /// How many customers it holds.
    pub customers: usize,
    /// How many recruiting workflows they have.
    pub workflows: usize,
    /// How many messages it holds.
    pub messages: usize,
}

/// A snapshot, and which of those of its name: its rows are stored before it counts, beside those of the one that it replaces.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) info: SnapshotInfo,
    pub(super) generation: u64,
}

impl Entry {
    /// Where its rows are on disk.
    pub(super) fn prefix(&self) -> String {
        prefix(&self.info.name, self.generation)
    }
}

/// Where the rows of a snapshot are on disk.
pub(super) fn prefix(name: &str, generation: u64) -> String {
    format!("snapshot/{name}/{generation}/")
}

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Catalogue {
    snapshots: Table<String, Entry>,
}

impl Persist for Catalogue {
    fn tables(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.snapshots]
    }
}

impl State for Catalogue {
    const KIND: &'static str = SCOPE;
}

impl Catalogue {
    /// What was stored among `rows`.
    pub(super) fn restored(rows: &[StoredRow]) -> Result<Self, DiskError> {
        let mut state = Self { snapshots: Table::new("snapshots") };
        for row in rows.iter().filter(|row| row.scope == SCOPE) {
            state.restore_row(row)?;
        }
        Ok(state)
    }

    pub(super) fn snapshots(&self) -> impl Iterator<Item = &SnapshotInfo> {
        self.snapshots.values().map(|entry| &entry.info)
    }

    pub(super) fn entry(&self, name: &str) -> Option<&Entry> {
        self.snapshots.get(&name.to_owned())
    }

    pub(super) fn count(&self) -> usize {
        self.snapshots.len()
    }

    pub(super) fn add(&mut self, entry: Entry) {
        self.snapshots.put(entry.info.name.clone(), entry);
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.snapshots.remove(&name.to_owned());
    }
}
