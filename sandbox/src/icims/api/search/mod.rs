//! The Search API (icims-api 10): ids only, ascending, at most 1,000; the next page is the same query with an id filter.
//!
//! Results are always live: the 15-minute cache of 10.8 is not simulated, `staleness` is accepted and without effect.

mod custom;
mod matching;
mod names;
mod plan;
pub(super) mod portals;
mod query;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::icims::Icims;
use crate::icims::ledger::Use;
use crate::icims::schema::ProfileType;
use crate::reference::documented;

use super::error::{ApiError, ok_json};
use super::extract::{AnyJson, Segments, not_simulated, parameter};
use super::gate::Caller;
use super::used::{filters, used};
use matching::Matcher;
use plan::first_page;
use query::Group;

/// Searches the profiles of a type; the filters are in the body (icims-api 10.1 to 10.3).
#[utoipa::path(
    post, path = "/{customer}/search/{kind}", operation_id = "searchByBody", tag = "search",
    request_body = ref("#/components/schemas/Filters"),
    responses((status = 200, body = ref("#/components/schemas/SearchResults"))),
    extensions(("x-fidelity" = json!(documented("icims-api 10.1 to 10.3", "workflows_are_found_by_what_vendors_look_for")))),
)]
pub(super) async fn by_body(
    State(icims): State<Icims>,
    Extension(caller): Extension<Caller>,
    Segments((_, kind)): Segments<(String, String)>,
    AnyJson(json): AnyJson,
) -> Result<Response, ApiError> {
    found(&caller, icims.clock().now(), searchable(&kind)?, &json)
}

/// Searches the profiles of a type; the filters are in `searchJson` (icims-api 10.1).
#[utoipa::path(
    get, path = "/{customer}/search/{kind}", operation_id = "searchByQuery", tag = "search",
    params(("searchJson" = String, Query, description = "The filters, as JSON.")),
    responses((status = 200, body = ref("#/components/schemas/SearchResults")), (status = 400, body = ref("#/components/schemas/Errors"))),
    extensions(("x-fidelity" = json!(documented("icims-api 10.1", "the_query_form_takes_the_same_json")))),
)]
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
    let ids = caller.tenant.read(|state| first_page(&Matcher::new(state, kind, &group, now)).ids);
    let results: Vec<Json> = ids.into_iter().map(|id| json!({"id": id, "self": caller.urls.profile((kind, id))})).collect();
    Ok(used(ok_json(&json!({ "searchResults": results })), kind, Use::Searched, filters(json)))
}
