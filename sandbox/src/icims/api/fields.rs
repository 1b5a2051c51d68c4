//! Single fields and the entries of collections (icims-api 5.2, 9.1).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value as Json;

use crate::icims::Icims;
use crate::icims::ledger::Use;
use crate::icims::model::{EntryId, ProfileKey};
use crate::icims::schema::{Field, Kind};
use crate::icims::state::collections::collection_of;
use crate::icims::state::users::Rights;
use crate::icims::state::{CustomerState, Refusal};
use crate::reference::{assumed, documented, observed};

use super::error::{ApiError, Code, changed, created_entry, ok_json};
use super::extract::Object;
use super::place::{At, NamedEntry, NamedField};
use super::used;

/// Reads one field; a collection without entries is `[]`, another field without a value is a `404` (*assumed*, icims-api 5.2).
#[utoipa::path(
    get, path = "/{customer}/{kind}/{id}/fields/{field}", operation_id = "readField", tag = "fields",
    responses((status = 200, body = ref("#/components/schemas/FieldValue"))),
    extensions(("x-fidelity" = json!(documented("icims-api 5.2", "one_field_is_its_bare_value")))),
)]
pub(super) async fn read_field(At(caller, NamedField(key, name)): At<NamedField>) -> Result<Response, ApiError> {
    caller.tenant.read(|state| {
        let record = state.told(key, |field| field == name).ok_or_else(|| ApiError::not_found(key.0.title()))?;
        let field = visible(&caller.rights, key, &name)?;
        let value = caller.writer(state).field(key, &record, field);
        let read = |answer| used::used(answer, key.0, Use::Read, vec![field.name.into()]);
        match (value, field.kind) {
            (Some(value), _) => Ok(read(ok_json(&value))),
            (None, Kind::Entries(_)) => Ok(read(ok_json(&Json::Array(Vec::new())))),
            (None, _) => Err(ApiError::not_found(&format!("{}: Value", field.name))),
        }
    })
}

/// Adds an entry to a collection (icims-api 9.1).
#[utoipa::path(
    post, path = "/{customer}/{kind}/{id}/fields/{field}", operation_id = "addEntry", tag = "fields",
    request_body = ref("#/components/schemas/Entry"),
    responses((status = 201)),
    extensions(("x-fidelity" = json!(documented("icims-api 9.1", "a_result_row_is_created_updated_read_and_removed")))),
)]
pub(super) async fn add_entry(
    State(icims): State<Icims>,
    At(caller, NamedField(key, name)): At<NamedField>,
    Object(object): Object,
) -> Result<Response, ApiError> {
    caller.tenant.read(|state| collection(state, &caller.rights, key, &name))?;
    let now = icims.clock().now();
    let entry = caller.tenant.write(|state| state.add_entry(key, &name, &object, now)).await?;
    let with_body = caller.tenant.read(|state| state.switches().entry_body);
    let answer = created_entry(&caller.urls.entry(key, &name, entry), with_body);
    Ok(used::used(answer, key.0, Use::Written, used::entry_keys(key.0, &name, |child| object.contains_key(child))))
}

/// Reads an entry of a collection (icims-api 9.1).
#[utoipa::path(
    get, path = "/{customer}/{kind}/{id}/fields/{field}/{entry}", operation_id = "readEntry", tag = "fields",
    responses((status = 200, body = ref("#/components/schemas/Entry"))),
    extensions(("x-fidelity" = json!(documented("icims-api 9.1", "a_result_row_is_created_updated_read_and_removed")))),
)]
pub(super) async fn read_entry(At(caller, NamedEntry(key, name, entry)): At<NamedEntry>) -> Result<Response, ApiError> {
    caller.tenant.read(|state| {
        let children = collection(state, &caller.rights, key, &name)?;
        let found = state.entry(key, &name, entry_id(&name, &entry)?)?;
        let body = caller.writer(state).entry(key, &name, children, &found);
        let fields = used::entry_keys(key.0, &name, |child| body.contains_key(child));
        Ok(used::used(ok_json(&body), key.0, Use::Read, fields))
    })
}

/// Changes an entry of a collection (icims-api 9.1).
#[utoipa::path(
    patch, path = "/{customer}/{kind}/{id}/fields/{field}/{entry}", operation_id = "updateEntry", tag = "fields",
    request_body = ref("#/components/schemas/Entry"),
    responses((status = 204)),
    extensions(("x-fidelity" = json!(observed("icims-api 9.1", "a_result_row_is_created_updated_read_and_removed")))),
)]
pub(super) async fn update_entry(
    State(icims): State<Icims>,
    At(caller, NamedEntry(key, name, entry)): At<NamedEntry>,
    Object(object): Object,
) -> Result<Response, ApiError> {
    caller.tenant.read(|state| collection(state, &caller.rights, key, &name))?;
    let (entry, now) = (entry_id(&name, &entry)?, icims.clock().now());
    caller.tenant.write(|state| state.edit_entry(key, &name, entry, &object, now)).await?;
    let answer = changed(&caller.urls.entry(key, &name, entry), &[]);
    Ok(used::used(answer, key.0, Use::Written, used::entry_keys(key.0, &name, |child| object.contains_key(child))))
}

/// Removes an entry of a collection (icims-api 9.1).
#[utoipa::path(
    delete, path = "/{customer}/{kind}/{id}/fields/{field}/{entry}", operation_id = "removeEntry", tag = "fields",
    responses((status = 204)),
    extensions(("x-fidelity" = json!(assumed("icims-api 9.1", "a_result_row_is_created_updated_read_and_removed")))),
)]
pub(super) async fn remove_entry(
    State(icims): State<Icims>,
    At(caller, NamedEntry(key, name, entry)): At<NamedEntry>,
) -> Result<Response, ApiError> {
    caller.tenant.read(|state| collection(state, &caller.rights, key, &name))?;
    let (entry, now) = (entry_id(&name, &entry)?, icims.clock().now());
    caller.tenant.write(|state| state.remove_entry(key, &name, entry, now)).await?;
    Ok(used::used(StatusCode::NO_CONTENT.into_response(), key.0, Use::Written, vec![name.into()]))
}

/// A field that exists and that the user may see.
pub(super) fn visible(rights: &Rights, key: ProfileKey, name: &str) -> Result<&'static Field, ApiError> {
    let field = key
        .0
        .field(name)
        .ok_or_else(|| ApiError::new(StatusCode::NOT_FOUND, Code::NotFound, format!("{name}: Field not found.")))?;
    if rights.hides(key.0, field.name) {
        return Err(ApiError::access_denied(field.name));
    }
    Ok(field)
}

/// The sub-fields of a collection of a profile that exists.
fn collection(state: &CustomerState, rights: &Rights, key: ProfileKey, name: &str) -> Result<&'static [Field], ApiError> {
    state.record(key).ok_or_else(|| ApiError::not_found(key.0.title()))?;
    let field = visible(rights, key, name)?;
    let found = collection_of(key.0, name).map(|(_, children)| children);
    found.ok_or_else(|| ApiError::invalid(format!("{}: Field is not a collection.", field.name)))
}

fn entry_id(collection: &str, text: &str) -> Result<EntryId, ApiError> {
    text.parse().map_err(|_| Refusal::EntryNotFound(collection.to_owned()).into())
}
