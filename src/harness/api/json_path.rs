//! JSON paths (RFC 9535), and what is found by one. BAT's older spelling `$.[0].id` is understood, too.

use std::fmt;

use anyhow::{Context, Result, bail, ensure};
use cucumber::codegen::Regex;
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::harness::report::{TAKEN_OUT, is_secret, shown_body};

/// How much of a value is told, in characters.
const TOLD: usize = 300;

/// A path to one value.
#[derive(Debug)]
pub(super) struct Path {
    written: String,
    path: JsonPath,
}

impl Path {
    /// # Errors
    /// When the text is no path, with the place where it stops to be one.
    pub(super) fn parse(written: &str) -> Result<Self> {
        let path = JsonPath::parse(&modern(written)).with_context(|| format!("{written:?} is no JSON path"))?;
        Ok(Self { written: written.to_owned(), path })
    }

    /// The value.
    ///
    /// # Errors
    /// When the path finds none, or more than one: a look at the first alone would say nothing of the others.
    pub(super) fn one<'a>(&self, body: &'a Value) -> Result<&'a Value> {
        let found = self.path.query(body).all();
        match found.as_slice() {
            [one] => Ok(one),
            [] => bail!("the JSON path {self} finds nothing in {}", self.told(body)),
            several => {
                let told: Vec<_> = several.iter().map(|value| self.told(value)).collect();
                bail!("the JSON path {self} finds {} values: {}; name one of them", several.len(), told.join(", "))
            }
        }
    }

    /// Whether the value is this one. Numbers and truth values are compared with what their text says, lists and objects with their JSON.
    ///
    /// # Errors
    /// When it is not, with what it is.
    pub(super) fn equals(&self, body: &Value, expected: &str) -> Result<()> {
        let found = self.one(body)?;
        let same = match found {
            Value::String(text) => text == expected,
            Value::Number(number) => {
                number.to_string() == expected || number.as_f64().is_some_and(|number| expected.parse() == Ok(number))
            }
            Value::Null => expected == "null",
            Value::Bool(truth) => expected.parse() == Ok(*truth),
            Value::Array(_) | Value::Object(_) => {
                serde_json::from_str::<Value>(expected).is_ok_and(|expected| expected == *found)
            }
        };
        ensure!(same, "the JSON path {self} finds {}, not {expected:?}", self.told(found));
        Ok(())
    }

    /// Whether the text of the value matches.
    ///
    /// # Errors
    /// When it does not, or the pattern is none.
    pub(super) fn matches(&self, body: &Value, pattern: &str) -> Result<()> {
        let regex = Regex::new(pattern).with_context(|| format!("{pattern:?} is no regular expression"))?;
        let found = self.one(body)?;
        ensure!(
            regex.is_match(&text(found)),
            "the JSON path {self} finds {}, which does not match {pattern:?}",
            self.told(found)
        );
        Ok(())
    }

    /// Whether the value is a text, a list or an object with nothing in it.
    ///
    /// # Errors
    /// When it is not, or is something that can have nothing in it.
    pub(super) fn is_empty(&self, body: &Value) -> Result<()> {
        let found = self.one(body)?;
        let empty = match found {
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        };
        ensure!(empty, "the JSON path {self} finds {}, which is not empty", self.told(found));
        Ok(())
    }
}

impl Path {
    /// A value as it may be shown: without secrets in it, and not at all where the path itself names one.
    fn told(&self, value: &Value) -> String {
        let whole = value.to_string();
        let whole = match value {
            Value::Object(_) | Value::Array(_) => {
                let shown = shown_body(&whole, usize::MAX).and_then(|shown| serde_json::from_str::<Value>(&shown).ok());
                shown.map_or_else(|| TAKEN_OUT.to_owned(), |shown| shown.to_string())
            }
            Value::String(_) | Value::Number(_) if self.names_a_secret() => TAKEN_OUT.to_owned(),
            _ => whole,
        };
        match whole.char_indices().nth(TOLD) {
            Some((end, _)) => format!("{} …", &whole[..end]),
            None => whole,
        }
    }

    fn names_a_secret(&self) -> bool {
        let mut words = self.written.split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | '-'));
        words.rfind(|word| !word.is_empty()).is_some_and(is_secret)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.written)
    }
}

/// What a value says: a text without its quotes, anything else as JSON.
pub(super) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `$.[0].id` as `$[0].id`: where no name is quoted, a point before a bracket says nothing, unless it is the second of two.
fn modern(written: &str) -> String {
    let mut modern = String::new();
    let mut quote = None;
    let mut letters = written.chars().peekable();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None, '.') if letters.peek() == Some(&'[') && !modern.ends_with('.') => continue,
            _ => {}
        }
        modern.push(letter);
    }
    modern
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body() -> Value {
        json!({"id": 7, "half": 0.5, "on": true, "none": null, "name": "Ana.[1]", "list": [{"id": "a"}, {"id": "b"}], "no": [], "o": {"a": 1}})
    }

    fn check(path: &str, expected: &str, wanted: Option<&str>) {
        let found = Path::parse(path).and_then(|path| path.equals(&body(), expected)).err().map(|error| format!("{error:#}"));
        match (found, wanted) {
            (None, None) => {}
            (Some(found), Some(wanted)) => assert!(found.contains(wanted), "{path}: {found}"),
            (found, wanted) => panic!("{path} = {expected}: {found:?}, not {wanted:?}"),
        }
    }

    #[test]
    fn a_value_is_compared_with_what_its_text_says() {
        for (path, expected) in [
            ("$.id", "7"),
            ("$.id", "7.0"),
            ("$.half", "0.5"),
            ("$.on", "true"),
            ("$.none", "null"),
            ("$.name", "Ana.[1]"),
            ("$['name']", "Ana.[1]"),
            ("$.list[1].id", "b"),
            ("$.list.[1].id", "b"),
            ("$..[?@.id=='a'].id", "a"),
            ("$.o", "{ \"a\": 1 }"),
            ("$.no", "[]"),
        ] {
            check(path, expected, None);
        }
    }

    #[test]
    fn what_is_something_else_is_told() {
        check("$.id", "8", Some("the JSON path \"$.id\" finds 7, not \"8\""));
        check("$.id", "seven", Some("finds 7"));
        check("$.on", "1", Some("finds true"));
        check("$.none", "", Some("finds null"));
        check("$.o", "{", Some("finds {\"a\":1}"));
        check("$.nobody", "7", Some("the JSON path \"$.nobody\" finds nothing in {"));
        check("$.list[*].id", "a", Some("finds 2 values: \"a\", \"b\"; name one of them"));
        check("$.list[", "a", Some("\"$.list[\" is no JSON path"));
        check("id", "7", Some("\"id\" is no JSON path"));
    }

    #[test]
    fn no_secret_is_told() {
        let body = json!({"accessToken": "SECRET", "deep": {"password": "SECRET", "name": "Ana"}, "words": "harmless"});
        for (path, says) in [
            ("$.accessToken", "finds •••, not"),
            ("$['accessToken']", "finds •••, not"),
            ("$.nobody", "finds nothing in {\"accessToken\":\"•••\""),
            ("$.deep", "finds {\"name\":\"Ana\",\"password\":\"•••\"}, not"),
            ("$.words", "finds \"harmless\", not"),
        ] {
            let told = Path::parse(path).expect("a path").equals(&body, "x").expect_err("another").to_string();
            assert!(told.contains(says) && !told.contains("SECRET"), "{path}: {told}");
        }
    }

    #[test]
    fn empty_is_what_has_nothing_in_it() {
        let empty =
            |path: &str| Path::parse(path).expect("a path").is_empty(&json!({"t": "", "l": [], "o": {}, "n": null, "z": 0}));
        for path in ["$.t", "$.l", "$.o"] {
            assert!(empty(path).is_ok(), "{path}");
        }
        for path in ["$.n", "$.z", "$.nobody", "$"] {
            assert!(empty(path).is_err(), "{path}");
        }
    }

    #[test]
    fn a_pattern_is_held_against_the_text() {
        let matches = |path: &str, pattern: &str| Path::parse(path).expect("a path").matches(&body(), pattern);
        assert!(matches("$.id", r"^\d$").is_ok() && matches("$.name", "^Ana").is_ok());
        assert!(matches("$.name", "^na").is_err() && matches("$.nobody", ".*").is_err());
        let error = format!("{:#}", matches("$.id", "(").expect_err("no pattern"));
        assert!(error.contains("\"(\" is no regular expression"), "{error}");
    }
}
