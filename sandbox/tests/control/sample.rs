//! What a customer has beside what the journey needs, and what one lacks that nobody has connected.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::control::support::Running;

#[tokio::test]
async fn the_sample_has_an_onboarding_workflow_which_its_person_shows() {
    let running = Running::start().await;
    let answer = running.icims(Method::GET, "/onboardworkflows/5301").send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let onboarding: Value = answer.json().await.expect("a profile");
    assert_eq!(onboarding["status"]["value"], "Complete");
    let person = &onboarding["associatedprofile"];
    let keys = &running.keys().icims;
    let page = format!("{}/icims2/{}/people/{}/workflows", keys.base_url, keys.customer_id, person["id"]);
    let page = running.client.get(page).send().await.expect("an answer").text().await.expect("HTML");
    assert!(page.contains("id=\"onboarding-5301\"") && page.contains(person["value"].as_str().expect("a name")), "{page}");
}

#[tokio::test]
async fn an_unconnected_customer_has_jobs_and_vacancies_and_nothing_between_them() {
    let running = Running::start().await;
    let keys = running.control(Method::POST, "customers", json!({"connected": false, "id": 5150})).await;
    let connection = running.get("customers/5150/connection").await;
    assert_eq!(
        (&connection["enabled"], &connection["endpoint"], &connection["trigger"], &connection["inline"]),
        (&json!(false), &Value::Null, &Value::Null, &json!(false))
    );
    let text = |part: &str, key: &str| keys[part][key].as_str().expect("text").to_owned();
    let job = format!("{}/customers/5150/jobs/{}", text("icims", "base_url"), text("sample", "job_id"));
    let read = running.client.get(job).basic_auth(text("icims", "username"), Some(text("icims", "password")));
    let job: Value = read.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(job["jobtitle"], "Call Centre Advisor");
    assert!(job.get("assessmenttype").is_none(), "{job}");
    let connected = running.get("customers/4021/connection").await;
    assert_eq!(connected["enabled"], json!(true), "the others are as they were");
}
