//! What ended long ago is forgotten in time, and a person at once when that is asked for; nothing of it is left in any table.

use std::collections::BTreeMap;

use harver_icims::domain::{CustomerId, OrderState, PersonId};
use harver_icims::store::retention::{Erased, erase, forget_orders, forget_steps};
use harver_icims::store::transfer::{Numbers, export};
use harver_icims::store::{StoreError, Tx};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::callbacks::ready;
use crate::program::until;
use crate::scene::Scene;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Ines has an event that was refused, an order that is completed, and a report whose link iCIMS has.
async fn completed() -> Scene {
    let scene = ready().await;
    scene.set(json!({"report": {"type": "pdf_report"}})).await;
    scene.set(json!({"patterns": ["ad_hoc"]})).await;
    scene.applied().await;
    scene.set(json!({"patterns": ["inline"]})).await;
    scene.applied().await;
    scene.drain().await;
    scene.announced("ApplicationStarted").await;
    scene.platform_shows_finish();
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(scene.orders().await[0].state, OrderState::Completed);
    scene
}

/// How many rows each table has, but for those that have none.
async fn rows(scene: &Scene) -> BTreeMap<String, usize> {
    let exported = scene.store.read(|tx| export(tx, None, Numbers::Kept)).await.expect("the store answers");
    let exported: Value = serde_json::from_slice(&exported).expect("JSON");
    let tables = exported["tables"].as_object().expect("tables").iter();
    let counted = tables.map(|(name, rows)| (name.clone(), rows.as_array().expect("rows").len()));
    counted.filter(|(_, rows)| *rows > 0).collect()
}

async fn does(scene: &Scene, what: impl Fn(&Tx<'_>) -> Result<u64, StoreError> + Send + 'static) -> u64 {
    scene.store.write(what).await.expect("the store answers")
}

/// The tables that are left, but for those that tell of the customer and its neighbours.
async fn of_people(scene: &Scene) -> Vec<String> {
    let of_the_customer = ["breakers", "customers", "settings_history", "sweeps"];
    rows(scene).await.into_keys().filter(|table| !of_the_customer.contains(&table.as_str())).collect()
}

#[tokio::test]
async fn of_a_person_who_is_erased_no_table_has_a_row_left() {
    let scene = completed().await;
    let kept = rows(&scene).await;
    assert_eq!(of_people(&scene).await.len(), 7, "{kept:?}");
    let (customer, person): (CustomerId, PersonId) = ("4021".parse().expect("digits"), "30517".parse().expect("digits"));
    let somebody_else: PersonId = "1".parse().expect("digits");
    let nothing = scene.store.write(move |tx| erase(tx, customer, somebody_else)).await.expect("the store answers");
    assert_eq!((nothing, rows(&scene).await), (Erased::default(), kept));
    let erased = scene.store.write(move |tx| erase(tx, customer, person)).await.expect("the store answers");
    assert_eq!(erased, Erased { orders: 1, refused_events: 1, selections: 0 });
    assert!(of_people(&scene).await.is_empty(), "{:?}", rows(&scene).await);
}

#[tokio::test]
async fn an_order_is_forgotten_with_everything_of_it_once_it_has_ended_for_so_long() {
    let scene = completed().await;
    let ended = scene.clock.clock().now();
    assert_eq!(does(&scene, move |tx| forget_orders(tx, ended - DAY)).await, 0, "it ended later");
    assert_eq!(does(&scene, move |tx| forget_orders(tx, ended + DAY)).await, 1);
    assert_eq!(of_people(&scene).await, ["refused_events"], "those have a time of their own");
}

#[tokio::test]
async fn an_order_is_kept_while_it_is_open_and_for_as_long_after_what_happened_last() {
    let scene = ready().await;
    scene.applied().await;
    scene.clock.advance(10 * DAY);
    let later = scene.clock.clock().now();
    assert_eq!(does(&scene, move |tx| forget_orders(tx, later + DAY)).await, 0, "it is open");
    scene.platform_shows_finish();
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(does(&scene, move |tx| forget_orders(tx, later - DAY)).await, 0, "it came long before and ended now");
    assert_eq!(does(&scene, move |tx| forget_orders(tx, later + DAY)).await, 1);
}

#[tokio::test]
async fn steps_that_are_done_are_forgotten_with_their_attempts_and_what_waits_is_kept() {
    let scene = ready().await;
    scene.advanced_to("C40177").await;
    // The mail server is away.
    scene.drain().await;
    let now = scene.clock.clock().now();
    let before = rows(&scene).await;
    assert_eq!(does(&scene, move |tx| forget_steps(tx, now - DAY)).await, 0, "they were begun later");
    let forgotten = does(&scene, move |tx| forget_steps(tx, now + DAY)).await;
    let after = rows(&scene).await;
    let gone = |table: &str| before[table] - after.get(table).unwrap_or(&0);
    assert!(forgotten > 0 && after["jobs"] > 0 && after["attempts"] > 0, "{before:?} {after:?}");
    assert_eq!([gone("jobs") as u64, gone("attempts") as u64], [forgotten; 2]);
    assert_eq!((gone("orders"), gone("order_history")), (0, 0));
}

#[tokio::test]
async fn the_running_service_forgets_in_time() {
    let scene = completed().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let running = tokio::spawn(scene.app.clone().run(listener, std::future::pending()));
    scene.clock.advance(729 * DAY);
    until("the steps to be forgotten", async || left_of(&scene, "attempts").await).await;
    assert_eq!(rows(&scene).await["orders"], 1);
    scene.clock.advance(2 * DAY);
    until("the order to be forgotten", async || left_of(&scene, "orders").await).await;
    until("the refused event to be forgotten", async || left_of(&scene, "refused_events").await).await;
    running.abort();
}

async fn left_of(scene: &Scene, table: &str) -> Result<(), String> {
    let rows = rows(scene).await;
    if rows.contains_key(table) { Err(format!("{rows:?}")) } else { Ok(()) }
}
