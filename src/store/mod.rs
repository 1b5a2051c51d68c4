//! The only SQL of the integration, behind [`Store`].
//!
//! A change and the work it causes are one transaction, because [`jobs::enqueue`] takes the transaction of the change; whoever writes
//! waits for its commit, so that an acknowledged change survives a crash. Functions take a [`Tx`], whose statements SQLite and
//! PostgreSQL read alike, and convert rows to domain types on the way out, failing loudly on bad data. They are written as if one change
//! came after the other: `sqlite` has one writer, `postgres` undoes and repeats what was overtaken. Read next: `sqlite/migrations`, which
//! explain each constraint.

mod customers;
mod moments;
mod postgres;
mod proofs;
mod readiness;
mod row;
mod seal;
mod sqlite;
mod statement;
mod step;
mod trouble;
mod tx;
mod value;

pub mod admins;
pub mod announcements;
pub mod breakers;
pub mod failed_sign_ins;
pub mod history;
pub mod jobs;
pub mod mails;
pub mod orders;
pub mod refused_events;
pub mod report_links;
pub mod retention;
pub mod sealing;
pub mod selections;
pub mod sweeps;
pub mod tokens;
#[cfg(feature = "sandbox")]
pub mod transfer;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::{Mutex, watch};

use crate::clock::Clock;

pub use customers::{customer, customer_ids, customers, insert_customer, update_customer};
pub use proofs::{Door, customer_of_event_token, customer_proving, event_token};
pub use seal::SealingKey;
pub use tx::Tx;

use postgres::Prepare;
use sqlite::Lanes;
use step::{Queue, Wanted, ask};
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
    /// The address of a database server is none.
    #[error("the address of the database is none: write postgres://user:password@host/database")]
    NoPlace(#[source] ::postgres::Error),
    /// The certificates with which a server is checked cannot be found.
    #[error("no trusted root certificates were found: install ca-certificates")]
    NoCertificates(#[source] Arc<rustls::Error>),
    /// Nobody answers where the database should be.
    #[error("the database server cannot be reached: check its address and that it runs; it is tried again")]
    Unreachable(#[source] ::postgres::Error),
    /// The database server did not get to a statement in time.
    #[error("the database server took too long: look at what else it does; it is tried again")]
    Late(#[source] ::postgres::Error),
    /// The database server does not accept a statement.
    #[error(
        "the database server refuses: check that the user may create and change tables in the database, that it has space, and that it is no copy"
    )]
    Refused(#[source] ::postgres::Error),
    /// A statement and its values do not have the same names.
    #[error("a statement was given other values than it names: this is a fault of the program, tell Harver support")]
    Misnamed,
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
}

/// The integration's memory. Clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    writer: Queue,
    reader: Queue,
    work: Arc<watch::Sender<u64>>,
    trouble: Trouble,
    /// Held by whoever asks whether changes can be committed.
    asking: Arc<Mutex<()>>,
    /// Keeps other processes away from the file as long as it lives.
    _lock: Option<Arc<File>>,
}

impl Store {
    /// Opens or creates the file, brings it to the newest version, and keeps secrets sealed with `key`. One process at a time: a lock
    /// beside the file keeps others away.
    ///
    /// # Errors
    /// When the file cannot be used, is newer than this program, or belongs to another process.
    pub fn open(path: &Path, key: SealingKey) -> Result<Self, StoreError> {
        Self::over(|told| sqlite::open(path, &Arc::new(key), told).map(|(lanes, lock)| (lanes, Some(lock))))
    }

    /// Opens a file that is there, also beside the process that works on it: for a command that changes a few rows. It takes no lock,
    /// releases nobody's work and leaves the version as it is.
    ///
    /// # Errors
    /// When there is no such file, or it is of another version.
    pub fn open_beside(path: &Path, key: SealingKey) -> Result<Self, StoreError> {
        Self::over(|told| sqlite::open_beside(path, &Arc::new(key), told).map(|lanes| (lanes, None)))
    }

    /// A store that lives as long as the process.
    ///
    /// # Errors
    /// When SQLite cannot be started at all.
    pub fn in_memory(key: SealingKey) -> Result<Self, StoreError> {
        Self::over(|told| sqlite::in_memory(&Arc::new(key), told).map(|lanes| (lanes, None)))
    }

    /// Opens a database of a PostgreSQL server (`postgres://user:password@host/database`) beside the other replicas that work on it, and
    /// brings it to the newest version. With it comes the clock that all of them go by: `machine`, put right by the server's. Blocks until the server has answered: not to be called on a thread that serves others.
    ///
    /// # Errors
    /// When the address is none, the server cannot be reached, or the database is newer than this program.
    pub fn connect(url: &SecretString, key: SealingKey, machine: Clock) -> Result<(Self, Clock), StoreError> {
        Self::connected(url, key, machine, Prepare::ToNewest)
    }

    /// The same for a command, which leaves the version as it is: replicas of an older program may be working on it.
    ///
    /// # Errors
    /// The same, or that the database is of an older version.
    pub fn connect_beside(url: &SecretString, key: SealingKey, machine: Clock) -> Result<(Self, Clock), StoreError> {
        Self::connected(url, key, machine, Prepare::Nothing)
    }

    fn connected(url: &SecretString, key: SealingKey, machine: Clock, prepare: Prepare) -> Result<(Self, Clock), StoreError> {
        let (work, trouble) = (Arc::new(watch::Sender::new(0)), Trouble::default());
        let (lanes, clock) = postgres::open(url, &Arc::new(key), machine, (&work, &trouble), prepare)?;
        Ok((Self::of(lanes, None, work, trouble), clock))
    }

    fn over(open: impl FnOnce(sqlite::Told<'_>) -> Result<(Lanes, Option<File>), StoreError>) -> Result<Self, StoreError> {
        let (work, trouble) = (Arc::new(watch::Sender::new(0)), Trouble::default());
        let (lanes, lock) = open((&work, &trouble))?;
        Ok(Self::of(lanes, lock, work, trouble))
    }

    fn of(lanes: Lanes, lock: Option<File>, work: Arc<watch::Sender<u64>>, trouble: Trouble) -> Self {
        let Lanes { writer, reader } = lanes;
        Self { writer, reader, work, trouble, asking: Arc::default(), _lock: lock.map(Arc::new) }
    }

    /// Applies a change in a transaction of its own and returns once it is on disk. If the change refuses, nothing has happened; nor has
    /// it if whoever waits for it gives up before it has begun. A change that was overtaken by another one is undone and run again.
    ///
    /// # Errors
    /// What the change refuses with, or that it could not be committed.
    pub async fn write<T, E>(&self, change: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        ask(&self.writer, Wanted::WhileWaitedFor, change).await
    }

    /// The same for a change that is wanted even if nobody waits for it.
    ///
    /// # Errors
    /// What the change refuses with, or that it could not be committed.
    pub async fn write_in_any_case<T, E>(&self, change: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        ask(&self.writer, Wanted::InAnyCase, change).await
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
        let mut look = Some(look);
        ask(&self.reader, Wanted::WhileWaitedFor, move |tx| look.take().ok_or(StoreError::Closed)?(tx)).await
    }

    /// How many commits have failed in this process since the store was opened.
    #[must_use]
    pub fn failed_commits(&self) -> u64 {
        self.trouble.times()
    }

    /// A receiver that changes each time work has been committed.
    #[must_use]
    pub fn work_added(&self) -> watch::Receiver<u64> {
        self.work.subscribe()
    }
}
