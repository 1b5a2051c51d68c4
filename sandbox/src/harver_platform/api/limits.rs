//! How large the body of a call may be: the one table (*assumed*). Bodies are read only from callers who were let in.

use axum::body::HttpBody as _;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;

use super::error::ApiError;

/// Token requests, which come from callers who are still to be let in.
pub(super) const TOKEN: usize = 64 * 1024;
/// JSON.
const JSON: usize = 2 * 1024 * 1024;

/// Refuses a body that is announced as larger than a call takes, and sees to it that no more than that is read of any other.
pub(super) fn keep(mut request: Request) -> Result<Request, ApiError> {
    if request.body().size_hint().lower() > JSON as u64 {
        return Err(too_large());
    }
    DefaultBodyLimit::max(JSON).apply(&mut request);
    Ok(request)
}

/// The refusal of a larger body.
pub(super) fn too_large() -> ApiError {
    let detail = format!("The body is larger than {JSON} bytes.");
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeError", "Payload Too Large", detail)
}
