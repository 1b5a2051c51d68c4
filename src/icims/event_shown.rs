//! An event as it may be kept and shown to people: the documented keys with their ids, and nothing that may be secret or personal.
//!
//! Whoever sends events may add keys at any time, so that only what is known to be harmless is taken over.

use serde_json::{Map, Value, json};
use url::Url;

use crate::domain::StatusId;

/// The keys of ids (assessment-flow.md 2.2 and 3.2).
const IDS: [&str; 5] = ["customerId", "systemId", "jobId", "personId", "userId"];
/// The keys that hold a type or a status, which may come as a label.
const WORDS: [&str; 3] = ["eventType", "oldStatus", "newStatus"];
/// The longest id or address that is shown.
const VALUE_LIMIT: usize = 300;
/// How many links are shown, and how many further keys are named.
const MANY: usize = 20;

/// The body as text of a few kilobytes at most. Addresses lose what they carry beside their path; of other keys only the names are told.
#[must_use]
pub fn without_secrets(body: &[u8]) -> String {
    let Ok(Value::Object(event)) = serde_json::from_slice(body) else {
        return format!("{} bytes that are no JSON object", body.len());
    };
    let mut shown = Map::new();
    for (key, value) in &event {
        if IDS.contains(&key.as_str()) {
            shown.insert(key.clone(), id(value));
        } else if WORDS.contains(&key.as_str()) {
            shown.insert(key.clone(), word(value));
        }
    }
    if let Some(url) = event.get("returnUrl") {
        shown.insert("returnUrl".into(), address(url));
    }
    if let Some(links) = event.get("links") {
        let link = |link: &Value| json!({"rel": link.get("rel").map(word), "url": link.get("url").map(address)});
        let links = links.as_array().map(|links| links.iter().take(MANY).map(link).collect());
        shown.insert("links".into(), links.map_or_else(hidden, Value::Array));
    }
    let others: Vec<Value> = event.keys().filter(|key| !shown.contains_key(*key)).take(MANY).map(|key| plain(key)).collect();
    if !others.is_empty() {
        shown.insert("further keys, without their values".into(), others.into());
    }
    format!("{:#}", Value::Object(shown))
}

/// An id: a number, perhaps with a letter in front. What else stands in its place may be anything.
fn id(value: &Value) -> Value {
    match value {
        Value::Null | Value::Number(_) => value.clone(),
        Value::String(text) if StatusId::parse(text).is_some() => value.clone(),
        _ => hidden(),
    }
}

fn word(value: &Value) -> Value {
    match value {
        Value::Null | Value::Number(_) => value.clone(),
        Value::String(text) => plain(text),
        _ => hidden(),
    }
}

fn plain(text: &str) -> Value {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || "_-. ".contains(letter);
    let short = text.chars().count() <= 40 && text.chars().all(letter);
    if short { text.into() } else { hidden() }
}

fn address(value: &Value) -> Value {
    let Some(mut url) = value.as_str().and_then(|text| Url::parse(text).ok()).filter(Url::has_host) else { return hidden() };
    url.set_query(None);
    url.set_fragment(None);
    // An address with a host can be without a user.
    if url.set_username("").is_err() || url.set_password(None).is_err() || url.as_str().len() > VALUE_LIMIT {
        return hidden();
    }
    url.as_str().into()
}

fn hidden() -> Value {
    "(not shown)".into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_and_plain_addresses_are_shown_and_nothing_else() {
        let body = json!({
            "eventType": "AssessmentEvent", "customerId": "4021", "systemId": 88431, "userId": {"name": "Ines"},
            "personId": "Ines Okafor", "jobId": "2210", "newStatus": "Send to Harver",
            "returnUrl": "https://ines:word@careers.example/jobs/2210/assessment?session=s3cret#s3cret",
            "links": [
                {"rel": "person", "title": "Ines Okafor", "url": "https://api.icims.com/customers/4021/people/30517"},
                {"rel": "job", "url": "not an address"}, 7
            ],
            "candidateName": "Ines Okafor", "apiPassword": "s3cret", "ines.okafor@example.org": 1,
        });
        insta::assert_snapshot!(without_secrets(body.to_string().as_bytes()), @r#"
        {
          "customerId": "4021",
          "eventType": "AssessmentEvent",
          "further keys, without their values": [
            "apiPassword",
            "candidateName",
            "(not shown)"
          ],
          "jobId": "2210",
          "links": [
            {
              "rel": "person",
              "url": "https://api.icims.com/customers/4021/people/30517"
            },
            {
              "rel": "job",
              "url": "(not shown)"
            },
            {
              "rel": null,
              "url": null
            }
          ],
          "newStatus": "Send to Harver",
          "personId": "(not shown)",
          "returnUrl": "https://careers.example/jobs/2210/assessment",
          "systemId": 88431,
          "userId": "(not shown)"
        }
        "#);
        insta::assert_snapshot!(without_secrets(b"<html>s3cret</html>"), @"19 bytes that are no JSON object");
    }

    proptest! {
        #[test]
        fn whatever_came_is_a_few_kilobytes_at_most(body in prop::collection::vec(any::<u8>(), 0..300), key in "\\PC{0,80}", value in "\\PC{0,2000}") {
            prop_assert!(without_secrets(&body).len() < 100);
            let many: Vec<Value> = (0..100).map(|_| json!({"rel": value, "url": format!("https://a.example/{value}")})).collect();
            let event = json!({key: value, "eventType": value, "returnUrl": value, "links": many});
            prop_assert!(without_secrets(event.to_string().as_bytes()).len() < 12_000);
        }
    }
}
