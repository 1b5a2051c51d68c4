//! The simulated iCIMS.

pub mod model;
pub mod pages;
pub mod sample;
pub mod schema;
pub mod state;
pub mod urls;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;

use crate::engine::{Clock, DiskError, StoredRow, Surroundings, Tenant};
use crate::ui;
use state::users::{IntegrationUser, Users};
use state::{CustomerInfo, CustomerState, Refusal};
use urls::Urls;

/// The simulated applicant tracking system with all its customers. Clones are the same system.
#[derive(Clone, Debug)]
pub struct Icims(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    surroundings: Surroundings,
    customers: RwLock<BTreeMap<u64, Arc<Tenant<CustomerState>>>>,
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
    /// The login of the integration.
    pub user: IntegrationUser,
    /// First and last name of the recruiter on screen.
    pub recruiter: (String, String),
}

impl Icims {
    /// An iCIMS without customers.
    #[must_use]
    pub fn new(surroundings: Surroundings) -> Self {
        Self(Arc::new(Inner { surroundings, customers: RwLock::default() }))
    }

    /// Puts stored customers back; rows of other actors are passed over.
    ///
    /// # Errors
    /// When a row is damaged.
    pub fn restore(&self, rows: &[StoredRow]) -> Result<(), DiskError> {
        let _ = rows;
        Ok(())
    }

    /// Opens a new customer. An existing one with the same id is left as it is.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub async fn open_customer(&self, new: NewCustomer) -> Result<(), DiskError> {
        let id = new.id;
        let info = CustomerInfo { id, name: new.name, slug: new.slug };
        let users = Users { integration: new.user, recruiter: new.recruiter };
        let state = CustomerState::new(info, users, self.clock().now());
        let tenant = Arc::new(Tenant::new(format!("icims/{id}"), state, self.0.surroundings.disk.clone()));
        {
            let mut customers = self.0.customers.write().unwrap_or_else(PoisonError::into_inner);
            if customers.contains_key(&id) {
                return Ok(());
            }
            customers.insert(id, Arc::clone(&tenant));
        }
        // Writing nothing stores what a new platform starts with.
        tenant.write(|_| Ok(())).await
    }

    /// The customer with this id.
    #[must_use]
    pub fn customer(&self, id: u64) -> Option<Arc<Tenant<CustomerState>>> {
        self.0.customers.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// The ids of all customers, ascending.
    #[must_use]
    pub fn customers(&self) -> Vec<u64> {
        self.0.customers.read().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
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

    /// Everything that iCIMS serves on its port.
    pub fn router(&self) -> Router {
        pages::router(self.clone()).merge(ui::routes())
    }

    /// Says where a customer's events go.
    ///
    /// # Errors
    /// When there is no such customer, the address is not an http address, or the disk does not take it.
    pub async fn connect_vendor(&self, id: u64, endpoint: String, username: String, password: String) -> Result<(), Refusal> {
        let customer = self.customer(id).ok_or_else(|| Refusal::Invalid("customer".into()))?;
        customer
            .write(|state| {
                let settings = state.connection().clone();
                state.configure_connection(state::connection::Connection {
                    endpoint: Some(endpoint),
                    username,
                    password,
                    ..settings
                })
            })
            .await
    }
}
