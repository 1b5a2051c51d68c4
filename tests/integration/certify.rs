//! `certify`: the evidence of our own integration, and of vendors that it knows nothing of, in processes of their own.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use icims_sandbox::control::ready::Ready;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::certify_mistakes::{command, connected, customer, said};
use crate::program::{Program, visitor};
use crate::vendor::{AGENT, Fault};

/// The vendor of the example, as somebody else would write one.
#[path = "../../examples/tiny_vendor.rs"]
#[expect(dead_code, reason = "its own run of itself is no part of this test")]
mod tiny_vendor;

/// What differs from run to run.
const VOLATILE: [(&str, &str); 11] = [
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "(moment)"),
    (r"\d\d:\d\d:\d\d\.\d{3}", "(time)"),
    (r"(\d+, )*\d+ ms", "N ms"),
    (r"\d+\.\d s\b", "N s"),
    (r"127\.0\.0\.1:\d+", "(address)"),
    (r"(certify-|Certification )[0-9a-f]{8}", "${1}(run)"),
    (r"\(up [0-9a-f]{8}\)", "(up)"),
    (r"[0-9a-f]{8}…", "(id)…"),
    (r"\| \d+ \| \d+ \|", "| N | N |"),
    (r"\d+ calls", "N calls"),
    (r"harver-icims(/| )\d+\.\d+\.\d+", "harver-icims${1}(version)"),
];

/// The Markdown without what was said over the wire: how often neighbours ask one another is theirs to say.
fn outline(markdown: &str) -> String {
    let is_said =
        |line: &str| line.starts_with("    ") || line.split_once(". ").is_some_and(|(number, _)| number.parse::<u8>().is_ok());
    let mut lines: Vec<&str> = markdown.lines().filter(|line| !is_said(line)).collect();
    lines.dedup_by(|next, last| next.is_empty() && last.is_empty());
    lines.join("\n")
}

fn written(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join("out").join(name)).expect("the evidence")
}

/// What the summary says of a criterion.
fn of_criterion(said: &str, number: usize) -> String {
    let mut lines = said.lines().skip_while(|line| !line.starts_with(&format!("{number}  ")));
    let first = lines.next().expect("the criterion").to_owned();
    lines.take_while(|line| line.starts_with("    ")).fold(first, |all, line| all + " " + line.trim())
}

#[test]
fn our_own_integration_is_shown_to_do_all_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    command.args(["certify", "--out", "out"]).current_dir(folder.path()).stdin(Stdio::null());
    let output = command.output().expect("it runs");
    let said = String::from_utf8(output.stdout).expect("text");
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 80), "it reads well at 80 columns:\n{said}");
    let (markdown, html) = (written(folder.path(), "evidence.md"), written(folder.path(), "evidence.html"));
    insta::with_settings!({filters => VOLATILE.to_vec()}, {
        insta::assert_snapshot!("what_certify_says", said);
        insta::assert_snapshot!("the_evidence_of_our_own_integration", outline(&markdown));
    });
    for said in
        ["\"systemId\": \"", "iCIMS to Integration: POST http", "PATCH /customers/", "\"assessmentscore\": 100", "→ **400**"]
    {
        assert!(markdown.contains(said), "the exchanges show {said}");
    }
    let (open, close) = (html.matches("<section").count(), html.matches("</html>").count());
    assert_eq!((open, close), (5, 1), "the page is whole");
    assert!(html.contains("All 5 criteria are shown") && !html.contains("src=") && !html.contains("href=\"http"), "it is alone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_vendor_that_nobody_knows_is_examined_by_the_same_rules() {
    let (sandbox, vendor) = connected(&[]).await;
    let (folder, keys) = (tempfile::tempdir().expect("a folder"), customer(&sandbox, &vendor, Fault::Nothing).await);
    let (code, said) = said(&mut command(folder.path(), &keys.to_string(), &[]));
    assert!(code == Some(0) && said.contains("certify: ok. 5 of 5 shown"), "{code:?}: {said}");
    let markdown = written(folder.path(), "evidence.md");
    for shown in [
        format!("| Examined | {AGENT} |"),
        format!("| Events went to | {}/prod/", vendor.url()),
        "> Little Vendor needs Reply-to mail. Enter it, then try again.".to_owned(),
        "The result was written, counted from the event, after".to_owned(),
        "- Lotte was back on the portal at the end.".to_owned(),
    ] {
        assert!(markdown.contains(&shown), "{shown}:\n{markdown}");
    }
    let secrets = ["password", "client_secret", "hmac_key"].map(|name| keys["icims"][name].as_str().expect("a secret"));
    let html = written(folder.path(), "evidence.html");
    assert!(!secrets.iter().any(|secret| markdown.contains(secret) || html.contains(secret)), "no secret is shown");
    assert_eq!(listed(&markdown), ledger(&sandbox, &keys).await, "the list is what iCIMS itself has counted");
}

/// The fields of the list, with how they were used.
fn listed(markdown: &str) -> BTreeSet<(String, String, bool, bool)> {
    let rows = markdown.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split(" | ").collect();
        let profile = cells.first()?.split('`').nth(1)?;
        let used = |number: usize| cells.get(number).is_some_and(|count| *count != "0");
        Some((profile.to_owned(), (*cells.get(1)?).to_owned(), used(3), used(4)))
    });
    rows.collect()
}

/// The same as the sandbox counts it.
async fn ledger(sandbox: &Program, keys: &Value) -> BTreeSet<(String, String, bool, bool)> {
    let customer = keys["icims"]["customer_id"].as_str().expect("an id");
    let address = format!("{}/__sandbox/fields?customer={customer}", sandbox.text("control", "base_url"));
    let told: Value = visitor().get(address).send().await.expect("an answer").json().await.expect("JSON");
    let fields = told["fields"].as_array().expect("a list").iter().map(|field| {
        let text = |name: &str| field[name].as_str().expect("a text").to_owned();
        (text("profile"), text("field"), field["read"] != 0, field["written"] != 0)
    });
    fields.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_tiny_vendor_gets_what_it_deserves() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let sandbox = Program::start(["sandbox", "--port", "0", "--integration-url", &url]);
    let ready: Ready = serde_json::from_value(sandbox.ready().clone()).expect("a ready line");
    tokio::spawn(tiny_vendor::Vendor::serve(listener, ready.tenant.icims));
    let folder = tempfile::tempdir().expect("a folder");
    let output = command(folder.path(), &sandbox.ready().to_string(), &[]).output().expect("it runs");
    let said = String::from_utf8(output.stdout).expect("text");
    assert_eq!(output.status.code(), Some(1), "{said}");
    for (number, says) in [
        (1, "answered without a link, so that the candidate is led nowhere"),
        (2, "the duplicate was accepted with the status 200"),
        (3, "a request without Reply-to mail was accepted with the status 200"),
        (3, "a request without Chosen screening was accepted with the status 200"),
        (4, "shown"),
        (5, "shown"),
    ] {
        let criterion = of_criterion(&said, number);
        assert!(criterion.contains(says), "{number}: {says}:\n{said}");
    }
    let markdown = written(folder.path(), "evidence.md");
    assert!(markdown.contains("### The recruiter advances a candidate: shown"), "what works is shown:\n{markdown}");
    assert!(markdown.contains("- The Screen tab shows Complete: score \"91\", result \"Great Fit\"."), "{markdown}");
}
