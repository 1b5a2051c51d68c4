//! The thread that commits: many submissions to a transaction, each of them whole.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc;

use rusqlite::{Connection, Transaction, params};

use super::durability::Durability;
use super::file::after;
use super::queue::Queue;
use super::{Change, Refusal, Settle, Standing, Step, pieces};

/// Steps that are stored together, and who is told.
pub(super) struct Submission {
    pub(super) steps: Vec<Step>,
    pub(super) settle: Box<dyn Settle>,
}

/// Serves until everybody who might ask is gone. The file is opened for writing by the first submission, so that a start that refuses
/// what it has read leaves the file as it was.
pub(super) fn serve(path: &Path, submissions: &mpsc::Receiver<Submission>, refusal: &Refusal) {
    let (mut queue, mut connection) = (Queue::default(), None);
    // Whether there may be garbage, which can wait.
    let mut untidy = false;
    loop {
        if queue.is_empty() && !untidy {
            match submissions.recv() {
                Ok(submission) => queue.take(submission),
                Err(_) => return,
            }
        }
        while queue.has_room()
            && let Ok(submission) = submissions.try_recv()
        {
            queue.take(submission);
        }
        match connection.take().map_or_else(|| open(path), Ok) {
            Ok(mut open) => {
                if queue.is_empty() {
                    untidy = pieces::sweep(&mut open).unwrap_or_else(|error| {
                        tracing::warn!(%error, "What is no longer needed stays in the file for now.");
                        false
                    });
                } else {
                    queue.turn(&mut open, refusal);
                    untidy = true;
                }
                connection = Some(open);
            }
            Err(error) => queue.refuse(&error.to_string()),
        }
    }
}

/// Writes a group in one transaction. If that fails, each submission is tried by itself: what one of them did wrong is not the
/// others' fault.
pub(super) fn write(connection: &mut Connection, group: Vec<Submission>, refusal: &Refusal) {
    let steps: Vec<&Step> =
        group.iter().filter(|one| one.settle.standing() == Standing::Sound).flat_map(|one| &one.steps).collect();
    let durability = group.iter().map(|one| one.settle.durability()).max().unwrap_or(Durability::WithTheNext);
    // A refusal on purpose is of one submission.
    let together = refusal.countdown.load(Ordering::Acquire) == 0 && transact(connection, durability, &steps).is_ok();
    drop(steps);
    for Submission { steps, settle } in group {
        let outcome = match settle.standing() {
            Standing::Sound if together => Ok(()),
            Standing::Sound => refusal.admit().map_err(|error| error.to_string()).and_then(|()| {
                let steps: Vec<&Step> = steps.iter().collect();
                transact(connection, settle.durability(), &steps).map_err(|error| error.to_string())
            }),
            Standing::Baseless => Err("an earlier change could not be stored".into()),
            Standing::Retired => Ok(()),
        };
        // One whose news cannot be told must not keep others from writing.
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| settle.settle(outcome))).is_err() {
            tracing::error!("What came of a change could not be told.");
        }
    }
}

fn transact(connection: &mut Connection, durability: Durability, steps: &[&Step]) -> rusqlite::Result<()> {
    let transaction = durability.begin(connection)?;
    for step in steps {
        apply(&transaction, step)?;
    }
    transaction.commit()
}

pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA journal_mode=WAL; PRAGMA busy_timeout=5000; PRAGMA recursive_triggers=ON;")?;
    Ok(connection)
}

fn apply(transaction: &Transaction<'_>, step: &Step) -> rusqlite::Result<()> {
    match step {
        Step::Rows { scope, changes } => write_rows(transaction, scope, changes)?,
        Step::RowInPieces { scope, table, key, pieces } => pieces::refer(transaction, scope, table, key, *pieces)?,
        Step::Forget(scope) => {
            transaction.prepare_cached("DELETE FROM rows WHERE scope = ?1")?.execute([scope])?;
        }
        Step::ForgetBelow(prefix) => {
            transaction.prepare_cached("DELETE FROM rows WHERE scope >= ?1 AND scope < ?2")?.execute([prefix, &after(prefix)])?;
        }
        Step::Copy { from, to } => {
            transaction
                .prepare_cached(
                    "INSERT INTO rows (scope, name, key, body, pieces) SELECT ?2, name, key, body, pieces FROM rows WHERE scope = ?1",
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
