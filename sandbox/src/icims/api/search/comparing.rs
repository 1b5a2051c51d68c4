//! Whether values meet a filter (icims-api 10.3, 10.5, 10.6), and how dates of filters are written.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::icims::model::NodeId;
use crate::icims::state::reader::{read_date, read_date_time};

use super::budget::Budget;
use super::names::Compared;
use super::query::{Filter, Operator};

/// Numbers that a filter compares with; what is none is not among them.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// Whether the filter has no value at all, which asks for what is blank.
    pub(super) blank: bool,
    /// The first value, for filters that are bounds.
    pub(super) first: Option<i64>,
    pub(super) all: BTreeSet<i64>,
}

impl Numbers {
    pub(super) fn read<T: AsRef<str>>(values: &[T]) -> Self {
        let number = |value: &T| value.as_ref().trim().parse().ok();
        Self { blank: values.is_empty(), first: values.first().and_then(number), all: values.iter().filter_map(number).collect() }
    }
}

/// `=` is "contains" for text (icims-api 10.3); letter case does not matter (*assumed*). No value means "blank" (10.6).
pub(super) fn text_matches(operator: Operator, have: &[String], wanted: &[String], budget: &Budget) -> bool {
    let spent = |text: &String| !budget.spend(1 + text.len() / 64);
    let any = |test: &dyn Fn(&String, &String) -> bool| {
        have.iter().any(|text| wanted.iter().any(|value| spent(text) || test(text, value)))
    };
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

/// Whether a field meets a filter: one of its values, or for "not equal" all of them. A field without values is asked once.
pub(super) fn each<T: Copy>(operator: Operator, have: &[T], test: impl Fn(Option<T>) -> bool) -> bool {
    match operator {
        _ if have.is_empty() => test(None),
        Operator::NotEqual | Operator::NotExact => have.iter().all(|value| test(Some(*value))),
        _ => have.iter().any(|value| test(Some(*value))),
    }
}

/// A bound that is no number is no bound: one client's first page asks for `id > ""` (icims-api 10.6).
pub(super) fn number_matches(operator: Operator, have: Option<i64>, wanted: &Numbers) -> bool {
    let bounded = |test: fn(&i64, &i64) -> bool| wanted.first.is_none_or(|bound| have.is_some_and(|have| test(&have, &bound)));
    match operator {
        Operator::Equal | Operator::Exact if wanted.blank => have.is_none(),
        Operator::Equal | Operator::Exact => have.is_some_and(|have| wanted.all.contains(&have)),
        Operator::NotEqual | Operator::NotExact => have.is_none_or(|have| !wanted.all.contains(&have)),
        Operator::Less => bounded(i64::lt),
        Operator::Greater => bounded(i64::gt),
        Operator::LessOrEqual => bounded(i64::le),
        Operator::GreaterOrEqual => bounded(i64::ge),
    }
}

pub(super) fn node_matches(operator: Operator, have: &[NodeId], wanted: &BTreeSet<NodeId>, blank: bool) -> bool {
    let any = have.iter().any(|node| wanted.contains(node));
    match operator {
        Operator::NotEqual if blank => !have.is_empty(),
        Operator::NotEqual => !any,
        _ if blank => have.is_empty(),
        _ => any,
    }
}

/// `=` is a range with both bounds; without an upper one it is "from" for moments and "on" for days (icims-api 10.3, 10.5).
pub(super) fn moment_matches(filter: &Filter, have: Option<Timestamp>, from: Option<Timestamp>, to: Option<Timestamp>) -> bool {
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
pub(super) fn search_moment(text: &str, now: Timestamp) -> Option<Timestamp> {
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

pub(super) fn midnight(date: Date) -> Option<Timestamp> {
    date.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_contains_ignores_case_and_blank_means_no_value() {
        let check = |operator, have: &[&str], wanted: &[&str], matches: bool| {
            let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
            assert_eq!(
                text_matches(operator, &owned(have), &owned(wanted), &Budget::new(100)),
                matches,
                "{have:?} and {wanted:?}"
            );
        };
        let have = ["ines okafor"];
        check(Operator::Equal, &have, &["okaf"], true);
        check(Operator::Exact, &have, &["okafor"], false);
        check(Operator::NotEqual, &have, &["lindqvist"], true);
        check(Operator::Equal, &[], &[], true);
        check(Operator::Equal, &have, &[], false);
    }

    #[test]
    fn an_empty_lower_bound_of_ids_is_no_bound() {
        assert!(number_matches(Operator::Greater, Some(1), &Numbers::read(&[""])));
        assert!(!number_matches(Operator::Greater, Some(1), &Numbers::read(&["1"])));
        assert!(!number_matches(Operator::Equal, Some(1), &Numbers::read(&[""])));
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
