//! List editors: looking nodes up by id or label, and loading packages.

use std::collections::BTreeSet;

use crate::icims::model::{Node, NodeId};
use crate::icims::schema::{LISTS, list};

use super::{CustomerState, Refusal};

/// The longest label of a node or a field in characters, as on the administrator's pages (*assumed*).
pub(in crate::icims) const LABEL_LIMIT: usize = 255;

/// A bin with its statuses, in the order in which candidates usually pass them.
#[derive(Clone, Debug)]
pub struct Bin {
    /// The bin's own node.
    pub id: NodeId,
    /// Its label, such as `New Submissions`.
    pub label: String,
    /// Its statuses.
    pub statuses: Vec<Node>,
}

/// A package: one label in two lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Node on the job, in Assessment Type.
    pub on_job: NodeId,
    /// Node on the result row, in Assessment Name.
    pub on_result: NodeId,
}

impl CustomerState {
    /// The node with this id, in whatever list.
    #[must_use]
    pub fn node(&self, id: &NodeId) -> Option<&Node> {
        self.lists.get(id)
    }

    /// The nodes of a list below `parent` that have not been taken out, by ascending position; `None` is the top level.
    #[must_use]
    pub fn nodes(&self, list: &str, parent: Option<&NodeId>) -> Vec<&Node> {
        self.lists.lookups().below(list, parent).filter_map(|id| self.node(id)).filter(|node| !node.removed).collect()
    }

    /// The nodes of a list that are offered for choosing, and those that are not any more where they are `kept`: what has them keeps them.
    pub fn offered(&self, list: &str, kept: impl Fn(&NodeId) -> bool) -> impl Iterator<Item = &Node> {
        let all = self.lists.lookups().below(list, None).filter_map(|id| self.node(id));
        all.filter(move |node| node.is_offered() || kept(&node.id))
    }

    /// The node of a list with this visible label. Equal labels: the first one is used (icims-api 5.10 says an arbitrary one).
    #[must_use]
    pub fn node_labelled(&self, list: &str, label: &str) -> Option<&Node> {
        self.nodes_labelled(list, label).find(|node| node.is_offered())
    }

    /// The ids of all hidden nodes.
    pub fn hidden_nodes(&self) -> impl Iterator<Item = &NodeId> {
        self.lists.values().filter(|node| node.hidden).map(|node| &node.id)
    }

    /// Hides these nodes and no others.
    ///
    /// # Errors
    /// When there is no such node; then nothing changes.
    pub fn hide_nodes(&mut self, hidden: &BTreeSet<NodeId>) -> Result<(), Refusal> {
        if let Some(unknown) = hidden.iter().find(|id| self.node(id).is_none()) {
            return Err(Refusal::Invalid(unknown.to_string()));
        }
        let differs = |node: &&Node| node.hidden != hidden.contains(&node.id);
        let changed: Vec<NodeId> = self.lists.values().filter(differs).map(|node| node.id.clone()).collect();
        for id in changed {
            if let Some(mut node) = self.lists.edit(&id) {
                node.hidden = !node.hidden;
            }
        }
        Ok(())
    }

    /// All nodes of a list with this label, those that are hidden or taken out included.
    pub fn nodes_labelled(&self, list: &str, label: &str) -> impl Iterator<Item = &Node> {
        self.lists.lookups().labelled(list, label.trim()).filter_map(|id| self.node(id))
    }

    /// The text that a node shows: statuses read `Bin - Status` (icims-api 7.5).
    #[must_use]
    pub fn node_text(&self, id: &NodeId) -> String {
        self.joined(id, " - ")
    }

    /// A status as screens show it, `Bin: Status` (assessment-flow 7).
    #[must_use]
    pub fn status_label(&self, id: &NodeId) -> String {
        self.joined(id, ": ")
    }

    fn joined(&self, id: &NodeId, separator: &str) -> String {
        let Some(node) = self.node(id) else { return id.to_string() };
        match node.parent.as_ref().filter(|_| node.list == list::STATUSES).and_then(|bin| self.node(bin)) {
            Some(bin) => format!("{}{separator}{}", bin.label, node.label),
            None => node.label.clone(),
        }
    }

    /// The bins with their statuses.
    #[must_use]
    pub fn bins(&self) -> Vec<Bin> {
        let bins = self.nodes(list::STATUSES, None);
        let with_statuses = |bin: &Node| Bin {
            id: bin.id.clone(),
            label: bin.label.clone(),
            statuses: self.nodes(list::STATUSES, Some(&bin.id)).into_iter().cloned().collect(),
        };
        bins.into_iter().map(with_statuses).collect()
    }

    /// Whether this node is a status, not a bin and not of another list.
    #[must_use]
    pub fn is_status(&self, id: &NodeId) -> bool {
        self.node(id).is_some_and(|node| node.list == list::STATUSES && node.parent.is_some())
    }

    /// Adds a node at the top level of a list. A label that is there already is not added again.
    ///
    /// # Errors
    /// When there is no such list, the label is empty or too long, or there is no room.
    pub fn add_node(&mut self, list: &str, label: &str) -> Result<NodeId, Refusal> {
        let known = LISTS.iter().find(|known| known.key == list).ok_or_else(|| Refusal::Invalid("list".into()))?;
        let label = label.trim();
        if label.is_empty() {
            return Err(Refusal::Required("label".into()));
        }
        if label.chars().count() > LABEL_LIMIT {
            return Err(Refusal::TooLong { field: "label".into(), max: LABEL_LIMIT });
        }
        if let Some(node) = self.node_labelled(list, label) {
            return Ok(node.id.clone());
        }
        self.check_node_room(1)?;
        let id = self.fresh_node_id(0);
        self.counters.edit().node += 1;
        self.lists.put(id.clone(), made_here(id.clone(), known.key, label));
        Ok(id)
    }

    /// Loads a package into both lists under the same label, as the vendor's guide asks (assessment-flow 4.3).
    ///
    /// # Errors
    /// When the label is empty or too long, or there is no room.
    pub fn load_package(&mut self, label: &str) -> Result<Package, Refusal> {
        // Room for both, as a package in one list alone is of no use.
        self.check_node_room(2)?;
        let on_job = self.add_node(list::ASSESSMENT_TYPE, label)?;
        let on_result = self.add_node(list::ASSESSMENT_NAME, label)?;
        Ok(Package { on_job, on_result })
    }

    /// The id that the next tenant-made node gets, `ahead` of the counter.
    pub(super) fn fresh_node_id(&self, ahead: u64) -> NodeId {
        format!("C{}", self.counters.get().node + ahead).parse().expect("a letter and digits are a node id")
    }
}

/// A node made in the tenant.
pub(super) fn made_here(id: NodeId, list: &str, label: &str) -> Node {
    Node { id, list: list.into(), label: label.into(), parent: None, abbrev: None, hidden: false, removed: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::icims::state::fixture::platform;

    #[test]
    fn lists_take_no_more_nodes_than_there_is_room_for() {
        let mut state = platform().state;
        state.limits.nodes = state.lists.len() + 3;
        state.load_package("Typing").expect("there is room for two and one more");
        let refusal = state.load_package("Reading").expect_err("there is room for one");
        assert!(matches!(refusal, Refusal::TooManyNodes { .. }), "{refusal}");
        assert!(state.node_labelled(list::ASSESSMENT_TYPE, "Reading").is_none(), "nothing half is left behind");
        state.add_node(list::SKILL, "Reading").expect("there is room for one");
        assert!(state.add_node(list::SKILL, "Writing").is_err());
        assert_eq!(state.lists.len(), state.limits.nodes);
    }

    #[test]
    fn a_label_longer_than_a_page_takes_is_refused() {
        let mut state = platform().state;
        assert!(state.load_package(&"ä".repeat(LABEL_LIMIT)).is_ok());
        assert!(matches!(state.load_package(&"ä".repeat(LABEL_LIMIT + 1)), Err(Refusal::TooLong { .. })));
    }
}
