//! The address of a request as it was sent, where it is read in another way of writing: that is what a signature covers.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;

/// What was sent.
#[derive(Clone, Debug)]
pub struct AsSent(pub Uri);

impl<S: Sync> FromRequestParts<S> for AsSent {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_else(|| Self(parts.uri.clone())))
    }
}
