//! Which definition a sentence of a feature has: exactly one, or something is wrong.

use std::collections::BTreeSet;
use std::fmt;

use cucumber::gherkin::{Feature, Step, StepType};
use cucumber::{World as _, step};

use super::catalogue::nearest;
use super::features::{Scene, place, scenes};
use super::need::Need;
use super::steps::needs_of;
use super::world::World;

/// A sentence that has not exactly one definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// None.
    Undefined,
    /// Several, in words.
    Ambiguous(String),
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undefined => f.write_str("no step is defined for this sentence"),
            Self::Ambiguous(which) => write!(f, "several steps are defined for this sentence: {which}"),
        }
    }
}

/// The definitions among which more than one fits.
pub(super) fn several(error: &step::AmbiguousMatchError) -> String {
    let all = error.possible_matches.iter().map(|(pattern, place)| match place {
        Some(place) => format!("{} at {}:{}", pattern.as_str(), place.path, place.line),
        None => pattern.as_str().to_owned(),
    });
    all.collect::<Vec<_>>().join(", ")
}

/// Every sentence of the features that has not exactly one definition: where it stands, and what is wrong. Nothing is run.
pub(super) fn misfits(features: &[Feature]) -> Vec<String> {
    let definitions = World::collection();
    let mut found: Vec<String> = Vec::new();
    for scene in scenes(features) {
        for step in scene.steps() {
            let misfit = match definitions.find(step) {
                Ok(Some(_)) => continue,
                Ok(None) => Misfit::Undefined,
                Err(error) => Misfit::Ambiguous(several(&error)),
            };
            let what = if misfit == Misfit::Undefined { undefined(step) } else { misfit.to_string() };
            let told = format!("{}: {}: {what}", place(scene.feature, step.position.line), sentence(step));
            let told = if misfit == Misfit::Undefined { format!("{told}\n{}", snippet(step)) } else { told };
            // A background is that of every scenario, and an example has the sentences of the others.
            if !found.contains(&told) {
                found.push(told);
            }
        }
    }
    found
}

/// What the steps need that the sentences of a scenario have. A sentence without a step fails wherever it is run, and needs nothing.
pub(super) fn needs(scene: Scene<'_>) -> BTreeSet<Need> {
    thread_local! {
        // To compile all patterns takes longer than to ask them.
        static DEFINED: step::Collection<World> = World::collection();
    }
    let of = |step: &Step| {
        let file = DEFINED.with(|defined| match defined.find(step) {
            Ok(Some((_, _, place, _))) => place.map(|place| place.path),
            Ok(None) | Err(_) => None,
        });
        file.and_then(needs_of).unwrap_or_default()
    };
    scene.steps().flat_map(of).copied().collect()
}

/// What is said of a sentence without a definition: that it has none, and what may have been meant.
pub(super) fn undefined(step: &Step) -> String {
    let near: String = nearest(step).iter().map(|near| format!("\n  {near}")).collect();
    let meant = if near.is_empty() { near } else { format!("; did you mean{near}") };
    format!("{}{meant}", Misfit::Undefined)
}

/// The sentence with its keyword, as it is written.
pub(super) fn sentence(step: &Step) -> String {
    format!("{} {}", step.keyword.trim(), step.value)
}

/// What would define a sentence: quoted text and numbers become what the step is told.
pub(super) fn snippet(step: &Step) -> String {
    let (expression, arguments) = expression(&step.value);
    let name = name(&expression);
    let keyword = match step.ty {
        StepType::Given => "given",
        StepType::When => "when",
        StepType::Then => "then",
    };
    let mut parameters = vec!["world: &mut World".to_owned()];
    parameters.extend(arguments.iter().map(|(name, kind)| format!("{name}: {kind}")));
    let mut handed_on: Vec<String> =
        arguments.iter().map(|(name, kind)| if *kind == "String" { format!("&{name}") } else { name.clone() }).collect();
    if step.table.is_some() || step.docstring.is_some() {
        parameters.push("step: &Step".to_owned());
        handed_on.push(if step.table.is_some() { "&rows(step)" } else { "step.docstring()" }.to_owned());
    }
    format!(
        "#[{keyword}(expr = \"{}\")]\nasync fn {name}({}) -> Outcome {{\n    Ok(world.{name}({}).await?)\n}}",
        expression.replace('\\', "\\\\").replace('"', "\\\""),
        parameters.join(", "),
        handed_on.join(", ")
    )
}

/// The sentence as a Cucumber expression, with the names and types of what it takes out of it.
fn expression(sentence: &str) -> (String, Vec<(String, &'static str)>) {
    let (mut expression, mut arguments) = (String::new(), Vec::new());
    let (mut texts, mut numbers) = (0, 0);
    let mut rest = sentence;
    while let Some(first) = rest.chars().next() {
        // A quote after a letter is an apostrophe.
        let may_quote = first == '"' || first == '\'' && !expression.ends_with(char::is_alphanumeric);
        let quoted = may_quote.then(|| rest[1..].find(first).map(|end| end + 2)).flatten();
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let begins_a_word = expression.chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let ends_a_word = rest[digits..].chars().next().is_none_or(|c| !c.is_alphanumeric());
        if let Some(length) = quoted {
            texts += 1;
            expression.push_str("{string}");
            arguments.push((numbered("text", texts), "String"));
            rest = &rest[length..];
        } else if digits > 0 && begins_a_word && ends_a_word {
            numbers += 1;
            expression.push_str("{int}");
            arguments.push((numbered("number", numbers), "u64"));
            rest = &rest[digits..];
        } else {
            // What means something in an expression is itself again behind a backslash.
            if matches!(first, '{' | '}' | '(' | ')' | '/' | '\\') {
                expression.push('\\');
            }
            expression.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    (expression, arguments)
}

fn numbered(name: &str, number: usize) -> String {
    if number == 1 { name.to_owned() } else { format!("{name}_{number}") }
}

fn name(expression: &str) -> String {
    let words = expression.replace("{string}", " ").replace("{int}", " ").to_lowercase();
    let words: Vec<_> = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = words.join("_");
    // A single word may be one of the language, or the name of what the step is told.
    let is_fine = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.contains('_');
    if is_fine { name } else { format!("step_{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::features::read_one;

    fn snippet_of(step: &str) -> String {
        let features = read_one(&format!("Feature: One\n  Scenario: One\n    {step}\n")).features;
        snippet(&features[0].scenarios[0].steps[0])
    }

    #[test]
    fn a_snippet_takes_texts_and_numbers_out_of_the_sentence() {
        let wanted = "#[then(expr = \"Ana gets {int} mails about {string} and {string}\")]\n\
            async fn ana_gets_mails_about_and(world: &mut World, number: u64, text: String, text_2: String) -> Outcome {\n    \
            Ok(world.ana_gets_mails_about_and(number, &text, &text_2).await?)\n}";
        assert_eq!(snippet_of("Then Ana gets 2 mails about \"this\" and \"that\""), wanted);
    }

    #[test]
    fn what_means_something_in_an_expression_or_in_rust_is_written_so_that_it_does_not() {
        let written = snippet_of("When G07 is read/written (once) and an open \" stays");
        assert!(written.contains(r#"expr = "G07 is read\\/written \\(once\\) and an open \" stays""#), "{written}");
        assert!(written.contains("async fn g07_is_read_written_once"), "{written}");
        assert!(snippet_of("Given \"x\" | y").contains("async fn step_y("));
        assert!(snippet_of("When match").contains("async fn step_match("));
        assert!(snippet_of("When Ana's mail is 'GET'").contains(r#"expr = "Ana's mail is {string}""#));
        assert!(snippet_of("Given 7").contains("async fn step_("));
    }

    #[test]
    fn what_stands_below_a_sentence_is_handed_on() {
        let table = snippet_of("Then these are there:\n      | a |\n      | b |");
        assert!(
            table.contains("step: &Step) -> Outcome") && table.contains("world.these_are_there(&rows(step)).await"),
            "{table}"
        );
        let text = snippet_of("Then the \"x\" says:\n      \"\"\"\n      hello\n      \"\"\"");
        assert!(text.contains("text: String, step: &Step)") && text.contains("the_says(&text, step.docstring())"), "{text}");
    }

    #[test]
    fn a_sentence_without_a_definition_is_told_once_with_its_place() {
        let text = "Feature: One\n  Background:\n    Given nobody knows this\n  Scenario: A\n    Then nor that\n  Scenario: B\n    \
                    Then nor that\n";
        let found = misfits(&read_one(text).features);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].starts_with("one.feature:3: Given nobody knows this: no step is defined"), "{found:?}");
        assert!(found[0].contains("#[given(expr"), "{found:?}");
    }
}
