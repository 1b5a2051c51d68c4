//! `pact can-i-deploy`: whether a version gets on with everybody whom it would meet.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow, ensure};
use clap::{ArgGroup, Args};

use super::broker::{BrokerArgs, told};
use super::lines::{unless_stopped, wrapped};
use super::publish::named;
use crate::cli::say::say;
use crate::pact::broker::matrix::Place;
use crate::pact::deploying::{Decision, Kept, Known, Pair, Results, of_matrix, of_results};
use crate::pact::near_name;
use crate::pact::sendable::sendable;
use crate::verdict::Verdict;

/// The options of `pact can-i-deploy`.
#[derive(Clone, Debug, Args)]
#[command(
    group = ArgGroup::new("place").required(true),
    after_help = "Exit codes: 0 yes, 1 no, 2 nobody could be asked, 3 not known: something was never tried, or there is nothing to compare, 130 interrupted."
)]
pub(super) struct CanIDeployArgs {
    /// Who is to be deployed, by the name in the pacts
    #[arg(short = 'a', long, value_name = "NAME", value_parser = named)]
    pacticipant: String,
    /// Its version
    #[arg(short = 'e', long, value_name = "VERSION", value_parser = named)]
    version: String,
    /// Beside everything that runs in this environment, as it was recorded with the broker
    #[arg(long, value_name = "NAME", group = "place", value_parser = named)]
    to_environment: Option<String>,
    /// Beside the last version of everybody that has this tag
    #[arg(long, alias = "to", value_name = "TAG", group = "place", value_parser = named)]
    to_tag: Option<String>,
    /// Beside the last version on everybody's main branch
    #[arg(long, group = "place")]
    to_main_branches: bool,
    /// By results in files instead of a broker: the results.json of pact verify --report; several times for several
    #[arg(long, value_name = "FILE", group = "place")]
    results: Vec<PathBuf>,
    /// With --results: the pacts of which there are to be results, or folders with them
    #[arg(value_name = "PATH", requires = "results", default_value = "pacts")]
    paths: Vec<PathBuf>,
    /// Yes also where nobody is there to get on with, as before the first deploy of all
    #[arg(long)]
    allow_nobody: bool,
    #[command(flatten)]
    broker: BrokerArgs,
}

pub(super) async fn run(args: CanIDeployArgs) -> Result<Verdict> {
    unless_stopped("can-i-deploy: INTERRUPTED. Nothing is known.", decide(args)).await
}

async fn decide(args: CanIDeployArgs) -> Result<Verdict> {
    if !args.results.is_empty() {
        return by_results(&args);
    }
    let broker = args.broker.broker()?;
    let place = match (args.to_environment, args.to_tag) {
        (Some(name), _) => Place::Environment(name),
        (None, Some(tag)) => Place::Tag(tag),
        (None, None) => Place::MainBranches,
    };
    broker.knows(&args.pacticipant).await.map_err(|error| told(&error))?;
    let running = match &place {
        Place::Environment(name) => broker.running(name).await.map_err(|error| told(&error))?,
        Place::Tag(_) | Place::MainBranches => Vec::new(),
    };
    let matrix = broker.matrix(&args.pacticipant, &args.version, &place).await.map_err(|error| told(&error))?;
    let mut decision = of_matrix(&args.pacticipant, &args.version, &matrix, &running);
    if args.allow_nobody {
        decision = decision.where_nobody_may_be();
    }
    say(&shown(&decision, &format!("{} {}", args.pacticipant, args.version), &place.to_string()))?;
    Ok(decision.verdict())
}

/// By what lies in the repository.
fn by_results(args: &CanIDeployArgs) -> Result<Verdict> {
    let contracts = sendable(&args.paths)?;
    let pacts = contracts.iter().map(|one| {
        let interactions = one.content["interactions"].as_array().map_or(0, Vec::len);
        Kept::new(&one.consumer, &one.provider, interactions, &one.text)
    });
    let pacts: Vec<Kept> = pacts.collect();
    let names: Vec<&str> = pacts.iter().flat_map(|pact| [pact.consumer.as_str(), pact.provider.as_str()]).collect();
    let (name, version) = (&args.pacticipant, &args.version);
    ensure!(names.contains(&name.as_str()), "no pact there is one of {name}{}", near_name(name, &names));
    let read = |file: &PathBuf| {
        let text = fs::read_to_string(file).with_context(|| format!("the results {} cannot be read", file.display()))?;
        Results::parse(&text).map_err(|why| anyhow!("the results {} say nothing: {why}", file.display()))
    };
    let results: Vec<Results> = args.results.iter().map(read).collect::<Result<_>>()?;
    let decision = of_results(name, version, &pacts, &results);
    say(&shown(&decision, &format!("{name} {version}"), "by these results"))?;
    Ok(decision.verdict())
}

/// Each pair, each objection, what to do, and at last the verdict.
fn shown(decision: &Decision, who: &str, place: &str) -> String {
    let told = |pair: &Pair| {
        let word = match pair.known {
            Known::Kept => "ok",
            Known::Broken => "FAILED",
            Known::Unknown => "unknown",
        };
        wrapped(&format!("  {word:<8}"), &pair.says)
    };
    let mut lines: Vec<String> = decision.pairs.iter().chain(&decision.objections).map(told).collect();
    let verdict = decision.verdict();
    let nobody = decision.pairs.is_empty();
    let (next, answer) = match verdict {
        Verdict::Passed if nobody => (None, format!("{who} may be deployed {place}, as nobody is there yet to get on with")),
        Verdict::Passed => (None, format!("{who} may be deployed {place}")),
        Verdict::Failed if nobody => (
            Some("look whether the version is one that was published or verified"),
            format!("{who} is not known, to be deployed {place}"),
        ),
        Verdict::Failed => {
            (Some("mend what is not kept, or deploy what it gets on with"), format!("{who} must not be deployed {place}"))
        }
        _ if decision.is_alone => (
            Some("deploy those that it is to get on with first, or add --allow-nobody"),
            format!("{who} would meet nobody, deployed {place}, so that nothing was compared"),
        ),
        _ => (
            Some("have what is missing verified and the results published, then ask again"),
            format!("nobody knows whether {who} can be deployed {place}"),
        ),
    };
    lines.extend(next.map(|next| wrapped("          → ", next)));
    let (kept, all) = decision.count();
    lines.push(wrapped("", &format!("can-i-deploy: {verdict}. {answer}: {kept} of {all} pairs were kept.")));
    lines.join("\n")
}
