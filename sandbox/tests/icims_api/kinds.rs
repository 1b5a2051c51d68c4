//! The shape of every kind of field, read as written (icims-api 5.7).

use serde_json::{Value as Json, json};

use crate::icims_api::support::{API, LABEL, World};

/// What is sent, and what is read; `null` when that is the same.
fn shapes(world: &World) -> Vec<(&'static str, Json, Json)> {
    let night = json!({"id": "C33003", "value": "Night", "formattedvalue": "Night"});
    let day = json!({"id": "C33001", "value": "Day", "formattedvalue": "Day"});
    let money = json!({"amount": 1234.5, "currency": "EUR", "amountstring": "1,234.50"});
    let salary = json!({"amount": 52000, "currency": "USD", "amountstring": "52,000.00", "timeframe": "Yearly"});
    let ines =
        json!({"id": world.ines, "value": "Ines Okafor", "profile": format!("{API}/customers/4021/people/{}", world.ines)});
    let job =
        json!({"id": world.job, "value": "Call Centre Advisor", "profile": format!("{API}/customers/4021/jobs/{}", world.job)});
    vec![
        ("01", json!("Iñes & Co"), Json::Null),
        ("02", json!("two\nlines"), Json::Null),
        ("03", json!("<p>rich &amp; <b>bold</b></p>"), Json::Null),
        ("04", json!(-7), Json::Null),
        ("05", json!(87.25), Json::Null),
        ("06", json!("2031-03-04"), Json::Null),
        ("07", json!("2031-03-04 4:05 AM"), json!("2031-03-04 04:05 AM")),
        ("08", json!(true), Json::Null),
        ("09", json!("Other (Please Specify)"), Json::Null),
        ("10", json!({"value": "Night"}), night.clone()),
        ("11", json!([{"id": "C33003"}, {"value": "Day"}]), json!([night, day])),
        ("12", json!({"amount": 1234.5, "currency": "EUR", "timeframe": "Yearly"}), money),
        ("13", json!({"amount": 52000, "currency": "USD", "timeframe": "Yearly"}), salary),
        ("14", json!(world.ines), ines),
        ("15", json!({"id": world.job}), job),
    ]
}

#[tokio::test]
async fn custom_fields_of_every_kind_are_read_as_documented_and_removed_by_null() {
    let world = World::new().await;
    let profiles = [
        (format!("/people/{}", world.contact), "field243"),
        (format!("/jobs/{}", world.job), "field245"),
        (format!("/applicantworkflows/{}", world.workflow), "field247"),
    ];
    for (path, prefix) in profiles {
        for (number, sent, read) in shapes(&world) {
            let field = format!("{prefix}{number}");
            assert_eq!(world.patch(&path, json!({&field: sent})).await.status, 204, "{field}");
            let expected = if read.is_null() { sent } else { read };
            let body = world.get(&format!("{path}?fields={field}")).await.json();
            assert_eq!(body[&field], expected, "{field}");
            assert_eq!(world.get(&format!("{path}/fields/{field}")).await.json(), expected);
            assert!(world.get(&path).await.json().get(&field).is_none(), "{field} must be asked for");
            let nothing = if number == "01" { json!("") } else { Json::Null };
            assert_eq!(world.patch(&path, json!({&field: nothing})).await.status, 204, "{field}");
            assert!(world.get(&format!("{path}?fields={field}")).await.json().get(&field).is_none());
        }
    }
}

#[tokio::test]
async fn a_value_of_another_kind_is_refused_by_field() {
    let world = World::new().await;
    let path = format!("/people/{}", world.contact);
    let wrong = [
        ("01", json!(1)),
        ("02", json!(["a"])),
        ("03", json!({"html": "x"})),
        ("04", json!(1.5)),
        ("05", json!("1.5")),
        ("06", json!("2031-02-30")),
        ("07", json!("2031-03-04 14:05")),
        ("08", json!("true")),
        ("09", json!("Perhaps")),
        ("10", json!({"value": "Noon"})),
        ("11", json!({"value": "Night"})),
        ("12", json!({"amount": "1", "currency": "EUR"})),
        ("13", json!({"amount": 1, "currency": "USD", "timeframe": "Sometimes"})),
        ("14", json!(424_242)),
        ("15", json!({"id": world.ines})),
        ("16", json!({"entry": 1})),
    ];
    for (number, value) in wrong {
        let field = format!("field243{number}");
        world.patch(&path, json!({&field: value})).await.is_error(400, 5, &format!("{field}: Invalid value."));
        assert!(world.get(&format!("{path}?fields={field}")).await.json().get(&field).is_none());
    }
}

#[tokio::test]
async fn a_custom_collection_has_children_of_several_kinds() {
    let world = World::new().await;
    let path = format!("/jobs/{}/fields/field24516", world.job);
    let entry = json!({"field24531": "Ref", "field24532": 3, "field24533": "2031-03-04", "field24534": {"value": "Day"},
        "field24535": world.ines, "field24537": false});
    let id = world.post(&path, entry).await.new_id();
    let read = world.get(&format!("{path}/{id}")).await.json();
    assert_eq!((&read["field24531"], &read["field24532"]), (&json!("Ref"), &json!(3)));
    assert_eq!(read["field24534"]["id"], "C33001");
    assert_eq!(read["field24535"]["value"], "Ines Okafor");
    assert_eq!(read["field24537"], false);
}

#[tokio::test]
async fn the_other_fields_of_a_job_have_their_documented_kinds() {
    let world = World::new().await;
    let job = format!("/jobs/{}", world.job);
    let sent = json!({"billingcode": [{"value": "Internal"}], "department": {"value": "Operations"}, "fee": {"amount": 1, "currency": "USD"},
        "overview": "<p>x</p>".repeat(600), "jobtemplate": world.job});
    assert_eq!(world.patch(&job, sent).await.status, 204);
    let read = world.get(&format!("{job}?fields=billingcode,department,fee,overview,assessmenttype,jobtemplate")).await.json();
    assert_eq!(read["billingcode"][0]["value"], "Internal");
    assert_eq!(read["department"]["id"], "C33031");
    assert_eq!(read["fee"], json!({"amount": 1, "currency": "USD", "amountstring": "1.00"}));
    assert_eq!(read["overview"].as_str().map(str::len), Some(4_800), "rich text may be long");
    assert_eq!(read["assessmenttype"][0]["value"], LABEL);
    assert_eq!(read["jobtemplate"]["id"], world.job.get());
}
