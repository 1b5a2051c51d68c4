//! Behaviours that a customer's switches decide.

use axum::body::Body;
use axum::http::{Request, Version};
use icims_sandbox::icims::state::switches::{DuplicateWorkflow, Switches};
use jiff::SignedDuration;
use serde_json::json;

use crate::icims_api::support::{API, World};

async fn world(switches: Switches) -> World {
    let world = World::new().await;
    world
        .change(|state| {
            state.set_switches(switches);
            Ok(())
        })
        .await;
    world
}

#[tokio::test]
async fn another_http_version_is_505_only_for_a_strict_customer() {
    let ask = async |world: &World, version: Version| {
        let request = Request::get("/customers/4021").version(version).header("authorization", &world.authorization);
        world.send(request.body(Body::empty()).expect("a request")).await
    };
    let strict = world(Switches { strict_http: true, ..Switches::default() }).await;
    ask(&strict, Version::HTTP_10).await.is_error(505, 13, "HTTP/1.0 is not supported: use HTTP/1.1.");
    assert_eq!(ask(&strict, Version::HTTP_11).await.status, 200);
    assert_eq!(ask(&world(Switches::default()).await, Version::HTTP_10).await.status, 200);
}

#[tokio::test]
async fn a_second_workflow_is_refused_or_answered_with_the_first() {
    let again = async |world: &World| {
        world.post("/applicantworkflows", json!({"baseprofile": world.job, "associatedprofile": world.ines})).await
    };
    let refusing = world(Switches::default()).await;
    let message = format!("This person already has a recruiting workflow for this job: {}.", refusing.workflow);
    again(&refusing).await.is_error(400, 5, &message);
    let lenient = world(Switches { duplicate_workflow: DuplicateWorkflow::Existing, ..Switches::default() }).await;
    assert_eq!(again(&lenient).await.new_id(), lenient.workflow.to_string());
}

#[tokio::test]
async fn an_email_address_may_be_kept_for_one_person() {
    let ana = json!({"firstname": "Ana", "lastname": "Sol", "email": "INES.okafor@example.org"});
    let shared = world(Switches::default()).await;
    assert_eq!(shared.post("/people", ana.clone()).await.status, 201);
    let strict = world(Switches { shared_email: false, ..Switches::default() }).await;
    let message = format!("email: {} already has this e-mail address.", strict.ines);
    strict.post("/people", ana.clone()).await.is_error(400, 5, &message);
    strict.patch(&format!("/people/{}", strict.contact), json!({"email": ana["email"]})).await.is_error(400, 5, &message);
    assert_eq!(strict.patch(&format!("/people/{}", strict.ines), json!({"email": ana["email"]})).await.status, 204);
}

#[tokio::test]
async fn profiles_are_deleted_only_where_that_is_allowed() {
    let strict = world(Switches::default()).await;
    let person = format!("/people/{}", strict.ines);
    strict.call("DELETE", &person, None).await.is_error(405, 8, "DELETE is not supported here.");
    let lenient = world(Switches { deletable_profiles: true, ..Switches::default() }).await;
    assert_eq!(lenient.call("DELETE", &person, None).await.status, 204);
    lenient.get(&person).await.is_error(404, 2, "Person not found.");
    lenient.get(&format!("/applicantworkflows/{}", lenient.workflow)).await.is_error(404, 2, "Applicant Workflow not found.");
    lenient.call("DELETE", &person, None).await.is_error(404, 2, "Person not found.");
    lenient.call("DELETE", "/people/1187", None).await.is_error(400, 5, "A login belongs to this person, who cannot be deleted.");
}

#[tokio::test]
async fn a_new_entry_may_be_answered_with_an_empty_object() {
    let world = world(Switches { entry_body: true, ..Switches::default() }).await;
    let path = format!("/people/{}/fields/phones", world.contact);
    let reply = world.post(&path, json!({"phonenumber": "1"})).await;
    assert_eq!((reply.status.as_u16(), reply.text.as_str()), (201, "{}"));
    assert_eq!(reply.header("content-type"), "application/json;charset=UTF-8");
    assert!(reply.header("location").starts_with(&format!("{API}/customers/4021{path}/")));
}

#[tokio::test]
async fn a_status_changed_by_the_api_may_stay_unknown_to_the_vendor() {
    let pending = async |switches: Switches| {
        let world = world(switches).await;
        let path = format!("/applicantworkflows/{}", world.workflow);
        assert_eq!(world.patch(&path, json!({"status": {"id": "C40177"}})).await.status, 204);
        assert_eq!(world.get(&path).await.json()["status"]["id"], "C40177");
        world.icims.pending(Some(4021))
    };
    assert_eq!(pending(Switches::default()).await, 1);
    assert_eq!(pending(Switches { api_moves_tell_vendor: false, ..Switches::default() }).await, 0);
}

#[tokio::test]
async fn cached_results_are_up_to_fifteen_minutes_old_unless_staleness_says_otherwise() {
    let found = async |world: &World, query: &str| {
        let filters = json!({"filters": [{"name": "person.lastname", "value": ["Sol"]}]});
        world.post(&format!("/search/people{query}"), filters).await.json()["searchResults"].as_array().expect("results").len()
    };
    let ana = json!({"firstname": "Ana", "lastname": "Sol", "email": "ana.sol@example.org"});
    let live = world(Switches::default()).await;
    assert_eq!(found(&live, "").await, 0);
    assert_eq!(live.post("/people", ana.clone()).await.status, 201);
    assert_eq!(found(&live, "").await, 1, "without the switch, results are live");

    let cached = world(Switches { search_cache: true, ..Switches::default() }).await;
    assert_eq!(found(&cached, "").await, 0);
    assert_eq!(cached.post("/people", ana).await.status, 201);
    assert_eq!(found(&cached, "").await, 0, "the result is kept");
    assert_eq!(found(&cached, "?staleness=soon").await, 0, "what is no number is passed over");
    cached.clock.advance(SignedDuration::from_mins(6));
    assert_eq!(found(&cached, "?staleness=10").await, 0);
    assert_eq!(found(&cached, "?staleness=5").await, 1);
    assert_eq!(found(&cached, "").await, 1, "what was found live is kept from then on");
}

#[tokio::test]
async fn staleness_zero_is_live_and_a_quarter_of_an_hour_is_over_at_its_end() {
    let world = world(Switches { search_cache: true, ..Switches::default() }).await;
    let count = async |query: &str| {
        let filters = json!({"filters": [{"name": "applicantworkflow.job.id", "value": [world.job]}]});
        world.post(&format!("/search/applicantworkflows{query}"), filters).await.json()["searchResults"].as_array().map(Vec::len)
    };
    let join = async |first: &str| {
        let person = world.post("/people", json!({"firstname": first, "lastname": "Sol"})).await.new_id();
        let joined = world.post("/applicantworkflows", json!({"baseprofile": world.job, "associatedprofile": person})).await;
        assert_eq!(joined.status, 201, "{}", joined.text);
    };
    assert_eq!(count("").await, Some(1));
    join("Ana").await;
    assert_eq!(count("").await, Some(1));
    assert_eq!(count("?staleness=0").await, Some(2));
    join("Ben").await;
    assert_eq!(count("").await, Some(2));
    world.clock.advance(SignedDuration::from_mins(15));
    assert_eq!(count("").await, Some(3));
}
