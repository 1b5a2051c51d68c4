//! Rows that write.

use serde_json::json;

use crate::icims_api::files;
use crate::icims_api::support::{API, LABEL, World};

#[tokio::test]
async fn post_customers_people_create_person_candidate() {
    let world = World::new().await;
    let made = world
        .post(
            "/people",
            json!({"firstname": "Marisol", "lastname": "Okafor", "email": "marisol.okafor@example.test",
                "folder": {"value": "Cand:Unreviewed"},
                "addresses": [{"addresstype": {"value": "Home"}, "addressstreet1": "14 Quarry Lane", "addresscity": "Worcester",
                    "addressstate": {"abbrev": "MA"}, "addresszip": "01608", "addresscountry": {"abbrev": "US"}}],
                "phones": [{"phonetype": {"value": "Mobile"}, "phonenumber": "508 555 0134"}]}),
        )
        .await;
    assert_eq!((made.status.as_u16(), made.text.as_str()), (201, ""));
    assert_eq!(made.header("content-type"), "application/octet-stream");
    assert!(made.header("location").starts_with(&format!("{API}/customers/4021/people/")));
    let body = world.get(&format!("/people/{}", made.new_id())).await.json();
    assert_eq!((&body["firstname"], &body["folder"]["id"]), (&json!("Marisol"), &json!("D32006")));
    assert_eq!(body["addresses"][0]["addressstate"]["value"], "Massachusetts");
    assert!(body["phones"][0]["entry"].is_u64());
    world.post("/people", json!({"firstname": "Marisol"})).await.is_error(400, 1, "lastname: Required field.");
}

#[tokio::test]
async fn patch_customers_people_id_update_person_folder_custom_fields() {
    let world = World::new().await;
    let person = format!("/people/{}", world.ines);
    let change = json!({"firstname": "Inés", "folder": {"value": "Emp:Current Employee"}, "externalid": 999_999, "email": null,
        "field24301": "Night shifts"});
    let changed = world.patch(&person, change).await;
    assert_eq!((changed.status.as_u16(), changed.text.as_str()), (204, ""));
    assert_eq!(changed.header("location"), format!("{API}/customers/4021{person}"));
    let body = world.get(&format!("{person}?fields=firstname,lastname,folder,email,field24301")).await.json();
    assert_eq!((&body["firstname"], &body["folder"]["id"]), (&json!("Inés"), &json!("D32013")));
    assert_eq!((&body["lastname"], &body["field24301"]), (&json!("Okafor"), &json!("Night shifts")));
    assert!(body.get("email").is_none(), "null removes");
}

#[tokio::test]
async fn post_customers_applicantworkflows_create_application() {
    let world = World::new().await;
    let made = world
        .post(
            "/applicantworkflows",
            json!({"baseprofile": world.job, "associatedprofile": world.contact, "status": {"id": "D10100"}, "source": "Job Board",
                "sourcename": "Harborlight Careers"}),
        )
        .await;
    assert!(made.header("location").starts_with(&format!("{API}/customers/4021/applicantworkflows/")));
    let body = world.get(&format!("/applicantworkflows/{}", made.new_id())).await.json();
    assert_eq!((&body["status"]["id"], &body["source"]), (&json!("D10100"), &json!("Job Board")));
    assert_eq!((&body["baseprofile"]["id"], &body["associatedprofile"]["id"]), (&json!(world.job), &json!(world.contact)));
    world.post("/applicantworkflows", json!({"baseprofile": world.job})).await.is_error(
        400,
        1,
        "associatedprofile: Required field.",
    );
    let unknown = json!({"baseprofile": 424_242, "associatedprofile": world.contact});
    world.post("/applicantworkflows", unknown).await.is_error(404, 2, "Job not found.");
}

#[tokio::test]
async fn patch_customers_applicantworkflows_id_change_status_also_results_array() {
    let world = World::new().await;
    let workflow = format!("/applicantworkflows/{}", world.workflow);
    let changed = world.patch(&workflow, json!({"status": {"id": "C40178"}})).await;
    assert_eq!((changed.status.as_u16(), changed.text.as_str()), (204, ""));
    assert_eq!(world.get(&workflow).await.json()["status"]["id"], "C40178");
    let results = json!({"assessmentresults": [{"assessmentname": {"value": LABEL}, "assessmentstatus": {"id": "D37002019001"},
        "assessmentscore": 87.5, "assessmentdate": "2031-03-05 09:12 AM"}]});
    assert_eq!(world.patch(&workflow, results).await.status, 204);
    let rows = world.get(&format!("{workflow}?fields=assessmentresults")).await.json()["assessmentresults"].clone();
    assert_eq!(
        (&rows[0]["assessmentstatus"]["value"], &rows[0]["assessmentdate"]),
        (&json!("Complete"), &json!("2031-03-05 09:12 AM"))
    );
    assert_eq!(world.get(&workflow).await.json()["status"]["id"], "C40178", "what is not sent stays");
    world.patch(&workflow, json!({"status": {"id": "C99999"}})).await.is_error(400, 5, "status: Invalid value.");
}

#[tokio::test]
async fn post_applicantworkflows_id_fields_assessmentresults_new_result_entry() {
    let world = World::new().await;
    let rows = format!("/applicantworkflows/{}/fields/assessmentresults", world.workflow);
    let sent = json!({"assessmentname": {"value": LABEL}, "assessmentstatus": {"id": "D37002019004", "value": "Sent"},
        "assessmentdate": "2031-03-04 02:31 PM", "assessmenturl": "https://results.testvendor.example/r/7f3a"});
    let made = world.post(&rows, sent.clone()).await;
    assert_eq!(made.header("location"), format!("{API}/customers/4021{rows}/{}", made.new_id()));
    assert_eq!(world.post(&rows, sent).await.new_id(), made.new_id(), "an equal entry is not stored twice");
    assert_eq!(world.get(&rows).await.json().as_array().map(Vec::len), Some(1));
    world.post(&rows, json!({"assessmentname": {"value": "Unknown Package"}})).await.is_error(
        400,
        5,
        "assessmentname: Invalid value.",
    );
}

#[tokio::test]
async fn patch_fields_assessmentresults_entry_update_result_entry() {
    let world = World::new().await;
    let rows = format!("/applicantworkflows/{}/fields/assessmentresults", world.workflow);
    let sent = json!({"assessmentname": {"value": LABEL}, "assessmentstatus": {"id": "D37002019004"}});
    let entry = format!("{rows}/{}", world.post(&rows, sent).await.new_id());
    let done = json!({"assessmentstatus": {"id": "D37002019001"}, "assessmentscore": 87.5, "assessmentresult": "Recommended",
        "assessmentnotes": "Focus 91, Accuracy 84", "assessmentdate": "2031-03-05 09:12 AM"});
    let changed = world.patch(&entry, done).await;
    assert_eq!((changed.status.as_u16(), changed.text.as_str()), (204, ""));
    let row = world.get(&entry).await.json();
    assert_eq!((&row["assessmentname"]["value"], &row["assessmentscore"]), (&json!(LABEL), &json!(87.5)));
    assert_eq!(row["assessmentstatus"], json!({"id": "D37002019001", "value": "Complete", "formattedvalue": "Complete"}));
    world.patch(&format!("{rows}/424242"), json!({})).await.is_error(404, 2, "assessmentresults: Entry not found.");
}

#[tokio::test]
async fn post_get_patch_delete_type_id_fields_collection_entry_generic_collections() {
    let world = World::new().await;
    let job = world.get(&format!("/jobs/{}?fields=joblocation", world.job)).await.json()["joblocation"].clone();
    let office = format!("/companies/{}", job["companyid"]);
    let location = json!({"location": {"id": job["id"], "companyid": job["companyid"]}});
    let cases = [
        (format!("/people/{}/fields/phones", world.ines), json!({"phonenumber": "1"}), json!({"phoneextension": "22"})),
        (format!("/people/{}/fields/addresses", world.ines), json!({"addresscity": "Delft"}), json!({"addresszip": "2611"})),
        (
            format!("/people/{}/fields/workexperience", world.ines),
            json!({"worktitle": "Clerk"}),
            json!({"workenddate": "2030-01-31"}),
        ),
        (
            format!("/people/{}/fields/education", world.ines),
            json!({"school": {"value": "Quayside"}}),
            json!({"educationcity": "Hull"}),
        ),
        (format!("{office}/fields/addresses"), json!({"addresscountry": {"abbrev": "NL"}}), json!({"addresscity": "Delft"})),
        (format!("/jobs/{}/fields/additionallocations", world.job), location.clone(), location),
        (
            format!("/applicantworkflows/{}/fields/field24716", world.workflow),
            json!({"field24731": "a"}),
            json!({"field24732": 2}),
        ),
    ];
    for (collection, sent, change) in cases {
        let before = world.get(&collection).await.json().as_array().expect("entries").len();
        let entry = format!("{collection}/{}", world.post(&collection, sent).await.new_id());
        assert_eq!(world.get(&collection).await.json().as_array().map(Vec::len), Some(before + 1), "{collection}");
        let changed = world.patch(&entry, change.clone()).await;
        assert_eq!((changed.status.as_u16(), changed.header("location")), (204, format!("{API}/customers/4021{entry}").as_str()));
        let read = world.get(&entry).await.json();
        assert!(change.as_object().expect("an object").keys().all(|key| read.get(key).is_some()), "{read}");
        assert_eq!(world.call("DELETE", &entry, None).await.status, 204);
        assert_eq!(world.get(&entry).await.status, 404);
        assert_eq!(world.get(&collection).await.json().as_array().map(Vec::len), Some(before));
        assert_eq!(world.call("PUT", &entry, Some(json!({}))).await.status, 405);
    }
}

#[tokio::test]
async fn patch_fields_field_binary_upload_file() {
    let world = World::new().await;
    for field in [
        format!("/people/{}/fields/resume/binary", world.ines),
        format!("/people/{}/fields/field24317/binary", world.ines),
        format!("/jobs/{}/fields/field24517/binary", world.job),
        format!("/applicantworkflows/{}/fields/field24717/binary", world.workflow),
    ] {
        let uploaded = files::send(&world, "PATCH", &field, &[(Some("report.pdf"), b"%PDF-1.7")]).await;
        assert_eq!((uploaded.status.as_u16(), uploaded.text.as_str()), (204, ""), "{field}");
        assert_eq!(world.get(&field).await.text, "%PDF-1.7");
        files::send(&world, "PATCH", &field, &[(Some("report.txt"), b"replaced")]).await;
        assert_eq!(world.get(&field).await.text, "replaced");
        assert_eq!(world.call("POST", &field, None).await.status, 405, "POST is not supported");
    }
}
