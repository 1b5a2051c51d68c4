//! Events as they are documented, as they were observed, and as nobody should send them.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Parsed, UnreadableEvent, VendorError, parse_event, pattern_of};
use crate::domain::{Customer, Event, Occasion, Pattern, StatusId};
use crate::testing::{basic, customer};

const INLINE: &str = include_str!("../../fixtures/icims/event_inline.json");
const OBSERVED: &str = include_str!("../../fixtures/icims/event_inline_observed.json");
const STATUS_CHANGE: &str = include_str!("../../fixtures/icims/event_status_change.json");

fn brightwater() -> Customer {
    customer(&"https://api.icims.com".parse().expect("an address"), basic())
}

fn parse(body: &Value) -> Result<Parsed, UnreadableEvent> {
    parse_event(body.to_string().as_bytes(), &brightwater())
}

fn event(body: &Value) -> Event {
    match parse(body).expect("an event") {
        Parsed::Event(event) => event,
        Parsed::Ignored { event_type } => panic!("{event_type} was ignored"),
    }
}

fn sample(text: &str) -> Value {
    serde_json::from_str(text).expect("a sample")
}

/// A sample with one key set, or removed by `null`.
fn with(text: &str, key: &str, value: Value) -> Value {
    let mut body = sample(text);
    let object = body.as_object_mut().expect("an object");
    if value.is_null() {
        object.remove(key)
    } else {
        object.insert(key.to_owned(), value)
    };
    body
}

#[test]
fn the_inline_event_is_read_under_both_of_its_names() {
    let documented = event(&sample(INLINE));
    assert_eq!(documented, event(&sample(OBSERVED)));
    assert_eq!((documented.workflow.get(), documented.person.get(), documented.job.get()), (88431, 30517, 2210));
    let Occasion::ApplicationCompleted { return_url: Some(url) } = documented.occasion else { panic!("no return address") };
    assert_eq!(url.as_str(), "https://careers-brightwater.icims.com/jobs/2210/call-centre-advisor/assessment?i=1");
}

#[test]
fn the_ad_hoc_event_is_read_with_its_status_with_or_without_a_letter() {
    for (status, name) in [("40177", "WorkFlowStatusChangeEvent"), ("C40177", "workflowstatuschangeevent")] {
        let mut body = with(STATUS_CHANGE, "newStatus", json!(status));
        body["eventType"] = json!(name);
        let Occasion::StatusChanged(change) = event(&body).occasion else { panic!("another occasion") };
        assert_eq!(Some(change.new_status), StatusId::parse("40177"));
    }
}

#[test]
fn ids_may_be_numbers_and_may_stand_in_only_one_place() {
    let expected = event(&sample(STATUS_CHANGE));
    assert_eq!(event(&with(STATUS_CHANGE, "systemId", json!(88431))), expected);
    assert_eq!(event(&with(STATUS_CHANGE, "links", Value::Null)), expected);
    assert_eq!(event(&with(STATUS_CHANGE, "personId", Value::Null)), expected);
    assert_eq!(event(&with(STATUS_CHANGE, "jobId", json!(""))), expected);
}

#[test]
fn the_candidate_of_an_inline_event_is_the_user_who_caused_it() {
    let mut body = with(INLINE, "jobId", json!("2210"));
    body["links"] = json!([]);
    assert_eq!(event(&body).person.get(), 30517);
    assert_eq!(parse(&with(INLINE, "links", json!([]))), Err(UnreadableEvent::Missing("jobId")));
}

#[test]
fn other_event_types_are_ignored_whatever_they_carry() {
    for name in ["JobPostToWebEvent", "RemoteLoginEvent", "SomethingNew"] {
        let body = json!({"eventType": name, "customerId": "4021", "links": "none"});
        assert_eq!(parse(&body), Ok(Parsed::Ignored { event_type: name.into() }));
    }
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    use UnreadableEvent as E;
    let cases = [
        (with(INLINE, "customerId", Value::Null), E::Missing("customerId")),
        (with(INLINE, "customerId", json!("brightwater")), E::Invalid("customerId")),
        (with(INLINE, "eventType", Value::Null), E::Missing("eventType")),
        (with(INLINE, "eventType", json!(["AssessmentEvent"])), E::Invalid("eventType")),
        (with(INLINE, "systemId", json!({"id": 1})), E::Invalid("systemId")),
        (with(INLINE, "systemId", json!(88431.5)), E::Invalid("systemId")),
        (with(INLINE, "systemId", json!("-1")), E::Invalid("systemId")),
        (with(INLINE, "systemId", json!("88432")), E::Contradiction("systemId")),
        (with(INLINE, "returnUrl", json!("javascript:alert(1)")), E::Invalid("returnUrl")),
        (with(INLINE, "returnUrl", json!("careers-brightwater.icims.com")), E::Invalid("returnUrl")),
        (with(INLINE, "links", json!("none")), E::Missing("jobId")),
        (with(STATUS_CHANGE, "newStatus", Value::Null), E::Missing("newStatus")),
        (with(STATUS_CHANGE, "newStatus", json!(" ")), E::Missing("newStatus")),
        (with(STATUS_CHANGE, "newStatus", json!("Send to Harver")), E::Invalid("newStatus")),
        (with(STATUS_CHANGE, "newStatus", json!({"id": "C40177"})), E::Invalid("newStatus")),
        (with(STATUS_CHANGE, "newStatus", json!(true)), E::Invalid("newStatus")),
        (with(STATUS_CHANGE, "personId", json!("30518")), E::Contradiction("personId")),
        (with(STATUS_CHANGE, "jobId", json!("2211")), E::Contradiction("jobId")),
    ];
    for (body, expected) in cases {
        assert_eq!(parse(&body), Err(expected), "{body}");
    }
    for body in ["", "[]", "null", "{", "\"event\""] {
        assert!(matches!(parse_event(body.as_bytes(), &brightwater()), Err(UnreadableEvent::NotJson(_))), "{body:?}");
    }
}

#[test]
fn an_event_of_another_customer_is_refused() {
    let expected = UnreadableEvent::OtherCustomer { expected: brightwater().id, found: "4022".parse().expect("an id") };
    assert_eq!(parse(&with(INLINE, "customerId", json!("4022"))), Err(expected));
}

#[test]
fn links_that_lead_elsewhere_are_refused() {
    for url in [
        "https://api.icims.example/customers/4021/jobs/2210",
        "http://api.icims.com/customers/4021/jobs/2210",
        "https://api.icims.com:8443/customers/4021/jobs/2210",
        "https://api.icims.com@elsewhere.example/customers/4021/jobs/2210",
        "https://user@api.icims.com/customers/4021/jobs/2210",
        "https://user:word@api.icims.com/customers/4021/jobs/2210",
        "https://api.icims.com/customers/4022/jobs/2210",
        "https://api.icims.com/customers/4021/../4022/jobs/2210",
        "https://api.icims.com/other/customers/4021/jobs/2210",
        "not an address",
    ] {
        let mut body = sample(INLINE);
        body["links"][1]["url"] = json!(url);
        assert!(matches!(parse(&body), Err(UnreadableEvent::ForeignLink { rel: "job", .. })), "{url}");
    }
}

#[test]
fn links_that_name_something_else_are_refused() {
    for url in ["https://api.icims.com/customers/4021/people/2210", "https://api.icims.com/customers/4021/jobs/x"] {
        let mut body = sample(INLINE);
        body["links"][1]["url"] = json!(url);
        assert_eq!(parse(&body), Err(UnreadableEvent::Invalid("job")), "{url}");
    }
}

#[test]
fn links_that_nothing_uses_are_left_alone() {
    let mut body = sample(INLINE);
    let links = body["links"].as_array_mut().expect("links");
    links.retain(|link| link["rel"] != "user");
    let unused = [
        json!({"rel": "user", "title": "Posting User", "url": "https://api.icims.com/customers/4021/users/1188"}),
        json!({"rel": "user", "url": "not an address"}),
        json!({"rel": "portal", "url": "https://careers.example/"}),
        json!({"rel": "job", "title": {"of": "another shape"}, "url": "https://api.icims.com/customers/4021/jobs/2210"}),
        json!({"rel": ["person"], "url": "https://elsewhere.example/"}),
        json!({"rel": "person", "url": null}),
        json!({"title": "no rel"}),
        json!(7),
    ];
    links.extend(unused);
    assert_eq!(event(&body), event(&sample(INLINE)));
    for shape in [json!("none"), json!({"rel": "job"}), json!(7)] {
        assert_eq!(event(&with(STATUS_CHANGE, "links", shape)), event(&sample(STATUS_CHANGE)));
    }
}

#[test]
fn two_links_to_different_profiles_of_one_kind_are_refused() {
    for (at, rel, url) in
        [(0, "applicantWorkflow", "applicantworkflows/88432"), (1, "job", "jobs/2211"), (2, "person", "people/30518")]
    {
        let mut body = sample(INLINE);
        let mut other = body["links"][at].clone();
        assert_eq!(other["rel"], rel);
        body["links"].as_array_mut().expect("links").push(other.clone());
        assert_eq!(event(&body), event(&sample(INLINE)), "the same twice");
        other["url"] = json!(format!("https://api.icims.com/customers/4021/{url}"));
        body["links"].as_array_mut().expect("links").push(other);
        assert_eq!(parse(&body), Err(UnreadableEvent::Contradiction(rel)));
    }
}

#[test]
fn the_pattern_is_told_however_little_else_can_be_read() {
    assert_eq!(pattern_of(br#"{"eventType": "AssessmentEvent"}"#), Some(Pattern::Inline));
    assert_eq!(pattern_of(br#"{"eventType": "workflowstatuschangeevent", "links": 7}"#), Some(Pattern::AdHoc));
    for body in ["", "[]", "{}", r#"{"eventType": 7}"#, r#"{"eventType": "RemoteLoginEvent"}"#] {
        assert_eq!(pattern_of(body.as_bytes()), None, "{body}");
    }
}

#[test]
fn the_refusal_tells_the_user_whom_to_turn_to_and_the_log_what_is_wrong() {
    let error = parse(&with(INLINE, "systemId", Value::Null)).expect_err("no workflow");
    let payload = VendorError::from(&error);
    assert_eq!(payload.debug_message, "systemId is missing");
    assert!(payload.user_message.contains("ask your iCIMS administrator"));
}

/// Any JSON, nested a little.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        Just(json!("https://api.icims.com/customers/4021/jobs/2210")),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(prop_oneof!["rel|url|title", "[a-z]{0,8}"], inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Links as iCIMS sends them, up to what they end with.
fn any_links() -> impl Strategy<Value = Value> {
    let rel = prop::sample::select(&["applicantWorkflow", "job", "person", "user"]);
    let profiles = prop::sample::select(&["applicantworkflows/", "jobs/", "people/", ""]);
    let link = (rel, profiles, "\\PC{0,8}").prop_map(|(rel, profiles, id)| {
        json!({"rel": rel, "title": rel, "url": format!("https://api.icims.com/customers/4021/{profiles}{id}")})
    });
    prop::collection::vec(link, 0..4).prop_map(Value::from)
}

proptest! {
    #[test]
    fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_event(&body, &brightwater());
    }

    #[test]
    fn no_value_under_any_key_panics_or_lets_a_foreign_link_through(
        base in prop::sample::select(&[INLINE, STATUS_CHANGE]),
        key in prop::sample::select(&["eventType", "customerId", "systemId", "userId", "personId", "jobId", "newStatus", "returnUrl", "links"]),
        value in prop_oneof![any_json(), any_links()],
    ) {
        if let Ok(Parsed::Event(event)) = parse(&with(base, key, value)) {
            prop_assert_eq!(event.customer.get(), 4021);
        }
    }
}
