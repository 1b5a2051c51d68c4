//! The recruiter screens and the career portal.

use axum::Router;

use super::Icims;

/// The screens of all customers.
pub fn router(icims: Icims) -> Router {
    Router::new().with_state(icims)
}
