//! What no webhook tells is found by asking: within minutes what the platform lists, within a day everything else, at a bounded price.

use std::time::Duration;

use harver_icims::delivery::StepOutcome;
use harver_icims::domain::{
    ApplicationId, CustomerId, InboundCredentials, JobKind, OrderEvent, OrderId, OrderState, PackageLabel, VacancyId,
};
use harver_icims::store::jobs::AttemptOutcome;
use harver_icims::store::orders::NewOrder;
use harver_icims::store::sweeps::{self, Question};
use harver_icims::store::{self, SealingKey, Store, StoreError, jobs, orders};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use wiremock::matchers::{method, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::callbacks::{invited, ready, statuses};
use crate::scene::{APPLICATION, Scene, listing, not_there, under_way};
use crate::support::{VACANCY, customer, new_order};

const READ: &str = "/api/v1.0/applications/65aa01f29c3b4d00178e92fa";
const IN_PROGRESS: &str = "D37002019003";
const COMPLETE: &str = "D37002019001";
/// How often each vacancy is asked for.
const EVERY: SignedDuration = SignedDuration::from_mins(5);
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);

fn of_vacancy(vacancy: &str) -> String {
    format!("/api/v1.0/vacancies/{vacancy}/candidates")
}

/// So many questions were asked for the vacancy of the usual order.
async fn asked(scene: &Scene) -> usize {
    scene.asked_platform("GET", &of_vacancy(VACANCY)).await
}

/// From when each question has wanted to know, in the order in which they were asked.
async fn asked_since(scene: &Scene) -> Vec<Timestamp> {
    let requests = scene.harver.received_requests().await.expect("recording is on");
    let since = |request: &wiremock::Request| {
        let value = request.url.query_pairs().find(|(key, _)| key == "filter[status-updated-at][since]")?.1;
        Timestamp::from_second(value.parse().expect("epoch seconds")).ok()
    };
    requests.iter().filter_map(since).collect()
}

async fn state(scene: &Scene) -> OrderState {
    scene.orders().await[0].state
}

/// Moves the clock and lets what is due be done.
async fn after(scene: &Scene, time: SignedDuration) {
    scene.clock.advance(time);
    scene.drain().await;
}

/// An order whose candidate holds a link, in a vacancy and with an application that are told by a number.
async fn ordered(store: &Store, customer: CustomerId, number: u32, now: Timestamp) -> OrderId {
    let (vacancy, application): (VacancyId, ApplicationId) =
        (format!("64c20d1e5f7a8b00{number:08x}").parse().expect("24 digits"), application(number).parse().expect("24 digits"));
    let package = PackageLabel::parse(&format!("Harver Call Centre Advisor – {vacancy}")).expect("a Harver label");
    let new = NewOrder { customer, package, ..new_order(100 + u64::from(number)) };
    let recorded: Result<OrderId, StoreError> = store
        .write(move |tx| {
            let order = orders::insert(tx, &new, now)?;
            let link = "https://my.harver.com/magic-link/1".parse().expect("a URL");
            orders::keep_link(tx, order, &application, (&link, now + SignedDuration::from_hours(24)), now)?;
            orders::apply(tx, order, OrderEvent::LinkHandedOver, now)?;
            Ok(order)
        })
        .await;
    recorded.expect("an order")
}

fn application(number: u32) -> String {
    format!("65aa01f29c3b4d00{number:08x}")
}

#[tokio::test]
async fn a_finish_whose_webhook_never_came_is_in_icims_within_five_minutes() {
    let scene = invited().await;
    scene.platform_shows_finish();
    scene.platform_lists(listing(&[APPLICATION]));
    scene.clock.advance(EVERY - SignedDuration::from_secs(1));
    assert_eq!((scene.drain().await, asked(&scene).await), (0, 0), "it is not time yet");
    after(&scene, SignedDuration::from_secs(1)).await;
    assert_eq!(statuses(&scene).await, [COMPLETE]);
    assert_eq!(asked(&scene).await, 1);
}

#[tokio::test]
async fn a_finish_that_was_announced_is_not_looked_at_again_and_where_nothing_is_open_nobody_asks() {
    let scene = invited().await;
    scene.platform_lists(listing(&[APPLICATION]));
    scene.platform_shows_progress(2);
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    after(&scene, SignedDuration::from_secs(66)).await;
    let looked = scene.asked_platform("GET", READ).await;
    after(&scene, EVERY - SignedDuration::from_secs(60)).await;
    let present = (asked(&scene).await, scene.asked_platform("GET", READ).await);
    assert_eq!(present, (1, looked), "it is looked at when the ladder says so");

    scene.platform_shows_finish();
    after(&scene, SignedDuration::from_mins(6)).await;
    assert_eq!(statuses(&scene).await, [IN_PROGRESS, COMPLETE]);
    let looked = scene.asked_platform("GET", READ).await;
    after(&scene, EVERY).await;
    let last = asked(&scene).await;
    after(&scene, SignedDuration::from_hours(24 * 3)).await;
    assert_eq!(asked(&scene).await, last, "every order has ended");
    assert_eq!(scene.asked_platform("GET", READ).await, looked);
}

#[tokio::test]
async fn an_order_that_is_silent_for_a_day_is_looked_at_which_finds_starts_and_whom_people_have_moved_on() {
    let scene = invited().await;
    scene.platform_shows_progress(1);
    after(&scene, SignedDuration::from_hours(23)).await;
    assert!(statuses(&scene).await.is_empty(), "the list names nobody who has begun");
    after(&scene, SignedDuration::from_hours(1)).await;
    // The vacancy has waited longer.
    after(&scene, SignedDuration::from_secs(4)).await;
    assert_eq!(statuses(&scene).await, [IN_PROGRESS]);

    let mut finished = crate::scene::finished();
    finished["data"]["attributes"]["status"] = json!("shortlisted");
    scene.platform_shows(ResponseTemplate::new(200).set_body_json(finished));
    after(&scene, SignedDuration::from_hours(24)).await;
    after(&scene, SignedDuration::from_secs(4)).await;
    assert_eq!(statuses(&scene).await, [IN_PROGRESS, COMPLETE]);
}

#[tokio::test]
async fn each_question_goes_on_where_the_last_one_was_answered_and_somewhat_before() {
    let scene = invited().await;
    let ordered_at = scene.clock.clock().now();
    after(&scene, EVERY).await;
    let first_answer = scene.clock.clock().now();
    scene.platform_lists(ResponseTemplate::new(503));
    after(&scene, EVERY).await;
    scene.platform_lists(listing(&[]));
    after(&scene, EVERY).await;
    let second_answer = scene.clock.clock().now();
    after(&scene, EVERY).await;
    let expected = [ordered_at, first_answer, first_answer, second_answer].map(|moment| moment - OVERLAP);
    assert_eq!(asked_since(&scene).await, expected, "what was not answered is asked for again");
}

#[tokio::test]
async fn after_a_restart_the_questions_go_on_where_they_were() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || Store::open(&folder.path().join("integration.db"), SealingKey::from_passphrase(&"key".to_owned().into()));
    let scene = Scene::on(open().expect("a file"), |_| {}, |_| {}).await;
    let (id, began) = ("4021".parse().expect("digits"), scene.clock.clock().now());
    ordered(&scene.store, id, 1, began).await;
    after(&scene, EVERY).await;
    assert_eq!(asked_since(&scene).await, [began - OVERLAP]);
    let answered = scene.clock.clock().now();
    drop(scene);

    let store = open().expect("nobody else has it");
    let next: Result<_, StoreError> = store.read(move |tx| sweeps::next(tx, id, answered + EVERY)).await;
    let vacancy = format!("64c20d1e5f7a8b00{:08x}", 1).parse().expect("24 digits");
    assert_eq!(next.expect("the store answers"), Some(Question::Vacancy(vacancy, answered)));
    let lines: Result<_, StoreError> = store.read(move |tx| jobs::waiting(tx, answered, answered + EVERY, &[])).await;
    let lines = lines.expect("the store answers");
    assert!(lines.iter().any(|line| line.kind == JobKind::Sweep && line.due_at == answered + EVERY), "{lines:?}");
}

#[tokio::test]
async fn what_happened_before_an_application_was_known_is_asked_for_too() {
    let scene = Scene::ready().await;
    let (id, noon): (CustomerId, _) = ("4021".parse().expect("digits"), scene.clock.clock().now());
    ordered(&scene.store, id, 1, noon).await;
    after(&scene, SignedDuration::from_hours(3)).await;
    let asked = scene.clock.clock().now();
    // An order for the same vacancy that came an hour ago learns its application now: whoever created it was killed meanwhile.
    let came = asked - SignedDuration::from_hours(1);
    let late: Result<(), StoreError> = scene
        .store
        .write(move |tx| {
            let package = PackageLabel::parse(&format!("Harver Call Centre Advisor – 64c20d1e5f7a8b00{:08x}", 1));
            let new = NewOrder { customer: id, package: package.expect("a Harver label"), ..new_order(88431) };
            let order = orders::insert(tx, &new, came)?;
            let link = "https://my.harver.com/magic-link/1".parse().expect("a URL");
            orders::keep_link(tx, order, &APPLICATION.parse().expect("24 digits"), (&link, asked), asked)
        })
        .await;
    late.expect("the store answers");
    after(&scene, EVERY).await;
    assert_eq!(asked_since(&scene).await.last(), Some(&(came - OVERLAP)));
}

#[tokio::test]
async fn however_many_vacancies_and_silent_orders_there_are_fifteen_questions_a_minute_are_asked() {
    const VACANCIES: u32 = 100;
    let scene = Scene::ready().await;
    let shown = ResponseTemplate::new(200).set_body_json(under_way(0));
    scene.harver_answers("GET", "/api/v1.0/applications/[0-9a-f]{24}", shown).await;
    let (id, noon): (CustomerId, _) = ("4021".parse().expect("digits"), scene.clock.clock().now());
    for number in 1..=VACANCIES {
        ordered(&scene.store, id, number, noon).await;
    }
    for start in [EVERY, SignedDuration::from_hours(24)] {
        after(&scene, start).await;
        let before = scene.harver.received_requests().await.expect("recording is on").len();
        for _ in 0..60 {
            after(&scene, SignedDuration::from_secs(1)).await;
        }
        let requests = scene.harver.received_requests().await.expect("recording is on");
        let asked = requests[before..].iter().filter(|request| request.method.as_str() == "GET").count();
        assert_eq!(asked, 15);
    }
    for _ in 0..VACANCIES {
        after(&scene, SignedDuration::from_secs(4)).await;
    }
    for number in 1..=VACANCIES {
        let vacancy = format!("64c20d1e5f7a8b00{number:08x}");
        assert!(scene.asked_platform("GET", &of_vacancy(&vacancy)).await > 0, "{vacancy} has its turn");
    }
}

#[tokio::test]
async fn more_than_is_read_at_once_is_asked_about_one_by_one() {
    let scene = invited().await;
    scene.platform_shows_finish();
    scene.platform_lists(ResponseTemplate::new(200).set_body_string("x".repeat(2 << 20)));
    after(&scene, EVERY).await;
    after(&scene, SignedDuration::from_secs(4)).await;
    assert_eq!(statuses(&scene).await, [COMPLETE]);
}

#[tokio::test]
async fn a_vacancy_that_cannot_be_asked_for_keeps_no_other_one_waiting() {
    for refusal in [not_there(), ResponseTemplate::new(400)] {
        let scene = invited().await;
        let (id, now): (CustomerId, _) = ("4021".parse().expect("digits"), scene.clock.clock().now());
        let refused = Mock::given(method("GET")).and(path_regex(of_vacancy(VACANCY))).respond_with(refusal).with_priority(5);
        refused.mount(&scene.harver).await;
        ordered(&scene.store, id, 2, now).await;
        for _ in 0..3 {
            after(&scene, EVERY).await;
            after(&scene, SignedDuration::from_secs(4)).await;
        }
        assert_eq!(scene.asked_platform("GET", &of_vacancy(&format!("64c20d1e5f7a8b00{:08x}", 2))).await, 3);
        let dead: Result<_, StoreError> = scene.store.read(move |tx| jobs::count_dead(tx, id)).await;
        assert_eq!(dead.expect("the store answers"), 0);
    }
}

#[tokio::test]
async fn questions_that_nobody_answers_are_told_as_given_up_and_go_on_by_themselves() {
    let scene = invited().await;
    let id: CustomerId = "4021".parse().expect("digits");
    let dead = async || {
        let dead: Result<_, StoreError> = scene.store.read(move |tx| jobs::count_dead(tx, id)).await;
        dead.expect("the store answers")
    };
    scene.platform_shows_finish();
    scene.platform_lists(ResponseTemplate::new(503));
    for minutes in [5, 2, 6, 17, 34, 67] {
        assert_eq!(dead().await, 0);
        after(&scene, SignedDuration::from_mins(minutes)).await;
    }
    assert_eq!((dead().await, state(&scene).await), (1, OrderState::Invited));
    scene.platform_lists(listing(&[APPLICATION]));
    after(&scene, SignedDuration::from_mins(61)).await;
    assert_eq!(statuses(&scene).await, [COMPLETE]);
    assert_eq!(dead().await, 0, "what was given up has been done after all");
}

#[tokio::test]
async fn a_platform_that_hangs_holds_up_no_other_customers_questions() {
    let scene = ready().await;
    let hanging = MockServer::start().await;
    let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    Mock::given(wiremock::matchers::any()).respond_with(late).mount(&hanging).await;
    let mut other = customer(&hanging.uri().parse().expect("a URL"), &hanging.uri().parse().expect("a URL"));
    other.id = "77".parse().expect("digits");
    other.events = InboundCredentials { username: "events-77".into(), ..other.events };
    other.webhooks = InboundCredentials { username: "webhooks-77".into(), ..other.webhooks };
    let theirs = other.id;
    scene.store.write(move |tx| store::insert_customer(tx, &other)).await.expect("a customer");
    ordered(&scene.store, theirs, 1, scene.clock.clock().now()).await;
    scene.clock.advance(SignedDuration::from_secs(1));
    scene.applied().await;
    scene.platform_shows_finish();
    scene.platform_lists(listing(&[APPLICATION]));
    scene.clock.advance(EVERY);

    let worker = scene.worker();
    let hung = tokio::spawn({
        let worker = worker.clone();
        async move { worker.step().await }
    });
    while hanging.received_requests().await.expect("recording is on").is_empty() {
        tokio::task::yield_now().await;
    }
    while let StepOutcome::Ran(outcome) = worker.step().await.expect("the store answers") {
        assert_eq!(outcome, AttemptOutcome::Done);
    }
    assert_eq!(statuses(&scene).await, [COMPLETE]);
    assert!(!hung.is_finished(), "the other customer's platform has not answered yet");
    hung.abort();
}
