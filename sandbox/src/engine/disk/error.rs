//! Why rows could not be written or read.

use std::path::PathBuf;

use super::VERSION;

/// Why rows could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// The file could not be opened or used.
    #[error("cannot use {}: check that the folder exists, is writable and has space", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The file is no database, or its pages do not hold together.
    #[error("{} is damaged ({reason}): restore the folder from a copy, or name another folder; the file is left as it is", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file was written by another version.
    #[error("{} holds version {found}, this program writes version {VERSION}: start it with the version that wrote the file, or name another folder", path.display())]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// The version it says it is.
        found: i64,
    },
    /// A stored row cannot be read.
    #[error("the stored {table} {key} is damaged ({reason}): restore the folder from a copy, or name another folder")]
    Damaged {
        /// Table name.
        table: String,
        /// Key within the table.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Stored rows belong to no part of this program.
    #[error("the stored {0} belongs to no part of this program: start the newer program that wrote it, or name another folder")]
    UnknownScope(String),
    /// A row could not be turned into JSON.
    #[error("a row of {table} cannot be stored")]
    Encode {
        /// Table name.
        table: &'static str,
        /// What serde said.
        #[source]
        source: serde_json::Error,
    },
    /// The writer refused the change or is gone.
    #[error("the change was not stored: {0}")]
    NotStored(String),
}

impl DiskError {
    pub(in crate::engine) fn damaged(table: &str, key: &str, reason: &str) -> Self {
        Self::Damaged { table: table.into(), key: key.into(), reason: reason.into() }
    }
}
