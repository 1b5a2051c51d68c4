//! A PostgreSQL server that answers and takes nothing: its disk is full, or what is reached is a copy that can only be read. Changes are
//! refused to whoever brings them, what is kept can be read, and it goes on by itself when the server takes changes again.

use harver_icims::store::{SealingKey, StoreError, orders};

use crate::database::Lasting;
use crate::on_postgres::{ordered, server, with_customer};

async fn takes_nothing_meanwhile(between: &str, and: &str) {
    let Some(server) = server() else { return };
    let database = Lasting::on(&server.url());
    let store = database.open(SealingKey::for_this_process()).expect("a database");
    with_customer(&store).await;
    let kept = ordered(&store, 1).await.expect("an order");

    database.run(between);
    for _ in 0..2 {
        ordered(&store, 2).await.expect_err("nothing is taken");
    }
    store.ready().await.expect_err("nobody should be sent here");
    assert_eq!(store.failed_commits(), 2, "both are counted");
    let found: Result<_, StoreError> = store.read(move |tx| orders::get_order(tx, kept)).await;
    assert!(found.expect("the server answers").is_some(), "what is kept can be read");

    database.run(and);
    let taken = ordered(&store, 2).await.expect("an order");
    store.ready().await.expect("it is ready again");
    let found: Result<_, StoreError> = store.read(move |tx| orders::get_order(tx, taken)).await;
    assert_eq!(found.expect("the server answers").expect("the order").workflow.to_string(), "2");
}

/// What PostgreSQL says when a file cannot be made longer (`disk_full`, class 53 of its error codes).
#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_disk_is_full_refuses_and_goes_on_when_there_is_room() {
    let full = "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER no_room BEFORE INSERT ON orders EXECUTE FUNCTION no_room()";
    takes_nothing_meanwhile(full, "DROP TRIGGER no_room ON orders").await;
}

/// What is refused for what was wanted says nothing of the server.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_one_change_alone_is_ready() {
    let Some(server) = server() else { return };
    let database = Lasting::on(&server.url());
    let store = database.open(SealingKey::for_this_process()).expect("a database");
    ordered(&store, 1).await.expect_err("there is no such customer");
    store.ready().await.expect("the server is well");
    assert_eq!(store.failed_commits(), 0);
}

/// The address may lead to a server that refuses to change anything, as some do on which a person has switched that on.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_can_only_be_read_refuses_and_goes_on_when_it_takes_changes() {
    // A role's own settings are read when a connection is opened, so that those that are open are ended.
    let made = |read_only: &str| {
        format!(
            "ALTER ROLE app SET default_transaction_read_only = {read_only};
             SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'harver-icims'"
        )
    };
    let taking = format!("SET transaction_read_only = off; {}", made("off"));
    takes_nothing_meanwhile(&made("on"), &taking).await;
}
