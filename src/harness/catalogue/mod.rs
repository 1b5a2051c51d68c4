//! The steps that features can use, for whoever writes one: each with what it does and a sentence that uses it. Patterns and
//! explanations are read from the files that define the steps, and sentences from the features that the program carries, so that
//! nothing here can say what is not so.

mod markdown;
mod pattern;
mod source;
mod text;

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use cucumber::codegen::{Parameter, Regex, StepConstructor, WorldInventory, inventory};
use cucumber::gherkin::{Step, StepType};
use cucumber::step;

use super::api::Verb;
use super::browser::hands::Means;
use super::features::{self, Read, Source};
use super::fit::Fit;
use super::world::World;

/// Where the steps are, in the paths of their definitions.
const STEPS: &str = "harness/steps/";

/// The steps, in groups.
#[derive(Debug)]
pub struct Catalogue {
    groups: Vec<Group>,
    /// How many sentences of own features have no step; `None` where nobody asked for own features.
    without_step: Option<usize>,
}

/// The steps of one file.
#[derive(Debug)]
struct Group {
    title: String,
    /// What else the file says of them, one paragraph each.
    about: Vec<String>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    keyword: StepType,
    /// What a sentence looks like, `the fault {string}`.
    pattern: String,
    does: Option<String>,
    example: Option<Example>,
    /// Where own features use it.
    used: Vec<String>,
    regex: Regex,
}

/// A sentence of a feature, with what stands below it.
#[derive(Clone, Debug)]
struct Example {
    sentence: String,
    below: Vec<String>,
}

impl Catalogue {
    /// All steps, and which of them own features use.
    ///
    /// # Errors
    /// When the features cannot be read.
    pub fn of(own: &Source) -> Result<Self> {
        let mut catalogue = Self { groups: groups()?, without_step: None };
        let told = [Source::Embedded.read()?, features::examples()?];
        for step in told.iter().flat_map(steps) {
            for entry in catalogue.entries_mut().filter(|entry| entry.example.is_none() && entry.is_of(&step.1)) {
                entry.example = Some(Example::of(&step.1));
            }
        }
        if matches!(own, Source::Folder(_)) {
            let mut without = 0;
            for (place, step) in steps(&own.read()?) {
                let mut used = catalogue.entries_mut().filter(|entry| entry.is_of(&step)).peekable();
                without += usize::from(used.peek().is_none());
                used.for_each(|entry| entry.used.push(place.clone()));
            }
            catalogue.without_step = Some(without);
        }
        Ok(catalogue)
    }

    /// Only the steps with one of these texts in their pattern; all of them where there is no text.
    ///
    /// # Errors
    /// When no step has one.
    pub fn with_words(mut self, words: &[String]) -> Result<Self> {
        let has = |entry: &Entry| words.iter().any(|word| entry.pattern.to_lowercase().contains(&word.to_lowercase()));
        if !words.is_empty() {
            self.groups.iter_mut().for_each(|group| group.entries.retain(has));
            self.groups.retain(|group| !group.entries.is_empty());
            ensure!(!self.groups.is_empty(), "no step has {} in it; without it --steps shows all of them", words.join(" or "));
        }
        Ok(self)
    }

    fn entries_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.groups.iter_mut().flat_map(|group| &mut group.entries)
    }
}

impl Entry {
    fn is_of(&self, step: &Step) -> bool {
        self.keyword == step.ty && self.regex.is_match(&step.value)
    }

    /// The example, unless the pattern says the same already.
    fn telling_example(&self) -> Option<&Example> {
        let pattern = format!("{:?} {}", self.keyword, self.pattern);
        self.example.as_ref().filter(|example| example.sentence != pattern || !example.below.is_empty())
    }
}

impl Example {
    fn of(step: &Step) -> Self {
        let table = step.table.iter().flat_map(|table| widened(&table.rows));
        let text = step.docstring.iter().flat_map(|text| {
            let lines = text.trim_matches('\n').lines().map(str::to_owned);
            ["\"\"\"".to_owned()].into_iter().chain(lines).chain(["\"\"\"".to_owned()])
        });
        Self {
            sentence: format!("{:?} {}", step.ty, step.value),
            below: table.chain(text).map(|line| format!("  {line}")).collect(),
        }
    }
}

/// The rows of a table, their cells below each other.
fn widened(rows: &[Vec<String>]) -> Vec<String> {
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(column, cell)| format!(" {cell:width$} |", width = width(column)));
        format!("|{}", cells.collect::<String>())
    };
    rows.iter().map(line).collect()
}

/// Every step of features with its place; a background once.
fn steps(read: &Read) -> Vec<(String, Step)> {
    let mut found: BTreeMap<(String, usize), Step> = BTreeMap::new();
    for scene in features::scenes(&read.features) {
        let around = scene.feature.background.iter().chain(scene.rule.and_then(|rule| rule.background.as_ref()));
        for step in around.flat_map(|background| &background.steps).chain(&scene.scenario.steps) {
            let file = scene.feature.path.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
            found.entry((file, step.position.line)).or_insert_with(|| step.clone());
        }
    }
    found.into_iter().map(|((file, line), step)| (format!("{file}:{line}"), step)).collect()
}

/// A step as it is defined.
pub(super) struct Definition {
    pub(super) keyword: StepType,
    pub(super) place: step::Location,
    pub(super) pattern: fn() -> Regex,
}

/// Every definition but those of the runner's own tests, in the order of the files.
pub(super) fn definitions() -> Vec<Definition> {
    fn of<S: StepConstructor<World> + inventory::Collect>(keyword: StepType) -> impl Iterator<Item = Definition> {
        inventory::iter::<S>.into_iter().map(move |constructor| {
            let (place, pattern, _) = constructor.inner();
            Definition { keyword, place, pattern }
        })
    }
    let all = of::<<World as WorldInventory>::Given>(StepType::Given)
        .chain(of::<<World as WorldInventory>::When>(StepType::When))
        .chain(of::<<World as WorldInventory>::Then>(StepType::Then));
    let mut all: Vec<_> = all.filter(|definition| definition.place.path.contains(STEPS)).collect();
    all.sort_by_key(|definition| (definition.place.path, definition.place.line));
    all
}

fn groups() -> Result<Vec<Group>> {
    let mut groups: Vec<(&str, Group)> = Vec::new();
    for Definition { keyword, place, pattern } in definitions() {
        let written = source::of(place.path, place.line)
            .with_context(|| format!("reading the definition of a step at {}:{}", place.path, place.line))?;
        if groups.last().is_none_or(|(path, _)| *path != place.path) {
            let (title, about) = source::about(place.path)?;
            groups.push((place.path, Group { title, about, entries: Vec::new() }));
        }
        let (_, group) = groups.last_mut().context("a group")?;
        let entry = Entry {
            keyword,
            pattern: pattern::readable(&written),
            does: written.does,
            example: None,
            used: Vec::new(),
            regex: pattern(),
        };
        group.entries.push(entry);
    }
    Ok(groups.into_iter().map(|(_, group)| group).collect())
}

/// The steps that are most like a sentence, nearest first: `Given the fault {string}`. None where nothing is like it.
pub(super) fn nearest(step: &Step) -> Vec<String> {
    const SHOWN: usize = 3;
    const NEAR: f64 = 0.65;
    let sentence = pattern::blanked(&step.value);
    let patterns = definitions().into_iter().filter_map(|definition| {
        let written = source::of(definition.place.path, definition.place.line).ok()?;
        let readable = pattern::readable(&written);
        let variants = pattern::variants(&readable).into_iter();
        let nearness = variants.map(|variant| strsim::normalized_damerau_levenshtein(&sentence, &pattern::blanked(&variant)));
        let nearness = nearness.fold(0.0, f64::max);
        // A sentence with the wrong keyword is as near as one can be.
        let nearness = if (definition.pattern)().is_match(&step.value) { 1.0 } else { nearness };
        (nearness > NEAR).then(|| (nearness, format!("{:?} {readable}", definition.keyword)))
    });
    let mut patterns: Vec<_> = patterns.collect();
    patterns.sort_by(|one, other| other.0.total_cmp(&one.0));
    patterns.into_iter().take(SHOWN).map(|(_, told)| told).collect()
}

/// What stands for what in patterns.
fn parameters() -> Vec<(&'static str, String)> {
    let chosen = |regex: &str| format!("one of: {}", regex.split('|').collect::<Vec<_>>().join(", "));
    vec![
        ("{string}", "a text in quotes, single or double".to_owned()),
        ("{word}", "one word".to_owned()),
        ("{int}", "a whole number".to_owned()),
        ("{fit}", chosen(<Fit as Parameter>::REGEX)),
        ("{means}", chosen(<Means as Parameter>::REGEX)),
        ("{method}", chosen(<Verb as Parameter>::REGEX)),
        ("{…}", "some words, where it is another name".to_owned()),
        ("(one|other)", "one of them".to_owned()),
        ("(s)", "this or nothing".to_owned()),
    ]
}

#[cfg(test)]
mod tests;
