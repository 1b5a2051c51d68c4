//! What an event was answered, told beside the answer: for whoever counts them, wherever the answer was given.

use axum::response::Response;

use super::refusal::Refusal;
use crate::domain::{Customer, CustomerId};

/// An event and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Whose event; nobody knows where it could not be told who called.
    pub customer: Option<CustomerId>,
    /// What it was answered: `recorded`, `opened`, `ignored`, or why it was refused.
    pub answer: &'static str,
}

impl Answered {
    /// With this, which is no refusal.
    pub(super) fn with(answer: &'static str, customer: &Customer) -> Self {
        Self { customer: Some(customer.id), answer }
    }

    /// With a refusal.
    pub(super) fn refusing(refusal: &Refusal, customer: Option<&Customer>) -> Self {
        Self { customer: customer.map(|customer| customer.id), answer: refusal.counted_as() }
    }

    /// Puts it beside the answer.
    pub(super) fn beside(self, mut response: Response) -> Response {
        response.extensions_mut().insert(self);
        response
    }
}
