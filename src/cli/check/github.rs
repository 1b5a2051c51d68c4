//! Scenarios as GitHub Actions shows them.

use std::fmt::Write as _;

use crate::cli::github::{self, Annotation, block, escaped};
use crate::harness::Outcome;

/// An annotation for each failure, a line each.
pub(super) fn annotations(outcome: &Outcome) -> String {
    let mut all: Vec<Annotation> = Vec::new();
    for (named, trouble) in &outcome.failed {
        let (file, scenario) = named.place.rsplit_once(':').unwrap_or((&named.place, "1"));
        let line = trouble.step.as_ref().map_or_else(|| scenario.to_owned(), |(line, _)| line.to_string());
        let step = trouble.step.as_ref().map(|(_, sentence)| format!("{sentence}\n")).unwrap_or_default();
        all.push(Annotation {
            place: Some((file.to_owned(), line)),
            title: named.name.clone(),
            message: format!("{step}{}", trouble.what),
            is_warning: false,
        });
    }
    let of_run = |message: String, is_warning| Annotation { place: None, title: "check".into(), message, is_warning };
    all.extend(outcome.problems.iter().map(|problem| of_run(problem.clone(), false)));
    if !outcome.not_run.is_empty() {
        all.push(of_run(format!("{} scenarios were not run; the log names them", outcome.not_run.len()), true));
    }
    github::lines(&all, "check")
}

/// The run, for the page of the workflow.
pub(super) fn summary(outcome: &Outcome) -> String {
    let mut text = format!(
        "### Scenarios: {}\n\n| passed | failed | flaky | not run | not reached |\n|---|---|---|---|---|\n",
        outcome.verdict()
    );
    let counts = [outcome.passed, outcome.failed.len(), outcome.flaky.len(), outcome.not_run.len(), outcome.not_reached.len()];
    let _ = writeln!(text, "|{}", counts.map(|count| format!(" {count} |")).concat());
    for (named, trouble) in &outcome.failed {
        let step = trouble.step.as_ref().map(|(_, sentence)| format!("{sentence}\n")).unwrap_or_default();
        let _ = write!(
            text,
            "\n**{}** ({})\n{}",
            escaped(&named.name),
            escaped(&named.place),
            block(&format!("{step}{}", trouble.what))
        );
    }
    for problem in &outcome.problems {
        let _ = write!(text, "\n{}", block(problem));
    }
    if let Some(written) = &outcome.report {
        let _ = writeln!(text, "\n{}", escaped(&written.changes));
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::runner::{Named, Trouble};

    fn failed(count: usize) -> Outcome {
        let named = Named { name: "Ana, 100 %: done".into(), place: "own/a.feature:3".into() };
        let trouble = Trouble {
            step: Some((7, "Then nothing | is *lost*".into())),
            what: "the answer was 500\n::warning::not a command".into(),
            snippet: None,
        };
        Outcome { passed: 4, failed: vec![(named, trouble); count], ..Outcome::default() }
    }

    #[test]
    fn an_annotation_stands_at_the_step_and_on_one_line() {
        let wanted = "::error file=own/a.feature,line=7,title=Ana%2C 100 %25%3A done::Then nothing | is *lost*%0A\
                      the answer was 500%0A::warning::not a command\n";
        assert_eq!(annotations(&failed(1)), wanted);
    }

    #[test]
    fn no_more_are_told_than_are_shown() {
        let told = annotations(&failed(25));
        assert_eq!(told.lines().count(), 10);
        assert!(told.ends_with("::error title=check::16 more are in the log and in the summary\n"), "{told}");
    }

    #[test]
    fn the_summary_counts_and_leaves_words_as_they_are() {
        let text = summary(&failed(1));
        assert!(text.starts_with("### Scenarios: FAILED\n\n| passed |") && text.contains("| 4 | 1 | 0 | 0 | 0 |"), "{text}");
        assert!(text.contains("**Ana, 100 %: done** (own/a.feature:3)\n\n    Then nothing | is *lost*\n"), "{text}");
        assert!(text.contains("\n    ::warning::not a command\n"), "{text}");
    }
}
