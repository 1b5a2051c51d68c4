//! Onboarding workflows: how they come about, reading and changing them, and what is refused (icims-api 7.1, 7.2).

use std::sync::Arc;

use icims_sandbox::engine::Disk;
use icims_sandbox::icims::model::JobId;
use icims_sandbox::icims::state::users::{IntegrationUser, Rights};
use serde_json::{Value as Json, json};

use crate::icims_api::support::{API, World, basic, restarted, surroundings};

/// Hires a person over the API; the address of the onboarding workflow, behind the customer.
async fn hired(world: &World) -> String {
    let workflow = format!("/applicantworkflows/{}", world.workflow);
    assert_eq!(world.patch(&workflow, json!({"status": {"id": "C40150"}})).await.status, 204);
    let ids = ids(world);
    assert_eq!(ids.len(), 1, "hired once, onboarded once");
    format!("/onboardworkflows/{}", ids[0])
}

/// The onboarding workflows of the candidate.
fn ids(world: &World) -> Vec<String> {
    let customer = world.icims.customer(4021).expect("the customer");
    customer.read(|state| state.onboardings_of(world.ines).map(|row| row.id.to_string()).collect())
}

#[tokio::test]
async fn whoever_is_moved_to_hired_gets_an_onboarding_workflow() {
    let world = World::new().await;
    world.patch(&format!("/applicantworkflows/{}", world.workflow), json!({"status": {"id": "C40140"}})).await;
    assert!(ids(&world).is_empty(), "an offer is no hiring");
    let path = hired(&world).await;
    let reply = world.get(&path).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let body = reply.json();
    let profile = |kind: &str, id: u64| format!("{API}/customers/4021/{kind}/{id}");
    let (job, person) = (world.job.get(), world.ines.get());
    assert_eq!(body["baseprofile"], json!({"id": 3, "value": "New Hire", "profile": profile("newhirecategories", 3)}));
    assert_eq!(body["associatedprofile"], json!({"id": person, "value": "Ines Okafor", "profile": profile("people", person)}));
    assert_eq!(body["job"], json!({"id": job, "value": "Call Centre Advisor", "profile": profile("jobs", job)}));
    assert_eq!(body["status"], json!({"id": "C46001", "value": "In Progress", "formattedvalue": "In Progress"}));
    let links = [
        ("The current profile being viewed.", format!("{API}/customers/4021{path}")),
        ("The base profile of this workflow.", profile("newhirecategories", 3)),
        ("The associated profile of this workflow.", profile("people", person)),
    ];
    let links: Vec<Json> = links.iter().map(|(title, url)| json!({"rel": "self", "title": title, "url": url})).collect();
    assert_eq!(body["links"], json!(links));
    let shown: Vec<&str> = body.as_object().expect("a profile").keys().map(String::as_str).collect();
    assert_eq!(shown, ["associatedprofile", "baseprofile", "job", "links", "status"], "dates and id must be asked for");
    let asked = world.get(&format!("{path}?fields=id,createddate,source")).await;
    assert_eq!(format!("/onboardworkflows/{}", asked.json()["id"]), path);
    assert_eq!(asked.json()["warnings"][0]["errorMessage"], "source: Field does not exist.");
    assert_eq!(world.get(&format!("{path}/fields/job")).await.json(), body["job"]);
}

#[tokio::test]
async fn being_hired_again_changes_nothing_and_another_job_begins_another_onboarding() {
    let world = World::new().await;
    let path = hired(&world).await;
    for status in ["C40140", "C40150"] {
        let moved = world.patch(&format!("/applicantworkflows/{}", world.workflow), json!({"status": {"id": status}})).await;
        assert_eq!(moved.status, 204);
    }
    assert_eq!(ids(&world).len(), 1);
    let job = world.post("/jobs", json!({"jobtitle": "Night Dispatcher"})).await.new_id();
    let job: JobId = job.parse().expect("an id");
    let pair = json!({"baseprofile": job, "associatedprofile": world.ines});
    let other = world.post("/applicantworkflows", pair).await.new_id();
    assert_eq!(world.patch(&format!("/applicantworkflows/{other}"), json!({"status": {"id": "C40150"}})).await.status, 204);
    let ids = ids(&world);
    assert_eq!(ids.len(), 2);
    assert_ne!(format!("/onboardworkflows/{}", ids[0]), path, "the newest comes first");
    assert_eq!(world.get(&format!("/onboardworkflows/{}", ids[0])).await.json()["job"]["value"], "Night Dispatcher");
}

#[tokio::test]
async fn job_and_status_of_an_onboarding_workflow_are_changed_and_its_ends_are_not() {
    let world = World::new().await;
    let path = hired(&world).await;
    let job = world.post("/jobs", json!({"jobtitle": "Night Dispatcher"})).await.new_id();
    let job: u64 = job.parse().expect("a number");
    let reply = world.patch(&path, json!({"job": job, "status": {"value": "Complete"}})).await;
    assert_eq!((reply.status.as_u16(), reply.text.as_str()), (204, ""));
    assert_eq!(reply.header("location"), format!("{API}/customers/4021{path}"));
    let body = world.get(&path).await.json();
    assert_eq!((&body["job"]["id"], &body["status"]["id"]), (&json!(job), &json!("C46002")));
    assert_eq!(world.patch(&path, json!({"job": null, "associatedprofile": world.ines})).await.status, 204);
    assert!(world.get(&path).await.json().get("job").is_none());

    let category = world.patch(&path, json!({"baseprofile": 4})).await;
    assert_eq!((category.status.as_u16(), category.header("x-warning")), (204, "4:baseprofile: Field is read only."));
    assert_eq!(world.get(&path).await.json()["baseprofile"]["id"], 3);
    for (body, code, message) in [
        (json!({"associatedprofile": world.contact}), 5, "associatedprofile: Invalid value."),
        (json!({"associatedprofile": null}), 1, "associatedprofile: Required field."),
        (json!({"status": null}), 1, "status: Required field."),
        (json!({"status": {"id": "C40150"}}), 5, "status: Invalid value."),
        (json!({"job": 999_999}), 5, "job: Invalid value."),
    ] {
        world.patch(&path, body).await.is_error(400, code, message);
    }
    assert_eq!(world.get(&path).await.json()["status"]["id"], "C46002", "a refused request changes nothing");
    assert_eq!(world.icims.pending(None), 0, "the vendor hears nothing of it");
}

#[tokio::test]
async fn onboarding_workflows_are_neither_made_nor_searched_nor_listed_nor_deleted() {
    let world = World::new().await;
    let path = hired(&world).await;
    let refused = |what: &str| format!("The iCIMS simulator does not simulate {what}.");
    let pair = json!({"baseprofile": 3, "associatedprofile": world.contact, "status": {"id": "D1"}});
    let made = world.post("/onboardworkflows", pair).await;
    made.is_error(501, 501, &refused("POST /customers/{customerId}/onboardworkflows"));
    let search = refused("/customers/{customerId}/search/onboardworkflows");
    world.post("/search/onboardworkflows", json!({"filters": []})).await.is_error(501, 501, &search);
    world.get("/search/onboardworkflows").await.is_error(501, 501, &search);
    world.get("/newhirecategories/3").await.is_error(501, 501, &refused("/customers/{customerId}/newhirecategories"));
    world.get("/onboardworkflows").await.is_error(405, 8, "GET is not supported here.");
    world.call("DELETE", &path, None).await.is_error(405, 8, "DELETE is not supported here.");
    world.call("PUT", &path, Some(json!({}))).await.is_error(405, 8, "PUT is not supported here.");
    for id in ["1", "x"] {
        let missing = "Onboard Workflow not found.";
        world.get(&format!("/onboardworkflows/{id}")).await.is_error(404, 2, missing);
        world.patch(&format!("/onboardworkflows/{id}"), json!({"job": 1})).await.is_error(404, 2, missing);
    }
}

#[tokio::test]
async fn rights_hold_for_onboarding_workflows_too() {
    let mut world = World::new().await;
    let path = hired(&world).await;
    world.change(|state| state.hide_field("onboardworkflows.status", true)).await;
    assert!(world.get(&path).await.json().get("status").is_none());
    let mut user = IntegrationUser {
        username: "limited".into(),
        password: "word".into(),
        client_id: "client-limited".into(),
        rights: Arc::new(Rights { read_only: true, ..Rights::default() }),
        ..IntegrationUser::default()
    };
    world.icims.save_user(4021, user.clone()).await.expect("a user");
    world.authorization = basic("limited", "word");
    assert_eq!(world.get(&path).await.status, 200);
    world.patch(&path, json!({"job": world.job})).await.is_error(404, 3, "Onboard Workflow: Access denied.");
    user.rights = Arc::new(Rights { hidden_types: ["onboardworkflows".into()].into(), ..Rights::default() });
    world.icims.save_user(4021, user).await.expect("the user");
    for reply in [world.get(&path).await, world.post("/onboardworkflows", json!({})).await] {
        reply.is_error(404, 3, "Onboard Workflow: Access denied.");
    }
}

#[tokio::test]
async fn an_onboarding_goes_with_its_person_and_outlives_its_job() {
    let world = World::new().await;
    let path = hired(&world).await;
    world
        .change(|state| {
            let switches =
                icims_sandbox::icims::state::switches::Switches { deletable_profiles: true, ..state.switches().clone() };
            state.set_switches(switches);
            Ok(())
        })
        .await;
    assert_eq!(world.call("DELETE", &format!("/jobs/{}", world.job), None).await.status, 204);
    assert!(world.get(&path).await.json().get("job").is_none(), "what refers to the deleted job is cleared");
    assert_eq!(world.call("DELETE", &format!("/people/{}", world.ines), None).await.status, 204);
    world.get(&path).await.is_error(404, 2, "Onboard Workflow not found.");
    assert!(ids(&world).is_empty());
}

#[tokio::test]
async fn the_workflows_tab_shows_the_onboarding() {
    let world = World::new().await;
    let page = format!("/icims2/4021/people/{}/workflows", world.ines);
    let shown = async || {
        let request = axum::http::Request::get(&page).body(axum::body::Body::empty()).expect("a request");
        world.send(request).await.text
    };
    assert!(!shown().await.contains("id=\"onboard\""), "nobody is hired yet");
    let path = hired(&world).await;
    let id = path.rsplit('/').next().expect("an id");
    let text = shown().await;
    let row = text.split(&format!("id=\"onboarding-{id}\"")).nth(1).unwrap_or_else(|| panic!("no row in {text}"));
    let row = row.split("</tr>").next().unwrap_or_default();
    assert!(row.contains("Call Centre Advisor") && row.contains("In Progress") && row.contains(id), "{row}");
}

#[tokio::test]
async fn a_platform_stored_before_there_were_onboardings_gets_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sandbox.db");
    let (disk, _) = Disk::open(&path).expect("a new file");
    let mut world = World::around(surroundings(disk)).await;
    drop(std::mem::replace(&mut world.icims, icims_sandbox::icims::Icims::new(surroundings(Disk::memory()))));
    let older = rusqlite::Connection::open(&path).expect("the file");
    let counters = "UPDATE rows SET body = CAST(json_remove(CAST(body AS TEXT), '$.onboarding') AS BLOB) WHERE name = 'counters'";
    assert_eq!(older.execute(counters, []).expect("the counters"), 1);
    let statuses = "DELETE FROM rows WHERE name = 'lists' AND key IN ('C46001', 'C46002')";
    assert_eq!(older.execute(statuses, []).expect("the lists"), 2);
    drop(older);

    world.icims = restarted(&path);
    let path = hired(&world).await;
    assert_eq!(path, "/onboardworkflows/5301");
    assert_eq!(world.get(&path).await.json()["status"]["value"], "In Progress");
    assert_eq!(world.patch(&path, json!({"status": {"value": "Complete"}})).await.status, 204);
}
