//! What describes the platform or looks at it from elsewhere: schemas, career portals, direct links, streams.

use axum::body::Body;
use axum::http::Request;
use icims_sandbox::icims::model::NodeId;
use icims_sandbox::icims::schema::ProfileType;
use serde_json::{Value as Json, json};

use crate::icims_api::support::{API, Reply, World};

#[tokio::test]
async fn the_schema_of_a_profile_names_every_field_with_its_documented_type() {
    let world = World::new().await;
    let names = ["person", "job", "company", "submittal", "onboardworkflow"];
    for (name, kind) in names.into_iter().zip(ProfileType::ALL) {
        let schema = world.get(&format!("/profiledefinitions/v1/{name}/schema")).await.json();
        assert_eq!(schema["type"], "object");
        let named: Vec<&str> = schema["properties"].as_object().expect("fields").keys().map(String::as_str).collect();
        assert_eq!(named.len(), kind.fields().len(), "{name}");
        for field in kind.fields() {
            assert!(schema["properties"][field.name]["type"].is_string(), "{name}.{}", field.name);
        }
    }
    let person = world.get("/profiledefinitions/v1/person/schema").await.json()["properties"].clone();
    let types = |shape: &Json| -> Vec<(String, Json)> {
        shape["properties"]
            .as_object()
            .expect("an object")
            .iter()
            .map(|(name, shape)| (name.clone(), shape["type"].clone()))
            .collect()
    };
    let text = |name: &str| (name.to_owned(), json!("string"));
    assert_eq!(types(&person["folder"]), [text("formattedvalue"), text("id"), text("value")]);
    assert_eq!(types(&person["supervisor"]), [("id".to_owned(), json!("integer")), text("profile"), text("value")]);
    assert_eq!(types(&person["field24312"]), [("amount".to_owned(), json!("number")), text("amountstring"), text("currency")]);
    assert_eq!((&person["startdate"]["format"], person["field24307"].get("format")), (&json!("date"), None));
    let phone = &person["phones"]["items"]["properties"];
    assert_eq!((&phone["entry"]["type"], &phone["primary"]["type"]), (&json!("integer"), &json!("boolean")));
}

#[tokio::test]
async fn the_schema_of_one_field_is_wrapped_in_an_object() {
    let world = World::new().await;
    let schema = world.get("/profiledefinitions/v1/submittal/assessmentresults/schema").await.json();
    assert_eq!(schema["type"], "object");
    let fields = &schema["properties"]["assessmentresults"]["items"]["properties"];
    assert_eq!(fields["assessmentscore"]["type"], "number");
    world.get("/profiledefinitions/v1/person/shoesize/schema").await.is_error(404, 2, "shoesize: Field not found.");
    world.get("/profiledefinitions/v1/shoe/schema").await.is_error(404, 2, "Schema not found.");
    let unsimulated = world.get("/profiledefinitions/v1/sourceworkflow/schema").await;
    unsimulated.is_error(
        501,
        501,
        "The iCIMS simulator does not simulate /customers/{customerId}/profiledefinitions/v1/sourceworkflow/schema.",
    );
    world.change(|state| state.hide_field("people.email", true)).await;
    world.get("/profiledefinitions/v1/person/email/schema").await.is_error(404, 3, "email: Access denied.");
    let person = world.get("/profiledefinitions/v1/person/schema").await.json();
    assert!(person["properties"].get("email").is_none());
}

#[tokio::test]
async fn results_and_filters_have_schemas_of_their_own() {
    let world = World::new().await;
    let results = world.get("/search/resultsSchema").await.json();
    let row = &results["properties"]["searchResults"]["items"]["properties"];
    assert_eq!((&row["id"]["type"], &row["self"]["type"]), (&json!("integer"), &json!("string")));
    let filters = world.get("/search/filtersSchema").await.json();
    let operators = json!(["=", "!=", "<", ">", "<=", ">="]);
    assert_eq!(filters["properties"]["filters"]["items"]["properties"]["operator"]["enum"], operators);
    assert!(filters["properties"]["children"]["items"]["properties"].get("children").is_none(), "one level is published");
}

#[tokio::test]
async fn a_portal_shows_open_jobs_newest_first() {
    let world = World::new().await;
    let newer = world.post("/jobs", json!({"jobtitle": "Night Dispatcher"})).await.new_id();
    world.post("/jobs", json!({"jobtitle": "Closed Dispatcher", "folder": {"id": "D31004"}})).await.new_id();
    let all = world.get("/search/portals/careers").await.json();
    let ids: Vec<String> = all["searchResults"].as_array().expect("results").iter().map(|row| row["id"].to_string()).collect();
    assert_eq!(ids, [newer.clone(), world.job.to_string()]);
    let first = &all["searchResults"][0];
    assert_eq!(first["self"], format!("{API}/customers/4021/portals/careers/{newer}"));
    assert_eq!(first["portalUrl"], format!("{API}/careers/4021/jobs/{newer}/night-dispatcher/job"));
    assert!(first["updatedDate"].as_str().is_some_and(|text| text.ends_with("AM") || text.ends_with("PM")));
    assert_eq!(world.get("/search/portals/101").await.json(), all);
    assert_eq!(world.post("/search/portals/careers", json!({})).await.json(), all, "filters are optional");
    let filters = json!({"filters": [{"name": "job.jobtitle", "value": ["dispatcher"]}]});
    let by_body = world.post("/search/portals/careers", filters.clone()).await.json();
    assert_eq!(by_body["searchResults"], json!([first]));
    let text: String = url::form_urlencoded::byte_serialize(filters.to_string().as_bytes()).collect();
    assert_eq!(world.get(&format!("/search/portals/careers?searchJson={text}")).await.json(), by_body);
    world.get("/search/portals/nowhere").await.is_error(404, 2, "Portal not found.");
    let unknown = json!({"filters": [{"name": "job.shoesize", "value": ["1"]}]});
    let message = "The following filter is either not valid or hidden: job.shoesize";
    world.post("/search/portals/careers", unknown).await.is_error(400, 12, message);
}

#[tokio::test]
async fn the_filters_of_a_portal_have_their_options() {
    let world = World::new().await;
    let filters = world.get("/search/portals/careers/filters").await.json();
    let named =
        |name: &str| filters["filters"].as_array().expect("filters").iter().find(|filter| filter["name"] == name).cloned();
    assert_eq!(named("job.jobtitle"), Some(json!({"name": "job.jobtitle"})));
    let category = named("job.positioncategory").expect("a drop-down");
    assert!(category["options"].as_array().expect("options").contains(&json!({"id": "D36001", "value": "Customer Service"})));
}

#[tokio::test]
async fn a_posted_job_reads_as_on_the_portal() {
    let world = World::new().await;
    let body = world.get(&format!("/portals/careers/{}", world.job)).await.json();
    assert_eq!(body["jobtitle"], "Call Centre Advisor");
    assert_eq!(body["links"][0]["url"], format!("{API}/customers/4021/portals/careers/{}", world.job));
    assert!(body.get("recruiter").is_none(), "visitors do not see everything");
    assert_eq!(world.patch(&format!("/jobs/{}", world.job), json!({"folder": {"id": "D31003"}})).await.status, 204);
    world.get(&format!("/portals/careers/{}", world.job)).await.is_error(404, 2, "Job not found.");
    world.get("/portals/careers/x").await.is_error(404, 2, "Job not found.");
}

#[tokio::test]
async fn direct_links_lead_to_profiles_where_they_are_enabled() {
    let world = World::new().await;
    let person = format!("/linkTo/people/{}", world.ines);
    let reply = world.get(&person).await;
    assert!(reply.status.is_redirection());
    assert_eq!(reply.header("location"), format!("/icims2/4021/people/{}", world.ines));
    world
        .change(|state| {
            let switches = icims_sandbox::icims::state::switches::Switches { direct_links: false, ..state.switches().clone() };
            state.set_switches(switches);
            Ok(())
        })
        .await;
    let reply = world.get(&person).await;
    assert_eq!(reply.status, 404);
    assert!(reply.text.contains("Direct links are not enabled"), "{}", reply.text);
}

async fn stream(world: &World, authorization: &str, path: &str) -> Reply {
    let request = Request::get(format!("/datastream/v2/streams{path}")).header("authorization", authorization);
    world.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn streams_are_read_with_a_token_page_by_page() {
    let world = World::new().await;
    let form =
        "grant_type=client_credentials&client_id=client-4021&client_secret=shh&audience=https%3A%2F%2Fapi.icims.com%2Fv1%2F";
    let request = Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
    let token = world.send(request.body(Body::from(form)).expect("a request")).await.json();
    let bearer = format!("Bearer {}", token["access_token"].as_str().expect("a token"));
    let trigger: NodeId = "C40177".parse().expect("a node id");
    let now = world.clock.now();
    world
        .change(|state| {
            for _ in 0..150 {
                let by = state.recruiter();
                state.advance(world.workflow, &trigger, by, now)?;
            }
            Ok(())
        })
        .await;
    assert_eq!(stream(&world, &bearer, "").await.json(), json!({"streams": [{"id": "4021"}]}));
    let subscriptions = stream(&world, &bearer, "/4021/subscriptions").await.json();
    let events = format!("/4021/subscriptions/{}/events", subscriptions["subscriptions"][0]["id"].as_str().expect("an id"));
    let first = stream(&world, &bearer, &events).await.json();
    assert_eq!(first["events"].as_array().map(Vec::len), Some(100));
    assert_eq!(first["events"][0]["eventType"], "WorkFlowStatusChangeEvent");
    assert_eq!(first["events"][0]["systemId"], world.workflow.to_string());
    let next = format!("{events}?exclusiveStartKey={}", first["lastEvaluatedKey"].as_str().expect("a key"));
    let second = stream(&world, &bearer, &next).await.json();
    assert_eq!(second["events"].as_array().map(Vec::len), Some(50));
    assert!(second.get("lastEvaluatedKey").is_none(), "no key ends it");
    assert_ne!(second["events"][0]["eventId"], first["events"][99]["eventId"]);

    stream(&world, &bearer, &format!("{events}?exclusiveStartKey=x")).await.is_error(400, 5, "exclusiveStartKey: Invalid value.");
    stream(&world, &bearer, "/4022/subscriptions").await.is_error(403, 7, "The token does not belong to this customer.");
    stream(&world, &bearer, "/4021/subscriptions/other/events").await.is_error(404, 2, "Subscription not found.");
    stream(&world, &world.authorization, "").await.is_error(401, 6, "Streams are read with an access token.");
    stream(&world, "Bearer 4021.made-up", "").await.is_error(401, 9, "Authentication credentials invalid");
}
