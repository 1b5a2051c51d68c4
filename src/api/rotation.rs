//! New passwords for those who call the integration.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::access::Configures;
use super::body::Read;
use crate::domain::{Customer, InboundCredentials};
use crate::settings;
use crate::web::{ApiError, ErrorEnvelope, new_password};

/// The longest time that two passwords are valid side by side.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 30);

/// When the present password ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rotation {
    /// From when the present password is refused (RFC 3339), within 30 days. Left out: now.
    former_until: Option<String>,
}

/// The new credentials.
#[derive(Serialize, ToSchema)]
pub(super) struct Rotated {
    /// The user name, as before.
    username: String,
    /// The new password. It is told here once, for whoever enters it on the other side.
    password: String,
    /// From when the former password is refused.
    former_until: String,
}

/// Gives out a new password; the present one opens beside it until the announced moment.
#[utoipa::path(
    post, path = "/api/v1/credentials/{which}/rotate", operation_id = "rotateCredentials", tag = "settings",
    security(("token" = [])),
    params(("which" = String, Path, description = "`events`, what iCIMS presents, or `webhooks`, what the Harver platform presents.")),
    request_body = Rotation,
    responses(
        (status = 200, description = "Both passwords open until the moment, then the new one alone.", body = Rotated),
        (status = 400, description = "The moment cannot be used.", body = ErrorEnvelope),
        (status = 401, description = "No token, or one that does not open.", body = ErrorEnvelope),
        (status = 403, description = "The token is not a Harver Admin's.", body = ErrorEnvelope),
        (status = 404, description = "There are no such credentials.", body = ErrorEnvelope),
        (status = 409, description = "The integration is not added yet.", body = ErrorEnvelope),
        (status = 503, description = "The store does not answer.", body = ErrorEnvelope),
    ),
)]
pub(super) async fn rotate(
    State(api): State<Api>,
    caller: Configures,
    Path(which): Path<String>,
    Read(rotation): Read<Rotation>,
) -> Result<Json<Rotated>, ApiError> {
    let credentials: fn(&mut Customer) -> &mut InboundCredentials = match which.as_str() {
        "events" => |customer| &mut customer.events,
        "webhooks" => |customer| &mut customer.webhooks,
        _ => {
            let message = "There are credentials of two callers: events and webhooks.";
            return Err(ApiError::new(StatusCode::NOT_FOUND, "unknown_credentials", message));
        }
    };
    let (id, by) = (caller.customer(), caller.by(&api));
    let until = moment(rotation.former_until.as_deref(), by.now)?;
    let password = new_password();
    let secret = password.clone();
    let username = api.store.write(move |tx| settings::rotate(tx, id, credentials, secret.as_str().into(), until, &by)).await?;
    tracing::info!(customer.id = %id, which, %until, "Credentials were rotated by the API.");
    Ok(Json(Rotated { username, password, former_until: until.to_string() }))
}

fn moment(typed: Option<&str>, now: Timestamp) -> Result<Timestamp, ApiError> {
    let Some(typed) = typed else { return Ok(now) };
    let latest = now.saturating_add(LONGEST).unwrap_or(Timestamp::MAX);
    let until = typed.trim().parse::<Timestamp>().ok().filter(|until| (now..=latest).contains(until));
    until.ok_or_else(|| {
        let message = "former_until is a moment like 2026-03-05T14:00:00Z, not past and at most 30 days from now.";
        ApiError::bad_request("unusable_moment", message)
    })
}
