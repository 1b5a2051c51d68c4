//! What control needs to replace customers as a whole: all of them, or one.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLockWriteGuard};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::state::CustomerState;
use super::{Customers, Icims};
use crate::engine::{Gate, Pins, Tenant};

/// A request sees the customers that there were when it arrived, also when everything is reset meanwhile.
pub(super) async fn keep_to_one(State(icims): State<Icims>, request: Request, next: Next) -> Response {
    let mut pins = Pins::default();
    drop(icims.pin(&mut pins));
    pins.scope(next.run(request)).await
}

impl Icims {
    /// Pins a request to the present customers, which stay the present ones until what is returned is dropped.
    pub(crate) fn pin<'a>(&'a self, pins: &mut Pins) -> impl Sized + use<'a> {
        self.0.customers.pin(pins)
    }

    /// The gate that events pass on their way to the vendor.
    pub(crate) fn gate(&self) -> &Gate {
        &self.0.gate
    }

    /// Keeps everybody from looking customers up until it is dropped.
    pub(crate) fn hold(&self) -> Held<'_> {
        Held { icims: self, customers: self.0.customers.hold() }
    }

    /// Whether a customer is still the one that it was.
    pub(super) fn is_present(&self, id: u64, tenant: &Arc<Tenant<CustomerState>>) -> bool {
        self.0.customers.latest().tenants.get(&id).is_some_and(|now| Arc::ptr_eq(now, tenant))
    }
}

/// One customer, shared by whoever uses it.
type Customer = Arc<Tenant<CustomerState>>;

/// All customers, held.
pub(crate) struct Held<'a> {
    icims: &'a Icims,
    customers: RwLockWriteGuard<'a, Arc<Customers>>,
}

impl Held<'_> {
    /// All customers, by id.
    pub(crate) fn tenants(&self) -> impl Iterator<Item = (u64, &Arc<Tenant<CustomerState>>)> {
        self.customers.tenants.iter().map(|(id, tenant)| (*id, tenant))
    }

    /// Puts a state in the place of a customer, or nothing; answers who was there and who is.
    pub(crate) fn replace(&mut self, id: u64, state: Option<CustomerState>) -> (Option<Customer>, Option<Customer>) {
        let new = state.map(|state| self.icims.tenant(id, state));
        let customers = Arc::make_mut(&mut self.customers);
        let old = customers.dismiss(id);
        if let Some(new) = &new {
            customers.enrol(id, Arc::clone(new));
        }
        self.icims.0.quotas.forget(id);
        self.icims.0.searches.forget(id);
        self.icims.0.budget.forget(id);
        self.icims.0.ledger.forget(id);
        self.icims.0.dispatch.forget_tokens();
        (old, new)
    }

    /// Puts states in the place of all customers; answers who was there and who is.
    pub(crate) fn replace_all(&mut self, states: BTreeMap<u64, CustomerState>) -> (Vec<Customer>, Vec<Customer>) {
        let mut fresh = Customers::default();
        for (id, state) in states {
            fresh.enrol(id, self.icims.tenant(id, state));
        }
        let new = fresh.tenants.values().cloned().collect();
        let old = std::mem::replace(&mut *self.customers, Arc::new(fresh));
        self.icims.forget_counts();
        self.icims.0.dispatch.forget_tokens();
        (old.tenants.values().cloned().collect(), new)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // What was put in may have events that wait to be sent.
        self.icims.wake();
    }
}
