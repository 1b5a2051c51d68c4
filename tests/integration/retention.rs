//! What ended long ago is forgotten in time, and a person at once when that is asked for; nothing of it is left in any table.

use std::collections::BTreeMap;

use harver_icims::domain::{Candidate, CustomerId, EmailAddress, Job, JobKind, OrderId, OrderState, PersonId};
use harver_icims::store::jobs::enqueue;
use harver_icims::store::orders::{self, NewOrder};
use harver_icims::store::retention::{Erased, erase, forget_orders, forget_steps};
use harver_icims::store::transfer::{Numbers, export};
use harver_icims::store::{StoreError, Tx};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::callbacks::ready;
use crate::program::until;
use crate::scene::Scene;
use crate::support::new_order;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Ines has an event that was refused and one that was ignored, an order that is completed, and a report whose link iCIMS has.
async fn completed() -> Scene {
    let scene = ready().await;
    scene.set(json!({"report": {"type": "pdf_report"}})).await;
    scene.advanced_to("D10100").await;
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

/// Every row of every table.
async fn exported(scene: &Scene) -> Value {
    let exported = scene.store.read(|tx| export(tx, None, Numbers::Kept)).await.expect("the store answers");
    let mut exported: Value = serde_json::from_slice(&exported).expect("JSON");
    exported["tables"].take()
}

/// How many rows each table has, but for those that have none.
async fn rows(scene: &Scene) -> BTreeMap<String, usize> {
    let exported = exported(scene).await;
    let tables = exported.as_object().expect("tables").iter();
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
    let now = scene.clock.clock().now();
    let somebody_else: PersonId = "99999".parse().expect("digits");
    let nothing = scene.store.write(move |tx| erase(tx, customer, somebody_else, now)).await.expect("the store answers");
    assert_eq!((nothing, rows(&scene).await), (Erased::default(), kept));
    let erased = scene.store.write(move |tx| erase(tx, customer, person, now)).await.expect("the store answers");
    assert_eq!(erased, Erased { orders: 1, refused_events: 2, selections: 0 });
    assert!(of_people(&scene).await.is_empty(), "{:?}", rows(&scene).await);
}

#[tokio::test]
async fn an_order_is_forgotten_with_everything_of_it_once_it_has_ended_for_so_long() {
    let scene = completed().await;
    let ended = scene.clock.clock().now();
    assert_eq!(does(&scene, move |tx| forget_orders(tx, ended - DAY, ended)).await, 0, "it ended later");
    assert_eq!(does(&scene, move |tx| forget_orders(tx, ended + DAY, ended)).await, 1);
    assert_eq!(of_people(&scene).await, ["refused_events"], "those have a time of their own");
}

#[tokio::test]
async fn an_order_is_kept_while_it_is_open_and_for_as_long_after_what_happened_last() {
    let scene = ready().await;
    scene.applied().await;
    scene.clock.advance(10 * DAY);
    let later = scene.clock.clock().now();
    assert_eq!(does(&scene, move |tx| forget_orders(tx, later + DAY, later)).await, 0, "it is open");
    scene.platform_shows_finish();
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(does(&scene, move |tx| forget_orders(tx, later - DAY, later)).await, 0, "it came long before and ended now");
    assert_eq!(does(&scene, move |tx| forget_orders(tx, later + DAY, later)).await, 1);
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
async fn a_step_that_was_tried_lately_is_kept_however_long_ago_it_was_asked_for() {
    let scene = ready().await;
    scene.advanced_to("C40177").await;
    let asked_for = scene.clock.clock().now();
    scene.clock.advance(10 * DAY);
    scene.drain().await;
    assert!(rows(&scene).await["attempts"] > 0);
    assert_eq!(does(&scene, move |tx| forget_steps(tx, asked_for + 5 * DAY)).await, 0);
}

#[tokio::test]
async fn an_order_of_which_a_step_waits_is_kept() {
    let scene = completed().await;
    let (ended, order) = (scene.clock.clock().now(), scene.orders().await[0].id);
    let again = Job { kind: JobKind::ReportResult, order };
    does(&scene, move |tx| enqueue(tx, again, ended).map(|()| 0)).await;
    assert_eq!(does(&scene, move |tx| forget_orders(tx, ended + DAY, ended)).await, 0);
    scene.drain().await;
    assert_eq!(does(&scene, move |tx| forget_orders(tx, ended + DAY, ended)).await, 1);
}

#[tokio::test]
async fn what_another_person_has_is_left_and_is_asked_about_as_before() {
    let scene = ready().await;
    scene.applied().await;
    let now = scene.clock.clock().now();
    let ordered: Result<OrderId, StoreError> = scene
        .store
        .write(move |tx| {
            let usual = new_order(2);
            let email = EmailAddress::parse("bea@example.org").expect("an address");
            let bea =
                NewOrder { person: 2.try_into().expect("a number"), candidate: Candidate { email, ..usual.candidate }, ..usual };
            let order = orders::insert(tx, &bea, now)?;
            let (application, link) = ("65aa01f29c3b4d00178e92fb", "https://my.harver.com/magic-link/2");
            let link = (&link.parse().expect("a URL"), now + DAY);
            orders::keep_link(tx, order, &application.parse().expect("24 digits"), link, now)?;
            Ok(order)
        })
        .await;
    let bea = ordered.expect("an order");
    let asked_with = async || {
        let exported = exported(&scene).await;
        let steps = exported["jobs"].as_array().expect("rows").iter();
        let waiting = steps.filter(|step| step["kind"] == "sweep" && step["state"] == "waiting");
        waiting.map(|step| step["order_id"].as_i64().expect("a number")).collect::<Vec<_>>()
    };
    assert_eq!(asked_with().await, [1], "the customer's questions are kept with the first order");
    let (customer, ines): (CustomerId, PersonId) = ("4021".parse().expect("digits"), "30517".parse().expect("digits"));
    let erased = scene.store.write(move |tx| erase(tx, customer, ines, now)).await.expect("the store answers");
    assert_eq!(erased, Erased { orders: 1, refused_events: 0, selections: 0 });
    assert_eq!(scene.orders().await.iter().map(|order| order.id).collect::<Vec<_>>(), [bea]);
    assert_eq!(asked_with().await, [2]);
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
