//! Commands that work on the database of a configuration, also while the service runs.

pub(super) mod admin;
pub(super) mod config;
pub(super) mod person;

use std::path::PathBuf;

use clap::Args;

use crate::cli::database::DatabaseArgs;
use crate::cli::settings_args::SettingsArgs;
use crate::config::ServeFile;
use crate::domain::CustomerId;
use crate::settings::{By, Way};
use crate::store::Store;

/// Which database is meant.
#[derive(Debug, Args)]
pub(super) struct Configured {
    /// Configuration file of the service
    #[arg(long, env = "HARVER_ICIMS_CONFIG", value_name = "FILE")]
    config: PathBuf,
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    settings: SettingsArgs,
}

impl Configured {
    fn open(self) -> anyhow::Result<(ServeFile, Store)> {
        let file = ServeFile::read(&self.config, self.settings.given()?)?;
        let store = self.database.chosen(&file)?.open_beside()?;
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
