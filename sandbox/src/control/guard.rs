//! What a program or a page is told that another site has sent.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::ui::{ApiProblem, OTHER_SITE};

pub(super) fn other_site() -> Response {
    ApiProblem::new(StatusCode::FORBIDDEN, "other_site", OTHER_SITE).into_response()
}
