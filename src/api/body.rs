//! Reading a JSON body of a bounded size.

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::web::{ApiError, read_body};

/// How long a body may take to arrive; settings are a few kilobytes.
const PATIENCE: Duration = Duration::from_secs(10);

/// A JSON body. The refusal names the place and never a value: some of them are secrets.
pub(super) struct Read<T>(pub(super) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Read<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let body = read_body(&parts.headers, body, PATIENCE).await;
        let body = body.map_err(|error| ApiError::bad_request("unreadable_body", format!("{error}.")))?;
        serde_json::from_slice(&body).map(Self).map_err(|error| ApiError::bad_request("unreadable_body", what_is_wrong(&error)))
    }
}

fn what_is_wrong(error: &serde_json::Error) -> String {
    let place = format!("line {}, column {}", error.line(), error.column());
    let words = error.to_string();
    // Names of settings may be said; in every other message of the reader stands what was found.
    match (error.classify(), words.strip_prefix("unknown field ")) {
        (Category::Data, Some(rest)) => {
            let known = rest.split(" at line").next().unwrap_or_default();
            format!("The body has an unknown setting at {place}: {known}.")
        }
        (Category::Data, None) => format!("The body holds a value of another kind than the setting takes, at {place}."),
        _ => format!("The body is no JSON, at {place}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Document;

    fn refusal(body: &str) -> String {
        what_is_wrong(&serde_json::from_str::<Document>(body).expect_err("it is no document"))
    }

    #[test]
    fn what_was_sent_is_in_no_message() {
        let unknown = refusal("{\"icims\": {\"passwrod\": \"hunter2\"}}");
        assert!(unknown.contains("`passwrod`") && unknown.contains("`password`") && !unknown.contains("hunter2"), "{unknown}");
        let kind = refusal("{\n\"multi_phase\": \"hunter2\"}");
        assert!(kind.contains("line 2") && !kind.contains("hunter2"), "{kind}");
        assert!(refusal("hunter2").contains("no JSON"));
    }
}
