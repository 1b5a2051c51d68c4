//! `customer export` and `customer import`, as processes, against running programs and against servers that break off.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::JoinHandle;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use reqwest::StatusCode;

use crate::program::{Program, until, visitor};

fn customer(arguments: &[&str], file: &Path, control: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    command.arg("customer").args(arguments).arg(file).args(["--control", control]);
    command
}

fn run(arguments: &[&str], file: &Path, control: &str) -> Output {
    customer(arguments, file, control).output().expect("the program starts")
}

/// What it said on stdout.
fn done(arguments: &[&str], file: &Path, control: &str) -> String {
    let output = run(arguments, file, control);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// What it said on stderr.
fn refused(arguments: &[&str], file: &Path, control: &str) -> String {
    let output = run(arguments, file, control);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{arguments:?}");
    String::from_utf8(output.stderr).expect("text")
}

fn unpacked(file: &Path) -> String {
    let mut text = String::new();
    GzDecoder::new(fs::File::open(file).expect("a file")).read_to_string(&mut text).expect("gzip");
    text
}

fn packed(text: &str) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text.as_bytes()).expect("memory");
    packed.finish().expect("memory")
}

fn up(seed: &str) -> Program {
    Program::start(["up", "--json", "--port", "0", "--seed", seed])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_goes_as_a_file_from_one_running_program_to_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let (client, here, there) = (visitor(), up("7"), up("8"));
    here.advance(&client).await;
    until("the invitation, and nothing left to do", async || {
        let (mails, pending) = (here.deliveries(&client).await, here.pending(&client).await);
        if (mails, pending) == (1, 0) { Ok(()) } else { Err(format!("{mails} mails, {pending} pending")) }
    })
    .await;
    let [file, again, fresh] = ["taken.gz", "again.gz", "fresh.gz"].map(|name| folder.path().join(name));
    let (from, to) = (here.text("control", "base_url"), there.text("control", "base_url"));

    let said = done(&["export", "4021"], &file, from);
    let size = fs::metadata(&file).expect("a file").len();
    assert_eq!(said, format!("Customer 4021 is in {} ({size} bytes).\n", file.display()));
    done(&["export", "4021"], &fresh, to);
    assert!(unpacked(&fresh) != unpacked(&file), "each has its own customer of this id");

    let said = refused(&["import"], &file, to);
    assert!(said.contains("customer 4021 is here already") || said.contains("Customer 4021 is here already"), "{said}");
    assert!(said.contains("has not been taken in") && said.contains("--replace"), "{said}");

    let said = done(&["import", "--replace"], &file, to);
    assert!(
        said.starts_with("Customer 4021 has been taken in from ") && said.contains(there.text("icims", "base_url")),
        "{said}"
    );
    assert!(!said.contains(here.text("icims", "password")), "{said}");
    done(&["export", "4021"], &again, to);
    assert!(unpacked(&again) == unpacked(&file), "it is the same customer");
    let (mails, deliveries) = (there.mails(&client).await.len(), there.deliveries(&client).await);
    assert_eq!((mails, deliveries), (1, 0), "the invitation came along, and nobody is invited twice");
    let url = format!("{}/customers/4021", there.text("icims", "base_url"));
    let own = client.get(url).basic_auth(here.text("icims", "username"), Some(here.text("icims", "password")));
    assert_eq!(own.send().await.expect("iCIMS answers").status(), StatusCode::OK, "its credentials came along");
}

#[test]
fn what_cannot_be_taken_in_or_out_is_refused_with_the_reason_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = up("7");
    let control = running.text("control", "base_url");
    let [file, bad, after] = ["taken.gz", "bad.gz", "after.gz"].map(|name| folder.path().join(name));
    done(&["export", "4021"], &file, control);
    let whole = fs::read(&file).expect("a file");
    let newer = unpacked(&file).replacen("\"version\":3", "\"version\":4", 1);
    for (name, bytes, says) in [
        ("cut short", whole[..whole.len() - 20].to_vec(), "damaged or cut short"),
        ("empty", Vec::new(), "no exported customer"),
        ("a newer version", packed(&newer), "use the program that wrote it"),
    ] {
        fs::write(&bad, bytes).expect("a file");
        let said = refused(&["import", "--replace"], &bad, control);
        assert!(said.contains(says) && said.contains("bad.gz has not been taken in"), "{name}: {said}");
    }
    let said = refused(&["import"], &folder.path().join("nothing.gz"), control);
    assert!(said.contains("reading ") && said.contains("nothing.gz"), "{said}");
    let said = refused(&["export", "9999"], &bad, control);
    assert!(said.to_lowercase().contains("there is no customer 9999"), "{said}");
    let said = refused(&["export", "4021"], folder.path(), control);
    assert!(said.contains("is a folder"), "{said}");
    let said = refused(&["export", "4021"], &folder.path().join("no/such/folder.gz"), control);
    assert!(said.contains("its folder must exist"), "{said}");
    done(&["export", "4021"], &after, control);
    assert!(unpacked(&after) == unpacked(&file), "nothing has changed");
}

/// A file larger than a sandbox takes is not sent to it: nobody listens at this address.
#[test]
fn a_file_larger_than_a_sandbox_takes_is_not_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("huge.gz");
    fs::File::create(&file).and_then(|file| file.set_len(256 * 1024 * 1024 + 1)).expect("a file with a hole");
    let said = refused(&["import"], &file, "http://127.0.0.1:9");
    assert!(said.contains("huge.gz is larger than 268435456 bytes"), "{said}");
}

/// A server that answers one request with these bytes, and then says no more; it closes when `hold` is false.
fn answering(bytes: Vec<u8>, hold: bool) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).expect("a request") > 0 {
            head.push(byte[0]);
        }
        // Whoever has read enough may be gone.
        let _ = stream.write_all(&bytes);
        while hold && stream.read(&mut byte).is_ok_and(|read| read > 0) {}
    });
    (url, serving)
}

fn answer(headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 {headers}\r\n\r\n").as_bytes(), body].concat()
}

fn only_the_old_one(folder: &Path, file: &Path) {
    assert_eq!(fs::read_dir(folder).expect("a folder").count(), 1, "nothing is left beside it");
    assert_eq!(fs::read(file).expect("a file"), b"the one of yesterday");
}

#[test]
fn an_export_that_fails_keeps_the_old_file_and_leaves_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("kept.gz");
    fs::write(&file, "the one of yesterday").expect("a file");
    let whole = packed(&"a line of a customer\n".repeat(500));
    let half = &whole[..whole.len() / 2];
    let length = |size: usize| format!("200 OK\r\nContent-Length: {size}");
    for (name, bytes, says) in [
        ("broken off", answer(&length(whole.len()), half), "did not answer to the end"),
        ("broken off without a length", answer("200 OK\r\nConnection: close", half), "cut short"),
        ("a cut file", answer(&length(half.len()), half), "cut short"),
        ("more than a file", answer(&length(whole.len() + 4), &[&whole[..], b"more"].concat()), "something follows"),
        ("another server's page", answer(&length(6), b"<html>"), "no gzip"),
        ("another server's refusal", answer("404 Not Found\r\nContent-Length: 6", b"<html>"), "control address of a sandbox"),
        ("not HTTP", b"220 mail.example.org ESMTP\r\n".to_vec(), "did not answer to the end"),
        ("no answer", Vec::new(), "did not answer to the end"),
    ] {
        let (control, serving) = answering(bytes, false);
        let said = refused(&["export", "4021"], &file, &control);
        serving.join().expect("it has served");
        assert!(said.contains(says) && said.contains("kept.gz is as it was"), "{name}: {said}");
        only_the_old_one(folder.path(), &file);
    }
    let gone = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address");
    for arguments in [&["export", "4021"][..], &["import"]] {
        let said = refused(arguments, &file, &format!("http://{gone}"));
        assert!(said.contains("no sandbox answers there") && said.contains("--control"), "{said}");
    }
    only_the_old_one(folder.path(), &file);
}

#[cfg(unix)]
#[tokio::test]
async fn an_export_that_is_stopped_keeps_the_old_file_and_leaves_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("kept.gz");
    fs::write(&file, "the one of yesterday").expect("a file");
    let (control, serving) = answering(answer("200 OK\r\nContent-Length: 5000", &packed("half")), true);
    let mut exporting = customer(&["export", "4021"], &file, &control);
    let exporting = exporting.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    until("the download to begin", async || match fs::read_dir(folder.path()).expect("a folder").count() {
        2 => Ok(()),
        count => Err(count.to_string()),
    })
    .await;
    assert!(Command::new("kill").arg("-INT").arg(exporting.id().to_string()).status().expect("kill").success());
    let output = exporting.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && said.contains("stopped") && said.contains("as it was"), "{said}");
    serving.join().expect("it has served");
    only_the_old_one(folder.path(), &file);
}
