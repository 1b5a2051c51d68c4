//! Applications: find by our own keys, read with includes, set status and ATS parameters.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use serde_json::{Value, json};

use super::error::{ApiError, not_simulated};
use super::guard::Access;
use super::read::{self, Include};
use super::registration::ats_parameters;
use super::request::{Body, Id, Query};
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::model::{AccountId, Application, ApplicationId, ApplicationStatus, Language, StatusError};
use crate::harver_platform::state::{AccountState, Refusal};
use crate::reference::documented;

/// The ATS parameters that can be searched by (`harver-platform.md` 9.1).
const SEARCHABLE: [&str; 12] = [
    "application_id",
    "candidate_id",
    "country",
    "id",
    "location",
    "source",
    "vacancy_id",
    "custom_id_1",
    "custom_id_2",
    "custom_id_3",
    "custom_id_4",
    "custom_id_5",
];
/// The longest value of an ATS parameter that is changed afterwards.
const CHANGED_VALUE_LIMIT: usize = 50;

/// Finds applications by ATS parameters, or by vacancy and mail address.
#[utoipa::path(
    get, path = "/applications", operation_id = "findApplications", tag = "applications",
    params(
        ("accountId" = String, Query, description = "The account to search in."),
        ("filter[atsParameters][application_id]" = Option<String>, Query, description = "One of the searchable ATS parameters; the others are `candidate_id`, `country`, `id`, `location`, `source`, `vacancy_id` and `custom_id_1` to `custom_id_5`."),
        ("filter[applicationMeta][vacancy]" = Option<String>, Query, description = "The vacancy's id."),
        ("filter[applicationMeta][email]" = Option<String>, Query, description = "The candidate's mail address."),
    ),
    responses((status = 200, body = ref("#/components/schemas/ApplicationReferences"))),
    extensions(("x-fidelity" = json!(documented("harver-platform 9.1", "finished_candidates_are_found_by_polling_and_by_our_own_keys")))),
)]
pub(super) async fn find(access: Access, query: Query) -> Result<Json<Value>, ApiError> {
    let account =
        query.get("accountId").ok_or_else(|| ApiError::invalid("Missing accountId", "Name the account in accountId"))?;
    access.may_see(&account.parse::<AccountId>().map_err(|_| ApiError::unknown("account"))?)?;
    let parameters: BTreeSet<(&str, &str)> = query.within("filter[atsParameters]").collect();
    let meta = query.within("filter[applicationMeta]");
    let meta: BTreeSet<(&str, String)> = meta.map(|(key, value)| (key, known_as(key, value))).collect();
    if let Some((key, _)) = parameters.iter().find(|(key, _)| !SEARCHABLE.contains(key)) {
        let detail = format!("{key} cannot be searched by; use one of {}", SEARCHABLE.join(", "));
        return Err(ApiError::invalid("Invalid filter[atsParameters]", detail));
    }
    if parameters.is_empty() && meta.is_empty() {
        return Err(ApiError::invalid("Missing filter", "Search by filter[atsParameters][…] or filter[applicationMeta][…]"));
    }
    if let Some((key, _)) = meta.iter().find(|(key, _)| !["vacancy", "email"].contains(key)) {
        return Err(ApiError::invalid(
            "Invalid filter[applicationMeta]",
            format!("{key} cannot be searched by; use vacancy and email"),
        ));
    }
    Ok(Json(access.account.read(|state| {
        let matches = |application: &&Application| {
            parameters.iter().all(|(key, value)| application.ats.get(*key).is_some_and(|found| found == value))
                && meta.iter().all(|(key, value)| meta_matches(state, application, key, value))
        };
        let found = state.applications().filter(matches);
        json!({"data": found.map(|application| json!({"type": "applications", "id": application.id.as_str()})).collect::<Vec<Value>>()})
    })))
}

/// Mail addresses are kept in lower case.
fn known_as(key: &str, value: &str) -> String {
    if key == "email" { value.to_lowercase() } else { value.to_owned() }
}

fn meta_matches(state: &AccountState, application: &Application, key: &str, value: &str) -> bool {
    match key {
        "vacancy" => application.vacancy.as_str() == value,
        _ => state.candidate(&application.candidate).is_ok_and(|candidate| candidate.email.as_str() == value),
    }
}

/// Reads an application, with what `include` names.
#[utoipa::path(
    get, path = "/applications/{application}", operation_id = "readApplication", tag = "applications",
    params(
        ("include" = Option<String>, Query, description = "Names joined by commas: report, ats, matching-results, matching-indicators, vacancy, consents and other published ones."),
        ("Accept-Language" = Option<String>, Header, description = "The first language that the platform has is taken."),
    ),
    responses((status = 200, body = ref("#/components/schemas/ApplicationDocument"), headers(("Content-Language" = String, description = "The language of labels.")))),
    extensions(("x-fidelity" = json!(documented("harver-platform 9.3", "a_finished_application_is_read_with_all_its_quirks")))),
)]
pub(super) async fn read(
    State(platform): State<HarverPlatform>,
    access: Access,
    Id(application): Id<ApplicationId>,
    query: Query,
    headers: HeaderMap,
) -> Result<([(header::HeaderName, HeaderValue); 1], Json<Value>), ApiError> {
    let includes = Include::parse_list(query.get("include").unwrap_or_default())?;
    let now = platform.now();
    let links = if includes.contains(&Include::Report) {
        access.account.write(|state| read::report_links(state, &application, now)).await?
    } else {
        None
    };
    let (language, document) = access.account.read(|state| {
        let (vacancy, found) = state.journey(&application)?;
        let candidate = state.candidate(&found.candidate)?;
        let included = includes.iter().flat_map(|include| include.documents(&platform, vacancy, found, links.as_ref())).collect();
        Ok::<_, Refusal>((found.language, read::document(vacancy, found, candidate, included)))
    })?;
    let language = wanted_language(&headers).unwrap_or(language);
    Ok(([(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.code()))], Json(document)))
}

/// The first language of `Accept-Language` that the platform has.
fn wanted_language(headers: &HeaderMap) -> Option<Language> {
    let wanted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    wanted.split(',').find_map(|part| part.split(';').next()?.trim().parse().ok())
}

/// Sets the status of an application.
#[utoipa::path(
    patch, path = "/applications/{application}", operation_id = "changeApplication", tag = "applications",
    request_body = ref("#/components/schemas/StatusChange"),
    responses((status = 204)),
    extensions(("x-fidelity" = json!(documented("harver-platform 9.1", "status_and_ats_parameters_can_be_changed_within_limits")))),
)]
pub(super) async fn change(
    State(platform): State<HarverPlatform>,
    access: Access,
    Id(application): Id<ApplicationId>,
    body: Body,
) -> Result<StatusCode, ApiError> {
    let status = body.attributes()?.get("status").and_then(Value::as_str).unwrap_or_default();
    let status: ApplicationStatus =
        status.parse().map_err(|error: StatusError| ApiError::invalid("Invalid status", error.to_string()))?;
    let now = platform.now();
    access.account.write(|state| state.set_application_status(&application, status, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes an application: published for administrators, and not simulated.
#[utoipa::path(
    delete, path = "/applications/{application}", operation_id = "deleteApplication", tag = "applications",
    responses((status = 501, body = ref("#/components/schemas/Errors"))),
    extensions(("x-fidelity" = json!(documented("harver-platform 9.1", "what_is_not_simulated_is_refused_by_name")))),
)]
pub(super) async fn remove(_: Access, method: Method, uri: Uri) -> ApiError {
    not_simulated(method, uri).await
}

/// Sets ATS parameters: up to 20 pairs, values up to 50 characters.
#[utoipa::path(
    patch, path = "/applications/{application}/ats-parameters", operation_id = "changeAtsParameters", tag = "applications",
    request_body = ref("#/components/schemas/AtsParametersChange"),
    responses((status = 204)),
    extensions(("x-fidelity" = json!(documented("harver-platform 9.1", "status_and_ats_parameters_can_be_changed_within_limits")))),
)]
pub(super) async fn change_ats_parameters(
    access: Access,
    Id(application): Id<ApplicationId>,
    body: Body,
) -> Result<StatusCode, ApiError> {
    let parameters = ats_parameters(body.attributes()?, CHANGED_VALUE_LIMIT)
        .map_err(|detail| ApiError::invalid("Invalid attributes", detail))?;
    access.account.write(|state| state.set_ats_parameters(&application, &parameters)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says whether the candidate can apply again.
#[utoipa::path(
    get, path = "/applications/{application}/reapply/status", operation_id = "readReapplyStatus", tag = "applications",
    responses((status = 200, body = ref("#/components/schemas/ReapplyStatus"))),
    extensions(("x-fidelity" = json!(documented("harver-platform 9.1", "status_and_ats_parameters_can_be_changed_within_limits")))),
)]
pub(super) async fn reapply_status(
    State(platform): State<HarverPlatform>,
    access: Access,
    Id(application): Id<ApplicationId>,
) -> Result<Json<Value>, ApiError> {
    let can = access.account.read(|state| state.can_reapply(&application, platform.now()))?;
    Ok(Json(json!({"data": {"canReapply": can}})))
}
