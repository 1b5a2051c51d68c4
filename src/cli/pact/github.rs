//! Contracts as GitHub Actions shows them.

use std::fmt::Write as _;

use crate::cli::github::{self, Annotation, block, escaped};
use crate::pact::{Outcome, Verification};

/// An annotation for each interaction that is not kept, a line each.
pub(super) fn annotations(verification: &Verification) -> String {
    let of_run = |message: String| Annotation { title: "pact verify".into(), message, ..Annotation::default() };
    let mut all: Vec<Annotation> = Vec::new();
    for (pact, seen) in verification.seen() {
        let is_warning = match seen.outcome {
            Outcome::Broken(_) => false,
            Outcome::Pending(_) => true,
            Outcome::Kept | Outcome::NotWanted | Outcome::NotReached => continue,
        };
        all.push(Annotation {
            place: Some((pact.origin.clone(), seen.line.to_string())),
            title: format!("{}, given {}", seen.description, seen.states.join(" and ")),
            message: seen.reason(),
            is_warning,
        });
    }
    all.extend(verification.problems.iter().map(|problem| of_run(problem.clone())));
    github::lines(&all, "pact verify")
}

/// The run, for the page of the workflow.
pub(super) fn summary(verification: &Verification) -> String {
    let mut text = format!("### Contracts of {}\n\n{}\n", escaped(&verification.provider), escaped(&verification.last_line()));
    for (pact, seen) in verification.seen() {
        let reason = seen.reason();
        if !reason.is_empty() {
            let given = escaped(&seen.states.join(" and "));
            let _ = write!(
                text,
                "\n**{}**, given {given} ({})\n{}",
                escaped(&seen.description),
                escaped(&pact.origin),
                block(&reason)
            );
        }
    }
    for problem in &verification.problems {
        let _ = write!(text, "\n{}", block(problem));
    }
    text.push('\n');
    text
}
