//! The section Invitation mail: what is typed, what is refused at its field, what a preview shows.

use axum::http::StatusCode;
use harver_icims::domain::Language;
use harver_icims::invitation::{default_reminder, default_text};

use super::world::World;

const PAGE: &str = "/console/invitation";
const PREVIEW: &str = "/console/invitation/preview";

fn typed<'a>(subject: &'a str, body: &'a str) -> [(&'a str, &'a str); 9] {
    [
        ("sender_name", "Brightwater Hiring"),
        ("support_email", "careers@brightwater.example"),
        ("language", "de-DE"),
        ("subject", subject),
        ("body", body),
        ("reminders", "on"),
        ("reminder_subject", "Still there, {{first_name}}?"),
        ("reminder_body", "Go on: {{link}}"),
        ("closes_after_days", "30"),
    ]
}

#[tokio::test]
async fn the_text_of_the_language_stands_there_until_it_is_changed() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let page = browser.get(PAGE).await;
    let english = default_text(Language::EnglishUk);
    assert_eq!(page.value("#subject"), english.subject.as_str());
    assert_eq!(page.text("#body").split_whitespace().next(), Some("Dear"));

    let saved = browser.submit(PAGE, PAGE, &typed(english.subject.as_str(), english.body.as_str())).await.location().to_owned();
    let page = browser.get(&saved).await;
    assert!(page.has("#saved") && page.has("#language option[value=de-DE][selected]"));
    assert_eq!(page.value("#subject"), default_text(Language::German).subject.as_str(), "an unchanged text follows the language");

    let own = "Guten Tag {{first_name}},\r\n{{link}}";
    browser.submit(PAGE, PAGE, &typed("{{job_title}}", own)).await.location();
    let stored = world.customer().await.invitation;
    assert_eq!(stored.body.expect("an own text").as_str(), "Guten Tag {{first_name}},\n{{link}}");
    assert_eq!((stored.sender_name.as_str(), stored.language), ("Brightwater Hiring", Language::German));
}

#[tokio::test]
async fn reminders_and_the_closing_are_set_beside_the_invitation() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let page = browser.get(PAGE).await;
    assert!(page.has("#reminders[checked]") && page.value("#closes-after-days") == "14");
    assert_eq!(page.value("#reminder-subject"), default_reminder(Language::EnglishUk).subject.as_str());
    browser.submit(PAGE, PAGE, &typed("{{job_title}}", "{{link}}")).await.location();
    let stored = world.customer().await.invitation;
    assert_eq!(stored.reminder_subject.expect("an own text").as_str(), "Still there, {{first_name}}?");
    assert_eq!((stored.reminders, stored.closes_after.days()), (true, 30));
    let changed = world.changed().await;
    assert!(changed.contains(&("invitation.closes_after_days".into(), "14".into(), "30".into())), "{changed:?}");

    let wrong = [
        ("sender_name", "B"),
        ("support_email", "your recruiter"),
        ("language", "en-GB"),
        ("closes_after_days", "never"),
        ("reminder_body", "no address"),
    ];
    let refused = browser.submit(PAGE, PAGE, &wrong).await;
    assert!(refused.has("#closes-after-days-error") && refused.text("#reminder-body-error").contains("{{link}}"));
    let without = [("sender_name", "B"), ("support_email", "your recruiter"), ("language", "en-GB"), ("closes_after_days", "7")];
    browser.submit(PAGE, PAGE, &without).await.location();
    assert!(!world.customer().await.invitation.reminders, "a box that is not ticked is off");
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_at_its_field_and_stays_typed() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let refused = browser.submit(PAGE, PAGE, &typed("Hello {{wage}}", "Dear {{first_name}},\ngood luck")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text("#subject-error").contains("column 7") && refused.text("#subject-error").contains("{{wage}}"));
    assert!(refused.text("#body-error").contains("{{link}}"));
    assert!(refused.has("#body[aria-invalid=true][aria-describedby=body-error]"));
    assert_eq!(refused.value("#subject"), "Hello {{wage}}");
    let stored = world.customer().await.invitation;
    assert!(stored.subject.is_none() && stored.body.is_none());
}

#[tokio::test]
async fn a_preview_shows_the_mail_and_stores_nothing() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let shown =
        browser.submit(PAGE, PREVIEW, &typed("{{first_name}} & {{company_name}}", "Hallo <b>{{last_name}}</b>\n{{link}}")).await;
    assert_eq!((shown.status, shown.text("#preview-subject").as_str()), (StatusCode::OK, "Ines & Brightwater & Sons 4021"));
    assert_eq!(shown.text("#reminder-preview-subject"), "Still there, Ines?");
    let page = shown.value_of("#preview-page", "srcdoc");
    assert!(page.contains("lang=\"de-DE\"") && page.contains("&#60;b&#62;Okafor") && !page.contains("<b>"), "{page}");
    assert!(shown.has("#preview-page[sandbox='']"), "what is previewed can do nothing");
    assert!(browser.get("/console/general").await.header("content-security-policy").find("unsafe-inline").is_none());
    let live = browser.get(PAGE).await;
    assert_eq!(live.header("content-security-policy"), shown.header("content-security-policy"), "the preview is renewed there");
    let policy = shown.header("content-security-policy");
    assert!(policy.contains("style-src 'self' 'unsafe-inline'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let stored = world.customer().await.invitation;
    assert_eq!((stored.sender_name.as_str(), stored.body), ("Brightwater", None));

    let wrong = browser.submit(PAGE, PREVIEW, &typed("{{wage}}", "{{link}}")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.has("#subject-error") && !wrong.has("#preview-page"));
}
