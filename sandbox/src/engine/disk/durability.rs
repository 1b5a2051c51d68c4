//! When what was committed survives a loss of power. Waiting for the disk is what a commit costs, and what nothing counts on yet need not wait.

use rusqlite::{Connection, Transaction};

/// What a commit waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) enum Durability {
    /// Nothing: the next commit that waits for the disk makes this one durable, too, as the log is written through as a whole. For
    /// rows that do not count before such a commit says so.
    WithTheNext,
    /// The disk.
    AtOnce,
}

impl Durability {
    /// A transaction whose commit is this durable. It is whole or gone after a loss of power either way.
    pub(super) fn begin(self, connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
        let synchronous = if self == Self::AtOnce { "FULL" } else { "NORMAL" };
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.transaction()
    }
}
