//! What the List Editor does to an entry, on its screen and as the API has it.

use axum::body::Body;
use axum::http::Request;
use icims_sandbox::icims::model::NodeId;
use icims_sandbox::icims::schema::list;
use icims_sandbox::icims::state::connection::Connection;
use serde_json::json;

use crate::icims_api::support::{LABEL, World};

/// The entry with this label.
fn entry(world: &World, list: &str, label: &str) -> Option<NodeId> {
    let customer = world.icims.customer(4021).expect("the customer");
    customer.read(|state| state.node_labelled(list, label).map(|node| node.id.clone()))
}

async fn page(world: &World, path: &str) -> String {
    world.send(Request::get(path).body(Body::empty()).expect("a request")).await.text
}

#[tokio::test]
async fn a_renamed_entry_keeps_its_id_and_what_has_it_shows_the_new_label() {
    let world = World::new().await;
    let on_job = entry(&world, list::ASSESSMENT_TYPE, LABEL).expect("loaded");
    let on_result = entry(&world, list::ASSESSMENT_NAME, LABEL).expect("loaded");
    let label = "Harver Harbour Pilot – 64aa17c09e3f5b0071d2c8e4";
    let path = format!("/icims2/4021/admin/lists/assessmenttype/{on_job}");
    assert!(page(&world, &path).await.contains(LABEL));
    assert_eq!(world.form(&format!("{path}/rename"), "", &[("label", label), ("both", "on")]).await.status, 303);
    let job = world.get(&format!("/jobs/{}?fields=assessmenttype", world.job)).await.json();
    assert_eq!((&job["assessmenttype"][0]["id"], &job["assessmenttype"][0]["value"]), (&json!(on_job), &json!(label)));
    assert_eq!(entry(&world, list::ASSESSMENT_NAME, label), Some(on_result), "the other list went along");

    let other = "Harver Night Watch – 64aa17c09e3f5b0071d2c8e5";
    world.form("/icims2/4021/admin/lists", "", &[("label", other)]).await;
    for (wrong, error) in [(other, "Another entry of the list has this label."), ("  ", "Enter a label.")] {
        let refused = world.form(&format!("{path}/rename"), "", &[("label", wrong)]).await;
        assert!(refused.status == 422 && refused.text.contains("id=\"label-error\""), "{wrong}");
        assert!(refused.text.contains(error), "{wrong}: {}", refused.text);
    }
    assert_eq!(entry(&world, list::ASSESSMENT_TYPE, label), Some(on_job), "nothing was changed");
}

#[tokio::test]
async fn an_entry_that_is_hidden_on_the_screen_is_refused_by_its_label_until_it_is_shown_again() {
    let world = World::new().await;
    let hired = "Harver Harbour Pilot – 64aa17c09e3f5b0071d2c8e4";
    world.form("/icims2/4021/admin/lists", "", &[("label", hired)]).await;
    let pilot = entry(&world, list::ASSESSMENT_TYPE, hired).expect("loaded");
    let path = format!("/icims2/4021/admin/lists/assessmenttype/{pilot}/hide");
    let job = format!("/jobs/{}", world.job);
    let by_label = || json!({"assessmenttype": [{"value": hired}]});

    assert_eq!(world.form(&path, "", &[("hidden", "on")]).await.status, 303);
    world.patch(&job, by_label()).await.is_error(400, 5, "assessmenttype: Invalid value.");
    let new_job = page(&world, "/icims2/4021/create/job").await;
    assert!(!new_job.contains(hired) && new_job.contains(LABEL), "a hidden entry is not offered");
    assert!(page(&world, "/icims2/4021/admin/lists").await.contains(hired), "the editor has it all the same");
    assert_eq!(world.form(&path, "", &[]).await.status, 303);
    assert_eq!(world.patch(&job, by_label()).await.status, 204);
}

#[tokio::test]
async fn a_removed_entry_can_be_set_no_more_and_old_records_read_as_before() {
    let world = World::new().await;
    let on_job = entry(&world, list::ASSESSMENT_TYPE, LABEL).expect("loaded");
    let path = format!("/icims2/4021/admin/lists/assessmenttype/{on_job}");
    assert_eq!(world.form(&format!("{path}/remove"), "", &[]).await.header("location"), "/icims2/4021/admin/lists?done=removed");
    let read =
        async || world.get(&format!("/jobs/{}?fields=assessmenttype", world.job)).await.json()["assessmenttype"][0].clone();
    assert_eq!(read().await["value"], LABEL);
    for by in [json!({"value": LABEL}), json!({"id": on_job})] {
        let refused = world.patch(&format!("/jobs/{}", world.job), json!({"assessmenttype": [by]})).await;
        refused.is_error(400, 5, "assessmenttype: Invalid value.");
    }
    assert_eq!(read().await["id"], json!(on_job), "what has it keeps it");
    assert!(!page(&world, "/icims2/4021/admin/lists").await.contains(&format!("id=\"node-{on_job}\"")));
    let again = world.form(&format!("{path}/remove"), "", &[]).await;
    assert_eq!(again.status, 404);

    world.form("/icims2/4021/admin/lists", "", &[("label", LABEL)]).await;
    assert!(entry(&world, list::ASSESSMENT_TYPE, LABEL).is_some_and(|anew| anew != on_job), "its label is free again");
}

#[tokio::test]
async fn a_form_keeps_what_its_list_offers_no_more_until_somebody_takes_it_away() {
    let world = World::new().await;
    let on_job = entry(&world, list::ASSESSMENT_TYPE, LABEL).expect("loaded");
    let form = format!("/icims2/4021/jobs/{}/edit", world.job);
    let package = on_job.to_string();
    let (approved, pending) = ("D31001", "D31004");
    let fields = |folder| [("jobtitle", "Advisor"), ("folder", folder), ("assessmenttype", package.as_str())];
    world.form(&form, "", &fields(approved)).await;
    let gone = format!("{LABEL} (no longer in the list)");
    let packages = async || {
        let job = world.get(&format!("/jobs/{}?fields=assessmenttype", world.job)).await.json();
        job["assessmenttype"].as_array().map_or(0, Vec::len)
    };
    for by in ["hide", "remove"] {
        world.form(&format!("/icims2/4021/admin/lists/assessmenttype/{on_job}/{by}"), "", &[("hidden", "on")]).await;
        let shown = page(&world, &form).await;
        assert!(shown.contains(&gone) && shown.contains(&format!("value=\"{on_job}\" checked")), "{by}: {shown}");
        assert_eq!(world.form(&form, "", &fields(approved)).await.status, 303, "{by}");
        assert_eq!(packages().await, 1, "{by}");
        let another = world.form("/icims2/4021/create/job", "", &fields(approved)).await;
        assert_eq!(another.status, 422, "{by}: a new job cannot have it");
        assert!(another.text.contains("id=\"assessmenttype-error\"") && !another.text.contains(&gone), "{by}: {}", another.text);
    }
    world.change(|state| state.hide_node(&approved.parse().expect("a node"), true)).await;
    assert!(page(&world, &form).await.contains("value=\"D31001\" selected>Approved (no longer in the list)"));
    assert_eq!(world.form(&form, "", &fields(approved)).await.status, 303);
    assert_eq!(world.form(&form, "", &[("jobtitle", "Advisor"), ("folder", pending)]).await.status, 303);
    assert_eq!(packages().await, 0);
    assert!(!page(&world, &form).await.contains("no longer in the list"));
    let refused = world.form(&form, "", &fields(pending)).await;
    assert!(refused.status == 422 && refused.text.contains("A chosen package is no longer in the list. Choose again."));
}

#[tokio::test]
async fn a_hidden_status_is_offered_only_where_it_is_the_present_one() {
    let world = World::new().await;
    let customer = world.icims.customer(4021).expect("the customer");
    let present = customer.read(|state| state.workflow(world.workflow).and_then(|it| it.status().cloned())).expect("it has one");
    let (people, own) = (format!("/icims2/4021/jobs/{}/people", world.job), format!("/icims2/4021/workflows/{}", world.workflow));
    let offered = format!("value=\"{present}\"");
    assert!(page(&world, &people).await.contains(&offered));
    world.change(|state| state.hide_node(&present, true)).await;
    assert!(!page(&world, &people).await.contains(&offered));
    let shown = page(&world, &own).await;
    assert!(shown.contains(&format!("{offered} selected")) && shown.contains("(no longer in the list)"), "{shown}");

    let settings = "/icims2/4021/admin/event-notifications";
    assert!(!page(&world, settings).await.contains(&offered));
    world
        .change(|state| {
            let connection = state.connection().clone();
            state.configure_connection(Connection { trigger: Some(present.clone()), ..connection })
        })
        .await;
    assert!(page(&world, settings).await.contains(&format!("{offered} selected")));
}

#[tokio::test]
async fn only_entries_of_the_two_lists_of_packages_are_edited_here() {
    let world = World::new().await;
    let on_result = entry(&world, list::ASSESSMENT_NAME, LABEL).expect("loaded");
    for path in ["statuses/C40150", "assessmenttype/C999999", "assessmenttype/x", "assessmenttype/C40150"] {
        let answer = world.form(&format!("/icims2/4021/admin/lists/{path}/remove"), "", &[]).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    let other = world.form(&format!("/icims2/4021/admin/lists/assessmenttype/{on_result}/remove"), "", &[]).await;
    assert_eq!(other.status, 404, "it is in the other list");
    assert_eq!(entry(&world, list::ASSESSMENT_NAME, LABEL), Some(on_result));
}
