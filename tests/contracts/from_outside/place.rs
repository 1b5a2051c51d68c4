//! The shipped program on both sides: a world, and whoever verifies it; and small stand-ins for either.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use axum::Router;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::program::Program;

/// What the program said.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

impl Said {
    /// Everything, wherever lines were broken.
    pub(super) fn all(&self) -> String {
        format!("{} {}", self.err, self.out).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// `pact verify` with these arguments.
pub(super) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    command.args(["pact", "verify"]).args(arguments).stdin(Stdio::null());
    for name in ["GITHUB_ACTIONS", "HARVER_ICIMS_CONTROL_TOKEN"] {
        command.env_remove(name);
    }
    command
}

/// Runs it to its end.
pub(super) fn verify(arguments: &[&str]) -> Said {
    run(command(arguments))
}

pub(super) fn run(mut command: Command) -> Said {
    let output = command.output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

/// `up`, on free ports.
pub(super) struct World(Program);

impl World {
    pub(super) fn start() -> Self {
        Self(Program::start(["up", "--port", "0", "--json"]))
    }

    pub(super) fn text(&self, part: &str, key: &str) -> &str {
        self.0.text(part, key)
    }

    pub(super) fn control(&self) -> &str {
        self.text("control", "base_url")
    }

    /// The numbers of the customers that there are.
    pub(super) fn customers(&self) -> Vec<String> {
        let url = format!("{}/__sandbox/customers", self.control());
        let listed: Value = here().block_on(async {
            let client = harver_icims::http::direct(harver_icims::http::Timeouts::default()).expect("HTTP");
            client.get(url).send().await.expect("control").json().await.expect("JSON")
        });
        let all = listed["customers"].as_array().expect("customers").iter();
        all.map(|one| one["customer_id"].as_str().expect("a number").to_owned()).collect()
    }
}

/// A runtime for whoever listens in this process.
pub(super) fn here() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime")
}

/// Somebody who answers in this process, for as long as this lives.
pub(super) struct StandIn {
    url: String,
    _runtime: tokio::runtime::Runtime,
}

impl StandIn {
    pub(super) fn of(router: Router) -> Self {
        let runtime = here();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { url, _runtime: runtime }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

/// An address at which nobody listens.
pub(super) fn nowhere() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

/// A pact of a shop with a people register, with one interaction: a person has an e-mail address.
pub(super) fn pact() -> Value {
    json!({
        "consumer": {"name": "shop"},
        "provider": {"name": "register"},
        "metadata": {"pactSpecification": {"version": "4.0"}},
        "interactions": [interaction("a request for a person")],
    })
}

pub(super) fn interaction(description: &str) -> Value {
    json!({
        "description": description,
        "type": "Synchronous/HTTP",
        "pending": false,
        "providerStates": [{"name": "a person"}],
        "request": {"method": "GET", "path": "/people/1"},
        "response": {
            "status": 200,
            "headers": {"content-type": ["application/json"]},
            "body": {"contentType": "application/json", "encoded": false, "content": {"id": 1, "email": "ines@example.org"}},
        },
    })
}

/// A folder with these files.
pub(super) fn folder(files: &[(&str, String)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, text).expect("a file");
    }
    folder
}

/// The pact in a file of its own.
pub(super) fn file(pact: &Value) -> (TempDir, PathBuf) {
    let folder = folder(&[("shop-register.json", serde_json::to_string_pretty(pact).expect("JSON"))]);
    let path = folder.path().join("shop-register.json");
    (folder, path)
}
