//! `pact publish`: contracts brought to a broker, for a version that keeps them ever after.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;
use url::Url;

use super::broker::{BrokerArgs, told};
use super::lines::{unless_stopped, wrapped};
use crate::cli::say::say;
use crate::pact::broker::publishing::{ConsumerVersion, Notice, Standing};
use crate::pact::broker::{Broker, BrokerError};
use crate::pact::sendable::{Sendable, sendable};
use crate::verdict::Verdict;

/// So many changed interactions of a contract are told.
const TOLD: usize = 12;

/// The options of `pact publish`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Exit codes: 0 all contracts are published, 1 the version has published something else before, 2 nothing could be published, 130 interrupted."
)]
pub(super) struct PublishArgs {
    /// Pacts, or folders in which every .json file is one
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Version of the consumer, best the commit: what it has published once does not change any more
    #[arg(short = 'a', long, value_name = "VERSION", value_parser = named)]
    consumer_app_version: String,
    /// Branch that the version is on
    #[arg(long, value_name = "BRANCH", value_parser = named)]
    branch: Option<String>,
    /// Tag of the version; several times for several
    #[arg(short = 't', long = "tag", value_name = "TAG", value_parser = named)]
    tags: Vec<String>,
    /// Where the version was built
    #[arg(long, value_name = "URL")]
    build_url: Option<Url>,
    #[command(flatten)]
    broker: BrokerArgs,
}

/// A name is not empty, as a variable that is not set makes it.
pub(super) fn named(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("it is empty: is the variable set?".to_owned()) } else { Ok(text.to_owned()) }
}

pub(super) async fn run(args: PublishArgs) -> Result<Verdict> {
    let interrupted = "publish: INTERRUPTED. Only what was told as published is.";
    unless_stopped(interrupted, publish(args)).await
}

async fn publish(args: PublishArgs) -> Result<Verdict> {
    let contracts = sendable(&args.paths)?;
    let broker = args.broker.broker()?;
    let version =
        ConsumerVersion { number: args.consumer_app_version, branch: args.branch, tags: args.tags, build_url: args.build_url };
    let mut standing = Vec::new();
    for contract in &contracts {
        standing.push(broker.standing(contract, &version.number).await.map_err(|error| told(&error))?);
    }
    // Nothing is published beside what would be refused: a version has all of its contracts or none.
    let conflicts: Vec<String> =
        contracts.iter().zip(&standing).filter_map(|(contract, standing)| conflict(contract, standing, &version)).collect();
    if !conflicts.is_empty() {
        say(&conflicts.join("\n"))?;
        return say_refused(&version.number, "give the changed contracts a version of their own, best the commit");
    }
    let mut left = contracts.iter().zip(&standing).collect::<Vec<_>>();
    let mut bad = Vec::new();
    while let Some((first, _)) = left.first().copied() {
        let (now, later): (Vec<_>, Vec<_>) = left.into_iter().partition(|(contract, _)| contract.consumer == first.consumer);
        left = later;
        match send(&broker, &version, &now).await {
            Ok(notices) => bad.extend(notices.into_iter().filter(Notice::is_bad)),
            Err(error @ BrokerError::Conflict { .. }) => {
                say(&wrapped("  FAILED  ", &format!("{} {}: {error}", first.consumer, version.number)))?;
                return say_refused(&version.number, &error.next_step());
            }
            Err(error) => return Err(told(&error)),
        }
        for (contract, standing) in now {
            say(&line(contract, standing, &version))?;
        }
    }
    for notice in &bad {
        say(&wrapped("  FAILED  ", &format!("the broker has taken it, but says: {}", notice.text)))?;
    }
    if !bad.is_empty() {
        return say_refused(
            &version.number,
            "publish what has changed as another version, and have the broker refuse changes of published ones",
        );
    }
    let count = |is_meant: fn(&Standing) -> bool| standing.iter().filter(|one| is_meant(one)).count();
    let first = count(|one| *one == Standing::First);
    let changed = count(|one| matches!(one, Standing::After { changes, .. } if !changes.is_nothing()));
    let (all, same) = (contracts.len(), contracts.len() - first - changed);
    ensure!(all > 0, "there is nothing to publish");
    let contracts = if all == 1 { "contract" } else { "contracts" };
    let verdict = Verdict::Passed;
    say(&wrapped(
        "",
        &format!(
            "publish: {verdict}. {all} {contracts} of version {} at {}: {first} new, {changed} changed, {same} unchanged.",
            version.number,
            broker.at()
        ),
    ))?;
    Ok(verdict)
}

async fn send(
    broker: &Broker,
    version: &ConsumerVersion,
    contracts: &[(&Sendable, &Standing)],
) -> Result<Vec<Notice>, BrokerError> {
    let contracts: Vec<&Sendable> = contracts.iter().map(|(contract, _)| *contract).collect();
    broker.publish(version, &contracts).await
}

fn say_refused(version: &str, next: &str) -> Result<Verdict> {
    let verdict = Verdict::Failed;
    say(&wrapped("          → ", next))?;
    say(&format!("publish: {verdict}. Version {version} has published another contract before."))?;
    Ok(verdict)
}

fn pair(contract: &Sendable, version: &ConsumerVersion) -> String {
    format!("{} {} with {}", contract.consumer, version.number, contract.provider)
}

fn conflict(contract: &Sendable, standing: &Standing, version: &ConsumerVersion) -> Option<String> {
    let Standing::Conflict(changes) = standing else { return None };
    let says = format!("{}: this version has published another contract ({changes})", pair(contract, version));
    let each = changes.lines(TOLD).into_iter().map(|line| format!("          {line}"));
    Some(std::iter::once(wrapped("  FAILED  ", &says)).chain(each).collect::<Vec<_>>().join("\n"))
}

/// A contract that is published, and what is new in it.
fn line(contract: &Sendable, standing: &Standing, version: &ConsumerVersion) -> String {
    let interactions = contract.content["interactions"].as_array().map_or(0, Vec::len);
    let (word, says, each) = match standing {
        Standing::First => ("new", format!("the first contract between the two, {interactions} interactions"), Vec::new()),
        Standing::After { version, changes } if !changes.is_nothing() => {
            ("changed", format!("{changes}, against {version}"), changes.lines(TOLD))
        }
        Standing::After { version, .. } => ("same", format!("as {version} has it"), Vec::new()),
        Standing::Known | Standing::Conflict(_) => ("same", "as it was published before".to_owned(), Vec::new()),
    };
    let first = wrapped(&format!("  {word:<8}"), &format!("{}: {says}", pair(contract, version)));
    let each = each.into_iter().map(|line| format!("          {line}"));
    std::iter::once(first).chain(each).collect::<Vec<_>>().join("\n")
}
