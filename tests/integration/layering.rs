//! The dependency rules of `ARCHITECTURE.md`, read off the source: arrows point down, neighbours do not know each other.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What a module of the integration may use of the others. A module that is not listed here fails the test.
const INTEGRATION: [(&str, &[&str]); 19] = [
    ("main", &["cli"]),
    (
        "cli",
        &[
            "app",
            "ats_to_harver",
            "clock",
            "config",
            "console",
            "delivery",
            "domain",
            "harver_to_ats",
            "http",
            "invitation",
            "reference",
            "store",
            "telemetry",
        ],
    ),
    ("harness", &[]),
    (
        "app",
        &[
            "ats_to_harver",
            "clock",
            "config",
            "console",
            "delivery",
            "domain",
            "harver_platform",
            "harver_to_ats",
            "http",
            "icims",
            "invitation",
            "ops",
            "reference",
            "store",
        ],
    ),
    ("reference", &["ats_to_harver", "harver_to_ats", "ops"]),
    ("config", &["delivery", "domain", "invitation"]),
    ("telemetry", &[]),
    ("ats_to_harver", &["clock", "delivery", "domain", "harver_platform", "icims", "invitation", "store", "web"]),
    ("harver_to_ats", &["clock", "delivery", "domain", "harver_platform", "icims", "store", "web"]),
    ("console", &["clock", "domain", "icims", "store", "web"]),
    ("ops", &["store"]),
    ("icims", &["clock", "domain", "http", "testing", "token_cache"]),
    ("harver_platform", &["clock", "domain", "http", "testing", "token_cache"]),
    ("invitation", &["domain", "http", "testing"]),
    ("delivery", &["clock", "domain", "store"]),
    ("web", &["domain", "store"]),
    ("store", &["domain"]),
    ("domain", &[]),
    ("clock", &[]),
];

/// Machinery below the neighbours' clients, and what the unit tests share.
const BELOW: [(&str, &[&str]); 3] =
    [("http", &["domain"]), ("token_cache", &["clock", "testing"]), ("testing", &["clock", "domain", "http"])];

/// The same for the sandbox.
const SANDBOX: [(&str, &[&str]); 9] = [
    ("library", &["control", "engine", "icims", "mailbox", "start"]),
    ("start", &["control", "engine", "harver_platform", "icims", "mailbox", "ui"]),
    ("control", &["engine", "harver_platform", "icims", "mailbox", "reference", "start", "ui"]),
    ("icims", &["engine", "reference", "ui"]),
    ("harver_platform", &["engine", "reference", "ui"]),
    ("mailbox", &["engine", "ui"]),
    ("ui", &["engine"]),
    ("reference", &[]),
    ("engine", &[]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The module below `folder` that a file belongs to.
fn module_of(folder: &Path, file: &Path) -> String {
    let below = file.strip_prefix(folder).expect("a file of the folder");
    let first = below.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The code of a file without comments, so that a doc link is no dependency.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("readable source");
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The top-level modules that a piece of code names after `crate::`, also inside braces.
fn uses(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let names = if let Some(group) = rest.strip_prefix('{') {
            split_group(group)
        } else {
            vec![rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()]
        };
        found.extend(names);
    }
    found
}

/// The first names of a `use` group, up to its closing brace.
fn split_group(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut name, mut in_name) = (0, Vec::new(), String::new(), true);
    for character in group.chars() {
        match character {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(std::mem::take(&mut name));
                in_name = true;
                continue;
            }
            _ => {}
        }
        in_name &= character.is_alphanumeric() || character == '_' || character.is_whitespace();
        if in_name && !character.is_whitespace() {
            name.push(character);
        }
    }
    names.push(name);
    names.retain(|name| !name.is_empty() && name != "self");
    names
}

fn broken_rules(folder: &Path, rules: &BTreeMap<&str, &[&str]>) -> Vec<String> {
    let mut broken = Vec::new();
    for file in sources(folder) {
        let module = module_of(folder, &file);
        if module == "lib" {
            continue;
        }
        let Some(allowed) = rules.get(module.as_str()) else {
            broken.push(format!("{}: the module {module} has no place in the layers", file.display()));
            continue;
        };
        for used in uses(&code(&file)) {
            let is_module = rules.contains_key(used.as_str());
            if is_module && used != module && !allowed.contains(&used.as_str()) {
                broken.push(format!("{}: {module} must not use {used}", file.display()));
            }
        }
    }
    broken
}

fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn arrows_of_the_integration_point_down() {
    let rules = INTEGRATION.into_iter().chain(BELOW).collect();
    assert_none(&broken_rules(&root().join("src"), &rules));
}

#[test]
fn arrows_of_the_sandbox_point_down() {
    assert_none(&broken_rules(&root().join("sandbox/src"), &SANDBOX.into_iter().collect()));
}

#[test]
fn the_rules_notice_a_forbidden_arrow() {
    let code = "use crate::{clock::Clock, harver_to_ats::{A, B}};\nuse crate::store::Store;\n";
    assert_eq!(uses(code), ["clock", "harver_to_ats", "store"]);
}

#[test]
fn the_sandbox_knows_nothing_of_the_integration() {
    let manifest = fs::read_to_string(root().join("sandbox/Cargo.toml")).expect("a manifest");
    assert!(!manifest.contains("harver-icims"), "sandbox/Cargo.toml names the integration");
    let naming: Vec<String> = sources(&root().join("sandbox"))
        .into_iter()
        .filter(|file| code(file).contains("harver_icims::"))
        .map(|file| format!("{}: names the integration", file.display()))
        .collect();
    assert_none(&naming);
}

#[test]
fn only_the_composition_root_brings_the_sandbox_in() {
    let naming: Vec<String> = sources(&root().join("src"))
        .into_iter()
        .filter(|file| code(file).contains("icims_sandbox") && module_of(&root().join("src"), file) != "cli")
        .map(|file| format!("{}: names the sandbox", file.display()))
        .collect();
    assert_none(&naming);
}

#[test]
fn only_the_store_contains_sql() {
    let statements = ["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "CREATE TABLE", "rusqlite"];
    let containing: Vec<String> = sources(&root().join("src"))
        .into_iter()
        .filter(|file| module_of(&root().join("src"), file) != "store")
        .filter(|file| statements.iter().any(|statement| code(file).contains(statement)))
        .map(|file| format!("{}: contains SQL", file.display()))
        .collect();
    assert_none(&containing);
}

#[test]
fn the_domain_knows_no_outside_world() {
    let outside = ["axum", "reqwest", "rusqlite", "tokio", "async ", "Timestamp::now", "serde"];
    let knowing: Vec<String> = sources(&root().join("src/domain"))
        .into_iter()
        .flat_map(|file| {
            let code = code(&file);
            let known =
                outside.iter().filter(move |word| code.contains(**word)).map(|word| format!("{}: knows {word}", file.display()));
            known.collect::<Vec<_>>()
        })
        .collect();
    assert_none(&knowing);
}

#[test]
fn only_the_composition_roots_start_tasks() {
    // `control/api.rs` and `engine/observe.rs` finish what a caller who goes away has begun; the other files are the roots and their
    // own threads.
    let roots = [
        "src/app.rs",
        "src/cli/",
        "src/harness/",
        "src/testing.rs",
        "src/store/lane.rs",
        "sandbox/src/start",
        "sandbox/src/engine/disk",
        "sandbox/src/engine/observe.rs",
        "sandbox/src/control/api.rs",
    ];
    let starting: Vec<String> = sources(&root().join("src"))
        .into_iter()
        .chain(sources(&root().join("sandbox/src")))
        .filter(|file| {
            let name = file.strip_prefix(root()).expect("a file of the project").to_string_lossy().into_owned();
            !name.ends_with("tests.rs") && !roots.iter().any(|root| name.starts_with(root))
        })
        .filter(|file| {
            let text = code(file);
            let production = text.split("#[cfg(test)]").next().unwrap_or_default();
            production.contains("tokio::spawn") || production.contains("thread::spawn") || production.contains("thread::Builder")
        })
        .map(|file| format!("{}: starts a task", file.display()))
        .collect();
    assert_none(&starting);
}
