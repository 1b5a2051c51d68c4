//! How list nodes are found: below one another, by label and by short form.

use imbl::OrdSet;

use crate::engine::Lookups;
use crate::icims::model::{Node, NodeId};

/// Where a node is within its list: short numbers first, and bins are numbered in the order candidates pass them.
type Place = (u8, String, NodeId);

/// How list nodes are found. List names and labels are texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::icims) struct NodeLookups {
    below: OrdSet<(String, Option<NodeId>, Place)>,
    labelled: OrdSet<(String, String, NodeId)>,
    abbreviated: OrdSet<(String, String, NodeId)>,
}

/// What the look-ups of a node depend on.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::icims) struct NodeKeys {
    list: String,
    label: String,
    parent: Option<NodeId>,
    abbrev: Option<String>,
    id: NodeId,
}

impl NodeLookups {
    /// The nodes of a list below `parent`, in order.
    pub(in crate::icims::state) fn below(&self, list: &str, parent: Option<&NodeId>) -> impl Iterator<Item = &NodeId> {
        let first = (list.to_owned(), parent.cloned(), (0, String::new(), NodeId::first()));
        let (list, parent) = (first.0.clone(), first.1.clone());
        self.below.range(first..).take_while(move |(of, under, _)| *of == list && *under == parent).map(|(_, _, (_, _, id))| id)
    }

    /// The nodes of a list with this label in the order of their ids.
    pub(in crate::icims::state) fn labelled(&self, list: &str, label: &str) -> impl Iterator<Item = &NodeId> {
        named(&self.labelled, list, label)
    }

    /// The nodes of a list with this short form in the order of their ids.
    pub(in crate::icims::state) fn abbreviated(&self, list: &str, abbrev: &str) -> impl Iterator<Item = &NodeId> {
        named(&self.abbreviated, list, abbrev)
    }
}

fn place(id: &NodeId) -> Place {
    let bare = id.bare();
    (u8::try_from(bare.len()).unwrap_or(u8::MAX), bare.to_owned(), id.clone())
}

fn named<'a>(names: &'a OrdSet<(String, String, NodeId)>, list: &str, name: &str) -> impl Iterator<Item = &'a NodeId> {
    let first = (list.to_owned(), name.to_owned(), NodeId::first());
    let (list, name) = (first.0.clone(), first.1.clone());
    names.range(first..).take_while(move |(of, known, _)| *of == list && *known == name).map(|(_, _, id)| id)
}

impl Lookups<NodeId, Node> for NodeLookups {
    type Keys = NodeKeys;

    fn keys(key: &NodeId, row: &Node) -> NodeKeys {
        let (list, label) = (row.list.clone(), row.label.clone());
        NodeKeys { list, label, parent: row.parent.clone(), abbrev: row.abbrev.clone(), id: key.clone() }
    }

    fn add(&mut self, keys: NodeKeys) {
        self.below.insert((keys.list.clone(), keys.parent, place(&keys.id)));
        if let Some(abbrev) = keys.abbrev {
            self.abbreviated.insert((keys.list.clone(), abbrev, keys.id.clone()));
        }
        self.labelled.insert((keys.list, keys.label, keys.id));
    }

    fn take(&mut self, keys: NodeKeys) {
        self.below.remove(&(keys.list.clone(), keys.parent, place(&keys.id)));
        if let Some(abbrev) = keys.abbrev {
            self.abbreviated.remove(&(keys.list.clone(), abbrev, keys.id.clone()));
        }
        self.labelled.remove(&(keys.list, keys.label, keys.id));
    }
}
