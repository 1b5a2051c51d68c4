//! The shapes of bodies. Those of profiles are made from the fields that the [`schema`](crate::icims::schema) lists, so that a field
//! that is added there is described at once.

use serde_json::{Map, Value as Json, json};

use crate::icims::schema::{Field, Kind, ProfileType};
use crate::reference::Document;

/// Adds every shape that the handlers refer to.
pub(super) fn add(document: &mut Document) {
    let mut schema = |name: &str, shape: Json| document.component("schemas", name, shape);
    for kind in ProfileType::ALL {
        schema(name_of(kind), profile(kind));
    }
    let of_a_type: Vec<Json> = ProfileType::ALL.map(|kind| reference(name_of(kind))).into();
    schema("Profile", json!({"description": "A profile of the type that the path names.", "anyOf": of_a_type}));
    schema(
        "Entry",
        json!({
            "description": "An entry of a collection: its sub-fields. `entry` is its id, which iCIMS gives.",
            "type": "object", "properties": {"entry": {"type": "integer"}},
        }),
    );
    schema(
        "FieldValue",
        json!({
            "description": "The bare value, in the shape of its kind.",
            "type": ["string", "number", "boolean", "object", "array"],
        }),
    );
    for (name, shape) in shared() {
        schema(name, shape);
    }
}

fn name_of(kind: ProfileType) -> &'static str {
    match kind {
        ProfileType::People => "Person",
        ProfileType::Jobs => "Job",
        ProfileType::Companies => "Company",
        ProfileType::Workflows => "Workflow",
        ProfileType::Onboarding => "OnboardingWorkflow",
    }
}

fn reference(name: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// No field is required: reads leave out what has no value, changes send what changes.
fn profile(kind: ProfileType) -> Json {
    let mut properties = fields(kind.fields());
    properties.insert("links".into(), json!({"type": "array", "readOnly": true, "items": reference("Link")}));
    properties.insert("warnings".into(), json!({"type": "array", "readOnly": true, "items": reference("Error")}));
    json!({"type": "object", "title": kind.title(), "properties": properties})
}

fn fields(fields: &[Field]) -> Map<String, Json> {
    fields.iter().map(|field| (field.name.to_owned(), described(field))).collect()
}

/// The shape of a field as it is read (icims-api 5.7). Other forms that a write accepts are named in `Node` and `Reference`.
fn described(field: &Field) -> Json {
    let mut shape = match field.kind {
        Kind::Text | Kind::LongText | Kind::RichText | Kind::Title => json!({"type": "string", "maxLength": field.max}),
        Kind::Choice(labels) => json!({"type": "string", "enum": labels}),
        Kind::Key => json!({"type": ["string", "number"]}),
        Kind::Number => json!({"type": "integer"}),
        Kind::Decimal => json!({"type": "number"}),
        Kind::Date => json!({"type": "string", "format": "date"}),
        Kind::DateTime => json!({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2} \d{1,2}:\d{2} [AP]M$"}),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Node(_) => json!({"allOf": [reference("Node")]}),
        Kind::Nodes(_) => json!({"type": "array", "items": reference("Node")}),
        Kind::Profile(_) => json!({"allOf": [reference("Reference")]}),
        Kind::Location => json!({"allOf": [reference("Location")]}),
        Kind::Money | Kind::Salary => json!({"allOf": [reference("Money")]}),
        Kind::File => json!({"readOnly": true, "allOf": [reference("File")]}),
        Kind::Entries(children) => json!({"type": "array", "items": entry(children)}),
        Kind::System => json!({"readOnly": true}),
    };
    shape["title"] = field.label.into();
    if field.shown {
        shape["description"] = "Shown by a read that asks for no fields.".into();
    }
    shape
}

fn entry(children: &[Field]) -> Json {
    let mut properties = fields(children);
    properties.insert("entry".into(), json!({"type": "integer"}));
    json!({"type": "object", "properties": properties})
}

fn shared() -> Vec<(&'static str, Json)> {
    let text = || json!({"type": "string"});
    let whole = || json!({"type": "integer"});
    let link = json!({
        "type": "object", "required": ["rel", "title", "url"],
        "properties": {"rel": text(), "title": text(), "url": {"type": "string", "format": "uri"}},
    });
    vec![
        ("Link", link),
        (
            "Error",
            json!({
                "type": "object", "required": ["errorMessage", "errorCode"],
                "properties": {"errorMessage": text(), "errorCode": whole()},
            }),
        ),
        (
            "Errors",
            json!({
                "type": "object", "required": ["errors"],
                "properties": {"errors": {"type": "array", "minItems": 1, "items": reference("Error")}},
            }),
        ),
        (
            "Node",
            json!({
                "description": "A node of a list. A write names it by `id` or by `value`.", "type": "object",
                "properties": {"id": text(), "value": text(), "formattedvalue": text(), "abbrev": text()},
            }),
        ),
        (
            "Reference",
            json!({
                "description": "Another profile. A write names it by `id`.", "type": "object",
                "properties": {"id": whole(), "value": text(), "profile": text()},
            }),
        ),
        (
            "Location",
            json!({
                "description": "An address of a company.", "type": "object",
                "properties": {"id": whole(), "companyid": whole(), "address": text(), "value": text()},
            }),
        ),
        (
            "Money",
            json!({
                "type": "object",
                "properties": {"amount": {"type": "number"}, "currency": text(), "amountstring": text(), "timeframe": text()},
            }),
        ),
        (
            "File",
            json!({
                "description": "A file; its bytes are at `file`.", "type": "object",
                "properties": {"file": text(), "filename": text(), "contenttype": text(), "size": whole(), "uploaddate": text()},
            }),
        ),
        (
            "Upload",
            json!({
                "type": "object", "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary", "description": "One part with a file name; its own name does not matter."}},
            }),
        ),
        ("Bytes", json!({"type": "string", "format": "binary"})),
        (
            "Customer",
            json!({
                "type": "object", "required": ["id", "name", "links"],
                "properties": {
                    "id": whole(), "name": text(), "platformUrl": text(), "customerType": text(), "buildVersion": text(),
                    "links": {"type": "array", "items": reference("Link")},
                },
            }),
        ),
        (
            "StatusLog",
            json!({
                "type": "object", "required": ["submittalstatuslog"],
                "properties": {"submittalstatuslog": {"type": "array", "items": {
                    "type": "object", "required": ["status", "updatedDate", "updatedBy"],
                    "properties": {"status": reference("Node"), "updatedDate": text(), "updatedBy": reference("Reference")},
                }}},
            }),
        ),
        ("Filters", filters()),
        (
            "SearchResults",
            json!({
                "type": "object", "required": ["searchResults"],
                "properties": {"searchResults": {"type": "array", "maxItems": 1000, "items": {
                    "type": "object", "required": ["id", "self"],
                    "properties": {"id": whole(), "self": {"type": "string", "format": "uri"}},
                }}},
            }),
        ),
        (
            "PortalResults",
            json!({
                "type": "object", "required": ["searchResults"],
                "properties": {"searchResults": {"type": "array", "maxItems": 1000, "items": {
                    "type": "object", "required": ["id", "self", "portalUrl", "updatedDate"],
                    "properties": {"id": whole(), "self": text(), "portalUrl": text(), "updatedDate": text()},
                }}},
            }),
        ),
        (
            "PortalFilters",
            json!({
                "type": "object", "required": ["filters"],
                "properties": {"filters": {"type": "array", "items": {
                    "type": "object", "required": ["name"],
                    "properties": {"name": text(), "options": {"type": "array", "items": reference("Node")}},
                }}},
            }),
        ),
        ("PortalJob", json!({"allOf": [reference("Job")], "properties": {"portalUrl": text()}})),
        ("JsonSchema", json!({"description": "A JSON schema.", "type": "object", "required": ["type", "properties"]})),
        ("Streams", identified("streams")),
        ("Subscriptions", identified("subscriptions")),
        (
            "StreamedEvents",
            json!({
                "type": "object", "required": ["events"],
                "properties": {"events": {"type": "array", "items": {"type": "object"}}, "lastEvaluatedKey": text()},
            }),
        ),
        (
            "ListNames",
            json!({
                "type": "object", "required": ["lists"],
                "properties": {"lists": {"type": "array", "items": text()}},
            }),
        ),
        (
            "NodePage",
            json!({
                "type": "object", "required": ["nodes", "_links"],
                "properties": {"_links": {"type": "object"}, "nodes": {"type": "array", "items": {
                    "type": "object", "required": ["id", "hidden", "_links"],
                    "properties": {"id": text(), "value": text(), "abbrev": text(), "hidden": {"type": "boolean"}, "_links": {"type": "object"}},
                }}},
            }),
        ),
        (
            "TokenRequest",
            json!({
                "type": "object", "required": ["grant_type", "client_id", "client_secret", "audience"],
                "properties": {
                    "grant_type": {"type": "string", "enum": ["client_credentials"]},
                    "client_id": text(), "client_secret": text(),
                    "audience": {"type": "string", "examples": ["https://api.icims.com/v1/"]},
                },
            }),
        ),
        (
            "Token",
            json!({
                "type": "object", "required": ["access_token", "token_type", "expires_in"],
                "properties": {"access_token": text(), "token_type": {"const": "Bearer"}, "expires_in": whole()},
            }),
        ),
        (
            "TokenRefusal",
            json!({
                "type": "object", "required": ["error", "error_description"],
                "properties": {"error": text(), "error_description": text()},
            }),
        ),
    ]
}

/// An array of objects that have an id.
fn identified(name: &str) -> Json {
    let item = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}});
    json!({"type": "object", "required": [name], "properties": {name: {"type": "array", "items": item}}})
}

/// Filters and groups of filters (icims-api 10.2).
fn filters() -> Json {
    let values = json!({"type": "array", "maxItems": 1000, "items": {"type": ["string", "number"]}});
    json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "operator": {"type": "string", "enum": ["&", "|"]},
            "filters": {"type": "array", "items": {
                "type": "object", "additionalProperties": false, "required": ["name"],
                "properties": {
                    "name": {"type": "string", "examples": ["applicantworkflow.job.id"]},
                    "value": values.clone(), "secondaryValue": values,
                    "operator": {"type": "string", "enum": ["=", "!=", "==", "!==", "<", ">", "<=", ">="]},
                },
            }},
            "children": {"type": "array", "items": reference("Filters")},
        },
    })
}
