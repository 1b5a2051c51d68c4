//! What monitoring reads of what happens, and that it names nobody.

use axum::body::to_bytes;
use axum::http::StatusCode;
use harver_icims::ats_to_harver::START_PATH;
use harver_icims::domain::{Breaker, Neighbour, News, Pattern};
use harver_icims::store::{StoreError, breakers};
use harver_icims::web::RateLimits;
use jiff::SignedDuration;
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::post_office::PostOffice;
use crate::scene::Scene;

/// What `/metrics` says at present.
struct Told(String);

impl Told {
    async fn by(scene: &Scene) -> Self {
        let answer = scene.opened("/metrics").await;
        assert_eq!(answer.status(), StatusCode::OK);
        let body = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
        Self(String::from_utf8(body.to_vec()).expect("text"))
    }

    /// The value of the one sample with this name and labels.
    fn value(&self, sample: &str) -> Option<f64> {
        self.0.lines().find_map(|line| line.strip_prefix("harver_icims_")?.strip_prefix(sample)?.strip_prefix(' ')?.parse().ok())
    }

    #[track_caller]
    fn is(&self, sample: &str, value: f64) {
        assert_eq!(self.value(sample), Some(value), "{sample}\n{}", self.0);
    }
}

#[tokio::test]
async fn events_are_counted_by_what_they_were_answered() {
    let scene = Scene::ready().await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(scene.advanced_to("10200").await.status, StatusCode::OK);
    assert_eq!(scene.post(START_PATH, "somebody:else", b"{}".to_vec(), &[]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(scene.start(&json!({"customerId": "4021"})).await.status, StatusCode::BAD_REQUEST);
    let told = Told::by(&scene).await;
    for answer in ["recorded", "already_there", "ignored", "unreadable"] {
        told.is(&format!("events_total{{customer=\"4021\",answer=\"{answer}\"}}"), 1.0);
    }
    told.is("events_total{customer=\"\",answer=\"credentials\"}", 1.0);
    told.is("event_answer_duration_seconds_count", 5.0);
}

#[tokio::test]
async fn events_that_come_too_often_are_counted_also_where_nobody_has_asked_who_calls() {
    let scene = Scene::ready_with(|settings| {
        settings.rates =
            Some(RateLimits { of_a_customer: 60.try_into().expect("in range"), of_strangers: 60.try_into().expect("in range") });
    })
    .await;
    // Monitoring asks from elsewhere: it is a stranger too.
    scene.is_called_from("203.0.113.9");
    while scene.post(START_PATH, "", b"{}".to_vec(), &[]).await.status != StatusCode::TOO_MANY_REQUESTS {}
    while scene.advanced_to("10200").await.status != StatusCode::TOO_MANY_REQUESTS {}
    let told = Told::by(&scene).await;
    for customer in ["", "4021"] {
        told.is(&format!("events_total{{customer=\"{customer}\",answer=\"too_often\"}}"), 1.0);
    }
}

#[tokio::test]
async fn an_event_that_opens_a_page_is_told_from_one_that_is_recorded_and_what_fails_by_whom() {
    let scene = Scene::ready().await;
    assert_eq!(scene.applied().await.status, StatusCode::SEE_OTHER);
    let off = Scene::bare(|customer| customer.patterns = vec![Pattern::AdHoc], |_| {}).await;
    assert_eq!(off.applied().await.status, StatusCode::BAD_REQUEST);
    let away = Scene::bare(|_| {}, |_| {}).await;
    away.icims_answers("GET", "/customers/4021/jobs/2210", ResponseTemplate::new(502)).await;
    away.icims_answers("GET", "/customers/4021/people/30517", ResponseTemplate::new(502)).await;
    assert_eq!(away.advanced_to("40177").await.status, StatusCode::SERVICE_UNAVAILABLE);
    for (scene, answer) in [(scene, "opened"), (off, "switched_off"), (away, "icims")] {
        Told::by(&scene).await.is(&format!("events_total{{customer=\"4021\",answer=\"{answer}\"}}"), 1.0);
    }
}

#[tokio::test]
async fn attempts_calls_and_orders_are_counted_and_the_oldest_due_step_has_an_age() {
    let office = PostOffice::open().await;
    let scene = Scene::ready_with(|settings| settings.mail.port = office.port).await;
    scene.advanced_to("40177").await;
    scene.clock.advance(SignedDuration::from_secs(90));
    let told = Told::by(&scene).await;
    told.is("orders{customer=\"4021\",state=\"received\"}", 1.0);
    told.is("orders{customer=\"4021\",state=\"invited\"}", 0.0);
    told.is("steps_due{customer=\"4021\"}", 1.0);
    told.is("oldest_due_step_age_seconds{customer=\"4021\"}", 90.0);
    scene.drain().await;
    let told = Told::by(&scene).await;
    told.is("orders{customer=\"4021\",state=\"received\"}", 0.0);
    told.is("orders{customer=\"4021\",state=\"invited\"}", 1.0);
    told.is("oldest_due_step_age_seconds{customer=\"4021\"}", 0.0);
    for kind in ["start_assessment", "send_invitation"] {
        told.is(&format!("step_attempts_total{{customer=\"4021\",kind=\"{kind}\",outcome=\"done\"}}"), 1.0);
        told.is(&format!("step_attempt_duration_seconds_count{{kind=\"{kind}\"}}"), 1.0);
    }
    for (neighbour, call) in
        [("icims", "job"), ("icims", "person"), ("harver", "create_application"), ("mail", "begin_mail"), ("mail", "finish_mail")]
    {
        let count =
            format!("neighbour_call_duration_seconds_count{{neighbour=\"{neighbour}\",call=\"{call}\",outcome=\"answered\"}}");
        assert!(told.value(&count) >= Some(1.0), "{count}\n{}", told.0);
    }
    for named in ["Ines", "Okafor", "example.org", "88431", "30517", "magic-link", "127.0.0.1"] {
        assert!(!told.0.contains(named), "it names {named}:\n{}", told.0);
    }
}

#[tokio::test]
async fn a_step_that_a_neighbour_holds_up_is_not_overdue_and_one_that_fails_is_counted() {
    let scene = Scene::ready().await;
    scene.advanced_to("40177").await;
    scene.worker().step().await.expect("the application is there, and the mail is to be sent");
    let known = async |breaker: Option<Breaker>| {
        let customer = "4021".parse().expect("digits");
        let kept: Result<_, StoreError> =
            scene.store.write(move |tx| breakers::keep(tx, customer, Neighbour::Mail, breaker.as_ref())).await;
        kept.expect("the store answers");
    };
    known(Breaker::after(None, News::Refused("it does not know us".into()), scene.clock.clock().now())).await;
    scene.clock.advance(SignedDuration::from_secs(40));
    let told = Told::by(&scene).await;
    told.is("steps_waiting{customer=\"4021\"}", 1.0);
    told.is("oldest_due_step_age_seconds{customer=\"4021\"}", 0.0);
    told.is("neighbour_parked{customer=\"4021\",neighbour=\"mail\"}", 1.0);
    known(None).await;
    Told::by(&scene).await.is("oldest_due_step_age_seconds{customer=\"4021\"}", 40.0);
    // Nobody is there who takes the mail.
    scene.drain().await;
    let told = Told::by(&scene).await;
    told.is("step_attempts_total{customer=\"4021\",kind=\"send_invitation\",outcome=\"later\"}", 1.0);
    told.is("neighbour_call_duration_seconds_count{neighbour=\"mail\",call=\"begin_mail\",outcome=\"unanswered\"}", 1.0);
}

#[tokio::test]
async fn what_icims_tells_of_the_quota_is_told_and_what_it_refuses_is_counted() {
    let scene = Scene::bare(|_| {}, |_| {}).await;
    let used_up = ResponseTemplate::new(429).insert_header("x-ratelimit-remaining", "0");
    scene.icims_answers("GET", "/customers/4021/jobs/2210", ResponseTemplate::new(403)).await;
    scene.icims_answers("GET", "/customers/4021/people/30517", used_up).await;
    scene.advanced_to("40177").await;
    let told = Told::by(&scene).await;
    told.is("neighbour_quota_left{customer=\"4021\",neighbour=\"icims\"}", 0.0);
    told.is("neighbour_call_duration_seconds_count{neighbour=\"icims\",call=\"person\",outcome=\"throttled\"}", 1.0);
    told.is("neighbour_call_duration_seconds_count{neighbour=\"icims\",call=\"job\",outcome=\"refused\"}", 1.0);
}
