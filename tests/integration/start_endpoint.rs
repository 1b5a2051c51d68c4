//! The start endpoint, by the table of assessment-flow.md section 10. Each test names its rows.

use std::io::Write;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use harver_icims::ats_to_harver::START_PATH;
use harver_icims::domain::{OrderState, Pattern};
use jiff::SignedDuration;
use serde_json::json;
use tower::ServiceExt as _;
use wiremock::ResponseTemplate;

use crate::scene::{APPLICATION, RETURN_URL, Scene};
use crate::support::PACKAGE;

const CREDENTIALS: &str = "harver-icims-4021:event-password";

/// A refusal says what is wrong and whom to ask, and records nothing.
async fn refused(scene: &Scene, inline: bool, status: StatusCode, says: &str) {
    let answer = if inline { scene.applied().await } else { scene.advanced_to("40177").await };
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(answer.user_message().contains(says), "{says:?} is not in {:?}", answer.user_message());
    assert!(answer.user_message().contains("support@harver.com"), "{}", answer.user_message());
    assert!(!answer.body["error"]["debugErrorMessage"].as_str().unwrap_or_default().is_empty(), "{}", answer.body);
    assert!(scene.orders().await.is_empty(), "a refused event leaves nothing behind");
}

#[tokio::test]
async fn an_ad_hoc_event_is_recorded_with_its_work_and_answered_200() {
    let scene = Scene::ready().await;
    let answer = scene.advanced_to("40177").await;
    assert_eq!((answer.status, answer.location), (StatusCode::OK, None));
    let orders = scene.orders().await;
    assert_eq!(orders.len(), 1);
    assert_eq!((orders[0].state, orders[0].package.as_listed()), (OrderState::Received, PACKAGE));
    assert_eq!(scene.drain().await, 2, "the application is created; the mail server is away");
    assert_eq!(scene.orders().await[0].application.as_ref().map(ToString::to_string).as_deref(), Some(APPLICATION));
}

#[tokio::test]
async fn a_caller_who_never_finishes_keeps_neither_a_request_nor_the_process_alive() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let scene = Scene::bare(|_| {}, |settings| settings.event_deadline = Duration::from_millis(500)).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(scene.app.clone().run(listener, async move { stopped.await.unwrap_or_default() }));

    let mut slow = tokio::net::TcpStream::connect(address).await.expect("it listens");
    let credentials = STANDARD.encode(CREDENTIALS);
    let head = format!(
        "POST {START_PATH} HTTP/1.1\r\nHost: here\r\nAuthorization: Basic {credentials}\r\nContent-Length: 100\r\n\r\n{{"
    );
    slow.write_all(head.as_bytes()).await.expect("it reads");
    let mut answer = [0; 2048];
    let length = slow.read(&mut answer).await.expect("it answers");
    let answer = String::from_utf8_lossy(&answer[..length]);
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("did not arrive in time"), "{answer}");

    let mut silent = tokio::net::TcpStream::connect(address).await.expect("it listens");
    silent.write_all(b"POST / HT").await.expect("it reads");
    stop.send(()).expect("it runs");
    let ended = tokio::time::timeout(Duration::from_secs(30), running).await.expect("it stops although somebody is connected");
    ended.expect("no panic");
}

#[tokio::test]
async fn an_inline_event_is_answered_with_the_link() {
    let scene = Scene::ready().await;
    let answer = scene.applied().await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.location.expect("a link").ends_with("/magic-link/1"));
    let orders = scene.orders().await;
    assert_eq!(orders[0].state, OrderState::Invited);
    assert_eq!(orders[0].return_url.as_ref().map(url::Url::as_str), Some(RETURN_URL));
    assert_eq!(scene.drain().await, 0, "nobody is mailed: the candidate is there already");
}

#[tokio::test]
async fn row_1_a_repeated_inline_event_gives_a_working_link_to_the_same_application() {
    let scene = Scene::ready().await;
    scene.applied().await;
    let again = scene.applied().await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert!(again.location.expect("a link").ends_with("/magic-link/2"));
    assert_eq!(scene.orders().await.len(), 1);
}

#[tokio::test]
async fn row_1_a_repeated_ad_hoc_event_is_told_that_the_invitation_is_open() {
    let scene = Scene::ready().await;
    scene.advanced_to("40177").await;
    let again = scene.advanced_to("40177").await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(again.user_message().contains("already has an open invitation"), "{}", again.body);
    assert_eq!(scene.orders().await.len(), 1);
}

#[tokio::test]
async fn row_1_events_that_arrive_at_once_make_one_order() {
    let scene = Scene::ready().await;
    let answers = futures::future::join_all((0..8).map(|_| scene.advanced_to("40177"))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == StatusCode::OK).count(), 1);
    assert_eq!(scene.orders().await.len(), 1);
}

#[tokio::test]
async fn row_2_a_finished_candidate_is_sent_on_and_not_invited_again() {
    let scene = Scene::ready().await;
    scene.applied().await;
    scene.platform_shows_finish();
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(scene.applied().await.location.as_deref(), Some(RETURN_URL));
    let ad_hoc = scene.advanced_to("40177").await;
    assert_eq!(ad_hoc.status, StatusCode::BAD_REQUEST);
    assert!(ad_hoc.user_message().contains("already completed"), "{}", ad_hoc.body);
}

#[tokio::test]
async fn rows_3_and_4_a_missing_field_is_named_by_its_placeholder() {
    for (person, field) in [
        (json!({"firstname": "Ines", "lastname": "Okafor"}), "{{person.email}} is empty"),
        (json!({"firstname": "Ines", "lastname": "Okafor", "email": "none"}), "{{person.email}} is not an e-mail address"),
        (
            json!({"firstname": "Ines", "lastname": "Okafor", "email": "inés@example.org"}),
            "{{person.email}} is not an e-mail address",
        ),
        (
            json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@-.example.org"}),
            "{{person.email}} is not an e-mail address",
        ),
        (json!({"lastname": "Okafor", "email": "ines@example.org"}), "{{person.firstname}} is empty"),
        (json!({"firstname": "Ines", "email": "ines@example.org"}), "{{person.lastname}} is empty"),
    ] {
        for inline in [false, true] {
            let scene = Scene::bare(|_| {}, |_| {}).await;
            scene.person(person.clone()).await;
            scene.job_with(&[PACKAGE]).await;
            refused(&scene, inline, StatusCode::BAD_REQUEST, field).await;
        }
    }
}

#[tokio::test]
async fn rows_5_to_7_a_job_without_a_usable_package_tells_a_recruiter_what_to_select() {
    for (packages, says) in [
        (&[][..], "{{job.assessmenttype}} is empty on the job"),
        (&["Dispatcher Aptitude v3"], "holds no Harver package"),
        (&["Harver Call Centre Advisor"], "\"Harver Call Centre Advisor\" is wrongly formatted"),
    ] {
        for (inline, says) in [(false, says), (true, "it is not ready for this job yet")] {
            let scene = Scene::bare(|_| {}, |_| {}).await;
            scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})).await;
            scene.job_with(packages).await;
            refused(&scene, inline, StatusCode::BAD_REQUEST, says).await;
        }
    }
}

#[tokio::test]
async fn row_7_and_uat_8_a_vacancy_that_takes_nobody_is_named_by_its_label() {
    for (status, says) in [("closed", "is closed in Harver"), ("draft", "is still a draft in Harver")] {
        let scene = Scene::bare(|_| {}, |_| {}).await;
        scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})).await;
        scene.job_with(&[PACKAGE]).await;
        scene.vacancy(status).await;
        refused(&scene, false, StatusCode::BAD_REQUEST, says).await;
    }
}

#[tokio::test]
async fn row_9_an_event_of_a_pattern_that_is_off_is_refused() {
    let scene = Scene::bare(|customer| customer.patterns = vec![Pattern::Inline], |_| {}).await;
    refused(&scene, false, StatusCode::BAD_REQUEST, "ATS First Ad-Hoc is not enabled").await;
    let scene = Scene::bare(|customer| customer.patterns = vec![Pattern::AdHoc], |_| {}).await;
    refused(&scene, true, StatusCode::BAD_REQUEST, "it is not ready for this job yet").await;
    let scene = Scene::bare(|customer| customer.enabled = false, |_| {}).await;
    refused(&scene, false, StatusCode::BAD_REQUEST, "the Harver integration is not enabled").await;
}

#[tokio::test]
async fn row_10_an_event_of_another_customer_is_refused() {
    let scene = Scene::ready().await;
    let mut event = scene.event("WorkFlowStatusChangeEvent");
    event["customerId"] = json!("4022");
    event["newStatus"] = json!("40177");
    let answer = scene.start(&event).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.user_message().contains("belong to another customer"), "{}", answer.body);
}

#[tokio::test]
async fn row_11_missing_and_wrong_credentials_are_refused_and_record_nothing() {
    let scene = Scene::ready().await;
    let event = scene.event("ApplicationCompletedEvent").to_string().into_bytes();
    for wrong in ["", "harver-icims-4021:wrong", "nobody:event-password", "harver-platform-4021:webhook-password"] {
        let answer = scene.post(START_PATH, wrong, event.clone(), &[]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{wrong:?}");
        assert!(answer.user_message().contains("a user name or password that Harver does not know"), "{}", answer.body);
        assert!(answer.user_message().contains("support@harver.com"), "{}", answer.body);
    }
    assert!(scene.orders().await.is_empty());
    assert_eq!(
        scene.icims.received_requests().await.expect("recording is on").len(),
        0,
        "nobody is asked on behalf of a stranger"
    );
}

#[tokio::test]
async fn rows_13_to_15_and_17_trouble_with_icims_says_who_can_help() {
    let refusal = json!({"errors": [{"errorMessage": "x", "errorCode": 6}]});
    let address = json!({"errors": [{"errorMessage": "IP address not allowed", "errorCode": 5}]});
    let hidden = json!({"errors": [{"errorMessage": "x", "errorCode": 3}]});
    for (answer, status, says) in [
        (ResponseTemplate::new(401).set_body_json(refusal), StatusCode::INTERNAL_SERVER_ERROR, "does not accept the credentials"),
        (
            ResponseTemplate::new(403).set_body_json(address),
            StatusCode::INTERNAL_SERVER_ERROR,
            "does not accept the credentials or the address",
        ),
        (ResponseTemplate::new(404).set_body_json(hidden), StatusCode::BAD_REQUEST, "rights of the integration user"),
        (
            ResponseTemplate::new(429).insert_header("Retry-After", "60"),
            StatusCode::SERVICE_UNAVAILABLE,
            "Try again in a few minutes",
        ),
        (ResponseTemplate::new(500), StatusCode::SERVICE_UNAVAILABLE, "Try again in a few minutes"),
        (ResponseTemplate::new(200).set_body_string("<html>"), StatusCode::SERVICE_UNAVAILABLE, "Try again in a few minutes"),
    ] {
        let scene = Scene::bare(|_| {}, |_| {}).await;
        scene.icims_answers("GET", "/customers/4021/people/30517", answer).await;
        scene.job_with(&[PACKAGE]).await;
        refused(&scene, false, status, says).await;
    }
}

#[tokio::test]
async fn row_19_a_closed_job_takes_nobody() {
    let scene = Scene::bare(|_| {}, |_| {}).await;
    scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})).await;
    let job = json!({"jobtitle": "Call Centre Advisor", "folder": {"id": "C31005", "value": "Closed"},
        "assessmenttype": [{"id": "C30211", "value": PACKAGE}]});
    scene.icims_answers("GET", "/customers/4021/jobs/2210", ResponseTemplate::new(200).set_body_json(job)).await;
    refused(&scene, false, StatusCode::BAD_REQUEST, "the job is not open for recruiting").await;
}

#[tokio::test]
async fn row_20_advancing_again_after_the_link_has_run_out_renews_it() {
    let scene = Scene::ready().await;
    scene.applied().await;
    scene.clock.advance(SignedDuration::from_hours(25));
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.drain().await;
    let orders = scene.orders().await;
    assert_eq!((orders.len(), orders[0].round), (1, 2));
    assert!(orders[0].link.as_ref().expect("a link").as_str().ends_with("/magic-link/2"));
}

#[tokio::test]
async fn row_28_a_candidate_who_has_finished_for_another_job_is_not_asked_again() {
    let scene = Scene::bare(|_| {}, |_| {}).await;
    scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})).await;
    scene.job_with(&[PACKAGE]).await;
    scene.application_is("new", 1).await;
    scene.platform_shows_finish();
    assert_eq!(scene.applied().await.location.as_deref(), Some(RETURN_URL));
    scene.drain().await;
    assert_eq!(scene.orders().await[0].state, OrderState::Completed);
}

#[tokio::test]
async fn row_28_a_status_that_follows_a_finish_is_none() {
    for status in ["new", "rejected", "contract", "something-new"] {
        let scene = Scene::bare(|_| {}, |_| {}).await;
        scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})).await;
        scene.job_with(&[PACKAGE]).await;
        scene.application_is(status, 1).await;
        scene.platform_shows_progress(3);
        let location = scene.applied().await.location.expect("somewhere to go");
        assert!(location.ends_with("/magic-link/1"), "{status}: {location}");
        scene.drain().await;
        assert_eq!(scene.orders().await[0].state, OrderState::InProgress, "{status}");
    }
}

#[tokio::test]
async fn uat_30_packed_and_plain_events_are_read_alike() {
    let scene = Scene::ready().await;
    let mut event = scene.event("AssessmentEvent");
    event["userId"] = json!("30517");
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(event.to_string().as_bytes()).expect("memory");
    let packed = packed.finish().expect("memory");
    let answer = scene.post(START_PATH, CREDENTIALS, packed, &[("content-encoding", "gzip")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

#[tokio::test]
async fn row_31_nonsense_is_refused_in_the_vendors_own_format() {
    let scene = Scene::ready().await;
    for nonsense in
        [&b""[..], b"{", b"[]", b"null", b"\xff\xfe", b"{\"eventType\":\"WorkFlowStatusChangeEvent\"}", b"{\"eventType\":7}"]
    {
        let answer = scene.post(START_PATH, CREDENTIALS, nonsense.to_vec(), &[]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{nonsense:?}");
        assert!(answer.user_message().contains("could not be read"), "{}", answer.body);
    }
    let answer = scene.post(START_PATH, CREDENTIALS, b"{}".to_vec(), &[("content-encoding", "gzip")]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(scene.orders().await.is_empty());
}

#[tokio::test]
async fn the_start_address_may_have_slashes_too_many() {
    for at in [format!("{START_PATH}//"), START_PATH.replace("/flows/", "///flows/"), format!("/{START_PATH}/")] {
        let scene = Scene::ready().await;
        let event = scene.event("AssessmentEvent").to_string().into_bytes();
        assert_eq!(scene.post(&at, CREDENTIALS, event, &[]).await.status, StatusCode::SEE_OTHER, "{at}");
        assert_eq!(scene.orders().await.len(), 1, "{at}");
    }
}

#[tokio::test]
async fn an_event_at_a_wrong_address_is_told_the_right_one_in_the_vendors_own_format() {
    let scene = Scene::ready().await;
    for at in ["/prod/orchestrator/v1/flows", "/prod//orchestrator/v2/flows/startAssessment/icimsmarketplace", "/prod"] {
        let answer = scene.post(at, CREDENTIALS, scene.event("AssessmentEvent").to_string().into_bytes(), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{at}");
        assert!(answer.user_message().contains(START_PATH), "{at}: {}", answer.body);
    }
    assert!(scene.orders().await.is_empty());
}

#[tokio::test]
async fn whatever_nobody_serves_is_answered_with_a_sentence() {
    let scene = Scene::ready().await;
    for (method, at, status) in [
        ("GET", "/", StatusCode::NOT_FOUND),
        ("GET", "/favicon.ico", StatusCode::NOT_FOUND),
        ("PUT", "/api/v3/anything?x=1", StatusCode::NOT_FOUND),
        ("GET", START_PATH, StatusCode::METHOD_NOT_ALLOWED),
        ("DELETE", "/readyz", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let request = Request::builder().method(method).uri(at).body(Body::empty()).expect("a request");
        let answer = scene.app.router().oneshot(request).await.expect("an answer");
        assert_eq!(answer.status(), status, "{method} {at}");
        let said = axum::body::to_bytes(answer.into_body(), 1 << 16).await.expect("a body");
        let said = std::str::from_utf8(&said).expect("text");
        assert!(
            said.contains(at.split('?').next().unwrap_or_default()) && said.split(' ').count() > 4,
            "{method} {at}: {said:?}"
        );
    }
}

#[tokio::test]
async fn row_32_an_event_that_is_not_for_us_is_answered_and_ignored() {
    let scene = Scene::ready().await;
    assert_eq!(scene.start(&scene.event("JobPostToWebEvent")).await.status, StatusCode::OK);
    assert_eq!(scene.advanced_to("40150").await.status, StatusCode::OK, "a status that is no trigger");
    assert!(scene.orders().await.is_empty());
}

#[tokio::test]
async fn row_33_credentials_are_not_sent_where_a_link_points() {
    let scene = Scene::ready().await;
    let mut event = scene.event("AssessmentEvent");
    event["userId"] = json!("30517");
    event["links"][2]["url"] = json!("https://api.icims.example.net/customers/4021/people/30517");
    assert_eq!(scene.start(&event).await.status, StatusCode::BAD_REQUEST);
    assert!(scene.orders().await.is_empty());
}

#[tokio::test]
async fn neighbours_that_take_too_long_are_not_waited_for() {
    let scene = Scene::bare(|_| {}, |settings| settings.event_deadline = Duration::from_millis(200)).await;
    let slow = ResponseTemplate::new(200).set_body_json(json!({})).set_delay(Duration::from_secs(20));
    scene.icims_answers("GET", "/customers/4021/people/30517", slow).await;
    scene.job_with(&[PACKAGE]).await;
    refused(&scene, true, StatusCode::SERVICE_UNAVAILABLE, "it cannot be reached at the moment").await;
}

#[tokio::test]
async fn a_platform_that_is_away_does_not_hinder_an_ad_hoc_order() {
    let scene = Scene::bare(|_| {}, |_| {}).await;
    scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})).await;
    scene.job_with(&[PACKAGE]).await;
    scene.harver_answers("GET", "/api/v1.0/vacancies/.*", ResponseTemplate::new(503)).await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    assert_eq!(scene.orders().await.len(), 1);
}
