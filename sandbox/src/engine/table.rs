//! Rows in memory that remember which of them have changed.
//!
//! Tables are persistent in the functional sense: a clone shares all rows with its original and costs the same however many there
//! are. That is what makes snapshots instant; a row is copied when it is changed while somebody still holds the old one.

use std::any::Any;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::{Deref, RangeBounds};
use std::str::FromStr;
use std::sync::Arc;

use imbl::OrdMap;
use imbl::ordmap::DiffItem;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::disk::{Change, DiskError};

/// A row that tables share: two of them are the same when nobody has changed either.
#[derive(Debug)]
pub(super) struct Shared<V>(Arc<V>);

impl<V> Clone for Shared<V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<V> PartialEq for Shared<V> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<V> Deref for Shared<V> {
    type Target = V;

    fn deref(&self) -> &V {
        &self.0
    }
}

/// The rows of one kind, in key order. Every change is remembered until it is drained to disk.
#[derive(Clone, Debug)]
pub struct Table<K: Ord, V> {
    name: &'static str,
    rows: OrdMap<K, Shared<V>>,
    dirty: BTreeSet<K>,
}

impl<K: Ord + Clone, V: Clone> Table<K, V> {
    /// An empty table. The name is part of the stored form and never changes.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, rows: OrdMap::new(), dirty: BTreeSet::new() }
    }

    /// The row with this key.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key).map(Deref::deref)
    }

    /// The row with this key, to be changed: it counts as changed from now on.
    pub fn edit(&mut self, key: &K) -> Option<&mut V> {
        let row = self.rows.get_mut(key)?;
        self.dirty.insert(key.clone());
        Some(Arc::make_mut(&mut row.0))
    }

    /// Adds a row or replaces the one with the same key.
    pub fn put(&mut self, key: K, row: V) {
        self.dirty.insert(key.clone());
        self.rows.insert(key, Shared(Arc::new(row)));
    }

    /// Takes a row out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let row = self.rows.remove(key)?;
        self.dirty.insert(key.clone());
        Some(Arc::unwrap_or_clone(row.0))
    }

    /// All rows in ascending key order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.rows.iter().map(|(key, row)| (key, &**row))
    }

    /// The rows whose keys lie in a range, in ascending key order; finding the first one is as quick as a look-up.
    pub fn range(&self, keys: impl RangeBounds<K>) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.rows.range(keys).map(|(key, row)| (key, &**row))
    }

    /// All rows in ascending key order, without their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.rows.iter().map(|(_, row)| &**row)
    }

    /// The highest key in use.
    #[must_use]
    pub fn last_key(&self) -> Option<&K> {
        self.rows.get_max().map(|(key, _)| key)
    }

    /// What another table has differently, of which this was a clone or which was one of this: each row as it is there, or that it is
    /// gone. What both share is not looked at.
    pub(super) fn differences(&self, other: &Self) -> Vec<(K, Option<Shared<V>>)> {
        let theirs = |item: DiffItem<'_, '_, K, Shared<V>>| match item {
            DiffItem::Add(key, row) | DiffItem::Update { new: (key, row), .. } => (K::clone(key), Some(row.clone())),
            DiffItem::Remove(key, _) => (K::clone(key), None),
        };
        self.rows.diff(&other.rows).map(theirs).collect()
    }

    /// Puts a row in as it is elsewhere; it does not count as changed.
    pub(super) fn adopt(&mut self, key: K, row: Option<Shared<V>>) {
        match row {
            Some(row) => self.rows.insert(key, row),
            None => self.rows.remove(&key),
        };
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Exactly one row: settings and counters of a tenant.
#[derive(Clone, Debug)]
pub struct Single<V> {
    name: &'static str,
    row: Arc<V>,
    dirty: bool,
}

impl<V: Clone> Single<V> {
    /// The row with its first value, which counts as changed.
    #[must_use]
    pub fn new(name: &'static str, row: V) -> Self {
        Self { name, row: Arc::new(row), dirty: true }
    }

    /// The row.
    #[must_use]
    pub fn get(&self) -> &V {
        &self.row
    }

    /// The row, to be changed.
    pub fn edit(&mut self) -> &mut V {
        self.dirty = true;
        Arc::make_mut(&mut self.row)
    }
}

/// What disk and restore need of a table, whatever its rows are.
pub trait Rows: Any {
    /// The table's name in the stored form.
    fn name(&self) -> &'static str;
    /// The changes since the last drain, ready to be written; at most `limit` of them, to be called until there are none.
    ///
    /// # Errors
    /// When a row cannot be written as JSON.
    fn drain(&mut self, limit: usize) -> Result<Vec<Change>, DiskError>;
    /// Takes over what differs between two tables of the same type, of one of which this was a clone. It does not count as changed.
    fn catch_up(&mut self, base: &dyn Rows, tip: &dyn Rows);
    /// Whether there is always exactly one row.
    fn is_single(&self) -> bool {
        false
    }
    /// The table with its type.
    fn as_any(&self) -> &dyn Any;
    /// Every row, ready to be written, in key order.
    ///
    /// # Errors
    /// When a row cannot be written as JSON.
    fn stored(&self) -> Result<Vec<Change>, DiskError>;
    /// Whether something has changed since the last drain.
    fn is_dirty(&self) -> bool;
    /// Counts everything as drained: it has been stored by other means, or nowhere. Whether something had changed.
    fn settle(&mut self) -> bool;
    /// Puts a stored row back; it does not count as changed.
    ///
    /// # Errors
    /// When key or body cannot be read: the file is damaged or of another version.
    fn restore(&mut self, key: &str, body: &[u8]) -> Result<(), DiskError>;
}

impl<K, V> Rows for Table<K, V>
where
    K: Ord + Clone + Display + FromStr + 'static,
    V: Clone + Serialize + DeserializeOwned + 'static,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn drain(&mut self, limit: usize) -> Result<Vec<Change>, DiskError> {
        let mut changes = Vec::new();
        while changes.len() < limit
            && let Some(key) = self.dirty.pop_first()
        {
            let body = self.rows.get(&key).map(|row| encode(self.name, &**row)).transpose()?;
            changes.push(Change { table: self.name, key: key.to_string(), body });
        }
        Ok(changes)
    }

    fn catch_up(&mut self, base: &dyn Rows, tip: &dyn Rows) {
        let (Some(base), Some(tip)) = (base.as_any().downcast_ref::<Self>(), tip.as_any().downcast_ref()) else { return };
        for (key, row) in base.differences(tip) {
            self.adopt(key, row);
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn stored(&self) -> Result<Vec<Change>, DiskError> {
        let row = |(key, row): (&K, &Shared<V>)| {
            Ok(Change { table: self.name, key: key.to_string(), body: Some(encode(self.name, &**row)?) })
        };
        self.rows.iter().map(row).collect()
    }

    fn is_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    fn settle(&mut self) -> bool {
        let changed = !self.dirty.is_empty();
        self.dirty.clear();
        changed
    }

    fn restore(&mut self, key: &str, body: &[u8]) -> Result<(), DiskError> {
        let parsed = key.parse().map_err(|_| DiskError::damaged(self.name, key, "its key cannot be read"))?;
        self.rows.insert(parsed, Shared(Arc::new(decode(self.name, key, body)?)));
        Ok(())
    }
}

impl<V: Clone + Serialize + DeserializeOwned + 'static> Rows for Single<V> {
    fn is_single(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn drain(&mut self, _limit: usize) -> Result<Vec<Change>, DiskError> {
        if std::mem::take(&mut self.dirty) { self.stored() } else { Ok(Vec::new()) }
    }

    fn catch_up(&mut self, _base: &dyn Rows, tip: &dyn Rows) {
        if let Some(tip) = tip.as_any().downcast_ref::<Self>() {
            self.clone_from(tip);
            self.dirty = false;
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn stored(&self) -> Result<Vec<Change>, DiskError> {
        Ok(vec![Change { table: self.name, key: "1".into(), body: Some(encode(self.name, self.row.as_ref())?) }])
    }

    fn is_dirty(&self) -> bool {
        self.dirty
    }

    fn settle(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    fn restore(&mut self, key: &str, body: &[u8]) -> Result<(), DiskError> {
        self.row = Arc::new(decode(self.name, key, body)?);
        self.dirty = false;
        Ok(())
    }
}

fn encode<V: Serialize>(table: &'static str, row: &V) -> Result<Vec<u8>, DiskError> {
    serde_json::to_vec(row).map_err(|source| DiskError::Encode { table, source })
}

fn decode<V: DeserializeOwned>(table: &'static str, key: &str, body: &[u8]) -> Result<V, DiskError> {
    serde_json::from_slice(body).map_err(|source| DiskError::damaged(table, key, &source.to_string()))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_change_is_drained_once_and_restores_to_the_same_row() {
        let mut table: Table<u64, String> = Table::new("people");
        table.put(7, "Ana".into());
        let changes = table.drain(usize::MAX).expect("rows encode");
        assert_eq!(changes.len(), 1);
        assert!(table.drain(usize::MAX).expect("rows encode").is_empty());

        let mut again: Table<u64, String> = Table::new("people");
        again.restore(&changes[0].key, changes[0].body.as_deref().expect("a body")).expect("it restores");
        assert_eq!(again.get(&7).map(String::as_str), Some("Ana"));
        assert!(!again.is_dirty());
    }

    #[test]
    fn a_removed_row_drains_as_a_removal() {
        let mut table: Table<u64, String> = Table::new("people");
        table.put(7, "Ana".into());
        table.drain(usize::MAX).expect("rows encode");
        table.remove(&7);
        assert_eq!(table.drain(usize::MAX).expect("rows encode")[0].body, None);
    }

    #[test]
    fn a_clone_keeps_what_the_original_changes() {
        let mut table: Table<u64, String> = Table::new("people");
        table.put(7, "Ana".into());
        let kept = table.clone();
        table.edit(&7).expect("the row").push_str(" Sol");
        table.put(8, "Ben".into());
        assert_eq!(kept.values().collect::<Vec<_>>(), ["Ana"]);
        assert_eq!(table.values().collect::<Vec<_>>(), ["Ana Sol", "Ben"]);
        assert_eq!(table.range(8..).count(), 1);
    }

    #[test]
    fn a_clone_copies_no_row_and_a_change_copies_one_however_many_there_are() {
        /// Counts how often it is copied.
        #[derive(Debug)]
        struct Counted(Arc<AtomicUsize>);
        impl Clone for Counted {
            fn clone(&self) -> Self {
                self.0.fetch_add(1, Ordering::SeqCst);
                Self(Arc::clone(&self.0))
            }
        }
        for size in [1_000, 100_000] {
            let copies = Arc::new(AtomicUsize::new(0));
            let mut table = Table::new("people");
            (0..size).for_each(|key: u64| table.put(key, Counted(Arc::clone(&copies))));
            let snapshots: Vec<_> = (0..100).map(|_| table.clone()).collect();
            assert_eq!(copies.load(Ordering::SeqCst), 0, "{size} rows");
            table.edit(&7).expect("a row");
            table.edit(&7).expect("a row, copied before");
            table.remove(&8).expect("a row");
            assert_eq!(copies.load(Ordering::SeqCst), 2, "{size} rows: the changed one, and the one that was handed out");
            assert!(snapshots.iter().all(|snapshot| snapshot.get(&8).is_some()));
        }
    }

    #[test]
    fn a_damaged_row_is_refused_and_named() {
        let mut table: Table<u64, String> = Table::new("people");
        let error = table.restore("7", b"{").expect_err("half a row");
        assert!(error.to_string().contains("people"), "{error}");
    }
}
