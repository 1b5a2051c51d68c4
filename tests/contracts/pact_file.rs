//! The four files in `pacts/`: which pair each belongs to, how it is written, and how it is compared.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// Who asks whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pair {
    /// ① Events to the vendor.
    IcimsToIntegration,
    /// ② The platform's public API.
    IntegrationToPlatform,
    /// ③ Webhooks.
    PlatformToIntegration,
    /// ④ The iCIMS REST API.
    IntegrationToIcims,
}

impl Pair {
    pub(crate) const ALL: [Self; 4] =
        [Self::IcimsToIntegration, Self::IntegrationToPlatform, Self::PlatformToIntegration, Self::IntegrationToIcims];

    pub(crate) fn consumer(self) -> &'static str {
        match self {
            Self::IcimsToIntegration => "icims",
            Self::IntegrationToPlatform | Self::IntegrationToIcims => "harver-icims",
            Self::PlatformToIntegration => "harver-platform",
        }
    }

    pub(crate) fn provider(self) -> &'static str {
        match self {
            Self::IcimsToIntegration | Self::PlatformToIntegration => "harver-icims",
            Self::IntegrationToPlatform => "harver-platform",
            Self::IntegrationToIcims => "icims",
        }
    }

    /// The name that the pact library gives the file.
    pub(crate) fn file_name(self) -> String {
        format!("{}-{}.json", self.consumer(), self.provider())
    }

    /// The committed file.
    pub(crate) fn path(self) -> PathBuf {
        folder().join(self.file_name())
    }

    /// The committed file's text, with the line ends of this repository. Empty when there is none yet.
    pub(crate) fn committed(self) -> String {
        std::fs::read_to_string(self.path()).unwrap_or_default().replace("\r\n", "\n")
    }

    /// Accepts a freshly recorded pact as the committed one.
    pub(crate) fn accept(self, text: &str) {
        std::fs::write(self.path(), text).expect("pacts/ can be written");
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pacts/{}", self.file_name())
    }
}

/// Where the committed files are.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pacts")
}

/// A pact as it is committed: keys sorted, nothing that changes with the version of the library, a line end at the end.
pub(crate) fn normalised(text: &str) -> String {
    let mut pact: Value = serde_json::from_str(text).expect("the library writes JSON");
    if let Some(metadata) = pact.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("pactRust");
    }
    // A dependency may switch on serde_json's `preserve_order`; then only this keeps the keys in order.
    let text = serde_json::to_string_pretty(&sorted(pact)).expect("JSON can be written");
    format!("{text}\n")
}

/// How many interactions a pact has.
pub(crate) fn interactions(text: &str) -> usize {
    let pact: Value = serde_json::from_str(text).unwrap_or_default();
    pact["interactions"].as_array().map_or(0, Vec::len)
}

/// Where two texts part, for people.
pub(crate) fn first_difference(committed: &str, recorded: &str) -> String {
    let (mut old, mut new) = (committed.lines(), recorded.lines());
    for number in 1.. {
        match (old.next(), new.next()) {
            (None, None) => break,
            (one, other) if one == other => {}
            (one, other) => {
                let shown = |line: Option<&str>| line.unwrap_or("(nothing)").trim().to_owned();
                return format!("line {number}\n  committed: {}\n  recorded:  {}", shown(one), shown(other));
            }
        }
    }
    "only the line ends differ".into()
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut pairs: Vec<(String, Value)> = object.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            pairs.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(Map::from_iter(pairs))
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

#[test]
fn the_folder_holds_the_four_contracts_and_nothing_else() {
    let mut found: Vec<String> = std::fs::read_dir(folder())
        .expect("pacts/ is there")
        .map(|entry| entry.expect("a readable folder").file_name().to_string_lossy().into_owned())
        .collect();
    found.sort();
    let mut wanted = Pair::ALL.map(Pair::file_name);
    wanted.sort();
    assert_eq!(found, wanted, "pacts/ holds one file for each pair; remove what is not listed, record what is missing");
    for pair in Pair::ALL {
        assert!(interactions(&pair.committed()) > 0, "{pair} has no interactions, so it would always be kept");
    }
}

#[test]
fn every_committed_file_is_written_as_a_recording_is() {
    for pair in Pair::ALL {
        let committed = pair.committed();
        assert!(normalised(&committed) == committed, "{pair} was edited by hand; record it with UPDATE_PACTS=1 instead");
    }
}

#[test]
fn the_order_of_keys_and_the_version_of_the_library_do_not_matter() {
    let one = r#"{"provider":{"name":"b"},"consumer":{"name":"a"},"metadata":{"pactRust":{"models":"1.3.17"},"z":1}}"#;
    let other = r#"{"consumer":{"name":"a"},"metadata":{"z":1,"pactRust":{"models":"9"}},"provider":{"name":"b"}}"#;
    assert_eq!(normalised(one), normalised(other));
    assert!(normalised(one).ends_with("}\n"));
}

#[test]
fn a_difference_is_shown_where_it_begins() {
    let shown = first_difference("{\n  \"a\": 1\n}\n", "{\n  \"a\": 2\n}\n");
    assert_eq!(shown, "line 2\n  committed: \"a\": 1\n  recorded:  \"a\": 2");
    assert!(first_difference("{", "{\n}").contains("(nothing)"));
}
