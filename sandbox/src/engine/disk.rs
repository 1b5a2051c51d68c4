//! Write-through of rows to one SQLite file, committed in groups by one writer thread.
//!
//! `file` opens and checks the file, `queue` says what comes next, `pieces` has what is large, `writer` commits, `durability` says when that
//! survives a loss of power. A file that cannot be used is left as it was: it is read through a connection that cannot write, and opened for
//! writing when there is something to write.

mod durability;
mod error;
mod file;
mod pieces;
mod queue;
mod receipt;
#[cfg(test)]
mod tests;
mod writer;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};

pub(super) use durability::Durability;
pub use error::DiskError;
pub use receipt::Receipt;
use receipt::Told;
use writer::Submission;

use super::aside::aside;

/// The version of the stored form. A file of another version is refused and left alone.
const VERSION: i64 = 4;

/// One row to write, or to take out when there is no body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Table name.
    pub table: &'static str,
    /// Key within the table, as text.
    pub key: String,
    /// The row as JSON; `None` removes it.
    pub body: Option<Vec<u8>>,
}

/// One row as it was found on disk.
#[derive(Clone, Debug)]
pub struct StoredRow {
    /// Actor and tenant, such as `icims/4021`.
    pub scope: String,
    /// Table name.
    pub table: String,
    /// Key within the table.
    pub key: String,
    /// The row as JSON.
    pub body: Vec<u8>,
}

/// One part of a change that is stored whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Writes rows of a scope, or takes them out.
    Rows {
        /// Actor and tenant.
        scope: String,
        /// The rows.
        changes: Vec<Change>,
    },
    /// Writes a row whose body has been written in pieces.
    RowInPieces {
        /// Actor and tenant.
        scope: String,
        /// Table name.
        table: &'static str,
        /// Key within the table.
        key: String,
        /// The number of the body.
        pieces: i64,
    },
    /// Removes every row of a scope.
    Forget(String),
    /// Removes every row of every scope that starts so; the text ends with a slash.
    ForgetBelow(String),
    /// Adds the rows of one scope to another, without reading them.
    Copy {
        /// Where they are.
        from: String,
        /// Where they are to be, too.
        to: String,
    },
}

/// Where changes go: a file, or nowhere.
#[derive(Clone, Debug)]
pub struct Disk {
    writer: Option<Writer>,
    /// Whether the writer has ended.
    stopped: Arc<AtomicBool>,
    refusal: Arc<Refusal>,
    /// How much has been handed to the writer.
    #[cfg(test)]
    submitted: Arc<AtomicU64>,
}

/// The file, and the thread that writes it.
#[derive(Clone, Debug)]
struct Writer {
    path: Arc<Path>,
    submissions: mpsc::Sender<Submission>,
}

/// A fault on purpose: one change to come is refused, as by a disk without space.
#[derive(Debug, Default)]
struct Refusal {
    /// Which of the next changes; 0 is none.
    countdown: AtomicU64,
}

impl Refusal {
    fn admit(&self) -> Result<(), DiskError> {
        let counted = self.countdown.try_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(1));
        if counted == Ok(1) { Err(DiskError::NotStored("a tester refused it on purpose".into())) } else { Ok(()) }
    }
}

/// Notices the end of the writer, also by a panic.
struct Ended(Arc<AtomicBool>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// What becomes of whoever submitted a change.
pub(super) trait Settle: Send {
    /// Whether the change may be written, asked right before.
    fn standing(&self) -> Standing {
        Standing::Sound
    }
    /// The scope that it is about; `None` if it concerns several, so that it comes after everything before it and before everything
    /// after it.
    fn scope(&self) -> Option<&str> {
        None
    }
    /// What the commit waits for.
    fn durability(&self) -> Durability {
        Durability::AtOnce
    }
    /// Told what came of it, in the order in which changes were submitted.
    fn settle(self: Box<Self>, outcome: Result<(), String>);
}

/// How a change stands when its turn has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is written.
    Sound,
    /// What it was built on could not be stored.
    Baseless,
    /// It belongs to a world that is gone: it is not written, and nobody will miss it.
    Retired,
}

impl Disk {
    /// Keeps nothing: the state lives as long as the process.
    #[must_use]
    pub fn memory() -> Self {
        Self {
            writer: None,
            stopped: Arc::default(),
            refusal: Arc::default(),
            #[cfg(test)]
            submitted: Arc::default(),
        }
    }

    /// Opens or creates the file and returns what it holds, without the snapshots.
    ///
    /// # Errors
    /// When the file cannot be used, is damaged or of another version; it is left as it was.
    pub fn open(path: &Path) -> Result<(Self, Vec<StoredRow>), DiskError> {
        let rows = if path.exists() { file::read(path)? } else { file::create(path).map(|()| Vec::new())? };
        let (sender, receiver) = mpsc::channel();
        let (path, refusal, stopped) = (Arc::<Path>::from(path), Arc::<Refusal>::default(), Arc::<AtomicBool>::default());
        let (written, admission, ended) = (Arc::clone(&path), Arc::clone(&refusal), Ended(Arc::clone(&stopped)));
        std::thread::Builder::new()
            .name("sandbox-disk".into())
            .spawn(move || {
                let _ended = ended;
                writer::serve(&written, &receiver, &admission);
            })
            .map_err(|error| DiskError::NotStored(error.to_string()))?;
        Ok((
            Self {
                writer: Some(Writer { path, submissions: sender }),
                stopped,
                refusal,
                #[cfg(test)]
                submitted: Arc::default(),
            },
            rows,
        ))
    }

    /// Whether anything is kept.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.writer.is_some()
    }

    /// Refuses one of the changes to come, the next one being 1, as a disk without space does; 0 refuses none.
    pub fn refuse(&self, change: u64) {
        self.refusal.countdown.store(change, Ordering::Release);
    }

    /// Whether a change that is stored nowhere may be made.
    pub(super) fn admit(&self) -> Result<(), DiskError> {
        self.refusal.admit()
    }

    /// Hands steps to the writer, which stores all of them or none, also when the process is killed meanwhile. Without a file, what
    /// becomes of them is told before this returns.
    pub(super) fn submit(&self, steps: Vec<Step>, settle: Box<dyn Settle>) {
        let Some(writer) = &self.writer else {
            return settle.settle(self.admit().map_err(|error| error.to_string()));
        };
        #[cfg(test)]
        self.submitted.fetch_add(1, Ordering::AcqRel);
        // Whoever waits finds its receipt dropped when the writer has stopped.
        let _ = writer.submissions.send(Submission { steps, settle });
    }

    /// How much has been handed to the writer.
    #[cfg(test)]
    pub(super) fn submitted(&self) -> u64 {
        self.submitted.load(Ordering::Acquire)
    }

    /// Whether the writer takes changes.
    pub(super) fn is_at_work(&self) -> bool {
        self.writer.is_none() || !self.stopped.load(Ordering::Acquire)
    }

    /// Stores steps that no state waits for.
    ///
    /// # Errors
    /// When they could not be stored.
    pub async fn store(&self, steps: Vec<Step>) -> Result<(), DiskError> {
        let (done, receipt) = Receipt::pending();
        self.submit(steps, Box::new(Told(done)));
        receipt.settled().await
    }

    /// Every stored row of every scope that starts so; the text ends with a slash. Nobody who writes waits for it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn read_below(&self, prefix: &str) -> Result<Vec<StoredRow>, DiskError> {
        let Some(writer) = &self.writer else { return Ok(Vec::new()) };
        let (path, below) = (Arc::clone(&writer.path), prefix.to_owned());
        aside(prefix, move || file::read_below(&path, &below)).await
    }
}
