//! A thread that owns a connection and runs closures on it, many to a commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};

use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use super::StoreError;
use super::seal::SealingKey;
use super::tx::Tx;

/// How many waiting closures one commit may carry.
const GROUP: usize = 256;

/// Tells the caller what came of a closure, once it is known whether its commit succeeded.
type Announce = Box<dyn FnOnce(Result<(), String>) + Send>;
/// Runs inside the group's transaction; answers whether it added work.
type Step = Box<dyn FnOnce(&Connection) -> (Announce, bool) + Send>;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Lane(mpsc::Sender<Step>);

impl Lane {
    /// Starts the thread; it ends when the last clone of the lane is dropped.
    pub(super) fn start(name: &str, connection: Connection, work: Option<Arc<watch::Sender<u64>>>) -> Result<Self, StoreError> {
        let (steps, waiting) = mpsc::channel();
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || serve(&connection, &waiting, work.as_deref()))
            .map_err(|error| StoreError::NotCommitted(error.to_string()))?;
        Ok(Self(steps))
    }

    /// Runs a closure and waits for the commit that carries it. See `Store::write`.
    pub(super) async fn run<T, E>(
        &self,
        key: Arc<SealingKey>,
        change: impl FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, outcome) = oneshot::channel();
        let step: Step = Box::new(move |connection| {
            let tx = Tx::new(connection, &key);
            let changed = within_savepoint(connection, || change(&tx));
            let added_work = tx.added_work();
            let announce: Announce = Box::new(move |committed| {
                let told = match committed {
                    Ok(()) => changed,
                    Err(reason) => Err(StoreError::NotCommitted(reason).into()),
                };
                // Whoever asked may have gone away; the change stands all the same.
                let _ = reply.send(told);
            });
            (announce, added_work)
        });
        self.0.send(step).map_err(|_| StoreError::Closed)?;
        outcome.await.map_err(|_| StoreError::Closed)?
    }
}

fn serve(connection: &Connection, waiting: &mpsc::Receiver<Step>, work: Option<&watch::Sender<u64>>) {
    while let Ok(first) = waiting.recv() {
        let group = std::iter::once(first).chain(waiting.try_iter().take(GROUP - 1));
        let (announcements, added_work, committed) = commit_group(connection, group);
        if let Some(work) = work.filter(|_| added_work && committed.is_ok()) {
            work.send_modify(|count| *count += 1);
        }
        for announce in announcements {
            announce(committed.clone());
        }
    }
}

fn commit_group(connection: &Connection, group: impl Iterator<Item = Step>) -> (Vec<Announce>, bool, Result<(), String>) {
    let begun = connection.execute_batch("BEGIN");
    let mut announcements = Vec::new();
    let mut added_work = false;
    for step in group {
        // A closure that panics drops its reply, which its caller is told as a closed store; the others are not harmed.
        if let Ok((announce, added)) = catch_unwind(AssertUnwindSafe(|| step(connection))) {
            announcements.push(announce);
            added_work |= added;
        }
    }
    let committed = begun.and_then(|()| connection.execute_batch("COMMIT")).map_err(|error| error.to_string());
    if let Err(reason) = &committed {
        tracing::error!(reason, "A group of changes could not be committed and was undone.");
        if !connection.is_autocommit()
            && let Err(error) = connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "Undoing a group of changes failed too.");
        }
    }
    (announcements, added_work, committed)
}

fn within_savepoint<T, E: From<StoreError>>(connection: &Connection, change: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let run = |sql: &str| connection.execute_batch(sql).map_err(|error| E::from(StoreError::from(error)));
    run("SAVEPOINT change")?;
    match catch_unwind(AssertUnwindSafe(change)) {
        Ok(Ok(value)) => {
            run("RELEASE change")?;
            Ok(value)
        }
        Ok(Err(refusal)) => {
            run("ROLLBACK TO change; RELEASE change")?;
            Err(refusal)
        }
        Err(panic) => {
            run("ROLLBACK TO change; RELEASE change")?;
            std::panic::resume_unwind(panic)
        }
    }
}
