//! The sections ATS to Harver and Harver to ATS (promises G14 to G17).

use axum::http::StatusCode;
use harver_icims::domain::{ReportType, ResultStatuses};

use super::world::World;

const TO_HARVER: &str = "/console/ats-to-harver";
const ASSESSMENTS: &str = "/console/harver-to-ats/assessments";
const REPORTS: &str = "/console/harver-to-ats/reports";

#[tokio::test]
async fn assessment_status_is_switched_on_and_off() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    assert!(browser.get(TO_HARVER).await.has("#assessment-status[checked]"));
    for (fields, on) in [(vec![], false), (vec![("reports_progress", "on")], true)] {
        let saved = browser.submit(TO_HARVER, TO_HARVER, &fields).await.location().to_owned();
        let page = browser.get(&saved).await;
        assert!(page.has("#saved") && page.has("#assessment-status[checked]") == on);
        assert_eq!(world.customer().await.reports_progress, on);
    }
}

#[tokio::test]
async fn packages_are_chosen_in_icims_or_in_harver_as_the_box_says() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    assert!(browser.get(TO_HARVER).await.has("#multi-phase:not([checked])"), "off to begin with: a single assessment on a job");
    for (fields, on) in [(vec![("multi_phase", "on")], true), (vec![], false)] {
        let saved = browser.submit(TO_HARVER, TO_HARVER, &fields).await.location().to_owned();
        let page = browser.get(&saved).await;
        assert!(page.has("#saved") && page.has("#multi-phase[checked]") == on);
        assert_eq!(world.customer().await.multi_phase, on);
    }
}

#[tokio::test]
async fn status_values_are_defaulted_can_be_changed_and_restored() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let page = browser.get(ASSESSMENTS).await;
    assert_eq!(page.value("#status-complete"), "D37002019001");
    assert_eq!(page.value("#status-in-progress"), "D37002019003");
    let typed = [("complete", "c40188"), ("in_progress", "D37002019003"), ("incomplete", "D37002019002")];
    let saved = browser.submit(ASSESSMENTS, ASSESSMENTS, &typed).await.location().to_owned();
    assert!(browser.get(&saved).await.has("#saved"));
    assert_eq!(world.customer().await.statuses.complete.as_str(), "C40188");

    let wrong = [("complete", "Completed"), ("in_progress", ""), ("incomplete", "D37002019002")];
    let refused = browser.submit(ASSESSMENTS, ASSESSMENTS, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.value("#status-complete"), "Completed");
    assert!(refused.has("#status-complete-error") && refused.has("#status-in-progress-error"));
    assert_eq!(world.customer().await.statuses.complete.as_str(), "C40188");

    let restored = [&wrong[..], &[("restore_defaults", "yes")]].concat();
    browser.submit(ASSESSMENTS, ASSESSMENTS, &restored).await.location();
    assert_eq!(world.customer().await.statuses, ResultStatuses::default());
}

#[tokio::test]
async fn exactly_one_report_is_sent_and_another_one_takes_its_place() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let page = browser.get(REPORTS).await;
    let labels: Vec<_> = ReportType::ALL.into_iter().map(ReportType::label).collect();
    assert_eq!(page.texts("#report-type label"), labels);
    assert_eq!(page.value("#ats-field"), "assessmenturl");
    for kind in ReportType::ALL {
        let chosen = [("report_type", kind.name()), ("ats_field", "rcf3201")];
        let saved = browser.submit(REPORTS, REPORTS, &chosen).await.location().to_owned();
        let page = browser.get(&saved).await;
        assert_eq!(page.texts("#report-type label:has(input[checked])"), [kind.label()]);
        assert_eq!(world.customer().await.report.kind, kind);
    }
    for (typed, error) in [
        ([("report_type", ""), ("ats_field", "rcf3201")], "#report-type-error"),
        ([("report_type", "fact_sheet"), ("ats_field", "assessmentscore")], "#ats-field-error"),
        ([("report_type", "fact_sheet"), ("ats_field", "")], "#ats-field-error"),
    ] {
        let refused = browser.submit(REPORTS, REPORTS, &typed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.has(error), "{error}: {}", refused.body);
    }
    let restored = [("report_type", "fact_sheet"), ("ats_field", ""), ("restore_defaults", "yes")];
    browser.submit(REPORTS, REPORTS, &restored).await.location();
    let report = world.customer().await.report;
    assert_eq!((report.kind, report.field.as_str()), (ReportType::FactSheet, "assessmenturl"));
}

#[tokio::test]
async fn the_sections_open_at_their_first_tab() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    assert_eq!(browser.get("/console/harver-to-ats").await.location(), ASSESSMENTS);
    assert_eq!(browser.get("/console/credentials").await.location(), "/console/credentials/harver-to-ats");
    assert_eq!(browser.get(ASSESSMENTS).await.texts(".tabs a"), ["Assessments", "Reports"]);
}
