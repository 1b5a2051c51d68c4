//! What all checks found together: the verdict, and the lines that people read.

use std::fmt;

use serde::Serialize;

use super::finding::{Finding, Group, Outcome};
use crate::domain::wrapped;

/// What an examination comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// Nothing has failed, and everything could be told: exit code 0.
    Ok,
    /// Something cannot work like this: exit code 1.
    Failed,
    /// Nothing has failed, but not everything could be told: exit code 2.
    Incomplete,
}

impl Verdict {
    /// The exit code.
    #[must_use]
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failed => 1,
            Self::Incomplete => 2,
        }
    }
}

/// All findings of an examination, group by group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Report {
    /// What was examined, in words.
    pub examined: String,
    /// What came of it.
    pub verdict: Verdict,
    /// The findings, in the order of the groups.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The report of what was found.
    #[must_use]
    pub(crate) fn of(examined: String, mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| finding.group);
        let any = |wanted| findings.iter().any(|finding| finding.outcome == wanted);
        let verdict = match () {
            () if any(Outcome::Fail) => Verdict::Failed,
            // Nothing at all was looked at: nothing is known.
            () if any(Outcome::Unknown) || findings.is_empty() => Verdict::Incomplete,
            () => Verdict::Ok,
        };
        Self { examined, verdict, findings }
    }

    fn count(&self, wanted: Outcome) -> usize {
        self.findings.iter().filter(|finding| finding.outcome == wanted).count()
    }

    /// The lines for people: everything that is not well with what to do, all checks if they are wanted, and at last the verdict. One
    /// line where all is well.
    #[must_use]
    pub(crate) fn lines(&self, everything: bool) -> Vec<String> {
        let is_well = self.count(Outcome::Ok) == self.findings.len();
        let mut lines = Vec::new();
        if everything || !is_well {
            for group in Group::ALL {
                let of_group: Vec<&Finding> = self.findings.iter().filter(|finding| finding.group == group).collect();
                if of_group.is_empty() {
                    continue;
                }
                let well = of_group.iter().filter(|finding| finding.outcome == Outcome::Ok).count();
                let all = of_group.len();
                lines.push(if well == all { format!("{group}: {all} ok") } else { format!("{group}: {well} of {all} ok") });
                let told = of_group.into_iter().filter(|finding| everything || finding.outcome != Outcome::Ok);
                told.for_each(|finding| shown(finding, &mut lines));
            }
        }
        lines.extend(wrapped("", "", &self.to_string()));
        lines
    }
}

impl fmt::Display for Report {
    /// The verdict, in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.findings.len();
        let [failed, warnings, unknown] = [Outcome::Fail, Outcome::Warning, Outcome::Unknown].map(|wanted| self.count(wanted));
        let word = match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Failed => "FAILED",
            Verdict::Incomplete => "INCOMPLETE",
        };
        write!(f, "doctor: {word}. {}: {all} checks", self.examined)?;
        let told = [(failed, "failed", "failed"), (warnings, "warning", "warnings"), (unknown, "unknown", "unknown")];
        for (number, one, many) in told.into_iter().filter(|(number, ..)| *number > 0) {
            write!(f, ", {number} {}", if number == 1 { one } else { many })?;
        }
        f.write_str(".")
    }
}

fn shown(finding: &Finding, lines: &mut Vec<String>) {
    let text = format!("{}: {}", finding.check, finding.says);
    lines.extend(wrapped(&format!("  {:<8}", finding.outcome.label()), "          ", &text));
    if let Some(mend) = &finding.mend {
        let words = match mend.whom.addressee() {
            Some(addressee) => format!("({addressee}) {}", mend.words),
            None => mend.words.clone(),
        };
        lines.extend(wrapped("          → ", "            ", &words));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::{Subject, Whom};
    use crate::domain::TERMINAL_WIDTH;

    const FILE: Subject = Subject::new(Group::Environment, "file", "The file can be read");
    const QUOTA: Subject = Subject::new(Group::Icims, "quota", "Calls are left for today");

    fn report(findings: Vec<Finding>) -> Report {
        Report::of("customer 4021".into(), findings)
    }

    #[test]
    fn one_line_says_that_all_is_well() {
        let report = report(vec![QUOTA.ok("9,000 are left."), FILE.ok("It can.")]);
        assert_eq!((report.verdict.code(), report.lines(false)), (0, vec!["doctor: ok. customer 4021: 2 checks.".to_owned()]));
        let everything = report.lines(true);
        assert_eq!(everything[..2], ["environment: 1 ok".to_owned(), "  ok      file: It can.".to_owned()]);
        assert_eq!(everything.last(), report.lines(false).last());
    }

    #[test]
    fn a_failure_counts_more_than_what_is_unknown_and_a_warning_not_at_all() {
        let [warning, unknown, failed] =
            [QUOTA.warning("a", Whom::You, "b"), QUOTA.unknown("a", Whom::You, "b"), QUOTA.fail("a", Whom::You, "b")];
        for (findings, code) in [
            (vec![warning.clone()], 0),
            (vec![warning.clone(), unknown.clone()], 2),
            (vec![unknown, failed, warning], 1),
            (vec![], 2),
        ] {
            assert_eq!(report(findings.clone()).verdict.code(), code, "{findings:?}");
        }
    }

    #[test]
    fn lines_fit_a_terminal_and_end_with_the_verdict() {
        let long = "word ".repeat(60);
        let report = report(vec![QUOTA.fail(long.clone(), Whom::IcimsAdmin, long), FILE.ok("It can.")]);
        let lines = report.lines(false);
        assert!(lines.iter().all(|line| line.chars().count() <= TERMINAL_WIDTH), "{lines:#?}");
        assert!(lines.iter().any(|line| line.starts_with("          → (to the iCIMS administrator) word")), "{lines:#?}");
        assert_eq!(lines.last().map(String::as_str), Some("doctor: FAILED. customer 4021: 2 checks, 1 failed."));
    }
}
