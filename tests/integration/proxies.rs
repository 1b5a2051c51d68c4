//! The variables that name a proxy, as they are set in most companies: whatever is on this machine is called directly, a real neighbour
//! through the proxy, and a failure says so.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::commands::{Serving, configuration, free_port, serve, webhook_credentials};
use crate::program::{Program, finish_journey, until, visitor};

/// Every variable that names a proxy.
const VARIABLES: [&str; 6] = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// A proxy that is away, with a password that nobody may be told.
const AWAY: &str = "http://agent:hunter2@127.0.0.1:9";

fn all(proxy: &str) -> Vec<(&'static str, String)> {
    VARIABLES.map(|name| (name, proxy.to_owned())).into()
}

/// A proxy that answers everything itself, and remembers what it was asked: request line and headers.
struct Proxy {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(Self::answer(connection, Arc::clone(&heard), answer));
            }
        });
        Self { address, asked }
    }

    async fn answer(mut connection: TcpStream, heard: Arc<Mutex<Vec<String>>>, answer: &'static str) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let Ok(byte) = connection.read_u8().await else { return };
            head.push(byte);
        }
        heard.lock().expect("nobody panicked").push(String::from_utf8_lossy(&head).into_owned());
        // Whoever has gone away in between wants no answer.
        let _ = connection.write_all(answer.as_bytes()).await;
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panicked").clone()
    }
}

/// What the sandbox's journal has of one receiver, as soon as there is something.
async fn outcome(sandbox: &Program, of: &str) -> Value {
    let client = visitor();
    let url =
        format!("{}/__sandbox/journal?customer={}", sandbox.text("control", "base_url"), sandbox.text("icims", "customer_id"));
    until("an exchange", async || {
        let journal: Value = client.get(&url).send().await.expect("control answers").json().await.expect("JSON");
        let exchanges = journal["exchanges"].as_array().expect("exchanges").clone();
        exchanges.iter().find(|one| one["to"] == of).map(|one| one["outcome"].clone()).ok_or_else(|| format!("{exchanges:?}"))
    })
    .await
}

#[tokio::test]
async fn the_whole_world_works_where_every_variable_names_a_proxy_that_is_away() {
    let program = Program::start_with(&all(AWAY), ["up", "--json", "--port", "0"]);
    let client = visitor();
    program.advance(&client).await;
    let rows = finish_journey(&program, &client).await;
    assert_eq!(rows[0]["assessmentresult"], "Great Fit", "{rows:?}");

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("customer");
    let exported = Command::new(env!("CARGO_BIN_EXE_harver-icims"))
        .args(["customer", "export", program.text("icims", "customer_id")])
        .arg(&file)
        .args(["--control", program.text("control", "base_url")])
        .envs(all(AWAY))
        .stdout(Stdio::null())
        .status();
    assert!(exported.expect("it runs").success() && file.exists());
    let mut waiting = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    waiting.args(["wait", "--timeout", "20", "--url", program.text("integration", "base_url")]).envs(all(AWAY));
    assert!(waiting.status().expect("it runs").success());
}

#[tokio::test]
async fn the_sandbox_calls_an_integration_elsewhere_through_the_proxy() {
    let proxy = Proxy::start("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
    // Nobody but the proxy knows this name.
    let elsewhere = ["sandbox", "--port", "0", "--integration-url", "http://vendor.example:8702"];
    let sandbox = Program::start_with(&all(&format!("http://agent:hunter2@{}", proxy.address)), elsewhere);
    sandbox.advance(&visitor()).await;
    assert_eq!(outcome(&sandbox, "integration").await["status"], 200);
    let asked = proxy.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(
        asked[0]
            .starts_with("POST http://vendor.example:8702/prod/orchestrator/v1/flows/startAssessment/icimsmarketplace HTTP/1.1")
    );
    assert!(asked[0].to_lowercase().contains("proxy-authorization: basic "), "{asked:?}");
}

#[tokio::test]
async fn a_proxy_that_is_away_is_named_in_the_journal_without_its_password() {
    let elsewhere = ["sandbox", "--port", "0", "--integration-url", "http://vendor.example"];
    let sandbox = Program::start_with(&all(AWAY), elsewhere);
    sandbox.advance(&visitor()).await;
    let outcome = outcome(&sandbox, "integration").await.to_string();
    assert!(outcome.contains("through the proxy http://127.0.0.1:9 "), "{outcome}");
    assert!(!outcome.contains("hunter2") && !outcome.contains("agent"), "{outcome}");
}

/// `serve` for the customer of the sandbox, whose platform is at a name that only a proxy knows. What it logs is in the file `log`.
async fn serve_elsewhere(sandbox: &Program, port: u16, proxy: &str, folder: &Path) -> Serving {
    let client = visitor();
    let webhooks = webhook_credentials(sandbox, &client).await;
    let config = configuration(sandbox, port, &webhooks, folder);
    let text = fs::read_to_string(&config).expect("the file");
    let elsewhere = text.replace(&format!("\"{}\"", sandbox.text("platform", "base_url")), "\"http://harver.example:8080\"");
    assert_ne!(text, elsewhere);
    fs::write(&config, elsewhere).expect("a file");
    let log = fs::File::create(folder.join("log")).expect("a file");
    let serving = Serving(serve(&config).envs(all(proxy)).stderr(log).spawn().expect("the program starts"));
    let ready = format!("http://127.0.0.1:{port}/readyz");
    until("the integration to be ready", async || match client.get(&ready).send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .await;
    serving
}

#[tokio::test]
async fn the_integration_calls_a_platform_elsewhere_through_the_proxy_and_names_it_when_that_fails() {
    let port = free_port();
    let proxy = Proxy::start("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
    let sandbox = Program::start(["sandbox", "--port", "0", "--integration-url", &format!("http://127.0.0.1:{port}")]);
    for (address, says) in [
        (format!("http://{}", proxy.address), "the Harver platform is in trouble: it answered 503"),
        (AWAY.to_owned(), "no connection through the proxy http://127.0.0.1:9 "),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let _serving = serve_elsewhere(&sandbox, port, &address, folder.path()).await;
        let client = visitor();
        sandbox.advance(&client).await;
        let log = until("the refusal", async || {
            let log = fs::read_to_string(folder.path().join("log")).expect("the log");
            if log.contains(says) { Ok(log) } else { Err(log) }
        })
        .await;
        assert!(!log.contains("hunter2"), "{log}");
        let reset = client.post(format!("{}/__sandbox/reset", sandbox.text("control", "base_url"))).send().await;
        assert!(reset.expect("control answers").status().is_success());
    }
    let asked = proxy.asked();
    assert!(
        !asked.is_empty() && asked.iter().all(|one| one.starts_with("POST http://harver.example:8080/oauth/token ")),
        "{asked:?}"
    );
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_is_told_from_a_neighbour_that_does() {
    let proxy =
        Proxy::start("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
    let port = free_port();
    let sandbox = Program::start(["sandbox", "--port", "0", "--integration-url", &format!("http://127.0.0.1:{port}")]);
    let folder = tempfile::tempdir().expect("a folder");
    let address = format!("http://{}", proxy.address);
    let _serving = serve_elsewhere(&sandbox, port, &address, folder.path()).await;
    sandbox.advance(&visitor()).await;
    let says = format!("the proxy {address}, which asks for a user name and password");
    until("the refusal", async || {
        let log = fs::read_to_string(folder.path().join("log")).expect("the log");
        if log.contains(&says) { Ok(()) } else { Err(log) }
    })
    .await;
}
