//! The feature files, and which of their scenarios are to be run.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use cucumber::codegen::Regex;
use cucumber::feature::Ext as _;
use cucumber::gherkin::tagexpr::TagOperation;
use cucumber::gherkin::{Feature, GherkinEnv, Rule, Scenario};
use cucumber::tag::Ext as _;
use cucumber::{cli, parser};
use futures::stream;

/// Reads every `*.feature` below a folder, in the order of their paths.
pub(super) fn read(folder: &Path) -> Result<Vec<Feature>> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    let read = files.into_iter().map(|file| {
        let text = std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        parse(&text, file.strip_prefix(folder.parent().unwrap_or(folder)).unwrap_or(&file))
    });
    read.collect()
}

/// Reads one feature. Outlines become one scenario per example.
pub(super) fn parse(text: &str, path: &Path) -> Result<Feature> {
    // The parser wants a line feed at the end.
    let parsed = Feature::parse(format!("{text}\n"), GherkinEnv::default());
    let mut feature = parsed.map_err(|error| anyhow!("{}: {error}", path.display()))?;
    feature.path = Some(path.to_owned());
    feature.expand_examples().map_err(|error| anyhow!("{}: {error}", path.display()))
}

fn collect(folder: &Path, files: &mut Vec<std::path::PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        match () {
            () if path.is_dir() => collect(&path, files)?,
            () if path.extension().is_some_and(|extension| extension == "feature") => files.push(path),
            () => {}
        }
    }
    Ok(())
}

/// Which scenarios are wanted. An absent criterion matches everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) tags: Option<TagOperation>,
    pub(super) name: Option<Regex>,
    /// Parts of names, as `cargo test` passes them: one of them has to be in the name.
    pub(super) words: Vec<String>,
}

impl Wanted {
    fn admits(&self, feature: &Feature, rule: Option<&Rule>, scenario: &Scenario) -> bool {
        let tags = tags(feature, rule, scenario);
        self.tags.as_ref().is_none_or(|wanted| wanted.eval(&tags))
            && self.name.as_ref().is_none_or(|wanted| wanted.is_match(&scenario.name))
            && (self.words.is_empty() || self.words.iter().any(|word| scenario.name.contains(word)))
    }

    /// Whether no criterion leaves anything out.
    pub(super) fn is_everything(&self) -> bool {
        self.tags.is_none() && self.name.is_none() && self.words.is_empty()
    }

    /// Takes everything else out of the features.
    pub(super) fn keep(&self, features: &mut [Feature]) {
        retain(features, |feature, rule, scenario| self.admits(feature, rule, scenario));
    }
}

/// Takes the scenarios with a tag out of the features and returns their names.
pub(super) fn take_out(features: &mut [Feature], tag: &str) -> Vec<String> {
    let mut taken = Vec::new();
    retain(features, |feature, rule, scenario| {
        let stays = !tags(feature, rule, scenario).iter().any(|found| found == tag);
        if !stays {
            taken.push(scenario.name.clone());
        }
        stays
    });
    taken
}

/// The names of all scenarios, in order.
pub(super) fn names(features: &[Feature]) -> Vec<String> {
    let all = features.iter().flat_map(|feature| {
        feature
            .scenarios
            .iter()
            .chain(feature.rules.iter().flat_map(|rule| &rule.scenarios))
            .map(|scenario| scenario.name.clone())
    });
    all.collect()
}

fn retain(features: &mut [Feature], mut stays: impl FnMut(&Feature, Option<&Rule>, &Scenario) -> bool) {
    for feature in features {
        let mut scenarios = std::mem::take(&mut feature.scenarios);
        scenarios.retain(|scenario| stays(feature, None, scenario));
        feature.scenarios = scenarios;
        let mut rules = std::mem::take(&mut feature.rules);
        for rule in &mut rules {
            let mut scenarios = std::mem::take(&mut rule.scenarios);
            scenarios.retain(|scenario| stays(feature, Some(rule), scenario));
            rule.scenarios = scenarios;
        }
        feature.rules = rules;
    }
}

/// The tags of a scenario, those of its rule and its feature included.
pub(super) fn tags(feature: &Feature, rule: Option<&Rule>, scenario: &Scenario) -> Vec<String> {
    feature.tags.iter().chain(rule.iter().flat_map(|rule| &rule.tags)).chain(&scenario.tags).cloned().collect()
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
