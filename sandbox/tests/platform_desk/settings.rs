//! What is configured on the tabs of a vacancy, and what its candidates notice of it.

use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::platform_desk::stage::{Stage, browser};
use crate::platform_desk::vacancies::created;

#[tokio::test]
async fn labels_and_thresholds_decide_what_the_next_result_is_called() {
    let stage = Stage::start().await;
    let (desk, path) = (stage.desk().await, format!("/app/vacancies/{}/matching-profile", stage.vacancy()));
    let page = stage.get(&desk, &path).await;
    assert_eq!(
        (page.attribute("#label-1-name", "value"), page.attribute("#label-1-from", "value")),
        ("Great Fit".into(), "70".into())
    );
    let mut form: Vec<(String, String)> = ["k1", "k2", "k3"].iter().map(|id| (format!("{id}-weight"), "30".to_owned())).collect();
    for (name, value) in [
        ("label-1-name", "Invite"),
        ("label-1-from", "64"),
        ("label-2-name", "Talk first"),
        ("label-2-from", "20"),
        ("label-6-name", "Not now"),
        ("label-6-from", "0"),
        ("k2-label-1-name", "Sharp"),
        ("k2-label-1-from", "0"),
    ] {
        form.push((name.into(), value.into()));
    }
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
    let page = stage.post(&desk, &path, &form).await;
    assert!(page.has("#notice"), "{}", page.html.html());
    let (link, id) = stage.register("zoe@example.org").await;
    stage.finish(&link, "a").await;
    let (_, answer) = stage.api(Method::GET, &format!("/applications/{id}?include=matching-indicators"), Value::Null).await;
    assert_eq!(answer["data"]["attributes"]["matchingProfile"]["label"], "Invite");
    assert_eq!(answer["included"][1]["attributes"]["label"], "Sharp");
}

#[tokio::test]
async fn wrong_thresholds_are_marked_and_nothing_is_saved() {
    let stage = Stage::start().await;
    let (desk, path) = (stage.desk().await, format!("/app/vacancies/{}/matching-profile", stage.vacancy()));
    let form = [
        ("label-1-name", "Yes"),
        ("label-1-from", "abc"),
        ("label-2-from", "10"),
        ("k1-weight", "0"),
        ("k2-weight", "30"),
        ("k3-weight", "30"),
    ];
    let page = stage.post(&desk, &path, &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["label-1-from", "label-2-name", "label-2-from", "k1-weight"] {
        assert!(page.has(&format!("#{field}-error")), "{field}");
    }
    assert_eq!(page.attribute("#label-1-from", "value"), "abc");
    assert_eq!(stage.get(&desk, &path).await.attribute("#label-1-name", "value"), "Great Fit");
}

#[tokio::test]
async fn the_flow_of_a_draft_is_what_its_candidates_take_and_then_stays() {
    let stage = Stage::start().await;
    let desk = stage.desk().await;
    let id = created(&stage, &desk, "Typist").await;
    let path = format!("/app/vacancies/{id}/flow");
    let place = |typing: &'static str, sjt: &'static str| {
        [
            ("place-welcome", "0"),
            ("place-cognitive", "0"),
            ("place-personality", "0"),
            ("place-typing", typing),
            ("place-sjt", sjt),
        ]
    };
    let page = stage.post(&desk, &path, &place("2", "2")).await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.has("#place-typing-error"));
    let page = stage.post(&desk, &path, &place("0", "0")).await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text("#refusal").contains("score"));
    assert!(stage.post(&desk, &path, &place("1", "2")).await.has("#notice"));
    stage.post(&desk, &format!("/app/vacancies/{id}/status"), &[("status", "open")]).await;
    let (link, _) = stage.try_to_register(&id, "zoe@example.org", json!({})).await.expect("open");
    let http = browser();
    let landing = stage.get(&http, &link).await;
    let first = stage.post(&http, &landing.path, &[("terms", "yes")]).await;
    assert_eq!(
        (first.attribute("#module-form", "data-module"), first.attribute("#progress", "data-all")),
        ("typing".into(), "2".into())
    );
    let fixed = stage.get(&desk, &path).await;
    assert!(fixed.has("#flow-fixed") && !fixed.has("#vacancy-form") && fixed.text("#flow").starts_with("Accurate typing"));
    assert!(stage.post(&desk, &path, &place("0", "1")).await.has("#refusal"));
}

#[tokio::test]
async fn the_end_page_leads_to_the_vacancys_own_address_unless_the_application_names_one() {
    let stage = Stage::start().await;
    let (desk, vacancy) = (stage.desk().await, stage.vacancy());
    let path = format!("/app/vacancies/{vacancy}/end-page");
    let saved =
        stage.post(&desk, &path, &[("return_url", "https://careers.harbour.example/back?i=7"), ("button", "Back to Harbour")]);
    assert!(saved.await.has("#notice"));
    let (link, _) = stage.register("zoe@example.org").await;
    let end = stage.finish(&link, "b").await;
    assert_eq!(end.attribute("#return-link", "href"), "https://careers.harbour.example/back?i=7");
    assert_eq!(end.text("#return-link"), "Back to Harbour");
    let own = json!({"return_url": "https://careers.example.org/jobs/5/assessment?i=1"});
    let (link, _) = stage.try_to_register(&vacancy, "omar@example.org", own).await.expect("open");
    assert_eq!(
        stage.finish(&link, "b").await.attribute("#return-link", "href"),
        "https://careers.example.org/jobs/5/assessment?i=1"
    );
    let useless = json!({"return_url": "javascript:alert(1)"});
    let (link, _) = stage.try_to_register(&vacancy, "ada@example.org", useless).await.expect("open");
    assert_eq!(stage.finish(&link, "b").await.attribute("#return-link", "href"), "https://careers.harbour.example/back?i=7");
}

#[tokio::test]
async fn a_return_url_that_no_browser_may_follow_is_refused_at_its_field() {
    let stage = Stage::start().await;
    let (desk, path) = (stage.desk().await, format!("/app/vacancies/{}/end-page", stage.vacancy()));
    let long = |rest: &str| format!("https://careers.example.org/{}", rest.repeat(2_000 / rest.len()));
    let (long, encoded) = (long("x"), long("é"));
    let wrong = ["careers", "javascript:alert(1)", "ftp://careers.example.org/", "https://user:secret@example.org/"];
    for wrong in wrong.into_iter().chain([&*long, &*encoded]) {
        let page = stage.post(&desk, &path, &[("return_url", wrong)]).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.has("#return_url-error"), "{wrong}");
        assert_eq!(page.attribute("#return_url", "value"), wrong);
    }
    let page = stage.post(&desk, &path, &[("button", &*"x".repeat(61))]).await;
    assert!(page.has("#button-error"));
    assert_eq!(stage.get(&desk, &path).await.attribute("#return_url", "value"), "");
}

#[tokio::test]
async fn whether_candidates_may_start_again_is_set_on_the_screen() {
    let stage = Stage::start().await;
    let (desk, path) = (stage.desk().await, format!("/app/vacancies/{}/reapply", stage.vacancy()));
    let (link, first) = stage.register("zoe@example.org").await;
    stage.finish(&link, "b").await;
    for wrong in [[("reapply", "weeks"), ("period", "soon")], [("reapply", "months"), ("period", "105")]] {
        let page = stage.post(&desk, &path, &wrong).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.has("#period-error"), "{wrong:?}");
    }
    let page = stage.post(&desk, &path, &[("reapply", "weeks"), ("period", "3")]).await;
    assert!(page.has("#notice") && page.has("#reapply option[value=weeks][selected]"));
    assert_eq!(page.attribute("#period", "value"), "3");
    assert_eq!(stage.register("zoe@example.org").await.1, first, "three weeks have not gone by");
    stage.advance(SignedDuration::from_hours(3 * 7 * 24)).await;
    assert_ne!(stage.register("zoe@example.org").await.1, first);
}

#[tokio::test]
async fn the_communication_set_is_switched_on_the_screen_and_by_control_alike() {
    let stage = Stage::start().await;
    let (desk, vacancy) = (stage.desk().await, stage.vacancy());
    let path = format!("/app/vacancies/{vacancy}/communication");
    let page = stage.get(&desk, &path).await;
    assert!(
        !page.has("#completion[checked]") && !page.has("#reminder_48_hours[checked]") && !page.has("#reminder_7_days[checked]")
    );
    stage.mails_of_the_vacancy(json!({"completion": true, "reminder_48_hours": true})).await;
    let page = stage.get(&desk, &path).await;
    assert!(
        page.has("#completion[checked]") && page.has("#reminder_48_hours[checked]") && !page.has("#reminder_7_days[checked]")
    );
    assert!(stage.post(&desk, &path, &[("reminder_7_days", "on")]).await.has("#notice"));
    let control = format!("customers/4021/vacancies/{vacancy}/communication");
    let (_, shown) = stage.control(Method::GET, &control, Value::Null).await;
    assert_eq!(shown, json!({"completion": false, "reminder_48_hours": false, "reminder_7_days": true}));
    let elsewhere = format!("customers/4021/vacancies/{}/communication", "0".repeat(24));
    let (status, problem) = stage.control(Method::PUT, &elsewhere, json!({})).await;
    assert_eq!((status, &problem["error"]["code"]), (StatusCode::NOT_FOUND, &json!("unknown_vacancy")));
    let (status, _) = stage.control(Method::PUT, &control, json!({"invitation": true})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}
