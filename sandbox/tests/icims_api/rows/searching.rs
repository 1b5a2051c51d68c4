//! Rows that search.

use serde_json::{Value as Json, json};
use url::form_urlencoded;

use crate::icims_api::support::{API, World};

fn ids(body: &Json) -> Vec<u64> {
    let rows = body["searchResults"].as_array().expect("results");
    rows.iter().map(|row| row["id"].as_u64().expect("an integer")).collect()
}

fn as_query(kind: &str, filters: &Json) -> String {
    let text: String = form_urlencoded::byte_serialize(filters.to_string().as_bytes()).collect();
    format!("/search/{kind}?searchJson={text}")
}

#[tokio::test]
async fn post_customers_search_applicantworkflows_find_applications() {
    let world = World::new().await;
    let filters = json!({
        "filters": [{"name": "applicantworkflow.job.id", "value": [world.job.to_string()]},
            {"name": "applicantworkflow.status", "value": ["D10100", "C40101"], "operator": "="}],
        "operator": "&",
        "children": [{"filters": [{"name": "applicantworkflow.person.lastname", "value": ["Okafor"]},
            {"name": "applicantworkflow.person.lastname", "value": ["Lindqvist"]}], "operator": "|"}],
    });
    let body = world.post("/search/applicantworkflows", filters).await.json();
    let address = format!("{API}/customers/4021/applicantworkflows/{}", world.workflow);
    assert_eq!(body, json!({"searchResults": [{"id": world.workflow, "self": address}]}));
    let next = json!({"filters": [{"name": "applicantworkflow.job.id", "value": [world.job.to_string()]},
        {"name": "applicantworkflow.id", "operator": ">", "value": [world.workflow.to_string()]}]});
    assert_eq!(world.post("/search/applicantworkflows", next).await.json(), json!({"searchResults": []}));
    let none = world.post("/search/applicantworkflows", json!({"filters": []})).await;
    none.is_error(400, 12, "At least one filter must be specified");
}

#[tokio::test]
async fn get_customers_search_applicantworkflows_searchjson_same_get_form() {
    let world = World::new().await;
    let filters = json!({"filters": [{"name": "applicantworkflow.person.email", "value": ["ines.okafor@example.org"]}]});
    let by_query = world.get(&as_query("applicantworkflows", &filters)).await.json();
    assert_eq!(ids(&by_query), [world.workflow.get()]);
    assert_eq!(world.post("/search/applicantworkflows", filters).await.json(), by_query);
    let wrong = json!({"filters": [{"name": "applicantworkflow.shoesize", "value": ["41"]}]});
    let message = "The following filter is either not valid or hidden: applicantworkflow.shoesize";
    world.get(&as_query("applicantworkflows", &wrong)).await.is_error(400, 12, message);
}

#[tokio::test]
async fn post_or_get_customers_search_people_find_people() {
    let world = World::new().await;
    let contains = json!({"filters": [{"name": "person.lastname", "value": ["kafo"]}]});
    assert_eq!(ids(&world.post("/search/people", contains.clone()).await.json()), [world.ines.get()]);
    assert_eq!(ids(&world.get(&as_query("people", &contains)).await.json()), [world.ines.get()]);
    let exact = json!({"filters": [{"name": "person.lastname", "value": ["kafo"], "operator": "=="}]});
    assert!(ids(&world.post("/search/people", exact).await.json()).is_empty());
    let folder = json!({"filters": [{"name": "person.folder", "value": ["D32006"]}]});
    assert!(ids(&world.post("/search/people", folder).await.json()).contains(&world.ines.get()));
}

#[tokio::test]
async fn post_or_get_customers_search_jobs_find_jobs() {
    let world = World::new().await;
    let open = json!({"filters": [{"name": "job.folder", "value": ["Approved"]}, {"name": "job.jobtitle", "value": ["centre"]}]});
    assert_eq!(ids(&world.post("/search/jobs", open.clone()).await.json()), [world.job.get()]);
    assert_eq!(ids(&world.get(&as_query("jobs", &open)).await.json()), [world.job.get()]);
    let unknown_node = json!({"filters": [{"name": "job.folder", "value": ["D99999"]}]});
    assert!(ids(&world.post("/search/jobs", unknown_node).await.json()).is_empty(), "an unknown node filters everything out");
}
