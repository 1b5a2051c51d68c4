//! Errors that a fault rule wants, in the form in which the platform answers errors (`harver-platform.md` 9, conventions).

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::error::ApiError;
use crate::engine::Injected;

/// The error as the endpoint itself would answer it. The platform's errors have no numbers.
pub(super) fn refuse(injected: &Injected<'_>) -> Response {
    let status = injected.status;
    let words = status.canonical_reason().unwrap_or("Error");
    let detail = match (injected.message, injected.quota) {
        (Some(message), _) => message.to_owned(),
        (None, true) => "More requests in a minute than allowed. Try again in 60 seconds.".to_owned(),
        (None, false) => words.to_owned(),
    };
    let error = if status == StatusCode::UNAUTHORIZED {
        ApiError::unauthorized("invalid_token", injected.message.unwrap_or("Invalid token: access token has expired"))
    } else if injected.path.starts_with("/oauth/") {
        let name = if matches!(status.as_u16(), 400 | 413 | 415) { "invalid_request" } else { "server_error" };
        ApiError::OAuth { status, name, message: detail }
    } else {
        let id = match status.as_u16() {
            429 => "TooManyRequestsError",
            404 => "NotFoundError",
            413 => "PayloadTooLargeError",
            415 => "UnsupportedMediaTypeError",
            400..=499 => "ValidationError",
            _ => "InternalError",
        };
        ApiError::new(status, id, words, detail)
    };
    let mut answer = error.into_response();
    if injected.quota {
        answer.headers_mut().insert(HeaderName::from_static("ratelimit-reset"), HeaderValue::from_static("60"));
    }
    answer
}
