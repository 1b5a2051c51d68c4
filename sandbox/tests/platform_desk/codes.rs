//! A link that has expired, and the code by mail that opens the same door.

use jiff::SignedDuration;
use reqwest::StatusCode;

use crate::platform_desk::stage::{Stage, browser};

const LIFE_OF_A_LINK: SignedDuration = SignedDuration::from_hours(24);

/// The code of the latest mail.
async fn code(stage: &Stage, email: &str) -> String {
    let mails = stage.mails_to(email).await;
    let text = mails.last().and_then(|mail| mail.text.clone()).expect("a mail with a text");
    text.lines()
        .map(str::trim)
        .find(|line| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit()))
        .expect("a code")
        .to_owned()
}

#[tokio::test]
async fn an_expired_link_leads_to_a_code_by_mail_and_back_to_where_the_candidate_was() {
    let stage = Stage::start().await;
    let (link, id) = stage.register("zoe@example.org").await;
    let earlier = browser();
    let landing = stage.get(&earlier, &link).await;
    stage.post(&earlier, &landing.path, &[("terms", "yes")]).await;
    stage.post(&earlier, &format!("/app/journey/{id}/modules/welcome"), &[]).await;
    stage.advance(LIFE_OF_A_LINK).await;
    let http = browser();
    let page = stage.get(&http, &link).await;
    assert!(page.status == StatusCode::GONE && page.has("#expired-link #send-code"));
    assert!(stage.mails_to("zoe@example.org").await.is_empty(), "nothing is sent that nobody asked for");
    let page = stage.post(&http, &format!("{}/code", page.path), &[]).await;
    assert_eq!((page.status, &*page.text("#code-recipient")), (StatusCode::OK, "z**@example.org"));
    let code = code(&stage, "zoe@example.org").await;
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let page = stage.post(&http, &format!("{}/confirm", page.path), &[("code", &*spaced)]).await;
    assert_eq!(page.path, format!("/app/journey/{id}/modules/sjt"));
    let again = stage.post(&browser(), &format!("{link}/code/confirm"), &[("code", &*code)]).await;
    assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && again.has("#code-error"), "a code works once");
    let mails = stage.mails_to("zoe@example.org").await;
    assert_eq!((mails.len(), mails[0].from.contains("noreply@harver.com")), (1, true));
    assert!(mails[0].subject.contains(&code));
}

#[tokio::test]
async fn wrong_codes_are_counted_and_the_fifth_ends_the_code() {
    let stage = Stage::start().await;
    let (link, _) = stage.register("zoe@example.org").await;
    stage.advance(LIFE_OF_A_LINK).await;
    let http = browser();
    stage.post(&http, &format!("{link}/code"), &[]).await;
    let right = code(&stage, "zoe@example.org").await;
    let wrong = if right == "271828" { "314159" } else { "271828" };
    for typed in [wrong, "", "27182", "twenty"] {
        let page = stage.post(&http, &format!("{link}/code/confirm"), &[("code", typed)]).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text("#code-error").contains("left"), "{typed}");
    }
    let page = stage.post(&http, &format!("{link}/code/confirm"), &[("code", wrong)]).await;
    assert!(page.text("#code-error").contains("Ask for another"));
    let page = stage.post(&http, &format!("{link}/code/confirm"), &[("code", &*right)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "the right one comes too late");
}

#[tokio::test]
async fn a_code_works_for_fifteen_minutes_and_the_latest_one_counts() {
    let stage = Stage::start().await;
    let (link, id) = stage.register("zoe@example.org").await;
    stage.advance(LIFE_OF_A_LINK).await;
    let http = browser();
    stage.post(&http, &format!("{link}/code"), &[]).await;
    let first = code(&stage, "zoe@example.org").await;
    stage.advance(SignedDuration::from_mins(15)).await;
    let page = stage.post(&http, &format!("{link}/code/confirm"), &[("code", &*first)]).await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.has("#code-error"));
    stage.post(&http, &format!("{link}/code"), &[]).await;
    let second = code(&stage, "zoe@example.org").await;
    assert_ne!(first, second);
    stage.advance(SignedDuration::from_mins(14)).await;
    let page = stage.post(&http, &format!("{link}/code/confirm"), &[("code", &*second)]).await;
    assert_eq!(page.path, format!("/app/journey/{id}/landing"));
}

#[tokio::test]
async fn five_codes_an_hour_may_be_asked_for() {
    let stage = Stage::start().await;
    let (link, _) = stage.register("zoe@example.org").await;
    stage.advance(LIFE_OF_A_LINK).await;
    let http = browser();
    for _ in 0..5 {
        assert_eq!(stage.post(&http, &format!("{link}/code"), &[]).await.status, StatusCode::OK);
    }
    let page = stage.post(&http, &format!("{link}/code"), &[]).await;
    assert!(page.status == StatusCode::TOO_MANY_REQUESTS && page.has("#refusal") && page.has("#code-form"));
    assert_eq!(stage.mails_to("zoe@example.org").await.len(), 5);
    stage.advance(SignedDuration::from_hours(1)).await;
    assert_eq!(stage.post(&http, &format!("{link}/code"), &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn links_that_come_from_the_ats_alone_offer_no_code_and_no_mail() {
    let stage = Stage::start().await;
    let (desk, path) = (stage.desk().await, format!("/app/vacancies/{}", stage.vacancy()));
    let form = [("internal_title", "Call Centre Advisor"), ("authentication", "ats-only")];
    assert!(stage.post(&desk, &path, &form).await.has("#notice"));
    stage.mails_of_the_vacancy(serde_json::json!({"completion": true, "reminder_48_hours": true})).await;
    let (link, _) = stage.register("zoe@example.org").await;
    stage.finish(&link, "c").await;
    stage.advance(SignedDuration::from_hours(72)).await;
    let page = stage.get(&browser(), &link).await;
    assert!(page.status == StatusCode::GONE && page.has("#expired-link") && !page.has("#send-code"));
    let page = stage.post(&browser(), &format!("{link}/code"), &[]).await;
    assert!(page.status == StatusCode::NOT_FOUND && page.has("#unknown-link"));
    assert!(stage.mails_to("zoe@example.org").await.is_empty());
}

#[tokio::test]
async fn a_link_that_was_never_handed_out_has_no_code() {
    let stage = Stage::start().await;
    let made_up = format!("/app/landing/{}/magic-link/{}{}", stage.vacancy(), stage.keys.platform.account_id, "0".repeat(24));
    for path in ["/code", "/code/confirm"] {
        let page = stage.post(&browser(), &format!("{made_up}{path}"), &[("code", "271828")]).await;
        assert!(page.status == StatusCode::NOT_FOUND && page.has("#unknown-link"), "{path}");
    }
    assert_eq!(stage.get(&browser(), &format!("{made_up}/code")).await.status, StatusCode::NOT_FOUND);
}
