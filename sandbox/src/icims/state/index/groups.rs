//! Ids in groups, such as workflows by status: each group read in ascending order from any id on, its size known.

use std::ops::RangeInclusive;

use imbl::{OrdMap, OrdSet};

/// Ids by group.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::icims) struct Groups<K: Ord + Clone> {
    rows: OrdSet<(K, u64)>,
    counts: OrdMap<K, usize>,
}

impl<K: Ord + Clone> Default for Groups<K> {
    fn default() -> Self {
        Self { rows: OrdSet::new(), counts: OrdMap::new() }
    }
}

impl<K: Ord + Clone> Groups<K> {
    pub(super) fn add(&mut self, group: K, id: u64) {
        if self.rows.insert((group.clone(), id)).is_none() {
            *self.counts.entry(group).or_insert(0) += 1;
        }
    }

    pub(super) fn take(&mut self, group: K, id: u64) {
        if self.rows.remove(&(group.clone(), id)).is_none() {
            return;
        }
        match self.counts.get_mut(&group) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                self.counts.remove(&group);
            }
        }
    }

    /// How many ids a group has.
    pub(in crate::icims) fn count(&self, group: &K) -> usize {
        self.counts.get(group).copied().unwrap_or_default()
    }

    /// The groups that have ids, with how many, from a group on.
    pub(in crate::icims) fn keys_from(&self, first: K) -> impl Iterator<Item = (&K, usize)> {
        self.counts.range(first..).map(|(group, count)| (group, *count))
    }

    /// The ids of a group within bounds, ascending.
    pub(in crate::icims) fn run(&self, group: K, ids: RangeInclusive<u64>) -> impl Iterator<Item = u64> {
        let bounds = (group.clone(), *ids.start())..=(group, *ids.end());
        self.rows.range(bounds).map(|(_, id)| *id)
    }
}
