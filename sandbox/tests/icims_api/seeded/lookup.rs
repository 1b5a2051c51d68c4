//! Searches find people by their address and jobs by what they offer.

use std::collections::BTreeMap;

use icims_sandbox::Sandbox;
use serde_json::{Value as Json, json};

use super::{Read, fewer};

/// Ids by what a field says, read one by one.
async fn by(read: &Read, profiles: &str, ids: &[u64], field: &str, pointer: &str) -> BTreeMap<String, Vec<u64>> {
    let mut found: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for id in ids {
        let profile = read.customer.get(&format!("/{profiles}/{id}?fields={field}")).await;
        let value = match profile.pointer(&format!("/{field}{pointer}")) {
            Some(Json::String(text)) => text.clone(),
            Some(number) => number.to_string(),
            None => panic!("no {field}{pointer} in {profile}"),
        };
        found.entry(value).or_default().push(*id);
    }
    found
}

#[tokio::test]
async fn people_are_found_by_city_zip_state_and_country_and_jobs_by_category_and_positions() {
    let sandbox = Sandbox::builder().seed(21).start().await;
    let read = Read::of(sandbox.customer());
    sandbox.world().seed_customer("4021", fewer("busy_season")).await.expect("seeded");
    let (people, jobs) = (read.candidates().await, read.jobs().await);
    let mut checked = 0;
    for (profiles, ids, filter, operator, field, pointer) in [
        ("people", &people, "person.addresscity", "==", "addresses", "/0/addresscity"),
        ("people", &people, "person.addresszip", "==", "addresses", "/0/addresszip"),
        ("people", &people, "person.addressstate", "=", "addresses", "/0/addressstate/id"),
        ("people", &people, "person.addresscountry", "=", "addresses", "/0/addresscountry/id"),
        ("jobs", &jobs, "job.positioncategory", "=", "positioncategory", "/id"),
        ("jobs", &jobs, "job.hiretype", "=", "hiretype", "/id"),
        ("jobs", &jobs, "job.positionlevel", "=", "positionlevel", "/id"),
        ("jobs", &jobs, "job.numberofpositions", "=", "numberofpositions", ""),
    ] {
        for (value, having) in by(&read, profiles, ids, field, pointer).await {
            let folder = if profiles == "people" { ("person.folder", "D32006") } else { ("job.folder", "D31001") };
            let filters =
                json!([{"name": folder.0, "value": [folder.1]}, {"name": filter, "operator": operator, "value": [value]}]);
            assert_eq!(read.search(profiles, filters).await, having, "{filter} {value}");
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked} values show little");
    let none = json!([{"name": "person.addresscity", "value": ["Reykjavik"]}]);
    assert_eq!(read.search("people", none).await, Vec::<u64>::new());
}
