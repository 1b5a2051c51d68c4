//! How large the body of a call may be: the one table. Bodies are read only from callers who were let in, and only that far.

use axum::body::HttpBody as _;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::StatusCode;

use crate::icims::state::files::FILE_LIMIT;

use super::error::{ApiError, Code};

/// Token requests, which come from callers who are still to be let in.
pub(super) const TOKEN: usize = 64 * 1024;
/// JSON; the real limit is not known (icims-api 1.4, *assumed*).
const JSON: usize = 2 * 1024 * 1024;
/// The filters of a search, of which there are at most a thousand (*assumed*).
const SEARCH: usize = 256 * 1024;
/// A file with what a multipart body adds to it: boundaries, headers, small fields.
const FILE: usize = FILE_LIMIT + 64 * 1024;

/// How large the body of this call may be.
pub(super) fn of(request: &Request) -> usize {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    if route.starts_with("/customers/{customer}/search/") {
        SEARCH
    } else if route.ends_with("/binary") {
        FILE
    } else {
        JSON
    }
}

/// Refuses a body that is announced as larger than the call takes, and sees to it that no more than that is read of any other.
pub(super) fn keep(mut request: Request) -> Result<Request, ApiError> {
    let limit = of(&request);
    if request.body().size_hint().lower() > limit as u64 {
        return Err(too_large(limit));
    }
    DefaultBodyLimit::max(limit).apply(&mut request);
    Ok(request)
}

/// The refusal of a larger body.
pub(super) fn too_large(limit: usize) -> ApiError {
    let message = match limit {
        FILE => format!("The file is larger than {FILE_LIMIT} bytes."),
        limit => format!("The request body is larger than {limit} bytes."),
    };
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, Code::Body, message)
}

/// The refusal of a body that broke off, or turned out to be larger than the call takes while it came in.
pub(super) fn not_read(status: StatusCode) -> ApiError {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(status, Code::Body, "The request body is larger than this call takes."),
        _ => ApiError::new(StatusCode::BAD_REQUEST, Code::Body, "The request body was cut short, or cannot be unpacked."),
    }
}
