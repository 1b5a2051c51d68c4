//! Single fields, collections, and the assessment results that a vendor writes.

use serde_json::{Value as Json, json};

use crate::icims_api::support::{API, LABEL, World};

#[tokio::test]
async fn a_result_row_is_created_updated_read_and_removed() {
    let world = World::new().await;
    let rows = format!("/applicantworkflows/{}/fields/assessmentresults", world.workflow);
    let sent = json!({"assessmentname": {"value": LABEL}, "assessmentdate": "2025-03-04 01:12 PM", "assessmentstatus": {"id": "D37002019003"}});
    let made = world.post(&rows, sent.clone()).await;
    assert!(made.header("location").starts_with(&format!("{API}/customers/4021{rows}/")));
    let id = made.new_id();
    assert_eq!(world.post(&rows, sent).await.new_id(), id, "an identical row is not stored twice");
    let done = json!({"assessmentdate": "2025-03-04 02:07 PM", "assessmentstatus": {"id": "D37002019001"}, "assessmentscore": 78,
        "assessmentresult": "Great Fit", "assessmentnotes": "Accuracy 81 | Service 74", "assessmenturl": "https://app.harver.example/r?t=1"});
    assert_eq!(world.patch(&format!("{rows}/{id}"), done).await.status, 204);
    let row = world.get(&format!("{rows}/{id}")).await.json();
    assert_eq!(row["entry"].to_string(), id);
    assert_eq!(row["assessmentname"]["value"], LABEL);
    assert_eq!(row["assessmentstatus"], json!({"id": "D37002019001", "value": "Complete", "formattedvalue": "Complete"}));
    assert_eq!((&row["assessmentdate"], &row["assessmentscore"]), (&json!("2025-03-04 02:07 PM"), &json!(78)));
    let whole = world.get(&format!("/applicantworkflows/{}?fields=assessmentresults", world.workflow)).await.json();
    assert_eq!(whole["assessmentresults"], Json::Array(vec![row]));
    assert_eq!(world.call("DELETE", &format!("{rows}/{id}"), None).await.status, 204);
    world.get(&format!("{rows}/{id}")).await.is_error(404, 2, "assessmentresults: Entry not found.");
    assert_eq!(world.get(&rows).await.json(), json!([]));
}

#[tokio::test]
async fn a_row_with_a_bad_value_is_refused_and_not_stored() {
    let world = World::new().await;
    let rows = format!("/applicantworkflows/{}/fields/assessmentresults", world.workflow);
    let check = async |row: Json, message: &str| world.post(&rows, row).await.is_error(400, 5, message);
    check(json!({"assessmentname": {"value": "Harver Nothing – 0"}}), "assessmentname: Invalid value.").await;
    check(json!({"assessmentscore": "78"}), "assessmentscore: Invalid value.").await;
    check(json!({"assessmentdate": "2025-03-04T13:12:00Z"}), "assessmentdate: Invalid value.").await;
    check(json!({"assessmentresult": "x".repeat(129)}), "assessmentresult: The value is longer than 128 characters.").await;
    check(json!({"assessmentnotes": "x".repeat(193)}), "assessmentnotes: The value is longer than 192 characters.").await;
    assert_eq!(world.get(&rows).await.json(), json!([]));
}

#[tokio::test]
async fn rows_in_a_patch_of_the_workflow_are_appended_or_updated_by_entry() {
    let world = World::new().await;
    let path = format!("/applicantworkflows/{}", world.workflow);
    let first = json!({"assessmentresults": [{"assessmentname": {"value": LABEL}, "assessmentscore": 1}]});
    assert_eq!(world.patch(&path, first).await.status, 204);
    let entry = world.get(&format!("{path}/fields/assessmentresults")).await.json()[0]["entry"].clone();
    let second = json!({"assessmentresults": [{"entry": entry, "assessmentscore": 2}, {"assessmentscore": 3}]});
    assert_eq!(world.patch(&path, second).await.status, 204);
    let rows = world.get(&format!("{path}/fields/assessmentresults")).await.json();
    let scores: Vec<_> = rows.as_array().expect("rows").iter().map(|row| row["assessmentscore"].clone()).collect();
    assert_eq!(scores, [2, 3]);
    assert_eq!(rows[0]["assessmentname"]["value"], LABEL, "what is not named stays");
    let wrong = json!({"assessmentresults": [{"entry": 424_242, "assessmentscore": 2}]});
    world.patch(&path, wrong).await.is_error(404, 2, "assessmentresults: Entry not found.");
}

#[tokio::test]
async fn phones_and_addresses_are_collections_too() {
    let world = World::new().await;
    let person = format!("/people/{}", world.ines);
    let phone =
        world.post(&format!("{person}/fields/phones"), json!({"phonetype": {"id": "D83005"}, "phonenumber": "1"})).await.new_id();
    let address = json!({"addresstype": {"value": "Home"}, "addresscity": "Boston", "addressstate": {"abbrev": "MA"}});
    let address = world.post(&format!("{person}/fields/addresses"), address).await.new_id();
    assert_eq!(world.patch(&format!("{person}/fields/phones/{phone}"), json!({"phonenumber": "2"})).await.status, 204);
    let body = world.get(&person).await.json();
    assert_eq!(body["phones"][1]["phonenumber"], "2");
    assert_eq!(body["phones"][1]["phonetype"]["value"], "Pager");
    assert_eq!(body["addresses"][0]["entry"].to_string(), address);
    assert_eq!(body["addresses"][0]["addressstate"], json!({"id": "D41001024", "value": "Massachusetts", "abbrev": "MA"}));
}

#[tokio::test]
async fn one_field_is_its_bare_value() {
    let world = World::new().await;
    let person = format!("/people/{}/fields", world.ines);
    assert_eq!(world.get(&format!("{person}/firstname")).await.json(), json!("Ines"));
    assert_eq!(world.get(&format!("{person}/addresses")).await.json(), json!([]));
    world.get(&format!("{person}/startdate")).await.is_error(404, 2, "startdate: Value not found.");
    world.get(&format!("{person}/shoesize")).await.is_error(404, 2, "shoesize: Field not found.");
    world.post(&format!("{person}/firstname"), json!({})).await.is_error(400, 5, "firstname: Field is not a collection.");
    world.get("/people/1/fields/phones").await.is_error(404, 2, "Person not found.");
}
