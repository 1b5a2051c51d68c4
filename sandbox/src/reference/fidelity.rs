//! How well the simulation knows what it simulates: marks beside the code, gathered into a table.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Document;

/// The name under which an operation carries its [`Fidelity`] in the OpenAPI document.
pub const EXTENSION: &str = "x-fidelity";

/// Where knowledge of the original comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// The vendor's documents say so.
    Documented,
    /// Seen in recorded traffic or a vendor's sample, without a document that promises it.
    Observed,
    /// Neither: decided here, as plausibly as possible. No client should depend on it.
    Assumed,
}

impl Mark {
    /// The word for tables and pages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Assumed => "assumed",
        }
    }
}

/// What a piece of behaviour rests on, and the test that would notice if it were different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fidelity {
    /// How sure we are.
    pub mark: Mark,
    /// Page and section of the evidence, such as `icims-api 5.4`.
    pub source: Cow<'static, str>,
    /// The name of a test function, in this repository.
    pub test: Cow<'static, str>,
}

/// Behaviour that the vendor's documents describe.
#[must_use]
pub const fn documented(source: &'static str, test: &'static str) -> Fidelity {
    marked(Mark::Documented, source, test)
}

/// Behaviour that was seen and is not promised anywhere.
#[must_use]
pub const fn observed(source: &'static str, test: &'static str) -> Fidelity {
    marked(Mark::Observed, source, test)
}

/// Behaviour that had to be decided here; `source` names the section that leaves it open.
#[must_use]
pub const fn assumed(source: &'static str, test: &'static str) -> Fidelity {
    marked(Mark::Assumed, source, test)
}

const fn marked(mark: Mark, source: &'static str, test: &'static str) -> Fidelity {
    Fidelity { mark, source: Cow::Borrowed(source), test: Cow::Borrowed(test) }
}

/// Behaviour of one kind, such as the operations of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What the rows are.
    pub title: &'static str,
    /// What one has to know to read them.
    pub about: &'static str,
    /// One piece of behaviour each.
    pub rows: Vec<Row>,
}

/// One piece of behaviour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is called.
    pub what: String,
    /// Its mark; absent where somebody forgot it, which a test reports.
    pub fidelity: Option<Fidelity>,
}

impl Row {
    /// A marked piece of behaviour.
    pub fn new(what: impl Into<String>, fidelity: Fidelity) -> Self {
        Self { what: what.into(), fidelity: Some(fidelity) }
    }
}

/// The operations of an OpenAPI document with their marks.
#[must_use]
pub fn operations(document: Json) -> Vec<Row> {
    let mut rows = Vec::new();
    Document::finished(document).for_each(|operation| {
        let what = format!("{} {}", operation.method.to_uppercase(), operation.path);
        let fidelity = operation.object.get(EXTENSION).and_then(|mark| serde_json::from_value(mark.clone()).ok());
        rows.push(Row { what, fidelity });
    });
    rows
}
