//! Which fields are used, and what calls are spent on.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::Running;

impl Running {
    async fn field(&self, profile: &str, field: &str) -> Value {
        let uses = self.get("fields?customer=4021").await["fields"].as_array().cloned().expect("a list");
        uses.into_iter().find(|used| used["profile"] == profile && used["field"] == field).unwrap_or_default()
    }
}

#[tokio::test]
async fn reads_searches_and_writes_of_fields_are_counted_by_user() {
    let running = Running::start().await;
    let sample = &running.keys().sample;
    let path = format!("/people/{}", sample.person_id);
    for query in ["?fields=email,middlename,nosuchfield", "?fields=email", "/fields/email"] {
        let read = running.icims(Method::GET, &format!("{path}{query}")).send().await.expect("an answer");
        assert_eq!(read.status(), StatusCode::OK, "{query}");
    }
    let written = running.icims(Method::PATCH, &path).json(&json!({"middlename": "Ada", "NoSuch": 1})).send().await;
    assert_eq!(written.expect("an answer").status(), StatusCode::NO_CONTENT);
    let refused = running.icims(Method::PATCH, "/people/999999").json(&json!({"lastname": "Ada"})).send().await;
    assert_eq!(refused.expect("an answer").status(), StatusCode::NOT_FOUND);
    let search = json!({"filters": [{"name": "person.email", "value": ["ines@example.org"], "operator": "="}]});
    let searched = running.icims(Method::POST, "/search/people").json(&search).send().await.expect("an answer");
    assert_eq!(searched.status(), StatusCode::OK, "{:?}", searched.text().await);
    let row = json!({"assessmentdate": "2025-03-04 01:12 PM", "assessmentstatus": {"id": "D37002019003"}});
    let entries = format!("/applicantworkflows/{}/fields/assessmentresults", sample.workflow_id);
    let added = running.icims(Method::POST, &entries).json(&row).send().await.expect("an answer");
    assert_eq!(added.status(), StatusCode::CREATED, "{:?}", added.text().await);

    let email = running.field("people", "email").await;
    assert_eq!(
        (&email["read"], &email["written"], &email["users"]),
        (&json!(3), &json!(0), &json!([running.keys().icims.username]))
    );
    assert!(email["last"].is_string());
    let middle = running.field("people", "middlename").await;
    assert_eq!((&middle["read"], &middle["written"]), (&json!(1), &json!(1)), "asked for by name, also without a value");
    assert_eq!(running.field("people", "person.email").await["searched"], 1);
    assert_eq!(running.field("people", "lastname").await, Value::Null, "what was refused is not used");
    assert_eq!(running.field("people", "nosuchfield").await, Value::Null);
    assert_eq!(running.field("applicantworkflows", "assessmentresults.assessmentstatus").await["written"], 1);

    let page = running.client.get(format!("{}/fields", running.sandbox.addresses().control)).send().await.expect("an answer");
    let text = page.text().await.expect("a page");
    assert!(text.contains("people,email,3,0,0,"), "{text}");
    let other = running.open_customer().await.icims.customer_id;
    assert_eq!(running.get(&format!("fields?customer={other}")).await["fields"], json!([]));
    running.control(Method::POST, "reset", Value::Null).await;
    assert_eq!(running.get("fields").await["fields"], json!([]));
}

#[tokio::test]
async fn files_portals_and_removed_entries_count_as_uses_too() {
    let running = Running::start().await;
    let sample = &running.keys().sample;
    let answered = async |method: Method, path: &str, body: Option<(&str, String)>| {
        let call = running.icims(method, path);
        let call = match body {
            Some((kind, body)) => call.header("content-type", kind).body(body),
            None => call,
        };
        let answer = call.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {:?}", answer.text().await);
        answer
    };
    let resume = format!("/people/{}/fields/resume", sample.person_id);
    let upload =
        "--edge\r\nContent-Disposition: form-data; name=\"f\"; filename=\"cv.txt\"\r\n\r\nInes\r\n--edge--\r\n".to_owned();
    answered(Method::PATCH, &format!("{resume}/binary"), Some(("multipart/form-data; boundary=edge", upload))).await;
    answered(Method::GET, &format!("{resume}/binary"), None).await;
    answered(Method::GET, &format!("{resume}/text"), None).await;
    let used = running.field("people", "resume").await;
    assert_eq!((&used["read"], &used["written"]), (&json!(2), &json!(1)));

    let search = json!({"filters": [{"name": "job.jobtitle", "value": ["Call"], "operator": "="}]}).to_string();
    answered(Method::POST, "/search/portals/careers", Some(("application/json", search))).await;
    answered(Method::GET, &format!("/portals/careers/{}", sample.job_id), None).await;
    assert_eq!(running.field("jobs", "job.jobtitle").await["searched"], 1);
    assert_eq!(running.field("jobs", "jobtitle").await["read"], 1, "the posting shows the title");

    let entries = format!("/applicantworkflows/{}/fields/assessmentresults", sample.workflow_id);
    let row = json!({"assessmentdate": "2025-03-04 01:12 PM"}).to_string();
    let added = answered(Method::POST, &entries, Some(("application/json", row))).await;
    let location = added.headers()["location"].to_str().expect("text").to_owned();
    let entry = location.rsplit('/').next().expect("an id");
    answered(Method::DELETE, &format!("{entries}/{entry}"), None).await;
    assert_eq!(running.field("applicantworkflows", "assessmentresults").await["written"], 2);
}

#[tokio::test]
async fn the_budget_agrees_with_the_headers_and_says_where_calls_went() {
    let running = Running::start().await;
    let sample = running.keys().sample.clone();
    let _ = running.icims(Method::GET, &format!("/applicantworkflows/{}", sample.workflow_id)).send().await.expect("an answer");
    let _ = running.icims(Method::GET, &format!("/applicantworkflows/{}", sample.workflow_id)).send().await.expect("an answer");
    let last = running.read_person().await;
    let header = |name: &str| last.headers()[name].to_str().expect("text").parse::<u64>().expect("a number");
    let stranger = running.client.get(format!("{}/customers/4021/people/1", running.keys().icims.base_url)).send().await;
    assert_eq!(stranger.expect("an answer").status(), StatusCode::UNAUTHORIZED);

    let budget = running.get("budget?customer=4021").await;
    assert_eq!((&budget["today"], &budget["total"]), (&json!(3), &json!(3)), "{budget}");
    assert_eq!(budget["limit"], header("x-ratelimit-limit"));
    assert_eq!(budget["remaining"], header("x-ratelimit-remaining"));
    let families = [("applicantworkflows", 2), ("people", 1)]
        .map(|(family, calls)| json!({"family": family, "today": calls, "total": calls}));
    assert_eq!(budget["families"], json!(families));
    let workflows = &budget["workflows"];
    assert_eq!(
        (&workflows["count"], &workflows["max"], &workflows["average"], &workflows["without_workflow"]),
        (&json!(1), &json!(2), &json!(2.0), &json!(1))
    );
    assert_eq!(workflows["busiest"], json!([{"workflow": sample.workflow_id, "calls": 2}]));

    running.control(Method::POST, "clock", json!({"advance": "1d"})).await;
    let tomorrow = running.get("budget").await;
    assert_eq!((&tomorrow["today"], &tomorrow["total"], &tomorrow["families"][0]["today"]), (&json!(0), &json!(3), &json!(0)));
    let page = running.client.get(format!("{}/budget", running.sandbox.addresses().control)).send().await.expect("an answer");
    assert!(page.text().await.expect("a page").contains(&sample.workflow_id));
    let (status, _) = running.ask(Method::GET, "budget?customer=77", Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
