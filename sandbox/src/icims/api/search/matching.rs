//! Whether a profile matches a query (icims-api 10.3 to 10.5).
//!
//! Values are resolved once per search. A bad node id matches nothing, a bad date is ignored: both are documented quirks.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::icims::model::{NodeId, ProfileKey, Record, Value, WorkflowId};
use crate::icims::schema::{LISTS, ProfileType, list};
use crate::icims::state::CustomerState;
use crate::icims::state::lists::LABEL_LIMIT;

use super::budget::Budget;
use super::comparing::{Numbers, each, midnight, moment_matches, node_matches, number_matches, search_moment, text_matches};
use super::names::{Compared, What};
use super::query::{Filter, Group, Operator};

/// What stands between a bin and its status.
const SEPARATOR: &str = " - ";
/// The longest text that a status can have, in bytes: a bin, the separator and a status.
const STATUS_TEXT_LIMIT: usize = 2 * 4 * LABEL_LIMIT + SEPARATOR.len();
/// What it costs to look for the nodes that a value names, in steps.
const RESOLVING: usize = 64;

/// A query made ready for one state.
pub(super) struct Matcher<'a> {
    pub(super) state: &'a CustomerState,
    pub(super) kind: ProfileType,
    pub(super) root: Node,
    pub(super) budget: Budget,
}

pub(super) struct Node {
    pub(super) any: bool,
    pub(super) tests: Vec<(Filter, Wanted)>,
    pub(super) children: Vec<Node>,
}

/// What a filter compares with.
pub(super) enum Wanted {
    /// In lower case.
    Texts(Vec<String>),
    /// The ids that are listed in any value, and those that are a whole value.
    Ids {
        listed: BTreeSet<u64>,
        alone: BTreeSet<u64>,
    },
    Numbers(Numbers),
    Nodes(BTreeSet<NodeId>),
    /// Start and end; a bound that cannot be read is not there.
    Moments(Option<Timestamp>, Option<Timestamp>),
}

impl<'a> Matcher<'a> {
    pub(super) fn new(state: &'a CustomerState, kind: ProfileType, group: &Group, now: Timestamp, steps: usize) -> Self {
        let budget = Budget::new(steps);
        Self { state, kind, root: ready(state, group, now, &budget), budget }
    }

    /// Whether a profile matches; what is answered once the budget is spent means nothing.
    pub(super) fn matches(&self, id: u64) -> bool {
        self.budget.spend(1) && self.state.record((self.kind, id)).is_some() && self.group(&self.root, id)
    }

    fn group(&self, node: &Node, id: u64) -> bool {
        let mut tests = node.tests.iter().map(|(filter, wanted)| self.test(filter, wanted, id));
        let mut children = node.children.iter().map(|child| self.group(child, id));
        if node.any { tests.any(|met| met) || children.any(|met| met) } else { tests.all(|met| met) && children.all(|met| met) }
    }

    fn test(&self, filter: &Filter, wanted: &Wanted, id: u64) -> bool {
        if !self.budget.spend(1) {
            return false;
        }
        let Some(key) = self.related(filter.target.of, id) else { return false };
        let Some(record) = self.state.record(key) else { return false };
        if let What::Absent(..) = filter.target.what {
            return meets_without_value(filter, wanted, &self.budget);
        }
        match wanted {
            Wanted::Texts(wanted) => {
                let have = self.texts(key, record, filter.target.what);
                self.budget.spend(have.iter().map(|text| text.len() / 64).sum());
                text_matches(filter.operator, &have, wanted, &self.budget)
            }
            Wanted::Ids { listed, alone } => match filter.operator {
                Operator::Equal => listed.contains(&key.1),
                Operator::Exact => alone.contains(&key.1),
                Operator::NotExact => !alone.contains(&key.1),
                _ => !listed.contains(&key.1),
            },
            Wanted::Numbers(wanted) => {
                let have = self.counted(numbers(key, record, filter.target.what));
                each(filter.operator, &have, |number| number_matches(filter.operator, number, wanted))
            }
            Wanted::Nodes(wanted) => {
                let have = self.counted(self.nodes(key, record, filter.target.what));
                node_matches(filter.operator, &have, wanted, filter.values.is_empty())
            }
            Wanted::Moments(from, to) => {
                let have = self.counted(moments(record, filter.target.what));
                each(filter.operator, &have, |moment| moment_matches(filter, moment, *from, *to))
            }
        }
    }

    /// Values that are looked at one by one.
    fn counted<T>(&self, values: Vec<T>) -> Vec<T> {
        self.budget.spend(values.len());
        values
    }

    /// The profile that a filter looks at, seen from a result.
    fn related(&self, of: ProfileType, id: u64) -> Option<ProfileKey> {
        if of == self.kind {
            return Some((of, id));
        }
        let workflow = self.state.workflow(WorkflowId::new(id))?;
        match of {
            ProfileType::People => Some((of, workflow.person.get())),
            ProfileType::Jobs => Some((of, workflow.job.get())),
            ProfileType::Companies | ProfileType::Workflows | ProfileType::Onboarding => None,
        }
    }

    /// The value of a sub-field of the address where a job is.
    fn at_location(&self, record: &'a Record, field: &str) -> Option<&'a Value> {
        let Value::Location { company, entry } = record.fields.get("joblocation")? else { return None };
        let addresses = self.state.company(*company)?.record.entries("addresses");
        self.budget.spend(addresses.len());
        addresses.iter().find(|address| address.entry == Some(*entry))?.fields.get(field)
    }

    /// The values of a sub-field in all addresses of a profile.
    fn of_addresses(&self, key: ProfileKey, record: &'a Record, field: &str) -> Vec<Cow<'a, Value>> {
        let stored = record.entries("addresses").iter().filter_map(|entry| entry.fields.get(field)).map(Cow::Borrowed);
        stored.chain(self.state.told_home(key, field).map(Cow::Owned)).collect()
    }

    fn texts(&self, key: ProfileKey, record: &'a Record, what: What) -> Vec<String> {
        match what {
            What::AddressText(field) => {
                let texts = self.of_addresses(key, record, field).into_iter().filter_map(|value| text_of(&value));
                texts.filter(|text| !text.is_empty()).collect()
            }
            What::LocationText(field) => self.at_location(record, field).and_then(text_of).into_iter().collect(),
            What::LocationLabel(field) => {
                let label = |value: &Value| if let Value::Node(id) = value { self.state.node(id) } else { None };
                self.at_location(record, field).and_then(label).map(|node| node.label.to_lowercase()).into_iter().collect()
            }
            _ => texts(record, what),
        }
    }

    fn nodes(&self, key: ProfileKey, record: &'a Record, what: What) -> Vec<NodeId> {
        match what {
            What::LocationNode(field) => {
                let node = |value: &Value| if let Value::Node(id) = value { Some(id.clone()) } else { None };
                self.at_location(record, field).and_then(node).into_iter().collect()
            }
            What::Node(field) => record.node(field).cloned().into_iter().collect(),
            What::Custom(custom) => {
                let nodes = |value: &Value| match value {
                    Value::Node(id) => vec![id.clone()],
                    Value::Nodes(ids) => ids.clone(),
                    _ => Vec::new(),
                };
                custom.values(record).into_iter().flat_map(nodes).collect()
            }
            What::Bin => {
                let status = record.node("status").and_then(|status| self.state.node(status));
                status.and_then(|status| status.parent.clone()).into_iter().collect()
            }
            What::AddressNode(field) => {
                let values = self.of_addresses(key, record, field).into_iter();
                values.filter_map(|value| if let Value::Node(id) = value.as_ref() { Some(id.clone()) } else { None }).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Whether a profile without any value meets a filter: one that is blank, or differs from something.
pub(super) fn meets_without_value(filter: &Filter, wanted: &Wanted, budget: &Budget) -> bool {
    match wanted {
        Wanted::Texts(wanted) => text_matches(filter.operator, &[], wanted, budget),
        Wanted::Ids { .. } => false,
        Wanted::Numbers(wanted) => number_matches(filter.operator, None, wanted),
        Wanted::Nodes(wanted) => node_matches(filter.operator, &[], wanted, filter.values.is_empty()),
        Wanted::Moments(from, to) => moment_matches(filter, None, *from, *to),
    }
}

fn ready(state: &CustomerState, group: &Group, now: Timestamp, budget: &Budget) -> Node {
    let wanted = |filter: &Filter| match filter.target.what.compared() {
        Compared::Text if filter.target.what == What::IdCsv => {
            let ids = |text: &str| text.split(',').filter_map(|id| id.trim().parse().ok()).collect::<Vec<u64>>();
            let listed = filter.values.iter().flat_map(|value| ids(value)).collect();
            Wanted::Ids { listed, alone: filter.values.iter().filter_map(|value| value.trim().parse().ok()).collect() }
        }
        Compared::Text => Wanted::Texts(filter.values.iter().map(|value| value.to_lowercase()).collect()),
        Compared::Number => Wanted::Numbers(Numbers::read(&filter.values)),
        Compared::ZipRadius => Wanted::Nodes(BTreeSet::new()),
        Compared::Nodes => Wanted::Nodes(resolved(state, &filter.values, budget)),
        Compared::DateOnly | Compared::DateTime => {
            let bound = |values: &[String]| values.first().and_then(|text| search_moment(text, now));
            Wanted::Moments(bound(&filter.values), filter.secondary.as_deref().and_then(bound))
        }
    };
    Node {
        any: group.any,
        tests: group.filters.iter().map(|filter| (filter.clone(), wanted(filter))).collect(),
        children: group.children.iter().map(|child| ready(state, child, now, budget)).collect(),
    }
}

/// The nodes that the values name: by id, by the id's number, by label, or by `Bin - Status` (icims-api 10.4).
fn resolved(state: &CustomerState, values: &[String], budget: &Budget) -> BTreeSet<NodeId> {
    let mut found = BTreeSet::new();
    let short = values.iter().map(|value| value.trim()).filter(|value| value.len() <= STATUS_TEXT_LIMIT);
    for value in short.take_while(|_| budget.spend(RESOLVING)) {
        let letters = ('A'..='Z').map(|letter| format!("{letter}{value}"));
        let ids = std::iter::once(value.to_owned()).chain(letters).filter_map(|id| id.parse().ok());
        found.extend(ids.filter(|id| state.node(id).is_some()));
        for list in LISTS {
            found.extend(state.nodes_labelled(list.key, value).map(|node| node.id.clone()));
        }
        for (place, separator) in value.match_indices(SEPARATOR).take_while(|_| budget.spend(RESOLVING)) {
            let statuses = state.nodes_labelled(list::STATUSES, &value[place + separator.len()..]);
            found.extend(statuses.map(|node| node.id.clone()).filter(|id| state.node_text(id) == value));
        }
    }
    found
}

fn texts(record: &Record, what: What) -> Vec<String> {
    match what {
        What::Text(field) => vec![record.text(field).to_lowercase()],
        What::Custom(custom) => custom.values(record).into_iter().filter_map(text_of).collect(),
        _ => Vec::new(),
    }
    .into_iter()
    .filter(|text| !text.is_empty())
    .collect()
}

fn text_of(value: &Value) -> Option<String> {
    if let Value::Text(text) = value { Some(text.to_lowercase()) } else { None }
}

fn numbers(key: ProfileKey, record: &Record, what: What) -> Vec<i64> {
    let number = |value: &Value| match value {
        Value::Number(number) => Some(*number),
        Value::Profile(id) => i64::try_from(*id).ok(),
        _ => None,
    };
    match what {
        What::Id => i64::try_from(key.1).into_iter().collect(),
        What::LocationCompany => match record.fields.get("joblocation") {
            Some(Value::Location { company, .. }) => i64::try_from(company.get()).into_iter().collect(),
            _ => Vec::new(),
        },
        What::Number(field) => record.fields.get(field).and_then(number).into_iter().collect(),
        What::Custom(custom) => custom.values(record).into_iter().filter_map(number).collect(),
        _ => Vec::new(),
    }
}

fn moments(record: &Record, what: What) -> Vec<Timestamp> {
    let moment = |value: &Value| match value {
        Value::Date(date) => midnight(*date),
        Value::DateTime(at) => Some(*at),
        _ => None,
    };
    match what {
        What::Created => vec![record.created],
        What::Updated => vec![record.updated],
        What::Date(field) => record.fields.get(field).and_then(moment).into_iter().collect(),
        What::Custom(custom) => custom.values(record).into_iter().filter_map(moment).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::icims::state::fixture::platform;

    #[test]
    fn what_a_label_costs_to_resolve_grows_no_faster_than_the_label() {
        let state = platform().state;
        let cost = |label: String| {
            let budget = Budget::new(usize::MAX);
            let found = resolved(&state, &[label], &budget);
            (found.len(), usize::MAX - budget.left())
        };
        assert_eq!(cost("Initial Review - Under Review".into()), (1, 2 * RESOLVING));
        let (_, short) = cost("a - ".repeat(50));
        let (_, long) = cost("a - ".repeat(500));
        assert!(long <= 10 * short, "{short} steps, then {long} for ten times as much");
        assert_eq!(cost("a - ".repeat(250_000)), (0, 0), "no status has so long a text");
    }
}
