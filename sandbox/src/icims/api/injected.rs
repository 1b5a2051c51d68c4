//! Errors that a fault rule wants, in the form in which iCIMS answers errors (icims-api 2.3, 3.1, 4).

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::engine::Injected;

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

/// The error as the endpoint itself would answer it.
pub(super) fn refuse(injected: &Injected<'_>) -> Response {
    if injected.path.starts_with("/oauth/") {
        return refused_token(injected);
    }
    let status = injected.status;
    let code = injected.code.unwrap_or_else(|| usual_code(status));
    let message = injected.message.map_or_else(|| usual_message(injected), str::to_owned);
    let body = json!({"errors": [{"errorMessage": message, "errorCode": code}]}).to_string();
    let mut answer = (status, [(header::CONTENT_TYPE, "application/json;charset=UTF-8")], body).into_response();
    let headers = answer.headers_mut();
    let plain: String =
        message.chars().map(|letter| if letter.is_ascii() && !letter.is_ascii_control() { letter } else { '?' }).collect();
    if let Ok(line) = HeaderValue::from_str(&format!("{code}:{plain}")) {
        headers.insert(HeaderName::from_static("x-error"), line);
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"iCIMS\""));
        headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static("x-icims-v1-hmac-sha256"));
    }
    if injected.quota {
        let reset = HeaderValue::from(DAY - injected.now.as_second().rem_euclid(DAY));
        headers.insert(HeaderName::from_static("x-ratelimit-remaining"), HeaderValue::from(0));
        headers.insert(HeaderName::from_static("x-ratelimit-reset"), reset.clone());
        headers.insert(header::RETRY_AFTER, reset);
    }
    answer
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
        429 => format!("Customer {} has used its calls of today.", injected.customer.unwrap_or("unknown")),
        401 => "Invalid Username or Password credentials provided.".into(),
        404 => "Resource not found.".into(),
        500..=599 => "Internal error.".into(),
        _ => injected.status.canonical_reason().unwrap_or("Error").to_owned() + ".",
    }
}
