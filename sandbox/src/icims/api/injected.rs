//! Errors that a fault rule wants, in the form in which iCIMS answers errors (icims-api 2.3, 3.1, 4).

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::engine::{Customer, Injected};
use crate::icims::Icims;
use crate::icims::signing::{Claim, SCHEME};
use crate::icims::state::CustomerState;

use super::auth::basic_names;
use super::error::header_line;
use super::gate;
use super::quota::{Quota, Standing};

/// The error as the endpoint itself would answer it, with the headers that all answers of the customer have. It is not counted as a call.
pub(super) fn refuse(icims: &Icims, injected: &Injected<'_>) -> Response {
    if injected.path.starts_with("/oauth/") {
        return refused_token(injected);
    }
    let status = injected.status;
    let code = injected.code.unwrap_or_else(|| usual_code(status));
    let id = injected.customer.and_then(|id| id.parse().ok());
    let customer = id.and_then(|id| icims.registry().customer(id));
    let caller = customer.as_deref().and_then(|customer| caller(customer, injected));
    let message = match (injected.message, &caller) {
        (Some(message), _) => message.to_owned(),
        (None, Some((user, standing))) if status == StatusCode::TOO_MANY_REQUESTS => gate::used_up(user, standing.limit),
        (None, _) => usual_message(injected),
    };
    let body = json!({"errors": [{"errorMessage": message, "errorCode": code}]}).to_string();
    let mut answer = (status, [(header::CONTENT_TYPE, "application/json;charset=UTF-8")], body).into_response();
    let headers = answer.headers_mut();
    headers.insert(HeaderName::from_static("x-error"), header_line(&format!("{code}:{message}")));
    // Whoever is not let in is not told where anybody stands.
    let standing = caller.map(|(_, standing)| standing).filter(|_| status != StatusCode::UNAUTHORIZED);
    if let Some(standing) = standing.filter(|_| injected.quota) {
        headers.insert(header::RETRY_AFTER, standing.reset.into());
    }
    gate::stamp(icims, headers, customer.as_deref(), standing);
    if status == StatusCode::UNAUTHORIZED {
        headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"iCIMS\""));
        headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static("x-icims-v1-hmac-sha256"));
    }
    answer
}

/// Who seems to call, and where that integration user stands: the main one unless the request names another of the customer's.
fn caller(customer: &Customer, injected: &Injected<'_>) -> Option<(Arc<str>, Standing)> {
    let tenant = customer.tenant::<CustomerState>()?;
    tenant.read(|state| {
        let named = named(state, injected).filter(|name| state.integration_user(name).is_some());
        let user: Arc<str> = named.or_else(|| state.integration_users().next().map(|user| user.username.clone()))?.into();
        let standing = customer.beside::<Quota>().standing(&user, state.info().daily_calls, injected.now);
        Some((user, if injected.quota { Standing { remaining: 0, ..standing } } else { standing }))
    })
}

/// The user whom the request names. Nothing is proved.
fn named(state: &CustomerState, injected: &Injected<'_>) -> Option<String> {
    let given = injected.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = given.trim().split_once(' ')?;
    if scheme.eq_ignore_ascii_case("basic") {
        return basic_names(rest.trim()).find(|name| state.integration_user(name).is_some());
    }
    if scheme.eq_ignore_ascii_case(SCHEME) {
        return Claim::read(rest).map(|claim| claim.user.to_owned());
    }
    state.token_user(rest.trim(), injected.now).map(str::to_owned)
}

/// The token server has another envelope (icims-api 2.3).
fn refused_token(injected: &Injected<'_>) -> Response {
    let error = match injected.status {
        StatusCode::TOO_MANY_REQUESTS => "too_many_requests",
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE => "invalid_request",
        status if status.is_server_error() => "server_error",
        _ => "access_denied",
    };
    let description = injected.message.map_or_else(|| usual_message(injected), str::to_owned);
    (injected.status, axum::Json(json!({"error": error, "error_description": description}))).into_response()
}

/// The number that goes with a status (icims-api 3.3).
fn usual_code(status: StatusCode) -> u32 {
    match status.as_u16() {
        404 => 2,
        401 => 6,
        403 => 7,
        405 => 8,
        429 => 10,
        413 | 415 => 11,
        400..=499 => 5,
        _ => 0,
    }
}

fn usual_message(injected: &Injected<'_>) -> String {
    match injected.status.as_u16() {
        429 => "The calls of today are used up.".into(),
        401 => "Invalid Username or Password credentials provided.".into(),
        404 => "Resource not found.".into(),
        500..=599 => "Internal error.".into(),
        _ => injected.status.canonical_reason().unwrap_or("Error").to_owned() + ".",
    }
}
