//! `pact verify`: pacts replayed against a provider that is running.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use clap::{ArgGroup, Args};
use cucumber::codegen::Regex;
use secrecy::SecretString;
use url::Url;

use super::from_broker::{Fetched, FromBrokerArgs};
use super::github::{annotations, summary};
use crate::cli::github::Workflow;
use crate::cli::say::say;
use crate::cli::stop::asked_to_stop;
use crate::http::Timeouts;
use crate::pact::{self, Pattern, Report, Selection, Source, StateChanger, Verification, Wanted};
use crate::verdict::Verdict;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(3);

/// The options of `pact verify`.
#[derive(Clone, Debug, Args)]
#[command(
    group = ArgGroup::new("states").multiple(false),
    after_help = "Exit codes: 0 everything is kept, 1 something is not, 2 it could not be run, 3 what was run is kept but it was a part, \
                  130 interrupted."
)]
pub(super) struct VerifyArgs {
    /// Whose answers are looked at, by the name in the pacts: harver-icims, icims, harver-platform
    #[arg(long, value_name = "NAME")]
    provider: String,
    /// Where that provider listens
    #[arg(long, value_name = "URL", value_parser = address)]
    url: Url,
    /// The control address of a sandbox, which brings about what a pact calls given
    #[arg(long, value_name = "URL", value_parser = address, group = "states")]
    control_url: Option<Url>,
    /// What control asks for, if it runs on another machine
    #[arg(long, env = "HARVER_ICIMS_CONTROL_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    control_token: Option<SecretString>,
    /// Another endpoint that brings states about, by the convention of the Pact tools
    #[arg(long, value_name = "URL", value_parser = endpoint, group = "states")]
    state_url: Option<Url>,
    /// Only interactions whose description matches this; then the verdict is about a part
    #[arg(long, value_name = "REGEX")]
    filter: Option<Regex>,
    /// Only interactions that begin with a state whose name matches this; then the verdict is about a part
    #[arg(long, value_name = "REGEX")]
    state: Option<Regex>,
    /// Folder for junit.xml and results.json
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// How long each answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
    /// Pacts, or folders in which every .json file is one; without any, those of a broker
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    from_broker: FromBrokerArgs,
}

/// Where requests can be sent to. What is told of a run names it, so that it holds no secret.
fn endpoint(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}"))?;
    match url.scheme() {
        "http" | "https" if url.username().is_empty() && url.password().is_none() => Ok(url),
        "http" | "https" => Err("it holds a user name or a password, which pacts take from what their states tell".into()),
        other => Err(format!("{other}: is no address of an API: it begins with http:// or https://")),
    }
}

/// What paths are appended to.
fn address(text: &str) -> Result<Url, String> {
    let url = endpoint(text)?;
    if url.query().or(url.fragment()).is_some() {
        Err("paths are appended to it, so it has no ? and no #".into())
    } else {
        Ok(url)
    }
}

impl VerifyArgs {
    fn wanted(self, fetched: Option<&Fetched>) -> Result<Wanted> {
        let command = self.command(fetched);
        let source = fetched.map_or_else(|| Source::Files(self.paths), |fetched| Source::Fetched(fetched.contracts()));
        let states = match (self.control_url, self.state_url) {
            (Some(control), _) => Some(StateChanger::of_sandbox(&control, &self.provider, self.control_token)?),
            (None, Some(url)) => Some(StateChanger::at(url)),
            (None, None) => None,
        };
        let pattern = |regex: Option<Regex>| regex.map(|regex| Pattern::new(regex.to_string(), move |text| regex.is_match(text)));
        Ok(Wanted {
            provider: self.provider,
            url: self.url,
            states,
            provider_version: self.from_broker.provider_version(),
            source,
            selection: Selection { description: pattern(self.filter), state: pattern(self.state) },
            timeouts: Timeouts { connect: CONNECT, answer: Duration::from_secs(self.timeout) },
            command,
        })
    }

    /// Whether something may be left out.
    fn is_part(&self) -> bool {
        self.filter.is_some() || self.state.is_some()
    }

    /// The command that does the same, without pacts and selection.
    fn command(&self, fetched: Option<&Fetched>) -> String {
        let plain = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
        let mut command = format!("harver-icims pact verify --provider {} --url {}", self.provider, plain(&self.url));
        let states = [("--control-url", &self.control_url), ("--state-url", &self.state_url)];
        for (option, url) in states.into_iter().filter_map(|(option, url)| Some((option, url.as_ref()?))) {
            command.push_str(&format!(" {option} {}", plain(url)));
        }
        if let Some(fetched) = fetched {
            command.push_str(&fetched.option());
            command.push_str(&self.from_broker.again());
        }
        command
    }
}

/// The library has a second way to compare, which is on trial and finds differences where there are none.
const ENGINE: &str = "PACT_MATCHING_ENGINE";

#[expect(clippy::disallowed_methods, reason = "the library's own variable, which would change what is compared")]
fn other_engine() -> Option<String> {
    std::env::var(ENGINE).ok().filter(|engine| engine.eq_ignore_ascii_case("v2"))
}

pub(super) async fn run(args: VerifyArgs) -> Result<Verdict> {
    ensure!(other_engine().is_none(), "{ENGINE}=v2 lets the pacts be compared in a way that is on trial: unset it");
    let report = args.report.clone();
    let report = report.map(|folder| {
        Report::in_folder(&folder).with_context(|| format!("the folder {} for the report cannot be written", folder.display()))
    });
    let report = report.transpose()?;
    let mut interrupted = Box::pin(async {
        if asked_to_stop().await.is_err() {
            // Whoever cannot be told to stop goes on to the end.
            std::future::pending::<()>().await;
        }
    });
    let fetched = tokio::select! {
        biased;
        () = &mut interrupted => {
            eprintln!("pact verify: INTERRUPTED. Nothing was tried.");
            return Ok(Verdict::Interrupted);
        }
        fetched = args.from_broker.fetch(&args.provider, !args.paths.is_empty(), args.is_part()) => fetched?,
    };
    let wanted = args.wanted(fetched.as_ref())?;
    let verification = pact::verify(&wanted, interrupted).await.map_err(|error| anyhow!(error));
    let told = match (&fetched, &verification) {
        (Some(fetched), Ok(verification)) => fetched.tell(verification).await,
        _ => Ok(Vec::new()),
    };
    let lines =
        fetched.iter().flat_map(Fetched::lines).chain(told.as_ref().ok().into_iter().flatten().cloned()).collect::<Vec<_>>();
    let verdict = tell(verification, report.as_ref(), &lines)?;
    // What was not told although it was to be is no success, whatever it was.
    told.map(|_| verdict)
}

/// Tells what came of a run, after what is to be said of its pacts, and writes it where it is wanted; GitHub, too, where that runs it.
fn tell(verification: Result<Verification>, report: Option<&Report>, lines: &[String]) -> Result<Verdict> {
    let verification = verification?;
    let Some(workflow) = Workflow::of_this_process() else {
        written(&verification, report)?;
        lines.iter().try_for_each(say)?;
        return say(&verification).map(|()| verification.verdict());
    };
    say(&workflow.stop_commands())?;
    let written = written(&verification, report).and_then(|()| workflow.write_summary(&summary(&verification)));
    let said = lines.iter().try_for_each(say).and_then(|()| say(&verification));
    say(&format!("{}\n{}", workflow.take_commands(), annotations(&verification)).trim_end())?;
    written.and(said).map(|()| verification.verdict())
}

fn written(verification: &Verification, report: Option<&Report>) -> Result<()> {
    let Some(report) = report else { return Ok(()) };
    report.write(verification).context("writing the report")
}
