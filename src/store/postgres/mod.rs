//! PostgreSQL: one database for several replicas.

mod lane;
mod listen;
mod migrate;
mod place;
mod session;

use std::sync::Arc;

use secrecy::SecretString;

use super::StoreError;
use super::seal::SealingKey;
use super::sqlite::{Lanes, Told};
use super::trouble::Trouble;

use lane::{Bench, Carries, start};
use place::Place;

pub(super) use session::Session;

/// How many changes one replica works on at once.
const WRITERS: u32 = 8;
/// How many look-ups.
const READERS: u32 = 4;

/// Brings a database to the newest version and opens it, beside whoever else works on it. What a replica that was killed was working on is
/// due again when its lease has run out.
pub(super) fn open(url: &SecretString, key: &Arc<SealingKey>, (work, trouble): Told<'_>) -> Result<Lanes, StoreError> {
    let place = Arc::new(Place::parse(url)?);
    // The client brings a runtime of its own, which must not be started inside another one.
    std::thread::scope(|threads| {
        let migrated = threads.spawn(|| migrate::to_newest(&mut place.client()?));
        migrated.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    listen::start(Arc::clone(&place), work)?;
    let bench = |carries, trouble: &Trouble| Bench {
        place: Arc::clone(&place),
        carries,
        key: Arc::clone(key),
        work: Arc::clone(work),
        trouble: trouble.clone(),
        idle: Arc::default(),
    };
    let writer = start("store-writer", WRITERS, &bench(Carries::Changes, trouble))?;
    let reader = start("store-reader", READERS, &bench(Carries::LookUps, &Trouble::default()))?;
    Ok(Lanes { writer, reader })
}
