//! Vacancies: list, read, open and close.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::error::ApiError;
use super::guard::Access;
use super::request::{Body, Id, Query};
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::model::{AccountId, ApplicationStatus, Vacancy, VacancyId, VacancyStatus, VacancyStatusError};
use crate::harver_platform::state::AccountState;
use crate::reference::documented;

/// Lists the vacancies of an account, with the number of candidates in each status.
#[utoipa::path(
    get, path = "/accounts/{account}/vacancies", operation_id = "listVacancies", tag = "vacancies",
    params(
        ("filter[status]" = Option<String>, Query, description = "`open`, `closed` or `draft`."),
        ("filter[skip_aggregation]" = Option<bool>, Query, description = "Leaves the numbers out."),
    ),
    responses((status = 200, body = ref("#/components/schemas/Vacancies"))),
    extensions(("x-fidelity" = json!(documented("harver-platform 9.1", "vacancies_are_listed_by_status_with_their_counts")))),
)]
pub(super) async fn list(
    State(platform): State<HarverPlatform>,
    access: Access,
    Id(account): Id<AccountId>,
    query: Query,
) -> Result<Json<Value>, ApiError> {
    access.may_see(&account)?;
    let wanted: Option<VacancyStatus> = query.get("filter[status]").map(parse_status).transpose()?;
    let skips_counts = query.flag("filter[skip_aggregation]")?;
    Ok(Json(access.account.read(|state| {
        let shown = state.vacancies().filter(|vacancy| wanted.is_none_or(|status| vacancy.status == status));
        let entry = |vacancy: &Vacancy| {
            let mut entry = document(&platform, vacancy);
            if !skips_counts {
                entry["meta"] = json!({"candidates-per-status": counts(state, &vacancy.id)});
            }
            entry
        };
        json!({"data": shown.map(entry).collect::<Vec<Value>>()})
    })))
}

/// Reads a vacancy.
#[utoipa::path(
    get, path = "/vacancies/{vacancy}", operation_id = "readVacancy", tag = "vacancies",
    responses((status = 200, body = ref("#/components/schemas/VacancyDocument"))),
    extensions(("x-fidelity" = json!(documented("harver-platform 9.1", "a_vacancy_is_read_with_its_names_its_status_and_where_to_apply")))),
)]
pub(super) async fn read(
    State(platform): State<HarverPlatform>,
    access: Access,
    Id(vacancy): Id<VacancyId>,
) -> Result<Json<Value>, ApiError> {
    access.account.read(|state| Ok(Json(json!({"data": document(&platform, state.vacancy(&vacancy)?)}))))
}

/// Opens or closes a vacancy.
#[utoipa::path(
    patch, path = "/vacancies/{vacancy}", operation_id = "changeVacancy", tag = "vacancies",
    request_body = ref("#/components/schemas/VacancyStatusChange"),
    responses((status = 204)),
    extensions(("x-fidelity" = json!(documented("harver-platform 9.1", "a_vacancy_must_exist_and_be_open_to_register")))),
)]
pub(super) async fn change(access: Access, Id(vacancy): Id<VacancyId>, body: Body) -> Result<StatusCode, ApiError> {
    let status = body.attributes()?.get("status").and_then(Value::as_str);
    let status = status.ok_or_else(|| ApiError::invalid("Missing status", "attributes.status must be open, closed or draft"))?;
    let status = parse_status(status)?;
    access.account.write(|state| state.set_vacancy_status(&vacancy, status)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn parse_status(text: &str) -> Result<VacancyStatus, ApiError> {
    text.parse().map_err(|error: VacancyStatusError| ApiError::invalid("Invalid status", error.to_string()))
}

/// A vacancy as the API shows it.
pub(super) fn document(platform: &HarverPlatform, vacancy: &Vacancy) -> Value {
    let settings = &vacancy.settings;
    json!({
        "type": "vacancies",
        "id": vacancy.id.as_str(),
        "attributes": {
            "name": settings.internal_title,
            "title": settings.public_title,
            "description": settings.description,
            "location": settings.location,
            "status": vacancy.status.as_str(),
            "createdAt": vacancy.created_at.as_second(),
            "applicationUrl": platform.url(&format!("/app/landing/{}", vacancy.id)),
        },
    })
}

fn counts(state: &AccountState, vacancy: &VacancyId) -> BTreeMap<&'static str, usize> {
    let mut counts: BTreeMap<&'static str, usize> = ApplicationStatus::ALL.map(|status| (status.as_str(), 0)).into();
    for application in state.applications().filter(|application| &application.vacancy == vacancy) {
        *counts.entry(application.status.as_str()).or_default() += 1;
    }
    counts
}
