//! What the screens look like, as text: a change here is meant.

use scraper::Selector;

use crate::platform_desk::stage::{Stage, browser};
use crate::seen::Seen;

/// The main part of a page, line by line.
fn main_part(page: &Seen) -> String {
    let main = page.html.select(&Selector::parse("main").expect("a selector")).next().expect("every page has one").inner_html();
    main.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_screens_look_as_before() {
    let stage = Stage::start().await;
    let (desk, vacancy) = (stage.desk().await, stage.vacancy());
    insta::assert_snapshot!("sign_in", main_part(&stage.get(&browser(), "/app/sign-in").await));
    for (name, path) in [
        ("vacancies", "/app/vacancies".to_owned()),
        ("create_vacancy", "/app/vacancies/new".into()),
        ("vacancy_basics", format!("/app/vacancies/{vacancy}")),
        ("vacancy_matching_profile", format!("/app/vacancies/{vacancy}/matching-profile")),
        ("vacancy_communication", format!("/app/vacancies/{vacancy}/communication")),
    ] {
        insta::assert_snapshot!(name, main_part(&stage.get(&desk, &path).await));
    }
    let (link, id) = stage.register("zoe@example.org").await;
    stage.finish(&link, "a").await;
    insta::assert_snapshot!("candidate_detail", main_part(&stage.get(&desk, &format!("/app/candidates/{id}")).await));
}

#[tokio::test]
async fn screens_work_without_scripts_and_say_which_tab_is_shown() {
    let stage = Stage::start().await;
    let (desk, vacancy) = (stage.desk().await, stage.vacancy());
    for (tab, label) in [("", "Basics"), ("/flow", "Flow"), ("/end-page", "End Page"), ("/reapply", "Reapply")] {
        let page = stage.get(&desk, &format!("/app/vacancies/{vacancy}{tab}")).await;
        assert_eq!(page.text("#tabs [aria-current]"), label);
        assert!(!page.has("script:not([src])"), "no script is in the page itself: {tab}");
    }
    let script = stage.get(&browser(), "/static/copy.js").await;
    assert!(script.html.html().contains("clipboard"));
}
