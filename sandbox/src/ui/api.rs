//! What the JSON interfaces of the sandbox's own screens share: one error shape, query strings, times to wait.

use std::time::Duration;

use axum::Json;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::json;
use url::form_urlencoded;

/// The longest a request may wait for something to happen.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// A refusal as `{"error":{"code":"…","message":"…"}}`. The message says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiProblem {
    /// HTTP status.
    pub status: StatusCode,
    /// A stable word for programs.
    pub code: &'static str,
    /// One or two sentences for people.
    pub message: String,
}

impl ApiProblem {
    /// A refusal.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"error": {"code": self.code, "message": self.message}}))).into_response()
    }
}

/// The query string as a `T`; what cannot be read is refused as an [`ApiProblem`]. An empty value is an absent one, as forms and
/// templates of addresses send them.
#[derive(Clone, Copy, Debug)]
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let given =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs.filter(|(_, value)| !value.is_empty())).finish();
        let uri = Uri::try_from(format!("/?{given}")).unwrap_or_default();
        let read = Query::try_from_uri(&uri);
        let refused = |error: axum::extract::rejection::QueryRejection| {
            ApiProblem::new(
                StatusCode::BAD_REQUEST,
                "bad_query",
                format!("The query string cannot be read: {}.", error.body_text()),
            )
        };
        read.map(|Query(query)| Self(query)).map_err(refused)
    }
}

/// Real time to wait, as `10s`, `1m 30s` or `PT10S`, up to five minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub Duration);

impl Wait {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is no time to wait: write 10s, for example, and at most 5m");
        let parsed: SignedDuration = text.parse().map_err(|_| wrong())?;
        Duration::try_from(parsed).ok().filter(|wait| *wait <= LONGEST_WAIT).map(Self).ok_or_else(wrong)
    }
}

impl<'de> Deserialize<'de> for Wait {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_to_wait_are_read_in_both_spellings_and_bounded() {
        assert_eq!(Wait::parse("10s"), Ok(Wait(Duration::from_secs(10))));
        assert_eq!(Wait::parse("PT1M30S"), Ok(Wait(Duration::from_secs(90))));
        for wrong in ["", "10", "-1s", "6m", "soon", "99999999999999999999s"] {
            assert!(Wait::parse(wrong).is_err(), "{wrong}");
        }
    }
}
