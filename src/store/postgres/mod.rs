//! PostgreSQL: one database for several replicas.

mod lane;
mod listen;
mod migrate;
mod place;
mod present;
mod session;

use std::sync::Arc;

use secrecy::SecretString;

use super::StoreError;
use super::seal::SealingKey;
use super::sqlite::{Lanes, Told};
use super::trouble::Trouble;
use crate::clock::Clock;

use lane::{Bench, Carries, start};
use place::Place;
use present::Ahead;

pub(super) use session::Session;

/// How many changes one replica works on at once.
const WRITERS: u32 = 8;
/// How many look-ups.
const READERS: u32 = 4;

/// What is done with a database before it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prepare {
    /// It is brought to the newest version.
    ToNewest,
    /// It must be of the newest version.
    Nothing,
}

/// Prepares a database and opens it, beside whoever else works on it. What a replica that was killed was working on is
/// due again when its lease has run out, by the clock that is returned: this machine's, put right by the server's.
pub(super) fn open(
    url: &SecretString,
    key: &Arc<SealingKey>,
    machine: Clock,
    (work, trouble): Told<'_>,
    prepare: Prepare,
) -> Result<(Lanes, Clock), StoreError> {
    let ahead = Ahead::default();
    let place = Arc::new(Place::parse(url)?);
    // The client brings a runtime of its own, which must not be started inside another one.
    std::thread::scope(|threads| {
        let prepared = threads.spawn(|| {
            match prepare {
                Prepare::ToNewest => migrate::to_newest(&place.connect()?, key)?,
                Prepare::Nothing => migrate::is_newest(&place.connect()?, key)?,
            }
            ahead.ask(&mut place.client()?, &machine)
        });
        prepared.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    listen::start(Arc::clone(&place), work, (ahead.clone(), machine.clone()))?;
    let bench = |carries, trouble: &Trouble| Bench {
        place: Arc::clone(&place),
        carries,
        key: Arc::clone(key),
        work: Arc::clone(work),
        trouble: trouble.clone(),
        idle: Arc::default(),
        queue: Arc::default(),
        room: Arc::default(),
    };
    let writer = start("store-writer", WRITERS, &bench(Carries::Changes, trouble))?;
    let reader = start("store-reader", READERS, &bench(Carries::LookUps, &Trouble::default()))?;
    Ok((Lanes { writer, reader }, ahead.corrects(machine)))
}
