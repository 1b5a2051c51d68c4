//! What the sample tenant has beside what the journey needs.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::support::Running;

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
