//! The scenarios of `features/`, against the whole world in one process: iCIMS, integration, Harver platform, mailbox.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use harver_icims::cli::check;
use harver_icims::harness::{Args, Verdict};

fn main() -> ExitCode {
    let args = Args::parse();
    if args.only_listed() {
        return ExitCode::SUCCESS;
    }
    let verdict = run(args).unwrap_or_else(|error| {
        eprintln!("The scenarios could not be run: {error:#}");
        Verdict::CouldNotRun
    });
    verdict.into()
}

fn run(args: Args) -> Result<Verdict> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting")?;
    runtime.block_on(check::in_own_worlds(args.into_options(Path::new(env!("CARGO_MANIFEST_DIR")))))
}
