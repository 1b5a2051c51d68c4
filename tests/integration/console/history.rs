//! What the history tells of changes, and what not.

use harver_icims::store::history::{self, SettingChange};

use super::world::{ADMIN, World, id};

const HISTORY: &str = "/console/history";

#[tokio::test]
async fn a_change_is_told_with_who_when_and_what() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    assert!(browser.get(HISTORY).await.has("#history-empty"));
    let reports = "/console/harver-to-ats/reports";
    browser.submit(reports, reports, &[("report_type", "fact_sheet"), ("ats_field", "assessmenturl")]).await.location();
    let page = browser.get(HISTORY).await;
    let cells = ["5 Mar 2026, 14:07 UTC", ADMIN, "console", "Report type", "reports_hub", "fact_sheet"];
    assert_eq!(page.texts("#history tbody td"), cells);
}

#[tokio::test]
async fn a_secret_is_never_told() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let rotate = "/console/credentials/ats-to-harver/rotate";
    browser.submit("/console/credentials/ats-to-harver", rotate, &[("old_ends", "1h")]).await.location();
    let new = browser.get("/console/credentials/ats-to-harver").await.text("#events-password");
    let page = browser.get(HISTORY).await;
    let settings = page.texts("#history tbody td[data-label=Setting]");
    assert!(settings.contains(&"Harver API password".to_owned()), "{settings:?}");
    assert!(page.texts("#history td[data-label=Became]").contains(&"5 Mar 2026, 15:07 UTC".to_owned()), "{}", page.body);
    assert!(!page.body.contains(&new) && !page.body.contains("inbound-password"));
}

#[tokio::test]
async fn the_newest_changes_come_first_and_those_of_others_not_at_all() {
    let world = World::new().await;
    let now = world.now();
    world
        .change(move |tx| {
            for number in 1..=53 {
                let change = |setting: &str| SettingChange {
                    id: 0,
                    at: now,
                    who: "somebody@brightwater.example".into(),
                    way: "file".into(),
                    setting: setting.into(),
                    was: String::new(),
                    became: number.to_string(),
                };
                history::keep(tx, id(4021), &change("name"))?;
                history::keep(tx, id(4022), &change("not-ours"))?;
            }
            Ok(())
        })
        .await;
    let mut browser = world.signed_in().await;
    let first = browser.get(HISTORY).await;
    let became = first.texts("#history td[data-label=Became]");
    assert_eq!((became.len(), became[0].as_str(), became[49].as_str()), (50, "53", "4"));
    let older = first.value_of("#older-changes", "href");
    let second = browser.get(&older).await;
    assert_eq!(second.texts("#history td[data-label=Became]"), ["3", "2", "1"]);
    assert!(second.has("#newest-changes") && !second.has("#older-changes"));
    assert!(!first.body.contains("not-ours") && !second.body.contains("not-ours"));
}
