//! What a client can rely on in a JSON document: its shape. Values become examples, and rules say what fits in their place.

use serde_json::{Map, Value, json};

use super::example::{Kind, SECRET, is_secret};
use super::states::Told;

/// A document with examples, and its rules by path, as version 4 of Pact has them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shape {
    pub(super) example: Value,
    pub(super) rules: Map<String, Value>,
}

impl Shape {
    /// The shape of a document, of which circumstances have told a part.
    pub(super) fn of(document: &Value, told: Option<&Told>) -> Self {
        let mut rules = Map::new();
        let example = shaped(document, "$", None, told, &mut rules);
        Self { example, rules }
    }
}

/// One rule.
pub(super) fn rule(matcher: &Value) -> Value {
    json!({"combine": "AND", "matchers": [matcher]})
}

/// One rule that wants a pattern.
pub(super) fn fits(pattern: &str) -> Value {
    rule(&json!({"match": "regex", "regex": pattern}))
}

fn shaped(value: &Value, path: &str, name: Option<&str>, told: Option<&Told>, rules: &mut Map<String, Value>) -> Value {
    let mut put = |matcher: Value| drop(rules.insert(path.to_owned(), rule(&matcher)));
    match value {
        // Whoever gets nothing can rely on that alone.
        Value::Null => Value::Null,
        Value::Bool(_) => {
            put(json!({"match": "boolean"}));
            value.clone()
        }
        Value::Number(number) => {
            put(json!({"match": if number.is_f64() { "number" } else { "integer" }}));
            let known = told.and_then(|told| told.whole(&number.to_string()));
            known.and_then(|(example, _)| example.parse().ok().map(Value::Number)).unwrap_or_else(|| value.clone())
        }
        Value::String(_) if name.is_some_and(is_secret) => {
            put(json!({"match": "type"}));
            SECRET.into()
        }
        Value::String(text) => {
            let kind = Kind::of(text);
            put(match kind.pattern() {
                Some(pattern) => json!({"match": "regex", "regex": pattern}),
                None => json!({"match": "type"}),
            });
            let known = told.and_then(|told| told.whole(text));
            match (known, kind) {
                (Some((example, _)), _) => example.into(),
                (None, Kind::Address) => {
                    let example = kind.example(text);
                    told.and_then(|told| told.path(&example)).map_or(example, |(example, _)| example).into()
                }
                (None, kind) => kind.example(text).into(),
            }
        }
        Value::Array(items) => match alike(items) {
            Some(one) => {
                put(json!({"match": "type", "min": 1}));
                Value::Array(vec![shaped(&one, &format!("{path}[*]"), name, told, rules)])
            }
            None => {
                put(json!({"match": "type"}));
                Value::Array(Vec::new())
            }
        },
        Value::Object(fields) => {
            let each = fields.iter().map(|(key, value)| {
                let below = if is_plain(key) { format!("{path}.{key}") } else { format!("{path}['{key}']") };
                (key.clone(), shaped(value, &below, Some(key), told, rules))
            });
            Value::Object(each.collect())
        }
    }
}

/// One item that stands for all: of objects the fields that each of them has. Nothing where there are no items.
fn alike(items: &[Value]) -> Option<Value> {
    let first = items.first()?;
    let Value::Object(fields) = first else { return Some(first.clone()) };
    let in_all = |key: &String| items.iter().all(|item| item.get(key).is_some_and(|value| kind(value) == kind(&fields[key])));
    Some(Value::Object(fields.iter().filter(|(key, _)| in_all(key)).map(|(key, value)| (key.clone(), value.clone())).collect()))
}

fn kind(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(number) if number.is_f64() => 2,
        Value::Number(_) => 3,
        Value::String(text) => 10 + Kind::of(text) as u8,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}

/// Whether a key can follow a dot in a path.
fn is_plain(key: &str) -> bool {
    let mut signs = key.chars();
    signs.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && signs.all(|sign| sign.is_ascii_alphanumeric() || sign == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matcher(shape: &Shape, path: &str) -> Value {
        shape.rules.get(path).map_or(Value::Null, |rule| rule["matchers"][0].clone())
    }

    #[test]
    fn values_become_examples_with_rules() {
        let shape = Shape::of(
            &json!({
                "id": "30517", "email": "a@b.test", "name": "Ines", "hired": true, "age": 41, "share": 0.5, "none": null,
                "created": "2026-11-27T15:05:41Z", "access_token": "s3cret", "first name": "Ines"
            }),
            None,
        );
        assert_eq!(shape.example["access_token"], "example");
        assert_eq!(shape.example["created"], "2025-03-04T12:00:00Z");
        assert_eq!(shape.example["id"], "30517");
        assert_eq!(matcher(&shape, "$.id")["regex"], r"^\d+$");
        assert_eq!(matcher(&shape, "$.name"), json!({"match": "type"}));
        assert_eq!(matcher(&shape, "$['first name']"), json!({"match": "type"}));
        assert_eq!(matcher(&shape, "$.hired"), json!({"match": "boolean"}));
        assert_eq!(
            (matcher(&shape, "$.age"), matcher(&shape, "$.share")),
            (json!({"match": "integer"}), json!({"match": "number"}))
        );
        assert_eq!(matcher(&shape, "$.none"), Value::Null);
    }

    #[test]
    fn of_a_list_one_item_is_left_with_what_all_have() {
        let shape = Shape::of(&json!({"people": [{"id": 1, "x": "a"}, {"id": 2}], "tags": ["a", "b"], "empty": []}), None);
        assert_eq!(shape.example, json!({"people": [{"id": 1}], "tags": ["a"], "empty": []}));
        assert_eq!(matcher(&shape, "$.people"), json!({"match": "type", "min": 1}));
        assert_eq!(matcher(&shape, "$.people[*].id"), json!({"match": "integer"}));
        assert_eq!(matcher(&shape, "$.people[*].x"), Value::Null);
        assert_eq!(
            (matcher(&shape, "$.tags[*]"), matcher(&shape, "$.empty")),
            (json!({"match": "type"}), json!({"match": "type"}))
        );
    }
}
