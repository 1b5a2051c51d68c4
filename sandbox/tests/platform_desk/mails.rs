//! Which mails candidates get, when, and that nobody gets one twice.

use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::platform_desk::stage::{Stage, browser};

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn all() -> serde_json::Value {
    json!({"completion": true, "reminder_48_hours": true, "reminder_7_days": true})
}

#[tokio::test]
async fn the_platform_sends_nothing_by_itself_unless_the_vacancy_says_so() {
    let stage = Stage::start().await;
    let (link, _) = stage.register("zoe@example.org").await;
    stage.register("omar@example.org").await;
    stage.finish(&link, "b").await;
    stage.advance(hours(24 * 30)).await;
    assert!(stage.mails_to("zoe@example.org").await.is_empty() && stage.mails_to("omar@example.org").await.is_empty());
}

#[tokio::test]
async fn a_mail_thanks_for_finishing_in_the_candidates_language_and_the_screen_shows_it() {
    let stage = Stage::start().await;
    stage.mails_of_the_vacancy(json!({"completion": true})).await;
    let (link, id) = stage.register("zoe@example.org").await;
    assert!(stage.mails_to("zoe@example.org").await.is_empty(), "the invitation is not the platform's");
    let http = browser();
    let landing = stage.get(&http, &link).await;
    let first = stage.post(&http, &landing.path, &[("terms", "yes"), ("language", "nl-NL")]).await;
    stage.walk(&http, first, "b").await;
    let mails = stage.mails_to("zoe@example.org").await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "Bedankt voor het afronden van het assessment voor Call Centre Advisor");
    assert!(mails[0].text.as_ref().is_some_and(|text| text.contains("Hallo Zoë") && text.contains("Brightwater")));
    let page = stage.get(&stage.desk().await, &format!("/app/candidates/{id}")).await;
    assert_eq!(page.text("#mails"), "Completion 2026-03-04 13:12 UTC");
}

#[tokio::test]
async fn reminders_go_out_after_two_days_and_a_week_with_a_link_that_works() {
    let stage = Stage::start().await;
    stage.mails_of_the_vacancy(all()).await;
    let (_, id) = stage.register("zoe@example.org").await;
    stage.advance(hours(47)).await;
    assert!(stage.mails_to("zoe@example.org").await.is_empty());
    stage.advance(hours(1)).await;
    let mails = stage.mails_to("zoe@example.org").await;
    assert_eq!(mails.len(), 1);
    let http = browser();
    let landing = stage.get(&http, &mails[0].links[0]).await;
    assert_eq!(landing.path, format!("/app/journey/{id}/landing"));
    stage.post(&http, &landing.path, &[("terms", "yes")]).await;
    stage.advance(hours(5 * 24)).await;
    let mails = stage.mails_to("zoe@example.org").await;
    assert_eq!(mails.len(), 2, "whoever has begun and not finished is reminded again");
    assert!(mails[1].subject.starts_with("Reminder") && mails[1].links[0] != mails[0].links[0]);
    stage.advance(hours(24 * 60)).await;
    assert_eq!(stage.mails_to("zoe@example.org").await.len(), 2);
}

#[tokio::test]
async fn nobody_is_reminded_who_has_finished_or_was_rejected() {
    let stage = Stage::start().await;
    stage.mails_of_the_vacancy(json!({"reminder_48_hours": true, "reminder_7_days": true})).await;
    let (link, _) = stage.register("zoe@example.org").await;
    let (_, rejected) = stage.register("omar@example.org").await;
    stage.register("ada@example.org").await;
    stage.finish(&link, "b").await;
    let status = json!({"attributes": {"status": "rejected"}});
    assert_eq!(stage.api(Method::PATCH, &format!("/applications/{rejected}"), status).await.0, StatusCode::NO_CONTENT);
    stage.advance(hours(8 * 24)).await;
    assert!(stage.mails_to("zoe@example.org").await.is_empty() && stage.mails_to("omar@example.org").await.is_empty());
    assert_eq!(stage.mails_to("ada@example.org").await.len(), 2, "who has not finished is");
}

#[tokio::test]
async fn registering_again_or_switching_again_reminds_nobody_twice() {
    let stage = Stage::start().await;
    stage.register("early@example.org").await;
    stage.mails_of_the_vacancy(all()).await;
    stage.register("zoe@example.org").await;
    stage.mails_of_the_vacancy(json!({})).await;
    stage.mails_of_the_vacancy(all()).await;
    stage.register("zoe@example.org").await;
    stage.advance(hours(48)).await;
    assert_eq!(stage.mails_to("zoe@example.org").await.len(), 1);
    assert_eq!(stage.mails_to("early@example.org").await.len(), 1, "who was under way when it was switched on is reminded, too");
}

#[tokio::test]
async fn a_restart_loses_no_reminder_and_sends_none_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = Stage::on(Some(folder.path())).await;
    before.mails_of_the_vacancy(all()).await;
    before.register("zoe@example.org").await;
    before.advance(hours(48)).await;
    assert_eq!(before.mails_to("zoe@example.org").await.len(), 1);
    before.sandbox.stop().await;
    let after = Stage::on(Some(folder.path())).await;
    assert_eq!(after.mails_to("zoe@example.org").await.len(), 1);
    after.advance(hours(5 * 24)).await;
    assert_eq!(after.mails_to("zoe@example.org").await.len(), 2);
    after.sandbox.stop().await;
    let again = Stage::on(Some(folder.path())).await;
    again.advance(hours(30 * 24)).await;
    assert_eq!(again.mails_to("zoe@example.org").await.len(), 2);
}

#[tokio::test]
async fn a_mail_is_the_own_customers_and_the_journal_says_who_sent_it() {
    let stage = Stage::start().await;
    let other = stage.sandbox.world().open_customer(icims_sandbox::control::NewTenantWish::default()).await.expect("opened");
    stage.mails_of_the_vacancy(json!({"completion": true})).await;
    let (link, _) = stage.register("zoe@example.org").await;
    stage.finish(&link, "b").await;
    assert_eq!(stage.mails_to("zoe@example.org").await[0].customer.as_deref(), Some("4021"));
    let (_, foreign) = stage.control(Method::GET, &format!("mail?customer={}", other.icims.customer_id), json!(null)).await;
    assert_eq!(foreign["messages"], json!([]));
    let (_, journal) = stage.control(Method::GET, "journal?customer=4021", json!(null)).await;
    let mail = journal["exchanges"].as_array().expect("a list").iter().find(|exchange| exchange["to"] == "mailbox").cloned();
    assert_eq!(mail.expect("it is in the journal")["from"], "harver_platform");
}
