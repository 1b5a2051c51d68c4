//! The id of a request: what its caller, the log and support call it by.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

/// Where an id is read, and told in the answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken from a caller.
const LONGEST: usize = 128;

/// Gives each request an id, the caller's own where it can be used; the answer names it, and everything that is logged meanwhile: a layer
/// around all others.
pub async fn identify(request: Request, next: Next) -> Response {
    let id = brought(request.headers()).unwrap_or_else(made);
    // Whatever is logged at all is logged with it.
    let span = tracing::error_span!("request", request.id = id.to_str().unwrap_or_default());
    let mut answer = next.run(request).instrument(span).await;
    answer.headers_mut().insert(REQUEST_ID, id);
    answer
}

/// The id that a caller has chosen, if it is a token (RFC 9110, 5.6.2) of bounded length: whatever else it were would stand in our log.
pub(super) fn brought(headers: &HeaderMap) -> Option<HeaderValue> {
    let is_of_a_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let is_sane = |id: &&HeaderValue| (1..=LONGEST).contains(&id.len()) && id.as_bytes().iter().all(is_of_a_token);
    headers.get(REQUEST_ID).filter(is_sane).cloned()
}

/// One that nobody else has.
fn made() -> HeaderValue {
    let digits = format!("{:032x}", rand::random::<u128>());
    HeaderValue::try_from(digits).expect("digits stand in a header")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brought_as(id: &[u8]) -> Option<String> {
        let headers = HeaderMap::from_iter([(REQUEST_ID, HeaderValue::from_bytes(id).expect("a header"))]);
        brought(&headers).map(|id| id.to_str().expect("a token").to_owned())
    }

    #[test]
    fn only_a_short_token_is_taken_from_a_caller() {
        for id in ["1", "5f0c6a52-8f5e-4a11-9b1e-0d5f6a3c2b1a", "a.b_c~d", &"x".repeat(LONGEST)] {
            assert_eq!(brought_as(id.as_bytes()).as_deref(), Some(id));
        }
        for id in ["", "a b", "a=b", "a\"b", "a{b}", "\u{e9}", "ines@example.org", "a/b", &"x".repeat(LONGEST + 1)] {
            assert_eq!(brought_as(id.as_bytes()), None, "{id}");
        }
        assert_eq!(brought(&HeaderMap::new()), None);
    }

    #[test]
    fn two_that_are_made_differ_and_can_be_brought_again() {
        assert_ne!(made(), made());
        assert_eq!(brought_as(made().as_bytes()).map(|id| id.len()), Some(32));
    }
}
