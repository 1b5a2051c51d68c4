//! The list of refused events.

use harver_icims::domain::{Pattern, RefusalKind, RefusedEvent};
use harver_icims::store::refused_events;
use jiff::SignedDuration;

use super::world::World;

fn refusal(world: &World, workflow: u64, kind: RefusalKind) -> RefusedEvent {
    RefusedEvent {
        kind,
        http_status: 400,
        pattern: Some(Pattern::AdHoc),
        workflow: Some(workflow.try_into().expect("a number")),
        person: Some("30517".parse().expect("a number")),
        job: None,
        reason: format!("The reason of {}. Do <b>something</b>.", kind.name()),
        detail: "the cause".into(),
        payload: "{\n  \"systemId\": \"88431\"\n}".into(),
        at: world.now(),
    }
}

async fn keep(world: &World, customer: u64, event: RefusedEvent) {
    world.change(move |tx| refused_events::keep(tx, super::world::id(customer), &event)).await;
}

#[tokio::test]
async fn recruiters_and_admins_find_why_and_whom_from_the_overview() {
    let world = World::new().await;
    keep(&world, 4022, refusal(&world, 1, RefusalKind::JobClosed)).await;
    for mut browser in [world.recruiter().await, world.signed_in().await] {
        let calm = browser.get("/console").await;
        assert!(
            !calm.has("#refused-notice") && calm.has("#all-refused[href='/console/refused']"),
            "another customer's are not told"
        );
        assert!(browser.get("/console/refused").await.has("#refused-empty"));
    }
    keep(&world, 4021, refusal(&world, 88431, RefusalKind::Package)).await;
    world.pass(SignedDuration::from_hours(1));
    keep(&world, 4021, refusal(&world, 88431, RefusalKind::Package)).await;
    for mut browser in [world.recruiter().await, world.signed_in().await] {
        let overview = browser.get("/console").await;
        assert!(overview.text("#refused-notice").starts_with("One event was refused in the last seven days."));
        let page = browser.get("/console/refused").await;
        assert_eq!(page.texts("#refused tbody tr").len(), 1, "once, with a count");
        assert!(page.text("#refused .times").contains('2'));
        let line = page.text("#refused tbody tr");
        for expected in
            ["Package", "The reason of package. Do <b>something</b>.", "workflow 88431", "person 30517", "since", "the cause"]
        {
            assert!(line.contains(expected), "{expected}: {line}");
        }
        assert!(page.text("#refused pre").contains("\"systemId\": \"88431\""));
        assert!(!page.has("#refused b"), "reasons are text");
    }
    world.pass(SignedDuration::from_hours(7 * 24 + 1));
    assert!(!world.signed_in().await.get("/console").await.has("#refused-notice"), "it is long ago");
}

#[tokio::test]
async fn what_asked_for_nothing_is_listed_and_no_reason_to_worry() {
    let world = World::new().await;
    keep(&world, 4021, refusal(&world, 1, RefusalKind::Ignored)).await;
    let mut browser = world.signed_in().await;
    assert!(!browser.get("/console").await.has("#refused-notice"));
    assert_eq!(browser.get("/console/refused").await.texts("#refused tbody tr").len(), 1);
}

#[tokio::test]
async fn every_kind_can_be_chosen_and_is_shown_with_its_own_name() {
    let world = World::new().await;
    for (number, kind) in (1..).zip(RefusalKind::ALL) {
        keep(&world, 4021, refusal(&world, number, *kind)).await;
    }
    let mut browser = world.signed_in().await;
    let page = browser.get("/console/refused").await;
    let mut labels = page.texts("#kind option");
    labels.sort();
    labels.dedup();
    assert_eq!(labels.len(), RefusalKind::ALL.len() + 1, "{labels:?}");
    for kind in RefusalKind::ALL {
        let page = browser.get(&format!("/console/refused?kind={}", kind.name())).await;
        assert_eq!(page.texts("#refused tbody tr").len(), 1, "{kind:?}");
        assert!(page.has(&format!("#kind option[value={}][selected]", kind.name())) && page.has("#all-refused"), "{kind:?}");
    }
    assert!(browser.get("/console/refused?q=no+such+words").await.text("#refused-empty").contains("No refused event matches"));
    assert_eq!(browser.get("/console/refused?q=3").await.texts("#refused tbody tr").len(), 1);
}

#[tokio::test]
async fn the_latest_come_first_and_the_older_ones_on_the_next_page() {
    let world = World::new().await;
    for number in 1..=53 {
        keep(&world, 4021, refusal(&world, number, RefusalKind::Harver)).await;
    }
    let mut browser = world.signed_in().await;
    let first = browser.get("/console/refused?kind=harver").await;
    assert_eq!(first.texts("#refused tbody tr").len(), 50);
    assert!(first.has("#older-refused[href='/console/refused?before=4&q=&kind=harver']"));
    let second = browser.get("/console/refused?before=4&kind=harver").await;
    assert_eq!(second.texts("#refused tbody tr").len(), 3);
    assert!(second.has("#latest-refused") && !second.has("#older-refused"));
}
