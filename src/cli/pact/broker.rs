//! How a broker is named on the command line, as the official tool names it.

use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::with_causes;
use crate::http::{Clients, Timeouts};
use crate::pact::broker::{Access, Address, Broker, BrokerError};

/// Which broker, and who asks it.
#[derive(Clone, Debug, Args)]
pub(super) struct BrokerArgs {
    /// Address of the Pact Broker
    #[arg(short = 'b', long, env = "PACT_BROKER_BASE_URL", hide_env_values = true, value_name = "URL", value_parser = secret)]
    broker_base_url: Option<SecretString>,
    /// Token for the broker; better in the variable, as everybody sees the arguments of a process
    #[arg(short = 'k', long, env = "PACT_BROKER_TOKEN", hide_env_values = true, value_name = "TOKEN", value_parser = secret)]
    broker_token: Option<SecretString>,
    /// User name, where the broker has no tokens
    #[arg(short = 'u', long, env = "PACT_BROKER_USERNAME", hide_env_values = true, value_name = "NAME")]
    broker_username: Option<String>,
    /// Password of the user
    #[arg(short = 'p', long, env = "PACT_BROKER_PASSWORD", hide_env_values = true, value_name = "PASSWORD", value_parser = secret)]
    broker_password: Option<SecretString>,
    /// Seconds that one answer of the broker may take
    #[arg(long, default_value_t = 30, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
    broker_timeout: u64,
}

/// Takes any text: what is wrong with one that is secret is told later, without quoting it.
fn secret(text: &str) -> Result<SecretString, String> {
    Ok(text.into())
}

impl BrokerArgs {
    /// Whether a broker is named.
    pub(super) fn is_named(&self) -> bool {
        self.address_text().is_some()
    }

    fn address_text(&self) -> Option<&str> {
        self.broker_base_url.as_ref().map(ExposeSecret::expose_secret).filter(|text| !text.trim().is_empty())
    }

    /// The broker.
    ///
    /// # Errors
    /// When none is named, or not whole.
    pub(super) fn broker(&self) -> Result<Broker> {
        let text = self.address_text();
        let text = text.context("no broker is named: give its address with --broker-base-url or in PACT_BROKER_BASE_URL")?;
        let address: Address = text.trim().parse().map_err(|why: String| anyhow!("the address of the broker: {why}"))?;
        let timeouts = Timeouts {
            connect: Duration::from_secs(self.broker_timeout.min(5)),
            answer: Duration::from_secs(self.broker_timeout),
        };
        let clients = Clients::new(timeouts).context("setting up HTTP")?;
        Ok(Broker::new(clients, address, self.access()?))
    }

    /// A variable that is empty is none.
    fn access(&self) -> Result<Access> {
        let given = |secret: &Option<SecretString>| secret.clone().filter(|secret| !secret.expose_secret().is_empty());
        let user = self.broker_username.clone().filter(|user| !user.is_empty());
        match (given(&self.broker_token), user, given(&self.broker_password)) {
            (Some(_), Some(_), _) => Err(anyhow!("give the broker either a token or a user name, not both")),
            (Some(token), None, _) => Ok(Access::Token(token)),
            (None, Some(user), Some(password)) => Ok(Access::Basic { user, password }),
            (None, Some(_), None) => Err(anyhow!("the user name for the broker has no password: set PACT_BROKER_PASSWORD")),
            (None, None, Some(_)) => Err(anyhow!("the password for the broker has no user name: set PACT_BROKER_USERNAME")),
            (None, None, None) => Ok(Access::Anonymous),
        }
    }
}

/// What a broker did not do, with what to do about it in a line of its own.
pub(super) fn told(error: &BrokerError) -> anyhow::Error {
    anyhow!("{}\n  → {}", with_causes(error), error.next_step())
}
