//! A neighbour that refuses whatever is asked for the customer, as the console tells of it.

use axum::http::StatusCode;
use harver_icims::domain::{Breaker, CustomerId, Job, JobKind, Neighbour, News, OrderId};
use harver_icims::store::orders::NewOrder;
use harver_icims::store::{breakers, jobs, orders};
use jiff::SignedDuration;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::world::{World, id, new_order};

const REASON: &str = "iCIMS rejected our credentials while reading person 30517 of customer 4021";

/// Parks a customer's neighbour.
async fn park(world: &World, customer: CustomerId, neighbour: Neighbour) {
    let now = world.now();
    let parked = Breaker::after(None, News::Refused(REASON.into()), now);
    world.change(move |tx| breakers::keep(tx, customer, neighbour, parked.as_ref())).await;
}

/// When the customer's iCIMS may be tried again.
async fn tried_at(world: &World) -> Option<jiff::Timestamp> {
    let known = world.change(|tx| breakers::one(tx, id(4021), Neighbour::Icims)).await;
    known.expect("it is parked").open_until()
}

#[tokio::test]
async fn every_page_tells_of_it_until_it_takes_calls_again() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    park(&world, id(4022), Neighbour::Icims).await;
    assert!(!browser.get("/console").await.has(".notice.bad"), "another customer's is none of ours");
    park(&world, id(4021), Neighbour::Icims).await;
    for path in ["/console", "/console/orders", "/console/general"] {
        let told = browser.get(path).await.text("#parked-icims");
        assert!(told.contains("iCIMS refuses whatever is asked for this customer") && told.contains(REASON), "{path}: {told}");
        assert!(told.contains("tried at 5 Mar 2026, 14:08 UTC"), "{path}: {told}");
    }
    let theirs = world.recruiter().await.get("/console").await;
    assert!(theirs.has("#parked-icims") && !theirs.body.contains(REASON) && !theirs.has("#try-icims"));
    world.change(|tx| breakers::keep(tx, id(4021), Neighbour::Icims, None)).await;
    assert!(!browser.get("/console").await.has("#parked-icims"));
}

#[tokio::test]
async fn an_admin_who_has_acted_has_it_tried_at_once() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    park(&world, id(4021), Neighbour::Icims).await;
    assert_eq!(tried_at(&world).await, Some(world.now() + SignedDuration::from_mins(1)));
    let tried = browser.submit("/console", "/console/neighbours/icims/try", &[]).await;
    assert_eq!(tried.location(), "/console");
    assert_eq!(tried_at(&world).await, Some(world.now()));
    let unknown = browser.submit("/console", "/console/neighbours/nobody/try", &[]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_test_of_the_connection_that_works_has_it_tried_at_once_and_one_that_does_not_changes_nothing() {
    const TEST: &str = "/console/credentials/harver-to-ats/test";
    for (answer, is_tried) in [(401, false), (200, true)] {
        let (world, icims) = (World::new().await, MockServer::start().await);
        let mock = Mock::given(any()).respond_with(ResponseTemplate::new(answer).set_body_json(serde_json::json!({})));
        mock.mount(&icims).await;
        let base = icims.uri().parse().expect("a URL");
        world.set_up(move |customer| customer.ats = crate::support::customer(&base, &base).ats).await;
        park(&world, id(4021), Neighbour::Icims).await;
        world.signed_in().await.submit("/console", TEST, &[]).await;
        assert_eq!(tried_at(&world).await == Some(world.now()), is_tried, "iCIMS answered {answer}");
    }
}

/// An order of a customer for this workflow with a step that nobody has tried, due after a while.
async fn ordered(world: &World, customer: u64, workflow: u64, kind: JobKind, after: SignedDuration) -> OrderId {
    let (new, now) = (NewOrder { workflow: workflow.try_into().expect("a number"), ..new_order(customer) }, world.now());
    world
        .change(move |tx| {
            let order = orders::insert(tx, &new, now)?;
            jobs::schedule(tx, Job { kind, order }, now + after, now)?;
            Ok(order)
        })
        .await
}

#[tokio::test]
async fn orders_that_were_never_tried_because_of_it_are_among_those_that_wait_and_say_so() {
    const NOW: SignedDuration = SignedDuration::ZERO;
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let held = ordered(&world, 4021, 1, JobKind::StartAssessment, NOW).await;
    let mailed = ordered(&world, 4021, 2, JobKind::CloseInvitation, NOW).await;
    let planned = ordered(&world, 4021, 3, JobKind::ReportProgress, SignedDuration::from_hours(48)).await;
    let sweeps = ordered(&world, 4021, 4, JobKind::Sweep, NOW).await;
    let waiting = "/console/orders?waits=yes";
    assert!(browser.get(waiting).await.has("#orders-empty"), "each has its turn in a moment");

    park(&world, id(4022), Neighbour::Icims).await;
    assert!(browser.get(waiting).await.has("#orders-empty"), "another customer's neighbour holds nothing up here");
    park(&world, id(4021), Neighbour::Icims).await;
    assert_eq!(browser.get(waiting).await.texts("#orders tbody td:first-child"), [held.to_string()]);
    let all = browser.get("/console/orders").await;
    assert_eq!(all.texts("#orders tbody td:first-child").len(), 4);
    assert_eq!(all.texts("#orders .badge.waits").len(), 1);
    assert!(all.has(&format!("#order-{held} .badge.waits")));
    assert!(browser.get("/console").await.text("#waiting").contains("One step could not be done and waits"));
    let told = browser.get(&format!("/console/orders/{held}")).await.text(".notice.waits");
    assert_eq!(
        told,
        "The invitation waits. iCIMS refuses whatever is asked for this customer. Not tried yet, next at 5 Mar 2026, 14:08 UTC."
    );
    for other in [mailed, planned, sweeps] {
        assert!(!browser.get(&format!("/console/orders/{other}")).await.has(".notice.waits"), "order {other}");
    }

    let away = Breaker::Open { failures: 3, until: world.now() + SignedDuration::from_secs(30) };
    world.change(move |tx| breakers::keep(tx, id(4021), Neighbour::Harver, Some(&away))).await;
    assert_eq!(browser.get(waiting).await.texts("#orders tbody td:first-child"), [mailed.to_string(), held.to_string()]);
    let told = browser.get(&format!("/console/orders/{mailed}")).await.text(".notice.waits");
    assert!(told.contains("The Harver platform was away or has asked for a pause. Not tried yet"), "{told}");
    for neighbour in [Neighbour::Icims, Neighbour::Harver] {
        world.change(move |tx| breakers::keep(tx, id(4021), neighbour, None)).await;
    }
    assert!(browser.get(waiting).await.has("#orders-empty"));
}

#[tokio::test]
async fn monitoring_reads_who_is_parked_and_how_much_waits_of_whom() {
    let world = World::new().await;
    park(&world, id(4021), Neighbour::Icims).await;
    world.dead_letter(4022, JobKind::ReportResult).await;
    let told = world.browser().get("/metrics").await;
    assert!(told.header("content-type").starts_with("application/openmetrics-text"));
    for line in [
        "harver_icims_neighbour_left_alone{customer=\"4021\",neighbour=\"icims\"} 1",
        "harver_icims_neighbour_parked{customer=\"4021\",neighbour=\"icims\"} 1",
        "harver_icims_dead_letters{customer=\"4021\"} 0",
        "harver_icims_dead_letters{customer=\"4022\"} 1",
        "harver_icims_steps_due{customer=\"4022\"} 0",
        "harver_icims_steps_waiting{customer=\"4022\"} 0",
        "# EOF",
    ] {
        assert!(told.body.lines().any(|found| found == line), "{line}\n{}", told.body);
    }
}
