//! Who takes how much of a bounded store, so that whoever fills it pushes out what is its own.
//!
//! Journal and mail are shared by all customers of a process. When they are full, the oldest item of the owner with the largest share
//! makes room: a busy customer never costs a quiet one anything.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

/// What every item weighs beside its own bytes, so that many small ones count, too.
const OVERHEAD: usize = 512;
/// What is held of an owner, so that many owners count, too.
const OWNER: usize = 512;

/// The items of a store by owner: positions and weights, not the items themselves.
#[derive(Debug, Default)]
pub struct Shares {
    owners: HashMap<Arc<str>, Share>,
    by_weight: BTreeSet<(usize, Arc<str>)>,
    bytes: usize,
}

#[derive(Debug)]
struct Share {
    name: Arc<str>,
    weight: usize,
    /// Ascending.
    positions: VecDeque<u64>,
}

impl Shares {
    /// Notes an item of `owner`, behind all others; whoever belongs to nobody is the owner with the empty name.
    pub fn add(&mut self, owner: Option<&str>, position: u64, bytes: usize) {
        self.bytes += bytes;
        let owner = owner.unwrap_or_default();
        if !self.owners.contains_key(owner) {
            let name: Arc<str> = owner.into();
            self.owners.insert(Arc::clone(&name), Share { name, weight: 0, positions: VecDeque::new() });
        }
        let Some(share) = self.owners.get_mut(owner) else { return };
        share.positions.push_back(position);
        share.weigh(share.weight + bytes + OVERHEAD, &mut self.by_weight);
    }

    /// Takes out an item that was noted with the same owner and size.
    pub fn remove(&mut self, owner: Option<&str>, position: u64, bytes: usize) {
        self.bytes -= bytes;
        let Some(share) = self.owners.get_mut(owner.unwrap_or_default()) else { return };
        if let Ok(place) = share.positions.binary_search(&position) {
            share.positions.remove(place);
        }
        share.weigh(share.weight - bytes - OVERHEAD, &mut self.by_weight);
        if share.positions.is_empty() {
            self.owners.remove(owner.unwrap_or_default());
        }
    }

    /// The item that makes room: the oldest one of the owner with the largest share.
    #[must_use]
    pub fn first_to_go(&self) -> Option<u64> {
        let (_, owner) = self.by_weight.last()?;
        self.owners.get(owner)?.positions.front().copied()
    }

    /// The positions of an owner's items, ascending.
    pub fn of(&self, owner: Option<&str>) -> impl DoubleEndedIterator<Item = u64> {
        let share = self.owners.get(owner.unwrap_or_default());
        share.into_iter().flat_map(|share| share.positions.iter().copied())
    }

    /// The positions of an owner's items behind this one, ascending.
    pub fn newer(&self, owner: Option<&str>, after: u64) -> impl DoubleEndedIterator<Item = u64> {
        let share = self.owners.get(owner.unwrap_or_default());
        share.into_iter().flat_map(move |share| {
            let first = share.positions.partition_point(|position| *position <= after);
            share.positions.range(first..).copied()
        })
    }

    /// The bytes of all items.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The same, and what is held of their owners.
    #[must_use]
    pub fn held(&self) -> usize {
        self.bytes + self.owners.len() * OWNER
    }
}

impl Share {
    fn weigh(&mut self, weight: usize, by_weight: &mut BTreeSet<(usize, Arc<str>)>) {
        by_weight.remove(&(self.weight, Arc::clone(&self.name)));
        self.weight = weight;
        if !self.positions.is_empty() {
            by_weight.insert((weight, Arc::clone(&self.name)));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_owner_with_the_largest_share_makes_room_with_its_oldest_item() {
        let mut shares = Shares::default();
        shares.add(Some("quiet"), 1, 10);
        for position in 2..5 {
            shares.add(Some("busy"), position, 10);
        }
        shares.add(None, 5, 10);
        assert_eq!(shares.first_to_go(), Some(2));
        shares.remove(Some("busy"), 2, 10);
        shares.add(None, 6, 5_000);
        assert_eq!(shares.first_to_go(), Some(5), "size counts beside number");
        assert_eq!(shares.of(Some("busy")).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(shares.newer(Some("busy"), 3).collect::<Vec<_>>(), [4]);
        assert_eq!((shares.bytes(), shares.held()), (5_040, 3 * OWNER + 5_040));
    }

    proptest! {
        #[test]
        fn emptying_by_turns_leaves_nothing_behind(items in proptest::collection::vec((0_u8..4, 0_usize..2_000), 0..60)) {
            let mut shares = Shares::default();
            let name = |owner: u8| (owner > 0).then(|| owner.to_string());
            for (position, (owner, bytes)) in items.iter().enumerate() {
                shares.add(name(*owner).as_deref(), position as u64, *bytes);
            }
            for _ in 0..items.len() {
                let position = shares.first_to_go().expect("something is left");
                let (owner, bytes) = items[usize::try_from(position).expect("small")];
                shares.remove(name(owner).as_deref(), position, bytes);
            }
            prop_assert_eq!(shares.first_to_go(), None);
            prop_assert_eq!(shares.bytes(), 0);
            prop_assert!(shares.owners.is_empty() && shares.by_weight.is_empty());
        }
    }
}
