//! What a Harver Admin does about an order: cancelling it, sending the invitation again.

use axum::http::StatusCode;
use harver_icims::domain::{Job, JobKind, OrderEvent, OrderId, OrderState};
use harver_icims::store::{jobs, orders};
use jiff::SignedDuration;

use super::browser::Browser;
use super::world::World;

/// An order whose candidate was invited, with a link that works for a day.
async fn invited(world: &World, customer: u64) -> OrderId {
    let (order, now) = (world.order(customer).await, world.now());
    world
        .change(move |tx| {
            let application = "65aa01f29c3b4d00178e92fa".parse().expect("24 digits");
            let link = "https://my.harver.com/app/landing/magic-link/9f2c7e".parse().expect("a URL");
            orders::keep_link(tx, order, &application, (&link, now + SignedDuration::from_hours(24)), now)?;
            orders::apply(tx, order, OrderEvent::LinkHandedOver, now)
        })
        .await;
    order
}

async fn waiting(world: &World, order: OrderId) -> Vec<JobKind> {
    let jobs = world.change(move |tx| jobs::of_order(tx, order)).await;
    jobs.into_iter().filter(|record| record.state == "waiting").map(|record| record.job.kind).collect()
}

async fn cancelled(browser: &mut Browser, order: OrderId, reason: &str) -> super::browser::Page {
    let page = format!("/console/orders/{order}/cancel");
    browser.submit(&page, &page, &[("reason", reason)]).await
}

#[tokio::test]
async fn an_order_is_cancelled_with_a_reason_on_a_page_that_asks_for_it() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let order = invited(&world, 4021).await;
    let now = world.now();
    world.change(move |tx| jobs::schedule(tx, Job { kind: JobKind::CloseInvitation, order }, now, now)).await;
    assert!(
        browser
            .get(&format!("/console/orders/{order}"))
            .await
            .has(&format!("#cancel-order[href='/console/orders/{order}/cancel']"))
    );

    let unsaid = cancelled(&mut browser, order, "  ").await;
    assert_eq!((unsaid.status, world.state(order).await), (StatusCode::UNPROCESSABLE_ENTITY, OrderState::Invited));
    assert!(unsaid.has("#reason[aria-invalid=true]") && unsaid.has("#reason-error"));

    let done = cancelled(&mut browser, order, "the position is <filled>").await.location().to_owned();
    let page = browser.get(&done).await;
    assert!(page.has("#order-done") && page.text("#order-state") == "Cancelled");
    assert_eq!(page.text("#order-failure"), "Cancelled in Harver: the position is <filled>");
    assert!(!page.body.contains("<filled>"), "what people type is escaped");
    assert!(page.texts("#order-timeline li").iter().any(|line| line.contains("cancelled from the console by admin@brightwater")));
    assert!(!page.has("#cancel-order") && !page.has("#invite-again"), "there is nothing left to do");
    assert_eq!(waiting(&world, order).await, [JobKind::ReportFailure], "iCIMS is told, and nothing else is to come");
}

#[tokio::test]
async fn what_has_ended_is_not_cancelled_and_another_customers_order_is_not_found() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let (order, now) = (invited(&world, 4021).await, world.now());
    world.change(move |tx| orders::apply(tx, order, OrderEvent::Finished, now)).await;
    assert!(browser.get(&format!("/console/orders/{order}/cancel")).await.has("#has-ended"));
    for action in ["cancel", "invite-again"] {
        let path = format!("/console/orders/{order}/{action}");
        let refused = browser.submit("/console", &path, &[("reason", "too late")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{action}");
        assert!(refused.has("#order-refused"), "{action}");
    }
    assert_eq!(world.state(order).await, OrderState::Completed);

    let theirs = invited(&world, 4022).await;
    for action in ["cancel", "invite-again"] {
        let path = format!("/console/orders/{theirs}/{action}");
        let refused = browser.submit("/console", &path, &[("reason", "not ours")]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{action}");
    }
    assert_eq!(browser.get(&format!("/console/orders/{theirs}/cancel")).await.status, StatusCode::NOT_FOUND);
    assert_eq!((world.state(theirs).await, waiting(&world, theirs).await.len()), (OrderState::Invited, 0));
}

#[tokio::test]
async fn an_invitation_is_sent_again_once_at_a_time() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let order = invited(&world, 4021).await;
    let page = format!("/console/orders/{order}");
    let again = format!("{page}/invite-again");
    assert!(browser.get(&page).await.has("#invite-again"));
    let done = browser.submit(&page, &again, &[]).await.location().to_owned();
    assert!(browser.get(&done).await.has("#order-done"));
    assert_eq!(waiting(&world, order).await, [JobKind::StartAssessment]);
    let stored = world.change(move |tx| orders::get_order(tx, order)).await.expect("the order");
    assert_eq!((stored.round, stored.read_at), (2, None), "the candidate's address is read again");
    let twice = browser.submit(&page, &again, &[]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert!(twice.text("#order-refused").contains("on its way already"));
}

#[tokio::test]
async fn who_was_never_invited_is_not_invited_again_but_can_be_cancelled() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let order = world.order(4021).await;
    let page = browser.get(&format!("/console/orders/{order}")).await;
    assert!(!page.has("#invite-again") && page.has("#cancel-order"));
    assert_eq!(
        browser.submit("/console", &format!("/console/orders/{order}/invite-again"), &[]).await.status,
        StatusCode::CONFLICT
    );
    cancelled(&mut browser, order, "a mistake").await.location();
    assert_eq!(world.state(order).await, OrderState::Cancelled);
}

#[tokio::test]
async fn a_recruiter_sees_an_order_without_its_buttons() {
    let world = World::new().await;
    let order = invited(&world, 4021).await;
    let mut browser = world.recruiter().await;
    let page = browser.get(&format!("/console/orders/{order}")).await;
    assert!(!page.has("#invite-again") && !page.has("#cancel-order"));
}
