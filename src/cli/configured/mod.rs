//! Commands that work on the database of a configuration, also while the service runs.

pub(super) mod admin;
pub(super) mod config;

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use secrecy::SecretString;

use crate::config::ServeFile;
use crate::domain::CustomerId;
use crate::settings::{By, Way};
use crate::store::{SealingKey, Store};

/// Which database is meant.
#[derive(Debug, Args)]
pub(super) struct Configured {
    /// Configuration file of the service
    #[arg(long, env = "HARVER_ICIMS_CONFIG", value_name = "FILE")]
    config: PathBuf,
    /// Database file [default: that of the configuration]
    #[arg(long, env = "HARVER_ICIMS_DATABASE", value_name = "FILE")]
    database: Option<PathBuf>,
    /// Passphrase of the key that seals secrets; better given as HARVER_ICIMS_SEALING_PASSPHRASE than as a flag
    #[arg(long, env = "HARVER_ICIMS_SEALING_PASSPHRASE", hide_env_values = true, value_name = "TEXT")]
    sealing_passphrase: Option<SecretString>,
}

impl Configured {
    fn open(self) -> anyhow::Result<(ServeFile, Store)> {
        let file = ServeFile::read(&self.config)?;
        let passphrase = self.sealing_passphrase.or(file.sealing_passphrase.clone());
        let passphrase =
            passphrase.context("no sealing passphrase: set HARVER_ICIMS_SEALING_PASSPHRASE or sealing_passphrase in the file")?;
        let database = self.database.or(file.database.clone()).context("no database: give --database or database in the file")?;
        let store = Store::open_beside(&database, SealingKey::from_passphrase(&passphrase))
            .with_context(|| format!("opening {} (the service creates it at its first start)", database.display()))?;
        Ok((file, store))
    }
}

/// Whoever may run commands on this machine, as the history names them.
fn by(now: jiff::Timestamp) -> By {
    By { who: "somebody at the command line".into(), way: Way::CommandLine, now }
}

fn customer_id(text: &str) -> Result<CustomerId, String> {
    text.parse().map_err(|error: crate::domain::InvalidId| error.to_string())
}
