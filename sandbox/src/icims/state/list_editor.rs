//! What the List Editor does to an entry that is there: another label, hiding it, taking it out. Its id stays what it was.
//!
//! *Assumed*, as no document describes the editor: what has been taken out is offered nowhere, cannot be set, and is not among the nodes of
//! its list any more; records that have it are read as before, with its label.

use crate::icims::model::{Node, NodeId};

use super::lists::LABEL_LIMIT;
use super::{CustomerState, Refusal};

impl CustomerState {
    /// Gives an entry of a list another label.
    ///
    /// # Errors
    /// When there is no such entry, the label is empty or too long, or another entry of the list has it.
    pub fn rename_node(&mut self, id: &NodeId, label: &str) -> Result<(), Refusal> {
        let (label, list) = (label.trim(), self.listed(id)?.list.clone());
        if label.is_empty() {
            return Err(Refusal::Required("label".into()));
        }
        if label.chars().count() > LABEL_LIMIT {
            return Err(Refusal::TooLong { field: "label".into(), max: LABEL_LIMIT });
        }
        if self.nodes_labelled(&list, label).any(|other| other.id != *id && !other.removed) {
            return Err(Refusal::Invalid("label".into()));
        }
        if let Some(mut node) = self.lists.edit(id) {
            node.label = label.to_owned();
        }
        Ok(())
    }

    /// Hides an entry of a list, or shows it again.
    ///
    /// # Errors
    /// When there is no such entry.
    pub fn hide_node(&mut self, id: &NodeId, hidden: bool) -> Result<(), Refusal> {
        self.listed(id)?;
        if let Some(mut node) = self.lists.edit(id) {
            node.hidden = hidden;
        }
        Ok(())
    }

    /// Takes an entry out of its list. Its label is free again.
    ///
    /// # Errors
    /// When there is no such entry.
    pub fn remove_node(&mut self, id: &NodeId) -> Result<(), Refusal> {
        self.listed(id)?;
        if let Some(mut node) = self.lists.edit(id) {
            node.removed = true;
        }
        Ok(())
    }

    fn listed(&self, id: &NodeId) -> Result<&Node, Refusal> {
        self.node(id).filter(|node| !node.removed).ok_or_else(|| Refusal::Invalid(id.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::icims::schema::list;
    use crate::icims::state::fixture::platform;

    #[test]
    fn an_entry_keeps_its_id_and_gives_its_label_back() {
        let mut state = platform().state;
        let typing = state.add_node(list::ASSESSMENT_TYPE, "Typing").expect("room");
        let reading = state.add_node(list::ASSESSMENT_TYPE, "Reading").expect("room");
        assert!(matches!(state.rename_node(&typing, " Reading "), Err(Refusal::Invalid(_))), "two would look the same");
        assert!(matches!(state.rename_node(&typing, " "), Err(Refusal::Required(_))));
        assert!(matches!(state.rename_node(&typing, &"x".repeat(LABEL_LIMIT + 1)), Err(Refusal::TooLong { .. })));
        state.rename_node(&typing, "Writing").expect("a new label");
        assert_eq!(state.node_labelled(list::ASSESSMENT_TYPE, "Writing").map(|node| &node.id), Some(&typing));
        assert!(state.node_labelled(list::ASSESSMENT_TYPE, "Typing").is_none());

        state.remove_node(&reading).expect("it is there");
        assert!(state.rename_node(&reading, "Again").is_err() && state.hide_node(&reading, false).is_err());
        state.rename_node(&typing, "Reading").expect("the label is free");
        assert_eq!(state.node_text(&reading), "Reading", "what has it is read as before");
        let anew = state.remove_node(&typing).and_then(|()| state.add_node(list::ASSESSMENT_TYPE, "Reading"));
        assert!(anew.is_ok_and(|anew| anew != reading && anew != typing));
    }
}
