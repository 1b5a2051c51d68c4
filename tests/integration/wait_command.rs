//! `wait`, as scripts use it: what it ends with, and what it says.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::json;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::program::Program;

/// A process that is stopped when it is dropped.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        self.0.kill().expect("SIGKILL");
        self.0.wait().expect("it is dead");
    }
}

fn waiting(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    command.arg("wait").args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Exit code, and what was said on stderr.
fn outcome(output: &Output) -> (Option<i32>, String) {
    assert!(output.stdout.is_empty(), "scripts read nothing on stdout");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

async fn waited(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = waiting(arguments);
    let output = tokio::task::spawn_blocking(move || command.output().expect("the program starts")).await;
    outcome(&output.expect("it ended"))
}

/// The integration alone, without customers.
fn serve(port: u16, folder: &Path) -> Started {
    let config = format!(
        "public_url = \"http://127.0.0.1:{port}\"\nlisten = \"127.0.0.1:{port}\"\ndatabase = \"{}\"\n[mail]\nhost = \"127.0.0.1\"\n\
         port = 9\nsender_address = \"noreply@example.org\"\nsecurity = \"none\"\n",
        folder.join("integration.db").display()
    );
    let file = folder.join("serve.toml");
    fs::write(&file, config).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    command.arg("serve").arg("--config").arg(file).env("HARVER_ICIMS_SEALING_PASSPHRASE", "a passphrase of this test");
    Started(command.spawn().expect("the program starts"))
}

#[tokio::test]
async fn waiting_ends_when_the_integration_that_starts_late_is_ready() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let waiting =
        waiting(&["--url", &format!("http://127.0.0.1:{port}"), "--timeout", "60"]).spawn().expect("the program starts");
    // It has asked once, and was not answered.
    drop(listener.accept().expect("a connection"));
    drop(listener);
    let _serving = serve(port, folder.path());
    assert_eq!(outcome(&waiting.wait_with_output().expect("it ends")), (Some(0), String::new()));
}

#[tokio::test]
async fn all_that_up_starts_is_ready_once_it_says_so() {
    let running = Program::start(["up", "--json", "--port", "0"]);
    for part in ["control", "integration"] {
        let slash = format!("{}/", running.text(part, "base_url"));
        assert_eq!(waited(&["--url", &slash, "--timeout", "20"]).await, (Some(0), String::new()), "{part}");
    }
    let (code, said) = waited(&["--url", running.text("icims", "base_url"), "--timeout", "0"]).await;
    assert_eq!(code, Some(1), "iCIMS is no address that can be waited for: {said}");
}

#[tokio::test]
async fn what_never_starts_is_told_with_the_reason_and_exit_code_1() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address");
    let (code, said) = waited(&["--url", &format!("http://{free}"), "--timeout", "1"]).await;
    assert_eq!(code, Some(1));
    assert!(
        said.contains(&format!("http://{free}/ is not ready after 1 s: no connection")) && said.contains("refused"),
        "{said}"
    );

    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let (code, said) =
        waited(&["--url", &format!("http://{}", silent.local_addr().expect("an address")), "--timeout", "1"]).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("nobody has answered yet"), "{said}");
}

async fn answering(paths: &[(&str, ResponseTemplate)]) -> MockServer {
    let server = MockServer::start().await;
    for (at, answer) in paths {
        Mock::given(path(*at)).respond_with(answer.clone()).mount(&server).await;
    }
    server
}

#[tokio::test]
async fn whoever_answers_that_it_is_not_ready_is_quoted() {
    let starting = json!({"error": {"code": "starting", "message": "The sandbox is starting: ask again."}});
    let foreign = "The sandbox does not answer for the host sandbox.test.";
    for (answers, says) in [
        (
            vec![("/readyz", ResponseTemplate::new(503).set_body_string("the disk is full\n"))],
            "it answered 503: the disk is full",
        ),
        (
            vec![("/__sandbox/health", ResponseTemplate::new(503).set_body_json(starting))],
            "it answered 503: The sandbox is starting: ask again.",
        ),
        (vec![("/readyz", ResponseTemplate::new(200).set_body_string("<html>"))], "neither an integration nor the overview"),
        (vec![("/__sandbox/health", ResponseTemplate::new(200).set_body_json(json!({"status": "odd"})))], "neither"),
        (vec![], "neither an integration nor the overview of a sandbox"),
        (
            vec![("/readyz", ResponseTemplate::new(421).set_body_string(foreign))],
            "will not be: it answered 421: The sandbox does not",
        ),
    ] {
        let server = answering(&answers).await;
        // 421 ends it at once; the others are asked until the time is over.
        let patience = if says.contains("421") { "3600" } else { "1" };
        let (code, said) = waited(&["--url", &server.uri(), "--timeout", patience]).await;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(says), "{says:?} is not in {said:?}");
    }
}

#[tokio::test]
async fn wrong_usage_has_an_exit_code_of_its_own() {
    for wrong in
        [&["--url", "ftp://127.0.0.1"][..], &["--url", "8700"], &["--timeout", "soon"], &["--timeout", "-1"], &["--port", "1"]]
    {
        assert_eq!(waited(wrong).await.0, Some(2), "{wrong:?}");
    }
}
