//! Starting and stopping: listeners first, then state, then servers, then tenants; at the end everything in reverse.
//!
//! Listeners are bound before anything else, so that every address is known before anybody is told of one, and a taken port is
//! found before state is touched.

mod error;
mod hosts;
mod http;
mod packed;
mod public;
mod servers;

use std::fs::{File, TryLockError};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use bounded_listener::HttpLimits;
pub use error::{ServerFailed, StartError};
use hosts::Hosts;
pub use hosts::{HostName, NotAHostName};
use jiff::Timestamp;
pub use public::{NotAPublicUrl, Part, PublicUrl};
use servers::Servers;

use crate::control::connector::{Connected, Connector};
use crate::control::ready::Ready;
use crate::control::{self, Addresses, ControlError, ControlToken, Parts, World};
use crate::engine::{Clock, ClockSetting, Disk, Journal, Outbox, Sends, Sockets, StoredRow, Surroundings};
use crate::harver_platform::HarverPlatform;
use crate::icims::Icims;
use crate::mailbox::{self, Mailbox, SmtpCertificate, SmtpLimits, SmtpOffer, SmtpUser};

/// The first port of the block.
pub const DEFAULT_PORT: u16 = 8700;
/// Where iCIMS is within the block.
const ICIMS: u16 = 1;
/// Where the integration is expected within the block.
const INTEGRATION: u16 = 2;
/// Where the platform is within the block.
const PLATFORM: u16 = 3;
/// Where mail is handed in within the block.
const SMTP: u16 = 25;

/// How to start.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on, beside those that `localhost` stands for.
    pub host: IpAddr,
    /// The first port of the block: overview here, iCIMS at +1, the platform at +3, SMTP at +25. 0 takes free ports.
    pub port: u16,
    /// Where state is kept across restarts; without it, it lives as long as the process.
    pub data: Option<PathBuf>,
    /// What ids, names and order are derived from.
    pub seed: u64,
    /// The moment at which the clock stands still; without it, it shows real time. A reset comes back to it.
    pub frozen_at: Option<Timestamp>,
    /// What the HTTP servers admit.
    pub http: HttpLimits,
    /// The names that the HTTP servers answer to, beside addresses and `localhost`.
    pub allowed_hosts: Vec<HostName>,
    /// What browsers call the parts, where that is not where they listen.
    pub public_urls: Vec<PublicUrl>,
    /// Whether there is control: the overview, and everything that opens customers, moves the clock and tells what was sent. Without it the
    /// first port has the mailbox alone.
    pub control: bool,
    /// What control asks for beyond this machine; without it, a token is drawn when one is needed.
    pub control_token: Option<ControlToken>,
    /// What the SMTP server admits.
    pub smtp: SmtpLimits,
    /// Who has to sign in to the SMTP server. Without a user, whoever signs in is welcome, and nobody has to.
    pub smtp_user: Option<SmtpUser>,
    /// Whether the SMTP server offers `STARTTLS`, with a certificate of its own that is made at every start.
    pub smtp_tls: bool,
    /// Where the integration listens, for a sandbox that is started without a connector.
    pub external_integration: Option<Connected>,
    /// How the integration introduces itself: its `User-Agent`, or the name of the product in it. Without it, the journal takes the first
    /// program for the integration that uses a customer's account, see [`Callers`](crate::engine::Callers).
    pub integration_agent: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: DEFAULT_PORT,
            data: None,
            seed: 1,
            frozen_at: None,
            http: http::usual_limits(),
            allowed_hosts: Vec::new(),
            public_urls: Vec::new(),
            control: true,
            control_token: None,
            smtp: SmtpLimits::default(),
            smtp_user: None,
            smtp_tls: false,
            external_integration: None,
            integration_agent: None,
        }
    }
}

impl Config {
    /// A certificate of the mail server for every name that the sandbox is known to go by, if one is wanted.
    fn certificate(&self) -> Result<Option<SmtpCertificate>, StartError> {
        if !self.smtp_tls {
            return Ok(None);
        }
        let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
        names.extend(self.allowed_hosts.iter().map(HostName::to_string));
        names.push(self.host.to_string());
        Ok(Some(SmtpCertificate::for_names(names)?))
    }
}

/// A sandbox whose addresses are taken and that does not answer yet.
#[derive(Debug)]
pub struct Bound {
    config: Config,
    overview: Sockets,
    icims: Sockets,
    platform: Sockets,
    smtp: Sockets,
    addresses: Addresses,
    near: Addresses,
    listening: Addresses,
    clock: Clock,
    journal: Journal,
}

impl Bound {
    /// Where everything will answer.
    #[must_use]
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Where everything listens, whatever others call it.
    #[must_use]
    pub fn listening(&self) -> &Addresses {
        &self.listening
    }

    /// Where the parts reach each other: addresses of this machine, whatever others call it.
    #[must_use]
    pub fn near(&self) -> &Addresses {
        &self.near
    }

    /// The clock that all actors share; the integration in the same process should use it, too.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The record of exchanges.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Puts stored state back, answers, makes the sample tenant if there is no tenant, and connects every tenant.
    ///
    /// # Errors
    /// When stored state cannot be used, or a tenant cannot be made or connected.
    pub async fn start(self, connector: Option<Arc<dyn Connector>>) -> Result<Sandbox, StartError> {
        let sandbox = self.prepare(connector).await?;
        sandbox.declare_ready();
        Ok(sandbox)
    }

    /// The same for a start that is not over with it: the sandbox answers, and says that it is not ready until
    /// [`Sandbox::declare_ready`].
    ///
    /// # Errors
    /// As [`Bound::start`].
    pub async fn prepare(self, connector: Option<Arc<dyn Connector>>) -> Result<Sandbox, StartError> {
        let Stored { disk, rows, lock } = Stored::open(self.config.data.as_deref())?;
        let (registry, repairs) = control::stored_world(disk, &rows)?;
        let surroundings = |base_url: &str| Surroundings {
            base_url: base_url.parse().expect("addresses are URLs"),
            clock: self.clock.clone(),
            journal: self.journal.clone(),
            registry: registry.clone(),
            seed: self.config.seed,
        };
        // The integration beside is told of addresses of this machine, any other one of those that everybody uses.
        let told = if connector.is_some() { &self.near.icims } else { &self.addresses.icims };
        let told = told.parse().expect("addresses are URLs");
        let icims = Icims::known_as(surroundings(&self.addresses.icims), told);
        let mailbox = Mailbox::new(surroundings(&self.addresses.control));
        let platform = HarverPlatform::mailing(surroundings(&self.addresses.platform), mailbox.clone());
        let mut actors: Vec<Arc<dyn Sends>> = vec![Arc::new(icims.clone())];
        actors.extend(platform.senders());
        let outbox = Outbox::new(registry.clone(), self.clock.clone(), actors);
        let parts = Parts {
            icims: icims.clone(),
            platform: platform.clone(),
            mailbox: mailbox.clone(),
            first_clock: self.clock.setting(),
            clock: self.clock.clone(),
            journal: self.journal.clone(),
            registry,
            traffic: outbox.traffic().clone(),
            seed: self.config.seed,
            addresses: self.addresses.clone(),
            near: self.near.clone(),
            token: self.config.token(),
            connector,
            external: self.config.expected_integration(),
        };
        let world = World::new(parts, &rows)?;

        // Servers answer before tenants are connected, as an integration may look at what it is told of.
        let certificate = self.config.certificate()?;
        let public_hosts = public::hosts(&self.config.public_urls);
        let hosts = Hosts::new(self.config.allowed_hosts.into_iter().chain(public_hosts).collect());
        let mut servers = Servers::new(self.config.http, hosts, self.clock.clone());
        let overview = match self.config.control {
            true => control::router(world.clone(), servers.stopping()),
            false => control::mailbox_alone(&world),
        };
        let overview = overview.merge(mailbox::certificate_page(certificate.as_ref()));
        servers.serve("the overview", self.overview, &self.addresses.control, overview);
        servers.serve_packed("iCIMS", self.icims, &self.addresses.icims, icims.router());
        servers.serve_packed("the platform", self.platform, &self.addresses.platform, platform.router());
        let (receiving, smtp, limits) = (mailbox, self.smtp, self.config.smtp);
        let offer = SmtpOffer { user: self.config.smtp_user, certificate };
        servers.run("the mailbox", move |shutdown| async move { receiving.run_smtp(smtp, limits, offer, shutdown).await });
        world.begin(&rows, repairs).await?;
        drop(rows);
        // Deliveries that were pending go to where the integration is now, so they start after it has been asked.
        servers.run("the outbox", move |shutdown| async move { outbox.run(shutdown).await });

        let sample = world.tenants().into_iter().next().ok_or_else(|| ControlError::UnknownCustomer("at all".into()))?;
        let ready = Ready { ready: true, tenant: world.keys(&sample) };
        Ok(Sandbox { ready, world, addresses: self.addresses, servers, _lock: lock })
    }
}

/// A running sandbox. Dropping it stops it at once; [`Sandbox::stop`] lets requests under way end first.
#[derive(Debug)]
pub struct Sandbox {
    ready: Ready,
    world: World,
    addresses: Addresses,
    servers: Servers,
    _lock: Option<File>,
}

impl Sandbox {
    /// Takes the addresses.
    ///
    /// # Errors
    /// When a port is taken or cannot be listened on.
    pub async fn bind(config: Config) -> Result<Bound, StartError> {
        if config.port > u16::MAX - SMTP {
            return Err(StartError::PortTooHigh { port: config.port });
        }
        let overview = listen(&config, 0, "the overview").await?;
        let icims = listen(&config, ICIMS, "iCIMS").await?;
        let platform = listen(&config, PLATFORM, "the platform").await?;
        let smtp = listen(&config, SMTP, "the mailbox").await?;
        let addresses = |of: fn(&Sockets) -> std::io::Result<SocketAddr>| {
            let told = |sockets, part| of(sockets).map_err(|source| StartError::Untold { part, source });
            Ok::<_, StartError>(Addresses {
                control: format!("http://{}", told(&overview, "the overview")?),
                icims: format!("http://{}", told(&icims, "iCIMS")?),
                platform: format!("http://{}", told(&platform, "the platform")?),
                smtp: told(&smtp, "the mailbox")?.to_string(),
            })
        };
        let (listening, near) = (addresses(Sockets::local_addr)?, addresses(Sockets::near_addr)?);
        let addresses = public::addresses(&config.public_urls, listening.clone())?;
        let clock = Clock::new();
        if let Some(at) = config.frozen_at {
            clock.apply(ClockSetting::Frozen { at });
        }
        let journal = Journal::new();
        if let Some(agent) = &config.integration_agent {
            journal.callers().declare(agent);
        }
        Ok(Bound { config, overview, icims, platform, smtp, addresses, near, listening, clock, journal })
    }

    /// Addresses and credentials of the sample tenant.
    #[must_use]
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Where everything answers.
    #[must_use]
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// All actors, as control sees them.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Says to whoever asks that the sandbox is ready.
    pub fn declare_ready(&self) {
        self.world.declare_ready();
        tracing::info!(overview.url = self.addresses.control, "The sandbox is ready.");
    }

    /// Ends when a server has ended although nobody told it to.
    pub async fn failed(&self) -> ServerFailed {
        ServerFailed(self.servers.failed().await.to_owned())
    }

    /// Stops accepting, lets requests under way end for up to five seconds, and returns when everything has ended.
    pub async fn stop(self) {
        self.servers.stop().await;
        tracing::info!("The sandbox has stopped.");
    }
}

impl Config {
    /// What control asks for, if it can be reached from another machine: because it listens there, or somebody passes it on.
    fn token(&self) -> Option<ControlToken> {
        let is_passed_on = self.public_urls.iter().any(|public| public.part == Part::Overview);
        let is_open = is_passed_on || !self.host.is_loopback();
        is_open.then(|| self.control_token.clone().unwrap_or_else(ControlToken::drawn))
    }

    /// Where the integration is when nobody can be asked: as configured, or at its place in the block of ports. With free ports
    /// there is no such place; then it is an address where nobody listens, so that no other process is called by mistake.
    fn expected_integration(&self) -> Connected {
        let own = self.external_integration.clone();
        let called = own.unwrap_or_else(|| match self.port {
            0 => Connected::at("http://127.0.0.1:9"),
            port => Connected::at(&format!("http://{}", SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port + INTEGRATION))),
        });
        let public = self.public_urls.iter().find(|public| public.part == Part::Integration);
        public.map(|public| called.clone().shown_at(public.url.as_str())).unwrap_or(called)
    }
}

async fn listen(config: &Config, offset: u16, part: &'static str) -> Result<Sockets, StartError> {
    let port = if config.port == 0 { 0 } else { config.port + offset };
    Sockets::bind(config.host, port).await.map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => StartError::PortTaken { port, part },
        _ => StartError::Listen { address: SocketAddr::new(config.host, port), part, source },
    })
}

/// What is kept across restarts, and the lock that keeps a second process out.
struct Stored {
    disk: Disk,
    rows: Vec<StoredRow>,
    lock: Option<File>,
}

impl Stored {
    fn open(folder: Option<&Path>) -> Result<Self, StartError> {
        let Some(folder) = folder else {
            return Ok(Self { disk: Disk::memory(), rows: Vec::new(), lock: None });
        };
        let unusable = |source| StartError::Folder { folder: folder.to_path_buf(), source };
        std::fs::create_dir_all(folder).map_err(unusable)?;
        let lock = File::create(folder.join("sandbox.lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StartError::FolderInUse(folder.to_path_buf())),
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        let (disk, rows) = Disk::open(&folder.join("sandbox.db"))?;
        Ok(Self { disk, rows, lock: Some(lock) })
    }
}
