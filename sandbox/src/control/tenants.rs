//! What control itself remembers: of each tenant its credentials, of the world the next customer id and how the clock stands.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::credentials::Credentials;
use super::ready::SampleKeys;
use crate::engine::{ClockSetting, Persist, Rows, Single, State, Table};

/// How many chosen ids beyond those that are handed out in order are remembered between two resets.
const CHOSEN_LIMIT: usize = 100_000;
/// The customer id of the sample tenant.
pub(super) const FIRST_CUSTOMER: u64 = 4021;

/// A tenant: who it is, and by what it is reached.
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
    /// Whether its people connect the two systems themselves, by the guide.
    #[serde(default)]
    pub unconnected: bool,
}

/// The record of one tenant.
#[derive(Clone, Debug)]
pub(super) struct Record(Table<u64, TenantRecord>);

impl Record {
    /// No record, to put a stored one into.
    pub(super) fn blank() -> Self {
        Self(Table::new("tenants"))
    }

    pub(super) fn of(tenant: TenantRecord) -> Self {
        let mut record = Self::blank();
        record.0.put(tenant.customer_id, tenant);
        record
    }

    pub(super) fn tenant(&self) -> Option<&TenantRecord> {
        self.0.values().next()
    }
}

impl Persist for Record {
    fn tables(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.0]
    }
}

impl State for Record {
    const KIND: &'static str = "control";
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Numbers {
    next_customer: u64,
    /// Ids that callers chose beyond those that are handed out in order.
    chosen: BTreeSet<u64>,
    clock: ClockSetting,
}

/// What is remembered of the whole world.
#[derive(Clone, Debug)]
pub(super) struct Progress(Single<Numbers>);

impl Persist for Progress {
    fn tables(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.0]
    }
}

impl State for Progress {
    const KIND: &'static str = "world";
}

impl Progress {
    pub(super) fn new() -> Self {
        let first = Numbers { next_customer: FIRST_CUSTOMER, chosen: BTreeSet::new(), clock: ClockSetting::REAL };
        Self(Single::new("progress", first))
    }

    pub(super) fn clock(&self) -> ClockSetting {
        self.0.get().clock
    }

    pub(super) fn remember_clock(&mut self, setting: ClockSetting) {
        self.0.edit().clock = setting;
    }

    /// Hands out the next customer id. It is never handed out again before a reset, whatever becomes of the customer.
    pub(super) fn reserve_customer(&mut self) -> u64 {
        let numbers = self.0.edit();
        while numbers.chosen.remove(&numbers.next_customer) {
            numbers.next_customer += 1;
        }
        let id = numbers.next_customer;
        numbers.next_customer += 1;
        id
    }

    /// Whether no more chosen ids can be remembered.
    pub(super) fn has_no_room_for_chosen(&self) -> bool {
        self.0.get().chosen.len() >= CHOSEN_LIMIT
    }

    /// Hands out a customer id that the caller chose; `false` when it has been handed out before.
    pub(super) fn reserve_chosen(&mut self, id: u64) -> bool {
        let known = self.0.get();
        let used = (FIRST_CUSTOMER..known.next_customer).contains(&id) || known.chosen.contains(&id);
        !used && !self.has_no_room_for_chosen() && self.0.edit().chosen.insert(id)
    }

    /// Takes a chosen id back whose customer could not be opened.
    pub(super) fn release_chosen(&mut self, id: u64) {
        self.0.edit().chosen.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_is_handed_out_twice_whoever_chose_it() {
        let mut state = Progress::new();
        assert!(state.reserve_chosen(FIRST_CUSTOMER + 1));
        assert!(!state.reserve_chosen(FIRST_CUSTOMER + 1), "it is in use");
        assert_eq!(state.reserve_customer(), FIRST_CUSTOMER);
        assert_eq!(state.reserve_customer(), FIRST_CUSTOMER + 2, "the chosen one is passed over");
        assert!(!state.reserve_chosen(FIRST_CUSTOMER + 1), "it is in use although it has been passed");
        assert!(!state.reserve_chosen(FIRST_CUSTOMER), "it was handed out in order");
        assert!(state.reserve_chosen(1) && state.reserve_chosen(5_001));
        state.release_chosen(5_001);
        assert!(state.reserve_chosen(5_001), "its customer could not be opened");
    }
}
