//! Searches by custom fields, whose filters have numbers of their own (icims-api 5.9, 10.4).

use serde_json::{Value as Json, json};

use crate::icims_api::support::World;

async fn found(world: &World, kind: &str, filter: Json) -> Vec<u64> {
    let reply = world.post(&format!("/search/{kind}"), json!({"filters": [filter]})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()["searchResults"].as_array().expect("results").iter().map(|row| row["id"].as_u64().expect("a number")).collect()
}

async fn filled() -> World {
    let world = World::new().await;
    let values = json!({"field24301": "Night shifts only", "field24304": 41, "field24306": "2031-03-04", "field24307": "2031-03-04 02:31 PM",
        "field24309": "Yes", "field24310": {"value": "Night"}, "field24311": [{"value": "Day"}, {"value": "Evening"}],
        "field24314": 1188, "field24315": world.job,
        "field24316": [{"field24331": "first", "field24332": 1}, {"field24331": "second", "field24332": 2, "field24334": {"value": "Day"}}]});
    assert_eq!(world.patch(&format!("/people/{}", world.ines), values).await.status, 204);
    world
}

#[tokio::test]
async fn people_are_found_by_custom_fields_of_every_searchable_type() {
    let world = filled().await;
    let cases = [
        json!({"name": "person.customfield3101.text", "value": ["night"]}),
        json!({"name": "person.customfield3104.number", "value": ["40"], "operator": ">"}),
        json!({"name": "person.customfield3106.date", "value": ["2031-03-04"]}),
        json!({"name": "person.customfield3107.date", "value": ["2031-03-04 02:00 PM"], "secondaryValue": ["2031-03-04 03:00 PM"]}),
        json!({"name": "person.customfield3109.text", "value": ["Yes"], "operator": "=="}),
        json!({"name": "person.customfield3110.listnode", "value": ["C33003"]}),
        json!({"name": "person.customfield3111.listnode", "value": ["Evening"]}),
        json!({"name": "person.customfield3114.person", "value": ["1188"]}),
        json!({"name": "person.customfield3115.job", "value": [world.job.to_string()]}),
        json!({"name": "person.collectionfield3131text", "value": ["second"]}),
        json!({"name": "person.collectionfield3132number", "value": ["2"]}),
        json!({"name": "person.collectionfield3134listnode", "value": ["Day"]}),
    ];
    for filter in cases {
        assert_eq!(found(&world, "people", filter.clone()).await, [world.ines.get()], "{filter}");
    }
    let through = json!({"name": "applicantworkflow.person.customfield3104.number", "value": ["41"]});
    assert_eq!(found(&world, "applicantworkflows", through).await, [world.workflow.get()]);
    let other = json!({"name": "person.collectionfield3132number", "value": ["2"], "operator": "!="});
    assert!(!found(&world, "people", other).await.contains(&world.ines.get()), "one of the entries is 2");
    let none = json!({"name": "person.customfield3104.number", "value": ["42"]});
    assert!(found(&world, "people", none).await.is_empty());
}

#[tokio::test]
async fn numbers_that_no_field_here_has_match_nothing() {
    let world = filled().await;
    for kind in ["text", "number", "date", "listnode", "person", "job"] {
        for name in [
            format!("person.customfield2145.{kind}"),
            format!("person.customfield3308.{kind}"),
            format!("person.collectionfield2231{kind}"),
            format!("person.collectionfield99999999999999999999{kind}"),
        ] {
            let filter = json!({"name": name, "value": ["2031-03-04"]});
            assert!(found(&world, "people", filter.clone()).await.is_empty(), "{filter}");
            let through = json!({"name": format!("applicantworkflow.{name}"), "value": ["2031-03-04"], "operator": "!="});
            let others = if kind == "date" { Vec::new() } else { vec![world.workflow.get()] };
            assert_eq!(found(&world, "applicantworkflows", through.clone()).await, others, "{through}");
        }
    }
}

#[tokio::test]
async fn the_number_of_the_profile_a_wrong_type_and_a_hidden_field_are_no_filters() {
    let world = filled().await;
    world.change(|state| state.hide_field("people.field24304", true)).await;
    for name in [
        "person.customfield24301.text",
        "person.customfield3101.number",
        "person.customfield3101text",
        "person.customfield3101",
        "person.collectionfield3131.text",
        "person.customfield3104.number",
        "person.collectionfield24331text",
        "person.customfield.text",
        "person.customfield+3101.text",
        "person.customfield9101.password",
        "person.collectionfield9101",
    ] {
        let reply = world.post("/search/people", json!({"filters": [{"name": name, "value": ["1"]}]})).await;
        reply.is_error(400, 12, &format!("The following filter is either not valid or hidden: {name}"));
    }
}
