//! `pact`: contracts held against a provider from outside. Exit codes are those of [`Verdict`].

mod github;
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
    Verify(verify::VerifyArgs),
}

pub(super) async fn run(args: PactArgs) -> Result<Verdict> {
    match args.command {
        PactCommand::Verify(args) => verify::run(args).await,
    }
}
