//! The Search API (icims-api 10): ids only, ascending, at most 1,000; the next page is the same query with an id filter.
//!
//! Results are always live: the 15-minute cache of 10.8 is not simulated, `staleness` is accepted and without effect.

mod matching;
mod names;
mod query;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::icims::Icims;
use crate::icims::schema::ProfileType;
use crate::icims::state::CustomerState;

use super::error::{ApiError, ok_json};
use super::extract::{AnyJson, Segments, not_simulated, parameter};
use super::gate::Caller;
use matching::Matcher;
use query::Group;

/// Most results of one search.
const PAGE: usize = 1_000;

/// `POST /customers/{cid}/search/{type}`
pub(super) async fn by_body(
    State(icims): State<Icims>,
    Extension(caller): Extension<Caller>,
    Segments((_, kind)): Segments<(String, String)>,
    AnyJson(json): AnyJson,
) -> Result<Response, ApiError> {
    found(&caller, icims.clock().now(), searchable(&kind)?, &json)
}

/// `GET /customers/{cid}/search/{type}?searchJson=`
pub(super) async fn by_query(
    State(icims): State<Icims>,
    Extension(caller): Extension<Caller>,
    Segments((_, kind)): Segments<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let kind = searchable(&kind)?;
    let text = parameter(query.as_deref(), "searchJson").ok_or_else(query::no_filter)?;
    let json: Json = serde_json::from_str(&text).map_err(|_| query::unreadable())?;
    found(&caller, icims.clock().now(), kind, &json)
}

fn searchable(kind: &str) -> Result<ProfileType, ApiError> {
    ProfileType::of_url(kind).ok_or_else(|| not_simulated(&format!("/customers/{{customerId}}/search/{kind}")))
}

fn found(caller: &Caller, now: Timestamp, kind: ProfileType, json: &Json) -> Result<Response, ApiError> {
    let group = Group::read(kind, json, &caller.rights)?;
    let ids = caller.tenant.read(|state| matching_ids(state, kind, &group, now));
    let results: Vec<Json> = ids.into_iter().map(|id| json!({"id": id, "self": caller.urls.profile((kind, id))})).collect();
    Ok(ok_json(&json!({ "searchResults": results })))
}

fn matching_ids(state: &CustomerState, kind: ProfileType, group: &Group, now: Timestamp) -> Vec<u64> {
    let matcher = Matcher::new(state, kind, group, now);
    if let Some(id) = group.only_id(kind) {
        return matcher.matches(id).then_some(id).into_iter().collect();
    }
    let keep = |id: &u64| matcher.matches(*id);
    match kind {
        ProfileType::People => state.people().map(|row| row.id.get()).filter(keep).take(PAGE).collect(),
        ProfileType::Jobs => state.jobs().map(|row| row.id.get()).filter(keep).take(PAGE).collect(),
        ProfileType::Companies => state.companies().map(|row| row.id.get()).filter(keep).take(PAGE).collect(),
        ProfileType::Workflows => state.workflows().map(|row| row.id.get()).filter(keep).take(PAGE).collect(),
    }
}
