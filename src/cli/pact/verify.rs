//! `pact verify`: pacts replayed against a provider that is running.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use url::Url;

use crate::verdict::Verdict;

/// The options of `pact verify`.
#[derive(Clone, Debug, Args)]
pub struct VerifyArgs {
    /// Whose answers are looked at, by the name in the pacts: harver-icims, icims, harver-platform
    #[arg(long, value_name = "NAME")]
    provider: String,
    /// Where that provider listens
    #[arg(long, value_name = "URL")]
    url: Url,
    /// The sandbox's control plane, which brings about what a pact calls given
    #[arg(long, value_name = "URL")]
    control_url: Option<Url>,
    /// Pacts, or folders in which every .json file is one
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
}

pub(super) async fn run(args: VerifyArgs) -> Result<Verdict> {
    bail!("{} of {} at {} is not compared yet ({:?})", args.paths.len(), args.provider, args.url, args.control_url)
}
