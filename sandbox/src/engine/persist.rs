//! What a state must offer to be stored, and to be handled without its type.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::disk::{Change, Disk, DiskError, StoredRow};
use super::news::News;
use super::table::Rows;
use super::tenant::{Part, Tenant};

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

    /// Counts everything as stored; whether something had changed.
    fn settle(&mut self) -> bool {
        self.tables().into_iter().fold(false, |changed, table| table.settle() | changed)
    }

    /// What has changed since the last time, ready to be written.
    ///
    /// # Errors
    /// When a row cannot be written as JSON.
    fn drain(&mut self) -> Result<Vec<Change>, DiskError> {
        let mut changes = Vec::new();
        for table in self.tables() {
            changes.extend(table.drain(usize::MAX)?);
        }
        Ok(changes)
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

    /// Takes over what others have changed between `base` and `tip`, whose clone this was when it was `base`. What there is only one
    /// of is that of `tip`. Nothing of it counts as changed.
    fn catch_up(&mut self, base: &mut Self, tip: &mut Self) {
        let others = base.tables().into_iter().zip(tip.tables());
        for (own, (base, tip)) in self.tables().into_iter().zip(others) {
            own.catch_up(base, tip);
        }
    }
}

/// What one actor keeps of one customer: a value, whose clone shares all rows.
pub trait State: Persist + Clone + std::fmt::Debug + Send + Sync + 'static {
    /// What the name on disk starts with, such as `icims`.
    const KIND: &'static str;

    /// Under which names the customer is looked up, beside its number.
    fn names(&self) -> Vec<Name> {
        Vec::new()
    }

    /// Whether something waits to be sent.
    fn has_outgoing(&self) -> bool {
        false
    }
}

/// The states of one kind that are among stored rows, by customer; `blank` is what rows are put back into.
///
/// # Errors
/// When a row cannot be read.
pub fn restored<S: State>(rows: &[StoredRow], blank: impl Fn(u64) -> S) -> Result<BTreeMap<u64, S>, DiskError> {
    let mut states = BTreeMap::new();
    for row in rows {
        let Some((_, id)) = row.scope.split_once('/').filter(|(kind, _)| *kind == S::KIND) else { continue };
        let id: u64 = id.parse().map_err(|_| DiskError::UnknownScope(row.scope.clone()))?;
        states.entry(id).or_insert_with(|| blank(id)).restore_row(row)?;
    }
    Ok(states)
}

/// A name that belongs to one customer alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// What it is the name of, such as `login`: names of different kinds may be the same.
    pub kind: &'static str,
    /// The name.
    pub name: Arc<str>,
    /// What of the customer has it, such as a user; empty for the customer itself.
    pub whose: Arc<str>,
}

/// A [`State`] without its type.
pub(super) trait AnyState: Any + Send + Sync {
    fn kind(&self) -> &'static str;
    fn rows(&self) -> Result<Vec<Change>, DiskError>;
    fn names(&self) -> Vec<Name>;
    fn has_outgoing(&self) -> bool;
    fn begin(self: Arc<Self>, scope: Arc<str>, disk: Disk, news: News) -> Arc<dyn Part>;
}

impl<S: State> AnyState for S {
    fn kind(&self) -> &'static str {
        S::KIND
    }

    fn rows(&self) -> Result<Vec<Change>, DiskError> {
        self.clone().all_rows()
    }

    fn names(&self) -> Vec<Name> {
        State::names(self)
    }

    fn has_outgoing(&self) -> bool {
        State::has_outgoing(self)
    }

    fn begin(self: Arc<Self>, scope: Arc<str>, disk: Disk, news: News) -> Arc<dyn Part> {
        Arc::new(Tenant::begun(scope, self, disk, news))
    }
}
