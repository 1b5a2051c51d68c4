//! The bodies and queries of the public API.

use serde_json::{Map, Value};

use super::read::Include;
use super::registration::parse;
use super::request::Query;
use crate::fuzz_input::first_line;

/// A query on the first line, and the document of a registration.
///
/// # Panics
/// When something is taken that its type does not allow, or a refusal says nothing.
pub fn platform_registration(bytes: &[u8]) {
    let (query, body) = first_line(bytes);
    check_query(&query);
    let Ok(document) = serde_json::from_slice::<Map<String, Value>>(body) else { return };
    let data = document.get("data").and_then(Value::as_object).unwrap_or(&document);
    match parse(data) {
        Ok(registration) => {
            assert!(!registration.name.first.trim().is_empty() && !registration.name.last.trim().is_empty());
            assert!(registration.email.as_str().contains('@') && registration.ats.len() <= 20);
            assert!(registration.ats.values().all(|value| value.chars().count() <= 512));
        }
        Err(faults) => {
            assert!(!faults.is_empty() && faults.len() <= 8, "what is wrong is said, each thing once");
            assert!(faults.iter().all(|fault| !fault.title.is_empty() && !fault.detail.is_empty()));
        }
    }
}

fn check_query(text: &str) {
    let query = Query::parse(text);
    for (key, value) in query.within("filter") {
        assert!(query.get(&format!("filter[{key}]")).is_some(), "{key} of {value}");
    }
    if let Some(names) = query.get("include")
        && let Ok(includes) = Include::parse_list(names)
    {
        assert!(includes.iter().enumerate().all(|(at, include)| !includes[..at].contains(include)), "each once");
    }
    let _ = query.number("page[number]");
}
