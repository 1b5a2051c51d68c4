//! The scenarios of `features/`, against the whole world in one process: iCIMS, integration, Harver platform, mailbox.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use harver_icims::cli::up::{UpArgs, World};
use harver_icims::harness::{self, Args};

fn main() -> ExitCode {
    let args = Args::parse();
    if args.only_listed() {
        return ExitCode::SUCCESS;
    }
    match run(args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("The scenarios could not be run: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting")?;
    runtime.block_on(async {
        let world = World::start(&UpArgs { port: 0, data: None, seed: 1, recipe: None, allowed_hosts: Vec::new(), json: false })
            .await
            .context("starting the world")?;
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let target = harness::Target {
            control: world.ready().tenant.control.base_url.clone(),
            features: root.join("features"),
            evidence: root.join("target/evidence"),
        };
        let outcome = harness::run(target, args).await?;
        world.stop().await?;
        println!("{outcome}");
        Ok(outcome.is_success())
    })
}
