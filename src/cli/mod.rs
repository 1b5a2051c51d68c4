//! The commands, one file each. `up` is the only place that brings integration and sandbox together.

mod configured;
mod database;
pub mod doctor;
#[cfg(any(feature = "pact", all(feature = "harness", feature = "sandbox")))]
mod github;
mod openapi;
#[cfg(feature = "pact")]
pub mod pact;
#[cfg(any(feature = "pact", all(feature = "harness", feature = "sandbox")))]
mod say;
mod serve;
mod settings_args;
mod stop;
mod wait;

#[cfg(all(feature = "harness", feature = "sandbox"))]
pub mod certify;
#[cfg(all(feature = "harness", feature = "sandbox"))]
pub mod check;
#[cfg(feature = "sandbox")]
mod connector;
#[cfg(feature = "sandbox")]
mod customer;
#[cfg(feature = "sandbox")]
pub mod reach;
#[cfg(feature = "sandbox")]
mod recipe;
#[cfg(feature = "sandbox")]
mod sandbox;
#[cfg(feature = "sandbox")]
pub mod up;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::domain::with_causes;
use crate::telemetry;
use crate::verdict::Verdict;

/// The Harver integration for iCIMS, with a simulated iCIMS and Harver platform to try it on.
#[derive(Debug, Parser)]
#[command(name = "harver-icims", version, args_conflicts_with_subcommands = true)]
#[cfg_attr(not(feature = "sandbox"), command(subcommand_required = true, arg_required_else_help = true))]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[cfg(feature = "sandbox")]
    #[command(flatten)]
    up: up::UpArgs,
    #[command(flatten)]
    log: LogArgs,
    #[cfg(feature = "crash-points")]
    #[command(flatten)]
    crash: CrashArgs,
}

#[derive(Debug, Args)]
struct LogArgs {
    /// What is logged to stderr: off, error, warn, info, debug, or a filter such as harver_icims=debug [default: warn; with check, certify, doctor and pact: off]
    #[arg(long, global = true, env = "HARVER_ICIMS_LOG", value_name = "FILTER")]
    log: Option<String>,
    /// Write the log as JSON lines
    #[arg(long, global = true, env = "HARVER_ICIMS_LOG_JSON")]
    log_json: bool,
}

/// For the tests of this program alone.
#[cfg(feature = "crash-points")]
#[derive(Debug, Args)]
struct CrashArgs {
    /// Abort at this point, or when it is passed for the n-th time
    #[arg(long, global = true, hide = true, env = "HARVER_ICIMS_CRASH_AT", value_name = "POINT[:N]")]
    crash_at: Option<crate::crash_point::Fuse>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the whole world: iCIMS, integration, Harver platform, mailbox, overview page (the default)
    #[cfg(feature = "sandbox")]
    Up(up::UpArgs),
    /// Start the integration alone, for production
    Serve(serve::ServeArgs),
    /// Start the simulated neighbours alone, to point another integration at
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::SandboxArgs),
    /// Run the scenarios of the guide and its checklist, or your own, in a world that is started for them
    #[cfg(all(feature = "harness", feature = "sandbox"))]
    Check(check::CheckArgs),
    /// Make iCIMS's approval evidence of an integration, ours or another vendor's
    #[cfg(all(feature = "harness", feature = "sandbox"))]
    Certify(certify::CertifyArgs),
    /// Say why a set-up does not work and what to do: iCIMS, Harver, integration, network, mail
    Doctor(doctor::DoctorArgs),
    /// Hold contracts against a provider that is running
    #[cfg(feature = "pact")]
    Pact(Box<pact::PactArgs>),
    /// Take a customer of a running sandbox out to a file, or in from one
    #[cfg(feature = "sandbox")]
    Customer(customer::CustomerArgs),
    /// Say who may sign in to the console of a service, and make tokens for its API
    Admin(configured::admin::AdminArgs),
    /// Erase what a service keeps of a person
    Person(configured::person::PersonArgs),
    /// Compare the settings of a service with its configuration file, or put the file's in their place
    Config(configured::config::ConfigArgs),
    /// Wait until an integration or a sandbox is ready: exit code 0, or 1 with the reason on stderr
    Wait(wait::WaitArgs),
    /// Print the OpenAPI 3.1 document of an API
    Openapi(openapi::OpenapiArgs),
}

impl Cli {
    /// Runs the command to its end. A failure is told on stderr, in one line per cause.
    #[must_use]
    pub fn run(self) -> ExitCode {
        #[cfg(feature = "crash-points")]
        self.crash.crash_at.into_iter().for_each(crate::crash_point::arm);
        let (log, of_failure) = (self.log_filter(), self.code_of_failure());
        let outcome = telemetry::start(&log, self.log.log_json).and_then(|()| {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(self.command())
        });
        outcome.unwrap_or_else(|error| {
            eprintln!("harver-icims: {}", with_causes(error.as_ref()));
            of_failure
        })
    }

    /// What is logged unless somebody says: scenarios break things on purpose, and warnings of that are no news.
    fn log_filter(&self) -> String {
        let default = if self.has_verdict() { "off" } else { "warn" };
        self.log.log.clone().unwrap_or_else(|| default.to_owned())
    }

    /// Whoever reads a verdict from the code must not take "it could not be run" for one.
    fn code_of_failure(&self) -> ExitCode {
        if self.has_verdict() { Verdict::CouldNotRun.into() } else { ExitCode::FAILURE }
    }

    /// Whether the command says itself all that there is to be known.
    fn has_verdict(&self) -> bool {
        match self.command {
            Some(Command::Doctor(_)) => true,
            #[cfg(feature = "pact")]
            Some(Command::Pact(_)) => true,
            #[cfg(all(feature = "harness", feature = "sandbox"))]
            Some(Command::Check(_) | Command::Certify(_)) => true,
            _ => false,
        }
    }

    async fn command(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Some(Command::Serve(args)) => serve::run(args).await,
            Some(Command::Admin(args)) => configured::admin::run(args).await,
            Some(Command::Person(args)) => configured::person::run(args).await,
            Some(Command::Config(args)) => configured::config::run(args).await,
            Some(Command::Openapi(args)) => openapi::run(args),
            Some(Command::Wait(args)) => wait::run(args).await,
            Some(Command::Doctor(args)) => return doctor::run(args).await,
            #[cfg(feature = "pact")]
            Some(Command::Pact(args)) => return pact::run(*args).await.map(ExitCode::from),
            #[cfg(feature = "sandbox")]
            Some(Command::Up(args)) => up::run(args).await,
            #[cfg(feature = "sandbox")]
            Some(Command::Sandbox(args)) => sandbox::run(args).await,
            #[cfg(all(feature = "harness", feature = "sandbox"))]
            Some(Command::Check(args)) => return check::run(args).await.map(ExitCode::from),
            #[cfg(all(feature = "harness", feature = "sandbox"))]
            Some(Command::Certify(args)) => return certify::run(args).await.map(ExitCode::from),
            #[cfg(feature = "sandbox")]
            Some(Command::Customer(args)) => customer::run(args).await,
            #[cfg(feature = "sandbox")]
            None => up::run(self.up).await,
            #[cfg(not(feature = "sandbox"))]
            None => anyhow::bail!("name a command; see --help"),
        }
        .map(|()| ExitCode::SUCCESS)
    }
}
