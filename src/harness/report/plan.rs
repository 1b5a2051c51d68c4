//! What is to be run, as a record that is filled in later: whatever the plan has and nobody ran stays visible as not run.

use std::path::Path;

use cucumber::gherkin::{self, StepType};

use super::run::{Feature, Group, Kind, Rule, Run, Scenario, StepText};

/// The folders of `features/` in the order of the set-up guide, and what readers call them. Others come after these.
pub(super) const CHAPTERS: [(&str, &str); 6] = [
    ("setting_up", "Setting up"),
    ("ats_to_harver", "From iCIMS to Harver"),
    ("harver_to_ats", "From Harver to iCIMS"),
    ("validation_checklist", "The validation checklist"),
    ("reliability", "When things go wrong in between"),
    ("acceptance", "Before going live"),
];

/// Which scenario of a run: file, line and name, as examples of an outline may share a line.
pub(super) type Place = (String, usize, String);

pub(super) fn place(feature: &gherkin::Feature, scenario: &gherkin::Scenario) -> Place {
    (file_of(feature), scenario.position.line, scenario.name.clone())
}

impl Run {
    /// A run of these features that has not begun. `source` knows what a feature file says.
    pub(super) fn planned(features: &[gherkin::Feature], source: impl Fn(&Path) -> Option<String>) -> Self {
        let mut features: Vec<Feature> = features
            .iter()
            .map(|feature| Feature { source: feature.path.as_deref().and_then(&source), ..planned_feature(feature) })
            .collect();
        features.retain(|feature| !feature.groups.is_empty());
        features.sort_by_cached_key(|feature| {
            let folder = chapter(&feature.file);
            let known = CHAPTERS.iter().position(|(known, _)| *known == folder);
            (known.unwrap_or(CHAPTERS.len()), feature.file.clone())
        });
        Self { features, ..Self::default() }
    }

    /// Notes why scenarios are not run that are no longer among the features.
    pub(super) fn leave_out(&mut self, remaining: &[gherkin::Feature], reason: &str) {
        let places: std::collections::BTreeSet<Place> = remaining
            .iter()
            .flat_map(|feature| {
                let ruled = feature.rules.iter().flat_map(|rule| &rule.scenarios);
                feature.scenarios.iter().chain(ruled).map(move |scenario| place(feature, scenario))
            })
            .collect();
        for feature in &mut self.features {
            let file = feature.file.clone();
            for scenario in feature.groups.iter_mut().flat_map(|group| &mut group.scenarios) {
                if scenario.left_out.is_none() && !places.contains(&(file.clone(), scenario.line, scenario.name.clone())) {
                    scenario.left_out = Some(reason.to_owned());
                }
            }
        }
    }

    /// The scenario at a place.
    pub(super) fn scenario_mut(&mut self, (file, line, name): &Place) -> Option<&mut Scenario> {
        let feature = self.features.iter_mut().find(|feature| feature.file == *file)?;
        let mut scenarios = feature.groups.iter_mut().flat_map(|group| &mut group.scenarios);
        scenarios.find(|scenario| scenario.line == *line && scenario.name == *name)
    }
}

/// The folder of a feature file: `ats_to_harver` of `features/ats_to_harver/ending.feature`.
pub(super) fn chapter(file: &str) -> &str {
    file.rsplit('/').nth(1).unwrap_or_default()
}

fn file_of(feature: &gherkin::Feature) -> String {
    let parts = feature.path.iter().flat_map(|path| path.iter()).map(|part| part.to_string_lossy());
    parts.collect::<Vec<_>>().join("/").replace("//", "/")
}

fn planned_feature(feature: &gherkin::Feature) -> Feature {
    let free = (!feature.scenarios.is_empty()).then(|| Group { rule: None, scenarios: scenarios(&feature.scenarios) });
    let ruled = feature.rules.iter().filter(|rule| !rule.scenarios.is_empty()).map(|rule| Group {
        rule: Some(Rule {
            name: rule.name.clone(),
            line: rule.position.line,
            description: words(rule.description.as_deref()),
            tags: rule.tags.clone(),
            background: rule.background.iter().flat_map(|background| &background.steps).map(written).collect(),
        }),
        scenarios: scenarios(&rule.scenarios),
    });
    Feature {
        file: file_of(feature),
        line: feature.position.line,
        name: feature.name.clone(),
        description: words(feature.description.as_deref()),
        tags: feature.tags.clone(),
        source: None,
        background: feature.background.iter().flat_map(|background| &background.steps).map(written).collect(),
        groups: free.into_iter().chain(ruled).collect(),
    }
}

fn scenarios(scenarios: &[gherkin::Scenario]) -> Vec<Scenario> {
    let planned = scenarios.iter().map(|scenario| Scenario {
        name: scenario.name.clone(),
        line: scenario.position.line,
        description: words(scenario.description.as_deref()),
        tags: scenario.tags.clone(),
        steps: scenario.steps.iter().map(written).collect(),
        ..Scenario::default()
    });
    planned.collect()
}

/// A step as it is written.
pub(super) fn written(step: &gherkin::Step) -> StepText {
    StepText {
        keyword: step.keyword.trim().to_owned(),
        text: step.value.clone(),
        line: step.position.line,
        kind: match step.ty {
            StepType::Given => Kind::Given,
            StepType::When => Kind::When,
            StepType::Then => Kind::Then,
        },
        table: step.table.iter().flat_map(|table| table.rows.clone()).collect(),
        doc_string: step.docstring.clone(),
    }
}

fn words(description: Option<&str>) -> String {
    description.unwrap_or_default().lines().map(str::trim).collect::<Vec<_>>().join("\n").trim().to_owned()
}
