//! What visitors of iCIMS send.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

pub(super) use crate::ui::{Choice, Choosable, Field, Flag, Given};
use crate::ui::{Page, Problem};

/// The longest form that is read, in bytes; a job with every field filled in stays far below it.
pub(super) const FORM_LIMIT: usize = 256 * 1024;

/// A submitted form.
#[derive(Debug)]
pub(super) struct Submitted(pub(super) Given);

impl<S: Send + Sync> FromRequest<S> for Submitted {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        match axum::body::to_bytes(request.into_body(), FORM_LIMIT).await {
            Ok(body) => Ok(Self(Given::parse(&body))),
            Err(_) => Err(Page(
                StatusCode::PAYLOAD_TOO_LARGE,
                Problem {
                    product: "icims",
                    title: "That was too much".into(),
                    message: "The form is larger than 256 KiB or was cut short. Nothing was changed; shorten it and try again."
                        .into(),
                    way_back: ("Back to the start".into(), "/".into()),
                },
            )
            .into_response()),
        }
    }
}

/// What stands in the address after the question mark.
#[derive(Debug)]
pub(super) struct Asked(pub(super) Given);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(Given::parse(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}
