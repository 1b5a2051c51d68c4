//! The OpenAPI document of control and mailbox: what the handlers say, plus what all of them share.

use serde_json::{Value as Json, json};
use utoipa::openapi::OpenApi;

use super::provider_states::PROVIDERS;
use crate::reference::{Document, Operation};

const TITLE: &str = "Sandbox control and mailbox";
const ABOUT: &str = "What a tester may do that no real tenant allows, and the mail that arrived. It needs no credentials, and refuses \
    requests that pages of other sites make.";

/// The document.
pub(super) fn document(described: &OpenApi) -> Json {
    let mut document = Document::new(described, TITLE, ABOUT);
    document.tags(&[
        ("world", "Everything at once."),
        ("customers", "Isolated tenants."),
        ("snapshots", "The world as it was."),
        ("vendor", "The connection of a customer's iCIMS to the assessment vendor."),
        ("clock", "The time of all actors."),
        ("journal", "What crossed the wire."),
        ("faults", "What goes wrong on purpose."),
        ("mail", "What arrived in the mailbox."),
        ("contracts", "What contracts call given."),
    ]);
    document.path_parameters(&path_parameters());
    let text = || json!({"type": "string"});
    let error = json!({"type": "object", "required": ["code", "message"], "properties": {"code": text(), "message": text()}});
    let problem = json!({"type": "object", "required": ["error"], "properties": {"error": error.clone()}});
    let in_vain = json!({"type": "object", "required": ["error", "seen"], "properties": {"error": error, "seen": {"type": "array", "items": {"type": "object"}}}});
    document.component("schemas", "Problem", problem);
    document.component("schemas", "NoMail", in_vain);
    for (name, about) in [
        ("BadRequest", "Something in the request cannot be read or used."),
        ("OtherSite", "A page of another site asked for this."),
        ("NotFound", "There is no such thing."),
        ("TooLarge", "The body is too large."),
        ("IntegrationFailed", "The integration did not do what it was asked."),
        ("NotStored", "The disk did not take the change."),
    ] {
        let schema = json!({"schema": {"$ref": "#/components/schemas/Problem"}});
        document.component("responses", name, json!({"description": about, "content": {"application/json": schema}}));
    }
    document.for_each(share);
    document.finish()
}

/// The variables of paths. A new name is described here once.
fn path_parameters() -> [(&'static str, Json, &'static str); 5] {
    [
        ("id", json!({"type": "string", "minLength": 1}), "The number, or what the operation says."),
        ("name", json!({"type": "string", "minLength": 1}), "The name."),
        ("event", json!({"type": "string", "minLength": 1}), "The number of an event to the vendor."),
        ("provider", json!({"type": "string", "enum": PROVIDERS}), "Whose state is meant, by the name in pacts."),
        ("vacancy", json!({"type": "string", "minLength": 1}), "The id of a vacancy of the platform."),
    ]
}

/// What every operation can answer.
fn share(operation: &mut Operation<'_>) {
    // The mailbox has the same operations under two addresses.
    if operation.path.starts_with("/mailbox/")
        && let Some(Json::String(id)) = operation.object.get_mut("operationId")
    {
        id.push_str("AtMailbox");
    }
    operation.object.insert("security".into(), json!([]));
    operation.answers(403, "OtherSite");
    operation.answers(502, "IntegrationFailed");
    operation.answers(507, "NotStored");
    if operation.takes_a_body() {
        operation.answers(413, "TooLarge");
    }
    let queried = operation.object.get("parameters").and_then(Json::as_array).is_some_and(|all| !all.is_empty());
    if operation.takes_a_body() || queried {
        operation.answers(400, "BadRequest");
        operation.answers(404, "NotFound");
    }
}
