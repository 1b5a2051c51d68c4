//! The sandbox as a test library: what it offers, and above all what it says when a test is wrong.

use std::time::Duration;

use icims_sandbox::Sandbox;
use icims_sandbox::icims::state::Refusal;
use icims_sandbox::library::{Customer, Pattern};
use serde_json::json;
use wiremock::matchers::{basic_auth, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A vendor that takes this customer's events and answers with a status.
async fn vendor(customer: &Customer, status: u16) -> MockServer {
    let vendor = MockServer::start().await;
    let answer = Mock::given(method("POST")).and(basic_auth("events", "s3cret")).respond_with(ResponseTemplate::new(status));
    answer.mount(&vendor).await;
    customer.connect_vendor(&vendor.uri(), "events", "s3cret").await;
    vendor
}

/// What a test would read that does something wrong.
async fn message(wrong: impl Future<Output = ()> + Send + 'static) -> String {
    let panic = tokio::spawn(wrong).await.expect_err("it must panic").into_panic();
    *panic.downcast::<String>().expect("a text")
}

#[tokio::test]
async fn an_event_is_expected_once_and_nothing_else() {
    let sandbox = Sandbox::start().await;
    let customer = sandbox.open_customer("Brightwater").await;
    let vendor = vendor(&customer, 200).await;
    let journal = customer.journal();
    let advanced = customer.advance(customer.sample_workflow(), "Send to Harver").await;
    assert!(advanced.event.is_some());
    let events = journal.expect(Pattern::event().workflow(customer.sample_workflow()).status(200)).times(1).await;
    assert!(events[0].target.starts_with(&vendor.uri()), "{}", events[0].target);
    journal.expect(Pattern::mail()).times(0).await;
    journal.nothing_else().await;
}

#[tokio::test]
async fn an_expectation_that_is_not_met_shows_what_was_there_instead() {
    let sandbox = Sandbox::start().await;
    let customer = sandbox.customer();
    let _vendor = vendor(&customer, 503).await;
    customer.advance(customer.sample_workflow(), "C40177").await;
    let unmet = customer.journal().expect(Pattern::event().status(200)).within(Duration::from_millis(20)).check().await;
    let text = unmet.expect_err("the vendor answered 503").to_string();
    assert!(text.contains("tests/library.rs:"), "{text}");
    assert!(text.contains("expected at least once within 20ms: an event of iCIMS to the vendor, answered 200."), "{text}");
    assert!(text.contains("Icims to Integration: POST http://127.0.0.1:") && text.contains(": 503"), "{text}");

    let quiet = sandbox.open_customer("Harbour").await;
    let unmet = quiet.journal().expect(Pattern::mail()).within(Duration::ZERO).check().await.expect_err("there is no mail");
    assert!(unmet.to_string().ends_with("  (nothing)"), "{unmet}");
    customer.journal().from_now().nothing_else().await;
    let text = message(async move { customer.journal().nothing_else().await }).await;
    assert!(text.contains("nothing else was to happen in customer 4021, but there was:\n  #1 Icims to"), "{text}");
}

#[tokio::test]
async fn once_too_often_is_not_met_either() {
    let sandbox = Sandbox::start().await;
    let customer = sandbox.customer();
    let _vendor = vendor(&customer, 200).await;
    for _ in 0..2 {
        customer.advance(customer.sample_workflow(), "Send to Harver").await;
    }
    let unmet = customer.journal().expect(Pattern::event()).times(1).check().await.expect_err("there were two");
    assert!(unmet.to_string().contains("exactly 1 times") && unmet.to_string().contains("found 2 times"), "{unmet}");
    assert_eq!(customer.journal().expect(Pattern::event()).times(2).await.len(), 2);
}

#[tokio::test]
async fn what_icims_refuses_is_said_in_its_words() {
    let sandbox = Sandbox::start().await;
    let customer = sandbox.customer();
    let (person, job) = (customer.person().contact().create().await, customer.job("Baker").create().await);
    let again = customer.clone();
    let text = message(async move {
        _ = again.submit(person, job).await;
    })
    .await;
    assert!(text.contains("customer 4021") && text.contains("is a Contact, not a Candidate"), "{text}");
    let again = customer.clone();
    let text = message(async move {
        _ = again.person().field("favouritecolour", json!("blue")).email("@").create().await;
    })
    .await;
    assert!(text.starts_with("making a person in customer 4021 was refused: "), "{text}");
    let again = customer.clone();
    let text = message(async move {
        _ = again.job("").package("Typing").create().await;
    })
    .await;
    assert!(text.starts_with("making a job in customer 4021 was refused: "), "{text}");
    let again = customer.clone();
    let text = message(async move {
        _ = again.get("/people/99999999").await;
    })
    .await;
    assert!(text.contains("/people/99999999 was answered 404"), "{text}");
    let refused = customer.try_advance(customer.sample_workflow(), "Send to the moon").await.expect_err("no such status");
    assert!(matches!(refused, Refusal::Invalid(_)), "{refused:?}");
}

#[tokio::test]
async fn customers_share_nothing_and_a_chosen_id_decides_everything() {
    let (one, two) = (Sandbox::start().await, Sandbox::start().await);
    let (first, second) = (one.open_customer("Brightwater").await, one.open_customer("Brightwater").await);
    assert_ne!(first.id(), second.id());
    first.person().name("Mara", "Lind").email("mara@example.org").create().await;
    let found = |customer: &Customer| {
        let tenant = one.world().icims().customer(customer.id().parse().expect("a number")).expect("a customer");
        tenant.read(|state| state.person_by_email("mara@example.org").is_some())
    };
    assert!(found(&first) && !found(&second));
    let (chosen, same) = (one.open_customer_with_id("Harbour", 5_001).await, two.open_customer_with_id("Harbour", 5_001).await);
    assert_eq!(chosen.keys().icims.hmac_key, same.keys().icims.hmac_key);
    assert_eq!(chosen.sample(), same.sample());
}

#[tokio::test]
async fn a_fault_disturbs_one_customer_until_it_is_ended() {
    let sandbox = Sandbox::start().await;
    let (disturbed, other) = (sandbox.open_customer("Brightwater").await, sandbox.open_customer("Harbour").await);
    disturbed.fault("daily_quota");
    let again = disturbed.clone();
    let text = message(async move {
        _ = again.get("/people/1188").await;
    })
    .await;
    assert!(text.contains("was answered 429"), "{text}");
    other.get("/people/1188").await;
    disturbed.no_more_faults();
    disturbed.get("/people/1188").await;
    let text = message(async move { disturbed.fault("bad_weather") }).await;
    assert!(text.contains("\"bad_weather\"") && text.contains("slow_icims"), "{text}");
}

#[tokio::test]
async fn the_clock_is_moved_by_words_and_nonsense_is_named() {
    let sandbox = Sandbox::builder().seed(7).frozen_at("2031-03-04T09:00:00Z").start().await;
    assert_eq!(sandbox.clock().advance("1 day 2h").await.to_string(), "2031-03-05T11:00:00Z");
    assert_eq!(sandbox.clock().set("2031-03-04T09:00:00Z").await, sandbox.clock().now());
    let text = message(async move {
        _ = sandbox.clock().advance("soon").await;
    })
    .await;
    assert!(text.contains("\"soon\" is no time to advance by"), "{text}");
}

#[tokio::test]
async fn a_dropped_sandbox_answers_no_more() {
    let sandbox = Sandbox::start().await;
    let url = format!("{}/__sandbox/health", sandbox.addresses().control);
    let client = icims_sandbox::engine::direct().timeout(Duration::from_secs(10)).build().expect("a client");
    assert!(client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()));
    drop(sandbox);
    let gone = async {
        while client.get(&url).send().await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.expect("nobody answers any more");
}
