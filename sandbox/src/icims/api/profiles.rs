//! Reading, creating and changing profiles of every type (icims-api 5, 7, 11.2).

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value as Json, json};

use crate::icims::Icims;
use crate::icims::model::{CompanyId, JobId, PersonId, ProfileKey, WorkflowId};
use crate::icims::schema::ProfileType;
use crate::icims::state::reader::whole;
use crate::icims::state::users::INTEGRATION_PERSON;
use crate::icims::state::{CustomerState, Refusal};

use super::error::{ApiError, changed, created, ok, ok_json};
use super::extract::{Object, Segments, profile_key, profile_type, requested_fields};
use super::gate::Caller;
use super::view::Writer;

/// `GET /customers/{cid}`
pub(super) async fn customer(Extension(caller): Extension<Caller>) -> Response {
    let info = caller.tenant.read(|state| state.info().clone());
    let families = [
        ("jobs", "profiles", "Available Job Profiles"),
        ("people", "profiles", "Available Person Profiles"),
        ("companies", "profiles", "Available Company Profiles"),
        ("applicantworkflows", "profiles", "Available Applicant Workflow Profiles"),
    ];
    let base = caller.urls.customer();
    let links: Vec<Json> =
        families.iter().map(|(path, rel, title)| json!({"rel": rel, "title": title, "url": format!("{base}/{path}")})).collect();
    // Not conformant to RFC 8288: the targets have no angle brackets (icims-api 11.2).
    let line: Vec<String> =
        families.iter().map(|(path, rel, title)| format!("{base}/{path};rel=\"{rel}\";title=\"{title}\"")).collect();
    let mut answer = ok_json(&json!({
        "id": info.id, "name": info.name, "platformUrl": format!("{}.icims.com", info.slug), "customerType": "test",
        "buildVersion": "31.2", "links": links,
    }));
    answer.headers_mut().insert(HeaderName::from_static("x-customer-type"), HeaderValue::from_static("test"));
    if let Ok(line) = HeaderValue::from_str(&line.join(", ")) {
        answer.headers_mut().insert(header::LINK, line);
    }
    answer
}

/// `GET /customers/{cid}/{type}/{id}`
pub(super) async fn read(
    Extension(caller): Extension<Caller>,
    Segments((_, kind, id)): Segments<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let key = profile_key(&kind, &id)?;
    shown(&caller, key, requested_fields(query.as_deref()).as_deref())
}

/// `GET /customers/{cid}/applicantworkflows/person/{person}/job/{job}`
pub(super) async fn read_by_pair(
    Extension(caller): Extension<Caller>,
    Segments((_, person, job)): Segments<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found(ProfileType::Workflows.title());
    let person: PersonId = person.parse().map_err(|_| missing())?;
    let job: JobId = job.parse().map_err(|_| missing())?;
    let id = caller.tenant.read(|state| state.workflow_of(person, job).map(|workflow| workflow.id)).ok_or_else(missing)?;
    shown(&caller, (ProfileType::Workflows, id.get()), requested_fields(query.as_deref()).as_deref())
}

/// `GET /customers/{cid}/applicantworkflows/{id}/submittalstatuslog`
pub(super) async fn status_log(
    Extension(caller): Extension<Caller>,
    Segments((_, id)): Segments<(String, String)>,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found(ProfileType::Workflows.title());
    let id: WorkflowId = id.parse().map_err(|_| missing())?;
    caller.tenant.read(|state| {
        state.workflow(id).ok_or_else(missing)?;
        let log = Writer { state, urls: &caller.urls }.status_log(id);
        Ok(ok_json(&json!({"submittalstatuslog": log})))
    })
}

/// `POST /customers/{cid}/{type}`
pub(super) async fn create(
    State(icims): State<Icims>,
    Extension(caller): Extension<Caller>,
    Segments((_, kind)): Segments<(String, String)>,
    Object(object): Object,
) -> Result<Response, ApiError> {
    let kind = profile_type(&kind)?;
    let now = icims.clock().now();
    let (id, warnings) = caller
        .tenant
        .write(|state| {
            let mut changes = match kind {
                ProfileType::Workflows => {
                    check_ends(state, &object)?;
                    state.read_changes(kind, &object)?
                }
                _ => state.read_changes(kind, &object)?,
            };
            let warnings = std::mem::take(&mut changes.warnings);
            let id = match kind {
                ProfileType::People => state.create_person(changes, now)?.get(),
                ProfileType::Jobs => state.create_job(changes, now)?.get(),
                ProfileType::Companies => state.create_company(changes, now)?.get(),
                ProfileType::Workflows => state.attach(changes, INTEGRATION_PERSON, now)?.get(),
            };
            Ok::<_, Refusal>((id, warnings))
        })
        .await?;
    Ok(created(&caller.urls.profile((kind, id)), &warnings))
}

/// `PATCH /customers/{cid}/{type}/{id}`
pub(super) async fn update(
    State(icims): State<Icims>,
    Extension(caller): Extension<Caller>,
    Segments((_, kind, id)): Segments<(String, String, String)>,
    Object(object): Object,
) -> Result<Response, ApiError> {
    let key = profile_key(&kind, &id)?;
    let now = icims.clock().now();
    let warnings = caller
        .tenant
        .write(|state| {
            state.record(key).ok_or(Refusal::NotFound(key.0))?;
            let mut changes = state.read_changes(key.0, &object)?;
            let warnings = std::mem::take(&mut changes.warnings);
            match key.0 {
                ProfileType::People => state.edit_person(PersonId::new(key.1), changes, now)?,
                ProfileType::Jobs => state.edit_job(JobId::new(key.1), changes, now)?,
                ProfileType::Companies => state.edit_company(CompanyId::new(key.1), changes, now)?,
                ProfileType::Workflows => state.edit_workflow(WorkflowId::new(key.1), changes, INTEGRATION_PERSON, now)?,
            }
            Ok::<_, Refusal>(warnings)
        })
        .await?;
    // A new status may have queued an event, which goes out without keeping this answer waiting.
    icims.wake();
    Ok(changed(&caller.urls.profile(key), &warnings))
}

/// `DELETE /customers/{cid}/{type}/{id}`: `405` unless the customer's switch allows it (icims-api 5.2).
pub(super) async fn remove(
    State(icims): State<Icims>,
    Extension(caller): Extension<Caller>,
    Segments((_, kind, id)): Segments<(String, String, String)>,
) -> Result<StatusCode, ApiError> {
    let key = profile_key(&kind, &id)?;
    if !caller.tenant.read(|state| state.switches().deletable_profiles) {
        return Err(ApiError::method("DELETE"));
    }
    let now = icims.clock().now();
    caller.tenant.write(|state| state.delete_profile(key, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(caller: &Caller, key: ProfileKey, requested: Option<&[String]>) -> Result<Response, ApiError> {
    caller.tenant.read(|state| {
        let record = state.record(key).ok_or_else(|| ApiError::not_found(key.0.title()))?;
        let (body, warnings) = Writer { state, urls: &caller.urls }.profile(key, record, requested);
        Ok(ok(body, &warnings))
    })
}

/// An unknown job or person at the end of a new workflow is a `404`, not a bad value (*assumed*, icims-api 7.7).
fn check_ends(state: &CustomerState, object: &Map<String, Json>) -> Result<(), Refusal> {
    for (field, kind) in [("baseprofile", ProfileType::Jobs), ("associatedprofile", ProfileType::People)] {
        let id = object.get(field).and_then(|json| json.get("id").map_or_else(|| whole(json), whole));
        if id.is_some_and(|id| state.record((kind, id)).is_none()) {
            return Err(Refusal::NotFound(kind));
        }
    }
    Ok(())
}
