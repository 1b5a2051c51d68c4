//! Hears that another replica has added work, and what time it is at the server.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use postgres::fallible_iterator::FallibleIterator;
use tokio::sync::watch;

use super::place::{CHANNEL, Place};
use super::present::Ahead;
use crate::clock::Clock;
use crate::store::StoreError;

/// How long it listens before it sees whether anybody still wants to know.
const BREATH: Duration = Duration::from_millis(500);
/// How often the time is asked for, and whoever waits is woken anyway: what was called while nobody listened is found then.
const ANYWAY: Duration = Duration::from_secs(5);

/// Starts a thread that listens as long as the store lives.
pub(super) fn start(place: Arc<Place>, work: &Arc<watch::Sender<u64>>, time: (Ahead, Clock)) -> Result<(), StoreError> {
    let work = Arc::downgrade(work);
    std::thread::Builder::new()
        .name("store-listener".into())
        .spawn(move || {
            while work.strong_count() > 0 {
                if let Err(error) = listen(&place, &work, &time) {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "New work of other replicas is not heard of; it is found by looking."
                    );
                    wake(&work);
                    std::thread::park_timeout(BREATH);
                }
            }
        })
        .map_err(|error| StoreError::NotCommitted(error.to_string()))?;
    Ok(())
}

fn listen(place: &Place, work: &Weak<watch::Sender<u64>>, (ahead, machine): &(Ahead, Clock)) -> Result<(), StoreError> {
    let mut client = place.client()?;
    client.batch_execute(&format!("LISTEN {CHANNEL}"))?;
    let mut looked = None;
    while work.strong_count() > 0 {
        if looked.is_none_or(|looked: Instant| looked.elapsed() > ANYWAY) {
            looked = Some(Instant::now());
            ahead.ask(&mut client, machine)?;
            wake(work);
        }
        if client.notifications().timeout_iter(BREATH).next()?.is_some() {
            wake(work);
        }
        if client.is_closed() {
            break;
        }
    }
    Ok(())
}

fn wake(work: &Weak<watch::Sender<u64>>) {
    if let Some(work) = work.upgrade() {
        work.send_modify(|count| *count += 1);
    }
}
