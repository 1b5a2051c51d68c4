//! The sentences and their definitions fit: each sentence of the features has exactly one definition, each definition has a sentence,
//! and no definition passes over a word that differs from sentence to sentence.

use std::collections::HashSet;
use std::fmt;

use cucumber::codegen::Regex;
use cucumber::gherkin::{Feature, StepType};
use cucumber::step;

use crate::harness::catalogue;
use crate::harness::features::{self, Source};

/// What a sentence is matched with.
struct Definition {
    keyword: StepType,
    place: step::Location,
    pattern: Regex,
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {:?} {}", self.place.path, self.place.line, self.keyword, self.pattern)
    }
}

/// Every definition that the catalogue has.
fn definitions() -> Vec<Definition> {
    let all = catalogue::definitions().into_iter();
    all.map(|catalogue::Definition { keyword, place, pattern }| Definition { keyword, place, pattern: pattern() }).collect()
}

/// Every sentence with its keyword; outlines give one for each example.
fn sentences(features: &[Feature]) -> HashSet<(StepType, String)> {
    features::scenes(features)
        .flat_map(|scene| scene.steps().map(|step| (step.ty, step.value.clone())).collect::<Vec<_>>())
        .collect()
}

/// What does not fit, in words.
fn misfits(features: &[Feature], definitions: &[Definition]) -> Vec<String> {
    let sentences = sentences(features);
    let fits = |definition: &Definition, (keyword, text): &(StepType, String)| {
        definition.keyword == *keyword && definition.pattern.is_match(text)
    };
    let unused = definitions.iter().filter(|definition| !sentences.iter().any(|sentence| fits(definition, sentence)));
    let mut found: Vec<String> = unused.map(|definition| format!("{definition} is used by no feature")).collect();
    for sentence in &sentences {
        let matching: Vec<String> =
            definitions.iter().filter(|definition| fits(definition, sentence)).map(ToString::to_string).collect();
        if matching.len() != 1 {
            found.push(format!("{:?} {} has {} definitions: {matching:?}", sentence.0, sentence.1, matching.len()));
        }
    }
    let deaf = definitions.iter().filter(|definition| passes_over_words(definition.pattern.as_str()));
    found.extend(deaf.map(|definition| format!("{definition} passes over what it reads")));
    found.sort();
    found
}

/// Whether a pattern admits different words outside the groups that it hands on. Alternatives that are written out, such as
/// `(?:his|her)`, are grammar.
fn passes_over_words(pattern: &str) -> bool {
    let mut handed_on = Vec::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        let listens = handed_on.iter().any(|handed_on| *handed_on);
        match character {
            '(' => {
                let group = characters.as_str();
                handed_on.push(!group.starts_with('?') || group.starts_with("?P<"));
            }
            ')' => drop(handed_on.pop()),
            '\\' => {
                let class = characters.next().is_some_and(|escaped| escaped.is_ascii_alphabetic());
                if class && !listens {
                    return true;
                }
            }
            '.' | '*' | '+' | '[' if !listens => return true,
            _ => {}
        }
    }
    false
}

#[test]
fn every_sentence_has_one_definition_and_every_definition_a_sentence() {
    let embedded = Source::Embedded.read().expect("features");
    let examples = features::examples().expect("the example of own features");
    let found = misfits(&[embedded.features, examples.features].concat(), &definitions());
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn of_every_file_of_steps_it_is_known_what_they_need() {
    let files: HashSet<_> = definitions().iter().map(|definition| definition.place.path).collect();
    let unknown: Vec<_> = files.into_iter().filter(|file| super::needs_of(file).is_none()).collect();
    assert!(unknown.is_empty(), "{unknown:?} are not in needs.rs");
}

/// What carries the number of a promise without looking at anything would pass for ever.
#[test]
fn every_scenario_looks_at_what_came_of_it() {
    let mut mistakes = Source::Embedded.read().expect("features").mistakes;
    mistakes.extend(features::examples().expect("the example of own features").mistakes);
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

#[test]
fn what_does_not_fit_is_found() {
    let read = |text: &str| features::read_one(&format!("Feature: One\n  Scenario: One\n    {text}\n")).features;
    let defined = |pattern: &str| Definition {
        keyword: StepType::When,
        place: step::Location { path: "steps/one.rs", line: 1, column: 1 },
        pattern: Regex::new(pattern).expect("a pattern"),
    };
    let check = |text: &str, patterns: &[&str], wanted: &[&str]| {
        let found = misfits(&read(text), &patterns.iter().map(|pattern| defined(pattern)).collect::<Vec<_>>());
        assert_eq!(found.len(), wanted.len(), "{text}: {found:?}");
        for (found, wanted) in found.iter().zip(wanted) {
            assert!(found.contains(wanted), "{text}: {found}");
        }
    };
    check("When Ana waits", &[r"^(\w+) waits$"], &[]);
    check("When Ana waits", &[r"^(\w+) waits$", "^Ana waits$"], &["has 2 definitions"]);
    check("When Ana waits", &[r"^(\w+) waits$", "^Ana sits$"], &["Ana sits$ is used by no feature"]);
    check("Given Ana waits", &[r"^(\w+) waits$"], &["has 0 definitions", "is used by no feature"]);
    check("When Ana waits", &[r"^\w+ waits$"], &["passes over"]);
    check("When Ana waits", &["^(Ana) .+$"], &["passes over"]);
    check("When Ana waits", &["^(?:Ana|Bo) (w[a-z]+)$"], &[]);
}
