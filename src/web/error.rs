//! The one shape of errors at our own endpoints.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::store::StoreError;

/// An error as callers see it: a stable code and a sentence they can act on. Causes go to the log, not over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl ApiError {
    /// The caller did not say who it is, or not rightly. Answered `401` with a challenge.
    #[must_use]
    pub fn unauthorized() -> Self {
        let message = "Present the user name and password that belong to this endpoint.".to_owned();
        Self { status: StatusCode::UNAUTHORIZED, code: "unauthorized", message }
    }

    /// The request cannot be understood. Answered `400`.
    #[must_use]
    pub fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message: message.into() }
    }

    /// We failed; the request may be repeated. Answered `503`. The cause is logged here.
    #[must_use]
    pub fn unavailable(error: &StoreError) -> Self {
        tracing::error!(error = error as &dyn std::error::Error, "The store failed while a request was answered.");
        let message = "The integration cannot record this at the moment. Try again later.".to_owned();
        Self { status: StatusCode::SERVICE_UNAVAILABLE, code: "unavailable", message }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Json(json!({"error": {"code": self.code, "message": self.message}}));
        let mut response = (self.status, body).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"harver-icims\""));
        }
        response
    }
}
