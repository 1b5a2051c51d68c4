//! Runs scenarios and says whether that went well. Never falsely green: no scenario, an undefined step, a failing hook, a scenario
//! that was counted by nobody: each makes a run fail.

mod evidence;
mod outcome;
mod panics;
mod recorder;
mod screen;

use std::collections::BTreeSet;
use std::sync::{Arc, Once};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use cucumber::gherkin::Feature;
use cucumber::{World as _, WriterExt as _, cli, event, runner, writer};
use futures::future::BoxFuture;

use super::control::Control;
use super::coverage::Coverage;
use super::definitions;
use super::environment::Way;
use super::features::{self, AlreadyRead, Order, Read, Scene};
use super::http;
use super::keys::ControlKeys;
use super::need::Need;
use super::options::Options;
use super::place::{Ground, OWN_WORLD, OpenedWorld};
use super::report::{About, Plan, Reports};
use super::world::{Setting, World};
use evidence::Evidence;
pub(super) use outcome::wrapped;
pub use outcome::{DryOutcome, Named, Outcome};
pub use recorder::Trouble;
use recorder::{Ended, Key, Record, Recorder, Shared, key};
use screen::Screen;

/// Where scenarios are run, and until when.
pub struct Target {
    /// Where.
    pub ground: Ground,
    /// Comes to its end when whoever started the run wants it to stop.
    pub interrupted: BoxFuture<'static, std::io::Result<()>>,
}

/// The scenarios that are wanted, in their order.
///
/// # Errors
/// When the features cannot be read, or no scenario is wanted.
fn wanted(options: &Options) -> Result<Read> {
    let mut read = options.source.read()?;
    if !options.may_want_nothing {
        options.selection.ensure_sense(&read.features)?;
    }
    options.selection.keep(&mut read.features);
    ensure!(
        options.may_want_nothing || !read.features.is_empty(),
        "no scenario matches everything that was asked for; --list shows those that there are"
    );
    if let Some(shard) = options.shard {
        shard.keep(&mut read.features)?;
    }
    options.order.arrange(&mut read.features);
    Ok(read)
}

/// A line for each scenario that is wanted: its place, its name, its tags.
///
/// # Errors
/// When the features cannot be read, or no scenario is wanted.
pub fn list(options: &Options) -> Result<Vec<String>> {
    let read = wanted(options)?;
    let line = |scene: Scene<'_>| {
        let tags: String = scene.tags().iter().map(|tag| format!(" @{tag}")).collect();
        format!("{}  {} {tags}", scene.place(), scene.scenario.name).trim_end().to_owned()
    };
    Ok(features::scenes(&read.features).map(line).collect())
}

/// Holds every sentence of the wanted scenarios against the steps, and runs nothing.
///
/// # Errors
/// When the features cannot be read, or no scenario is wanted.
pub fn dry_run(options: &Options) -> Result<DryOutcome> {
    let Read { features, mistakes: mut problems } = wanted(options)?;
    problems.extend(definitions::misfits(&features));
    Ok(DryOutcome { scenarios: features::scenes(&features).count(), problems })
}

/// Runs the scenarios that are wanted.
///
/// # Errors
/// When the features cannot be read, no scenario is wanted, the reports cannot be written, or no world can be had.
pub async fn run(target: Target, options: Options) -> Result<Outcome> {
    let since = Instant::now();
    let Read { mut features, mistakes } = wanted(&options)?;
    let mut plan = Plan::of(&features, |file| options.source.text(file));
    let mut outcome = Outcome {
        problems: mistakes,
        not_run: take_out(&mut features, &target.ground, &mut plan),
        allow_not_run: options.allow_not_run,
        may_be_empty: options.may_want_nothing,
        order: options.order,
        ..Outcome::default()
    };
    let whole = options.selection.is_everything() && options.shard.is_none() && outcome.not_run.is_empty();
    if options.promises.as_ref().is_some_and(|promises| promises.update) && !whole {
        let why = "The README's table is not written: only a run of all scenarios tells which promises are kept.";
        outcome.problems.push(why.into());
    }
    let about = About { environment: target.ground.name(), seed: options.order.seed() };
    let reports = options.report.as_deref().map(|folder| Reports::in_folder(folder, about, plan)).transpose()?;
    if features.is_empty() {
        return Ok(written(reports, outcome));
    }
    if options.order == Order::Defined {
        features::begin_with_slow(&mut features);
    }
    let evidence = Evidence::new(options.report.as_deref());
    let shares = features::scenes(&features).any(|scene| !is_alone(scene));
    let client = http::client()?;
    let (mut lent, at_most) = (None, target.ground.at_most());
    let (shared, own, close) = match target.ground {
        Ground::There(environment) => {
            let way = environment.enter(&client).await?;
            lent = Some(way.clone());
            (Some(way), None, None)
        }
        Ground::Started(open) if shares => {
            let OpenedWorld { control, close } = open().await.context("starting a world")?;
            (Some(Way::Control(Control::new(&ControlKeys::open(control), &client)?)), Some(open), Some(close))
        }
        Ground::Started(open) => (None, Some(open), None),
    };
    let setting = Setting::new(client, shared, own, evidence.folder.clone()).with_api(options.api);
    let screen = Screen::of_stdout(features::scenes(&features).count());
    let mut runner = options.runner;
    if let Some(at_most) = at_most {
        runner.concurrency = runner.concurrency.map(|wanted| wanted.min(at_most));
    }
    let run = Run { features, setting, reports: reports.clone(), screen, runner };
    let (ended, stopped) = run.finish(target.interrupted, &mut outcome).await;
    if let Some(way) = lent {
        let (left, failed) = way.tidy_up().await;
        outcome.left = left;
        outcome.problems.extend(failed.iter().map(|error| format!("{error:#}")));
        outcome.calls = way.calls();
    }
    if let Some(close) = close {
        let closed = close.await.context("stopping the world that scenarios share");
        outcome.problems.extend(closed.err().map(|error| format!("{error:#}")));
    }
    stopped.context("listening for signals")?;
    // Where something was not run, or not counted, nothing is known of the promises.
    if let Some(promises) = options.promises.filter(|_| whole && outcome.problems.is_empty() && !outcome.interrupted) {
        let found = Coverage::of(ended.iter().map(|ended| (ended.tags.as_slice(), ended.trouble.is_none())));
        let told = found.and_then(|found| found.settle(&promises.readme, promises.update));
        outcome.problems.extend(told.unwrap_or_else(|error| Some(format!("{error:#}"))));
    }
    outcome.took = since.elapsed();
    Ok(written(reports, outcome))
}

/// The outcome with its reports. Reports that cannot be written are one more thing that is wrong; what came of the run is told all the same.
fn written(reports: Option<Reports>, mut outcome: Outcome) -> Outcome {
    let interrupted = outcome.interrupted.then(|| "The run was interrupted.".to_owned());
    let problems: Vec<String> = outcome.problems.iter().cloned().chain(interrupted).collect();
    match reports.map(|reports| reports.write(&problems)).transpose() {
        Ok(written) => outcome.report = written,
        Err(error) => outcome.problems.push(format!("{error:#}")),
    }
    outcome
}

fn is_alone(scene: Scene<'_>) -> bool {
    scene.tags().iter().any(|tag| tag == OWN_WORLD)
}

fn named(scene: Scene<'_>) -> Named {
    Named { name: scene.scenario.name.clone(), place: scene.place() }
}

/// Takes the scenarios out that need what is not to be had here.
fn take_out(features: &mut Vec<Feature>, ground: &Ground, plan: &mut Plan) -> Vec<(Named, Need)> {
    let (unmet, mut taken) = (Need::unmet(ground), Vec::new());
    let missing = |scene| Need::all_of(scene).into_iter().find(|need| unmet.contains(need));
    let mut missed: Vec<Option<Need>> =
        if unmet.is_empty() { Vec::new() } else { features::scenes(features).map(missing).collect() };
    for need in &unmet {
        let mut of_each = missed.iter();
        features::retain(features, |scene| {
            let stays = of_each.next().is_none_or(|missed| *missed != Some(*need));
            taken.extend((!stays).then(|| (named(scene), *need)));
            stays
        });
        missed.retain(|missed| *missed != Some(*need));
        plan.leave_out(features, &format!("needs {need}"));
    }
    taken
}

/// A run that is ready to begin.
struct Run {
    features: Vec<Feature>,
    setting: Setting,
    reports: Option<Reports>,
    screen: Screen,
    runner: runner::basic::Cli,
}

impl Run {
    /// Runs everything, or until it is interrupted, and adds what came of it to the outcome.
    async fn finish(
        self,
        interrupted: BoxFuture<'static, std::io::Result<()>>,
        outcome: &mut Outcome,
    ) -> (Vec<Ended>, std::io::Result<()>) {
        let Self { features, setting, reports, screen, runner } = self;
        let expected: Vec<(Key, Named)> = features::scenes(&features).map(|scene| (key(scene), named(scene))).collect();
        let (fail_fast, retry_is_wanted) = (runner.fail_fast, runner.retry.is_some());
        let record = Shared::default();
        let stopped = {
            let running = cucumber(features, setting, reports, Recorder::new(record.clone(), screen), runner, record.clone());
            tokio::select! {
                () = running => None,
                stopped = interrupted => Some(stopped),
            }
        };
        if stopped.is_some() {
            panics::unlisten();
        }
        outcome.interrupted = stopped.is_some();
        let Record { ended, problems, .. } = std::mem::take(&mut *record.lock());
        outcome.problems.extend(problems);
        for ((_, _, name), Ended { place, attempts, trouble, .. }) in &ended {
            let named = Named { name: name.clone(), place: place.clone() };
            match trouble {
                Some(trouble) => outcome.failed.push((named, trouble.clone())),
                None => {
                    outcome.passed += 1;
                    outcome.flaky.extend((*attempts > 1).then_some((named, *attempts)));
                }
            }
        }
        if !retry_is_wanted {
            let hidden = outcome.flaky.iter().map(|(named, attempts)| {
                format!(
                    "{:?} passed only at attempt {attempts}, which the tag @retry hides; --retry N says that this is wanted.",
                    named.name
                )
            });
            outcome.problems.extend(hidden);
        }
        let seen: BTreeSet<&Key> = ended.keys().collect();
        let total = expected.len();
        let missing: Vec<Named> = expected.into_iter().filter(|(key, _)| !seen.contains(key)).map(|(_, named)| named).collect();
        match () {
            () if outcome.interrupted || fail_fast && !outcome.failed.is_empty() => outcome.not_reached = missing,
            () if total != ended.len() => {
                outcome.problems.push(format!("{total} scenarios were to be run, but {} were.", ended.len()));
            }
            () => {}
        }
        (ended.into_values().collect(), stopped.unwrap_or(Ok(())))
    }
}

async fn cucumber(
    features: Vec<Feature>,
    setting: Setting,
    reports: Option<Reports>,
    recorder: Recorder,
    runner: runner::basic::Cli,
    record: Shared,
) {
    let setting = Arc::new(setting);
    let listening = Once::new();
    // A step that was skipped has failed, whatever the scenario's tags say.
    let listener = reports.as_ref().map_or_else(Reports::to_nobody, Reports::listener);
    let listener = listener.fail_on_skipped_with(|_, _, _| true);
    World::cucumber::<&'static str>()
        .with_parser(AlreadyRead(features))
        .with_writer(writer::Tee::new(recorder, listener))
        .with_cli(cli::Opts::<_, _, _, cli::Empty> { runner, ..Default::default() })
        .before(move |feature, rule, scenario, world| {
            listening.call_once(panics::listen);
            let setting = Arc::clone(&setting);
            let scene = Scene { feature, rule, scenario };
            let (alone, called) = (is_alone(scene), format!("{} {}", scene.place(), scenario.name));
            let file = feature.path.clone();
            Box::pin(async move {
                world.begin_session(&setting, file.as_deref());
                world.enter(setting, &called, alone).await;
            })
        })
        .after(move |feature, rule, scenario, finished, world| {
            let (record, reports) = (record.clone(), reports.clone());
            let passed = matches!(finished, event::ScenarioFinished::StepPassed);
            let key = key(Scene { feature, rule, scenario });
            Box::pin(async move {
                let mut left = Vec::new();
                let mut witnessed = Default::default();
                if let Some(world) = world {
                    if !passed {
                        left.extend(world.picture_failure().await.err());
                    }
                    if reports.is_some() {
                        witnessed = world.witness(passed).await;
                    }
                    left.extend(world.leave(passed).await);
                    record.lock().printed.insert(key, world.take_printed());
                }
                if let Some(reports) = &reports {
                    reports.take(feature, scenario, witnessed);
                }
                let told = left.into_iter().map(|error| format!("{}: {error:#}", scenario.name));
                record.lock().problems.extend(told);
            })
        })
        .run("features")
        .await;
}

#[cfg(test)]
mod tests;
