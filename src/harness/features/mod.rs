//! The feature files: where they come from, what is wrong with them, and which of their scenarios are to be run in which order.

mod mistakes;
mod order;
mod selection;
mod source;

use std::path::Path;

use anyhow::{Result, anyhow};
use cucumber::feature::Ext as _;
use cucumber::gherkin::{Feature, GherkinEnv, Rule, Scenario, Step};
use cucumber::{cli, parser};
use futures::stream;

pub(super) use order::begin_with_slow;
pub use order::{Order, Shard};
pub use selection::Selection;
pub use source::Source;
pub(super) use source::examples;

/// The features of a source.
#[derive(Clone, Debug, Default)]
pub(super) struct Read {
    /// In the order of their paths. Outlines are one scenario per example.
    pub(super) features: Vec<Feature>,
    /// What is wrong with them, a sentence each.
    pub(super) mistakes: Vec<String>,
}

impl Read {
    /// Reads one more feature.
    ///
    /// # Errors
    /// When the text is not Gherkin, with the file and the line.
    pub(super) fn add(&mut self, text: &str, path: &Path) -> Result<()> {
        let parsed = Feature::parse(text, GherkinEnv::default());
        let mut feature = parsed.map_err(|error| anyhow!("{} is not Gherkin: {error}", path.display()))?;
        feature.path = Some(path.to_owned());
        self.mistakes.extend(mistakes::of(&feature));
        let expanded = feature.expand_examples().map_err(|error| anyhow!("{}: {error}", path.display()))?;
        self.features.push(expanded);
        Ok(())
    }
}

/// A scenario with what is around it.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) feature: &'a Feature,
    pub(super) rule: Option<&'a Rule>,
    pub(super) scenario: &'a Scenario,
}

impl Scene<'_> {
    /// The tags of the scenario, those of its rule and its feature included.
    pub(super) fn tags(&self) -> Vec<String> {
        let rule = self.rule.iter().flat_map(|rule| &rule.tags);
        self.feature.tags.iter().chain(rule).chain(&self.scenario.tags).cloned().collect()
    }

    /// Its steps, those of the backgrounds first.
    pub(super) fn steps(&self) -> impl Iterator<Item = &Step> {
        let around = self.feature.background.iter().chain(self.rule.and_then(|rule| rule.background.as_ref()));
        around.flat_map(|background| &background.steps).chain(&self.scenario.steps)
    }

    /// `folder/name.feature:12`.
    pub(super) fn place(&self) -> String {
        place(self.feature, self.scenario.position.line)
    }
}

/// `folder/name.feature:12`.
pub(super) fn place(feature: &Feature, line: usize) -> String {
    let path = feature.path.as_deref().unwrap_or(Path::new("a feature without a file"));
    format!("{}:{line}", path.display())
}

/// Every scenario, in order.
pub(super) fn scenes(features: &[Feature]) -> impl Iterator<Item = Scene<'_>> {
    features.iter().flat_map(|feature| {
        let own = feature.scenarios.iter().map(move |scenario| Scene { feature, rule: None, scenario });
        let ruled = feature
            .rules
            .iter()
            .flat_map(move |rule| rule.scenarios.iter().map(move |scenario| Scene { feature, rule: Some(rule), scenario }));
        own.chain(ruled)
    })
}

/// Keeps the scenarios that stay, and the features and rules that have one left. Asks in the order of [`scenes`].
pub(super) fn retain(features: &mut Vec<Feature>, mut stays: impl FnMut(Scene<'_>) -> bool) {
    for feature in features.iter_mut() {
        let mut scenarios = std::mem::take(&mut feature.scenarios);
        scenarios.retain(|scenario| stays(Scene { feature, rule: None, scenario }));
        feature.scenarios = scenarios;
        let mut rules = std::mem::take(&mut feature.rules);
        for rule in &mut rules {
            let mut scenarios = std::mem::take(&mut rule.scenarios);
            scenarios.retain(|scenario| stays(Scene { feature, rule: Some(rule), scenario }));
            rule.scenarios = scenarios;
        }
        rules.retain(|rule| !rule.scenarios.is_empty());
        feature.rules = rules;
    }
    features.retain(|feature| !feature.scenarios.is_empty() || !feature.rules.is_empty());
}

/// Hands features that have been read already to cucumber.
#[derive(Clone, Debug)]
pub(super) struct AlreadyRead(pub(super) Vec<Feature>);

impl cucumber::Parser<&'static str> for AlreadyRead {
    type Cli = cli::Empty;
    type Output = stream::Iter<std::vec::IntoIter<parser::Result<Feature>>>;

    fn parse(self, _: &'static str, _: cli::Empty) -> Self::Output {
        stream::iter(self.0.into_iter().map(Ok).collect::<Vec<_>>())
    }
}

#[cfg(test)]
pub(super) fn read_one(text: &str) -> Read {
    let mut read = Read::default();
    read.add(text, Path::new("one.feature")).expect("a feature");
    read
}
