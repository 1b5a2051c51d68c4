//! What GitHub Actions shows of a run: an annotation at the line of each failure, and a summary on the page of the workflow.
//! (GitHub's documentation, "Workflow commands for GitHub Actions".)

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};

/// How many annotations GitHub shows of one step; more would hide those of others.
const SHOWN: usize = 10;

/// A workflow that this process is part of.
#[derive(Debug)]
pub(super) struct Workflow {
    summary: Option<PathBuf>,
    /// What nobody can guess whose words are in the log.
    token: String,
}

/// A failure, and where it is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Annotation {
    /// File and line, if it belongs to one.
    pub(super) place: Option<(String, String)>,
    pub(super) title: String,
    pub(super) message: String,
    /// Whether it is no failure.
    pub(super) is_warning: bool,
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
    pub(super) fn write_summary(&self, text: &str) -> Result<()> {
        let Some(file) = &self.summary else { return Ok(()) };
        let written = OpenOptions::new().append(true).create(true).open(file);
        let written = written.and_then(|mut file| file.write_all(text.as_bytes()));
        written.with_context(|| format!("writing GitHub's summary {}", file.display()))
    }
}

/// The annotations, a line each; no more than are shown.
pub(super) fn lines(annotations: &[Annotation], command: &str) -> String {
    let mut all: Vec<String> = annotations.iter().map(Annotation::line).collect();
    if all.len() > SHOWN {
        let more = all.len() - SHOWN + 1;
        all.truncate(SHOWN - 1);
        all.push(format!("::error title={command}::{more} more are in the log and in the summary"));
    }
    all.iter().map(|line| format!("{line}\n")).collect()
}

impl Annotation {
    fn line(&self) -> String {
        let kind = if self.is_warning { "warning" } else { "error" };
        let (title, message) = (property(&self.title), data(&self.message));
        match &self.place {
            Some((file, line)) => format!("::{kind} file={},line={line},title={title}::{message}", property(file)),
            None => format!("::{kind} title={title}::{message}"),
        }
    }
}

/// Lines that Markdown leaves alone, whatever is in them.
pub(super) fn block(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).fold(String::from("\n"), |all, line| all + &line)
}

/// Words of a name that Markdown would take for its own.
pub(super) fn escaped(text: &str) -> String {
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
