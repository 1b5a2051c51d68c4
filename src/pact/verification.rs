//! A run: all interactions of all pacts, one after the other, and what comes of them.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::asking::Silence;
use super::contract::{Interaction, NotAPact, Pact, rivals};
use super::difference::Difference;
use super::near;
use super::replay::{Replayed, Stage};
use super::selection::{Selection, exactly, quoted};
use super::shown::{Answered, Sent};
use super::source::{NotFound, Source};
use super::states::StateChanger;
use crate::http::{Clients, Timeouts};
use crate::verdict::Verdict;

/// After so many interactions in a row that nobody answered, the others are not tried.
const PATIENCE: usize = 2;
/// How long what an interrupted interaction has opened may take to go.
const CLEARING: Duration = Duration::from_secs(2);

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Whose answers are looked at, by the name in the pacts.
    pub provider: String,
    /// Which version of it that is, where somebody says.
    pub provider_version: Option<String>,
    /// Where it listens.
    pub url: Url,
    /// Who brings states about.
    pub states: Option<StateChanger>,
    /// The pacts.
    pub source: Source,
    /// Which interactions.
    pub selection: Selection,
    /// How long everybody may take.
    pub timeouts: Timeouts,
    /// The command that does the same, without files and selection.
    pub command: String,
}

/// Why nothing was verified.
#[derive(Debug, thiserror::Error)]
pub enum CannotVerify {
    /// The pacts are not what was meant.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// A pact cannot be replayed.
    #[error("{0}")]
    NotAPact(String),
    /// Nothing is left.
    #[error("{selection} leaves none of {count} interactions{}", near::question(near))]
    NothingWanted {
        /// The filter.
        selection: String,
        /// How many there were.
        count: usize,
        /// What may have been meant.
        near: Option<String>,
    },
    /// States, and nobody to bring them about.
    #[error(
        "the pacts begin with states such as {0:?}, and nobody is named who brings them about: add --control-url with the control \
         address of a sandbox, or --state-url with an endpoint of your own"
    )]
    NobodyForStates(String),
    /// The process cannot speak HTTP.
    #[error("HTTP cannot be spoken")]
    Http(#[from] reqwest::Error),
}

impl From<NotAPact> for CannotVerify {
    fn from(error: NotAPact) -> Self {
        Self::NotAPact(error.to_string())
    }
}

/// What came of a run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verification {
    /// Whose answers were looked at.
    pub provider: String,
    /// Which version of it that was, where somebody has said.
    pub provider_version: Option<String>,
    /// Where.
    pub url: String,
    /// Each pact, in the order in which they were verified.
    pub pacts: Vec<Verified>,
    /// Pacts of other providers that lay beside them, with the provider's name.
    pub left_out: Vec<(String, String)>,
    /// What lets nobody trust the rest.
    pub problems: Vec<String>,
    /// What was looked for, where that was not everything.
    pub filter: Option<String>,
    /// Whether somebody stopped it.
    pub interrupted: bool,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Whether nobody was there to be asked.
    #[serde(skip)]
    pub(super) was_silent: bool,
}

/// A pact and what came of its interactions.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verified {
    /// Where it was found.
    pub origin: String,
    /// Who relies on it.
    pub consumer: String,
    /// SHA-256 of its text, as 64 hexadecimal digits: of which pact this is the result.
    pub sha256: String,
    /// All its interactions, also those that were not wanted.
    pub interactions: Vec<Seen>,
}

/// An interaction and what came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// What the consumer calls it.
    pub description: String,
    /// The names of the states that it begins with.
    pub states: Vec<String>,
    /// Where it begins in the text of its pact, from 1.
    pub line: usize,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The command that runs it alone.
    pub again: String,
}

/// What came of an interaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The answer is one that the pact allows.
    Kept,
    /// It is not.
    Broken(Breach),
    /// It is not, and a broker says that it need not be yet.
    Pending(Breach),
    /// It was not wanted.
    NotWanted,
    /// The run ended before.
    NotReached,
}

/// What is not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Breach {
    /// The sentence, where there is nothing to compare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What differs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// What was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
    /// What came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<Answered>,
}

/// Verifies; ends early when `interrupted` does.
///
/// # Errors
/// When nothing can be verified.
pub async fn verify(wanted: &Wanted, interrupted: impl Future<Output = ()>) -> Result<Verification, CannotVerify> {
    let found = wanted.source.find(&wanted.provider)?;
    let pacts = found.contracts.into_iter().map(Pact::read).collect::<Result<Vec<_>, _>>()?;
    let all = || pacts.iter().flat_map(|pact| &pact.interactions);
    let chosen: Vec<&Interaction> = all().filter(|one| wanted.selection.admits(one)).collect();
    if chosen.is_empty() {
        return Err(nothing_wanted(&wanted.selection, all()));
    }
    if let (None, Some(state)) = (&wanted.states, chosen.iter().find_map(|one| one.states.first())) {
        return Err(CannotVerify::NobodyForStates(state.name.clone()));
    }
    let clients = Clients::new(wanted.timeouts)?;
    let stage = Stage { clients: &clients, provider: &wanted.url, states: wanted.states.as_ref(), open: RefCell::default() };
    let mut verification = Verification {
        provider: wanted.provider.clone(),
        provider_version: wanted.provider_version.clone(),
        url: wanted.url.as_str().trim_end_matches('/').to_owned(),
        left_out: found.left_out,
        problems: problems(wanted, &pacts),
        filter: wanted.selection.is_partial().then(|| wanted.selection.to_string()),
        pacts: pacts.iter().map(|pact| planned(pact, wanted)).collect(),
        ..Verification::default()
    };
    let began = Instant::now();
    // Once for the process: what the library compares values with.
    pact_matching::matchingrules::configure_core_catalogue();
    tokio::select! {
        biased;
        () = interrupted => verification.interrupted = true,
        () = replay_all(&stage, &pacts, &mut verification) => {}
    }
    if verification.interrupted {
        // Whoever interrupts does not wait; a sandbox removes what nobody has removed when there is too much of it.
        let _ = tokio::time::timeout(CLEARING, stage.clear()).await;
    }
    verification.took_ms = milliseconds(began);
    verification.doubt_the_address();
    Ok(verification)
}

fn nothing_wanted<'a>(selection: &Selection, all: impl Iterator<Item = &'a Interaction>) -> CannotVerify {
    let all: Vec<_> = all.collect();
    let text = selection.to_string();
    let names = all.iter().flat_map(|one| one.states.iter().map(|state| state.name.as_str()).chain([one.description.as_str()]));
    let near = near::nearest(text.split('"').nth(1).unwrap_or_default(), names).map(str::to_owned);
    CannotVerify::NothingWanted { selection: text, count: all.len(), near }
}

/// What lets nobody trust the pacts. A broker may have several of one consumer; in files, one of them is left over.
fn problems(wanted: &Wanted, pacts: &[Pact]) -> Vec<String> {
    let rivals = if matches!(wanted.source, Source::Files(_)) { rivals(pacts) } else { Vec::new() };
    pacts.iter().flat_map(|pact| pact.mistakes.clone()).chain(rivals).collect()
}

/// A pact before anybody has been asked.
fn planned(pact: &Pact, wanted: &Wanted) -> Verified {
    let sha256 = Sha256::digest(pact.text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let file = if matches!(wanted.source, Source::Files(_)) { format!(" {}", quoted(&pact.origin)) } else { String::new() };
    let seen = |one: &Interaction| {
        let state = one.states.first().map(|state| format!(" --state {}", quoted(&exactly(&state.name)))).unwrap_or_default();
        let filter = quoted(&exactly(&one.description));
        Seen {
            description: one.description.clone(),
            states: one.states.iter().map(|state| state.name.clone()).collect(),
            line: one.line,
            took_ms: 0,
            outcome: if wanted.selection.admits(one) { Outcome::NotReached } else { Outcome::NotWanted },
            again: format!("{} --filter {filter}{state}{file}", wanted.command),
        }
    };
    let interactions = pact.interactions.iter().map(seen).collect();
    Verified { origin: pact.origin.clone(), consumer: pact.consumer.clone(), sha256, interactions }
}

async fn replay_all(stage: &Stage<'_>, pacts: &[Pact], verification: &mut Verification) {
    let (mut silent, mut answered) = (0, false);
    for (pact, verified) in pacts.iter().zip(&mut verification.pacts) {
        for (interaction, seen) in pact.interactions.iter().zip(&mut verified.interactions) {
            if seen.outcome == Outcome::NotWanted {
                continue;
            }
            let began = Instant::now();
            let replayed = stage.replay(pact, interaction).await;
            seen.took_ms = milliseconds(began);
            let over = match &replayed {
                Replayed::Silent { silence: Silence { is_unreachable: true, .. }, .. } => true,
                Replayed::Silent { .. } => {
                    silent += 1;
                    silent >= PATIENCE
                }
                _ => {
                    (silent, answered) = (0, true);
                    false
                }
            };
            seen.outcome = outcome(replayed, pact.pending);
            if over {
                verification.was_silent = !answered;
                return;
            }
        }
    }
}

fn outcome(replayed: Replayed, pending: bool) -> Outcome {
    let breach = match replayed {
        Replayed::Kept => return Outcome::Kept,
        Replayed::Differs { sent, answered, differences } => {
            Breach { why: None, differences, sent: Some(sent), answered: Some(answered) }
        }
        Replayed::Untried(why) => Breach { why: Some(why), ..Breach::default() },
        // Nothing is known of what the provider would have answered, so that nothing is pending about it.
        Replayed::Silent { silence, sent } => {
            return Outcome::Broken(Breach { why: Some(silence.said), sent, ..Breach::default() });
        }
    };
    if pending { Outcome::Pending(breach) } else { Outcome::Broken(breach) }
}

fn milliseconds(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

impl Verification {
    /// All interactions, with their pacts.
    pub fn seen(&self) -> impl Iterator<Item = (&Verified, &Seen)> {
        self.pacts.iter().flat_map(|pact| pact.interactions.iter().map(move |seen| (pact, seen)))
    }

    /// How many have come to this.
    #[must_use]
    pub fn count_of(&self, is_meant: impl Fn(&Outcome) -> bool) -> usize {
        self.seen().filter(|(_, seen)| is_meant(&seen.outcome)).count()
    }

    /// What it comes to. What was not replayed is no success, and neither is a part.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let broken = self.count_of(|outcome| matches!(outcome, Outcome::Broken(_)));
        let not_reached = self.count_of(|outcome| *outcome == Outcome::NotReached);
        let not_wanted = self.count_of(|outcome| *outcome == Outcome::NotWanted);
        match () {
            () if self.interrupted => Verdict::Interrupted,
            () if self.was_silent => Verdict::CouldNotRun,
            () if broken + not_reached + self.problems.len() > 0 || self.pacts.is_empty() => Verdict::Failed,
            () if self.filter.is_some() || not_wanted > 0 => Verdict::LeftOut,
            () => Verdict::Passed,
        }
    }

    /// What all answers together say: whoever refuses everything is most likely somebody else.
    fn doubt_the_address(&mut self) {
        let broken = self.seen().filter_map(|(_, seen)| match &seen.outcome {
            Outcome::Broken(breach) => Some(breach),
            _ => None,
        });
        let refusals: Vec<u16> =
            broken.filter_map(|breach| Some(breach.answered.as_ref()?.status)).filter(|it| *it >= 400).collect();
        let all = self.count_of(|outcome| !matches!(outcome, Outcome::NotWanted | Outcome::NotReached));
        if all > 1 && refusals.len() == all && refusals.iter().all(|status| *status == refusals[0]) {
            self.problems.push(format!(
                "every answer has had the status {}: is {} the address of {:?}?",
                refusals[0], self.url, self.provider
            ));
        }
    }
}
