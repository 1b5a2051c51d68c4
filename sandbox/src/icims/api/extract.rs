//! Typed parts of a request, with rejections in the form of the API.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value as Json};
use url::form_urlencoded;

use crate::engine::read_json;

use super::error::{ApiError, Code};
use super::limits;

/// The JSON object of a request body.
pub(super) struct Object(pub(super) Map<String, Json>);

impl<S: Send + Sync> FromRequest<S> for Object {
    type Rejection = ApiError;
    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match json_body(request, state).await? {
            Json::Object(object) => Ok(Self(object)),
            _ => Err(unreadable("The request body must be a JSON object.")),
        }
    }
}

/// The JSON of a request body, whatever it is.
pub(super) struct AnyJson(pub(super) Json);

impl<S: Send + Sync> FromRequest<S> for AnyJson {
    type Rejection = ApiError;
    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        json_body(request, state).await.map(Self)
    }
}

async fn json_body<S: Send + Sync>(request: Request, state: &S) -> Result<Json, ApiError> {
    if !is_json(request.headers()) {
        let message = "The Content-Type of the request must be application/json.";
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::Body, message));
    }
    let body = Bytes::from_request(request, state).await.map_err(|rejection| limits::not_read(rejection.status()))?;
    read_json(&body).map_err(|_| unreadable("The request body is not valid JSON."))
}

/// Whether a body is announced as JSON, in whatever letters and with whatever parameters (RFC 9110, 8.3.1).
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

fn unreadable(message: &str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, Code::Body, message)
}

/// The refusal of an endpoint that real iCIMS has and this simulator does not.
pub(super) fn not_simulated(endpoint: &str) -> ApiError {
    let endpoint: String = endpoint.chars().take(200).collect();
    let message = format!("The iCIMS simulator does not simulate {endpoint}.");
    ApiError::new(StatusCode::NOT_IMPLEMENTED, Code::NotSimulated, message)
}

/// The value of a query parameter; an empty one is an absent one.
pub(super) fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.into_owned())
}

/// The names in `fields`; an empty list is like none (icims-api 5.4).
pub(super) fn requested_fields(query: Option<&str>) -> Option<Vec<String>> {
    let list = parameter(query, "fields")?;
    let names: Vec<String> = list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    (!names.is_empty()).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_query_makes_the_field_reader_panic(query in "\\PC{0,80}|fields=[a-zA-Z,%0-9 ]{0,40}") {
            if let Some(names) = requested_fields(Some(&query)) {
                proptest::prop_assert!(names.iter().all(|name| !name.is_empty() && !name.contains(',')));
            }
        }
    }
}
