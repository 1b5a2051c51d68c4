//! What came of a run, and how it is told.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::recorder::Trouble;
use crate::harness::features::Order;
use crate::harness::need::Need;
use crate::harness::report::Written;
use crate::verdict::Verdict;

/// What a line of prose may have.
const WIDTH: usize = 80;

/// A scenario, for whoever reads of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What it is called.
    pub name: String,
    /// `folder/name.feature:12`.
    pub place: String,
}

/// What came of holding the sentences of scenarios against the steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DryOutcome {
    /// How many scenarios there are.
    pub scenarios: usize,
    /// What is wrong with them, a sentence each, some with code that would help.
    pub problems: Vec<String>,
}

impl DryOutcome {
    /// What it comes to.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.problems.is_empty() { Verdict::Passed } else { Verdict::Failed }
    }
}

impl Display for DryOutcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        told(f, &self.problems)?;
        let counted = [(self.scenarios, "scenario"), (self.problems.len(), "problem")];
        let [scenarios, problems] = counted.map(|(count, what)| format!("{count} {what}{}", if count == 1 { "" } else { "s" }));
        write!(f, "\ndry run: {}. {scenarios}, none of them run, {problems}", self.verdict())
    }
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// How many scenarios passed, those included that had to be tried again.
    pub passed: usize,
    /// Those that did not, and why.
    pub failed: Vec<(Named, Trouble)>,
    /// Those that passed only when they were tried again, with the number of attempts.
    pub flaky: Vec<(Named, usize)>,
    /// Those that need something that is not to be had here.
    pub not_run: Vec<(Named, Need)>,
    /// Those that nobody came to any more.
    pub not_reached: Vec<Named>,
    /// What else makes the run a failure, a sentence each.
    pub problems: Vec<String>,
    /// What was created and could not be removed, a line each.
    pub left: Vec<String>,
    /// How many calls of iCIMS's API were made, and how many might have been, where they are counted.
    pub calls: Option<(u32, u32)>,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// Whether it counts as passed although some scenarios were not run.
    pub allow_not_run: bool,
    /// Whether it counts as passed although no scenario was run.
    pub may_be_empty: bool,
    /// The order in which scenarios were started.
    pub order: Order,
    /// The reports that were written.
    pub report: Option<Written>,
    /// How long it took.
    pub took: Duration,
}

impl Outcome {
    /// What it comes to.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let is_empty = self.passed == 0 && !self.may_be_empty;
        let left_out = !self.not_run.is_empty() && !self.allow_not_run;
        match () {
            () if self.interrupted => Verdict::Interrupted,
            () if !self.failed.is_empty() || !self.problems.is_empty() => Verdict::Failed,
            () if is_empty || left_out || !self.not_reached.is_empty() => Verdict::LeftOut,
            () => Verdict::Passed,
        }
    }
}

impl Display for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut by_need: BTreeMap<Need, Vec<&Named>> = BTreeMap::new();
        self.not_run.iter().for_each(|(named, need)| by_need.entry(*need).or_default().push(named));
        for (need, all) in by_need {
            writeln!(f)?;
            wrapped(f, "", &format!("Not run: needs {need}:"))?;
            all.iter().try_for_each(|named| writeln!(f, "  {}", named.name))?;
        }
        if !self.not_reached.is_empty() {
            let why = if self.interrupted { "the run was interrupted" } else { "--fail-fast ended the run" };
            writeln!(f, "\nNot reached before {why}:")?;
            self.not_reached.iter().try_for_each(|named| writeln!(f, "  {}", named.name))?;
        }
        if !self.flaky.is_empty() {
            writeln!(f, "\nFlaky, passed only when tried again:")?;
            let mut told = self.flaky.iter();
            told.try_for_each(|(named, attempts)| writeln!(f, "  {}: attempt {attempts}\n    {}", named.name, named.place))?;
        }
        if !self.failed.is_empty() {
            writeln!(f, "\nFailed:")?;
            self.failed.iter().try_for_each(|(named, trouble)| failure(f, named, trouble))?;
        }
        told(f, &self.problems)?;
        if !self.left.is_empty() {
            writeln!(f, "\nLeft in iCIMS, because it could not be removed by the API:")?;
            self.left.iter().try_for_each(|left| writeln!(f, "  {left}"))?;
        }
        writeln!(f)?;
        if let Some((made, allowed)) = self.calls {
            writeln!(f, "calls of iCIMS's API: {made} of {allowed}")?;
        }
        if let Order::Random(seed) = self.order {
            writeln!(f, "order: random; --order random --seed {seed} repeats it")?;
        }
        if self.failed.iter().any(|(_, trouble)| trouble.snippet.is_some()) {
            writeln!(f, "steps: harver-icims check --steps shows those that there are")?;
        }
        match &self.report {
            Some(Written { changes, page }) => writeln!(f, "{changes}\nreport: {}", page.display())?,
            None if !self.failed.is_empty() => writeln!(f, "reports: none; --report DIR keeps them, with pictures")?,
            None => {}
        }
        let counted = [("flaky", self.flaky.len()), ("not run", self.not_run.len()), ("not reached", self.not_reached.len())];
        let (passed, failed) = (self.passed, self.failed.len());
        write!(f, "scenarios: {}. {passed} passed, {failed} failed", self.verdict())?;
        counted.iter().filter(|(_, count)| *count > 0).try_for_each(|(what, count)| write!(f, ", {count} {what}"))?;
        write!(f, " in {:.1} s", self.took.as_secs_f64())
    }
}

fn told(f: &mut Formatter<'_>, problems: &[String]) -> fmt::Result {
    if !problems.is_empty() {
        writeln!(f, "\nProblems:")?;
    }
    problems.iter().try_for_each(|problem| wrapped(f, "  ", problem))
}

/// The name stands alone, two spaces in; what belongs to it further in.
fn failure(f: &mut Formatter<'_>, named: &Named, trouble: &Trouble) -> fmt::Result {
    writeln!(f, "  {}", named.name)?;
    match &trouble.step {
        Some((line, sentence)) => {
            writeln!(f, "    {}, at line {line}:", named.place)?;
            wrapped(f, "    ", sentence)?;
        }
        None => writeln!(f, "    {}", named.place)?,
    }
    wrapped(f, "    ", &trouble.what)?;
    let lines = trouble.snippet.iter().flat_map(|snippet| snippet.lines());
    lines.into_iter().try_for_each(|line| writeln!(f, "      {line}"))
}

/// Prose within the width, each line after this indent. Words that are longer, such as addresses, are left whole; lines that are
/// indented by themselves are code and left alone.
pub(in crate::harness) fn wrapped(f: &mut Formatter<'_>, indent: &str, text: &str) -> fmt::Result {
    let mut is_code = false;
    for line in text.lines() {
        is_code |= line.starts_with("#[");
        if is_code || line.starts_with(' ') {
            writeln!(f, "{indent}{line}")?;
            continue;
        }
        let mut width = 0;
        write!(f, "{indent}")?;
        for word in line.split(' ') {
            let length = word.chars().count();
            if width > 0 && indent.len() + width + 1 + length > WIDTH {
                write!(f, "\n{indent}")?;
                width = 0;
            }
            let gap = if width > 0 { " " } else { "" };
            write!(f, "{gap}{word}")?;
            width += gap.len() + length;
        }
        writeln!(f)?;
    }
    Ok(())
}
