//! The same rules on a PostgreSQL server, and what only a server can do: go away, come back, and serve several replicas.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use harver_icims::clock::Clock;
use harver_icims::domain::{CustomerId, Job, JobKind, OrderId};
use harver_icims::store::{self, SealingKey, Store, StoreError, jobs, orders};
use jiff::SignedDuration;
use secrecy::SecretString;

use crate::database::server::{PACKAGE, Server};
use crate::database::{SERVER, fresh_schema};
use crate::support::{customer, new_order, nowhere};

/// The suites that ask the store in each way that it is asked. `CONTRIBUTING.md` says how all of them are run on a server.
const SUITES: [&str; 24] = [
    "asked_again::",
    "callbacks::",
    "console::history::",
    "console::orders::",
    "console::parked::",
    "console::refused::",
    "console::sign_in::",
    "console::tokens::",
    "mailing::",
    "metrics::",
    "refused_events::",
    "reminders::",
    "retention::",
    "rotation::",
    "same_address::",
    "sealing::",
    "second_rounds::",
    "selections::",
    "settings_api::",
    "sweeping::",
    "taken_along::",
    "told_at_once::",
    "turns::",
    "work::",
];

/// A server, where there is one. Where there must be one, its absence is a failure.
pub(crate) fn server() -> Option<Server> {
    let server = Server::start();
    if server.is_none() {
        let missing = format!("NOT RUN: the tests on PostgreSQL. Install the package {PACKAGE}.\n");
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{missing}");
        // What a test prints is kept from those who are not told that it failed.
        std::io::Write::write_all(&mut std::io::stderr(), missing.as_bytes()).expect("somebody to tell");
    }
    server
}

#[test]
fn what_holds_in_a_file_holds_on_a_server() {
    let Some(server) = server() else { return };
    let mut suite = Command::new(std::env::current_exe().expect("this program"));
    suite.env(SERVER, server.url()).args(SUITES).args(["--skip", "on_postgres::"]);
    let told = suite.output().expect("this program can be run");
    let said = String::from_utf8_lossy(&told.stdout);
    // A suite that was renamed would be none.
    assert!(SUITES.iter().all(|suite| said.contains(&format!("test {suite}"))), "{said}");
    let passed = said.lines().filter(|line| line.starts_with("test ") && line.ends_with(" ... ok")).count();
    assert!(told.status.success() && passed > 150, "{passed} passed\n{said}");
}

/// A fresh database and replicas that work on it.
fn replicas<const N: usize>(server: &Server) -> [Store; N] {
    on_machines(server, [(); N].map(|()| Clock::real())).map(|(store, _)| store)
}

/// The same on machines with these clocks, and the clocks that they work by.
fn on_machines<const N: usize>(server: &Server, clocks: [Clock; N]) -> [(Store, Clock); N] {
    let url: SecretString = fresh_schema(&server.url()).into();
    let opened = clocks.map(|clock| {
        let (url, key) = (url.clone(), SealingKey::from_passphrase(&"one key for all".to_owned().into()));
        std::thread::spawn(move || Store::connect(&url, key, clock))
    });
    opened.map(|opening| opening.join().expect("no panic").expect("a database, whoever is first to make it"))
}

pub(crate) async fn with_customer(store: &Store) {
    let customer = customer(&nowhere(), &nowhere());
    store.write(move |tx| store::insert_customer(tx, &customer)).await.expect("a customer");
}

pub(crate) async fn ordered(store: &Store, workflow: u64) -> Result<OrderId, StoreError> {
    let now = Clock::real().now();
    let change = move |tx: &store::Tx<'_>| {
        let order = orders::insert(tx, &new_order(workflow), now)?;
        jobs::enqueue(tx, Job { kind: JobKind::SendInvitation, order }, now)?;
        Ok(order)
    };
    store.write(change).await
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_that_start_at_once_give_each_job_to_one_of_them() {
    let Some(server) = server() else { return };
    let stores: [Store; 3] = replicas(&server);
    with_customer(&stores[0]).await;
    let all = (1..=60).map(|workflow| ordered(&stores[workflow as usize % 3], workflow));
    let all: BTreeSet<OrderId> = futures::future::join_all(all).await.into_iter().map(|order| order.expect("an order")).collect();
    let line: (CustomerId, JobKind) = ("4021".parse().expect("digits"), JobKind::SendInvitation);
    let claims = stores.iter().flat_map(|store| [store.clone(), store.clone()]).map(|store| {
        tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let now = Clock::real().now();
                let until = now + SignedDuration::from_mins(5);
                let claim: Result<_, StoreError> = store.write(move |tx| jobs::claim(tx, line, now, until, &[])).await;
                let Some(claim) = claim.expect("the server answers") else { return mine };
                mine.push(claim.job.order);
            }
        })
    });
    let given: Vec<OrderId> =
        futures::future::join_all(claims).await.into_iter().flat_map(|mine| mine.expect("no panic")).collect();
    assert_eq!(given.len(), all.len(), "each once");
    assert_eq!(given.into_iter().collect::<BTreeSet<_>>(), all);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_event_at_every_replica_makes_one_order() {
    let Some(server) = server() else { return };
    let stores: [Store; 3] = replicas(&server);
    with_customer(&stores[0]).await;
    let at_once = (0..24).map(|number| {
        let store = stores[number % 3].clone();
        async move {
            let recorded: Result<OrderId, StoreError> = store
                .write(|tx| {
                    let new = new_order(88431);
                    let now = Clock::real().now();
                    match orders::live(tx, new.customer, new.workflow, new.package.vacancy())? {
                        Some(known) => Ok(known.id),
                        None => orders::insert(tx, &new, now),
                    }
                })
                .await;
            recorded.expect("an order")
        }
    });
    let orders: BTreeSet<OrderId> = futures::future::join_all(at_once).await.into_iter().collect();
    assert_eq!(orders.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_leased_is_left_alone_by_a_machine_whose_clock_is_wrong() {
    let Some(server) = server() else { return };
    let wrong = |hours: i64| Clock::real().put_right(move || SignedDuration::from_hours(hours));
    let [(slow, by_slow), (fast, by_fast)] = on_machines(&server, [wrong(-3), wrong(3)]);
    with_customer(&slow).await;
    ordered(&slow, 1).await.expect("an order");
    let claim = async |store: &Store, clock: &Clock| {
        let (line, now) = (("4021".parse().expect("digits"), JobKind::SendInvitation), clock.now());
        let claim: Result<_, StoreError> =
            store.write(move |tx| jobs::claim(tx, line, now, now + SignedDuration::from_mins(5), &[])).await;
        claim.expect("the server answers").is_some()
    };
    assert!(claim(&slow, &by_slow).await, "it is due by the server's clock");
    assert!(!claim(&fast, &by_fast).await, "it is leased by the server's clock");
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_one_replica_adds_wakes_the_others() {
    let Some(server) = server() else { return };
    let [one, other]: [Store; 2] = replicas(&server);
    with_customer(&one).await;
    let mut woken = other.work_added();
    // It wakes its worker when it begins to listen, and by itself every five seconds: that makes two.
    for workflow in 1..=5 {
        woken.mark_unchanged();
        ordered(&one, workflow).await.expect("an order");
        tokio::time::timeout(Duration::from_secs(2), woken.changed()).await.expect("it is called").expect("the store lives");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_away_refuses_and_is_used_again_without_a_person() {
    let Some(mut server) = server() else { return };
    let [store]: [Store; 1] = replicas(&server);
    with_customer(&store).await;
    let kept = ordered(&store, 1).await.expect("an order");
    server.stop();
    assert!(ordered(&store, 2).await.is_err());
    assert!(store.ready().await.is_err());
    server.run();
    let again = ordered(&store, 2).await.expect("an order");
    store.ready().await.expect("it is ready again");
    assert!(kept < again);
    let found: Result<_, StoreError> = store.read(move |tx| orders::get_order(tx, kept)).await;
    assert!(found.expect("the server answers").is_some());
}

/// A replica that is halted in the middle of a change, as far as the server can tell: nothing comes from it any more.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_hangs_in_the_middle_of_a_change_is_put_out_and_its_change_is_undone() {
    let Some(server) = server() else { return };
    let [hangs, other]: [Store; 2] = replicas(&server);
    with_customer(&hangs).await;
    let order = ordered(&hangs, 1).await.expect("an order");
    let fail = move |tx: &store::Tx<'_>, why: &str| orders::keep_failure(tx, order, why);
    let (begins, begun) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = Arc::new(std::sync::Mutex::new(released));
    let hanging = tokio::spawn(async move {
        let change = move |tx: &store::Tx<'_>| {
            fail(tx, "it hangs")?;
            // It is run again, and hangs once.
            if begins.send(()).is_ok() {
                let _ = released.lock().expect("nobody panics with it").recv();
            }
            Ok::<_, StoreError>(())
        };
        hangs.write(change).await
    });
    let begun = tokio::task::spawn_blocking(move || begun.recv().map(|()| begun));
    let begun = begun.await.expect("no panic").expect("it hangs");
    drop(begun);
    let changed: Result<_, StoreError> = other.write(move |tx| fail(tx, "the other one")).await;
    changed.expect("it is kept waiting no longer than it waits");
    let found: Result<_, StoreError> = other.read(move |tx| orders::get_order(tx, order)).await;
    let failure = found.expect("the server answers").expect("the order").failure;
    assert_eq!(failure.as_deref(), Some("the other one"));
    drop(release);
    hanging.await.expect("no panic").expect("it is done again");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_while_others_write_waits_for_nobody() {
    let Some(server) = server() else { return };
    let [store]: [Store; 1] = replicas(&server);
    with_customer(&store).await;
    let (begins, begun) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let (held, released) = (store.clone(), Arc::new(std::sync::Mutex::new(released)));
    let holding = tokio::spawn(async move {
        let change = move |tx: &store::Tx<'_>| {
            let order = orders::insert(tx, &new_order(1), Clock::real().now())?;
            // It may be overtaken, and is held once.
            if begins.send(()).is_ok() {
                released.lock().expect("nobody panics with it").recv().expect("the test lets go");
            }
            Ok::<_, StoreError>(order)
        };
        held.write(change).await
    });
    tokio::task::spawn_blocking(move || begun.recv()).await.expect("no panic").expect("it is held");
    let (read, other) = tokio::time::timeout(Duration::from_secs(5), async {
        let read: Result<_, StoreError> = store.read(store::customers).await;
        (read, ordered(&store, 2).await)
    })
    .await
    .expect("nobody waits");
    assert_eq!((read.expect("the server answers").len(), other.is_ok()), (1, true));
    release.send(()).expect("it waits");
    holding.await.expect("no panic").expect("an order");
}
