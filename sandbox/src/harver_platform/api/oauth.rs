//! Access tokens: `POST /oauth/token` (`harver-platform.md` 9).

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::correlation::AnsweredFor;
use super::error::ApiError;
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::state::Refusal;
use crate::reference::documented;

/// Hands out an access token for client credentials. The answer has camelCase names, not those of RFC 6749.
#[utoipa::path(
    post, path = "/oauth/token", operation_id = "fetchToken", tag = "authentication", security(()),
    request_body(content = ref("#/components/schemas/TokenRequest"), content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = ref("#/components/schemas/Token")), (status = 400, body = ref("#/components/schemas/OAuthError")), (status = 413, body = ref("#/components/schemas/OAuthError")), (status = 415, body = ref("#/components/schemas/OAuthError"))),
    extensions(("x-fidelity" = json!(documented("harver-platform 9", "a_token_is_handed_out_in_camel_case_for_an_hour")))),
)]
pub(super) async fn token(
    State(platform): State<HarverPlatform>,
    body: Bytes,
) -> Result<(Extension<AnsweredFor>, Json<Value>), ApiError> {
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let field = |name: &str| form.get(name).filter(|value| !value.is_empty());
    match field("grant_type").map(String::as_str) {
        Some("client_credentials") => {}
        Some(_) => return Err(refused("unsupported_grant_type", "Unsupported grant type: use client_credentials")),
        None => return Err(refused("invalid_request", "Missing parameter: `grant_type`")),
    }
    let client_id = field("client_id").ok_or_else(|| refused("invalid_request", "Missing parameter: `client_id`"))?;
    let client_secret = field("client_secret").ok_or_else(|| refused("invalid_request", "Missing parameter: `client_secret`"))?;
    let account =
        platform.account_of_client(client_id).filter(|tenant| tenant.read(|state| state.knows_client(client_id, client_secret)));
    let account = account.ok_or_else(|| refused("invalid_client", "Invalid client: client is invalid"))?;
    let now = platform.now();
    let (grant, id) =
        account.write(|state| Ok::<_, Refusal>((state.grant_token(client_id, now), state.profile().id.clone()))).await?;
    let user = id.to_string();
    let answer = Json(json!({
        "accessToken": grant.token,
        "accessTokenExpiresAt": grant.expires_at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        "user": {"id": user},
        "userProfile": {},
        "client": {
            "id": client_id, "secret": client_secret, "userId": user,
            "roles": ["integration"], "redirectUris": [], "grants": ["client_credentials"],
        },
    }));
    Ok((Extension(AnsweredFor(id)), answer))
}

fn refused(name: &'static str, message: &str) -> ApiError {
    ApiError::OAuth { status: StatusCode::BAD_REQUEST, name, message: message.into() }
}
