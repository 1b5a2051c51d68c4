//! Listens to a run: which scenario has ended how. A scenario has passed when every single step of it has; nothing else counts as
//! passed, whatever its tags allow.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cucumber::event::{self, Cucumber, Hook, HookType, RetryableScenario, StepError};
use cucumber::gherkin::{Rule, Step};
use cucumber::writer::Normalized;
use cucumber::{Event, Writer, cli, parser, step};

use super::panics;
use super::screen::Screen;
use crate::harness::definitions::{Misfit, sentence, several, snippet, undefined};
use crate::harness::features::Scene;
use crate::harness::world::World;

/// What tells a scenario from every other: file, line, name.
pub(super) type Key = (Option<PathBuf>, usize, String);

/// Why a scenario did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The line and the sentence that failed; `None` where it was nothing of the feature's.
    pub step: Option<(usize, String)>,
    /// What happened.
    pub what: String,
    /// Code that would help.
    pub snippet: Option<String>,
}

/// How a scenario has ended, at its last attempt.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    pub(super) place: String,
    pub(super) tags: Vec<String>,
    pub(super) attempts: usize,
    pub(super) trouble: Option<Trouble>,
}

/// An attempt that is under way.
struct Attempt {
    since: Instant,
    passed: usize,
    trouble: Option<Trouble>,
}

/// What has been heard so far.
#[derive(Default)]
pub(super) struct Record {
    attempts: BTreeMap<Key, Attempt>,
    pub(super) ended: BTreeMap<Key, Ended>,
    pub(super) problems: Vec<String>,
    /// What attempts that are about to end had to print.
    pub(super) printed: BTreeMap<Key, Vec<String>>,
}

/// A record that is written while it can be read.
#[derive(Clone, Default)]
pub(super) struct Shared(Arc<Mutex<Record>>);

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What tells this scenario from every other.
pub(super) fn key(scene: Scene<'_>) -> Key {
    (scene.feature.path.clone(), scene.scenario.position.line, scene.scenario.name.clone())
}

/// Keeps the record and shows the progress.
pub(super) struct Recorder {
    record: Shared,
    screen: Screen,
}

impl Recorder {
    pub(super) fn new(record: Shared, screen: Screen) -> Self {
        Self { record, screen }
    }

    fn scenario(&mut self, scene: Scene<'_>, RetryableScenario { event, retries }: RetryableScenario<World>) {
        let mut record = self.record.lock();
        let key = key(scene);
        let begun = Attempt { since: Instant::now(), passed: 0, trouble: None };
        match event {
            event::Scenario::Started => {
                self.screen.began(&scene.scenario.name);
                record.attempts.insert(key, begun);
            }
            event::Scenario::Finished => {
                let attempt = record.attempts.remove(&key).unwrap_or(begun);
                let took = attempt.since.elapsed();
                let trouble = attempt.trouble.or_else(|| unfinished(attempt.passed, steps_of(scene)));
                // A sentence without a step stays one.
                let may_pass = trouble.as_ref().is_some_and(|trouble| trouble.snippet.is_none());
                let is_tried_again = may_pass && retries.is_some_and(|retries| retries.left > 0);
                let printed = record.printed.remove(&key).unwrap_or_default();
                self.screen.ended(&scene.scenario.name, &scene.place(), took, trouble.as_ref(), is_tried_again);
                self.screen.print(&printed);
                let attempts = retries.map_or(1, |retries| retries.current + 1);
                record.ended.insert(key, Ended { place: scene.place(), tags: scene.tags(), attempts, trouble });
            }
            event::Scenario::Background(step, event) | event::Scenario::Step(step, event) => {
                let attempt = record.attempts.entry(key).or_insert(begun);
                match trouble_of(&step, event) {
                    Ok(passed) => attempt.passed += usize::from(passed),
                    // What comes first is why; the rest follows from it.
                    Err(trouble) => drop(attempt.trouble.get_or_insert(trouble)),
                }
            }
            event::Scenario::Hook(which, Hook::Failed(_, info)) => {
                let when = match which {
                    HookType::Before => "making the scenario ready failed",
                    HookType::After => "clearing up after the scenario failed",
                };
                let trouble = Trouble { step: None, what: format!("{when}: {}", panics::told(&*info, None)), snippet: None };
                record.attempts.entry(key).or_insert(begun).trouble.get_or_insert(trouble);
            }
            event::Scenario::Hook(..) | event::Scenario::Log(_) => {}
        }
    }
}

/// How many steps a scenario has, those before it included.
fn steps_of(scene: Scene<'_>) -> usize {
    let around = scene.feature.background.iter().chain(scene.rule.and_then(|rule| rule.background.as_ref()));
    around.map(|background| background.steps.len()).sum::<usize>() + scene.scenario.steps.len()
}

fn unfinished(passed: usize, of: usize) -> Option<Trouble> {
    let what = || format!("only {passed} of its {of} steps were run");
    (passed != of).then(|| Trouble { step: None, what: what(), snippet: None })
}

/// Whether a step has passed now; an error if it never will.
fn trouble_of(step: &Step, event: event::Step<World>) -> Result<bool, Trouble> {
    let (what, snippet) = match event {
        event::Step::Started => return Ok(false),
        event::Step::Passed(..) => return Ok(true),
        event::Step::Skipped | event::Step::Failed(.., StepError::NotFound) => (undefined(step), Some(snippet(step))),
        event::Step::Failed(.., StepError::AmbiguousMatch(which)) => (Misfit::Ambiguous(several(&which)).to_string(), None),
        event::Step::Failed(_, definition, _, StepError::Panic(info)) => (told(&info, definition), None),
    };
    Err(Trouble { step: Some((step.position.line, sentence(step))), what, snippet })
}

fn told(info: &event::Info, definition: Option<step::Location>) -> String {
    panics::told(&**info, definition)
}

impl Writer<World> for Recorder {
    type Cli = cli::Empty;

    async fn handle_event(&mut self, event: parser::Result<Event<Cucumber<World>>>, _: &cli::Empty) {
        let event = match event {
            Ok(event) => event.into_inner(),
            Err(error) => return self.record.lock().problems.push(format!("a feature could not be read: {error}")),
        };
        match event {
            Cucumber::Feature(feature, event::Feature::Scenario(scenario, event)) => {
                self.scenario(Scene { feature: &feature, rule: None, scenario: &scenario }, event);
            }
            Cucumber::Feature(feature, event::Feature::Rule(rule, event::Rule::Scenario(scenario, event))) => {
                let rule: &Rule = &rule;
                self.scenario(Scene { feature: &feature, rule: Some(rule), scenario: &scenario }, event);
            }
            Cucumber::Finished => {
                let trouble = self.screen.finish();
                self.record.lock().problems.extend(trouble);
            }
            Cucumber::Feature(..) | Cucumber::Started | Cucumber::ParsingFinished { .. } => {}
        }
    }
}

/// Each event is taken for what it says, in whichever order scenarios come.
impl Normalized for Recorder {}

/// How long something took, `0.42 s`.
pub(super) fn seconds(took: Duration) -> String {
    format!("{:.2} s", took.as_secs_f64())
}
