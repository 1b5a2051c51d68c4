//! Secrets and personal data are sealed, each value for its own row, with a key that can be exchanged.

use std::process::{Command, Stdio};

use harver_icims::domain::{ApplicationId, OrderId, RefusalKind, RefusedEvent, ReportType};
use harver_icims::store::orders::{self, NewOrder};
use harver_icims::store::{self, SealingKey, Store, StoreError, refused_events, report_links, sealing};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;

use crate::commands::Serving;
use crate::database::{Lasting, shows};
use crate::program::until;
use crate::support::{customer, new_order, nowhere};

const FIRST: &str = "the passphrase of the first year";
const SECOND: &str = "the passphrase of the second year";

fn key(passphrase: &str) -> SealingKey {
    SealingKey::from_passphrase(&passphrase.to_owned().into())
}

fn now() -> Timestamp {
    "2026-11-28T12:00:00Z".parse().expect("a moment")
}

fn of_person(workflow: u64, person: u64) -> NewOrder {
    NewOrder { person: person.try_into().expect("positive"), ..new_order(workflow) }
}

/// A customer, two orders with links, an application under a former address, a report link and a refused event.
async fn filled(store: &Store) -> [OrderId; 2] {
    let customer = customer(&nowhere(), &nowhere());
    let change = move |tx: &store::Tx<'_>| {
        store::insert_customer(tx, &customer)?;
        let application: ApplicationId = "64d0a7b1c2d3e4f506172839".parse().expect("an application");
        let link = |of: &str| format!("https://brightwater.harver.com/a/link-of-{of}").parse().expect("a link");
        let both = [of_person(1, 30517), of_person(2, 30518)].map(|new| orders::insert(tx, &new, now()));
        let [first, second] = both;
        let (first, second) = (first?, second?);
        let until = now() + SignedDuration::from_hours(24);
        orders::keep_link(tx, first, &application, (&link("the-first"), until), now())?;
        orders::keep_link(tx, second, &application, (&link("the-second"), until), now())?;
        orders::keep_registered(tx, first, &new_order(1).candidate.email)?;
        report_links::token(tx, first, ReportType::Pdf, "the-token-of-a-report".into(), "the-hash-of-it")?;
        let event = RefusedEvent {
            kind: RefusalKind::Candidate,
            http_status: 400,
            pattern: None,
            workflow: None,
            person: None,
            job: None,
            reason: "Email is empty.".into(),
            detail: String::new(),
            payload: "{\"firstname\": \"Anneliese\"}".into(),
            at: now(),
        };
        refused_events::keep(tx, customer.id, &event)?;
        Ok::<_, StoreError>([first, second])
    };
    store.write(change).await.expect("the store answers")
}

/// Whether everything that [`filled`] has put there is read as it was.
async fn is_as_it_was(store: &Store, [first, second]: [OrderId; 2]) -> Result<(), StoreError> {
    let look = move |tx: &store::Tx<'_>| {
        let customer = store::customer(tx, "4021".parse().expect("digits"))?.expect("a customer");
        assert_eq!(customer.events.password.expose_secret(), "event-password");
        let order = orders::get_order(tx, first)?.expect("the first");
        assert_eq!(order.candidate, new_order(1).candidate);
        assert_eq!(order.registered_email, Some(new_order(1).candidate.email));
        assert!(order.link.expect("a link").as_str().ends_with("link-of-the-first"));
        let twin = orders::of_another_person(tx, &of_person(3, 30519))?.expect("somebody with the same address");
        assert_eq!(twin.id, second, "found by the mark of the address");
        let events = refused_events::find(tx, customer.id, &refused_events::Wanted::default(), now(), 9)?;
        assert!(events[0].event.payload.contains("Anneliese"));
        let token = report_links::token(tx, first, ReportType::Pdf, "another".into(), "another hash")?;
        assert_eq!(token.expose_secret(), "the-token-of-a-report");
        Ok(())
    };
    store.read(look).await
}

#[tokio::test]
async fn no_name_no_address_no_link_and_no_secret_stands_in_the_open() {
    let database = Lasting::fresh();
    let orders = filled(&database.open(key(FIRST)).expect("a new one")).await;
    let store = database.open(key(FIRST)).expect("the same");
    is_as_it_was(&store, orders).await.expect("readable");
    drop(store);
    let all = database.in_the_open();
    assert!(all.contains("Call Centre Advisor"), "what is not personal is seen");
    for hidden in ["Ines", "Okafor", "okafor@example", "link-of-", "Anneliese", "event-password", "the-token-of"] {
        assert!(!shows(&all, hidden), "{hidden}");
    }
}

#[tokio::test]
async fn what_somebody_puts_into_another_row_or_column_is_not_opened() {
    let swaps = [
        "UPDATE orders SET link_sealed = (SELECT link_sealed FROM orders WHERE workflow = 2) WHERE workflow = 1",
        "UPDATE orders SET candidate_sealed = (SELECT candidate_sealed FROM orders WHERE workflow = 2) WHERE workflow = 1",
        "UPDATE orders SET registered_sealed = link_sealed WHERE workflow = 1",
        "UPDATE customers SET events_sealed = webhooks_sealed",
        "UPDATE report_links SET token_hash = 'another one of theirs'",
        "UPDATE refused_events SET id = id + 1",
    ];
    for swap in swaps {
        let database = Lasting::fresh();
        let orders = filled(&database.open(key(FIRST)).expect("a new one")).await;
        database.run(swap);
        let store = database.open(key(FIRST)).expect("the same");
        let read = is_as_it_was(&store, orders).await;
        assert!(matches!(read, Err(StoreError::WrongKey)), "{swap}: {read:?}");
    }
}

/// Seals anew until there is nothing left to look at, and says how many values, and how many could not be opened.
async fn part_by_part(store: &Store) -> (u64, u64) {
    let (mut next, mut sealed, mut unreadable) = (Some(sealing::Look::default()), 0, 0);
    while let Some(look) = next {
        let looked: Result<_, StoreError> = store.write(move |tx| sealing::seal_anew(tx, &look)).await;
        let looked = looked.expect("the store answers");
        (next, sealed, unreadable) = (looked.next, sealed + looked.sealed, unreadable + looked.unreadable);
    }
    (sealed, unreadable)
}

async fn seal_anew(store: &Store) -> u64 {
    part_by_part(store).await.0
}

#[tokio::test]
async fn a_key_is_exchanged_while_what_it_has_sealed_stays_readable() {
    let database = Lasting::fresh();
    let orders = filled(&database.open(key(FIRST)).expect("a new one")).await;
    let wrong = is_as_it_was(&database.open(key(SECOND)).expect("opened"), orders).await;
    assert!(matches!(wrong, Err(StoreError::WrongKey)), "{wrong:?}");

    let rotated = database.open(key(SECOND).after(&FIRST.to_owned().into())).expect("opened");
    is_as_it_was(&rotated, orders).await.expect("the former key opens it");
    assert_eq!(seal_anew(&rotated).await, 11, "4 of the customer, 3 and 2 of the orders, an event and a token");
    is_as_it_was(&rotated, orders).await.expect("the present key opens it");
    assert_eq!(seal_anew(&rotated).await, 0, "nothing is left");
    drop(rotated);

    // A replica that has the old key yet opens what those with the new one have sealed.
    let behind = database.open(key(FIRST).before(&SECOND.to_owned().into())).expect("opened");
    is_as_it_was(&behind, orders).await.expect("the next key opens it");
    drop(behind);
    is_as_it_was(&database.open(key(SECOND)).expect("opened"), orders).await.expect("the former key is not needed");
}

#[tokio::test]
async fn the_running_service_seals_anew_and_says_what_it_has_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, log) = (folder.path().join("integration.db"), folder.path().join("log"));
    let orders = filled(&Store::open(&file, key(FIRST)).expect("a new file")).await;
    let config = folder.path().join("serve.toml");
    let served = format!(
        "public_url = \"http://127.0.0.1\"\nlisten = \"127.0.0.1:0\"\nformer_sealing_passphrase = \"{FIRST}\"\n\
         [mail]\nhost = \"127.0.0.1\"\nport = 9\nsender_address = \"noreply@example.org\"\nsecurity = \"none\"\n"
    );
    std::fs::write(&config, served).expect("a file");
    for said in ["sealed with the present one", "Nothing was found that the former passphrase has sealed"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
        command.args(["serve", "--log", "info", "--config"]).arg(&config).arg("--database").arg(&file);
        command.env("HARVER_ICIMS_SEALING_PASSPHRASE", SECOND).stdout(Stdio::null());
        let serving = Serving(command.stderr(std::fs::File::create(&log).expect("a file")).spawn().expect("this program"));
        until(said, async || {
            let told = std::fs::read_to_string(&log).expect("a log");
            if told.contains(said) { Ok(()) } else { Err(told) }
        })
        .await;
        drop(serving);
    }
    is_as_it_was(&Store::open(&file, key(SECOND)).expect("the same file"), orders).await.expect("the former key is not needed");
}

#[tokio::test]
async fn what_cannot_be_opened_where_it_stands_holds_nothing_else_up() {
    let database = Lasting::fresh();
    filled(&database.open(key(FIRST)).expect("a new one")).await;
    database.run("UPDATE orders SET link_sealed = (SELECT link_sealed FROM orders WHERE workflow = 2) WHERE workflow = 1");
    let store = database.open(key(SECOND).after(&FIRST.to_owned().into())).expect("opened");
    let looked = part_by_part(&store).await;
    assert_eq!(looked, (10, 1), "all but the link that was moved");
    assert_eq!(part_by_part(&store).await, (0, 1));
}

#[tokio::test]
async fn many_rows_are_sealed_anew_part_by_part() {
    let database = Lasting::fresh();
    let store = database.open(key(FIRST)).expect("a new one");
    filled(&store).await;
    let more = |tx: &store::Tx<'_>| (10..460).try_for_each(|workflow| orders::insert(tx, &new_order(workflow), now()).map(drop));
    store.write(more).await.expect("the store answers");
    drop(store);
    let store = database.open(key(SECOND).after(&FIRST.to_owned().into())).expect("opened");
    assert_eq!(seal_anew(&store).await, 11 + 450);
    drop(store);
    let store = database.open(key(SECOND)).expect("opened");
    let found: Result<_, StoreError> =
        store.read(|tx| orders::find(tx, "4021".parse().expect("digits"), &orders::Wanted::default(), 1_000)).await;
    assert_eq!(found.expect("all are readable").orders.len(), 452);
}
