//! The documents of the four APIs hold together: every reference leads somewhere, every variable of a path is described, every
//! operation has a name of its own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

fn documents() -> [(&'static str, Json); 3] {
    [
        ("icims", icims_sandbox::icims::openapi()),
        ("platform", icims_sandbox::harver_platform::openapi()),
        ("control", icims_sandbox::control::openapi()),
    ]
}

/// Every operation with its path and method.
fn operations(document: &Json) -> Vec<(String, String, Json)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("a path item") {
            found.push((path.clone(), method.clone(), operation.clone()));
        }
    }
    found
}

fn references(json: &Json, found: &mut BTreeSet<String>) {
    match json {
        Json::Object(object) => {
            found.extend(object.get("$ref").and_then(Json::as_str).map(str::to_owned));
            object.values().for_each(|value| references(value, found));
        }
        Json::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn the_documents_are_openapi_3_1_and_their_references_lead_somewhere() {
    for (name, document) in documents() {
        assert!(
            document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")),
            "{name}: {}",
            document["openapi"]
        );
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        let dangling: Vec<&String> =
            found.iter().filter(|reference| document.pointer(reference.trim_start_matches('#')).is_none()).collect();
        assert!(dangling.is_empty(), "{name} refers to what it does not hold: {dangling:?}");
    }
}

#[test]
fn every_variable_of_a_path_is_described() {
    for (name, document) in documents() {
        for (path, method, operation) in operations(&document) {
            for variable in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
                let described = operation["parameters"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(|parameter| parameter["in"] == "path" && parameter["name"] == variable));
                assert!(
                    described,
                    "{name}: {method} {path} has a variable {variable} that nobody describes: add it to path_parameters() in describe.rs"
                );
            }
        }
    }
}

#[test]
fn every_operation_has_a_name_of_its_own_a_tag_and_a_summary() {
    for (name, document) in documents() {
        let known: Vec<&str> = document["tags"].as_array().expect("tags").iter().filter_map(|tag| tag["name"].as_str()).collect();
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for (path, method, operation) in operations(&document) {
            let place = format!("{method} {path}");
            let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{name}: {place} has no operation_id"));
            if let Some(other) = names.insert(id.to_owned(), place.clone()) {
                panic!("{name}: {place} and {other} are both called {id}: give one another operation_id");
            }
            assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 5), "{name}: {place} has no doc comment");
            let tag = operation["tags"][0].as_str().unwrap_or_default();
            assert!(known.contains(&tag), "{name}: {place} has the tag {tag:?}; describe.rs knows {known:?}");
        }
    }
}

#[test]
fn a_profile_is_described_by_the_fields_that_it_has() {
    let icims = icims_sandbox::icims::openapi();
    let person = &icims["components"]["schemas"]["Person"]["properties"];
    for field in icims_sandbox::icims::schema::ProfileType::People.fields() {
        assert!(person.get(field.name).is_some(), "{} is missing", field.name);
    }
}
