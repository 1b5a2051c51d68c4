//! The dependency rules of `ARCHITECTURE.md`, read off the source: arrows point down, neighbours do not know each other, and tasks are
//! started where somebody answers for them. `samples` shows what is noticed.

mod rules;
mod samples;
mod source;
mod token;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rules::broken_rules;
use source::Crate;

/// What a module of the integration may use of the others. A module that is not listed here fails the test.
const INTEGRATION: [(&str, &[&str]); 25] = [
    ("main", &["cli"]),
    ("fuzzing", &["console", "domain", "env_file", "fuzz_input", "harver_platform", "icims", "invitation", "settings", "web"]),
    (
        "cli",
        &[
            "app",
            "ats_to_harver",
            "checks",
            "clock",
            "config",
            "console",
            "crash_point",
            "delivery",
            "doctor",
            "domain",
            "harness",
            "harver_platform",
            "harver_to_ats",
            "http",
            "icims",
            "invitation",
            "pact",
            "reference",
            "settings",
            "store",
            "telemetry",
            "verdict",
            "web",
        ],
    ),
    (
        "doctor",
        &[
            "ats_to_harver",
            "checks",
            "clock",
            "config",
            "domain",
            "env_file",
            "harver_platform",
            "http",
            "icims",
            "neighbour",
            "settings",
        ],
    ),
    ("harness", &["env_file", "junit", "verdict"]),
    ("pact", &["domain", "http", "junit", "verdict"]),
    (
        "app",
        &[
            "api",
            "ats_to_harver",
            "checks",
            "clock",
            "config",
            "console",
            "crash_point",
            "delivery",
            "domain",
            "harver_platform",
            "harver_to_ats",
            "http",
            "icims",
            "invitation",
            "meter",
            "ops",
            "reference",
            "settings",
            "store",
            "web",
        ],
    ),
    ("api", &["checks", "clock", "domain", "settings", "store", "web"]),
    ("reference", &["api", "ats_to_harver", "harver_to_ats", "ops"]),
    ("config", &["delivery", "domain", "env_file", "invitation", "settings", "web"]),
    ("telemetry", &[]),
    ("ats_to_harver", &["clock", "delivery", "domain", "harver_platform", "icims", "invitation", "neighbour", "store", "web"]),
    ("harver_to_ats", &["clock", "delivery", "domain", "harver_platform", "icims", "neighbour", "store", "web"]),
    ("console", &["checks", "clock", "domain", "fuzz_input", "invitation", "settings", "store", "web"]),
    ("checks", &["clock", "domain", "harver_platform", "http", "icims", "neighbour", "testing"]),
    ("ops", &["clock", "domain", "meter", "store"]),
    ("icims", &["clock", "domain", "fuzz_input", "http", "meter", "neighbour", "testing", "token_cache"]),
    ("harver_platform", &["clock", "domain", "fuzz_input", "http", "meter", "neighbour", "testing", "token_cache"]),
    ("invitation", &["crash_point", "domain", "fuzz_input", "http", "meter", "testing"]),
    ("delivery", &["clock", "domain", "meter", "neighbour", "store"]),
    ("web", &["domain", "fuzz_input", "store"]),
    ("settings", &["domain", "store", "testing"]),
    ("store", &["clock", "crash_point", "domain", "testing"]),
    ("domain", &[]),
    ("clock", &[]),
];

/// Where a process can be told to die, machinery below the neighbours' clients, what a process counts, the file of an environment, what a run comes to and how tools are told, and what the unit tests and the targets of fuzzing share.
const BELOW: [(&str, &[&str]); 10] = [
    ("crash_point", &["domain"]),
    ("env_file", &[]),
    ("fuzz_input", &["domain"]),
    ("http", &["domain"]),
    ("junit", &[]),
    ("meter", &["domain"]),
    ("neighbour", &["clock", "crash_point", "domain", "http", "meter"]),
    ("token_cache", &["clock", "testing"]),
    ("testing", &["clock", "domain", "http"]),
    ("verdict", &[]),
];

/// The same for the sandbox.
const SANDBOX: [(&str, &[&str]); 11] = [
    ("fuzzing", &["control", "engine", "harver_platform", "icims", "mailbox", "start", "ui"]),
    ("fuzz_input", &[]),
    ("library", &["control", "engine", "icims", "mailbox", "start"]),
    ("start", &["control", "engine", "harver_platform", "icims", "mailbox", "ui"]),
    ("control", &["engine", "harver_platform", "icims", "mailbox", "reference", "start", "ui"]),
    ("icims", &["engine", "fuzz_input", "reference", "ui"]),
    ("harver_platform", &["engine", "fuzz_input", "mailbox", "reference", "ui"]),
    ("mailbox", &["engine", "ui"]),
    ("ui", &["engine"]),
    ("reference", &[]),
    ("engine", &[]),
];

/// Where production code of the integration starts tasks and threads, and who answers for them.
const INTEGRATION_STARTS: [(&str, &str); 10] = [
    ("src/app.rs", "a composition root: workers, until they are told to stop"),
    ("src/cli/up.rs", "a composition root: the integration beside the sandbox"),
    ("src/console/admin.rs", "hashes a password off the threads that serve; awaited"),
    ("src/console/sign_ins.rs", "checks a password off the threads that serve; awaited"),
    ("src/harness/browser/driver.rs", "reads from the browser's driver off the threads that serve; awaited"),
    ("src/harness/person.rs", "reads what somebody types, which nothing ends but the end of the process"),
    ("src/store/postgres/lane.rs", "the store's own threads, which end with the store"),
    ("src/store/postgres/listen.rs", "the store's own thread, which ends with the store"),
    ("src/store/postgres/mod.rs", "brings a database to the newest version; awaited"),
    ("src/store/sqlite/lane.rs", "the store's own threads, which end with the store"),
];

/// The same for the sandbox. Its actors have no composition root above them that could run their loops, so each says what it starts.
const SANDBOX_STARTS: [(&str, &str); 7] = [
    ("sandbox/src/control/api.rs", "finishes what a caller who goes away has begun"),
    ("sandbox/src/engine/aside.rs", "work that takes long, off the threads that serve and by turns; awaited"),
    ("sandbox/src/engine/disk.rs", "the disk's own thread, which ends with the disk"),
    ("sandbox/src/engine/observe.rs", "finishes what a caller who goes away has begun"),
    ("sandbox/src/engine/outbox.rs", "what is being sent, in a set that ends with the loop"),
    ("sandbox/src/mailbox/smtp/mod.rs", "connections, in a set that ends with the listener"),
    ("sandbox/src/start/", "the composition root: listeners, connections, the actors' loops"),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn integration() -> Crate {
    Crate::read("harver_icims", &root().join("src"), "src")
}

fn sandbox() -> Crate {
    Crate::read("icims_sandbox", &root().join("sandbox/src"), "sandbox/src")
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    source::files_in(folder).into_iter().map(|file| folder.join(file)).collect()
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

fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn arrows_of_the_integration_point_down() {
    assert_none(&broken_rules(&integration(), &INTEGRATION.into_iter().chain(BELOW).collect()));
}

#[test]
fn arrows_of_the_sandbox_point_down() {
    assert_none(&broken_rules(&sandbox(), &SANDBOX.into_iter().collect()));
}

#[test]
fn the_sandbox_knows_nothing_of_the_integration() {
    let manifest = fs::read_to_string(root().join("sandbox/Cargo.toml")).expect("a manifest");
    assert!(!manifest.contains("harver-icims"), "sandbox/Cargo.toml names the integration");
    let tests = Crate::read("", &root().join("sandbox/tests"), "sandbox/tests");
    let naming = [sandbox(), tests].into_iter().flat_map(|of| of.names.get("harver_icims").cloned().unwrap_or_default());
    assert_none(&naming.collect::<Vec<_>>());
}

#[test]
fn the_listener_knows_neither_program() {
    let manifest = fs::read_to_string(root().join("listener/Cargo.toml")).expect("a manifest");
    let listener = Crate::read("bounded_listener", &root().join("listener/src"), "listener/src");
    for (package, named) in [("harver-icims", "harver_icims"), ("icims-sandbox", "icims_sandbox")] {
        assert!(!manifest.contains(package), "listener/Cargo.toml names {package}");
        assert_none(&listener.names.get(named).cloned().unwrap_or_default());
    }
    assert_none(&unexpected_starts(&listener, &[("listener/src/lib.rs", "connections, in a set that ends with the listener")]));
}

/// A mistake that program and checker share would be found by neither.
#[test]
fn the_checker_of_histories_knows_neither_program() {
    let manifest = fs::read_to_string(root().join("tests/history/Cargo.toml")).expect("a manifest");
    let history = Crate::read("history", &root().join("tests/history/src"), "tests/history/src");
    for (package, named) in [("harver-icims", "harver_icims"), ("icims-sandbox", "icims_sandbox")] {
        assert!(!manifest.contains(package), "tests/history/Cargo.toml names {package}");
        assert_none(&history.names.get(named).cloned().unwrap_or_default());
    }
    assert!(!manifest.contains("path ="), "tests/history/Cargo.toml depends on a crate of ours");
}

#[test]
fn only_the_composition_root_brings_the_sandbox_in() {
    let mut naming = integration().names.get("icims_sandbox").cloned().unwrap_or_default();
    naming.retain(|place| !place.starts_with("src/cli/"));
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
    assert_none(&unexpected_starts(&integration(), &INTEGRATION_STARTS));
    assert_none(&unexpected_starts(&sandbox(), &SANDBOX_STARTS));
}

/// Where tasks are started against a list of places, and places of the list where none is.
fn unexpected_starts(of: &Crate, places: &[(&str, &str)]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for place in &of.starts {
        match places.iter().find(|(known, _)| place.starts_with(known)) {
            Some((known, _)) => drop(seen.insert(*known)),
            None => wrong.push(format!("{place}: starts a task")),
        }
    }
    let unused = places.iter().filter(|(known, _)| !seen.contains(known));
    wrong.extend(unused.map(|(known, _)| format!("{known} starts no task any more; take it off the list")));
    wrong
}
