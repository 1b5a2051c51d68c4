//! The overview, the orders and the dead letters.

use axum::http::StatusCode;
use harver_icims::domain::{JobKind, OrderState};
use harver_icims::store::{jobs, orders};

use super::world::{World, new_order};

const LINK: &str = "https://my.harver.com/app/landing/magic-link/9f2c7e";

#[tokio::test]
async fn the_overview_tells_how_the_integration_stands() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let calm = browser.get("/console").await;
    assert_eq!((calm.text("#enabled").as_str(), calm.text("#patterns").as_str()), ("Enabled", "ATS First Ad-Hoc"));
    assert_eq!(calm.text("#icims-base-url"), "http://icims.invalid");
    assert_eq!(calm.text("#harver-account"), "64b1f0c2a9d3e7004a5b6c70");
    assert!(!calm.has("#dead-letters-banner"));
    world.dead_letter(4021, JobKind::StartAssessment).await;
    world.order(4021).await;
    world.dead_letter(4022, JobKind::StartAssessment).await;
    let busy = browser.get("/console").await;
    assert_eq!((busy.text("#count-failed").as_str(), busy.text("#count-received").as_str()), ("1", "1"));
    assert!(busy.text("#dead-letters-banner").contains("One step was given up"));
}

#[tokio::test]
async fn an_order_is_shown_with_its_timeline_and_without_its_link() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    assert!(browser.get("/console/orders").await.has("#orders-empty"));
    let (order, job) = world.dead_letter(4021, JobKind::SendInvitation).await;
    let now = world.now();
    world
        .change(move |tx| {
            let application = "65aa01f29c3b4d00178e92fa".parse().expect("24 digits");
            orders::keep_link(tx, order, &application, &LINK.parse().expect("a URL"), now)
        })
        .await;
    let list = browser.get("/console/orders").await;
    assert_eq!(
        list.texts(&format!("#order-{order} td"))[1..5],
        ["Failed", "Ines Okafor", "Call Centre Advisor", "Call Centre Advisor"]
    );
    let page = browser.get(&format!("/console/orders/{order}")).await;
    assert_eq!(page.text("#order-state"), "Failed");
    assert!(page.text("#order-failure").contains("Harver could not be reached."));
    assert!(page.texts("#order-timeline li").iter().any(|line| line.contains("received → failed")));
    assert!(page.text(&format!("#job-{job}")).contains("the platform <rejected> our credentials"));
    assert_eq!((page.text("#workflow-id").as_str(), page.text("#person-id").as_str()), ("88431", "30517"));
    assert!(page.has("#person-id[href='http://icims.invalid/customers/4021/linkTo/people/30517']"));
    assert!(!page.body.contains("magic-link"), "a link signs its reader in as the candidate");
}

#[tokio::test]
async fn the_newest_orders_come_first_and_the_older_ones_on_the_next_page() {
    let world = World::new().await;
    for number in 1..=53_u64 {
        let (mut new, now) = (new_order(4021), world.now());
        new.workflow = number.try_into().expect("a number");
        world.change(move |tx| orders::insert(tx, &new, now)).await;
    }
    let mut browser = world.signed_in().await;
    let first = browser.get("/console/orders").await;
    assert_eq!(first.texts("#orders tbody td:first-child")[..2], ["53", "52"]);
    assert_eq!(first.texts("#orders tbody tr").len(), 50);
    assert!(first.has("#older-orders[href='/console/orders?before=4']"));
    let second = browser.get("/console/orders?before=4").await;
    assert_eq!(second.texts("#orders tbody td:first-child"), ["3", "2", "1"]);
    assert!(second.has("#newest-orders") && !second.has("#older-orders"));
}

#[tokio::test]
async fn another_customers_order_is_not_found() {
    let world = World::new().await;
    let (order, number) = world.dead_letter(4022, JobKind::StartAssessment).await;
    let mut browser = world.signed_in().await;
    let theirs = browser.get(&format!("/console/orders/{order}")).await;
    let nobodys = browser.get("/console/orders/777").await;
    assert_eq!((theirs.status, nobodys.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(theirs.body, nobodys.body);
    assert!(browser.get("/console/orders").await.has("#orders-empty"));
    assert!(browser.get("/console/dead-letters").await.has("#dead-letters-empty"));
    let replay = format!("/console/dead-letters/{number}/replay");
    assert_eq!(browser.submit("/console", &replay, &[]).await.status, StatusCode::CONFLICT);
    assert_eq!(world.state(order).await, OrderState::Failed, "it was not touched");
}

#[tokio::test]
async fn a_dead_letter_is_replayed_and_its_order_lives_again() {
    let world = World::new().await;
    let (order, number) = world.dead_letter(4021, JobKind::StartAssessment).await;
    let mut browser = world.signed_in().await;
    let list = browser.get("/console/dead-letters").await;
    assert_eq!(list.text(&format!("#reason-{number}")), "the platform <rejected> our credentials");
    assert!(!list.body.contains("<rejected>"), "what neighbours say is escaped");
    let replay = format!("/console/dead-letters/{number}/replay");
    let done = browser.submit("/console/dead-letters", &replay, &[]).await.location().to_owned();
    let list = browser.get(&done).await;
    assert!(list.has("#replayed") && list.has("#dead-letters-empty"));
    assert_eq!(world.state(order).await, OrderState::Received);
    let now = world.now();
    let claim = world.change(move |tx| jobs::claim(tx, now, now, &[])).await.expect("the step is due");
    assert!(claim.id == number && claim.replayed, "{claim:?}");
    assert_eq!(browser.submit("/console", &replay, &[]).await.status, StatusCode::CONFLICT, "a second click does nothing");
}

#[tokio::test]
async fn a_report_is_replayed_without_touching_its_order() {
    let world = World::new().await;
    let (order, number) = world.dead_letter(4021, JobKind::ReportFailure).await;
    let mut browser = world.signed_in().await;
    let replay = format!("/console/dead-letters/{number}/replay");
    let done = browser.submit("/console", &replay, &[]).await;
    assert_eq!(done.location(), format!("/console/dead-letters?replayed={order}"));
    assert_eq!(world.state(order).await, OrderState::Failed);
}

#[tokio::test]
async fn a_replay_gives_way_to_a_newer_order() {
    let world = World::new().await;
    let (order, number) = world.dead_letter(4021, JobKind::StartAssessment).await;
    let newer = world.order(4021).await;
    let mut browser = world.signed_in().await;
    let replay = format!("/console/dead-letters/{number}/replay");
    let refused = browser.submit("/console", &replay, &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text("#replay-refused").contains(&format!("order {newer}")));
    assert!(refused.has(&format!("#dead-letter-{number}")), "it is still a dead letter");
    assert_eq!(world.state(order).await, OrderState::Failed);
    let now = world.now();
    assert_eq!(world.change(move |tx| jobs::claim(tx, now, now, &[])).await, None, "neither of the two changes was made");
}
