//! Every filter name that the evidence prints is taken, with the operators of its type (icims-api 10.3, 10.4). The names are read from
//! the evidence itself, so that none is forgotten.

use serde_json::{Value as Json, json};

use crate::icims_api::support::World;

const EVIDENCE: &str = include_str!("../../evidence/icims-api.md");
const SEARCHED: [(&str, &str); 4] =
    [("person", "people"), ("job", "jobs"), ("company", "companies"), ("applicantworkflow", "applicantworkflows")];
const CUSTOM_TYPES: [&str; 6] = ["text", "number", "date", "listnode", "person", "job"];

/// A filter name, and its type where it is printed right behind it.
type Published = (String, Option<String>);

/// The names of one type, without the type in front.
fn published(singular: &str) -> Vec<Published> {
    let section = EVIDENCE.split("### 10.4 ").nth(1).and_then(|rest| rest.split("### ").next()).expect("the section");
    let start = format!("- **{singular}**:");
    let entry = section.split("\n- ").find(|entry| format!("- {entry}").starts_with(&start)).expect("the entry of the type");
    let entry = entry.split("\n\n").next().expect("one paragraph");
    let mut pieces = entry.split('`').skip(1);
    let mut names = Vec::new();
    while let (Some(name), behind) = (pieces.next(), pieces.next().unwrap_or_default()) {
        let kind = behind.strip_prefix('(').and_then(|rest| rest.split([',', ')']).next()).map(str::to_owned);
        let name = name.strip_prefix(&format!("{singular}.")).unwrap_or(name).trim_start_matches('.');
        if name.starts_with("customfield") {
            names.extend(CUSTOM_TYPES.map(|kind| (format!("customfield2145.{kind}"), None)));
        } else if name.starts_with("collectionfield") {
            names.extend(CUSTOM_TYPES.map(|kind| (format!("collectionfield2231{kind}"), None)));
        } else {
            names.push((name.to_owned(), kind));
        }
    }
    names
}

/// The table of operators; `None` is a type that is not printed.
fn operators(kind: Option<&str>) -> &'static [&'static str] {
    match kind {
        Some("text") => &["=", "!=", "==", "!=="],
        Some("number" | "datetime" | "dateonly") => &["=", "!=", "<", ">", "<=", ">="],
        Some("multiselect" | "select") => &["=", "!="],
        Some("listnode" | "zipradius" | "relation") | None => &["="],
        Some(other) => panic!("no such type: {other}"),
    }
}

async fn ask(world: &World, kind: &str, filter: Json) -> Vec<Json> {
    let reply = world.post(&format!("/search/{kind}"), json!({"filters": [filter]})).await;
    assert_eq!(reply.status, 200, "{filter} {}", reply.text);
    reply.json()["searchResults"].as_array().expect("results").clone()
}

#[tokio::test]
async fn every_published_name_is_taken_with_its_operators() {
    let world = World::new().await;
    let mut asked = 0;
    for (singular, kind) in SEARCHED {
        for (name, of) in published(singular) {
            for operator in operators(of.as_deref()) {
                let filter = |name: String| json!({"name": name, "operator": operator, "value": ["2031-03-04"]});
                ask(&world, kind, filter(format!("{singular}.{name}"))).await;
                if matches!(singular, "person" | "job") {
                    ask(&world, "applicantworkflows", filter(format!("applicantworkflow.{singular}.{name}"))).await;
                }
                asked += 1;
            }
        }
    }
    assert!(asked > 200, "the evidence names more than {asked} pairs");
}

#[tokio::test]
async fn a_value_that_nobody_here_has_matches_nothing_and_is_blank() {
    let world = World::new().await;
    for (kind, name, value) in [
        ("people", "person.logingroupid", "Recruiters"),
        ("people", "person.isfullaccessuser", "true"),
        ("people", "person.folderlastupdated", "2001-01-01"),
        ("people", "person.login.lastaccess", "{DATE:START}{DATE:-30}"),
        ("jobs", "job.jobpost.status", "Posted"),
        ("jobs", "job.jobpost.postdate", "2001-01-01"),
        ("applicantworkflows", "applicantworkflow.job.postedto", "Career Portal"),
        ("applicantworkflows", "applicantworkflow.job.jobpost.isposted", "Yes"),
    ] {
        let nobody = ask(&world, kind, json!({"name": name, "value": [value]})).await;
        assert!(nobody.is_empty(), "{name} {nobody:?}");
        let others = ask(&world, kind, json!({"name": name, "value": [value], "operator": "!="})).await;
        let is_date = name.ends_with("date") || name.ends_with("lastaccess") || name.ends_with("lastupdated");
        assert_eq!(others.is_empty(), is_date, "{name}: what is not there differs from any choice, and lies on no side of a day");
        if !is_date {
            assert_eq!(ask(&world, kind, json!({"name": name, "value": []})).await, others, "{name}: blank");
        }
    }
}

#[tokio::test]
async fn only_published_names_and_fitting_operators_are_taken() {
    let world = World::new().await;
    let refused = async |kind: &str, filter: Json, message: &str| {
        world.post(&format!("/search/{kind}"), json!({"filters": [filter]})).await.is_error(400, 12, message);
    };
    let operator = "The following filter operator is not valid in the given context";
    refused("jobs", json!({"name": "job.postedto", "value": ["1"], "operator": ">"}), &format!("{operator}: >")).await;
    refused("jobs", json!({"name": "job.joblocation.zipradius", "value": ["1"], "operator": "!="}), &format!("{operator}: !="))
        .await;
    refused("people", json!({"name": "person.login.lastaccess", "value": [], "operator": "=="}), &format!("{operator}: =="))
        .await;
    let name = "The following filter is either not valid or hidden";
    for (kind, unknown) in [
        ("people", "person.hatsize"),
        ("people", "person.postedto"),
        ("jobs", "job.logingroupid"),
        ("jobs", "job.jobpost"),
        ("companies", "company.joblocation.zipradius"),
        ("applicantworkflows", "applicantworkflow.company"),
        ("applicantworkflows", "applicantworkflow.postedto"),
    ] {
        refused(kind, json!({"name": unknown, "value": ["1"]}), &format!("{name}: {unknown}")).await;
    }
    world.change(|state| state.hide_field("people.firstname", true)).await;
    refused(
        "people",
        json!({"name": "person.firstnamelastupdated", "value": ["2031-03-04"]}),
        &format!("{name}: person.firstnamelastupdated"),
    )
    .await;
}
