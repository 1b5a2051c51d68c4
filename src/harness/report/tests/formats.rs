//! The small run in each format.

use serde_json::Value;

use super::{files, small_run};
use crate::harness::report::run::{Blame, Run, Status};
use crate::harness::report::{Written, junit};

async fn written() -> (std::collections::BTreeMap<String, String>, Written) {
    let (folder, reports) = small_run().await;
    let written = reports.write(&["The mill stands still.".into()]).expect("reports");
    (files(folder.path()), written)
}

#[tokio::test]
async fn each_scenario_has_ended_as_it_should() {
    let (_folder, reports) = small_run().await;
    let run = reports.record.lock().expect("a record").finish();
    let ended: Vec<_> = run.scenarios().map(|(.., one)| (one.name.as_str(), one.status(), one.blame())).collect();
    assert_eq!(
        ended,
        [
            ("Bread is bought", Status::Passed, None),
            ("Nothing is bought", Status::Failed, Some(Blame::Product)),
            ("It comes late", Status::Flaky, None),
            ("Nobody knows what this means", Status::Failed, Some(Blame::Wording)),
            ("The shop is shut", Status::Failed, Some(Blame::SetUp)),
            ("It is bought with the mouse", Status::NotRun, None),
        ]
    );
    let (.., shut) = run.scenarios().nth(4).expect("the shut shop");
    assert_eq!(shut.last().and_then(|last| last.reason()).as_deref(), Some("the shop cannot be opened"));
}

#[tokio::test]
async fn junit_tells_it() {
    let (files, _) = written().await;
    insta::assert_snapshot!(files["junit.xml"]);
}

#[tokio::test]
async fn junit_can_be_read_as_xml_whatever_was_said() {
    let (files, _) = written().await;
    let xml = &files["junit.xml"];
    assert!(xml.contains("no &lt;bread&gt; &amp; no butter"), "it is escaped, and without colours: {xml}");
    let run = Run { problems: vec!["\u{0}\u{b}\u{ffff}\"'<&>".into()], ..Run::default() };
    let xml = junit::document(&run);
    assert!(xml.contains("message=\"\u{fffd}\u{fffd}\u{fffd}&quot;'&lt;&amp;&gt;\""), "{xml}");
}

#[tokio::test]
async fn messages_tell_it() {
    let (files, _) = written().await;
    let lines = files["messages.ndjson"].lines().map(|line| serde_json::from_str::<Value>(line).expect("a message"));
    let told = lines.map(|mut message| {
        // What differs between machines.
        if let Some(meta) = message.get_mut("meta") {
            *meta = "about this machine".into();
        }
        message.to_string()
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"));
}

#[tokio::test]
async fn the_page_tells_it() {
    let (files, _) = written().await;
    let page = &files["report.html"];
    let (_, main) = page.split_once("<main>").expect("a main part");
    let (main, _) = main.split_once("</main>").expect("its end");
    let lines = main.lines().map(str::trim).filter(|line| !line.is_empty());
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let (files, _) = written().await;
    let page = scraper::Html::parse_document(&files["report.html"]);
    let outside =
        scraper::Selector::parse("link, iframe, script[src], img:not([src^='data:']), [style*='url(']").expect("a selector");
    assert_eq!(page.select(&outside).count(), 0);
    let ids = scraper::Selector::parse("[id]").expect("a selector");
    let mut ids: Vec<_> = page.select(&ids).filter_map(|element| element.attr("id")).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count, "each id is there once: {ids:?}");
    let links = scraper::Selector::parse("a[href^='#']").expect("a selector");
    for link in page.select(&links).filter_map(|element| element.attr("href")) {
        assert!(ids.contains(&&link[1..]), "{link} leads nowhere");
    }
}

#[tokio::test]
async fn allure_is_told_it() {
    let (files, _) = written().await;
    let results = files.iter().filter(|(name, _)| name.starts_with("allure-results/"));
    let told = results.map(|(name, content)| format!("{name}\n{content}"));
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n\n"));
}

#[tokio::test]
async fn the_exchange_and_the_field_of_a_failure_are_shown() {
    let (files, _) = written().await;
    let page = &files["report.html"];
    for told in [
        "assessmentdate is no field",
        "<code>applicantworkflows.assessmentresults.assessmentdate</code> <strong>written</strong>",
    ] {
        assert!(page.contains(told), "{told} is not in the page");
    }
}
