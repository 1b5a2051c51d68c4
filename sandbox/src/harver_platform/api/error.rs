//! The two error shapes of the API (`harver-platform.md` 9, conventions), and refusing by name.

use axum::Json;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::harver_platform::state::Refusal;

/// An error of the API.
#[derive(Debug)]
pub(super) enum ApiError {
    /// `{"errors":[{"id","status","title","detail"}]}`.
    Errors(StatusCode, Vec<Fault>),
    /// `{"statusCode","status","code","message","name"}`, the shape of the oauth family.
    OAuth {
        /// HTTP status.
        status: StatusCode,
        /// Machine-readable name, such as `invalid_client`.
        name: &'static str,
        /// What is wrong.
        message: String,
    },
}

/// One entry of an error answer.
#[derive(Debug)]
pub(super) struct Fault {
    /// Kind of error, such as `ValidationError`.
    pub(super) id: &'static str,
    /// What is wrong, in a few words.
    pub(super) title: String,
    /// What is wrong and what to do.
    pub(super) detail: String,
}

impl ApiError {
    /// One error.
    pub(super) fn new(status: StatusCode, id: &'static str, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Errors(status, vec![Fault { id, title: title.into(), detail: detail.into() }])
    }

    /// A request that does not follow the rules.
    pub(super) fn invalid(title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ValidationError", title, detail)
    }

    /// Something that is not there, or belongs to another account: both look the same.
    pub(super) fn unknown(what: &str) -> Self {
        let detail = format!("There is no such {what}, or this token may not see it. Check the id.");
        Self::new(StatusCode::NOT_FOUND, "NotFoundError", "Not Found", detail)
    }

    /// Nobody may come in with this token.
    pub(super) fn unauthorized(name: &'static str, message: &str) -> Self {
        Self::OAuth { status: StatusCode::UNAUTHORIZED, name, message: message.into() }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unknown(what) => Self::unknown(what),
            Refusal::Against { title, detail } => Self::invalid(title, detail),
            Refusal::Disk(error) => {
                tracing::error!(%error, "A change could not be stored.");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "StorageError", "Service Unavailable", error.to_string())
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, body) = match self {
            Self::Errors(status, faults) => {
                let entry = |fault: Fault| json!({"id": fault.id, "status": status.as_u16(), "title": fault.title, "detail": fault.detail});
                (status, json!({"errors": faults.into_iter().map(entry).collect::<Vec<Value>>()}))
            }
            Self::OAuth { status, name, message } => {
                let code = status.as_u16();
                (status, json!({"statusCode": code, "status": code, "code": code, "message": message, "name": name}))
            }
        };
        (status, Json(body)).into_response()
    }
}

/// What the published API has, by the first word after `/api/v1.0/` (`harver-platform.md` 9.1).
const PUBLISHED: [&str; 6] = ["accounts", "vacancies", "applications", "candidate-statuses", "me", "scheduling"];
/// Where the API begins. Routers below it see paths without it.
pub(super) const ROOT: &str = "/api/v1.0";

/// Refuses a call that is published but not simulated; what is not published is not found.
pub(super) async fn not_simulated(method: Method, uri: Uri) -> ApiError {
    let path = whole_path(&uri);
    let first = path.trim_start_matches(ROOT).trim_start_matches('/').split('/').next().unwrap_or_default();
    if path.starts_with("/oauth/") || PUBLISHED.contains(&first) {
        let detail = format!("{method} {path} is not simulated. The module documentation of harver_platform lists what is.");
        ApiError::new(StatusCode::NOT_IMPLEMENTED, "NotSimulated", "Not simulated", detail)
    } else {
        not_found(method, uri).await
    }
}

/// Refuses a method that the API does not have at a path that it has; the words are *assumed*.
pub(super) async fn wrong_method(method: Method, uri: Uri) -> ApiError {
    let detail = format!("{method} is not supported at {}. The Allow header names what is.", whole_path(&uri));
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowedError", "Method Not Allowed", detail)
}

/// Refuses a path that the API does not have.
pub(super) async fn not_found(method: Method, uri: Uri) -> ApiError {
    let detail = format!("{method} {} is not part of the API. Its paths start with {ROOT}/.", whole_path(&uri));
    ApiError::new(StatusCode::NOT_FOUND, "NotFoundError", "Not Found", detail)
}

fn whole_path(uri: &Uri) -> String {
    let path = uri.path();
    if path.starts_with("/oauth/") || path.starts_with("/api") { path.to_owned() } else { format!("{ROOT}{path}") }
}
