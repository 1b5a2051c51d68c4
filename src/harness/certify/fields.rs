//! Fourth criterion: which fields of which profiles were read and written, and by which calls.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Seen;
use super::finding::{Finding, Proof};
use super::journal::{Entry, quoted, shown};
use crate::harness::report::Exchange;

/// The types of profile, as they stand in addresses, and what people call them.
const PROFILES: [(&str, &str); 4] =
    [("people", "Person"), ("jobs", "Job"), ("applicantworkflows", "Recruiting Workflow"), ("companies", "Company")];

/// A field, and how it was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// `people`.
    pub(super) profile: String,
    /// `email`; of a collection `assessmentresults.assessmentdate`.
    pub(super) name: String,
    pub(super) read: usize,
    pub(super) written: usize,
    /// The calls that did it, without ids.
    pub(super) calls: BTreeSet<String>,
}

impl Field {
    /// As people call the profile.
    pub(super) fn profile_name(&self) -> &str {
        PROFILES.iter().find(|(plural, _)| *plural == self.profile).map_or(&self.profile, |(_, name)| name)
    }

    /// As iCIMS's form has it.
    pub(super) fn access(&self) -> &'static str {
        match (self.read > 0, self.written > 0) {
            (true, true) => "read and write",
            (false, true) => "write",
            _ => "read",
        }
    }
}

/// The fields that the integration's calls used, by profile and name. A call that was refused used none.
pub(super) fn used(run: &[Entry]) -> Vec<Field> {
    let mut fields: BTreeMap<(String, String), Field> = BTreeMap::new();
    for entry in run.iter().filter(|entry| entry.is_call_of_icims() && entry.succeeded()) {
        let Some(call) = entry.told() else { continue };
        let Some(profile) = call.profile_type().filter(|one| PROFILES.iter().any(|(plural, _)| plural == one)) else { continue };
        let mut note = |name: String, written: bool| {
            let key = (profile.to_owned(), name.clone());
            let field = fields.entry(key).or_insert_with(|| Field {
                profile: profile.to_owned(),
                name,
                read: 0,
                written: 0,
                calls: BTreeSet::new(),
            });
            *(if written { &mut field.written } else { &mut field.read }) += 1;
            field.calls.insert(call.call());
        };
        // Whoever writes an entry of a collection writes the collection, too.
        let collections = call.writes.iter().filter_map(|name| name.split_once('.')).map(|(collection, _)| collection.to_owned());
        let written: BTreeSet<String> = collections.chain(call.writes.iter().cloned()).collect();
        written.into_iter().for_each(|name| note(name, true));
        read_by(entry, &call).into_iter().for_each(|name| note(name, false));
    }
    fields.into_values().collect()
}

/// The fields whose values a call was answered: those that it asked for, or else those that came.
fn read_by(entry: &Entry, call: &Exchange) -> BTreeSet<String> {
    if entry.method != "GET" || !call.reads.is_empty() {
        return call.reads.clone();
    }
    let path = entry.target.split('?').next().unwrap_or_default();
    if let Some((_, rest)) = path.split_once("/fields/") {
        return rest.split('/').next().map(str::to_owned).into_iter().collect();
    }
    match serde_json::from_str(entry.answer_body()) {
        Ok(Value::Object(fields)) => fields.into_iter().map(|(name, _)| name).filter(|name| name != "links").collect(),
        _ => BTreeSet::new(),
    }
}

/// That the list is one, and that iCIMS let the integration do all that it tried.
pub(super) fn proofs(fields: &[Field], seen: &Seen<'_>) -> Vec<Proof> {
    vec![listed(fields, seen), allowed(seen)]
}

fn listed(fields: &[Field], seen: &Seen<'_>) -> Proof {
    let title = "Every field that was read and written";
    if !fields.is_empty() {
        let mut proof = Proof::new(title, Finding::Shown);
        let written = fields.iter().filter(|field| field.written > 0).count();
        let read = fields.iter().filter(|field| field.read > 0).count();
        proof.facts.push(format!("{read} fields were read and {written} written; the table names them."));
        return proof;
    }
    let stranger = seen.run.iter().find(|entry| entry.is_strangers_call());
    let finding = match stranger {
        Some(stranger) => Finding::not_shown(
            format!(
                "iCIMS was called by {}, and by nobody who is known as the integration",
                quoted(stranger.agent(), seen.secrets)
            ),
            "start the sandbox with --integration-agent and the User-Agent of the integration",
        ),
        None => Finding::not_shown(
            "the integration did not call iCIMS at all",
            "let it use the address, the customer and the credentials that the sandbox's ready line has",
        ),
    };
    Proof::new(title, finding)
}

fn allowed(seen: &Seen<'_>) -> Proof {
    let title = "iCIMS allowed every call";
    // A token that has run out is replaced, and an allowance that is used up is waited for.
    let refused = |entry: &&Entry| {
        entry.is_call_of_icims() && entry.status().is_none_or(|status| status >= 400 && status != 401 && status != 429)
    };
    let refused: Vec<&Entry> = seen.run.iter().filter(refused).collect();
    let calls = seen.run.iter().filter(|entry| entry.is_call_of_icims()).count();
    let Some(first) = refused.first() else {
        if calls == 0 {
            return Proof::new(title, Finding::not_applicable("there was none"));
        }
        let mut proof = Proof::new(title, Finding::Shown);
        proof.facts.push(format!("{calls} calls, none of which iCIMS refused."));
        return proof;
    };
    let call = first.told().map(|told| (told.call(), told.writes.into_iter().collect::<Vec<_>>().join(", ")));
    let (call, writes) = call.unwrap_or_default();
    let of = if writes.is_empty() { String::new() } else { format!(" of {writes}") };
    let status = first.status().map_or_else(|| "did not answer".into(), |status| format!("answered {status} to"));
    let why = format!("iCIMS {status} {call}{of}: {}", quoted(first.answer_body(), seen.secrets));
    let next = "use only the fields that the integration user has rights for, and only as the documents have them";
    let mut proof = Proof::new(title, Finding::not_shown(why, next));
    proof.said = shown(refused, seen.secrets);
    proof
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn call(method: &str, target: &str, body: &str, status: u16, answer: &str) -> Entry {
        Entry::from(
            json!({"id": 1, "at": "2026-03-04T10:00:00Z", "from": "integration", "to": "icims", "method": method, "target": target,
            "request_body": body, "took_ms": 1, "outcome": {"kind": "answered", "status": status, "headers": [], "body": answer}}),
        )
    }

    #[test]
    fn fields_are_those_that_were_asked_for_or_came_or_were_set() {
        let run = [
            call("GET", "/customers/1/people/2?fields=email%2Cfirstname", "", 200, "{\"email\": \"x\"}"),
            call("GET", "/customers/1/jobs/3", "", 200, "{\"jobtitle\": \"x\", \"links\": []}"),
            call("GET", "/customers/1/applicantworkflows/4/fields/assessmentresults", "", 200, "[]"),
            call("POST", "/customers/1/applicantworkflows/4/fields/assessmentresults", "{\"assessmentscore\": 1}", 201, ""),
            call("PATCH", "/customers/1/people/2", "{\"lastname\": \"x\"}", 403, "{}"),
            call("GET", "/customers/1/lists/5?fields=x", "", 200, "{}"),
        ];
        let used: Vec<_> = used(&run).into_iter().map(|one| (one.profile.clone(), one.name.clone(), one.access())).collect();
        let wanted = [
            ("applicantworkflows", "assessmentresults", "read and write"),
            ("applicantworkflows", "assessmentresults.assessmentscore", "write"),
            ("jobs", "jobtitle", "read"),
            ("people", "email", "read"),
            ("people", "firstname", "read"),
        ];
        assert_eq!(used, wanted.map(|(profile, name, access)| (profile.to_owned(), name.to_owned(), access)));
    }
}
