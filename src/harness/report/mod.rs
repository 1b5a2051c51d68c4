//! The reports of a run: JUnit XML, Cucumber messages, one HTML file for people, and Allure results. All are made of one record
//! ([`run`](self)), which cucumber's events and the worlds of the scenarios fill in while the run goes on, and are written at its end.

mod allure;
mod collect;
mod compare;
mod diagram;
mod exchange;
mod failure;
mod junit;
mod mask;
mod messages;
mod page;
mod plan;
mod run;
mod shown_page;
mod used;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use cucumber::codegen::{StepConstructor, WorldInventory, inventory};
use cucumber::gherkin::{Feature, Scenario};
use cucumber::{WriterExt as _, writer};

use super::world::World;
use collect::{Collector, Record};
use compare::{LAST_RUN, LastRun};
use run::Run;

pub(super) use exchange::Exchange;
pub(super) use failure::{BECAUSE, NO_WORLD};
pub(super) use mask::{Known, TAKEN_OUT, address as shown_address, body as shown_body, cut, is_secret, words};
pub(super) use run::{Mail, Picture, Seen, ShownPage};
pub(super) use written::Folder;

/// What a reader wants to know of a run besides what came of it.
#[derive(Clone, Debug, Default)]
pub(super) struct About {
    /// Where it took place, in words.
    pub(super) environment: String,
    /// What the order of the scenarios was drawn from, if it was.
    pub(super) seed: Option<u64>,
}

/// What is to be run. Whatever is taken out of the features later is shown as not run.
#[derive(Debug)]
pub(super) struct Plan(Run);

impl Plan {
    /// These features; `source` knows what a file says.
    pub(super) fn of(features: &[Feature], source: impl Fn(&Path) -> Option<String>) -> Self {
        Self(Run::planned(features, source))
    }

    /// What is not among these any more is not run, for this reason.
    pub(super) fn leave_out(&mut self, remaining: &[Feature], reason: &str) {
        self.0.leave_out(remaining, reason);
    }
}

/// The reports of one run.
#[derive(Clone, Debug)]
pub(super) struct Reports {
    folder: Folder,
    about: About,
    last: LastRun,
    record: Arc<Mutex<Record>>,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// What is new, fixed and regressed, in one line.
    pub changes: String,
    /// The file for people.
    pub page: PathBuf,
}

impl Reports {
    /// Reports in a folder, which is made if it is not there. Those of an earlier run are taken away, as they would pass for this one's.
    ///
    /// # Errors
    /// When nothing can be written there, or the result of the last run cannot be read.
    pub(super) fn in_folder(folder: &Path, about: About, plan: Plan) -> Result<Self> {
        let folder = Folder::open(folder)?;
        let last = LastRun::read(folder.path())?;
        Ok(Self { folder, about, last, record: Arc::new(Mutex::new(Record::of(plan.0))) })
    }

    /// Listens to cucumber; for `tee`, before the events are put in order.
    pub(super) fn listener(&self) -> writer::discard::Arbitrary<writer::discard::Stats<Collector>> {
        Collector(Arc::clone(&self.record)).discard_stats_writes().discard_arbitrary_writes()
    }

    /// Listens, and nobody is told.
    pub(super) fn to_nobody() -> writer::discard::Arbitrary<writer::discard::Stats<Collector>> {
        Collector(Arc::default()).discard_stats_writes().discard_arbitrary_writes()
    }

    /// Takes what was seen of an attempt of a scenario, and the secrets that must not be seen of it.
    pub(super) fn take(&self, feature: &Feature, scenario: &Scenario, (seen, known): (Seen, Known)) {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        record.take(plan::place(feature, scenario), seen, known);
    }

    /// Writes everything, once the run is over. `problems` are what made the run a failure besides its scenarios.
    ///
    /// # Errors
    /// When a file cannot be written: which one, why, and what to do.
    pub(super) fn write(&self, problems: &[String]) -> Result<Written> {
        let mut run = self.record.lock().unwrap_or_else(PoisonError::into_inner).finish();
        run.problems.extend(problems.iter().map(|problem| words(problem)));
        let patterns = patterns(&run);
        run.patterns.extend(patterns);
        let changes = self.last.changes(&run);
        self.folder.write("junit.xml", junit::document(&run))?;
        self.folder.write("messages.ndjson", messages::lines(&run))?;
        self.folder.write("report.html", &page::document(&run, &self.about, &changes)?)?;
        allure::write(&run, &self.folder)?;
        let known = serde_json::to_string_pretty(&self.last.clone().followed_by(&run))?;
        self.folder.write(LAST_RUN, &known)?;
        Ok(Written { changes: changes.line(), page: self.folder.path().join("report.html") })
    }
}

/// What the steps that were run are recognised by, by the place of their code. Others are not asked, as reading a pattern takes its time.
fn patterns(run: &Run) -> BTreeMap<String, String> {
    fn of<S: StepConstructor<World> + inventory::Collect>(used: &BTreeSet<&str>, found: &mut BTreeMap<String, String>) {
        for constructor in inventory::iter::<S> {
            let (place, pattern, _) = constructor.inner();
            let place = format!("{}:{}", place.path, place.line);
            if used.contains(place.as_str()) {
                found.insert(place, pattern().as_str().to_owned());
            }
        }
    }
    let attempts = run.scenarios().flat_map(|(.., scenario)| &scenario.attempts);
    let used = attempts.flat_map(|attempt| &attempt.steps).filter_map(|step| step.defined_at.as_deref()).collect();
    let mut found = BTreeMap::new();
    of::<<World as WorldInventory>::Given>(&used, &mut found);
    of::<<World as WorldInventory>::When>(&used, &mut found);
    of::<<World as WorldInventory>::Then>(&used, &mut found);
    found
}

#[cfg(test)]
mod tests;
