//! How the sandbox sets our integration up for its tenants: the glue between two programs that do not know each other.

use icims_sandbox::control::connector::{BoxFuture, Connected, Connector, ConnectorError, NewTenant};
use secrecy::SecretString;
use url::Url;

use crate::ats_to_harver::START_PATH;
use crate::clock::Clock;
use crate::console;
use crate::domain::{
    AtsAuthentication, AtsConnection, Customer, CustomerId, HarverConnection, InboundCredentials, InvitationSettings, Pattern,
};
use crate::harver_to_ats::CALLBACK_PATH;
use crate::store::{self, Store, StoreError, admins, jobs};

/// The integration of the same process, as the sandbox sees it.
pub(super) struct OwnIntegration {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) public_url: Url,
}

impl Connector for OwnIntegration {
    fn connect(&self, tenant: NewTenant) -> BoxFuture<'_, Result<Connected, ConnectorError>> {
        Box::pin(async move {
            self.set_up(&tenant).await.map_err(|error| {
                ConnectorError::caused_by(format!("the integration cannot be set up for customer {}", tenant.customer_id), error)
            })?;
            let at = |path: &str| format!("{}{path}", self.public_url.as_str().trim_end_matches('/'));
            Ok(Connected {
                base_url: at(""),
                start_url: at(START_PATH),
                webhook_url: at(CALLBACK_PATH),
                console_url: at("/console"),
            })
        })
    }

    fn forget_all(&self) -> BoxFuture<'_, Result<(), ConnectorError>> {
        Box::pin(async {
            let forgotten: Result<(), StoreError> = self.store.write(store::forget_everything).await;
            forgotten.map_err(|error| ConnectorError::caused_by("the integration cannot forget its customers", error))
        })
    }

    fn pending(&self, customer: Option<String>) -> BoxFuture<'_, Result<u64, ConnectorError>> {
        Box::pin(async move {
            let customer: Option<CustomerId> = customer.map(|id| id.parse()).transpose().map_err(|error| {
                ConnectorError::caused_by("the integration knows no such customer", anyhow::Error::new(error))
            })?;
            let now = self.clock.now();
            let due: Result<u64, StoreError> = self.store.read(move |tx| jobs::due(tx, customer, now)).await;
            due.map_err(|error| ConnectorError::caused_by("the integration cannot count its work", error))
        })
    }
}

impl OwnIntegration {
    /// A tenant that is known keeps its settings; only the neighbours' addresses follow, because ports may have changed.
    async fn set_up(&self, tenant: &NewTenant) -> anyhow::Result<()> {
        let fresh = customer(tenant)?;
        let id = fresh.id;
        let known: Result<_, StoreError> = self.store.read(move |tx| store::customer(tx, id)).await;
        let recorded: Result<(), StoreError> = match known? {
            Some(known) => self.store.write(move |tx| store::update_customer(tx, &moved(known, &fresh)).map(drop)).await,
            None => {
                let admin = console::new_admin(&tenant.admin_email, id, tenant.admin_password.as_str().into()).await?;
                let both = move |tx: &store::Tx<'_>| {
                    store::insert_customer(tx, &fresh)?;
                    admins::put(tx, &admin)
                };
                self.store.write(both).await
            }
        };
        Ok(recorded?)
    }
}

fn moved(mut known: Customer, fresh: &Customer) -> Customer {
    known.ats.base_url = fresh.ats.base_url.clone();
    known.harver.base_url = fresh.harver.base_url.clone();
    if let (AtsAuthentication::OAuth2 { token_url, .. }, AtsAuthentication::OAuth2 { token_url: new, .. }) =
        (&mut known.ats.authentication, &fresh.ats.authentication)
    {
        token_url.clone_from(new);
    }
    known
}

fn customer(tenant: &NewTenant) -> anyhow::Result<Customer> {
    let credentials = |username: &str, password: &str| InboundCredentials {
        username: username.to_owned(),
        password: SecretString::from(password),
    };
    Ok(Customer {
        id: tenant.customer_id.parse()?,
        name: tenant.name.clone(),
        enabled: true,
        patterns: vec![Pattern::Inline, Pattern::AdHoc],
        // The simulated iCIMS tells of its trigger status only, and its administrator may choose another one there.
        trigger_statuses: Vec::new(),
        events: credentials(&tenant.event_username, &tenant.event_password),
        webhooks: credentials(&tenant.webhook_username, &tenant.webhook_password),
        ats: AtsConnection {
            base_url: tenant.icims.base_url.parse()?,
            authentication: AtsAuthentication::OAuth2 {
                token_url: tenant.icims.token_url.parse()?,
                client_id: tenant.icims.client_id.clone(),
                client_secret: SecretString::from(tenant.icims.client_secret.as_str()),
            },
        },
        harver: HarverConnection {
            base_url: tenant.platform.base_url.parse()?,
            account: tenant.platform.account_id.parse()?,
            client_id: tenant.platform.client_id.clone(),
            client_secret: SecretString::from(tenant.platform.client_secret.as_str()),
        },
        reports_progress: true,
        invitation: InvitationSettings { sender_name: tenant.name.clone(), support_email: tenant.admin_email.clone() },
    })
}
