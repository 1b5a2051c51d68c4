//! The Schema API: JSON schemas of profiles and fields, of search results and of filters (icims-api 11.1).
//!
//! Schemas of profiles are made from the fields that the [`schema`](crate::icims::schema) lists; a field that is hidden from the user
//! is not in them.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value as Json, json};

use crate::icims::schema::{Field, Kind, ProfileType};
use crate::icims::state::CustomerState;
use crate::reference::documented;

use super::error::{ApiError, Code, ok_json};
use super::extract::not_simulated;
use super::place::{At, Named, Place, WholeCustomer};

/// The schema types of the documents that the sandbox does not simulate.
const OTHERS: [&str; 5] = ["source", "sourceworkflow", "onboard", "room", "connectevent"];

/// The type behind a schema name; they are singular, and a recruiting workflow is a `submittal`.
fn schema_type(name: &str) -> Result<ProfileType, ApiError> {
    match name {
        "person" => Ok(ProfileType::People),
        "job" => Ok(ProfileType::Jobs),
        "company" => Ok(ProfileType::Companies),
        "submittal" => Ok(ProfileType::Workflows),
        "onboardworkflow" => Ok(ProfileType::Onboarding),
        other if OTHERS.contains(&other) => {
            Err(not_simulated(&format!("/customers/{{customerId}}/profiledefinitions/v1/{other}/schema")))
        }
        _ => Err(ApiError::not_found("Schema")),
    }
}

/// The type whose schema is asked for, or that of one of its fields.
#[derive(Debug)]
pub(super) struct Schema {
    kind: ProfileType,
    field: String,
}

impl Place for Schema {
    fn kind(named: &Named) -> Result<ProfileType, ApiError> {
        schema_type(named.text("schema"))
    }

    fn below(kind: ProfileType, named: &Named) -> Result<Self, ApiError> {
        Ok(Self { kind, field: named.text("field").to_owned() })
    }

    fn title(_: ProfileType) -> &'static str {
        "Schema"
    }
}

/// Reads the JSON schema of a profile type (icims-api 11.1).
#[utoipa::path(
    get, path = "/{customer}/profiledefinitions/v1/{schema}/schema", operation_id = "readProfileSchema", tag = "schemas",
    responses((status = 200, body = ref("#/components/schemas/JsonSchema"))),
    extensions(("x-fidelity" = json!(documented("icims-api 11.1", "the_schema_of_a_profile_names_every_field_with_its_documented_type")))),
)]
pub(super) async fn profile(At(caller, Schema { kind, .. }): At<Schema>) -> Result<Response, ApiError> {
    let visible = kind.fields().iter().filter(|field| !caller.rights.hides(kind, field.name));
    let shapes = caller.tenant.read(|state| visible.map(|field| (field.name.to_owned(), labelled(state, kind, field))).collect());
    Ok(ok_json(&object(shapes)))
}

/// Reads the JSON schema of one field (icims-api 11.1).
#[utoipa::path(
    get, path = "/{customer}/profiledefinitions/v1/{schema}/{field}/schema", operation_id = "readFieldSchema", tag = "schemas",
    responses((status = 200, body = ref("#/components/schemas/JsonSchema"))),
    extensions(("x-fidelity" = json!(documented("icims-api 11.1", "the_schema_of_one_field_is_wrapped_in_an_object")))),
)]
pub(super) async fn field(At(caller, Schema { kind, field: name }): At<Schema>) -> Result<Response, ApiError> {
    let missing = || ApiError::new(StatusCode::NOT_FOUND, Code::NotFound, format!("{name}: Field not found."));
    let field = kind.field(&name).ok_or_else(missing)?;
    if caller.rights.hides(kind, field.name) {
        return Err(ApiError::access_denied(field.name));
    }
    let shape = caller.tenant.read(|state| labelled(state, kind, field));
    Ok(ok_json(&object(Map::from_iter([(field.name.to_owned(), shape)]))))
}

/// Reads the JSON schema of search results (icims-api 11.1).
#[utoipa::path(
    get, path = "/{customer}/search/resultsSchema", operation_id = "readResultsSchema", tag = "schemas",
    responses((status = 200, body = ref("#/components/schemas/JsonSchema"))),
    extensions(("x-fidelity" = json!(documented("icims-api 11.1", "results_and_filters_have_schemas_of_their_own")))),
)]
pub(super) async fn results(_: WholeCustomer) -> Response {
    let row = properties(json!({"id": {"type": "integer"}, "self": {"type": "string"}}));
    ok_json(&properties(json!({"searchResults": {"type": "array", "items": row}})))
}

/// Reads the JSON schema of filters; it lists fewer operators than there are (icims-api 10.3).
#[utoipa::path(
    get, path = "/{customer}/search/filtersSchema", operation_id = "readFiltersSchema", tag = "schemas",
    responses((status = 200, body = ref("#/components/schemas/JsonSchema"))),
    extensions(("x-fidelity" = json!(documented("icims-api 11.1", "results_and_filters_have_schemas_of_their_own")))),
)]
pub(super) async fn filters(_: WholeCustomer) -> Response {
    let texts = json!({"type": "array", "items": {"type": "string"}});
    let mut filter = properties(json!({
        "name": {"type": "string"}, "value": texts.clone(), "secondaryValue": texts,
        "operator": {"type": "string", "enum": ["=", "!=", "<", ">", "<=", ">="]},
    }));
    filter["required"] = json!(["name"]);
    let group = |more: Json| {
        let mut group = properties(json!({
            "filters": {"type": "array", "items": filter.clone()}, "operator": {"type": "string", "enum": ["&", "|"]},
        }));
        if let Some(all) = group["properties"].as_object_mut() {
            all.extend(more.as_object().cloned().unwrap_or_default());
        }
        group
    };
    // The published schema shows one level of nesting (icims-api 10.2).
    let children = json!({"children": {"type": "array", "items": group(json!({}))}});
    let mut schema = group(children);
    schema["required"] = json!(["filters"]);
    ok_json(&schema)
}

/// The shape of a field under the label that this customer gives it.
fn labelled(state: &CustomerState, kind: ProfileType, field: &Field) -> Json {
    let mut shape = shape(field);
    shape["title"] = state.field_label(kind, field.name).unwrap_or_else(|| field.label.to_owned()).into();
    shape
}

fn shape(field: &Field) -> Json {
    match field.kind {
        Kind::Text | Kind::LongText | Kind::RichText | Kind::Title | Kind::Key | Kind::DateTime => json!({"type": "string"}),
        Kind::Choice(labels) => json!({"type": "string", "enum": labels}),
        Kind::Number => json!({"type": "integer"}),
        Kind::Decimal => json!({"type": "number"}),
        Kind::Date => json!({"type": "string", "format": "date"}),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Node(_) => node(),
        Kind::Nodes(_) => json!({"type": "array", "items": node()}),
        Kind::Profile(_) => reference(),
        Kind::Location => texts_and(&["address", "value"], json!({"id": {"type": "integer"}, "companyid": {"type": "integer"}})),
        Kind::Money => texts_and(&["amountstring", "currency"], json!({"amount": {"type": "number"}})),
        Kind::Salary => texts_and(&["amountstring", "currency", "timeframe"], json!({"amount": {"type": "number"}})),
        Kind::File => texts_and(&["file", "filename", "contenttype", "uploaddate"], json!({"size": {"type": "integer"}})),
        Kind::Entries(children) => {
            let mut shapes: Map<String, Json> = children.iter().map(|child| (child.name.to_owned(), titled(child))).collect();
            shapes.insert("entry".into(), json!({"type": "integer"}));
            json!({"type": "array", "items": object(shapes)})
        }
        Kind::System => system(field.name),
    }
}

fn titled(child: &Field) -> Json {
    let mut shape = shape(child);
    shape["title"] = child.label.into();
    shape
}

fn node() -> Json {
    texts_and(&["id", "formattedvalue", "value"], json!({}))
}

fn reference() -> Json {
    texts_and(&["profile", "value"], json!({"id": {"type": "integer"}}))
}

fn system(name: &str) -> Json {
    match name {
        "id" => json!({"type": "integer"}),
        "baseprofile" => reference(),
        "submittalstatuslog" => {
            let change = properties(json!({"status": node(), "updatedDate": {"type": "string"}, "updatedBy": reference()}));
            json!({"type": "array", "items": change})
        }
        _ => json!({"type": "string"}),
    }
}

fn texts_and(texts: &[&str], others: Json) -> Json {
    let mut shapes: Map<String, Json> = texts.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
    shapes.extend(others.as_object().cloned().unwrap_or_default());
    object(shapes)
}

fn object(shapes: Map<String, Json>) -> Json {
    properties(Json::Object(shapes))
}

fn properties(shapes: Json) -> Json {
    json!({"type": "object", "properties": shapes})
}
