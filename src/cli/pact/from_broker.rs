//! `pact verify` with the pacts of a broker, which hears what came of it.

use anyhow::{Result, bail, ensure};
use clap::Args;
use url::Url;

use super::broker::{BrokerArgs, told};
use super::publish::named;
use crate::http::in_its_words;
use crate::pact::broker::for_verification::{Received, Wanted};
use crate::pact::broker::results::{ProviderVersion, Tried};
use crate::pact::broker::{Broker, Selector, day};
use crate::pact::{Contract, Outcome, Verification, Verified};
use crate::verdict::Verdict;

/// Which pacts of which broker, and for which version of the provider.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "With a Pact Broker, where no paths are given")]
pub(super) struct FromBrokerArgs {
    #[command(flatten)]
    broker: BrokerArgs,
    /// Versions of consumers whose pacts are fetched; several times for several [default: {"mainBranch": true} and {"deployedOrReleased": true}]
    #[arg(long = "consumer-version-selector", value_name = "JSON")]
    selectors: Vec<Selector>,
    /// Let a pact fail that no version of the provider's branch has kept yet
    #[arg(long)]
    enable_pending: bool,
    /// Fetch pacts in work as well, from this day on; they may fail
    #[arg(long, value_name = "DAY", value_parser = day)]
    include_wip_pacts_since: Option<jiff::civil::Date>,
    /// Version of the provider that is tried, best the commit
    #[arg(long, value_name = "VERSION", value_parser = named)]
    provider_version: Option<String>,
    /// Branch of the provider
    #[arg(long, value_name = "BRANCH", value_parser = named)]
    provider_branch: Option<String>,
    /// Tag of the provider's version; several times for several
    #[arg(long = "provider-version-tag", value_name = "TAG", value_parser = named)]
    provider_tags: Vec<String>,
    /// Where it is tried
    #[arg(long, value_name = "URL")]
    build_url: Option<Url>,
    /// Tell the broker what came of it: of whole pacts alone, never of a part
    #[arg(long)]
    publish_results: bool,
}

/// What was fetched, and who is told of it.
pub(super) struct Fetched {
    broker: Broker,
    received: Vec<Received>,
    /// The version that is told, if one is.
    tells: Option<ProviderVersion>,
}

impl FromBrokerArgs {
    /// Which version is tried.
    pub(super) fn provider_version(&self) -> Option<String> {
        self.provider_version.clone()
    }

    /// Fetches what a provider is to verify. Nothing where paths say which pacts are meant.
    ///
    /// # Errors
    /// When something does not fit together, or the broker cannot be asked.
    pub(super) async fn fetch(&self, provider: &str, has_paths: bool, is_part: bool) -> Result<Option<Fetched>> {
        self.fits(has_paths, is_part)?;
        if has_paths {
            return Ok(None);
        }
        ensure!(self.broker.is_named(), "nothing says which pacts: name files or folders, or a broker with --broker-base-url");
        let broker = self.broker.broker()?;
        let selectors = if self.selectors.is_empty() { Selector::defaults() } else { self.selectors.clone() };
        let wanted = Wanted {
            provider: provider.to_owned(),
            branch: self.provider_branch.clone(),
            tags: self.provider_tags.clone(),
            selectors,
            pending: self.enable_pending || self.include_wip_pacts_since.is_some(),
            wip_since: self.include_wip_pacts_since,
        };
        let received = broker.for_verification(&wanted).await.map_err(|error| told(&error))?;
        ensure!(
            !received.is_empty(),
            "the broker at {} chooses no pact of {provider}, so there is nothing to verify: look at the selectors, and at the \
             branches and deployments that were recorded there",
            broker.at()
        );
        let number = self.provider_version.clone().filter(|_| self.publish_results);
        let tells = number.map(|number| ProviderVersion {
            number,
            branch: self.provider_branch.clone(),
            tags: self.provider_tags.clone(),
            build_url: self.build_url.clone(),
        });
        Ok(Some(Fetched { broker, received, tells }))
    }

    /// Whether the options mean something together.
    fn fits(&self, has_paths: bool, is_part: bool) -> Result<()> {
        let needs_broker = [
            (!self.selectors.is_empty(), "--consumer-version-selector"),
            (self.enable_pending, "--enable-pending"),
            (self.include_wip_pacts_since.is_some(), "--include-wip-pacts-since"),
            (self.publish_results, "--publish-results"),
        ];
        if let Some((_, option)) = needs_broker.iter().find(|(is_given, _)| has_paths && *is_given) {
            bail!("{option} is about pacts of a broker, and paths are given: leave out one of them");
        }
        ensure!(
            !(self.publish_results && is_part),
            "what came of a part is never published: leave out --filter and --state, or --publish-results"
        );
        ensure!(
            !self.publish_results || self.provider_version.is_some(),
            "--publish-results needs the version that is tried: add --provider-version, best the commit"
        );
        ensure!(
            !(self.enable_pending || self.include_wip_pacts_since.is_some())
                || self.provider_branch.is_some()
                || !self.provider_tags.is_empty(),
            "a broker tells what is pending by the branch of the provider: add --provider-branch"
        );
        Ok(())
    }

    /// The options that fetch the same again.
    pub(super) fn again(&self) -> String {
        self.selectors.iter().fold(String::new(), |text, selector| format!("{text} --consumer-version-selector '{selector}'"))
    }
}

impl Fetched {
    /// The pacts.
    pub(super) fn contracts(&self) -> Vec<Contract> {
        self.received.iter().map(|received| received.contract.clone()).collect()
    }

    /// The address, as an option.
    pub(super) fn option(&self) -> String {
        format!(" --broker-base-url {}", self.broker.at())
    }

    /// Which pacts there are, and why, a line each.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |received: &Received| {
            let pending = if received.contract.pending { " (pending: it may fail)" } else { "" };
            let why = in_its_words(&received.notices.join(" "));
            format!("of the broker: {}'s pact{pending}. {why}", received.consumer)
        };
        self.received.iter().map(line).collect()
    }

    /// Tells the broker what came of each pact; what was told, or why nothing was, a line each.
    ///
    /// # Errors
    /// When the broker does not take it.
    pub(super) async fn tell(&self, verification: &Verification) -> Result<Vec<String>> {
        let Some(version) = &self.tells else { return Ok(Vec::new()) };
        if let Some(why) = not_whole(verification) {
            return Ok(vec![format!("not published: {why}")]);
        }
        let mut lines = Vec::new();
        for verified in &verification.pacts {
            let Some(received) = self.received.iter().find(|received| received.contract.origin == verified.origin) else {
                bail!("the result of {} belongs to no pact that was fetched", verified.origin);
            };
            let tried = tried(verified);
            self.broker.tell(received, version, &tried).await.map_err(|error| told(&error))?;
            let word = if tried.iter().all(|one| one.problems.is_empty()) { "kept" } else { "not kept" };
            lines.push(format!(
                "published: {}'s pact is {word} by {} {}",
                verified.consumer, verification.provider, version.number
            ));
        }
        Ok(lines)
    }
}

/// Why the result says less than a whole verification.
fn not_whole(verification: &Verification) -> Option<String> {
    let untold = verification.count_of(|outcome| matches!(outcome, Outcome::NotReached | Outcome::NotWanted));
    match () {
        () if verification.interrupted => Some("the run was interrupted".to_owned()),
        () if verification.verdict() == Verdict::CouldNotRun => Some("nobody has answered".to_owned()),
        () if verification.filter.is_some() || untold > 0 => Some("only a part was tried".to_owned()),
        () if !verification.problems.is_empty() => {
            Some(format!("nobody can trust the result: {}", verification.problems.join("; ")))
        }
        () => None,
    }
}

fn tried(verified: &Verified) -> Vec<Tried> {
    let each = verified.interactions.iter().map(|seen| {
        let is_kept = seen.outcome == Outcome::Kept;
        let reason = seen.reason();
        let problems = match (is_kept, reason.trim().is_empty()) {
            (true, _) => Vec::new(),
            (false, true) => vec!["it was not kept".to_owned()],
            (false, false) => vec![reason],
        };
        Tried { description: seen.description.clone(), states: seen.states.clone(), problems }
    });
    each.collect()
}
