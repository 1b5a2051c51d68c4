//! `certify` is never falsely green: one deliberate mistake each, of the vendor or of whoever calls the command, which makes it end with a
//! code that is not 0 and with a sentence that names the mistake.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::program::{Program, until, visitor};
use crate::vendor::{AGENT, Fault, Vendor};

/// A message with everything in it but the name of the field.
const UNNAMED: &str = "Little Vendor misses something of this candidate. Enter it, then try again.";
const TRACE: &str = "Please try again. java.lang.IllegalStateException: duplicate\n\tat vendor.Invite.send(Invite.java:17)";

/// A sandbox that is connected to the vendor, and the vendor.
pub(crate) async fn connected(arguments: &[&str]) -> (Program, Vendor) {
    let vendor = Vendor::start().await;
    let sandbox = ["sandbox", "--port", "0", "--integration-url", vendor.url()];
    (Program::start([&sandbox, arguments].concat()), vendor)
}

/// A fresh customer of both, with its keys.
pub(crate) async fn customer(sandbox: &Program, vendor: &Vendor, fault: Fault) -> Value {
    let address = format!("{}/__sandbox/customers", sandbox.text("control", "base_url"));
    let keys = visitor().post(address).json(&json!({"name": "Brightwater Foods"})).send().await;
    let keys: Value = keys.expect("an answer").json().await.expect("JSON");
    vendor.take_on(&keys, fault);
    keys
}

/// Changes what iCIMS does with the vendor of a customer.
async fn change(sandbox: &Program, keys: &Value, path: &str, change: Value) {
    let customer = keys["icims"]["customer_id"].as_str().expect("an id");
    let address = format!("{}/__sandbox/customers/{customer}/{path}", sandbox.text("control", "base_url"));
    let answer = visitor().patch(address).json(&change).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.text().await.expect("text"));
}

/// `certify` with what is in this file.
pub(crate) fn command(folder: &Path, environment: &str, arguments: &[&str]) -> Command {
    fs::write(folder.join("env"), environment).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    command.args(["certify", "--out", "out", "--env", "env", "--patience", "2"]).args(arguments);
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// Runs it to its end: the code, and what was said, wherever lines were broken.
pub(crate) fn said(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().expect("it runs");
    let said = [output.stderr, output.stdout].concat();
    (output.status.code(), String::from_utf8_lossy(&said).split_whitespace().collect::<Vec<_>>().join(" "))
}

fn check(what: &str, command: &mut Command, code: i32, says: &str) {
    assert_eq!(wrong(what, command, code, says), None);
}

/// What is not as it should be.
fn wrong(what: &str, command: &mut Command, code: i32, says: &str) -> Option<String> {
    let (found, said) = said(command);
    let is_right = found == Some(code) && said.contains(says);
    (!is_right).then(|| format!("{what}: {found:?}, not {code} with {says:?}:\n{said}\n"))
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_a_vendor_does_wrong_is_not_shown_and_told() {
    let (sandbox, vendor) = connected(&[]).await;
    let cases = [
        (Fault::DuplicateStatus(200), "the duplicate was accepted with the status 200"),
        (Fault::DuplicateStatus(500), "the duplicate was refused with the status 500, not with 400"),
        (Fault::DuplicateBody(""), "the answer is empty"),
        (Fault::DuplicateBody("<html><h1>Bad Request</h1></html>"), "the answer is HTML"),
        (Fault::DuplicateBody("{\"message\": \"duplicate\"}"), "the answer has no error.userMessage"),
        (Fault::DuplicateMessage(""), "its message is empty"),
        (Fault::DuplicateMessage("{\"code\": 17, \"candidate\": 4}"), "its message is raw JSON"),
        (Fault::DuplicateMessage(TRACE), "its message is what a program says to its author"),
        (Fault::DuplicateMessage("Duplicate order."), "its message is too short"),
        (Fault::DuplicateScored, "the duplicate was refused, and all the same iCIMS shows 2 rows of results"),
        (Fault::EmailMessage(UNNAMED), "the message does not name the field, which this customer calls \"Reply-to mail\""),
        (Fault::EmailMessage("The e-mail address is missing. Enter it, then try again."), "the message does not name the field"),
        (Fault::EmailMessage("Enter {{person.mail}}, then try it again."), "iCIMS knows no field {{person.mail}}"),
        (Fault::EmailTaken, "a request without Reply-to mail was accepted with the status 200"),
        (Fault::EmailScored, "without Reply-to mail was refused, and all the same iCIMS shows 1 row of results"),
        (Fault::PackageTaken, "a request without Chosen screening was accepted with the status 200"),
        (Fault::NoResult, "no result was written to workflow"),
        (Fault::StaysAt("In-Progress"), "the row says \"In-Progress\" and none was complete within 2 s"),
        (Fault::StaysAt("Incomplete"), "the integration reported the assessment as Incomplete"),
        (Fault::OtherCandidate, "of which iCIMS had told it nothing"),
        (Fault::TwoRows, "2 rows were written for one order"),
        (Fault::ChangesJob, "PATCH /customers/{id}/jobs/{id} of jobtitle"),
        (Fault::NoLink, "answered without a link, so that the candidate is led nowhere"),
        (Fault::DeadLink, "no result was written to workflow"),
        (Fault::Status(500), "the event was answered with 500"),
        (Fault::Status(401), "the event was answered with 401"),
        (Fault::Hangs, "an event got no answer within"),
        (Fault::Silent, "the integration did not call iCIMS at all"),
    ];
    let mut ready = Vec::new();
    for (fault, says) in cases {
        let keys = customer(&sandbox, &vendor, fault).await;
        match fault {
            Fault::ChangesJob => {
                let user = keys["icims"]["username"].as_str().expect("a name");
                change(&sandbox, &keys, &format!("users/{user}"), json!({"hidden_types": ["jobs"]})).await;
            }
            Fault::Hangs => change(&sandbox, &keys, "connection", json!({"timeout_seconds": 1})).await,
            _ => {}
        }
        ready.push((fault, says, keys.to_string()));
    }
    let problems: Vec<String> = tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            let shares = ready.chunks(ready.len().div_ceil(3));
            let running: Vec<_> =
                shares.map(|share| scope.spawn(move || share.iter().filter_map(judged_wrongly).collect::<Vec<_>>())).collect();
            running.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
        })
    });
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What is not as it should be with one fault.
fn judged_wrongly((fault, says, keys): &(Fault, &str, String)) -> Option<String> {
    let folder = folder();
    let problem = wrong(&format!("{fault:?}"), &mut command(folder.path(), keys, &[]), 1, says);
    let markdown = fs::read_to_string(folder.path().join("out/evidence.md")).expect("the evidence");
    let is_told = markdown.starts_with("# iCIMS approval evidence: Not shown");
    problem.or_else(|| (!is_told).then(|| format!("{fault:?}: {markdown}")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_cannot_be_tried_is_incomplete_and_what_is_not_for_the_vendor_is_left_out() {
    let (sandbox, vendor) = connected(&[]).await;
    let folder = folder();
    let keys = customer(&sandbox, &vendor, Fault::NoLink).await;
    change(&sandbox, &keys, "connection", json!({"inline": false})).await;
    let says = "applications on the portal do not lead to this vendor (Admin, Event Notifications). 2";
    check("no portal", &mut command(folder.path(), &keys.to_string(), &[]), 0, says);
    let keys = customer(&sandbox, &vendor, Fault::Nothing).await;
    change(&sandbox, &keys, "connection", json!({"trigger": null})).await;
    let says = "certify: INCOMPLETE. 3 of 5 shown";
    check("portal only", &mut command(folder.path(), &keys.to_string(), &[]), 3, says);
    change(&sandbox, &keys, "connection", json!({"inline": false})).await;
    let says = "neither a status nor the portal leads to a vendor";
    check("nothing leads there", &mut command(folder.path(), &keys.to_string(), &[]), 2, says);
    change(&sandbox, &keys, "connection", json!({"enabled": false})).await;
    check("switched off", &mut command(folder.path(), &keys.to_string(), &[]), 2, "tells no vendor of anything: switch it on");
    assert!(!folder.path().join("out/evidence.html").exists(), "what is there would pass for this run's");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_program_under_another_name_and_a_clock_that_stands_still_are_told() {
    let (sandbox, vendor) = connected(&["--integration-agent", "somebody-else"]).await;
    let (folder, keys) = (folder(), customer(&sandbox, &vendor, Fault::Nothing).await);
    let says = format!("iCIMS was called by {AGENT}, and by nobody who is known as the integration");
    check("another name", &mut command(folder.path(), &keys.to_string(), &[]), 1, &says);
    let clock = format!("{}/__sandbox/clock", sandbox.text("control", "base_url"));
    let frozen = visitor().post(clock).json(&json!({"frozen": true})).send().await.expect("an answer");
    assert!(frozen.status().is_success());
    check("a frozen clock", &mut command(folder.path(), &keys.to_string(), &[]), 1, "the sandbox's clock stands still");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_at_the_vendors_address_is_told() {
    let sandbox = Program::start(["sandbox", "--port", "0", "--integration-url", "http://127.0.0.1:9"]);
    let (folder, keys) = (folder(), sandbox.ready().to_string());
    check("nobody", &mut command(folder.path(), &keys, &[]), 1, "the integration gave no answer at http://127.0.0.1:9/");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_nobody_can_have_meant_is_refused_with_the_code_2() {
    let (sandbox, vendor) = connected(&[]).await;
    let keys = customer(&sandbox, &vendor, Fault::Nothing).await;
    let (html, closed) = (MockServer::start().await, MockServer::start().await);
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_string("<html>Hello</html>")).mount(&html).await;
    let wrong = ResponseTemplate::new(401).set_body_string(r#"{"error": {"message": "This wants its token."}}"#);
    Mock::given(any()).respond_with(wrong).mount(&closed).await;
    let with = |part: &str, name: &str, value: &str| {
        let mut keys = keys.clone();
        keys[part][name] = value.into();
        keys.to_string()
    };
    let mut without = keys.clone();
    without.as_object_mut().expect("an object").remove("control");
    let mut no_sample = keys.clone();
    no_sample.as_object_mut().expect("an object").remove("sample");
    let keys = keys.to_string();
    for (environment, arguments, says) in [
        (with("icims", "customer_id", "9999"), &[][..], "the sandbox has no customer 9999; it has: 4021"),
        (with("control", "base_url", "http://127.0.0.1:9"), &[], "no sandbox answers at http://127.0.0.1:9"),
        (with("control", "base_url", &html.uri()), &[], "answered no JSON: <html>Hello</html>"),
        (with("control", "base_url", &closed.uri()), &[], "answered 401 Unauthorized"),
        (
            with("icims", "recruiter_url", "http://127.0.0.1:9/icims2/4021"),
            &[],
            "opening http://127.0.0.1:9/icims2/4021/admin/fields",
        ),
        (with("icims", "recruiter_url", &html.uri()), &[], "reading the customer's labels"),
        (without.to_string(), &[], "an iCIMS that is not the sandbox cannot be examined"),
        ("nothing of the kind".to_owned(), &[], "does not say which customer of which sandbox"),
        (no_sample.to_string(), &[], "say with --package which package jobs get; the list Assessment Type has \""),
        (keys.clone(), &["--package", "Nonsense"], "the list Assessment Type has no \"Nonsense\"; it has \""),
        (keys.clone(), &["--patience", "0"], "invalid value '0' for '--patience"),
        (keys.clone(), &["--env", "elsewhere"], "reading the environment elsewhere: No such file"),
        (keys.clone(), &["--out", "/dev/null/out"], "/dev/null/out cannot be written"),
        (keys.clone(), &["--out", "env"], "the report env cannot be written"),
    ] {
        let folder = folder();
        let mut command = command(folder.path(), &environment, &[]);
        if let [option, value] = arguments {
            // An option that is given twice would be refused for that.
            command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
            let all = [("--out", "out"), ("--env", "env"), ("--patience", "2"), ("--package", "")];
            let chosen = all.map(|(name, usual)| (name, if name == *option { value } else { usual }));
            command.arg("certify").current_dir(folder.path()).stdin(Stdio::null());
            for (name, value) in chosen.iter().filter(|(_, value)| !value.is_empty()) {
                command.args([name, value]);
            }
        }
        check(&format!("{arguments:?}"), &mut command, 2, says);
        assert!(!folder.path().join("out/evidence.md").exists());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ctrl_c_leaves_no_evidence_and_the_customer_as_it_was() {
    let (sandbox, vendor) = connected(&[]).await;
    let (folder, keys) = (folder(), customer(&sandbox, &vendor, Fault::NoResult).await);
    for signal in ["-INT", "-TERM"] {
        fs::create_dir_all(folder.path().join("out")).expect("a folder");
        fs::write(folder.path().join("out/evidence.html"), "of an earlier run").expect("a file");
        let mut command = command(folder.path(), &keys.to_string(), &[]);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(process.stderr.take().expect("a pipe")).lines();
        assert!(lines.any(|line| line.expect("text").starts_with("1 end to end")), "it begins");
        let sent = Command::new("kill").args([signal, &process.id().to_string()]).status().expect("a signal");
        assert!(sent.success());
        let output = process.wait_with_output().expect("an end");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.code() == Some(130) && said.contains("certify: INTERRUPTED. No evidence was written."), "{said}");
        assert_eq!(fs::read_dir(folder.path().join("out")).expect("a folder").count(), 0, "nothing passes for evidence");
        let fields = format!("{}/admin/fields", keys["icims"]["recruiter_url"].as_str().expect("an address"));
        until("the customer's own label", async || {
            let page = visitor().get(&fields).send().await.expect("an answer").text().await.expect("text");
            if page.contains("value=\"Email\"") && !page.contains("Reply-to mail") { Ok(()) } else { Err(page) }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_runs_at_once_with_one_customer_do_not_spoil_each_other() {
    let (sandbox, vendor) = connected(&[]).await;
    let (folder, keys) = (folder(), customer(&sandbox, &vendor, Fault::NoResult).await);
    let mut first = command(folder.path(), &keys.to_string(), &[]);
    let mut process = first.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut lines = BufReader::new(process.stderr.take().expect("a pipe")).lines();
    assert!(lines.any(|line| line.expect("text").starts_with("1 end to end")), "it begins");
    let mut second = command(folder.path(), &keys.to_string(), &[]);
    check("the second", &mut second, 2, "another run seems to examine customer");
    process.kill().expect("SIGKILL");
    process.wait().expect("it is dead");
}
