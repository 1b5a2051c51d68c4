//! Which database is meant, and the key that opens what is sealed in it.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use crate::clock::Clock;
use crate::config::ServeFile;
use crate::store::{SealingKey, Store};

/// Where the integration keeps everything. A flag wins over its variable, which wins over the file; one kind of database wins over the
/// other in the same way.
#[derive(Debug, Args)]
pub(super) struct DatabaseArgs {
    /// Database file [default: that of the configuration]
    #[arg(long, env = "HARVER_ICIMS_DATABASE", value_name = "FILE", conflicts_with = "database_url")]
    database: Option<PathBuf>,
    /// Database of a PostgreSQL server, which several replicas share: postgres://user:password@host/database; better given as
    /// HARVER_ICIMS_DATABASE_URL than as a flag
    #[arg(long, env = "HARVER_ICIMS_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<SecretString>,
    /// Passphrase of the key that seals secrets and personal data in the database; better given as HARVER_ICIMS_SEALING_PASSPHRASE than as a flag
    #[arg(long, env = "HARVER_ICIMS_SEALING_PASSPHRASE", hide_env_values = true, value_name = "TEXT")]
    sealing_passphrase: Option<SecretString>,
    /// The passphrase before it, while something may be sealed with that one: it is sealed anew by the service
    #[arg(long, env = "HARVER_ICIMS_FORMER_SEALING_PASSPHRASE", hide_env_values = true, value_name = "TEXT")]
    former_sealing_passphrase: Option<SecretString>,
    /// The passphrase after it, while other replicas may have that one already
    #[arg(long, env = "HARVER_ICIMS_NEXT_SEALING_PASSPHRASE", hide_env_values = true, value_name = "TEXT")]
    next_sealing_passphrase: Option<SecretString>,
}

/// A database, and the key to it.
pub(super) struct Database {
    place: Place,
    key: SealingKey,
}

enum Place {
    File(PathBuf),
    Server(SecretString),
}

impl DatabaseArgs {
    /// The database that is meant.
    pub(super) fn chosen(self, file: &ServeFile) -> anyhow::Result<Database> {
        let passphrase = said(self.sealing_passphrase).or(said(file.sealing_passphrase.clone()));
        let passphrase =
            passphrase.context("no sealing passphrase: set HARVER_ICIMS_SEALING_PASSPHRASE or sealing_passphrase in the file")?;
        let mut key = SealingKey::from_passphrase(&passphrase);
        if let Some(former) = said(self.former_sealing_passphrase).or(said(file.former_sealing_passphrase.clone())) {
            key = key.after(&former);
        }
        if let Some(next) = said(self.next_sealing_passphrase).or(said(file.next_sealing_passphrase.clone())) {
            key = key.before(&next);
        }
        let given = match (self.database, said(self.database_url)) {
            (None, None) => (file.database.clone(), file.database_url.clone()),
            given => given,
        };
        let place = match given {
            (Some(path), None) => Place::File(path),
            (None, Some(url)) => Place::Server(url),
            (Some(_), Some(_)) => bail!("two databases: give database or database_url in the file, not both"),
            (None, None) => bail!("no database: give --database or --database-url, or one of them in the file"),
        };
        Ok(Database { place, key })
    }
}

impl Database {
    /// Opens it for the service: brings it to the newest version. With it comes the clock to work by.
    pub(super) fn open(self) -> anyhow::Result<(Store, Clock)> {
        match self.place {
            Place::File(path) => {
                let store = Store::open(&path, self.key).with_context(|| format!("opening {}", path.display()))?;
                Ok((store, Clock::real()))
            }
            Place::Server(url) => Store::connect(&url, self.key, Clock::real()).context("opening the database of the server"),
        }
    }

    /// Opens it for a command, beside the service that works on it.
    pub(super) fn open_beside(self) -> anyhow::Result<Store> {
        match self.place {
            Place::File(path) => Store::open_beside(&path, self.key)
                .with_context(|| format!("opening {} (the service creates it at its first start)", path.display())),
            Place::Server(url) => {
                let opened = Store::connect_beside(&url, self.key, Clock::real());
                Ok(opened.context("opening the database of the server (the service prepares it at its first start)")?.0)
            }
        }
    }
}

/// A secret that says something: a variable that is set to nothing is not set.
fn said(secret: Option<SecretString>) -> Option<SecretString> {
    secret.filter(|secret| !secret.expose_secret().is_empty())
}
