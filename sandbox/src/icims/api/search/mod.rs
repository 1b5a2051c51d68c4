//! The Search API (icims-api 10): ids only, ascending, at most 1,000; the next page is the same query with an id filter.
//!
//! Results are live unless the customer's switch `search_cache` is on (icims-api 10.8, [`cache`]).

mod budget;
mod cache;
mod comparing;
mod custom;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod matching;
mod names;
mod plan;
pub(super) mod portals;
mod query;

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use crate::icims::Icims;
use crate::icims::aside;
use crate::icims::ledger::Use;
use crate::icims::schema::ProfileType;
use crate::icims::state::CustomerState;
use crate::reference::documented;

use super::error::{ApiError, ok_json};
use super::extract::{AnyJson, not_simulated, parameter};
use super::gate::Caller;
use super::place::{At, Named, Place};
use super::used::{filters, used};
pub(in crate::icims) use cache::Searches;
use cache::{STALENESS, normalised};
use matching::Matcher;
use plan::first_page;
use query::Group;

/// How many steps a search may take where it came in: enough for a page of what look-ups find, in about a millisecond.
const STEPS_AT_ONCE: usize = 8_000;
/// How many steps one search may take (*assumed*): enough to compare every one of two million profiles with a few values.
const STEP_LIMIT: usize = 20_000_000;

/// The type whose profiles are searched.
#[derive(Debug)]
pub(super) struct Searched(ProfileType);

impl Place for Searched {
    const ONLY_READS: bool = true;

    fn kind(named: &Named) -> Result<ProfileType, ApiError> {
        let name = named.text("kind");
        let searched = ProfileType::of_url(name).filter(|kind| *kind != ProfileType::Onboarding);
        searched.ok_or_else(|| not_simulated(&format!("/customers/{{customerId}}/search/{name}")))
    }

    fn below(kind: ProfileType, _: &Named) -> Result<Self, ApiError> {
        Ok(Self(kind))
    }
}

/// Searches the profiles of a type; the filters are in the body (icims-api 10.1 to 10.3).
#[utoipa::path(
    post, path = "/{customer}/search/{kind}", operation_id = "searchByBody", tag = "search",
    params(("staleness" = Option<u32>, Query, description = "How many minutes old results may be; matters where the customer's searches are cached.")),
    request_body = ref("#/components/schemas/Filters"),
    responses((status = 200, body = ref("#/components/schemas/SearchResults"))),
    extensions(("x-fidelity" = json!(documented("icims-api 10.1 to 10.3", "workflows_are_found_by_what_vendors_look_for")))),
)]
pub(super) async fn by_body(
    State(icims): State<Icims>,
    At(caller, Searched(kind)): At<Searched>,
    RawQuery(query): RawQuery,
    AnyJson(json): AnyJson,
) -> Result<Response, ApiError> {
    found(&icims, &caller, kind, &json, staleness(query.as_deref())).await
}

/// Searches the profiles of a type; the filters are in `searchJson` (icims-api 10.1).
#[utoipa::path(
    get, path = "/{customer}/search/{kind}", operation_id = "searchByQuery", tag = "search",
    params(
        ("searchJson" = String, Query, description = "The filters, as JSON."),
        ("staleness" = Option<u32>, Query, description = "How many minutes old results may be; matters where the customer's searches are cached."),
    ),
    responses((status = 200, body = ref("#/components/schemas/SearchResults")), (status = 400, body = ref("#/components/schemas/Errors"))),
    extensions(("x-fidelity" = json!(documented("icims-api 10.1", "the_query_form_takes_the_same_json")))),
)]
pub(super) async fn by_query(
    State(icims): State<Icims>,
    At(caller, Searched(kind)): At<Searched>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let text = parameter(query.as_deref(), "searchJson").ok_or_else(query::no_filter)?;
    let json: Json = serde_json::from_str(&text).map_err(|_| query::unreadable())?;
    found(&icims, &caller, kind, &json, staleness(query.as_deref())).await
}

/// How old results may be, in minutes; what is no number is passed over (*assumed*).
fn staleness(query: Option<&str>) -> SignedDuration {
    let minutes = parameter(query, "staleness").and_then(|text| text.parse::<u32>().ok());
    minutes.map_or(STALENESS, |minutes| SignedDuration::from_mins(minutes.into()))
}

async fn found(
    icims: &Icims,
    caller: &Caller,
    kind: ProfileType,
    json: &Json,
    staleness: SignedDuration,
) -> Result<Response, ApiError> {
    let group = Group::read(kind, json, &caller.rights)?;
    let ids = matching(icims, caller, kind, group, staleness).await?;
    let results: Vec<Json> = ids.iter().map(|id| json!({"id": id, "self": caller.urls.profile((kind, *id))})).collect();
    Ok(used(ok_json(&json!({ "searchResults": results })), kind, Use::Searched, filters(json)))
}

async fn matching(
    icims: &Icims,
    caller: &Caller,
    kind: ProfileType,
    group: Group,
    staleness: SignedDuration,
) -> Result<Arc<[u64]>, ApiError> {
    let now = icims.clock().now();
    let (customer, caches) = caller.tenant.read(|state| (state.info().id, state.switches().search_cache));
    let searches = icims.searches(customer);
    let query = caches.then(|| normalised(kind, &group));
    if let Some(kept) = query.as_ref().and_then(|query| searches.fresh(query, now, staleness)) {
        return Ok(kept);
    }
    let look = move |matcher: &Matcher<'_>| first_page(matcher).map(|page| page.ids);
    let ids: Arc<[u64]> = looked(caller, kind, group, now, look).await?.into();
    if let Some(query) = query {
        searches.keep(query, now, Arc::clone(&ids));
    }
    Ok(ids)
}

/// What is found within the limit of one search. What is found at once is found here; more is looked for beside the threads that serve.
async fn looked<T: Send + 'static>(
    caller: &Caller,
    kind: ProfileType,
    group: Group,
    now: Timestamp,
    look: impl Fn(&Matcher<'_>) -> Option<T> + Send + 'static,
) -> Result<T, ApiError> {
    if let Some(found) = caller.tenant.read(|state| look(&Matcher::new(state, kind, &group, now, STEPS_AT_ONCE))) {
        return Ok(found);
    }
    let search = move |state: &CustomerState| look(&Matcher::new(state, kind, &group, now, STEP_LIMIT));
    aside::look(&caller.tenant, search).await.ok_or_else(|| query::too_much(STEP_LIMIT))
}
