//! The section General: what is chosen and typed there (promise G10).

use axum::http::StatusCode;
use harver_icims::domain::{Instance, Pattern};

use super::world::World;

const GENERAL: &str = "/console/general";
const FORM: [(&str, &str); 5] = [
    ("pattern_ad_hoc", "on"),
    ("trigger_statuses", "C40177"),
    ("instance", "default"),
    ("name", "Brightwater"),
    ("return_url", ""),
];

/// The form, with some fields different.
fn form<'a>(different: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = FORM.into_iter().filter(|(name, _)| different.iter().all(|(other, _)| other != name));
    kept.chain(different.iter().copied()).collect()
}

#[tokio::test]
async fn patterns_have_the_labels_of_the_guide_and_either_can_be_chosen() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let labels = [
        "ATS First Inline (seamless experience - application complete)",
        "ATS First Ad-Hoc (interactive - workflow status change)",
    ];
    assert_eq!(browser.get(GENERAL).await.texts("#patterns label"), labels);
    for (boxes, chosen) in [
        (vec![("pattern_inline", "on")], vec![Pattern::Inline, Pattern::AdHoc]),
        (vec![("pattern_inline", "on"), ("pattern_ad_hoc", "")], vec![Pattern::Inline]),
        (vec![], vec![Pattern::AdHoc]),
    ] {
        let saved = browser.submit(GENERAL, GENERAL, &form(&boxes)).await.location().to_owned();
        let page = browser.get(&saved).await;
        assert_eq!(page.text("#saved"), "Saved.");
        assert_eq!(world.customer().await.patterns, chosen);
        for (pattern, id) in [(Pattern::Inline, "#pattern_inline"), (Pattern::AdHoc, "#pattern_ad_hoc")] {
            assert_eq!(page.has(&format!("{id}[checked]")), chosen.contains(&pattern), "{id}");
        }
    }
}

#[tokio::test]
async fn everything_of_the_form_is_stored_and_the_rest_is_left_alone() {
    let world = World::new().await;
    let before = world.customer().await;
    let mut browser = world.signed_in().await;
    let typed = [
        ("trigger_statuses", "C40177; D10100"),
        ("ended_statuses", "C40190, D10108"),
        ("event_sources", "203.0.113.7, 198.51.100.0/24"),
        ("instance", "us"),
        ("name", " Brightwater Foods "),
        ("return_url", "https://careers.brightwater.example/go-on"),
    ];
    browser.submit(GENERAL, GENERAL, &form(&typed)).await.location();
    let after = world.customer().await;
    assert_eq!((after.name.as_str(), after.instance), ("Brightwater Foods", Instance::Us));
    assert_eq!(browser.get(GENERAL).await.value("#ended-statuses"), "40190, 10108");
    let both = browser.submit(GENERAL, GENERAL, &form(&[("ended_statuses", "C40177")])).await;
    assert!(both.has("#ended-statuses-error") && both.has("#ended-statuses[aria-invalid=true]"), "it asks for an assessment");
    assert_eq!(after.trigger_statuses.iter().map(ToString::to_string).collect::<Vec<_>>(), ["40177", "10100"]);
    assert_eq!(after.return_url.as_ref().map(AsRef::as_ref), Some("https://careers.brightwater.example/go-on"));
    let page = browser.get(GENERAL).await;
    assert_eq!(page.value("#trigger-statuses"), "40177, 10100");
    assert!(page.has("#instance option[value=us][selected]"));
    let unchanged = harver_icims::domain::Customer {
        name: before.name.clone(),
        instance: before.instance,
        trigger_statuses: before.trigger_statuses.clone(),
        ended_statuses: before.ended_statuses.clone(),
        event_sources: before.event_sources.clone(),
        return_url: before.return_url.clone(),
        ..after
    };
    assert_eq!(format!("{unchanged:?}"), format!("{before:?}"));
    let changed: Vec<_> = world.changed().await.into_iter().map(|(setting, ..)| setting).collect();
    assert_eq!(changed, ["name", "instance", "trigger_statuses", "ended_statuses", "event_sources", "return_url"]);
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_field_and_what_was_typed_stays() {
    let world = World::new().await;
    let before = format!("{:?}", world.customer().await);
    let mut browser = world.signed_in().await;
    for (name, typed, id) in [
        ("trigger_statuses", "Send", "trigger-statuses"),
        ("name", "", "company-name"),
        ("return_url", "careers.brightwater.example", "return-url"),
        ("return_url", "javascript:alert(1)", "return-url"),
    ] {
        let refused = browser.submit(GENERAL, GENERAL, &form(&[(name, typed), ("pattern_inline", "on")])).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert_eq!(refused.value(&format!("#{id}")), typed, "what was typed stays");
        assert!(refused.has(&format!("#{id}[aria-invalid=true][aria-describedby={id}-error]")), "{}", refused.body);
        assert!(refused.text("#not-saved").contains(&refused.text(&format!("#{id}-error"))));
        assert!(refused.has("#pattern_inline[checked]"), "what was ticked stays");
    }
    let refused = browser.submit(GENERAL, GENERAL, &form(&[("instance", "eu")])).await;
    assert!(refused.has("#instance-error"));
    assert_eq!(format!("{:?}", world.customer().await), before);
    assert!(world.changed().await.is_empty());
}

#[tokio::test]
async fn an_enabled_integration_keeps_a_pattern() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let refused = browser.submit(GENERAL, GENERAL, &form(&[("pattern_ad_hoc", "")])).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text("#patterns-error").contains("disable the integration first"));
    world.set_up(|customer| customer.enabled = false).await;
    browser.submit(GENERAL, GENERAL, &form(&[("pattern_ad_hoc", "")])).await.location();
    assert_eq!(world.customer().await.patterns, []);
}
