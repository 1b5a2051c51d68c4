//! What the transport asks for: one HTTP version, where the customer insists on it (icims-api 1.4).

use axum::http::{StatusCode, Version};
use axum::response::{IntoResponse, Response};

use super::error::{ApiError, Code};
use super::gate::Caller;

/// Whether the customer takes HTTP 1.1 alone and this is another version.
pub(super) fn refuses(caller: &Caller, version: Version) -> bool {
    version != Version::HTTP_11 && caller.tenant.read(|state| state.switches().strict_http)
}

pub(super) fn refusal(version: Version) -> Response {
    let message = format!("{version:?} is not supported: use HTTP/1.1.");
    ApiError::new(StatusCode::HTTP_VERSION_NOT_SUPPORTED, Code::Transport, message).into_response()
}
