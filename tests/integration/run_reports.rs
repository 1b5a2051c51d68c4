//! The reports of a run hold no secret of the customers it took place with: whatever lets somebody in, as the sandbox knows it, is looked
//! for in every file that was written.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

use clap::Parser as _;
use harver_icims::cli::up::{UpArgs, World};
use harver_icims::harness::{self, Args, Ground, OpenWorld, OpenedWorld, Options, Target, Verdict};
use serde_json::Value;

use crate::program::visitor;

/// Parts of the names under which the sandbox keeps what lets somebody in.
const SECRETS: [&str; 5] = ["password", "secret", "token", "hmac_key", "magic"];

#[test]
fn github_shows_a_failure_at_its_line_and_counts_in_its_summary() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "Feature: Own\n  Scenario: Nobody knows it\n    Then nobody has defined this\n";
    fs::write(folder.path().join("own.feature"), text).expect("a file");
    let summary = folder.path().join("summary.md");
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    command.args(["check", "--features", "own.feature"]).current_dir(folder.path()).stdin(Stdio::null());
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
    for times in 1..=2 {
        let output = command.output().expect("the program starts");
        let said = String::from_utf8(output.stdout).expect("text");
        assert_eq!(output.status.code(), Some(1), "{said}");
        let (token, rest) = said.strip_prefix("::stop-commands::").and_then(|said| said.split_once('\n')).expect("a first line");
        let (before, after) = rest.split_once(&format!("\n::{token}::\n")).expect("commands again");
        assert!(before.contains("scenarios: FAILED") && after.starts_with("::error "), "{said}");
        assert!(
            said.contains("\n::error file=own.feature,line=3,title=Nobody knows it::Then nobody has defined this%0A"),
            "{said}"
        );
        let written = fs::read_to_string(&summary).expect("a summary");
        assert_eq!(written.matches("### Scenarios: FAILED").count(), times, "what others have written stays: {written}");
    }
    command.env("GITHUB_STEP_SUMMARY", folder.path());
    let output = command.output().expect("the program starts");
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.code() == Some(1) && said.contains("writing GitHub's summary"), "{said}");
}

#[test]
fn no_report_has_a_secret_of_a_customer() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let world = World::start(&UpArgs::aside()).await.expect("a world");
        let control = world.ready().tenant.control.base_url.clone();
        let folder = tempfile::tempdir().expect("a folder");
        let opened = control.clone();
        let open: OpenWorld = Box::new(move || {
            let control = opened.clone();
            Box::pin(async move { Ok(OpenedWorld { control, close: Box::pin(async { Ok(()) }) }) })
        });
        let target = Target { ground: Ground::Started(open), interrupted: Box::pin(std::future::pending()) };
        // Invitations, results, credentials that are typed and rotated.
        let args = ["cucumber", "-t", "(@G27 or @G02 or @G33) and not @ui and not @own-world"];
        let options = Args::parse_from(args).into_options(Path::new(env!("CARGO_MANIFEST_DIR")));
        let options = Options { report: Some(folder.path().to_owned()), ..options };
        let outcome = harness::run(target, options).await.expect("a run");
        assert!(outcome.verdict() == Verdict::Passed && outcome.passed > 5, "{outcome}");
        let secrets = secrets_of_all(&control).await;
        world.stop().await.expect("a stopped world");
        assert!(secrets.len() > 7 * outcome.passed, "only {} secrets are known", secrets.len());
        let mut files = 0;
        for (name, content) in written(folder.path()) {
            files += 1;
            for secret in &secrets {
                assert!(!content.contains(secret.as_str()), "{name} has {secret}");
            }
        }
        assert!(files > outcome.passed, "{files} files were written");
    });
}

/// What lets somebody in, of every customer there is.
async fn secrets_of_all(control: &str) -> BTreeSet<String> {
    let client = visitor();
    let list: Value =
        client.get(format!("{control}/__sandbox/customers")).send().await.expect("a list").json().await.expect("JSON");
    let mut secrets = BTreeSet::new();
    for customer in list["customers"].as_array().expect("customers") {
        let id = customer["customer_id"].as_str().expect("an id");
        let packed = client.get(format!("{control}/__sandbox/customers/{id}/export")).send().await.expect("an export");
        let packed = packed.bytes().await.expect("its bytes");
        let mut lines = String::new();
        flate2::read::GzDecoder::new(packed.as_ref()).read_to_string(&mut lines).expect("packed lines");
        for line in lines.lines() {
            collect(&serde_json::from_str(line).expect("a line of JSON"), false, &mut secrets);
        }
    }
    secrets
}

fn collect(value: &Value, is_secret: bool, secrets: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            collect(value, is_secret || SECRETS.iter().any(|part| name.contains(part)), secrets);
        }),
        Value::Array(values) => values.iter().for_each(|value| collect(value, is_secret, secrets)),
        // Rows are kept as text.
        Value::String(text) if text.starts_with(['{', '[']) => {
            if let Ok(inside) = serde_json::from_str(text) {
                collect(&inside, is_secret, secrets);
            }
        }
        Value::String(text) if is_secret && text.len() >= 12 && !text.contains(' ') => drop(secrets.insert(text.clone())),
        _ => {}
    }
}

fn written(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(written(&path));
        } else {
            let content = fs::read(&path).expect("a file");
            files.push((path.display().to_string(), String::from_utf8_lossy(&content).into_owned()));
        }
    }
    files
}
