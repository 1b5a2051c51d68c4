//! How the sandbox sets our integration up for its tenants: the glue between two programs that do not know each other.

use std::time::Duration;

use icims_sandbox::control::connector::{BoxFuture, Connected, Connector, ConnectorError, NewTenant, Numbers, Work};
use secrecy::SecretString;
use url::Url;

use crate::ats_to_harver::START_PATH;
use crate::clock::Clock;
use crate::console;
use crate::delivery::{Pause, Whose};
use crate::domain::{
    AtsAuthentication, AtsConnection, Customer, CustomerId, HarverConnection, InboundCredentials, InvitationSettings, Pattern,
    Role,
};
use crate::harver_to_ats::CALLBACK_PATH;
use crate::store::{self, Store, StoreError, admins, jobs, transfer};

/// How long is waited, of real time, for work that is cut off. It ends where it waits next.
const CUT_OFF: Duration = Duration::from_secs(5);

/// The integration of the same process, as the sandbox sees it.
pub(super) struct OwnIntegration {
    pub(super) store: Store,
    pub(super) clock: Clock,
    /// Where browsers find it.
    pub(super) public_url: Url,
    /// Where the neighbours in this process find it.
    pub(super) near_url: Url,
    pub(super) pause: Pause,
}

impl Connector for OwnIntegration {
    fn connect(&self, tenant: NewTenant) -> BoxFuture<'_, Result<Connected, ConnectorError>> {
        Box::pin(async move {
            self.set_up(&tenant).await.map_err(|error| {
                ConnectorError::caused_by(format!("the integration cannot be set up for customer {}", tenant.customer_id), error)
            })?;
            let at = |url: &Url, path: &str| format!("{}{path}", url.as_str().trim_end_matches('/'));
            Ok(Connected {
                base_url: at(&self.public_url, ""),
                start_url: at(&self.near_url, START_PATH),
                webhook_url: at(&self.near_url, CALLBACK_PATH),
                console_url: at(&self.public_url, "/console"),
            })
        })
    }

    fn pending(&self, customer: Option<String>) -> BoxFuture<'_, Result<Work, ConnectorError>> {
        Box::pin(async move {
            let customer = known(customer)?;
            let now = self.clock.now();
            let found: Result<_, StoreError> = self.store.read(move |tx| jobs::outstanding(tx, customer, now)).await;
            let found = found.map_err(|error| ConnectorError::caused_by("the integration cannot count its work", error))?;
            Ok(Work { unfinished: found.due + found.waiting, waiting: found.waiting })
        })
    }

    fn pause(&self, patience: Duration) -> BoxFuture<'_, Result<(), ConnectorError>> {
        Box::pin(async move {
            if !self.pause.close(patience).await {
                tracing::warn!("Some of the integration's work has not ended after {} seconds.", patience.as_secs());
            }
            Ok(())
        })
    }

    fn resume(&self) {
        self.pause.open();
    }

    fn export(&self, customer: Option<String>, numbers: Numbers) -> BoxFuture<'_, Result<Vec<u8>, ConnectorError>> {
        Box::pin(async move {
            let customer = known(customer)?;
            let numbers = match numbers {
                Numbers::Kept => transfer::Numbers::Kept,
                Numbers::Portable => transfer::Numbers::FromOne,
            };
            // By the writer, which comes to it after everything that has been acknowledged.
            let exported: Result<_, StoreError> = self.store.write(move |tx| transfer::export(tx, customer, numbers)).await;
            exported.map_err(|error| ConnectorError::caused_by("the integration cannot say what it keeps", error))
        })
    }

    fn import(&self, customer: Option<String>, data: Vec<u8>) -> BoxFuture<'_, Result<(), ConnectorError>> {
        Box::pin(async move {
            let customer = known(customer)?;
            let whose = if customer.is_some() { Whose::OneCustomers } else { Whose::Everybodys };
            if !self.pause.cut_off(whose, CUT_OFF).await {
                tracing::error!(
                    "Some of the integration's work could not be cut off; what it still does may reach the new data."
                );
            }
            let imported: Result<(), StoreError> = self.store.write(move |tx| transfer::import(tx, customer, &data)).await;
            imported.map_err(|error| ConnectorError::caused_by("the integration cannot take in what it is to keep", error))
        })
    }
}

impl OwnIntegration {
    /// A tenant that is known keeps its settings; only the neighbours' addresses follow, because ports may have changed.
    async fn set_up(&self, tenant: &NewTenant) -> anyhow::Result<()> {
        let (fresh, near) = (customer(tenant)?, ats(tenant)?);
        let id = fresh.id;
        let known: Result<_, StoreError> = self.store.read(move |tx| store::customer(tx, id)).await;
        let recorded: Result<(), StoreError> = match known? {
            Some(known) => {
                self.store.write(move |tx| store::update_customer(tx, &moved(known.clone(), &fresh, &near)).map(drop)).await
            }
            None => {
                let people = people(tenant, id)?;
                let all = move |tx: &store::Tx<'_>| {
                    store::insert_customer(tx, &fresh)?;
                    people.iter().try_for_each(|person| admins::put(tx, person))
                };
                self.store.write(all).await
            }
        };
        Ok(recorded?)
    }
}

fn known(customer: Option<String>) -> Result<Option<CustomerId>, ConnectorError> {
    let parsed = customer.map(|id| id.parse()).transpose();
    parsed.map_err(|error| ConnectorError::caused_by("the integration knows no such customer", anyhow::Error::new(error)))
}

/// Who may sign in to the console.
fn people(tenant: &NewTenant, customer: CustomerId) -> anyhow::Result<Vec<admins::Admin>> {
    let all = [
        (&tenant.admin_email, &tenant.admin_password, Role::HarverAdmin),
        (&tenant.recruiter_email, &tenant.recruiter_password, Role::Recruiter),
    ];
    let there = all.into_iter().filter(|(email, ..)| !email.is_empty());
    let made = there.map(|(email, password, role)| console::new_public_admin(email, customer, role, &password.as_str().into()));
    Ok(made.collect::<Result<_, _>>()?)
}

/// The customer with the neighbours' present addresses; everything else is as it was set up.
fn moved(mut known: Customer, fresh: &Customer, near: &AtsConnection) -> Customer {
    known.harver.base_url = fresh.harver.base_url.clone();
    for ats in known.ats.all_mut() {
        ats.base_url = near.base_url.clone();
        if let (AtsAuthentication::OAuth2 { token_url, .. }, AtsAuthentication::OAuth2 { token_url: new, .. }) =
            (&mut ats.authentication, &near.authentication)
        {
            token_url.clone_from(new);
        }
    }
    known
}

/// The tenant's iCIMS by OAuth2, Harver's default.
fn ats(tenant: &NewTenant) -> anyhow::Result<AtsConnection> {
    Ok(AtsConnection {
        base_url: tenant.icims.base_url.parse()?,
        authentication: AtsAuthentication::OAuth2 {
            token_url: tenant.icims.token_url.parse()?,
            client_id: tenant.icims.client_id.clone(),
            client_secret: SecretString::from(tenant.icims.client_secret.as_str()),
        },
    })
}

fn customer(tenant: &NewTenant) -> anyhow::Result<Customer> {
    let harver = HarverConnection {
        base_url: tenant.platform.base_url.parse()?,
        account: tenant.platform.account_id.parse()?,
        client_id: tenant.platform.client_id.clone(),
        client_secret: SecretString::from(tenant.platform.client_secret.as_str()),
    };
    let events = InboundCredentials::new(&tenant.event_username, tenant.event_password.as_str());
    let webhooks = InboundCredentials::new(&tenant.webhook_username, tenant.webhook_password.as_str());
    let unconnected = Customer::new(tenant.customer_id.parse()?, &tenant.name, harver, events, webhooks);
    if !tenant.connected {
        return Ok(unconnected);
    }
    Ok(Customer {
        added: true,
        enabled: true,
        // The simulated iCIMS tells of its trigger status only, and its administrator may choose another one there.
        patterns: Pattern::ALL.to_vec(),
        ats: ats(tenant)?.into(),
        reports_progress: true,
        invitation: InvitationSettings::new(&tenant.name, &tenant.admin_email),
        ..unconnected
    })
}
