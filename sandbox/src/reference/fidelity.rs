//! How well the simulation knows what it simulates.

use serde::{Deserialize, Serialize};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fidelity {
    /// How sure we are.
    pub mark: Mark,
    /// Page and section of the evidence, such as `icims-api 5.4`.
    pub source: &'static str,
    /// The name of a test function, in this repository.
    pub test: &'static str,
}

/// Behaviour that the vendor's documents describe.
#[must_use]
pub const fn documented(source: &'static str, test: &'static str) -> Fidelity {
    Fidelity { mark: Mark::Documented, source, test }
}

/// Behaviour that was seen and is not promised anywhere.
#[must_use]
pub const fn observed(source: &'static str, test: &'static str) -> Fidelity {
    Fidelity { mark: Mark::Observed, source, test }
}

/// Behaviour that had to be decided here; `source` names the section that leaves it open.
#[must_use]
pub const fn assumed(source: &'static str, test: &'static str) -> Fidelity {
    Fidelity { mark: Mark::Assumed, source, test }
}
