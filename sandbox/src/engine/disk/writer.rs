//! The thread that commits: many submissions to a transaction, each of them whole.

use std::path::Path;
use std::sync::mpsc;

use rusqlite::{Connection, Transaction, params};
use tokio::sync::oneshot;

use super::file::stored_row;
use super::{Change, DiskError, Step, StoredRow};

/// How many waiting submissions one transaction may carry.
const GROUP: usize = 256;

/// What the thread is asked for.
#[derive(Debug)]
pub(super) enum Order {
    Write(Submission),
    /// Many rows, a chunk at a time, all in one transaction.
    WriteMany {
        scope: String,
        chunks: mpsc::Receiver<Vec<Change>>,
        done: oneshot::Sender<Result<(), String>>,
    },
    Read {
        prefix: String,
        done: oneshot::Sender<Result<Vec<StoredRow>, DiskError>>,
    },
}

#[derive(Debug)]
pub(super) struct Submission {
    pub(super) steps: Vec<Step>,
    pub(super) done: oneshot::Sender<Result<(), String>>,
}

/// Serves until everybody who might ask is gone. The file is opened for writing by the first order, so that a start that refuses
/// what it has read leaves the file as it was.
pub(super) fn serve(path: &Path, orders: &mpsc::Receiver<Order>) {
    let mut connection = None;
    let mut put_back = None;
    while let Some(order) = put_back.take().or_else(|| orders.recv().ok()) {
        let open = match connection.take() {
            Some(open) => Ok(open),
            None => open(path),
        };
        match (order, open) {
            (Order::Read { prefix, done }, Ok(open)) => {
                // Whoever asked may have gone away.
                let _ = done.send(read_below(&open, &prefix).map_err(|error| DiskError::NotStored(error.to_string())));
                connection = Some(open);
            }
            (Order::Write(first), Ok(mut open)) => {
                let mut group = vec![first];
                while group.len() < GROUP {
                    match orders.try_recv() {
                        Ok(Order::Write(next)) => group.push(next),
                        Ok(other) => {
                            put_back = Some(other);
                            break;
                        }
                        Err(_) => break,
                    }
                }
                let outcome = write_group(&mut open, &group).map_err(|error| error.to_string());
                for submission in group {
                    // Whoever submitted may have gone away; the rows are stored all the same.
                    let _ = submission.done.send(outcome.clone());
                }
                connection = Some(open);
            }
            (Order::WriteMany { scope, chunks, done }, Ok(mut open)) => {
                // Whoever submitted may have gone away; what was committed is stored all the same.
                let _ = done.send(write_chunks(&mut open, &scope, &chunks));
                connection = Some(open);
            }
            (Order::WriteMany { done, .. }, Err(error)) => drop(done.send(Err(error.to_string()))),
            (Order::Read { done, .. }, Err(error)) => drop(done.send(Err(DiskError::NotStored(error.to_string())))),
            (Order::Write(submission), Err(error)) => drop(submission.done.send(Err(error.to_string()))),
        }
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000;")?;
    Ok(connection)
}

fn write_group(connection: &mut Connection, group: &[Submission]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for step in group.iter().flat_map(|submission| &submission.steps) {
        apply(&transaction, step)?;
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
        write_rows(&transaction, scope, &chunk).map_err(|error| error.to_string())?;
    }
}

fn apply(transaction: &Transaction<'_>, step: &Step) -> rusqlite::Result<()> {
    match step {
        Step::Rows { scope, changes } => write_rows(transaction, scope, changes)?,
        Step::Forget(scope) => {
            transaction.prepare_cached("DELETE FROM rows WHERE scope = ?1")?.execute([scope])?;
        }
        Step::ForgetBelow(prefix) => {
            transaction.prepare_cached("DELETE FROM rows WHERE scope >= ?1 AND scope < ?2")?.execute([prefix, &after(prefix)])?;
        }
        Step::Copy { from, to } => {
            transaction
                .prepare_cached(
                    "INSERT INTO rows (scope, name, key, body) SELECT ?2, name, key, body FROM rows WHERE scope = ?1",
                )?
                .execute([from, to])?;
        }
    }
    Ok(())
}

fn write_rows(transaction: &Transaction<'_>, scope: &str, changes: &[Change]) -> rusqlite::Result<()> {
    let mut put = transaction.prepare_cached("INSERT OR REPLACE INTO rows (scope, name, key, body) VALUES (?1, ?2, ?3, ?4)")?;
    let mut remove = transaction.prepare_cached("DELETE FROM rows WHERE scope = ?1 AND name = ?2 AND key = ?3")?;
    for change in changes {
        match &change.body {
            Some(body) => put.execute(params![scope, change.table, change.key, body])?,
            None => remove.execute(params![scope, change.table, change.key])?,
        };
    }
    Ok(())
}

fn read_below(connection: &Connection, prefix: &str) -> rusqlite::Result<Vec<StoredRow>> {
    let mut statement = connection
        .prepare_cached("SELECT scope, name, key, body FROM rows WHERE scope >= ?1 AND scope < ?2 ORDER BY scope, name, key")?;
    let rows = statement.query_map([prefix, &after(prefix)], stored_row)?;
    rows.collect()
}

/// The first text after all those that start with `prefix`, which ends with a slash: the sign after it is `0`.
fn after(prefix: &str) -> String {
    format!("{}0", prefix.trim_end_matches('/'))
}
