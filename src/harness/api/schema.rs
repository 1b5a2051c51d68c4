//! JSON schemas. One without a `$schema` of its own is of the draft that OpenAPI 3.1 uses, 2020-12.

use anyhow::{Result, anyhow, bail};
use serde_json::Value;

/// How many departures are told.
const TOLD: usize = 10;

/// Holds a document against a schema.
///
/// # Errors
/// When the schema is none, or the document departs from it: each place with what is wrong there.
pub(super) fn check(schema: &Value, document: &Value) -> Result<()> {
    let validator = jsonschema::validator_for(schema).map_err(|error| anyhow!("the schema is none: {error}"))?;
    let departures: Vec<String> = validator
        .iter_errors(document)
        .take(TOLD)
        .map(|error| {
            let place = error.instance_path().to_string();
            // The value itself may be a secret.
            format!("\n  at {}: {}", if place.is_empty() { "the top" } else { &place }, error.masked_with("the value"))
        })
        .collect();
    if departures.is_empty() {
        return Ok(());
    }
    bail!("the body departs from its schema{}", departures.concat())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_departure_is_told_with_its_place() {
        let schema =
            json!({"type": "object", "required": ["id"], "properties": {"n": {"type": "array", "items": {"type": "integer"}}}});
        assert!(check(&schema, &json!({"id": 1, "n": [1, 2]})).is_ok());
        let told = check(&schema, &json!({"n": [1, "two"]})).expect_err("a departure").to_string();
        assert!(told.contains("at /n/1: the value is not of type \"integer\""), "{told}");
        assert!(told.contains("at the top: \"id\" is a required property"), "{told}");
    }

    #[test]
    fn what_is_no_schema_is_refused() {
        for schema in [json!(7), json!({"type": "nothing"}), json!({"$ref": "#/nowhere"}), json!({"$ref": "http://nowhere/"})] {
            let told = check(&schema, &json!({})).expect_err("no schema").to_string();
            assert!(told.starts_with("the schema is none"), "{schema}: {told}");
        }
    }
}
