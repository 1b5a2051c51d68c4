//! What control itself remembers: the tenants with their credentials, the next customer id, how the clock stands.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::credentials::Credentials;
use super::ready::SampleKeys;
use crate::engine::{ClockSetting, DiskError, Persist, Rows, Single, StoredRow, Table};

/// The name of control's rows on disk.
pub(super) const SCOPE: &str = "control";
/// How many chosen ids beyond those that are handed out in order are remembered between two resets.
const CHOSEN_LIMIT: usize = 100_000;
/// The customer id of the sample tenant.
pub(super) const FIRST_CUSTOMER: u64 = 4021;

/// A tenant that is complete: made, seeded and connected.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TenantRecord {
    /// The iCIMS customer id.
    pub customer_id: u64,
    /// The company's name.
    pub name: String,
    /// The company's name as part of an address.
    pub slug: String,
    /// The tenant's account on the assessment platform.
    pub account_id: String,
    /// Every credential of the tenant.
    pub credentials: Credentials,
    /// What it has to begin with.
    pub sample: SampleKeys,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Progress {
    next_customer: u64,
    /// Ids that callers chose beyond those that are handed out in order.
    chosen: BTreeSet<u64>,
    clock: ClockSetting,
}

impl Progress {
    fn first() -> Self {
        Self { next_customer: FIRST_CUSTOMER, chosen: BTreeSet::new(), clock: ClockSetting::REAL }
    }
}

/// Control's own state.
#[derive(Clone, Debug)]
pub(super) struct ControlState {
    tenants: Table<u64, TenantRecord>,
    progress: Single<Progress>,
}

impl Persist for ControlState {
    fn tables(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.tenants, &mut self.progress]
    }
}

impl ControlState {
    pub(super) fn new() -> Self {
        Self { tenants: Table::new("tenants"), progress: Single::new("progress", Progress::first()) }
    }

    /// The state that was stored among `rows`.
    pub(super) fn restored(rows: &[StoredRow]) -> Result<Self, DiskError> {
        let mut state = Self::new();
        for row in rows.iter().filter(|row| row.scope == SCOPE) {
            state.restore_row(row)?;
        }
        Ok(state)
    }

    pub(super) fn tenant(&self, customer: u64) -> Option<&TenantRecord> {
        self.tenants.get(&customer)
    }

    pub(super) fn tenants(&self) -> impl Iterator<Item = &TenantRecord> {
        self.tenants.values()
    }

    pub(super) fn count(&self) -> usize {
        self.tenants.len()
    }

    pub(super) fn clock(&self) -> ClockSetting {
        self.progress.get().clock
    }

    pub(super) fn remember_clock(&mut self, setting: ClockSetting) {
        self.progress.edit().clock = setting;
    }

    /// Hands out the next customer id. It is never handed out again before a reset, whatever becomes of the customer.
    pub(super) fn reserve_customer(&mut self) -> u64 {
        let progress = self.progress.edit();
        while progress.chosen.remove(&progress.next_customer) {
            progress.next_customer += 1;
        }
        let id = progress.next_customer;
        progress.next_customer += 1;
        id
    }

    /// Whether no more chosen ids can be remembered.
    pub(super) fn has_no_room_for_chosen(&self) -> bool {
        self.progress.get().chosen.len() >= CHOSEN_LIMIT
    }

    /// Hands out a customer id that the caller chose; `false` when it has been handed out before.
    pub(super) fn reserve_chosen(&mut self, id: u64) -> bool {
        let known = self.progress.get();
        let used = (FIRST_CUSTOMER..known.next_customer).contains(&id) || known.chosen.contains(&id);
        !used && !self.has_no_room_for_chosen() && self.progress.edit().chosen.insert(id)
    }

    pub(super) fn add(&mut self, tenant: TenantRecord) {
        self.tenants.put(tenant.customer_id, tenant);
    }

    /// Puts a tenant in the place of the one with this id, or nothing. The id is never handed out again.
    pub(super) fn replace(&mut self, id: u64, tenant: Option<TenantRecord>) {
        match tenant {
            Some(tenant) => {
                // Whether it had been handed out before does not matter here.
                let _ = self.reserve_chosen(id);
                self.add(tenant);
            }
            None => drop(self.tenants.remove(&id)),
        }
    }

    /// The tenant of one customer alone.
    pub(super) fn only(&self, id: u64) -> Self {
        let mut state = Self::new();
        if let Some(tenant) = self.tenant(id) {
            state.add(tenant.clone());
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_is_handed_out_twice_whoever_chose_it() {
        let mut state = ControlState::new();
        assert!(state.reserve_chosen(FIRST_CUSTOMER + 1));
        assert!(!state.reserve_chosen(FIRST_CUSTOMER + 1), "it is in use");
        assert_eq!(state.reserve_customer(), FIRST_CUSTOMER);
        assert_eq!(state.reserve_customer(), FIRST_CUSTOMER + 2, "the chosen one is passed over");
        assert!(!state.reserve_chosen(FIRST_CUSTOMER + 1), "it is in use although it has been passed");
        assert!(!state.reserve_chosen(FIRST_CUSTOMER), "it was handed out in order");
        assert!(state.reserve_chosen(1) && state.reserve_chosen(5_001));
    }
}
