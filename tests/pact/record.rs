//! `pact record`: what a client and a provider say, as a pact; and recordings that must not look like one.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::command::{Said, command};
use crate::silly;

/// Presses Ctrl-C.
pub(crate) fn interrupt(process: u32) {
    let sent = Command::new("kill").args(["-INT", &process.to_string()]).status().expect("a signal");
    assert!(sent.success());
}

/// A recording that runs.
pub(crate) struct Recorder {
    process: Child,
    out: BufReader<ChildStdout>,
    /// Host and port.
    at: String,
}

impl Recorder {
    pub(crate) fn start(folder: &Path, provider: &str, more: &[&str]) -> Self {
        let arguments = ["record", "--consumer", "tiny", "--provider", "icims", "--url", provider, "--out", "tiny.json"];
        let mut recording = command(folder, &[&arguments[..], more].concat());
        let mut process = recording.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut out = BufReader::new(process.stdout.take().expect("an output"));
        let mut line = String::new();
        out.read_line(&mut line).expect("a line");
        let at =
            line.strip_prefix("record: call http://").and_then(|rest| rest.split(' ').next()).expect("an address").to_owned();
        Self { process, out, at }
    }

    /// Sends a request; the answer as text.
    pub(crate) fn ask(&self, request: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.at).expect("a connection");
        let (at, length) = (&self.at, body.len());
        write!(
            stream,
            "{request} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        )
        .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    pub(crate) fn stop(mut self) -> Said {
        interrupt(self.process.id());
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).expect("an output");
        let output = self.process.wait_with_output().expect("an end");
        let all = format!("{rest} {}", String::from_utf8_lossy(&output.stderr));
        Said { code: output.status.code(), all: all.split_whitespace().collect::<Vec<_>>().join(" ") }
    }
}

/// The body of an answer.
pub(crate) fn body(answer: &str) -> String {
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).expect("a body")
}

/// A provider with a person and a place that it redirects to.
fn provider() -> String {
    let person = r#"{"id": 30517, "firstname": "Ines", "email": "ines@customer.test", "updated": "2026-11-27 03:05 PM", "access_token": "s3cret"}"#;
    silly::by_path(vec![
        ("/customers/4021/people/1".into(), silly::json("200 OK"), person.into()),
        ("/page".into(), "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n".into(), "<p>secret words".into()),
        ("/".into(), silly::json("404 Not Found"), r#"{"errors": [{"errorCode": 3}]}"#.into()),
    ])
}

fn recorded(folder: &TempDir, provider: &str, requests: &[(&str, &str, &str)]) -> String {
    let recorder = Recorder::start(folder.path(), provider, &[]);
    for (request, headers, body) in requests {
        recorder.ask(request, headers, body);
    }
    recorder.stop().assert(0, "record: ok.");
    fs::read_to_string(folder.path().join("tiny.json")).expect("a file")
}

#[test]
fn what_is_said_becomes_a_pact_without_secrets_and_people() {
    let folder = TempDir::new().expect("a folder");
    let signed = "Authorization: Basic czNjcmV0OnMzY3JldA==\r\nUser-Agent: tiny/1\r\nAccept: application/json\r\n";
    let given = format!(
        "{signed}X-Pact-State: a candidate\r\nX-Pact-State-Params: {{\"customer\": \"4021\"}}\r\nX-Pact-Description: a person\r\n"
    );
    let form = "grant_type=client_credentials&client_secret=s3cret";
    let text = recorded(
        &folder,
        &provider(),
        &[
            ("GET /customers/4021/people/1?fields=email&token=s3cret", &given, ""),
            ("POST /token", "Content-Type: application/x-www-form-urlencoded\r\n", form),
            ("GET /page", "", ""),
        ],
    );
    let pact: Value = serde_json::from_str(&text).expect("JSON");
    for secret in ["s3cret", "czNjcmV0", "ines@customer.test", "secret words", "2026-11-27", "tiny/1"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    let named = |name: &str| {
        let all = pact["interactions"].as_array().expect("interactions");
        all.iter().find(|one| one["description"] == name).unwrap_or_else(|| panic!("{name} in {text}"))
    };
    let person = named("a person");
    assert_eq!(person["providerStates"][0]["params"]["customer"], "4021");
    assert_eq!(person["request"]["headers"]["authorization"][0], "Basic ZXhhbXBsZTpleGFtcGxl");
    assert_eq!(person["request"]["query"]["token"][0], "example");
    assert_eq!(person["response"]["body"]["content"]["id"], 30517);
    assert_eq!(person["response"]["matchingRules"]["body"]["$.id"]["matchers"][0]["match"], "integer");
    assert_eq!(named("POST /token")["request"]["body"]["content"], "grant_type=client_credentials&client_secret=example");
    assert_eq!(named("POST /token")["response"]["status"], 404);
    assert_eq!(named("GET /page")["response"]["body"], Value::Null);
    assert_eq!(pact["metadata"]["pactSpecification"]["version"], "4.0");
}

#[test]
fn the_same_requests_in_another_order_give_the_same_bytes() {
    let (one, other) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let provider = provider();
    let (a, b) = (("GET /customers/4021/people/1", "", ""), ("GET /nobody", "", ""));
    let text = recorded(&one, &provider, &[a, b, a]);
    assert_eq!(text, recorded(&other, &provider, &[b, a]));
    assert_eq!(text, recorded(&one, &provider, &[b, a]), "a pact of the same two is replaced");
}

#[test]
fn the_client_gets_the_answer_as_it_was() {
    let folder = TempDir::new().expect("a folder");
    let recorder = Recorder::start(folder.path(), &provider(), &["--state", "a candidate"]);
    let answer = recorder.ask("GET /customers/4021/people/1", "Accept-Encoding: gzip\r\n", "");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"access_token\": \"s3cret\""), "{answer}");
    recorder.stop().assert(0, "1 interaction written to tiny.json");
    let text = fs::read_to_string(folder.path().join("tiny.json")).expect("a file");
    assert!(text.contains("\"name\": \"a candidate\""), "{text}");
}

#[test]
fn a_recording_of_nothing_is_no_pact() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("tiny.json"), r#"{"consumer": {"name": "tiny"}, "provider": {"name": "icims"}}"#)
        .expect("a file");
    let recorder = Recorder::start(folder.path(), &provider(), &[]);
    recorder.stop().assert(3, "record: INCOMPLETE. nobody has asked anything, so tiny.json is not written.");
    let there = fs::read_to_string(folder.path().join("tiny.json")).expect("a file");
    assert!(there.starts_with("{\"consumer\""), "what was there is left alone: {there}");
}

#[test]
fn a_provider_that_is_down_turns_it_red() {
    let folder = TempDir::new().expect("a folder");
    let recorder = Recorder::start(folder.path(), "http://127.0.0.1:9", &[]);
    let answer = recorder.ask("GET /x", "", "");
    assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
    let said = recorder.stop();
    said.assert(1, "FAILED GET /x: the provider at http://127.0.0.1:9 cannot be reached");
    said.assert(1, "record: FAILED. nothing was answered, so tiny.json is not written.");
    assert!(!folder.path().join("tiny.json").exists());
}

#[test]
fn what_cannot_be_said_in_one_contract_is_told() {
    let folder = TempDir::new().expect("a folder");
    let recorder = Recorder::start(folder.path(), &provider(), &[]);
    let asked = "X-Pact-Description: the same\r\n";
    recorder.ask("GET /customers/4021/people/1", asked, "");
    let answer = recorder.ask("GET /x", "X-Pact-State-Params: {}\r\n", "");
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let said = recorder.stop();
    said.assert(1, "FAILED GET /x: x-pact-state-params stands without x-pact-state");
    said.assert(1, "note 1 name no state, and pact verify wants one of each: send X-Pact-State, or start with --state");
    said.assert(1, "record: FAILED. 1 interaction written to tiny.json.");
}

#[test]
fn what_nobody_can_have_meant_is_refused_before_anything_is_recorded() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("package.json"), "{\"name\": \"x\"}").expect("a file");
    let start = ["record", "--consumer", "tiny", "--provider", "icims"];
    for (more, says) in [
        (
            &["--url", "http://127.0.0.1:9", "--out", "package.json"][..],
            "package.json is no pact of tiny and icims, so it is not replaced",
        ),
        (&["--url", "http://127.0.0.1:9", "--out", "none/x.json"], "the folder none is not there"),
        (&["--url", "http://a:b@127.0.0.1:9", "--out", "x.json"], "it has a user name or a query"),
        (&["--url", "127.0.0.1", "--out", "x.json"], "write it like http://127.0.0.1:8701"),
        (&["--url", "http://127.0.0.1:9"], "--out <FILE>"),
        (&["--url", "http://127.0.0.1:9", "--out", "x.json", "--state-params", "{}"], "--state <NAME>"),
        (&["--url", "http://127.0.0.1:9", "--out", "x.json", "--state", "a", "--state-params", "[]"], "are a JSON object"),
    ] {
        let output = command(folder.path(), &[&start[..], more].concat()).output().expect("it runs");
        Said::of(&output).assert(2, says);
    }
}
