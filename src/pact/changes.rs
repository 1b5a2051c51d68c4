//! What differs between two versions of a contract, interaction by interaction.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

/// Interactions by name: description and states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Only in the newer one.
    pub new: Vec<String>,
    /// In both, and not the same.
    pub changed: Vec<String>,
    /// Only in the older one.
    pub gone: Vec<String>,
}

impl Changes {
    /// What is different in the newer one. The order of interactions and who wrote them with what are no difference.
    #[must_use]
    pub fn between(older: &Value, newer: &Value) -> Self {
        let (old, new) = (interactions(older), interactions(newer));
        let only = |one: &BTreeMap<String, &Value>, other: &BTreeMap<String, &Value>| {
            one.keys().filter(|name| !other.contains_key(*name)).cloned().collect()
        };
        let changed = new.iter().filter(|(name, interaction)| old.get(*name).is_some_and(|before| before != *interaction));
        Self { new: only(&new, &old), changed: changed.map(|(name, _)| name.clone()).collect(), gone: only(&old, &new) }
    }

    /// Whether both say the same.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty() && self.gone.is_empty()
    }

    /// A line for each, at most so many.
    #[must_use]
    pub fn lines(&self, at_most: usize) -> Vec<String> {
        let each =
            |word: &'static str, names: &[String]| names.iter().map(move |name| format!("{word} {name}")).collect::<Vec<_>>();
        let mut lines = [each("new    ", &self.new), each("changed", &self.changed), each("gone   ", &self.gone)].concat();
        if lines.len() > at_most {
            let more = lines.len() - at_most;
            lines.truncate(at_most);
            lines.push(format!("… and {more} more"));
        }
        lines
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} new, {} changed, {} gone", self.new.len(), self.changed.len(), self.gone.len())
    }
}

fn interactions(pact: &Value) -> BTreeMap<String, &Value> {
    let each = pact["interactions"].as_array().map(Vec::as_slice).unwrap_or_default();
    each.iter().map(|interaction| (name(interaction), interaction)).collect()
}

/// The words by which people know an interaction: description and states.
pub(super) fn name(interaction: &Value) -> String {
    let description = interaction["description"].as_str().unwrap_or("(no description)");
    let states = interaction["providerStates"].as_array().map(Vec::as_slice).unwrap_or_default();
    let told: Vec<String> = states
        .iter()
        .filter_map(|state| {
            let name = state["name"].as_str()?;
            let params = state["params"].as_object().filter(|params| !params.is_empty());
            Some(params.map_or_else(|| name.to_owned(), |params| format!("{name} {}", Value::Object(params.clone()))))
        })
        .collect();
    let old_style = interaction["providerState"].as_str().map(str::to_owned);
    let told: Vec<String> = told.into_iter().chain(old_style).collect();
    if told.is_empty() { description.to_owned() } else { format!("{description}, given {}", told.join(" and ")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_order_is_no_difference_and_a_state_is_a_part_of_the_name() {
        let (a, b) = (json!({"description": "a"}), json!({"description": "b", "providerStates": [{"name": "s"}]}));
        let pact = |interactions: &[&Value]| json!({"interactions": interactions, "metadata": {"pactRust": 1}});
        assert!(Changes::between(&pact(&[&a, &b]), &pact(&[&b, &a])).is_nothing());
        let other = json!({"description": "b", "providerStates": [{"name": "t"}]});
        let changes = Changes::between(&pact(&[&a, &b]), &pact(&[&a, &other]));
        assert_eq!((changes.new, changes.gone), (vec!["b, given t".to_owned()], vec!["b, given s".to_owned()]));
        let changed = json!({"description": "a", "response": {"status": 200}});
        let changes = Changes::between(&pact(&[&a]), &pact(&[&changed]));
        assert_eq!(
            (changes.lines(5), changes.to_string()),
            (vec!["changed a".to_owned()], "0 new, 1 changed, 0 gone".to_owned())
        );
    }
}
