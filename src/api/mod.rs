//! The settings as a JSON API, for programs: the same rules, checks and history as in the console.
//!
//! A caller presents the token of a Harver Admin and sees the integration of that admin's customer, nothing else.

mod access;
mod body;
mod rotation;
mod settings;
mod switching;

use axum::Router;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::checks::Checker;
use crate::clock::Clock;
use crate::settings::{Rules, SaveError};
use crate::store::Store;
use crate::web::{ApiError, Rates};

/// What the API works with. Clones share everything.
#[derive(Clone)]
pub(crate) struct Api {
    /// The integration's memory.
    pub store: Store,
    /// The present.
    pub clock: Clock,
    /// What is tried before the integration is enabled.
    pub checker: Checker,
    /// What settings may be here.
    pub rules: Rules,
    /// How often a customer's programs may call.
    pub rates: Rates,
}

/// Everything below `/api/v1`.
pub(crate) fn routes(api: Api) -> Router {
    described().with_state(api).into()
}

/// The routes with their description.
pub(crate) fn described() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(settings::read, settings::change))
        .routes(routes!(settings::history))
        .routes(routes!(switching::check))
        .routes(routes!(switching::enable))
        .routes(routes!(switching::disable))
        .routes(routes!(rotation::rotate))
}

impl From<SaveError> for ApiError {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Problems(problems) => {
                Self::unusable(problems.iter().map(|(setting, message)| (setting, message.to_owned())).collect())
            }
            // The token's owner belongs to a customer, who was there a moment ago.
            SaveError::NoSuchCustomer(_) => Self::token_wanted(),
            SaveError::NotAdded(_) => {
                let message = "The integration is not added yet: a Harver Admin chooses Add Integrations in the console.";
                Self::new(StatusCode::CONFLICT, "not_added", message)
            }
            SaveError::ChangedMeanwhile(_) => {
                let message = "Somebody changed the settings while the checks ran. Call this again, so that those are checked.";
                Self::new(StatusCode::CONFLICT, "changed_meanwhile", message)
            }
            SaveError::Store(error) => Self::unavailable(&error),
        }
    }
}
