//! Faults on purpose: rules that disturb calls between the actors, none unless a tester sets them.
//!
//! Nothing here knows a vendor: a rule says which actor's calls it is about, and the actor's own layer carries the effect out
//! ([`observe`](super::observe) for calls that come in, [`Sender`](super::Sender) for those that go out, the mailbox for mail).
//! Counting and drawing are done for each customer apart, so that customers that are busy at the same time do not change what
//! happens to one another. Rules are in memory only: a restarted process is undisturbed.

mod hold;
mod pattern;
mod rule;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;

pub use hold::Withdrawn;
pub use pattern::PathPattern;
pub use rule::{Effect, Fault, FaultId, ListedFault, Matching};

use super::chance::Chance;
use super::journal::Actor;

/// How many rules there may be for one customer, and how many for all customers together.
const RULE_LIMIT: usize = 50;
/// How many customers a rule counts apart. Calls of others share one count, so that made-up customers cannot fill the memory.
const COUNTED_CUSTOMERS: usize = 10_000;

/// A call that may be disturbed.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Who is called.
    pub actor: Actor,
    /// Who calls.
    pub from: Actor,
    /// HTTP method, or `SMTP`.
    pub method: &'a str,
    /// The path without its query; for mail, each recipient.
    pub paths: &'a [&'a str],
    /// The iCIMS customer it belongs to, where that can be told.
    pub customer: Option<&'a str>,
}

/// A rule that has decided to disturb a call.
#[derive(Clone, Debug)]
pub struct Struck {
    /// The rule.
    pub id: FaultId,
    /// What the tester calls it.
    pub name: Option<String>,
    /// What is to be done.
    pub effect: Effect,
    fate: Arc<Mutex<Fate>>,
}

/// What has become of a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Fate {
    #[default]
    InForce,
    /// What it held may go.
    Removed,
    /// So is the customer whom it was set for: what it held is nobody's any more.
    Withdrawn,
}

/// What the journal says of a rule that disturbed an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FaultMark {
    /// The rule.
    pub id: FaultId,
    /// What the tester calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What was done, in one word.
    pub effect: &'static str,
}

impl Struck {
    /// What the journal says of it.
    #[must_use]
    pub fn mark(&self) -> FaultMark {
        FaultMark { id: self.id, name: self.name.clone(), effect: self.effect.kind() }
    }
}

/// There is no room for another rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there are {RULE_LIMIT} fault rules of this customer, or for all customers, already: remove some with DELETE /__sandbox/faults"
)]
pub struct TooManyFaults;

/// All rules of a process. Clones share them.
#[derive(Clone, Debug)]
pub struct Faults(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Mutex<Store>,
    /// How many rules there are, so that an undisturbed call costs one look.
    active: AtomicUsize,
    /// How many want no rule to strike for the time being.
    suspended: AtomicUsize,
    /// Changes whenever somebody who is held should look again.
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Store {
    newest: FaultId,
    rules: BTreeMap<FaultId, Kept>,
    by_customer: HashMap<Option<String>, Vec<FaultId>>,
    /// For each customer of whom a request is held back: how many have gone past it.
    held: HashMap<String, u64>,
}

#[derive(Debug)]
struct Kept {
    fault: Fault,
    fate: Arc<Mutex<Fate>>,
    tallies: HashMap<String, Tally>,
    hits: u64,
    last_hit: Option<Timestamp>,
}

/// What a rule has seen of one customer.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    seen: u64,
    hits: u64,
}

impl Kept {
    /// Counts a call that the rule is about and says whether it is disturbed.
    fn draw(&mut self, customer: &str) -> bool {
        let counted = self.tallies.len() < COUNTED_CUSTOMERS || self.tallies.contains_key(customer);
        let key = if counted { customer } else { "" };
        let tally = self.tallies.entry(key.to_owned()).or_default();
        if self.fault.times.is_some_and(|times| tally.hits >= times) {
            return false;
        }
        tally.seen += 1;
        let share = self.fault.probability.unwrap_or(1.0);
        let hit = share >= 1.0 || drawn(self.fault.seed.unwrap_or_default(), key, tally.seen) < share;
        tally.hits += u64::from(hit);
        hit
    }
}

/// A number from 0 to 1 that depends on the seed, the customer and the position of the call alone.
fn drawn(seed: u64, customer: &str, position: u64) -> f64 {
    use rand::RngExt as _;
    Chance::new(seed, &format!("fault/{customer}/{position}")).rng().random_range(0.0..1.0)
}

impl Faults {
    /// No rules.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            store: Mutex::default(),
            active: AtomicUsize::new(0),
            suspended: AtomicUsize::new(0),
            changes: watch::Sender::new(0),
        }))
    }

    /// Adds rules, all or none of them.
    ///
    /// # Errors
    /// When there is no room for them.
    pub fn add(&self, faults: Vec<Fault>) -> Result<Vec<ListedFault>, TooManyFaults> {
        let mut store = self.lock();
        let mut wanted: HashMap<&Option<String>, usize> = HashMap::new();
        for fault in &faults {
            *wanted.entry(&fault.customer).or_default() += 1;
        }
        let full = |(customer, more): (&&Option<String>, &usize)| {
            store.by_customer.get(*customer).map_or(0, Vec::len) + more > RULE_LIMIT
        };
        if wanted.iter().any(full) {
            return Err(TooManyFaults);
        }
        let mut added = Vec::with_capacity(faults.len());
        for fault in faults {
            store.newest += 1;
            let id = store.newest;
            store.by_customer.entry(fault.customer.clone()).or_default().push(id);
            let kept = Kept { fault, fate: Arc::default(), tallies: HashMap::new(), hits: 0, last_hit: None };
            added.push(listed(id, &kept));
            store.rules.insert(id, kept);
        }
        self.settled(&store);
        Ok(added)
    }

    /// The rules, oldest first: those that disturb this customer, or all of them.
    #[must_use]
    pub fn list(&self, customer: Option<&str>) -> Vec<ListedFault> {
        let store = self.lock();
        let concerns =
            |kept: &Kept| customer.is_none() || kept.fault.customer.is_none() || kept.fault.customer.as_deref() == customer;
        store.rules.iter().filter(|(_, kept)| concerns(kept)).map(|(id, kept)| listed(*id, kept)).collect()
    }

    /// Removes the rules that `unwanted` picks and says how many those were. What they held goes on its way.
    pub fn remove(&self, unwanted: impl Fn(FaultId, &Fault) -> bool) -> usize {
        self.end(Fate::Removed, unwanted).len()
    }

    /// Removes the rules of customers who are about to go, and returns them. What they held is given up.
    pub fn withdraw(&self, goes: impl Fn(&str) -> bool) -> Vec<Fault> {
        self.end(Fate::Withdrawn, |_, fault| fault.customer.as_deref().is_some_and(&goes))
    }

    fn end(&self, fate: Fate, unwanted: impl Fn(FaultId, &Fault) -> bool) -> Vec<Fault> {
        let mut store = self.lock();
        let gone: Vec<FaultId> = store.rules.iter().filter(|(id, kept)| unwanted(**id, &kept.fault)).map(|(id, _)| *id).collect();
        let ended = gone.into_iter().filter_map(|id| store.forget(id, fate)).collect();
        self.settled(&store);
        ended
    }

    /// Lets no rule strike until what is returned is dropped: a reset sets the integration up anew, which no rule is meant for.
    #[must_use]
    pub fn suspend(&self) -> Suspended {
        self.0.suspended.fetch_add(1, Ordering::Relaxed);
        Suspended(self.clone())
    }

    /// Removes every rule and gives up what they held: it belongs to a world that is gone. Numbers go on ascending.
    pub fn reset(&self) {
        self.end(Fate::Withdrawn, |_, _| true);
    }

    /// What is to be done to a call: every latency that applies, and the first other effect.
    #[must_use]
    pub fn strike(&self, call: &Call<'_>, now: Timestamp) -> Vec<Struck> {
        if self.0.active.load(Ordering::Relaxed) == 0 || self.0.suspended.load(Ordering::Relaxed) > 0 {
            return Vec::new();
        }
        let mut store = self.lock();
        let customer = call.customer.unwrap_or_default();
        let own = call.customer.and_then(|customer| store.by_customer.get(&Some(customer.to_owned())));
        let mut ids: Vec<FaultId> = own.into_iter().chain(store.by_customer.get(&None)).flatten().copied().collect();
        ids.sort_unstable();
        let (mut struck, mut disturbed) = (Vec::new(), false);
        for id in ids {
            let Store { rules, held, .. } = &mut *store;
            let Some(kept) = rules.get_mut(&id) else { continue };
            let slows = matches!(kept.fault.effect, Effect::Latency { .. });
            let waits_already = kept.fault.effect == Effect::Reorder && held.contains_key(customer);
            if (disturbed && !slows) || waits_already || !kept.fault.admits(call) || !kept.draw(customer) {
                continue;
            }
            kept.hits += 1;
            kept.last_hit = Some(now);
            disturbed |= !slows;
            if kept.fault.effect == Effect::Reorder {
                held.insert(customer.to_owned(), 0);
            }
            struck.push(Struck {
                id,
                name: kept.fault.name.clone(),
                effect: kept.fault.effect.clone(),
                fate: Arc::clone(&kept.fate),
            });
        }
        struck
    }

    fn settled(&self, store: &Store) {
        self.0.active.store(store.rules.len(), Ordering::Relaxed);
        self.0.changes.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.0.store.lock()
    }
}

/// No rule strikes until this is dropped.
#[derive(Debug)]
pub struct Suspended(Faults);

impl Drop for Suspended {
    fn drop(&mut self) {
        self.0.0.suspended.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Store {
    fn forget(&mut self, id: FaultId, fate: Fate) -> Option<Fault> {
        let kept = self.rules.remove(&id)?;
        *kept.fate.lock() = fate;
        if let Some(ids) = self.by_customer.get_mut(&kept.fault.customer) {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.by_customer.remove(&kept.fault.customer);
            }
        }
        Some(kept.fault)
    }
}

impl Default for Faults {
    fn default() -> Self {
        Self::new()
    }
}

fn listed(id: FaultId, kept: &Kept) -> ListedFault {
    ListedFault { id, fault: kept.fault.clone(), hits: kept.hits, last_hit: kept.last_hit }
}

#[cfg(test)]
mod tests;
