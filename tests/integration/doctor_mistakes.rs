//! `doctor` in wrong hands: whatever is wrong with the call or the file turns it red with a sentence that names the mistake.

use std::fs;
use std::process::{Command, Stdio};

use crate::doctor::site::{Site, at_work, doctor, doctor_at};

#[test]
fn a_file_that_is_none_is_told_with_the_code_2() {
    for (text, says) in [
        ("", "nothing is in it"),
        ("  \n", "nothing is in it"),
        ("a = = b", "it is neither the line of up --json nor an environment"),
        ("{", "it is no line of up --json"),
        ("{\"ready\": false}", "it does not say \"ready\": true"),
        ("{\"control\": {\"base_url\": \"http://127.0.0.1:9\"}}", "it does not say \"ready\": true"),
        ("{\"ready\": true}", "it tells nobody who could be examined"),
        ("<html>Not found</html>", "it is neither the line of up --json nor an environment"),
        ("name = \"Ours\"", "it tells nobody who could be examined"),
        (
            "{\"name\": \"Ours\", \"values\": [{\"key\": \"icims\", \"value\": \"x\"}, {\"key\": \"icims.calls\", \"value\": \"1\"}]}",
            "below what is a value",
        ),
        ("database = \"x\"\npublic_url = \"SECRET-not-an-address\"", "it is no configuration of serve"),
        ("database = \"x\"", "it has no [[customers]]"),
        ("[[customers]]\nid = 1\n[[customers]]\nid = 2\n", "it has several customers: choose one with --customer, 1 or 2"),
    ] {
        let said = doctor_at(text, &[], &[]);
        assert!(said.code == Some(2) && said.err.contains(says) && said.err.contains("the environment "), "{text:?}: {said:?}");
        assert!(said.out.is_empty() && !said.err.contains("SECRET"), "{text:?}: {said:?}");
    }
}

#[test]
fn what_nobody_can_have_meant_is_told_with_the_code_2() {
    let file = "[smtp]\nhost = \"127.0.0.1\"\nport = \"9\"\n";
    for (arguments, says) in [
        (&["--only", "network2"][..], "the groups are environment, network, icims, events, harver, integration, mail, sandbox"),
        (&["--bundle", "/dev/null/bundle"], "the bundle /dev/null/bundle cannot be written"),
        (&["--bundle", "/"], "the bundle / cannot be written"),
        (&["--bundle", "env"], "would replace the environment"),
        (&["--env", "/nowhere/env"], "cannot be used multiple times"),
        (&["--write"], "unexpected argument '--write'"),
        (&["extra"], "unexpected argument 'extra'"),
    ] {
        let said = doctor_at(file, &[], arguments);
        assert!(said.code == Some(2) && said.err.contains(says) && said.out.is_empty(), "{arguments:?}: {said:?}");
    }
    let said = doctor(&[], &["--env", "/nowhere/env"]);
    assert!(said.code == Some(2) && said.err.contains("reading the environment /nowhere/env: No such file"), "{said:?}");
}

#[test]
fn half_an_environment_is_not_green() {
    let smtp = "[smtp]\nhost = \"127.0.0.1\"\nport = \"9\"\n";
    let platform = "[platform]\nbase_url = \"http://127.0.0.1:9\"\n";
    let icims = "[icims]\nbase_url = \"http://127.0.0.1:9\"\ncustomer_id = \"4021\"\n";
    for (text, only, code, says) in [
        (smtp, "icims", 2, "does not name the customer id"),
        (smtp, "harver", 2, "does not name the address of the Harver platform"),
        (smtp, "events", 2, "does not name where iCIMS sends its events"),
        (smtp, "integration", 2, "The integration did not tell how it is set"),
        (smtp, "mail", 1, "Nobody takes mail at 127.0.0.1 port 9"),
        // Nothing is known of a rehearsal that is none.
        (smtp, "sandbox", 2, "doctor: INCOMPLETE"),
        (platform, "harver", 2, "does not name the Harver account"),
        (platform, "mail", 2, "does not name the mail server"),
        (icims, "icims", 2, "does not name how to sign in to iCIMS"),
        (icims, "network", 1, "Nothing listens at 127.0.0.1 port 9"),
    ] {
        let said = doctor_at(text, &[], &["--only", only]);
        let out = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.code == Some(code) && out.contains(says), "{only} of {text}: {said:?}");
        let verdict = if code == 1 { "doctor: FAILED." } else { "doctor: INCOMPLETE." };
        assert!(said.out.lines().rev().any(|line| line.starts_with(verdict)), "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_that_has_gone_and_a_customer_that_is_none_are_told() {
    let site = Site::start();
    let control = site.text("control", "base_url").to_owned();
    let (told, keys) = (format!("[control]\nbase_url = \"{control}\"\n"), site.open(true).await);
    let nobody = at_work(|| doctor_at(&told, &[], &["--customer", "12345", "--only", "environment"])).await;
    assert!(nobody.code == Some(1) && nobody.out.contains("does not tell who its"), "{nobody:?}");
    drop(site);
    let gone = at_work(|| doctor_at(&keys.to_string(), &[], &[])).await;
    assert_eq!(gone.code, Some(1), "{gone:?}");
    for says in ["No sandbox answers at", "Nothing listens at 127.0.0.1 port", "doctor: FAILED."] {
        assert!(gone.out.contains(says), "{says}: {gone:?}");
    }
    let gone = at_work(|| doctor_at(&told, &[], &["--only", "environment"])).await;
    assert!(gone.code == Some(1) && gone.out.contains("FAIL    file: The sandbox that"), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_it_without_a_verdict() {
    let hanging = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = hanging.local_addr().expect("an address").port();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("env.toml");
    fs::write(&file, format!("[smtp]\nhost = \"127.0.0.1\"\nport = \"{port}\"\nsecurity = \"none\"\n")).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    let process =
        command.arg("doctor").arg("--env").arg(&file).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let process = process.spawn().expect("it starts");
    // It is at work once it has called.
    let _called = hanging.accept().await.expect("a call");
    let sent = Command::new("kill").args(["-INT", &process.id().to_string()]).status().expect("a signal");
    assert!(sent.success());
    let output = at_work(|| process.wait_with_output()).await.expect("an end");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(130) && said.contains("doctor: INTERRUPTED."), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_do_not_disturb_each_other_and_a_full_disk_is_told() {
    let site = Site::start();
    let keys = site.open(true).await;
    let (one, other) = at_work(|| {
        std::thread::scope(|scope| {
            let other = scope.spawn(|| site.say(&keys, &[], &[]));
            (site.say(&keys, &[], &[]), other.join().expect("no panic"))
        })
    })
    .await;
    assert_eq!((one.code, &one.out), (Some(0), &other.out), "{one:?} {other:?}");
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a disk that is full");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("env"), keys.to_string()).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    let process = command.args(["doctor", "--env", "env"]).current_dir(folder.path()).stdout(full).stderr(Stdio::piped());
    let output = at_work(|| process.spawn().expect("it starts").wait_with_output()).await.expect("an end");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains("writing to stdout: No space left on device"), "{said}");
}
