//! Threads that take steps from one queue, a transaction for each step. They share their connections, of which the one that was used last
//! is used next: there are as many as were needed at once.
//!
//! The rules in the store were written as if one change came after the other. The server keeps it so: changes are `SERIALIZABLE`, and one
//! that was overtaken is undone and done again from the beginning, with what is true then. Those who do something again queue for it, in
//! all replicas together, so that many who want to change the same do not undo one another for ever; and whoever is overtaken all the same
//! has its replica to itself for once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, mpsc};

use tokio::sync::watch;

use super::place::{Place, WORK_ADDED};
use super::session::{Failure, Session, put_out};
use crate::crash_point::Commits;
use crate::store::StoreError;
use crate::store::seal::SealingKey;
use crate::store::step::{Queue, Step};
use crate::store::trouble::Trouble;
use crate::store::tx::{Database, Tx};

/// How often a change that is overtaken is begun at most.
const TRIES: u32 = 20;
/// How often one is that may succeed for another reason.
const FEW: u32 = 3;
/// After so many times nobody else of this replica may be quicker.
const PATIENT: u32 = 5;
/// What is held by whoever does something again, for as long as that takes: a replica that hangs with it is put out.
const AGAIN: &str = "SET idle_session_timeout = '5s'; SELECT pg_advisory_lock(hashtext('harver-icims again'))";
const NO_MORE: &str = "SELECT pg_advisory_unlock(hashtext('harver-icims again')); RESET idle_session_timeout";

/// What is held against a server that has turned a change down.
const UNWILLING: &str =
    "the database server takes changes from nobody: check that its disk has space and is well, and that it is no copy";

/// What lanes are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carries {
    /// Changes.
    Changes,
    /// Look-ups, of which each sees one moment.
    LookUps,
}

impl Carries {
    fn begin(self) -> &'static str {
        match self {
            Self::Changes => "BEGIN ISOLATION LEVEL SERIALIZABLE",
            Self::LookUps => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }
}

/// What a thread works with.
#[derive(Clone)]
pub(super) struct Bench {
    pub(super) place: Arc<Place>,
    pub(super) carries: Carries,
    pub(super) key: Arc<SealingKey>,
    pub(super) work: Arc<watch::Sender<u64>>,
    pub(super) trouble: Trouble,
    /// Connections that nobody uses now.
    pub(super) idle: Arc<Mutex<Vec<Session>>>,
    /// Held by whoever stands for this replica in the queue of those who do something again: of one that hangs nobody else is there.
    pub(super) queue: Arc<Mutex<()>>,
    /// Shared by all who change something, until somebody has been overtaken too often and wants it alone.
    pub(super) room: Arc<RwLock<()>>,
}

/// Starts so many threads; they end when the last of those who may ask them is gone.
pub(super) fn start(name: &str, threads: u32, bench: &Bench) -> Result<Queue, StoreError> {
    let (steps, waiting) = mpsc::channel();
    let waiting = Arc::new(Mutex::new(waiting));
    for number in 1..=threads {
        let (bench, waiting) = (bench.clone(), Arc::clone(&waiting));
        std::thread::Builder::new()
            .name(format!("{name}-{number}"))
            .spawn(move || Lane(bench).serve(&waiting))
            .map_err(|error| StoreError::NotCommitted(error.to_string()))?;
    }
    Ok(steps)
}

struct Lane(Bench);

/// What came of carrying a step out once.
enum Ended {
    /// Its changes stand, or it has refused and nothing has happened. Its caller hears what it said.
    Well { changed: bool },
    /// The server takes changes from nobody. Its caller hears what that said.
    Unwilling,
    /// It panicked. Its caller is told by its end.
    Panicked,
    /// Nothing has happened, and it may succeed if it is begun again.
    Undone(Failure, String),
    /// It cannot be known, or will not be otherwise next time.
    Failed(String),
}

impl Lane {
    fn serve(&self, waiting: &Mutex<mpsc::Receiver<Box<dyn Step>>>) {
        loop {
            let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(step) = next else { return };
            if step.is_wanted() {
                self.carry_out(step);
            }
        }
    }

    fn carry_out(&self, mut step: Box<dyn Step>) {
        let (mut begun, mut others) = (1, 0);
        let reason = loop {
            match self.attempt(&mut *step, begun) {
                Ended::Well { changed } => {
                    self.0.trouble.note(&Ok(()), changed);
                    return step.tell(Ok(()));
                }
                Ended::Unwilling => {
                    tracing::error!(reason = UNWILLING, "A change was turned down and undone.");
                    self.0.trouble.note(&Err(UNWILLING.to_owned()), false);
                    return step.tell(Ok(()));
                }
                Ended::Panicked => return,
                Ended::Failed(reason) => break reason,
                Ended::Undone(failure, reason) => {
                    others += u32::from(failure != Failure::Overtaken);
                    if begun == TRIES || others == FEW {
                        break reason;
                    }
                    begun += 1;
                }
            }
        };
        tracing::error!(reason, "A change could not be committed and was undone.");
        self.0.trouble.note(&Err(reason.clone()), false);
        step.tell(Err(reason));
    }

    /// Carries a step out once, and keeps the session if it can be used again.
    fn attempt(&self, step: &mut dyn Step, begun: u32) -> Ended {
        let again = begun > 1;
        let _stands = again.then(|| self.0.queue.lock().unwrap_or_else(PoisonError::into_inner));
        let alone = (begun > PATIENT).then(|| self.0.room.write().unwrap_or_else(PoisonError::into_inner));
        let _beside = alone.is_none().then(|| self.0.room.read().unwrap_or_else(PoisonError::into_inner));
        let idle = self.idle().pop();
        let session = match idle.map_or_else(|| self.0.place.connect(), Ok) {
            Ok(session) => session,
            Err(error) => return Ended::Failed(in_full(&error)),
        };
        // What was seen is as old as the first statement, so that the queue comes before it.
        let queued = if again { session.run(AGAIN) } else { Ok(()) };
        if let Err(error) = queued.and_then(|()| session.begin(self.0.carries.begin())) {
            let reason = in_full(&error);
            if Failure::of(&error) != Failure::Lost {
                return Ended::Failed(reason);
            }
            // The others are as old, and have gone the same way.
            self.idle().clear();
            return Ended::Undone(Failure::Lost, reason);
        }
        let (ended, is_usable) = self.within(&session, step, again);
        if is_usable && (!again || session.run(NO_MORE).is_ok()) {
            self.idle().push(session);
        }
        ended
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Session>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a step in the transaction that has begun and ends that. Says also whether the session is free for the next one.
    fn within(&self, session: &Session, step: &mut dyn Step, again: bool) -> (Ended, bool) {
        let tx = Tx::new(Database::Postgres(session), &self.0.key);
        let ran = catch_unwind(AssertUnwindSafe(|| step.run(&tx)));
        let added_work = tx.added_work();
        let ended = match (ran, session.failure()) {
            (Err(_), _) => Ended::Panicked,
            (Ok(_), Some(failure @ Failure::Overtaken)) => Ended::Undone(failure, "others changed the same all the time".into()),
            (Ok(_), Some(Failure::Lost)) => {
                let reason = "the connection to the database was lost".to_owned();
                // A look-up is asked once: what it has read already went with it.
                let is_asked_once = self.0.carries == Carries::LookUps;
                return (if is_asked_once { Ended::Failed(reason) } else { Ended::Undone(Failure::Lost, reason) }, false);
            }
            (Ok(true), Some(_)) => Ended::Failed("the database refused a part of it".into()),
            (Ok(true), None) => return self.commit(session, added_work, tx.commits()),
            // It may have come from somebody who was quicker, and whom the step sees when it runs again.
            (Ok(false), Some(failure @ Failure::Conflict)) if !again => Ended::Undone(failure, "it is there already".into()),
            (Ok(false), Some(Failure::Unwilling)) if self.0.carries == Carries::Changes => Ended::Unwilling,
            (Ok(false), _) => Ended::Well { changed: false },
        };
        (ended, session.run("ROLLBACK").is_ok())
    }

    fn commit(&self, session: &Session, added_work: bool, commits: &Commits) -> (Ended, bool) {
        let told = if added_work { session.run(WORK_ADDED) } else { Ok(()) };
        commits.before();
        let committed = told.and_then(|()| session.run("COMMIT"));
        let Err(error) = committed else {
            commits.after();
            if added_work {
                self.0.work.send_modify(|count| *count += 1);
            }
            return (Ended::Well { changed: session.has_changed() }, true);
        };
        let reason = in_full(&error);
        match Failure::of(&error) {
            Failure::Lost if put_out(&error) => (Ended::Undone(Failure::Lost, reason), false),
            Failure::Lost => (Ended::Failed(format!("nobody knows whether it was: {reason}")), false),
            Failure::Unwilling | Failure::Refused => (Ended::Failed(reason), session.run("ROLLBACK").is_ok()),
            failure => (Ended::Undone(failure, reason), session.run("ROLLBACK").is_ok()),
        }
    }
}

/// An error with what caused it.
fn in_full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text = format!("{text}: {source}");
        cause = source.source();
    }
    text
}
