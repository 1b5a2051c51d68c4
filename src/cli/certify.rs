//! `certify`: the evidence that iCIMS wants to see of an integration, ours in a world that is started for it, or anybody's in a sandbox
//! that is up. Exit codes are those of [`Verdict`].

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;

use super::say::say;
use super::stop::asked_to_stop;
use super::up::{UpArgs, World};
use crate::harness::Verdict;
use crate::harness::certify::{self, Certificate, Evidence, Subject, Wanted};

/// The options of `certify`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Exit codes: 0 all is shown, 1 something is not, 2 it could not be examined, 3 something could not be tried, 130 \
                        interrupted."
)]
pub struct CertifyArgs {
    /// Folder for evidence.html and evidence.md
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Examine whatever a running sandbox is connected to: a file with the line of `sandbox --integration-url URL`, or of `up --json`
    #[arg(long, value_name = "FILE")]
    env: Option<PathBuf>,
    /// The package that jobs get, as iCIMS lists it [default: that of the customer's first job]
    #[arg(long, value_name = "LABEL")]
    package: Option<String>,
    /// How long to wait for a result, each time; more where people take the assessment
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    patience: u64,
}

pub(super) async fn run(args: CertifyArgs) -> Result<Verdict> {
    let subject = args.env.as_deref().map(Subject::read).transpose()?;
    let evidence = Evidence::in_folder(&args.out)?;
    let wanted = Wanted { package: args.package, patience: Duration::from_secs(args.patience) };
    let certificate = match subject {
        Some(subject) => examine(&subject, wanted).await?,
        None => in_own_world(wanted).await?,
    };
    let Some(certificate) = certificate else {
        say(&"certify: INTERRUPTED. No evidence was written.")?;
        return Ok(Verdict::Interrupted);
    };
    evidence.write(&certificate)?;
    say(&certificate)?;
    say(&format!("evidence: {}", shown(&args.out)))?;
    Ok(certificate.verdict())
}

async fn in_own_world(wanted: Wanted) -> Result<Option<Certificate>> {
    let world = World::start(&UpArgs::aside()).await?;
    let ready = serde_json::to_value(world.ready()).context("the ready line")?;
    let examined = match Subject::started(ready) {
        Ok(subject) => examine(&subject, wanted).await,
        Err(error) => Err(error),
    };
    world.stop().await.and(examined)
}

async fn examine(subject: &Subject, wanted: Wanted) -> Result<Option<Certificate>> {
    certify::run(subject, wanted, &|line| eprintln!("{line}"), asked_to_stop()).await
}

fn shown(out: &Path) -> String {
    format!("{}, {}", out.join("evidence.html").display(), out.join("evidence.md").display())
}
