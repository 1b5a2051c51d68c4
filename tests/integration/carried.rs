//! Every case and every scenario of assessment-flow.md 10 and 11 has a test that carries its number: a test function in its name
//! (`row_5_…`, `rows_5_to_7_…`, `uat_20_…`), a scenario as a tag (`@row-12`, `@UAT-05`). A run of the scenarios sees to the promises of the
//! guide.

use std::collections::BTreeSet;

use breakages::breakage;
use breakages::number::{Number, in_name, in_tags, listed};
use breakages::source::Source;

use crate::declared::root;

fn shown(numbers: impl IntoIterator<Item = Number>) -> Vec<String> {
    numbers.into_iter().map(|number| number.to_string()).collect()
}

#[test]
fn every_number_of_the_lists_is_carried_by_a_test_and_no_other_is() {
    let carried = Source::read(root()).and_then(|source| source.carried()).expect("the repository is readable");
    let listed = listed(root()).expect("the lists are there");
    let of_cases = |numbers: BTreeSet<Number>| -> BTreeSet<Number> {
        numbers.into_iter().filter(|number| matches!(number, Number::Row(_) | Number::Uat(_))).collect()
    };
    let (listed, carried) = (of_cases(listed), of_cases(carried));
    let (missing, unknown) = (shown(&listed - &carried), shown(&carried - &listed));
    assert!(missing.is_empty(), "no test carries {missing:?}");
    assert!(unknown.is_empty(), "tests carry {unknown:?}, which no list has");
}

#[test]
fn every_promise_and_every_case_has_a_declared_breakage() {
    let listed = listed(root()).expect("the lists are there");
    let declared =
        breakage::read(root()).expect("the breakages are readable").into_iter().map(|breakage| breakage.number).collect();
    let missing = shown(
        listed
            .into_iter()
            .filter(|number| !matches!(number, Number::Uat(_) | Number::Threat(_)))
            .collect::<BTreeSet<_>>()
            .difference(&declared)
            .copied(),
    );
    assert!(missing.is_empty(), "nothing is declared that breaks {missing:?}");
}

#[test]
fn numbers_are_read_off_names_and_tags() {
    for (name, numbers) in [
        ("row_5_is_kept", &["row-05"][..]),
        ("rows_3_and_4_are_kept", &["row-03", "row-04"]),
        ("rows_5_to_7_are_kept", &["row-05", "row-06", "row-07"]),
        ("rows_13_15_and_17_are_kept", &["row-13", "row-15", "row-17"]),
        ("rows_1_and_2_and_uat_5_are_kept", &["row-01", "row-02", "UAT-05"]),
        ("a_row_is_found_and_rows_of_2_people_are_told_apart", &[]),
    ] {
        assert_eq!(shown(in_name(name)), numbers, "{name}");
    }
    assert_eq!(shown(in_tags(["G07", "ui", "own-world", "row-3", "UAT-05", "Gone"]).expect("tags")), ["G07", "row-03", "UAT-05"]);
    assert!(in_tags(["row-x"]).is_err());
    assert!(in_tags(["G7b"]).is_err());
}

#[test]
fn the_lists_are_whole() {
    let listed = shown(listed(root()).expect("the lists are there"));
    for (last, first) in [("G40", "G41"), ("row-33", "row-34"), ("UAT-35", "UAT-36"), ("promise-13", "promise-14")] {
        assert!(listed.contains(&last.to_owned()) && !listed.contains(&first.to_owned()), "{last}");
    }
}
