//! The fidelity table is complete and true: every row has a mark, a section of the evidence, and a test that exists. It is committed as
//! `docs/fidelity.md`; after a change accept it with `UPDATE_FIDELITY=1 cargo test -p icims-sandbox --test sandbox fidelity`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use icims_sandbox::control::fidelity;
use icims_sandbox::reference::Fidelity;

const ACCEPT: &str = "UPDATE_FIDELITY=1 cargo test -p icims-sandbox --test sandbox fidelity";
/// The documents that rows may rest on: `sandbox/evidence/<name>.md`.
const EVIDENCE: [&str; 3] = ["icims-api", "assessment-flow", "harver-platform"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Every test function of the repository with the file it is in.
fn tests() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for folder in ["src", "tests", "sandbox/src", "sandbox/tests"] {
        for (path, text) in sources(&root().join(folder)) {
            let place = path.strip_prefix(root()).expect("a file of the project").to_string_lossy().into_owned();
            found.extend(tests_in(&text).map(|name| (name, place.clone())));
        }
    }
    found
}

/// The functions that stand below an attribute that makes them a test, or in a `proptest!` block.
fn tests_in(text: &str) -> impl Iterator<Item = String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let attribute = |line: &str| line == "#[test]" || line.starts_with("#[tokio::test");
    let names = (0..lines.len()).filter(move |at| attribute(lines[*at])).filter_map({
        let lines: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
        move |at| lines[at..].iter().find_map(|line| name_of(line))
    });
    names.collect::<Vec<_>>().into_iter()
}

fn name_of(line: &str) -> Option<String> {
    let rest = line.trim_start_matches("pub ").trim_start_matches("async ").strip_prefix("fn ")?;
    Some(rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect())
}

/// The sections of a document of the evidence, with what a link to each ends in.
fn sections(document: &str) -> BTreeMap<String, String> {
    let path = root().join(format!("sandbox/evidence/{document}.md"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    headings.filter_map(|heading| Some((heading.split(' ').next()?.trim_end_matches('.').to_owned(), anchor(heading)))).collect()
}

/// What the address of a heading ends in, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.flat_map(char::to_lowercase).map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

/// A source with a link to each section that it names, such as `icims-api 2.1, 3.3` or `icims-api 10.1 to 10.3`; `None` if a document
/// of the evidence has no such section.
fn linked(source: &str) -> Option<String> {
    let (document, named) = source.split_once(' ').filter(|(document, _)| EVIDENCE.contains(document))?;
    let known = sections(document);
    let link = |section: &str| Some(format!("[{section}](../sandbox/evidence/{document}.md#{})", known.get(section)?));
    let ranges = named.split(", ").map(|range| Some(range.split(" to ").map(link).collect::<Option<Vec<_>>>()?.join(" to ")));
    Some(format!("{document} {}", ranges.collect::<Option<Vec<_>>>()?.join(", ")))
}

fn problem_of(fidelity: Option<&Fidelity>, tests: &BTreeMap<String, String>) -> Option<String> {
    let Some(fidelity) = fidelity else {
        return Some(
            "has no mark: add extensions((\"x-fidelity\" = json!(documented(\"icims-api 5.2\", \"name_of_a_test\")))), or observed, or assumed"
                .to_owned(),
        );
    };
    if linked(&fidelity.source).is_none() {
        return Some(format!("rests on {:?}; name a document and its sections, such as \"icims-api 5.2\"", fidelity.source));
    }
    let known = tests.contains_key(fidelity.test.as_ref());
    (!known).then(|| format!("names the test {:?}, which no source file has", fidelity.test))
}

#[test]
fn every_row_has_a_mark_a_source_and_a_test_that_exists() {
    let tests = tests();
    let mut wrong = Vec::new();
    for section in fidelity() {
        assert!(!section.rows.is_empty(), "{} has no rows", section.title);
        for row in &section.rows {
            if let Some(problem) = problem_of(row.fidelity.as_ref(), &tests) {
                wrong.push(format!("{}: {} {problem}", section.title, row.what));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn the_check_notices_a_missing_mark_a_missing_section_and_a_missing_test() {
    let tests = BTreeMap::from([("a_test".to_owned(), "a.rs".to_owned())]);
    let marked = icims_sandbox::reference::documented;
    assert_eq!(problem_of(Some(&marked("icims-api 5.2", "a_test")), &tests), None);
    for (fidelity, named) in [
        (None, "has no mark"),
        (Some(marked("somewhere", "a_test")), "somewhere"),
        (Some(marked("icims-api ", "a_test")), "rests on"),
        (Some(marked("icims-api 99.9", "a_test")), "rests on"),
        (Some(marked("icims-api 5.2", "another_test")), "another_test"),
    ] {
        let problem = problem_of(fidelity.as_ref(), &tests).expect("a problem");
        assert!(problem.contains(named), "{problem}");
    }
    assert_eq!(
        tests_in("#[tokio::test]\n// why\nasync fn one() {}\nfn helper() {}\n#[test]\nfn two() {}").collect::<Vec<_>>(),
        ["one", "two"]
    );
}

#[test]
fn the_committed_table_is_the_generated_one() {
    let path = root().join("docs/fidelity.md");
    let generated = table(&tests());
    if std::env::var_os("UPDATE_FIDELITY").is_some() {
        fs::write(&path, &generated).expect("a file that can be written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let changed: Vec<&str> = generated.lines().filter(|line| !committed.contains(line)).take(10).collect();
    assert!(
        committed == generated,
        "docs/fidelity.md is not up to date; accept the change with:\n  {ACCEPT}\nnew lines:\n{}",
        changed.join("\n")
    );
}

fn table(tests: &BTreeMap<String, String>) -> String {
    let mut text = String::from(
        "# Fidelity\n\n<!-- Generated from the marks in the code. Change those, then: UPDATE_FIDELITY=1 cargo test -p icims-sandbox --test sandbox fidelity -->\n\n\
         How well the sandbox knows what it simulates. *Documented*: the vendor's documents say so. *Observed*: seen in recorded traffic or a\n\
         sample. *Assumed*: decided here; no client should depend on it. The sandbox shows the same table at `/fidelity`.\n",
    );
    for section in fidelity() {
        write!(text, "\n## {}\n\n{}\n\n| what | mark | rests on | test |\n|---|---|---|---|\n", section.title, section.about)
            .expect("memory");
        for row in section.rows {
            let Some(fidelity) = row.fidelity else { continue };
            let place = tests.get(fidelity.test.as_ref()).map_or("", String::as_str);
            let (what, mark) = (&row.what, fidelity.mark.word());
            let source = linked(&fidelity.source).unwrap_or_else(|| fidelity.source.to_string());
            writeln!(text, "| `{what}` | {mark} | {source} | [`{}`](../{place}) |", fidelity.test).expect("memory");
        }
    }
    text
}

/// The evidence that comments cite, such as `icims-api 7.1` or `harver-platform.md 9`.
fn cited(text: &str) -> impl Iterator<Item = (&'static str, &str)> {
    EVIDENCE.into_iter().flat_map(move |document| {
        text.match_indices(document).filter_map(move |(at, _)| {
            let rest = text[at + document.len()..].trim_start_matches(".md").trim_start_matches('`').strip_prefix(' ')?;
            let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len());
            let section = rest[..end].trim_end_matches('.');
            (!section.is_empty()).then_some((document, section))
        })
    })
}

#[test]
fn every_section_that_a_source_file_cites_is_there() {
    assert_eq!(
        cited("(icims-api 7.1.), `harver-platform.md` 9, assessment-flow.md 10; icims-api says").collect::<Vec<_>>(),
        [("icims-api", "7.1"), ("assessment-flow", "10"), ("harver-platform", "9")]
    );
    let known: BTreeMap<_, _> = EVIDENCE.into_iter().map(|document| (document, sections(document))).collect();
    let (mut found, mut wrong) = (0, Vec::new());
    for folder in ["src", "tests", "sandbox/src", "sandbox/tests"] {
        for (path, text) in sources(&root().join(folder)).into_iter().filter(|(path, _)| !path.ends_with("tests/fidelity.rs")) {
            for (document, section) in cited(&text) {
                found += 1;
                if !known[document].contains_key(section) {
                    wrong.push(format!("{}: {document} {section}", path.display()));
                }
            }
        }
    }
    assert!(found > 200, "only {found} citations");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Every Rust file below a folder with its text.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("readable source");
            found.push((path, text));
        }
    }
    found
}
