//! The thread that commits: many submissions to a transaction, each of them whole.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc;

use rusqlite::{Connection, Transaction, params};
use tokio::sync::oneshot;

use super::file::stored_row;
use super::{Change, DiskError, Refusal, Settle, Standing, Step, StoredRow};

/// How many waiting submissions one transaction may carry.
const GROUP: usize = 256;

/// What the thread is asked for.
pub(super) enum Order {
    Write(Submission),
    Read { prefix: String, done: oneshot::Sender<Result<Vec<StoredRow>, DiskError>> },
}

/// Steps that are stored together, and who is told.
pub(super) struct Submission {
    pub(super) steps: Vec<Step>,
    pub(super) settle: Box<dyn Settle>,
}

/// Serves until everybody who might ask is gone. The file is opened for writing by the first order, so that a start that refuses
/// what it has read leaves the file as it was.
pub(super) fn serve(path: &Path, orders: &mpsc::Receiver<Order>, refusal: &Refusal) {
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
                while group.len() < GROUP && !group.last().is_some_and(|last| last.settle.ends_a_group()) {
                    match orders.try_recv() {
                        Ok(Order::Write(next)) => group.push(next),
                        Ok(other) => {
                            put_back = Some(other);
                            break;
                        }
                        Err(_) => break,
                    }
                }
                write(&mut open, group, refusal);
                connection = Some(open);
            }
            (Order::Read { done, .. }, Err(error)) => drop(done.send(Err(DiskError::NotStored(error.to_string())))),
            (Order::Write(submission), Err(error)) => submission.settle.settle(Err(error.to_string())),
        }
    }
}

/// Writes a group in one transaction. If that fails, each submission is tried by itself: what one of them did wrong is not the
/// others' fault.
fn write(connection: &mut Connection, group: Vec<Submission>, refusal: &Refusal) {
    let steps: Vec<&Step> =
        group.iter().filter(|one| one.settle.standing() == Standing::Sound).flat_map(|one| &one.steps).collect();
    // A refusal on purpose is of one submission.
    let together = refusal.countdown.load(Ordering::Acquire) == 0 && transact(connection, &steps).is_ok();
    drop(steps);
    for Submission { steps, settle } in group {
        let outcome = match settle.standing() {
            Standing::Sound if together => Ok(()),
            Standing::Sound => refusal
                .admit()
                .map_err(|error| error.to_string())
                .and_then(|()| transact(connection, &steps.iter().collect::<Vec<_>>()).map_err(|error| error.to_string())),
            Standing::Baseless => Err("an earlier change could not be stored".into()),
            Standing::Retired => Ok(()),
        };
        // One whose news cannot be told must not keep others from writing.
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| settle.settle(outcome))).is_err() {
            tracing::error!("What came of a change could not be told.");
        }
    }
}

fn transact(connection: &mut Connection, steps: &[&Step]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for step in steps {
        apply(&transaction, step)?;
    }
    transaction.commit()
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000;")?;
    Ok(connection)
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
