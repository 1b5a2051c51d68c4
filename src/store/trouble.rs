//! What is wrong with committing, remembered from one group of changes to the next.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a commit that failed is held against the writer while nothing else is committed. Whoever is not ready is sent nothing, and so
/// could never show that it is well again.
const HELD_AGAINST: Duration = Duration::from_secs(30);

/// Why the last change was not committed, and how often that has happened. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Trouble {
    present: Arc<Mutex<Option<(Instant, String)>>>,
    times: Arc<AtomicU64>,
}

impl Trouble {
    /// Notes what became of a group of changes; one that has changed nothing shows nothing.
    pub(super) fn note(&self, committed: &Result<(), String>, changed: bool) {
        let mut trouble = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        match committed {
            Err(reason) => {
                *trouble = Some((Instant::now(), reason.clone()));
                self.times.fetch_add(1, Ordering::Relaxed);
            }
            Ok(()) if changed => *trouble = None,
            Ok(()) => {}
        }
    }

    /// The reason, as long as it counts.
    pub(super) fn present(&self) -> Option<String> {
        let trouble = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.as_ref().filter(|(since, _)| since.elapsed() < HELD_AGAINST).map(|(_, reason)| reason.clone())
    }

    /// How many groups of changes could not be committed since the store was opened.
    pub(super) fn times(&self) -> u64 {
        self.times.load(Ordering::Relaxed)
    }
}
