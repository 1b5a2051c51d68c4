//! What a world, or one customer of it, consists of: states, and what the integration keeps of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::connector::Connected;
use super::tenants::{Progress, Record, TenantRecord};
use crate::engine::{Change, ClockSetting, DiskError, Extent, HOUSE, Kept, Persist, State, Step, StoredRow, restored};
use crate::harver_platform::state::AccountState;
use crate::icims::state::CustomerState;
use crate::mailbox::Mail;

/// The name of the integration's data among the rows of a snapshot.
pub(super) const INTEGRATION: &str = "integration";
/// The name of what a killed process had not finished.
pub(super) const UNFINISHED: &str = "unfinished";

/// The customer as the integration knows it; none means all.
pub(super) fn integration_of(extent: Extent) -> Option<String> {
    match extent {
        Extent::World => None,
        Extent::Customer(id) => Some(id.to_string()),
    }
}

/// Everything in it at one moment. States share their rows with what they were taken from, so that this costs next to nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Contents {
    /// What the actors keep, by customer, and of the house.
    pub(super) kept: BTreeMap<u64, Kept>,
    /// What the integration exported; empty when it keeps nothing.
    pub(super) integration: Vec<u8>,
    /// Where the integration listens for each customer, as far as that was this very process.
    pub(super) connected: BTreeMap<u64, Connected>,
}

impl Contents {
    /// What was stored as `rows`, whose scopes are those of a running world, and what has to be mended on disk: a seeding may have ended
    /// half-way.
    ///
    /// # Errors
    /// When a row cannot be read or belongs to nothing: a newer program wrote it, and going on would lose it.
    pub(super) fn from_rows(rows: &[StoredRow]) -> Result<(Self, Vec<Step>), DiskError> {
        let kinds = [CustomerState::KIND, AccountState::KIND, Mail::KIND, Record::KIND, Progress::KIND];
        let whole = [INTEGRATION, UNFINISHED, super::catalogue::SCOPE];
        let known = |scope: &str| whole.contains(&scope) || scope.split_once('/').is_some_and(|(kind, _)| kinds.contains(&kind));
        if let Some(row) = rows.iter().find(|row| !known(&row.scope)) {
            return Err(DiskError::UnknownScope(row.scope.clone()));
        }
        let (mut contents, mut repairs) = (Self::default(), Vec::new());
        for (id, mut state) in restored(rows, CustomerState::blank)? {
            state.settle();
            state.forget_unfinished();
            let changes = state.drain()?;
            if !changes.is_empty() {
                repairs.push(Step::Rows { scope: format!("{}/{id}", CustomerState::KIND), changes });
            }
            contents.put(id, state);
        }
        restored(rows, |_| AccountState::blank())?.into_iter().for_each(|(id, state)| contents.put(id, state));
        restored(rows, |_| Mail::new())?.into_iter().for_each(|(id, state)| contents.put(id, state));
        restored(rows, |_| Record::blank())?.into_iter().for_each(|(id, state)| contents.put(id, state));
        restored(rows, |_| Progress::new())?.into_iter().for_each(|(id, state)| contents.put(id, state));
        // A box without messages has no rows.
        let with_mail =
            |(id, kept): (u64, Kept)| (id, if kept.state::<Mail>().is_some() { kept } else { kept.with(Mail::new()) });
        contents.kept = contents.kept.into_iter().map(with_mail).collect();
        contents.integration = rows.iter().find(|row| row.scope == INTEGRATION).map(|row| row.body.clone()).unwrap_or_default();
        Ok((contents, repairs))
    }

    /// The rest of a world whose customers are these.
    pub(super) fn house() -> Kept {
        Kept::new(HOUSE).with(Progress::new()).with(Mail::new())
    }

    fn put<S: State>(&mut self, id: u64, state: S) {
        let kept = self.kept.remove(&id).unwrap_or_else(|| Kept::new(id));
        self.kept.insert(id, kept.with(state));
    }

    /// The customers, by id, without the house.
    pub(super) fn customers(&self) -> impl Iterator<Item = &Kept> {
        self.kept.range(HOUSE + 1..).map(|(_, kept)| kept)
    }

    /// The tenants, by customer id.
    pub(super) fn tenants(&self) -> impl Iterator<Item = TenantRecord> {
        self.customers().filter_map(|kept| kept.state::<Record>()?.tenant().cloned())
    }

    /// How the clock stood; absent where nobody moved it.
    pub(super) fn clock(&self) -> Option<ClockSetting> {
        let clock = self.kept.get(&HOUSE)?.state::<Progress>()?.clock();
        Some(clock).filter(|clock| *clock != ClockSetting::REAL)
    }

    /// How many recruiting workflows there are.
    pub(super) fn workflow_count(&self) -> usize {
        self.customers().filter_map(|kept| Some(kept.state::<CustomerState>()?.workflow_count())).sum()
    }

    /// How many messages there are.
    pub(super) fn message_count(&self) -> usize {
        self.kept.values().filter_map(|kept| Some(kept.state::<Mail>()?.len())).sum()
    }

    /// One customer of it. What the integration keeps of it is told apart by the integration itself.
    pub(super) fn only(&self, id: u64) -> Option<Self> {
        let kept = self.kept.get(&id).filter(|_| id != HOUSE)?.clone();
        let connected = self.connected.get(&id).map(|connected| (id, connected.clone())).into_iter().collect();
        Some(Self { kept: [(id, kept)].into(), integration: self.integration.clone(), connected })
    }

    /// Leaves out what another sandbox has differently: addresses, and positions among the messages of all customers.
    pub(super) fn make_portable(&mut self) {
        for kept in self.kept.values_mut() {
            let mut portable = kept.clone();
            if let Some(state) = kept.state::<CustomerState>() {
                let mut state = Arc::unwrap_or_clone(state);
                state.forget_addresses();
                portable = portable.with(state);
            }
            if let Some(state) = kept.state::<AccountState>() {
                let mut state = Arc::unwrap_or_clone(state);
                state.forget_addresses();
                portable = portable.with(state);
            }
            if let Some(mail) = kept.state::<Mail>() {
                portable = portable.with(mail.arrived_from(1));
            }
            *kept = portable;
        }
    }

    /// Lets its messages arrive from this position on.
    pub(super) fn arrive_from(&mut self, mut position: u64) {
        for kept in self.kept.values_mut() {
            if let Some(mail) = kept.state::<Mail>() {
                *kept = kept.clone().with(mail.arrived_from(position));
                position += mail.len() as u64;
            }
        }
    }

    /// Every row but the integration's, by scope.
    ///
    /// # Errors
    /// When a row cannot be written as JSON.
    pub(super) fn rows(&self) -> Result<Vec<(String, Vec<Change>)>, DiskError> {
        let mut rows = Vec::new();
        for kept in self.kept.values() {
            rows.extend(kept.rows()?);
        }
        Ok(rows)
    }
}
