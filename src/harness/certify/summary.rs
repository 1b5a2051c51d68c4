//! What a run has found, on a terminal: within 80 columns, without colours.

use std::fmt::{self, Display, Formatter};

use super::Certificate;
use super::finding::Finding;
use crate::harness::runner::wrapped;

impl Display for Certificate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (number, criterion) in (1..).zip(&self.criteria) {
            writeln!(f, "{number}  {:<42} {}", criterion.title, criterion.finding().label())?;
            for proof in &criterion.proofs {
                match &proof.finding {
                    Finding::Shown => {}
                    Finding::NotShown { why, next } => {
                        wrapped(f, "     ", &format!("{}: {why}.", proof.title))?;
                        wrapped(f, "     ", &format!("→ {next}"))?;
                    }
                    Finding::NotApplicable { why } => {
                        wrapped(f, "     ", &format!("{}: not applicable, as {why}.", proof.title))?;
                    }
                }
            }
        }
        let shown = self.criteria.iter().filter(|criterion| criterion.finding().is_shown()).count();
        let all = self.criteria.len();
        write!(f, "\ncertify: {}. {shown} of {all} shown in {:.1} s", self.verdict(), self.about.took.as_secs_f64())
    }
}
