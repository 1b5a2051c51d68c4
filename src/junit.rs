//! JUnit XML as Jenkins and Surefire read it. What the suites and cases are is for those to say who have run something.

use jiff::{SignedDuration, Timestamp};

/// A run.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// What was run.
    pub name: String,
    /// How long it took.
    pub took: SignedDuration,
    /// Its suites.
    pub suites: Vec<Suite>,
}

/// Cases that belong together.
#[derive(Clone, Debug)]
pub(crate) struct Suite {
    /// What they have in common.
    pub name: String,
    /// How long they took.
    pub took: SignedDuration,
    /// When the first of them began.
    pub began: Option<Timestamp>,
    /// The cases.
    pub cases: Vec<Case>,
}

/// One thing that was tried.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// What it is.
    pub name: String,
    /// What it is a part of, by which tools group.
    pub class: String,
    /// How long it took.
    pub took: SignedDuration,
    /// What came of it: nothing when it passed at once.
    pub parts: Vec<Part>,
    /// What it said.
    pub output: Option<String>,
}

/// What came of a case, or of one of its tries.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// It was not run, and why.
    Skipped(String),
    /// It failed.
    Failure(Fault),
    /// It failed again when it was tried again (Surefire).
    RerunFailure(Fault),
    /// It failed before it passed (Surefire).
    FlakyFailure(Fault),
    /// It could not be run.
    Error(Fault),
}

/// A failure.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// What happened, in short.
    pub message: String,
    /// What it speaks against.
    pub kind: String,
    /// Everything that is known of it; may be empty.
    pub trace: String,
}

impl Case {
    fn is(&self, is_meant: fn(&Part) -> bool) -> bool {
        self.parts.iter().any(is_meant)
    }
}

impl Suite {
    fn count(&self, is_meant: fn(&Part) -> bool) -> usize {
        self.cases.iter().filter(|case| case.is(is_meant)).count()
    }
}

fn is_failure(part: &Part) -> bool {
    matches!(part, Part::Failure(_))
}

fn is_error(part: &Part) -> bool {
    matches!(part, Part::Error(_))
}

fn is_skipped(part: &Part) -> bool {
    matches!(part, Part::Skipped(_))
}

impl Document {
    /// The text of the file.
    #[must_use]
    pub(crate) fn xml(&self) -> String {
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let sum = |of: fn(&Suite) -> usize| self.suites.iter().map(of).sum::<usize>();
        put(&mut xml, "<testsuites");
        attribute(&mut xml, "name", &self.name);
        attribute(&mut xml, "time", &seconds(self.took));
        attribute(&mut xml, "tests", &sum(|suite| suite.cases.len()).to_string());
        attribute(&mut xml, "failures", &sum(|suite| suite.count(is_failure)).to_string());
        attribute(&mut xml, "errors", &sum(|suite| suite.count(is_error)).to_string());
        put(&mut xml, ">\n");
        self.suites.iter().for_each(|one| suite(&mut xml, one));
        put(&mut xml, "</testsuites>\n");
        xml
    }
}

fn suite(xml: &mut String, suite: &Suite) {
    put(xml, "  <testsuite");
    attribute(xml, "name", &suite.name);
    attribute(xml, "tests", &suite.cases.len().to_string());
    attribute(xml, "failures", &suite.count(is_failure).to_string());
    attribute(xml, "errors", &suite.count(is_error).to_string());
    attribute(xml, "skipped", &suite.count(is_skipped).to_string());
    attribute(xml, "time", &seconds(suite.took));
    if let Some(began) = suite.began {
        attribute(xml, "timestamp", &began.strftime("%Y-%m-%dT%H:%M:%S").to_string());
    }
    put(xml, ">\n");
    suite.cases.iter().for_each(|one| case(xml, one));
    put(xml, "  </testsuite>\n");
}

fn case(xml: &mut String, case: &Case) {
    put(xml, "    <testcase");
    attribute(xml, "name", &case.name);
    attribute(xml, "classname", &case.class);
    attribute(xml, "time", &seconds(case.took));
    put(xml, ">\n");
    case.parts.iter().for_each(|one| part(xml, one));
    if let Some(output) = &case.output {
        put(xml, "      <system-out>");
        text(xml, output);
        put(xml, "</system-out>\n");
    }
    put(xml, "    </testcase>\n");
}

fn part(xml: &mut String, part: &Part) {
    // A rerun has its trace in an element of its own; a failure is its own trace.
    let nested = ("<stackTrace>", "</stackTrace>");
    let (element, fault, (open, close)) = match part {
        Part::Skipped(why) => {
            // As text: the oldest schema in use knows no attributes here.
            put(xml, "      <skipped>");
            text(xml, why);
            return put(xml, "</skipped>\n");
        }
        Part::Failure(fault) => ("failure", fault, ("", "")),
        Part::Error(fault) => ("error", fault, ("", "")),
        Part::RerunFailure(fault) => ("rerunFailure", fault, nested),
        Part::FlakyFailure(fault) => ("flakyFailure", fault, nested),
    };
    put(xml, &format!("      <{element}"));
    attribute(xml, "message", &fault.message);
    attribute(xml, "type", &fault.kind);
    if fault.trace.is_empty() {
        return put(xml, "/>\n");
    }
    put(xml, &format!(">{open}"));
    text(xml, &fault.trace);
    put(xml, &format!("{close}</{element}>\n"));
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
