//! Who was invited before, or has finished, is looked for first: what has become of the job since then concerns nobody else.

use std::time::Duration;

use axum::http::StatusCode;
use harver_icims::domain::{Breaker, Neighbour, News};
use harver_icims::store::{StoreError, breakers};
use jiff::SignedDuration;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::scene::{RETURN_URL, Scene};
use crate::support::{PACKAGE, VACANCY};

const OTHER_VACANCY: &str = "64c20d1e5f7a8b0012ab34ce";
const OTHER_PACKAGE: &str = "Harver Night Shift – 64c20d1e5f7a8b0012ab34ce";

/// From now on the job is this one.
async fn the_job_becomes(scene: &Scene, job: Value) {
    let answer = ResponseTemplate::new(200).set_body_json(job);
    let place = Mock::given(method("GET")).and(path("/customers/4021/jobs/2210"));
    place.respond_with(answer).with_priority(1).mount(&scene.icims).await;
}

/// Everything that keeps new candidates away from the job.
fn troubles() -> [Value; 5] {
    let job = |folder: &str, packages: &[&str]| {
        let nodes: Vec<Value> = packages.iter().map(|label| json!({"id": "C30211", "value": label})).collect();
        json!({"jobtitle": "Call Centre Advisor", "folder": {"id": folder, "value": "x"}, "assessmenttype": nodes})
    };
    [
        job("D31002", &[PACKAGE]),
        job("D31001", &[]),
        job("D31001", &["Dispatcher Aptitude v3"]),
        job("D31001", &["Harver Advisor"]),
        job("D31002", &["Dispatcher Aptitude v3"]),
    ]
}

#[tokio::test]
async fn rows_1_and_19_uat_06_a_candidate_who_comes_again_is_let_in_whatever_has_become_of_the_job() {
    let other_package = json!({"folder": {"id": "D31001"}, "assessmenttype": [{"id": "C30212", "value": OTHER_PACKAGE}]});
    for job in troubles().into_iter().chain([other_package]) {
        let scene = Scene::ready().await;
        scene.applied().await;
        the_job_becomes(&scene, job.clone()).await;
        let again = scene.applied().await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{job}: {}", again.body);
        assert!(again.location.expect("a link").ends_with("/magic-link/2"), "{job}");
        assert_eq!(scene.orders().await.len(), 1, "{job}");
    }
}

#[tokio::test]
async fn row_1_a_candidate_who_comes_again_does_not_need_icims() {
    let scene = Scene::ready().await;
    scene.applied().await;
    scene.icims.reset().await;
    assert_eq!(scene.applied().await.status, StatusCode::SEE_OTHER);
    assert_eq!(scene.icims.received_requests().await.expect("recording is on").len(), 0, "what is known is not asked for");
}

#[tokio::test]
async fn row_2_a_finished_candidate_is_sent_on_whatever_has_become_of_the_job() {
    for job in troubles() {
        let scene = Scene::ready().await;
        scene.applied().await;
        scene.announced("CandidateStatusNew").await;
        scene.drain().await;
        the_job_becomes(&scene, job).await;
        assert_eq!(scene.applied().await.location.as_deref(), Some(RETURN_URL));
        scene.icims.reset().await;
        assert_eq!(scene.applied().await.location.as_deref(), Some(RETURN_URL));
    }
}

#[tokio::test]
async fn row_1_the_former_link_is_handed_over_as_long_as_it_works_when_the_platform_gives_no_other() {
    let closed = json!({"errors": [{"id": "ValidationError", "status": 400, "title": "Vacancy is not open"}]});
    for answer in [ResponseTemplate::new(400).set_body_json(closed), ResponseTemplate::new(503), ResponseTemplate::new(401)] {
        let scene = Scene::bare(|_| {}, |_| {}).await;
        scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})).await;
        scene.job_with(&[PACKAGE]).await;
        scene.application_is("in-progress", 1).await;
        scene.applied().await;
        scene.harver_answers("POST", &format!("/api/v1.0/vacancies/{VACANCY}/applications"), answer).await;
        let again = scene.applied().await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
        assert!(again.location.expect("a link").ends_with("/magic-link/1"));
        scene.clock.advance(SignedDuration::from_hours(25));
        assert!(scene.applied().await.status.is_client_error() || scene.applied().await.status.is_server_error());
    }
}

#[tokio::test]
async fn row_1_the_former_link_is_handed_over_in_time_when_the_platform_hangs() {
    let scene = Scene::bare(|_| {}, |settings| settings.event_deadline = Duration::from_secs(2)).await;
    scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})).await;
    scene.job_with(&[PACKAGE]).await;
    scene.application_is("in-progress", 1).await;
    scene.applied().await;
    let slow = ResponseTemplate::new(201).set_delay(Duration::from_secs(60));
    scene.harver_answers("POST", &format!("/api/v1.0/vacancies/{VACANCY}/applications"), slow).await;
    assert!(scene.applied().await.location.expect("a link").ends_with("/magic-link/1"));
}

#[tokio::test]
async fn row_1_an_invitation_that_could_not_be_mailed_yet_is_not_called_sent() {
    let scene = Scene::ready().await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    assert_eq!(scene.drain().await, 2, "the application is created; the mail server is away");
    let again = scene.advanced_to("40177").await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    let expected = "already has an open invitation, which could not be mailed yet. It is tried again by itself; order 1";
    assert!(again.user_message().contains(expected), "{}", again.body);
}

#[tokio::test]
async fn row_1_an_invitation_that_nobody_tries_as_the_platform_is_parked_is_not_called_sent_either() {
    let scene = Scene::ready().await;
    let (customer, now) = ("4021".parse().expect("digits"), scene.clock.clock().now());
    let parked = Breaker::after(None, News::Refused("the platform rejected our credentials".into()), now);
    let kept = scene.store.write(move |tx| breakers::keep(tx, customer, Neighbour::Harver, parked.as_ref())).await;
    kept.unwrap_or_else(|error: StoreError| panic!("{error}"));
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    assert_eq!(scene.drain().await, 0, "nobody calls the platform");
    let again = scene.advanced_to("40177").await;
    assert!(again.user_message().contains("which could not be mailed yet"), "{}", again.body);
}

#[tokio::test]
async fn rows_1_and_2_a_recruiter_hears_of_the_invitation_before_anything_about_the_job() {
    for job in troubles() {
        let scene = Scene::ready().await;
        scene.applied().await;
        the_job_becomes(&scene, job.clone()).await;
        let invited = scene.advanced_to("40177").await;
        assert_eq!(invited.status, StatusCode::BAD_REQUEST);
        assert!(invited.user_message().contains("already has an open invitation"), "{job}: {}", invited.body);
        scene.announced("CandidateStatusNew").await;
        scene.drain().await;
        let finished = scene.advanced_to("40177").await;
        assert!(finished.user_message().contains("already completed"), "{job}: {}", finished.body);
    }
    let scene = Scene::ready().await;
    scene.applied().await;
    scene.icims.reset().await;
    scene.icims_answers("GET", "/customers/4021/jobs/2210", ResponseTemplate::new(500)).await;
    let invited = scene.advanced_to("40177").await;
    assert!(invited.user_message().contains("already has an open invitation"), "{}", invited.body);
}

#[tokio::test]
async fn row_20_a_link_that_has_run_out_is_renewed_whatever_has_become_of_the_packages_of_the_job() {
    let open = |job: &Value| job["folder"]["id"] == "D31001";
    for job in troubles().into_iter().filter(open) {
        let scene = Scene::ready().await;
        scene.applied().await;
        scene.clock.advance(SignedDuration::from_hours(25));
        the_job_becomes(&scene, job.clone()).await;
        let again = scene.advanced_to("40177").await;
        assert_eq!(again.status, StatusCode::OK, "{job}: {}", again.body);
        scene.worker().step().await.expect("the store answers");
        let orders = scene.orders().await;
        assert_eq!((orders.len(), orders[0].round), (1, 2), "{job}");
    }
}

#[tokio::test]
async fn another_package_on_the_job_is_another_order_for_a_recruiter() {
    let scene = Scene::ready().await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    let job = json!({"folder": {"id": "D31001"}, "assessmenttype": [{"id": "C30212", "value": OTHER_PACKAGE}]});
    the_job_becomes(&scene, job).await;
    let open = json!({"data": {"type": "vacancies", "id": OTHER_VACANCY, "attributes": {"status": "open"}}});
    let at = format!("/api/v1.0/vacancies/{OTHER_VACANCY}");
    scene.harver_answers("GET", &at, ResponseTemplate::new(200).set_body_json(open)).await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    let packages: Vec<String> = scene.orders().await.iter().map(|order| order.package.as_listed().to_owned()).collect();
    assert_eq!(packages, [OTHER_PACKAGE, PACKAGE]);
}
