//! Work whose cost grows with what somebody sends or asks for: it runs beside the threads that serve, and one owner's work cannot
//! keep another's from its turn.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places of this process: processors are what has to be shared out, and they are the process's.
static PLACES: LazyLock<Arc<Places>> = LazyLock::new(|| Places::new(available_parallelism().map_or(2, NonZero::get)));

/// Runs work on another thread when it is the owner's turn. An owner is whoever is to wait for itself alone, such as a customer.
///
/// Whoever waits may give up; what has begun runs to its end and keeps its place until then.
pub async fn aside<T: Send + 'static>(owner: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    PLACES.run(owner, work).await
}

/// How much may run at once: altogether, and for one owner no more than half of it.
#[derive(Debug)]
struct Places {
    all: Arc<Semaphore>,
    each: usize,
    owned: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Places {
    fn new(processors: usize) -> Arc<Self> {
        let all = processors.max(2);
        Arc::new(Self { all: Arc::new(Semaphore::new(all)), each: all / 2, owned: Mutex::default() })
    }

    async fn run<T: Send + 'static>(self: &Arc<Self>, owner: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
        let turn = Turn::new(self, owner);
        // First among the owner's own: so that of each owner only a few stand in the line of all, which is first come, first served.
        let own = permit(&turn.own).await;
        let place = permit(&self.all).await;
        let task = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((place, own, turn));
            done
        });
        match task.await.map_err(tokio::task::JoinError::try_into_panic) {
            Ok(done) => done,
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            // The runtime is stopping, and whoever waits stops with it.
            Err(Err(_)) => std::future::pending().await,
        }
    }

    fn owned(&self) -> MutexGuard<'_, HashMap<String, Arc<Semaphore>>> {
        self.owned.lock().unwrap_or_else(PoisonError::into_inner)
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
        let own = Arc::clone(places.owned().entry(owner.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(places.each))));
        Self { places: Arc::clone(places), owner: owner.to_owned(), own }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut owned = self.places.owned();
        // The map's and this one: under the lock, nobody gets another.
        if Arc::strong_count(&self.own) == 2 {
            owned.remove(&self.owner);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn an_owner_whose_work_does_not_end_keeps_nobody_else_waiting() {
        let places = Places::new(4);
        let (end, ended) = mpsc::channel::<()>();
        let ended = Arc::new(Mutex::new(ended));
        let endless: Vec<_> = (0..10)
            .map(|_| {
                let (places, ended) = (Arc::clone(&places), Arc::clone(&ended));
                tokio::spawn(
                    async move { places.run("4021", move || ended.lock().is_ok_and(|ended| ended.recv().is_err())).await },
                )
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
        let places = Places::new(2);
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

    #[tokio::test]
    #[should_panic(expected = "on purpose")]
    async fn a_panic_reaches_whoever_waits() {
        aside("4021", || panic!("on purpose")).await;
    }
}
