//! `pact`: contracts held against a provider from outside. Exit codes are those of [`Verdict`].

mod broker;
mod can_i_deploy;
mod from_broker;
mod github;
mod lines;
mod publish;
mod record;
mod verify;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::verdict::Verdict;

/// The commands of `pact`.
#[derive(Clone, Debug, Args)]
pub struct PactArgs {
    #[command(subcommand)]
    command: PactCommand,
}

#[derive(Clone, Debug, Subcommand)]
enum PactCommand {
    /// Replay pacts against a provider that is running, and say what of its answers they do not allow
    Verify(Box<verify::VerifyArgs>),
    /// Publish pacts to a Pact Broker, for a version that keeps them ever after
    Publish(publish::PublishArgs),
    /// Say whether a version gets on with everybody whom it would meet, and why not
    CanIDeploy(can_i_deploy::CanIDeployArgs),
    /// Write down what a client says to a provider as a pact of the client's own
    Record(record::RecordArgs),
}

pub(super) async fn run(args: PactArgs) -> Result<Verdict> {
    match args.command {
        PactCommand::Verify(args) => verify::run(*args).await,
        PactCommand::Publish(args) => publish::run(args).await,
        PactCommand::CanIDeploy(args) => can_i_deploy::run(args).await,
        PactCommand::Record(args) => record::run(args).await,
    }
}
