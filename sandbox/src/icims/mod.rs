//! The simulated iCIMS: an applicant tracking system with a REST API, recruiter screens, a career portal, and events to an
//! assessment vendor.
//!
//! Knows nothing of the vendor beyond the settings of its connection. API and screens move the same [`state`] by the same rules;
//! [`events`] tells the vendor. Facts come from `icims-api.md` and `assessment-flow.md`; what they leave open is marked *assumed*
//! where it is decided.
//!
//! What is simulated, how faithfully, and which test covers it is marked beside the code ([`fidelity()`]) and collected in
//! `docs/fidelity.md` and on the page `/fidelity`. Whatever iCIMS has and the sandbox does not, such as forms, offers, job boards and
//! the other profile types, is refused by name with `501`.

pub mod api;
mod aside;
pub mod budget;
pub mod events;
mod fidelity;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod latest;
pub mod ledger;
pub mod model;
pub mod pages;
pub mod schema;
mod signing;
pub mod state;
pub mod urls;

use std::future::Future;
use std::sync::{Arc, OnceLock};

use axum::Router;
use url::Url;

pub use api::openapi;
pub use fidelity::fidelity;

use crate::engine::{Clock, Customer, DiskError, Kept, Outbox, Registry, Sender, Sends, Surroundings, Tenant};
use crate::{reference, ui};
pub use api::{Calls, UserCalls};
use api::{Quota, Searches};
use budget::{Budget, Spending};
use ledger::{FieldUse, Ledger};
use state::connection::Connection;
use state::users::{IntegrationUser, Users};
use state::{CLIENT, CustomerInfo, CustomerState, LOGIN, Refusal};
use urls::Urls;

/// The simulated applicant tracking system with all its customers. Clones are the same system.
#[derive(Clone, Debug)]
pub struct Icims(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    surroundings: Surroundings,
    /// Where the integration calls the API.
    told: Url,
    sender: Sender,
    /// Held while users change, so that what is checked of their names still holds when they are stored.
    enrolment: tokio::sync::Mutex<()>,
    /// The calls of those who name no customer.
    strangers: Quota,
}

/// A customer to open.
#[derive(Clone, Debug)]
pub struct NewCustomer {
    /// Numeric customer id.
    pub id: u64,
    /// The company's name.
    pub name: String,
    /// The name in host names, such as `brightwater`.
    pub slug: String,
    /// The main login of the integration. User names and client ids are unique among all customers.
    pub user: IntegrationUser,
    /// First and last name of the recruiter on screen.
    pub recruiter: (String, String),
}

impl Icims {
    /// The iCIMS of the customers of a world.
    #[must_use]
    pub fn new(surroundings: Surroundings) -> Self {
        let told = surroundings.base_url.clone();
        Self::known_as(surroundings, told)
    }

    /// The same for an integration that was told of another address than browsers are: its events lead there.
    #[must_use]
    pub fn known_as(surroundings: Surroundings, told: Url) -> Self {
        let sender = Sender::new(surroundings.clock.clone(), surroundings.journal.clone());
        Self(Arc::new(Inner {
            surroundings,
            told,
            sender,
            enrolment: tokio::sync::Mutex::default(),
            strangers: Quota::default(),
        }))
    }

    /// Opens a customer, in the place of the one with this id.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub async fn admit(&self, id: u64, state: CustomerState) -> Result<(), DiskError> {
        let kept = self.registry().kept(id).unwrap_or_else(|| Kept::new(id));
        self.registry().put(id, Some(kept.with(state))).await
    }

    /// The customer with this id.
    #[must_use]
    pub fn customer(&self, id: u64) -> Option<Arc<Tenant<CustomerState>>> {
        self.registry().tenant(id)
    }

    /// The ids of all customers, ascending.
    #[must_use]
    pub fn customers(&self) -> Vec<u64> {
        self.registry().customers().iter().map(|customer| customer.id()).collect()
    }

    /// Adds an integration user to a customer, or replaces the one with the same name.
    ///
    /// # Errors
    /// When there is no such customer, a name or client id is in use by somebody else, the user cannot be as it is, or the disk does
    /// not take it.
    pub async fn save_user(&self, id: u64, user: IntegrationUser) -> Result<(), Refusal> {
        let _alone = self.0.enrolment.lock().await;
        let (customer, tenant) = self.found(id)?;
        if let Some(name) = self.taken(id, &user) {
            return Err(Refusal::Invalid(name.into()));
        }
        tenant.write(|state| state.put_user(user)).await?;
        self.registry().rename(&customer);
        Ok(())
    }

    /// Removes an integration user of a customer, and whatever tokens it had; `false` when there is none of this name or it is the
    /// main one.
    ///
    /// # Errors
    /// When there is no such customer, or the disk does not take it.
    pub async fn remove_user(&self, id: u64, username: &str) -> Result<bool, Refusal> {
        let _alone = self.0.enrolment.lock().await;
        let (customer, tenant) = self.found(id)?;
        let removed = tenant.write(|state| Ok::<_, DiskError>(state.remove_user(username))).await?;
        self.registry().rename(&customer);
        Ok(removed)
    }

    /// Which of a user's names another customer's user has: `username`, `hmac_user` or `client_id`.
    fn taken(&self, customer: u64, user: &IntegrationUser) -> Option<&'static str> {
        let names =
            [("username", LOGIN, &user.username), ("hmac_user", LOGIN, &user.hmac_user), ("client_id", CLIENT, &user.client_id)];
        let elsewhere = |kind, name: &str| self.registry().owner(kind, name).is_some_and(|owner| owner.customer != customer);
        names.into_iter().find(|(_, kind, name)| elsewhere(kind, name)).map(|(field, ..)| field)
    }

    fn found(&self, id: u64) -> Result<(Arc<Customer>, Arc<Tenant<CustomerState>>), Refusal> {
        let customer = self.registry().customer(id);
        customer
            .and_then(|customer| Some((Arc::clone(&customer), customer.tenant()?)))
            .ok_or_else(|| Refusal::Invalid("customer".into()))
    }

    /// How often the API of a customer has been called.
    #[must_use]
    pub fn calls(&self, id: u64) -> Calls {
        let limit = self.customer(id).map_or(0, |tenant| tenant.read(|state| state.info().daily_calls));
        self.beside::<Quota>(id).calls(limit, self.clock().now())
    }

    /// How often each of a customer's integration users has called today, by name.
    #[must_use]
    pub fn calls_of_users(&self, id: u64) -> Vec<UserCalls> {
        let limit = self.customer(id).map_or(0, |tenant| tenant.read(|state| state.info().daily_calls));
        self.beside::<Quota>(id).users(limit, self.clock().now())
    }

    /// Says where a customer's events go. To be called at every start, before [`Icims::run`].
    ///
    /// # Errors
    /// When there is no such customer, the address is not an http address, or the disk does not take it.
    pub async fn connect_vendor(&self, id: u64, endpoint: String, username: String, password: String) -> Result<(), Refusal> {
        let customer = self.customer(id).ok_or_else(|| Refusal::Invalid("customer".into()))?;
        customer
            .write(|state| {
                let settings = state.connection().clone();
                state.configure_connection(Connection { endpoint: Some(endpoint), username, password, ..settings })
            })
            .await
    }

    /// What the calls of a customer's API were spent on.
    #[must_use]
    pub fn spending(&self, customer: u64) -> Spending {
        self.beside::<Budget>(customer).spent(self.clock().now())
    }

    /// Which fields of a customer were read and written over the API.
    #[must_use]
    pub fn field_use(&self, customer: u64) -> Vec<FieldUse> {
        self.beside::<Ledger>(customer).all()
    }

    /// Everything that iCIMS serves on its port.
    pub fn router(&self) -> Router {
        let all = api::router(self.clone()).merge(pages::router(self.clone())).merge(ui::routes());
        all.merge(reference::routes(openapi))
    }

    /// Sends events alone until `shutdown` resolves; a whole sandbox has one outbox for all actors.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        let actors: Vec<Arc<dyn Sends>> = vec![Arc::new(self.clone())];
        Outbox::new(self.registry().clone(), self.clock().clone(), actors).run(shutdown).await;
    }

    /// The same, made once.
    fn urls_of(&self, customer: &Customer) -> Urls {
        customer.beside::<OnceLock<Urls>>().get_or_init(|| self.urls(customer.id())).clone()
    }

    /// What is counted or kept of a customer in memory alone. Of nobody, nothing is kept.
    fn beside<T: Default + Send + Sync + 'static>(&self, customer: u64) -> Arc<T> {
        self.registry().customer(customer).map_or_else(Arc::default, |customer| customer.beside())
    }

    /// The results that searches of a customer may still be answered with.
    fn searches(&self, customer: u64) -> Arc<Searches> {
        self.beside(customer)
    }

    fn registry(&self) -> &Registry {
        &self.0.surroundings.registry
    }

    /// The virtual clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.surroundings.clock
    }

    /// The addresses of a customer.
    #[must_use]
    pub fn urls(&self, customer: u64) -> Urls {
        Urls::new(&self.0.surroundings, customer)
    }

    /// The same in an event: the API is where the integration was told that it is, and a link elsewhere would be none of its customer.
    fn urls_in_events(&self, customer: u64) -> Urls {
        self.urls(customer).with_api_at(&self.0.told)
    }
}

impl NewCustomer {
    /// What the customer's platform is when iCIMS hands it over.
    #[must_use]
    pub fn state(self, now: jiff::Timestamp) -> CustomerState {
        let info = CustomerInfo::new(self.id, self.name, self.slug);
        CustomerState::new(info, Users { integration: self.user, recruiter: self.recruiter }, now)
    }
}
