//! The seam between the sandbox and whatever integration runs beside it.
//!
//! The sandbox does not know the integration. Whoever composes a process passes a [`Connector`], which is told of each tenant and
//! answers where the integration listens for it.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A boxed future, as the trait is used behind a pointer.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An integration that can be told of tenants.
pub trait Connector: Send + Sync + 'static {
    /// Sets the integration up for a tenant and switches it on, unless its people are to do that. Called for every tenant at every start, as addresses may have
    /// changed; telling the same twice changes nothing.
    fn connect(&self, tenant: NewTenant) -> BoxFuture<'_, Result<Connected, ConnectorError>>;
    /// What is not finished, of one customer or of all.
    fn pending(&self, customer: Option<String>) -> BoxFuture<'_, Result<Work, ConnectorError>>;
    /// Begins nothing any more, whoever asks, and waits for what it is doing: for no longer than `patience` of real time. What is
    /// still under way then goes on, but is cut off by an [`import`](Self::import).
    fn pause(&self, patience: Duration) -> BoxFuture<'_, Result<(), ConnectorError>>;
    /// Goes on. Called after every [`pause`](Self::pause), whether or not it succeeded.
    fn resume(&self);
    /// Everything that it keeps of one customer, or of all, in a form of its own.
    fn export(&self, customer: Option<String>, numbers: Numbers) -> BoxFuture<'_, Result<Vec<u8>, ConnectorError>>;
    /// Puts what was exported in the place of everything that it keeps of one customer, or of all; no bytes at all mean nothing.
    /// Called while it pauses, or before it has begun.
    fn import(&self, customer: Option<String>, data: Vec<u8>) -> BoxFuture<'_, Result<(), ConnectorError>>;
}

/// Pieces of work that an integration has not finished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// How many there are.
    pub unfinished: u64,
    /// How many of them have failed and wait for the moment of their next attempt: nothing happens to them before the clock gets there.
    pub waiting: u64,
}

/// How what is exported is numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// As it is: to be put back where it came from.
    Kept,
    /// From one, with addresses left out: to be taken to another sandbox, and the same bytes wherever it comes from.
    Portable,
}

/// The integration did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ConnectorError {
    message: String,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ConnectorError {
    /// An error that says what happened and what to do.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }

    /// The same, with its cause.
    pub fn caused_by(message: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { message: message.into(), source: Some(source.into()) }
    }
}

/// Everything an integration must be told of a tenant.
#[derive(Clone, PartialEq, Eq)]
pub struct NewTenant {
    /// The iCIMS customer id: digits.
    pub customer_id: String,
    /// The company's name.
    pub name: String,
    /// How to reach the tenant's iCIMS.
    pub icims: IcimsConnection,
    /// How to reach the tenant's account on the assessment platform.
    pub platform: PlatformConnection,
    /// Where mail is handed in, as `host:port`; no encryption, no sign-in.
    pub smtp: String,
    /// User name with which iCIMS calls the integration.
    pub event_username: String,
    /// Password with which iCIMS calls the integration.
    pub event_password: String,
    /// User name with which the platform calls the integration.
    pub webhook_username: String,
    /// Password with which the platform calls the integration.
    pub webhook_password: String,
    /// The administrator who may configure the integration for this tenant.
    pub admin_email: String,
    /// The administrator's password.
    pub admin_password: String,
    /// Somebody who only reads orders there; empty if there is nobody.
    pub recruiter_email: String,
    /// Their password.
    pub recruiter_password: String,
    /// Whether the integration is set up and switched on, or left for its administrator to add.
    pub connected: bool,
}

/// How to reach a tenant's iCIMS.
#[derive(Clone, PartialEq, Eq)]
pub struct IcimsConnection {
    /// Base URL; the API is below `/customers/{customerId}`.
    pub base_url: String,
    /// Where OAuth 2.0 tokens are fetched.
    pub token_url: String,
    /// User name for Basic authentication.
    pub username: String,
    /// Password for Basic authentication.
    pub password: String,
    /// Client id for OAuth 2.0.
    pub client_id: String,
    /// Client secret for OAuth 2.0.
    pub client_secret: String,
    /// The list node id of the status that sends a candidate to the vendor, such as `C40177`.
    pub trigger_status: String,
}

/// How to reach a tenant's account on the assessment platform.
#[derive(Clone, PartialEq, Eq)]
pub struct PlatformConnection {
    /// Base URL.
    pub base_url: String,
    /// The account.
    pub account_id: String,
    /// Client id for OAuth 2.0.
    pub client_id: String,
    /// Client secret for OAuth 2.0.
    pub client_secret: String,
}

/// Where the integration listens for a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {
    /// Base URL of the integration.
    pub base_url: String,
    /// Where iCIMS posts its events.
    pub start_url: String,
    /// Where the platform posts its webhooks.
    pub webhook_url: String,
    /// The administrator's console.
    pub console_url: String,
}

impl Connected {
    /// The published paths below a base URL, for an integration that nobody has asked.
    ///
    /// The path of the start endpoint is printed in Harver's guide; the other two are those of the integration in this repository.
    #[must_use]
    pub fn at(base_url: &str) -> Self {
        let base = base_url.trim_end_matches('/');
        Self {
            base_url: base.to_owned(),
            start_url: format!("{base}/prod/orchestrator/v1/flows/startAssessment/icimsmarketplace"),
            webhook_url: format!("{base}/prod/orchestrator/v1/callbacks/harver"),
            console_url: format!("{base}/console"),
        }
    }

    /// The same, where browsers find it under another address than the vendors do.
    #[must_use]
    pub fn shown_at(self, base_url: &str) -> Self {
        let Self { base_url, console_url, .. } = Self::at(base_url);
        Self { base_url, console_url, ..self }
    }
}

macro_rules! shown_without_secrets {
    ($($name:ident($key:ident)),+) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).field(stringify!($key), &self.$key).finish_non_exhaustive()
            }
        }
    )+};
}
shown_without_secrets!(NewTenant(customer_id), IcimsConnection(base_url), PlatformConnection(account_id));
