//! Who gets in.

use jiff::SignedDuration;
use reqwest::StatusCode;
use serde_json::json;

use crate::platform_desk::stage::{Stage, browser};

/// Every screen that only those see who are signed in.
async fn screens(stage: &Stage) -> Vec<String> {
    let (_, application) = stage.register("zoe@example.org").await;
    let vacancy = stage.vacancy();
    let tabs = ["", "/matching-profile", "/flow", "/end-page", "/communication", "/reapply", "/candidates"];
    let mut screens: Vec<String> = tabs.iter().map(|tab| format!("/app/vacancies/{vacancy}{tab}")).collect();
    screens.extend(["/app/vacancies".into(), "/app/vacancies/new".into(), format!("/app/candidates/{application}")]);
    screens
}

#[tokio::test]
async fn whoever_is_not_signed_in_gets_the_form_and_then_what_was_asked_for() {
    let stage = Stage::start().await;
    let own = &stage.keys.integration;
    for screen in screens(&stage).await {
        let http = browser();
        let page = stage.get(&http, &screen).await;
        assert!(page.status == StatusCode::UNAUTHORIZED && page.has("#account-needed #sign-in-form"), "{screen}");
        let next = page.attribute("#sign-in-form [name=next]", "value");
        let wrong = [("email", &*own.admin_email), ("password", "guessed"), ("next", &*next)];
        let page = stage.post(&http, "/app/sign-in", &wrong).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.has("#refusal"), "{screen}");
        assert_eq!(page.attribute("#email", "value"), own.admin_email);
        assert_eq!(stage.get(&http, &screen).await.status, StatusCode::UNAUTHORIZED, "a wrong password opens nothing");
        let right = [("email", &*own.admin_email), ("password", &*own.admin_password), ("next", &*next)];
        let page = stage.post(&http, "/app/sign-in", &right).await;
        assert_eq!((page.status, &page.path), (StatusCode::OK, &screen));
        assert_eq!(page.text("#signed-in"), own.admin_email);
    }
}

#[tokio::test]
async fn nothing_is_changed_by_whoever_is_not_signed_in() {
    let stage = Stage::start().await;
    let (vacancy, http) = (stage.vacancy(), browser());
    for (path, form) in [
        (format!("/app/vacancies/{vacancy}/status"), [("status", "closed")]),
        ("/app/vacancies/new".into(), [("internal_title", "Mine")]),
        (format!("/app/vacancies/{vacancy}/end-page"), [("return_url", "https://evil.example")]),
    ] {
        assert_eq!(stage.post(&http, &path, &form).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let desk = stage.desk().await;
    assert_eq!(stage.get(&desk, &format!("/app/vacancies/{vacancy}")).await.text("#vacancy-status"), "Open");
    assert!(!stage.get(&desk, "/app/vacancies").await.text("#vacancies").contains("Mine"));
}

#[tokio::test]
async fn signing_out_ends_the_session_and_so_does_half_a_day() {
    let stage = Stage::start().await;
    let (leaving, staying) = (stage.desk().await, stage.desk().await);
    let page = stage.post(&leaving, "/app/sign-out", &[]).await;
    assert!(page.has("#sign-in #sign-in-form"));
    assert_eq!(stage.get(&leaving, "/app/vacancies").await.status, StatusCode::UNAUTHORIZED);
    stage.advance(SignedDuration::from_mins(12 * 60 - 1)).await;
    assert_eq!(stage.get(&staying, "/app/vacancies").await.status, StatusCode::OK);
    stage.advance(SignedDuration::from_mins(1)).await;
    assert_eq!(stage.get(&staying, "/app/vacancies").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn one_account_sees_and_changes_nothing_of_another() {
    let stage = Stage::start().await;
    let named = icims_sandbox::control::NewTenantWish::named("Harbour Logistics");
    let other = stage.sandbox.world().open_customer(named).await.expect("it is opened");
    let (_, application) = stage.register("zoe@example.org").await;
    let (vacancy, desk) = (stage.vacancy(), stage.desk_of(&other).await);
    let list = stage.get(&desk, "/app/vacancies").await;
    assert!(list.text("#home").contains("Harbour Logistics") && !list.has(&format!("#vacancy-{vacancy}")));
    for path in [
        format!("/app/vacancies/{vacancy}"),
        format!("/app/vacancies/{vacancy}/candidates"),
        format!("/app/candidates/{application}"),
        "/app/vacancies/none".into(),
        "/app/candidates/%FF".into(),
    ] {
        let page = stage.get(&desk, &path).await;
        assert!(page.status == StatusCode::NOT_FOUND && page.has("#missing"), "{path}");
    }
    let closing = stage.post(&desk, &format!("/app/vacancies/{vacancy}/status"), &[("status", "closed")]).await;
    assert_eq!(closing.status, StatusCode::NOT_FOUND);
    stage.try_to_register(&vacancy, "omar@example.org", json!({})).await.expect("still open");
}

#[tokio::test]
async fn a_page_of_another_site_cannot_send_forms_with_the_recruiters_browser() {
    let stage = Stage::start().await;
    let desk = stage.desk().await;
    for path in ["/app/vacancies/new".to_owned(), format!("/app/vacancies/{}/status", stage.vacancy()), "/app/sign-in".into()] {
        let request = desk.post(stage.url(&path)).header("origin", "https://evil.example");
        let answer = request.form(&[("internal_title", "Theirs"), ("status", "closed")]).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
    }
    assert!(!stage.get(&desk, "/app/vacancies").await.text("#vacancies").contains("Theirs"));
}
