//! What a run has found: five criteria, each with its proofs, each proof with what was said over the wire.

use crate::harness::report::Exchange;
use crate::verdict::Verdict;

/// What was found of a proof, or of a criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// It was seen to be so.
    Shown,
    /// It was not, and what whoever builds the integration does about it.
    NotShown { why: String, next: String },
    /// There was nothing to see.
    NotApplicable { why: String },
}

impl Finding {
    pub(super) fn not_shown(why: impl Into<String>, next: impl Into<String>) -> Self {
        Self::NotShown { why: why.into(), next: next.into() }
    }

    pub(super) fn not_applicable(why: impl Into<String>) -> Self {
        Self::NotApplicable { why: why.into() }
    }

    pub(super) fn is_shown(&self) -> bool {
        matches!(self, Self::Shown)
    }

    /// As readers are told.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::NotShown { .. } => "NOT SHOWN",
            Self::NotApplicable { .. } => "not applicable",
        }
    }

    /// Its colour in the document.
    pub(super) fn tone(&self) -> &'static str {
        match self {
            Self::Shown => "good",
            Self::NotShown { .. } => "bad",
            Self::NotApplicable { .. } => "",
        }
    }

    /// Why it is not simply shown.
    pub(super) fn why(&self) -> Option<&str> {
        match self {
            Self::Shown => None,
            Self::NotShown { why, .. } | Self::NotApplicable { why } => Some(why),
        }
    }

    /// What to do about it.
    pub(super) fn next(&self) -> Option<&str> {
        match self {
            Self::NotShown { next, .. } => Some(next),
            Self::Shown | Self::NotApplicable { .. } => None,
        }
    }
}

/// One thing that was tried, and what was seen of it.
#[derive(Clone, Debug)]
pub(super) struct Proof {
    pub(super) title: String,
    pub(super) finding: Finding,
    /// What happened, in order.
    pub(super) facts: Vec<String>,
    /// What the user of iCIMS was shown.
    pub(super) read: Option<String>,
    pub(super) said: Vec<Exchange>,
}

impl Proof {
    pub(super) fn new(title: impl Into<String>, finding: Finding) -> Self {
        Self { title: title.into(), finding, facts: Vec::new(), read: None, said: Vec::new() }
    }
}

/// One of the things that iCIMS wants to see.
#[derive(Clone, Debug)]
pub(super) struct Criterion {
    pub(super) title: &'static str,
    /// What iCIMS asks for, and where that is known from.
    pub(super) asks: &'static str,
    pub(super) proofs: Vec<Proof>,
}

impl Criterion {
    /// Shown if something of it is and nothing contradicts it.
    pub(super) fn finding(&self) -> &Finding {
        static NOTHING: Finding = Finding::NotApplicable { why: String::new() };
        let first = |wanted: fn(&Finding) -> bool| self.proofs.iter().map(|proof| &proof.finding).find(|one| wanted(one));
        let contradicted = first(|one| matches!(one, Finding::NotShown { .. }));
        contradicted.or_else(|| first(Finding::is_shown)).or_else(|| first(|_| true)).unwrap_or(&NOTHING)
    }
}

/// What all criteria come to. What nobody could try is not shown, so that a run in which everything is left out is no success.
pub(super) fn verdict(criteria: &[Criterion]) -> Verdict {
    let mut findings = criteria.iter().map(Criterion::finding);
    match () {
        () if findings.clone().any(|one| matches!(one, Finding::NotShown { .. })) => Verdict::Failed,
        () if criteria.is_empty() || !findings.all(Finding::is_shown) => Verdict::LeftOut,
        () => Verdict::Passed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn criterion(findings: &[Finding]) -> Criterion {
        Criterion { title: "", asks: "", proofs: findings.iter().map(|one| Proof::new("", one.clone())).collect() }
    }

    #[test]
    fn one_proof_that_fails_outweighs_those_that_do_not_and_one_that_could_not_be_tried_is_no_proof() {
        let (not_shown, left_out) = (Finding::not_shown("why", "next"), Finding::not_applicable("why"));
        for (findings, wanted) in [
            (vec![Finding::Shown], Verdict::Passed),
            (vec![left_out.clone(), Finding::Shown], Verdict::Passed),
            (vec![Finding::Shown, not_shown], Verdict::Failed),
            (vec![left_out], Verdict::LeftOut),
            (vec![], Verdict::LeftOut),
        ] {
            let criteria = [criterion(&[Finding::Shown]), criterion(&findings)];
            assert_eq!(verdict(&criteria), wanted, "{findings:?}");
        }
        assert_eq!(verdict(&[]), Verdict::LeftOut);
    }
}
