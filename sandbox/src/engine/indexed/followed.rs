//! Look-ups that follow their rows in one go: when somebody looks, or when enough has changed. A map that is shared with a published state
//! is copied where it changes; this way it is copied once for many changes.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::Lookups;

/// How many changes may wait: what the first one to look may have to wait for.
const WAITING: usize = 256;

/// The look-ups of some rows.
pub(super) struct Followed<K, V, L: Lookups<K, V>> {
    /// Shared by clones, of which most change nothing here.
    settled: Arc<L>,
    /// What has changed since, newest first.
    waiting: Option<Arc<Waiting<L::Keys>>>,
    /// With what waits, if somebody has looked.
    seen: OnceLock<Arc<L>>,
}

struct Waiting<Keys> {
    change: Change<Keys>,
    count: usize,
    before: Option<Arc<Waiting<Keys>>>,
}

#[derive(Clone)]
enum Change<Keys> {
    Add(Keys),
    Take(Keys),
}

impl<K, V, L: Lookups<K, V>> Followed<K, V, L> {
    /// The look-ups as they are.
    pub(super) fn look(&self) -> &L {
        if self.waiting.is_none() {
            return &self.settled;
        }
        self.seen.get_or_init(|| {
            let mut all = L::clone(&self.settled);
            follow(&mut all, self.waiting.clone());
            Arc::new(all)
        })
    }

    /// A row with these keys is there now.
    pub(super) fn add(&mut self, keys: L::Keys) {
        self.note(Change::Add(keys));
    }

    /// A row with these keys is there no more.
    pub(super) fn take(&mut self, keys: L::Keys) {
        self.note(Change::Take(keys));
    }

    fn note(&mut self, change: Change<L::Keys>) {
        if let Some(seen) = self.seen.take() {
            (self.settled, self.waiting) = (seen, None);
        }
        if self.waiting.as_ref().is_some_and(|waiting| waiting.count == WAITING) {
            follow(Arc::make_mut(&mut self.settled), self.waiting.take());
        }
        let count = self.waiting.as_ref().map_or(0, |waiting| waiting.count) + 1;
        self.waiting = Some(Arc::new(Waiting { change, count, before: self.waiting.take() }));
    }
}

/// Makes the changes, the oldest first.
fn follow<K, V, L: Lookups<K, V>>(lookups: &mut L, mut waiting: Option<Arc<Waiting<L::Keys>>>) {
    let mut changes = Vec::with_capacity(WAITING);
    while let Some(newest) = waiting {
        let (change, before) = match Arc::try_unwrap(newest) {
            Ok(own) => (own.change, own.before),
            Err(shared) => (shared.change.clone(), shared.before.clone()),
        };
        changes.push(change);
        waiting = before;
    }
    for change in changes.into_iter().rev() {
        match change {
            Change::Add(keys) => lookups.add(keys),
            Change::Take(keys) => lookups.take(keys),
        }
    }
}

impl<K, V, L: Lookups<K, V>> Default for Followed<K, V, L> {
    fn default() -> Self {
        Self { settled: Arc::default(), waiting: None, seen: OnceLock::new() }
    }
}

impl<K, V, L: Lookups<K, V>> Clone for Followed<K, V, L> {
    fn clone(&self) -> Self {
        let (settled, waiting) = match self.seen.get() {
            Some(seen) => (Arc::clone(seen), None),
            None => (Arc::clone(&self.settled), self.waiting.clone()),
        };
        Self { settled, waiting, seen: OnceLock::new() }
    }
}

impl<K, V, L: Lookups<K, V> + fmt::Debug> fmt::Debug for Followed<K, V, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.look().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Numbers(BTreeSet<u8>);

    impl Lookups<u8, ()> for Numbers {
        type Keys = u8;

        fn keys(key: &u8, (): &()) -> u8 {
            *key
        }

        fn add(&mut self, keys: u8) {
            self.0.insert(keys);
        }

        fn take(&mut self, keys: u8) {
            self.0.remove(&keys);
        }
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Add(u8),
        Take(u8),
        Look,
        Fork,
        Return,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            6 => any::<u8>().prop_map(Step::Add),
            3 => any::<u8>().prop_map(Step::Take),
            1 => Just(Step::Look),
            1 => Just(Step::Fork),
            1 => Just(Step::Return),
        ]
    }

    proptest! {
        #[test]
        fn whoever_looks_sees_every_change_and_no_fork_sees_anothers(steps in proptest::collection::vec(step(), 0..400)) {
            let mut now: (Followed<u8, (), Numbers>, Numbers) = Default::default();
            let mut kept = Vec::new();
            for step in steps {
                match step {
                    Step::Add(number) => {
                        now.0.add(number);
                        now.1.add(number);
                    }
                    Step::Take(number) => {
                        now.0.take(number);
                        now.1.take(number);
                    }
                    Step::Look => prop_assert_eq!(now.0.look(), &now.1),
                    Step::Fork => kept.push(now.clone()),
                    Step::Return => now = kept.pop().unwrap_or_default(),
                }
                let waiting = now.0.waiting.as_ref().map_or(0, |waiting| waiting.count);
                prop_assert!(waiting <= WAITING, "{} wait", waiting);
            }
            for (followed, expected) in kept.into_iter().chain([now]) {
                prop_assert_eq!(followed.look(), &expected);
            }
        }
    }
}
