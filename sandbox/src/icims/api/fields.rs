//! Single fields and the entries of collections (icims-api 5.2, 9.1).

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value as Json;

use crate::icims::Icims;
use crate::icims::model::{EntryId, ProfileKey};
use crate::icims::schema::{Field, Kind};
use crate::icims::state::collections::collection_of;
use crate::icims::state::{CustomerState, Refusal};

use super::error::{ApiError, Code, changed, created_entry, ok_json};
use super::extract::{Object, Segments, not_simulated, profile_key};
use super::gate::Caller;
use super::view::Writer;

type FieldPath = (String, String, String, String);
type EntryPath = (String, String, String, String, String);

/// `GET /customers/{cid}/{type}/{id}/fields/{field}`; a collection without entries is `[]`, another field without a value is a
/// `404` (*assumed*).
pub(super) async fn read_field(
    Extension(caller): Extension<Caller>,
    Segments((_, kind, id, name)): Segments<FieldPath>,
) -> Result<Response, ApiError> {
    let key = profile_key(&kind, &id)?;
    caller.tenant.read(|state| {
        let record = state.record(key).ok_or_else(|| ApiError::not_found(key.0.title()))?;
        let field = visible(state, key, &name)?;
        let value = Writer { state, urls: &caller.urls }.field(key, record, field);
        match (value, field.kind) {
            (Some(value), _) => Ok(ok_json(&value)),
            (None, Kind::Entries(_)) => Ok(ok_json(&Json::Array(Vec::new()))),
            (None, _) => Err(ApiError::not_found(&format!("{}: Value", field.name))),
        }
    })
}

/// `POST /customers/{cid}/{type}/{id}/fields/{collection}`
pub(super) async fn add_entry(
    State(icims): State<Icims>,
    Extension(caller): Extension<Caller>,
    Segments((_, kind, id, name)): Segments<FieldPath>,
    Object(object): Object,
) -> Result<Response, ApiError> {
    let key = profile_key(&kind, &id)?;
    caller.tenant.read(|state| collection(state, key, &name))?;
    let now = icims.clock().now();
    let entry = caller.tenant.write(|state| state.add_entry(key, &name, &object, now)).await?;
    let with_body = caller.tenant.read(|state| state.switches().entry_body);
    Ok(created_entry(&caller.urls.entry(key, &name, entry), with_body))
}

/// `GET /customers/{cid}/{type}/{id}/fields/{collection}/{entry}`
pub(super) async fn read_entry(
    Extension(caller): Extension<Caller>,
    Segments((_, kind, id, name, entry)): Segments<EntryPath>,
) -> Result<Response, ApiError> {
    let key = profile_key(&kind, &id)?;
    caller.tenant.read(|state| {
        let children = collection(state, key, &name)?;
        let found = state.entry(key, &name, entry_id(&name, &entry)?)?;
        Ok(ok_json(&Writer { state, urls: &caller.urls }.entry(key, children, found)))
    })
}

/// `PATCH /customers/{cid}/{type}/{id}/fields/{collection}/{entry}`
pub(super) async fn update_entry(
    State(icims): State<Icims>,
    Extension(caller): Extension<Caller>,
    Segments((_, kind, id, name, entry)): Segments<EntryPath>,
    Object(object): Object,
) -> Result<Response, ApiError> {
    let key = profile_key(&kind, &id)?;
    caller.tenant.read(|state| collection(state, key, &name))?;
    let (entry, now) = (entry_id(&name, &entry)?, icims.clock().now());
    caller.tenant.write(|state| state.edit_entry(key, &name, entry, &object, now)).await?;
    Ok(changed(&caller.urls.entry(key, &name, entry), &[]))
}

/// `DELETE /customers/{cid}/{type}/{id}/fields/{collection}/{entry}`
pub(super) async fn remove_entry(
    State(icims): State<Icims>,
    Extension(caller): Extension<Caller>,
    Segments((_, kind, id, name, entry)): Segments<EntryPath>,
) -> Result<StatusCode, ApiError> {
    let key = profile_key(&kind, &id)?;
    caller.tenant.read(|state| collection(state, key, &name))?;
    let (entry, now) = (entry_id(&name, &entry)?, icims.clock().now());
    caller.tenant.write(|state| state.remove_entry(key, &name, entry, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A field that exists and that the user may see.
fn visible(state: &CustomerState, key: ProfileKey, name: &str) -> Result<&'static Field, ApiError> {
    let field = key
        .0
        .field(name)
        .ok_or_else(|| ApiError::new(StatusCode::NOT_FOUND, Code::NotFound, format!("{name}: Field not found.")))?;
    if state.is_hidden(key.0, field.name) {
        return Err(ApiError::access_denied(field.name));
    }
    Ok(field)
}

/// The sub-fields of a collection of a profile that exists.
fn collection(state: &CustomerState, key: ProfileKey, name: &str) -> Result<&'static [Field], ApiError> {
    state.record(key).ok_or_else(|| ApiError::not_found(key.0.title()))?;
    let field = visible(state, key, name)?;
    if field.kind == Kind::File {
        return Err(not_simulated(&format!("files such as {name}")));
    }
    let found = collection_of(key.0, name).map(|(_, children)| children);
    found.ok_or_else(|| ApiError::invalid(format!("{}: Field is not a collection.", field.name)))
}

fn entry_id(collection: &str, text: &str) -> Result<EntryId, ApiError> {
    text.parse().map_err(|_| Refusal::EntryNotFound(collection.to_owned()).into())
}
