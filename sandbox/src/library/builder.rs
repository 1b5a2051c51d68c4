//! How a test's sandbox is to be.

use std::path::PathBuf;

use jiff::Timestamp;

use super::told;
use crate::control::connector::Connected;
use crate::mailbox::{NotAnSmtpUser, SmtpUser};
use crate::start::{Config, HostName, Sandbox, StartError};

/// Settings of a sandbox that is about to start.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let sandbox = icims_sandbox::Sandbox::builder().seed(7).frozen_at("2031-03-04T09:00:00Z").start().await;
/// assert_eq!(sandbox.clock().now().to_string(), "2031-03-04T09:00:00Z");
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until it is started"]
pub struct Builder {
    seed: Option<u64>,
    frozen_at: Option<Timestamp>,
    data: Option<PathBuf>,
    integration: Option<Connected>,
    allowed_hosts: Vec<HostName>,
    smtp_user: Option<SmtpUser>,
    smtp_tls: bool,
}

impl Builder {
    /// What ids, names and order are derived from; 1 unless told otherwise.
    pub fn seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }

    /// The moment at which the clock stands still. With it, the same calls give the same bytes on every day.
    ///
    /// # Panics
    /// When `moment` is not written like `2031-03-04T09:00:00Z`.
    #[track_caller]
    pub fn frozen_at(self, moment: &str) -> Self {
        let Ok(at) = moment.parse() else { panic!("{moment:?} is no moment: write it like 2031-03-04T09:00:00Z") };
        Self { frozen_at: Some(at), ..self }
    }

    /// A folder that keeps the state, for tests about what is there after a restart.
    pub fn data(self, folder: impl Into<PathBuf>) -> Self {
        Self { data: Some(folder.into()), ..self }
    }

    /// Where events and webhooks of every customer go, with the credentials of each customer's
    /// [`Customer::keys`](super::Customer::keys). Without it they go nowhere until
    /// [`Customer::connect_vendor`](super::Customer::connect_vendor).
    pub fn integration(self, connected: Connected) -> Self {
        Self { integration: Some(connected), ..self }
    }

    /// A name that it answers to, such as that of a container, beside addresses and `localhost`.
    ///
    /// # Panics
    /// When `name` is not the name of a host alone.
    #[track_caller]
    pub fn allow_host(mut self, name: &str) -> Self {
        match name.parse() {
            Ok(name) => self.allowed_hosts.push(name),
            Err(error) => panic!("{error}"),
        }
        self
    }

    /// Who has to sign in to the SMTP server; without it, whoever signs in is welcome, and nobody has to.
    ///
    /// # Panics
    /// When name or password is empty, or the name has a colon.
    #[track_caller]
    pub fn smtp_user(self, name: &str, password: &str) -> Self {
        match format!("{name}:{password}").parse::<SmtpUser>() {
            Ok(user) if user.name() == name => Self { smtp_user: Some(user), ..self },
            _ => panic!("{}", NotAnSmtpUser),
        }
    }

    /// Offers `STARTTLS` at the SMTP server, with a certificate of its own: `GET /mailbox/smtp-certificate.pem` at the overview's address.
    pub fn smtp_tls(self) -> Self {
        Self { smtp_tls: true, ..self }
    }

    /// Starts it.
    ///
    /// # Panics
    /// When it cannot be started; the message says why and what to do.
    pub async fn start(self) -> Sandbox {
        match self.try_start().await {
            Ok(sandbox) => sandbox,
            Err(error) => panic!("the sandbox could not be started: {}", told(&error)),
        }
    }

    /// Starts it.
    ///
    /// # Errors
    /// When there are no free ports, or the data folder cannot be used.
    pub async fn try_start(self) -> Result<Sandbox, StartError> {
        let first = Config::default();
        let config = Config {
            port: 0,
            seed: self.seed.unwrap_or(first.seed),
            frozen_at: self.frozen_at,
            data: self.data,
            external_integration: self.integration,
            allowed_hosts: self.allowed_hosts,
            smtp_user: self.smtp_user,
            smtp_tls: self.smtp_tls,
            ..first
        };
        Sandbox::bind(config).await?.start(None).await
    }
}
