//! What the iCIMS side is given (promises G06 and G13).

use axum::http::StatusCode;
use harver_icims::domain::Instance;
use jiff::SignedDuration;
use secrecy::ExposeSecret;

use super::world::World;

const TAB: &str = "/console/credentials/ats-to-harver";
const ROTATE: &str = "/console/credentials/ats-to-harver/rotate";

/// The passwords that open now.
async fn valid(world: &World) -> Vec<String> {
    let (customer, now) = (world.customer().await, world.now());
    customer.events.passwords_at(now).map(|password| password.expose_secret().to_owned()).collect()
}

#[tokio::test]
async fn after_a_rotation_both_passwords_stand_side_by_side_until_the_announced_moment() {
    for (chosen, time, moment) in [
        ("1h", SignedDuration::from_hours(1), "5 Mar 2026, 15:07 UTC"),
        ("24h", SignedDuration::from_hours(24), "6 Mar 2026, 14:07 UTC"),
        ("7d", SignedDuration::from_hours(168), "12 Mar 2026, 14:07 UTC"),
    ] {
        let world = World::new().await;
        let mut browser = world.signed_in().await;
        let rotated = browser.submit(TAB, ROTATE, &[("old_ends", chosen)]).await.location().to_owned();
        let page = browser.get(&rotated).await;
        assert!(page.text("#rotated").contains(moment), "{}", page.text("#rotated"));
        assert_eq!((page.text("#former-until"), page.text("#former-password")), (moment.into(), "inbound-password".into()));
        let new = page.text("#events-password");
        assert_eq!(valid(&world).await, [new.as_str(), "inbound-password"]);
        assert_eq!(page.text("#events-username"), "events-4021", "the user name stays");

        world.pass(time - SignedDuration::from_secs(1));
        assert_eq!(valid(&world).await.len(), 2);
        world.pass(SignedDuration::from_secs(1));
        assert_eq!(valid(&world).await, [new.as_str()]);
        let mut browser = world.signed_in().await;
        let page = browser.get(TAB).await;
        assert!(!page.has("#both-passwords") && !page.body.contains("inbound-password"));
        assert!(world.changed().await.iter().all(|(_, was, became)| !format!("{was}{became}").contains(&new)));
    }
}

#[tokio::test]
async fn a_rotation_may_end_the_old_password_at_once() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let rotated = browser.submit(TAB, ROTATE, &[("old_ends", "now")]).await.location().to_owned();
    let page = browser.get(&rotated).await;
    assert!(page.text("#rotated").contains("refused from now on") && !page.has("#both-passwords"));
    assert_eq!(valid(&world).await, [page.text("#events-password")]);
}

#[tokio::test]
async fn a_moment_that_is_not_offered_rotates_nothing() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    for chosen in ["", "never", "-1h"] {
        assert_eq!(browser.submit(TAB, ROTATE, &[("old_ends", chosen)]).await.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(valid(&world).await, ["inbound-password"]);
}

#[tokio::test]
async fn addresses_are_edited_one_in_each_line() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let form = browser.get(TAB).await;
    assert_eq!(form.text("#addresses-field").split_whitespace().count(), 13);
    let refused = browser.submit(TAB, TAB, &[("addresses", "80.113.26.114\r\n80.113.26.999")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text("#addresses-field-error").contains("80.113.26.999"));
    assert!(refused.has("details[open] #addresses-field[aria-invalid=true]"));
    assert_eq!(refused.text("#addresses-field"), "80.113.26.114 80.113.26.999", "what was typed stays");
    assert_eq!(refused.texts("#addresses li").len(), 13, "what is set up stays");

    let typed = "80.113.26.114\r\n2001:db8::7\r\n";
    let saved = browser.submit(TAB, TAB, &[("addresses", typed)]).await.location().to_owned();
    let page = browser.get(&saved).await;
    assert!(page.has("#saved"));
    assert_eq!(page.texts("#addresses li"), ["80.113.26.114", "2001:db8::7"]);
    assert_eq!(page.text("#all-addresses"), "80.113.26.114, 2001:db8::7");
    let none = browser.submit(TAB, TAB, &[("addresses", " ")]).await;
    assert!(none.has("#addresses-field-error"));
}

#[tokio::test]
async fn every_value_can_be_selected_by_one_click() {
    let world = World::new().await;
    let page = world.signed_in().await.get(TAB).await;
    for id in ["start-url", "events-username", "events-password", "all-addresses"] {
        assert!(page.has(&format!("#{id}.copy")), "{id}");
    }
    let style = world.browser().get("/console/static/console.css").await;
    assert!(style.body.contains(".copy { user-select: all;"));
}

#[tokio::test]
async fn the_endpoint_is_the_one_of_the_accounts_instance() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let page = browser.get(TAB).await;
    assert!(page.text("#start-url").starts_with("http://127.0.0.1:8702/prod/"));
    assert!(page.text("#start-instance").contains("default instance"));
    world.set_up(|customer| customer.instance = Instance::Us).await;
    let unknown = browser.get(TAB).await;
    assert!(!unknown.has("#start-url"), "the address of the other instance would be wrong");
    let said = unknown.text("#start-url-unknown");
    assert!(said.contains("US instance") && said.contains("support@harver.com"), "{said}");
}

#[tokio::test]
async fn the_endpoint_of_the_other_instance_is_shown_where_it_is_known() {
    let us = "https://us.integrations.example.com/prod/orchestrator/v1/flows/startAssessment/icimsmarketplace";
    let world = World::with(|settings| settings.other_instance_url = Some(us.parse().expect("a URL"))).await;
    world.set_up(|customer| customer.instance = Instance::Us).await;
    assert_eq!(world.signed_in().await.get(TAB).await.text("#start-url"), us);
}
