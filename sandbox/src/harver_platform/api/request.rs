//! Reading requests: ids in paths, bracketed query parameters, JSON bodies. Every rejection has the API's error shape.

use std::str::FromStr;
use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde_json::{Map, Value};

use crate::engine::read_json;

use super::error::ApiError;
use super::limits;

/// The one id in the path.
#[derive(Debug)]
pub(super) struct Id<T>(pub(super) T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        // What is not an id belongs to nothing: the same answer as for an id that is not known.
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::unknown("id"))?;
        text.parse().map(Self).map_err(|_| ApiError::unknown("id"))
    }
}

/// The query, with names such as `filter[status]` and `filter[atsParameters][application_id]`.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads what stands behind the question mark. An empty value is an absent one.
    pub(super) fn parse(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        Self(pairs.into_owned().filter(|(_, value)| !value.is_empty()).collect())
    }

    /// The value of this parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The parameters `prefix[key]=value`, as key and value.
    pub(super) fn within<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, value)| {
            Some((name.strip_prefix(prefix)?.strip_prefix('[')?.strip_suffix(']')?, value.as_str()))
        })
    }

    /// A whole number.
    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let read = |text: &str| {
            text.parse().map_err(|_| ApiError::invalid(format!("Invalid {name}"), format!("{name} must be a whole number")))
        };
        self.get(name).map(read).transpose()
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(ApiError::invalid(format!("Invalid {name}"), format!("{name} must be true or false"))),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

/// A JSON object as body, whatever its content type says.
#[derive(Debug)]
pub(super) struct Body(Map<String, Value>);

impl Body {
    /// The attributes of the document, with or without the `data` envelope: the published samples show both.
    pub(super) fn attributes(&self) -> Result<&Map<String, Value>, ApiError> {
        let attributes = self.data().get("attributes").or_else(|| self.0.get("attributes"));
        attributes
            .and_then(Value::as_object)
            .ok_or_else(|| ApiError::invalid("Missing attributes", "The body needs an object \"attributes\""))
    }

    /// What is inside the `data` envelope, or an empty object.
    pub(super) fn data(&self) -> &Map<String, Value> {
        static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        self.0.get("data").and_then(Value::as_object).unwrap_or(&NONE)
    }
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let unreadable = |detail: String| ApiError::invalid("Unreadable body", detail);
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => limits::too_large(),
            _ => unreadable(rejection.body_text()),
        })?;
        read_json(&bytes).map(Self).map_err(|error| unreadable(format!("The body must be a JSON object: {error}")))
    }
}
