//! JUnit XML as Jenkins and Surefire read it: a suite for each feature, a case for each scenario. A scenario that passed at a later try
//! passes and has its failures as `flakyFailure`; one that failed each time has the later ones as `rerunFailure` (Surefire's reruns).

use std::fmt::Write as _;

use jiff::SignedDuration;

use super::run::{Attempt, Feature, Rule, Run, Scenario, Status, StepResult};

/// The document.
pub(super) fn document(run: &Run) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let all: Vec<_> = run.scenarios().map(|(_, _, scenario)| scenario).collect();
    let (tests, failures) = (all.len() + run.problems.len().min(1), run.count(Status::Failed));
    let errors = run.problems.len().min(1);
    put(&mut xml, "<testsuites");
    attribute(&mut xml, "name", "harver-icims check");
    attribute(&mut xml, "time", &seconds(run.took()));
    for (name, count) in [("tests", tests), ("failures", failures), ("errors", errors)] {
        attribute(&mut xml, name, &count.to_string());
    }
    put(&mut xml, ">\n");
    run.features.iter().for_each(|feature| suite(&mut xml, feature));
    if !run.problems.is_empty() {
        problems(&mut xml, &run.problems);
    }
    put(&mut xml, "</testsuites>\n");
    xml
}

fn suite(xml: &mut String, feature: &Feature) {
    let scenarios: Vec<_> =
        feature.groups.iter().flat_map(|group| group.scenarios.iter().map(|one| (group.rule.as_ref(), one))).collect();
    let count = |status| scenarios.iter().filter(|(_, scenario)| scenario.status() == status).count();
    let took = scenarios.iter().map(|(_, scenario)| scenario.took()).fold(SignedDuration::ZERO, SignedDuration::saturating_add);
    let began = scenarios.iter().filter_map(|(_, scenario)| scenario.attempts.first()?.began).min();
    put(xml, "  <testsuite");
    attribute(xml, "name", &feature.name);
    for (name, count) in
        [("tests", scenarios.len()), ("failures", count(Status::Failed)), ("errors", 0), ("skipped", count(Status::NotRun))]
    {
        attribute(xml, name, &count.to_string());
    }
    attribute(xml, "time", &seconds(took));
    if let Some(began) = began {
        attribute(xml, "timestamp", &began.strftime("%Y-%m-%dT%H:%M:%S").to_string());
    }
    put(xml, ">\n");
    scenarios.iter().for_each(|(rule, scenario)| case(xml, feature, *rule, scenario));
    put(xml, "  </testsuite>\n");
}

fn case(xml: &mut String, feature: &Feature, rule: Option<&Rule>, scenario: &Scenario) {
    let name = rule.map_or_else(|| scenario.name.clone(), |rule| format!("{} / {}", rule.name, scenario.name));
    put(xml, "    <testcase");
    attribute(xml, "name", &name);
    attribute(xml, "classname", &feature.name);
    attribute(xml, "time", &seconds(scenario.took()));
    put(xml, ">\n");
    match scenario.attempts.split_last() {
        None => {
            // As text: the oldest schema in use knows no attributes here.
            put(xml, "      <skipped>");
            text(xml, scenario.why_not_run());
            put(xml, "</skipped>\n");
        }
        Some((last, earlier)) if last.passed() => {
            earlier.iter().for_each(|attempt| failed(xml, "flakyFailure", attempt));
            output(xml, feature, scenario, last);
        }
        Some((last, earlier)) => {
            // The first failure is the case's own, the others are those of its reruns.
            let mut attempts = earlier.iter().chain([last]);
            attempts.next().into_iter().for_each(|attempt| failed(xml, "failure", attempt));
            attempts.for_each(|attempt| failed(xml, "rerunFailure", attempt));
            output(xml, feature, scenario, last);
        }
    }
    put(xml, "    </testcase>\n");
}

fn failed(xml: &mut String, element: &str, attempt: &Attempt) {
    put(xml, &format!("      <{element}"));
    attribute(xml, "message", &attempt.reason().unwrap_or_default());
    attribute(xml, "type", attempt.blame().map_or("", |blame| blame.label()));
    put(xml, ">");
    // A rerun has its trace in an element of its own; a failure is its own trace.
    let (open, close) = if element == "failure" { ("", "") } else { ("<stackTrace>", "</stackTrace>") };
    put(xml, open);
    text(xml, &trace(attempt));
    put(xml, close);
    put(xml, &format!("</{element}>\n"));
}

fn output(xml: &mut String, feature: &Feature, scenario: &Scenario, attempt: &Attempt) {
    put(xml, "      <system-out>");
    text(xml, &format!("{}:{}\n{}", feature.file, scenario.line, steps(attempt)));
    put(xml, "</system-out>\n");
}

fn problems(xml: &mut String, problems: &[String]) {
    put(xml, "  <testsuite name=\"The run itself\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\" time=\"0.000\">\n");
    put(
        xml,
        "    <testcase name=\"Nothing around the scenarios goes wrong\" classname=\"The run itself\" time=\"0.000\">\n      <error",
    );
    attribute(xml, "message", &problems.join(" "));
    put(xml, " type=\"the run\"/>\n    </testcase>\n  </testsuite>\n");
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

fn put(xml: &mut String, markup: &str) {
    xml.push_str(markup);
}

fn attribute(xml: &mut String, name: &str, value: &str) {
    put(xml, &format!(" {name}=\""));
    value.chars().for_each(|letter| match letter {
        '"' => put(xml, "&quot;"),
        '\n' | '\t' => put(xml, &format!("&#{};", letter as u32)),
        _ => escaped(xml, letter),
    });
    put(xml, "\"");
}

fn text(xml: &mut String, value: &str) {
    value.chars().for_each(|letter| escaped(xml, letter));
}

fn escaped(xml: &mut String, letter: char) {
    match letter {
        '&' => put(xml, "&amp;"),
        '<' => put(xml, "&lt;"),
        '>' => put(xml, "&gt;"),
        // XML 1.0 has no way to write these, not even as a reference (section 2.2).
        '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => xml.push('\u{fffd}'),
        '\r' => put(xml, "&#13;"),
        _ => xml.push(letter),
    }
}
