//! Webhooks: delivered, tried again on the virtual clock, given up, and not lost when the process stops.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use icims_sandbox::engine::{Disk, JournalFilter, Kept, Registry, Sender, restored};
use icims_sandbox::harver_platform::callbacks::WebhookSender;
use icims_sandbox::harver_platform::model::{Callback, CallbackState, Event, WebhookSubscription};
use icims_sandbox::harver_platform::state::{AccountState, Attempt, Due};
use jiff::SignedDuration;
use serde_json::{Value, json};
use wiremock::matchers::{basic_auth, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::platform_support::{ACCOUNT, World};

async fn connected(world: &World, receiver: &MockServer) {
    let url = format!("{}/webhooks/harver", receiver.uri());
    world.platform.connect_webhook(ACCOUNT, url, "harver".into(), "secret".into()).await.expect("connected");
}

fn spawn_delivery(world: &World) -> tokio::sync::oneshot::Sender<()> {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let platform = world.platform.clone();
    tokio::spawn(async move {
        platform
            .run(async {
                let _ = stopped.await;
            })
            .await;
    });
    stop
}

/// Waits until the callbacks satisfy a condition, and says what they were if they never do.
async fn until(world: &World, what: &str, condition: impl Fn(&[Callback]) -> bool) -> Vec<Callback> {
    let account = world.platform.account(ACCOUNT).expect("open");
    let look = || account.read(|state| state.callbacks().map(|(_, callback)| callback.clone()).collect::<Vec<_>>());
    let waited = tokio::time::timeout(Duration::from_secs(10), async {
        while !condition(&look()) {
            tokio::task::yield_now().await;
        }
    });
    assert!(waited.await.is_ok(), "{what}: {:?}", look());
    look()
}

fn all_delivered(callbacks: &[Callback]) -> bool {
    !callbacks.is_empty() && callbacks.iter().all(|callback| matches!(callback.state, CallbackState::Delivered { .. }))
}

#[tokio::test]
async fn start_and_completion_are_told_with_the_documented_body() {
    let (world, receiver) = (World::start().await, MockServer::start().await);
    Mock::given(method("POST"))
        .and(path("/webhooks/harver"))
        .and(basic_auth("harver", "secret"))
        .and(header("content-type", "application/json"))
        .respond_with(ResponseTemplate::new(204))
        .expect(2)
        .mount(&receiver)
        .await;
    connected(&world, &receiver).await;
    let _stop = spawn_delivery(&world);
    let (link, id) = world.register("ines@example.org", None).await;
    world.finish(&link, "a", "9").await;
    until(&world, "both are delivered", |callbacks| callbacks.len() == 2 && all_delivered(callbacks)).await;

    let mut bodies: Vec<Value> =
        receiver.received_requests().await.expect("recorded").iter().map(|request| request.body_json().expect("json")).collect();
    bodies.sort_by_key(|body| body["event"].to_string());
    for (body, event, status) in [(&bodies[0], "ApplicationStarted", "in-progress"), (&bodies[1], "CandidateStatusNew", "new")] {
        let triggered_at = body["triggeredAt"].as_i64().expect("milliseconds");
        let wanted = json!({
            "triggeredAt": triggered_at, "event": event,
            "data": {"type": "applications", "id": id, "attributes": {"status": status}},
            "relationships": {"account": {"data": {"type": "account", "id": ACCOUNT}}},
        });
        assert_eq!(body, &wanted);
        assert!((triggered_at / 1000 - world.clock.now().as_second()).abs() < 60);
    }
    assert_eq!(world.platform.pending(None), 0);
}

#[tokio::test]
async fn a_failed_webhook_is_tried_again_on_the_virtual_clock() {
    let (world, receiver) = (World::start().await, MockServer::start().await);
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(503)).up_to_n_times(1).mount(&receiver).await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).mount(&receiver).await;
    connected(&world, &receiver).await;
    let _stop = spawn_delivery(&world);
    let (link, _) = world.register("ines@example.org", None).await;
    let http = crate::platform_support::browser();
    let landing = world.open(&http, &link).await;
    http.post(landing.url().clone()).form(&[("terms", "yes")]).send().await.expect("a page");
    until(&world, "one attempt has failed", |callbacks| callbacks.first().is_some_and(|callback| callback.attempts == 1)).await;
    world.clock.advance(SignedDuration::from_secs(1));
    let callbacks = until(&world, "the second attempt is accepted", all_delivered).await;
    assert_eq!(callbacks[0].attempts, 2);
}

#[tokio::test]
async fn a_webhook_whose_attempt_the_disk_refuses_to_note_is_not_sent_again() {
    let (disk, receiver) = (Disk::memory(), MockServer::start().await);
    let world = World::start_empty(Registry::new(disk.clone())).await;
    world.seed().await;
    let refused = AtomicBool::new(false);
    let accepts = move |_: &wiremock::Request| {
        if !refused.swap(true, Ordering::SeqCst) {
            disk.refuse(1);
        }
        ResponseTemplate::new(204)
    };
    Mock::given(method("POST")).respond_with(accepts).expect(1).mount(&receiver).await;
    connected(&world, &receiver).await;
    let (link, _) = world.register("ines@example.org", None).await;
    let http = crate::platform_support::browser();
    let landing = world.open(&http, &link).await;
    http.post(landing.url().clone()).form(&[("terms", "yes")]).send().await.expect("a page");
    // Nothing else is written any more when the receiver is asked.
    let _stop = spawn_delivery(&world);
    let callbacks = until(&world, "it is noted in the end", all_delivered).await;
    assert_eq!(callbacks[0].attempts, 1);
}

#[tokio::test]
async fn a_receiver_that_never_answers_well_is_given_up_and_recorded() {
    let (world, receiver) = (World::start().await, MockServer::start().await);
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(500)).expect(6).mount(&receiver).await;
    connected(&world, &receiver).await;
    let _stop = spawn_delivery(&world);
    let (link, _) = world.register("ines@example.org", None).await;
    let http = crate::platform_support::browser();
    let landing = world.open(&http, &link).await;
    http.post(landing.url().clone()).form(&[("terms", "yes")]).send().await.expect("a page");
    for attempt in 1..=5 {
        until(&world, "the next attempt has failed", |callbacks| {
            callbacks.first().is_some_and(|callback| callback.attempts == attempt)
        })
        .await;
        world.clock.advance(SignedDuration::from_mins(1));
    }
    let callbacks =
        until(&world, "it is given up", |callbacks| callbacks.iter().all(|callback| callback.state == CallbackState::GivenUp))
            .await;
    assert_eq!(callbacks[0].latest_outcome.as_deref(), Some("answered 500"));
    assert_eq!(world.platform.pending(Some(ACCOUNT)), 0);
}

#[tokio::test]
async fn what_was_pending_is_delivered_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sandbox.db");
    let receiver = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).expect(2).mount(&receiver).await;

    let (disk, _) = Disk::open(&file).expect("a new file");
    let world = World::start_empty(Registry::new(disk)).await;
    world.seed().await;
    connected(&world, &receiver).await;
    // Nobody delivers: the process is killed before it could.
    let (link, id) = world.register("ines@example.org", None).await;
    world.finish(&link, "b", "5").await;
    assert_eq!(world.platform.pending(None), 2);
    drop(world);

    let (disk, rows) = Disk::open(&file).expect("the same file");
    let states = restored(&rows, |_| AccountState::blank()).expect("sound rows");
    let kept = states.into_iter().map(|(id, state)| Kept::new(id).with(state));
    let again = World::start_empty(Registry::begun(disk, kept)).await;
    let _stop = spawn_delivery(&again);
    until(&again, "both are delivered", all_delivered).await;
    let token = again.token().await;
    let (_, application) = again.get(&token, &format!("/applications/{id}")).await;
    assert_eq!(application["data"]["attributes"]["matchingProfile"]["label"], "Good Fit");
}

#[tokio::test]
async fn delivery_ends_when_it_is_asked_to() {
    let world = World::start().await;
    let ended = tokio::time::timeout(Duration::from_secs(5), world.platform.run(async {}));
    assert!(ended.await.is_ok());
}

#[tokio::test]
async fn the_sender_can_be_driven_by_itself_and_writes_to_the_journal() {
    let receiver = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(202)).expect(1).mount(&receiver).await;
    let world = World::start().await;
    let sender = WebhookSender::new(Sender::new(world.clock.clone(), world.journal.clone()));
    let now = world.clock.now();
    let due = Due {
        customer: Some("4021".into()),
        account: ACCOUNT.parse().expect("an id"),
        number: 1,
        callback: Callback {
            event: Event::CandidateStatusNew,
            application: "65aa01f29c3b4d00178e92fa".parse().expect("an id"),
            status: "new".parse().expect("a status"),
            triggered_at: now,
            subscription: "orchestrator".into(),
            workflow: Some("88431".into()),
            attempts: 0,
            latest_outcome: None,
            state: CallbackState::Pending { due_at: now },
        },
        subscription: WebhookSubscription {
            name: "orchestrator".into(),
            url: receiver.uri(),
            username: "u".into(),
            password: "p".into(),
        },
    };
    assert!(matches!(sender.deliver(&due).await, Attempt::Answered(202)));
    let filter = JournalFilter { customer: Some("4021".into()), workflow: Some("88431".into()), after: 0 };
    assert_eq!(world.journal.find(&filter).len(), 1);
}
