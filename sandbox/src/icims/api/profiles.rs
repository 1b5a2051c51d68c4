//! Reading, creating and changing profiles of every type (icims-api 5, 7, 11.2).

use axum::extract::{RawQuery, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value as Json, json};

use crate::icims::Icims;
use crate::icims::ledger::Use;
use crate::icims::model::{CompanyId, JobId, OnboardingId, PersonId, ProfileKey, WorkflowId};
use crate::icims::schema::ProfileType;
use crate::icims::state::reader::whole;
use crate::icims::state::users::INTEGRATION_PERSON;
use crate::icims::state::{CustomerState, Refusal};
use crate::reference::{assumed, documented, observed};

use super::error::{ApiError, changed, created, ok, ok_json};
use super::extract::{Object, not_simulated, requested_fields};
use super::gate::Caller;
use super::place::{At, Named, Place, Profile, WholeCustomer};
use super::shown::Shown;
use super::used;
use super::view::LINKS;

/// Reads the customer (icims-api 11.2).
#[utoipa::path(
    get, path = "/{customer}", operation_id = "readCustomer", tag = "customer",
    responses((status = 200, body = ref("#/components/schemas/Customer"))),
    extensions(("x-fidelity" = json!(documented("icims-api 11.2", "the_customer_lists_its_families")))),
)]
pub(super) async fn customer(WholeCustomer(caller, _): WholeCustomer) -> Response {
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

/// Reads a profile: the default fields, or those that are asked for (icims-api 5.3 to 5.6).
#[utoipa::path(
    get, path = "/{customer}/{kind}/{id}", operation_id = "readProfile", tag = "profiles",
    params(("fields" = Option<String>, Query, description = "Field names, joined by commas. Unknown ones are warned of.")),
    responses((status = 200, body = ref("#/components/schemas/Profile"))),
    extensions(("x-fidelity" = json!(documented("icims-api 5.3, 5.4", "fields_narrow_the_answer_and_unknown_names_are_warned_of")))),
)]
pub(super) async fn read(At(caller, Profile(key)): At<Profile>, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    shown(&caller, key, requested_fields(query.as_deref()).as_deref())
}

/// The workflow of a person and a job.
#[derive(Debug)]
pub(super) struct Pair {
    person: PersonId,
    job: JobId,
}

impl Place for Pair {
    fn kind(_: &Named) -> Result<ProfileType, ApiError> {
        Ok(ProfileType::Workflows)
    }

    fn below(kind: ProfileType, named: &Named) -> Result<Self, ApiError> {
        let pair = named.id("person").zip(named.id("job"));
        pair.map(|(person, job)| Self { person, job }).ok_or_else(|| ApiError::not_found(kind.title()))
    }
}

/// The workflow whose history is asked for.
#[derive(Debug)]
pub(super) struct Logged(WorkflowId);

impl Place for Logged {
    fn kind(_: &Named) -> Result<ProfileType, ApiError> {
        Ok(ProfileType::Workflows)
    }

    fn below(kind: ProfileType, named: &Named) -> Result<Self, ApiError> {
        named.id("id").map(Self).ok_or_else(|| ApiError::not_found(kind.title()))
    }
}

/// Reads the workflow of a person and a job (icims-api 7.1).
#[utoipa::path(
    get, path = "/{customer}/applicantworkflows/person/{person}/job/{job}", operation_id = "readWorkflowByPair", tag = "workflows",
    params(("fields" = Option<String>, Query, description = "Field names, joined by commas. Unknown ones are warned of.")),
    responses((status = 200, body = ref("#/components/schemas/Workflow"))),
    extensions(("x-fidelity" = json!(assumed("icims-api 7.1", "attaching_a_contact_works_over_the_api_once")))),
)]
pub(super) async fn read_by_pair(
    At(caller, Pair { person, job }): At<Pair>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found(ProfileType::Workflows.title());
    let id = caller.tenant.read(|state| state.workflow_of(person, job).map(|workflow| workflow.id)).ok_or_else(missing)?;
    shown(&caller, (ProfileType::Workflows, id.get()), requested_fields(query.as_deref()).as_deref())
}

/// Reads the status history of a workflow, newest first (icims-api 7.6).
#[utoipa::path(
    get, path = "/{customer}/applicantworkflows/{id}/submittalstatuslog", operation_id = "readStatusLog", tag = "workflows",
    responses((status = 200, body = ref("#/components/schemas/StatusLog"))),
    extensions(("x-fidelity" = json!(assumed("icims-api 7.6", "a_new_status_is_logged_newest_first")))),
)]
pub(super) async fn status_log(At(caller, Logged(id)): At<Logged>) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found(ProfileType::Workflows.title());
    if caller.rights.hides(ProfileType::Workflows, "submittalstatuslog") {
        return Err(ApiError::access_denied("submittalstatuslog"));
    }
    caller.tenant.read(|state| {
        state.workflow(id).ok_or_else(missing)?;
        let log = caller.writer(state).status_log(id);
        Ok(ok_json(&Shown::ordered([("submittalstatuslog", log)])))
    })
}

/// Creates a profile (icims-api 5.10, 7.1). Making onboarding workflows is not simulated: they come about when somebody is hired.
#[utoipa::path(
    post, path = "/{customer}/{kind}", operation_id = "createProfile", tag = "profiles",
    request_body = ref("#/components/schemas/Profile"),
    responses((status = 201)),
    extensions(("x-fidelity" = json!(documented("icims-api 5.10, 7.1", "a_person_is_made_changed_and_read_again")))),
)]
pub(super) async fn create(
    State(icims): State<Icims>,
    At(caller, kind): At<ProfileType>,
    Object(object): Object,
) -> Result<Response, ApiError> {
    let now = icims.clock().now();
    let (id, warnings) = caller
        .tenant
        .write(|state| {
            let mut changes = match kind {
                ProfileType::Onboarding => return Err(unmade()),
                ProfileType::Workflows => {
                    check_ends(state, &object)?;
                    state.read_changes(kind, &object, &caller.rights)?
                }
                _ => state.read_changes(kind, &object, &caller.rights)?,
            };
            let warnings = std::mem::take(&mut changes.warnings);
            let id = match kind {
                ProfileType::People => state.create_person(changes, now)?.get(),
                ProfileType::Jobs => state.create_job(changes, now)?.get(),
                ProfileType::Companies => state.create_company(changes, now)?.get(),
                ProfileType::Workflows => state.attach(changes, INTEGRATION_PERSON, now)?.get(),
                ProfileType::Onboarding => return Err(unmade()),
            };
            Ok::<_, ApiError>((id, warnings))
        })
        .await?;
    let answer = created(&caller.urls.profile((kind, id)), &warnings);
    Ok(used::used(answer, kind, Use::Written, used::keys(kind, object.keys())))
}

/// Changes the fields of a profile that are sent (icims-api 5.10, 7.4).
#[utoipa::path(
    patch, path = "/{customer}/{kind}/{id}", operation_id = "updateProfile", tag = "profiles",
    request_body = ref("#/components/schemas/Profile"),
    responses((status = 204)),
    extensions(("x-fidelity" = json!(observed("icims-api 5.10, 7.4", "a_person_is_made_changed_and_read_again")))),
)]
pub(super) async fn update(
    State(icims): State<Icims>,
    At(caller, Profile(key)): At<Profile>,
    Object(object): Object,
) -> Result<Response, ApiError> {
    let now = icims.clock().now();
    let warnings = caller
        .tenant
        .write(|state| {
            state.record(key).ok_or(Refusal::NotFound(key.0))?;
            let mut changes = state.read_changes(key.0, &object, &caller.rights)?;
            let warnings = std::mem::take(&mut changes.warnings);
            match key.0 {
                ProfileType::People => state.edit_person(PersonId::new(key.1), changes, now)?,
                ProfileType::Jobs => state.edit_job(JobId::new(key.1), changes, now)?,
                ProfileType::Companies => state.edit_company(CompanyId::new(key.1), changes, now)?,
                ProfileType::Workflows => state.edit_workflow(WorkflowId::new(key.1), changes, INTEGRATION_PERSON, now)?,
                ProfileType::Onboarding => state.edit_onboarding(OnboardingId::new(key.1), changes, now)?,
            }
            Ok::<_, Refusal>(warnings)
        })
        .await?;
    // A new status may have queued an event, which goes out without keeping this answer waiting.
    let answer = changed(&caller.urls.profile(key), &warnings);
    Ok(used::used(answer, key.0, Use::Written, used::keys(key.0, object.keys())))
}

/// Deletes a profile: `405` unless the customer's switch allows it (icims-api 5.2).
#[utoipa::path(
    delete, path = "/{customer}/{kind}/{id}", operation_id = "deleteProfile", tag = "profiles",
    responses((status = 204), (status = 405, body = ref("#/components/schemas/Errors"))),
    extensions(("x-fidelity" = json!(assumed("icims-api 5.2", "profiles_are_deleted_only_where_that_is_allowed")))),
)]
pub(super) async fn remove(State(icims): State<Icims>, At(caller, Profile(key)): At<Profile>) -> Result<StatusCode, ApiError> {
    if !caller.tenant.read(|state| state.switches().deletable_profiles) {
        return Err(ApiError::method("DELETE"));
    }
    let now = icims.clock().now();
    caller.tenant.write(|state| state.delete_profile(key, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(caller: &Caller, key: ProfileKey, requested: Option<&[String]>) -> Result<Response, ApiError> {
    caller.tenant.read(|state| {
        let default = |name: &str| key.0.field(name).is_some_and(|field| field.shown);
        let wanted = |name: &str| requested.map_or_else(|| default(name), |names| names.iter().any(|one| one == name));
        let record = state.told(key, wanted).ok_or_else(|| ApiError::not_found(key.0.title()))?;
        let (body, warnings) = caller.writer(state).profile(key, &record, requested);
        // What was asked for by name counts also when this profile has no value for it.
        let shown = || body.keys().filter(|name| *name != LINKS).map(Into::into).collect();
        let fields = requested.map_or_else(shown, |names| used::keys(key.0, names));
        Ok(used::used(ok(body, &warnings), key.0, Use::Read, fields))
    })
}

/// The refusal of making what comes about by itself when somebody is hired.
fn unmade() -> ApiError {
    not_simulated("POST /customers/{customerId}/onboardworkflows")
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
