//! One request between two actors, as reports show it: made of the journal's entry, which it forgets.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::mask;

/// Who may take part, in the order of the lanes, and what readers call them.
pub(super) const ACTORS: [(&str, &str); 5] = [
    (PEOPLE, "People"),
    ("icims", "iCIMS"),
    ("integration", "Integration"),
    ("harver_platform", "Harver"),
    ("mailbox", "Mailbox"),
];
/// Everybody who uses the systems: recruiters, candidates, and the test in their place.
pub(super) const PEOPLE: &str = "people";
/// What the journal calls those.
const USERS: [&str; 2] = ["tester", "other"];

/// How much of a body is kept.
const BODY: usize = 1_500;

/// A request and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(in crate::harness) struct Exchange {
    /// When it was made, by the clock of the world it happened in.
    pub(in crate::harness) at: Option<Timestamp>,
    /// `people`, `icims`, `integration`, `harver_platform`, `mailbox`.
    pub(in crate::harness) from: String,
    pub(in crate::harness) to: String,
    /// `GET`, or `SMTP`.
    pub(in crate::harness) method: String,
    /// The address without what lets somebody in.
    pub(in crate::harness) target: String,
    /// The status of the answer; absent if there was none.
    pub(in crate::harness) status: Option<u16>,
    /// Why there was no answer.
    pub(in crate::harness) no_answer: Option<String>,
    pub(in crate::harness) took_ms: u64,
    /// What it said, if it said it with names.
    pub(in crate::harness) asked: Option<String>,
    /// What was answered, likewise.
    pub(in crate::harness) answered: Option<String>,
    /// Names of the fields that it asked for.
    pub(in crate::harness) reads: BTreeSet<String>,
    /// Names of the fields that it wrote.
    pub(in crate::harness) writes: BTreeSet<String>,
}

impl Exchange {
    /// What an entry of the journal tells (`GET /__sandbox/journal`). An entry that lacks what every entry has is none.
    pub(in crate::harness) fn told(entry: &Value) -> Option<Self> {
        let text = |name: &str| entry[name].as_str();
        let (from, to, method, target) = (text("from")?, text("to")?, text("method")?, text("target")?);
        let (outcome, body) = (&entry["outcome"], text("request_body").unwrap_or_default());
        let mut told = Self {
            at: text("at").and_then(|at| at.parse().ok()),
            from: if USERS.contains(&from) { PEOPLE } else { from }.to_owned(),
            to: to.to_owned(),
            method: method.to_owned(),
            target: mask::address(target),
            status: outcome["status"].as_u64().and_then(|status| status.try_into().ok()),
            no_answer: outcome["reason"].as_str().map(mask::words),
            took_ms: entry["took_ms"].as_u64().unwrap_or_default(),
            asked: mask::body(body, BODY),
            answered: outcome["body"].as_str().and_then(|body| mask::body(body, BODY)),
            ..Self::default()
        };
        if to == "icims" && told.from == "integration" {
            told.reads = fields_read(target, body);
            told.writes = fields_written(method, target, body);
        }
        Some(told)
    }

    /// All that it says in words of others.
    pub(in crate::harness) fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        [Some(&mut self.target), self.no_answer.as_mut(), self.asked.as_mut(), self.answered.as_mut()].into_iter().flatten()
    }

    /// Who asked, as readers call it.
    pub(in crate::harness) fn sender(&self) -> &str {
        actor(&self.from)
    }

    /// Who was asked.
    pub(in crate::harness) fn receiver(&self) -> &str {
        actor(&self.to)
    }

    /// Whether the other side agreed.
    pub(in crate::harness) fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| status < 400)
    }

    /// `200`, or that there was no answer.
    pub(in crate::harness) fn outcome(&self) -> String {
        match (self.status, &self.no_answer) {
            (Some(status), _) => status.to_string(),
            (None, Some(why)) => format!("no answer: {why}"),
            (None, None) => "no answer".to_owned(),
        }
    }

    /// The path without host, query and numbers: calls that differ only in whom they are about have the same.
    pub(in crate::harness) fn call(&self) -> String {
        if self.method == "SMTP" {
            return "SMTP, a mail".into();
        }
        let path = self.target.split('?').next().unwrap_or_default();
        let path = path.split_once("://").map_or(path, |(_, rest)| rest.find('/').map_or("/", |slash| &rest[slash..]));
        let is_id = |part: &&str| {
            *part == mask::TAKEN_OUT || part.ends_with('…') || part.bytes().any(|byte| byte.is_ascii_digit()) && !is_version(part)
        };
        let parts = path.split('/').map(|part| if is_id(&part) { "{id}" } else { part });
        format!("{} {}", self.method, parts.collect::<Vec<_>>().join("/"))
    }

    /// The type of profile that it is about: `people` of `/customers/4021/people/30517`.
    pub(in crate::harness) fn profile_type(&self) -> Option<&str> {
        let path = self.target.split('?').next()?;
        let mut parts = path.split('/').skip_while(|part| *part != "customers").skip(2);
        let first = parts.next()?;
        if first == "search" { parts.next() } else { Some(first) }
    }
}

/// What readers call an actor.
pub(super) fn actor(name: &str) -> &str {
    ACTORS.iter().find(|(known, _)| *known == name).map_or(name, |(_, label)| label)
}

/// `v1`, `v1.0`.
fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

/// Fields that were asked for by name, or searched by.
fn fields_read(target: &str, body: &str) -> BTreeSet<String> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let asked = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "fields");
    let mut names: BTreeSet<String> =
        asked.flat_map(|(_, value)| value.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>()).collect();
    if path.contains("/search/")
        && let Ok(search) = serde_json::from_str::<Value>(body)
    {
        let filters = search["filters"].as_array().into_iter().flatten();
        names.extend(filters.filter_map(|filter| filter["name"].as_str().map(str::to_owned)));
    }
    names.retain(|name| !name.is_empty());
    names
}

/// Fields that a body sets; those of an entry of a collection with its name, `assessmentresults.assessmentdate`.
fn fields_written(method: &str, target: &str, body: &str) -> BTreeSet<String> {
    if !["POST", "PUT", "PATCH"].contains(&method) || !target.contains("/customers/") || target.contains("/search/") {
        return BTreeSet::new();
    }
    let collection = target.split_once("/fields/").and_then(|(_, rest)| rest.split(['/', '?']).next());
    let named = |name: &String| collection.map_or_else(|| name.clone(), |collection| format!("{collection}.{name}"));
    match serde_json::from_str(body) {
        Ok(Value::Object(fields)) => fields.keys().map(named).collect(),
        Ok(Value::Array(entries)) => {
            entries.iter().filter_map(Value::as_object).flat_map(|fields| fields.keys().map(named)).collect()
        }
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn calls_are_told_without_their_ids_and_with_their_versions() {
        for (target, call) in [
            ("/api/v1.0/vacancies/64b1f0c2a9d3e7004a5b6c71/applications?x=1", "GET /api/v1.0/vacancies/{id}/applications"),
            ("http://127.0.0.1:1/customers/4021/v2/lists/C1", "GET /customers/{id}/v2/lists/{id}"),
        ] {
            let told = json!({"at": "2026-03-04T10:00:00Z", "from": "integration", "to": "icims", "method": "GET", "target": target,
                "took_ms": 1, "request_headers": [], "request_body": "", "outcome": {"kind": "answered", "status": 200, "headers": [], "body": ""}});
            assert_eq!(Exchange::told(&told).expect("an exchange").call(), call);
        }
    }
}
