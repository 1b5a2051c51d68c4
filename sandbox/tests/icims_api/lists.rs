//! The List API, with the two lists that hold the packages.

use serde_json::{Value as Json, json};

use crate::icims_api::support::{API, LABEL, World};

fn labels(body: &Json) -> Vec<String> {
    body["nodes"].as_array().expect("nodes").iter().filter_map(|node| node["value"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn standard_lists_are_named_and_have_nodes() {
    let world = World::new().await;
    let names = world.get("/v2/lists").await.json();
    for name in ["lists.person.folders", "lists.job.folders", "lists.sources", "lists.customfields_lists"] {
        assert!(names["lists"].as_array().expect("names").contains(&json!(name)), "{name}");
    }
    let folders = world.get("/v2/lists/lists.person.folders").await.json();
    assert_eq!(labels(&folders)[0], "Cand:Unreviewed");
    assert_eq!(folders["nodes"][0]["id"], "D32006");
    world.get("/v2/lists/lists.imaginary").await.is_error(404, 2, "List not found.");
}

#[tokio::test]
async fn package_lists_are_custom_lists_with_different_node_ids_and_the_same_labels() {
    let world = World::new().await;
    let roots = world.get("/v2/lists/lists.customfields_lists").await.json();
    let prefix = format!("{API}/customers/4021");
    let mut with_package = Vec::new();
    for root in roots["nodes"].as_array().expect("roots") {
        assert!(root.get("value").is_none(), "a custom list has no name");
        let children = root["_links"]["children"]["href"].as_str().expect("a link").strip_prefix(&prefix).expect("our own");
        let body = world.get(children).await.json();
        with_package.extend(
            body["nodes"].as_array().expect("nodes").iter().filter(|node| node["value"] == LABEL).map(|node| node["id"].clone()),
        );
    }
    assert_eq!(with_package.len(), 2);
    assert_ne!(with_package[0], with_package[1]);
}

#[tokio::test]
async fn nodes_are_read_level_by_level_and_page_by_page() {
    let world = World::new().await;
    let states = world.get("/v2/lists/lists.country/node/D41001").await.json();
    assert!(labels(&states).contains(&"Massachusetts".to_owned()));
    let page = world.get("/v2/lists/lists.country?size=2").await.json();
    assert_eq!(page["nodes"].as_array().expect("nodes").len(), 2);
    let next = page["_links"]["next"]["href"]
        .as_str()
        .expect("a next page")
        .strip_prefix(&format!("{API}/customers/4021"))
        .expect("our own");
    assert_ne!(world.get(next).await.json()["nodes"], page["nodes"]);
    let legacy = world.get("/lists/lists.customfields_lists/node/D37002019").await.json();
    assert_eq!(labels(&legacy), ["Complete", "Incomplete", "In-Progress", "Sent"]);
    world.get("/v2/lists/lists.country/node/D32006").await.is_error(404, 2, "List node not found.");
}

#[tokio::test]
async fn a_hidden_node_is_shown_as_such_and_cannot_be_set_by_its_label() {
    let world = World::new().await;
    let person = format!("/people/{}", world.ines);
    let school = json!({"school": {"value": "Quayside College"}});
    assert_eq!(world.post(&format!("{person}/fields/education"), school.clone()).await.status, 201);
    let folder = |label: &str| json!({"folder": {"value": label}});
    assert_eq!(world.patch(&person, folder("Cand:Unreviewed")).await.status, 204);
    let education = world.get(&format!("{person}?fields=education")).await.json();
    let added = education["education"][0]["school"]["id"].as_str().expect("an id").to_owned();
    let hidden = ["D32006", &added].map(|id| id.parse().expect("an id")).into();
    world.change(|state| state.hide_nodes(&hidden)).await;

    let folders = world.get("/v2/lists/lists.person.folders").await.json();
    let shown = folders["nodes"].as_array().expect("nodes").iter().find(|node| node["id"] == "D32006").expect("the folder");
    assert_eq!(shown["hidden"], true);
    world.patch(&person, folder("Cand:Unreviewed")).await.is_error(400, 5, "folder: Invalid value.");
    assert_eq!(world.get(&person).await.json()["folder"]["id"], "D32006", "what has it keeps it");
    // A school that is not known is added; one that is hidden is neither used nor added again.
    let other = format!("/people/{}", world.contact);
    world.post(&format!("{other}/fields/education"), school).await.is_error(400, 5, "school: Invalid value.");
    assert_eq!(world.patch(&person, json!({"folder": {"id": "D32006"}})).await.status, 204, "an id is no label");

    world.change(|state| state.hide_nodes(&Default::default())).await;
    assert_eq!(world.patch(&person, folder("Cand:Unreviewed")).await.status, 204);
}
