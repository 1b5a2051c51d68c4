//! People, jobs and companies.

use serde_json::json;

use crate::icims_api::support::{API, LABEL, World};

#[tokio::test]
async fn a_person_shows_the_default_fields_that_have_a_value() {
    let world = World::new().await;
    let body = world.get(&format!("/people/{}", world.ines)).await.json();
    assert_eq!(body["firstname"], "Ines");
    assert_eq!(body["folder"], json!({"id": "D32006", "value": "Cand:Unreviewed", "formattedvalue": "Cand:Unreviewed"}));
    assert_eq!(body["phones"][0]["phonetype"]["value"], "Mobile");
    assert!(body["phones"][0]["entry"].is_u64());
    let mut keys: Vec<&str> = body.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["email", "firstname", "folder", "lastname", "links", "phones"]);
    let link = json!([{"rel": "self", "title": "The current profile being viewed.", "url": format!("{API}/customers/4021/people/{}", world.ines)}]);
    assert_eq!(body["links"], link);
}

#[tokio::test]
async fn fields_narrow_the_answer_and_unknown_names_are_warned_of() {
    let world = World::new().await;
    let reply = world.get(&format!("/jobs/{}?fields=id,assessmenttype,joblocation,JobTitle", world.job)).await;
    let body = reply.json();
    assert_eq!(body["id"], world.job.get());
    assert_eq!(body["assessmenttype"][0]["value"], LABEL);
    assert_eq!(body["joblocation"]["value"], "Harbour Office - 3 Pier Rd  Boston, Massachusetts 02110 United States ");
    assert!(body.get("jobtitle").is_none());
    assert_eq!(body["warnings"], json!([{"errorMessage": "JobTitle: Field name must be all lowercase.", "errorCode": 4}]));
    assert_eq!(reply.header("x-warning"), "4:JobTitle: Field name must be all lowercase.");
    let address = body["joblocation"]["address"]
        .as_str()
        .expect("an address")
        .strip_prefix(&format!("{API}/customers/4021"))
        .expect("our own");
    assert_eq!(world.get(address).await.json()["addresszip"], "02110");
}

#[tokio::test]
async fn the_default_job_fields_leave_the_packages_out() {
    let world = World::new().await;
    let body = world.get(&format!("/jobs/{}?fields=", world.job)).await.json();
    assert!(body.get("assessmenttype").is_none());
    assert_eq!(body["folder"]["id"], "D31001");
    assert!(body["jobid"].as_str().expect("a display id").ends_with(&format!("-{}", world.job)));
    assert_eq!(body["recruiter"]["value"], "Tomas Lindqvist");
}

#[tokio::test]
async fn a_person_is_made_changed_and_read_again() {
    let world = World::new().await;
    let made = world
        .post(
            "/people",
            json!({"firstname": "Mara", "lastname": "Lind", "email": "mara@example.org", "folder": {"value": "Cand:Unreviewed"},
            "externalid": 999_999, "supervisor": {"id": 1188}, "Gender": "x"}),
        )
        .await;
    assert_eq!(made.header("x-warning"), "4:Gender: Field name must be all lowercase.");
    let id = made.new_id();
    let changed = world
        .patch(&format!("/people/{id}"), json!({"lastname": "Lindqvist", "email": null, "supervisor": {"externalid": 999_999}}))
        .await;
    assert_eq!(changed.status, 204);
    assert_eq!(changed.text, "");
    assert_eq!(changed.header("location"), format!("{API}/customers/4021/people/{id}"));
    let body = world.get(&format!("/people/{id}?fields=lastname,email,externalid,supervisor")).await.json();
    assert_eq!((&body["lastname"], &body["externalid"]), (&json!("Lindqvist"), &json!("999999")));
    assert_eq!(body["supervisor"]["id"].to_string(), id);
    assert!(body.get("email").is_none());
}

#[tokio::test]
async fn jobs_and_companies_are_made_over_the_api_too() {
    let world = World::new().await;
    let company =
        world.post("/companies", json!({"name": "Depot", "addresses": [{"addresscountry": {"abbrev": "NL"}}]})).await.new_id();
    let job = world
        .post(
            "/jobs",
            json!({"jobtitle": "Night Dispatcher", "assessmenttype": [{"value": LABEL}], "salary": 1,
            "billrate": {"amount": 52000, "currency": "USD", "timeframe": "Yearly"}, "startdate": "2031-05-01"}),
        )
        .await
        .new_id();
    let body = world.get(&format!("/jobs/{job}?fields=assessmenttype,billrate,startdate,jobtitle")).await.json();
    assert_eq!(body["assessmenttype"][0]["value"], LABEL);
    assert_eq!(body["billrate"], json!({"amount": 52000, "currency": "USD", "amountstring": "52,000.00", "timeframe": "Yearly"}));
    assert_eq!(body["startdate"], "2031-05-01");
    let country = &world.get(&format!("/companies/{company}")).await.json()["addresses"][0]["addresscountry"];
    assert_eq!(*country, json!({"id": "D41091", "value": "Netherlands", "abbrev": "NL"}));
}

#[tokio::test]
async fn what_does_not_fit_is_refused_by_field() {
    let world = World::new().await;
    let job = format!("/jobs/{}", world.job);
    world.post("/people", json!({"firstname": "Mara"})).await.is_error(400, 1, "lastname: Required field.");
    world.patch(&job, json!({"jobtitle": ""})).await.is_error(400, 1, "jobtitle: Required field.");
    world.patch(&job, json!({"assessmenttype": [{"value": "Harver Nothing – 0"}]})).await.is_error(
        400,
        5,
        "assessmenttype: Invalid value.",
    );
    world.patch(&job, json!({"startdate": "01/05/2031"})).await.is_error(400, 5, "startdate: Invalid value.");
    world.patch(&job, json!({"hiringmanager": 424_242})).await.is_error(400, 5, "hiringmanager: Invalid value.");
    world.patch("/jobs/424242", json!({"jobtitle": "x"})).await.is_error(404, 2, "Job not found.");
    world.get("/people/abc").await.is_error(404, 2, "Person not found.");
}

#[tokio::test]
async fn hidden_fields_are_absent_and_cannot_be_written() {
    let world = World::new().await;
    world.change(|state| state.hide_field("people.email", true)).await;
    let person = format!("/people/{}", world.ines);
    assert!(world.get(&person).await.json().get("email").is_none());
    assert!(world.get(&format!("{person}?fields=email")).await.json().get("email").is_none());
    world.get(&format!("{person}/fields/email")).await.is_error(404, 3, "email: Access denied.");
    let reply = world.patch(&person, json!({"email": "new@example.org"})).await;
    assert_eq!(reply.header("x-warning"), "4:email: Field is not accessible.");
    world.change(|state| state.hide_field("people.email", false)).await;
    assert_eq!(world.get(&person).await.json()["email"], "ines.okafor@example.org");
}

#[tokio::test]
async fn the_customer_lists_its_families() {
    let world = World::new().await;
    let reply = world.get("").await;
    let body = reply.json();
    assert_eq!(body["id"], 4021);
    let addresses: Vec<&str> = body["links"].as_array().expect("links").iter().filter_map(|link| link["url"].as_str()).collect();
    let wanted = ["jobs", "people", "companies", "applicantworkflows"].map(|family| format!("{API}/customers/4021/{family}"));
    assert_eq!(addresses, wanted);
    assert!(reply.header("link").starts_with(&format!("{API}/customers/4021/jobs;rel=")), "{:?}", reply.headers);
    assert_eq!(reply.header("x-customer-type"), "test");
}

#[tokio::test]
async fn a_person_without_a_folder_reads_that_of_a_contact() {
    let world = World::new().await;
    let made = world.post("/people", json!({"firstname": "Bram", "lastname": "Achterberg"})).await.new_id();
    let folder = async |id: &str| world.get(&format!("/people/{id}?fields=folder")).await.json()["folder"]["value"].clone();
    assert_eq!(folder(&made).await, "Person");
    assert_eq!(folder(&world.contact.to_string()).await, "Person");
    let found = world.post("/search/people", json!({"filters": [{"name": "person.folder", "value": ["Cand:Unreviewed"]}]})).await;
    assert!(!found.text.contains(&made), "it gives no role: {}", found.text);
    assert_eq!(world.patch(&format!("/people/{made}"), json!({"folder": {"id": "D32007"}})).await.status, 204);
    assert_eq!(folder(&made).await, "Cand:Active");
}
