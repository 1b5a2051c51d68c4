//! What is replaced as a whole when the world changes, and how a request keeps the world it began with.
//!
//! A reset or restore replaces what several actors hold. It takes all of it with [`Current::hold`] before it replaces any of it, so
//! that there is one moment at which the old world becomes the new one. A request that looks twice must not see half of each:
//! it is pinned, when it arrives, to what was current then.

use std::any::Any;
use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::disk::DiskError;
use super::tenant::{Persist, Tenant};

tokio::task_local! {
    static PINNED: Pins;
}

/// A value that readers share and that is replaced as a whole.
#[derive(Debug, Default)]
pub struct Current<T>(RwLock<Arc<T>>);

impl<T: Send + Sync + 'static> Current<T> {
    /// Begins with a value.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(RwLock::new(Arc::new(value)))
    }

    /// The value that the running request is pinned to, or the latest one.
    #[must_use]
    pub fn get(&self) -> Arc<T> {
        PINNED.try_with(|pins| pins.find(self)).ok().flatten().unwrap_or_else(|| self.latest())
    }

    /// The latest value, whatever the running request is pinned to.
    #[must_use]
    pub fn latest(&self) -> Arc<T> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps the value from being replaced or looked up until the guard is dropped; through it, it is replaced.
    ///
    /// Whoever takes several takes them in the order icims, platform, mailbox, control.
    pub fn hold(&self) -> RwLockWriteGuard<'_, Arc<T>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds the latest value to what a request is pinned to. The guard keeps it the latest, so that several can be pinned at one moment.
    pub fn pin(&self, pins: &mut Pins) -> RwLockReadGuard<'_, Arc<T>> {
        let guard = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let value: Arc<dyn Any + Send + Sync> = Arc::clone(&*guard) as Arc<_>;
        pins.0.push((self.place(), value));
        guard
    }

    /// Tells this value from others of its type.
    fn place(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

impl<S: Persist + Send + 'static> Current<Tenant<S>> {
    /// Reads the state that the running request is pinned to, or the latest one.
    pub fn read<T>(&self, look: impl FnOnce(&S) -> T) -> T {
        self.get().read(look)
    }

    /// Applies a rule to the latest state; see [`Tenant::write`].
    ///
    /// # Errors
    /// What the rule refuses with, or that the disk did not take the change.
    pub async fn write<T, E: From<DiskError>>(&self, rule: impl FnOnce(&mut S) -> Result<T, E>) -> Result<T, E> {
        self.latest().write(rule).await
    }
}

/// What a request is pinned to.
#[derive(Clone, Debug, Default)]
pub struct Pins(Vec<(usize, Arc<dyn Any + Send + Sync>)>);

impl Pins {
    /// Runs a request that sees what is pinned. Tasks that it starts see the latest values.
    pub async fn scope<F: Future>(self, request: F) -> F::Output {
        PINNED.scope(self, request).await
    }

    fn find<T: Send + Sync + 'static>(&self, current: &Current<T>) -> Option<Arc<T>> {
        let (_, value) = self.0.iter().find(|(place, _)| *place == current.place())?;
        Arc::clone(value).downcast().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_keeps_the_value_it_began_with_and_the_next_one_sees_the_new() {
        let (current, other) = (Current::new(1), Current::new(10));
        let mut pins = Pins::default();
        drop(current.pin(&mut pins));
        pins.scope(async {
            *current.hold() = Arc::new(2);
            *other.hold() = Arc::new(20);
            assert_eq!((*current.get(), *current.latest()), (1, 2));
            assert_eq!(*other.get(), 20, "what is not pinned is the latest");
        })
        .await;
        assert_eq!(*current.get(), 2);
    }
}
