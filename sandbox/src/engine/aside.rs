//! Work whose cost grows with what somebody sends or asks for: it runs beside the threads that serve, in the time that they leave over, and
//! one owner's work cannot keep another's from its turn.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, LazyLock};

use parking_lot::{Mutex, MutexGuard};
use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// How much may run at once, which bounds the memory that it takes: so much that a hundred customers that seed and search leave places for
/// another one. Processors are shared out by the system.
const ALL: usize = 256;
/// How much of it for one owner.
const EACH: usize = 2;
/// The places of this process.
static PLACES: LazyLock<Arc<Places>> = LazyLock::new(|| Places::new(ALL, EACH));

/// Runs work on a thread of its own when it is the owner's turn. An owner is whoever is to wait for itself alone, such as a customer.
///
/// Whoever waits may give up; what has begun runs to its end and keeps its place until then, and what came of it is let go there, too.
pub async fn aside<T: Send + 'static>(owner: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    PLACES.run(owner, work).await
}

/// How much may run at once: altogether, and for one owner.
#[derive(Debug)]
struct Places {
    all: Arc<Semaphore>,
    each: usize,
    owned: Mutex<HashMap<String, Owned>>,
}

/// The places of one owner, and how many wait for one or have one.
#[derive(Debug)]
struct Owned {
    places: Arc<Semaphore>,
    turns: usize,
}

impl Places {
    fn new(all: usize, each: usize) -> Arc<Self> {
        Arc::new(Self { all: Arc::new(Semaphore::new(all)), each, owned: Mutex::default() })
    }

    async fn run<T: Send + 'static>(self: &Arc<Self>, owner: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
        let turn = Turn::new(self, owner);
        // First among the owner's own: so that of each owner only a few stand in the line of all, which is first come, first served.
        let own = permit(&turn.own).await;
        let place = permit(&self.all).await;
        let (done, outcome) = oneshot::channel();
        let beside = move || {
            give_way();
            let outcome = catch_unwind(AssertUnwindSafe(work));
            drop((place, own, turn));
            // Whoever waited may have given up.
            let _ = done.send(outcome);
        };
        std::thread::Builder::new().name("sandbox-aside".into()).spawn(beside).expect("the system has a thread left");
        outcome.await.expect("what came of the work is always told").unwrap_or_else(|panic| resume_unwind(panic))
    }

    fn owned(&self) -> MutexGuard<'_, HashMap<String, Owned>> {
        self.owned.lock()
    }
}

/// The priority of the work, of a hundred, where half is usual: on Linux niceness 7, a fifth of the usual weight. With far less it would not
/// come to its end where other programs keep the machine busy.
const PRIORITY: u8 = 30;

/// Lets the threads that serve go first. Where a system does not allow that, the work competes with them, which costs time alone.
fn give_way() {
    let priority = ThreadPriority::Crossplatform(ThreadPriorityValue::try_from(PRIORITY).unwrap_or_default());
    if let Err(error) = set_current_thread_priority(priority) {
        tracing::debug!(error = ?error, "A thread could not be told to give way.");
    }
}

async fn permit(places: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    Arc::clone(places).acquire_owned().await.expect("places are never closed")
}

/// Somebody who waits for a place or has one; with the last of an owner, the owner is forgotten.
struct Turn {
    places: Arc<Places>,
    owner: String,
    own: Arc<Semaphore>,
}

impl Turn {
    fn new(places: &Arc<Places>, owner: &str) -> Self {
        let mut all = places.owned();
        let known = || Owned { places: Arc::new(Semaphore::new(places.each)), turns: 0 };
        let owned = all.entry(owner.to_owned()).or_insert_with(known);
        owned.turns += 1;
        let own = Arc::clone(&owned.places);
        Self { places: Arc::clone(places), owner: owner.to_owned(), own }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut all = self.places.owned();
        let Some(owned) = all.get_mut(&self.owner) else { return };
        owned.turns -= 1;
        if owned.turns == 0 {
            all.remove(&self.owner);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn an_owner_whose_work_does_not_end_keeps_nobody_else_waiting() {
        let places = Places::new(4, 2);
        let (end, ended) = mpsc::channel::<()>();
        let ended = Arc::new(Mutex::new(ended));
        let endless: Vec<_> = (0..10)
            .map(|_| {
                let (places, ended) = (Arc::clone(&places), Arc::clone(&ended));
                tokio::spawn(async move { places.run("4021", move || ended.lock().recv().is_err()).await })
            })
            .collect();
        while places.all.available_permits() > 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(places.run("4022", || 7).await, 7);
        assert_eq!(places.all.available_permits(), 2, "four places, of which one owner has half");
        drop(end);
        for task in endless {
            assert!(task.await.expect("it ends"));
        }
        assert!(places.owned().is_empty(), "who has nothing to do is forgotten");
    }

    #[tokio::test]
    async fn who_gives_up_while_waiting_leaves_nothing_behind() {
        let places = Places::new(2, 1);
        let (end, ended) = mpsc::channel::<()>();
        let first = tokio::spawn({
            let places = Arc::clone(&places);
            async move { places.run("4021", move || ended.recv().is_ok()).await }
        });
        while places.all.available_permits() == 2 {
            tokio::task::yield_now().await;
        }
        let second = tokio::spawn({
            let places = Arc::clone(&places);
            async move { places.run("4021", || true).await }
        });
        tokio::task::yield_now().await;
        second.abort();
        assert!(second.await.is_err_and(|error| error.is_cancelled()));
        drop(end);
        assert!(!first.await.expect("it ends"));
        assert!(places.owned().is_empty() && places.all.available_permits() == 2);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_work_gives_way_and_who_serves_does_not() {
        // The name of a thread is in brackets and may have spaces; niceness is the 17th field behind it (proc(5)).
        let niceness = || {
            let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("a thread");
            let (_, fields) = stat.rsplit_once(") ").expect("a name");
            fields.split(' ').nth(16).expect("its niceness").parse::<i32>().expect("a number")
        };
        let own = niceness();
        assert_eq!(aside("4021", niceness).await, own.max(7));
        assert_eq!(niceness(), own);
    }

    #[tokio::test]
    #[should_panic(expected = "on purpose")]
    async fn a_panic_reaches_whoever_waits() {
        aside("4021", || panic!("on purpose")).await;
    }
}
