//! Typed settings of the integration. The only module that reads the environment (through `clap`) and the configuration file.
//!
//! Flags win over `HARVER_ICIMS_*` variables, which win over the file. `examples/serve.toml` documents every setting.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bounded_listener::HttpLimits;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de};
use toml::{Table, Value};
use url::Url;

use crate::delivery::Ladder;
use crate::domain::{
    CustomerRate, EventDeadline, Instance, InvalidId, KeepOrders, KeepSteps, LinkLife, MailPort, Network, OutOfRange, Reach,
    RetryWait, Role, StepLimit, StrangerRate,
};
use crate::env_file::harmless;
use crate::invitation::SmtpSettings;
use crate::settings::Document;
use crate::web::RateLimits;

/// Whom the guide names for support.
pub const SUPPORT_CONTACT: &str = "support@harver.com";

/// The most rungs of a ladder.
const MOST_RETRIES: usize = 50;

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
    pub link_life: LinkLife,
    /// How long one step may take. Default: 120 s.
    pub step_limit: StepLimit,
    /// How long what has ended is kept.
    pub retention: Retention,
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
    /// Where its neighbours may be. Default: on the public internet.
    pub reach: Reach,
    /// How often others may call; everybody as often as they like where nothing is said. Default: see [`RateLimits`].
    pub rates: Option<RateLimits>,
    /// What its listener admits.
    pub http: HttpLimits,
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
            link_life: LinkLife::default(),
            step_limit: StepLimit::default(),
            retention: Retention::default(),
            ladder: Ladder::default(),
            support_contact: SUPPORT_CONTACT.into(),
            instance: Instance::default(),
            other_instance_url: None,
            trusted_proxies: Vec::new(),
            reach: Reach::default(),
            rates: Some(RateLimits::default()),
            http: HttpLimits {
                // Load balancers keep idle connections open for a minute. One that is closed here first costs somebody an event.
                head_time: Duration::from_secs(75),
                body_pause: Duration::from_secs(10),
                ..HttpLimits::default()
            },
            user_agent: None,
        }
    }
}

/// How long what has ended is kept.
#[derive(Clone, Copy, Debug, Default)]
pub struct Retention {
    /// A step that is done, with its attempts. Default: 90 days.
    pub steps: KeepSteps,
    /// An order. Default: 730 days.
    pub orders: KeepOrders,
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
    /// The database of a PostgreSQL server, instead of a file: `postgres://user:password@host/database`.
    pub database_url: Option<SecretString>,
    /// What the key is made of that seals secrets and personal data in the database.
    pub sealing_passphrase: Option<SecretString>,
    /// The one before it, as long as something is sealed with it.
    pub former_sealing_passphrase: Option<SecretString>,
    /// The one after it, while other replicas have it already.
    pub next_sealing_passphrase: Option<SecretString>,
    /// Outgoing mail.
    pub mail: Option<MailSection>,
    /// Seconds; see [`Settings::event_deadline`].
    #[serde(default, deserialize_with = "within_range")]
    pub event_deadline_seconds: EventDeadline,
    /// Hours; see [`Settings::link_life`].
    #[serde(default, deserialize_with = "within_range")]
    pub link_life_hours: LinkLife,
    /// Seconds; see [`Settings::step_limit`].
    #[serde(default, deserialize_with = "within_range")]
    pub step_seconds: StepLimit,
    /// Days; see [`Retention::steps`].
    #[serde(default, deserialize_with = "within_range")]
    pub keep_steps_days: KeepSteps,
    /// Days; see [`Retention::orders`].
    #[serde(default, deserialize_with = "within_range")]
    pub keep_orders_days: KeepOrders,
    /// Minutes between attempts; see [`Settings::ladder`].
    #[serde(default, deserialize_with = "waits")]
    pub retry_minutes: Option<Vec<RetryWait>>,
    /// See [`Settings::support_contact`].
    pub support_contact: Option<String>,
    /// Which instance of Harver this is: `default` or `us`. An event for an account of the other one is told where to go.
    pub instance: Option<String>,
    /// The address of the other instance's start endpoint, for those who called the wrong one.
    pub other_instance_url: Option<Url>,
    /// Addresses, or ranges of them; see [`Settings::trusted_proxies`].
    #[serde(default)]
    pub trusted_proxies: Vec<String>,
    /// Whether neighbours may be on this machine or in the network around it; see [`Settings::reach`].
    #[serde(default)]
    pub allow_private_addresses: bool,
    /// Requests a minute of one customer, at each entrance; see [`Settings::rates`].
    #[serde(default, deserialize_with = "within_range")]
    pub customer_requests_per_minute: CustomerRate,
    /// Requests a minute of strangers from one place; see [`Settings::rates`].
    #[serde(default, deserialize_with = "within_range")]
    pub stranger_requests_per_minute: StrangerRate,
    /// Customers to create at the first start. Afterwards a start only says in which settings file and database differ.
    #[serde(default)]
    pub customers: Vec<Document>,
    /// Who may sign in to the console, created with their customers.
    #[serde(default)]
    pub admins: Vec<AdminSection>,
}

/// Puts settings in the place of others; of a section, those that are named.
fn put(settings: &mut Table, given: Table) {
    for (name, value) in given {
        match (settings.get_mut(&name), value) {
            (Some(Value::Table(section)), Value::Table(given)) => put(section, given),
            (_, value) => drop(settings.insert(name, value)),
        }
    }
}

/// A number within its range. Whatever else stands there is answered by its name and range.
fn within_range<'de, D: Deserializer<'de>, T: TryFrom<i64, Error = OutOfRange>>(from: D) -> Result<T, D::Error> {
    // What is no whole number becomes one that is in no range.
    T::try_from(i64::deserialize(from).unwrap_or(i64::MIN)).map_err(de::Error::custom)
}

fn waits<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<RetryWait>>, D::Error> {
    let minutes: Vec<i64> = Vec::deserialize(from).map_err(|_| {
        de::Error::custom("retry_minutes takes a list of whole numbers from 1 to 1440, such as [1, 5, 15, 30, 60]")
    })?;
    if minutes.len() > MOST_RETRIES {
        return Err(de::Error::custom(format!("retry_minutes takes at most {MOST_RETRIES} numbers")));
    }
    let waits = minutes.into_iter().map(|number| RetryWait::try_from(number).map_err(de::Error::custom));
    waits.collect::<Result<_, _>>().map(Some)
}

/// Outgoing mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSection {
    /// The SMTP server.
    pub host: String,
    /// Its port.
    #[serde(deserialize_with = "within_range")]
    pub port: MailPort,
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
    /// Where neighbours may be.
    #[must_use]
    pub fn reach(&self) -> Reach {
        if self.allow_private_addresses { Reach::Anywhere } else { Reach::Public }
    }

    /// Reads a configuration file. What is `given` besides, by flags or variables, takes the place of what stands in it.
    ///
    /// # Errors
    /// When it cannot be read, or it or what is given holds something that is not a setting.
    pub fn read(path: &Path, given: Table) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.into(), source })?;
        // The parser's full message would print the line, and the line may hold a secret.
        let at_a_line = |error: toml::de::Error| {
            let line = error.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1);
            ConfigError::Invalid { path: path.into(), reason: format!("line {line}: {}", harmless(error.message())) }
        };
        if given.is_empty() {
            return toml::from_str(&text).map_err(at_a_line);
        }
        let mut settings: Table = toml::from_str(&text).map_err(at_a_line)?;
        put(&mut settings, given);
        settings.try_into().map_err(|error: toml::de::Error| {
            let message = harmless(error.message());
            // What is wrong in the file alone has a line there.
            let alone = toml::from_str::<Self>(&text).err().filter(|alone| harmless(alone.message()) == message);
            let together = || format!("together with what flags and variables say: {message}");
            alone.map_or_else(|| ConfigError::Invalid { path: path.into(), reason: together() }, at_a_line)
        })
    }
}
