//! What was refused is found again, with its reason and without secrets, and the list does not grow for ever.

use axum::http::StatusCode;
use harver_icims::domain::{Pattern, RefusalKind, RefusedEvent};
use harver_icims::store::refused_events::{self, KEPT, KEPT_FOR, Line, Wanted};
use harver_icims::store::{SealingKey, Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::scene::Scene;
use crate::support::PACKAGE;

async fn found(store: &Store, customer: u64, wanted: Wanted, now: Timestamp) -> Vec<Line> {
    let customer = customer.try_into().expect("a number");
    let lines: Result<_, StoreError> = store.read(move |tx| refused_events::find(tx, customer, &wanted, now, 10_000)).await;
    lines.expect("the store answers")
}

async fn all(scene: &Scene) -> Vec<Line> {
    found(&scene.store, 4021, Wanted::default(), scene.clock.clock().now()).await
}

#[tokio::test]
async fn a_refused_event_is_kept_with_its_reason_in_plain_words_and_with_who_it_was_about() {
    let scene = Scene::bare(|_| {}, |_| {}).await;
    scene.person(json!({"firstname": "Ines", "lastname": "Okafor"})).await;
    scene.job_with(&[PACKAGE]).await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::BAD_REQUEST);
    let lines = all(&scene).await;
    assert_eq!(lines.len(), 1);
    let RefusedEvent { kind, http_status, pattern, workflow, person, job, reason, detail, payload, .. } = &lines[0].event;
    assert_eq!((*kind, *http_status, *pattern), (RefusalKind::Candidate, 400, Some(Pattern::AdHoc)));
    let ids = (workflow.map(|id| id.get()), person.map(|id| id.get()), job.map(|id| id.get()));
    assert_eq!(ids, (Some(88431), Some(30517), Some(2210)));
    assert_eq!(reason, "Email is empty. Fill it in, then try again.");
    assert!(detail.contains("or the integration user may not see it"), "{detail}");
    assert!(payload.contains("\"newStatus\": \"40177\"") && payload.contains("people/30517"), "{payload}");
}

#[tokio::test]
async fn the_same_refusal_again_is_one_line_with_a_count_that_comes_first() {
    let scene = Scene::bare(|customer| customer.patterns = vec![Pattern::Inline], |_| {}).await;
    scene.advanced_to("40177").await;
    scene.start(&json!({"customerId": "4021", "eventType": "AssessmentEvent"})).await;
    scene.clock.advance(SignedDuration::from_hours(1));
    scene.advanced_to("40177").await;
    let lines = all(&scene).await;
    let told: Vec<(RefusalKind, u64)> = lines.iter().map(|line| (line.event.kind, line.times)).collect();
    assert_eq!(told, [(RefusalKind::SwitchedOff, 2), (RefusalKind::Unreadable, 1)]);
    assert_eq!(lines[0].event.at.duration_since(lines[0].first_at), SignedDuration::from_hours(1));
}

#[tokio::test]
async fn what_only_the_portal_could_not_do_is_told_in_recruiters_words() {
    let scene = Scene::bare(|_| {}, |_| {}).await;
    scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})).await;
    scene.job_with(&[]).await;
    assert!(!scene.applied().await.user_message().contains("package"));
    let line = &all(&scene).await[0];
    assert_eq!((line.event.pattern, line.event.kind), (Some(Pattern::Inline), RefusalKind::Package));
    assert!(line.event.reason.contains("Select a Harver package there"), "{}", line.event.reason);
}

#[tokio::test]
async fn what_asks_for_nothing_is_one_line_for_everybody() {
    let scene = Scene::ready().await;
    for workflow in ["1", "2", "3"] {
        let mut event = scene.event("WorkFlowStatusChangeEvent");
        (event["systemId"], event["newStatus"], event["links"][0]) = (json!(workflow), json!("40150"), json!({}));
        assert_eq!(scene.start(&event).await.status, StatusCode::OK);
    }
    scene.start(&scene.event("JobPostToWebEvent")).await;
    let lines = all(&scene).await;
    let told: Vec<(&str, u64)> = lines.iter().map(|line| (line.event.reason.as_str(), line.times)).collect();
    assert_eq!(
        told,
        [
            ("Events of the type JobPostToWebEvent order nothing.", 1),
            ("The status 40150 is none of the trigger statuses of the integration.", 3),
        ]
    );
    assert!(lines.iter().all(|line| line.event.kind == RefusalKind::Ignored && line.event.workflow.is_none()));
}

#[tokio::test]
async fn nobodys_calls_and_accepted_events_are_not_in_the_list() {
    let scene = Scene::ready().await;
    let event = scene.event("WorkFlowStatusChangeEvent").to_string().into_bytes();
    scene.post(harver_icims::ats_to_harver::START_PATH, "harver-icims-4021:wrong", event, &[]).await;
    scene.applied().await;
    assert!(all(&scene).await.is_empty());
}

#[tokio::test]
async fn neither_secrets_nor_names_are_kept() {
    let scene = Scene::ready().await;
    let mut event = scene.event("AssessmentEvent");
    event["candidateName"] = json!("Ines Okafor");
    event["returnUrl"] = json!("https://ines:s3cret@careers.example/jobs/1?session=s3cret");
    event["links"][0]["url"] = json!("https://icims:s3cret@elsewhere.example/customers/4021?token=s3cret");
    assert_eq!(scene.start(&event).await.status, StatusCode::BAD_REQUEST);
    let nonsense = br#"<html>s3cret Okafor</html>"#.to_vec();
    scene.post(harver_icims::ats_to_harver::START_PATH, "harver-icims-4021:event-password", nonsense, &[]).await;
    let lines = all(&scene).await;
    assert_eq!(lines.len(), 2);
    let kept = format!("{lines:?}");
    for secret in ["s3cret", "Okafor", "event-password"] {
        assert!(!kept.contains(secret), "{secret} is kept: {kept}");
    }
}

#[tokio::test]
async fn the_answer_is_the_same_when_nothing_can_be_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("integration.db");
    let store = Store::open(&file, SealingKey::for_this_process()).expect("a new file");
    let scene = Scene::on(store, |_| {}, |_| {}).await;
    scene.icims_answers("GET", "/customers/4021/people/30517", ResponseTemplate::new(401)).await;
    scene.icims_answers("GET", "/customers/4021/jobs/2210", ResponseTemplate::new(401)).await;
    let before = scene.advanced_to("40177").await;
    let damage = rusqlite::Connection::open(&file).expect("the file");
    damage.execute_batch("DROP TABLE refused_events").expect("nobody is writing");
    let after = scene.advanced_to("40177").await;
    assert_eq!((before.status, before.body), (after.status, after.body));
}

fn refusal(number: u64, at: Timestamp) -> RefusedEvent {
    RefusedEvent {
        kind: RefusalKind::JobClosed,
        http_status: 400,
        pattern: None,
        workflow: Some(number.try_into().expect("a number")),
        person: None,
        job: None,
        reason: "The job is closed.".into(),
        detail: String::new(),
        payload: String::new(),
        at,
    }
}

#[tokio::test]
async fn the_list_holds_so_many_lines_for_so_long_and_each_customer_has_its_own() {
    let scene = Scene::ready().await;
    let now = scene.clock.clock().now();
    let fill = move |tx: &harver_icims::store::Tx<'_>| -> Result<(), StoreError> {
        let customer = "4021".parse().expect("digits");
        (1..=u64::from(KEPT) + 5).try_for_each(|number| refused_events::keep(tx, customer, &refusal(number, now)))
    };
    scene.store.write(fill).await.expect("there is room");
    let lines = all(&scene).await;
    assert_eq!(lines.len(), KEPT as usize);
    assert_eq!(lines.last().and_then(|line| line.event.workflow).map(|id| id.get()), Some(6), "the oldest made room");
    assert!(found(&scene.store, 4022, Wanted::default(), now).await.is_empty());

    scene.clock.advance(KEPT_FOR + SignedDuration::from_secs(1));
    assert!(all(&scene).await.is_empty(), "what is too old is not shown");
    scene.switch(false).await;
    scene.advanced_to("40177").await;
    assert_eq!(found(&scene.store, 4021, Wanted::default(), now).await.len(), 1, "and gone with the next one");
}

#[tokio::test]
async fn lines_are_found_by_kind_by_number_and_by_words() {
    let scene = Scene::ready().await;
    let now = scene.clock.clock().now();
    let fill = move |tx: &harver_icims::store::Tx<'_>| -> Result<(), StoreError> {
        let customer = "4021".parse().expect("digits");
        refused_events::keep(tx, customer, &refusal(88431, now))?;
        refused_events::keep(tx, customer, &RefusedEvent { kind: RefusalKind::Harver, ..refusal(88432, now) })
    };
    scene.store.write(fill).await.expect("there is room");
    let numbers = async |wanted: Wanted| -> Vec<u64> {
        let lines = found(&scene.store, 4021, wanted, now).await;
        lines.iter().filter_map(|line| line.event.workflow.map(|id| id.get())).collect()
    };
    assert_eq!(numbers(Wanted { kind: Some(RefusalKind::Harver), ..Wanted::default() }).await, [88432]);
    assert_eq!(numbers(Wanted { words: "88431".into(), ..Wanted::default() }).await, [88431]);
    assert_eq!(numbers(Wanted { words: "JOB is".into(), ..Wanted::default() }).await, [88432, 88431]);
    assert_eq!(numbers(Wanted { words: "8843".into(), ..Wanted::default() }).await, [0_u64; 0]);
    assert_eq!(numbers(Wanted { before: Some(2), ..Wanted::default() }).await, [88431]);
}
