//! Each effect of a fault rule, as a real client sees it over a real connection.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::support::Running;

impl Running {
    async fn fault(&self, rule: Value) -> Value {
        self.control(Method::POST, "faults", rule).await["faults"].clone()
    }

    async fn phone(&self) -> Value {
        self.read_person().await.json::<Value>().await.expect("JSON")["middlename"].clone()
    }

    /// Changes the sample person.
    fn change(&self, name: &str) -> reqwest::RequestBuilder {
        let path = format!("/people/{}", self.keys().sample.person_id);
        self.icims(Method::PATCH, &path).json(&json!({ "middlename": name }))
    }
}

fn on_icims(effect: Value) -> Value {
    json!({"customer": "4021", "match": {"actor": "icims", "path": "/customers/*/people/**"}, "effect": effect})
}

#[tokio::test]
async fn a_status_is_answered_in_the_actors_own_envelope_as_often_as_the_rule_says() {
    let running = Running::start().await;
    let effect =
        json!({"kind": "status", "status": 404, "code": 3, "message": "Person: Access denied.", "headers": {"Retry-After": "7"}});
    let rule = running.fault(json!({"match": {"actor": "icims", "method": "get"}, "effect": effect, "times": 1})).await;
    let refused = running.read_person().await;
    assert_eq!(refused.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        (&refused.headers()["x-error"], &refused.headers()["retry-after"]),
        (&"3:Person: Access denied.".parse().expect("a header"), &"7".parse().expect("a header"))
    );
    let body: Value = refused.json().await.expect("JSON");
    assert_eq!(body, json!({"errors": [{"errorMessage": "Person: Access denied.", "errorCode": 3}]}));
    assert_eq!(running.read_person().await.status(), StatusCode::OK);

    let listed = running.get("faults").await["faults"].clone();
    assert_eq!((&listed[0]["id"], &listed[0]["hits"]), (&rule[0]["id"], &json!(1)));
    let marked = running.exchanges("customer=4021", 2).await;
    assert_eq!(marked[0]["faults"], json!([{"id": rule[0]["id"], "effect": "status"}]));
    assert!(marked[1].get("faults").is_none(), "{}", marked[1]);
}

#[tokio::test]
async fn a_dropped_call_has_no_effect_and_a_lost_reply_has_one() {
    let running = Running::start().await;
    running.fault(on_icims(json!({"kind": "drop"}))).await;
    assert!(running.change("Dropped").send().await.is_err());
    running.control(Method::DELETE, "faults", Value::Null).await;
    assert_eq!(running.phone().await, Value::Null);

    running.fault(on_icims(json!({"kind": "lose_reply"}))).await;
    assert!(running.change("Kept").send().await.is_err());
    running.control(Method::DELETE, "faults", Value::Null).await;
    assert_eq!(running.phone().await, "Kept");
    let lost = running.exchanges("customer=4021", 3).await[2]["outcome"].clone();
    assert_eq!(lost, json!({"kind": "failed", "reason": "answered 204, and the connection broke off before the answer"}));
}

#[tokio::test]
async fn a_truncated_answer_promises_more_than_comes() {
    let running = Running::start().await;
    running.fault(on_icims(json!({"kind": "truncate"}))).await;
    let mut cut = running.read_person().await;
    assert_eq!(cut.status(), StatusCode::OK);
    let promised = cut.content_length().expect("a promise");
    let mut came = 0;
    let broken = loop {
        match cut.chunk().await {
            Ok(Some(chunk)) => came += chunk.len() as u64,
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken && came > 0 && came < promised, "{came} of {promised}");
}

#[tokio::test]
async fn a_garbled_answer_is_not_what_it_says() {
    let running = Running::start().await;
    running.fault(on_icims(json!({"kind": "garble"}))).await;
    let garbled = running.read_person().await;
    assert!(garbled.headers()["content-type"].to_str().is_ok_and(|kind| kind.contains("json")));
    let bytes = garbled.bytes().await.expect("all of it comes");
    assert!(std::str::from_utf8(&bytes).is_err() && serde_json::from_slice::<Value>(&bytes).is_err());
}

#[tokio::test]
async fn a_slow_answer_comes_late_and_the_work_is_done_also_when_the_caller_gives_up() {
    let running = Running::start().await;
    running.fault(on_icims(json!({"kind": "latency", "by": "700ms"}))).await;
    let before = tokio::time::Instant::now();
    assert_eq!(running.read_person().await.status(), StatusCode::OK);
    assert!(before.elapsed() >= Duration::from_millis(700));
    let given_up = running.change("Slowly").timeout(Duration::from_millis(100)).send().await;
    assert!(given_up.is_err_and(|error| error.is_timeout()));
    let done = running.exchanges("customer=4021", 2).await;
    assert_eq!((&done[1]["method"], &done[1]["outcome"]["status"]), (&json!("PATCH"), &json!(204)));
}

#[tokio::test]
async fn an_exhausted_quota_looks_like_the_vendors_own() {
    let running = Running::start().await;
    running.fault(json!({"name": "daily_quota", "customer": "4021"})).await;
    let refused = running.read_person().await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let seconds: u64 = refused.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=86_400).contains(&seconds));
    assert_eq!(refused.headers()["x-ratelimit-remaining"], "0");
    assert_eq!(refused.headers()["x-ratelimit-limit"], "10000");
    assert_eq!(refused.headers()["x-ratelimit-reset"], refused.headers()["retry-after"]);

    running.fault(json!({"match": {"actor": "harver_platform"}, "effect": {"kind": "quota"}})).await;
    let url = format!("{}/api/v1.0/accounts", running.keys().platform.base_url);
    let refused = running.client.get(url).send().await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.json::<Value>().await.expect("JSON")["errors"][0]["id"], "TooManyRequestsError");
}

#[tokio::test]
async fn an_injected_error_has_the_headers_of_every_answer_and_is_no_call() {
    let running = Running::start().await;
    let usual = running.read_person().await;
    let mut once = on_icims(json!({"kind": "status", "status": 418}));
    once["times"] = json!(1);
    running.fault(once).await;
    let injected = running.read_person().await;
    assert_eq!(injected.status().as_u16(), 418);
    let names = |answer: &reqwest::Response| {
        let names = answer.headers().keys().map(|name| name.as_str().to_owned());
        names.filter(|name| !["content-length", "x-error"].contains(&name.as_str())).collect::<BTreeSet<_>>()
    };
    assert_eq!(names(&injected), names(&usual));
    for counted in ["x-ratelimit-limit", "x-ratelimit-remaining"] {
        assert_eq!(injected.headers()[counted], usual.headers()[counted], "{counted}");
    }
    running.fault(on_icims(json!({"kind": "status", "status": 401}))).await;
    let refused = running.read_person().await;
    assert!(!refused.headers().contains_key("x-ratelimit-limit"), "whoever is not let in is not told where anybody stands");
}

#[tokio::test]
async fn faults_of_one_customer_never_touch_another_and_a_reset_ends_them_all() {
    let running = Running::start().await;
    let other = running.open_customer().await;
    running.fault(on_icims(json!({"kind": "status", "status": 500}))).await;
    // The rule is the first customer's, although its path would admit the other one's calls.
    let path = format!("/people/{}", other.sample.person_id);
    let read = running.icims_of(&other, Method::GET, &path).send().await.expect("an answer");
    assert_eq!((running.read_person().await.status(), read.status()), (StatusCode::INTERNAL_SERVER_ERROR, StatusCode::OK));
    running.control(Method::POST, "reset", Value::Null).await;
    assert_eq!(running.get("faults").await, json!({"faults": []}));
    assert_eq!(running.read_person().await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_same_seed_disturbs_the_same_calls() {
    let running = Running::start().await;
    let flaky = json!({"customer": "4021", "match": {"actor": "icims"}, "effect": {"kind": "status", "status": 500}, "probability": 0.4, "seed": 11});
    let mut rounds = Vec::new();
    for _ in 0..2 {
        running.fault(flaky.clone()).await;
        let mut statuses = Vec::new();
        for _ in 0..24 {
            statuses.push(running.read_person().await.status().as_u16());
        }
        running.control(Method::DELETE, "faults?customer=4021", Value::Null).await;
        rounds.push(statuses);
    }
    assert_eq!(rounds[0], rounds[1]);
    assert!(rounds[0].contains(&500) && rounds[0].contains(&200), "{:?}", rounds[0]);
}

#[tokio::test]
async fn a_duplicated_event_arrives_twice() {
    let running = Running::start().await;
    running.fault(json!({"name": "duplicate_event", "customer": "4021"})).await;
    running.advance(&running.keys().sample.workflow_id.clone()).await;
    let workflow = &running.keys().sample.workflow_id;
    let sent = running.exchanges(&format!("workflow={workflow}"), 3).await;
    let bodies: Vec<&Value> = sent.iter().filter(|sent| sent["to"] == "integration").map(|sent| &sent["request_body"]).collect();
    assert_eq!((bodies.len(), bodies[0]), (2, bodies[1]));
    assert_eq!(running.vendor.received_requests().await.expect("recorded").len(), 2);
}

#[tokio::test]
async fn a_delayed_event_is_pending_until_the_clock_has_moved_on() {
    let running = Running::start().await;
    let rule =
        json!({"customer": "4021", "match": {"actor": "integration", "from": "icims"}, "effect": {"kind": "delay", "by": "10m"}});
    running.fault(rule).await;
    let workflow = running.keys().sample.workflow_id.clone();
    running.advance(&workflow).await;
    running.control(Method::POST, "clock", json!({"advance": "9m"})).await;
    assert_eq!(running.get("health?customer=4021").await["pending"]["icims_events"], 1);
    assert!(running.vendor.received_requests().await.expect("recorded").is_empty());
    running.control(Method::POST, "clock", json!({"advance": "1m"})).await;
    let sent = running.exchanges(&format!("workflow={workflow}"), 2).await;
    assert_eq!((&sent[1]["to"], &sent[1]["faults"][0]["effect"]), (&json!("integration"), &json!("delay")));
}

#[tokio::test]
async fn a_reordered_event_lets_the_next_one_of_its_customer_pass() {
    let running = Running::start().await;
    let second = running.another_workflow("Amara").await;
    let first = running.keys().sample.workflow_id.clone();
    running.fault(json!({"match": {"actor": "integration"}, "effect": {"kind": "reorder"}, "times": 1})).await;
    running.advance(&first).await;
    // The rule is used up as soon as the first event is held.
    let held = async {
        while running.get("faults").await["faults"][0]["hits"] != 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), held).await.expect("the event is held");
    running.advance(&second).await;
    let _ = running.exchanges(&format!("workflow={first}"), 2).await;
    let order: Vec<String> = running.vendor.received_requests().await.expect("recorded").iter().map(system_id).collect();
    assert_eq!(order, [second, first]);
}

fn system_id(request: &wiremock::Request) -> String {
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&request.body[..]), &mut text).expect("gzip");
    serde_json::from_str::<Value>(&text).expect("JSON")["systemId"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_request_to_the_integration_is_lost_before_it_or_after_it_or_in_between() {
    let running = Running::start().await;
    let workflow = running.keys().sample.workflow_id.clone();
    // What the rule does, whether the vendor got a whole request, and what the journal says.
    let cases = [
        (json!({"kind": "drop"}), 0, "broke off before the request was handled"),
        (json!({"kind": "lose_reply"}), 1, "broke off after the request was handled"),
        (json!({"kind": "truncate"}), 1, "failed"),
    ];
    for (effect, received, reason) in cases {
        let after = running.newest();
        running.fault(json!({"match": {"actor": "integration"}, "effect": effect})).await;
        // Only a change is an event, so the status goes back first.
        let new = json!({"status": {"value": "Phone Screen"}});
        let _ =
            running.icims(Method::PATCH, &format!("/applicantworkflows/{workflow}")).json(&new).send().await.expect("an answer");
        running.advance(&workflow).await;
        let sent = running.exchanges(&format!("workflow={workflow}&after={after}"), 3).await;
        let outcome = &sent.iter().find(|sent| sent["to"] == "integration").expect("an event")["outcome"];
        assert!(outcome["reason"].as_str().is_some_and(|told| told.contains(reason)), "{effect}: {outcome}");
        assert_eq!(running.vendor.received_requests().await.expect("recorded").len(), received, "{effect}");
        running.control(Method::DELETE, "faults", Value::Null).await;
    }
}

#[tokio::test]
async fn mail_is_refused_for_now_and_taken_the_second_time() {
    let running = Running::start().await;
    running.fault(json!({"name": "greylisting", "customer": "4021"})).await;
    assert_eq!(hand_in(&running, "4022").await, "250");
    assert_eq!(hand_in(&running, "4021").await, "451");
    assert_eq!(hand_in(&running, "4021").await, "250");
    let refused = running.exchanges("customer=4021", 2).await;
    assert_eq!((&refused[0]["outcome"]["status"], &refused[0]["faults"][0]["name"]), (&json!(451), &json!("greylisting")));

    running.fault(json!({"match": {"actor": "mailbox", "path": "*@example.org"}, "effect": {"kind": "drop"}})).await;
    assert_eq!(hand_in(&running, "4021").await, "", "the connection breaks off without an answer");
}

/// Hands a message in and returns the status of what is said after its last line.
pub(super) async fn hand_in(running: &Running, customer: &str) -> String {
    let stream = TcpStream::connect(&running.keys().mailbox.smtp).await.expect("a connection");
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let message = format!(
        "EHLO laptop\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<ines@example.org>\r\nDATA\r\nX-Icims-Customer: {customer}\r\n\r\nHello\r\n.\r\n"
    );
    write.write_all(message.as_bytes()).await.expect("it is taken");
    // The greeting and the answers to four commands come first.
    let mut finals = 0;
    while let Ok(Some(line)) = lines.next_line().await {
        if line.as_bytes().get(3) == Some(&b' ') {
            finals += 1;
            if finals == 6 {
                return line[..3].to_owned();
            }
        }
    }
    String::new()
}

#[tokio::test]
async fn nonsense_is_refused_and_changes_nothing() {
    let running = Running::start().await;
    let check = async |method: Method, path: &str, body: Value, expected: StatusCode, words: &str| {
        let (status, answer) = running.ask(method, path, body.clone()).await;
        assert_eq!(status, expected, "{body}: {answer}");
        assert!(answer["error"]["message"].as_str().is_some_and(|message| message.contains(words)), "{body}: {answer}");
    };
    let bad = StatusCode::BAD_REQUEST;
    check(Method::POST, "faults", json!({}), bad, "slow_icims").await;
    check(Method::POST, "faults", json!([1]), bad, "slow_icims").await;
    check(Method::POST, "faults", json!({"name": "earthquake"}), bad, "lost_reply").await;
    check(Method::POST, "faults", json!({"name": "slow_icims", "customer": "7"}), StatusCode::NOT_FOUND, "customer 7").await;
    check(Method::POST, "faults", json!({"match": {"actor": "nobody"}, "effect": {"kind": "drop"}}), bad, "nobody").await;
    check(
        Method::POST,
        "faults",
        json!({"match": {"actor": "icims"}, "effect": {"kind": "drop"}, "times": 0}),
        bad,
        "leave it out",
    )
    .await;
    check(Method::DELETE, "faults/99", Value::Null, StatusCode::NOT_FOUND, "99").await;
    check(Method::DELETE, "faults/x", Value::Null, StatusCode::NOT_FOUND, "x").await;
    check(Method::GET, "faults?customer=7", Value::Null, StatusCode::NOT_FOUND, "customer 7").await;
    assert_eq!(running.get("faults").await, json!({"faults": []}));
}

#[tokio::test]
async fn the_catalogue_is_switched_on_and_off_by_api_and_page() {
    let running = Running::start().await;
    let catalogue = running.get("faults/catalogue").await["faults"].as_array().cloned().expect("a list");
    for named in &catalogue {
        for key in ["name", "title", "happens", "should"] {
            assert!(named[key].as_str().is_some_and(|text| !text.is_empty()), "{named}");
        }
        running.fault(json!({"name": named["name"], "customer": "4021"})).await;
        running.fault(json!({"name": named["name"], "customer": "4021"})).await;
        let name = named["name"].as_str().expect("a name");
        let removed = running.control(Method::DELETE, &format!("faults?name={name}&customer=4021"), Value::Null).await;
        assert_eq!(removed["removed"], if name == "eu_us_mix_up" { 2 } else { 1 }, "{name} is on once");
    }
    let control = running.sandbox.addresses().control.clone();
    let post = async |path: &str, form: &[(&str, &str)]| {
        let answer = running.client.post(format!("{control}{path}")).form(form).send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("a page"))
    };
    let (status, page) = post("/faults/off", &[]).await;
    assert!(status.is_success() && page.contains("no-rules"), "{status}");
    let (status, page) = post("/faults/on", &[("name", "slow_icims"), ("customer", "4021")]).await;
    assert!(status.is_success() && page.contains("latency") && page.contains("Switch off"), "{page}");
    let (_, page) = post("/faults/off", &[("name", "slow_icims"), ("customer", "")]).await;
    assert!(page.contains("id=\"no-rules\""), "all customers means all: {page}");
    let own = [("actor", "icims"), ("kind", "status"), ("status", "503"), ("times", "2"), ("method", ""), ("name", "mine <b>")];
    let (status, page) = post("/faults/custom", &own).await;
    assert!(status.is_success() && page.contains("mine &#60;b&#62;") && page.contains("2 times"), "{page}");
    let (status, page) = post("/faults/custom", &[("actor", "icims"), ("kind", "status"), ("status", "many")]).await;
    assert!(status == StatusCode::BAD_REQUEST && page.contains("no fault rule"), "{page}");
    let (status, _) = post("/faults/on", &[("name", "earthquake")]).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

/// What a browser sends when somebody chooses a customer and presses a button at once, without looking at the customer's list first.
#[tokio::test]
async fn a_fault_strikes_whom_the_page_says_whether_or_not_their_list_was_shown() {
    let running = Running::start().await;
    let other = running.open_customer().await;
    let id = other.icims.customer_id.clone();
    let control = running.sandbox.addresses().control.clone();
    let page = running.client.get(format!("{control}/faults")).send().await.expect("a page").text().await.expect("HTML");
    let document = scraper::Html::parse_document(&page);
    let select = |selector: &str| scraper::Selector::parse(selector).expect("a selector");
    // The button's form is the one with the choice of a customer, and no hidden field decides before it.
    let button = document.select(&select("#switch-slow_icims")).next().expect("the catalogue has it");
    let form = document.select(&select(&format!("form#{}", button.attr("form").expect("it names its form")))).next();
    let form = form.expect("the form is there");
    assert!(form.select(&select("select[name=customer]")).next().is_some());
    assert_eq!(document.select(&select("form:not(.below) input[type=hidden][name=customer]")).count(), 0, "{page}");
    assert!(document.select(&select("#custom-rule select[name=customer]")).next().is_some());
    assert_eq!(button.attr("formmethod"), Some("post"));
    let url = format!("{control}{}", button.attr("formaction").expect("its own address"));
    let sent = [("customer", id.as_str()), (button.attr("name").expect("a name"), button.attr("value").expect("a value"))];
    let answer = running.client.post(url).form(&sent).send().await.expect("a page").text().await.expect("HTML");
    assert!(answer.contains(&format!("The rule is set for customer {id}.")), "{answer}");
    let rules = running.get("faults").await["faults"].clone();
    assert_eq!((rules.as_array().map(Vec::len), &rules[0]["customer"]), (Some(1), &json!(id)));

    let off = |customer: &'static str| [("customer", customer), ("name", "slow_icims")];
    let answer = running.client.post(format!("{control}/faults/off")).form(&off("4021")).send().await.expect("a page");
    assert!(answer.text().await.expect("HTML").contains("for customer 4021. Nothing was changed"));
    assert_eq!(running.get("faults").await["faults"], rules, "who has no such rule loses none");
}
