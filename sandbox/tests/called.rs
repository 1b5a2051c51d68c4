//! What a mark of fidelity promises of an operation: the test that it names calls it. Each router of the tests' worlds notes what it is
//! asked, and the check runs the named tests once more, in a process of their own, and reads the notes.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use crate::notes::NOTES;

/// A call: method and path, without the query.
type Call = (String, String);

/// Checks the operations of a section of the fidelity table, whose tests are in this program.
pub(crate) fn check(section: &str) {
    let sections = icims_sandbox::control::fidelity();
    let rows = &sections.iter().find(|found| found.title == section).expect("a section of the table").rows;
    let operations: Vec<Call> = rows.iter().map(|row| operation(&row.what)).collect();
    let named = rows.iter().filter_map(|row| row.fidelity.as_ref()).map(|fidelity| fidelity.test.to_string());
    let calls = calls_of(&named.collect());
    let wrong: Vec<String> = rows
        .iter()
        .zip(&operations)
        .filter_map(|(row, wanted)| {
            let test = row.fidelity.as_ref()?.test.to_string();
            let Some(calls) = calls.get(&test) else {
                return Some(format!("{}: {test} is not in this program, or calls nothing", row.what));
            };
            let called = calls.iter().any(|call| template_of(call, &operations) == Some(wanted));
            (!called).then(|| format!("{}: {test} does not call it with success", row.what))
        })
        .collect();
    assert!(wrong.is_empty(), "marks of fidelity name tests that do not call the operation:\n{}\n", wrong.join("\n"));
}

fn operation(what: &str) -> Call {
    let (method, path) = what.split_once(' ').expect("a method and a path");
    (method.to_owned(), path.to_owned())
}

/// What each of these tests calls with success, by their names without the modules.
fn calls_of(named: &BTreeSet<String>) -> BTreeMap<String, BTreeSet<Call>> {
    let program = std::env::current_exe().expect("this program");
    let listed = Command::new(&program).args(["--list", "--format", "terse"]).output().expect("the list of tests").stdout;
    let listed = String::from_utf8(listed).expect("names");
    let all = listed.lines().filter_map(|line| line.strip_suffix(": test"));
    let paths: Vec<&str> = all.filter(|path| named.contains(last_name(path))).collect();

    let folder = tempfile::tempdir().expect("a folder");
    let notes = folder.path().join("notes");
    let run = Command::new(&program).args(["--exact"]).args(&paths).env(NOTES, &notes).output().expect("the tests run");
    assert!(run.status.success(), "the named tests fail:\n{}", String::from_utf8_lossy(&run.stdout));
    let mut calls: BTreeMap<String, BTreeSet<Call>> = BTreeMap::new();
    for line in std::fs::read_to_string(&notes).expect("notes").lines() {
        let [test, status, call] = line.splitn(3, ' ').collect::<Vec<_>>().try_into().expect("a test, a status and a call");
        let of_test = calls.entry(last_name(test).to_owned()).or_default();
        if was_served(status.parse().expect("a status")) {
            of_test.insert(operation(call));
        }
    }
    calls
}

/// Whether the operation did what it is for. Some are known and not simulated, which is all that they are for.
fn was_served(status: u16) -> bool {
    (200..400).contains(&status) || status == 501
}

fn last_name(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

/// The operation that a call is for: of those that fit, the one whose words stand furthest to the left.
fn template_of<'a>(call: &Call, operations: &'a [Call]) -> Option<&'a Call> {
    let fitting = operations.iter().filter(|(method, template)| *method == call.0 && fits(&call.1, template));
    fitting.min_by_key(|(_, template)| template.split('/').map(|part| part.starts_with('{')).collect::<Vec<_>>())
}

fn fits(path: &str, template: &str) -> bool {
    let (parts, wanted): (Vec<_>, Vec<_>) = (path.split('/').collect(), template.split('/').collect());
    parts.len() == wanted.len() && parts.iter().zip(wanted).all(|(part, wanted)| wanted.starts_with('{') || *part == wanted)
}

#[test]
fn a_call_is_for_the_operation_whose_words_it_has() {
    let operations: Vec<Call> =
        ["GET /c/{c}/{kind}", "GET /c/{c}/lists", "POST /c/{c}/lists", "GET /c/{c}/{kind}/{id}"].map(operation).into();
    let check = |call: &str, wanted: Option<&str>| {
        assert_eq!(template_of(&operation(call), &operations), wanted.map(operation).as_ref(), "{call}");
    };
    check("GET /c/4021/people", Some("GET /c/{c}/{kind}"));
    check("GET /c/4021/lists", Some("GET /c/{c}/lists"));
    check("DELETE /c/4021/lists", None);
    check("GET /c/4021/people/7", Some("GET /c/{c}/{kind}/{id}"));
    check("GET /c/4021", None);
}
