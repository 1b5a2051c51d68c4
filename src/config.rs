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
use crate::domain::{
    AtsAuthentication, AtsConnection, Customer, CustomerId, HarverConnection, InboundCredentials, InvitationSettings, Pattern,
    StatusId,
};
use crate::invitation::SmtpSettings;

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
    /// Customers to create at the first start. Afterwards the console is the place to change them.
    #[serde(default)]
    pub customers: Vec<CustomerSection>,
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

/// One customer, as the two vendors gave it to us.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerSection {
    id: u64,
    name: String,
    patterns: Vec<String>,
    #[serde(default)]
    trigger_statuses: Vec<String>,
    reports_progress: bool,
    icims: IcimsSection,
    harver: HarverSection,
    events: CredentialsSection,
    webhooks: CredentialsSection,
    invitation: InvitationSection,
    /// Who may sign in to the console.
    pub admin: AdminSection,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IcimsSection {
    base_url: Url,
    token_url: Option<Url>,
    client_id: Option<String>,
    client_secret: Option<SecretString>,
    username: Option<String>,
    password: Option<SecretString>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HarverSection {
    base_url: Url,
    account: String,
    client_id: String,
    client_secret: SecretString,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CredentialsSection {
    username: String,
    password: SecretString,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InvitationSection {
    sender_name: String,
    support_email: String,
}

/// Somebody who may sign in to the console.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminSection {
    /// The address they sign in with.
    pub email: String,
    /// Their first password.
    pub password: SecretString,
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

impl CustomerSection {
    /// The customer that the section describes.
    ///
    /// # Errors
    /// A sentence that names the setting and what it should be.
    pub fn customer(&self) -> Result<Customer, String> {
        let at = |what: &str| format!("customer {}: {what}", self.id);
        let status =
            |text: &String| StatusId::parse(text).ok_or_else(|| at(&format!("trigger_statuses: {text:?} is not a status id")));
        let pattern = |name: &String| match name.as_str() {
            "inline" => Ok(Pattern::Inline),
            "ad_hoc" => Ok(Pattern::AdHoc),
            other => Err(at(&format!("patterns: {other:?} is neither \"inline\" nor \"ad_hoc\""))),
        };
        Ok(Customer {
            id: CustomerId::try_from(self.id).map_err(|error| at(&error.to_string()))?,
            name: self.name.clone(),
            enabled: true,
            patterns: self.patterns.iter().map(pattern).collect::<Result<_, _>>()?,
            trigger_statuses: self.trigger_statuses.iter().map(status).collect::<Result<_, _>>()?,
            events: self.events.credentials(),
            webhooks: self.webhooks.credentials(),
            ats: AtsConnection {
                base_url: self.icims.base_url.clone(),
                authentication: self.icims.authentication().map_err(at)?,
            },
            harver: HarverConnection {
                base_url: self.harver.base_url.clone(),
                account: self.harver.account.parse().map_err(|error| at(&format!("harver.account: {error}")))?,
                client_id: self.harver.client_id.clone(),
                client_secret: self.harver.client_secret.clone(),
            },
            reports_progress: self.reports_progress,
            invitation: InvitationSettings {
                sender_name: self.invitation.sender_name.clone(),
                support_email: self.invitation.support_email.clone(),
            },
        })
    }
}

impl CredentialsSection {
    fn credentials(&self) -> InboundCredentials {
        InboundCredentials { username: self.username.clone(), password: self.password.clone() }
    }
}

impl IcimsSection {
    fn authentication(&self) -> Result<AtsAuthentication, &'static str> {
        match (&self.token_url, &self.client_id, &self.client_secret, &self.username, &self.password) {
            (Some(token_url), Some(client_id), Some(client_secret), None, None) => Ok(AtsAuthentication::OAuth2 {
                token_url: token_url.clone(),
                client_id: client_id.clone(),
                client_secret: client_secret.clone(),
            }),
            (None, None, None, Some(username), Some(password)) => {
                Ok(AtsAuthentication::Basic { username: username.clone(), password: password.clone() })
            }
            _ => Err("icims: give either token_url, client_id and client_secret, or username and password"),
        }
    }
}
