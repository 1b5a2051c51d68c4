//! The table says what the scenarios show, and nothing else can be made of it.

use super::*;
use crate::harness::features::{self, Source};

/// A README whose table claims this of every promise.
fn readme(claimed: impl Fn(Promise) -> &'static str) -> String {
    let rows: String =
        Promise::all().map(|promise| format!("| {promise} | about {promise} | {} |\n", claimed(promise))).collect();
    format!("# Title\n\n| a | table | of else |\n\n| promise | | state |\n|---|---|---|\n{rows}\nThe end.\n")
}

fn coverage(scenarios: &[(&[&str], bool)]) -> Result<Coverage> {
    let owned: Vec<_> =
        scenarios.iter().map(|(tags, passed)| (tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>(), *passed)).collect();
    Coverage::of(owned.iter().map(|(tags, passed)| (tags.as_slice(), *passed)))
}

fn check(scenarios: &[(&[&str], bool)], expected: State) {
    assert_eq!(coverage(scenarios).expect("tags").0[&Promise(7)], expected, "{scenarios:?}");
}

#[test]
fn a_promise_is_kept_when_all_that_carry_it_pass_and_there_is_one() {
    check(&[], State::Open);
    check(&[(&["ui"], true), (&["G08"], true)], State::Open);
    check(&[(&["ui", "G07"], true)], State::Kept);
    check(&[(&["G07"], true), (&["G07"], false)], State::Broken);
    check(&[(&["G07"], false), (&["G07"], true)], State::Broken);
}

#[test]
fn a_tag_that_looks_like_a_promise_is_one() {
    for (tag, wrong) in [
        ("G7", true),
        ("G007", true),
        ("G00", true),
        ("G41", true),
        ("G300", true),
        ("G07x", true),
        ("Great", false),
        ("checklist", false),
    ] {
        assert_eq!(coverage(&[(&[tag], true)]).is_err(), wrong, "{tag}");
    }
}

#[test]
fn the_table_is_written_row_by_row_and_the_rest_stays() {
    let found = coverage(&[(&["G07"], true), (&["G09"], false)]).expect("tags");
    let (written, differences) = found.written(&readme(|_| "kept")).expect("a table");
    assert_eq!(differences.len(), 39, "{differences:?}");
    assert!(differences.contains(&"G08 is open, not kept".into()) && differences.contains(&"G09 is broken, not kept".into()));
    let expected = readme(|promise| match promise {
        Promise(7) => "kept",
        Promise(9) => "broken",
        _ => "open",
    });
    assert_eq!(written, expected);
    assert_eq!(found.written(&written).expect("a table"), (expected, Vec::new()));
}

#[test]
fn a_table_without_a_row_or_with_one_twice_is_refused() {
    let found = coverage(&[]).expect("tags");
    for (text, why) in [
        (readme(|_| "open").replace("| G40 | about G40 | open |\n", ""), "there is no row of G40"),
        (readme(|_| "open").replace("| G12 |", "| G11 |"), "G11 stands where G12 should"),
        (readme(|_| "open").replace("| G12 |", "| G55 |"), "no promise G55"),
        ("Nothing.\n".to_owned(), "there is no row of G01, G02"),
    ] {
        let refused = found.written(&text).expect_err(why).to_string();
        assert!(refused.contains(why), "{refused}");
    }
}

#[test]
fn a_file_is_compared_and_on_request_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("README.md");
    fs::write(&file, readme(|_| "kept")).expect("a file");
    let found = coverage(&[(&["G07"], true)]).expect("tags");
    let told = found.settle(&file, false).expect("a table").expect("a difference");
    assert!(told.contains("G08 is open, not kept") && !told.contains("G07"), "{told}");
    assert_eq!(found.settle(&file, true).expect("a table"), None);
    assert_eq!(found.settle(&file, false).expect("a table"), None);
}

/// What a run of all scenarios finds, if they pass: every promise is carried by one, and the table claims nothing else.
#[test]
fn each_promise_of_the_readme_has_a_scenario() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = Source::Embedded.read().expect("features");
    let tags: Vec<_> = features::scenes(&read.features).map(|scene| scene.tags()).collect();
    let found = Coverage::of(tags.iter().map(|tags| (tags.as_slice(), true))).expect("tags");
    let open: Vec<_> =
        found.0.iter().filter(|(_, state)| **state == State::Open).map(|(promise, _)| promise.to_string()).collect();
    assert!(open.is_empty(), "promises without a scenario: {open:?}");
    let told = found.settle(&root.join("README.md"), false).expect("a table");
    assert!(told.is_none(), "{}", told.unwrap_or_default());
}
