//! `up`: iCIMS, integration, Harver platform, mailbox and overview page in one process.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow};
use clap::Args;
use icims_sandbox::control::ready::Ready;
use icims_sandbox::engine::Sockets;
use icims_sandbox::mailbox::SmtpUser;
use icims_sandbox::{Bound, Config, DEFAULT_PORT, Sandbox};
use secrecy::SecretString;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

use super::connector::OwnIntegration;
use super::reach::ReachArgs;
use super::recipe;
use super::stop::asked_to_stop;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Settings;
use crate::domain::{EmailAddress, Reach};
use crate::http::USER_AGENT;
use crate::invitation::{SmtpCredentials, SmtpSecurity, SmtpSettings};
use crate::store::{SealingKey, Store};

/// Where the integration is within the block of ports.
const INTEGRATION: u16 = 2;

/// The options of `up`.
#[derive(Clone, Debug, Args)]
pub struct UpArgs {
    /// First port of the block: overview and control here, iCIMS +1, integration +2, platform +3, SMTP +25; 0 takes free ports
    #[arg(long, env = "HARVER_ICIMS_PORT", default_value_t = DEFAULT_PORT)]
    pub port: u16,
    /// Folder that keeps the state across restarts [default: memory only]
    #[arg(long, env = "HARVER_ICIMS_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// What ids, names and order are derived from
    #[arg(long, env = "HARVER_ICIMS_SEED", default_value_t = 1)]
    pub seed: u64,
    /// Seed the sample tenant before it is ready: small, busy_season, million, or a file that ends with .toml
    #[arg(long, value_name = "NAME|FILE")]
    pub recipe: Option<String>,
    /// From where it can be reached
    #[command(flatten)]
    pub reach: ReachArgs,
    /// Who has to sign in to the SMTP server [default: whoever signs in is welcome, and nobody has to]
    #[arg(long, env = "HARVER_ICIMS_SMTP_USER", value_name = "NAME:PASSWORD", hide_env_values = true)]
    pub smtp_user: Option<SmtpUser>,
    /// Offer STARTTLS at the SMTP server, with a certificate of its own: /mailbox/smtp-certificate.pem at the overview
    #[arg(long, env = "HARVER_ICIMS_SMTP_TLS")]
    pub smtp_tls: bool,
    /// Print exactly one JSON line on stdout when ready
    #[arg(long)]
    pub json: bool,
}

impl UpArgs {
    /// A world for whoever starts it and nobody else: on free ports, in memory, always the same.
    #[must_use]
    pub fn aside() -> Self {
        Self {
            port: 0,
            data: None,
            seed: 1,
            recipe: None,
            reach: ReachArgs::default(),
            smtp_user: None,
            smtp_tls: false,
            json: false,
        }
    }
}

/// Everything in one process, running.
#[derive(Debug)]
pub struct World {
    sandbox: Sandbox,
    stop: watch::Sender<bool>,
    integration: JoinHandle<()>,
}

impl World {
    /// Starts everything and returns when everything answers.
    ///
    /// # Errors
    /// When a port is taken or the data folder cannot be used.
    pub async fn start(args: &UpArgs) -> anyhow::Result<Self> {
        // A name that no other program has: the journal is to show the calls of this one as the integration's, and nobody else's.
        let user_agent = format!("{USER_AGENT} (up {:08x})", rand::random::<u32>());
        let config = Config {
            port: args.port,
            data: args.data.clone(),
            seed: args.seed,
            host: args.reach.listen,
            allowed_hosts: args.reach.allowed_hosts.clone(),
            public_urls: args.reach.public_urls.clone(),
            control_token: args.reach.control_token.clone(),
            smtp_user: args.smtp_user.clone(),
            smtp_tls: args.smtp_tls,
            integration_agent: Some(user_agent.clone()),
            ..Config::default()
        };
        let bound = Sandbox::bind(config).await?;
        let listener = listen(args.reach.listen, args.port).await?;
        let url = |address: std::io::Result<SocketAddr>| -> anyhow::Result<Url> {
            let address = address.context("asking for the integration's own address")?;
            format!("http://{address}").parse().context("the integration's own address")
        };
        let (listening, near_url) = (url(listener.local_addr())?, url(listener.near_addr())?);
        let warned =
            args.reach.warn(&mut std::io::stderr().lock(), bound.listening(), Some(listening.as_str().trim_end_matches('/')));
        warned.context("writing to stderr")?;
        let public_url = args.reach.integration().unwrap_or(listening);

        let clock = shared_clock(&bound);
        let store = open_store(args.data.as_deref())?;
        let mail = mail(&bound, args.smtp_user.as_ref())?;
        // Everything here is on one machine, and tests ask as fast as they can.
        let settings = Settings {
            user_agent: Some(user_agent),
            reach: Reach::Anywhere,
            rates: None,
            ..Settings::new(public_url.clone(), mail)
        };
        let app = App::new(settings, store.clone(), clock.clone())?;
        // The integration works only once every tenant's addresses have followed: work left over from the last run would call the
        // ports of that run. Until then, callers wait at its listener.
        let sandbox = bound
            .prepare(Some(Arc::new(OwnIntegration { store, clock, public_url, near_url, pause: app.pause().clone() })))
            .await?;
        recipe::follow(args.recipe.as_deref(), &sandbox).await?;
        let (stop, stopping) = watch::channel(false);
        let integration = tokio::spawn(app.run(listener, stopped(stopping)));
        sandbox.declare_ready();
        Ok(Self { sandbox, stop, integration })
    }

    /// Addresses and credentials of the sample tenant.
    #[must_use]
    pub fn ready(&self) -> &Ready {
        self.sandbox.ready()
    }

    /// Ends when a server has failed.
    pub async fn failed(&mut self) -> anyhow::Error {
        tokio::select! {
            failure = self.sandbox.failed() => anyhow!(failure),
            ended = &mut self.integration => match ended {
                Ok(()) => anyhow!("the integration has ended"),
                Err(error) => anyhow!(error).context("the integration failed"),
            },
        }
    }

    /// Stops taking requests, finishes what has begun, and returns when everything is on disk.
    ///
    /// # Errors
    /// When the integration failed while it stopped.
    pub async fn stop(self) -> anyhow::Result<()> {
        // The neighbours stop first: what they still announce finds the integration alive.
        self.sandbox.stop().await;
        let _ = self.stop.send(true);
        self.integration.await.context("stopping the integration")
    }
}

pub(super) async fn run(args: UpArgs) -> anyhow::Result<()> {
    let mut world = World::start(&args).await?;
    if args.json {
        println!("{}", serde_json::to_string(world.ready()).context("writing the ready line")?);
    } else {
        greet(&mut std::io::stdout().lock(), world.ready()).context("writing to stdout")?;
    }
    let failure = tokio::select! {
        signal = asked_to_stop() => signal.context("listening for signals").err(),
        failure = world.failed() => Some(failure),
    };
    match failure {
        None => world.stop().await,
        Some(failure) => Err(failure),
    }
}

fn greet(out: &mut impl Write, ready: &Ready) -> std::io::Result<()> {
    let tenant = &ready.tenant;
    writeln!(out, "Harver–iCIMS sandbox, ready. Start here:\n")?;
    let token = tenant.control.token.as_ref().map(|token| format!("?token={token}")).unwrap_or_default();
    writeln!(out, "  overview     {}/{token}", tenant.control.base_url)?;
    writeln!(out, "  iCIMS        {}", tenant.icims.recruiter_url)?;
    writeln!(out, "  careers      {}", tenant.icims.portal_url)?;
    writeln!(out, "  mailbox      {}", tenant.mailbox.base_url)?;
    writeln!(out, "  console      {}", tenant.integration.console_url)?;
    writeln!(out, "\nThe overview shows the credentials and what to try first. Ctrl-C stops everything.")?;
    out.flush()
}

async fn listen(host: IpAddr, port: u16) -> anyhow::Result<Sockets> {
    let port = if port == 0 { 0 } else { port + INTEGRATION };
    Sockets::bind(host, port).await.with_context(|| {
        format!("port {port} is taken (the integration): stop what listens there, or choose another block with --port (0 takes free ports)")
    })
}

fn shared_clock(bound: &Bound) -> Clock {
    let clock = bound.clock().clone();
    let moves = clock.moves();
    Clock::driven(move || clock.now(), moves)
}

fn mail(bound: &Bound, user: Option<&SmtpUser>) -> anyhow::Result<SmtpSettings> {
    let smtp: SocketAddr = bound.near().smtp.parse().context("the mailbox's own address")?;
    let sender_address = EmailAddress::parse("noreply@harver.example").context("the sender's address")?;
    Ok(SmtpSettings {
        host: smtp.ip().to_string(),
        port: smtp.port(),
        sender_address,
        security: SmtpSecurity::None,
        credentials: user.map(|user| SmtpCredentials { username: user.name().into(), password: user.password().into() }),
    })
}

fn open_store(data: Option<&Path>) -> anyhow::Result<Store> {
    let Some(folder) = data else { return Ok(Store::in_memory(SealingKey::for_this_process())?) };
    std::fs::create_dir_all(folder).with_context(|| {
        format!("creating the data folder {} (--data names a folder that can be written to)", folder.display())
    })?;
    let passphrase = sealing_passphrase(&folder.join("sealing.key"))?;
    let file = folder.join("integration.db");
    Store::open(&file, SealingKey::from_passphrase(&passphrase))
        .with_context(|| format!("opening {} (name another folder with --data)", file.display()))
}

/// The passphrase beside the data. It keeps nothing from whoever can read the folder, and needs not to: the sandbox holds no real
/// secrets. In production the passphrase is configured.
fn sealing_passphrase(file: &Path) -> anyhow::Result<SecretString> {
    match std::fs::read_to_string(file) {
        Ok(passphrase) => Ok(passphrase.into()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let passphrase: String = (0..4).map(|_| format!("{:016x}", rand::random::<u64>())).collect();
            let unfinished = file.with_extension("new");
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut written = options.open(&unfinished).with_context(|| format!("writing {}", unfinished.display()))?;
            written
                .write_all(passphrase.as_bytes())
                .and_then(|()| written.sync_all())
                .with_context(|| format!("writing {}", unfinished.display()))?;
            // Renamed when it is whole: a process that is killed here must not leave half a passphrase behind.
            std::fs::rename(&unfinished, file).with_context(|| format!("writing {}", file.display()))?;
            Ok(passphrase.into())
        }
        Err(error) => Err(error).with_context(|| format!("reading {}", file.display())),
    }
}

/// Ends when the world is stopped, or dropped.
async fn stopped(mut stopping: watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}
