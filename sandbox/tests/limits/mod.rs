//! The limits of `docs/limits.md` that concern the whole sandbox, reached over HTTP, and the promise that no row there is without a test
//! and no limit without a row. Those of iCIMS are in `icims_api/limits.rs`, those of the platform in `platform_limits.rs`, those of SMTP in
//! `mailbox_smtp.rs`, those of connections in `http_limits.rs`.

mod bodies;
mod listed;

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use icims_sandbox::Sandbox;
use icims_sandbox::engine::JournalFilter;
use icims_sandbox::icims::schema::list;
use icims_sandbox::icims::state::{CustomerState, Limits, Refusal};
use icims_sandbox::library::Customer;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

fn client() -> Client {
    thread_local! {
        static CLIENT: Client = {
            icims_sandbox::engine::direct().timeout(Duration::from_secs(60)).build().expect("a client")
        };
    }
    CLIENT.with(Client::clone)
}

/// A call to iCIMS with a body of whatever kind.
async fn post(customer: &Customer, path: &str, body: String) -> (StatusCode, String) {
    let keys = &customer.keys().icims;
    let request = client().post(format!("{}{path}", customer.api_url())).basic_auth(&keys.username, Some(&keys.password));
    let answer = request.header("content-type", "application/json").body(body).send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("a body"))
}

/// A call to control.
async fn control(sandbox: &Sandbox, method: Method, path: &str, body: impl Into<reqwest::Body>) -> (StatusCode, Value) {
    let url = format!("{}/__sandbox/{path}", sandbox.addresses().control);
    let answer = client().request(method, url).body(body).send().await.expect("an answer");
    (answer.status(), answer.json().await.expect("JSON"))
}

/// Changes the sample customer in a way that no interface offers.
async fn change(sandbox: &Sandbox, rule: impl FnOnce(&mut CustomerState) -> Result<(), Refusal>) {
    sandbox.world().icims().customer(4021).expect("the sample customer").write(rule).await.expect("a change");
}

#[tokio::test]
async fn a_query_with_more_than_a_thousand_filters_is_refused() {
    let sandbox = Sandbox::start().await;
    let filters = |count: usize| {
        let filter = json!({"name": "person.lastname", "value": ["Okafor"]});
        json!({"filters": vec![filter; count]}).to_string()
    };
    let (status, text) = post(&sandbox.customer(), "/search/people", filters(1_001)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{text}");
    let (status, text) = post(&sandbox.customer(), "/search/people", filters(500)).await;
    assert_eq!(status, StatusCode::OK, "{text}");
}

#[tokio::test]
async fn one_answer_of_the_journal_holds_a_thousand_exchanges_and_the_next_goes_on() {
    let sandbox = Sandbox::start().await;
    let url = format!("{}/__sandbox/journal", sandbox.addresses().control);
    let customer = sandbox.customer();
    for _ in 0..1_005 {
        customer.get("/people/1188?fields=firstname").await;
    }
    let ids = async |after: u64| -> Vec<u64> {
        let answer = client().get(format!("{url}?customer=4021&after={after}")).send().await.expect("an answer");
        let body: Value = answer.json().await.expect("JSON");
        body["exchanges"].as_array().expect("a list").iter().map(|it| it["id"].as_u64().expect("a number")).collect()
    };
    let first = ids(0).await;
    assert_eq!(first.len(), 1_000);
    assert_eq!(ids(first[999]).await.len(), 5);
}

/// Bodies of 64 KiB and more fill the journal soon. The customer who sends them loses its own oldest exchanges, and the quiet one none.
#[tokio::test]
async fn a_customer_who_fills_the_journal_pushes_out_its_own_exchanges_and_nobody_elses() {
    let sandbox = Sandbox::start().await;
    let busy = sandbox.open_customer("Harbour").await;
    sandbox.customer().get("/people/1188?fields=firstname").await;
    let (sent, large) = (1_100, json!({"firstname": "x".repeat(100_000)}).to_string());
    for _ in 0..sent {
        post(&busy, "/people", large.clone()).await;
    }
    // Calls for customers that do not exist are nobody's, so that whoever makes numbers up takes no room from those who do.
    for made_up in 0..20 {
        let url = format!("{}/customers/7000{made_up}/people/1", sandbox.addresses().icims);
        assert_eq!(client().get(url).send().await.expect("an answer").status(), StatusCode::UNAUTHORIZED);
    }
    let of = |customer: &str| {
        sandbox.world().journal().find(&JournalFilter { customer: Some(customer.into()), ..JournalFilter::default() })
    };
    assert_eq!(of("4021").len(), 1);
    assert!(of("70001").is_empty());
    let kept = of(busy.id());
    assert!(kept.len() < sent && kept.len() > sent / 2, "{} of {sent} are kept", kept.len());
    let bodies: usize = kept.iter().map(|exchange| exchange.request_body.len()).sum();
    assert!(bodies <= 64 * 1024 * 1024, "{bodies} bytes are held");
    let cut = &kept[0].request_body;
    assert!(cut.len() <= 64 * 1024 + '…'.len_utf8() && cut.ends_with('…'), "{} bytes", cut.len());
}

#[tokio::test]
async fn fault_rules_of_a_customer_are_bounded() {
    let sandbox = Sandbox::start().await;
    let rule = json!({"match": {"actor": "icims"}, "customer": "4021", "effect": {"kind": "drop"}}).to_string();
    for _ in 0..50 {
        let (status, answer) = control(&sandbox, Method::POST, "faults", rule.clone()).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
    let (status, answer) = control(&sandbox, Method::POST, "faults", rule).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    assert!(answer.to_string().contains("There are 50 fault rules"), "{answer}");
    let other = sandbox.open_customer("Harbour").await;
    let rule = json!({"match": {"actor": "icims"}, "customer": other.id(), "effect": {"kind": "drop"}}).to_string();
    assert_eq!(control(&sandbox, Method::POST, "faults", rule).await.0, StatusCode::OK);
}

#[tokio::test]
async fn users_ranges_and_criteria_of_a_customer_are_bounded() {
    let sandbox = Sandbox::start().await;
    let user = |number: usize| json!({"username": format!("user-{number}")}).to_string();
    let users =
        async || control(&sandbox, Method::GET, "customers/4021/users", "").await.1["users"].as_array().map_or(0, Vec::len);
    for number in users().await..100 {
        let (status, answer) = control(&sandbox, Method::POST, "customers/4021/users", user(number)).await;
        assert!(status.is_success(), "{answer}");
    }
    assert_eq!(control(&sandbox, Method::POST, "customers/4021/users", user(100)).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(users().await, 100);
    let ranges = |count: usize| json!({"allowlist": vec!["127.0.0.1"; count]}).to_string();
    assert_eq!(control(&sandbox, Method::PUT, "customers/4021/allowlist", ranges(201)).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(control(&sandbox, Method::PUT, "customers/4021/allowlist", ranges(200)).await.0, StatusCode::OK);
    let criterion = json!({"status": "C40177", "criterion": "assessment_complete"});
    let criteria = |count: usize| json!({"entrance_criteria": vec![criterion.clone(); count]}).to_string();
    assert_eq!(
        control(&sandbox, Method::PUT, "customers/4021/entrance-criteria", criteria(201)).await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(control(&sandbox, Method::PUT, "customers/4021/entrance-criteria", criteria(200)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn names_of_companies_and_seeds_are_bounded() {
    let sandbox = Sandbox::start().await;
    let named = |length: usize| json!({"name": "x".repeat(length)}).to_string();
    assert_eq!(control(&sandbox, Method::POST, "customers", named(101)).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(control(&sandbox, Method::POST, "customers", named(100)).await.0, StatusCode::OK);
    let recipe = |recipe: Value| json!({"customer": "4021", "recipe": recipe}).to_string();
    let huge = recipe(json!({"jobs": 1, "candidates": 1_000_001, "workflows": 1, "days": 30}));
    assert_eq!(control(&sandbox, Method::POST, "seed", huge).await.0, StatusCode::BAD_REQUEST);
    change(&sandbox, |state| {
        state.limits = Limits { profiles: 20, ..state.limits };
        Ok(())
    })
    .await;
    let count = || sandbox.world().icims().customer(4021).expect("the customer").read(|state| state.people().count());
    let before = count();
    let (status, answer) = control(&sandbox, Method::POST, "seed", recipe("small".into())).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    assert_eq!(count(), before);
}

#[tokio::test]
async fn a_workflow_keeps_its_two_hundred_newest_events() {
    let sandbox = Sandbox::start().await;
    let customer = sandbox.customer();
    // Nobody listens where events go, so each is answered at once: by nobody.
    let first = customer.advance(customer.sample_workflow(), "Send to Harver").await.event.expect("an event");
    let mut newest = first.to_string();
    for _ in 0..203 {
        let (status, answer) = control(&sandbox, Method::POST, &format!("customers/4021/events/{newest}/resend"), "").await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        newest = answer["id"].as_str().expect("an id").to_owned();
    }
    let events = control(&sandbox, Method::GET, "customers/4021/events", "").await.1;
    let ids: Vec<&str> = events["events"].as_array().expect("a list").iter().filter_map(|event| event["id"].as_str()).collect();
    assert_eq!(ids.len(), 200);
    assert!(ids.contains(&newest.as_str()) && !ids.contains(&first.to_string().as_str()));
}

#[tokio::test]
async fn an_exported_customer_that_holds_too_much_is_not_taken_in() {
    let sandbox = Sandbox::start().await;
    change(&sandbox, |state| {
        let limit = state.limits.nodes;
        state.limits.nodes = limit + 1_000;
        (0..=limit).try_for_each(|number| state.add_node(list::SKILL, &format!("Skill {number}")).map(drop))
    })
    .await;
    let url = format!("{}/__sandbox/customers/4021/export", sandbox.addresses().control);
    let file = client().get(url).send().await.expect("an answer").bytes().await.expect("a file");
    let (status, answer) = control(&sandbox, Method::POST, "customers/import?replace=true", file).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    assert!(answer.to_string().contains("There is no room for more than 10000 list entries"), "{answer}");
}

#[tokio::test]
async fn an_exported_customer_whose_header_does_not_end_is_not_read_on() {
    let sandbox = Sandbox::start().await;
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(br#"{"format":"icims-sandbox customer","name":""#).expect("memory");
    packed.write_all(&vec![b'x'; 64 * 1024]).expect("memory");
    let (status, answer) = control(&sandbox, Method::POST, "customers/import", packed.finish().expect("memory")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    assert!(answer.to_string().contains("it is no exported customer"), "{answer}");
}

#[tokio::test]
async fn texts_of_settings_are_bounded() {
    let sandbox = Sandbox::start().await;
    let refused = async |method: Method, path: &str, body: Value| {
        let (status, answer) = control(&sandbox, method, path, body.to_string()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}: {answer}");
    };
    refused(Method::POST, "customers/4021/users", json!({"username": "x".repeat(201)})).await;
    refused(Method::PATCH, "customers/4021/connection", json!({"summary": "x".repeat(2_001)})).await;
    let page = format!("{}/icims2/4021/admin/event-notifications", sandbox.addresses().icims);
    let answer = client().post(page).form(&[("vendor", "x".repeat(501))]).send().await.expect("an answer");
    assert!(answer.status().is_client_error(), "{}", answer.status());
    let rule = |effect: Value, times: u64, name: &str| json!({"match": {"actor": "icims"}, "name": name, "times": times, "effect": effect});
    let status = |more: Value| {
        let mut effect = json!({"kind": "status", "status": 500});
        effect.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        effect
    };
    let headers: Value = (0..21).map(|at| (format!("x-{at}"), json!("1"))).collect::<serde_json::Map<_, _>>().into();
    refused(Method::POST, "faults", rule(status(json!({"body": "x".repeat(8 * 1024 + 1)})), 1, "a")).await;
    refused(Method::POST, "faults", rule(status(json!({"headers": headers})), 1, "a")).await;
    refused(Method::POST, "faults", rule(status(json!({})), 1_000_001, "a")).await;
    refused(Method::POST, "faults", rule(status(json!({})), 1, &"x".repeat(501))).await;
    let (status, answer) =
        control(&sandbox, Method::POST, "faults", rule(status(json!({})), 1_000_000, &"x".repeat(500)).to_string()).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
}

#[tokio::test]
async fn an_answer_of_the_journal_holds_two_hundred_calls_under_way() {
    let sandbox = Sandbox::start().await;
    let rule = json!({"match": {"actor": "icims"}, "effect": {"kind": "latency", "by": "4m"}}).to_string();
    assert_eq!(control(&sandbox, Method::POST, "faults", rule).await.0, StatusCode::OK);
    let target = |at: usize| format!("/customers/4021/people/{at}");
    let mut held = Vec::new();
    for at in 0..203 {
        let mut connection =
            TcpStream::connect(sandbox.addresses().icims.trim_start_matches("http://")).await.expect("a connection");
        let head = format!("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", target(at));
        connection.write_all(head.as_bytes()).await.expect("it is sent");
        held.push(connection);
        // The next one begins when this one has begun.
        while sandbox.world().journal().under_way(&JournalFilter::default()).len() <= at {
            tokio::task::yield_now().await;
        }
    }
    let (_, journal) = control(&sandbox, Method::GET, "journal?customer=4021", "").await;
    let shown: Vec<&str> =
        journal["under_way"].as_array().expect("calls").iter().filter_map(|call| call["target"].as_str()).collect();
    assert_eq!(shown, (0..200).map(target).collect::<Vec<_>>(), "those that have begun first");
}

#[tokio::test]
async fn how_long_something_is_held_waited_for_or_spread_is_bounded() {
    let sandbox = Sandbox::start().await;
    let rule = |kind: &str, by: &str, path: &str| {
        json!({"match": {"actor": "icims", "path": path}, "effect": {"kind": kind, "by": by}}).to_string()
    };
    let held =
        |by: &str| json!({"match": {"actor": "integration", "from": "icims"}, "effect": {"kind": "delay", "by": by}}).to_string();
    let path = |length: usize| format!("/{}", "x".repeat(length - 1));
    let recipe = |days: u64, weight: u64| {
        let recipe = json!({"jobs": 1, "candidates": 1, "workflows": 1, "days": days, "locales": {"english": weight}});
        json!({"customer": "4021", "recipe": recipe}).to_string()
    };
    for (where_to, most, more) in [
        ("faults", rule("latency", "300s", &path(500)), rule("latency", "300001ms", "/")),
        ("faults", rule("latency", "300s", &path(499)), rule("latency", "300s", &path(501))),
        ("faults", held("9600h"), held("9601h")),
        ("seed", recipe(3_650, 1_000_000), recipe(3_651, 1)),
        ("seed", recipe(3_650, 1_000_000), recipe(3_650, 1_000_001)),
        ("clock", json!({"advance": "87672h"}).to_string(), json!({"advance": "87673h"}).to_string()),
    ] {
        let (status, answer) = control(&sandbox, Method::POST, where_to, most.clone()).await;
        assert!(status.is_success(), "{most}: {status} {answer}");
        let (status, answer) = control(&sandbox, Method::POST, where_to, more.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{more}: {answer}");
    }
    assert_eq!(control(&sandbox, Method::GET, "journal?wait=300001ms", "").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn numbers_of_customers_are_bounded() {
    let sandbox = Sandbox::start().await;
    let chosen = |id: u64| json!({"id": id}).to_string();
    assert_eq!(control(&sandbox, Method::POST, "customers", chosen(999_999_999)).await.0, StatusCode::OK);
    assert_eq!(control(&sandbox, Method::POST, "customers", chosen(1_000_000_000)).await.0, StatusCode::BAD_REQUEST);
}
