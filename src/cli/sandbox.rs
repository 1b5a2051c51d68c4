//! `sandbox`: the simulated neighbours alone, to point another integration at.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use icims_sandbox::control::connector::Connected;
use icims_sandbox::mailbox::SmtpUser;
use icims_sandbox::{Config, DEFAULT_PORT, Sandbox};

use super::reach::ReachArgs;
use super::recipe;
use super::stop::asked_to_stop;

#[derive(Debug, Args)]
pub(super) struct SandboxArgs {
    /// First port of the block: overview and control here, iCIMS +1, platform +3, SMTP +25; 0 takes free ports
    #[arg(long, env = "HARVER_ICIMS_PORT", default_value_t = DEFAULT_PORT)]
    port: u16,
    /// Folder that keeps the state across restarts [default: memory only]
    #[arg(long, env = "HARVER_ICIMS_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// What ids, names and order are derived from
    #[arg(long, env = "HARVER_ICIMS_SEED", default_value_t = 1)]
    seed: u64,
    /// Seed the sample tenant before it is ready: small, busy_season, million, or a file that ends with .toml
    #[arg(long, value_name = "NAME|FILE")]
    recipe: Option<String>,
    #[command(flatten)]
    reach: ReachArgs,
    /// Switch control off, overview and journal with it: customers, clock and faults are as they are, and the mailbox is all that is shown
    #[arg(long, env = "HARVER_ICIMS_NO_CONTROL", conflicts_with = "control_token")]
    no_control: bool,
    /// Who has to sign in to the SMTP server [default: whoever signs in is welcome, and nobody has to]
    #[arg(long, env = "HARVER_ICIMS_SMTP_USER", value_name = "NAME:PASSWORD", hide_env_values = true)]
    smtp_user: Option<SmtpUser>,
    /// Offer STARTTLS at the SMTP server, with a certificate of its own: /mailbox/smtp-certificate.pem at the overview
    #[arg(long, env = "HARVER_ICIMS_SMTP_TLS")]
    smtp_tls: bool,
    /// Where the integration under test listens [default: port +2 of the block]
    #[arg(long, env = "HARVER_ICIMS_INTEGRATION_URL", value_name = "URL")]
    integration_url: Option<url::Url>,
    /// Where it takes the platform's webhooks [default: the path of the integration in this repository]
    #[arg(long, env = "HARVER_ICIMS_WEBHOOK_URL", value_name = "URL", requires = "integration_url")]
    webhook_url: Option<url::Url>,
    /// Its User-Agent, or the product in it: the journal shows no other program as the integration [default: the first that signs in]
    #[arg(long, env = "HARVER_ICIMS_INTEGRATION_AGENT", value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    integration_agent: Option<String>,
}

pub(super) async fn run(args: SandboxArgs) -> anyhow::Result<()> {
    let external_integration = args.integration_url.map(|url| {
        let mut connected = Connected::at(url.as_str());
        if let Some(webhook_url) = args.webhook_url {
            connected.webhook_url = webhook_url.into();
        }
        connected
    });
    let config = Config {
        port: args.port,
        data: args.data,
        seed: args.seed,
        external_integration,
        host: args.reach.listen,
        allowed_hosts: args.reach.allowed_hosts.clone(),
        public_urls: args.reach.public_urls.clone(),
        control: !args.no_control,
        control_token: args.reach.control_token.clone(),
        smtp_user: args.smtp_user,
        smtp_tls: args.smtp_tls,
        integration_agent: args.integration_agent,
        ..Config::default()
    };
    let bound = Sandbox::bind(config).await?;
    args.reach.warn(&mut std::io::stderr().lock(), bound.listening(), None).context("writing to stderr")?;
    let sandbox = bound.prepare(None).await?;
    recipe::follow(args.recipe.as_deref(), &sandbox).await?;
    sandbox.declare_ready();
    println!("{}", serde_json::to_string(sandbox.ready()).context("writing the ready line")?);
    tokio::select! {
        signal = asked_to_stop() => signal.context("listening for signals")?,
        failure = sandbox.failed() => return Err(failure.into()),
    }
    sandbox.stop().await;
    Ok(())
}
