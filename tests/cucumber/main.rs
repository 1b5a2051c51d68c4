//! The scenarios of `features/`, against the whole world in one process: iCIMS, integration, Harver platform, mailbox.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use harver_icims::cli::reach::ReachArgs;
use harver_icims::cli::up::{UpArgs, World};
use harver_icims::harness::{self, Args, OpenWorld, OpenedWorld};

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
        let world = start().await?;
        let own: OpenWorld = Box::new(|| {
            Box::pin(async {
                let world = start().await?;
                Ok(OpenedWorld { control: world.ready().tenant.control.base_url.clone(), close: Box::pin(world.stop()) })
            })
        });
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let target = harness::Target {
            shared: world.ready().tenant.control.base_url.clone(),
            own,
            features: root.join("features"),
            readme: root.join("README.md"),
            evidence: root.join("target/evidence"),
        };
        let outcome = harness::run(target, args).await?;
        world.stop().await?;
        println!("{outcome}");
        Ok(outcome.is_success())
    })
}

async fn start() -> Result<World> {
    World::start(&UpArgs {
        port: 0,
        data: None,
        seed: 1,
        recipe: None,
        reach: ReachArgs::default(),
        smtp_user: None,
        smtp_tls: false,
        json: false,
    })
    .await
    .context("starting a world")
}
