//! The Candidate Detail Page, and each report with the life of its link.

use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::platform_desk::stage::{Stage, browser};

async fn finished(stage: &Stage) -> String {
    let (link, id) = stage.register("zoe@example.org").await;
    stage.finish(&link, "b").await;
    id
}

#[tokio::test]
async fn the_candidate_detail_page_asks_for_an_account_and_does_not_expire() {
    let stage = Stage::start().await;
    let id = finished(&stage).await;
    let (_, answer) = stage.api(Method::GET, &format!("/applications/{id}?include=report"), Value::Null).await;
    let address = answer["included"][2]["attributes"]["url"].as_str().expect("a url").to_owned();
    assert!(stage.get(&browser(), &address).await.has("#account-needed"));
    stage.advance(SignedDuration::from_hours(24 * 400)).await;
    let page = stage.get(&stage.desk().await, &address).await;
    assert_eq!((page.status, &*page.text("#candidate-name")), (StatusCode::OK, "Zoë Brandt"));
    assert_eq!((&*page.text("#candidate-status"), &*page.text("#candidate-progress")), ("New", "5 of 5"));
    assert!(page.has("#overall-score") && page.has("#indicator-k1") && page.has("#module-sjt"));
}

#[tokio::test]
async fn a_candidate_without_a_result_has_no_reports_yet() {
    let stage = Stage::start().await;
    let (_, id) = stage.register("zoe@example.org").await;
    let desk = stage.desk().await;
    let page = stage.get(&desk, &format!("/app/candidates/{id}")).await;
    assert!(page.has("#no-result") && page.has("#no-mails") && !page.has("#reports"));
    let form = [("report", "fact-sheet"), ("life", "shortest")];
    let page = stage.post(&desk, &format!("/app/candidates/{id}/reports"), &form).await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.has("#refusal"));
}

#[tokio::test]
async fn every_report_is_opened_from_there_and_its_link_lives_as_long_as_it_says() {
    let stage = Stage::start().await;
    let id = finished(&stage).await;
    let path = format!("/app/candidates/{id}/reports");
    let (minutes, days) = (SignedDuration::from_mins(15), |days: i64| SignedDuration::from_hours(24 * days));
    for (report, life, lives) in [
        ("candidate-report", "shortest", minutes),
        ("fact-sheet", "shortest", minutes),
        ("development-report", "shortest", minutes),
        ("interview-guide", "shortest", minutes),
        ("interview-guide", "longest", days(60)),
        ("reports-hub", "shortest", days(14)),
        ("reports-hub", "longest", days(365)),
    ] {
        let desk = stage.desk().await;
        let answer = desk.post(stage.url(&path)).form(&[("report", report), ("life", life)]).send().await.expect("a page");
        let address = answer.url().to_string();
        assert!(address.contains(report), "{address}");
        let anybody = browser();
        stage.advance(lives - SignedDuration::from_secs(1)).await;
        let page = stage.get(&anybody, &address).await;
        assert!(page.status == StatusCode::OK && page.has("#report"), "{report} {life}");
        let download = page.attribute("#download-pdf", "href");
        stage.advance(SignedDuration::from_secs(1)).await;
        for address in [address, download] {
            let page = stage.get(&anybody, &address).await;
            assert!(page.status == StatusCode::GONE && page.has("#report-expired"), "{report} {life}");
        }
    }
}

#[tokio::test]
async fn what_is_no_report_or_no_life_of_one_is_refused() {
    let stage = Stage::start().await;
    let id = finished(&stage).await;
    let desk = stage.desk().await;
    for form in [[("report", "horoscope"), ("life", "shortest")], [("report", "fact-sheet"), ("life", "longest")]] {
        let page = stage.post(&desk, &format!("/app/candidates/{id}/reports"), &form).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.has("#refusal"), "{form:?}");
    }
}

#[tokio::test]
async fn reports_that_the_vacancy_does_not_have_are_not_offered_and_not_made() {
    let stage = Stage::start().await;
    let id = finished(&stage).await;
    let desk = stage.desk().await;
    let without = [("internal_title", "Call Centre Advisor"), ("authentication", "ats-first")];
    stage.post(&desk, &format!("/app/vacancies/{}", stage.vacancy()), &without).await;
    let page = stage.get(&desk, &format!("/app/candidates/{id}")).await;
    assert!(page.has("#open-fact-sheet") && !page.has("#open-interview-guide") && !page.has("#open-development-report"));
    for report in ["interview-guides", "development-reports"] {
        let (status, _) = stage.api(Method::GET, &format!("/applications/{id}/reports/{report}"), Value::Null).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{report}");
    }
}

#[tokio::test]
async fn the_reports_hub_has_every_report_of_the_vacancy_on_one_page() {
    let stage = Stage::start().await;
    let id = finished(&stage).await;
    let desk = stage.desk().await;
    let hub = async || {
        let form = [("report", "reports-hub"), ("life", "shortest")];
        stage.post(&desk, &format!("/app/candidates/{id}/reports"), &form).await
    };
    let page = hub().await;
    assert!(page.has("#indicators") && page.has("#modules"));
    for (report, said) in [("#interview-guide", "Interview guide"), ("#development-report", "Development report")] {
        let text = page.text(report);
        assert!(text.starts_with(said) && text.contains("Customer Focus"), "{report}: {text}");
    }
    let document = browser().get(stage.url(&page.attribute("#download-pdf", "href"))).send().await.expect("an answer");
    let document = document.bytes().await.expect("a body");
    for said in ["(Interview guide)", "(Development report)"] {
        assert!(document.windows(said.len()).any(|bytes| bytes == said.as_bytes()), "{said}");
    }

    let without = [("internal_title", "Call Centre Advisor"), ("authentication", "ats-first"), ("interview_guide", "on")];
    stage.post(&desk, &format!("/app/vacancies/{}", stage.vacancy()), &without).await;
    let page = hub().await;
    assert!(page.has("#interview-guide") && !page.has("#development-report"));
}

#[tokio::test]
async fn a_report_is_downloaded_as_a_real_document() {
    let stage = Stage::start().await;
    let id = finished(&stage).await;
    let (_, answer) = stage.api(Method::GET, &format!("/applications/{id}?include=report"), Value::Null).await;
    let page = stage.get(&browser(), answer["included"][0]["attributes"]["url"].as_str().expect("a url")).await;
    let answer = browser().get(stage.url(&page.attribute("#download-pdf", "href"))).send().await.expect("an answer");
    let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header("content-type"), "application/pdf");
    assert_eq!(header("content-disposition"), "attachment; filename=\"candidate-report.pdf\"");
    let bytes = answer.bytes().await.expect("a body");
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    assert!(text.starts_with("%PDF-1.4") && text.ends_with("%%EOF\n"));
    for said in ["Zoë Brandt", "zoe@example.org", "Customer Focus: ", "Typing: 100"] {
        assert!(text.contains(said), "{said}");
    }
}

#[tokio::test]
async fn candidates_of_a_vacancy_are_listed_and_found() {
    let stage = Stage::start().await;
    let desk = stage.desk().await;
    let path = format!("/app/vacancies/{}/candidates", stage.vacancy());
    assert!(stage.get(&desk, &path).await.has("#no-candidates"));
    let id = finished(&stage).await;
    stage.register("omar@example.org").await;
    let page = stage.get(&desk, &path).await;
    assert!(page.text("#candidates").contains("omar@example.org"));
    assert!(page.text(&format!("#candidate-{id}")).starts_with("Zoë Brandt zoe@example.org New 5 of 5"));
    let found = stage.get(&desk, &format!("{path}?q=OMAR")).await;
    assert!(found.text("#candidates").contains("omar") && !found.text("#candidates").contains("zoe"));
    assert!(stage.get(&desk, &format!("{path}?q=nobody")).await.has("#no-match"));
}
