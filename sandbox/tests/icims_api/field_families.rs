//! One test for all families of fields: what is written reads back in the documented shape (icims-api 5.7).

use serde_json::{Value as Json, json};

use crate::icims_api::support::{API, World};

/// Writes a field and reads it by itself.
async fn read_back(world: &World, profile: &str, field: &str, value: Json) -> Json {
    let reply = world.patch(profile, json!({ field: value })).await;
    assert_eq!(reply.status, 204, "{field}: {}", reply.text);
    world.get(&format!("{profile}?fields={field}")).await.json()[field].clone()
}

#[tokio::test]
async fn every_family_of_fields_reads_back_in_its_shape() {
    let world = World::new().await;
    let person = format!("/people/{}", world.ines);
    let job = format!("/jobs/{}", world.job);
    let contact = world.contact.get();
    let approved = json!({"id": "D31001", "value": "Approved", "formattedvalue": "Approved"});
    for (profile, field, written, read) in [
        (&person, "middlename", json!("Ada"), json!("Ada")),
        (&person, "externalid", json!(7001), json!("7001")),
        (&job, "numberofpositions", json!(3), json!(3)),
        (&person, "startdate", json!("2031-03-04"), json!("2031-03-04")),
        (&job, "folder", json!({"value": "Approved"}), approved),
        (
            &person,
            "supervisor",
            json!({ "id": contact }),
            json!({"id": contact, "value": "Priya Castellanos", "profile": format!("{API}/customers/4021/people/{contact}")}),
        ),
        (
            &person,
            "salary",
            json!({"amount": 52000, "currency": "USD", "timeframe": "Yearly"}),
            json!({"amount": 52000, "currency": "USD", "amountstring": "52,000.00", "timeframe": "Yearly"}),
        ),
    ] {
        assert_eq!(read_back(&world, profile, field, written).await, read, "{field}");
    }

    let packages = read_back(&world, &job, "assessmenttype", json!([{"value": crate::icims_api::support::LABEL}])).await;
    assert_eq!(packages[0]["value"], crate::icims_api::support::LABEL);
    let location = world.get(&format!("{job}?fields=joblocation")).await.json()["joblocation"].clone();
    let (id, company) = (&location["id"], &location["companyid"]);
    assert_eq!(read_back(&world, &job, "joblocation", json!({"id": id, "companyid": company})).await, location);
    assert_eq!(location["address"], format!("{API}/customers/4021/companies/{company}/fields/addresses/{id}"));

    let phones = read_back(&world, &person, "phones", json!([{"phonenumber": "+31 6 5550 0143", "primary": true}])).await;
    let added = phones.as_array().expect("a collection").last().expect("an entry").clone();
    assert_eq!(added["primary"], true);
    assert!(added["entry"].is_u64());

    let result = json!({"assessmentdate": "2031-03-04 2:31 PM", "assessmentscore": 81.5});
    let entry = world.post(&format!("/applicantworkflows/{}/fields/assessmentresults", world.workflow), result).await.new_id();
    let row = world.get(&format!("/applicantworkflows/{}/fields/assessmentresults/{entry}", world.workflow)).await.json();
    assert_eq!((&row["assessmentdate"], &row["assessmentscore"]), (&json!("2031-03-04 02:31 PM"), &json!(81.5)));

    let kept = world.get(&format!("{person}?fields=id,createddate")).await.json();
    assert_eq!(kept["id"], world.ines.get());
    assert!(kept["createddate"].as_str().is_some_and(|text| text.ends_with('M') && text.len() == 19), "{kept}");
}
