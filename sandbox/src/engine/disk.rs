//! Write-through of rows to one SQLite file, committed in groups by one writer thread.

use std::path::{Path, PathBuf};
use std::sync::mpsc;

use rusqlite::{Connection, Transaction, params};
use tokio::sync::oneshot;

/// The version of the stored form. A file of another version is refused and left alone.
const VERSION: i64 = 1;
/// How many waiting submissions one transaction may carry.
const GROUP: usize = 256;

/// How many chunks of a large change may wait for the writer.
const CHUNKS_WAITING: usize = 2;

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

struct Submission {
    scope: String,
    changes: Vec<Change>,
    done: Done,
}

type Done = oneshot::Sender<Result<(), String>>;

/// What the writer is asked for.
enum Message {
    Changes(Submission),
    /// Many rows, a chunk at a time, all in one transaction.
    Chunks {
        scope: String,
        chunks: mpsc::Receiver<Vec<Change>>,
        done: Done,
    },
}

/// Where changes go: a file, or nowhere.
#[derive(Clone, Debug)]
pub struct Disk(Option<mpsc::Sender<Message>>);

impl Disk {
    /// Keeps nothing: the state lives as long as the process.
    #[must_use]
    pub fn memory() -> Self {
        Self(None)
    }

    /// Opens or creates the file and returns what it holds.
    ///
    /// # Errors
    /// When the file cannot be used or is of another version; it is left as it was.
    pub fn open(path: &Path) -> Result<(Self, Vec<StoredRow>), DiskError> {
        let unusable = |source| DiskError::Unusable { path: path.to_path_buf(), source };
        let connection = Connection::open(path).map_err(unusable)?;
        let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(unusable)?;
        if found != 0 && found != VERSION {
            return Err(DiskError::OtherVersion { path: path.to_path_buf(), found });
        }
        prepare(&connection).map_err(unusable)?;
        let rows = stored_rows(&connection).map_err(unusable)?;
        let (sender, receiver) = mpsc::channel();
        std::thread::Builder::new()
            .name("sandbox-disk".into())
            .spawn(move || write_groups(connection, &receiver))
            .map_err(|error| DiskError::NotStored(error.to_string()))?;
        Ok((Self(Some(sender)), rows))
    }

    /// Hands changes to the writer. They are stored when the receipt is settled.
    pub fn submit(&self, scope: &str, changes: Vec<Change>) -> Receipt {
        let Some(writer) = self.0.as_ref().filter(|_| !changes.is_empty()) else {
            return Receipt(None);
        };
        let (done, settled) = oneshot::channel();
        // A writer that is gone drops `done`, which the receipt reports.
        let _ = writer.send(Message::Changes(Submission { scope: scope.into(), changes, done }));
        Receipt(Some(settled))
    }

    /// Opens a transaction of its own for many rows, which are handed over a chunk at a time so that memory stays bounded. An empty
    /// chunk ends and commits it; without one nothing of it is kept. Other changes wait until it has ended. `None`: nothing is stored.
    pub fn submit_many(&self, scope: &str) -> Option<(mpsc::SyncSender<Vec<Change>>, Receipt)> {
        let writer = self.0.as_ref()?;
        let (chunks, receiver) = mpsc::sync_channel(CHUNKS_WAITING);
        let (done, settled) = oneshot::channel();
        // A writer that is gone drops `done`, which the receipt reports.
        let _ = writer.send(Message::Chunks { scope: scope.into(), chunks: receiver, done });
        Some((chunks, Receipt(Some(settled))))
    }

    /// Removes every row of a scope, as a reset does.
    pub fn forget(&self, scope: &str) -> Receipt {
        self.submit(scope, vec![Change { table: "", key: String::new(), body: None }])
    }
}

/// The promise that submitted changes reach the disk.
#[must_use]
#[derive(Debug)]
pub struct Receipt(Option<oneshot::Receiver<Result<(), String>>>);

impl Receipt {
    /// Waits until the changes are on disk.
    ///
    /// # Errors
    /// When they could not be written.
    pub async fn settled(self) -> Result<(), DiskError> {
        match self.0 {
            None => Ok(()),
            Some(settled) => match settled.await {
                Ok(outcome) => outcome.map_err(DiskError::NotStored),
                Err(_) => Err(DiskError::NotStored("the writer has stopped".into())),
            },
        }
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA user_version={VERSION};
         CREATE TABLE IF NOT EXISTS rows (
             scope TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL,
             PRIMARY KEY (scope, name, key)
         ) STRICT, WITHOUT ROWID;"
    ))
}

fn stored_rows(connection: &Connection) -> rusqlite::Result<Vec<StoredRow>> {
    let mut statement = connection.prepare("SELECT scope, name, key, body FROM rows ORDER BY scope, name, key")?;
    let rows = statement
        .query_map([], |row| Ok(StoredRow { scope: row.get(0)?, table: row.get(1)?, key: row.get(2)?, body: row.get(3)? }))?;
    rows.collect()
}

fn write_groups(mut connection: Connection, messages: &mpsc::Receiver<Message>) {
    let mut waiting = None;
    while let Some(message) = waiting.take().or_else(|| messages.recv().ok()) {
        match message {
            Message::Chunks { scope, chunks, done } => {
                // Whoever submitted may have gone away; what was committed is stored all the same.
                let _ = done.send(write_chunks(&mut connection, &scope, &chunks));
            }
            Message::Changes(first) => {
                let mut group = vec![first];
                while group.len() < GROUP {
                    match messages.try_recv() {
                        Ok(Message::Changes(submission)) => group.push(submission),
                        Ok(chunks) => {
                            waiting = Some(chunks);
                            break;
                        }
                        Err(_) => break,
                    }
                }
                let outcome = write_group(&mut connection, &group).map_err(|error| error.to_string());
                for submission in group {
                    // Whoever submitted may have gone away; the rows are stored all the same.
                    let _ = submission.done.send(outcome.clone());
                }
            }
        }
    }
}

fn write_group(connection: &mut Connection, group: &[Submission]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for Submission { scope, changes, .. } in group {
        write(&transaction, scope, changes)?;
    }
    transaction.commit()
}

/// All chunks up to the empty one, or none of them.
fn write_chunks(connection: &mut Connection, scope: &str, chunks: &mpsc::Receiver<Vec<Change>>) -> Result<(), String> {
    let transaction = connection.transaction().map_err(|error| error.to_string())?;
    loop {
        let chunk = chunks.recv().map_err(|_| "the change was given up before its end".to_owned())?;
        if chunk.is_empty() {
            return transaction.commit().map_err(|error| error.to_string());
        }
        write(&transaction, scope, &chunk).map_err(|error| error.to_string())?;
    }
}

fn write(transaction: &Transaction<'_>, scope: &str, changes: &[Change]) -> rusqlite::Result<()> {
    let mut put = transaction.prepare_cached("INSERT OR REPLACE INTO rows (scope, name, key, body) VALUES (?1, ?2, ?3, ?4)")?;
    let mut remove = transaction.prepare_cached("DELETE FROM rows WHERE scope = ?1 AND name = ?2 AND key = ?3")?;
    let mut forget = transaction.prepare_cached("DELETE FROM rows WHERE scope = ?1")?;
    for change in changes {
        match &change.body {
            Some(body) => put.execute(params![scope, change.table, change.key, body])?,
            None if change.table.is_empty() => forget.execute(params![scope])?,
            None => remove.execute(params![scope, change.table, change.key])?,
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
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
        disk.submit("icims/4021", vec![put("1", "\"Ana\""), put("2", "\"Ben\"")]).settled().await.expect("stored");
        disk.submit("icims/4021", vec![Change { table: "people", key: "2".into(), body: None }]).settled().await.expect("stored");
        let (_, rows) = Disk::open(&path).expect("the same file");
        assert_eq!(rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), ["1"]);
    }

    #[tokio::test]
    async fn forgetting_a_scope_leaves_the_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sandbox.db");
        let (disk, _) = Disk::open(&path).expect("a new file");
        disk.submit("icims/4021", vec![put("1", "1")]).settled().await.expect("stored");
        disk.submit("icims/4022", vec![put("1", "1")]).settled().await.expect("stored");
        disk.forget("icims/4021").settled().await.expect("stored");
        let (_, rows) = Disk::open(&path).expect("the same file");
        assert_eq!(rows.iter().map(|row| row.scope.as_str()).collect::<Vec<_>>(), ["icims/4022"]);
    }

    #[tokio::test]
    async fn many_rows_are_stored_together_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sandbox.db");
        let (disk, _) = Disk::open(&path).expect("a new file");
        let (chunks, receipt) = disk.submit_many("icims/4021").expect("a file");
        chunks.send(vec![put("1", "1")]).expect("the writer");
        drop(chunks);
        assert!(receipt.settled().await.is_err(), "it was given up");
        let (chunks, receipt) = disk.submit_many("icims/4021").expect("a file");
        chunks.send(vec![put("2", "2")]).expect("the writer");
        chunks.send(vec![put("3", "3")]).expect("the writer");
        chunks.send(Vec::new()).expect("the writer");
        receipt.settled().await.expect("stored");
        let (_, rows) = Disk::open(&path).expect("the same file");
        assert_eq!(rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), ["2", "3"]);
    }

    #[test]
    fn a_file_of_another_version_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sandbox.db");
        Connection::open(&path).expect("a file").execute_batch("PRAGMA user_version=99").expect("a version");
        let error = Disk::open(&path).expect_err("another version");
        assert!(matches!(error, DiskError::OtherVersion { found: 99, .. }), "{error}");
    }
}
