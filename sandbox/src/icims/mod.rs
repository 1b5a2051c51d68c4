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
pub mod budget;
pub mod events;
mod fidelity;
pub mod ledger;
mod logins;
pub mod model;
pub mod pages;
pub mod schema;
mod signing;
pub mod state;
pub mod urls;
mod worlds;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use imbl::OrdMap;

pub use api::openapi;
pub use fidelity::fidelity;

use crate::engine::{Clock, Current, DiskError, Gate, Persist, Sender, StoredRow, Surroundings, Tenant};
use crate::{reference, ui};
pub use api::Calls;
use api::{Quotas, Searches};
use budget::{Budget, Spending};
use events::Dispatch;
use ledger::{FieldUse, Ledger};
use logins::Logins;
use state::connection::Connection;
use state::users::{IntegrationUser, Users};
use state::{CustomerInfo, CustomerState, Refusal};
use urls::Urls;
pub(crate) use worlds::Held;

/// What the names of this actor's tenants on disk start with.
pub(crate) const SCOPE: &str = "icims/";

/// The simulated applicant tracking system with all its customers. Clones are the same system.
#[derive(Clone, Debug)]
pub struct Icims(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    surroundings: Surroundings,
    sender: Sender,
    /// Passed by every event on its way to the vendor.
    gate: Gate,
    customers: Current<Customers>,
    /// Held while users change, so that what is checked of their names still holds when they are stored.
    enrolment: tokio::sync::Mutex<()>,
    dispatch: Dispatch,
    quotas: Quotas,
    searches: Searches,
    /// What the calls are spent on.
    budget: Budget,
    /// Which fields are used.
    ledger: Ledger,
}

/// The customers and who signs in to which of them. A clone shares everything.
#[derive(Clone, Debug, Default)]
struct Customers {
    tenants: OrdMap<u64, Arc<Tenant<CustomerState>>>,
    logins: Logins,
}

impl Customers {
    /// Takes a customer in, in the place of an older one, and notes under which names its integration users sign in.
    fn enrol(&mut self, id: u64, tenant: Arc<Tenant<CustomerState>>) {
        tenant.read(|state| self.logins.enrol(id, state.integration_users()));
        self.tenants.insert(id, tenant);
    }

    /// Takes a customer out.
    fn dismiss(&mut self, id: u64) -> Option<Arc<Tenant<CustomerState>>> {
        self.logins.forget(id);
        self.tenants.remove(&id)
    }
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
    /// An iCIMS without customers.
    #[must_use]
    pub fn new(surroundings: Surroundings) -> Self {
        let sender = Sender::new(surroundings.clock.clone(), surroundings.journal.clone());
        Self(Arc::new(Inner {
            surroundings,
            sender,
            gate: Gate::default(),
            customers: Current::default(),
            enrolment: tokio::sync::Mutex::default(),
            dispatch: Dispatch::default(),
            quotas: Quotas::default(),
            searches: Searches::default(),
            budget: Budget::default(),
            ledger: Ledger::default(),
        }))
    }

    /// Puts stored customers back; rows of other actors are passed over.
    ///
    /// # Errors
    /// When a row is damaged.
    pub fn restore(&self, rows: &[StoredRow]) -> Result<(), DiskError> {
        let mut restored = Customers::default();
        for (id, state) in restored_states(rows)? {
            restored.enrol(id, self.tenant(id, state));
        }
        *self.0.customers.hold() = Arc::new(restored);
        self.wake();
        Ok(())
    }

    /// Takes a customer in that has its state already. An existing one with the same id is left as it is.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub async fn admit(&self, id: u64, state: CustomerState) -> Result<(), DiskError> {
        if self.customer(id).is_some() {
            return Ok(());
        }
        let tenant = self.tenant(id, state);
        // Changing nothing stores what a new platform starts with, before anybody can use it.
        tenant.write(|_| Ok::<(), DiskError>(())).await?;
        let mut customers = self.0.customers.hold();
        if !customers.tenants.contains_key(&id) {
            Arc::make_mut(&mut customers).enrol(id, tenant);
        }
        Ok(())
    }

    /// The customer with this id.
    #[must_use]
    pub fn customer(&self, id: u64) -> Option<Arc<Tenant<CustomerState>>> {
        self.directory().tenants.get(&id).cloned()
    }

    /// The ids of all customers, ascending.
    #[must_use]
    pub fn customers(&self) -> Vec<u64> {
        self.directory().tenants.keys().copied().collect()
    }

    /// Adds an integration user to a customer, or replaces the one with the same name.
    ///
    /// # Errors
    /// When there is no such customer, a name or client id is in use by somebody else, the user cannot be as it is, or the disk does
    /// not take it.
    pub async fn save_user(&self, id: u64, user: IntegrationUser) -> Result<(), Refusal> {
        let _alone = self.0.enrolment.lock().await;
        let customer = self.customer(id).ok_or_else(|| Refusal::Invalid("customer".into()))?;
        if let Some(name) = self.directory().logins.taken(id, &user) {
            return Err(Refusal::Invalid(name.into()));
        }
        customer.write(|state| state.put_user(user)).await?;
        self.enrol(id);
        Ok(())
    }

    /// Removes an integration user of a customer, and whatever tokens it had; `false` when there is none of this name or it is the
    /// main one.
    ///
    /// # Errors
    /// When there is no such customer, or the disk does not take it.
    pub async fn remove_user(&self, id: u64, username: &str) -> Result<bool, Refusal> {
        let _alone = self.0.enrolment.lock().await;
        let customer = self.customer(id).ok_or_else(|| Refusal::Invalid("customer".into()))?;
        let removed = customer.write(|state| Ok::<_, DiskError>(state.remove_user(username))).await?;
        self.enrol(id);
        Ok(removed)
    }

    /// Notes anew how the users of a customer sign in; to be called when its users have been replaced with its whole state.
    pub fn enrol(&self, id: u64) {
        let mut customers = self.0.customers.hold();
        if let Some(tenant) = customers.tenants.get(&id).cloned() {
            Arc::make_mut(&mut customers).enrol(id, tenant);
        }
    }

    /// How often the API of a customer has been called.
    #[must_use]
    pub fn calls(&self, id: u64) -> Calls {
        let limit = self.customer(id).map_or(0, |tenant| tenant.read(|state| state.info().daily_calls));
        self.0.quotas.calls(id, limit, self.clock().now())
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

    /// Forgets what is counted beside the state: calls, what they were spent on, and which fields were used.
    pub fn forget_counts(&self) {
        self.0.quotas.clear();
        self.0.searches.clear();
        self.0.budget.clear();
        self.0.ledger.clear();
    }

    /// What the calls of a customer's API were spent on.
    #[must_use]
    pub fn spending(&self, customer: u64) -> Spending {
        self.0.budget.of(customer, self.clock().now())
    }

    /// Which fields of a customer were read and written over the API.
    #[must_use]
    pub fn field_use(&self, customer: u64) -> Vec<FieldUse> {
        self.0.ledger.of(customer)
    }

    /// Everything that iCIMS serves on its port.
    pub fn router(&self) -> Router {
        let all = api::router(self.clone()).merge(pages::router(self.clone())).merge(ui::routes());
        all.merge(reference::routes(openapi)).layer(from_fn_with_state(self.clone(), worlds::keep_to_one))
    }

    /// Tells the background delivery that a rule has queued an event that nobody waits for.
    pub fn wake(&self) {
        self.0.dispatch.wake();
    }

    /// The results that searches may still be answered with.
    fn searches(&self) -> &Searches {
        &self.0.searches
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

    /// The customers as the running request sees them.
    fn directory(&self) -> Arc<Customers> {
        self.0.customers.get()
    }

    fn tenant(&self, id: u64, state: CustomerState) -> Arc<Tenant<CustomerState>> {
        Arc::new(Tenant::new(format!("{SCOPE}{id}"), state, self.0.surroundings.disk.clone()))
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

/// The states of all customers that are among stored rows; rows of other actors are passed over.
///
/// # Errors
/// When a row cannot be read.
pub(crate) fn restored_states<'a>(
    rows: impl IntoIterator<Item = &'a StoredRow>,
) -> Result<BTreeMap<u64, CustomerState>, DiskError> {
    let mut states = BTreeMap::new();
    for row in rows {
        let Some(text) = row.scope.strip_prefix(SCOPE) else { continue };
        let id: u64 = text.parse().map_err(|_| DiskError::UnknownScope(row.scope.clone()))?;
        states.entry(id).or_insert_with(|| blank_state(id)).restore_row(row)?;
    }
    Ok(states)
}

/// A state to put stored rows into. What a platform always has is stored when it is opened, so all of it is replaced.
fn blank_state(id: u64) -> CustomerState {
    let blank = Users { integration: IntegrationUser::default(), recruiter: Default::default() };
    CustomerState::empty(CustomerInfo::new(id, String::new(), String::new()), blank)
}
