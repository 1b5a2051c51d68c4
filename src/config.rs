//! Typed settings of the integration. The only module that reads the environment (through `clap`) and the configuration file.
//!
//! Flags win over `HARVER_ICIMS_*` variables, which win over the file. `examples/serve.toml` documents every setting.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::delivery::Ladder;
use crate::domain::{Instance, InvalidId, Network, Role};
use crate::invitation::SmtpSettings;
use crate::settings::Document;

/// Whom the guide names for support.
pub const SUPPORT_CONTACT: &str = "support@harver.com";

/// What the running integration needs to know, whoever composed it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address under which others reach the integration, without a path.
    pub public_url: Url,
    /// Outgoing mail.
    pub mail: SmtpSettings,
    /// Real time within which an event is answered. Default: 10 s (assessment-flow.md 1.3).
    pub event_deadline: Duration,
    /// How long the platform's links work. Default: 24 h (harver-platform.md 4).
    pub link_life: SignedDuration,
    /// The waits between attempts.
    pub ladder: Ladder,
    /// Whom to ask for help; every refusal names it. Default: the guide's contact.
    pub support_contact: String,
    /// Which of Harver's instances this is.
    pub instance: Instance,
    /// Where the start endpoint of the other one is, if it is known.
    pub other_instance_url: Option<Url>,
    /// The reverse proxies in front of it that are believed when they tell who calls. Default: none.
    pub trusted_proxies: Vec<Network>,
    /// How it introduces itself to its neighbours: a `User-Agent`. Default: its name and version.
    pub user_agent: Option<String>,
}

impl Settings {
    /// Settings with every default, for an integration at `public_url` that mails through `mail`.
    #[must_use]
    pub fn new(public_url: Url, mail: SmtpSettings) -> Self {
        Self {
            public_url,
            mail,
            event_deadline: Duration::from_secs(10),
            link_life: SignedDuration::from_hours(24),
            ladder: Ladder::default(),
            support_contact: SUPPORT_CONTACT.into(),
            instance: Instance::default(),
            other_instance_url: None,
            trusted_proxies: Vec::new(),
            user_agent: None,
        }
    }
}

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// It is not what it should be. The message points at the place and never shows a value.
    #[error("{} cannot be used: {reason}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong and where.
        reason: String,
    },
}

/// The file of `harver-icims serve`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServeFile {
    /// See [`Settings::public_url`].
    pub public_url: Option<Url>,
    /// `address:port` to listen on.
    pub listen: Option<String>,
    /// The database file.
    pub database: Option<PathBuf>,
    /// What the key is made of that seals secrets in the database.
    pub sealing_passphrase: Option<SecretString>,
    /// Outgoing mail.
    pub mail: Option<MailSection>,
    /// Seconds; see [`Settings::event_deadline`].
    pub event_deadline_seconds: Option<u64>,
    /// Hours; see [`Settings::link_life`].
    pub link_life_hours: Option<i64>,
    /// Minutes between attempts; see [`Settings::ladder`].
    pub retry_minutes: Option<Vec<i64>>,
    /// See [`Settings::support_contact`].
    pub support_contact: Option<String>,
    /// Which instance of Harver this is: `default` or `us`. An event for an account of the other one is told where to go.
    pub instance: Option<String>,
    /// The address of the other instance's start endpoint, for those who called the wrong one.
    pub other_instance_url: Option<Url>,
    /// Addresses, or ranges of them; see [`Settings::trusted_proxies`].
    #[serde(default)]
    pub trusted_proxies: Vec<String>,
    /// Customers to create at the first start. Afterwards a start only says in which settings file and database differ.
    #[serde(default)]
    pub customers: Vec<Document>,
    /// Who may sign in to the console, created with their customers.
    #[serde(default)]
    pub admins: Vec<AdminSection>,
}

/// Outgoing mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSection {
    /// The SMTP server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The address that invitations come from.
    pub sender_address: String,
    /// `none`, `starttls` or `tls`.
    pub security: String,
    /// User name at the server, if it asks for one.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<SecretString>,
}

/// Somebody who may sign in to the console.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminSection {
    /// The address they sign in with.
    pub email: String,
    /// The id of the customer whose console it is.
    pub customer: u64,
    /// `harver_admin`, who configures, or `recruiter`, who reads orders. Default: `harver_admin`.
    pub role: Option<String>,
    /// Their first password.
    pub password: SecretString,
}

impl AdminSection {
    /// What they may do.
    ///
    /// # Errors
    /// A sentence that names the roles.
    pub fn role(&self) -> Result<Role, InvalidId> {
        self.role.as_deref().map_or(Ok(Role::HarverAdmin), str::parse)
    }
}

impl ServeFile {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// When it cannot be read, or holds something that is not a setting.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.into(), source })?;
        // The parser's full message would print the line, and the line may hold a secret.
        toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1);
            ConfigError::Invalid { path: path.into(), reason: format!("line {line}: {}", error.message()) }
        })
    }
}
