//! The only SQL of the integration, behind [`Store`].
//!
//! SQLite through one writer that commits in groups at `synchronous=FULL`: whoever writes waits for the commit that carries the
//! change, so an acknowledged change survives a crash, and a busy moment costs one flush for many changes. A change and the work it
//! causes are one transaction, because [`jobs::enqueue`] takes the transaction of the change. Functions take a [`Tx`] and convert
//! rows to domain types on the way out, failing loudly on bad data. Read next: `migrations/`, which explain each constraint.

mod customers;
mod lane;
mod migrate;
mod proofs;
mod readiness;
mod row;
mod seal;
mod trouble;
mod tx;

pub mod admins;
pub mod announcements;
pub mod breakers;
pub mod history;
pub mod jobs;
pub mod mails;
pub mod orders;
pub mod refused_events;
pub mod report_links;
pub mod selections;
pub mod sweeps;
pub mod tokens;
pub mod transfer;

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags};
use tokio::sync::{Mutex, watch};

pub use customers::{customer, customer_ids, customers, insert_customer, update_customer};
pub use proofs::{Door, customer_of_event_token, customer_proving, event_token};
pub use seal::SealingKey;
pub use tx::Tx;

use lane::{Carries, Lane, Wanted};
use trouble::Trouble;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file could not be opened, read or written.
    #[error("the database cannot be used: check that its folder exists, is writable and has space")]
    Unusable(#[source] rusqlite::Error),
    /// The file was written by a newer version of this program.
    #[error("the database is of version {found}, this program knows {known}: start the newer program, or name another file")]
    Newer {
        /// The version of the file.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The file is no database, or its pages do not hold together.
    #[error("the database is damaged ({0}): restore it from a copy, or move it away to begin anew")]
    Corrupt(String),
    /// The file was written by an older version of this program.
    #[error(
        "the database is of version {found}, this program works on {known}: start the service once, which brings it up to date"
    )]
    Older {
        /// The version of the file.
        found: i64,
        /// The version that this program works on.
        known: i64,
    },
    /// Something that must be unique is there already.
    #[error("{0} is there already")]
    Conflict(String),
    /// A stored value cannot be read.
    #[error("the stored {what} cannot be read: restore the database from a copy")]
    Damaged {
        /// Table and column.
        what: String,
        /// What was wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Another process has the file open.
    #[error("another process uses the database: stop it, or name another file")]
    InUse,
    /// The lock beside the file cannot be taken.
    #[error("the lock file beside the database cannot be used: check that its folder is writable")]
    Lock(#[source] std::io::Error),
    /// A stored secret cannot be opened with the configured key.
    #[error("a stored secret cannot be opened: the configured sealing key is not the one it was sealed with")]
    WrongKey,
    /// The change was undone because the commit that carried it failed.
    #[error("the change was not committed ({0})")]
    NotCommitted(String),
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(failure, ref text) if failure.code == rusqlite::ErrorCode::ConstraintViolation => {
                Self::Conflict(text.clone().unwrap_or_else(|| failure.to_string()))
            }
            other => Self::Unusable(other),
        }
    }
}

/// The integration's memory. Clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    writer: Lane,
    reader: Lane,
    key: Arc<SealingKey>,
    work: Arc<watch::Sender<u64>>,
    trouble: Trouble,
    /// Held by whoever asks whether changes can be committed.
    asking: Arc<Mutex<()>>,
    /// Keeps other processes away from the file as long as it lives.
    _lock: Option<Arc<File>>,
}

impl Store {
    /// Opens or creates the file, brings it to the newest version, and keeps secrets sealed with `key`.
    ///
    /// One process at a time: a lock beside the file keeps others away. What a process that was killed was working on is therefore
    /// nobody's, and due again at once.
    ///
    /// # Errors
    /// When the file cannot be used, is newer than this program, or belongs to another process.
    pub fn open(path: &Path, key: SealingKey) -> Result<Self, StoreError> {
        let lock = lock_beside(path)?;
        if path.exists() {
            migrate::check(path)?;
        }
        let mut writing = Connection::open(path)?;
        writing.execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000;",
        )?;
        migrate::to_newest(&mut writing)?;
        jobs::release_leases(&writing)?;
        let reading = Connection::open(path)?;
        reading.execute_batch("PRAGMA query_only=ON; PRAGMA busy_timeout=5000;")?;
        let (work, trouble, asking) = (Arc::new(watch::Sender::new(0)), Trouble::default(), Arc::default());
        let writer = Lane::start("store-writer", writing, Carries::Changes, Some(Arc::clone(&work)), trouble.clone())?;
        let reader = Lane::start("store-reader", reading, Carries::LookUps, None, Trouble::default())?;
        Ok(Self { writer, reader, key: Arc::new(key), work, trouble, asking, _lock: Some(Arc::new(lock)) })
    }

    /// Opens a file that is there, also beside the process that works on it: for a command that changes a few rows. It takes no lock,
    /// releases nobody's work and leaves the version as it is.
    ///
    /// # Errors
    /// When there is no such file, or it is of another version.
    pub fn open_beside(path: &Path, key: SealingKey) -> Result<Self, StoreError> {
        let writing = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        writing.execute_batch("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000;")?;
        migrate::is_newest(&writing)?;
        let (work, trouble, asking) = (Arc::new(watch::Sender::new(0)), Trouble::default(), Arc::default());
        let lane = Lane::start("store-guest", writing, Carries::Changes, None, trouble.clone())?;
        Ok(Self { writer: lane.clone(), reader: lane, key: Arc::new(key), work, trouble, asking, _lock: None })
    }

    /// A store that lives as long as the process.
    ///
    /// # Errors
    /// When SQLite cannot be started at all.
    pub fn in_memory(key: SealingKey) -> Result<Self, StoreError> {
        let mut connection = Connection::open_in_memory()?;
        connection.execute_batch("PRAGMA foreign_keys=ON;")?;
        migrate::to_newest(&mut connection)?;
        let (work, trouble, asking) = (Arc::new(watch::Sender::new(0)), Trouble::default(), Arc::default());
        let lane = Lane::start("store", connection, Carries::Changes, Some(Arc::clone(&work)), trouble.clone())?;
        Ok(Self { writer: lane.clone(), reader: lane, key: Arc::new(key), work, trouble, asking, _lock: None })
    }

    /// Applies a change in a transaction of its own and returns once it is on disk. If the change refuses, nothing has happened; nor has
    /// it if whoever waits for it gives up before it has begun.
    ///
    /// # Errors
    /// What the change refuses with, or that it could not be committed.
    pub async fn write<T, E>(&self, change: impl FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.writer.run(Arc::clone(&self.key), Wanted::WhileWaitedFor, change).await
    }

    /// The same for a change that is wanted even if nobody waits for it.
    ///
    /// # Errors
    /// What the change refuses with, or that it could not be committed.
    pub async fn write_in_any_case<T, E>(&self, change: impl FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.writer.run(Arc::clone(&self.key), Wanted::InAnyCase, change).await
    }

    /// Looks something up.
    ///
    /// # Errors
    /// What the look-up fails with.
    pub async fn read<T, E>(&self, look: impl FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.reader.run(Arc::clone(&self.key), Wanted::WhileWaitedFor, look).await
    }

    /// A receiver that changes each time work has been committed.
    #[must_use]
    pub fn work_added(&self) -> watch::Receiver<u64> {
        self.work.subscribe()
    }
}

fn lock_beside(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock = File::create(Path::new(&name)).map_err(StoreError::Lock)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(error)) => Err(StoreError::Lock(error)),
    }
}
