//! The token endpoint: OAuth 2.0 client credentials (icims-api 2.3).

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};
use url::form_urlencoded;

use crate::engine::{DiskError, Subject, read_json};
use crate::icims::Icims;
use crate::icims::state::tokens::LIFETIME;
use crate::icims::state::{CLIENT, Region};
use crate::reference::observed;

use super::auth::same;
use super::error::ok_json;
use super::extract::is_json;

/// A refused token request; the table of icims-api 2.3.
pub(super) enum TokenRefusal {
    Grant,
    Client,
    /// The audience of another region.
    NotGranted(String),
    /// The audience of nothing.
    Unknown(String),
    TooMany,
    Storage(DiskError),
}

impl From<DiskError> for TokenRefusal {
    fn from(error: DiskError) -> Self {
        Self::Storage(error)
    }
}

impl IntoResponse for TokenRefusal {
    fn into_response(self) -> Response {
        let (status, error, description) = match self {
            Self::Grant => (StatusCode::FORBIDDEN, "unauthorized_client", "Grant type must be client_credentials.".to_owned()),
            Self::Client => (StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized".to_owned()),
            Self::NotGranted(audience) => {
                let description = format!("Client is not authorized to access \"{audience}\".");
                (StatusCode::FORBIDDEN, "access_denied", description)
            }
            Self::Unknown(audience) => (StatusCode::FORBIDDEN, "access_denied", format!("Service not found: {audience}")),
            Self::TooMany => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Keep a token for its whole lifetime.".to_owned())
            }
            Self::Storage(error) => {
                tracing::error!(%error, "An access token could not be stored.");
                (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Internal error.".to_owned())
            }
        };
        let body = json!({"error": error, "error_description": description}).to_string();
        (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
    }
}

/// Hands out an access token for client credentials (icims-api 2.3).
#[utoipa::path(
    post, path = "/oauth/token", operation_id = "fetchToken", tag = "authentication", security(()),
    request_body(content(
        (ref("#/components/schemas/TokenRequest") = "application/x-www-form-urlencoded"),
        (ref("#/components/schemas/TokenRequest") = "application/json"),
    )),
    responses(
        (status = 200, body = ref("#/components/schemas/Token")),
        (status = 401, body = ref("#/components/schemas/TokenRefusal")),
        (status = 403, body = ref("#/components/schemas/TokenRefusal")),
        (status = 400, body = ref("#/components/schemas/TokenRefusal")),
        (status = 413, body = ref("#/components/schemas/TokenRefusal")),
        (status = 415, body = ref("#/components/schemas/TokenRefusal")),
        (status = 429, body = ref("#/components/schemas/TokenRefusal")),
    ),
    extensions(("x-fidelity" = json!(observed("icims-api 2.3", "a_token_opens_the_api_for_a_day")))),
)]
pub(super) async fn token(State(icims): State<Icims>, headers: HeaderMap, body: Bytes) -> Result<Response, TokenRefusal> {
    let request = TokenRequest::read(&headers, &body);
    if request.grant != "client_credentials" {
        return Err(TokenRefusal::Grant);
    }
    let login = icims.registry().owner(CLIENT, &request.client).ok_or(TokenRefusal::Client)?;
    let id = login.customer;
    let customer = icims.customer(id).ok_or(TokenRefusal::Client)?;
    let (knows_it, region) = customer.read(|state| {
        let user = state.integration_user(&login.whose);
        (user.is_some_and(|user| same(&user.client_secret, &request.secret)), state.info().region)
    });
    if !knows_it || request.secret.is_empty() {
        return Err(TokenRefusal::Client);
    }
    match Region::of_audience(&request.audience) {
        Some(asked) if asked == region => {}
        Some(_) => return Err(TokenRefusal::NotGranted(request.audience)),
        None => return Err(TokenRefusal::Unknown(request.audience)),
    }
    let (seed, now) = (icims.0.surroundings.seed, icims.clock().now());
    let token = customer.write(|state| state.issue_token(&login.whose, seed, now).ok_or(TokenRefusal::TooMany)).await?;
    let mut answer = ok_json(&json!({"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME.as_secs()}));
    answer.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    answer.extensions_mut().insert(Subject { customer: Some(id.to_string()), workflow: None });
    Ok(answer)
}

#[derive(Default)]
struct TokenRequest {
    grant: String,
    client: String,
    secret: String,
    audience: String,
}

impl TokenRequest {
    /// Reads a form, or JSON when the content type says so; what cannot be read is missing.
    fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        let mut request = Self::default();
        if is_json(headers) {
            let json: Json = read_json(body).unwrap_or_default();
            for (name, value) in json.as_object().into_iter().flatten() {
                request.set(name, value.as_str().unwrap_or_default());
            }
        } else {
            for (name, value) in form_urlencoded::parse(body) {
                request.set(&name, &value);
            }
        }
        request
    }

    fn set(&mut self, name: &str, value: &str) {
        let target = match name {
            "grant_type" => &mut self.grant,
            "client_id" => &mut self.client,
            "client_secret" => &mut self.secret,
            "audience" => &mut self.audience,
            _ => return,
        };
        value.clone_into(target);
    }
}
