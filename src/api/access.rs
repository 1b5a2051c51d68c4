//! Whose token it is.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};

use super::Api;
use crate::domain::{Customer, CustomerId, Role};
use crate::settings::{By, Way};
use crate::store::admins::Session;
use crate::store::{self, tokens};
use crate::web::{ApiError, Entrance, hash_of};

/// A Harver Admin, by token. Asking for one refuses everybody else.
pub(super) struct Configures {
    pub(super) session: Session,
}

impl Configures {
    /// The caller as the history names it.
    pub(super) fn by(&self, api: &Api) -> By {
        By { who: self.session.email.clone(), way: Way::Api, now: api.clock.now() }
    }

    pub(super) fn customer(&self) -> CustomerId {
        self.session.customer
    }

    /// The customer as it is set up now.
    ///
    /// # Errors
    /// When the store fails, or the customer is gone.
    pub(super) async fn load(&self, api: &Api) -> Result<Customer, ApiError> {
        let id = self.customer();
        let found = api.store.read(move |tx| store::customer(tx, id)).await;
        found.map_err(|error| ApiError::unavailable(&error))?.ok_or_else(ApiError::token_wanted)
    }
}

impl FromRequestParts<Api> for Configures {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let hash = hash_of(bearer(&parts.headers).ok_or_else(ApiError::token_wanted)?);
        let now = api.clock.now();
        let found = api.store.read(move |tx| tokens::owner(tx, &hash, now)).await;
        let session = found.map_err(|error| ApiError::unavailable(&error))?.ok_or_else(ApiError::token_wanted)?;
        api.rates.of_customer(Entrance::Api, session.customer).map_err(ApiError::too_often)?;
        if session.role != Role::HarverAdmin {
            let message = "Only a Harver Admin configures the integration. Ask one for a token.";
            return Err(ApiError::new(StatusCode::FORBIDDEN, "not_a_harver_admin", message));
        }
        Ok(Self { session })
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}
