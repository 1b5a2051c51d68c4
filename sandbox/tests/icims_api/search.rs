//! Search by body and by query.

use serde_json::{Value as Json, json};
use url::form_urlencoded;

use crate::icims_api::support::{API, World};

async fn found(world: &World, kind: &str, query: Json) -> Vec<u64> {
    let reply = world.post(&format!("/search/{kind}"), query.clone()).await;
    assert_eq!(reply.status, 200, "{query} {}", reply.text);
    reply.json()["searchResults"].as_array().expect("results").iter().map(|row| row["id"].as_u64().expect("an integer")).collect()
}

fn one(name: &str, value: Json) -> Json {
    json!({"filters": [{"name": name, "value": value}]})
}

#[tokio::test]
async fn workflows_are_found_by_what_vendors_look_for() {
    let world = World::new().await;
    let workflow = vec![world.workflow.get()];
    let kind = "applicantworkflows";
    for query in [
        one("applicantworkflow.person.email", json!(["ines.okafor@example.org"])),
        one("applicantworkflow.person.email", json!(["OKAFOR"])),
        one("applicantworkflow.id", json!([world.workflow])),
        one("applicantworkflow.idCSV", json!([format!("1, {}", world.workflow)])),
        one("applicantworkflow.job.id", json!([world.job.to_string()])),
        one("applicantworkflow.person.id", json!([world.ines.to_string()])),
        one("applicantworkflow.status", json!(["D10100", "C40101"])),
        one("applicantworkflow.status", json!(["New Submissions - Recruiter Submitted"])),
        one("applicantworkflow.bin", json!(["New Submissions"])),
        one("applicantworkflow.job.folder", json!(["Approved"])),
    ] {
        assert_eq!(found(&world, kind, query.clone()).await, workflow, "{query}");
    }
    for query in [
        one("applicantworkflow.status", json!(["C49999"])),
        one("applicantworkflow.id", json!(["1"])),
        one("applicantworkflow.person.lastname", json!(["Lindqvist"])),
        json!({"filters": [{"name": "applicantworkflow.person.email", "value": ["okafor"], "operator": "=="}]}),
        json!({"filters": [{"name": "applicantworkflow.id", "value": [world.workflow], "operator": ">"}]}),
    ] {
        assert_eq!(found(&world, kind, query.clone()).await, [0_u64; 0], "{query}");
    }
}

#[tokio::test]
async fn groups_join_by_and_and_or() {
    let world = World::new().await;
    let names = |one: &str, other: &str, operator: &str| {
        json!({"filters": [{"name": "applicantworkflow.job.id", "value": [world.job]}],
               "children": [{"operator": operator, "filters": [
                   {"name": "applicantworkflow.person.lastname", "value": [one]},
                   {"name": "applicantworkflow.person.lastname", "value": [other]}]}]})
    };
    let kind = "applicantworkflows";
    assert_eq!(found(&world, kind, names("Okafor", "Nobody", "|")).await.len(), 1);
    assert_eq!(found(&world, kind, names("Okafor", "Nobody", "&")).await.len(), 0);
}

#[tokio::test]
async fn people_and_jobs_are_found_ascending_with_their_addresses() {
    let world = World::new().await;
    let people = found(&world, "people", one("person.id", json!([world.contact, world.ines]))).await;
    assert_eq!(people, [world.ines.get(), world.contact.get()]);
    let candidates = found(&world, "people", one("person.folder", json!(["D32006"]))).await;
    assert_eq!(candidates, [world.ines.get()], "a Contact is not among the candidates");
    assert_eq!(found(&world, "people", one("person.folder", json!(["Person"]))).await, [world.contact.get()]);
    assert_eq!(found(&world, "people", one("person.email", json!([]))).await, [world.contact.get()], "blank");
    let reply = world.post("/search/jobs", one("job.jobtitle", json!(["advisor"]))).await.json();
    let expected = json!({"searchResults": [{"id": world.job, "self": format!("{API}/customers/4021/jobs/{}", world.job)}]});
    assert_eq!(reply, expected);
}

#[tokio::test]
async fn dates_bound_a_search_and_bad_dates_do_not() {
    let world = World::new().await;
    let from = |value: &str, secondary: &str| json!({"filters": [{"name": "applicantworkflow.updateddate", "value": [value], "secondaryValue": [secondary]}]});
    let kind = "applicantworkflows";
    assert_eq!(found(&world, kind, from("2001-01-01", "{DATE:END}")).await.len(), 1);
    assert_eq!(found(&world, kind, from("2001-01-01", "2001-01-02 04:00 AM")).await.len(), 0);
    assert_eq!(found(&world, kind, from("last week", "whenever")).await.len(), 1, "a bad date is ignored");
    assert_eq!(found(&world, kind, one("applicantworkflow.createddate", json!(["{DATE:START}{DATE:-1}"]))).await.len(), 1);
}

#[tokio::test]
async fn pages_have_a_thousand_rows_and_go_on_by_id() {
    let world = World::new().await;
    world
        .change(|state| {
            for number in 0..1_500 {
                let object = json!({"firstname": "Bulk", "lastname": format!("Person {number}")});
                let values = state
                    .read_screen(icims_sandbox::icims::schema::ProfileType::People, object.as_object().expect("an object"))?;
                state.create_person(values, "2031-01-01T00:00:00Z".parse().expect("a moment"))?;
            }
            Ok(())
        })
        .await;
    let page = |after: &str| json!({"filters": [{"name": "person.firstname", "value": ["Bulk"]}, {"name": "person.id", "value": [after], "operator": ">"}]});
    let first = found(&world, "people", page("")).await;
    assert_eq!(first.len(), 1_000);
    assert!(first.is_sorted());
    let second = found(&world, "people", page(&first[999].to_string())).await;
    assert_eq!(second.len(), 500);
    assert!(second[0] > first[999]);
}

#[tokio::test]
async fn the_query_form_takes_the_same_json() {
    let world = World::new().await;
    let json = one("applicantworkflow.person.email", json!(["ines.okafor@example.org"])).to_string();
    let encoded: String = form_urlencoded::byte_serialize(json.as_bytes()).collect();
    let reply = world.get(&format!("/search/applicantworkflows?staleness=0&searchJson={encoded}")).await;
    assert_eq!(reply.json()["searchResults"][0]["id"], world.workflow.get());
    world.get("/search/applicantworkflows").await.is_error(400, 12, "At least one filter must be specified");
    world.get("/search/applicantworkflows?searchJson=%7B").await.is_error(400, 12, "An unknown parsing error occurred");
}

#[tokio::test]
async fn a_wrong_query_is_rejected_as_a_whole() {
    let world = World::new().await;
    let check = async |query: Json, message: &str| world.post("/search/people", query).await.is_error(400, 12, message);
    check(json!({"filters": []}), "At least one filter must be specified").await;
    check(one("person.shoesize", json!(["41"])), "The following filter is either not valid or hidden: person.shoesize").await;
    check(one("job.id", json!(["1"])), "The following filter is either not valid or hidden: job.id").await;
    check(json!({"filters": [{"name": "person.id", "values": []}]}), "The following filter attribute is unrecognized: values")
        .await;
}

#[tokio::test]
async fn jobs_are_found_by_where_they_are() {
    let world = World::new().await;
    let elsewhere = world.post("/jobs", json!({"jobtitle": "Barista"})).await.new_id();
    let place = world.get(&format!("/jobs/{}?fields=joblocation", world.job)).await.json();
    let company = place["joblocation"]["companyid"].to_string();
    for (name, value) in [
        ("job.joblocation.addresscity", "bost"),
        ("job.joblocation.addresszip", "02110"),
        ("job.joblocation.addressstate", "Massachusetts"),
        ("job.joblocation.addressstatetext", "massa"),
        ("job.joblocation.addresscountry", "D41001"),
        ("job.joblocation.addresscountrytext", "united"),
        ("job.joblocation.companyid", company.as_str()),
    ] {
        let found = world.post("/search/jobs", one(name, json!([value]))).await.json();
        let ids: Vec<u64> =
            found["searchResults"].as_array().expect("results").iter().filter_map(|row| row["id"].as_u64()).collect();
        assert_eq!(ids, [world.job.get()], "{name}, and not {elsewhere}: {found}");
        let through = name.replacen("job.", "applicantworkflow.job.", 1);
        let found = world.post("/search/applicantworkflows", one(&through, json!([value]))).await.json();
        assert_eq!(found["searchResults"][0]["id"], json!(world.workflow), "{through}: {found}");
        let other = world.post("/search/jobs", one(name, json!(["999999"]))).await.json();
        assert_eq!(other, json!({"searchResults": []}), "{name}");
    }
}
