//! `POST /__sandbox/provider-states/{provider}`: brings about what a contract calls given, for whoever verifies a provider.
//!
//! The request is the one of the Pact convention, so that every verifier can use it as its state URL. Each state has a customer of its
//! own, which nobody else knows, and answers what only exists from then on: ids, credentials. A pact takes them from there. So two who
//! verify at the same time do not meet, and nothing that was there before is touched.
//!
//! [`lists`](self) holds the closed lists; one file a provider says how its states are brought about.

mod icims;
mod integration;
mod lists;
mod platform;

use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use axum::Json;
use axum::extract::{Path, State};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{ApiBody, in_full};
use super::error::ControlError;
use super::world::World;
use crate::engine::Customer;

pub use lists::{BadState, IcimsState, IntegrationState, PROVIDERS, PlatformState, ProviderState};

/// How many states may be open at once. Many verifiers never tear down; beyond this, the one that is open longest goes.
const OPEN_LIMIT: usize = 50;

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(change_state))
}

/// What is to be done to a state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is brought about.
    #[default]
    Setup,
    /// What was opened for it goes.
    Teardown,
}

/// A state change, as verifiers ask for it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, ToSchema)]
pub struct StateChange {
    /// Whose pact it is.
    #[serde(default)]
    pub consumer: String,
    /// The state, by its name in the pact.
    pub state: String,
    /// Its parameters in the pact.
    #[serde(default)]
    pub params: Map<String, Value>,
    /// What to do.
    #[serde(default)]
    pub action: Action,
    /// With `teardown`: what the state has told, which says which one is meant where several are open. Verifiers without it close the one
    /// of this name that is open longest.
    #[serde(default)]
    pub told: Option<Map<String, Value>>,
}

/// What a state tells, by name.
pub type Told = Map<String, Value>;

/// A state that has been brought about.
struct Opened {
    customer: u64,
    told: Told,
}

impl Opened {
    fn of(customer: u64) -> Self {
        Self { customer, told: Told::new() }
    }

    fn tell(&mut self, name: &str, value: impl ToString) {
        self.told.insert(name.into(), value.to_string().into());
    }
}

/// The states that are open, the one that is open longest first.
#[derive(Default)]
pub(super) struct OpenStates(Mutex<VecDeque<OpenState>>);

struct OpenState {
    provider: String,
    change: StateChange,
    told: Told,
    /// The customer itself: after a reset, another one may have its number.
    customer: Weak<Customer>,
}

impl OpenState {
    fn is_meant_by(&self, provider: &str, change: &StateChange) -> bool {
        let StateChange { consumer, state, params, .. } = &self.change;
        let is_same = self.provider == provider && (consumer, state, params) == (&change.consumer, &change.state, &change.params);
        is_same && change.told.as_ref().is_none_or(|told| *told == self.told)
    }
}

impl OpenStates {
    /// Notes a state; the customer of the one that has to make room for it.
    fn note(&self, open: OpenState) -> Option<Weak<Customer>> {
        let mut all = self.0.lock();
        all.push_back(open);
        if all.len() > OPEN_LIMIT { all.pop_front().map(|oldest| oldest.customer) } else { None }
    }

    fn take(&self, provider: &str, change: &StateChange) -> Option<Weak<Customer>> {
        let mut all = self.0.lock();
        let position = all.iter().position(|open| open.is_meant_by(provider, change))?;
        all.remove(position).map(|open| open.customer)
    }
}

/// Brings about what a pact of a provider (`icims`, `harver-platform`, `harver-icims`) calls given, or removes what was opened for it; the
/// request is that of the Pact convention, so any verifier can use this as its state URL.
///
/// Each state opens a customer of its own. The answer holds what the state tells, such as `customer`, `person` or `basic`, the value of
/// `Authorization`: a pact takes these with generators `ProviderState`. States of `harver-icims` need an integration in the same process,
/// as `harver-icims up` has it.
#[utoipa::path(
    post, path = "/__sandbox/provider-states/{provider}", operation_id = "changeProviderState", tag = "contracts",
    request_body = StateChange,
    responses(
        (status = 200, body = Object, description = "What the state tells, by name; nothing after a teardown."),
        (status = 422, body = ref("#/components/schemas/Problem")),
    ),
)]
async fn change_state(
    State(world): State<World>,
    Path(provider): Path<String>,
    ApiBody(change): ApiBody<StateChange>,
) -> Result<Json<Told>, ControlError> {
    in_full(async move { world.change_state(&provider, change).await }).await.map(Json)
}

impl World {
    /// Brings about a provider's state and says what it tells, or removes what was opened for it.
    ///
    /// # Errors
    /// When there is no such state, its parameters do not fit, it could not be brought about, or could not be removed.
    pub async fn change_state(&self, provider: &str, change: StateChange) -> Result<Told, ControlError> {
        if change.action == Action::Teardown {
            if let Some(customer) = self.0.states.take(provider, &change) {
                self.close_state(customer).await?;
            }
            return Ok(Told::new());
        }
        let (name, params) = (&change.state, &change.params);
        let Opened { customer, told } = match provider {
            IcimsState::PROVIDER => icims::open(self, &IcimsState::read(name, params)?).await?,
            PlatformState::PROVIDER => platform::open(self, &PlatformState::read(name, params)?).await?,
            IntegrationState::PROVIDER => integration::open(self, &IntegrationState::read(name, params)?).await?,
            _ => return Err(BadState::UnknownProvider { provider: provider.to_owned() }.into()),
        };
        let customer = self.registry().customer(customer).map(|customer| Arc::downgrade(&customer)).unwrap_or_default();
        let open = OpenState { provider: provider.to_owned(), change, told: told.clone(), customer };
        if let Some(oldest) = self.0.states.note(open) {
            self.close_state(oldest).await?;
        }
        Ok(told)
    }

    /// Removes a state's customer, unless that has gone already.
    async fn close_state(&self, customer: Weak<Customer>) -> Result<(), ControlError> {
        let Some(customer) = customer.upgrade().filter(|customer| !customer.is_gone()) else { return Ok(()) };
        let id = customer.id();
        match self.tenant(&id.to_string()) {
            // The integration was never told of it.
            Ok(tenant) if tenant.unconnected => Ok(self.registry().put(id, None).await?),
            Ok(_) => self.delete_customer(&id.to_string()).await,
            Err(ControlError::UnknownCustomer(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// What `Authorization` says for a user with a password.
fn basic(username: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{username}:{password}")))
}

/// Says which state was not brought about.
fn failed(state: &impl ProviderState, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ControlError {
    ControlError::State { state: state.on_paper().0, source: source.into() }
}
