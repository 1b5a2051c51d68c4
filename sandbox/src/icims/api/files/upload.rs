//! The one file of a multipart body.

use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;

use crate::icims::state::files::{FILE_LIMIT, NewFile};

use crate::icims::api::error::{ApiError, Code};

/// The file of a `multipart/form-data` body; parts without a file name are passed over.
pub(super) struct OneFile(pub(super) NewFile);

impl<S: Send + Sync> FromRequest<S> for OneFile {
    type Rejection = ApiError;
    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let mut parts = Multipart::from_request(request, state).await.map_err(|_| {
            let message = "The Content-Type of the request must be multipart/form-data with a boundary.";
            ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::Body, message)
        })?;
        let mut found = None;
        while let Some(part) = parts.next_field().await.map_err(unreadable)? {
            let Some(name) = part.file_name().map(str::to_owned) else { continue };
            if found.is_some() {
                return Err(malformed("The request body must hold one file, not several."));
            }
            found = Some(NewFile { name, bytes: part.bytes().await.map_err(unreadable)?.to_vec() });
        }
        found.map(Self).ok_or_else(|| malformed("The request body holds no file: name one with filename=\"cv.pdf\"."))
    }
}

fn unreadable(error: MultipartError) -> ApiError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let message = format!("The file is larger than {FILE_LIMIT} bytes.");
        return ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, Code::Body, message);
    }
    malformed("The request body is not valid multipart/form-data.")
}

fn malformed(message: &str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, Code::Body, message)
}
