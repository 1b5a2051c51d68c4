//! Candidates: those of a vacancy, and one by mail address. The bodies of these lists are *assumed*.

use axum::Json;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::error::ApiError;
use super::guard::Access;
use super::read;
use super::request::{Id, Query};
use crate::harver_platform::model::{AccountId, Application, ApplicationStatus, Candidate, Email, VacancyId};
use crate::harver_platform::state::AccountState;
use crate::reference::assumed;

/// Lists the candidates of a vacancy.
#[utoipa::path(
    get, path = "/vacancies/{vacancy}/candidates", operation_id = "listCandidatesOfVacancy", tag = "candidates",
    params(
        ("filter[status]" = Option<String>, Query, description = "Only those with this status."),
        ("filter[status-updated-at][since]" = Option<i64>, Query, description = "Only those whose status changed at or after this moment, in epoch seconds."),
    ),
    responses((status = 200, body = ref("#/components/schemas/Candidates"))),
    extensions(("x-fidelity" = json!(assumed("harver-platform 9.1", "finished_candidates_are_found_by_polling_and_by_our_own_keys")))),
)]
pub(super) async fn of_vacancy(access: Access, Id(vacancy): Id<VacancyId>, query: Query) -> Result<Json<Value>, ApiError> {
    let status = query.get("filter[status]").map(str::parse::<ApplicationStatus>).transpose();
    let status = status.map_err(|error| ApiError::invalid("Invalid filter[status]", error.to_string()))?;
    let since = query.number("filter[status-updated-at][since]")?;
    let since = since.map_or(Ok(Timestamp::MIN), Timestamp::from_second);
    let since = since.map_err(|error| ApiError::invalid("Invalid filter[status-updated-at][since]", error.to_string()))?;
    access.account.read(|state| {
        state.vacancy(&vacancy)?;
        let shown = state.applications().filter(|application| {
            application.vacancy == vacancy
                && status.is_none_or(|status| application.status == status)
                && application.status_updated_at >= since
        });
        Ok(Json(json!({"data": shown.filter_map(|application| listed(state, application)).collect::<Vec<Value>>()})))
    })
}

/// Finds a candidate by mail address: an empty array when nobody has it.
#[utoipa::path(
    get, path = "/accounts/{account}/candidates", operation_id = "findCandidate", tag = "candidates",
    params(("filter[email]" = String, Query, description = "The mail address.")),
    responses((status = 200, body = ref("#/components/schemas/Candidates"))),
    extensions(("x-fidelity" = json!(assumed("harver-platform 9.1", "finished_candidates_are_found_by_polling_and_by_our_own_keys")))),
)]
pub(super) async fn by_email(access: Access, Id(account): Id<AccountId>, query: Query) -> Result<Json<Value>, ApiError> {
    access.may_see(&account)?;
    let email = query
        .get("filter[email]")
        .ok_or_else(|| ApiError::invalid("Missing filter[email]", "Name a mail address in filter[email]"))?;
    Ok(Json(access.account.read(|state| {
        let found = email.parse::<Email>().ok().and_then(|email| state.candidate_by_email(&email));
        json!({"data": found.map(person).into_iter().collect::<Vec<Value>>()})
    })))
}

fn person(candidate: &Candidate) -> Value {
    let applications: Vec<Value> =
        candidate.applications.iter().map(|id| json!({"type": "applications", "id": id.as_str()})).collect();
    json!({
        "type": "candidates",
        "id": candidate.id.as_str(),
        "attributes": {
            "firstName": candidate.name.first,
            "lastName": candidate.name.last,
            "email": candidate.email.as_str(),
            "phoneNumber": candidate.phone,
        },
        "relationships": {"applications": {"data": applications}},
    })
}

/// A candidate with where one application stands; scores in lists are whole numbers (`harver-platform.md` 9.3).
fn listed(state: &AccountState, application: &Application) -> Option<Value> {
    let candidate = state.candidate(&application.candidate).ok()?;
    let vacancy = state.vacancy(&application.vacancy).ok()?;
    let mut entry = person(candidate);
    entry["relationships"]["applications"]["data"] = json!([{"type": "applications", "id": application.id.as_str()}]);
    let attributes = entry["attributes"].as_object_mut()?;
    attributes.extend(read::standing(vacancy, application));
    if let Some(result) = &application.result {
        attributes.insert("matchingScore".into(), result.rounded().into());
    }
    Some(entry)
}
