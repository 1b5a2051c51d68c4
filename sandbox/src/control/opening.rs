//! How a tenant comes to be: planned, opened at both vendors, connected, recorded.

use std::sync::Arc;

use jiff::Timestamp;

use super::connector::Connected;
use super::credentials::Credentials;
use super::error::ControlError;
use super::keys;
use super::ready::{SampleKeys, TenantKeys};
use super::seed::{self, Plan};
use super::tenants::{Progress, Record, TenantRecord};
use super::users;
use super::world::World;
use crate::engine::{DiskError, Kept};
use crate::harver_platform::model::{Language, NewAccount};
use crate::harver_platform::state::AccountState;
use crate::icims::NewCustomer;
use crate::icims::state::CustomerState;
use crate::icims::state::users::{IntegrationUser, Rights};
use crate::mailbox::Mail;

/// The highest customer id that can be chosen: real ones have four or five digits.
const LAST_CUSTOMER: u64 = 999_999_999;

/// A tenant with nothing in it at either vendor, of whom the integration is not told.
pub(super) struct Bare {
    plan: Plan,
    new: NewCustomer,
    account: AccountState,
}

impl Bare {
    pub(super) fn customer(&self) -> u64 {
        self.plan.customer
    }

    pub(super) fn account(&self) -> &str {
        &self.plan.account_id
    }

    pub(super) fn credentials(&self) -> &Credentials {
        &self.plan.credentials
    }

    /// What its integration user may not see or do.
    pub(super) fn limit(&mut self, rights: Rights) {
        self.new.user.rights = Arc::new(rights);
    }

    /// What iCIMS and the platform keep of it, made aside.
    pub(super) fn states(&self, now: Timestamp) -> (CustomerState, AccountState) {
        (self.new.clone().state(now), self.account.clone())
    }
}

/// What a new tenant should be like. What is absent is drawn or counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTenantWish {
    /// The company's name.
    pub name: Option<String>,
    /// The customer id. The same seed and id give the same tenant, whatever else there is.
    pub id: Option<u64>,
    /// Whether the two systems are left unconnected, as before the guide's first line: no package, event endpoint, or integration.
    pub unconnected: bool,
}

impl NewTenantWish {
    /// A tenant of this name, with the next id.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }
}

impl World {
    /// Opens the chosen or the next customer with its sample world and connects it. If that fails, nothing of it is left.
    pub(super) async fn build(&self, wanted: NewTenantWish) -> Result<TenantKeys, ControlError> {
        let id = wanted.id;
        let customer = self.progress().write(|state| reserve(state, id, |id| self.registry().customer(id).is_some())).await?;
        match self.built(customer, wanted).await {
            Ok(keys) => {
                tracing::info!(customer.id = customer, "A customer has been opened.");
                Ok(keys)
            }
            Err(error) => {
                self.undo(customer, id.is_some()).await;
                Err(error)
            }
        }
    }

    /// A tenant with nothing in it, made aside: nobody sees it before it is admitted.
    pub(super) async fn bare(&self) -> Result<Bare, ControlError> {
        let customer = self.progress().write(|state| reserve(state, None, |id| self.registry().customer(id).is_some())).await?;
        let plan = Plan { unconnected: true, ..Plan::new(self.seed(), customer, None) };
        let account = self.0.parts.platform.new_account(new_account(&plan));
        Ok(Bare { new: new_customer(&plan), plan, account })
    }

    /// Lets a bare tenant be a customer like any other, with what has been made of it.
    pub(super) async fn admit_bare(&self, bare: &Bare, icims: CustomerState, account: AccountState) -> Result<(), ControlError> {
        let _building = self.permits(1).await;
        self.check_room()?;
        let Plan { customer, name, slug, account_id, credentials, .. } = bare.plan.clone();
        let sample = SampleKeys::default();
        let tenant = TenantRecord { customer_id: customer, name, slug, account_id, credentials, sample, unconnected: true };
        let kept = Kept::new(customer).with(icims).with(account).with(Mail::new()).with(Record::of(tenant));
        Ok(self.registry().put(customer, Some(kept)).await?)
    }

    async fn built(&self, customer: u64, wanted: NewTenantWish) -> Result<TenantKeys, ControlError> {
        let (tenant, kept) = self.staged(customer, wanted, self.clock().now())?;
        self.registry().put(customer, Some(kept)).await?;
        self.connect(&tenant).await?;
        Ok(self.keys(&tenant))
    }

    /// Takes back a customer that could not be opened.
    async fn undo(&self, customer: u64, chosen: bool) {
        if let Some(connector) = &self.0.parts.connector
            && let Err(error) = connector.import(Some(customer.to_string()), Vec::new()).await
        {
            tracing::error!(%error, customer.id = customer, "The integration could not be told that a customer is not there after all.");
        }
        let gone = self.registry().put(customer, None).await;
        let released = self.release(customer, chosen).await;
        self.connected_mut().remove(&customer);
        if let Err(error) = gone.and(released) {
            tracing::error!(%error, customer.id = customer, "A customer that could not be opened could not be taken back; delete it.");
        }
    }

    /// Takes an id back that was chosen for a customer who is not there after all.
    pub(super) async fn release(&self, customer: u64, chosen: bool) -> Result<(), DiskError> {
        let rule = |state: &mut Progress| {
            if chosen {
                state.release_chosen(customer);
            }
            Ok(())
        };
        self.progress().write(rule).await
    }

    /// A tenant with its sample world at both vendors, made aside: nobody sees it yet.
    pub(super) fn staged(
        &self,
        customer: u64,
        wanted: NewTenantWish,
        now: Timestamp,
    ) -> Result<(TenantRecord, Kept), ControlError> {
        let unconnected = wanted.unconnected;
        let plan = Plan { unconnected, ..Plan::new(self.seed(), customer, wanted.name) };
        let mut account = self.0.parts.platform.new_account(new_account(&plan));
        account.admit_user(&plan.credentials.admin_email, &plan.credentials.admin_password);
        seed::plant_platform(&plan, &mut account, now).map_err(|error| ControlError::Sample(error.into()))?;
        let mut icims = new_customer(&plan).state(now);
        let limited = users::limited(plan.seed, plan.customer, &plan.credentials.icims_username);
        icims.put_user(limited).map_err(|refusal| ControlError::Sample(refusal.into()))?;
        let sample = seed::plant_icims(&plan, &mut icims, now).map_err(|error| ControlError::Sample(error.into()))?;
        let Plan { customer, name, slug, account_id, credentials, .. } = plan;
        let tenant = TenantRecord { customer_id: customer, name, slug, account_id, credentials, sample, unconnected };
        let kept = Kept::new(customer).with(icims).with(account).with(Mail::new()).with(Record::of(tenant.clone()));
        Ok((tenant, kept))
    }

    /// Tells the integration of a tenant, and the vendors where the integration is.
    pub(super) async fn connect(&self, tenant: &TenantRecord) -> Result<(), ControlError> {
        let parts = &self.0.parts;
        let own = tenant.credentials.clone();
        let connected: Connected = match &parts.connector {
            Some(connector) => connector.connect(keys::introduction(tenant, &parts.near, &parts.external)).await?,
            None => parts.external.clone(),
        };
        self.connected_mut().insert(tenant.customer_id, connected.clone());
        // Elsewhere the iCIMS administrator enters what the Harver Admin gives out.
        if !tenant.unconnected {
            parts
                .icims
                .connect_vendor(tenant.customer_id, connected.start_url, own.event_username, own.event_password)
                .await
                .map_err(|error| ControlError::Sample(error.into()))?;
        }
        parts
            .platform
            .connect_webhook(&tenant.account_id, connected.webhook_url, own.webhook_username, own.webhook_password)
            .await
            .map_err(|error| ControlError::Sample(error.into()))
    }
}

fn new_account(plan: &Plan) -> NewAccount {
    NewAccount {
        id: plan.account_id.parse().expect("24 hexadecimal digits are an account id"),
        name: plan.name.clone(),
        client_id: plan.credentials.platform_client_id.clone(),
        client_secret: plan.credentials.platform_client_secret.clone(),
        language: Language::EN_US,
    }
}

fn new_customer(plan: &Plan) -> NewCustomer {
    let own = &plan.credentials;
    NewCustomer {
        id: plan.customer,
        name: plan.name.clone(),
        slug: plan.slug.clone(),
        user: IntegrationUser {
            username: own.icims_username.clone(),
            password: own.icims_password.clone(),
            client_id: own.icims_client_id.clone(),
            client_secret: own.icims_client_secret.clone(),
            hmac_user: own.hmac_user.clone(),
            hmac_key: own.hmac_key.clone(),
            ..IntegrationUser::default()
        },
        recruiter: ("Tomas".into(), "Lindqvist".into()),
    }
}

/// The chosen or the next id. One that is in use, by an import or a restored snapshot, is not given out.
fn reserve(state: &mut Progress, id: Option<u64>, is_here: impl Fn(u64) -> bool) -> Result<u64, ControlError> {
    match id {
        None => Ok(std::iter::repeat_with(|| state.reserve_customer()).find(|id| !is_here(*id)).expect("ids do not end")),
        Some(id) if !(1..=LAST_CUSTOMER).contains(&id) => {
            Err(ControlError::BadInput(format!("id is a number from 1 to {LAST_CUSTOMER}; leave it out to get the next one")))
        }
        Some(_) if state.has_no_room_for_chosen() => {
            Err(ControlError::BadInput("no more ids can be chosen before a reset: leave id out to get the next one".into()))
        }
        Some(id) if !is_here(id) && state.reserve_chosen(id) => Ok(id),
        Some(id) => Err(ControlError::CustomerExists(id)),
    }
}
