//! The one shape of errors at our own endpoints.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::rates::TooOften;
use crate::store::StoreError;

/// An error as callers see it: a stable code and a sentence they can act on. Causes go to the log, not over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// What is wrong with each setting, where it is that.
    fields: BTreeMap<&'static str, String>,
    challenge: Option<&'static str>,
    wait: Option<TooOften>,
}

/// The body of every error of our own endpoints.
#[derive(Serialize, ToSchema)]
#[schema(as = Error)]
pub(crate) struct ErrorEnvelope {
    #[schema(inline)]
    error: Problem,
}

/// What is wrong.
#[derive(Serialize, ToSchema)]
struct Problem {
    /// Stable, for programs.
    code: &'static str,
    /// What happened, and what to do.
    message: String,
    /// What is wrong with each setting, where it is that.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<&'static str, String>,
}

impl ApiError {
    /// The caller did not say who it is, or not rightly. Answered `401` with a challenge.
    #[must_use]
    pub fn unauthorized() -> Self {
        let message = "Present the user name and password that belong to this endpoint.";
        Self { challenge: Some("Basic realm=\"harver-icims\""), ..Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message) }
    }

    /// The caller presented no token, or none that opens. Answered `401` with a challenge (RFC 6750).
    #[must_use]
    pub fn token_wanted() -> Self {
        let message = "Present a token of a Harver Admin as Authorization: Bearer. The console makes one, under API tokens.";
        Self { challenge: Some("Bearer realm=\"harver-icims\""), ..Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message) }
    }

    /// The caller comes too often. Answered `429` with `Retry-After`.
    #[must_use]
    pub fn too_often(too_often: TooOften) -> Self {
        let message = format!("There were too many requests. Try again in {} s.", too_often.seconds);
        Self { wait: Some(too_often), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", message) }
    }

    /// An error with this status.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), fields: BTreeMap::new(), challenge: None, wait: None }
    }

    /// Settings that cannot be used. Answered `422` with what is wrong at each.
    #[must_use]
    pub fn unusable(fields: BTreeMap<&'static str, String>) -> Self {
        let message = "Nothing was changed: the settings under fields cannot be used.";
        Self { fields, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_settings", message) }
    }

    /// The request cannot be understood. Answered `400`.
    #[must_use]
    pub fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// We failed; the request may be repeated. Answered `503`. The cause is logged here.
    #[must_use]
    pub fn unavailable(error: &StoreError) -> Self {
        tracing::error!(error = error as &dyn std::error::Error, "The store failed while a request was answered.");
        let message = "The integration cannot record this at the moment. Try again later.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let error = Problem { code: self.code, message: self.message, fields: self.fields };
        let mut response = (self.status, Json(ErrorEnvelope { error })).into_response();
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        match self.wait {
            Some(wait) => with_retry_after(response, wait),
            None => response,
        }
    }
}

/// An answer that says when the next request is let in.
#[must_use]
pub fn with_retry_after(answer: impl IntoResponse, TooOften { seconds }: TooOften) -> Response {
    let mut answer = answer.into_response();
    answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    answer
}
