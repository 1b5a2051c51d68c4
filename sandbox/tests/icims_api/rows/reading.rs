//! Rows that read.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value as Json, json};

use crate::icims_api::files;
use crate::icims_api::support::{API, LABEL, World};

fn keys(body: &Json) -> Vec<&str> {
    let mut keys: Vec<&str> = body.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// The path of an absolute address of the own customer, as a client follows it.
fn path(address: &Json) -> &str {
    let address = address.as_str().expect("an address");
    address.strip_prefix(&format!("{API}/customers/4021")).expect("an address of the own customer")
}

#[tokio::test]
async fn post_oauth_token_client_credentials_token() {
    let world = World::new().await;
    let form =
        "grant_type=client_credentials&client_id=client-4021&client_secret=shh&audience=https%3A%2F%2Fapi.icims.com%2Fv1%2F";
    let request = Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
    let token = world.send(request.body(Body::from(form)).expect("a request")).await;
    assert_eq!(token.status, 200);
    let token = token.json();
    assert_eq!((&token["token_type"], &token["expires_in"]), (&json!("Bearer"), &json!(86_400)));
    let bearer = format!("Bearer {}", token["access_token"].as_str().expect("a token"));
    let request = Request::get("/customers/4021").header("authorization", bearer).body(Body::empty()).expect("a request");
    assert_eq!(world.send(request).await.status, 200);
}

#[tokio::test]
async fn get_customers_tenant_info_credential_check() {
    let world = World::new().await;
    let reply = world.get("").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("x-customer-type"), "test");
    assert!(reply.header("link").contains("/customers/4021/people;rel=\"profiles\";title=\"Available Person Profiles\""));
    let body = reply.json();
    assert_eq!((&body["id"], &body["name"]), (&json!(4021), &json!("Brightwater Foods")));
    assert_eq!(body["platformUrl"], "brightwater.icims.com");
    for method in ["POST", "PATCH", "DELETE"] {
        world.call(method, "", None).await.is_error(405, 8, &format!("{method} is not supported here."));
    }
}

#[tokio::test]
async fn get_customers_people_id_candidate_data_with_fields() {
    let world = World::new().await;
    let person = format!("/people/{}", world.ines);
    let body = world.get(&person).await.json();
    assert_eq!(keys(&body), ["email", "firstname", "folder", "lastname", "links", "phones"]);
    let body = world.get(&format!("{person}?fields=firstname,email,id")).await.json();
    assert_eq!(keys(&body), ["email", "firstname", "id", "links"], "only what was asked for, and links");
    assert_eq!(body["id"], world.ines.get());
    assert_eq!(path(&body["links"][0]["url"]), person);
    assert_eq!(world.get(&format!("{person}?fields=")).await.json(), world.get(&person).await.json());
    world.get("/people/424242").await.is_error(404, 2, "Person not found.");
}

#[tokio::test]
async fn get_customers_jobs_id_job_assessmenttype_location_managers() {
    let world = World::new().await;
    let job = format!("/jobs/{}", world.job);
    let body = world.get(&job).await.json();
    assert!(body.get("assessmenttype").is_none(), "not in the default set");
    assert_eq!(body["recruiter"]["id"], 1188);
    assert!(body["recruiter"]["profile"].as_str().is_some_and(|address| address.ends_with("/people/1188")));
    let body = world.get(&format!("{job}?fields=assessmenttype,joblocation,hiringmanager")).await.json();
    assert_eq!(keys(&body), ["assessmenttype", "joblocation", "links"], "no hiring manager, no key");
    let package = &body["assessmenttype"][0];
    assert_eq!((&package["value"], &package["formattedvalue"]), (&json!(LABEL), &json!(LABEL)));
    assert!(package["id"].as_str().is_some_and(|id| id.starts_with('C')));
    assert!(body["joblocation"]["id"].is_u64() && body["joblocation"]["companyid"].is_u64());
    assert!(body["joblocation"]["value"].as_str().is_some_and(|text| text.starts_with("Harbour Office - 3 Pier Rd  Boston")));
    world.get("/jobs/424242").await.is_error(404, 2, "Job not found.");
}

#[tokio::test]
async fn get_customers_companies_id_location_profile() {
    let world = World::new().await;
    let job = world.get(&format!("/jobs/{}", world.job)).await.json();
    let body = world.get(&format!("/companies/{}", job["joblocation"]["companyid"])).await.json();
    assert_eq!(body["name"], "Harbour Office");
    assert_eq!(body["addresses"][0]["entry"], job["joblocation"]["id"]);
    world.get("/companies/424242").await.is_error(404, 2, "Company not found.");
}

#[tokio::test]
async fn get_customers_companies_id_fields_addresses_entry_address_behind_joblocation() {
    let world = World::new().await;
    let job = world.get(&format!("/jobs/{}", world.job)).await.json();
    let address = world.get(path(&job["joblocation"]["address"])).await.json();
    assert_eq!(address["entry"], job["joblocation"]["id"]);
    assert_eq!((&address["addresscity"], &address["addresszip"]), (&json!("Boston"), &json!("02110")));
    assert_eq!(address["addressstate"], json!({"id": "D41001024", "value": "Massachusetts", "abbrev": "MA"}));
    assert_eq!(address["addresscountry"], json!({"id": "D41001", "value": "United States", "abbrev": "US"}));
}

#[tokio::test]
async fn get_customers_applicantworkflows_id_application_with_status_and_links() {
    let world = World::new().await;
    let body = world.get(&format!("/applicantworkflows/{}", world.workflow)).await.json();
    assert_eq!((&body["baseprofile"]["id"], &body["associatedprofile"]["id"]), (&json!(world.job), &json!(world.ines)));
    assert_eq!(body["status"]["value"], body["status"]["formattedvalue"]);
    let links = body["links"].as_array().expect("links");
    assert!(links.len() == 3 && links.iter().all(|link| link["rel"] == "self"), "only the titles tell them apart");
    let titled = |title: &str| links.iter().find(|link| link["title"] == title).map(|link| link["url"].clone()).expect("a link");
    assert_eq!(path(&titled("The base profile of this workflow.")), format!("/jobs/{}", world.job));
    assert_eq!(path(&titled("The associated profile of this workflow.")), format!("/people/{}", world.ines));
    world.get("/applicantworkflows/424242").await.is_error(404, 2, "Applicant Workflow not found.");
}

#[tokio::test]
async fn get_fields_assessmentresults_entry_read_one_entry() {
    let world = World::new().await;
    let rows = format!("/applicantworkflows/{}/fields/assessmentresults", world.workflow);
    let entry = world.post(&rows, json!({"assessmentname": {"value": LABEL}, "assessmentscore": 87.5})).await.new_id();
    let row = world.get(&format!("{rows}/{entry}")).await.json();
    assert_eq!(keys(&row), ["assessmentname", "assessmentscore", "entry"]);
    assert_eq!((row["entry"].to_string(), &row["assessmentscore"]), (entry, &json!(87.5)));
    world.get(&format!("{rows}/424242")).await.is_error(404, 2, "assessmentresults: Entry not found.");
}

#[tokio::test]
async fn get_fields_field_binary_download_resume() {
    let world = World::new().await;
    let field = format!("/people/{}/fields/resume", world.ines);
    let nothing = world.get(&format!("{field}/binary")).await;
    nothing.is_error(404, 2, "resume: File not found.");
    files::send(&world, "PATCH", &format!("{field}/binary"), &[(Some("cv.rtf"), b"{\\rtf1 Ines}")]).await;
    let shown = world.get(&format!("/people/{}?fields=resume", world.ines)).await.json();
    let file = world.get(path(&shown["resume"]["file"])).await;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "application/rtf"));
    assert_eq!(file.text, "{\\rtf1 Ines}");
    assert_eq!(world.get(&path(&shown["resume"]["file"]).replace("binary", "text")).await.status, 200);
}

#[tokio::test]
async fn get_customers_v2_lists_list_names() {
    let world = World::new().await;
    let names = world.get("/v2/lists").await.json();
    let names: Vec<&str> = names["lists"].as_array().expect("names").iter().filter_map(Json::as_str).collect();
    let documented = "lists.notes.rejection lists.phone_type lists.address_type lists.position_level lists.error lists.job.folders \
        lists.job.position_type lists.job.job_type lists.eeo_category.job lists.visa.job lists.job.hire_type lists.job.priority \
        lists.company.folders lists.company.sources lists.contact.category lists.person.folders lists.person.avail_status \
        lists.person.qualification lists.person.visa lists.client_group lists.client.priority lists.person.userlists lists.eeo.age \
        lists.eeo.disability lists.eeo.gender lists.eeo.nationality lists.eeo.race lists.eeo.religion lists.eeo.veteran \
        lists.client.sources lists.sourcechannels lists.sources lists.country lists.compensation.types lists.currency.types \
        lists.expense.category lists.file.extensions lists.position lists.industry lists.skills lists.customfields_lists";
    for name in documented.split_whitespace() {
        assert_eq!(names.iter().filter(|known| **known == name).count(), 1, "{name}");
        assert_eq!(world.get(&format!("/v2/lists/{name}")).await.status, 200, "{name}");
    }
}

#[tokio::test]
async fn get_customers_v2_lists_listid_nodes() {
    let world = World::new().await;
    let nodes = |body: &Json| -> Vec<(String, String)> {
        let nodes = body["nodes"].as_array().expect("nodes").iter();
        nodes
            .map(|node| (node["id"].as_str().unwrap_or_default().into(), node["value"].as_str().unwrap_or_default().into()))
            .collect()
    };
    let folders = nodes(&world.get("/v2/lists/lists.person.folders").await.json());
    assert!(folders.contains(&("D32006".into(), "Cand:Unreviewed".into())), "{folders:?}");
    let sources = nodes(&world.get("/v2/lists/lists.sources").await.json());
    assert!(sources.iter().any(|(_, label)| label == "Job Board"), "{sources:?}");
    assert!(nodes(&world.get("/v2/lists/lists.industry").await.json()).is_empty());
    world.get("/v2/lists/lists.imaginary").await.is_error(404, 2, "List not found.");
}

#[tokio::test]
async fn get_customers_v2_lists_customfields_lists_node_id_assessment_type_and_name_nodes() {
    let world = World::new().await;
    let roots = world.get("/v2/lists/lists.customfields_lists").await.json();
    let mut ids = Vec::new();
    for root in roots["nodes"].as_array().expect("roots") {
        let below = format!("/v2/lists/lists.customfields_lists/node/{}", root["id"].as_str().expect("an id"));
        let below = world.get(&below).await.json();
        ids.extend(
            below["nodes"].as_array().expect("nodes").iter().filter(|node| node["value"] == LABEL).map(|node| node["id"].clone()),
        );
    }
    assert_eq!(ids.len(), 2, "the package is in two lists");
    let job = world.get(&format!("/jobs/{}?fields=assessmenttype", world.job)).await.json();
    assert!(ids.contains(&job["assessmenttype"][0]["id"]), "one of them is the list of the job");
    let name = ids.into_iter().find(|id| *id != job["assessmenttype"][0]["id"]).expect("the list of the result");
    let rows = format!("/applicantworkflows/{}/fields/assessmentresults", world.workflow);
    assert_eq!(world.post(&rows, json!({"assessmentname": {"id": name}})).await.status, 201);
}
