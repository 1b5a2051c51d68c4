//! Whether a profile matches a query (icims-api 10.3 to 10.5).
//!
//! Values are resolved once per search. A bad node id matches nothing, a bad date is ignored: both are documented quirks.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::icims::model::{NodeId, ProfileKey, Record, Value, WorkflowId};
use crate::icims::schema::{LISTS, ProfileType, list};
use crate::icims::state::CustomerState;
use crate::icims::state::reader::{read_date, read_date_time};

use super::names::{Compared, What};
use super::query::{Filter, Group, Operator};

/// A query made ready for one state.
pub(super) struct Matcher<'a> {
    pub(super) state: &'a CustomerState,
    pub(super) kind: ProfileType,
    pub(super) root: Node,
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
    Numbers(Vec<Option<i64>>),
    Nodes(Vec<NodeId>),
    /// Start and end; a bound that cannot be read is not there.
    Moments(Option<Timestamp>, Option<Timestamp>),
}

impl<'a> Matcher<'a> {
    pub(super) fn new(state: &'a CustomerState, kind: ProfileType, group: &Group, now: Timestamp) -> Self {
        Self { state, kind, root: ready(state, group, now) }
    }

    pub(super) fn matches(&self, id: u64) -> bool {
        self.state.record((self.kind, id)).is_some() && self.group(&self.root, id)
    }

    fn group(&self, node: &Node, id: u64) -> bool {
        let mut tests = node.tests.iter().map(|(filter, wanted)| self.test(filter, wanted, id));
        let mut children = node.children.iter().map(|child| self.group(child, id));
        if node.any { tests.any(|met| met) || children.any(|met| met) } else { tests.all(|met| met) && children.all(|met| met) }
    }

    fn test(&self, filter: &Filter, wanted: &Wanted, id: u64) -> bool {
        let Some(key) = self.related(filter.target.of, id) else { return false };
        let Some(record) = self.state.record(key) else { return false };
        match wanted {
            Wanted::Texts(wanted) => text_matches(filter.operator, &self.texts(record, filter.target.what), wanted),
            Wanted::Ids { listed, alone } => match filter.operator {
                Operator::Equal => listed.contains(&key.1),
                Operator::Exact => alone.contains(&key.1),
                Operator::NotExact => !alone.contains(&key.1),
                _ => !listed.contains(&key.1),
            },
            Wanted::Numbers(wanted) => each(filter.operator, &numbers(key, record, filter.target.what), |number| {
                number_matches(filter.operator, number, wanted)
            }),
            Wanted::Nodes(wanted) => {
                node_matches(filter.operator, &self.nodes(record, filter.target.what), wanted, filter.values.is_empty())
            }
            Wanted::Moments(from, to) => {
                each(filter.operator, &moments(record, filter.target.what), |moment| moment_matches(filter, moment, *from, *to))
            }
        }
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
            ProfileType::Companies | ProfileType::Workflows => None,
        }
    }

    /// The value of a sub-field of the address where a job is.
    fn at_location(&self, record: &'a Record, field: &str) -> Option<&'a Value> {
        let Value::Location { company, entry } = record.fields.get("joblocation")? else { return None };
        let addresses = self.state.company(*company)?.record.entries("addresses");
        addresses.iter().find(|address| address.entry == Some(*entry))?.fields.get(field)
    }

    fn texts(&self, record: &'a Record, what: What) -> Vec<String> {
        match what {
            What::LocationText(field) => self.at_location(record, field).and_then(text_of).into_iter().collect(),
            What::LocationLabel(field) => {
                let label = |value: &Value| if let Value::Node(id) = value { self.state.node(id) } else { None };
                self.at_location(record, field).and_then(label).map(|node| node.label.to_lowercase()).into_iter().collect()
            }
            _ => texts(record, what),
        }
    }

    fn nodes(&self, record: &'a Record, what: What) -> Vec<NodeId> {
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
                let fields = record.entries("addresses").iter().filter_map(|entry| entry.fields.get(field));
                fields.filter_map(|value| if let Value::Node(id) = value { Some(id.clone()) } else { None }).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn ready(state: &CustomerState, group: &Group, now: Timestamp) -> Node {
    let wanted = |filter: &Filter| match filter.target.what.compared() {
        Compared::Text if filter.target.what == What::IdCsv => {
            let ids = |text: &str| text.split(',').filter_map(|id| id.trim().parse().ok()).collect::<Vec<u64>>();
            let listed = filter.values.iter().flat_map(|value| ids(value)).collect();
            Wanted::Ids { listed, alone: filter.values.iter().filter_map(|value| value.trim().parse().ok()).collect() }
        }
        Compared::Text => Wanted::Texts(filter.values.iter().map(|value| value.to_lowercase()).collect()),
        Compared::Number => Wanted::Numbers(filter.values.iter().map(|value| value.trim().parse().ok()).collect()),
        Compared::Nodes => Wanted::Nodes(resolved(state, &filter.values)),
        Compared::DateOnly | Compared::DateTime => {
            let bound = |values: &[String]| values.first().and_then(|text| search_moment(text, now));
            Wanted::Moments(bound(&filter.values), filter.secondary.as_deref().and_then(bound))
        }
    };
    Node {
        any: group.any,
        tests: group.filters.iter().map(|filter| (filter.clone(), wanted(filter))).collect(),
        children: group.children.iter().map(|child| ready(state, child, now)).collect(),
    }
}

/// The nodes that the values name: by id, by the id's number, by label, or by `Bin - Status` (icims-api 10.4).
fn resolved(state: &CustomerState, values: &[String]) -> Vec<NodeId> {
    let mut found = BTreeSet::new();
    for value in values.iter().map(|value| value.trim()) {
        let letters = ('A'..='Z').map(|letter| format!("{letter}{value}"));
        let ids = std::iter::once(value.to_owned()).chain(letters).filter_map(|id| id.parse().ok());
        found.extend(ids.filter(|id| state.node(id).is_some()));
        for list in LISTS {
            found.extend(state.nodes_labelled(list.key, value).map(|node| node.id.clone()));
        }
        for (place, separator) in value.match_indices(" - ") {
            let statuses = state.nodes_labelled(list::STATUSES, &value[place + separator.len()..]);
            found.extend(statuses.map(|node| node.id.clone()).filter(|id| state.node_text(id) == value));
        }
    }
    found.into_iter().collect()
}

fn texts(record: &Record, what: What) -> Vec<String> {
    match what {
        What::Text(field) => vec![record.text(field).to_lowercase()],
        What::Custom(custom) => custom.values(record).into_iter().filter_map(text_of).collect(),
        What::AddressText(field) => {
            let entries = record.entries("addresses").iter().filter_map(|entry| entry.fields.get(field));
            entries.filter_map(|value| if let Value::Text(text) = value { Some(text.to_lowercase()) } else { None }).collect()
        }
        _ => Vec::new(),
    }
    .into_iter()
    .filter(|text| !text.is_empty())
    .collect()
}

/// `=` is "contains" for text (icims-api 10.3); letter case does not matter (*assumed*). No value means "blank" (10.6).
fn text_matches(operator: Operator, have: &[String], wanted: &[String]) -> bool {
    let any = |test: &dyn Fn(&String, &String) -> bool| have.iter().any(|text| wanted.iter().any(|value| test(text, value)));
    match operator {
        Operator::Equal if wanted.is_empty() => have.is_empty(),
        Operator::NotEqual if wanted.is_empty() => !have.is_empty(),
        Operator::Equal => any(&|text, value| text.contains(value.as_str())),
        Operator::NotEqual => !any(&|text, value| text.contains(value.as_str())),
        Operator::Exact => any(&|text, value| text == value),
        Operator::NotExact => !any(&|text, value| text == value),
        Operator::Less | Operator::Greater | Operator::LessOrEqual | Operator::GreaterOrEqual => false,
    }
}

fn text_of(value: &Value) -> Option<String> {
    if let Value::Text(text) = value { Some(text.to_lowercase()) } else { None }
}

/// Whether a field meets a filter: one of its values, or for "not equal" all of them. A field without values is asked once.
fn each<T: Copy>(operator: Operator, have: &[T], test: impl Fn(Option<T>) -> bool) -> bool {
    match operator {
        _ if have.is_empty() => test(None),
        Operator::NotEqual | Operator::NotExact => have.iter().all(|value| test(Some(*value))),
        _ => have.iter().any(|value| test(Some(*value))),
    }
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

/// A bound that is no number is no bound: one client's first page asks for `id > ""` (icims-api 10.6).
fn number_matches(operator: Operator, have: Option<i64>, wanted: &[Option<i64>]) -> bool {
    let first = wanted.first().copied().flatten();
    let bounded = |test: fn(&i64, &i64) -> bool| first.is_none_or(|bound| have.is_some_and(|have| test(&have, &bound)));
    match operator {
        Operator::Equal | Operator::Exact if wanted.is_empty() => have.is_none(),
        Operator::Equal | Operator::Exact => have.is_some() && wanted.contains(&have),
        Operator::NotEqual | Operator::NotExact => have.is_none() || !wanted.contains(&have),
        Operator::Less => bounded(i64::lt),
        Operator::Greater => bounded(i64::gt),
        Operator::LessOrEqual => bounded(i64::le),
        Operator::GreaterOrEqual => bounded(i64::ge),
    }
}

fn node_matches(operator: Operator, have: &[NodeId], wanted: &[NodeId], blank: bool) -> bool {
    let any = have.iter().any(|node| wanted.contains(node));
    match operator {
        Operator::NotEqual if blank => !have.is_empty(),
        Operator::NotEqual => !any,
        _ if blank => have.is_empty(),
        _ => any,
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

/// `=` is a range with both bounds; without an upper one it is "from" for moments and "on" for days (icims-api 10.3, 10.5).
fn moment_matches(filter: &Filter, have: Option<Timestamp>, from: Option<Timestamp>, to: Option<Timestamp>) -> bool {
    let is_day = filter.target.what.compared() == Compared::DateOnly;
    let Some(have) = have else {
        // Nothing lies in a range, but a filter without a readable bound filters nothing.
        return from.is_none() && to.is_none();
    };
    let within = || from.is_none_or(|from| have >= from) && to.is_none_or(|to| have <= to);
    let single_day = is_day && filter.secondary.is_none();
    let on = || from.is_none_or(|from| have == from);
    match filter.operator {
        Operator::Equal | Operator::Exact if single_day => on(),
        Operator::Equal | Operator::Exact => within(),
        Operator::NotEqual | Operator::NotExact if from.is_none() && to.is_none() => true,
        Operator::NotEqual | Operator::NotExact if single_day => !on(),
        Operator::NotEqual | Operator::NotExact => !within(),
        Operator::Less => from.is_none_or(|bound| have < bound),
        Operator::Greater => from.is_none_or(|bound| have > bound),
        Operator::LessOrEqual => from.is_none_or(|bound| have <= bound),
        Operator::GreaterOrEqual => from.is_none_or(|bound| have >= bound),
    }
}

/// A moment, a day as its midnight, or a macro such as `{DATE:START}{DATE:-9}`: the start or end of today, moved by days.
fn search_moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix("{DATE:START}") {
        return day_start(now, offset(rest)?);
    }
    if let Some(rest) = text.strip_prefix("{DATE:END}") {
        return day_start(now, offset(rest)?.checked_add(1)?)?.checked_sub(Span::new().milliseconds(1)).ok();
    }
    read_date_time(text).or_else(|| read_date(text).and_then(midnight))
}

fn offset(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    let days: i64 = text.strip_prefix("{DATE:")?.strip_suffix('}')?.parse().ok()?;
    (-100_000..=100_000).contains(&days).then_some(days)
}

fn day_start(now: Timestamp, days: i64) -> Option<Timestamp> {
    let today = now.to_zoned(TimeZone::UTC).date();
    midnight(today.checked_add(Span::new().days(days)).ok()?)
}

fn midnight(date: Date) -> Option<Timestamp> {
    date.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_contains_ignores_case_and_blank_means_no_value() {
        let have = ["ines okafor".to_owned()];
        assert!(text_matches(Operator::Equal, &have, &["okaf".into()]));
        assert!(!text_matches(Operator::Exact, &have, &["okafor".into()]));
        assert!(text_matches(Operator::NotEqual, &have, &["lindqvist".into()]));
        assert!(text_matches(Operator::Equal, &[], &[]));
        assert!(!text_matches(Operator::Equal, &have, &[]));
    }

    #[test]
    fn an_empty_lower_bound_of_ids_is_no_bound() {
        assert!(number_matches(Operator::Greater, Some(1), &[None]));
        assert!(!number_matches(Operator::Greater, Some(1), &[Some(1)]));
        assert!(!number_matches(Operator::Equal, Some(1), &[None]));
    }

    #[test]
    fn date_macros_move_by_days() {
        let now: Timestamp = "2031-03-10T15:00:00Z".parse().expect("a moment");
        let check = |text: &str, expected: &str| {
            assert_eq!(search_moment(text, now).map(|at| at.to_string()).as_deref(), Some(expected), "{text}");
        };
        check("{DATE:START}", "2031-03-10T00:00:00Z");
        check("{DATE:START}{DATE:-9}", "2031-03-01T00:00:00Z");
        check("{DATE:END}", "2031-03-10T23:59:59.999Z");
        check("2031-03-04 4:00 AM", "2031-03-04T04:00:00Z");
        check("2031-03-04", "2031-03-04T00:00:00Z");
        assert_eq!(search_moment("yesterday", now), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_moment_reader_panic(text in "\\PC{0,40}|\\{DATE:(START|END)\\}(\\{DATE:-?[0-9]{1,25}\\})?") {
            let _ = search_moment(&text, Timestamp::UNIX_EPOCH);
        }
    }
}
