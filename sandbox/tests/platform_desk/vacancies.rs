//! The Vacancy Overview: list, filter, create, open and close.

use reqwest::StatusCode;
use serde_json::json;

use crate::platform_desk::stage::{Stage, browser};

/// Creates a vacancy on the screen; its id.
pub(crate) async fn created(stage: &Stage, http: &reqwest::Client, title: &str) -> String {
    let page = stage.post(http, "/app/vacancies/new", &[("internal_title", title)]).await;
    assert_eq!((page.status, &*page.text("#vacancy-status")), (StatusCode::OK, "Draft"), "{title}");
    page.path.rsplit('/').next().expect("an id").to_owned()
}

#[tokio::test]
async fn vacancies_are_listed_and_found_by_title_id_and_status() {
    let stage = Stage::start().await;
    let desk = stage.desk().await;
    let id = created(&stage, &desk, "Nachtportier Ålesund").await;
    let has = |page: &crate::seen::Seen| page.has(&format!("#vacancy-{id}"));
    for (query, found) in [
        ("", true),
        ("?q=åLESUND", true),
        (&*format!("?q={}", &id[3..20]), true),
        ("?status=draft", true),
        ("?status=draft&q=porter", false),
        ("?status=open", false),
        ("?status=none", false),
        ("?q=%FF&x=1", false),
    ] {
        let page = stage.get(&desk, &format!("/app/vacancies{query}")).await;
        assert_eq!((page.status, has(&page)), (StatusCode::OK, found), "{query}");
    }
    let nothing = stage.get(&desk, "/app/vacancies?q=nobody%20%3Cb%3E").await;
    assert!(nothing.has("#no-match") && nothing.attribute("#q", "value") == "nobody <b>");
}

#[tokio::test]
async fn an_account_without_vacancies_is_told_how_to_get_one() {
    let stage = Stage::start().await;
    let account = stage.sandbox.world().platform().account(&stage.keys.platform.account_id).expect("there");
    let mut blank = stage.sandbox.world().platform().new_account(icims_sandbox::harver_platform::model::NewAccount {
        id: stage.keys.platform.account_id.parse().expect("an id"),
        name: "Brightwater Foods".into(),
        client_id: "x".into(),
        client_secret: "y".into(),
        language: icims_sandbox::harver_platform::model::Language::EN_US,
    });
    blank.admit_user("empty@example.org", "a password");
    account
        .write(|state| {
            *state = blank;
            Ok::<(), icims_sandbox::engine::DiskError>(())
        })
        .await
        .expect("kept");
    let http = browser();
    let form = [("email", "empty@example.org"), ("password", "a password"), ("next", "/app/vacancies")];
    assert!(stage.post(&http, "/app/sign-in", &form).await.has("#no-vacancies a"));
}

#[tokio::test]
async fn a_vacancy_is_created_as_a_draft_opened_closed_and_opened_again() {
    let stage = Stage::start().await;
    let desk = stage.desk().await;
    let id = created(&stage, &desk, "Lab Analyst – Night").await;
    let page = stage.get(&desk, &format!("/app/vacancies/{id}")).await;
    assert_eq!(page.text("#package-label"), format!("Harver Lab Analyst – Night – {id}"));
    for (status, shown, takes) in [("open", "Open", true), ("closed", "Closed", false), ("open", "Open", true)] {
        let page = stage.post(&desk, &format!("/app/vacancies/{id}/status"), &[("status", status)]).await;
        assert_eq!((page.status, &*page.text("#vacancy-status")), (StatusCode::OK, shown));
        assert!(page.has("#notice"));
        let registered = stage.try_to_register(&id, &format!("zoe-{status}@example.org"), json!({})).await;
        assert_eq!(registered.is_ok(), takes, "{status}");
    }
    for wrong in ["draft", "archived", ""] {
        let page = stage.post(&desk, &format!("/app/vacancies/{id}/status"), &[("status", wrong)]).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.has("#refusal"), "{wrong}");
        assert_eq!(page.text("#vacancy-status"), "Open");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_vacancy_is_said_at_the_field_and_what_was_typed_stays() {
    let stage = Stage::start().await;
    let desk = stage.desk().await;
    let long = "x".repeat(201);
    let page = stage
        .post(&desk, "/app/vacancies/new", &[("public_title", &*long), ("location", "\"><script>"), ("description", "Calm.")])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("#internal_title-error") && page.has("#public_title-error") && !page.has("#location-error"));
    assert_eq!(page.attribute("#internal_title", "aria-invalid"), "true");
    assert_eq!(page.attribute("#location", "value"), "\"><script>");
    assert_eq!((page.text("#description"), page.attribute("#public_title", "value")), ("Calm.".into(), long));
    let same = format!("/app/vacancies/{}", stage.vacancy());
    let page = stage.post(&desk, &same, &[("internal_title", " "), ("authentication", "by-phone")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("#internal_title-error") && page.has("#authentication-error"));
    assert_eq!(stage.get(&desk, &same).await.attribute("#internal_title", "value"), "Call Centre Advisor");
}

#[tokio::test]
async fn basics_are_saved_and_candidates_read_them() {
    let stage = Stage::start().await;
    let desk = stage.desk().await;
    let path = format!("/app/vacancies/{}", stage.vacancy());
    let form = [
        ("internal_title", "CCA 2026"),
        ("public_title", "Advisor & Friend"),
        ("description", "Two\r\nlines"),
        ("location", "Ghent"),
        ("authentication", "ats-first"),
    ];
    let page = stage.post(&desk, &path, &form).await;
    assert!(page.has("#notice") && !page.has("#interview_guide[checked]"));
    assert!(page.text("#package-label").starts_with("Harver CCA 2026 – "));
    let (link, _) = stage.register("zoe@example.org").await;
    let landing = stage.get(&browser(), &link).await;
    assert_eq!(landing.text("#vacancy-title"), "Advisor & Friend");
    assert!(landing.text("#landing").contains("Ghent"));
}
