//! What a world, or one customer of it, consists of: held in memory, as rows, and with what the integration keeps of it.

use std::collections::BTreeMap;

use super::connector::Connected;
use super::tenants::{self, ControlState, TenantRecord};
use crate::engine::{Change, ClockSetting, DiskError, Persist, StoredRow};
use crate::harver_platform::model::AccountId;
use crate::harver_platform::state::AccountState;
use crate::icims::state::CustomerState;
use crate::mailbox::MailboxState;
use crate::{harver_platform, icims, mailbox};

/// The name of the integration's data among the rows of a snapshot.
pub(super) const INTEGRATION: &str = "integration";

/// Which part of the world is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    World,
    /// One customer: its iCIMS, its account on the platform, its mail, and what the integration keeps of it.
    Customer(u64),
}

impl Extent {
    /// The customer as the integration knows it; none means all.
    pub(super) fn customer(self) -> Option<String> {
        match self {
            Self::World => None,
            Self::Customer(id) => Some(id.to_string()),
        }
    }
}

/// Everything in it at one moment. States share their rows with what they were taken from, so that this costs next to nothing.
#[derive(Clone, Debug)]
pub(super) struct Contents {
    /// All tenants, or the one.
    pub(super) control: ControlState,
    pub(super) icims: BTreeMap<u64, CustomerState>,
    pub(super) accounts: BTreeMap<AccountId, AccountState>,
    pub(super) mail: MailboxState,
    /// What the integration exported; empty when it keeps nothing.
    pub(super) integration: Vec<u8>,
    /// How the clock stood; absent where nobody moved it.
    pub(super) clock: Option<ClockSetting>,
    /// Where the integration listens for each customer, as far as that was this very process.
    pub(super) connected: BTreeMap<u64, Connected>,
}

impl Contents {
    /// Nothing at all.
    pub(super) fn none() -> Self {
        Self {
            control: ControlState::new(),
            icims: BTreeMap::new(),
            accounts: BTreeMap::new(),
            mail: MailboxState::new(),
            integration: Vec::new(),
            clock: None,
            connected: BTreeMap::new(),
        }
    }

    /// What was stored as `rows`, whose scopes are those of a running world.
    ///
    /// # Errors
    /// When a row cannot be read or belongs to nothing.
    pub(super) fn from_rows(rows: &[StoredRow], seed: u64) -> Result<Self, DiskError> {
        known_scopes(rows)?;
        let integration = rows.iter().find(|row| row.scope == INTEGRATION).map(|row| row.body.clone());
        let control = ControlState::restored(rows)?;
        Ok(Self {
            clock: Some(control.clock()).filter(|clock| *clock != ClockSetting::REAL),
            control,
            icims: icims::restored_states(rows)?,
            accounts: harver_platform::restored_states(rows, seed)?,
            mail: MailboxState::restored(rows.iter().filter(|row| row.scope == mailbox::SCOPE))?,
            integration: integration.unwrap_or_default(),
            connected: BTreeMap::new(),
        })
    }

    /// The tenants, by customer id.
    pub(super) fn tenants(&self) -> impl Iterator<Item = &TenantRecord> {
        self.control.tenants()
    }

    /// How many recruiting workflows there are.
    pub(super) fn workflow_count(&self) -> usize {
        self.icims.values().map(CustomerState::workflow_count).sum()
    }

    /// Leaves out what another sandbox has differently: addresses, and numbers that all customers share.
    pub(super) fn make_portable(&mut self) {
        self.icims.values_mut().for_each(CustomerState::forget_addresses);
        self.accounts.values_mut().for_each(AccountState::forget_addresses);
        self.mail = self.mail.numbered_anew();
    }

    /// Counts everything as stored.
    pub(super) fn settle(&mut self) {
        self.control.settle();
        self.icims.values_mut().for_each(Persist::settle);
        self.accounts.values_mut().for_each(Persist::settle);
        self.mail.settle();
    }

    /// Every row but the integration's, by scope.
    ///
    /// # Errors
    /// When a row cannot be written as JSON.
    pub(super) fn rows(&mut self) -> Result<Vec<(String, Vec<Change>)>, DiskError> {
        let mut rows = vec![(tenants::SCOPE.to_owned(), self.control.all_rows()?)];
        for (id, state) in &mut self.icims {
            rows.push((format!("{}{id}", icims::SCOPE), state.all_rows()?));
        }
        for (id, state) in &mut self.accounts {
            rows.push((format!("{}{id}", harver_platform::SCOPE), state.all_rows()?));
        }
        rows.push((mailbox::SCOPE.to_owned(), self.mail.all_rows()?));
        Ok(rows)
    }
}

/// Refuses rows that no part of this program would read.
///
/// # Errors
/// When there are such rows: a newer program wrote them, and going on would lose them.
pub(crate) fn known_scopes(rows: &[StoredRow]) -> Result<(), DiskError> {
    let whole = [tenants::SCOPE, mailbox::SCOPE, INTEGRATION, super::catalogue::SCOPE];
    let known =
        |scope: &str| whole.contains(&scope) || scope.starts_with(icims::SCOPE) || scope.starts_with(harver_platform::SCOPE);
    match rows.iter().find(|row| !known(&row.scope)) {
        Some(row) => Err(DiskError::UnknownScope(row.scope.clone())),
        None => Ok(()),
    }
}
