//! What is wrong with a feature that can be read all the same: what would pass without having looked at anything, and names that
//! say of two scenarios which of them has failed.

use std::collections::BTreeMap;

use cucumber::gherkin::{Feature, Scenario, StepType};

use super::{place, scenes};

/// The mistakes of a feature whose outlines are not expanded yet, a sentence each.
pub(super) fn of(feature: &Feature) -> Vec<String> {
    let mut found = Vec::new();
    let all: Vec<_> = scenes(std::slice::from_ref(feature)).map(|scene| scene.scenario).collect();
    if all.is_empty() {
        found.push(format!("{}: the feature {:?} has no scenario.", place(feature, feature.position.line), feature.name));
    }
    let mut lines: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for scenario in all {
        let line = scenario.position.line;
        let named = format!("{}: the scenario {:?}", place(feature, line), scenario.name);
        if !scenario.steps.iter().any(|step| step.ty == StepType::Then) {
            found.push(format!("{named} asserts nothing: it has no Then."));
        }
        if let Some(line) = misspelt(scenario) {
            found.push(format!(
                "{named} has {line:?} as its description: a line is a step only with Given, When or Then before it."
            ));
        }
        if is_outline(scenario) && examples(scenario) == 0 {
            found.push(format!("{named} is an outline without examples, so that nothing of it is run."));
        }
        lines.entry(&scenario.name).or_default().push(line);
    }
    for (name, lines) in lines.iter().filter(|(_, lines)| lines.len() > 1) {
        let also: Vec<_> = lines[1..].iter().map(ToString::to_string).collect();
        let also = also.join(" and ");
        found.push(format!("{}: another scenario is called {name:?}, too, at line {also}.", place(feature, lines[0])));
    }
    found
}

fn is_outline(scenario: &Scenario) -> bool {
    !scenario.examples.is_empty() || ["Scenario Outline", "Scenario Template"].contains(&scenario.keyword.trim())
}

/// A line that is meant as the first step: whatever stands there without a keyword counts as a description, and is not run.
fn misspelt(scenario: &Scenario) -> Option<&str> {
    let lines = scenario.description.iter().flat_map(|text| text.lines()).map(str::trim);
    let is_meant = |line: &&str| {
        let first = line.split(' ').next().unwrap_or_default().to_lowercase();
        ["given", "when", "then"].iter().any(|keyword| strsim::damerau_levenshtein(keyword, &first) <= 1)
    };
    lines.into_iter().find(is_meant)
}

/// How many scenarios come of an outline.
fn examples(scenario: &Scenario) -> usize {
    let tables = scenario.examples.iter().filter_map(|examples| examples.table.as_ref());
    tables.map(|table| table.rows.len().saturating_sub(1)).sum()
}

#[cfg(test)]
mod tests {
    use crate::harness::features::read_one;

    fn check(scenarios: &str, wanted: &[&str]) {
        let found = read_one(&format!("Feature: One\n{scenarios}")).mistakes;
        assert_eq!(found.len(), wanted.len(), "{scenarios}: {found:?}");
        for (found, wanted) in found.iter().zip(wanted) {
            assert!(found.contains(wanted), "{scenarios}: {found}");
        }
    }

    #[test]
    fn what_would_pass_without_looking_is_a_mistake() {
        check("  Scenario: A\n    When x\n    Then y\n", &[]);
        check("  Scenario: A\n    When x\n    And y\n", &["one.feature:2: the scenario \"A\" asserts nothing"]);
        check("  Scenario: A\n", &["asserts nothing"]);
        check("  Rule: R\n    Scenario: A\n      When x\n", &["one.feature:3: the scenario \"A\" asserts nothing"]);
        check("\n", &["one.feature:1: the feature \"One\" has no scenario"]);
    }

    #[test]
    fn a_first_step_whose_keyword_is_misspelt_is_a_mistake() {
        for line in ["Wehn x", "when x", "Whe x"] {
            check(&format!("  Scenario: A\n    {line}\n    Then y\n"), &["as its description: a line is a step only"]);
        }
        check("  Scenario: A\n    What is told before\n    and more of it.\n\n    Then y\n", &[]);
    }

    #[test]
    fn two_scenarios_of_a_name_are_a_mistake_and_two_examples_are_none() {
        let one = "  Scenario: A\n    Then y\n";
        check(&format!("{one}{one}"), &["one.feature:2: another scenario is called \"A\", too, at line 4"]);
        check("  Scenario Outline: A\n    Then <y>\n    Examples:\n      | y |\n      | 1 |\n      | 2 |\n", &[]);
        check("  Scenario Outline: A\n    Then <y>\n    Examples:\n      | y |\n", &["outline without examples"]);
        check("  Scenario Outline: A\n    Then <y>\n", &["outline without examples"]);
    }
}
