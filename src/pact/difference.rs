//! What an answer does not keep, in words that need no knowledge of pacts: what was expected where, what is there instead.

use std::cmp::Reverse;

use pact_matching::Mismatch;
use pact_models::path_exp::{DocPath, PathToken};
use serde::Serialize;
use serde_json::Value;

use super::near;

/// How much of a value is shown, in characters.
const WIDTH: usize = 120;

/// One thing that is not as the pact says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What was expected, and where: `"email" at $.email, such as "ines@example.org"`.
    pub expected: String,
    /// What is there instead: `has no "email" there`.
    pub found: String,
    /// What may have happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Difference {
    /// Lines for people.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("expected {}", self.expected), format!("but the answer {}", self.found)];
        lines.extend(self.hint.as_ref().map(|hint| format!("hint: {hint}")));
        lines
    }
}

/// Bodies of a pact and of an answer, as far as they are JSON.
pub(super) struct Bodies {
    pub(super) expected: Option<Value>,
    pub(super) actual: Option<Value>,
}

/// Everything that the answer does not keep, told once.
pub(super) fn differences(mismatches: &[Mismatch], bodies: &Bodies) -> Vec<Difference> {
    let mut all: Vec<Difference> = Vec::new();
    let is_other_body = mismatches.iter().any(|mismatch| matches!(mismatch, Mismatch::BodyTypeMismatch { .. }));
    // The kind of the body has said so.
    let is_said = |mismatch: &&Mismatch| {
        is_other_body && matches!(mismatch, Mismatch::HeaderMismatch { key, .. } if key.eq_ignore_ascii_case("content-type"))
    };
    let mut mismatches: Vec<&Mismatch> = mismatches.iter().filter(|mismatch| !is_said(mismatch)).collect();
    mismatches.sort_by_key(|mismatch| match mismatch {
        Mismatch::StatusMismatch { .. } => 0,
        Mismatch::HeaderMismatch { .. } => 1,
        _ => 2,
    });
    for difference in mismatches.into_iter().flat_map(|mismatch| of(mismatch, bodies)) {
        if !all.contains(&difference) {
            all.push(difference);
        }
    }
    all
}

fn of(mismatch: &Mismatch, bodies: &Bodies) -> Vec<Difference> {
    let one = |expected: String, found: String| vec![Difference { expected, found, hint: None }];
    match mismatch {
        Mismatch::StatusMismatch { expected, actual, .. } => one(format!("status {expected}"), format!("has status {actual}")),
        Mismatch::HeaderMismatch { key, expected, actual, mismatch } => {
            let expected = format!("header {key:?} such as {}", quoted(expected.trim_matches('"')));
            if actual.is_empty() {
                return one(expected, "has no such header".into());
            }
            vec![Difference { expected, found: format!("has {}", quoted(actual)), hint: rule(mismatch) }]
        }
        Mismatch::BodyTypeMismatch { expected, actual, actual_body, .. } => {
            let begin = actual_body.as_ref().map(|body| String::from_utf8_lossy(body).into_owned()).unwrap_or_default();
            let is_page = actual.contains("html") || begin.trim_start().starts_with('<');
            let hint = is_page.then(|| "that is a page for browsers: is --url the address of the API?".to_owned());
            let expected = format!("a body of {expected}");
            vec![Difference { expected, found: format!("has one of {actual}: {}", cut(begin.trim())), hint }]
        }
        Mismatch::BodyMismatch { path, expected, actual, mismatch } => {
            let text = |bytes: &Option<bytes::Bytes>| bytes.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            body(path, text(expected), text(actual), mismatch, bodies)
        }
        // The others are about requests and messages.
        other => one(other.description(), "has something else".into()),
    }
}

fn body(path: &str, expected: Option<String>, actual: Option<String>, said: &str, bodies: &Bodies) -> Vec<Difference> {
    let (wanted, given) = (at(bodies.expected.as_ref(), path), at(bodies.actual.as_ref(), path));
    if let (Some(wanted), Some(given)) = (wanted, given) {
        let missing = match (wanted, given) {
            (Value::Array(wanted), Value::Array(given)) if said.contains("was not found in the actual list") => {
                missing_in_items(path, wanted, expected.as_deref(), given)
            }
            (Value::Object(_), Value::Object(_)) if said.contains("missing the following keys") => {
                own_missing(path, wanted, given)
            }
            _ => Vec::new(),
        };
        if !missing.is_empty() {
            return missing;
        }
    }
    let shown = |value: Option<&Value>, text: Option<String>| value.map(Value::to_string).or(text);
    let place = if path == "/" { "$" } else { path };
    match (shown(wanted, expected), shown(given, actual)) {
        (None, Some(given)) => vec![Difference { expected: "no body".into(), found: format!("has {}", cut(&given)), hint: None }],
        (Some(wanted), None) => {
            vec![Difference { expected: format!("{} at {place}", cut(&wanted)), found: "has nothing there".into(), hint: None }]
        }
        (wanted, given) => vec![Difference {
            expected: format!("a value like {} at {place}", cut(&wanted.unwrap_or_default())),
            found: format!("has {}", cut(&given.unwrap_or_default())),
            hint: rule(said),
        }],
    }
}

/// The library's sentence, where it says more than the values do.
fn rule(said: &str) -> Option<String> {
    let said = said.strip_prefix("Mismatch with header ").and_then(|rest| rest.split_once(": ")).map_or(said, |(_, rule)| rule);
    (!said.is_empty() && !said.contains("to be equal to")).then(|| format!("the pact's rule: {}", cut(said)))
}

/// The keys that an object lacks, not those of what is in it.
fn own_missing(path: &str, wanted: &Value, given: &Value) -> Vec<Difference> {
    missing(path, wanted, given).into_iter().filter(|(at, _)| at.parent == path).map(|(_, difference)| difference).collect()
}

/// Of items in any order the one that was most likely meant is told.
fn missing_in_items(path: &str, wanted: &[Value], variant: Option<&str>, given: &[Value]) -> Vec<Difference> {
    let variant = variant.and_then(|text| serde_json::from_str::<Value>(text).ok()).filter(Value::is_object);
    let Some(variant) = variant.as_ref().or(wanted.first()) else { return Vec::new() };
    let all = given.iter().enumerate().map(|(position, item)| (missing(&format!("{path}[{position}]"), variant, item), item));
    let lacking = all.filter(|(missing, _)| !missing.is_empty());
    let nearest = lacking.min_by_key(|(missing, item)| (missing.len(), Reverse(agreeing(variant, item))));
    nearest.map(|(missing, _)| missing).unwrap_or_default().into_iter().map(|(_, difference)| difference).collect()
}

/// How many values of two objects are the same.
fn agreeing(wanted: &Value, given: &Value) -> usize {
    let (Value::Object(wanted), Value::Object(given)) = (wanted, given) else { return 0 };
    wanted.iter().filter(|(key, value)| given.get(*key) == Some(*value)).count()
}

/// Where a key is missing.
struct Place {
    parent: String,
}

/// The keys that are missing, all the way down.
fn missing(path: &str, wanted: &Value, given: &Value) -> Vec<(Place, Difference)> {
    let (Value::Object(wanted), Value::Object(given)) = (wanted, given) else { return Vec::new() };
    let mut all = Vec::new();
    for (key, value) in wanted {
        let place = below(path, key);
        match given.get(key) {
            Some(there) => all.extend(missing(&place, value, there)),
            None => {
                // A key that the pact knows is no other key's new name.
                let others = given.keys().filter(|other| !wanted.contains_key(*other)).map(String::as_str);
                let hint = near::nearest(key, others).map(|near| format!("the answer has {near:?} there: was {key:?} renamed?"));
                let expected = format!("{key:?} at {place}, such as {}", cut(&value.to_string()));
                let found = format!("has no {key:?} there");
                all.push((Place { parent: path.to_owned() }, Difference { expected, found, hint }));
            }
        }
    }
    all
}

fn below(path: &str, key: &str) -> String {
    let is_plain = !key.is_empty() && key.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
    if is_plain { format!("{path}.{key}") } else { format!("{path}['{key}']") }
}

/// The value at a place; of an array that the pact gives one example of, that example.
fn at<'a>(body: Option<&'a Value>, path: &str) -> Option<&'a Value> {
    let path = DocPath::new(path).ok()?;
    path.tokens().iter().try_fold(body?, |value, token| match token {
        PathToken::Root => Some(value),
        PathToken::Field(name) => value.get(name),
        PathToken::Index(index) => value.get(index).or_else(|| value.get(0)),
        PathToken::Star | PathToken::StarIndex => None,
    })
}

fn quoted(text: &str) -> String {
    cut(&format!("{text:?}"))
}

fn cut(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(path: &str, said: &str, expected: Value, actual: Value) -> Vec<String> {
        let (wanted, given) = (at(Some(&expected), path), at(Some(&actual), path));
        let bytes = |value: Option<&Value>| value.map(|value| bytes::Bytes::from(value.to_string()));
        let mismatch =
            Mismatch::BodyMismatch { path: path.into(), expected: bytes(wanted), actual: bytes(given), mismatch: said.into() };
        let bodies = Bodies { expected: Some(expected), actual: Some(actual) };
        differences(&[mismatch.clone(), mismatch], &bodies).iter().flat_map(Difference::lines).collect()
    }

    const MISSING: &str = "Actual map is missing the following keys: email";

    #[test]
    fn a_renamed_key_is_named_with_its_new_name() {
        let lines =
            told("$.data", MISSING, json!({"data": {"id": 1, "email": "a@b.example"}}), json!({"data": {"id": 1, "e_mail": ""}}));
        assert_eq!(
            lines,
            [
                "expected \"email\" at $.data.email, such as \"a@b.example\"",
                "but the answer has no \"email\" there",
                "hint: the answer has \"e_mail\" there: was \"email\" renamed?"
            ]
        );
        let lines = told("$", MISSING, json!({"email": "x"}), json!({}));
        assert_eq!(lines[1..], ["but the answer has no \"email\" there"]);
    }

    #[test]
    fn of_many_items_the_nearest_is_told() {
        let wanted = json!({"included": [{"type": "reports", "attributes": {"url": "https://x"}}]});
        let given = json!({"included": [{"type": "pages", "attributes": {"uri": "https://x"}}, {"type": "reports", "attributes": {"uri": "https://x"}}]});
        let lines = told("$.included", "Variant at index 0 was not found in the actual list", wanted, given);
        assert_eq!(lines[0], "expected \"url\" at $.included[1].attributes.url, such as \"https://x\"");
        assert_eq!(lines[2], "hint: the answer has \"uri\" there: was \"url\" renamed?");
    }

    #[test]
    fn a_value_is_told_with_the_rule_that_it_breaks() {
        let lines = told("$.n[2]", "Expected 'b' (String) to be an integer number", json!({"n": [1]}), json!({"n": [1, 2, "b"]}));
        assert_eq!(
            lines,
            [
                "expected a value like 1 at $.n[2]",
                "but the answer has \"b\"",
                "hint: the pact's rule: Expected 'b' (String) to be an integer number"
            ]
        );
    }

    #[test]
    fn status_header_and_kind_of_body_are_told_like_the_rest() {
        let mismatches = [
            Mismatch::StatusMismatch { expected: 200, actual: 404, mismatch: String::new() },
            Mismatch::HeaderMismatch {
                key: "location".into(),
                expected: "\"/x\"".into(),
                actual: String::new(),
                mismatch: String::new(),
            },
            Mismatch::BodyTypeMismatch {
                expected: "application/json".into(),
                actual: "text/html".into(),
                mismatch: String::new(),
                expected_body: None,
                actual_body: Some("<html>\n<p>".into()),
            },
        ];
        let bodies = Bodies { expected: None, actual: None };
        let lines: Vec<String> = differences(&mismatches, &bodies).iter().flat_map(Difference::lines).collect();
        assert_eq!(
            lines,
            [
                "expected status 200",
                "but the answer has status 404",
                "expected header \"location\" such as \"/x\"",
                "but the answer has no such header",
                "expected a body of application/json",
                "but the answer has one of text/html: <html> <p>",
                "hint: that is a page for browsers: is --url the address of the API?"
            ]
        );
    }
}
