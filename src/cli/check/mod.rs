//! `check`: the scenarios of the guide and its checklist, which the program carries, or somebody's own, against a world that is started
//! for them. Exit codes are those of [`Verdict`].

mod github;
mod worlds;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Error, Result, ensure};
use clap::{Args, ValueEnum};
use cucumber::codegen::Regex;
use cucumber::gherkin::tagexpr::TagOperation;
use cucumber::runner;

use super::github::Workflow;
use super::openapi;
use super::say::say;
use super::stop::asked_to_stop;
use crate::harness::{
    self, ApiSettings, Catalogue, Documents, Environment, Ground, Options, Order, Outcome, Selection, Shard, Source, Target,
    Verdict,
};
use github::{annotations, summary};
use worlds::Worlds;

/// The options of `check`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Exit codes: 0 all passed, 1 something failed, 2 it could not be run, 3 something was left out, 130 interrupted."
)]
pub struct CheckArgs {
    /// Only scenarios with one of these texts in their name
    #[arg(value_name = "FILTER")]
    words: Vec<String>,
    /// Your own features instead of those of the program: a folder with *.feature files, or one such file
    #[arg(long, value_name = "DIR")]
    features: Option<PathBuf>,
    /// Only scenarios whose tags fulfil this: '@G26', '@faults and not @own-world'
    #[arg(long, value_name = "EXPR")]
    tags: Option<TagOperation>,
    /// Only scenarios whose name matches this
    #[arg(long, value_name = "REGEX")]
    name: Option<Regex>,
    /// Run them elsewhere: in a sandbox that is up (the line of `up --json`, or TOML with [control]), or at a customer's own iCIMS
    /// (examples/environment.toml)
    #[arg(long, value_name = "FILE")]
    env: Option<PathBuf>,
    /// Folder for reports and pictures
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// How many scenarios are under way at once, at the most; at a customer's own iCIMS four, and one where somebody is asked
    #[arg(long, value_name = "N", default_value = "64")]
    jobs: NonZeroUsize,
    /// Start no scenario after the first that failed
    #[arg(long)]
    fail_fast: bool,
    /// In which order scenarios are started
    #[arg(long, value_enum, default_value_t)]
    order: OrderName,
    /// Which of the random orders, to have one again [default: drawn, and told]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Try a scenario that failed so many times again; those that pass then are told as flaky
    #[arg(long, value_name = "N")]
    retry: Option<NonZeroUsize>,
    /// Only one share of several, 1/4; the shares leave nothing out and have nothing in common
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Show the scenarios with their places and tags, and run none
    #[arg(long, conflicts_with = "dry_run")]
    list: bool,
    /// Show the steps that features can use, those with FILTER in them or all, with --features DIR also where yours use them
    #[arg(long, conflicts_with_all = ["list", "dry_run"])]
    steps: bool,
    /// As what --steps shows them
    #[arg(long, value_enum, default_value_t, requires = "steps")]
    format: Format,
    /// Hold every sentence against the steps, and run none
    #[arg(long)]
    dry_run: bool,
    /// What relative addresses of requests in features are resolved against
    #[arg(long, value_name = "URL", env = "BASE_URL")]
    base_url: Option<String>,
    /// How much longer than a feature says an answer may take, in milliseconds
    #[arg(long, value_name = "MS", env = "LATENCY_BUFFER", default_value_t = 0)]
    latency_buffer: u64,
    /// Exit with 0 although some scenarios could not be run here
    #[arg(long)]
    allow_not_run: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum OrderName {
    #[default]
    Defined,
    Random,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Text,
    Markdown,
}

impl CheckArgs {
    fn options(self) -> Result<Options> {
        ensure!(
            self.seed.is_none() || self.order == OrderName::Random,
            "--seed says which random order: give --order random, too"
        );
        let order = match self.order {
            OrderName::Defined => Order::Defined,
            OrderName::Random => Order::Random(self.seed.unwrap_or_else(|| rand::random::<u32>().into())),
        };
        let runner = runner::basic::Cli {
            concurrency: Some(self.jobs.get()),
            fail_fast: self.fail_fast,
            retry: self.retry.map(NonZeroUsize::get),
            ..Default::default()
        };
        Ok(Options {
            source: self.features.map_or(Source::Embedded, Source::Folder),
            selection: Selection { tags: self.tags, name: self.name, words: self.words },
            shard: self.shard,
            api: ApiSettings {
                documents: Documents::of(&openapi::all()),
                latency_buffer: Duration::from_millis(self.latency_buffer),
                base_url: self.base_url,
            },
            order,
            runner,
            report: self.report,
            allow_not_run: self.allow_not_run,
            may_want_nothing: false,
            promises: None,
        })
    }
}

pub(super) async fn run(args: CheckArgs) -> Result<Verdict> {
    let (list, dry_run, steps, format) = (args.list, args.dry_run, args.steps, args.format);
    let environment = args.env.as_deref().map(Environment::read).transpose()?;
    let options = args.options()?;
    if steps {
        let catalogue = Catalogue::of(&options.source)?.with_words(&options.selection.words)?;
        return match format {
            Format::Text => say(&catalogue),
            Format::Markdown => say(&catalogue.markdown().trim_end()),
        }
        .map(|()| Verdict::Passed);
    }
    if list {
        return say(&harness::list(&options)?.join("\n")).map(|()| Verdict::Passed);
    }
    if dry_run {
        let outcome = harness::dry_run(&options)?;
        return say(&outcome).map(|()| outcome.verdict());
    }
    match environment {
        None => in_own_worlds(options).await,
        Some(environment) => {
            let ran = async { Ok((harness::run(target(Ground::There(environment)), options).await?, None)) };
            tell(ran).await
        }
    }
}

/// Runs scenarios in worlds that are started for them, and tells what came of it.
///
/// # Errors
/// When they could not be run.
pub async fn in_own_worlds(options: Options) -> Result<Verdict> {
    let ran = async {
        let worlds = Worlds::default();
        let ran = harness::run(target(Ground::Started(worlds.opener())), options).await;
        let stopped = worlds.stop().await;
        Ok((ran?, stopped.err()))
    };
    tell(ran).await
}

fn target(ground: Ground) -> Target {
    Target { ground, interrupted: Box::pin(asked_to_stop()) }
}

/// Tells what comes of a run, and of what went wrong around it; GitHub, too, where that runs it.
async fn tell(running: impl Future<Output = Result<(Outcome, Option<Error>)>>) -> Result<Verdict> {
    let workflow = Workflow::of_this_process();
    if let Some(workflow) = &workflow {
        say(&workflow.stop_commands())?;
    }
    let ran = running.await.map(|(mut outcome, trouble)| {
        outcome.problems.extend(trouble.map(|error| format!("{error:#}")));
        if let Some(workflow) = &workflow {
            let written = workflow.write_summary(&summary(&outcome));
            outcome.problems.extend(written.err().map(|error| format!("{error:#}")));
        }
        outcome
    });
    if let Ok(outcome) = &ran {
        say(outcome)?;
    }
    if let Some(workflow) = &workflow {
        let annotations = ran.as_ref().map(annotations).unwrap_or_default();
        say(&format!("{}\n{annotations}", workflow.take_commands()).trim_end())?;
    }
    ran.map(|outcome| outcome.verdict())
}
