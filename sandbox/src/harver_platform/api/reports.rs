//! Links to reports that work without signing in (`harver-platform.md` 9.1 and 10). The bodies are *assumed*.

use axum::Json;
use axum::extract::State;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::error::ApiError;
use super::guard::Access;
use super::request::{Id, Query};
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::model::{
    ApplicationId, EXTENDED_GUIDE_LIFE, HUB_LIFE, LONGEST_HUB_LIFE, Language, LanguageError, ReportKind,
};
use crate::reference::documented;

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
    let (shortest, longest) = (HUB_LIFE.as_secs(), LONGEST_HUB_LIFE.as_secs());
    let seconds = query.number("expiresIn")?.unwrap_or(shortest);
    if !(shortest..=longest).contains(&seconds) {
        let detail = format!("expiresIn must be {shortest} to {longest} seconds");
        return Err(ApiError::invalid("Invalid expiresIn", detail));
    }
    let allowed_pii = query.flag("allowedPII")?;
    let life = SignedDuration::from_secs(seconds);
    link(&platform, &access, &application, ReportKind::ReportsHub, life, allowed_pii, None).await
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
    let life = if query.flag("extendedValidity")? { EXTENDED_GUIDE_LIFE } else { ReportKind::InterviewGuide.life() };
    link(&platform, &access, &application, ReportKind::InterviewGuide, life, true, None).await
}

/// Makes a link to the development report, which the candidate may read.
#[utoipa::path(
    get, path = "/applications/{application}/reports/development-reports", operation_id = "linkDevelopmentReport", tag = "reports",
    params(("locale" = Option<String>, Query, description = "The language of the report, such as `en-US`; the candidate's own without it.")),
    responses((status = 200, body = ref("#/components/schemas/ReportLink"))),
    extensions(("x-fidelity" = json!(documented("harver-platform 9.1, 10", "a_development_report_comes_in_the_language_asked_for")))),
)]
pub(super) async fn development_report(
    State(platform): State<HarverPlatform>,
    access: Access,
    Id(application): Id<ApplicationId>,
    query: Query,
) -> Result<Json<Value>, ApiError> {
    let locale: Option<Language> = match query.get("locale") {
        Some(code) => Some(code.parse().map_err(|error: LanguageError| ApiError::invalid("Invalid locale", error.to_string()))?),
        None => None,
    };
    let kind = ReportKind::DevelopmentReport;
    link(&platform, &access, &application, kind, kind.life(), true, locale).await
}

async fn link(
    platform: &HarverPlatform,
    access: &Access,
    application: &ApplicationId,
    kind: ReportKind,
    life: SignedDuration,
    allowed_pii: bool,
    locale: Option<Language>,
) -> Result<Json<Value>, ApiError> {
    let now = platform.now();
    let (token, expires_at) = access.account.write(|state| state.link_report(application, kind, life, allowed_pii, now)).await?;
    let own = access.account.read(|state| state.application(application).map(|found| found.language))?;
    let mut url = kind.address(&token);
    if kind == ReportKind::ReportsHub || locale.is_some() {
        url = format!("{url}&lang={}", locale.unwrap_or(own));
    }
    let name = match kind {
        ReportKind::ReportsHub => "reports-hub",
        ReportKind::DevelopmentReport => "development-reports",
        _ => "interview-guides",
    };
    Ok(Json(json!({"data": {"type": name, "attributes": {"url": platform.url(&url), "expiresAt": expires_at.as_second()}}})))
}
