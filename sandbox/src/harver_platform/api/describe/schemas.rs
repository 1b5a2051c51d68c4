//! The shapes of bodies (`harver-platform.md` 9.2, 9.3).

use serde_json::{Value as Json, json};

use crate::harver_platform::model::{ApplicationStatus, VacancyStatus};
use crate::reference::Document;

/// Adds every shape that the handlers refer to.
pub(super) fn add(document: &mut Document) {
    for (name, shape) in errors().into_iter().chain(tokens()).chain(vacancies()).chain(applications()).chain(candidates()) {
        document.component("schemas", name, shape);
    }
}

type Shape = (&'static str, Json);

fn text() -> Json {
    json!({"type": "string"})
}

fn whole() -> Json {
    json!({"type": "integer"})
}

fn reference(name: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn link() -> Json {
    json!({"type": "string", "format": "uri"})
}

/// An object whose properties are all there.
fn object(properties: Json) -> Json {
    let names: Vec<&String> = properties.as_object().map(|properties| properties.keys().collect()).unwrap_or_default();
    json!({"type": "object", "required": names, "properties": properties})
}

/// A body with one object under `data`.
fn data(shape: Json) -> Json {
    object(json!({ "data": shape }))
}

fn list(shape: Json) -> Json {
    data(json!({"type": "array", "items": shape}))
}

fn resource(kind: &str, attributes: Json) -> Json {
    object(json!({"type": {"const": kind}, "id": text(), "attributes": attributes}))
}

/// What a change sends: `attributes`, with or without `data` around them; the published samples show both.
fn change(attributes: Json) -> Json {
    let inner = object(json!({ "attributes": attributes }));
    json!({"anyOf": [inner.clone(), data(inner)]})
}

fn errors() -> Vec<Shape> {
    let fault = object(json!({"id": text(), "status": whole(), "title": text(), "detail": text()}));
    vec![
        ("Errors", object(json!({"errors": {"type": "array", "minItems": 1, "items": fault}}))),
        (
            "OAuthError",
            object(json!({"statusCode": whole(), "status": whole(), "code": whole(), "message": text(), "name": text()})),
        ),
    ]
}

fn tokens() -> Vec<Shape> {
    let request = object(
        json!({"grant_type": {"type": "string", "enum": ["client_credentials"]}, "client_id": text(), "client_secret": text()}),
    );
    let token = object(json!({
        "accessToken": text(),
        "accessTokenExpiresAt": {"type": "string", "format": "date-time"},
        "user": object(json!({"id": text()})),
        "userProfile": {"type": "object"},
        "client": {"type": "object"},
    }));
    vec![("TokenRequest", request), ("Token", token)]
}

fn vacancies() -> Vec<Shape> {
    let statuses = VacancyStatus::ALL.map(VacancyStatus::as_str);
    let status = json!({"type": "string", "enum": statuses});
    let attributes = json!({"type": "object", "required": ["name", "status", "createdAt", "applicationUrl"], "properties": {
        "name": text(), "title": {"type": ["string", "null"]}, "description": {"type": ["string", "null"]}, "location": {"type": ["string", "null"]},
        "status": status, "createdAt": whole(), "applicationUrl": link(),
    }});
    let account = resource("accounts", object(json!({"name": text()})));
    vec![
        ("Vacancy", resource("vacancies", attributes)),
        ("VacancyDocument", data(reference("Vacancy"))),
        ("Vacancies", list(reference("Vacancy"))),
        ("VacancyStatusChange", change(object(json!({ "status": status })))),
        ("Accounts", list(account)),
    ]
}

/// Status, progress and times of an application; what is not there yet is no key.
fn standing() -> Json {
    let progress = object(json!({"all": whole(), "completed": whole()}));
    let label = object(json!({"bracketId": text(), "label": text()}));
    json!({
        "status": status(), "statusUpdatedAt": whole(), "appliedAt": whole(), "completedAt": whole(), "progress": progress,
        "matchingProfile": label, "matchingScore": {"type": "number", "minimum": 0, "maximum": 100},
        "language": text(), "isRejectedByHardQuestion": {"type": "boolean"},
    })
}

fn status() -> Json {
    json!({"type": "string", "enum": ApplicationStatus::ALL.map(ApplicationStatus::as_str)})
}

fn applications() -> Vec<Shape> {
    let required = ["status", "statusUpdatedAt", "appliedAt", "progress"];
    let attributes = json!({"type": "object", "required": required, "properties": standing()});
    let application = object(json!({
        "type": {"const": "applications"}, "id": text(), "attributes": attributes,
        "relationships": object(json!({"candidate": {"type": "object"}, "vacancy": {"type": "object"}})),
    }));
    let included = json!({"type": "array", "items": {"type": "object", "required": ["type", "attributes"]}});
    let pairs = json!({"type": "object", "maxProperties": 20, "additionalProperties": {"type": "string", "maxLength": 50}, "propertyNames": {"pattern": "^[A-Za-z0-9_-]+$"}});
    let person = json!({"type": "object", "required": ["emailAddress", "firstName", "lastName"], "properties": {
        "emailAddress": {"type": "string", "format": "email"}, "firstName": {"type": "string", "minLength": 1},
        "lastName": {"type": "string", "minLength": 1}, "phoneNumber": text(), "language": text(),
    }});
    let candidate = data(object(json!({ "attributes": person })));
    let registration = json!({"type": "object", "required": ["relationships"], "properties": {
        "type": text(), "attributes": {"type": "object", "maxProperties": 20, "additionalProperties": {"type": "string", "maxLength": 512}},
        "relationships": object(json!({ "candidate": candidate })),
    }});
    let report = json!({"type": "object", "required": ["type", "attributes"], "properties": {
        "type": text(), "attributes": object(json!({"url": link(), "expiresAt": whole()})),
    }});
    vec![
        ("ApplicationReferences", list(object(json!({"type": {"const": "applications"}, "id": text()})))),
        ("ApplicationDocument", object(json!({"data": application, "included": included}))),
        ("StatusChange", change(object(json!({ "status": status() })))),
        ("AtsParametersChange", change(pairs)),
        ("ReapplyStatus", data(object(json!({"canReapply": {"type": "boolean"}})))),
        ("Registration", data(registration)),
        ("Registered", data(object(json!({"magicLink": link(), "applicationId": text(), "currentStatus": status()})))),
        ("ReportLink", data(report)),
    ]
}

fn candidates() -> Vec<Shape> {
    let mut attributes = standing();
    for (name, shape) in
        [("firstName", text()), ("lastName", text()), ("email", text()), ("phoneNumber", json!({"type": ["string", "null"]}))]
    {
        attributes[name] = shape;
    }
    let attributes = json!({"type": "object", "required": ["firstName", "lastName", "email"], "properties": attributes});
    let candidate = object(json!({
        "type": {"const": "candidates"}, "id": text(), "attributes": attributes, "relationships": {"type": "object"},
    }));
    let entry = resource("candidate-statuses", object(json!({ "name": status() })));
    vec![("Candidates", list(candidate)), ("CandidateStatuses", list(entry))]
}
