//! The checks, and the toggle that runs them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::access::Configures;
use crate::checks::{Check, Outcome, Report};
use crate::settings;
use crate::web::{ApiError, ErrorEnvelope};

/// What came of the checks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CheckReport {
    /// Whether the integration is enabled now.
    enabled: bool,
    /// Whether nothing has failed.
    good: bool,
    /// Each check, in the order of the guide.
    checks: Vec<CheckResult>,
}

/// Why the integration is not enabled.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes the two bodies of one status, which are answered each in its own way")]
enum NotEnabled {
    /// A check has failed.
    Checked(CheckReport),
    /// It could not be enabled.
    Refused(ErrorEnvelope),
}

/// One check.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CheckResult {
    /// Stable, such as `icims-credentials`.
    id: &'static str,
    /// What was checked.
    title: &'static str,
    /// `passed`, `warning` or `failed`.
    outcome: &'static str,
    /// What was found.
    why: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
    /// Who can do it.
    #[serde(skip_serializing_if = "Option::is_none")]
    whom: Option<&'static str>,
}

impl From<Check> for CheckResult {
    fn from(check: Check) -> Self {
        let outcome = match check.outcome {
            Outcome::Passed => "passed",
            Outcome::Warning => "warning",
            Outcome::Failed => "failed",
        };
        let (fix, whom) = check.next_step.map(|(fix, whom)| (fix, whom.label())).unzip();
        Self { id: check.id, title: check.title, outcome, why: check.why, fix, whom }
    }
}

impl CheckReport {
    fn new(report: Report, enabled: bool) -> Self {
        Self { enabled, good: report.is_good(), checks: report.checks.into_iter().map(CheckResult::from).collect() }
    }
}

/// Runs the checks and changes nothing.
#[utoipa::path(
    post, path = "/api/v1/checks", operation_id = "runChecks", tag = "settings", security(("token" = [])),
    responses(
        (status = 200, description = "What came of them.", body = CheckReport),
        (status = 401, description = "No token, or one that does not open.", body = ErrorEnvelope),
        (status = 403, description = "The token is not a Harver Admin's.", body = ErrorEnvelope),
        (status = 503, description = "The store does not answer.", body = ErrorEnvelope),
    ),
)]
pub(super) async fn check(State(api): State<Api>, caller: Configures) -> Result<Json<CheckReport>, ApiError> {
    let customer = caller.load(&api).await?;
    let report = api.checker.run(&customer).await;
    Ok(Json(CheckReport::new(report, customer.enabled)))
}

/// Runs the checks, and enables the integration if nothing has failed.
#[utoipa::path(
    post, path = "/api/v1/enable", operation_id = "enable", tag = "settings", security(("token" = [])),
    responses(
        (status = 200, description = "It is enabled.", body = CheckReport),
        (status = 401, description = "No token, or one that does not open.", body = ErrorEnvelope),
        (status = 403, description = "The token is not a Harver Admin's.", body = ErrorEnvelope),
        (status = 409, description = "A check has failed, and the integration is as it was. Or there is an `error` instead of `checks`: the settings were changed while the checks ran, or the integration is not added yet.", body = NotEnabled),
        (status = 503, description = "The store does not answer.", body = ErrorEnvelope),
    ),
)]
pub(super) async fn enable(State(api): State<Api>, caller: Configures) -> Result<(StatusCode, Json<CheckReport>), ApiError> {
    let customer = caller.load(&api).await?;
    let report = api.checker.run(&customer).await;
    if !report.is_good() {
        return Ok((StatusCode::CONFLICT, Json(CheckReport::new(report, customer.enabled))));
    }
    let (id, by) = (customer.id, caller.by(&api));
    api.store.write(move |tx| settings::enable(tx, &customer, &by)).await?;
    tracing::info!(customer.id = %id, "The integration was enabled by the API.");
    Ok((StatusCode::OK, Json(CheckReport::new(report, true))))
}

/// Disables the integration: events are refused, and what is under way goes on to its end.
#[utoipa::path(
    post, path = "/api/v1/disable", operation_id = "disable", tag = "settings", security(("token" = [])),
    responses(
        (status = 204, description = "It is disabled."),
        (status = 401, description = "No token, or one that does not open.", body = ErrorEnvelope),
        (status = 403, description = "The token is not a Harver Admin's.", body = ErrorEnvelope),
        (status = 409, description = "The integration is not added yet.", body = ErrorEnvelope),
        (status = 503, description = "The store does not answer.", body = ErrorEnvelope),
    ),
)]
pub(super) async fn disable(State(api): State<Api>, caller: Configures) -> Result<StatusCode, ApiError> {
    let (id, by) = (caller.customer(), caller.by(&api));
    api.store.write(move |tx| settings::disable(tx, id, &by)).await?;
    tracing::info!(customer.id = %id, "The integration was disabled by the API.");
    Ok(StatusCode::NO_CONTENT)
}
