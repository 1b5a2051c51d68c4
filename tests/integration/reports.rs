//! The one report that was chosen, in the field that was chosen: what is written opens it, at any later time (promise G17).

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::Response;
use harver_icims::domain::{Job, JobKind, WorkflowId};
#[cfg(feature = "sandbox")]
use harver_icims::store::transfer::{Numbers, export, import};
use harver_icims::store::{StoreError, jobs, orders, report_links};
use harver_icims::web::hash_of;
use jiff::SignedDuration;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::callbacks::{ROW, invited, last_write, writes};
use crate::database::fresh_store;
use crate::scene::{APPLICATION, Scene};
use crate::support::{ACCOUNT, PACKAGE, customer, new_order, nowhere};

const OF_THE_APPLICATION: &str = "/api/v1.0/applications/65aa01f29c3b4d00178e92fa";

/// Ines finishes; what iCIMS was told then.
async fn finished(scene: &Scene) -> Value {
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    last_write(scene).await
}

async fn choose(scene: &Scene, report: &str) {
    scene.set(json!({"report": {"type": report}})).await;
}

/// The path of a link of ours.
fn own_path(row: &Value) -> String {
    let url = row["assessmenturl"].as_str().expect("a link");
    url.strip_prefix(nowhere().as_str().trim_end_matches('/')).expect("a link of ours").to_owned()
}

fn location(response: &Response) -> &str {
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    response.headers()[header::LOCATION].to_str().expect("an address")
}

/// What a page says, and that nothing keeps it.
async fn said(response: Response) -> (StatusCode, String) {
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(response.headers()[header::REFERRER_POLICY], "no-referrer");
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 1 << 16).await.expect("a body");
    (status, String::from_utf8(body.to_vec()).expect("text"))
}

/// The platform has this report of Ines.
async fn has(scene: &Scene, name: &str, url: &str) {
    let report = json!({"data": {"type": name, "attributes": {"url": url, "expiresAt": 1_741_098_120}}});
    let at = format!("{OF_THE_APPLICATION}/reports/{name}");
    scene.harver_answers("GET", &at, ResponseTemplate::new(200).set_body_json(report)).await;
}

#[tokio::test]
async fn a_link_that_lasts_is_written_as_it_is_into_the_chosen_field() {
    for (report, url) in [
        ("reports_hub", "https://app.harver.com/reports-hub?token=opaque&lang=en-US"),
        ("candidate_detail_page", "https://app.harver.com/app/candidates/1"),
    ] {
        let scene = invited().await;
        scene.set(json!({"report": {"type": report, "ats_field": "rcf3201"}})).await;
        let row = finished(&scene).await;
        assert_eq!(row["rcf3201"], url, "{report}");
        assert!(row.get("assessmenturl").is_none(), "exactly one report: {row}");
    }
}

#[tokio::test]
async fn a_link_that_lives_for_minutes_is_written_as_one_of_ours_that_leads_to_a_fresh_one() {
    let pdf = "https://api.harver.com/reports/pdf?token=1";
    let guide = "https://api.harver.com/reports/guide?token=2";
    let development = "https://api.harver.com/reports/development?token=3";
    for (report, url, asked) in [
        ("pdf_report", pdf, ""),
        ("interview_guide", guide, "/reports/interview-guides"),
        ("development_report", development, "/reports/development-reports"),
    ] {
        let scene = invited().await;
        has(&scene, "interview-guides", guide).await;
        has(&scene, "development-reports", development).await;
        choose(&scene, report).await;
        let at = own_path(&finished(&scene).await);
        let asked = format!("{OF_THE_APPLICATION}{asked}");
        let before = scene.asked_platform("GET", &asked).await;
        for _ in 0..2 {
            let response = scene.opened(&at).await;
            assert_eq!(location(&response), url, "{report}");
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
            assert_eq!(response.headers()[header::REFERRER_POLICY], "no-referrer");
        }
        assert_eq!(scene.asked_platform("GET", &asked).await, before + 2, "{report}: each reader gets a fresh link");
    }
}

#[tokio::test]
async fn another_report_counts_for_later_results_and_breaks_no_link() {
    let scene = invited().await;
    choose(&scene, "pdf_report").await;
    let first = own_path(&finished(&scene).await);
    choose(&scene, "interview_guide").await;
    has(&scene, "interview-guides", "https://api.harver.com/reports/guide?token=2").await;
    scene.switch(false).await;

    assert_eq!(location(&scene.opened(&first).await), "https://api.harver.com/reports/pdf?token=1");
    let again = own_path(&reported_again(&scene).await);
    assert_eq!(location(&scene.opened(&again).await), "https://api.harver.com/reports/guide?token=2");
    assert_eq!(location(&scene.opened(&first).await), "https://api.harver.com/reports/pdf?token=1");
}

/// The result is written once more, as after an answer that was lost.
async fn reported_again(scene: &Scene) -> Value {
    let (now, order) = (scene.clock.clock().now(), scene.orders().await[0].id);
    let job = Job { kind: JobKind::ReportResult, order };
    scene.store.write(move |tx| jobs::enqueue(tx, job, now)).await.expect("the store answers");
    assert_eq!(scene.drain().await, 1);
    last_write(scene).await
}

#[tokio::test]
async fn a_result_that_is_written_twice_carries_the_same_link() {
    let scene = invited().await;
    choose(&scene, "fact_sheet").await;
    let first = own_path(&finished(&scene).await);
    assert_eq!(own_path(&reported_again(&scene).await), first);
    let token = first.strip_prefix("/reports/").expect("a link of ours");
    assert_eq!((token.len(), token.bytes().all(|byte| byte.is_ascii_hexdigit())), (64, true), "nobody guesses it");
}

#[tokio::test]
async fn a_report_that_does_not_exist_is_explained_and_holds_no_result_up() {
    let scene = invited().await;
    let absent = ResponseTemplate::new(404).set_body_string(include_str!("../../fixtures/harver_platform/error_not_found.json"));
    scene.harver_answers("GET", "/api/v1.0/applications/.*/reports/.*", absent).await;
    choose(&scene, "interview_guide").await;
    let at = own_path(&finished(&scene).await);
    let (status, page) = said(scene.opened(&at).await).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(page.contains("Interview Guide not available") && page.contains("not configured for the vacancy"), "{page}");
    assert!(page.contains("support@harver.com"), "{page}");

    let scene = invited().await;
    choose(&scene, "candidate_detail_page").await;
    let bare = json!({"data": {"type": "applications", "id": APPLICATION, "attributes": {"status": "new", "completedAt": 1_741_097_220}}});
    scene.harver.reset().await;
    let token = json!({"accessToken": "token", "accessTokenExpiresAt": "2999-01-01T00:00:00.000Z"});
    scene.harver_answers("POST", "/oauth/token", ResponseTemplate::new(200).set_body_json(token)).await;
    scene.harver_answers("GET", OF_THE_APPLICATION, ResponseTemplate::new(200).set_body_json(bare)).await;
    let row = finished(&scene).await;
    assert_eq!(row["assessmentstatus"]["id"], "D37002019001", "the score does not wait for the report");
    assert!(row.get("assessmenturl").is_none(), "{row}");
}

/// The platform answers so often like this to who asks for the Reports Hub.
async fn hub_answers(scene: &Scene, times: u64, answer: ResponseTemplate) {
    Mock::given(method("GET"))
        .and(path(format!("{OF_THE_APPLICATION}/reports/reports-hub")))
        .respond_with(answer)
        .with_priority(1)
        .up_to_n_times(times)
        .mount(&scene.harver)
        .await;
}

async fn dead_letters(scene: &Scene) -> Vec<JobKind> {
    let dead: Result<_, StoreError> = scene.store.read(|tx| jobs::dead(tx, "4021".parse().expect("digits"), 10)).await;
    dead.expect("the store answers").iter().map(|letter| letter.job.kind).collect()
}

#[tokio::test]
async fn a_result_waits_for_no_link_and_the_link_follows() {
    for (answer, wait) in [
        (ResponseTemplate::new(500), 66),
        (ResponseTemplate::new(503).insert_header("Retry-After", "60"), 66),
        (ResponseTemplate::new(429).insert_header("Retry-After", "600"), 660),
        (ResponseTemplate::new(200).set_body_string("<html>"), 66),
    ] {
        let scene = invited().await;
        hub_answers(&scene, 2, answer).await;
        let row = finished(&scene).await;
        assert_eq!((&row["assessmentstatus"]["id"], &row["assessmentscore"]), (&json!("D37002019001"), &json!(78)));
        assert!(row.get("assessmenturl").is_none(), "{row}");
        scene.clock.advance(SignedDuration::from_secs(wait));
        scene.drain().await;
        let link = last_write(&scene).await;
        assert_eq!(link, json!({"assessmenturl": "https://app.harver.com/reports-hub?token=opaque&lang=en-US"}), "nothing else");
        assert!(dead_letters(&scene).await.is_empty());
    }
}

#[tokio::test]
async fn a_platform_that_takes_its_time_with_the_link_does_not_hold_the_result_up() {
    let scene = invited().await;
    hub_answers(&scene, 1, ResponseTemplate::new(200).set_delay(Duration::from_secs(60))).await;
    finished(&scene).await;
    let rows = writes(&scene).await;
    let brought: Vec<_> = rows.iter().map(|row| (row["assessmentscore"].is_number(), row["assessmenturl"].is_string())).collect();
    assert_eq!(brought, [(true, false), (false, true)]);
}

#[tokio::test]
async fn a_link_that_is_refused_for_good_is_a_dead_letter_beside_the_result() {
    let scene = invited().await;
    hub_answers(&scene, 2, ResponseTemplate::new(409)).await;
    assert_eq!(finished(&scene).await["assessmentscore"], 78);
    assert_eq!(dead_letters(&scene).await, [JobKind::AddReportLink]);
    assert!(scene.orders().await[0].result_written_at.is_some());

    let (now, customer) = (scene.clock.clock().now(), "4021".parse().expect("digits"));
    let replayed: Result<_, StoreError> = scene
        .store
        .write(move |tx| {
            let letter = jobs::dead(tx, customer, 1)?.pop().expect("a dead letter");
            jobs::replay(tx, customer, letter.id, now)
        })
        .await;
    replayed.expect("the store answers").expect("it is replayed");
    scene.drain().await;
    assert!(last_write(&scene).await["assessmenturl"].is_string());
}

#[tokio::test]
async fn a_report_that_the_platform_does_not_have_is_noted_and_not_asked_for_again() {
    let gone = json!({"errors": [{"id": "NotFound", "status": 404, "title": "Not Found", "detail": "There is no such report."}]});
    let scene = invited().await;
    hub_answers(&scene, 9, ResponseTemplate::new(404).set_body_json(gone)).await;
    let row = finished(&scene).await;
    assert_eq!((&row["assessmentscore"], row.get("assessmenturl")), (&json!(78), None));
    assert_eq!(scene.drain().await, 0);
    let order = scene.orders().await[0].id;
    let history: Result<_, StoreError> = scene.store.read(move |tx| orders::history(tx, order)).await;
    let history = history.expect("the store answers");
    assert!(history.iter().any(|(_, what)| what.ends_with("Harver has no Reports Hub of it")), "{history:?}");
}

#[tokio::test]
async fn a_link_to_a_line_that_somebody_has_deleted_brings_the_result_back() {
    let scene = invited().await;
    hub_answers(&scene, 1, ResponseTemplate::new(500)).await;
    finished(&scene).await;
    // The line was created by the first write and is deleted before the link follows.
    Mock::given(method("PATCH"))
        .and(path(ROW))
        .respond_with(ResponseTemplate::new(404))
        .with_priority(1)
        .mount(&scene.icims)
        .await;
    let order = scene.orders().await[0].id;
    let now = scene.clock.clock().now();
    scene
        .store
        .write(move |tx| jobs::enqueue(tx, Job { kind: JobKind::AddReportLink, order }, now))
        .await
        .expect("the store answers");
    scene.drain().await;
    let row = last_write(&scene).await;
    assert_eq!((&row["assessmentscore"], row["assessmenturl"].is_string()), (&json!(78), true), "{row}");
}

#[cfg(feature = "sandbox")]
#[tokio::test]
async fn a_link_that_was_never_given_out_opens_nothing() {
    let scene = invited().await;
    choose(&scene, "pdf_report").await;
    let at = own_path(&finished(&scene).await);
    let before = scene.harver.received_requests().await.expect("recording is on").len();
    let order = scene.orders().await[0].id;
    for wrong in [
        format!("/reports/{}", "0".repeat(64)),
        format!("/reports/{order}"),
        at.to_uppercase().replace("/REPORTS/", "/reports/"),
        at[..at.len() - 1].to_owned(),
        format!("{at}0"),
        format!("/reports/{}", "x".repeat(4000)),
        "/reports/%ff%fe".into(),
    ] {
        let (status, page) = said(scene.opened(&wrong).await).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{wrong}");
        assert!(page.contains("There is no such report") && page.contains("Screen tab in iCIMS"), "{page}");
    }
    let forgotten: Result<(), StoreError> = scene.store.write(|tx| import(tx, "4021".parse().ok(), &[])).await;
    forgotten.expect("the store answers");
    assert_eq!(scene.opened(&at).await.status(), StatusCode::NOT_FOUND, "it is gone with its order");
    let after = scene.harver.received_requests().await.expect("recording is on").len();
    assert_eq!(after, before, "nobody is asked on behalf of a stranger");
}

#[tokio::test]
async fn trouble_on_the_platform_is_told_in_words() {
    for (answer, status, says) in [
        (ResponseTemplate::new(503), StatusCode::SERVICE_UNAVAILABLE, "in a few minutes"),
        (ResponseTemplate::new(429), StatusCode::SERVICE_UNAVAILABLE, "in a few minutes"),
        (ResponseTemplate::new(200).set_body_string("<html>"), StatusCode::INTERNAL_SERVER_ERROR, "Ask a Harver Admin"),
        (ResponseTemplate::new(403), StatusCode::INTERNAL_SERVER_ERROR, "Ask a Harver Admin"),
        (ResponseTemplate::new(200).set_delay(Duration::from_secs(60)), StatusCode::SERVICE_UNAVAILABLE, "in a few minutes"),
    ] {
        let scene = late(Duration::from_millis(300), answer).await;
        let (told, page) = said(scene.opened("/reports/guide").await).await;
        assert_eq!(told, status, "{page}");
        assert!(page.contains(says) && page.contains("support@harver.com"), "{page}");
    }
}

/// A platform that answers this to everything; `guide` opens a report of customer 4021.
async fn late(deadline: Duration, answer: ResponseTemplate) -> Scene {
    let scene = Scene::bare(|_| {}, |settings| settings.event_deadline = deadline).await;
    scene.harver_answers("GET", "/api/v1.0/applications/.*", answer).await;
    let now = scene.clock.clock().now();
    let linked: Result<(), StoreError> = scene
        .store
        .write(move |tx| {
            use harver_icims::domain::ReportType;
            let order = orders::insert(tx, &new_order(88431), now)?;
            let application = APPLICATION.parse().expect("24 digits");
            orders::keep_link(tx, order, &application, (&nowhere(), now), now)?;
            report_links::token(tx, order, ReportType::InterviewGuide, "guide".into(), &hash_of("guide")).map(drop)
        })
        .await;
    linked.expect("the store answers");
    scene
}

#[tokio::test]
async fn a_platform_that_never_answers_holds_up_no_other_customer() {
    let scene = late(Duration::from_secs(60), ResponseTemplate::new(200).set_delay(Duration::from_secs(60))).await;
    let (icims, harver) = (scene.icims.uri().parse().expect("a URL"), nowhere());
    let mut second = customer(&icims, &harver);
    second.id = "4022".parse().expect("digits");
    second.events.username = "harver-icims-4022".into();
    second.webhooks.username = "harver-platform-4022".into();
    scene.store.write(move |tx| harver_icims::store::insert_customer(tx, &second)).await.expect("a customer");
    let person = json!({"firstname": "Nora", "lastname": "Lind", "email": "nora@example.org"});
    scene.icims_answers("GET", "/customers/4022/people/30517", ResponseTemplate::new(200).set_body_json(person)).await;
    let job = json!({"jobtitle": "Advisor", "assessmenttype": [{"id": "C1", "value": PACKAGE}]});
    scene.icims_answers("GET", "/customers/4022/jobs/2210", ResponseTemplate::new(200).set_body_json(job)).await;

    let app = scene.app.clone();
    let readers: Vec<_> = (0..32)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(async move {
                use tower::ServiceExt as _;
                let request = axum::http::Request::get("/reports/guide").body(axum::body::Body::empty()).expect("a request");
                app.router().oneshot(request).await
            })
        })
        .collect();
    while scene.asked_platform("GET", &format!("{OF_THE_APPLICATION}/reports/interview-guides")).await < readers.len() {
        tokio::task::yield_now().await;
    }
    let event = json!({"eventType": "WorkflowStatusChangeEvent", "customerId": "4022", "systemId": "77", "personId": "30517",
        "jobId": "2210", "newStatus": "40177"});
    let at = harver_icims::ats_to_harver::START_PATH;
    let answer = scene.post(at, "harver-icims-4022:event-password", event.to_string().into_bytes(), &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let webhook = json!({"event": "CandidateStatusNew", "data": {"type": "applications", "id": APPLICATION},
        "relationships": {"account": {"data": {"type": "account", "id": ACCOUNT}}}});
    let at = harver_icims::harver_to_ats::CALLBACK_PATH;
    let answer = scene.post(at, "harver-platform-4022:webhook-password", webhook.to_string().into_bytes(), &[]).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
    assert!(readers.iter().all(|reader| !reader.is_finished()), "they still wait for their own platform");
    for reader in readers {
        reader.abort();
    }
}

#[cfg(feature = "sandbox")]
#[tokio::test]
async fn a_link_is_taken_along_with_its_order() {
    let scene = invited().await;
    choose(&scene, "pdf_report").await;
    let at = own_path(&finished(&scene).await);
    let token = at.strip_prefix("/reports/").expect("a link of ours").to_owned();
    let taken: Result<Vec<u8>, StoreError> = scene.store.write(|tx| export(tx, "4021".parse().ok(), Numbers::FromOne)).await;
    let taken = taken.expect("it can be read");

    let other = fresh_store();
    let found: Result<Option<WorkflowId>, StoreError> = other
        .write(move |tx| {
            import(tx, "4021".parse().ok(), &taken)?;
            Ok(report_links::behind(tx, &hash_of(&token))?.map(|(order, _)| order.workflow))
        })
        .await;
    assert_eq!(found.expect("it is taken in"), "88431".parse().ok());
}
