//! What can be known while a recruiter or a candidate waits is told then, and not hours later on the Screen tab.

use std::time::Duration;

use axum::http::StatusCode;
use harver_icims::domain::EmailAddress;
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::scene::{Answer, Scene};
use crate::support::{PACKAGE, VACANCY};

const SECOND_PACKAGE: &str = "Harver Night Shift – 64c20d1e5f7a8b0012ab34ce";

/// iCIMS knows Ines and her job with these packages; the platform knows nothing yet.
async fn without_platform(packages: &[&str]) -> Scene {
    let scene = Scene::bare(|_| {}, |settings| settings.event_deadline = Duration::from_secs(4)).await;
    scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines.okafor@example.org"})).await;
    scene.job_with(packages).await;
    scene
}

/// The platform answers its token endpoint or everything else like this.
async fn platform_answers(scene: &Scene, token: Option<ResponseTemplate>, answer: ResponseTemplate) {
    if let Some(token) = token {
        Mock::given(path("/oauth/token")).respond_with(token).with_priority(1).mount(&scene.harver).await;
    }
    scene.harver_answers("GET", &format!("/api/v1.0/vacancies/{VACANCY}"), answer.clone()).await;
    scene.harver_answers("POST", &format!("/api/v1.0/vacancies/{VACANCY}/applications"), answer).await;
}

#[tokio::test]
async fn a_platform_that_refuses_for_good_is_told_to_the_recruiter_at_once() {
    let page = || ResponseTemplate::new(404).set_body_string("<html>Nothing here</html>");
    let wrong_secret = json!({"statusCode": 400, "message": "Invalid client", "name": "invalid_client"});
    for (token, answer, says) in [
        (
            Some(ResponseTemplate::new(400).set_body_json(&wrong_secret)),
            page(),
            "does not accept the credentials of the integration",
        ),
        (None, ResponseTemplate::new(401), "does not accept the credentials of the integration"),
        (None, ResponseTemplate::new(403), "does not accept the credentials of the integration"),
        (Some(page()), page(), "something else than Harver answers"),
        (None, page(), "something else than Harver answers"),
        (
            None,
            ResponseTemplate::new(404).set_body_json(json!({"message": "no Route matched"})),
            "something else than Harver answers",
        ),
    ] {
        let scene = without_platform(&[PACKAGE]).await;
        platform_answers(&scene, token, answer).await;
        for told in [scene.advanced_to("40177").await, scene.advanced_to("40177").await] {
            assert_eq!(told.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", told.body);
            assert!(told.user_message().contains(says), "{says}: {}", told.body);
            assert!(!told.user_message().contains("does not exist"), "{}", told.body);
        }
        assert!(scene.orders().await.is_empty(), "nobody was told that an invitation is sent");
    }
    let scene = without_platform(&[PACKAGE]).await;
    platform_answers(&scene, None, ResponseTemplate::new(422)).await;
    let told = scene.advanced_to("40177").await;
    assert_eq!(told.status, StatusCode::BAD_REQUEST, "{}", told.body);
    assert!(told.user_message().contains("does not take candidates in Harver"), "{}", told.body);
}

#[tokio::test]
async fn row_7_only_the_platform_itself_says_that_there_is_no_such_vacancy() {
    let scene = without_platform(&[PACKAGE]).await;
    let absent = ResponseTemplate::new(404).set_body_string(include_str!("../../fixtures/harver_platform/error_not_found.json"));
    platform_answers(&scene, None, absent).await;
    for told in [scene.advanced_to("40177").await, scene.advanced_to("40177").await] {
        assert_eq!(told.status, StatusCode::BAD_REQUEST);
        assert!(told.user_message().contains("does not exist in Harver"), "{}", told.body);
    }
    let portal = scene.applied().await;
    assert!(portal.body["error"]["debugErrorMessage"].as_str().unwrap_or_default().contains("does not exist"), "{}", portal.body);
}

#[tokio::test]
async fn a_platform_that_hangs_does_not_hinder_an_ad_hoc_order() {
    let scene = without_platform(&[PACKAGE]).await;
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    platform_answers(&scene, None, slow).await;
    let all = (0..4).map(|_| scene.advanced_to("40177"));
    let told: Vec<StatusCode> = futures::future::join_all(all).await.iter().map(|answer| answer.status).collect();
    assert_eq!(told.iter().filter(|status| **status == StatusCode::OK).count(), 1, "{told:?}");
    assert_eq!(scene.orders().await.len(), 1);
}

#[tokio::test]
async fn uat_13_a_bulk_costs_the_platform_one_call_for_each_candidate_and_one_for_the_vacancy() {
    const CANDIDATES: u64 = 60;
    let scene = without_platform(&[PACKAGE]).await;
    scene.vacancy("open").await;
    scene.application_is("in-progress", CANDIDATES).await;
    let all = (1..=CANDIDATES).map(|number| {
        let scene = &scene;
        async move {
            let mut event = scene.event("WorkFlowStatusChangeEvent");
            event["systemId"] = json!(number.to_string());
            event["links"] = json!([]);
            event["personId"] = json!("30517");
            event["jobId"] = json!("2210");
            event["newStatus"] = json!("40177");
            scene.start(&event).await.status
        }
    });
    assert!(futures::future::join_all(all).await.iter().all(|status| *status == StatusCode::OK));
    scene.drain().await;
    let requests = scene.harver.received_requests().await.expect("recording is on");
    let count = |verb: &str, at: &str| {
        let same = |request: &&wiremock::Request| request.method.as_str() == verb && request.url.path().contains(at);
        requests.iter().filter(same).count() as u64
    };
    let calls = (count("POST", "/oauth/token"), count("GET", "/vacancies/"), count("POST", "/applications"));
    assert_eq!((calls, requests.len() as u64), ((1, 1, CANDIDATES), CANDIDATES + 2));
}

#[tokio::test]
async fn row_8_a_recruiter_is_told_which_packages_there_are_to_choose_from() {
    let scene = without_platform(&["Dispatcher Aptitude v3", PACKAGE, SECOND_PACKAGE]).await;
    let told = scene.advanced_to("40177").await;
    assert_eq!(told.status, StatusCode::BAD_REQUEST);
    let expected = format!("{{{{job.assessmenttype}}}} holds several Harver packages: \"{PACKAGE}\", \"{SECOND_PACKAGE}\".");
    assert!(told.user_message().contains(&expected), "{}", told.body);
    assert!(told.user_message().contains("Leave one of them selected"), "{}", told.body);
    assert!(scene.orders().await.is_empty());
}

#[tokio::test]
async fn row_8_on_the_portal_the_first_harver_package_counts_and_the_order_names_the_others() {
    let scene = without_platform(&["Dispatcher Aptitude v3", PACKAGE, SECOND_PACKAGE]).await;
    scene.application_is("in-progress", 1).await;
    assert_eq!(scene.applied().await.status, StatusCode::SEE_OTHER);
    let orders = scene.orders().await;
    assert_eq!((orders.len(), orders[0].package.as_listed()), (1, PACKAGE));
    let order = orders[0].id;
    let history = scene.store.read(move |tx| harver_icims::store::orders::history(tx, order)).await.expect("the store answers");
    assert!(history.iter().any(|(_, what)| what.contains(SECOND_PACKAGE) && what.contains("left")), "{history:?}");
}

#[tokio::test]
async fn row_8_a_second_package_is_no_reason_to_say_that_everything_is_sent() {
    let scene = without_platform(&[PACKAGE]).await;
    scene.vacancy("open").await;
    scene.advanced_to("40177").await;
    let job = json!({"folder": {"id": "D31001"}, "assessmenttype": [{"value": PACKAGE}, {"value": SECOND_PACKAGE}]});
    let place = Mock::given(method("GET")).and(path("/customers/4021/jobs/2210"));
    place.respond_with(ResponseTemplate::new(200).set_body_json(job)).with_priority(1).mount(&scene.icims).await;
    let told = scene.advanced_to("40177").await;
    assert!(told.user_message().contains("several Harver packages"), "{}", told.body);
}

/// Somebody else is advanced, or applies, for the same job.
async fn second_person(scene: &Scene, workflow: u64, inline: bool) -> Answer {
    let link = |rel: &str, at: String| json!({"rel": rel, "url": format!("{}/customers/4021/{at}", scene.icims.uri())});
    let mut event = scene.event(if inline { "AssessmentEvent" } else { "WorkFlowStatusChangeEvent" });
    event["systemId"] = json!(workflow.to_string());
    event["links"] = json!([link("person", "people/30518".into()), link("job", "jobs/2210".into())]);
    event["newStatus"] = json!("40177");
    scene.start(&event).await
}

#[tokio::test]
async fn two_people_with_one_address_are_told_apart_before_anything_is_sent() {
    for finished in [false, true] {
        let scene = Scene::ready().await;
        let twin = json!({"firstname": "Ngozi", "lastname": "Okafor", "email": "Ines.OKAFOR@Example.org"});
        scene.icims_answers("GET", "/customers/4021/people/30518", ResponseTemplate::new(200).set_body_json(twin)).await;
        scene.applied().await;
        if finished {
            scene.announced("CandidateStatusNew").await;
            scene.drain().await;
        }
        let created = scene.harver.received_requests().await.expect("recording is on").len();
        let told = second_person(&scene, 88432, false).await;
        assert_eq!(told.status, StatusCode::BAD_REQUEST, "{}", told.body);
        let state = if finished { "a completed" } else { "an open" };
        let expected =
            format!("{{{{person.email}}}} is also the address of another candidate, person 30517, who has {state} assessment");
        assert!(told.user_message().contains(&expected), "{}", told.body);
        assert!(!told.body.to_string().to_lowercase().contains("okafor"), "no personal data: {}", told.body);
        let portal = second_person(&scene, 88432, true).await;
        assert_eq!(portal.status, StatusCode::BAD_REQUEST);
        assert!(
            portal.user_message().contains("{{person.email}}") && !portal.user_message().contains("30517"),
            "{}",
            portal.body
        );
        scene.drain().await;
        assert_eq!(scene.orders().await.len(), 1);
        let requests = scene.harver.received_requests().await.expect("recording is on");
        let applications = requests[created..].iter().filter(|request| request.url.path().ends_with("/applications")).count();
        assert_eq!(applications, 0, "nothing was sent for the second one");
    }
}

#[tokio::test]
async fn two_people_with_one_address_who_are_advanced_at_once_make_one_order() {
    let scene = Scene::ready().await;
    let twin = json!({"firstname": "Ngozi", "lastname": "Okafor", "email": "ines.okafor@example.org"});
    scene.icims_answers("GET", "/customers/4021/people/30518", ResponseTemplate::new(200).set_body_json(twin)).await;
    let (first, second) = tokio::join!(scene.advanced_to("40177"), second_person(&scene, 88432, false));
    let accepted = [&first, &second].iter().filter(|answer| answer.status == StatusCode::OK).count();
    assert_eq!(accepted, 1, "{} {}", first.body, second.body);
    assert_eq!(scene.orders().await.len(), 1);
}

#[tokio::test]
async fn row_28_one_person_with_two_workflows_is_nobody_else() {
    let scene = Scene::ready().await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    let mut event = scene.event("WorkFlowStatusChangeEvent");
    event["systemId"] = json!("88432");
    event["links"] = json!([]);
    event["personId"] = json!("30517");
    event["jobId"] = json!("2210");
    event["newStatus"] = json!("40177");
    assert_eq!(scene.start(&event).await.status, StatusCode::OK);
    let address = EmailAddress::parse("ines.okafor@example.org").expect("an address");
    assert!(scene.orders().await.iter().all(|order| order.candidate.email == address));
    assert_eq!(scene.orders().await.len(), 2);
}

#[tokio::test]
async fn a_candidate_reads_nothing_that_only_recruiters_can_mend() {
    for packages in [&[][..], &["Dispatcher Aptitude v3"], &["Harver Call Centre Advisor"]] {
        let scene = without_platform(packages).await;
        let told = scene.applied().await;
        assert_eq!(told.status, StatusCode::BAD_REQUEST);
        let message = told.user_message();
        assert!(message.starts_with("The assessment cannot be started because it is not ready for this job yet."), "{message}");
        assert!(message.contains("Your application is kept") && message.contains("Try again later"), "{message}");
        for internal in ["{{", "package", "Harver Admin", "vacancy", "administrator", "Assessment Type"] {
            assert!(!message.contains(internal), "{internal}: {message}");
        }
        let logged = told.body["error"]["debugErrorMessage"].as_str().unwrap_or_default();
        assert!(logged.contains("package"), "the log says what it is: {logged}");
    }
}

#[tokio::test]
async fn a_candidate_reads_a_candidates_words_however_little_of_the_event_can_be_read() {
    let scene = Scene::ready().await;
    scene.switch(false).await;
    assert!(scene.applied().await.user_message().starts_with("The assessment cannot be started because it is not ready"));
    let unreadable = json!({"eventType": "AssessmentEvent", "customerId": "4021"});
    let told = scene.start(&unreadable).await;
    assert!(told.user_message().starts_with("The assessment cannot be started because it is not ready"), "{}", told.body);
    let told = scene.start(&json!({"eventType": "WorkFlowStatusChangeEvent", "customerId": "4021"})).await;
    assert!(told.user_message().contains("systemId is missing"), "{}", told.body);
}
