//! What control needs to replace accounts as a whole: all of them, or one.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLockWriteGuard};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::model::AccountId;
use super::state::AccountState;
use super::{Accounts, HarverPlatform};
use crate::engine::{Gate, Pins, Tenant};

/// A request sees the accounts that there were when it arrived, also when everything is reset meanwhile.
pub(super) async fn keep_to_one(State(platform): State<HarverPlatform>, request: Request, next: Next) -> Response {
    let mut pins = Pins::default();
    drop(platform.pin(&mut pins));
    pins.scope(next.run(request)).await
}

impl HarverPlatform {
    /// Pins a request to the present accounts, which stay the present ones until what is returned is dropped.
    pub(crate) fn pin<'a>(&'a self, pins: &mut Pins) -> impl Sized + use<'a> {
        self.0.accounts.pin(pins)
    }

    /// The gate that webhooks pass on their way to the customer.
    pub(crate) fn gate(&self) -> &Gate {
        &self.0.gate
    }

    /// Keeps everybody from looking accounts up until it is dropped.
    pub(crate) fn hold(&self) -> Held<'_> {
        Held { platform: self, accounts: self.0.accounts.hold() }
    }
}

/// One account, shared by whoever uses it.
type Account = Arc<Tenant<AccountState>>;

/// All accounts, held.
pub(crate) struct Held<'a> {
    platform: &'a HarverPlatform,
    accounts: RwLockWriteGuard<'a, Arc<Accounts>>,
}

impl Held<'_> {
    /// All accounts, by id.
    pub(crate) fn tenants(&self) -> impl Iterator<Item = (&AccountId, &Arc<Tenant<AccountState>>)> {
        self.accounts.iter()
    }

    /// Puts a state in the place of an account, or nothing; answers what was there and what is.
    pub(crate) fn replace(&mut self, id: &AccountId, state: Option<AccountState>) -> (Option<Account>, Option<Account>) {
        let new = state.map(|state| self.platform.tenant(id, state));
        let accounts = Arc::make_mut(&mut self.accounts);
        let old = match &new {
            Some(new) => accounts.insert(id.clone(), Arc::clone(new)),
            None => {
                self.platform.0.correlations.forget(id);
                accounts.remove(id)
            }
        };
        self.forget_windows(|(account, _)| account == id);
        (old, new)
    }

    /// Puts states in the place of all accounts; answers what was there and what is.
    pub(crate) fn replace_all(&mut self, states: BTreeMap<AccountId, AccountState>) -> (Vec<Account>, Vec<Account>) {
        let fresh: Accounts = states.into_iter().map(|(id, state)| (id.clone(), self.platform.tenant(&id, state))).collect();
        let new = fresh.values().cloned().collect();
        let old = std::mem::replace(&mut *self.accounts, Arc::new(fresh));
        self.forget_windows(|_| true);
        self.platform.0.correlations.clear();
        (old.values().cloned().collect(), new)
    }

    /// Forgets how much was asked in the present minute.
    fn forget_windows(&self, of: impl Fn(&(AccountId, String)) -> bool) {
        self.platform.0.windows.lock().unwrap_or_else(PoisonError::into_inner).retain(|key, _| !of(key));
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // What was put in may have webhooks that wait to be sent.
        self.platform.wake();
    }
}
