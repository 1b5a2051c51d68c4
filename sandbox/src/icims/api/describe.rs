//! The OpenAPI document of the API: what the handlers say, plus what all of them share (icims-api 1, 2, 3, 4).

mod schemas;

use serde_json::{Value as Json, json};
use utoipa::openapi::OpenApi;

use crate::icims::schema::ProfileType;
use crate::reference::{Document, Operation};

const TITLE: &str = "iCIMS REST API (simulated)";
const ABOUT: &str = "The part of the iCIMS REST API that the sandbox simulates. Operations carry `x-fidelity`: whether the vendor \
    documents them, they were seen in traffic, or they are assumed, and which test covers them. What iCIMS has and the sandbox does \
    not is answered `501` with its name.";

/// The document.
pub(super) fn document(described: OpenApi) -> Json {
    let mut document = Document::new(&described, TITLE, ABOUT);
    document.tags(&[
        ("authentication", "Access tokens."),
        ("customer", "The customer itself."),
        ("profiles", "People, jobs, companies and applicant workflows."),
        ("workflows", "What only applicant workflows have."),
        ("fields", "Single fields, and the entries of collections."),
        ("files", "Files on fields and on entries, and their text."),
        ("search", "Finding profiles."),
        ("portals", "Jobs as the career portal posts them."),
        ("schemas", "JSON schemas of profiles, results and filters."),
        ("streams", "What happened, for clients with a token."),
        ("lists", "The choices of list fields."),
    ]);
    document.path_parameters(&path_parameters());
    security(&mut document);
    headers(&mut document);
    responses(&mut document);
    stream_refusal(&mut document);
    schemas::add(&mut document);
    document.for_each(share);
    document.finish()
}

/// The variables of paths. A new name is described here once.
fn path_parameters() -> [(&'static str, Json, &'static str); 13] {
    let id = || json!({"type": "integer", "format": "int64", "minimum": 1});
    let word = || json!({"type": "string", "minLength": 1});
    let kinds: Vec<&str> = ProfileType::ALL.map(ProfileType::plural).into();
    [
        ("customer", id(), "The customer id."),
        (
            "kind",
            json!({"type": "string", "enum": kinds}),
            "The profile type. Other types of the real API are refused by name with 501; so is making or searching onboarding workflows.",
        ),
        ("id", id(), "The profile's system id."),
        ("field", word(), "The integration field name, in lower case."),
        ("entry", id(), "The id of the entry."),
        ("child", word(), "The sub-field of an entry, in lower case."),
        ("portal", word(), "The portal's name, `careers`, or its id, `101`."),
        (
            "schema",
            json!({"type": "string", "enum": ["person", "job", "company", "submittal", "onboardworkflow"]}),
            "The schema type. Others are refused by name with 501.",
        ),
        ("subscription", word(), "The id of the subscription."),
        ("person", id(), "The person's system id."),
        ("job", id(), "The job's system id."),
        ("list", word(), "The name of the list."),
        ("node", word(), "The id of the node."),
    ]
}

fn security(document: &mut Document) {
    let scopes = json!({});
    document.component("securitySchemes", "basic", json!({"type": "http", "scheme": "basic"}));
    let flow = json!({"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": scopes}});
    document.component("securitySchemes", "oauth2", json!({"type": "oauth2", "flows": flow}));
    let signed = json!({
        "type": "apiKey", "in": "header", "name": "Authorization",
        "description": "`x-icims-v1-hmac-sha256 user=…, signedheaders=…, signature=…`, beside `x-icims-date` (icims-api 2.4).",
    });
    document.component("securitySchemes", "signed", signed);
}

fn headers(document: &mut Document) {
    let number = |about: &str| json!({"description": about, "required": true, "schema": {"type": "integer"}});
    let text = |about: &str, required: bool| json!({"description": about, "required": required, "schema": {"type": "string"}});
    document.component("headers", "Limit", number("Calls that the customer may make in a day."));
    document.component("headers", "Remaining", number("Calls that are left today."));
    document.component("headers", "Reset", number("Seconds until the next midnight UTC."));
    document.component("headers", "RetryAfter", number("Seconds until the next midnight UTC."));
    document.component("headers", "Transaction", text("The id of this call, in braces.", true));
    document.component("headers", "Challenge", text("How to authenticate.", true));
    document.component("headers", "Location", text("The address of what was made or changed.", true));
    document.component("headers", "Error", text("`code:message`, once for each error.", true));
    document.component("headers", "Warning", text("`code:field:message`, once for each warning.", false));
}

/// The refusals that any call can meet.
fn responses(document: &mut Document) {
    let header = |name: &str| json!({"$ref": format!("#/components/headers/{name}")});
    let mut refusal = |name: &str, about: &str, counted: bool, more: &[(&str, &str)]| {
        let mut headers = json!({"X-Error": header("Error"), "X-Transaction": header("Transaction")});
        let limits: &[(&str, &str)] = if counted {
            &[("X-RateLimit-Limit", "Limit"), ("X-RateLimit-Remaining", "Remaining"), ("X-RateLimit-Reset", "Reset")]
        } else {
            &[]
        };
        for (name, component) in limits.iter().chain(more) {
            headers[name] = header(component);
        }
        let schema = json!({"schema": {"$ref": "#/components/schemas/Errors"}});
        let response = json!({"description": about, "headers": headers, "content": {"application/json": schema}});
        document.component("responses", name, response);
    };
    refusal("BadRequest", "A value does not fit, or the body is not JSON.", true, &[]);
    refusal("Unauthorized", "No credentials, or wrong ones.", false, &[("WWW-Authenticate", "Challenge")]);
    refusal("Forbidden", "The credentials belong to another customer.", false, &[]);
    refusal("NotFound", "There is no such thing, or this user may not see it (code 3).", false, &[]);
    refusal("TooLarge", "The body is too large.", true, &[]);
    refusal(
        "UnsupportedMediaType",
        "The body is not announced as `application/json`, or a file not as `multipart/form-data`, or it is packed in another way than gzip.",
        true,
        &[],
    );
    refusal("TooManyRequests", "The calls of today are used up.", true, &[("Retry-After", "RetryAfter")]);
    refusal("NotSimulated", "iCIMS has this, the sandbox does not; the message names it.", true, &[]);
}

/// The streams are another service: their refusals have the envelope and nothing of the headers of customers' calls.
fn stream_refusal(document: &mut Document) {
    let headers = json!({"X-Error": {"$ref": "#/components/headers/Error"}});
    let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Errors"}}});
    let about = "No token, one of another customer, or no such stream.";
    document.component("responses", "StreamRefused", json!({"description": about, "headers": headers, "content": content}));
}

/// What every operation below a customer can answer and sends along.
fn share(operation: &mut Operation<'_>) {
    if operation.path.starts_with("/datastream") {
        operation.object.insert("security".into(), json!([{"oauth2": []}]));
        for status in [401, 403, 404] {
            operation.answers(status, "StreamRefused");
        }
    }
    if !operation.path.starts_with(super::PREFIX) {
        return;
    }
    let schemes = json!([{"basic": []}, {"oauth2": []}, {"signed": []}]);
    operation.object.insert("security".into(), schemes);
    operation.answers(400, "BadRequest");
    operation.answers(401, "Unauthorized");
    operation.answers(403, "Forbidden");
    operation.answers(404, "NotFound");
    operation.answers(429, "TooManyRequests");
    operation.answers(501, "NotSimulated");
    if operation.takes_a_body() {
        operation.answers(413, "TooLarge");
        operation.answers(415, "UnsupportedMediaType");
    }
    let all = |_| true;
    operation.sends_header("X-Transaction", "Transaction", all);
    operation.sends_header("X-RateLimit-Limit", "Limit", all);
    operation.sends_header("X-RateLimit-Remaining", "Remaining", all);
    operation.sends_header("X-RateLimit-Reset", "Reset", all);
    operation.sends_header("X-Error", "Error", |status| status >= 400);
    operation.sends_header("X-Warning", "Warning", |status| status < 300);
    let located = operation.method != "delete";
    operation.sends_header("Location", "Location", move |status| status == 201 || (status == 204 && located));
}
