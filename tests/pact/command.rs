//! The program, started with a broker and nothing else of this machine's environment.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use broker_double::BrokerDouble;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::silly;

/// What lets in at the double.
pub(crate) const TOKEN: &str = "t0ken-of-the-double";

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    /// Both outputs, wherever lines were broken.
    pub(crate) all: String,
}

impl Said {
    pub(crate) fn of(output: &Output) -> Self {
        let all = [&output.stdout[..], &output.stderr].concat();
        let all = String::from_utf8_lossy(&all).split_whitespace().collect::<Vec<_>>().join(" ");
        Self { code: output.status.code(), all }
    }

    /// It ended with this code and said this, and not the token.
    #[track_caller]
    pub(crate) fn assert(&self, code: i32, says: &str) {
        assert!(self.code == Some(code) && self.all.contains(says), "not {code} with {says:?}: {self:?}");
        assert!(!self.all.contains(TOKEN), "the token is told: {self:?}");
    }
}

/// `pact` in a folder, with no broker.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    command.arg("pact").args(arguments).current_dir(folder);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy().to_uppercase();
        if text.starts_with("PACT_") || text.starts_with("HARVER_ICIMS_") || text.ends_with("_PROXY") {
            command.env_remove(&name);
        }
    }
    command
}

/// A broker that nobody has told anything yet, and a folder with pacts.
pub(crate) struct Site {
    pub(crate) broker: BrokerDouble,
    pub(crate) folder: TempDir,
}

impl Site {
    /// Between `shop` and `icims`, and `shop` and `mail`.
    pub(crate) fn new() -> Self {
        let site =
            Self { broker: BrokerDouble::start(Some(TOKEN)).expect("a double"), folder: TempDir::new().expect("a folder") };
        site.write("shop-icims.json", &pact("shop", "icims", &["a person", "a job"]));
        site
    }

    pub(crate) fn write(&self, name: &str, content: &Value) {
        let folder = self.folder.path().join("pacts");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(name), content.to_string()).expect("a file");
    }

    /// Runs `pact` with the broker.
    pub(crate) fn say(&self, arguments: &[&str]) -> Said {
        self.say_at(&self.broker.url(), TOKEN, arguments)
    }

    /// Runs it with another one, or another token.
    pub(crate) fn say_at(&self, broker: &str, token: &str, arguments: &[&str]) -> Said {
        let mut command = command(self.folder.path(), arguments);
        command.env("PACT_BROKER_BASE_URL", broker).env("PACT_BROKER_TOKEN", token);
        Said::of(&command.output().expect("it runs"))
    }

    /// Publishes the folder for a version, on the main branch.
    pub(crate) fn publish(&self, version: &str) -> Said {
        self.say(&["publish", "pacts", "--consumer-app-version", version, "--branch", "main"])
    }
}

/// Whoever brings every state about, and tells nothing.
pub(crate) fn states() -> String {
    silly::always("200 OK", "application/json", "{}")
}

/// A pact with these interactions.
pub(crate) fn pact(consumer: &str, provider: &str, descriptions: &[&str]) -> Value {
    let interactions = descriptions.iter().enumerate().map(|(at, description)| {
        json!({
            "type": "Synchronous/HTTP",
            "description": description,
            "providerStates": [{"name": "a candidate", "params": {"customer": "4021"}}],
            "request": {"method": "GET", "path": format!("/customers/4021/people/{at}")},
            "response": {"status": 200},
        })
    });
    json!({
        "consumer": {"name": consumer},
        "provider": {"name": provider},
        "interactions": interactions.collect::<Vec<_>>(),
        "metadata": {"pactSpecification": {"version": "4.0"}},
    })
}
