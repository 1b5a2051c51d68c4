//! Which versions of its consumers a provider looks at, as `--consumer-version-selector` takes them.

use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

use super::applications::near_name;

/// Keys of a selector, and whether their value is a text (else it is `true`).
const KEYS: [(&str, bool); 12] = [
    ("consumer", true),
    ("tag", true),
    ("fallbackTag", true),
    ("branch", true),
    ("fallbackBranch", true),
    ("environment", true),
    ("latest", false),
    ("mainBranch", false),
    ("matchingBranch", false),
    ("deployed", false),
    ("released", false),
    ("deployedOrReleased", false),
];

/// A selector (<https://docs.pact.io/pact_broker/advanced_topics/consumer_version_selectors>). A broker passes over keys that it does not
/// know, and selects something else than was meant; so they are refused here.
#[derive(Clone, Debug, PartialEq)]
pub struct Selector(Value);

impl Selector {
    /// What is looked at where nobody says: the main branches, and whatever runs somewhere.
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        vec![Self(json!({"mainBranch": true})), Self(json!({"deployedOrReleased": true}))]
    }

    pub(super) fn json(&self) -> &Value {
        &self.0
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Selector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let example = "write it like {\"mainBranch\": true} or {\"deployedOrReleased\": true}";
        let selector: Value = serde_json::from_str(text).map_err(|_| format!("it is no JSON: {example}"))?;
        let keys = selector.as_object().filter(|keys| !keys.is_empty()).ok_or_else(|| format!("it is no selector: {example}"))?;
        for (key, value) in keys {
            let Some((_, is_text)) = KEYS.iter().find(|(known, _)| known == key) else {
                let known = KEYS.map(|(known, _)| known);
                return Err(format!("a selector has no {key}{}", near_name(key, &known)));
            };
            let fits = if *is_text { value.as_str().is_some_and(|text| !text.is_empty()) } else { *value == json!(true) };
            if !fits {
                return Err(format!("{key} is {}", if *is_text { "a text" } else { "true, or it is left out" }));
            }
        }
        Ok(Self(selector))
    }
}

/// A day, as `--include-wip-pacts-since` takes it.
///
/// # Errors
/// When it is none.
pub fn day(text: &str) -> Result<jiff::civil::Date, String> {
    text.parse().map_err(|_| "it is no day: write it like 2026-03-01".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_that_a_broker_would_pass_over_is_refused() {
        for (text, says) in [
            ("main", "it is no JSON"),
            ("[]", "it is no selector"),
            ("{}", "it is no selector"),
            ("{\"mainbranch\": true}", "a selector has no mainbranch; did you mean mainBranch?"),
            ("{\"mainBranch\": \"true\"}", "mainBranch is true, or it is left out"),
            ("{\"deployed\": false}", "deployed is true, or it is left out"),
            ("{\"branch\": true}", "branch is a text"),
            ("{\"branch\": \"\"}", "branch is a text"),
        ] {
            let said = text.parse::<Selector>().expect_err(text);
            assert!(said.contains(says), "{text}: {said}");
        }
        "{\"branch\": \"feat/x\", \"consumer\": \"icims\"}".parse::<Selector>().expect("a selector");
    }
}
