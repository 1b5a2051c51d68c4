//! Runs scenarios and says whether that went well. Never falsely green: no scenario, an undefined step, a failing hook, a scenario
//! that was counted by nobody: each makes a run fail.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use cucumber::gherkin::Feature;
use cucumber::writer::{Coloring, Stats};
use cucumber::{World as _, WriterExt, cli, event, runner, writer};

use super::Args;
use super::args::Asked;
use super::browser::Browsers;
use super::coverage::Coverage;
use super::features::{self, AlreadyRead};
use super::place::{OWN_WORLD, OpenWorld};
use super::report::{About, Plan, Reports};
use super::world::{Setting, World};

/// What is needed to drive the browser.
const BROWSER_PACKAGES: &str = "install the Debian packages chromium and chromium-driver";

/// Where the scenarios run, and where their traces go.
pub struct Target {
    /// Base URL of the control interface of the world that scenarios share.
    pub shared: String,
    /// Starts the world of a scenario that has one of its own.
    pub own: OpenWorld,
    /// The folder with the feature files.
    pub features: PathBuf,
    /// The page whose table says which promises are kept.
    pub readme: PathBuf,
    /// Where reports and screenshots go.
    pub evidence: PathBuf,
}

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Scenarios whose every step passed.
    pub passed: usize,
    /// The names of those that did not.
    pub failed: Vec<String>,
    /// The names of those that were left out for want of a browser.
    pub not_run: Vec<String>,
    /// What else makes the run a failure.
    pub problems: Vec<String>,
}

impl Outcome {
    /// Whether the run may be called a success.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.failed.is_empty() && self.problems.is_empty()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.not_run.is_empty() {
            writeln!(f, "Not run for want of a browser ({BROWSER_PACKAGES}):")?;
            self.not_run.iter().try_for_each(|name| writeln!(f, "  {name}"))?;
        }
        if !self.failed.is_empty() {
            writeln!(f, "Failed:")?;
            self.failed.iter().try_for_each(|name| writeln!(f, "  {name}"))?;
        }
        self.problems.iter().try_for_each(|problem| writeln!(f, "{problem}"))?;
        let verdict = if self.is_success() { "ok" } else { "FAILED" };
        let (failed, skipped) = (self.failed.len(), self.not_run.len());
        write!(f, "scenarios: {verdict}. {} passed, {failed} failed, {skipped} skipped", self.passed)
    }
}

/// Runs the scenarios that the arguments ask for.
///
/// # Errors
/// When the features cannot be read or the reports cannot be written.
pub async fn run(target: Target, args: Args) -> Result<Outcome> {
    let Asked { wanted, runner: runner_cli, require_browser, update_readme } = args.into_parts();
    let mut features = features::read(&target.features)?;
    wanted.keep(&mut features);
    let root = target.features.parent().map(Path::to_owned).unwrap_or_default();
    let mut plan = Plan::of(&features, |file| std::fs::read_to_string(root.join(file)).ok());
    let mut outcome = Outcome::default();
    if !Browsers::are_installed() {
        outcome.not_run = features::take_out(&mut features, "ui");
        plan.leave_out(&features, &format!("there is no browser; {BROWSER_PACKAGES}"));
    }
    if require_browser && !outcome.not_run.is_empty() {
        outcome.problems.push(format!("This run must not leave scenarios out: {BROWSER_PACKAGES}."));
    }
    let whole = wanted.is_everything() && outcome.not_run.is_empty();
    if update_readme && !whole {
        outcome
            .problems
            .push("The README's table is not written: only a run of all scenarios tells which promises are kept.".into());
    }
    // `cargo test some_name` asks every suite of a workspace; to have no such test is no mistake.
    let may_be_empty = !wanted.words.is_empty() || !outcome.not_run.is_empty();
    if may_be_empty && features::names(&features).is_empty() {
        return Ok(outcome);
    }
    let about = About { environment: "a world of its own: iCIMS, Harver and mailbox simulated".into(), seed: None };
    let reports = Reports::in_folder(&target.evidence, about, plan)?;
    let setting = Setting::new(&target.shared, target.own, target.evidence)?;
    let (mut outcome, ended) = run_features(features, setting, runner_cli, (Box::new(io::stdout()), &reports), outcome).await;
    // Where something was not run, or not counted, nothing is known of the promises.
    if whole && outcome.problems.is_empty() {
        let found = Coverage::of(ended.iter().map(|ended| (ended.tags.as_slice(), ended.passed)));
        let told = found.and_then(|found| found.settle(&target.readme, update_readme));
        outcome.problems.extend(told.unwrap_or_else(|error| Some(format!("{error:#}"))));
    }
    let written = reports.write(&outcome.problems)?;
    println!("{}\nReport: {}", written.changes, written.page.display());
    Ok(outcome)
}

/// How a scenario has ended.
struct Ended {
    name: String,
    tags: Vec<String>,
    passed: bool,
}

/// What has been counted so far.
#[derive(Default)]
struct Counted {
    /// By file, line and name. Of a scenario that is tried again, the last attempt counts.
    ended: BTreeMap<(Option<PathBuf>, usize, String), Ended>,
    problems: Vec<String>,
}

async fn run_features(
    features: Vec<Feature>,
    setting: Setting,
    runner_cli: runner::basic::Cli,
    (terminal, reports): (Box<dyn Write>, &Reports),
    mut outcome: Outcome,
) -> (Outcome, Vec<Ended>) {
    let expected = features::names(&features).len();
    let counted = Arc::new(Mutex::new(Counted::default()));
    let setting = Arc::new(setting);
    let (count, witnesses) = (Arc::clone(&counted), reports.clone());
    let writer = writer::Basic::raw(terminal, Coloring::Auto, 0).summarized().tee::<World, _>(reports.listener()).normalized();
    let writer = World::cucumber::<&'static str>()
        .with_parser(AlreadyRead(features))
        .with_writer(writer)
        .fail_on_skipped()
        .with_cli(cli::Opts::<_, _, _, cli::Empty> { runner: runner_cli, ..Default::default() })
        .before(move |feature, rule, scenario, world| {
            let setting = Arc::clone(&setting);
            let alone = features::tags(feature, rule, scenario).iter().any(|tag| tag == OWN_WORLD);
            Box::pin(async move { world.enter(setting, &scenario.name, alone).await })
        })
        .after(move |feature, rule, scenario, finished, world| {
            let (count, witnesses) = (Arc::clone(&count), witnesses.clone());
            let place = (feature.path.clone(), scenario.position.line, scenario.name.clone());
            let passed = matches!(finished, event::ScenarioFinished::StepPassed);
            let ended = Ended { name: scenario.name.clone(), tags: features::tags(feature, rule, scenario), passed };
            Box::pin(async move {
                let left = match world {
                    Some(world) => {
                        witnesses.take(feature, scenario, world.witness(passed).await);
                        world.leave(passed).await
                    }
                    None => {
                        witnesses.take(feature, scenario, Default::default());
                        Ok(())
                    }
                };
                let mut count = count.lock().unwrap_or_else(PoisonError::into_inner);
                count.problems.extend(left.err().map(|error| format!("{}: {error:#}", ended.name)));
                count.ended.insert(place, ended);
            })
        })
        .run("features")
        .await;
    let Counted { ended, problems } = std::mem::take(&mut *counted.lock().unwrap_or_else(PoisonError::into_inner));
    let ended: Vec<Ended> = ended.into_values().collect();
    outcome.failed = ended.iter().filter(|ended| !ended.passed).map(|ended| ended.name.clone()).collect();
    outcome.passed = ended.len() - outcome.failed.len();
    outcome.problems.extend(problems);
    let total = ended.len();
    if expected == 0 {
        outcome.problems.push("No scenario was run: nothing matches the filter.".into());
    } else if total != expected {
        outcome.problems.push(format!("{expected} scenarios were to be run, but {total} were."));
    }
    if writer.parsing_errors() + writer.hook_errors() > 0 {
        outcome.problems.push("A feature could not be read, or something around a scenario failed; see above.".into());
    }
    if writer.execution_has_failed() && outcome.is_success() {
        outcome.problems.push("A step failed in a scenario that was counted as passed.".into());
    }
    (outcome, ended)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use cucumber::when;

    use super::*;
    use crate::harness::OpenedWorld;

    #[when("this step fails on purpose")]
    fn fail(_: &mut World) -> Result<()> {
        anyhow::bail!("as it should")
    }

    #[when("this step passes")]
    fn pass(_: &mut World) {}

    /// How often the next step has been tried.
    static TRIED: AtomicUsize = AtomicUsize::new(0);

    #[when(expr = "this step passes at attempt {int}")]
    fn pass_at_last(_: &mut World, attempt: usize) -> Result<()> {
        let tried = TRIED.fetch_add(1, Ordering::SeqCst) + 1;
        anyhow::ensure!(tried >= attempt, "attempt {tried}");
        Ok(())
    }

    async fn outcome_of(scenario: &str) -> Outcome {
        let text = format!("Feature: The suite itself\n  Scenario: One\n    {scenario}\n");
        let feature = features::parse(&text, Path::new("itself.feature")).expect("a feature");
        run_given(vec![feature]).await
    }

    async fn run_given(features: Vec<Feature>) -> Outcome {
        run_with(features, Box::new(|| Box::pin(async { anyhow::bail!("there is none") }))).await
    }

    async fn run_with(features: Vec<Feature>, own: OpenWorld) -> Outcome {
        let folder = tempfile::tempdir().expect("a folder");
        let reports = Reports::in_folder(folder.path(), About::default(), Plan::of(&features, |_| None)).expect("reports");
        let setting = Setting::new("http://127.0.0.1:9", own, folder.path().to_owned()).expect("a client");
        let cli = runner::basic::Cli::default();
        run_features(features, setting, cli, (Box::new(io::sink()), &reports), Outcome::default()).await.0
    }

    #[tokio::test]
    async fn a_passing_scenario_is_a_success() {
        let outcome = outcome_of("When this step passes").await;
        assert!(outcome.is_success(), "{outcome}");
        assert_eq!(outcome.to_string(), "scenarios: ok. 1 passed, 0 failed, 0 skipped");
    }

    #[tokio::test]
    async fn a_failing_step_fails_the_run() {
        let outcome = outcome_of("When this step fails on purpose").await;
        assert_eq!((outcome.is_success(), outcome.failed.as_slice()), (false, ["One".to_owned()].as_slice()));
        assert!(outcome.to_string().ends_with("scenarios: FAILED. 0 passed, 1 failed, 0 skipped"), "{outcome}");
    }

    #[tokio::test]
    async fn a_scenario_that_is_tried_again_counts_once() {
        let text = "Feature: Itself\n  @retry(2)\n  Scenario: Late\n    When this step passes at attempt 3\n\n  \
                    @retry(2)\n  Scenario: Never\n    When this step fails on purpose\n\n  Scenario: Late\n    When this step passes\n";
        let feature = features::parse(text, Path::new("itself.feature")).expect("a feature");
        let outcome = run_given(vec![feature]).await;
        assert_eq!((outcome.passed, outcome.failed.as_slice()), (2, ["Never".to_owned()].as_slice()), "{outcome}");
        assert!(outcome.problems.is_empty(), "{outcome}");
    }

    #[tokio::test]
    async fn an_undefined_step_fails_the_run() {
        assert!(!outcome_of("When nobody has defined this step").await.is_success());
    }

    #[tokio::test]
    async fn steps_that_come_after_an_undefined_one_do_not_save_the_run() {
        assert!(!outcome_of("When nobody has defined this step\n    When this step passes").await.is_success());
    }

    #[tokio::test]
    async fn a_step_of_the_world_that_cannot_reach_anything_fails_the_run() {
        assert!(!outcome_of("Given Brightwater Foods has connected iCIMS to Harver").await.is_success());
    }

    #[tokio::test]
    async fn who_moves_the_clock_of_the_shared_world_fails_the_run() {
        assert!(!outcome_of("When time goes by and what failed is tried again").await.is_success());
    }

    #[tokio::test]
    async fn who_has_a_world_of_their_own_get_it_and_it_is_closed() {
        let text = "Feature: Itself\n  @own-world\n  Scenario: One\n    When this step passes\n\n  Scenario: Two\n    When this step passes\n";
        let feature = features::parse(text, Path::new("itself.feature")).expect("a feature");
        let closed = Arc::new(Mutex::new(0));
        let own: OpenWorld = {
            let closed = Arc::clone(&closed);
            Box::new(move || {
                let closed = Arc::clone(&closed);
                Box::pin(async move {
                    let close = async move {
                        *closed.lock().expect("a count") += 1;
                        anyhow::bail!("it did not stop as it should")
                    };
                    Ok(OpenedWorld { control: "http://127.0.0.1:9".into(), close: Box::pin(close) })
                })
            })
        };
        let outcome = run_with(vec![feature], own).await;
        assert_eq!(*closed.lock().expect("a count"), 1);
        assert_eq!(outcome.passed, 2);
        assert!(!outcome.is_success(), "what fails when a world is stopped fails the run");
        assert!(outcome.to_string().contains("One: stopping the world of one scenario"), "{outcome}");
    }

    #[tokio::test]
    async fn a_run_without_scenarios_fails() {
        assert!(!run_given(Vec::new()).await.is_success());
    }
}
