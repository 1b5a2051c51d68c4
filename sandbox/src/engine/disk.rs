//! Write-through of rows to one SQLite file, committed in groups by one writer thread.
//!
//! `file` opens and checks the file, `writer` commits. A file that cannot be used is left as it was: it is read through a connection
//! that cannot write, and opened for writing when there is something to write.

mod file;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};

use tokio::sync::oneshot;

use writer::{Order, Submission};

/// The version of the stored form. A file of another version is refused and left alone.
const VERSION: i64 = 3;
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
    pub(super) fn damaged(table: &str, key: &str, reason: &str) -> Self {
        Self::Damaged { table: table.into(), key: key.into(), reason: reason.into() }
    }
}

/// Where changes go: a file, or nowhere.
#[derive(Clone, Debug)]
pub struct Disk {
    writer: Option<mpsc::Sender<Order>>,
    /// Whether the writer has ended.
    stopped: Arc<AtomicBool>,
    refusal: Arc<Refusal>,
    /// How much has been handed to the writer.
    #[cfg(test)]
    submitted: Arc<AtomicU64>,
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
    /// Whether what it does when it is settled may change how later changes stand, so that none may be written together with it.
    fn ends_a_group(&self) -> bool {
        false
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
        let (path, refusal, stopped) = (path.to_path_buf(), Arc::<Refusal>::default(), Arc::<AtomicBool>::default());
        let (admission, ended) = (Arc::clone(&refusal), Ended(Arc::clone(&stopped)));
        std::thread::Builder::new()
            .name("sandbox-disk".into())
            .spawn(move || {
                let _ended = ended;
                writer::serve(&path, &receiver, &admission);
            })
            .map_err(|error| DiskError::NotStored(error.to_string()))?;
        Ok((
            Self {
                writer: Some(sender),
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
        let _ = writer.send(Order::Write(Submission { steps, settle }));
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

    /// Every row of every scope that starts so, as it is once everything submitted before is stored. The text ends with a slash.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn read_below(&self, prefix: &str) -> Result<Vec<StoredRow>, DiskError> {
        let gone = || DiskError::NotStored("the writer has stopped".into());
        let Some(writer) = &self.writer else { return Ok(Vec::new()) };
        let (done, found) = oneshot::channel();
        writer.send(Order::Read { prefix: prefix.into(), done }).map_err(|_| gone())?;
        found.await.map_err(|_| gone())?
    }
}

/// Only whoever waits is told.
struct Told(oneshot::Sender<Result<(), String>>);

impl Settle for Told {
    fn settle(self: Box<Self>, outcome: Result<(), String>) {
        // Whoever submitted may have gone away.
        let _ = self.0.send(outcome);
    }
}

/// The promise that submitted changes reach the disk.
#[must_use]
#[derive(Debug)]
pub struct Receipt(Option<oneshot::Receiver<Result<(), String>>>);

impl Receipt {
    /// For what needs no disk.
    pub(super) fn settled_already() -> Self {
        Self(None)
    }

    /// A receipt, and by what it is settled.
    pub(super) fn pending() -> (oneshot::Sender<Result<(), String>>, Self) {
        let (done, settled) = oneshot::channel();
        (done, Self(Some(settled)))
    }

    /// Waits until the changes are on disk.
    ///
    /// # Errors
    /// When they could not be written.
    pub async fn settled(self) -> Result<(), DiskError> {
        match self.0 {
            None => Ok(()),
            Some(settled) => told(settled.await),
        }
    }

    /// The same on a thread that serves nobody.
    pub(super) fn settled_blocking(self) -> Result<(), DiskError> {
        match self.0 {
            None => Ok(()),
            Some(settled) => told(settled.blocking_recv()),
        }
    }
}

fn told(outcome: Result<Result<(), String>, oneshot::error::RecvError>) -> Result<(), DiskError> {
    match outcome {
        Ok(outcome) => outcome.map_err(DiskError::NotStored),
        Err(_) => Err(DiskError::NotStored("the writer has stopped".into())),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rusqlite::Connection;

    use super::*;

    fn put(key: &str, body: &str) -> Change {
        Change { table: "people", key: key.into(), body: Some(body.as_bytes().to_vec()) }
    }

    #[tokio::test]
    async fn a_settled_change_is_there_when_the_file_is_opened_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sandbox.db");
        let (disk, rows) = Disk::open(&path).expect("a new file");
        assert!(rows.is_empty());
        disk.store(put_in("icims/4021", vec![put("1", "\"Ana\""), put("2", "\"Ben\"")])).await.expect("stored");
        disk.store(put_in("icims/4021", vec![Change { table: "people", key: "2".into(), body: None }])).await.expect("stored");
        let (_, rows) = Disk::open(&path).expect("the same file");
        assert_eq!(rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), ["1"]);
    }

    #[tokio::test]
    async fn forgetting_a_scope_leaves_the_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sandbox.db");
        let (disk, _) = Disk::open(&path).expect("a new file");
        disk.store(put_in("icims/4021", vec![put("1", "1")])).await.expect("stored");
        disk.store(put_in("icims/4022", vec![put("1", "1")])).await.expect("stored");
        disk.store(vec![Step::Forget("icims/4021".into())]).await.expect("stored");
        let (_, rows) = Disk::open(&path).expect("the same file");
        assert_eq!(rows.iter().map(|row| row.scope.as_str()).collect::<Vec<_>>(), ["icims/4022"]);
    }

    #[test]
    fn a_file_of_another_version_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sandbox.db");
        for other in [VERSION - 1, VERSION + 1] {
            let version = format!("PRAGMA user_version={other}");
            Connection::open(&path).expect("a file").execute_batch(&version).expect("a version");
            let before = fs::read(&path).expect("the file");
            let error = Disk::open(&path).expect_err("another version");
            assert!(matches!(error, DiskError::OtherVersion { found, .. } if found == other), "{error}");
            assert!(error.to_string().contains(&format!("holds version {other}")), "{error}");
            assert_eq!(fs::read(&path).expect("the file"), before);
        }
    }

    fn put_in(scope: &str, changes: Vec<Change>) -> Vec<Step> {
        vec![Step::Rows { scope: scope.into(), changes }]
    }

    #[tokio::test]
    async fn a_change_that_is_refused_on_purpose_takes_no_other_with_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sandbox.db");
        let (disk, _) = Disk::open(&path).expect("a new file");
        disk.refuse(2);
        let stored = |key: &'static str| disk.store(put_in("icims/4021", vec![put(key, "1")]));
        let outcomes = tokio::join!(stored("1"), stored("2"), stored("3"));
        assert!(outcomes.0.is_ok() && outcomes.1.is_err() && outcomes.2.is_ok(), "{outcomes:?}");
        let (_, rows) = Disk::open(&path).expect("the same file");
        assert_eq!(rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), ["1", "3"]);
    }

    /// A file with two rows, and nothing of it left open.
    async fn written(path: &Path) {
        let (disk, _) = Disk::open(path).expect("a new file");
        disk.store(put_in("icims/4021", vec![put("1", "\"Ana\""), put("2", "\"Ben\"")])).await.expect("stored");
        drop(disk);
        // The writer ends by itself; whoever closes the file last writes the log back.
        let connection = Connection::open(path).expect("the file");
        connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("written back");
    }

    #[tokio::test]
    async fn steps_are_stored_together_and_copies_are_made_without_reading() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sandbox.db");
        let (disk, _) = Disk::open(&path).expect("a new file");
        disk.store(put_in("icims/4021", vec![put("1", "\"Ana\"")])).await.expect("stored");
        let copy = |from: &str, to: &str| Step::Copy { from: from.into(), to: to.into() };
        disk.store(vec![copy("icims/4021", "snapshot/calm/icims/4021")]).await.expect("stored");
        disk.store(put_in("icims/4021", vec![put("1", "\"Ben\""), put("2", "\"Eva\"")])).await.expect("stored");
        let kept = disk.read_below("snapshot/calm/").await.expect("rows");
        assert_eq!(kept.iter().map(|row| row.body.as_slice()).collect::<Vec<_>>(), [b"\"Ana\""]);
        let back = vec![
            Step::Forget("icims/4021".into()),
            copy("snapshot/calm/icims/4021", "icims/4021"),
            Step::ForgetBelow("snapshot/calm/".into()),
        ];
        disk.store(back).await.expect("stored");
        assert!(disk.read_below("snapshot/calm/").await.expect("rows").is_empty());
        let (_, rows) = Disk::open(&path).expect("the same file");
        assert_eq!(rows.iter().map(|row| row.body.as_slice()).collect::<Vec<_>>(), [b"\"Ana\""]);
    }

    #[tokio::test]
    async fn a_damaged_file_is_refused_with_what_to_do_and_left_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let sound = folder.path().join("sound.db");
        written(&sound).await;
        let bytes = fs::read(&sound).expect("the file");
        let mut scribbled = bytes.clone();
        let page = scribbled.len() / 2;
        scribbled[page..page + 2048].fill(0xAA);
        for (name, damaged) in [
            ("scribbled", scribbled),
            ("cut", bytes[..bytes.len() - 3000].to_vec()),
            ("empty", Vec::new()),
            ("foreign", b"{\"this\": \"is JSON\"}".repeat(300)),
        ] {
            let path = folder.path().join(format!("{name}.db"));
            fs::write(&path, &damaged).expect("a file");
            let error = Disk::open(&path).expect_err(name).to_string();
            assert!(error.contains("damaged") && error.contains("another folder"), "{name}: {error}");
            assert_eq!(fs::read(&path).expect("the file"), damaged, "{name}");
        }
        Disk::open(&sound).expect("the sound one opens");
    }

    #[tokio::test]
    async fn a_start_that_was_killed_while_it_made_the_file_does_no_harm() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sandbox.db");
        fs::write(folder.path().join("sandbox.new"), b"half a file").expect("a file");
        written(&path).await;
        assert_eq!(Disk::open(&path).expect("the file").1.len(), 2);
    }
}
