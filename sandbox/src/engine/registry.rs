//! The world: which customers there are. One value, exchanged as a whole: a reset, a restored snapshot, an import, an opened or deleted
//! customer are another value, and all actors change in one moment. Whoever looked before goes on with what he has.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use imbl::OrdMap;
use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::aside::aside;
use super::customer::{Customer, Kept};
use super::disk::{Disk, DiskError, Receipt, Settle, Step};
use super::names::{Names, Owner};
use super::news::Board;
use super::persist::State;
use super::tenant::Tenant;

/// The number of what belongs to no customer: what all share.
pub const HOUSE: u64 = 0;

/// All customers of a process. Clones are the same world.
#[derive(Clone, Debug)]
pub struct Registry(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    world: ArcSwap<World>,
    board: Board,
    disk: Disk,
    /// Held while names are looked up to be taken, so that what was free still is when it is taken.
    naming: Mutex<()>,
}

/// The customers there are, and who has which name. A clone shares everything.
#[derive(Clone, Debug, Default)]
struct World {
    customers: OrdMap<u64, Arc<Customer>>,
    names: Names,
}

/// What a replacement covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Everything is replaced.
    World,
    /// One customer is replaced, or deleted, or new.
    Customer(u64),
}

/// Where the rows of new states come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Out of memory.
    Memory,
    /// They are on disk already, below this prefix.
    Below(String),
}

/// Another world.
pub struct Replacement {
    /// What is replaced.
    pub extent: Extent,
    /// By whom.
    pub with: Vec<Kept>,
    /// Where their rows come from.
    pub source: Source,
    /// What else is stored with it, after their rows.
    pub steps: Vec<Step>,
    /// What else happens in the moment in which the world is another one.
    pub then: Box<dyn FnOnce() + Send>,
}

impl std::fmt::Debug for Replacement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replacement").field("extent", &self.extent).finish_non_exhaustive()
    }
}

impl Registry {
    /// A world without customers.
    #[must_use]
    pub fn new(disk: Disk) -> Self {
        Self::begun(disk, [])
    }

    /// A world of customers whose rows are on disk already.
    #[must_use]
    pub fn begun(disk: Disk, with: impl IntoIterator<Item = Kept>) -> Self {
        let (mut world, board) = (World::default(), Board::default());
        for kept in with {
            world.names.note(kept.id(), &kept.names());
            world.customers.insert(kept.id(), Customer::begun(&kept, &disk, &board));
        }
        Self(Arc::new(Inner { world: ArcSwap::from_pointee(world), board, disk, naming: Mutex::default() }))
    }

    /// The customer with this number.
    #[must_use]
    pub fn customer(&self, id: u64) -> Option<Arc<Customer>> {
        self.0.world.load().customers.get(&id).cloned()
    }

    /// What one actor keeps of a customer.
    #[must_use]
    pub fn tenant<S: State>(&self, id: u64) -> Option<Arc<Tenant<S>>> {
        self.0.world.load().customers.get(&id)?.tenant()
    }

    /// Puts a customer in the place of the one with its number, or nobody.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub async fn put(&self, id: u64, customer: Option<Kept>) -> Result<(), DiskError> {
        let (with, steps, then) = (customer.into_iter().collect(), Vec::new(), Box::new(|| ()));
        self.replace(Replacement { extent: Extent::Customer(id), with, source: Source::Memory, steps, then }).await.map(drop)
    }

    /// Another customer that has a name of this one.
    #[must_use]
    pub fn rival(&self, kept: &Kept) -> Option<u64> {
        let world = self.0.world.load();
        let others =
            kept.names().into_iter().filter_map(|name| world.names.owner(name.kind, &name.name).map(|owner| owner.customer));
        others.into_iter().find(|other| *other != kept.id())
    }

    /// What is kept of a customer, as it is.
    #[must_use]
    pub fn kept(&self, id: u64) -> Option<Kept> {
        self.customer(id).map(|customer| customer.kept())
    }

    /// All customers, by number.
    #[must_use]
    pub fn customers(&self) -> Vec<Arc<Customer>> {
        self.0.world.load().customers.range(HOUSE + 1..).map(|(_, customer)| Arc::clone(customer)).collect()
    }

    /// How many customers there are.
    #[must_use]
    pub fn count(&self) -> usize {
        let world = self.0.world.load();
        world.customers.len() - usize::from(world.customers.contains_key(&HOUSE))
    }

    /// Who has a name.
    #[must_use]
    pub fn owner(&self, kind: &str, name: &str) -> Option<Owner> {
        self.0.world.load().names.owner(kind, name).cloned()
    }

    /// Where publications are announced.
    #[must_use]
    pub fn board(&self) -> &Board {
        &self.0.board
    }

    /// Where states are stored.
    #[must_use]
    pub fn disk(&self) -> &Disk {
        &self.0.disk
    }

    /// Notes anew under which names a customer is known, as they have been changed.
    pub fn rename(&self, customer: &Arc<Customer>) {
        let _one_at_a_time = self.0.naming.lock();
        let names = customer.kept().names();
        self.0.world.rcu(|world| {
            let mut world = World::clone(world);
            if world.customers.get(&customer.id()).is_some_and(|known| Arc::ptr_eq(known, customer)) {
                world.names.note(customer.id(), &names);
            }
            world
        });
    }

    /// Exchanges the world, or a part of it, and returns when it is stored: what there was until then. All of it happens, or nothing.
    ///
    /// # Errors
    /// When the disk did not take it, or a row cannot be written.
    pub async fn replace(&self, replacement: Replacement) -> Result<BTreeMap<u64, Kept>, DiskError> {
        let Replacement { extent, with, source, steps: further, then } = replacement;
        let mut steps = Vec::new();
        if self.0.disk.keeps() {
            let (registry, kept) = (self.clone(), with.clone());
            // Writing a million rows as JSON is nothing for a thread that serves.
            steps = aside(&format!("{extent:?}"), move || registry.steps(extent, &kept, &source)).await?;
        }
        steps.extend(further);
        let ((done, receipt), before) = (Receipt::pending(), Arc::new(Mutex::default()));
        let settle = Replaced { registry: self.clone(), extent, with, then, before: Arc::clone(&before), done };
        self.0.disk.submit(steps, Box::new(settle));
        receipt.settled().await?;
        let mut before = before.lock();
        Ok(std::mem::take(&mut *before))
    }

    fn steps(&self, extent: Extent, with: &[Kept], source: &Source) -> Result<Vec<Step>, DiskError> {
        let world = self.0.world.load();
        let old = world.customers.values().filter(|customer| extent.covers(customer.id()));
        let mut scopes: Vec<String> = old.flat_map(|customer| customer.scopes().map(str::to_owned).collect::<Vec<_>>()).collect();
        scopes.extend(with.iter().flat_map(|kept| kept.scopes().collect::<Vec<_>>()));
        scopes.sort_unstable();
        scopes.dedup();
        let mut steps: Vec<Step> = scopes.into_iter().map(Step::Forget).collect();
        for kept in with {
            match source {
                Source::Below(prefix) => {
                    steps.extend(kept.scopes().map(|scope| Step::Copy { from: format!("{prefix}{scope}"), to: scope }));
                }
                Source::Memory => {
                    steps.extend(kept.rows()?.into_iter().map(|(scope, changes)| Step::Rows { scope, changes }));
                }
            }
        }
        Ok(steps)
    }

    /// What there is at one moment, and copies of it on disk below `prefix`. Nobody is held up in memory; on disk, changes that come
    /// later wait for the copies.
    ///
    /// # Errors
    /// When the disk did not take it.
    pub async fn cut(&self, extent: Extent, prefix: Option<&str>) -> Result<BTreeMap<u64, Kept>, DiskError> {
        let steps = match prefix {
            None => Vec::new(),
            Some(prefix) => self.copies(extent, prefix),
        };
        let (done, receipt) = Receipt::pending();
        let found = Arc::new(Mutex::new(BTreeMap::new()));
        let cut = Cut { registry: self.clone(), extent, found: Arc::clone(&found), done };
        // In the order of the changes, so that what is copied on disk and what is taken here are the same.
        self.0.disk.submit(steps, Box::new(cut));
        receipt.settled().await?;
        let mut found = found.lock();
        Ok(std::mem::take(&mut *found))
    }

    fn copies(&self, extent: Extent, prefix: &str) -> Vec<Step> {
        let world = self.0.world.load();
        let wanted = world.customers.values().filter(|customer| extent.covers(customer.id()));
        let copy = |scope: &str| Step::Copy { from: scope.to_owned(), to: format!("{prefix}{scope}") };
        let copies = wanted.flat_map(|customer| customer.scopes().map(copy).collect::<Vec<_>>());
        std::iter::once(Step::ForgetBelow(prefix.to_owned())).chain(copies).collect()
    }
}

impl Extent {
    /// Whether a customer is part of it.
    #[must_use]
    pub fn covers(self, id: u64) -> bool {
        match self {
            Self::World => true,
            Self::Customer(customer) => customer == id,
        }
    }
}

/// A replacement on its way to the disk.
struct Replaced {
    registry: Registry,
    extent: Extent,
    with: Vec<Kept>,
    then: Box<dyn FnOnce() + Send>,
    before: Arc<Mutex<BTreeMap<u64, Kept>>>,
    done: oneshot::Sender<Result<(), String>>,
}

impl Settle for Replaced {
    fn settle(self: Box<Self>, outcome: Result<(), String>) {
        let Self { registry, extent, with, then, before, done } = *self;
        if outcome.is_ok() {
            let inner = &registry.0;
            let new: Vec<_> = with.iter().map(|kept| (kept, Customer::begun(kept, &inner.disk, &inner.board))).collect();
            {
                let _naming = inner.naming.lock();
                let _moment = inner.board.moment();
                let mut world = World::clone(&inner.world.load());
                let old: Vec<_> = world.customers.values().filter(|customer| extent.covers(customer.id())).cloned().collect();
                for customer in &old {
                    customer.retire();
                    world.customers.remove(&customer.id());
                    world.names.forget(customer.id());
                }
                let kept = old.iter().map(|customer| (customer.id(), customer.kept())).collect();
                *before.lock() = kept;
                for (kept, customer) in &new {
                    world.names.note(kept.id(), &kept.names());
                    world.customers.insert(kept.id(), Arc::clone(customer));
                }
                inner.world.store(Arc::new(world));
                then();
            }
            inner.board.tell();
            new.iter().filter(|(kept, _)| kept.has_outgoing()).for_each(|(kept, _)| inner.board.has_outgoing(kept.id()));
        }
        // Whoever asked may have gone away.
        let _ = done.send(outcome);
    }
}

/// A look at everything, in the order of the changes.
struct Cut {
    registry: Registry,
    extent: Extent,
    found: Arc<Mutex<BTreeMap<u64, Kept>>>,
    done: oneshot::Sender<Result<(), String>>,
}

impl Settle for Cut {
    fn settle(self: Box<Self>, outcome: Result<(), String>) {
        if outcome.is_ok() {
            let inner = &self.registry.0;
            let _moment = inner.board.moment();
            let world = inner.world.load();
            let wanted = world.customers.iter().filter(|(id, _)| self.extent.covers(**id));
            let kept = wanted.map(|(id, customer)| (*id, customer.kept())).collect();
            *self.found.lock() = kept;
        }
        // Whoever asked may have gone away.
        let _ = self.done.send(outcome);
    }
}
