//! The report for people: one file that opens without a network, in the order of the set-up guide, with everything that was seen of
//! each scenario behind its name.

use anyhow::{Context, Result};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::About;
use super::compare::Changes;
use super::diagram;
use super::exchange::Exchange;
use super::failure::Failure;
use super::plan::{CHAPTERS, chapter};
use super::run::{Attempt, Feature, Mail, Rule, Run, Scenario, ShownPage, Status, Step, StepResult, StepText, shown};
use super::used::{self, CallUse, FieldUse};

/// How much of the file pictures may be, as they stand in it. A whole run takes two thirds of it.
const PICTURES: usize = 4_500_000;
/// How much of the file may be what was said in exchanges of scenarios that passed.
const SAID: usize = 1_500_000;
/// How much of it may be what was said, and the pages that were open, in scenarios that failed.
const FAILED: usize = 1_500_000;

/// The document.
///
/// # Errors
/// When the page cannot be rendered.
pub(super) fn document(run: &Run, about: &About, changes: &Changes) -> Result<String> {
    let mut room = Room { pictures: PICTURES, said: SAID, failed: FAILED };
    let keys = super::compare::keyed(run);
    let mut keys = keys.iter();
    let mut chapters: Vec<Chapter<'_>> = Vec::new();
    for feature in &run.features {
        let groups = feature.groups.iter().map(|group| GroupShown {
            rule: group.rule.as_ref(),
            scenarios: group
                .scenarios
                .iter()
                .map(|scenario| {
                    let key = keys.next().map_or("", |(key, ..)| key.as_str());
                    ScenarioShown::of(feature, group.rule.as_ref(), scenario, key, &mut room)
                })
                .collect(),
        });
        let shown = FeatureShown { feature, groups: groups.collect() };
        let folder = chapter(&feature.file);
        match chapters.last_mut().filter(|chapter| chapter.folder == folder) {
            Some(chapter) => chapter.features.push(shown),
            None => {
                let title = CHAPTERS.iter().find(|(known, _)| *known == folder).map_or(folder, |(_, title)| title);
                let title = if title.is_empty() { "Scenarios" } else { title };
                chapters.push(Chapter { folder, title, features: vec![shown] });
            }
        }
    }
    let all = || run.scenarios().filter_map(|(.., scenario)| scenario.last()).flat_map(|attempt| &attempt.seen.exchanges);
    let page = Page { run, about, changes, chapters, fields: used::fields(all()), calls: used::calls(all()) };
    page.render().context("rendering report.html")
}

#[derive(Template)]
#[template(path = "harness/report/page.html")]
struct Page<'a> {
    run: &'a Run,
    about: &'a About,
    changes: &'a Changes,
    chapters: Vec<Chapter<'a>>,
    fields: Vec<FieldUse>,
    calls: Vec<CallUse>,
}

impl Page<'_> {
    const CSS: &'static str = include_str!("page/page.css");
    const SCRIPT: &'static str = include_str!("page/page.js");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn count(&self, status: Status) -> usize {
        self.run.count(status)
    }

    fn verdict(&self) -> &'static str {
        match (self.run.is_success(), self.count(Status::NotRun)) {
            (true, 0) => "Everything passed",
            (true, _) => "What was run passed, but not everything was run",
            (false, _) if self.count(Status::Failed) > 0 => "Something failed",
            (false, _) if !self.run.problems.is_empty() => "The run itself went wrong",
            (false, _) => "Nothing was run",
        }
    }

    fn verdict_tone(&self) -> &'static str {
        match (self.run.is_success(), self.count(Status::NotRun) + self.count(Status::Flaky)) {
            (true, 0) => "good",
            (true, _) => "warn",
            (false, _) => "bad",
        }
    }

    fn began(&self) -> String {
        self.run.began.map_or_else(|| "never".into(), |began| began.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
    }

    fn took(&self) -> String {
        shown(self.run.took())
    }

    fn steps(&self) -> usize {
        self.run.scenarios().filter_map(|(.., scenario)| scenario.last()).map(|attempt| attempt.steps.len()).sum()
    }

    fn exchanges(&self) -> usize {
        self.run.scenarios().filter_map(|(.., scenario)| scenario.last()).map(|attempt| attempt.seen.exchanges.len()).sum()
    }

    fn is_bad(&self, tone: &str) -> bool {
        tone == "bad"
    }

    /// Scenarios with this result, with the anchor of each.
    fn with(&self, status: Status) -> Vec<&ScenarioShown<'_>> {
        let features = self.chapters.iter().flat_map(|chapter| &chapter.features);
        let scenarios = features.flat_map(|feature| feature.groups.iter().flat_map(|group| &group.scenarios));
        scenarios.filter(|shown| shown.scenario.status() == status).collect()
    }

    fn lists_of_changes(&self) -> [(&'static str, &'static str, &[String]); 4] {
        let changes = self.changes;
        [
            ("Regressed", "bad", &changes.regressed),
            ("Fixed", "good", &changes.fixed),
            ("New", "info", &changes.new),
            ("Failed before, too", "warn", &changes.still_failing),
        ]
    }
}

struct Chapter<'a> {
    folder: &'a str,
    title: &'a str,
    features: Vec<FeatureShown<'a>>,
}

struct FeatureShown<'a> {
    feature: &'a Feature,
    groups: Vec<GroupShown<'a>>,
}

impl FeatureShown<'_> {
    fn total(&self) -> usize {
        self.groups.iter().map(|group| group.scenarios.len()).sum()
    }

    fn passed(&self) -> usize {
        let all = self.groups.iter().flat_map(|group| &group.scenarios);
        all.filter(|shown| matches!(shown.scenario.status(), Status::Passed | Status::Flaky)).count()
    }
}

struct GroupShown<'a> {
    rule: Option<&'a Rule>,
    scenarios: Vec<ScenarioShown<'a>>,
}

struct ScenarioShown<'a> {
    /// What a link leads to.
    anchor: String,
    scenario: &'a Scenario,
    tags: Vec<&'a str>,
    place: String,
    steps: Vec<StepShown<'a>>,
    hooks: &'a [Failure],
    /// Failures of earlier attempts.
    earlier: Vec<String>,
    diagram: Option<String>,
    exchanges: Vec<ExchangeShown<'a>>,
    mails: &'a [Mail],
    pictures: Vec<PictureShown<'a>>,
    pages: Vec<PageShown<'a>>,
    missing: &'a [String],
    fields: Vec<FieldUse>,
    calls: Vec<CallUse>,
}

struct StepShown<'a> {
    written: &'a StepText,
    run: Option<&'a Step>,
}

struct ExchangeShown<'a> {
    said: &'a Exchange,
    /// What was asked and answered, as markup; absent if there was no room for it.
    bodies: Option<String>,
}

struct PageShown<'a> {
    page: &'a ShownPage,
    /// What it is made of, as markup; absent if there was no room for it.
    html: Option<String>,
}

struct PictureShown<'a> {
    name: &'a str,
    /// A `data:` address; absent if there was no room for it.
    data: Option<String>,
}

/// What may still go into the file.
struct Room {
    pictures: usize,
    said: usize,
    failed: usize,
}

impl Room {
    fn take(left: &mut usize, size: usize) -> bool {
        let fits = size <= *left;
        if fits {
            *left -= size;
        }
        fits
    }

    /// Text as markup, if it fits. Quotes stay as they are, which saves a third of what JSON takes.
    fn text(left: &mut usize, class: &str, text: Option<&str>) -> Option<String> {
        let markup = text.map(|text| format!("<pre{class}>{}</pre>", diagram::escape(text))).unwrap_or_default();
        Self::take(left, markup.len()).then_some(markup)
    }
}

impl<'a> ScenarioShown<'a> {
    fn of(feature: &'a Feature, rule: Option<&'a Rule>, scenario: &'a Scenario, key: &str, room: &mut Room) -> Self {
        static NONE: Attempt = Attempt::NONE;
        let attempt = scenario.last().unwrap_or(&NONE);
        let seen = &attempt.seen;
        let steps = scenario.all_steps(feature, rule).enumerate();
        let steps = steps.map(|(place, written)| StepShown { written, run: attempt.steps.get(place) });
        let tags = feature.tags.iter().chain(rule.iter().flat_map(|rule| &rule.tags)).chain(&scenario.tags);
        let earlier = scenario.attempts.iter().rev().skip(1).rev().filter_map(Attempt::reason);
        let failed = scenario.status() == Status::Failed;
        let left = if failed { &mut room.failed } else { &mut room.said };
        let exchanges = seen.exchanges.iter().map(|said| {
            let asked = Room::text(left, "", said.asked.as_deref());
            let answered = Room::text(left, " class=\"answer\"", said.answered.as_deref());
            ExchangeShown { said, bodies: asked.zip(answered).map(|(asked, answered)| asked + &answered) }
        });
        let exchanges: Vec<_> = exchanges.collect();
        let pages = seen.pages.iter().map(|page| PageShown { page, html: Room::text(&mut room.failed, "", Some(&page.html)) });
        let pages = pages.collect();
        let pictures = seen.pictures.iter().map(|picture| {
            let fits = Room::take(&mut room.pictures, picture.bytes.len() * 4 / 3);
            let data = || format!("data:{};base64,{}", picture.media_type, STANDARD.encode(&picture.bytes));
            PictureShown { name: &picture.name, data: fits.then(data) }
        });
        Self {
            anchor: anchor(key),
            scenario,
            tags: tags.map(String::as_str).collect(),
            place: format!("{}:{}", feature.file, scenario.line),
            steps: steps.collect(),
            hooks: &attempt.hooks,
            earlier: earlier.collect(),
            diagram: diagram::svg(attempt),
            exchanges,
            mails: &seen.mails,
            pictures: pictures.collect(),
            pages,
            missing: &seen.missing,
            fields: used::fields(&seen.exchanges),
            calls: used::calls(&seen.exchanges),
        }
    }

    fn is_failed(&self) -> bool {
        self.scenario.status() == Status::Failed
    }

    fn status(&self) -> (&'static str, &'static str, &'static str) {
        match self.scenario.status() {
            Status::Passed => ("passed", "good", "Passed"),
            Status::Flaky => ("flaky", "warn", "Flaky"),
            Status::Failed => ("failed", "bad", "Failed"),
            Status::NotRun => ("not-run", "", "Not run"),
        }
    }

    fn took(&self) -> String {
        shown(self.scenario.took())
    }

    fn reason(&self) -> String {
        self.scenario.last().and_then(Attempt::reason).unwrap_or_default()
    }

    fn blamed(&self) -> &'static str {
        self.scenario.blame().map_or("", |blame| blame.label())
    }

    /// Exchanges that were declined or lost, as they tell most of a failure.
    fn refused(&self) -> usize {
        self.exchanges.iter().filter(|shown| !shown.said.succeeded()).count()
    }
}

impl StepShown<'_> {
    fn status(&self) -> (&'static str, &'static str) {
        match self.run.map(|step| &step.result) {
            Some(StepResult::Passed) => ("passed", "✓"),
            Some(StepResult::Failed(_)) => ("failed", "✗"),
            Some(StepResult::Undefined) => ("undefined", "?"),
            Some(StepResult::Ambiguous(_)) => ("ambiguous", "≠"),
            Some(StepResult::Skipped) => ("skipped", "–"),
            Some(StepResult::Unfinished) => ("unfinished", "…"),
            None => ("not reached", "–"),
        }
    }

    fn took(&self) -> String {
        self.run.map_or_else(String::new, |step| shown(step.took))
    }

    fn failure(&self) -> Option<Failure> {
        match &self.run?.result {
            StepResult::Failed(failure) => Some(failure.clone()),
            StepResult::Undefined => {
                let message = "No step is meant by this sentence. Correct its wording, or write a step for it.".into();
                Some(Failure { message, causes: Vec::new() })
            }
            StepResult::Ambiguous(why) => Some(Failure { message: why.clone(), causes: Vec::new() }),
            StepResult::Unfinished => Some(Failure { message: "Nothing was heard of it any more.".into(), causes: Vec::new() }),
            StepResult::Passed | StepResult::Skipped => None,
        }
    }

    fn defined_at(&self) -> Option<&str> {
        self.run?.defined_at.as_deref().filter(|_| self.failure().is_some())
    }
}

fn anchor(key: &str) -> String {
    let plain = key.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' });
    let parts = plain.collect::<String>();
    parts.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}
