//! A run as it was: features, rules, scenarios, attempts, steps, and what was seen around them. Every report is made of this, so that
//! none can know more than another. Texts in it are safe to show: secrets were taken out on the way in (`mask`).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use scraper::Html;
use serde::Serialize;

use super::exchange::Exchange;
use super::failure::Failure;
use super::mask::{self, Known};
use super::shown_page;

/// Everything that is known of a run.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Run {
    /// In the order in which they are read.
    pub(super) features: Vec<Feature>,
    /// When the first scenario began; absent when none did.
    pub(super) began: Option<Timestamp>,
    /// When the last event came.
    pub(super) ended: Option<Timestamp>,
    /// What went wrong besides scenarios.
    pub(super) problems: Vec<String>,
    /// What each step is recognised by, by the place of its code.
    pub(super) patterns: BTreeMap<String, String>,
}

/// A feature file.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Feature {
    /// Its path, `features/ats_to_harver/ending.feature`.
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) tags: Vec<String>,
    /// What the file says, if it could be read.
    pub(super) source: Option<String>,
    /// The steps that come before each of its scenarios.
    pub(super) background: Vec<StepText>,
    /// Scenarios, by rule; the first group may have none.
    pub(super) groups: Vec<Group>,
}

/// Scenarios under one rule, or under none.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Group {
    pub(super) rule: Option<Rule>,
    pub(super) scenarios: Vec<Scenario>,
}

/// What a rule says.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) description: String,
    pub(super) tags: Vec<String>,
    pub(super) background: Vec<StepText>,
}

/// A scenario and what came of it.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Scenario {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) description: String,
    /// Its own tags; those of its rule and its feature are with these.
    pub(super) tags: Vec<String>,
    pub(super) steps: Vec<StepText>,
    /// Every try, the last one counts.
    pub(super) attempts: Vec<Attempt>,
    /// Why it was not run.
    pub(super) left_out: Option<String>,
}

/// A step as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct StepText {
    /// `Given`, `And`.
    pub(super) keyword: String,
    pub(super) text: String,
    pub(super) line: usize,
    pub(super) kind: Kind,
    pub(super) table: Vec<Vec<String>>,
    pub(super) doc_string: Option<String>,
}

/// What a step is for; `And` is what the step before it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) enum Kind {
    #[default]
    Given,
    When,
    Then,
}

/// One try of a scenario.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Attempt {
    pub(super) began: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
    /// Whether it came to its end: otherwise nobody knows how it would have ended.
    pub(super) has_ended: bool,
    /// Steps that were begun, in order; those of backgrounds come first.
    pub(super) steps: Vec<Step>,
    /// What failed around the steps.
    pub(super) hooks: Vec<Failure>,
    pub(super) seen: Seen,
}

/// A step that was run.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Step {
    pub(super) written: StepText,
    pub(super) in_background: bool,
    pub(super) began: Option<Timestamp>,
    pub(super) took: SignedDuration,
    pub(super) result: StepResult,
    /// Where the code of the step is, `src/harness/steps/ending.rs:12`.
    pub(super) defined_at: Option<String>,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) enum StepResult {
    /// It was begun and nothing more was heard of it.
    Unfinished,
    Passed,
    Skipped,
    Undefined,
    Ambiguous(String),
    Failed(Failure),
}

/// What was seen of a scenario besides its steps.
#[derive(Clone, Debug, Default, Serialize)]
pub(in crate::harness) struct Seen {
    /// What the journal has of its customers, oldest first.
    pub(in crate::harness) exchanges: Vec<Exchange>,
    /// Oldest first.
    pub(in crate::harness) mails: Vec<Mail>,
    pub(in crate::harness) pictures: Vec<Picture>,
    /// Pages that people were on when it failed.
    pub(in crate::harness) pages: Vec<ShownPage>,
    /// What could not be looked at, and why.
    pub(in crate::harness) missing: Vec<String>,
}

/// A mail that somebody got.
#[derive(Clone, Debug, Default, Serialize)]
pub(in crate::harness) struct Mail {
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) subject: String,
    pub(super) text: String,
}

/// A screenshot.
#[derive(Clone, Debug, Default, Serialize)]
pub(in crate::harness) struct Picture {
    /// `02 landing page`.
    pub(super) name: String,
    /// `image/webp`.
    pub(super) media_type: &'static str,
    #[serde(skip)]
    pub(super) bytes: Vec<u8>,
}

/// A page that somebody had open.
#[derive(Clone, Debug, Default, Serialize)]
pub(in crate::harness) struct ShownPage {
    pub(super) whose: String,
    pub(super) address: String,
    pub(super) status: Option<u16>,
    pub(super) html: String,
}

/// How a scenario has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Passed,
    /// It passed after it had failed.
    Flaky,
    Failed,
    NotRun,
}

/// What a failure speaks against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) enum Blame {
    /// The thing that is tested: what was done or expected did not come true.
    Product,
    /// What the test needs before it begins.
    SetUp,
    /// The words of the scenario: no step, or more than one, is meant by them.
    Wording,
}

impl Blame {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Product => "the product",
            Self::SetUp => "the test's set-up",
            Self::Wording => "the scenario's wording",
        }
    }
}

impl Picture {
    /// A picture in WebP with its place and name, `02 landing page`.
    pub(in crate::harness) fn webp(name: String, bytes: Vec<u8>) -> Self {
        Self { name, media_type: "image/webp", bytes }
    }
}

impl Mail {
    /// A mail without the links and codes that let somebody in.
    pub(in crate::harness) fn of(from: &str, to: &[String], subject: &str, text: &str) -> Self {
        Self { from: from.to_owned(), to: to.to_vec(), subject: mask::words(subject), text: mask::words(text) }
    }
}

impl ShownPage {
    /// What may be shown of a page.
    pub(in crate::harness) fn of(whose: &str, address: &str, status: Option<u16>, html: &Html) -> Self {
        Self { whose: whose.to_owned(), address: mask::address(address), status, html: shown_page::shown(html) }
    }
}

impl Seen {
    /// Takes secrets out of everything.
    pub(super) fn forget(&mut self, known: &Known) {
        let exchanges = self.exchanges.iter_mut().flat_map(Exchange::texts);
        let mails = self.mails.iter_mut().flat_map(|mail| [&mut mail.subject, &mut mail.text]);
        let pages = self.pages.iter_mut().flat_map(|page| [&mut page.address, &mut page.html]);
        exchanges.chain(mails).chain(pages).chain(&mut self.missing).for_each(|text| known.take_out(text));
    }
}

impl Run {
    /// All scenarios with the feature and the rule they belong to, in order.
    pub(super) fn scenarios(&self) -> impl Iterator<Item = (&Feature, Option<&Rule>, &Scenario)> {
        self.features.iter().flat_map(|feature| {
            let groups = feature.groups.iter();
            groups.flat_map(move |group| group.scenarios.iter().map(move |one| (feature, group.rule.as_ref(), one)))
        })
    }

    /// How many scenarios have ended like this.
    pub(super) fn count(&self, status: Status) -> usize {
        self.scenarios().filter(|(_, _, scenario)| scenario.status() == status).count()
    }

    /// Whether nothing failed and at least one scenario was run.
    pub(super) fn is_success(&self) -> bool {
        self.count(Status::Failed) == 0 && self.problems.is_empty() && self.count(Status::Passed) + self.count(Status::Flaky) > 0
    }

    pub(super) fn took(&self) -> SignedDuration {
        between(self.began, self.ended)
    }
}

impl Scenario {
    pub(super) fn status(&self) -> Status {
        match self.attempts.split_last() {
            None => Status::NotRun,
            Some((last, _)) if !last.passed() => Status::Failed,
            Some((_, [])) => Status::Passed,
            Some(_) => Status::Flaky,
        }
    }

    /// All its steps as they are written, those of backgrounds first.
    pub(super) fn all_steps<'a>(&'a self, feature: &'a Feature, rule: Option<&'a Rule>) -> impl Iterator<Item = &'a StepText> {
        feature.background.iter().chain(rule.into_iter().flat_map(|rule| &rule.background)).chain(&self.steps)
    }

    /// The try that counts.
    pub(super) fn last(&self) -> Option<&Attempt> {
        self.attempts.last()
    }

    pub(super) fn took(&self) -> SignedDuration {
        self.attempts.iter().map(Attempt::took).fold(SignedDuration::ZERO, |sum, took| sum.saturating_add(took))
    }

    /// Why nothing is known of it.
    pub(super) fn why_not_run(&self) -> &str {
        self.left_out.as_deref().unwrap_or("the run ended before it")
    }

    /// What it speaks against, if it failed.
    pub(super) fn blame(&self) -> Option<Blame> {
        self.last().and_then(Attempt::blame)
    }
}

impl Attempt {
    /// An attempt that was never made.
    pub(super) const NONE: Self = Self {
        began: None,
        has_ended: false,
        ended: None,
        steps: Vec::new(),
        hooks: Vec::new(),
        seen: Seen { exchanges: Vec::new(), mails: Vec::new(), pictures: Vec::new(), pages: Vec::new(), missing: Vec::new() },
    };

    /// Whether each step passed, and nothing around them failed.
    pub(super) fn passed(&self) -> bool {
        self.blame().is_none()
    }

    pub(super) fn took(&self) -> SignedDuration {
        between(self.began, self.ended)
    }

    /// The first step that did not pass.
    pub(super) fn stopped_at(&self) -> Option<&Step> {
        self.steps.iter().find(|step| step.result != StepResult::Passed)
    }

    pub(super) fn blame(&self) -> Option<Blame> {
        let stopped = self.stopped_at();
        match stopped.map(|step| (&step.result, step)) {
            _ if stopped.is_none() && self.hooks.is_empty() => None,
            Some((StepResult::Undefined | StepResult::Ambiguous(_), _)) => Some(Blame::Wording),
            Some((StepResult::Failed(failure), step)) if step.written.kind != Kind::Given && !failure.is_of_no_world() => {
                Some(Blame::Product)
            }
            _ => Some(Blame::SetUp),
        }
    }

    /// In one sentence why it failed.
    pub(super) fn reason(&self) -> Option<String> {
        let told = self.stopped_at().map(|step| match &step.result {
            StepResult::Failed(failure) => failure.message.clone(),
            StepResult::Undefined => format!("no step is meant by: {}", step.written.text),
            StepResult::Ambiguous(why) => why.clone(),
            StepResult::Skipped => format!("it was skipped: {}", step.written.text),
            StepResult::Passed | StepResult::Unfinished => format!("it was never finished: {}", step.written.text),
        });
        told.or_else(|| self.hooks.first().map(|failure| failure.message.clone()))
    }
}

fn between(began: Option<Timestamp>, ended: Option<Timestamp>) -> SignedDuration {
    began.zip(ended).map_or(SignedDuration::ZERO, |(began, ended)| ended.duration_since(began))
}

/// A span of time for readers: `0.042 s`, `2 min 5 s`.
pub(super) fn shown(took: SignedDuration) -> String {
    let seconds = took.as_secs_f64();
    match took.as_secs() {
        0..=9 => format!("{seconds:.3} s"),
        10..=59 => format!("{seconds:.1} s"),
        whole => format!("{} min {} s", whole / 60, whole % 60),
    }
}
