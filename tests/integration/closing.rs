//! Invitations that nobody follows end, and everybody hears of it.

use axum::http::StatusCode;
use harver_icims::domain::{Job, JobKind, OrderState};
use harver_icims::store::jobs;
use jiff::SignedDuration;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::callbacks::{last_write, ready, statuses};
use crate::scene::{APPLICATION, Scene};
use crate::support::VACANCY;

/// The end of the link, and two weeks.
const CLOSES_AFTER_HOURS: i64 = 24 + 14 * 24;

/// Ines holds a link and has not finished; iCIMS takes rows.
async fn invited() -> Scene {
    let scene = ready().await;
    scene.set(json!({"invitation": {"reminders": false}})).await;
    let open = json!({"data": {"type": "applications", "id": APPLICATION, "attributes": {"status": "in-progress"}}});
    let at = wiremock::matchers::path(format!("/api/v1.0/applications/{APPLICATION}"));
    let answer = ResponseTemplate::new(200).set_body_json(open);
    wiremock::Mock::given(at).respond_with(answer).with_priority(1).up_to_n_times(1).mount(&scene.harver).await;
    scene.applied().await;
    scene
}

async fn hours_pass(scene: &Scene, hours: i64) {
    scene.clock.advance(SignedDuration::from_hours(hours));
    scene.drain().await;
}

fn notes(row: &Value) -> &str {
    row["assessmentnotes"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn row_20_an_invitation_that_nobody_follows_expires_and_icims_shows_why() {
    let scene = invited().await;
    hours_pass(&scene, CLOSES_AFTER_HOURS - 1).await;
    assert_eq!(scene.orders().await[0].state, OrderState::Invited);
    hours_pass(&scene, 1).await;
    assert_eq!(scene.orders().await[0].state, OrderState::Expired);
    let row = last_write(&scene).await;
    assert_eq!(row["assessmentstatus"]["id"], "D37002019002");
    assert!(notes(&row).starts_with("The invitation ran out on 5 March 2025; the candidate did not begin."), "{row}");
    assert!(notes(&row).chars().count() <= 192, "{row}");
}

#[tokio::test]
async fn row_20_advancing_again_after_the_end_gives_a_link_to_the_same_application() {
    let scene = invited().await;
    hours_pass(&scene, CLOSES_AFTER_HOURS).await;
    scene.person_is_now(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.net"})).await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.drain().await;
    let orders = scene.orders().await;
    assert_eq!((orders.len(), orders[0].round), (2, 1));
    assert_eq!(orders[0].application, orders[1].application);
    let asked = scene.harver.received_requests().await.expect("recording is on");
    let created = format!("/api/v1.0/vacancies/{VACANCY}/applications");
    let last = asked.iter().rfind(|request| request.url.path() == created).expect("the platform was asked");
    let body: Value = last.body_json().expect("JSON");
    let candidate = &body["data"]["relationships"]["candidate"]["data"]["attributes"];
    assert_eq!(candidate["emailAddress"], "ines.okafor@example.org", "row 27: another address would be another application");
}

#[tokio::test]
async fn row_20_who_finishes_after_the_end_is_completed_all_the_same() {
    let scene = invited().await;
    hours_pass(&scene, CLOSES_AFTER_HOURS).await;
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(scene.orders().await[0].state, OrderState::Completed);
    assert_eq!(statuses(&scene).await, ["D37002019002", "D37002019001"]);
}

#[tokio::test]
async fn who_began_and_never_finished_comes_to_an_end_too() {
    let scene = invited().await;
    scene.announced("ApplicationStarted").await;
    scene.drain().await;
    hours_pass(&scene, CLOSES_AFTER_HOURS).await;
    assert_eq!(scene.orders().await[0].state, OrderState::Expired);
    assert_eq!(statuses(&scene).await, ["D37002019003", "D37002019002"]);
    assert!(notes(&last_write(&scene).await).starts_with("The candidate began and did not finish"));
}

#[tokio::test]
async fn a_closing_finds_a_finish_that_nobody_was_told_of() {
    let scene = ready().await;
    scene.set(json!({"invitation": {"reminders": false}})).await;
    scene.applied().await;
    scene.platform_shows_finish();
    hours_pass(&scene, CLOSES_AFTER_HOURS).await;
    assert_eq!(scene.orders().await[0].state, OrderState::Completed);
    assert_eq!(statuses(&scene).await, ["D37002019001"]);
}

#[tokio::test]
async fn a_new_link_and_a_longer_time_put_the_end_off() {
    let scene = invited().await;
    scene.set(json!({"invitation": {"closes_after_days": 20}})).await;
    hours_pass(&scene, CLOSES_AFTER_HOURS).await;
    assert_eq!(scene.orders().await[0].state, OrderState::Invited, "the customer gives more time by now");
    scene.applied().await;
    hours_pass(&scene, 24 + 20 * 24 - 1).await;
    assert_eq!(scene.orders().await[0].state, OrderState::Invited, "it counts from the newest link");
    let open = crate::scene::not_there();
    let at = wiremock::matchers::path(format!("/api/v1.0/applications/{APPLICATION}"));
    wiremock::Mock::given(at).respond_with(open).with_priority(1).mount(&scene.harver).await;
    hours_pass(&scene, 1).await;
    assert_eq!(scene.orders().await[0].state, OrderState::Expired);
}

#[tokio::test]
async fn an_invitation_is_not_closed_whose_link_is_renewed_at_that_moment() {
    let scene = ready().await;
    scene.set(json!({"invitation": {"reminders": false}})).await;
    scene.applied().await;
    let open = json!({"data": {"type": "applications", "id": APPLICATION, "attributes": {"status": "in-progress"}}});
    scene.platform_shows(ResponseTemplate::new(200).set_body_json(open).set_delay(std::time::Duration::from_millis(500)));
    scene.clock.advance(SignedDuration::from_hours(CLOSES_AFTER_HOURS));
    let at = format!("/api/v1.0/applications/{APPLICATION}");
    let renewal = async {
        while scene.asked_platform("GET", &at).await == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(scene.applied().await.status, StatusCode::SEE_OTHER);
    };
    let both = futures::future::join(renewal, scene.drain());
    tokio::time::timeout(std::time::Duration::from_secs(10), both).await.expect("the closing asks the platform");
    assert_eq!(scene.orders().await[0].state, OrderState::Invited);
    hours_pass(&scene, CLOSES_AFTER_HOURS).await;
    assert_eq!(scene.orders().await[0].state, OrderState::Expired, "the closing counts from the new link");
}

#[tokio::test]
async fn an_invitation_is_not_closed_while_another_mail_is_on_its_way_and_does_not_keep_it_waiting() {
    let scene = ready().await;
    scene.set(json!({"invitation": {"reminders": false}})).await;
    scene.applied().await;
    scene.clock.advance(SignedDuration::from_hours(CLOSES_AFTER_HOURS));
    let (order, now) = (scene.orders().await[0].id, scene.clock.clock().now());
    let mail = Job { kind: JobKind::SendInvitation, order };
    let due = now + SignedDuration::from_hours(1);
    scene.store.write(move |tx| jobs::schedule(tx, mail, due, now)).await.expect("the store answers");
    tokio::time::timeout(std::time::Duration::from_secs(10), scene.drain()).await.expect("the closing is put off");
    assert_eq!(scene.orders().await[0].state, OrderState::Invited);
    hours_pass(&scene, 14 * 24).await;
    assert_eq!(scene.orders().await[0].round, 2, "the mail has got its turn, and asked for a link that works");
}
