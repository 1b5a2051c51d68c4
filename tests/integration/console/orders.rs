//! The overview, the orders and the dead letters.

use axum::http::StatusCode;
use harver_icims::domain::{Job, JobKind, OrderState, PersonName};
use harver_icims::store::jobs::{self, Again, Attempt, AttemptOutcome};
use harver_icims::store::{Tx, orders};
use jiff::SignedDuration;

use super::world::{World, new_order};
use crate::support::claim_first;

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
    let (mut new, now) = (new_order(4021), world.now());
    new.workflow = "90210".parse().expect("a number");
    world.change(move |tx| orders::insert(tx, &new, now)).await;
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
            orders::keep_link(tx, order, &application, (&LINK.parse().expect("a URL"), now), now)
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
    let claim = world.change(move |tx| claim_first(tx, now, now)).await.expect("the step is due");
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
async fn a_newer_order_closes_the_dead_letter_of_the_one_before() {
    let world = World::new().await;
    let (order, number) = world.dead_letter(4021, JobKind::StartAssessment).await;
    let (_, theirs) = world.dead_letter(4022, JobKind::StartAssessment).await;
    let newer = world.order(4021).await;
    let mut browser = world.signed_in().await;
    assert!(browser.get("/console/dead-letters").await.has("#dead-letters-empty"));
    assert!(!browser.get("/console").await.has("#dead-letters-banner"));
    let said = browser.get(&format!("/console/orders/{order}")).await.text(&format!("#dismissed-{number}"));
    assert!(said.contains(&format!("by order {newer}")) && said.contains("sent to Harver again"), "{said}");
    let replay = format!("/console/dead-letters/{number}/replay");
    assert_eq!(browser.submit("/console", &replay, &[]).await.status, StatusCode::CONFLICT);
    assert_eq!(world.state(order).await, OrderState::Failed);
    let left = world.change(move |tx| jobs::dead_one(tx, super::world::id(4022), theirs)).await;
    assert!(left.is_some(), "another customer's letter of the same workflow is another one");
}

#[tokio::test]
async fn a_dead_letter_is_dismissed_with_a_reason_that_the_order_keeps() {
    let world = World::new().await;
    let (order, number) = world.dead_letter(4021, JobKind::StartAssessment).await;
    let mut browser = world.signed_in().await;
    let path = format!("/console/dead-letters/{number}/dismiss");
    let refused = browser.submit("/console/dead-letters", &path, &[("reason", "  ")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("#dismiss-refused") && refused.has(&format!("#dead-letter-{number}")));
    let done = browser.submit("/console/dead-letters", &path, &[("reason", "hired <elsewhere>")]).await.location().to_owned();
    let list = browser.get(&done).await;
    assert!(list.has("#dismissed") && list.has("#dead-letters-empty"));
    let page = browser.get(&format!("/console/orders/{order}")).await;
    assert!(page.text(&format!("#dismissed-{number}")).contains("hired <elsewhere>") && !page.body.contains("<elsewhere>"));
    assert!(page.texts("#order-timeline li").iter().any(|line| line.contains("dismissed by admin@brightwater.example")));
    assert_eq!(browser.submit("/console", &path, &[("reason", "twice")]).await.status, StatusCode::CONFLICT);
    assert_eq!(world.state(order).await, OrderState::Failed);
}

#[tokio::test]
async fn all_dead_letters_are_replayed_or_those_since_a_moment() {
    let world = World::new().await;
    let (early, first) = world.dead_letter(4021, JobKind::ReportFailure).await;
    world.dead_letter(4022, JobKind::ReportFailure).await;
    world.pass(SignedDuration::from_hours(2));
    let new = {
        let mut new = new_order(4021);
        new.workflow = "88432".parse().expect("a number");
        new
    };
    let late = world.dead_letter_of(new, JobKind::ReportFailure).await;
    let mut browser = world.signed_in().await;
    let path = "/console/dead-letters/replay";
    let wrong = browser.submit("/console/dead-letters", path, &[("since", "yesterday")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let an_hour_ago = (world.now() - SignedDuration::from_hours(1)).strftime("%Y-%m-%dT%H:%M").to_string();
    let some = browser.submit("/console/dead-letters", path, &[("since", &an_hour_ago)]).await.location().to_owned();
    let list = browser.get(&some).await;
    assert!(list.text("#drained").starts_with("1 step is due again"), "{}", list.text("#drained"));
    assert!(list.has(&format!("#dead-letter-{first}")) && !list.has(&format!("#dead-letter-{}", late.1)));
    let all = browser.submit("/console/dead-letters", path, &[]).await.location().to_owned();
    assert!(browser.get(&all).await.has("#dead-letters-empty"));
    let now = world.now();
    let due = |customer| world.change(move |tx| Ok(jobs::outstanding(tx, Some(super::world::id(customer)), now)?.due));
    assert_eq!((due(4021).await, early == late.0), (2, false));
    assert_eq!(due(4022).await, 0, "another customer's stay");
}

#[tokio::test]
async fn orders_are_found_by_words_number_and_state() {
    let world = World::new().await;
    world.dead_letter(4021, JobKind::StartAssessment).await;
    let (mut new, now) = (new_order(4021), world.now());
    new.workflow = "90210".parse().expect("a number");
    new.candidate.first_name = PersonName::parse("Zoë 100%").expect("a name");
    let other = world.change(move |tx| orders::insert(tx, &new, now)).await;
    let mut browser = world.signed_in().await;
    for (query, found) in [
        ("q=okafor", 2),
        ("q=zo%C3%AB", 1),
        ("q=100%25", 1),
        ("q=90210", 1),
        ("q=%25", 1),
        ("q=_", 0),
        ("state=failed", 1),
        ("state=received&q=Okafor", 1),
        ("state=invited", 0),
        ("state=nonsense", 2),
    ] {
        let page = browser.get(&format!("/console/orders?{query}")).await;
        assert_eq!(page.texts("#orders tbody tr").len(), found, "{query}");
    }
    let page = browser.get("/console/orders?q=90210&state=received").await;
    assert_eq!((page.value("#q"), page.has("#state option[value=received][selected]")), ("90210".into(), true));
    assert!(page.has(&format!("#order-{other}")) && page.has("#all-orders"));
    assert!(browser.get("/console/orders?q=nobody").await.text("#orders-empty").contains("No order matches"));
}

#[tokio::test]
async fn an_order_is_found_however_many_came_after_it_and_pages_go_on_from_there() {
    let world = World::new().await;
    let now = world.now();
    let insert = move |tx: &Tx<'_>, workflow: u64, first_name: &str| {
        let mut new = new_order(4021);
        new.workflow = workflow.try_into().expect("positive");
        new.candidate.first_name = PersonName::parse(first_name).expect("a name");
        orders::insert(tx, &new, now)
    };
    let oldest = world.change(move |tx| insert(tx, 1, "Ælfgifu")).await;
    // One page and one more, every twentieth order, behind more than are looked at in one part.
    let name = |workflow: u64| if workflow.is_multiple_of(20) { "Wilhelmina" } else { "Ines" };
    world.change(move |tx| (2..=1_100).try_for_each(|workflow| insert(tx, workflow, name(workflow)).map(drop))).await;
    let mut browser = world.signed_in().await;
    let found = browser.get("/console/orders?q=%C3%86LFGIFU").await;
    assert_eq!(found.texts("#orders tbody td:first-child"), [oldest.to_string()]);
    let first = browser.get("/console/orders?q=wilhelmina").await;
    assert_eq!(first.texts("#orders tbody tr").len(), 50);
    let further = first.value_of("#older-orders", "href");
    let second = browser.get(&further).await;
    assert_eq!((second.texts("#orders tbody tr").len(), second.has("#older-orders")), (5, false));
}

#[tokio::test]
async fn an_invitation_that_waits_says_why_how_often_it_was_tried_and_when_it_is_tried_next() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let (order, other) = (world.order(4021).await, {
        let (mut new, now) = (new_order(4021), world.now());
        new.workflow = "90210".parse().expect("a number");
        world.change(move |tx| orders::insert(tx, &new, now)).await
    });
    assert!(!browser.get("/console").await.has("#waiting"));
    let now = world.now();
    let (next, detail) = (now + SignedDuration::from_mins(5), "the Harver platform allows no more requests before noon");
    world
        .change(move |tx| {
            jobs::enqueue(tx, Job { kind: JobKind::StartAssessment, order }, now)?;
            let claim = claim_first(tx, now, now)?.expect("a job is due");
            let attempt = Attempt { started_at: now, took_ms: 12, outcome: AttemptOutcome::Later, detail: detail.into() };
            jobs::settle(tx, &claim, &attempt, Some(Again { due_at: next, counts: true }))
        })
        .await;
    let page = browser.get(&format!("/console/orders/{order}")).await;
    assert_eq!(
        page.text(".notice.waits"),
        "The invitation waits. The Harver platform allows no more requests before noon. Tried once, next at 5 Mar 2026, 14:12 UTC."
    );
    assert!(!browser.get(&format!("/console/orders/{other}")).await.has(".notice.waits"));
    let overview = browser.get("/console").await;
    assert!(
        overview
            .text("#waiting")
            .starts_with("One step could not be done and waits for the next attempt, the first at 5 Mar 2026, 14:12 UTC.")
    );
    let listed = browser.get("/console/orders?waits=yes").await;
    assert_eq!(listed.texts("#orders tbody td:first-child"), [order.to_string()]);
    assert!(listed.has("#waits[checked]") && listed.has(&format!("#order-{order} .badge.waits")));
    assert_eq!(browser.get("/console/orders").await.texts("#orders .badge.waits").len(), 1);
}
