//! Jobs as a career portal posts them (icims-api 11.3). Every customer has one portal; which jobs are posted is *assumed*: open ones.

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use serde_json::{Value as Json, json};

use crate::icims::Icims;
use crate::icims::ledger::Use;
use crate::icims::model::{Job, JobId};
use crate::icims::schema::{Kind, ProfileType, list_of};
use crate::icims::state::date_time_text;
use crate::reference::{assumed, documented};

use super::super::error::{ApiError, ok, ok_json};
use super::super::extract::{AnyJson, Segments, parameter};
use super::super::gate::Caller;
use super::super::used;
use super::matching::Matcher;
use super::query::{self, Group};

/// The portal by its name and by its id (*assumed*).
const PORTAL: (&str, &str) = ("careers", "101");
/// Most results of one search (icims-api 10.6).
const PAGE: usize = 1_000;
/// What the portal shows of a job.
const SHOWN: [&str; 9] = [
    "jobid",
    "jobtitle",
    "joblocation",
    "positioncategory",
    "positiontype",
    "overview",
    "responsibilities",
    "qualifications",
    "updateddate",
];
/// What visitors of the portal filter by (*assumed* choice among the filters of jobs, icims-api 10.4).
const FILTERS: [&str; 6] = ["jobtitle", "positioncategory", "positiontype", "positionlevel", "jobtype", "hiretype"];

/// Lists the jobs on a portal, newest first; filters are optional (icims-api 11.3).
#[utoipa::path(
    get, path = "/{customer}/search/portals/{portal}", operation_id = "searchPortalByQuery", tag = "portals",
    params(("searchJson" = Option<String>, Query, description = "The filters, as JSON.")),
    responses((status = 200, body = ref("#/components/schemas/PortalResults")), (status = 400, body = ref("#/components/schemas/Errors"))),
    extensions(("x-fidelity" = json!(documented("icims-api 11.3", "a_portal_shows_open_jobs_newest_first")))),
)]
pub(in crate::icims::api) async fn by_query(
    State(icims): State<Icims>,
    Extension(caller): Extension<Caller>,
    Segments((_, portal)): Segments<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let json = match parameter(query.as_deref(), "searchJson").filter(|text| !text.trim().is_empty()) {
        Some(text) => Some(serde_json::from_str(&text).map_err(|_| query::unreadable())?),
        None => None,
    };
    posted(&icims, &caller, &portal, json.as_ref())
}

/// Lists the jobs on a portal, newest first; the filters are in the body (icims-api 11.3).
#[utoipa::path(
    post, path = "/{customer}/search/portals/{portal}", operation_id = "searchPortalByBody", tag = "portals",
    request_body = ref("#/components/schemas/Filters"),
    responses((status = 200, body = ref("#/components/schemas/PortalResults"))),
    extensions(("x-fidelity" = json!(documented("icims-api 11.3", "a_portal_shows_open_jobs_newest_first")))),
)]
pub(in crate::icims::api) async fn by_body(
    State(icims): State<Icims>,
    Extension(caller): Extension<Caller>,
    Segments((_, portal)): Segments<(String, String)>,
    AnyJson(json): AnyJson,
) -> Result<Response, ApiError> {
    posted(&icims, &caller, &portal, Some(&json))
}

/// Names the filters of a portal, with the choices of drop-downs (icims-api 11.3; the shape is *assumed*).
#[utoipa::path(
    get, path = "/{customer}/search/portals/{portal}/filters", operation_id = "readPortalFilters", tag = "portals",
    responses((status = 200, body = ref("#/components/schemas/PortalFilters"))),
    extensions(("x-fidelity" = json!(assumed("icims-api 11.3", "the_filters_of_a_portal_have_their_options")))),
)]
pub(in crate::icims::api) async fn filters(
    Extension(caller): Extension<Caller>,
    Segments((_, portal)): Segments<(String, String)>,
) -> Result<Response, ApiError> {
    known(&portal)?;
    let filters: Vec<Json> = caller.tenant.read(|state| {
        let visible = FILTERS.iter().filter(|name| !caller.rights.hides(ProfileType::Jobs, name));
        let shown = visible.filter_map(|name| ProfileType::Jobs.field(name)).map(|field| {
            let name = format!("job.{}", field.name);
            let list = match field.kind {
                Kind::Node(list) | Kind::Nodes(list) => list_of(list),
                _ => None,
            };
            match list {
                None => json!({"name": name}),
                Some(list) => {
                    let nodes = state.nodes(list.key, None).into_iter().filter(|node| !node.hidden);
                    let options: Vec<Json> = nodes.map(|node| json!({"id": node.id, "value": node.label})).collect();
                    json!({"name": name, "options": options})
                }
            }
        });
        shown.collect()
    });
    Ok(ok_json(&json!({ "filters": filters })))
}

/// Reads a job as the portal shows it (icims-api 11.3; the shape is *assumed*).
#[utoipa::path(
    get, path = "/{customer}/portals/{portal}/{job}", operation_id = "readPortalJob", tag = "portals",
    responses((status = 200, body = ref("#/components/schemas/PortalJob"))),
    extensions(("x-fidelity" = json!(assumed("icims-api 11.3", "a_posted_job_reads_as_on_the_portal")))),
)]
pub(in crate::icims::api) async fn job(
    Extension(caller): Extension<Caller>,
    Segments((_, portal, job)): Segments<(String, String, String)>,
) -> Result<Response, ApiError> {
    known(&portal)?;
    may_see_jobs(&caller)?;
    let missing = || ApiError::not_found("Job");
    let id: JobId = job.parse().map_err(|_| missing())?;
    caller.tenant.read(|state| {
        let job = state.job(id).filter(|job| state.is_open(job)).ok_or_else(missing)?;
        let names = SHOWN.map(str::to_owned);
        let (mut body, warnings) = caller.writer(state).profile((ProfileType::Jobs, id.get()), &job.record, Some(&names));
        let fields = used::keys(ProfileType::Jobs, body.keys());
        body.insert("portalUrl", caller.urls.portal_job(job).into());
        let link = json!({"rel": "self", "title": "The current profile being viewed.", "url": caller.urls.posting(PORTAL.0, id)});
        body.insert("links", json!([link]).into());
        Ok(used::used(ok(body, &warnings), ProfileType::Jobs, Use::Read, fields))
    })
}

fn posted(icims: &Icims, caller: &Caller, portal: &str, json: Option<&Json>) -> Result<Response, ApiError> {
    known(portal)?;
    may_see_jobs(caller)?;
    let wanted = json.filter(|json| json.as_object().is_none_or(|object| !object.is_empty()));
    let group = wanted.map(|json| Group::read(ProfileType::Jobs, json, &caller.rights)).transpose()?;
    let now = icims.clock().now();
    let rows: Vec<Json> = caller.tenant.read(|state| {
        let matcher = group.as_ref().map(|group| Matcher::new(state, ProfileType::Jobs, group, now));
        let matches = |job: &&Job| matcher.as_ref().is_none_or(|matcher| matcher.matches(job.id.get()));
        let open = state.jobs().rev().filter(|job| state.is_open(job)).filter(matches).take(PAGE);
        open.map(|job| {
            json!({
                "id": job.id, "self": caller.urls.posting(PORTAL.0, job.id), "portalUrl": caller.urls.portal_job(job),
                "updatedDate": date_time_text(job.record.updated),
            })
        })
        .collect()
    });
    let filters = json.map_or_else(Vec::new, used::filters);
    Ok(used::used(ok_json(&json!({ "searchResults": rows })), ProfileType::Jobs, Use::Searched, filters))
}

fn known(portal: &str) -> Result<(), ApiError> {
    if portal == PORTAL.0 || portal == PORTAL.1 { Ok(()) } else { Err(ApiError::not_found("Portal")) }
}

fn may_see_jobs(caller: &Caller) -> Result<(), ApiError> {
    if caller.rights.hides_type(ProfileType::Jobs.plural()) { Err(ApiError::access_denied("Job")) } else { Ok(()) }
}
