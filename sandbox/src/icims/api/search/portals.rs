//! Jobs as a career portal posts them (icims-api 11.3). Every customer has one portal; which jobs are posted is *assumed*: open ones.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use serde_json::{Value as Json, json};

use crate::icims::Icims;
use crate::icims::ledger::Use;
use crate::icims::model::{Job, JobId};
use crate::icims::schema::{Kind, ProfileType, list_of};
use crate::icims::state::date_time_text;
use crate::reference::{assumed, documented};

use super::looked;
use super::query::{self, Group};
use crate::icims::api::error::{ApiError, ok, ok_json};
use crate::icims::api::extract::{AnyJson, parameter};
use crate::icims::api::gate::Caller;
use crate::icims::api::place::{At, Named, Place};
use crate::icims::api::used;

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

/// The portal, on which only jobs are, and only shown.
#[derive(Debug)]
pub(in crate::icims::api) struct Portal;

impl Place for Portal {
    const ONLY_READS: bool = true;

    fn kind(named: &Named) -> Result<ProfileType, ApiError> {
        let portal = named.text("portal");
        let known = portal == PORTAL.0 || portal == PORTAL.1;
        known.then_some(ProfileType::Jobs).ok_or_else(|| ApiError::not_found("Portal"))
    }

    fn below(_: ProfileType, _: &Named) -> Result<Self, ApiError> {
        Ok(Self)
    }
}

/// A job on the portal, or none of that number.
#[derive(Debug)]
pub(in crate::icims::api) struct Posted(JobId);

impl Place for Posted {
    const ONLY_READS: bool = true;

    fn kind(named: &Named) -> Result<ProfileType, ApiError> {
        Portal::kind(named)
    }

    fn below(kind: ProfileType, named: &Named) -> Result<Self, ApiError> {
        named.id("job").map(Self).ok_or_else(|| ApiError::not_found(kind.title()))
    }
}

/// Lists the jobs on a portal, newest first; filters are optional (icims-api 11.3).
#[utoipa::path(
    get, path = "/{customer}/search/portals/{portal}", operation_id = "searchPortalByQuery", tag = "portals",
    params(("searchJson" = Option<String>, Query, description = "The filters, as JSON.")),
    responses((status = 200, body = ref("#/components/schemas/PortalResults")), (status = 400, body = ref("#/components/schemas/Errors"))),
    extensions(("x-fidelity" = json!(documented("icims-api 11.3", "a_portal_shows_open_jobs_newest_first")))),
)]
pub(in crate::icims::api) async fn by_query(
    State(icims): State<Icims>,
    At(caller, Portal): At<Portal>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let json = match parameter(query.as_deref(), "searchJson").filter(|text| !text.trim().is_empty()) {
        Some(text) => Some(serde_json::from_str(&text).map_err(|_| query::unreadable())?),
        None => None,
    };
    posted(&icims, &caller, json.as_ref()).await
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
    At(caller, Portal): At<Portal>,
    AnyJson(json): AnyJson,
) -> Result<Response, ApiError> {
    posted(&icims, &caller, Some(&json)).await
}

/// Names the filters of a portal, with the choices of drop-downs (icims-api 11.3; the shape is *assumed*).
#[utoipa::path(
    get, path = "/{customer}/search/portals/{portal}/filters", operation_id = "readPortalFilters", tag = "portals",
    responses((status = 200, body = ref("#/components/schemas/PortalFilters"))),
    extensions(("x-fidelity" = json!(assumed("icims-api 11.3", "the_filters_of_a_portal_have_their_options")))),
)]
pub(in crate::icims::api) async fn filters(At(caller, Portal): At<Portal>) -> Result<Response, ApiError> {
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
                    let nodes = state.offered(list.key, |_| false);
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
pub(in crate::icims::api) async fn job(At(caller, Posted(id)): At<Posted>) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found("Job");
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

async fn posted(icims: &Icims, caller: &Caller, json: Option<&Json>) -> Result<Response, ApiError> {
    let wanted = json.filter(|json| json.as_object().is_none_or(|object| !object.is_empty()));
    let group = wanted.map(|json| Group::read(ProfileType::Jobs, json, &caller.rights)).transpose()?.unwrap_or(Group::EVERYTHING);
    let urls = caller.urls.clone();
    let rows = looked(caller, ProfileType::Jobs, group, icims.clock().now(), move |matcher| {
        let jobs = matcher.state.jobs().rev().take_while(|_| matcher.budget.spend(1));
        let posted = jobs.filter(|job| matcher.state.is_open(job) && matcher.matches(job.id.get())).take(PAGE);
        let row = |job: &Job| {
            json!({
                "id": job.id, "self": urls.posting(PORTAL.0, job.id), "portalUrl": urls.portal_job(job),
                "updatedDate": date_time_text(job.record.updated),
            })
        };
        let rows: Vec<Json> = posted.map(row).collect();
        (!matcher.budget.is_spent()).then_some(rows)
    });
    let rows = rows.await?;
    let filters = json.map_or_else(Vec::new, used::filters);
    Ok(used::used(ok_json(&json!({ "searchResults": rows })), ProfileType::Jobs, Use::Searched, filters))
}
