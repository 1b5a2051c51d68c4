//! What is found once both neighbours let us in.

use serde_json::{Value, json};
use wiremock::matchers::{body_string_contains, method, path};
use wiremock::{Mock, ResponseTemplate};

use super::{PACKAGE, RESULT_FIELDS, Scene, ok, problem, results_schema, says, schema, vacancies, whom};
use crate::checks::{Check, Outcome, Whom};
use crate::domain::Pattern;
use crate::testing::dead_address;

#[tokio::test]
async fn no_requisitions_are_named() {
    let scene = Scene::good().await;
    scene.icims_answers("/search/jobs", ok(&json!({"searchResults": []}))).await;
    let check = scene.expect("requisitions", Outcome::Failed, &[]).await;
    says(&check, &["no requisitions", "Create a requisition"]);
    assert_eq!(whom(&check), Whom::IcimsAdmin);
}

/// The search for approved jobs finds nothing; the one for all finds two.
async fn only_in_folder(folder: Value) -> Scene {
    let scene = Scene::good().await;
    let approved = body_string_contains("job.folder");
    let none = Mock::given(path("/customers/4021/search/jobs")).and(approved).respond_with(ok(&json!({"searchResults": []})));
    none.with_priority(1).mount(&scene.icims).await;
    scene.icims_answers("/jobs/2210", ok(&json!({"jobtitle": "Advisor", "folder": folder}))).await;
    scene
}

#[tokio::test]
async fn requisitions_that_are_closed_are_as_good_as_none() {
    let scene = only_in_folder(json!({"id": "D31004", "value": "Closed (Filled)"})).await;
    says(&scene.expect("requisitions", Outcome::Failed, &[]).await, &["1 job", "none is approved", "Approve a requisition"]);
}

#[tokio::test]
async fn an_open_folder_of_the_customers_own_counts() {
    let scene = only_in_folder(json!({"id": "C31900", "value": "Recruiting"})).await;
    says(&scene.expect("requisitions", Outcome::Passed, &[]).await, &["a folder of your own"]);
}

#[tokio::test]
async fn jobs_that_are_kept_from_us_are_told_from_no_jobs() {
    let scene = Scene::good().await;
    scene.icims_answers("/search/jobs", problem(404, 3, "Access denied.")).await;
    says(&scene.expect("requisitions", Outcome::Failed, &[]).await, &["keeps all jobs from us"]);
}

#[tokio::test]
async fn a_hidden_folder_is_not_held_against_requisitions() {
    let scene = Scene::good().await;
    let words = "The following filter is either not valid or hidden: job.folder";
    let approved = body_string_contains("job.folder");
    let hidden = Mock::given(path("/customers/4021/search/jobs")).and(approved).respond_with(problem(400, 12, words));
    hidden.with_priority(1).mount(&scene.icims).await;
    scene.expect("requisitions", Outcome::Passed, &[]).await;
}

#[tokio::test]
async fn no_open_vacancies_are_named() {
    let scene = Scene::good().await;
    scene.icims_answers("/v2/lists/lists.customfields_lists", problem(404, 3, "Access denied.")).await;
    for body in [json!({"data": []}), vacancies("closed")] {
        scene.platform_answers(ok(&body)).await;
        let report = scene.run().await;
        let failed: Vec<&Check> = report.checks.iter().filter(|check| check.outcome == Outcome::Failed).collect();
        assert_eq!(failed.iter().map(|check| check.id).collect::<Vec<_>>(), ["vacancies"]);
        says(failed[0], &["no open vacancy", "open one"]);
    }
}

#[tokio::test]
async fn a_package_that_is_wrongly_written_is_explained() {
    let scene = Scene::good().await;
    let wrong = json!({"nodes": [{"id": "C30211", "value": "Harver Call Centre Advisor"}]});
    scene.icims_answers("/v2/lists/lists.customfields_lists/node/.*", ok(&wrong)).await;
    let check = scene.expect("packages", Outcome::Failed, &[]).await;
    says(&check, &["wrongly written", PACKAGE, "Assessment Type and Assessment Name"]);
    assert_eq!(whom(&check), Whom::IcimsAdmin);
}

#[tokio::test]
async fn lists_that_cannot_be_read_are_compared_by_hand() {
    let scene = Scene::good().await;
    scene.icims_answers("/v2/lists/lists.customfields_lists", problem(404, 3, "Access denied.")).await;
    says(&scene.expect("packages", Outcome::Warning, &[]).await, &["by hand"]);
}

#[tokio::test]
async fn one_list_that_cannot_be_read_hides_no_other() {
    let scene = Scene::good().await;
    scene.icims_answers("/v2/lists/lists.customfields_lists/node/C33000", problem(404, 3, "Access denied.")).await;
    scene.expect("packages", Outcome::Passed, &[]).await;
}

#[tokio::test]
async fn lists_are_not_read_any_further_than_needed() {
    let scene = Scene::good().await;
    let ids = (0..150).map(|number| json!({"id": format!("C{}", 40_000 + number)}));
    let lists: Vec<Value> = [json!({"id": "C30200"}), json!({"id": "C31600"})].into_iter().chain(ids).collect();
    scene.icims_answers("/v2/lists/lists.customfields_lists", ok(&json!({"nodes": lists}))).await;
    scene.icims_answers("/v2/lists/lists.customfields_lists/node/C4.*", ok(&json!({"nodes": []}))).await;
    scene.expect("packages", Outcome::Passed, &[]).await;
    let requests = scene.icims.received_requests().await.expect("recording is on");
    let read = requests.iter().filter(|request| request.url.path().contains("/node/")).count();
    assert!(read < 50, "{read} lists were read");
}

#[tokio::test]
async fn a_field_that_is_hidden_fails_the_check_of_its_profile() {
    for (kind, fields, check, hidden, outcome) in [
        ("person", &["firstname", "lastname"][..], "fields-person", "email", Outcome::Failed),
        ("person", &["email", "lastname"], "fields-person", "firstname", Outcome::Failed),
        ("job", &["jobtitle", "folder"], "fields-job", "assessmenttype", Outcome::Failed),
        ("job", &["assessmenttype", "folder"], "fields-job", "jobtitle", Outcome::Warning),
        ("submittal", &["status"], "fields-results", "assessmentresults", Outcome::Failed),
    ] {
        let scene = Scene::good().await;
        scene.icims_answers(&format!("/profiledefinitions/v1/{kind}/schema"), ok(&schema(fields))).await;
        let check = scene.expect(check, outcome, &[]).await;
        says(&check, &[hidden, "login group"]);
        assert_eq!(whom(&check), Whom::IcimsAdmin);
    }
}

#[tokio::test]
async fn a_hidden_field_of_a_result_matters_as_much_as_what_it_holds() {
    for (hidden, outcome) in [
        ("assessmentname", Outcome::Failed),
        ("assessmentstatus", Outcome::Failed),
        ("assessmentdate", Outcome::Failed),
        ("assessmentscore", Outcome::Warning),
        ("assessmentnotes", Outcome::Warning),
        ("assessmenturl", Outcome::Warning),
    ] {
        let scene = Scene::good().await;
        let shown: Vec<&str> = RESULT_FIELDS.into_iter().filter(|field| *field != hidden).collect();
        scene.icims_answers("/profiledefinitions/v1/submittal/schema", ok(&results_schema(&shown))).await;
        says(&scene.expect("fields-results", outcome, &[]).await, &[hidden]);
    }
}

#[tokio::test]
async fn packages_that_are_chosen_in_harver_need_not_be_read_from_jobs() {
    let mut scene = Scene::good().await;
    scene.customer.multi_phase = true;
    scene.icims_answers("/profiledefinitions/v1/job/schema", ok(&schema(&["jobtitle", "folder"]))).await;
    scene.expect("fields-job", Outcome::Warning, &[]).await;
}

#[tokio::test]
async fn fields_that_icims_does_not_describe_are_a_warning_and_hidden_profiles_a_failure() {
    for (answer, outcome) in [
        (problem(404, 2, "Schema not found."), Outcome::Warning),
        (ok(&json!({"type": "object"})), Outcome::Warning),
        (problem(404, 3, "Access denied."), Outcome::Failed),
        (ResponseTemplate::new(500), Outcome::Failed),
    ] {
        for (kind, check) in [("person", "fields-person"), ("job", "fields-job"), ("submittal", "fields-results")] {
            let scene = Scene::good().await;
            scene.icims_answers(&format!("/profiledefinitions/v1/{kind}/schema"), answer.clone()).await;
            scene.expect(check, outcome, &[]).await;
        }
    }
}

#[tokio::test]
async fn results_that_may_not_be_written_are_found_out_without_writing() {
    for (answer, outcome) in [
        (problem(404, 3, "Access denied."), Outcome::Failed),
        (ResponseTemplate::new(403), Outcome::Failed),
        (problem(400, 1, "assessmentname is required."), Outcome::Warning),
        (ResponseTemplate::new(405), Outcome::Warning),
    ] {
        let scene = Scene::good().await;
        scene.icims_answers("/applicantworkflows/.*", answer).await;
        scene.expect("writing-results", outcome, &[]).await;
    }
}

#[tokio::test]
async fn a_page_that_is_not_there_is_a_warning() {
    let mut scene = Scene::good().await;
    scene.page.reset().await;
    for (status, outcome) in [(404, Outcome::Passed), (405, Outcome::Passed), (500, Outcome::Warning), (502, Outcome::Warning)] {
        scene.page.reset().await;
        Mock::given(method("HEAD")).respond_with(ResponseTemplate::new(status)).mount(&scene.page).await;
        says(&scene.expect("return-url", outcome, &[]).await, &[&status.to_string()]);
    }
    scene.customer.return_url = Some(dead_address().await);
    scene.expect("return-url", Outcome::Warning, &[]).await;
    scene.customer.return_url = Some("ftp://careers.brightwater.example/".parse().expect("an address"));
    scene.expect("return-url", Outcome::Warning, &[]).await;
    scene.customer.patterns = vec![Pattern::AdHoc];
    scene.expect("patterns", Outcome::Passed, &["return-url"]).await;
    (scene.customer.patterns, scene.customer.return_url) = (vec![Pattern::Inline], None);
    scene.expect("patterns", Outcome::Passed, &["return-url"]).await;
}

#[tokio::test]
async fn no_pattern_fails_alone() {
    let mut scene = Scene::good().await;
    scene.customer.patterns.clear();
    says(&scene.expect("patterns", Outcome::Failed, &["return-url"]).await, &["ATS First Inline"]);
}
