//! The list of limits is whole: every number of the source is a limit with a row in `docs/limits.md`, or said to be
//! none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The cells of each row of the tables: what, limit, what happens then, test, where.
fn rows() -> Vec<[String; 5]> {
    let document = std::fs::read_to_string(workspace().join("docs/limits.md")).expect("docs/limits.md");
    let lines =
        document.lines().filter(|line| line.starts_with('|') && !line.starts_with("|--") && !line.starts_with("| what | "));
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

/// Numbers of the source that bound nothing which a client or a neighbour brings: a new number is one of these, or a limit with a row.
const NO_LIMITS: [(&str, &[&str]); 6] = [
    ("what the targets of fuzzing hold parsers to, in no program", &["fuzzing::STEPS_A_BYTE", "fuzzing::UNPACKED"]),
    (
        "what the vendors promise or do: `docs/fidelity.md` has it",
        &[
            "access::TOKEN_LIFE",
            "cache::STALENESS",
            "callbacks::TIMEOUT",
            "flow::SCALE",
            "guard::WINDOW_SECONDS",
            "ids::LENGTH",
            "journey::SESSION_LIFE",
            "lists::PAGE",
            "plan::PAGE",
            "portals::PAGE",
            "read::NORM",
            "registration::ATS_PARAMETERS",
            "report::EXTENDED_GUIDE_LIFE",
            "report::GUIDE_LIFE",
            "report::HUB_LIFE",
            "report::LONGEST_HUB_LIFE",
            "report::REPORT_LIFE",
            "sessions::PORTAL_SESSION",
            "signing::SKEW",
            "streams::PAGE",
            "tokens::LIFETIME",
            "tokens::THROTTLE",
            "tokens::THROTTLE_WINDOW",
            "users::DESK_SESSION",
        ],
    ),
    (
        "how much is shown at once of what has a limit of its own",
        &[
            "api::SHOWN",
            "budget::BUSIEST",
            "candidates::SHOWN",
            "home::ASSESSMENTS",
            "home::LINES",
            "journal::SHOWN",
            "mailpit::LISTED",
            "overview::SHOWN",
            "pages::SHOWN",
            "people_tab::PANEL",
            "read::PAGE",
        ],
    ),
    (
        "how large a piece of work is that others wait for, and how large it has to be to be done aside",
        &[
            "aside::AT_ONCE",
            "aside::PRIORITY",
            "followed::WAITING",
            "growth::BATCH",
            "matching::RESOLVING",
            "message::AT_ONCE",
            "moments::LONG",
            "moments::SHORT",
            "packed::WORTH_IT",
            "pieces::PIECE",
            "pieces::SWEPT",
            "queue::GROUP",
            "search::STEPS_AT_ONCE",
            "turned_away::AT_ONCE",
            "unpacked::BITE",
            "used::DEPTH",
        ],
    ),
    (
        "how long the sandbox itself waits or rests",
        &[
            "api::DEFAULT_WAIT",
            "customer::PATIENCE",
            "hold::LOOK",
            "integration::PATIENCE",
            "journal::CALL_TIMEOUT",
            "journal::DELIVERY_TIMEOUT",
            "journal::LOOK",
            "journal::LOOK_AT_THE_LATEST",
            "journal::REST",
            "outbox::AGAIN",
            "outbox::FAREWELL",
            "outbox::IDLE",
            "replacing::PATIENCE",
            "servers::DRAIN",
            "smtp::ACCEPT_PAUSE",
            "sockets::ACCEPT_PAUSE",
            "sockets::ATTEMPTS",
            "turned_away::PATIENCE",
        ],
    ),
    (
        "units, versions, ports, and what something weighs or is called",
        &[
            "budget::SECONDS_OF_A_DAY",
            "confirmation::CODE_DIGITS",
            "disk::VERSION",
            "entry::LOOK_UPS",
            "home::NEAR",
            "icims::UNSUBMITTED",
            "lives::ENTRIES_EACH",
            "lives::FIRST_ENTRY",
            "onboarding::NEW_HIRE_CATEGORY",
            "packed::DAY",
            "package_label::ID_DIGITS",
            "letters::ENCODED_WORD",
            "mails::SEQUENCE_BITS",
            "pdf::COLUMNS",
            "pdf::MARGIN",
            "quota::DAY",
            "registry::HOUSE",
            "shares::OVERHEAD",
            "shares::OWNER",
            "start::DEFAULT_PORT",
            "start::ICIMS",
            "start::INTEGRATION",
            "start::PLATFORM",
            "start::SMTP",
            "state::NUMBERS",
            "tenants::FIRST_CUSTOMER",
            "transfer::VERSION",
            "under_way::LISTS",
        ],
    ),
];

/// The numbers of the source: constants, and the fields of `Limits`, `HttpLimits` and `SmtpLimits`.
fn numbers() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let source = ["listener/src", "sandbox/src"].iter().flat_map(|folder| sources(&workspace().join(folder)));
    for (path, text) in source {
        let mut within = "";
        for line in text.lines().take_while(|line| *line != "mod tests {") {
            if let Some(name) = line.trim().strip_prefix("pub struct ").and_then(|rest| rest.strip_suffix(" {")) {
                within = if ["Limits", "HttpLimits", "SmtpLimits"].contains(&name) { name } else { "" };
            } else if let Some((field, _)) =
                line.strip_prefix("    pub ").and_then(|rest| rest.split_once(':')).filter(|_| !within.is_empty())
            {
                found.insert(format!("{within}::{field}"));
            } else if let Some((name, kind)) = line
                .split_once(" const ")
                .map_or_else(|| line.strip_prefix("const "), |(_, rest)| Some(rest))
                .and_then(|rest| rest.split_once(": "))
                && NUMERIC.iter().any(|numeric| kind.starts_with(numeric))
                && name.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
            {
                found.insert(format!("{}::{name}", module(&path)));
            } else if line == "}" {
                within = "";
            }
        }
    }
    found
}

const NUMERIC: [&str; 9] = ["usize", "u64", "u32", "u16", "u8", "i64", "i32", "Duration", "SignedDuration"];

#[test]
fn every_number_of_the_sandbox_is_a_limit_with_a_row_or_said_to_be_none() {
    let places = |row: &[String; 5]| row[4].split(", ").map(|place| place.trim_matches('`').to_owned()).collect::<Vec<_>>();
    let listed: BTreeSet<String> = rows().iter().flat_map(places).filter(|place| place != "–").collect();
    let none: BTreeSet<String> = NO_LIMITS.iter().flat_map(|(_, names)| *names).map(|name| (*name).to_owned()).collect();
    let found = numbers();
    let known: BTreeSet<String> = listed.union(&none).cloned().collect();
    let missing: Vec<_> = found.difference(&known).collect();
    assert!(missing.is_empty(), "neither limits with a row in docs/limits.md nor said to be none: {missing:#?}");
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(gone.is_empty(), "these numbers are not there any more: {gone:#?}");
    let both: Vec<_> = listed.intersection(&none).collect();
    assert!(both.is_empty(), "limits that are said to be none: {both:#?}");
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
