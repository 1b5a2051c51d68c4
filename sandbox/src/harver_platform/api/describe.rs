//! The OpenAPI document of the API: what the handlers say, plus what all of them share (`harver-platform.md` 9, conventions).

mod schemas;

use serde_json::{Value as Json, json};
use utoipa::openapi::OpenApi;

use crate::reference::{Document, Operation};

const TITLE: &str = "Harver platform API (simulated)";
const ABOUT: &str = "The part of Harver's public API that the sandbox simulates. Operations carry `x-fidelity`: whether the vendor \
    documents them, they were seen in samples, or they are assumed, and which test covers them.";

/// The document.
pub(super) fn document(described: &OpenApi) -> Json {
    let mut document = Document::new(described, TITLE, ABOUT);
    document.tags(&[
        ("authentication", "Access tokens."),
        ("accounts", "The account and what it has."),
        ("vacancies", "What candidates apply to."),
        ("applications", "A candidate's way through a vacancy."),
        ("candidates", "Who applied."),
        ("reports", "Links for people."),
    ]);
    document.path_parameters(&path_parameters());
    let flow = json!({"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}});
    document.component("securitySchemes", "oauth2", json!({"type": "oauth2", "flows": flow}));
    headers(&mut document);
    responses(&mut document);
    schemas::add(&mut document);
    document.for_each(share);
    document.finish()
}

/// The variables of paths. A new name is described here once.
fn path_parameters() -> [(&'static str, Json, &'static str); 3] {
    let id = || json!({"type": "string", "minLength": 1});
    [
        ("account", id(), "The account's id."),
        ("vacancy", id(), "The vacancy's id."),
        ("application", id(), "The application's id."),
    ]
}

fn headers(document: &mut Document) {
    let header = |about: &str, kind: &str| json!({"description": about, "required": true, "schema": {"type": kind}});
    document.component("headers", "Correlation", header("The id of this call.", "string"));
    document.component("headers", "Limit", header("Requests that the client may make in a minute.", "integer"));
    document.component("headers", "Reset", header("Seconds until the count starts anew.", "integer"));
}

/// The refusals that any call can meet.
fn responses(document: &mut Document) {
    let mut refusal = |name: &str, about: &str, schema: &str, counted: bool| {
        let mut headers = json!({"X-Correlation-Id": {"$ref": "#/components/headers/Correlation"}});
        if counted {
            headers["RateLimit-Limit"] = json!({"$ref": "#/components/headers/Limit"});
            headers["RateLimit-Reset"] = json!({"$ref": "#/components/headers/Reset"});
        }
        let content = json!({"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}});
        document.component("responses", name, json!({"description": about, "headers": headers, "content": content}));
    };
    refusal("BadRequest", "Something in the request does not follow the rules.", "Errors", true);
    refusal("Unauthorized", "No token, or one that does not live.", "OAuthError", false);
    refusal("NotFound", "There is no such thing, or this token may not see it.", "Errors", true);
    refusal("TooManyRequests", "More than the client's requests in a minute.", "Errors", true);
    refusal("UnsupportedMediaType", "The body is packed in another way than gzip.", "Errors", false);
    refusal("NotSimulated", "The platform has this, the sandbox does not; the detail names it.", "Errors", true);
}

/// What every operation with a token can answer and sends along.
fn share(operation: &mut Operation<'_>) {
    let all = |_| true;
    operation.sends_header("X-Correlation-Id", "Correlation", all);
    if !operation.path.starts_with(super::error::ROOT) {
        return;
    }
    operation.object.insert("security".into(), json!([{"oauth2": []}]));
    operation.answers(400, "BadRequest");
    operation.answers(401, "Unauthorized");
    operation.answers(404, "NotFound");
    operation.answers(429, "TooManyRequests");
    if operation.takes_a_body() {
        operation.answers(415, "UnsupportedMediaType");
    }
    operation.sends_header("RateLimit-Limit", "Limit", all);
    operation.sends_header("RateLimit-Reset", "Reset", all);
}
