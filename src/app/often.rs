//! Strangers who call too often are told so, in the form of what they call, before anything is done for them. A stranger is whoever brings
//! no credentials, or wrong ones. Customers are counted where it is known who they are, and the console counts its visitors by itself.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::ats_to_harver::{START_PATH, TOKEN_PATH};
use crate::harver_to_ats::CALLBACK_PATH;
use crate::web::{ApiError, Caller, Rates, TooOften, with_retry_after};
use crate::{ats_to_harver, console};

/// What is asked over and over by whoever looks after the service, and costs next to nothing.
const UNCOUNTED: [&str; 2] = ["/healthz", "/readyz"];

/// What the layer needs.
#[derive(Clone)]
pub(super) struct Gate {
    pub(super) rates: Rates,
    pub(super) support_contact: String,
}

/// Counts strangers.
pub(super) async fn hold_off(State(gate): State<Gate>, Caller(from): Caller, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if UNCOUNTED.contains(&path.as_str()) || path.starts_with(console::HOME) {
        return next.run(request).await;
    }
    // Whoever asks for a token may bring them in a form.
    let brings_credentials = request.headers().contains_key(header::AUTHORIZATION) || path == TOKEN_PATH;
    if !brings_credentials && let Err(too_often) = gate.rates.of_stranger(from) {
        return gate.refusal(&path, too_often);
    }
    let answer = next.run(request).await;
    let has_proved_nothing =
        answer.status() == StatusCode::UNAUTHORIZED || (path == TOKEN_PATH && answer.status().is_client_error());
    if brings_credentials
        && has_proved_nothing
        && let Err(too_often) = gate.rates.of_stranger(from)
    {
        return gate.refusal(&path, too_often);
    }
    answer
}

impl Gate {
    fn refusal(&self, path: &str, too_often: TooOften) -> Response {
        if path.starts_with(START_PATH) || path == TOKEN_PATH {
            return ats_to_harver::too_often(path, too_often, &self.support_contact);
        }
        if path.starts_with(CALLBACK_PATH) || path.starts_with("/api/") {
            return ApiError::too_often(too_often).into_response();
        }
        with_retry_after((StatusCode::TOO_MANY_REQUESTS, "There were too many requests. Try again later.\n"), too_often)
    }
}
