//! What control itself remembers: the tenants with their credentials, the next customer id, how far the clock was moved.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::credentials::Credentials;
use super::ready::SampleKeys;
use crate::engine::{DiskError, Persist, Rows, Single, StoredRow, Table};

/// The name of control's rows on disk.
pub(super) const SCOPE: &str = "control";
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
    clock_offset: SignedDuration,
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
        let progress = Progress { next_customer: FIRST_CUSTOMER, clock_offset: SignedDuration::ZERO };
        Self { tenants: Table::new("tenants"), progress: Single::new("progress", progress) }
    }

    /// The state that was stored among `rows`.
    pub(super) fn restored(rows: &[StoredRow]) -> Result<Self, DiskError> {
        let mut state = Self::new();
        for row in rows.iter().filter(|row| row.scope == SCOPE) {
            if let Some(table) = state.tables().into_iter().find(|table| table.name() == row.table) {
                table.restore(&row.key, &row.body)?;
            }
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

    pub(super) fn clock_offset(&self) -> SignedDuration {
        self.progress.get().clock_offset
    }

    pub(super) fn remember_clock(&mut self, offset: SignedDuration) {
        self.progress.edit().clock_offset = offset;
    }

    /// Hands out the next customer id. It is never handed out again before a reset, whatever becomes of the customer.
    pub(super) fn reserve_customer(&mut self) -> u64 {
        let progress = self.progress.edit();
        let id = progress.next_customer;
        progress.next_customer += 1;
        id
    }

    pub(super) fn add(&mut self, tenant: TenantRecord) {
        self.tenants.put(tenant.customer_id, tenant);
    }

    /// As after a first start.
    pub(super) fn clear(&mut self) {
        for id in self.tenants.iter().map(|(id, _)| *id).collect::<Vec<_>>() {
            self.tenants.remove(&id);
        }
        *self.progress.edit() = Progress { next_customer: FIRST_CUSTOMER, clock_offset: SignedDuration::ZERO };
    }
}
