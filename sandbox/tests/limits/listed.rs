//! The list of limits is whole: every limit of the source has a row in `docs/limits.md`, every row a limit.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The cells of each row of the tables: what, limit, what happens then, test, where.
fn rows() -> Vec<[String; 5]> {
    let document = std::fs::read_to_string(workspace().join("docs/limits.md")).expect("docs/limits.md");
    let lines = document.lines().filter(|line| line.starts_with('|') && !line.starts_with("|--") && !line.starts_with("| what "));
    let cells = |line: &str| {
        let cells: Vec<String> = line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
        <[String; 5]>::try_from(cells).unwrap_or_else(|_| panic!("not five cells: {line}"))
    };
    lines.map(cells).collect()
}

/// A test that reaches a limit does so from outside: it is where only the interfaces can be used.
#[test]
fn every_row_of_the_list_of_limits_names_a_test_from_outside_or_says_why_there_is_none() {
    let tests: String =
        ["sandbox/tests", "tests"].iter().flat_map(|folder| sources(&workspace().join(folder))).map(|(_, text)| text).collect();
    let rows = rows();
    assert!(rows.len() > 40, "the tables are gone");
    for [what, limit, then, test, place] in rows {
        assert!([&what, &limit, &then, &place].iter().all(|cell| !cell.is_empty()), "an empty cell beside {what}");
        if let Some(reason) = test.strip_prefix("none: ") {
            assert!(reason.split(' ').count() > 3, "{what}: no reason why no test reaches it");
        } else {
            let name = test.strip_prefix('`').and_then(|test| test.strip_suffix('`')).unwrap_or_default();
            assert!(!name.is_empty() && tests.contains(&format!("fn {name}(")), "{what}: no test from outside is called {test}");
        }
    }
}

/// A limit is a constant that is called so, or a field of `Limits`, `HttpLimits` or `SmtpLimits`.
#[test]
fn every_limit_of_the_sandbox_has_a_row() {
    let listed: BTreeSet<String> = rows()
        .iter()
        .flat_map(|row| row[4].split(", ").map(|place| place.trim_matches('`').to_owned()).collect::<Vec<_>>())
        .collect();
    let mut found = BTreeSet::new();
    for (path, text) in sources(&workspace().join("sandbox/src")) {
        let mut within = "";
        for line in text.lines() {
            if let Some(name) = line.trim().strip_prefix("pub struct ").and_then(|rest| rest.strip_suffix(" {")) {
                within = if ["Limits", "HttpLimits", "SmtpLimits"].contains(&name) { name } else { "" };
            } else if let Some((field, _)) =
                line.strip_prefix("    pub ").and_then(|rest| rest.split_once(':')).filter(|_| !within.is_empty())
            {
                found.insert(format!("{within}::{field}"));
            } else if let Some((name, _)) = line.split_once("const ").and_then(|(_, rest)| rest.split_once(": ")).filter(is_limit)
            {
                found.insert(format!("{}::{name}", module(&path)));
            } else if line == "}" {
                within = "";
            }
        }
    }
    assert!(found.len() > 40, "the limits are not found any more: {found:?}");
    let missing: Vec<_> = found.difference(&listed).collect();
    assert!(missing.is_empty(), "limits without a row in docs/limits.md: {missing:#?}");
    let gone: Vec<_> = listed.difference(&found).filter(|place| *place != "–").collect();
    assert!(gone.is_empty(), "rows in docs/limits.md for limits that are not there: {gone:#?}");
}

/// Whether a constant, told by its name and what follows, is a limit.
fn is_limit((name, rest): &(&str, &str)) -> bool {
    let named = ["CAPACITY", "BYTES", "REMEMBERED", "COUNTED_CUSTOMERS", "MOST", "MOST_JOBS"].contains(name);
    let called = name.ends_with("LIMIT") || name.ends_with("KEPT") || named;
    called && ["usize", "u64", "u32", "i64", "Duration"].iter().any(|kind| rest.starts_with(kind))
}

/// What a file is called as a module.
fn module(path: &Path) -> String {
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    if stem(path) == "mod" { path.parent().map(stem).unwrap_or_default() } else { stem(path) }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Every Rust file below a folder with its text.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("readable source");
            found.push((path, text));
        }
    }
    found
}
