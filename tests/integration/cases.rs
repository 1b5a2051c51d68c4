//! Cases of assessment-flow.md 10 and 11 that concern more than one place: who may call, what is passed on, what a write runs into.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use harver_icims::ats_to_harver::START_PATH;
use harver_icims::delivery::StepOutcome;
use harver_icims::store::StoreError;
use harver_icims::store::jobs::{self, AttemptOutcome};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use wiremock::ResponseTemplate;

use crate::callbacks::last_write;
use crate::scene::{APPLICATION, Scene};
use crate::support::{PACKAGE, VACANCY};

const ROWS: &str = "/customers/4021/applicantworkflows/88431/fields/assessmentresults";
const WORKFLOW: &str = "/customers/4021/applicantworkflows/88431";

async fn asked_for_an_application(scene: &Scene) -> Value {
    let requests = scene.harver.received_requests().await.expect("recording is on");
    let asked = requests.iter().find(|request| request.url.path().ends_with(&format!("/vacancies/{VACANCY}/applications")));
    asked.expect("an application").body_json().expect("JSON")
}

#[tokio::test]
async fn row_16_and_uat_34_what_the_integration_user_may_not_see_is_told_with_a_hint_at_its_rights() {
    for (person, packages, field) in [
        (json!({"firstname": "Ines", "lastname": "Okafor"}), &[PACKAGE][..], "{{person.email}}"),
        (json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"}), &[], "{{job.assessmenttype}}"),
    ] {
        let scene = Scene::bare(|_| {}, |_| {}).await;
        scene.person(person).await;
        scene.job_with(packages).await;
        let answer = scene.advanced_to("40177").await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.user_message().contains(field), "{}", answer.body);
        let debug = answer.body["error"]["debugErrorMessage"].as_str().expect("a text for the log");
        assert!(debug.contains("the integration user may not see it"), "{debug}");
        assert!(scene.orders().await.is_empty());
    }
}

#[tokio::test]
async fn row_30_names_of_any_letters_are_passed_on_and_an_accented_mailbox_is_refused() {
    for (first, last) in [("Zoë", "Łukasiewicz"), ("雅子", "小和田"), ("Ñuño", "O’Neill-Şahin")] {
        let scene = Scene::bare(|_| {}, |_| {}).await;
        scene.person(json!({"firstname": first, "lastname": last, "email": "ines@example.org"})).await;
        scene.job_with(&[PACKAGE]).await;
        scene.vacancy("open").await;
        scene.application_is("in-progress", 1).await;
        assert_eq!(scene.applied().await.status, StatusCode::SEE_OTHER);
        let asked = asked_for_an_application(&scene).await.to_string();
        assert!(asked.contains(first) && asked.contains(last), "{asked}");
    }
    let scene = Scene::bare(|_| {}, |_| {}).await;
    scene.person(json!({"firstname": "Inés", "lastname": "Okafor", "email": "inés@example.org"})).await;
    scene.job_with(&[PACKAGE]).await;
    let answer = scene.advanced_to("40177").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.user_message().contains("{{person.email}} is not an e-mail address"), "{}", answer.body);
}

#[tokio::test]
async fn uat_31_events_are_let_in_by_basic_authentication_and_refused_by_the_other_ways() {
    let scene = Scene::ready().await;
    let event = scene.event("AssessmentEvent").to_string();
    let basic = format!("Basic {}", STANDARD.encode("harver-icims-4021:event-password"));
    let signed = "x-icims-v1-hmac-sha256 user=harver-icims-4021,signedheaders=content-type;host;x-icims-content-sha256;x-icims-date,signature=00";
    for (authorization, status) in [
        (signed, StatusCode::UNAUTHORIZED),
        ("Bearer event-password", StatusCode::UNAUTHORIZED),
        (&*basic, StatusCode::SEE_OTHER),
    ] {
        let request = Request::post(START_PATH).header(header::AUTHORIZATION, authorization).body(Body::from(event.clone()));
        let answer = scene.app.router().oneshot(request.expect("a request")).await.expect("an answer");
        assert_eq!(answer.status(), status, "{authorization}");
        let asked_for =
            answer.headers().get(header::WWW_AUTHENTICATE).map(|value| value.to_str().expect("ASCII").starts_with("Basic"));
        assert_eq!(asked_for, (status == StatusCode::UNAUTHORIZED).then_some(true), "{authorization}");
        assert_eq!(scene.orders().await.len(), usize::from(status == StatusCode::SEE_OTHER), "{authorization}");
    }
}

#[tokio::test]
async fn row_24_a_package_that_is_not_in_the_list_of_results_stops_the_write_and_says_which_list_to_load() {
    let scene = Scene::ready().await;
    scene.applied().await;
    scene.icims_answers("GET", WORKFLOW, ResponseTemplate::new(200).set_body_json(json!({"assessmentresults": []}))).await;
    let refusal = json!({"errors": [{"errorMessage": "Field 'assessmentname': no list node matches.", "errorCode": 10}]});
    scene.icims_answers("POST", ROWS, ResponseTemplate::new(400).set_body_json(refusal)).await;
    scene.announced("ApplicationStarted").await;
    assert_eq!(scene.worker().step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Done), "the look");
    assert_eq!(scene.worker().step().await.expect("the store answers"), StepOutcome::Ran(AttemptOutcome::Dead));
    let dead: Result<_, StoreError> = scene.store.read(|tx| jobs::dead(tx, "4021".parse().expect("digits"), 10)).await;
    let dead = dead.expect("the store answers");
    let [letter] = dead.as_slice() else { panic!("{dead:?}") };
    let said = format!("{letter:?}");
    assert!(said.contains("both lists, Assessment Type and Assessment Name"), "{said}");
}

#[tokio::test]
async fn row_26_and_uat_27_a_label_and_notes_that_are_too_long_are_cut_on_a_character_boundary() {
    let scene = Scene::ready().await;
    scene.icims_answers("GET", WORKFLOW, ResponseTemplate::new(200).set_body_json(json!({"assessmentresults": []}))).await;
    let location = format!("{}{ROWS}/512", scene.icims.uri());
    scene.icims_answers("POST", ROWS, ResponseTemplate::new(201).insert_header("Location", location)).await;
    let long = json!({"data": {"type": "applications", "id": APPLICATION, "attributes": {
            "appliedAt": 1_741_093_920, "completedAt": 1_741_097_220, "status": "new", "progress": {"all": 6, "completed": 6},
            "matchingScore": 78, "matchingProfile": {"bracketId": "great", "label": "é".repeat(200)}}},
        "included": [{"type": "matching-indicators", "id": "k1", "attributes": {"name": "ü".repeat(300), "score": "81"}}]});
    let at = format!("/api/v1.0/applications/{APPLICATION}");
    scene.harver_answers("GET", &at, ResponseTemplate::new(200).set_body_json(long)).await;
    let report = json!({"data": {"url": "https://app.harver.com/reports-hub?token=opaque"}});
    scene.harver_answers("GET", &format!("{at}/reports/reports-hub"), ResponseTemplate::new(200).set_body_json(report)).await;
    scene.applied().await;
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    let row = last_write(&scene).await;
    let length = |field: &str| row[field].as_str().unwrap_or_else(|| panic!("{row}")).chars().count();
    assert_eq!((length("assessmentresult"), length("assessmentnotes")), (128, 192));
    assert_eq!(row["assessmentstatus"]["id"], "D37002019001");
}
