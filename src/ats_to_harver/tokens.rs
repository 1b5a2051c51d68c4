//! Tokens for events: iCIMS asks for one with the user name and password of the events, as client id and client secret, and presents it
//! with each event until it ends (OAuth 2.0 client credentials, RFC 6749 4.4; assessment-flow.md 1).

use std::borrow::Cow;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;
use utoipa::ToSchema;

use super::AtsToHarver;
use super::authenticate::opened_by;
use super::receive::from_elsewhere;
use crate::store::{self, StoreError};
use crate::web::{Caller, Entrance, Presented, TooOften, receive_body, with_retry_after};

/// Where tokens are given out. Our own choice: customers have it entered in iCIMS beside the start endpoint.
pub const TOKEN_PATH: &str = "/prod/orchestrator/v1/oauth/token";

/// How long a token opens. Whoever sees one has it for so long.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// What is asked for.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "it describes the form, whose fields may also stand in the Authorization header")]
pub(super) struct TokenRequest {
    /// `client_credentials`.
    grant_type: String,
    /// The user name of the events.
    client_id: Option<String>,
    /// Their password.
    client_secret: Option<String>,
}

/// What iCIMS expects of a vendor (icims-api.md 2.3).
#[derive(Serialize, ToSchema)]
pub(super) struct Token {
    /// What is presented with each event.
    access_token: String,
    /// `Bearer`.
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
}

/// Why there is none (RFC 6749 5.2).
#[derive(Serialize, ToSchema)]
pub(super) struct NoToken {
    /// Such as `invalid_client`.
    error: &'static str,
    /// What to do.
    error_description: Cow<'static, str>,
}

/// Gives out a token with which events are presented for an hour.
#[utoipa::path(
    post, path = TOKEN_PATH, operation_id = "issueEventToken", tag = "neighbours", security(()),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "A token.", body = Token),
        (status = 400, description = "Another grant, or nothing that can be read.", body = NoToken),
        (status = 401, description = "No credentials, or wrong ones.", body = NoToken, headers(("WWW-Authenticate" = String, description = "How to authenticate."))),
        (status = 403, description = "The caller's address is none of the event sources of the integration.", body = NoToken),
        (status = 429, description = "Too many requests: try again later.", body = NoToken, headers(("Retry-After" = String, description = "In how many seconds."))),
        (status = 503, description = "Something that passes: try again later.", body = NoToken),
    ),
)]
pub(super) async fn issue(State(work): State<AtsToHarver>, Caller(caller): Caller, headers: HeaderMap, body: Body) -> Response {
    let Ok(form) = receive_body(body, work.deadline).await else {
        return no_token(StatusCode::BAD_REQUEST, "invalid_request", "The form could not be read.");
    };
    let field =
        |wanted: &str| form_urlencoded::parse(&form).find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
    if field("grant_type").as_deref() != Some("client_credentials") {
        return no_token(StatusCode::BAD_REQUEST, "unsupported_grant_type", "The grant_type is client_credentials.");
    }
    let in_form = field("client_id").zip(field("client_secret"));
    let in_form = in_form.map(|(username, password)| Presented { username, password: SecretString::from(password) });
    for presented in Presented::in_headers(&headers).into_iter().chain(in_form) {
        match opened_by(&work, presented).await {
            Ok(None) => {}
            Ok(Some(customer)) => {
                if from_elsewhere(&customer, caller).is_some() {
                    let say = "This address is none of the event sources of the integration.";
                    return no_token(StatusCode::FORBIDDEN, "access_denied", say);
                }
                if let Err(wait) = work.rates.of_customer(Entrance::Events, customer.id) {
                    return too_often(wait);
                }
                let until = work.clock.now().saturating_add(LIFE).unwrap_or(Timestamp::MAX);
                let made: Result<_, StoreError> = work.store.read(move |tx| Ok(store::event_token(tx, &customer, until))).await;
                return made.map_or_else(|error| unavailable(&error), token);
            }
            Err(error) => return unavailable(&error),
        }
    }
    let say = "The client id is the user name of the events, the client secret their password: the console shows both.";
    let mut refused = no_token(StatusCode::UNAUTHORIZED, "invalid_client", say);
    refused.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"harver-icims\""));
    refused
}

fn token(access_token: String) -> Response {
    let token = Token { access_token, token_type: "Bearer", expires_in: LIFE.as_secs() };
    ([(header::CACHE_CONTROL, "no-store")], Json(token)).into_response()
}

fn no_token(status: StatusCode, error: &'static str, description: impl Into<Cow<'static, str>>) -> Response {
    let body = NoToken { error, error_description: description.into() };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn unavailable(error: &StoreError) -> Response {
    tracing::error!(error = error as &dyn std::error::Error, "The store failed while a token was asked for.");
    no_token(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "Try again later.")
}

/// The answer to whoever asks for too many.
pub(super) fn too_often(wait: TooOften) -> Response {
    let say = format!("There were too many requests. Try again in {} s.", wait.seconds);
    with_retry_after(no_token(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", say), wait)
}
