//! What GitHub Actions shows of a run: an annotation at the line of each failure, and a summary on the page of the workflow.
//! (GitHub's documentation, "Workflow commands for GitHub Actions".)

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::harness::Outcome;

/// How many annotations GitHub shows of one step; more would hide those of others.
const SHOWN: usize = 10;

/// A workflow that this process is part of.
#[derive(Debug)]
pub(super) struct Workflow {
    summary: Option<PathBuf>,
    /// What nobody can guess whose words are in the log.
    token: String,
}

impl Workflow {
    /// The one that the process is part of, if it is.
    #[expect(clippy::disallowed_methods, reason = "GitHub tells by variables of its own, which are no settings")]
    pub(super) fn of_this_process() -> Option<Self> {
        let is_one = std::env::var("GITHUB_ACTIONS").is_ok_and(|it| it == "true");
        let summary = || std::env::var_os("GITHUB_STEP_SUMMARY").map(PathBuf::from);
        is_one.then(|| Self { summary: summary(), token: format!("{:032x}", rand::random::<u128>()) })
    }

    /// After this, GitHub takes no line for a command, whoever's words it holds.
    pub(super) fn stop_commands(&self) -> String {
        format!("::stop-commands::{}", self.token)
    }

    /// After this, it does again.
    pub(super) fn take_commands(&self) -> String {
        format!("::{}::", self.token)
    }

    /// Adds to the page of the workflow.
    ///
    /// # Errors
    /// When the file that GitHub names cannot be written.
    pub(super) fn write_summary(&self, outcome: &Outcome) -> Result<()> {
        let Some(file) = &self.summary else { return Ok(()) };
        let written = OpenOptions::new().append(true).create(true).open(file);
        let written = written.and_then(|mut file| file.write_all(summary(outcome).as_bytes()));
        written.with_context(|| format!("writing GitHub's summary {}", file.display()))
    }
}

/// An annotation for each failure, a line each.
pub(super) fn annotations(outcome: &Outcome) -> String {
    let mut all: Vec<String> = Vec::new();
    for (named, trouble) in &outcome.failed {
        let (file, scenario) = named.place.rsplit_once(':').unwrap_or((&named.place, "1"));
        let line = trouble.step.as_ref().map_or_else(|| scenario.to_owned(), |(line, _)| line.to_string());
        let step = trouble.step.as_ref().map(|(_, sentence)| format!("{sentence}\n")).unwrap_or_default();
        let (file, title) = (property(file), property(&named.name));
        all.push(format!("::error file={file},line={line},title={title}::{}", data(&format!("{step}{}", trouble.what))));
    }
    all.extend(outcome.problems.iter().map(|problem| format!("::error title=check::{}", data(problem))));
    if !outcome.not_run.is_empty() {
        all.push(format!("::warning title=check::{} scenarios were not run; the log names them", outcome.not_run.len()));
    }
    if all.len() > SHOWN {
        let more = all.len() - SHOWN + 1;
        all.truncate(SHOWN - 1);
        all.push(format!("::error title=check::{more} more are in the log and in the summary"));
    }
    all.iter().map(|line| format!("{line}\n")).collect()
}

fn summary(outcome: &Outcome) -> String {
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

/// Lines that Markdown leaves alone, whatever is in them.
fn block(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).fold(String::from("\n"), |all, line| all + &line)
}

/// Words of a name that Markdown would take for its own.
fn escaped(text: &str) -> String {
    text.chars().flat_map(|sign| ("\\`*_[]<>|#".contains(sign)).then_some('\\').into_iter().chain([sign])).collect()
}

/// A message, on one line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which a colon or a comma would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
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
        assert_eq!(told.lines().count(), SHOWN);
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
