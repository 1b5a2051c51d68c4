//! Recruiters and candidates see what the API tells.

use icims_sandbox::Sandbox;
use reqwest::Method;

use super::Read;

async fn page(url: &str) -> String {
    let client = icims_sandbox::engine::direct().build().expect("a client");
    let answer = client.get(url).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{url}: {}", answer.status());
    answer.text().await.expect("text")
}

#[tokio::test]
async fn person_job_and_portal_show_what_a_seeded_profile_carries() {
    let sandbox = Sandbox::builder().seed(17).start().await;
    let read = Read::of(sandbox.customer());
    let (keys, sample) = (&read.customer.keys().icims, read.customer.sample());
    let shows = |page: &str, texts: &[&serde_json::Value]| {
        for text in texts {
            let text = text.as_str().expect("a text");
            assert!(page.contains(&text.replace('&', "&#38;").replace('\'', "&#39;")), "{text} is not in {page}");
        }
    };
    let path = format!("/people/{}", sample.person_id);
    let person = read.customer.get(&format!("{path}?fields=addresses,workexperience,education,resume")).await;
    let shown = page(&format!("{}{path}", keys.recruiter_url)).await;
    let (home, studies) = (&person["addresses"][0], &person["education"][0]);
    shows(&shown, &[&home["addressstreet1"], &home["addresscity"], &home["addresszip"], &home["addressstate"]["value"]]);
    for post in person["workexperience"].as_array().expect("posts") {
        shows(&shown, &[&post["worktitle"], &post["workemployer"], &post["workstartdate"]]);
    }
    shows(&shown, &[&studies["school"]["value"], &studies["degree"]["value"], &person["resume"]["filename"]]);
    let client = icims_sandbox::engine::direct().build().expect("a client");
    let saved = client.get(format!("{}{path}/resume", keys.recruiter_url)).send().await.expect("an answer");
    let (.., bytes) = read.call(Method::GET, &format!("{path}/fields/resume/binary"), None).await;
    assert_eq!(saved.bytes().await.expect("a body").to_vec(), bytes);

    let job = read.customer.get(&format!("/jobs/{}?fields=positioncategory,department,hiretype", sample.job_id)).await;
    let shown = page(&format!("{}/jobs/{}", keys.recruiter_url, sample.job_id)).await;
    shows(&shown, &[&job["positioncategory"]["value"], &job["department"]["value"], &job["hiretype"]["value"]]);
    assert!(shown.contains("Number of Positions") && shown.contains("Positions Remaining"), "{shown}");
    let shown = page(&format!("{}/jobs/{}/call-centre-advisor/job", keys.portal_url, sample.job_id)).await;
    shows(&shown, &[&job["positioncategory"]["value"]]);
    assert!(shown.contains("Full-Time") && shown.contains("3 Pier Rd"), "{shown}");
}
