//! A run as people read it: what was broken, with everything that is needed to mend it, and at last the verdict.

use std::fmt;

use super::difference::Difference;
use super::verification::{Breach, Outcome, Seen, Verification, Verified};
use crate::domain::wrapped;
use crate::verdict::Verdict;

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (origin, provider) in &self.left_out {
            writeln!(f, "left out: {origin} is a pact of {provider:?}")?;
        }
        for (pact, seen) in self.seen() {
            match &seen.outcome {
                Outcome::Broken(breach) => writeln!(f, "\n{}", lines("BROKEN", pact, seen, breach).join("\n"))?,
                Outcome::Pending(breach) => writeln!(f, "\n{}", lines("pending", pact, seen, breach).join("\n"))?,
                Outcome::Kept | Outcome::NotWanted | Outcome::NotReached => {}
            }
        }
        if !self.problems.is_empty() {
            writeln!(f)?;
        }
        for problem in &self.problems {
            writeln!(f, "{}", wrapped("Problem: ", "  ", problem).join("\n"))?;
        }
        if self.seen().any(|(_, seen)| seen.outcome != Outcome::Kept) || !self.problems.is_empty() {
            writeln!(f)?;
        }
        for pact in &self.pacts {
            let kept = pact.interactions.iter().filter(|seen| seen.outcome == Outcome::Kept).count();
            writeln!(f, "{}: {kept} of {} interactions of {:?} kept", pact.origin, pact.interactions.len(), pact.consumer)?;
        }
        write!(f, "{}", self.last_line())
    }
}

impl Verification {
    /// The verdict, in one line.
    #[must_use]
    pub fn last_line(&self) -> String {
        let count = |is_meant: fn(&Outcome) -> bool| self.count_of(is_meant);
        let kept = count(|outcome| *outcome == Outcome::Kept);
        let (broken, pending) =
            (count(|outcome| matches!(outcome, Outcome::Broken(_))), count(|outcome| matches!(outcome, Outcome::Pending(_))));
        let (left_out, not_reached) =
            (count(|outcome| *outcome == Outcome::NotWanted), count(|outcome| *outcome == Outcome::NotReached));
        let verdict = self.verdict();
        let mut line = format!("pact verify: {verdict}. ");
        if self.filter.is_some() {
            line.push_str("partial: ");
        }
        line.push_str(&format!("{kept} kept, {broken} broken"));
        for (count, word) in [(pending, "pending"), (not_reached, "not reached"), (left_out, "left out by the filter")] {
            if count > 0 {
                line.push_str(&format!(", {count} {word}"));
            }
        }
        line.push_str(&format!(" in {}.{} s", self.took_ms / 1000, self.took_ms % 1000 / 100));
        if verdict == Verdict::LeftOut {
            line.push_str("; a part is no success that could be published");
        }
        line
    }
}

/// A breach, with everything that is needed to mend it.
fn lines(word: &str, pact: &Verified, seen: &Seen, breach: &Breach) -> Vec<String> {
    let given = if seen.states.is_empty() { "nothing".to_owned() } else { seen.states.join(" and ") };
    let mut lines = vec![
        format!("{word}: {}", seen.description),
        format!("  given {given}"),
        format!("  {} asks, {}:{}", pact.consumer, pact.origin, seen.line),
    ];
    let block = |name: &str, all: Vec<String>| {
        std::iter::once(format!("  {name}")).chain(all.into_iter().map(|line| format!("    {line}"))).collect::<Vec<_>>()
    };
    lines.extend(breach.sent.iter().flat_map(|sent| block("sent", sent.lines())));
    let said = breach.why.iter().cloned().chain(breach.differences.iter().flat_map(Difference::lines));
    lines.extend(said.flat_map(|line| wrapped("  ", "    ", &line)));
    lines.extend(breach.answered.iter().flat_map(|answered| block("answered", answered.lines())));
    lines.push(format!("  again: {}", seen.again));
    lines
}

impl Seen {
    /// What is not kept, in a few lines without request and answer; empty when all is.
    #[must_use]
    pub fn reason(&self) -> String {
        let (Outcome::Broken(breach) | Outcome::Pending(breach)) = &self.outcome else { return String::new() };
        let differences = breach.differences.iter().flat_map(Difference::lines);
        breach.why.iter().cloned().chain(differences).collect::<Vec<_>>().join("\n")
    }

    /// Everything that is known of a breach, for a report.
    #[must_use]
    pub fn story(&self, pact: &Verified) -> String {
        match &self.outcome {
            Outcome::Broken(breach) | Outcome::Pending(breach) => lines("BROKEN", pact, self, breach).join("\n"),
            _ => String::new(),
        }
    }
}
