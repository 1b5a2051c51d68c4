//! A table with its look-ups: whoever changes a row changes them, too, because there is no other way to a row.

mod followed;

use std::any::Any;
use std::fmt::Display;
use std::ops::{Deref, DerefMut};
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::disk::{Change, DiskError};
use super::table::{Rows, Table};
use followed::Followed;

/// Other ways to find rows than by key. Derived from the rows and never stored; made of persistent collections, as tables are.
pub trait Lookups<K, V>: Clone + Default {
    /// What of a row the look-ups depend on.
    type Keys: PartialEq + Clone;
    /// Draws that from a row.
    fn keys(key: &K, row: &V) -> Self::Keys;
    /// A row with these keys is there now.
    fn add(&mut self, keys: Self::Keys);
    /// A row with these keys is there no more.
    fn take(&mut self, keys: Self::Keys);
}

/// The rows of one kind and the other ways to find them. Reads like a [`Table`].
#[derive(Clone, Debug)]
pub struct Indexed<K: Ord, V, L: Lookups<K, V>> {
    table: Table<K, V>,
    lookups: Followed<K, V, L>,
}

impl<K: Ord + Clone, V: Clone, L: Lookups<K, V>> Indexed<K, V, L> {
    /// An empty table. The name is part of the stored form and never changes.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { table: Table::new(name), lookups: Followed::default() }
    }

    /// The other ways to find rows.
    #[must_use]
    pub fn lookups(&self) -> &L {
        self.lookups.look()
    }

    /// The row with this key, to be changed: it counts as changed from now on, and the look-ups follow when the change is over.
    pub fn edit(&mut self, key: &K) -> Option<Edited<'_, K, V, L>> {
        let row = self.table.edit(key)?;
        let before = Some(L::keys(key, row));
        Some(Edited { key: key.clone(), row, lookups: &mut self.lookups, before })
    }

    /// Adds a row or replaces the one with the same key.
    pub fn put(&mut self, key: K, row: V) {
        self.forget(&key);
        self.lookups.add(L::keys(&key, &row));
        self.table.put(key, row);
    }

    /// Takes a row out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.forget(key);
        self.table.remove(key)
    }

    /// The look-ups as the rows alone tell them.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn rebuilt(&self) -> L {
        let mut lookups = L::default();
        for (key, row) in self.table.iter() {
            lookups.add(L::keys(key, row));
        }
        lookups
    }

    fn forget(&mut self, key: &K) {
        if let Some(row) = self.table.get(key) {
            self.lookups.take(L::keys(key, row));
        }
    }
}

impl<K: Ord, V, L: Lookups<K, V>> Deref for Indexed<K, V, L> {
    type Target = Table<K, V>;

    fn deref(&self) -> &Table<K, V> {
        &self.table
    }
}

/// A row that is being changed.
#[derive(Debug)]
pub struct Edited<'a, K, V, L: Lookups<K, V>> {
    key: K,
    row: &'a mut V,
    lookups: &'a mut Followed<K, V, L>,
    // Taken when the change is over.
    before: Option<L::Keys>,
}

impl<K, V, L: Lookups<K, V>> Deref for Edited<'_, K, V, L> {
    type Target = V;

    fn deref(&self) -> &V {
        self.row
    }
}

impl<K, V, L: Lookups<K, V>> DerefMut for Edited<'_, K, V, L> {
    fn deref_mut(&mut self) -> &mut V {
        self.row
    }
}

impl<K, V, L: Lookups<K, V>> Drop for Edited<'_, K, V, L> {
    fn drop(&mut self) {
        let after = L::keys(&self.key, self.row);
        if let Some(before) = self.before.take().filter(|before| *before != after) {
            self.lookups.take(before);
            self.lookups.add(after);
        }
    }
}

impl<K, V, L> Rows for Indexed<K, V, L>
where
    K: Ord + Clone + Display + FromStr + 'static,
    V: Clone + Serialize + DeserializeOwned + 'static,
    L: Lookups<K, V> + 'static,
    L::Keys: 'static,
{
    fn name(&self) -> &'static str {
        self.table.name()
    }

    fn drain(&mut self, limit: usize) -> Result<Vec<Change>, DiskError> {
        self.table.drain(limit)
    }

    fn catch_up(&mut self, base: &dyn Rows, tip: &dyn Rows) {
        let (Some(base), Some(tip)) = (base.as_any().downcast_ref::<Self>(), tip.as_any().downcast_ref::<Self>()) else { return };
        for (key, row) in base.table.differences(&tip.table) {
            self.forget(&key);
            if let Some(row) = &row {
                self.lookups.add(L::keys(&key, row));
            }
            self.table.adopt(key, row);
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn stored(&self) -> Result<Vec<Change>, DiskError> {
        self.table.stored()
    }

    fn is_dirty(&self) -> bool {
        self.table.is_dirty()
    }

    fn settle(&mut self) -> bool {
        self.table.settle()
    }

    fn restore(&mut self, key: &str, body: &[u8]) -> Result<(), DiskError> {
        let keys = |table: &Table<K, V>| {
            let key = key.parse().ok()?;
            table.get(&key).map(|row| L::keys(&key, row))
        };
        let before = keys(&self.table);
        self.table.restore(key, body)?;
        before.into_iter().for_each(|keys| self.lookups.take(keys));
        keys(&self.table).into_iter().for_each(|keys| self.lookups.add(keys));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use imbl::OrdSet;

    use super::*;

    #[derive(Clone, Debug, Default, PartialEq)]
    struct ByName(OrdSet<(String, u64)>);

    impl Lookups<u64, String> for ByName {
        type Keys = (String, u64);

        fn keys(key: &u64, row: &String) -> Self::Keys {
            (row.clone(), *key)
        }

        fn add(&mut self, keys: Self::Keys) {
            self.0.insert(keys);
        }

        fn take(&mut self, keys: Self::Keys) {
            self.0.remove(&keys);
        }
    }

    fn names(table: &Indexed<u64, String, ByName>) -> Vec<(&str, u64)> {
        table.lookups().0.iter().map(|(name, id)| (name.as_str(), *id)).collect()
    }

    #[test]
    fn lookups_follow_whatever_happens_to_a_row() {
        let mut table: Indexed<u64, String, ByName> = Indexed::new("people");
        table.put(1, "Ines".into());
        table.put(2, "Ben".into());
        let kept = table.clone();
        table.edit(&1).expect("the row").push_str(" Okafor");
        table.put(2, "Benedikt".into());
        assert_eq!(names(&table), [("Benedikt", 2), ("Ines Okafor", 1)]);
        table.remove(&2);
        assert_eq!(names(&table), [("Ines Okafor", 1)]);
        assert_eq!(names(&kept), [("Ben", 2), ("Ines", 1)]);
    }

    #[test]
    fn restored_rows_are_found_and_damaged_ones_leave_what_was_there() {
        let mut table: Indexed<u64, String, ByName> = Indexed::new("people");
        table.restore("1", b"\"Ines\"").expect("a row");
        table.restore("1", b"\"Zoe\"").expect("the same row again");
        table.restore("1", b"{").expect_err("half a row");
        assert_eq!(names(&table), [("Zoe", 1)]);
        assert!(!table.is_dirty());
    }
}
