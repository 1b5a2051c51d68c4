//! Who is sent to Harver again: after completion, or with a corrected address.

use axum::http::StatusCode;
use harver_icims::domain::OrderState;
use jiff::SignedDuration;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::callbacks::{invited, statuses};
use crate::post_office::PostOffice;
use crate::scene::{APPLICATION, Scene, not_there, under_way};
use crate::support::{PACKAGE, VACANCY};

const WORKFLOW: &str = "/customers/4021/applicantworkflows/88431";
const ROWS: &str = "/customers/4021/applicantworkflows/88431/fields/assessmentresults";
const SECOND: &str = "65aa01f29c3b4d00178e92fb";

/// Ines has completed the assessment, and iCIMS shows it as its row 512.
async fn completed() -> Scene {
    let scene = invited().await;
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(statuses(&scene).await, ["D37002019001"]);
    let rows = json!({"assessmentresults": [{"entry": 512, "assessmentname": {"id": "C31649", "value": PACKAGE}}]});
    let asked = Mock::given(method("GET")).and(path(WORKFLOW)).respond_with(ResponseTemplate::new(200).set_body_json(rows));
    scene.answers_from_now_on(asked).await;
    scene
}

async fn platform_says(scene: &Scene, answer: ResponseTemplate) {
    scene.harver_answers("GET", &format!("/api/v1.0/applications/{APPLICATION}/reapply/status"), answer).await;
}

fn can_reapply(can: bool) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"data": {"canReapply": can}}))
}

#[tokio::test]
async fn row_2_who_has_completed_is_not_invited_again_unless_the_platform_allows_it() {
    let scene = completed().await;
    platform_says(&scene, can_reapply(false)).await;
    let refused = scene.advanced_to("40177").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.user_message().contains("already completed"), "{}", refused.body);
    assert_eq!(scene.drain().await, 0);
}

#[tokio::test]
async fn row_2_not_knowing_is_no_permission_to_start_again() {
    for (answer, status) in
        [(ResponseTemplate::new(503), StatusCode::SERVICE_UNAVAILABLE), (not_there(), StatusCode::BAD_REQUEST)]
    {
        let scene = completed().await;
        platform_says(&scene, answer).await;
        assert_eq!(scene.advanced_to("40177").await.status, status);
        assert_eq!((scene.drain().await, scene.orders().await.len()), (0, 1));
    }
}

#[tokio::test]
async fn row_2_who_may_start_again_gets_another_application_and_another_row() {
    let scene = completed().await;
    platform_says(&scene, can_reapply(true)).await;
    let created = json!({"data": {"magicLink": "https://my.harver.com/app/landing/second", "applicationId": SECOND,
        "currentStatus": "in-progress"}});
    let asked = Mock::given(method("POST")).and(path(format!("/api/v1.0/vacancies/{VACANCY}/applications")));
    asked.respond_with(ResponseTemplate::new(201).set_body_json(created)).with_priority(1).mount(&scene.harver).await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.worker().step().await.expect("the store answers");
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::BAD_REQUEST, "one invitation at a time");
    let orders = scene.orders().await;
    assert_eq!((orders.len(), orders[1].state), (2, OrderState::Completed), "the first result stands");
    assert_eq!(orders[0].application, SECOND.parse().ok());

    let location = format!("{}{ROWS}/513", scene.icims.uri());
    let added = ResponseTemplate::new(201).insert_header("Location", location);
    scene.answers_from_now_on(Mock::given(method("POST")).and(path(ROWS)).respond_with(added)).await;
    let mut second = under_way(0);
    second["data"]["id"] = json!(SECOND);
    let at = format!("/api/v1.0/applications/{SECOND}");
    scene.harver_answers("GET", &at, ResponseTemplate::new(200).set_body_json(second)).await;
    let started = json!({"event": "ApplicationStarted", "data": {"type": "applications", "id": SECOND},
        "relationships": {"account": {"data": {"type": "account", "id": crate::support::ACCOUNT}}}});
    let at = harver_icims::harver_to_ats::CALLBACK_PATH;
    scene.post(at, "harver-platform-4021:webhook-password", started.to_string().into_bytes(), &[]).await;
    scene.drain().await;
    assert_eq!(scene.asked_icims("POST", ROWS).await, 2, "the first row is left alone");
    assert_eq!(scene.asked_icims("PATCH", &format!("{ROWS}/512")).await, 0);
    assert_eq!(scene.orders().await[0].result_row, "513".parse().ok());
}

#[tokio::test]
async fn row_2_a_page_of_the_portal_that_is_loaded_again_starts_nothing_again() {
    let scene = completed().await;
    platform_says(&scene, can_reapply(true)).await;
    assert_eq!(scene.applied().await.location.as_deref(), Some(crate::scene::RETURN_URL));
    assert_eq!(scene.orders().await.len(), 1);
}

#[tokio::test]
async fn row_27_who_is_advanced_with_a_corrected_address_is_invited_there_although_the_link_still_works() {
    let office = PostOffice::open().await;
    let port = office.port;
    let scene = Scene::ready_with(move |settings| settings.mail.port = port).await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::BAD_REQUEST, "row 1: there is an open invitation");
    scene.person_is_now(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.net"})).await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.drain().await;
    assert_eq!(office.all("To:"), ["ines.okafor@example.org", "ines@example.net"]);
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::BAD_REQUEST, "now there is one at that address");
    let asked = scene.harver.received_requests().await.expect("recording is on");
    let created = format!("/api/v1.0/vacancies/{VACANCY}/applications");
    let addresses = asked.iter().filter(|request| request.url.path() == created).map(|request| {
        let body: Value = request.body_json().expect("JSON");
        body["data"]["relationships"]["candidate"]["data"]["attributes"]["emailAddress"].clone()
    });
    assert_eq!(addresses.collect::<Vec<_>>(), ["ines.okafor@example.org"; 2], "the same application");
}

#[tokio::test]
async fn row_27_an_address_that_is_corrected_while_the_mail_is_held_up_is_used() {
    let scene = Scene::ready().await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    scene.person_is_now(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.net"})).await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK, "it is on its way to the wrong address");
    scene.clock.advance(SignedDuration::from_mins(5));
    scene.drain().await;
    let orders = scene.orders().await;
    assert_eq!((orders.len(), orders[0].candidate.email.as_str()), (1, "ines@example.net"));
    assert_eq!(orders[0].registered_email.as_ref().map(|email| email.as_str()), Some("ines.okafor@example.org"));
}

#[tokio::test]
async fn row_27_an_address_that_icims_could_not_tell_is_asked_for_before_the_mail() {
    let office = PostOffice::open().await;
    let port = office.port;
    let scene = Scene::ready_with(move |settings| settings.mail.port = port).await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    scene.clock.advance(SignedDuration::from_hours(25));
    let person = || Mock::given(path("/customers/4021/people/30517"));
    let corrected = json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.net"});
    scene.answers_from_now_on(person().respond_with(ResponseTemplate::new(200).set_body_json(corrected))).await;
    scene.answers_from_now_on(person().respond_with(ResponseTemplate::new(503)).up_to_n_times(1)).await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.drain().await;
    assert_eq!(office.all("To:"), ["ines.okafor@example.org", "ines@example.net"]);
}

#[tokio::test]
async fn row_19_a_job_that_is_closed_after_the_invitation_takes_nobody_new_and_keeps_who_was_invited() {
    let scene = invited().await;
    let closed = json!({"jobtitle": "Call Centre Advisor", "folder": {"id": "D31004", "value": "Closed (Filled)"},
        "assessmenttype": [{"id": "C30211", "value": PACKAGE}]});
    let asked = Mock::given(method("GET")).and(path("/customers/4021/jobs/2210"));
    scene.answers_from_now_on(asked.respond_with(ResponseTemplate::new(200).set_body_json(closed))).await;
    scene.clock.advance(SignedDuration::from_hours(25));
    let refused = scene.advanced_to("40177").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.user_message().contains("not open for recruiting"), "{}", refused.body);
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!((scene.orders().await[0].state, statuses(&scene).await), (OrderState::Completed, vec!["D37002019001".to_owned()]));
}
