//! Threads that own a connection each and take steps from one queue, a transaction for each step.
//!
//! The rules in the store were written as if one change came after the other. The server keeps it so: changes are `SERIALIZABLE`, and one
//! that was overtaken is undone and done again from the beginning, with what is true then.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use tokio::sync::watch;

use super::place::{Place, WORK_ADDED};
use super::session::{Failure, Session};
use crate::store::StoreError;
use crate::store::seal::SealingKey;
use crate::store::step::{Queue, Step};
use crate::store::trouble::Trouble;
use crate::store::tx::{Database, Tx};

/// How often a change that is overtaken is begun at most.
const TRIES: u32 = 20;
/// How long it waits at most before it is begun again; a little longer each time, and never as long as another one.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

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
}

/// Starts so many threads; they end when the last of those who may ask them is gone.
pub(super) fn start(name: &str, threads: u32, bench: &Bench) -> Result<Queue, StoreError> {
    let (steps, waiting) = mpsc::channel();
    let waiting = Arc::new(Mutex::new(waiting));
    for number in 1..=threads {
        let (bench, waiting) = (bench.clone(), Arc::clone(&waiting));
        std::thread::Builder::new()
            .name(format!("{name}-{number}"))
            .spawn(move || Lane { bench, session: None }.serve(&waiting))
            .map_err(|error| StoreError::NotCommitted(error.to_string()))?;
    }
    Ok(steps)
}

struct Lane {
    bench: Bench,
    /// Opened when it is needed, and again after it was lost.
    session: Option<Session>,
}

/// What came of carrying a step out once.
enum Ended {
    /// Its changes stand, or it has refused and nothing has happened. Its caller hears what it said.
    Well,
    /// It panicked. Its caller is told by its end.
    Panicked,
    /// Nothing has happened, and it may succeed if it is begun again.
    Undone(Failure, String),
    /// It cannot be known, or will not be otherwise next time.
    Failed(String),
}

impl Lane {
    fn serve(mut self, waiting: &Mutex<mpsc::Receiver<Box<dyn Step>>>) {
        loop {
            let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(step) = next else { return };
            if step.is_wanted() {
                self.carry_out(step);
            }
        }
    }

    fn carry_out(&mut self, mut step: Box<dyn Step>) {
        let mut begun = 1;
        let committed = loop {
            match self.attempt(&mut *step) {
                Ended::Well => break Ok(()),
                Ended::Panicked => return,
                Ended::Failed(reason) => break Err(reason),
                Ended::Undone(failure, reason) => {
                    let tries = if failure == Failure::Overtaken { TRIES } else { 2 };
                    if begun == tries {
                        break Err(reason);
                    }
                    begun += 1;
                    std::thread::sleep(
                        LONGEST_PAUSE.mul_f64(rand::random_range(0.0..1.0) * f64::from(begun.min(TRIES)) / f64::from(TRIES)),
                    );
                }
            }
        };
        if let Err(reason) = &committed {
            tracing::error!(reason, "A change could not be committed and was undone.");
        }
        self.bench.trouble.note(&committed, true);
        step.tell(committed);
    }

    fn attempt(&mut self, step: &mut dyn Step) -> Ended {
        let session = match self.session.take().map_or_else(|| self.bench.place.connect(), Ok) {
            Ok(session) => session,
            Err(error) => return Ended::Failed(in_full(&error)),
        };
        if let Err(error) = session.run(self.bench.carries.begin()) {
            return Ended::Undone(Failure::Lost, in_full(&error));
        }
        let tx = Tx::new(Database::Postgres(&session), &self.bench.key);
        let ran = catch_unwind(AssertUnwindSafe(|| step.run(&tx)));
        let added_work = tx.added_work();
        let ended = match (ran, session.take_failure()) {
            (Err(_), _) => Ended::Panicked,
            (Ok(_), Some(failure @ Failure::Overtaken)) => Ended::Undone(failure, "others changed the same all the time".into()),
            (Ok(_), Some(failure @ Failure::Lost)) => {
                let reason = "the connection to the database was lost".to_owned();
                // A look-up is asked once: what it has read already went with it.
                return if self.bench.carries == Carries::LookUps {
                    Ended::Failed(reason)
                } else {
                    Ended::Undone(failure, reason)
                };
            }
            (Ok(true), Some(_)) => Ended::Failed("the database refused a part of it".into()),
            (Ok(true), None) => return self.commit(session, added_work),
            (Ok(false), _) => Ended::Well,
        };
        // A session that cannot take back what it has begun is not used again.
        if session.run("ROLLBACK").is_ok() {
            self.session = Some(session);
        }
        ended
    }

    fn commit(&mut self, session: Session, added_work: bool) -> Ended {
        let committed =
            if added_work { session.run(WORK_ADDED).and_then(|()| session.run("COMMIT")) } else { session.run("COMMIT") };
        let Err(error) = committed else {
            self.session = Some(session);
            if added_work {
                self.bench.work.send_modify(|count| *count += 1);
            }
            return Ended::Well;
        };
        match Failure::of(&error) {
            Failure::Lost => Ended::Failed(format!("nobody knows whether it was: {}", in_full(&error))),
            failure => {
                if session.run("ROLLBACK").is_ok() {
                    self.session = Some(session);
                }
                if failure == Failure::Refused { Ended::Failed(in_full(&error)) } else { Ended::Undone(failure, in_full(&error)) }
            }
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
