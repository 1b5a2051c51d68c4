//! The run as Cucumber messages, a line of JSON each: what Cucumber's own HTML formatter and others take. The shapes are those of
//! `@cucumber/messages` 34; `.ci/reports` holds them against its schema.

mod documents;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::failure::Failure;
use super::run::{Attempt, Run, Scenario, Seen, Step, StepResult};
use documents::{Ids, Pickled};

/// The version of the messages.
const PROTOCOL: &str = "34.2.1";
/// The one run of a file.
const RUN: &str = "run";

/// All messages, each on a line.
pub(super) fn lines(run: &Run) -> String {
    let mut out = Lines::default();
    let began = run.began.unwrap_or(Timestamp::UNIX_EPOCH);
    let product = |name: &str, version: &str| json!({ "name": name, "version": version });
    out.put(
        "meta",
        json!({
            "protocolVersion": PROTOCOL,
            "implementation": product("harver-icims", env!("CARGO_PKG_VERSION")),
            "runtime": product("rust", env!("CARGO_PKG_RUST_VERSION")),
            "os": { "name": std::env::consts::OS },
            "cpu": { "name": std::env::consts::ARCH },
        }),
    );
    let mut ids = Ids::default();
    let mut pickled = Vec::new();
    for feature in &run.features {
        if let Some(source) = &feature.source {
            out.put("source", json!({ "uri": feature.file, "data": source, "mediaType": "text/x.cucumber.gherkin+plain" }));
        }
        let (document, pickles) = documents::of(feature, &mut ids);
        out.put("gherkinDocument", document);
        for (pickle, message) in pickles {
            out.put("pickle", message);
            pickled.push(pickle);
        }
    }
    for (place, pattern) in &run.patterns {
        out.put(
            "stepDefinition",
            json!({
                "id": place, "pattern": { "source": pattern, "type": "REGULAR_EXPRESSION" }, "sourceReference": reference(place),
            }),
        );
    }
    out.put(
        "hook",
        json!({
            "id": "around", "name": "Enter and leave the world", "type": "AFTER_TEST_CASE",
            "sourceReference": { "uri": "src/harness/runner/mod.rs" },
        }),
    );
    out.put("testRunStarted", json!({ "id": RUN, "timestamp": moment(began) }));
    for one in &pickled {
        out.put("testCase", test_case(one));
    }
    for one in &pickled {
        out.case(one, began);
    }
    let ended = moment(run.ended.unwrap_or(began));
    let mut finished = json!({ "testRunStartedId": RUN, "success": run.is_success(), "timestamp": ended });
    if !run.problems.is_empty() {
        finished["message"] = run.problems.join("\n").into();
    }
    out.put("testRunFinished", finished);
    out.0
}

/// The lines so far.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn put(&mut self, kind: &str, message: Value) {
        self.0.push_str(&json!({ kind: message }).to_string());
        self.0.push('\n');
    }

    fn case(&mut self, one: &Pickled<'_>, began: Timestamp) {
        let attempts = &one.scenario.attempts;
        if attempts.is_empty() {
            let left_out = Attempt { began: Some(began), ended: Some(began), ..Attempt::default() };
            return self.attempt(one, 0, &left_out, false);
        }
        for (number, attempt) in attempts.iter().enumerate() {
            self.attempt(one, number, attempt, number + 1 < attempts.len());
        }
    }

    fn attempt(&mut self, one: &Pickled<'_>, number: usize, attempt: &Attempt, again: bool) {
        let began = attempt.began.unwrap_or(Timestamp::UNIX_EPOCH);
        let case = format!("{}-attempt-{number}", one.id);
        self.put(
            "testCaseStarted",
            json!({
                "id": case, "testCaseId": test_case_id(one), "attempt": number, "timestamp": moment(began),
            }),
        );
        let mut at = began;
        let shown_at = attempt.steps.len().saturating_sub(1);
        for (place, id) in one.step_ids.iter().enumerate() {
            let step = attempt.steps.get(place);
            at = step.and_then(|step| step.began).unwrap_or(at);
            self.put(
                "testStepStarted",
                json!({ "testCaseStartedId": case, "testStepId": test_step(id), "timestamp": moment(at) }),
            );
            if place == shown_at {
                self.attachments(&attempt.seen, &case, &test_step(id), at);
            }
            at = step.map_or(at, |step| at + step.took);
            let result = step.map_or_else(|| not_reached(one.scenario, place), result);
            self.finish_step(&case, &test_step(id), &result, at);
        }
        if one.has_hook() {
            let id = hook_step(one);
            self.put("testStepStarted", json!({ "testCaseStartedId": case, "testStepId": id, "timestamp": moment(at) }));
            let result = match attempt.hooks.as_slice() {
                [] => json!({ "status": "PASSED", "duration": duration(SignedDuration::ZERO) }),
                failures => failed("FAILED", failures, SignedDuration::ZERO),
            };
            self.finish_step(&case, &id, &result, at);
        }
        let ended = attempt.ended.unwrap_or(at).max(at);
        self.put("testCaseFinished", json!({ "testCaseStartedId": case, "willBeRetried": again, "timestamp": moment(ended) }));
    }

    fn finish_step(&mut self, case: &str, step: &str, result: &Value, at: Timestamp) {
        self.put(
            "testStepFinished",
            json!({
                "testCaseStartedId": case, "testStepId": step, "testStepResult": result, "timestamp": moment(at),
            }),
        );
    }

    fn attachments(&mut self, seen: &Seen, case: &str, step: &str, at: Timestamp) {
        let mut put = |name: &str, media_type: &str, encoding: &str, body: String| {
            self.put(
                "attachment",
                json!({
                    "testCaseStartedId": case, "testStepId": step, "fileName": name, "mediaType": media_type,
                    "contentEncoding": encoding, "body": body, "timestamp": moment(at),
                }),
            );
        };
        for picture in &seen.pictures {
            put(&picture.name, picture.media_type, "BASE64", STANDARD.encode(&picture.bytes));
        }
        for mail in &seen.mails {
            let body = format!("From: {}\nTo: {}\nSubject: {}\n\n{}", mail.from, mail.to.join(", "), mail.subject, mail.text);
            put(&format!("Mail: {}", mail.subject), "text/plain", "IDENTITY", body);
        }
        for page in &seen.pages {
            put(&format!("Page of {}: {}", page.whose, page.address), "text/plain", "IDENTITY", page.html.clone());
        }
        if !seen.exchanges.is_empty() {
            let body = serde_json::to_string(&seen.exchanges).expect("exchanges are plain data");
            put("exchanges.json", "application/json", "IDENTITY", body);
        }
    }
}

fn test_case_id(one: &Pickled<'_>) -> String {
    format!("{}-case", one.id)
}

fn test_step(pickle_step: &str) -> String {
    format!("{pickle_step}-run")
}

fn hook_step(one: &Pickled<'_>) -> String {
    format!("{}-hook", one.id)
}

/// What is to be done for a scenario, with the code of each step that is known to have one.
fn test_case(one: &Pickled<'_>) -> Value {
    let defined = |place: usize| {
        let steps = one.scenario.attempts.iter().filter_map(move |attempt| attempt.steps.get(place));
        steps.filter_map(|step| step.defined_at.as_deref()).take(1).collect::<Vec<_>>()
    };
    let steps = one.step_ids.iter().enumerate().map(|(place, id)| {
        let definitions = defined(place);
        let no_arguments: Vec<Value> = definitions.iter().map(|_| json!({ "stepMatchArguments": [] })).collect();
        json!({
            "id": test_step(id), "pickleStepId": id, "stepDefinitionIds": definitions, "stepMatchArgumentsLists": no_arguments,
        })
    });
    let hook = one.has_hook().then(|| json!({ "id": hook_step(one), "hookId": "around" }));
    let steps: Vec<Value> = steps.chain(hook).collect();
    json!({ "id": test_case_id(one), "pickleId": one.id, "testRunStartedId": RUN, "testSteps": steps })
}

fn result(step: &Step) -> Value {
    let took = step.took;
    match &step.result {
        StepResult::Passed => json!({ "status": "PASSED", "duration": duration(took) }),
        StepResult::Skipped => json!({ "status": "SKIPPED", "duration": duration(took) }),
        StepResult::Undefined => json!({ "status": "UNDEFINED", "duration": duration(took) }),
        StepResult::Unfinished => json!({ "status": "UNKNOWN", "duration": duration(took) }),
        StepResult::Ambiguous(why) => json!({ "status": "AMBIGUOUS", "duration": duration(took), "message": why }),
        StepResult::Failed(failure) => failed("FAILED", std::slice::from_ref(failure), took),
    }
}

fn not_reached(scenario: &Scenario, place: usize) -> Value {
    let mut result = json!({ "status": "SKIPPED", "duration": duration(SignedDuration::ZERO) });
    if scenario.attempts.is_empty() && place == 0 {
        result["message"] = format!("Not run: {}", scenario.why_not_run()).into();
    }
    result
}

fn failed(status: &str, failures: &[Failure], took: SignedDuration) -> Value {
    let told: Vec<String> = failures.iter().map(Failure::whole).collect();
    let told = told.join("\n");
    json!({ "status": status, "duration": duration(took), "message": told, "exception": { "type": "Failure", "message": told } })
}

fn reference(place: &str) -> Value {
    let (file, line) = place.rsplit_once(':').unwrap_or((place, "1"));
    json!({ "uri": file, "location": { "line": line.parse::<u64>().unwrap_or(1) } })
}

fn moment(at: Timestamp) -> Value {
    json!({ "seconds": at.as_second(), "nanos": at.subsec_nanosecond() })
}

fn duration(took: SignedDuration) -> Value {
    json!({ "seconds": took.as_secs(), "nanos": took.subsec_nanos() })
}
