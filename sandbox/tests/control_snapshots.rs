//! Snapshots over HTTP and across restarts, and that nobody ever sees a part of one world and a part of another.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use icims_sandbox::control::NewTenantWish;
use icims_sandbox::harver_platform::state::AccountState;
use icims_sandbox::icims::state::CustomerState;
use icims_sandbox::mailbox::{Envelope, MailFilter};
use icims_sandbox::{Config, Sandbox};
use jiff::SignedDuration;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;

struct Running {
    sandbox: Sandbox,
    client: Client,
}

impl Running {
    async fn start(data: Option<&Path>) -> Self {
        let config = Config { port: 0, data: data.map(Path::to_path_buf), seed: 7, ..Config::default() };
        let sandbox = Sandbox::bind(config).await.expect("free ports").start(None).await.expect("it starts");
        let client = icims_sandbox::engine::direct().timeout(Duration::from_secs(30)).build().expect("a client");
        Self { sandbox, client }
    }

    async fn ask(&self, method: Method, path: &str) -> (StatusCode, Value) {
        let url = format!("{}/__sandbox/{path}", self.sandbox.addresses().control);
        let response = self.client.request(method, url).send().await.expect("an answer");
        (response.status(), response.json().await.expect("JSON"))
    }

    async fn done(&self, method: Method, path: &str) -> Value {
        let (status, body) = self.ask(method, path).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    /// Changes what is to be seen of a customer in iCIMS, on the platform and in the mailbox; the number tells the states apart.
    async fn mark(&self, customer: u64, number: usize) {
        let world = self.sandbox.world();
        let tenant = world.tenant(&customer.to_string()).expect("the customer");
        let icims = world.icims().customer(customer).expect("the customer");
        icims
            .write(|state| -> Result<(), icims_sandbox::engine::DiskError> {
                state.allow_daily_calls(1_000 + number as u64);
                Ok(())
            })
            .await
            .expect("stored");
        let account = world.platform().account(&tenant.account_id).expect("the account");
        account
            .write(|state| -> Result<(), icims_sandbox::engine::DiskError> {
                state.edit_profile().requests_per_minute = 1_000 + number as u32;
                Ok(())
            })
            .await
            .expect("stored");
        let envelope = Envelope { from: String::new(), to: vec![format!("mark-{number}@example.org")] };
        let message = format!("X-Icims-Customer: {customer}\r\nSubject: {number}\r\n\r\nThere\r\n");
        world.mailbox().deliver(envelope, message.into_bytes()).await.expect("it is stored");
    }

    /// What is to be seen of a customer: the numbers in iCIMS, on the platform and of the newest message.
    fn marks(&self, customer: u64) -> Option<(u64, u64, Option<String>)> {
        let world = self.sandbox.world();
        let tenant = world.tenant(&customer.to_string()).ok()?;
        let icims = world.icims().customer(customer)?.read(|state| state.info().daily_calls);
        let platform = world.platform().account(&tenant.account_id)?.read(|state| state.profile().requests_per_minute);
        let filter = MailFilter { customer: Some(customer.to_string()), ..MailFilter::default() };
        Some((icims, platform.into(), world.mailbox().find(&filter).first().map(|message| message.subject.clone())))
    }
}

fn marked(number: u64) -> Option<(u64, u64, Option<String>)> {
    Some((1_000 + number, 1_000 + number, Some(number.to_string())))
}

#[tokio::test]
async fn a_restored_world_is_as_it_was_with_its_clock_and_can_be_restored_again() {
    let running = Running::start(None).await;
    let world = running.sandbox.world();
    world.open_customer(NewTenantWish::named("Harbour")).await.expect("it is opened");
    running.mark(4021, 1).await;
    world.advance_clock(SignedDuration::from_hours(2)).await.expect("it moves");
    let taken = running.done(Method::PUT, "snapshots/calm").await;
    assert_eq!(
        (taken["name"].as_str(), taken["customers"].as_u64(), taken["messages"].as_u64()),
        (Some("calm"), Some(2), Some(1))
    );
    for round in 0..2 {
        running.mark(4021, 2).await;
        world.open_customer(NewTenantWish::default()).await.expect("it is opened");
        world.advance_clock(SignedDuration::from_hours(50)).await.expect("it moves");
        running.done(Method::POST, "snapshots/calm/restore").await;
        assert_eq!(running.marks(4021), marked(1), "round {round}");
        assert_eq!(world.tenants().len(), 2);
        assert_eq!(world.clock().offset(), SignedDuration::from_hours(2));
        assert!(running.done(Method::GET, "journal").await["exchanges"].as_array().is_some_and(Vec::is_empty));
    }
    running.done(Method::POST, "reset").await;
    assert_eq!(world.tenants().len(), 1);
    running.done(Method::POST, "snapshots/calm/restore").await;
    assert_eq!(running.marks(4021), marked(1), "a snapshot survives a reset");
    let next = world.open_customer(NewTenantWish::default()).await.expect("it is opened");
    assert_eq!(next.icims.customer_id, "4023", "ids go on from where they were");
}

#[tokio::test]
async fn one_customer_is_restored_without_the_others_and_the_clock() {
    let running = Running::start(None).await;
    let world = running.sandbox.world();
    world.open_customer(NewTenantWish::default()).await.expect("it is opened");
    running.mark(4021, 1).await;
    running.mark(4022, 1).await;
    running.done(Method::PUT, "snapshots/one?customer=4021").await;
    running.done(Method::PUT, "snapshots/all").await;
    for (path, number) in [("snapshots/one/restore", 2), ("snapshots/all/restore?customer=4021", 3)] {
        running.mark(4021, number).await;
        running.mark(4022, number).await;
        world.advance_clock(SignedDuration::from_hours(1)).await.expect("it moves");
        let offset = world.clock().offset();
        running.done(Method::POST, path).await;
        assert_eq!(running.marks(4021), marked(1), "{path}");
        assert_eq!(running.marks(4022), marked(number as u64), "{path}");
        assert_eq!(world.clock().offset(), offset);
    }
    let (status, body) = running.ask(Method::POST, "snapshots/one/restore?customer=4022").await;
    assert_eq!((status, &body["error"]["code"]), (StatusCode::CONFLICT, &json!("not_in_snapshot")));
}

#[tokio::test]
async fn snapshots_survive_a_restart_and_are_restored_from_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = Running::start(Some(folder.path())).await;
    running.sandbox.world().open_customer(NewTenantWish::default()).await.expect("it is opened");
    running.mark(4021, 1).await;
    running.done(Method::PUT, "snapshots/calm").await;
    running.done(Method::PUT, "snapshots/one?customer=4022").await;
    running.mark(4021, 2).await;
    running.mark(4022, 2).await;
    running.sandbox.stop().await;

    let running = Running::start(Some(folder.path())).await;
    let listed = running.done(Method::GET, "snapshots").await;
    assert_eq!(listed["snapshots"].as_array().map(Vec::len), Some(2), "{listed}");
    assert_eq!(running.marks(4021), marked(2));
    running.done(Method::POST, "snapshots/one/restore").await;
    assert_eq!(running.marks(4022), Some((10_000, 450, None)), "as it was opened");
    running.done(Method::POST, "snapshots/calm/restore").await;
    assert_eq!(running.marks(4021), marked(1));
    running.mark(4022, 5).await;
    running.sandbox.stop().await;

    let running = Running::start(Some(folder.path())).await;
    assert_eq!((running.marks(4021), running.marks(4022)), (marked(1), marked(5)), "what was restored is on disk");
    running.done(Method::DELETE, "snapshots/calm").await;
    running.sandbox.stop().await;
    let running = Running::start(Some(folder.path())).await;
    assert_eq!(running.ask(Method::POST, "snapshots/calm/restore").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_asks_before_it_restores_or_deletes() {
    let running = Running::start(None).await;
    running.mark(4021, 1).await;
    running.done(Method::PUT, "snapshots/calm").await;
    running.mark(4021, 2).await;
    let control = &running.sandbox.addresses().control;
    let seen = async |request: reqwest::RequestBuilder| {
        let answer = request.send().await.expect("a page");
        (answer.status(), answer.text().await.expect("HTML"))
    };
    let listed = seen(running.client.get(format!("{control}/snapshots"))).await.1;
    for (verb, title) in [("restore", "Restore calm?"), ("delete", "Delete calm?")] {
        let address = format!("/snapshots/{verb}?name=calm");
        assert!(listed.contains(&format!("href=\"{address}\"")), "{listed}");
        // Whoever sends the form without an answer is asked, too.
        let unasked = running.client.post(format!("{control}/snapshots/{verb}")).form(&[("name", "calm")]);
        for request in [running.client.get(format!("{control}{address}")), unasked] {
            let (status, page) = seen(request).await;
            assert!(status == StatusCode::OK && page.contains(title) && page.contains("id=\"confirm\""), "{page}");
            assert!(page.contains(&format!("action=\"/snapshots/{verb}\"")) && page.contains("value=\"calm\""), "{page}");
        }
        let nothing = running.client.get(format!("{control}/snapshots/{verb}?name=stormy"));
        assert_eq!(seen(nothing).await.0, StatusCode::NOT_FOUND, "there is nothing to ask about");
    }
    assert_eq!(running.marks(4021), marked(2));
    running.done(Method::GET, "snapshots/calm").await;
}

#[tokio::test]
async fn names_and_numbers_of_snapshots_are_bounded() {
    let running = Running::start(None).await;
    let long = "x".repeat(65);
    for name in ["a%20b", "a%2Fb", "%00", ".hidden", "..", long.as_str(), "ä"] {
        let (status, body) = running.ask(Method::PUT, &format!("snapshots/{name}")).await;
        assert!(status.is_client_error(), "{name}: {status} {body}");
    }
    for (method, path, status, code) in [
        (Method::PUT, "snapshots/a?customer=9999", StatusCode::NOT_FOUND, "unknown_customer"),
        (Method::GET, "snapshots/a", StatusCode::NOT_FOUND, "unknown_snapshot"),
        (Method::DELETE, "snapshots/a", StatusCode::NOT_FOUND, "unknown_snapshot"),
        (Method::POST, "snapshots/a/restore", StatusCode::NOT_FOUND, "unknown_snapshot"),
        (Method::POST, "snapshots/a", StatusCode::METHOD_NOT_ALLOWED, "wrong_method"),
    ] {
        let (found, answer) = running.ask(method, path).await;
        assert_eq!((found, &answer["error"]["code"]), (status, &Value::from(code)), "{path}: {answer}");
    }
    for number in 0..100 {
        running.done(Method::PUT, &format!("snapshots/s{number}")).await;
    }
    let (status, body) = running.ask(Method::PUT, "snapshots/one-more").await;
    assert_eq!((status, &body["error"]["code"]), (StatusCode::CONFLICT, &json!("too_many_snapshots")));
    running.done(Method::PUT, "snapshots/s7").await;
    running.done(Method::DELETE, "snapshots/s7").await;
    running.done(Method::PUT, "snapshots/one-more").await;
}

#[tokio::test]
async fn the_page_takes_restores_and_deletes_without_scripts() {
    let running = Running::start(None).await;
    let control = running.sandbox.addresses().control.clone();
    let page = async |path: &str, form: Option<&str>| {
        let url = format!("{control}/{path}");
        let request = match form {
            None => running.client.get(url),
            Some(form) => {
                let request = running.client.post(url).body(form.to_owned()).header("Origin", &control);
                request.header("Content-Type", "application/x-www-form-urlencoded")
            }
        };
        request.send().await.expect("an answer").text().await.expect("a page")
    };
    assert!(page("", None).await.contains("href=\"/snapshots\""));
    assert!(page("snapshots", None).await.contains("id=\"no-snapshots\""));
    for (path, form, said) in [
        ("snapshots/take", "name=calm&customer=", "Snapshot calm has been taken."),
        ("snapshots/take", "name=one&customer=4021", "customer 4021"),
        ("snapshots/restore", "name=calm", "Restore calm?"),
        ("snapshots/restore", "name=calm&confirmed=on", "as it was then"),
        ("snapshots/delete", "name=calm", "Delete calm?"),
        ("snapshots/delete", "name=calm&confirmed=on", "Snapshot calm has been deleted."),
        ("snapshots/delete", "name=calm", "id=\"problem\""),
        ("snapshots/delete", "name=calm&confirmed=on", "id=\"problem\""),
        ("snapshots/take", "name=%3Cb%3E", "id=\"problem\""),
    ] {
        let found = page(path, Some(form)).await;
        assert!(found.contains(said), "{path} {form}: {found}");
    }
}

/// One world has even numbers everywhere and two customers, the other odd numbers and one. Whoever asks must find one of the two.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_sees_a_part_of_one_world_and_a_part_of_another() {
    let running = Running::start(None).await;
    let world = running.sandbox.world().clone();
    running.mark(4021, 1).await;
    running.done(Method::PUT, "snapshots/odd").await;
    world.open_customer(NewTenantWish::named("Even Only")).await.expect("it is opened");
    running.mark(4021, 2).await;
    running.done(Method::PUT, "snapshots/even").await;

    let keys = running.sandbox.ready().tenant.clone();
    let even = world.keys(&world.tenant("4022").expect("the customer"));
    let (over, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut asking = JoinSet::new();
    for _ in 0..4 {
        let (client, keys, even) = (running.client.clone(), keys.clone(), even.clone());
        let (over, asked, world) = (Arc::clone(&over), Arc::clone(&asked), world.clone());
        asking.spawn(async move {
            let mut seen = BTreeSet::new();
            while !over.load(Ordering::SeqCst) {
                // The overview is put together from what all actors know.
                let page = client.get(format!("{}/?customer=4021", keys.control.base_url)).send().await.expect("an answer");
                assert_eq!(page.status(), StatusCode::OK);
                let page = page.text().await.expect("a page");
                let (customers, mails) = (page.contains("Even Only"), page.contains("(2)"));
                assert_eq!(customers, mails, "two customers go with two messages");
                seen.insert(customers);
                // A request that comes in passes the gate and does its work in the same world.
                let url = format!("{}/customers/4022", even.icims.base_url);
                let answer = client.get(url).basic_auth(&even.icims.username, Some(&even.icims.password)).send().await;
                let status = answer.expect("an answer").status();
                assert!(matches!(status, StatusCode::OK | StatusCode::UNAUTHORIZED), "{status}");
                // What is asked of two actors within one request comes from one world.
                let customer = world.registry().customer(4021).expect("always there");
                let icims = customer.tenant::<CustomerState>().expect("always there").read(|state| state.info().daily_calls);
                tokio::task::yield_now().await;
                let account = customer.tenant::<AccountState>().expect("always there");
                assert_eq!(icims, account.read(|state| u64::from(state.profile().requests_per_minute)));
                asked.fetch_add(1, Ordering::SeqCst);
            }
            seen
        });
    }
    for round in 0.. {
        let name = if round % 2 == 0 { "odd" } else { "even" };
        world.restore_snapshot(name, None).await.expect("it is restored");
        // Whoever asks ends only when it has seen what must not be.
        if let Some(ended) = asking.try_join_next() {
            ended.expect("every answer comes from one world");
        }
        if round >= 60 && asked.load(Ordering::SeqCst) >= 200 {
            break;
        }
    }
    over.store(true, Ordering::SeqCst);
    let seen: BTreeSet<bool> = asking.join_all().await.into_iter().flatten().collect();
    assert_eq!(seen.len(), 2, "both worlds were seen");
}
