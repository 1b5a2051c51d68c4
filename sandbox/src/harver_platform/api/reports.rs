//! Links to reports that work without signing in (`harver-platform.md` 9.1 and 10). The bodies are *assumed*.

use axum::Json;
use axum::extract::State;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::error::ApiError;
use super::guard::Access;
use super::request::{Id, Query};
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::model::{ApplicationId, ReportKind};
use crate::reference::documented;

/// Two weeks to a year, in seconds.
const EXPIRES_IN: std::ops::RangeInclusive<i64> = 1_209_600..=31_536_000;
/// How long an interview guide can be opened without `extendedValidity`; "short" in the documents, 15 minutes *assumed*.
const GUIDE_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// And with it: two months.
const EXTENDED_GUIDE_LIFE: SignedDuration = SignedDuration::from_hours(24 * 60);

/// Makes a link to the reports hub.
#[utoipa::path(
    get, path = "/applications/{application}/reports/reports-hub", operation_id = "linkReportsHub", tag = "reports",
    params(
        ("expiresIn" = Option<i64>, Query, minimum = 1_209_600, maximum = 31_536_000, description = "How long the link works, in seconds: two weeks to a year."),
        ("allowedPII" = Option<bool>, Query, description = "Whether the report shows who the candidate is."),
    ),
    responses((status = 200, body = ref("#/components/schemas/ReportLink"))),
    extensions(("x-fidelity" = json!(documented("harver-platform 9.1, 10", "a_report_link_has_bounds_and_says_when_it_expires")))),
)]
pub(super) async fn reports_hub(
    State(platform): State<HarverPlatform>,
    access: Access,
    Id(application): Id<ApplicationId>,
    query: Query,
) -> Result<Json<Value>, ApiError> {
    let seconds = query.number("expiresIn")?.unwrap_or(*EXPIRES_IN.start());
    if !EXPIRES_IN.contains(&seconds) {
        let detail = format!("expiresIn must be {} to {} seconds", EXPIRES_IN.start(), EXPIRES_IN.end());
        return Err(ApiError::invalid("Invalid expiresIn", detail));
    }
    let allowed_pii = query.flag("allowedPII")?;
    let life = SignedDuration::from_secs(seconds);
    link(&platform, &access, &application, ReportKind::ReportsHub, life, allowed_pii).await
}

/// Makes a link to the interview guide.
#[utoipa::path(
    get, path = "/applications/{application}/reports/interview-guides", operation_id = "linkInterviewGuide", tag = "reports",
    params(("extendedValidity" = Option<bool>, Query, description = "Two months instead of minutes.")),
    responses((status = 200, body = ref("#/components/schemas/ReportLink"))),
    extensions(("x-fidelity" = json!(documented("harver-platform 9.1, 10", "a_report_link_has_bounds_and_says_when_it_expires")))),
)]
pub(super) async fn interview_guide(
    State(platform): State<HarverPlatform>,
    access: Access,
    Id(application): Id<ApplicationId>,
    query: Query,
) -> Result<Json<Value>, ApiError> {
    let life = if query.flag("extendedValidity")? { EXTENDED_GUIDE_LIFE } else { GUIDE_LIFE };
    link(&platform, &access, &application, ReportKind::InterviewGuide, life, true).await
}

async fn link(
    platform: &HarverPlatform,
    access: &Access,
    application: &ApplicationId,
    kind: ReportKind,
    life: SignedDuration,
    allowed_pii: bool,
) -> Result<Json<Value>, ApiError> {
    let now = platform.now();
    let (token, expires_at) = access.account.write(|state| state.link_report(application, kind, life, allowed_pii, now)).await?;
    let language = access.account.read(|state| state.application(application).map(|found| found.language))?;
    let (name, url) = match kind {
        ReportKind::ReportsHub => ("reports-hub", format!("/reports-hub?token={token}&lang={language}")),
        _ => ("interview-guides", format!("/reports/interview-guide?token={token}")),
    };
    Ok(Json(json!({"data": {"type": name, "attributes": {"url": platform.url(&url), "expiresAt": expires_at.as_second()}}})))
}
