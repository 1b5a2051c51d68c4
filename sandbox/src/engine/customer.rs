//! A customer: what each actor keeps of it, and what is noted beside. It lives and dies as one.

use std::any::{Any, TypeId};
use std::sync::Arc;

use parking_lot::RwLock;
use tokio::sync::watch;

use super::disk::{Change, Disk, DiskError};
use super::news::{Board, News};
use super::persist::{AnyState, Name, State};
use super::tenant::{Part, Tenant};

/// One customer of the running world. A successor with the same number is another one.
#[derive(Debug)]
pub struct Customer {
    id: u64,
    parts: Vec<Arc<dyn Part>>,
    news: News,
    beside: RwLock<Vec<(TypeId, Arc<dyn Any + Send + Sync>)>>,
    gone: watch::Sender<bool>,
}

impl Customer {
    /// A customer with states that are stored, or about to be.
    pub(super) fn begun(kept: &Kept, disk: &Disk, board: &Board) -> Arc<Self> {
        let news = News::of(kept.id, board);
        let begin = |state: &Arc<dyn AnyState>| {
            let scope = scope(state.as_ref(), kept.id);
            Arc::clone(state).begin(scope.into(), disk.clone(), news.clone())
        };
        let parts = kept.states.iter().map(begin).collect();
        Arc::new(Self { id: kept.id, parts, news, beside: RwLock::default(), gone: watch::Sender::new(false) })
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// What one actor keeps of it; `None` when that actor knows no such customer.
    #[must_use]
    pub fn tenant<S: State>(&self) -> Option<Arc<Tenant<S>>> {
        self.parts.iter().find_map(|part| (Arc::clone(part) as Arc<dyn Any + Send + Sync>).downcast().ok())
    }

    /// What is counted or kept in memory alone, one value of each type, made when it is first asked for.
    #[must_use]
    pub fn beside<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let find = |all: &[(TypeId, Arc<dyn Any + Send + Sync>)]| {
            let (_, value) = all.iter().find(|(of, _)| *of == TypeId::of::<T>())?;
            Arc::clone(value).downcast().ok()
        };
        if let Some(value) = find(&self.beside.read()) {
            return value;
        }
        let mut all = self.beside.write();
        find(&all).unwrap_or_else(|| {
            let value = Arc::new(T::default());
            all.push((TypeId::of::<T>(), Arc::<T>::clone(&value)));
            value
        })
    }

    /// A receiver that changes with every state of this customer that is published.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.news.changes()
    }

    /// Resolves when the customer has been deleted or replaced.
    pub async fn gone(&self) {
        // The sender lives in `self`, so waiting never fails.
        let _ = self.gone.subscribe().wait_for(|gone| *gone).await;
    }

    /// Whether the customer has been deleted or replaced.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        *self.gone.borrow()
    }

    pub(super) fn retire(&self) {
        self.parts.iter().for_each(|part| part.retire());
        self.gone.send_replace(true);
    }

    pub(super) fn scopes(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|part| part.scope())
    }

    /// Its states as they are.
    pub(super) fn kept(&self) -> Kept {
        Kept { id: self.id, states: self.parts.iter().map(|part| part.state()).collect() }
    }
}

/// The states of a customer at one moment: a value, which shares its rows with what it was taken from.
#[derive(Clone)]
pub struct Kept {
    id: u64,
    states: Vec<Arc<dyn AnyState>>,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Kept {
    /// A customer of whom nothing is kept yet.
    #[must_use]
    pub fn new(id: u64) -> Self {
        Self { id, states: Vec::new() }
    }

    /// The same with a state, in the place of another one of its type.
    #[must_use]
    pub fn with<S: State>(mut self, mut state: S) -> Self {
        state.settle();
        self.states.retain(|other| other.kind() != S::KIND);
        self.states.push(Arc::new(state));
        self
    }

    /// The customer's number.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// What one actor keeps of it.
    #[must_use]
    pub fn state<S: State>(&self) -> Option<Arc<S>> {
        self.states.iter().find_map(|state| (Arc::clone(state) as Arc<dyn Any + Send + Sync>).downcast().ok())
    }

    /// Every row, by the name of its state on disk.
    ///
    /// # Errors
    /// When a row cannot be written as JSON.
    pub fn rows(&self) -> Result<Vec<(String, Vec<Change>)>, DiskError> {
        self.states.iter().map(|state| Ok((scope(state.as_ref(), self.id), state.rows()?))).collect()
    }

    pub(super) fn scopes(&self) -> impl Iterator<Item = String> {
        self.states.iter().map(|state| scope(state.as_ref(), self.id))
    }

    pub(super) fn names(&self) -> Vec<Name> {
        self.states.iter().flat_map(|state| state.names()).collect()
    }

    pub(super) fn has_outgoing(&self) -> bool {
        self.states.iter().any(|state| state.has_outgoing())
    }
}

/// The name of a state on disk, such as `icims/4021`.
fn scope(state: &dyn AnyState, customer: u64) -> String {
    format!("{}/{customer}", state.kind())
}
