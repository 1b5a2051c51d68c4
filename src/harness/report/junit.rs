//! The scenarios as JUnit XML: a suite for each feature, a case for each scenario. A scenario that passed at a later try passes and has
//! its failures as `flakyFailure`; one that failed each time has the later ones as `rerunFailure` (Surefire's reruns).

use std::fmt::Write as _;

use jiff::SignedDuration;

use super::run::{Attempt, Feature, Rule, Run, Scenario, StepResult};
use crate::junit::{Case, Document, Fault, Part, Suite};

/// The document.
pub(super) fn document(run: &Run) -> String {
    let mut suites: Vec<Suite> = run.features.iter().map(suite).collect();
    if !run.problems.is_empty() {
        suites.push(problems(&run.problems));
    }
    Document { name: "harver-icims check".into(), took: run.took(), suites }.xml()
}

fn suite(feature: &Feature) -> Suite {
    let scenarios: Vec<_> =
        feature.groups.iter().flat_map(|group| group.scenarios.iter().map(|one| (group.rule.as_ref(), one))).collect();
    Suite {
        name: feature.name.clone(),
        took: scenarios.iter().map(|(_, scenario)| scenario.took()).fold(SignedDuration::ZERO, SignedDuration::saturating_add),
        began: scenarios.iter().filter_map(|(_, scenario)| scenario.attempts.first()?.began).min(),
        cases: scenarios.iter().map(|(rule, scenario)| case(feature, *rule, scenario)).collect(),
    }
}

fn case(feature: &Feature, rule: Option<&Rule>, scenario: &Scenario) -> Case {
    let parts = match scenario.attempts.split_last() {
        None => vec![Part::Skipped(scenario.why_not_run().to_owned())],
        Some((last, earlier)) if last.passed() => earlier.iter().map(|attempt| Part::FlakyFailure(fault(attempt))).collect(),
        Some((last, earlier)) => {
            // The first failure is the case's own, the others are those of its reruns.
            let mut attempts = earlier.iter().chain([last]).map(fault);
            let first = attempts.next().into_iter().map(Part::Failure);
            first.chain(attempts.map(Part::RerunFailure)).collect()
        }
    };
    let output = |attempt: &Attempt| format!("{}:{}\n{}", feature.file, scenario.line, steps(attempt));
    Case {
        name: rule.map_or_else(|| scenario.name.clone(), |rule| format!("{} / {}", rule.name, scenario.name)),
        class: feature.name.clone(),
        took: scenario.took(),
        parts,
        output: scenario.attempts.last().map(output),
    }
}

fn fault(attempt: &Attempt) -> Fault {
    Fault {
        message: attempt.reason().unwrap_or_default(),
        kind: attempt.blame().map_or("", |blame| blame.label()).to_owned(),
        trace: trace(attempt),
    }
}

fn problems(problems: &[String]) -> Suite {
    let fault = Fault { message: problems.join(" "), kind: "the run".into(), trace: String::new() };
    let case = Case {
        name: "Nothing around the scenarios goes wrong".into(),
        class: "The run itself".into(),
        took: SignedDuration::ZERO,
        parts: vec![Part::Error(fault)],
        output: None,
    };
    Suite { name: "The run itself".into(), took: SignedDuration::ZERO, began: None, cases: vec![case] }
}

/// The steps as they went, and what was said about the failure.
pub(super) fn trace(attempt: &Attempt) -> String {
    let mut trace = steps(attempt);
    let failed = attempt.steps.iter().filter_map(|step| match &step.result {
        StepResult::Failed(failure) => Some((failure, step.defined_at.as_deref())),
        _ => None,
    });
    for (failure, place) in failed.chain(attempt.hooks.iter().map(|failure| (failure, None))) {
        write!(trace, "\n{}\n", failure.message).expect("text can be written");
        failure.causes.iter().for_each(|cause| writeln!(trace, "  because {cause}").expect("text can be written"));
        place.iter().for_each(|place| writeln!(trace, "  in {place}").expect("text can be written"));
    }
    trace
}

fn steps(attempt: &Attempt) -> String {
    let lines = attempt.steps.iter().map(|step| {
        let mark = match step.result {
            StepResult::Passed => "passed",
            StepResult::Failed(_) => "FAILED",
            StepResult::Undefined => "undefined",
            StepResult::Ambiguous(_) => "ambiguous",
            StepResult::Skipped => "skipped",
            StepResult::Unfinished => "unfinished",
        };
        format!("{mark:<10} {} {} ({})\n", step.written.keyword, step.written.text, seconds(step.took))
    });
    lines.collect()
}

fn seconds(took: SignedDuration) -> String {
    format!("{:.3}", took.as_secs_f64())
}
