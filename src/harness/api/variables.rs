//! Variables: `{name}` in a text stands for a value. Anything else in braces, such as JSON, is left as it is.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use serde_json::Value;

use crate::harness::report::is_secret;

/// How near a name has to be to be taken for what was meant, from 0 to 1.
const NEAR: f64 = 0.6;

/// Values by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables {
    values: BTreeMap<String, String>,
    secrets: BTreeSet<String>,
}

impl Variables {
    pub(super) fn set(&mut self, name: &str, value: String) {
        if is_secret(name.rsplit('.').next().unwrap_or(name)) {
            self.hide(&value);
        }
        self.values.insert(name.to_owned(), value);
    }

    /// Sets a variable for each value of an object: `{"icims": {"base_url": …}}` is `{icims.base_url}`.
    pub(super) fn know(&mut self, keys: &Value) {
        self.know_below("", keys);
    }

    fn know_below(&mut self, path: &str, value: &Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    self.know_below(&path, value);
                }
            }
            Value::Null | Value::Array(_) => {}
            Value::String(text) => self.set(path, text.clone()),
            other => self.set(path, other.to_string()),
        }
    }

    /// Keeps a value from being shown.
    pub(super) fn hide(&mut self, secret: &str) {
        self.secrets.insert(secret.to_owned());
    }

    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.secrets.iter().map(String::as_str)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The text with the values of its variables.
    ///
    /// # Errors
    /// When one is not set: which, and which was probably meant.
    pub(super) fn fill(&self, text: &str) -> Result<String> {
        self.fill_with(text, str::to_owned)
    }

    /// The same for a regular expression, in which values stand for themselves.
    pub(super) fn fill_pattern(&self, text: &str) -> Result<String> {
        let literal = |value: &str| {
            let mut literal = String::new();
            for letter in value.chars() {
                if letter.is_ascii_punctuation() {
                    literal.push('\\');
                }
                literal.push(letter);
            }
            literal
        };
        self.fill_with(text, literal)
    }

    fn fill_with(&self, text: &str, written: impl Fn(&str) -> String) -> Result<String> {
        let (mut filled, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            match after.split_once('}').filter(|(name, _)| is_name(name)) {
                Some((name, after)) => {
                    let Some(value) = self.get(name) else { bail!(self.unknown(name)) };
                    filled.push_str(&written(value));
                    rest = after;
                }
                None => {
                    filled.push('{');
                    rest = after;
                }
            }
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn unknown(&self, name: &str) -> String {
        let near = self.values.keys().map(|known| (strsim::jaro_winkler(name, known), known));
        let nearest = near.max_by(|one, other| one.0.total_cmp(&other.0)).filter(|(nearness, _)| *nearness > NEAR);
        match nearest {
            Some((_, meant)) => format!("the variable {{{name}}} is not set; did you mean {{{meant}}}?"),
            None => {
                format!("the variable {{{name}}} is not set: set it, or begin with a company, which sets those of its systems")
            }
        }
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn known() -> Variables {
        let mut variables = Variables::default();
        variables.know(&json!({"icims": {"base_url": "http://icims", "password": "pass-word"}, "n": 7, "list": [1]}));
        variables
    }

    fn check(text: &str, wanted: Result<&str, &str>) {
        let found = known().fill(text).map_err(|error| error.to_string());
        assert_eq!(found.as_deref().map_err(String::as_str), wanted, "{text}");
    }

    #[test]
    fn names_in_braces_stand_for_values() {
        check("{icims.base_url}/people/{n}", Ok("http://icims/people/7"));
        check("", Ok(""));
    }

    #[test]
    fn what_is_no_name_is_left_alone() {
        for text in [r#"{"a": {"b": 1}}"#, "{}", "{ n }", r"\d{3}", "{n", "n}", "{a b}", "{é}"] {
            check(text, Ok(text));
        }
        check(r#"{"a":{n}}"#, Ok(r#"{"a":7}"#));
    }

    #[test]
    fn a_name_that_is_not_set_is_told_with_what_was_meant() {
        check("{icims.baseurl}", Err("the variable {icims.baseurl} is not set; did you mean {icims.base_url}?"));
        let alone = "the variable {qqq} is not set: set it, or begin with a company, which sets those of its systems";
        check("{qqq}", Err(alone));
    }

    #[test]
    fn in_a_pattern_a_value_stands_for_itself() {
        let mut variables = Variables::default();
        variables.set("mail", "a.b+c@x".to_owned());
        assert_eq!(variables.fill_pattern(r"^{mail}\d{2}$").expect("a pattern"), r"^a\.b\+c\@x\d{2}$");
    }

    #[test]
    fn what_is_called_like_a_secret_is_one() {
        assert_eq!(known().secrets().collect::<Vec<_>>(), ["pass-word"]);
    }
}
