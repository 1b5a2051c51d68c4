//! A thread that owns a connection and runs closures on it, many to a commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};

use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use super::StoreError;
use super::seal::SealingKey;
use super::trouble::Trouble;
use super::tx::Tx;

/// How many changes one commit may carry.
const MANY: usize = 256;

/// What a lane is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carries {
    /// Changes, many to a commit. The transaction takes the write lock when it begins, so that it waits for a change from another
    /// process instead of failing on it half-way.
    Changes,
    /// Look-ups, each alone. What shares a transaction shares its view of the database, and a look-up that comes while an older one is
    /// under way must see what has been acknowledged since that one began.
    LookUps,
}

impl Carries {
    fn at_once(self) -> usize {
        match self {
            Self::Changes => MANY,
            Self::LookUps => 1,
        }
    }

    fn begin(self) -> &'static str {
        match self {
            Self::Changes => "BEGIN IMMEDIATE",
            Self::LookUps => "BEGIN",
        }
    }
}

/// How long a closure is wanted that has not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// As long as somebody waits for what comes of it. Whoever has given up has told so, and nothing of it is to happen.
    WhileWaitedFor,
    /// Whatever becomes of whoever has asked.
    InAnyCase,
}

/// Tells the caller what came of a closure, once it is known whether its commit succeeded.
type Announce = Box<dyn FnOnce(Result<(), String>) + Send>;
/// Runs inside the group's transaction, or learns why there is none; answers whether it added work.
type Step = Box<dyn FnOnce(Result<&Connection, String>) -> (Announce, bool) + Send>;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Lane(mpsc::Sender<Step>);

impl Lane {
    /// Starts the thread; it ends when the last clone of the lane is dropped.
    pub(super) fn start(
        name: &str,
        connection: Connection,
        carries: Carries,
        work: Option<Arc<watch::Sender<u64>>>,
        trouble: Trouble,
    ) -> Result<Self, StoreError> {
        let (steps, waiting) = mpsc::channel();
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || serve(&connection, &waiting, carries, work.as_deref(), &trouble))
            .map_err(|error| StoreError::NotCommitted(error.to_string()))?;
        Ok(Self(steps))
    }

    /// Runs a closure and waits for the commit that carries it. See `Store::write`.
    pub(super) async fn run<T, E>(
        &self,
        key: Arc<SealingKey>,
        wanted: Wanted,
        change: impl FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, outcome) = oneshot::channel();
        let step: Step = Box::new(move |connection| {
            if wanted == Wanted::WhileWaitedFor && reply.is_closed() {
                return (Box::new(|_| {}), false);
            }
            let (changed, added_work) = match connection {
                Ok(connection) => {
                    let tx = Tx::new(connection, &key);
                    (within_savepoint(connection, || change(&tx)), tx.added_work())
                }
                Err(reason) => (Err(StoreError::NotCommitted(reason).into()), false),
            };
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

fn serve(
    connection: &Connection,
    waiting: &mpsc::Receiver<Step>,
    carries: Carries,
    work: Option<&watch::Sender<u64>>,
    trouble: &Trouble,
) {
    while let Ok(first) = waiting.recv() {
        let steps = std::iter::once(first).chain(waiting.try_iter().take(carries.at_once() - 1));
        commit_group(connection, carries, steps, work, trouble);
    }
}

/// Runs the steps in one transaction and tells each what became of it.
fn commit_group(
    connection: &Connection,
    carries: Carries,
    group: impl Iterator<Item = Step>,
    work: Option<&watch::Sender<u64>>,
    trouble: &Trouble,
) {
    let before = connection.total_changes();
    let run = |sql: &str| connection.execute_batch(sql).map_err(|error| error.to_string());
    let mut open = run(carries.begin());
    let mut announcements = Vec::new();
    let mut added_work = false;
    for step in group {
        let transaction = open.as_ref().map(|()| connection).map_err(String::clone);
        // A closure that panics drops its reply, which its caller is told as a closed store; the others are not harmed.
        if let Ok((announce, added)) = catch_unwind(AssertUnwindSafe(|| step(transaction))) {
            announcements.push(announce);
            added_work |= added;
        }
        if open.is_ok() && connection.is_autocommit() {
            // A full disk, for one, makes SQLite undo the whole transaction. What ran now would commit itself and be told as undone.
            open = Err("the database undid the whole group: check that its disk has space".to_owned());
        }
    }
    let committed = open.and_then(|()| run("COMMIT"));
    if let Err(reason) = &committed {
        tracing::error!(reason, "A group of changes could not be committed and was undone.");
        if !connection.is_autocommit()
            && let Err(error) = connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "Undoing a group of changes failed too.");
        }
    }
    if let Some(work) = work.filter(|_| added_work && committed.is_ok()) {
        work.send_modify(|count| *count += 1);
    }
    trouble.note(&committed, connection.total_changes() > before);
    for announce in announcements {
        announce(committed.clone());
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the statements as one group, one step each, and tells what each caller hears and how many notes are there afterwards.
    fn group(connection: &Connection, statements: &[&'static str]) -> (Vec<bool>, i64) {
        let key = Arc::new(SealingKey::for_this_process());
        let (steps, waiting) = mpsc::channel();
        let lane = Lane(steps);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let heard = runtime.block_on(async {
            let asked: Vec<_> = statements
                .iter()
                .map(|sql| {
                    let (lane, key, sql) = (lane.clone(), Arc::clone(&key), *sql);
                    tokio::spawn(async move { lane.run(key, Wanted::WhileWaitedFor, move |tx| tx.execute(sql, ())).await })
                })
                .collect();
            tokio::task::yield_now().await;
            commit_group(connection, Carries::Changes, waiting.try_iter(), None, &Trouble::default());
            let mut heard = Vec::new();
            for answer in asked {
                let answer: Result<usize, StoreError> = answer.await.expect("no panic");
                heard.push(answer.is_ok());
            }
            heard
        });
        let notes = connection.query_row("SELECT COUNT(*) FROM notes", (), |row| row.get(0)).expect("a count");
        (heard, notes)
    }

    fn memory() -> Connection {
        let connection = Connection::open_in_memory().expect("memory");
        connection.execute_batch("CREATE TABLE notes (text TEXT NOT NULL) STRICT").expect("a table");
        connection
    }

    const NOTE: &str = "INSERT INTO notes VALUES ('x')";

    #[test]
    fn a_refused_change_is_undone_alone() {
        assert_eq!(group(&memory(), &[NOTE, "INSERT INTO notes VALUES (NULL)", NOTE]), (vec![true, false, true], 2));
    }

    #[test]
    fn what_nobody_waits_for_any_more_is_not_begun_unless_it_is_wanted_in_any_case() {
        let (connection, key) = (memory(), Arc::new(SealingKey::for_this_process()));
        let (steps, waiting) = mpsc::channel();
        let lane = Lane(steps);
        for wanted in [Wanted::WhileWaitedFor, Wanted::InAnyCase] {
            let asked = Box::pin(lane.run(Arc::clone(&key), wanted, |tx| tx.execute(NOTE, ())));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            assert!({ asked }.as_mut().poll(&mut context).is_pending(), "asked for, and given up");
        }
        commit_group(&connection, Carries::Changes, waiting.try_iter(), None, &Trouble::default());
        let notes: i64 = connection.query_row("SELECT COUNT(*) FROM notes", (), |row| row.get(0)).expect("a count");
        assert_eq!(notes, 1);
    }

    #[test]
    fn when_the_database_undoes_the_whole_group_everybody_hears_it_and_nothing_is_left() {
        assert_eq!(group(&memory(), &[NOTE, "ROLLBACK", NOTE, NOTE]), (vec![false; 4], 0));
    }

    #[test]
    fn without_a_transaction_nothing_runs() {
        let connection = memory();
        connection.execute_batch("BEGIN").expect("a transaction that was left open");
        assert_eq!(group(&connection, &[NOTE]), (vec![false], 0));
        assert_eq!(group(&connection, &[NOTE]), (vec![true], 1), "the next group is not harmed");
    }
}
