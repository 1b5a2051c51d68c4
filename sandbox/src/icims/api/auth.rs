//! Who is calling: OAuth 2.0 client credentials and Basic (icims-api 2).

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};
use subtle::ConstantTimeEq;
use url::form_urlencoded;

use crate::engine::{DiskError, Subject};
use crate::icims::Icims;
use crate::icims::state::tokens::LIFETIME;
use crate::reference::documented;

use super::error::{ApiError, Code, ok_json};

/// What the API calls itself in token requests, with its trailing slash (icims-api 2.3). The regional ones are *assumed*.
const AUDIENCES: [&str; 4] =
    ["https://api.icims.com/v1/", "https://api-eu.icims.com/v1/", "https://api-ca.icims.com/v1/", "https://api.icims.ca/v1/"];
/// Largest token request that is read.
const FORM_LIMIT: usize = 64 * 1024;

/// The customer whose integration user a request comes from.
pub(super) fn authenticate(icims: &Icims, headers: &HeaderMap) -> Result<u64, ApiError> {
    let rejected = || unauthorized(Code::Credentials, "Invalid Username or Password credentials provided.");
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(rejected)?;
    let (scheme, rest) = given.trim().split_once(' ').ok_or_else(rejected)?;
    if scheme.eq_ignore_ascii_case("basic") {
        return basic(icims, rest.trim()).ok_or_else(rejected);
    }
    if scheme.eq_ignore_ascii_case("bearer") {
        let refused = || unauthorized(Code::Signature, "Authentication credentials invalid");
        return bearer(icims, rest.trim()).ok_or_else(refused);
    }
    if scheme.eq_ignore_ascii_case("x-icims-v1-hmac-sha256") {
        let message = "The iCIMS simulator does not check signed requests yet: use Basic or a Bearer token.";
        return Err(ApiError::new(StatusCode::NOT_IMPLEMENTED, Code::NotSimulated, message));
    }
    Err(rejected())
}

fn unauthorized(code: Code, message: &str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, code, message)
}

fn basic(icims: &Icims, credentials: &str) -> Option<u64> {
    let decoded = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
    let (username, password) = decoded.split_once(':')?;
    let id = *icims.directory().by_username.get(username)?;
    let known = icims.customer(id)?.read(|state| same(&state.users().integration.password, password));
    known.then_some(id)
}

fn bearer(icims: &Icims, token: &str) -> Option<u64> {
    let id: u64 = token.split_once('.')?.0.parse().ok()?;
    let now = icims.clock().now();
    icims.customer(id)?.read(|state| state.accepts_token(token, now)).then_some(id)
}

fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// A refused token request; the table of icims-api 2.3.
pub(super) enum TokenRefusal {
    Grant,
    Client,
    Audience(String),
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
            Self::Audience(audience) => (StatusCode::FORBIDDEN, "access_denied", format!("Service not found: {audience}")),
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
        (status = 429, body = ref("#/components/schemas/TokenRefusal")),
    ),
    extensions(("x-fidelity" = json!(documented("icims-api 2.3", "a_token_opens_the_api_for_a_day")))),
)]
pub(super) async fn token(State(icims): State<Icims>, headers: HeaderMap, body: Bytes) -> Result<Response, TokenRefusal> {
    let request = TokenRequest::read(&headers, &body);
    if request.grant != "client_credentials" {
        return Err(TokenRefusal::Grant);
    }
    let id = icims.directory().by_client.get(&request.client).copied().ok_or(TokenRefusal::Client)?;
    let customer = icims.customer(id).ok_or(TokenRefusal::Client)?;
    if !customer.read(|state| same(&state.users().integration.client_secret, &request.secret)) {
        return Err(TokenRefusal::Client);
    }
    if !AUDIENCES.contains(&request.audience.as_str()) {
        return Err(TokenRefusal::Audience(request.audience));
    }
    let (seed, now) = (icims.0.surroundings.seed, icims.clock().now());
    let token = customer.write(|state| state.issue_token(seed, now).ok_or(TokenRefusal::TooMany)).await?;
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
        if body.len() > FORM_LIMIT {
            return request;
        }
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("application/json") {
            let json: Json = serde_json::from_slice(body).unwrap_or_default();
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
