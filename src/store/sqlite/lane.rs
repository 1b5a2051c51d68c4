//! A thread that owns a connection and runs closures on it, many to a commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};

use rusqlite::Connection;
use tokio::sync::watch;

use crate::crash_point::Commits;
use crate::store::StoreError;
use crate::store::seal::SealingKey;
use crate::store::step::{Queue, Step};
use crate::store::trouble::Trouble;
use crate::store::tx::{Database, Tx};

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

/// How many statements a connection keeps prepared: more than the program has. What it does not keep is planned anew each time.
const STATEMENTS: usize = 512;

/// Starts a thread that owns a connection; it ends when the last of those who may ask it is gone.
pub(super) fn start(
    name: &str,
    connection: Connection,
    carries: Carries,
    key: Arc<SealingKey>,
    (work, trouble): (Option<Arc<watch::Sender<u64>>>, Trouble),
) -> Result<Queue, StoreError> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    let (steps, waiting) = mpsc::channel();
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || serve(&connection, &waiting, carries, &key, (work.as_deref(), &trouble)))
        .map_err(|error| StoreError::NotCommitted(error.to_string()))?;
    Ok(steps)
}

fn serve(
    connection: &Connection,
    waiting: &mpsc::Receiver<Box<dyn Step>>,
    carries: Carries,
    key: &SealingKey,
    (work, trouble): (Option<&watch::Sender<u64>>, &Trouble),
) {
    while let Ok(first) = waiting.recv() {
        let steps = std::iter::once(first).chain(waiting.try_iter().take(carries.at_once() - 1));
        commit_group(connection, carries, steps, key, (work, trouble));
    }
}

/// Runs the steps in one transaction and tells each what became of it.
fn commit_group(
    connection: &Connection,
    carries: Carries,
    group: impl Iterator<Item = Box<dyn Step>>,
    key: &SealingKey,
    (work, trouble): (Option<&watch::Sender<u64>>, &Trouble),
) {
    let before = connection.total_changes();
    let run = |sql: &str| connection.execute_batch(sql).map_err(|error| error.to_string());
    let mut open = run(carries.begin());
    let mut carried = Vec::new();
    let mut added_work = false;
    let commits = Commits::none();
    for mut step in group.filter(|step| step.is_wanted()) {
        if open.is_ok() {
            match within_savepoint(connection, key, &mut *step, &commits) {
                Ok(added) => added_work |= added,
                Err(Undone::Alone) => continue,
                Err(Undone::Group(error)) => open = Err(error.to_string()),
            }
            if connection.is_autocommit() {
                // A full disk, for one, makes SQLite undo the whole transaction. What ran now would commit itself and be told as undone.
                open = Err("the database undid the whole group: check that its disk has space".to_owned());
            }
        }
        carried.push(step);
    }
    commits.before();
    let committed = open.and_then(|()| run("COMMIT"));
    if committed.is_ok() {
        commits.after();
    }
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
    for step in carried {
        step.tell(committed.clone());
    }
}

/// Why a step is not part of the group.
enum Undone {
    /// It panicked, and has harmed nobody else. Its caller is told by its end.
    Alone,
    /// The transaction does not do what it is told any more.
    Group(rusqlite::Error),
}

/// Runs a step so that it can be taken back alone. Says whether it has added work.
fn within_savepoint(connection: &Connection, key: &SealingKey, step: &mut dyn Step, commits: &Commits) -> Result<bool, Undone> {
    let run = |sql: &str| connection.execute_batch(sql).map_err(Undone::Group);
    run("SAVEPOINT change")?;
    let tx = Tx::new(Database::Sqlite(connection), key);
    let ran = catch_unwind(AssertUnwindSafe(|| step.run(&tx)));
    if connection.is_autocommit() {
        return Ok(false);
    }
    match ran {
        Ok(true) => {
            commits.join(tx.commits());
            run("RELEASE change").map(|()| tx.added_work())
        }
        Ok(false) => run("ROLLBACK TO change; RELEASE change").map(|()| false),
        Err(_) => run("ROLLBACK TO change; RELEASE change").and(Err(Undone::Alone)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::step::{Wanted, ask};

    /// Runs the statements as one group, one step each, and tells what each caller hears and how many notes are there afterwards.
    fn group(connection: &Connection, statements: &[&'static str]) -> (Vec<bool>, i64) {
        let key = SealingKey::for_this_process();
        let (steps, waiting) = mpsc::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let heard = runtime.block_on(async {
            let asked: Vec<_> = statements
                .iter()
                .map(|sql| {
                    let (steps, sql) = (steps.clone(), *sql);
                    tokio::spawn(async move { ask(&steps, Wanted::WhileWaitedFor, move |tx| tx.execute(sql, &[])).await })
                })
                .collect();
            tokio::task::yield_now().await;
            commit_group(connection, Carries::Changes, waiting.try_iter(), &key, (None, &Trouble::default()));
            let mut heard = Vec::new();
            for answer in asked {
                let answer: Result<u64, StoreError> = answer.await.expect("no panic");
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
        for wanted in [Wanted::WhileWaitedFor, Wanted::InAnyCase] {
            let asked = Box::pin(ask(&steps, wanted, |tx| tx.execute(NOTE, &[])));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            assert!({ asked }.as_mut().poll(&mut context).is_pending(), "asked for, and given up");
        }
        commit_group(&connection, Carries::Changes, waiting.try_iter(), &key, (None, &Trouble::default()));
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
