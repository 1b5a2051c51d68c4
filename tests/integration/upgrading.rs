//! A database of an older program is brought up to date with everything that was in it, and with nothing left in the open.

use std::path::Path;

use harver_icims::clock::Clock;
use harver_icims::domain::{Customer, Order, OrderState, ReportType};
use harver_icims::store::orders::{self, NewOrder};
use harver_icims::store::{self, SealingKey, Store, StoreError, refused_events, report_links};
use jiff::Timestamp;
use secrecy::ExposeSecret;

use crate::database::{Lasting, shows};
use crate::on_postgres::server;
use crate::support::new_order;

const FIRST: &str = include_str!("../../fixtures/database/first.sql");
const BEFORE_SEALING: &str = include_str!("../../fixtures/database/before-sealing.sql");

fn key(passphrase: &str) -> SealingKey {
    SealingKey::from_passphrase(&passphrase.to_owned().into())
}

fn right_key() -> SealingKey {
    key("the passphrase of the first release")
}

/// The first changes of a dialect, as they were released.
fn changes(dialect: &str, version: usize) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/store/{dialect}/migrations"));
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("changes").map(|file| file.expect("a file").path()).collect();
    files.retain(|file| file.file_stem().is_some_and(|name| name != "newest"));
    files.sort();
    files.iter().take(version).map(|file| std::fs::read_to_string(file).expect("a change")).collect()
}

/// A file as a program left it that knew so many changes.
fn file(version: usize) -> Lasting {
    let database = Lasting::File(tempfile::tempdir().expect("a folder"));
    let changes = changes("sqlite", version);
    database.run(&changes[0]);
    database.run(FIRST);
    database.run(&changes[1..].join("\n"));
    if version == 15 {
        database.run(BEFORE_SEALING);
    }
    database.run(&crowd());
    // What was overwritten and deleted in the open stands in unused parts of the file.
    database.run("UPDATE orders SET link = 'https://brightwater.harver.com/a/overwritten' WHERE id = 5; UPDATE orders SET link = NULL WHERE id = 5");
    database.run("DELETE FROM orders WHERE id = 6");
    database.run(&format!("PRAGMA user_version = {version}"));
    database
}

/// The same on a server.
fn schema(server: &str, version: usize) -> Lasting {
    let database = Lasting::on(server);
    database.run(&changes("postgres", version).join("\n"));
    database.run("ALTER TABLE customers ALTER addresses SET DEFAULT ''");
    let dialect = |rows: &str| rows.replace("x'", "'\\x");
    database.run(&dialect(FIRST));
    if version == 3 {
        database.run(&dialect(BEFORE_SEALING));
    }
    database.run(&crowd());
    let number_on = ["orders", "jobs", "refused_events"].map(|table| {
        format!("SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT COALESCE(MAX(id), 1) FROM {table}))")
    });
    database.run(&number_on.join(";"));
    database
        .run(&format!("CREATE TABLE schema_version (version BIGINT NOT NULL); INSERT INTO schema_version VALUES ({version})"));
    database
}

/// More orders and refused events than are sealed at once; the first two orders of people whom the tests know come after them.
fn crowd() -> String {
    let order = |number: u32| {
        format!(
            "({number}, 4021, {number}, {number}, 2210, '64c20d1e5f7a8b0012ab34cd', 'Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd',
             'Anselm', 'Crowd{number}', 'anselm.{number}@crowd.example', 'Call Centre Advisor', 'inline', 'cancelled', 1, 1790000000000000)"
        )
    };
    let orders: Vec<String> = (1..=450).map(order).collect();
    format!(
        "INSERT INTO orders (id, customer, workflow, person, job, vacancy, package_label, first_name, last_name, email, job_title, pattern,
             state, round, received_at) VALUES {}",
        orders.join(", ")
    )
}

fn now() -> Timestamp {
    "2026-11-28T12:00:00Z".parse().expect("a moment")
}

async fn read(store: &Store) -> (Customer, Vec<Order>) {
    let look = |tx: &store::Tx<'_>| {
        let customer = store::customer(tx, "4021".parse().expect("digits"))?.expect("the customer");
        let orders = orders::find(tx, customer.id, &orders::Wanted::default(), 1_000)?.orders;
        let (crowd, known): (Vec<_>, _) = orders.into_iter().partition(|order| order.id.get() < 1_000);
        let is_read = |order: &Order| order.candidate.last_name.as_str() == format!("Crowd{}", order.id);
        assert!(crowd.len() >= 449 && crowd.iter().all(is_read), "{}", crowd.len());
        Ok::<_, StoreError>((customer, known))
    };
    store.read(look).await.expect("readable")
}

/// What the first program kept is there, and what is new can be added to it.
async fn is_complete(store: &Store) {
    let (customer, orders) = read(store).await;
    let secrets = [&customer.events.password, &customer.webhooks.password, &customer.harver.client_secret];
    assert_eq!(secrets.map(ExposeSecret::expose_secret), ["events-secret", "webhooks-secret", "harver-secret"]);
    let [jörg, ines] = &orders[..] else { panic!("{orders:?}") };
    assert_eq!((jörg.candidate.last_name.as_str(), jörg.state), ("Ångström", OrderState::Received));
    assert_eq!((ines.candidate.email.as_str(), ines.state), ("ines.okafor@example.org", OrderState::Invited));
    let link = ines.link.as_ref().expect("a link");
    assert_eq!(link.as_str(), "https://brightwater.harver.com/a/9f86d081884c7d659a2feaa0");
    let twin = move |tx: &store::Tx<'_>| {
        let new = NewOrder { person: 99.try_into().expect("positive"), ..new_order(3) };
        let twin = orders::of_another_person(tx, &new)?.map(|order| order.workflow.get());
        Ok::<_, StoreError>((twin, orders::insert(tx, &new, now())?.get()))
    };
    assert_eq!(store.write(twin).await.expect("the store answers"), (Some(88431), 1009));
}

/// What later programs kept is there as well.
async fn is_complete_with_what_came_later(store: &Store) {
    let (customer, orders) = read(store).await;
    let former = customer.events.former.as_ref().expect("a former password");
    assert_eq!(former.password.expose_secret(), "former-events-secret");
    let ines = orders.iter().find(|order| order.workflow.get() == 88431).expect("the order").clone();
    assert_eq!(ines.registered_email.as_ref().map(|email| email.as_str()), Some("ines@former.example.org"));
    let look = move |tx: &store::Tx<'_>| {
        let token = report_links::token(tx, ines.id, ReportType::Pdf, "fresh".into(), "fresh")?;
        let events = refused_events::find(tx, ines.customer, &refused_events::Wanted::default(), Timestamp::UNIX_EPOCH, 9)?;
        Ok::<_, StoreError>((token.expose_secret().to_owned(), events[0].event.payload.clone()))
    };
    let (token, payload) = store.read(look).await.expect("readable");
    assert_eq!((token.as_str(), payload.as_str()), ("0123456789abcdef0123456789abcdef", "{\"firstname\": \"Anneliese\"}"));
}

fn nothing_is_in_the_open(database: &Lasting) {
    let all = database.in_the_open();
    assert!(all.contains("Call Centre Advisor"));
    let names = ["Ines", "Okafor", "Ångström", "joerg@", "okafor@", "@former.example", "Anneliese", "Anselm", "@crowd.example"];
    for hidden in names.into_iter().chain(["9f86d081884c", "/a/overwritten"]) {
        assert!(!shows(&all, hidden), "{hidden}");
    }
}

async fn comes_up_to_date(databases: [Lasting; 2]) {
    for (database, is_the_last) in databases.iter().zip([false, true]) {
        let refused = database.open(key("another passphrase"));
        assert!(matches!(refused, Err(StoreError::WrongKey)), "{refused:?}");
        let store = database.open(right_key()).expect("the right key, and a database that was left as it was");
        is_complete(&store).await;
        if is_the_last {
            is_complete_with_what_came_later(&store).await;
        }
        drop(store);
        nothing_is_in_the_open(database);
        is_complete_with_one_more(&database.open(right_key()).expect("up to date")).await;
    }
}

async fn is_complete_with_one_more(store: &Store) {
    assert_eq!(read(store).await.1.len(), 3);
}

#[tokio::test]
async fn a_file_of_the_first_version_and_one_from_before_sealing_come_up_to_date() {
    comes_up_to_date([file(1), file(15)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_do_databases_of_a_server() {
    let Some(server) = server() else { return };
    comes_up_to_date([schema(&server.url(), 1), schema(&server.url(), 3)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_leaves_an_older_database_of_a_server_as_it_is() {
    let Some(server) = server() else { return };
    let Lasting::Server(url) = schema(&server.url(), 3) else { unreachable!("it is on a server") };
    let beside = || Store::connect_beside(&url.clone().into(), right_key(), Clock::real()).map(drop);
    assert!(matches!(beside(), Err(StoreError::Older { found: 3, .. })), "replicas of an older program may be at work");
    let newest = Store::connect(&url.clone().into(), right_key(), Clock::real()).expect("brought to the newest version");
    beside().expect("it is of the newest version now");
    drop(newest);
}
