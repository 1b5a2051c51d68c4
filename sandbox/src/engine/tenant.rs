//! One actor's state of one customer. It is published, never changed in place: a rule runs on a clone, what it changed is stored, and
//! then the clone takes the place of what everybody reads. A refused rule, a full disk or a caller who went away publish nothing, and
//! whoever reads waits for nobody.

mod growth;

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arc_swap::ArcSwap;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::oneshot;

use super::disk::{Change, Disk, DiskError, Durability, Receipt, Settle, Standing, Step};
use super::news::{Board, News};
use super::persist::{AnyState, State};

/// See the module. Tenants never wait for one another; no lock is held across an await.
#[derive(Debug)]
pub struct Tenant<S> {
    scope: Arc<str>,
    disk: Disk,
    news: News,
    published: ArcSwap<S>,
    /// The newest state, which may still be on its way to the disk. The next rule runs on a clone of it.
    tip: Mutex<Arc<S>>,
    /// Grows when a change could not be stored: whatever was built on it has not happened either.
    epoch: AtomicU64,
    /// Whether a successor has the scope: what is still changed here is nobody's business and reaches no disk.
    retired: AtomicBool,
}

impl<S: State> Tenant<S> {
    /// A state that is part of no world. `scope` is its name on disk.
    #[must_use]
    pub fn alone(scope: &str, state: S, disk: Disk) -> Arc<Self> {
        Arc::new(Self::begun(scope.into(), Arc::new(state), disk, News::of(0, &Board::default())))
    }

    pub(super) fn begun(scope: Arc<str>, state: Arc<S>, disk: Disk, news: News) -> Self {
        Self {
            scope,
            disk,
            news,
            published: ArcSwap::new(Arc::clone(&state)),
            tip: Mutex::new(state),
            epoch: AtomicU64::new(0),
            retired: AtomicBool::new(false),
        }
    }

    /// The state as it is now. It stays as it is, whatever happens meanwhile.
    #[must_use]
    pub fn state(&self) -> Arc<S> {
        self.published.load_full()
    }

    /// Looks at the state as it is now.
    pub fn read<T>(&self, look: impl FnOnce(&S) -> T) -> T {
        look(&self.published.load())
    }

    /// Applies a rule and returns once what it changed is stored and published. When the caller goes away meanwhile, the change is
    /// made all the same.
    ///
    /// # Errors
    /// What the rule refuses with, or that the disk did not take the change: then nothing has happened.
    pub async fn write<T, E: From<DiskError>>(self: &Arc<Self>, rule: impl FnOnce(&mut S) -> Result<T, E>) -> Result<T, E> {
        let (answer, receipt, before) = {
            let mut tip = self.tip();
            let before = Arc::clone(&tip);
            let mut next = S::clone(&before);
            let answer = rule(&mut next)?;
            (answer, self.submit(&mut tip, next, Vec::new())?, before)
        };
        // Letting go of it takes time, which is not to be the next rule's.
        drop(before);
        receipt.settled().await?;
        Ok(answer)
    }

    /// The same, with further steps for the disk that are stored together with what the rule changed.
    ///
    /// # Errors
    /// That the disk did not take the change: then nothing has happened.
    pub async fn write_with(self: &Arc<Self>, steps: Vec<Step>, rule: impl FnOnce(&mut S)) -> Result<(), DiskError> {
        let receipt = {
            let mut tip = self.tip();
            let mut next = S::clone(&tip);
            rule(&mut next);
            self.submit(&mut tip, next, steps)?
        };
        receipt.settled().await
    }

    /// Hands a state to the disk, under the lock of the tip, so that the order on disk is the order of the changes.
    pub(super) fn submit(self: &Arc<Self>, tip: &mut Arc<S>, mut next: S, mut steps: Vec<Step>) -> Result<Receipt, DiskError> {
        if !self.disk.is_at_work() {
            return Err(DiskError::NotStored("the writer has stopped".into()));
        }
        let all_is_stored = Arc::ptr_eq(tip, &self.published.load());
        if self.disk.keeps() {
            let changes = next.drain()?;
            if !changes.is_empty() {
                steps.push(Step::Rows { scope: self.scope.to_string(), changes });
            }
        } else if next.settle() {
            self.disk.admit()?;
        }
        let next = Arc::new(next);
        *tip = Arc::clone(&next);
        if !self.disk.keeps() || (steps.is_empty() && all_is_stored) {
            self.publish(next);
            return Ok(Receipt::settled_already());
        }
        // What changes no row waits for the changes that it has seen, too.
        let (done, receipt) = Receipt::pending();
        let (tenant, epoch) = (Arc::clone(self), self.epoch.load(Ordering::Acquire));
        self.disk.submit(steps, Box::new(Submitted { tenant, next, epoch, done }));
        Ok(receipt)
    }

    /// The newest state, locked against further rules.
    pub(super) fn tip(&self) -> MutexGuard<'_, Arc<S>> {
        // Rules run on clones, so that a panic leaves the tip as it was.
        self.tip.lock()
    }

    /// Stores rows that nobody sees yet, on a thread that serves nobody.
    pub(super) fn store_aside(self: &Arc<Self>, changes: Vec<Change>) -> Result<(), DiskError> {
        let (done, receipt) = Receipt::pending();
        let steps = vec![Step::Rows { scope: self.scope.to_string(), changes }];
        self.disk.submit(steps, Box::new(Aside { tenant: Arc::clone(self), done }));
        receipt.settled_blocking()
    }

    pub(super) fn is_stored(&self) -> bool {
        self.disk.keeps()
    }

    fn publish(&self, next: Arc<S>) {
        let has_outgoing = next.has_outgoing();
        {
            let _moment = self.news.publishing();
            self.published.store(next);
        }
        self.news.tell(has_outgoing);
    }

    fn roll_back(&self) {
        let mut tip = self.tip();
        self.epoch.fetch_add(1, Ordering::AcqRel);
        *tip = self.published.load_full();
    }
}

/// A state on its way to the disk.
struct Submitted<S> {
    tenant: Arc<Tenant<S>>,
    next: Arc<S>,
    epoch: u64,
    done: oneshot::Sender<Result<(), String>>,
}

impl<S: State> Settle for Submitted<S> {
    fn scope(&self) -> Option<&str> {
        Some(&self.tenant.scope)
    }

    fn standing(&self) -> Standing {
        if self.tenant.epoch.load(Ordering::Acquire) != self.epoch {
            Standing::Baseless
        } else if self.tenant.retired.load(Ordering::Acquire) {
            Standing::Retired
        } else {
            Standing::Sound
        }
    }

    fn settle(self: Box<Self>, outcome: Result<(), String>) {
        match &outcome {
            Ok(()) => self.tenant.publish(self.next),
            Err(_) if self.tenant.epoch.load(Ordering::Acquire) == self.epoch => self.tenant.roll_back(),
            Err(_) => {}
        }
        // Whoever submitted may have gone away.
        let _ = self.done.send(outcome);
    }
}

/// Rows on their way to the disk that are no part of the state yet.
struct Aside<S> {
    tenant: Arc<Tenant<S>>,
    done: oneshot::Sender<Result<(), String>>,
}

impl<S: State> Settle for Aside<S> {
    fn scope(&self) -> Option<&str> {
        Some(&self.tenant.scope)
    }

    fn standing(&self) -> Standing {
        if self.tenant.retired.load(Ordering::Acquire) { Standing::Retired } else { Standing::Sound }
    }

    fn durability(&self) -> Durability {
        Durability::WithTheNext
    }

    fn settle(self: Box<Self>, outcome: Result<(), String>) {
        // Whoever submitted may have gone away.
        let _ = self.done.send(outcome);
    }
}

/// A [`Tenant`] without the type of its state.
pub(super) trait Part: Any + Send + Sync + std::fmt::Debug {
    fn scope(&self) -> &str;
    fn state(&self) -> Arc<dyn AnyState>;
    fn retire(&self);
}

impl<S: State> Part for Tenant<S> {
    fn scope(&self) -> &str {
        &self.scope
    }

    fn state(&self) -> Arc<dyn AnyState> {
        self.published.load_full()
    }

    fn retire(&self) {
        self.retired.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests;
