//! Which snapshots there are, and what a killed process had not finished. Neither is part of a world: a reset leaves them alone.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::contents::Extent;
use crate::engine::{DiskError, Persist, Rows, Single, StoredRow, Table};

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

/// What the integration has still to be told of a world that was replaced.
///
/// Sandbox and integration have a file each, so no transaction covers both. The sandbox's says what the integration's must follow
/// with, and a process that starts does that first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Unfinished {
    customer: Option<u64>,
    /// What it exported, as base64.
    integration: String,
}

impl Unfinished {
    pub(super) fn new(extent: Extent, integration: &[u8]) -> Self {
        let customer = match extent {
            Extent::World => None,
            Extent::Customer(id) => Some(id),
        };
        Self { customer, integration: BASE64_STANDARD.encode(integration) }
    }

    /// What was to be replaced, by what.
    pub(super) fn read(&self) -> Result<(Extent, Vec<u8>), DiskError> {
        let bytes = BASE64_STANDARD.decode(&self.integration).map_err(|error| DiskError::Damaged {
            table: "unfinished".into(),
            key: "1".into(),
            reason: error.to_string(),
        })?;
        Ok((self.customer.map_or(Extent::World, Extent::Customer), bytes))
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Catalogue {
    snapshots: Table<String, SnapshotInfo>,
    unfinished: Single<Option<Unfinished>>,
}

impl Persist for Catalogue {
    fn tables(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.snapshots, &mut self.unfinished]
    }
}

impl Catalogue {
    /// What was stored among `rows`.
    pub(super) fn restored(rows: &[StoredRow]) -> Result<Self, DiskError> {
        let mut state = Self { snapshots: Table::new("snapshots"), unfinished: Single::new("unfinished", None) };
        for row in rows.iter().filter(|row| row.scope == SCOPE) {
            state.restore_row(row)?;
        }
        Ok(state)
    }

    pub(super) fn snapshots(&self) -> impl Iterator<Item = &SnapshotInfo> {
        self.snapshots.values()
    }

    pub(super) fn snapshot(&self, name: &str) -> Option<&SnapshotInfo> {
        self.snapshots.get(&name.to_owned())
    }

    pub(super) fn count(&self) -> usize {
        self.snapshots.len()
    }

    pub(super) fn add(&mut self, snapshot: SnapshotInfo) {
        self.snapshots.put(snapshot.name.clone(), snapshot);
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<SnapshotInfo> {
        self.snapshots.remove(&name.to_owned())
    }

    pub(super) fn unfinished(&self) -> Option<&Unfinished> {
        self.unfinished.get().as_ref()
    }

    pub(super) fn begin(&mut self, unfinished: Unfinished) {
        *self.unfinished.edit() = Some(unfinished);
    }

    pub(super) fn finish(&mut self) {
        if self.unfinished.get().is_some() {
            *self.unfinished.edit() = None;
        }
    }
}
