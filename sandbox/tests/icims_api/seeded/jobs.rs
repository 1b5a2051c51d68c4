//! Category, positions, place and the rest of the jobs.

use std::collections::BTreeSet;

use icims_sandbox::Sandbox;
use serde_json::json;

use super::everybody;

const NODES: [&str; 7] = ["jobtype", "priority", "positioncategory", "positiontype", "positionlevel", "hiretype", "department"];

#[tokio::test]
async fn every_job_has_a_category_a_place_and_positions_of_which_some_are_open() {
    let sandbox = Sandbox::builder().seed(3).start().await;
    let mut hires = 0;
    for (whose, read) in everybody(&sandbox).await {
        let mut categories = BTreeSet::new();
        for id in read.jobs().await {
            let fields = format!("{},joblocation,overview,numberofpositions,numberofpositionsremaining", NODES.join(","));
            let job = read.customer.get(&format!("/jobs/{id}?fields={fields}")).await;
            for field in NODES {
                let node = &job[field];
                assert!(node["id"].is_string() && node["value"] != node["id"], "{whose}: {field} in {job}");
            }
            categories.insert(job["positioncategory"]["value"].as_str().expect("a label").to_owned());
            assert!(job["joblocation"]["value"].as_str().is_some_and(|place| place.contains("Boston, Massachusetts 02110")));
            assert!(job["overview"].as_str().is_some_and(|text| text.len() > 40), "{job}");
            let hired = json!([{"name": "applicantworkflow.job.id", "value": [id.to_string()]},
                {"name": "applicantworkflow.status", "value": ["C40150"]}]);
            let hired = read.search("applicantworkflows", hired).await.len() as u64;
            let (all, open) = (job["numberofpositions"].as_u64(), job["numberofpositionsremaining"].as_u64());
            assert!(open >= Some(1), "{whose}: {job}");
            assert_eq!(all, open.map(|open| open + hired), "{whose}: {hired} have been hired for {job}");
            hires += hired;
        }
        assert_eq!(categories.len(), 2, "{whose}: {categories:?}");
    }
    assert!(hires > 0, "no recipe has hired anybody, so this shows nothing of it");
}
