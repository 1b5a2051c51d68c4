//! Errors and warnings in the form of the API: envelope and header lines (icims-api 3).

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::engine::DiskError;
use crate::icims::state::Refusal;
use crate::icims::state::changes::Warning;
use crate::reference::{Row, assumed, documented, observed};

use super::shown::Object;

/// `application/json;charset=UTF-8`, as every JSON answer says.
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json;charset=UTF-8");
/// What a real client recorded for a file that is not there (icims-api 9.3).
const BARE_JSON: HeaderValue = HeaderValue::from_static("application/json");
const X_ERROR: HeaderName = HeaderName::from_static("x-error");
const X_WARNING: HeaderName = HeaderName::from_static("x-warning");

macro_rules! codes {
    ($($name:ident = $number:literal, $fidelity:expr;)+) => {
        /// Numbers of the error table (icims-api 3.3), each with its mark. Assumed ones are placeholders that no client should depend on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Code {
            $($name = $number,)+
        }

        /// Every number with its name, for the fidelity table.
        pub(in crate::icims) fn code_rows() -> Vec<Row> {
            vec![$(Row::new(concat!($number, " ", stringify!($name)), $fidelity),)+]
        }
    };
}

codes! {
    Internal = 0, documented("icims-api 3.3", "a_failed_disk_is_code_0_without_details");
    Required = 1, documented("icims-api 3.3", "what_does_not_fit_is_refused_by_field");
    NotFound = 2, documented("icims-api 3.3", "a_customer_of_somebody_else_is_403_and_an_unknown_one_404");
    AccessDenied = 3, documented("icims-api 2.5, 3.3", "hidden_fields_are_absent_and_cannot_be_written");
    FieldName = 4, documented("icims-api 3.2, 3.3", "fields_narrow_the_answer_and_unknown_names_are_warned_of");
    InvalidValue = 5, assumed("icims-api 3.3", "what_does_not_fit_is_refused_by_field");
    Credentials = 6, documented("icims-api 2.1, 3.3", "wrong_credentials_are_401_with_code_6_and_two_challenges");
    NotAuthorized = 7, assumed("icims-api 3.3", "a_customer_of_somebody_else_is_403_and_an_unknown_one_404");
    Method = 8, assumed("icims-api 3.3", "workflows_are_not_listed_replaced_or_deleted");
    Signature = 9, observed("icims-api 3.3", "a_token_opens_the_api_for_a_day");
    RateLimit = 10, assumed("icims-api 3.3, 4", "over_the_daily_limit_is_429_until_midnight");
    Body = 11, assumed("icims-api 3.3", "a_body_must_be_a_json_object_and_say_so");
    Search = 12, assumed("icims-api 3.3, 10.7", "a_wrong_query_is_rejected_as_a_whole");
    Transport = 13, assumed("icims-api 1.4", "another_http_version_is_505_only_for_a_strict_customer");
    NotSimulated = 501, assumed("icims-api 16", "what_is_not_simulated_says_so_by_name");
}

/// A refused request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ApiError {
    status: StatusCode,
    code: Code,
    message: String,
    media: HeaderValue,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), media: JSON }
    }

    /// The value of a request that does not fit (`400`).
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::InvalidValue, message)
    }

    /// Something that does not exist (`404`), named without its full stop.
    pub(super) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, Code::NotFound, format!("{what} not found."))
    }

    /// Something that the user may not see, which is a `404`, too (icims-api 2.5).
    pub(super) fn access_denied(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, Code::AccessDenied, format!("{what}: Access denied."))
    }

    /// A method that the resource does not know (`405`).
    pub(super) fn method(method: &str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, Code::Method, format!("{method} is not supported here."))
    }

    /// A query that cannot be run (`400`).
    pub(super) fn search(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::Search, message)
    }

    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn message(&self) -> &str {
        &self.message
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        let media = if matches!(refusal, Refusal::NoFile(_)) { BARE_JSON } else { JSON };
        let (status, code) = match refusal {
            Refusal::NotFound(_) | Refusal::EntryNotFound(_) | Refusal::NoFile(_) | Refusal::NoSuchEvent(_) => {
                (StatusCode::NOT_FOUND, Code::NotFound)
            }
            Refusal::Required(_) => (StatusCode::BAD_REQUEST, Code::Required),
            Refusal::FileTooLarge { .. } | Refusal::NoRoomForFiles { .. } => (StatusCode::PAYLOAD_TOO_LARGE, Code::Body),
            Refusal::Storage(error) => return error.into(),
            Refusal::Invalid(_)
            | Refusal::TooLong { .. }
            | Refusal::DuplicateWorkflow { .. }
            | Refusal::SharedEmail { .. }
            | Refusal::HasLogin
            | Refusal::TooManyNodes { .. }
            | Refusal::TooManyProfiles { .. }
            | Refusal::TooManyEvents { .. }
            | Refusal::NotAFile(_)
            | Refusal::FileKept(_)
            | Refusal::EntranceCriteria { .. }
            | Refusal::NotACandidate { .. }
            | Refusal::JobNotOpen { .. }
            | Refusal::EmailAddress(_)
            | Refusal::EventUnderWay(_)
            | Refusal::VendorSwitchedOff
            | Refusal::NoAssessment => (StatusCode::BAD_REQUEST, Code::InvalidValue),
        };
        Self { status, code, message, media }
    }
}

impl From<DiskError> for ApiError {
    fn from(error: DiskError) -> Self {
        tracing::error!(%error, "A change over the iCIMS API could not be stored.");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, "Internal error.")
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let number = self.code as u16;
        let body = json!({"errors": [{"errorMessage": self.message, "errorCode": number}]}).to_string();
        let line = header_line(&format!("{number}:{}", self.message));
        (self.status, [(header::CONTENT_TYPE, self.media), (X_ERROR, line)], body).into_response()
    }
}

/// A successful answer with a JSON object; warnings are in the object and in header lines.
pub(super) fn ok(mut body: Object<'_>, warnings: &[Warning]) -> Response {
    if !warnings.is_empty() {
        let items = warnings.iter().map(|warning| {
            json!({"errorMessage": format!("{}: {}", warning.field, warning.message), "errorCode": Code::FieldName as u16})
        });
        body.insert("warnings", items.collect::<Json>().into());
    }
    warned(ok_json(&body), warnings)
}

/// A successful answer with any JSON.
pub(super) fn ok_json(body: &impl Serialize) -> Response {
    // Most answers fit, so that they are not moved as they grow.
    let mut text = Vec::with_capacity(2048);
    match serde_json::to_writer(&mut text, body) {
        Ok(()) => (StatusCode::OK, [(header::CONTENT_TYPE, JSON)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "An answer cannot be written as JSON.");
            ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, "Internal error.").into_response()
        }
    }
}

/// `201` with the address of what was made and an empty body (icims-api 1.5).
pub(super) fn created(location: &str, warnings: &[Warning]) -> Response {
    let kind = HeaderValue::from_static("application/octet-stream");
    let answer = (StatusCode::CREATED, [(header::CONTENT_TYPE, kind), (header::LOCATION, header_line(location))]).into_response();
    warned(answer, warnings)
}

/// `201` of a collection entry. Its body is empty, or `{}` for clients that read one (icims-api 8.3).
pub(super) fn created_entry(location: &str, with_body: bool) -> Response {
    if !with_body {
        return created(location, &[]);
    }
    (StatusCode::CREATED, [(header::CONTENT_TYPE, JSON), (header::LOCATION, header_line(location))], "{}").into_response()
}

/// `204` with the address of what was changed (icims-api 1.5).
pub(super) fn changed(location: &str, warnings: &[Warning]) -> Response {
    let answer = (StatusCode::NO_CONTENT, [(header::LOCATION, header_line(location))]).into_response();
    warned(answer, warnings)
}

/// A header line for each warning, laid out as documented: number, field, words (icims-api 3.1).
fn warned(mut answer: Response, warnings: &[Warning]) -> Response {
    for warning in warnings {
        let line = format!("{}:{}: {}", Code::FieldName as u16, warning.field, warning.message);
        answer.headers_mut().append(X_WARNING, header_line(&line));
    }
    answer
}

/// Text as a header value: what cannot stand in a header becomes a question mark, and 500 characters are enough.
pub(super) fn header_line(text: &str) -> HeaderValue {
    let plain = |letter: char| if letter.is_ascii() && !letter.is_ascii_control() { letter } else { '?' };
    let line: String = text.chars().take(500).map(plain).collect();
    HeaderValue::from_str(&line).unwrap_or(HeaderValue::from_static("?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failed_disk_is_code_0_without_details() {
        let error = DiskError::OtherVersion { path: "/secret/folder".into(), found: 9 };
        let answer = ApiError::from(error).into_response();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.headers()[X_ERROR], "0:Internal error.");
        let body = axum::body::to_bytes(answer.into_body(), 1_000).await.expect("a body");
        assert_eq!(body, r#"{"errors":[{"errorCode":0,"errorMessage":"Internal error."}]}"#);
    }
}
