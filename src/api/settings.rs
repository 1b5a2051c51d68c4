//! Reading and changing the settings, and who has changed them.

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::access::Configures;
use super::body::Read;
use crate::settings::{self, Difference, Document};
use crate::store::history::{self, SettingChange};
use crate::web::{ApiError, ErrorEnvelope};

/// How many changes are listed where nothing is said.
const LISTED: u32 = 100;
/// The most that are listed at once.
const MOST_LISTED: u32 = 1_000;

/// What a change has changed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Changed {
    /// The settings that are not the same any more; none where everything was so already.
    changed: Vec<ChangedSetting>,
}

/// One setting.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangedSetting {
    /// Such as `icims.base_url`.
    setting: &'static str,
    /// What it was; of a secret only that there was one.
    was: String,
    /// What it is now.
    became: String,
}

impl From<Vec<Difference>> for Changed {
    fn from(differing: Vec<Difference>) -> Self {
        let changed = differing.into_iter();
        Self { changed: changed.map(|Difference { setting, was, became }| ChangedSetting { setting, was, became }).collect() }
    }
}

/// Reads the settings, without the secrets.
#[utoipa::path(
    get, path = "/api/v1/settings", operation_id = "readSettings", tag = "settings", security(("token" = [])),
    responses(
        (status = 200, description = "The settings.", body = Document),
        (status = 401, description = "No token, or one that does not open.", body = ErrorEnvelope),
        (status = 403, description = "The token is not a Harver Admin's.", body = ErrorEnvelope),
        (status = 503, description = "The store does not answer.", body = ErrorEnvelope),
    ),
)]
pub(super) async fn read(State(api): State<Api>, caller: Configures) -> Result<Json<Document>, ApiError> {
    Ok(Json(Document::of(&caller.load(&api).await?, api.clock.now())))
}

/// Changes the settings that the body names, all or none.
#[utoipa::path(
    patch, path = "/api/v1/settings", operation_id = "changeSettings", tag = "settings", security(("token" = [])),
    description = "What is left out stays. Whether the integration is enabled is changed by its own calls, which run the checks.",
    request_body = Document,
    responses(
        (status = 200, description = "Stored, with a line of history for each setting that changed.", body = Changed),
        (status = 400, description = "The body cannot be read.", body = ErrorEnvelope),
        (status = 401, description = "No token, or one that does not open.", body = ErrorEnvelope),
        (status = 403, description = "The token is not a Harver Admin's.", body = ErrorEnvelope),
        (status = 409, description = "The integration is not added yet.", body = ErrorEnvelope),
        (status = 422, description = "Settings that cannot be used, by name under `fields`.", body = ErrorEnvelope),
        (status = 503, description = "The store does not answer.", body = ErrorEnvelope),
    ),
)]
pub(super) async fn change(
    State(api): State<Api>,
    caller: Configures,
    Read(document): Read<Document>,
) -> Result<Json<Changed>, ApiError> {
    let (id, by, rules) = (caller.customer(), caller.by(&api), api.rules);
    let changed = api.store.write(move |tx| settings::save(tx, id, &document, rules, &by)).await?;
    Ok(Json(changed.into()))
}

/// Which changes are wanted.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    /// Only those before the change with this id.
    before: Option<i64>,
    /// How many at most: 1 to 1000. Default: 100.
    limit: Option<u32>,
}

/// The history of the settings.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct History {
    /// Newest first.
    changes: Vec<PastChange>,
}

/// One setting that was changed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PastChange {
    /// Later changes have higher ones.
    id: i64,
    /// When (RFC 3339).
    at: String,
    /// Whose sign-in or token it was.
    who: String,
    /// `console`, `api`, `file` or `command line`.
    way: String,
    /// Such as `icims.base_url`.
    setting: String,
    /// What it was; of a secret only that there was one.
    was: String,
    /// What it became.
    became: String,
}

impl From<SettingChange> for PastChange {
    fn from(SettingChange { id, at, who, way, setting, was, became }: SettingChange) -> Self {
        Self { id, at: at.to_string(), who, way, setting, was, became }
    }
}

/// Lists who changed which setting when.
#[utoipa::path(
    get, path = "/api/v1/settings/history", operation_id = "listSettingChanges", tag = "settings", security(("token" = [])),
    params(("before" = Option<i64>, Query, description = "Only those before the change with this id."), ("limit" = Option<u32>, Query, description = "How many at most: 1 to 1000. Default: 100.")),
    responses(
        (status = 200, description = "The changes.", body = History),
        (status = 400, description = "A query parameter cannot be used.", body = ErrorEnvelope),
        (status = 401, description = "No token, or one that does not open.", body = ErrorEnvelope),
        (status = 403, description = "The token is not a Harver Admin's.", body = ErrorEnvelope),
        (status = 503, description = "The store does not answer.", body = ErrorEnvelope),
    ),
)]
pub(super) async fn history(
    State(api): State<Api>,
    caller: Configures,
    wanted: Result<Query<Wanted>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<History>, ApiError> {
    let wrong = |message: &str| ApiError::bad_request("unusable_parameter", message);
    let Query(wanted) = wanted.map_err(|_| wrong("before and limit are whole numbers."))?;
    let limit = wanted.limit.unwrap_or(LISTED);
    if !(1..=MOST_LISTED).contains(&limit) {
        return Err(wrong("limit is a number from 1 to 1000."));
    }
    let id = caller.customer();
    let changes = api.store.read(move |tx| history::changes(tx, id, wanted.before, limit)).await;
    let changes = changes.map_err(|error| ApiError::unavailable(&error))?;
    Ok(Json(History { changes: changes.into_iter().map(PastChange::from).collect() }))
}
