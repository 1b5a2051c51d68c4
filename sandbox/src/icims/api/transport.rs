//! What the transport asks for: one HTTP version, where the customer insists on it (icims-api 1.4).

use axum::extract::Request;
use axum::http::{StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::{ApiError, Code};
use super::gate::Caller;

/// Refuses other HTTP versions than 1.1 with `505`, if the customer's switch says so.
pub(super) async fn one_version(request: Request, next: Next) -> Response {
    let strict =
        request.extensions().get::<Caller>().is_some_and(|caller| caller.tenant.read(|state| state.switches().strict_http));
    if strict && request.version() != Version::HTTP_11 {
        let message = format!("{:?} is not supported: use HTTP/1.1.", request.version());
        return ApiError::new(StatusCode::HTTP_VERSION_NOT_SUPPORTED, Code::Transport, message).into_response();
    }
    next.run(request).await
}
