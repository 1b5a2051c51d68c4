//! Who is reminded, when, under which address; and who is not, because the candidate has left the running or finished unheard.

use harver_icims::domain::{Job, JobKind, OrderState, Reminder};
use harver_icims::store::{jobs, orders};
use jiff::SignedDuration;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::post_office::PostOffice;
use crate::scene::{APPLICATION, Scene};
use crate::support::VACANCY;

const SUBJECT: &str = "Subject:";
const ROWS: &str = "/customers/4021/applicantworkflows/88431/fields/assessmentresults";

async fn ready(office: &PostOffice) -> Scene {
    let port = office.port;
    Scene::ready_with(move |settings| settings.mail.port = port).await
}

/// Ines came by the portal.
async fn let_in(office: &PostOffice) -> Scene {
    let scene = ready(office).await;
    scene.applied().await;
    scene
}

/// Ines is invited by mail.
async fn invited(office: &PostOffice) -> Scene {
    let scene = ready(office).await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    assert_eq!(office.all(SUBJECT).len(), 1);
    scene
}

async fn hours_pass(scene: &Scene, hours: i64) {
    scene.clock.advance(SignedDuration::from_hours(hours));
    scene.drain().await;
}

/// The addresses under which the platform was asked for an application, oldest first.
async fn registered(scene: &Scene) -> Vec<String> {
    let asked = scene.harver.received_requests().await.expect("recording is on");
    let created = format!("/api/v1.0/vacancies/{VACANCY}/applications");
    let bodies = asked.iter().filter(|request| request.url.path() == created).map(|request| {
        let body: Value = request.body_json().expect("JSON");
        body["data"]["relationships"]["candidate"]["data"]["attributes"]["emailAddress"].as_str().expect("an address").to_owned()
    });
    bodies.collect()
}

async fn finished_on_the_platform(scene: &Scene) {
    let finished = json!({"data": {"type": "applications", "id": APPLICATION,
        "attributes": {"status": "new", "completedAt": 1_741_097_220, "matchingScore": 78}}});
    let at = format!("/api/v1.0/applications/{APPLICATION}");
    scene.harver_answers("GET", &at, ResponseTemplate::new(200).set_body_json(finished)).await;
}

#[tokio::test]
async fn uat_14_who_has_not_finished_is_reminded_twice_with_a_link_that_works() {
    let office = PostOffice::open().await;
    let scene = invited(&office).await;
    hours_pass(&scene, 47).await;
    assert_eq!(office.all(SUBJECT).len(), 1, "not yet");
    scene.announced("ApplicationStarted").await;
    hours_pass(&scene, 1).await;
    assert!(office.last().contains("magic-link/2"), "the first link ran out: {}", office.last());
    hours_pass(&scene, 5 * 24).await;
    assert!(office.last().contains("magic-link/3"), "{}", office.last());
    hours_pass(&scene, 7 * 24).await;
    let subjects = office.all(SUBJECT);
    assert_eq!(subjects.len(), 3, "{subjects:?}");
    assert!(subjects[1..].iter().all(|subject| subject.starts_with("Reminder: your assessment")), "{subjects:?}");
    let mut identities = office.all("Message-ID:");
    identities.dedup();
    assert_eq!(identities.len(), 3, "no mail system takes one for the other");
    let order = &scene.orders().await[0];
    assert_eq!((order.state, order.round), (OrderState::InProgress, 1));
}

#[tokio::test]
async fn a_candidate_of_the_portal_who_left_is_reminded_by_mail() {
    let office = PostOffice::open().await;
    let scene = let_in(&office).await;
    hours_pass(&scene, 48).await;
    assert_eq!(office.all(SUBJECT).len(), 1);
    assert!(office.last().contains("magic-link/2"), "{}", office.last());
}

#[tokio::test]
async fn who_comes_again_by_the_portal_is_reminded_as_was_planned() {
    let office = PostOffice::open().await;
    let scene = let_in(&office).await;
    hours_pass(&scene, 47).await;
    scene.applied().await;
    hours_pass(&scene, 1).await;
    assert_eq!(office.all(SUBJECT).len(), 1, "48 hours after the first time");
}

#[tokio::test]
async fn who_was_said_to_get_no_new_link_and_gets_one_is_reminded_again() {
    let office = PostOffice::open().await;
    let scene = let_in(&office).await;
    let (order, now) = (scene.orders().await[0].id, scene.clock.clock().now());
    let given_up = scene.store.write(move |tx| {
        orders::next_round(tx, order, now)?;
        orders::keep_failure(tx, order, "No new link. Harver could not be reached.")
    });
    given_up.await.expect("the store answers");
    scene.applied().await;
    hours_pass(&scene, 48).await;
    assert_eq!(office.all(SUBJECT).len(), 1);
}

#[tokio::test]
async fn nobody_is_reminded_where_that_is_switched_off_or_of_what_is_finished() {
    for finishes in [false, true] {
        let office = PostOffice::open().await;
        let scene = invited(&office).await;
        if finishes {
            scene.announced("CandidateStatusNew").await;
            scene.worker().step().await.expect("the store answers");
            let order = scene.orders().await[0].id;
            let waiting = scene.store.read(move |tx| jobs::of_order(tx, order)).await.expect("the store answers");
            let waiting = waiting.iter().filter(|record| record.state == "waiting").map(|record| record.job.kind);
            assert_eq!(waiting.collect::<Vec<_>>(), [JobKind::ReportResult], "what was to come is taken back");
        } else {
            scene.set(json!({"invitation": {"reminders": false}})).await;
        }
        hours_pass(&scene, 48).await;
        hours_pass(&scene, 5 * 24).await;
        assert_eq!(office.all(SUBJECT).len(), 1);
    }
}

#[tokio::test]
async fn row_18_uat_29_who_was_rejected_is_not_reminded_and_the_order_says_why() {
    for (status, label) in [("C40190", "Not Selected - Not Selected"), ("D10108", "Withdrawn - Self-Withdrew")] {
        let office = PostOffice::open().await;
        let scene = invited(&office).await;
        scene.candidate_stands_at(status, label).await;
        hours_pass(&scene, 48).await;
        hours_pass(&scene, 5 * 24).await;
        assert_eq!(office.all(SUBJECT).len(), 1);
        let order = &scene.orders().await[0];
        assert_eq!(order.state, OrderState::Cancelled);
        assert!(order.failure.as_deref().is_some_and(|reason| reason.contains(label)), "{:?}", order.failure);
        assert_eq!(scene.asked_icims("POST", ROWS).await, 0, "iCIMS knows, and shows nothing that would be wrong");
        scene.announced("CandidateStatusNew").await;
        scene.drain().await;
        assert_eq!(scene.orders().await[0].state, OrderState::Completed, "a result that still arrives is kept");
    }
}

#[tokio::test]
async fn row_18_what_icims_shows_of_a_rejected_candidate_is_put_right() {
    let scene = Scene::ready().await;
    scene
        .icims_answers("GET", "/customers/4021/applicantworkflows/88431", ResponseTemplate::new(200).set_body_json(json!({})))
        .await;
    let row = format!("{}{ROWS}/512", scene.icims.uri());
    scene.icims_answers("POST", ROWS, ResponseTemplate::new(201).insert_header("Location", row)).await;
    scene.icims_answers("PATCH", &format!("{ROWS}/512"), ResponseTemplate::new(204)).await;
    scene.applied().await;
    scene.announced("ApplicationStarted").await;
    scene.drain().await;
    scene.candidate_stands_at("C40150", "Hired - Hired").await;
    hours_pass(&scene, 48).await;
    let told = crate::callbacks::last_write(&scene).await;
    assert_eq!(told["assessmentstatus"]["id"], "D37002019002");
    assert!(told["assessmentnotes"].as_str().is_some_and(|notes| notes.contains("Hired - Hired")), "{told}");
}

#[tokio::test]
async fn row_18_which_statuses_end_it_can_be_chosen() {
    let office = PostOffice::open().await;
    let scene = invited(&office).await;
    scene.set(json!({"ended_statuses": ["C51162"]})).await;
    scene.candidate_stands_at("C40190", "Not Selected - Not Selected").await;
    hours_pass(&scene, 48).await;
    assert_eq!(office.all(SUBJECT).len(), 2, "the list says otherwise");
    scene.candidate_stands_at("C51162", "Wait List").await;
    hours_pass(&scene, 5 * 24).await;
    assert_eq!((office.all(SUBJECT).len(), scene.orders().await[0].state), (2, OrderState::Cancelled));
}

#[tokio::test]
async fn row_18_who_is_out_of_the_running_gets_no_mail_that_was_held_up() {
    let scene = Scene::ready().await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    scene.candidate_stands_at("C40190", "Rejected - Not Selected").await;
    hours_pass(&scene, 1).await;
    let order = &scene.orders().await[0];
    assert_eq!((order.state, order.round), (OrderState::Cancelled, 1), "the mail server was away meanwhile");
}

#[tokio::test]
async fn row_18_an_application_that_was_deleted_in_icims_is_nobodys_any_more() {
    let office = PostOffice::open().await;
    let scene = invited(&office).await;
    let gone = ResponseTemplate::new(404).set_body_json(json!({"errors": [{"errorMessage": "Not found.", "errorCode": 2}]}));
    let asked = wiremock::Mock::given(wiremock::matchers::path("/customers/4021/applicantworkflows/88431"));
    scene.answers_from_now_on(asked.respond_with(gone)).await;
    hours_pass(&scene, 48).await;
    assert_eq!((office.all(SUBJECT).len(), scene.orders().await[0].state), (1, OrderState::Cancelled));
}

#[tokio::test]
async fn row_27_a_reminder_goes_to_the_corrected_address_and_to_the_same_application() {
    let office = PostOffice::open().await;
    let scene = invited(&office).await;
    scene.person_is_now(json!({"firstname": "Inés", "lastname": "Okafor", "email": "ines@example.net"})).await;
    hours_pass(&scene, 48).await;
    assert!(office.last().contains("To: ines@example.net"), "{}", office.last());
    assert!(office.last().contains("magic-link/2"), "{}", office.last());
    assert_eq!(registered(&scene).await, ["ines.okafor@example.org", "ines.okafor@example.org"], "the platform knows that one");
    let order = &scene.orders().await[0];
    assert_eq!((order.candidate.email.as_str(), order.candidate.first_name.as_str()), ("ines@example.net", "Inés"));
}

#[tokio::test]
async fn a_reminder_finds_a_finish_that_nobody_was_told_of() {
    let office = PostOffice::open().await;
    let scene = invited(&office).await;
    finished_on_the_platform(&scene).await;
    hours_pass(&scene, 48).await;
    assert_eq!((office.all(SUBJECT).len(), scene.orders().await[0].state), (1, OrderState::Completed));
}

#[tokio::test]
async fn a_reminder_waits_for_an_icims_that_is_away() {
    let office = PostOffice::open().await;
    let scene = invited(&office).await;
    let asked = wiremock::Mock::given(wiremock::matchers::path("/customers/4021/applicantworkflows/88431"));
    scene.answers_from_now_on(asked.respond_with(ResponseTemplate::new(503)).up_to_n_times(1)).await;
    hours_pass(&scene, 48).await;
    assert_eq!(office.all(SUBJECT).len(), 1, "nobody is reminded who may have been rejected");
    hours_pass(&scene, 1).await;
    assert_eq!(office.all(SUBJECT).len(), 2);
}

#[tokio::test]
async fn another_round_has_reminders_of_its_own() {
    let office = PostOffice::open().await;
    let scene = invited(&office).await;
    scene.clock.advance(SignedDuration::from_hours(60));
    scene.advanced_to("40177").await;
    let order = scene.orders().await[0].id;
    let steps = scene.store.read(move |tx| jobs::of_order(tx, order)).await.expect("the store answers");
    assert!(!steps.iter().any(|step| matches!(step.job.kind, JobKind::Remind(_))), "those of the last round are taken back");
    scene.drain().await;
    let subjects = office.all(SUBJECT);
    assert!(
        subjects.len() == 2 && !subjects[1].starts_with("Reminder"),
        "the new invitation takes the reminder's place: {subjects:?}"
    );
    hours_pass(&scene, 48).await;
    assert_eq!(office.all(SUBJECT).len(), 3);
}

#[tokio::test]
async fn a_reminder_that_is_sent_twice_has_one_identity() {
    let office = PostOffice::open().await;
    let scene = invited(&office).await;
    hours_pass(&scene, 48).await;
    let job = Job { kind: JobKind::Remind(Reminder::After48Hours), order: scene.orders().await[0].id };
    let now = scene.clock.clock().now();
    scene.store.write(move |tx| jobs::schedule(tx, job, now, now)).await.expect("the store answers");
    scene.drain().await;
    let identities = office.all("Message-ID:");
    assert_eq!((identities.len(), &identities[1]), (3, &identities[2]), "as if the record of the first had been lost");
}

#[tokio::test]
async fn a_reminder_says_what_the_customer_wrote() {
    let office = PostOffice::open().await;
    let scene = invited(&office).await;
    let own = json!({"invitation": {"reminder_subject": "Still there, {{first_name}}?", "reminder_body": "Go on: {{link}}"}});
    scene.set(own).await;
    hours_pass(&scene, 48).await;
    assert_eq!(office.all(SUBJECT)[1], "Still there, Ines?");
    assert!(office.last().contains("Go on: "), "{}", office.last());
}
