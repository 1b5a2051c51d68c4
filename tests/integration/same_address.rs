//! The platform takes two people with one e-mail address for one. Each result goes to the person it belongs to, and nobody else is told it.

use axum::http::StatusCode;
use harver_icims::delivery::StepOutcome;
use harver_icims::domain::{Job, JobKind, Order, OrderEvent, OrderState};
use harver_icims::store::jobs::AttemptOutcome;
use harver_icims::store::{StoreError, jobs, orders};
use jiff::SignedDuration;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::callbacks::{ROWS, invited, ready, writes};
use crate::scene::{APPLICATION, RETURN_URL, Scene, finished};
use crate::support::{PACKAGE, new_order, nowhere};

const COMPLETE: &str = "D37002019001";
const INCOMPLETE: &str = "D37002019002";
const THEIR_ROWS: &str = "/customers/4021/applicantworkflows/88432/fields/assessmentresults";

/// Bea is person 30518 in workflow 88432, with the same address as Ines; iCIMS takes rows for her.
async fn bea_is_there(scene: &Scene) {
    let bea = json!({"firstname": "Bea", "lastname": "Okafor", "email": "ines.okafor@example.org"});
    scene.icims_answers("GET", "/customers/4021/people/30518", ResponseTemplate::new(200).set_body_json(bea)).await;
    let at = "/customers/4021/applicantworkflows/88432";
    scene.icims_answers("GET", at, ResponseTemplate::new(200).set_body_json(json!({}))).await;
    let location = format!("{}{THEIR_ROWS}/513", scene.icims.uri());
    scene.icims_answers("POST", THEIR_ROWS, ResponseTemplate::new(201).insert_header("Location", location)).await;
}

/// An order of Bea's that was accepted, however that came: the event itself is refused where the first order is known.
async fn ordered_for_bea(scene: &Scene) {
    let now = scene.clock.clock().now();
    let recorded: Result<(), StoreError> = scene
        .store
        .write(move |tx| {
            let mut new = new_order(88432);
            new.person = "30518".parse().expect("digits");
            let order = orders::insert(tx, &new, now)?;
            jobs::enqueue(tx, Job { kind: JobKind::StartAssessment, order }, now)
        })
        .await;
    recorded.expect("an order");
}

async fn order_of(scene: &Scene, person: u64) -> Order {
    scene.orders().await.into_iter().find(|order| order.person.get() == person).expect("an order")
}

/// What iCIMS was told of the workflow whose rows are here.
async fn told(scene: &Scene, rows: &str) -> Vec<Value> {
    let requests = scene.icims.received_requests().await.expect("recording is on");
    let writes = requests.iter().filter(|request| request.method.as_str() != "GET" && request.url.path().starts_with(rows));
    writes.map(|request| request.body_json().expect("JSON")).collect()
}

#[tokio::test]
async fn the_second_person_is_not_invited_and_the_recruiter_learns_why() {
    let scene = invited().await;
    bea_is_there(&scene).await;
    ordered_for_bea(&scene).await;
    assert_eq!(scene.worker().step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Dead));
    scene.drain().await;
    let bea = order_of(&scene, 30518).await;
    assert_eq!((bea.state, bea.application), (OrderState::Failed, None));
    let row = told(&scene, THEIR_ROWS).await.pop().expect("a row");
    assert_eq!(row["assessmentstatus"]["id"], INCOMPLETE);
    let notes = row["assessmentnotes"].as_str().expect("notes");
    assert!(notes.contains("belongs to another candidate in Harver, person 30517") && !notes.ends_with('…'), "{notes}");

    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(told(&scene, ROWS).await.last().expect("a row")["assessmentstatus"]["id"], COMPLETE);
    assert_eq!(told(&scene, THEIR_ROWS).await.len(), 1, "the result is not hers");
}

#[tokio::test]
async fn whoever_comes_through_the_portal_with_the_address_of_another_gets_no_link() {
    let scene = invited().await;
    bea_is_there(&scene).await;
    let mut event = scene.event("ApplicationCompletedEvent");
    event["systemId"] = json!("88432");
    event["userId"] = json!("30518");
    event["returnUrl"] = json!(RETURN_URL);
    for (link, at) in [(0, "applicantworkflows/88432"), (2, "people/30518")] {
        event["links"][link]["url"] = json!(format!("{}/customers/4021/{at}", scene.icims.uri()));
    }
    let answer = scene.start(&event).await;
    assert_eq!((answer.status, answer.location), (StatusCode::BAD_REQUEST, None), "{}", answer.body);
    assert!(answer.body["error"]["debugErrorMessage"].as_str().unwrap_or_default().contains("30517"), "{}", answer.body);
}

#[tokio::test]
async fn orders_that_are_started_at_once_do_not_share_an_application() {
    let scene = ready().await;
    bea_is_there(&scene).await;
    scene.advanced_to("40177").await;
    ordered_for_bea(&scene).await;
    let worker = scene.worker();
    let (one, other) = tokio::join!(worker.step(), worker.step());
    one.and(other).expect("the store answers");
    scene.drain().await;
    scene.clock.advance(SignedDuration::from_secs(66));
    scene.drain().await;
    let of_application: Vec<u64> =
        scene.orders().await.iter().filter(|order| order.application.is_some()).map(|order| order.person.get()).collect();
    assert_eq!(of_application.len(), 1, "{of_application:?}");
}

#[tokio::test]
async fn an_application_that_was_made_for_somebody_else_gives_no_result() {
    for (key, value) in [("candidate_id", "30999"), ("custom_id_1", "4022")] {
        let scene = invited().await;
        let mut application = finished();
        application["included"][1]["attributes"][key] = json!(value);
        scene.platform_shows(ResponseTemplate::new(200).set_body_json(application));
        scene.announced("CandidateStatusNew").await;
        scene.drain().await;
        assert_eq!(scene.orders().await[0].state, OrderState::Failed, "{key}");
        let rows = writes(&scene).await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert_eq!(rows[0]["assessmentstatus"]["id"], INCOMPLETE);
        assert!(
            rows[0]["assessmentnotes"].as_str().expect("notes").starts_with("No result. The e-mail address belongs to another")
        );
        assert!(rows[0].get("assessmentscore").is_none(), "{}", rows[0]);
    }
}

#[tokio::test]
async fn whose_address_is_corrected_afterwards_gets_an_application_of_their_own() {
    let scene = invited().await;
    let mut application = finished();
    application["included"][1]["attributes"]["candidate_id"] = json!("30999");
    scene.platform_shows(ResponseTemplate::new(200).set_body_json(application));
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(scene.orders().await[0].state, OrderState::Failed);
    scene.person_is_now(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.net"})).await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.drain().await;
    let asked = scene.harver.received_requests().await.expect("recording is on");
    let created = format!("/api/v1.0/vacancies/{}/applications", crate::support::VACANCY);
    let last = asked.iter().rfind(|request| request.url.path() == created).expect("the platform was asked");
    let body: Value = last.body_json().expect("JSON");
    let address = &body["data"]["relationships"]["candidate"]["data"]["attributes"]["emailAddress"];
    assert_eq!(address, "ines@example.net", "under the former one the application is another person's");
}

#[tokio::test]
async fn whose_profile_was_merged_into_another_gets_the_result_of_the_same_workflow() {
    let scene = invited().await;
    let (order, now) = (scene.orders().await[0].id, scene.clock.clock().now());
    scene.store.write(move |tx| orders::end(tx, order, OrderEvent::RanOut, "It ran out.", now)).await.expect("the store answers");
    let profile = json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines.okafor@example.org"});
    scene.icims_answers("GET", "/customers/4021/people/30518", ResponseTemplate::new(200).set_body_json(profile)).await;
    let mut event = scene.event("ApplicationCompletedEvent");
    event["userId"] = json!("30518");
    event["returnUrl"] = json!(RETURN_URL);
    event["links"][2]["url"] = json!(format!("{}/customers/4021/people/30518", scene.icims.uri()));
    assert_eq!(scene.start(&event).await.status, StatusCode::SEE_OTHER);
    let mut application = finished();
    application["included"][1]["attributes"]["candidate_id"] = json!("30518");
    scene.platform_shows(ResponseTemplate::new(200).set_body_json(application));
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(order_of(&scene, 30518).await.state, OrderState::Completed);
}

#[tokio::test]
async fn somebody_who_was_refused_afterwards_takes_no_result_away() {
    let scene = invited().await;
    bea_is_there(&scene).await;
    ordered_for_bea(&scene).await;
    scene.drain().await;
    let mut application = finished();
    application["included"][1]["attributes"] =
        json!({"custom_id_1": "4021", "candidate_id": "30518", "application_id": "88432", "vacancy_id": "2210"});
    scene.platform_shows(ResponseTemplate::new(200).set_body_json(application));
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(order_of(&scene, 30517).await.state, OrderState::Completed);
    assert_eq!(told(&scene, ROWS).await.last().expect("a row")["assessmentscore"], 78);
}

#[tokio::test]
async fn of_two_orders_that_share_an_application_from_before_the_first_gets_the_result() {
    let scene = invited().await;
    bea_is_there(&scene).await;
    let now = scene.clock.clock().now();
    let shared: Result<(), StoreError> = scene
        .store
        .write(move |tx| {
            let mut new = new_order(88432);
            new.person = "30518".parse().expect("digits");
            let order = orders::insert(tx, &new, now)?;
            orders::keep_link(tx, order, &APPLICATION.parse().expect("24 digits"), (&nowhere(), now), now)?;
            orders::apply(tx, order, OrderEvent::LinkHandedOver, now).map(drop)
        })
        .await;
    shared.expect("an order");
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(order_of(&scene, 30517).await.state, OrderState::Completed);
    assert_eq!(order_of(&scene, 30518).await.state, OrderState::Failed);
    let theirs = told(&scene, THEIR_ROWS).await;
    assert_eq!(theirs.len(), 1, "{theirs:?}");
    assert_eq!(
        (&theirs[0]["assessmentstatus"]["id"], &theirs[0]["assessmentname"]["value"]),
        (&json!(INCOMPLETE), &json!(PACKAGE))
    );
}
