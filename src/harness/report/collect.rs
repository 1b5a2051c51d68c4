//! Fills the record of a run in from what cucumber tells while it runs. Each event is filed by its place, so that they may come in any
//! order, and nothing is held back that an interrupted run would lose.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use cucumber::event::{self, Hook, HookType, RetryableScenario, StepError};
use cucumber::{Event, cli, gherkin, parser, writer};
use jiff::Timestamp;

use super::failure::Failure;
use super::mask::Known;
use super::plan::{Place, place, written};
use super::run::{Attempt, Run, Seen, Step, StepResult};

/// The record while it is filled in.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) run: Run,
    /// What was seen of the attempts of a scenario, in their order. It is told apart from the events.
    seen: std::collections::BTreeMap<Place, Vec<(Seen, Known)>>,
}

impl Record {
    pub(super) fn of(run: Run) -> Self {
        Self { run, ..Self::default() }
    }

    /// Takes what was seen of the next attempt of a scenario.
    pub(super) fn take(&mut self, place: Place, seen: Seen, known: Known) {
        self.seen.entry(place).or_default().push((seen, known));
    }

    /// The whole run, each attempt with what was seen of it and without its secrets.
    pub(super) fn finish(&mut self) -> Run {
        for (place, seen) in std::mem::take(&mut self.seen) {
            let attempts = self.run.scenario_mut(&place).map(|scenario| scenario.attempts.iter_mut());
            for (attempt, (seen, known)) in attempts.into_iter().flatten().zip(seen) {
                attempt.seen = seen;
                attempt.seen.forget(&known);
                attempt.forget(&known);
            }
        }
        let mut run = std::mem::take(&mut self.run);
        // Of one that the run has not waited for, nobody knows how it would have ended.
        for feature in &mut run.features {
            let scenarios = feature.groups.iter_mut().flat_map(|group| &mut group.scenarios);
            scenarios.for_each(|scenario| scenario.attempts.retain(|attempt| attempt.has_ended));
        }
        run
    }
}

impl Attempt {
    fn forget(&mut self, known: &Known) {
        let failed = self.steps.iter_mut().filter_map(|step| match &mut step.result {
            StepResult::Failed(failure) => Some(failure),
            _ => None,
        });
        for failure in failed.chain(&mut self.hooks) {
            known.take_out(&mut failure.message);
            failure.causes.iter_mut().for_each(|cause| known.take_out(cause));
        }
    }
}

/// Listens to cucumber.
#[derive(Clone, Debug)]
pub(in crate::harness) struct Collector(pub(super) Arc<Mutex<Record>>);

impl writer::NonTransforming for Collector {}
impl writer::Normalized for Collector {}

impl<W: cucumber::World> cucumber::Writer<W> for Collector {
    type Cli = cli::Empty;

    async fn handle_event(&mut self, event: parser::Result<Event<event::Cucumber<W>>>, _: &Self::Cli) {
        let mut record = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let event = match event {
            Ok(event) => event,
            Err(error) => return record.run.problems.push(format!("A feature could not be read: {error}")),
        };
        let at = moment(event.at);
        let run = &mut record.run;
        run.began = run.began.map_or(at, |began| at.map(|at| began.min(at)));
        run.ended = run.ended.max(at);
        match event.value {
            event::Cucumber::Feature(feature, event::Feature::Scenario(scenario, told))
            | event::Cucumber::Feature(feature, event::Feature::Rule(_, event::Rule::Scenario(scenario, told))) => {
                let place = place(&feature, &scenario);
                match run.scenario_mut(&place) {
                    Some(scenario) => hear(&mut scenario.attempts, told, at),
                    None => run.problems.push(format!("{}:{}: nobody planned to run this", place.0, place.1)),
                }
            }
            _ => {}
        }
    }
}

fn hear<W>(attempts: &mut Vec<Attempt>, told: RetryableScenario<W>, at: Option<Timestamp>) {
    let number = told.retries.map_or(0, |retries| retries.current);
    while attempts.len() <= number {
        attempts.push(Attempt { began: at, ..Attempt::default() });
    }
    let attempt = &mut attempts[number];
    attempt.ended = at;
    match told.event {
        event::Scenario::Background(step, told) => attempt.hear_of(&step, told, true, at),
        event::Scenario::Step(step, told) => attempt.hear_of(&step, told, false, at),
        event::Scenario::Hook(which, Hook::Failed(_, told)) => {
            let when = match which {
                HookType::Before => "before",
                HookType::After => "after",
            };
            let failure = Failure::told(&panic_message(&told));
            attempt.hooks.push(Failure { message: format!("{when} the scenario: {}", failure.message), ..failure });
        }
        event::Scenario::Finished => attempt.has_ended = true,
        event::Scenario::Started | event::Scenario::Log(_) | event::Scenario::Hook(_, Hook::Started | Hook::Passed) => {}
    }
}

impl Attempt {
    fn hear_of<W>(&mut self, step: &gherkin::Step, told: event::Step<W>, in_background: bool, at: Option<Timestamp>) {
        let (result, location) = match told {
            event::Step::Started => {
                let step = Step {
                    written: written(step),
                    in_background,
                    began: at,
                    took: jiff::SignedDuration::ZERO,
                    result: StepResult::Unfinished,
                    defined_at: None,
                };
                return self.steps.push(step);
            }
            event::Step::Skipped => (StepResult::Skipped, None),
            event::Step::Passed(_, location) => (StepResult::Passed, location),
            event::Step::Failed(_, location, _, error) => {
                let result = match error {
                    StepError::NotFound => StepResult::Undefined,
                    StepError::AmbiguousMatch(error) => StepResult::Ambiguous(error.to_string()),
                    StepError::Panic(told) => StepResult::Failed(Failure::told(&panic_message(&told))),
                };
                (result, location)
            }
        };
        if let Some(begun) = self.steps.last_mut() {
            begun.took = begun.began.zip(at).map_or(begun.took, |(began, ended)| ended.duration_since(began));
            begun.result = result;
            begun.defined_at = location.map(|location| format!("{}:{}", location.path, location.line));
        }
    }
}

fn panic_message(told: &event::Info) -> Cow<'static, str> {
    let text = told.downcast_ref::<String>().cloned().map(Cow::Owned);
    text.or_else(|| told.downcast_ref::<&'static str>().map(|text| Cow::Borrowed(*text)))
        .unwrap_or(Cow::Borrowed("it panicked without saying why"))
}

fn moment(at: SystemTime) -> Option<Timestamp> {
    Timestamp::try_from(at).ok()
}
