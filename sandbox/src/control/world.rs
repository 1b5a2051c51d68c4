//! All actors together: opening tenants, connecting them, resetting everything, asking what is pending.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Mutex, RwLock, RwLockWriteGuard};
use serde::Serialize;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::catalogue::{self, Catalogue};
use super::connector::{Connected, Connector, Work};
use super::contents::Contents;
use super::error::ControlError;
use super::guard::{ControlToken, Guard};
use super::journal::Replayer;
use super::keys::{self, Addresses};
use super::opening::NewTenantWish;
use super::provider_states::OpenStates;
use super::ready::TenantKeys;
use super::seeding::Seedings;
use super::tenants::{Progress, Record, TenantRecord};
use crate::engine::{
    Clock, ClockSetting, Customer, Disk, DiskError, Extent, HOUSE, Journal, Registry, Source, Step, StoredRow, Tenant, Traffic,
};
use crate::harver_platform::HarverPlatform;
use crate::icims::Icims;
use crate::mailbox::Mailbox;

/// How many customers there may be, as all of them live in memory.
pub(super) const CUSTOMER_LIMIT: usize = 10_000;
/// The longest name of a company, in characters.
const NAME_LIMIT: usize = 100;
/// How many customers may be made at the same time; a reset waits for them and keeps others out.
pub(super) const BUILDERS: u32 = 32;

/// What a world is made of.
pub(crate) struct Parts {
    pub(crate) icims: Icims,
    pub(crate) platform: HarverPlatform,
    pub(crate) mailbox: Mailbox,
    pub(crate) clock: Clock,
    /// How the clock stands to real time after a first start.
    pub(crate) first_clock: ClockSetting,
    pub(crate) journal: Journal,
    pub(crate) registry: Registry,
    /// By which what the actors send can be paused.
    pub(crate) traffic: Traffic,
    pub(crate) seed: u64,
    pub(crate) addresses: Addresses,
    /// Where the parts reach each other.
    pub(crate) near: Addresses,
    /// What control asks for beyond this machine.
    pub(crate) token: Option<ControlToken>,
    pub(crate) connector: Option<Arc<dyn Connector>>,
    /// Where the integration is when nobody can be asked.
    pub(crate) external: Connected,
}

/// The customers that were stored as `rows`, or none, and what has to be mended on disk.
pub(crate) fn stored_world(disk: Disk, rows: &[StoredRow]) -> Result<(Registry, Vec<Step>), DiskError> {
    let (mut contents, repairs) = Contents::from_rows(rows)?;
    contents.kept.entry(HOUSE).or_insert_with(Contents::house);
    Ok((Registry::begun(disk, contents.kept.into_values()), repairs))
}

/// The whole sandbox, as control sees it. Clones are the same world.
#[derive(Clone)]
pub struct World(pub(super) Arc<Inner>);

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("addresses", &self.0.parts.addresses).finish_non_exhaustive()
    }
}

pub(super) struct Inner {
    pub(super) parts: Parts,
    pub(super) catalogue: Arc<Tenant<Catalogue>>,
    /// What is in the snapshots that were taken or read by this process.
    pub(super) taken: Mutex<BTreeMap<String, Arc<Contents>>>,
    connected: RwLock<BTreeMap<u64, Connected>>,
    building: Semaphore,
    /// Whether the start is over, whatever it was told to do.
    ready: AtomicBool,
    pub(super) seedings: Seedings,
    /// What was opened for those who verify contracts.
    pub(super) states: OpenStates,
    replayer: Replayer,
}

/// What is not finished, by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Pending {
    /// Events of iCIMS that have no answer yet.
    pub icims_events: usize,
    /// Webhooks of the platform that are not accepted yet.
    pub platform_webhooks: usize,
    /// Mails of the platform to candidates that are due and not sent yet.
    pub platform_mails: usize,
    /// What the integration has not finished.
    pub integration_work: u64,
    /// How much of that has failed and waits for its next attempt.
    pub integration_waiting: u64,
}

impl Pending {
    /// Whether everything is finished.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.icims_events + self.platform_webhooks + self.platform_mails == 0 && self.integration_work == 0
    }
}

impl World {
    /// The world whose registry holds what was stored as `rows`.
    pub(crate) fn new(parts: Parts, rows: &[StoredRow]) -> Result<Self, DiskError> {
        let catalogue = Tenant::alone(catalogue::SCOPE, Catalogue::restored(rows)?, parts.registry.disk().clone());
        let building = Semaphore::new(BUILDERS as usize);
        let replayer = Replayer::new(&parts);
        let (taken, connected, seedings) = (Mutex::default(), RwLock::default(), Seedings::default());
        let (ready, states) = (AtomicBool::new(false), OpenStates::default());
        let world = Self(Arc::new(Inner { parts, catalogue, taken, connected, building, ready, replayer, seedings, states }));
        // A fresh world keeps the clock that its process was started with.
        world.clock().apply(world.remembered_clock());
        Ok(world)
    }

    /// Makes the sample tenant if there is no tenant, and connects every tenant. `rows` and `repairs` are what was found on disk.
    pub(crate) async fn begin(&self, rows: &[StoredRow], repairs: Vec<Step>) -> Result<(), ControlError> {
        if !repairs.is_empty() {
            self.registry().disk().store(repairs).await?;
        }
        self.go_on(rows).await?;
        if self.tenants().is_empty() {
            // A first start that was interrupted may have left half a tenant.
            self.begin_anew().await?;
            return Ok(());
        }
        for tenant in self.tenants() {
            self.connect(&tenant).await?;
        }
        Ok(())
    }

    /// Says that the start is over: from now on, whoever asks is told that the sandbox is ready.
    pub(crate) fn declare_ready(&self) {
        self.0.ready.store(true, Ordering::Release);
    }

    /// Whether the start is over.
    pub(super) fn is_ready(&self) -> bool {
        self.0.ready.load(Ordering::Acquire)
    }

    /// Opens a fresh, isolated tenant with its sample world and connects it.
    ///
    /// # Errors
    /// When name or id cannot be used, there is no room, the integration refuses it, or it could not be stored.
    pub async fn open_customer(&self, wanted: NewTenantWish) -> Result<TenantKeys, ControlError> {
        let name = wanted.name.clone().map(company_name).transpose()?;
        let _building = self.permits(1).await;
        self.check_room()?;
        self.build(NewTenantWish { name, ..wanted }).await
    }

    /// Refuses when there is no room for another customer.
    pub(super) fn check_room(&self) -> Result<(), ControlError> {
        let count = self.registry().count();
        if count >= CUSTOMER_LIMIT { Err(ControlError::TooManyCustomers(count)) } else { Ok(()) }
    }

    /// Back to what a first start makes: the sample tenant alone, the clock as at the start, no mail, an empty journal. Snapshots stay.
    ///
    /// All of it happens at one moment: no request sees a part of the old world and a part of the new one.
    ///
    /// # Errors
    /// When the integration cannot forget, or the change could not be stored.
    pub async fn reset(&self) -> Result<TenantKeys, ControlError> {
        let _alone = self.permits(BUILDERS).await;
        // They are gone only with the world that they were set for.
        let _suspended = self.journal().faults().suspend();
        let keys = self.begin_anew().await?;
        self.0.parts.journal.faults().reset();
        self.0.parts.journal.clear();
        Ok(keys)
    }

    async fn begin_anew(&self) -> Result<TenantKeys, ControlError> {
        let clock = Clock::new();
        clock.apply(self.0.parts.first_clock);
        let mut progress = Progress::new();
        let id = progress.reserve_customer();
        let (tenant, customer) = self.staged(id, NewTenantWish::default(), clock.now())?;
        let kept = [Contents::house().with(progress), customer];
        let fresh = Contents { kept: kept.into_iter().map(|kept| (kept.id(), kept)).collect(), ..Contents::default() };
        self.replace(Extent::World, fresh, Source::Memory).await?;
        Ok(self.keys(&tenant))
    }

    /// All tenants, by customer id.
    #[must_use]
    pub fn tenants(&self) -> Vec<TenantRecord> {
        self.registry().customers().iter().filter_map(record).collect()
    }

    /// The tenant of a customer.
    ///
    /// # Errors
    /// When there is none.
    pub fn tenant(&self, customer: &str) -> Result<TenantRecord, ControlError> {
        let found = customer.parse().ok().and_then(|id| self.registry().customer(id));
        found.as_ref().and_then(record).ok_or_else(|| ControlError::UnknownCustomer(customer.to_owned()))
    }

    /// Resolves when there is no such customer any more, with what is said of it then.
    pub(super) async fn until_gone(&self, customer: &str) -> ControlError {
        loop {
            let found = customer.parse().ok().and_then(|id| self.registry().customer(id));
            match found {
                // It may have been replaced by another with its number.
                Some(found) => found.gone().await,
                None => return ControlError::UnknownCustomer(customer.to_owned()),
            }
        }
    }

    /// Addresses and credentials of a tenant.
    #[must_use]
    pub fn keys(&self, tenant: &TenantRecord) -> TenantKeys {
        keys::of(tenant, &self.0.parts.addresses, &self.connected(tenant.customer_id), self.0.parts.token.as_ref())
    }

    /// What is not finished, of one customer or of all.
    ///
    /// # Errors
    /// When there is no such customer, or the integration cannot be asked.
    pub async fn pending(&self, customer: Option<&str>) -> Result<Pending, ControlError> {
        let tenant = customer.map(|customer| self.tenant(customer)).transpose()?;
        // Downstream last: what leaves a vendor while we look is counted at the integration, which records it before it answers.
        let icims_events = self.0.parts.icims.pending(tenant.as_ref().map(|tenant| tenant.customer_id));
        let account = tenant.as_ref().map(|tenant| tenant.account_id.as_str());
        let platform_webhooks = self.0.parts.platform.pending(account);
        let platform_mails = self.0.parts.platform.pending_mails(account);
        let work = match &self.0.parts.connector {
            Some(connector) => connector.pending(customer.map(str::to_owned)).await?,
            None => Work::default(),
        };
        let (integration_work, integration_waiting) = (work.unfinished, work.waiting);
        Ok(Pending { icims_events, platform_webhooks, platform_mails, integration_work, integration_waiting })
    }

    /// Whether there is an integration that tells what it has still to do.
    #[must_use]
    pub fn knows_integration(&self) -> bool {
        self.0.parts.connector.is_some()
    }

    /// The virtual clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.parts.clock
    }

    /// The record of exchanges.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.0.parts.journal
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.0.parts.seed
    }

    /// The simulated iCIMS.
    #[must_use]
    pub fn icims(&self) -> &Icims {
        &self.0.parts.icims
    }

    /// The simulated platform.
    #[must_use]
    pub fn platform(&self) -> &HarverPlatform {
        &self.0.parts.platform
    }

    /// The mailbox.
    #[must_use]
    pub fn mailbox(&self) -> &Mailbox {
        &self.0.parts.mailbox
    }

    /// The customers there are.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.0.parts.registry
    }

    /// What is remembered of the whole world.
    pub(super) fn progress(&self) -> Arc<Tenant<Progress>> {
        self.registry().tenant(HOUSE).expect("a world has a house")
    }

    /// How the clock has to stand: as it was moved, or as at the start.
    pub(super) fn remembered_clock(&self) -> ClockSetting {
        let remembered = self.progress().read(Progress::clock);
        if remembered == ClockSetting::REAL { self.0.parts.first_clock } else { remembered }
    }

    pub(super) fn replayer(&self) -> &Replayer {
        &self.0.replayer
    }

    /// Who may use control.
    pub(super) fn guard(&self) -> Guard {
        Guard::new(self.0.parts.token.clone(), &self.0.parts.addresses.control)
    }

    /// Where the parts reach each other.
    pub(super) fn near(&self) -> &Addresses {
        &self.0.parts.near
    }

    /// Where the integration listens for a customer.
    pub(super) fn connected(&self, customer: u64) -> Connected {
        let connected = self.0.connected.read().get(&customer).cloned();
        connected.unwrap_or_else(|| self.0.parts.external.clone())
    }

    /// Where the integration listens for these customers, as far as it was told of them.
    pub(super) fn connected_of(&self, extent: Extent) -> BTreeMap<u64, Connected> {
        let known = self.0.connected.read();
        known.iter().filter(|(id, _)| extent.covers(**id)).map(|(id, connected)| (*id, connected.clone())).collect()
    }

    pub(super) fn connected_mut(&self) -> RwLockWriteGuard<'_, BTreeMap<u64, Connected>> {
        self.0.connected.write()
    }

    /// Waits until so many may be had. With one, no reset or restore comes between; with all, nobody else changes which customers
    /// there are.
    pub(super) async fn permits(&self, count: u32) -> SemaphorePermit<'_> {
        self.0.building.acquire_many(count).await.expect("the semaphore is never closed")
    }
}

pub(super) fn record(customer: &Arc<Customer>) -> Option<TenantRecord> {
    customer.tenant::<Record>()?.read(|record| record.tenant().cloned())
}

fn company_name(name: String) -> Result<String, ControlError> {
    let trimmed = name.trim();
    let length = trimmed.chars().count();
    if length == 0 || length > NAME_LIMIT || trimmed.chars().any(char::is_control) {
        let message = format!("name is 1 to {NAME_LIMIT} characters on one line; leave it out to have one drawn");
        return Err(ControlError::BadInput(message));
    }
    Ok(trimmed.to_owned())
}
