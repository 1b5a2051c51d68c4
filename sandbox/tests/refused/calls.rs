//! Calls of every kind, sound and unsound.

use proptest::prelude::*;
use serde_json::{Value, json};

/// A call, written down so that a failed case can be read.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub method: &'static str,
    pub place: Place,
    pub path: String,
    pub body: Body,
    /// Which of the changes that follow the disk refuses; 0 is none.
    pub refused_change: u64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    Api,
    Screens,
    Portal,
    Control,
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    None,
    Json(Value),
    Form(Vec<(&'static str, String)>),
}

/// Values for fields: some fit everywhere, some nowhere.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!("Ines")),
        Just(json!("")),
        Just(json!(null)),
        Just(json!(7)),
        Just(json!([])),
        Just(json!({})),
        Just(json!({"id": "C40177"})),
        Just(json!({"id": "C40120"})),
        Just(json!({"id": "D10100"})),
        Just(json!({"id": "nothing"})),
        Just(json!({"value": "Complete"})),
        Just(json!([{"assessmentstatus": {"value": "Complete"}, "assessmentscore": 71}])),
        Just(json!([{"assessmentname": {"value": "none"}, "assessmentstatus": {"id": "D40002"}}])),
        Just(json!([{"phonenumber": "+31 6 5550 0142"}])),
        Just(json!("ines@example.org")),
        Just(json!("x".repeat(3_000))),
    ]
}

fn field() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "firstname",
        "lastname",
        "email",
        "phones",
        "folder",
        "jobtitle",
        "status",
        "assessmentresults",
        "assessmenttype",
        "baseprofile",
        "associatedprofile",
        "source",
        "recruiter",
        "no_such_field",
        "externalid",
        "hiredate",
    ])
}

fn object() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(field(), value(), 0..4).prop_map(|fields| json!(fields))
}

fn json_body() -> impl Strategy<Value = Body> {
    prop_oneof![
        4 => object().prop_map(Body::Json),
        1 => (object(), value(), value()).prop_map(|(mut whole, status, results)| {
            whole["status"] = status;
            whole["assessmentresults"] = results;
            Body::Json(whole)
        }),
        1 => Just(Body::Json(json!({"baseprofile": "{job}", "associatedprofile": "{person}"}))),
        1 => Just(Body::Json(json!([1, 2]))),
        1 => Just(Body::None),
    ]
}

fn api() -> impl Strategy<Value = (&'static str, Place, String, Body)> {
    let random = prop::sample::select(vec![
        ("POST", "/people"),
        ("PATCH", "/people/{person}"),
        ("PATCH", "/people/99999999"),
        ("POST", "/people/{person}/fields/phones"),
        ("DELETE", "/people/{person}/fields/phones/501"),
        ("PATCH", "/people/{person}/fields/resume/binary"),
        ("POST", "/jobs"),
        ("PATCH", "/jobs/{job}"),
        ("POST", "/companies"),
        ("POST", "/applicantworkflows"),
        ("PATCH", "/applicantworkflows/{workflow}"),
        ("PATCH", "/applicantworkflows/{workflow}"),
        ("POST", "/applicantworkflows/{workflow}/fields/assessmentresults"),
        ("POST", "/search/people"),
        ("GET", "/people/{person}"),
        ("PUT", "/nowhere"),
    ]);
    // What the rules take, so that there is something that an error could take back.
    let good = prop::sample::select(vec![
        ("POST", "/people", json!({"firstname": "Ana", "lastname": "Lopez", "email": "ana@example.org"})),
        ("POST", "/companies", json!({"name": "Harbour Office"})),
        ("POST", "/jobs", json!({"jobtitle": "Barista"})),
        ("PATCH", "/people/{person}", json!({"middlename": "Maria"})),
        ("PATCH", "/applicantworkflows/{workflow}", json!({"status": {"id": "C40177"}})),
        ("PATCH", "/applicantworkflows/{workflow}", json!({"status": {"id": "D10100"}, "source": "Job Board"})),
        ("POST", "/applicantworkflows/{workflow}/fields/assessmentresults", json!({"assessmentscore": 71})),
        ("POST", "/people/{person}/fields/phones", json!({"phonenumber": "+31 6 5550 0199"})),
    ]);
    prop_oneof![
        (random, json_body()).prop_map(|((method, path), body)| (method, Place::Api, path.to_owned(), body)),
        good.prop_map(|(method, path, body)| (method, Place::Api, path.to_owned(), Body::Json(body))),
    ]
}

fn form() -> impl Strategy<Value = Body> {
    let fields = prop::sample::select(vec![
        "firstname",
        "lastname",
        "email",
        "jobtitle",
        "folder",
        "status",
        "workflow",
        "label",
        "endpoint",
        "selected",
        "criterion",
    ]);
    let values =
        prop::sample::select(vec!["", "Ines", "ines@example.org", "C40177", "C40120", "D31001", "1", "http://127.0.0.1:9/"]);
    prop::collection::vec((fields, values.prop_map(str::to_owned)), 0..5).prop_map(Body::Form)
}

fn screens() -> impl Strategy<Value = (&'static str, Place, String, Body)> {
    let filled =
        |fields: &[(&'static str, &str)]| Body::Form(fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect());
    let person = [("firstname", "Mara"), ("lastname", "Lind"), ("email", "mara@example.org"), ("phone", "+31 6 5550 0142")];
    let job = [("jobtitle", "Shop Assistant"), ("folder", "D31001")];
    let connection =
        [("enabled", "on"), ("endpoint", "http://127.0.0.1:9/"), ("summary", "Sent"), ("timeout", "30"), ("gzip", "on")];
    let position = "/jobs/{job}/call-centre-advisor";
    let pages = vec![
        (Place::Screens, "/create/candidate".to_owned(), filled(&person)),
        (Place::Screens, "/create/job".to_owned(), filled(&job)),
        (Place::Screens, "/people/{person}/edit".to_owned(), filled(&person)),
        (Place::Screens, "/people/{person}/submit".to_owned(), filled(&[("selected", "2210")])),
        (Place::Screens, "/people/{person}/candidate-role".to_owned(), filled(&[])),
        (Place::Screens, "/jobs/{job}/edit".to_owned(), filled(&job)),
        (Place::Screens, "/jobs/{job}/people".to_owned(), filled(&[("workflow", "88431"), ("status", "C40177")])),
        (Place::Screens, "/workflows/{workflow}/status".to_owned(), filled(&[("status", "C40177")])),
        (Place::Screens, "/workflows/{workflow}/status".to_owned(), filled(&[("status", "C40120")])),
        (Place::Screens, "/workflows/{workflow}/events/1/resend".to_owned(), filled(&[])),
        (Place::Screens, "/admin/event-notifications".to_owned(), filled(&connection)),
        (Place::Screens, "/admin/lists".to_owned(), filled(&[("label", "Harver Barista \u{2013} 64c20d1e5f7a8b0012ab34ce")])),
        (Place::Screens, "/admin/fields".to_owned(), filled(&[("email", "E-mail (private)")])),
        (Place::Screens, "/admin/statuses".to_owned(), filled(&[("status", "C40120"), ("criterion", "assessment_complete")])),
        (Place::Portal, format!("{position}/login"), filled(&[("email", "mara@example.org")])),
        (Place::Portal, format!("{position}/profile"), filled(&person)),
        (Place::Portal, format!("{position}/questions"), filled(&[("source", "Job Board")])),
        (Place::Portal, format!("{position}/assessment"), filled(&[])),
        (Place::Portal, "/logout".to_owned(), filled(&[])),
    ];
    (prop::sample::select(pages), prop_oneof![3 => Just(None), 1 => form().prop_map(Some)])
        .prop_map(|((place, path, body), other)| ("POST", place, path, other.unwrap_or(body)))
}

fn control() -> impl Strategy<Value = (&'static str, Place, String, Body)> {
    let bodies = vec![
        ("POST", "/clock", json!({"advance": "2h"})),
        ("POST", "/clock", json!({"advance": "never"})),
        ("POST", "/clock", json!({"set": "1900-01-01T00:00:00Z"})),
        ("PATCH", "/customers/4021", json!({"daily_calls": 10_001})),
        ("PATCH", "/customers/4021", json!({"region": "mars"})),
        ("PATCH", "/customers/4021/switches", json!({"search_cache": true})),
        ("PATCH", "/customers/4021/switches", json!({"no_such_switch": true})),
        ("PATCH", "/customers/4021/connection", json!({"gzip": false, "authentication": "hmac"})),
        ("PATCH", "/customers/4021/connection", json!({"gzip": true, "endpoint": "ftp://x"})),
        ("PUT", "/customers/4021/allowlist", json!({"ranges": ["127.0.0.0/8", "::1"]})),
        ("PUT", "/customers/4021/allowlist", json!({"ranges": ["127.0.0.0/8", "not one"]})),
        ("POST", "/customers/4021/users", json!({"username": "another"})),
        ("DELETE", "/customers/4021/users/another", json!({})),
        ("POST", "/customers", json!({"id": 5001})),
        ("POST", "/customers", json!({"name": ""})),
        ("DELETE", "/customers/5001", json!({})),
        ("POST", "/seed", json!({"customer": "4021", "recipe": {"jobs": 2, "candidates": 3, "workflows": 4}})),
        ("POST", "/seed", json!({"customer": "4021", "recipe": {"jobs": 2, "candidates": 3, "workflows": 400}})),
        ("PUT", "/snapshots/one", json!({})),
        ("POST", "/snapshots/one/restore", json!({})),
        ("POST", "/snapshots/one/restore?customer=4021", json!({})),
        ("POST", "/customers/import", json!({"this": "is no file"})),
        ("POST", "/reset", json!({})),
    ];
    prop::sample::select(bodies).prop_map(|(method, path, body)| (method, Place::Control, path.to_owned(), Body::Json(body)))
}

pub(crate) fn call() -> impl Strategy<Value = Call> {
    let wanted = prop_oneof![3 => api(), 3 => screens(), 2 => control()];
    let refused = prop_oneof![2 => Just(0_u64), 1 => 1..4_u64];
    (wanted, refused).prop_map(|((method, place, path, body), refused_change)| Call { method, place, path, body, refused_change })
}
