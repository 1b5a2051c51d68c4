//! Each measure of the threat model is proved by a test that is there.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_measure_of_the_threat_model_has_its_test() {
    let page = fs::read_to_string(root().join("docs/threat-model.md")).expect("the page");
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| number |"))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    assert!(rows.len() > 25, "the table is gone");
    let mut files = Vec::new();
    for folder in ["src", "tests/integration", "listener/src"] {
        sources(&root().join(folder), &mut files);
    }
    let tests: String = files.iter().map(|file| fs::read_to_string(file).expect("readable source")).collect();
    let is_test = |name: &str| {
        let at = tests.match_indices(&format!("fn {name}(")).next().map(|(at, _)| at);
        // Attributes stand right above.
        at.is_some_and(|at| {
            tests[..at].rsplit("}\n").next().is_some_and(|above| above.contains("#[test]") || above.contains("::test"))
        })
    };
    for row in rows {
        let [number, threat, measure, proof] = row.as_slice() else { panic!("not four cells: {row:?}") };
        assert!(number.starts_with('T') && !threat.is_empty() && !measure.is_empty(), "{row:?}");
        let name = proof.trim_matches('`');
        let is_there = if name.starts_with('.') { root().join(name).exists() } else { is_test(name) };
        assert!(is_there, "{threat}: there is no test {name}");
    }
}
