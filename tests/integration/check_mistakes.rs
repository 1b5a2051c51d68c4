//! `check` is never falsely green: one deliberate mistake each, which makes the command end with a code that is not 0, and with a
//! sentence that names the mistake. Mistakes in steps and around them stand beside the runner, in `src/harness/runner/tests.rs`.

use std::fs;
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::program::until;

/// A feature in which nothing is wrong.
const FINE: &str = "\
@fine
Feature: Fine
  Background:
    Given Brightwater Foods has connected iCIMS to Harver
  Scenario: A plain Person is no Candidate
    When Tomas creates Priya as a plain Person
    Then Priya cannot be submitted to a job because she is no Candidate
";

/// A scenario that waits for what does not come.
const WAITING: &str = "\
Feature: Waiting
  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And the Candidate Ana is submitted to \"Call Centre Advisor\"
  Scenario: A result comes of nothing
    Then iCIMS shows one result for Ana, which is complete
";

/// Somebody meets pages in a browser.
const BROWSING: &str = "\
Feature: Browsing
  Background:
    Given Brightwater Foods has connected iCIMS to Harver
  @ui
  Scenario: Pages of the portal
    When Bilal walks through the application for \"Call Centre Advisor\" in a browser, assessment included
    Then Bilal has met these pages in order:
      | position |
";

/// A folder `own` with these files in it.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("own")).expect("a folder");
    files.iter().for_each(|(name, text)| fs::write(folder.path().join("own").join(name), text).expect("a file"));
    folder
}

/// `check` on the folder `own`.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    command.args(["check", "--features", "own"]).args(arguments).current_dir(folder).stdin(Stdio::null());
    command
}

/// Runs it to its end; the exit code and what was said, wherever lines were broken.
fn said(mut command: Command) -> (Option<i32>, String) {
    let output = command.output().expect("it runs");
    let said = [output.stderr, output.stdout].concat();
    (output.status.code(), plain(&String::from_utf8_lossy(&said)))
}

fn plain(said: &str) -> String {
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn check(feature: &str, arguments: &[&str], code: i32, says: &str) {
    let folder = folder(&[("one.feature", feature.as_bytes())]);
    let (found, said) = said(command(folder.path(), arguments));
    assert!(found == Some(code) && said.contains(says), "{arguments:?}: {found:?}, not {code} with {says:?}:\n{said}");
}

#[test]
fn nothing_is_wrong_and_the_code_is_0() {
    check(FINE, &[], 0, "ok. 1 passed, 0 failed");
    check(FINE, &["--dry-run"], 0, "dry run: ok. 1 scenario, none of them run, 0 problems");
    check(FINE, &["--list"], 0, "own/one.feature:5 A plain Person is no Candidate @fine");
    check(
        FINE,
        &["--tags", "@fine and not @slow", "--name", "^A plain", "--jobs", "1", "Person", "--shard", "1/1"],
        0,
        "1 passed",
    );
}

#[test]
fn what_nobody_can_have_meant_is_refused_with_the_code_2() {
    for (arguments, says) in [
        (&["--features", "elsewhere"][..], "reading the features in elsewhere: No such file"),
        (&["--features", "."], "there is no file that ends with .feature below ."),
        (&["--tags", "@fien"], "no scenario has the tag @fien; did you mean @fine?"),
        (&["--tags", "@G26"], "no scenario has the tag @G26; --list"),
        (&["--tags", "@fine @slow"], "invalid value '@fine @slow' for '--tags"),
        (&["--name", "("], "unclosed group"),
        (&["--name", "^nobody$"], "no scenario matches everything that was asked for"),
        (&["--tags", "not @fine"], "no scenario matches everything that was asked for"),
        (&["Person", "Persno"], "no scenario has \"Persno\" in its name"),
        (&["--shard", "2/2"], "the share 2/2 is empty"),
        (&["--shard", "3/2"], "there is no share 3 of 2"),
        (&["--report", "/dev/null/reports"], "the report /dev/null/reports cannot be written"),
        (&["--report", "file"], "the report file cannot be written"),
        (&["--jobs", "0"], "invalid value '0' for '--jobs"),
        (&["--seed", "7"], "--seed says which random order"),
        (&["--list", "--dry-run"], "cannot be used with"),
    ] {
        let folder = folder(&[("one.feature", FINE.as_bytes())]);
        let mut command = command(folder.path(), &[]);
        if arguments[0] == "--features" {
            fs::rename(folder.path().join("own/one.feature"), folder.path().join("own/one.txt")).expect("a file");
            command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
            command.arg("check").current_dir(folder.path());
        }
        fs::write(folder.path().join("file"), "").expect("a file");
        command.args(arguments);
        let (code, said) = said(command);
        assert!(code == Some(2) && said.contains(says), "{arguments:?}: {code:?}, not 2 with {says:?}:\n{said}");
    }
}

#[test]
fn files_that_cannot_be_read_are_named_with_the_code_2() {
    let broken = FINE.replace("    Then Priya", "    Thne Priya");
    let outline =
        FINE.replace("Scenario:", "Scenario Outline:") + "    And <pace>\n    Examples:\n      | speed |\n      | slow |\n";
    for (text, says) in [
        (broken.as_bytes(), "own/two.feature is not Gherkin: Error at 7:"),
        (b"", "own/two.feature is not Gherkin"),
        (b"{\"name\": \"no feature\"}", "own/two.feature is not Gherkin: Error at 1:1"),
        (b"Feature: \xff\n", "own/two.feature: stream did not contain valid UTF-8"),
        (outline.as_bytes(), "own/two.feature: Failed to resolve <pace>"),
    ] {
        let folder = folder(&[("one.feature", FINE.as_bytes()), ("two.feature", text)]);
        let (code, said) = said(command(folder.path(), &[]));
        assert!(code == Some(2) && said.contains(says), "{code:?}, not 2 with {says:?}:\n{said}");
        assert!(!said.contains("passed"), "nothing is run: {said}");
    }
}

#[test]
fn features_that_would_be_green_without_having_looked_are_red() {
    let twice = format!("{FINE}{}", &FINE[FINE.find("  Scenario:").expect("a scenario")..]);
    let outline = FINE.replace("Scenario:", "Scenario Outline:") + "    Examples:\n      | who |\n";
    for (text, says) in [
        (
            FINE.replace("    Then", "    And"),
            "own/one.feature:5: the scenario \"A plain Person is no Candidate\" asserts nothing",
        ),
        (FINE.replace("    When", "    Wehn"), "has \"Wehn Tomas creates Priya as a plain Person\" as its description"),
        (twice, "own/one.feature:5: another scenario is called \"A plain Person is no Candidate\", too, at line 8."),
        (format!("{FINE}  Scenario Outline: None\n    Then x\n    Examples:\n      | who |\n"), "is an outline without examples"),
        (outline, "no scenario matches"),
    ] {
        let code = if says.contains("matches") { 2 } else { 1 };
        check(&text, &["--name", "plain"], code, says);
        check(&text, &["--name", "plain", "--dry-run"], code, says);
    }
    let empty = folder(&[("one.feature", FINE.as_bytes()), ("two.feature", b"Feature: Empty\n")]);
    let (code, said) = said(command(empty.path(), &[]));
    assert!(code == Some(1) && said.contains("own/two.feature:1: the feature \"Empty\" has no scenario."), "{said}");
}

#[test]
fn what_fails_is_told_with_its_place_and_its_causes() {
    let undefined =
        FINE.replace("Then Priya cannot be submitted to a job because she is no Candidate", "Then 2 mails say \"hello\"");
    let snippet = "no step is defined for this sentence #[then(expr = \"{int} mails say {string}\")] async fn mails_say(world: \
                   &mut World, number: u64, text: String) -> Outcome";
    let allowed = undefined.replace("@fine", "@allow.skipped");
    let shared = FINE.replace("When Tomas creates Priya as a plain Person", "When time goes by and what failed is tried again");
    let wrong = FINE.replace("Then Priya", "Then Bilal");
    for (text, says) in [
        (&undefined, snippet),
        (&undefined, "A plain Person is no Candidate own/one.feature:5, at line 7: Then 2 mails say \"hello\""),
        (&allowed, "scenarios: FAILED. 0 passed, 1 failed"),
        (&shared, "give the scenario one of its own with the tag @own-world"),
        (&wrong, "own/one.feature:5, at line 7: Then Bilal cannot be submitted"),
    ] {
        check(text, &[], 1, says);
    }
    check(&undefined, &["--dry-run"], 1, &format!("own/one.feature:7: Then 2 mails say \"hello\": {snippet}"));
}

#[test]
fn the_first_failure_ends_the_run_where_that_is_wanted_and_what_was_not_reached_is_counted() {
    let text = FINE.replace("    Then Priya", "    Then Bilal") + "  Scenario: Another\n    Then nobody comes to this\n";
    check(&text, &["--fail-fast", "--jobs", "1"], 1, "Not reached before --fail-fast ended the run: Another");
    check(&text, &["--fail-fast", "--jobs", "1"], 1, "0 passed, 1 failed, 1 not reached");
}

#[test]
fn a_random_order_is_told_so_that_it_can_be_had_again() {
    let many: String = (0..9).map(|number| format!("  Scenario: Number {number}\n    Then nobody knows this\n")).collect();
    let text = format!("Feature: Many\n{many}");
    let order = |arguments: &[&str]| {
        let folder = folder(&[("one.feature", text.as_bytes())]);
        said(command(folder.path(), &[&["--list", "--order", "random"], arguments].concat())).1
    };
    assert_eq!(order(&["--seed", "7"]), order(&["--seed", "7"]));
    assert_ne!(order(&["--seed", "7"]), order(&["--seed", "8"]));
    check(&text, &["--order", "random", "--seed", "7"], 1, "order: random; --order random --seed 7 repeats it");
    check(&text, &["--order", "random"], 1, "--order random --seed ");
}

#[test]
fn without_a_browser_its_scenarios_are_left_out_and_that_is_told_by_the_code_3() {
    let folder = folder(&[("one.feature", FINE.as_bytes()), ("two.feature", BROWSING.as_bytes())]);
    let without = |arguments: &[&str]| {
        let mut command = command(folder.path(), arguments);
        command.env("PATH", folder.path());
        said(command)
    };
    let told = "Not run: needs a browser (install the Debian packages chromium and chromium-driver): Pages of the portal";
    for (arguments, code, says) in [
        (&[][..], 3, told),
        (&[], 3, "scenarios: INCOMPLETE. 1 passed, 0 failed, 1 not run"),
        (&["--allow-not-run"], 0, told),
        (&["--allow-not-run"], 0, "scenarios: ok. 1 passed, 0 failed, 1 not run"),
        // Nothing was run at all: nothing is known.
        (&["--allow-not-run", "Pages"], 3, "scenarios: INCOMPLETE. 0 passed, 0 failed, 1 not run"),
    ] {
        fs::create_dir_all(folder.path().join("reports")).expect("a folder");
        fs::write(folder.path().join("reports/junit.xml"), "of an earlier run").expect("a file");
        let (found, said) = without(&[arguments, &["--report", "reports"]].concat());
        let junit = fs::read_to_string(folder.path().join("reports/junit.xml")).expect("a report");
        assert!(junit.contains("<skipped"), "{arguments:?}: {junit}");
        assert!(found == Some(code) && said.contains(says), "{arguments:?}: {found:?}, not {code} with {says:?}:\n{said}");
    }
}

/// Starts it and waits for a line with these words.
fn started(folder: &Path, arguments: &[&str], words: &str) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut process = command(folder, arguments).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut out = BufReader::new(process.stdout.take().expect("a pipe"));
    let mut line = String::new();
    while !line.contains(words) {
        line.clear();
        assert!(out.read_line(&mut line).expect("text") > 0, "it ended without {words:?}");
    }
    (process, out)
}

#[test]
fn ctrl_c_ends_the_run_with_what_had_been_run() {
    for signal in ["-INT", "-TERM"] {
        let folder = folder(&[("one.feature", FINE.as_bytes()), ("two.feature", WAITING.as_bytes())]);
        let (mut process, mut out) = started(folder.path(), &[], "A plain Person");
        let sent = Command::new("kill").args([signal, &process.id().to_string()]).status().expect("a signal");
        assert!(sent.success());
        let mut said = String::new();
        out.read_to_string(&mut said).expect("text");
        let said = plain(&said);
        assert_eq!(process.wait().expect("an end").code(), Some(130), "{said}");
        assert!(said.contains("Not reached before the run was interrupted: A result comes of nothing"), "{said}");
        assert!(said.contains("scenarios: INTERRUPTED. 1 passed, 0 failed, 1 not reached"), "{said}");
    }
}

#[test]
fn the_reports_of_a_run_that_was_stopped_have_what_had_ended_and_nothing_else() {
    let undefined = "Feature: Undefined\n  Scenario: Nobody knows this\n    Then nobody knows this\n";
    let folder = folder(&[("a.feature", WAITING.as_bytes()), ("b.feature", undefined.as_bytes())]);
    let (mut process, _out) = started(folder.path(), &["--report", "reports"], "Nobody knows this");
    let sent = Command::new("kill").args(["-INT", &process.id().to_string()]).status().expect("a signal");
    assert!(sent.success());
    assert_eq!(process.wait().expect("an end").code(), Some(130));
    let report = |name: &str| fs::read_to_string(folder.path().join("reports").join(name)).expect("a report");
    let junit = report("junit.xml");
    assert!(junit.contains("failures=\"1\" errors=\"1\""), "{junit}");
    assert!(junit.contains("<skipped"), "{junit}");
    let page = report("report.html");
    assert!(page.contains("The run was interrupted.") && page.contains("data-status=\"failed\""));
    assert!(!page.contains("data-status=\"passed\""), "nobody knows how the other would have ended");
}

/// The child of a process with this name, once there is one.
async fn child_of(parent: u32, name: &str) -> u32 {
    until(name, async || {
        let found =
            Command::new("pgrep").args(["-o", "-P", &parent.to_string(), name]).output().map_err(|error| error.to_string())?;
        String::from_utf8_lossy(&found.stdout).trim().parse().map_err(|_| "none".to_owned())
    })
    .await
}

fn has_browser() -> bool {
    let installed = Command::new("chromedriver").arg("--version").output().is_ok_and(|said| said.status.success());
    assert!(installed || std::env::var_os("CI").is_none(), "CI has a browser");
    installed
}

#[tokio::test]
async fn a_browser_that_is_killed_meanwhile_fails_its_scenario() {
    if !has_browser() {
        return;
    }
    let folder = folder(&[("one.feature", BROWSING.as_bytes())]);
    let process = command(folder.path(), &["--report", "reports"]).stdout(Stdio::piped()).spawn().expect("it starts");
    let picture = folder.path().join("reports/pictures/own-one-feature-5-pages-of-the-portal/01-position.png");
    until("the first page", async || if picture.exists() { Ok(()) } else { Err("no picture".to_owned()) }).await;
    let browser = child_of(child_of(process.id(), "chromedriver").await, "chromium").await;
    let killed = Command::new("kill").args(["-KILL", &browser.to_string()]).status().expect("a signal");
    assert!(killed.success());
    let output = process.wait_with_output().expect("an end");
    let said = plain(&String::from_utf8_lossy(&output.stdout));
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("no picture of the failure, as its browser was closed or killed"), "{said}");
    assert!(said.contains("scenarios: FAILED. 0 passed, 1 failed"), "{said}");
}

#[tokio::test]
async fn no_browser_and_no_profile_is_left_behind() {
    if !has_browser() {
        return;
    }
    for is_stopped in [false, true] {
        let (folder, profiles) = (folder(&[("one.feature", BROWSING.as_bytes())]), tempfile::tempdir().expect("a folder"));
        let mut command = command(folder.path(), &["--report", "reports"]);
        let mut process = command.env("TMPDIR", profiles.path()).stdout(Stdio::null()).spawn().expect("it starts");
        let browsers =
            || Command::new("pgrep").args(["-f", &profiles.path().display().to_string()]).output().expect("processes").stdout;
        if is_stopped {
            until("a browser", async || if browsers().is_empty() { Err("none".to_owned()) } else { Ok(()) }).await;
            let sent = Command::new("kill").args(["-INT", &process.id().to_string()]).status().expect("a signal");
            assert!(sent.success());
        }
        assert_eq!(process.wait().expect("an end").code(), Some(if is_stopped { 130 } else { 1 }));
        until("no browser", async || if browsers().is_empty() { Ok(()) } else { Err("there is one".to_owned()) }).await;
        let left = fs::read_dir(profiles.path()).expect("a folder").filter_map(Result::ok);
        let left: Vec<_> = left.map(|entry| entry.file_name()).filter(|name| name.to_string_lossy().contains("harver")).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn what_nobody_reads_changes_nothing_and_what_cannot_be_written_does() {
    let undefined = FINE.replace("Then Priya", "Then Quentin");
    for (feature, wanted) in [(FINE, 0), (&undefined, 1)] {
        let folder = folder(&[("one.feature", feature.as_bytes())]);
        let mut process = command(folder.path(), &[]).stdout(Stdio::piped()).spawn().expect("it starts");
        drop(process.stdout.take());
        assert_eq!(process.wait().expect("an end").code(), Some(wanted));
    }
    let folder = folder(&[("one.feature", FINE.as_bytes())]);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a disk that is full");
    let output = command(folder.path(), &[]).stdout(full).stderr(Stdio::piped()).spawn().expect("it starts").wait_with_output();
    let output = output.expect("an end");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains("writing to stdout: No space left on device"), "{said}");
}
