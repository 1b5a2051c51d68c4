//! Requests of a tester's own, as Harver's API tester BAT words them: what is to be asked is put together sentence by sentence, and
//! sent by the first sentence that looks at the answer. Each scenario has its own session: who asks, cookies, variables, and what was
//! asked before. Nothing is followed, repeated or filled in silently: what is not set, not sent or not there is an error.

mod answer;
mod documents;
mod draft;
mod exchange;
mod json_path;
mod schema;
mod session;
mod table;
mod variables;
mod verb;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::Client;
use reqwest::cookie::Jar;
use serde_json::Value;

pub use documents::{Documents, NamedDocument};
use draft::Draft;
use exchange::Exchange;
pub(super) use table::Rows;
use variables::Variables;
pub(super) use verb::Verb;

/// What bodies are unless somebody says.
const JSON: &str = "application/json";
/// The variable that relative addresses are resolved against.
const BASE: &str = "base";

/// What a run sets for the requests of all its scenarios.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What the APIs answer, by their OpenAPI documents.
    pub documents: Documents,
    /// How much longer than stated an answer may take, where the way to whoever answers is slow.
    pub latency_buffer: Duration,
    /// What relative addresses are resolved against, unless a scenario sets the variable `base`.
    pub base_url: Option<String>,
}

/// The session of one scenario.
#[derive(Default)]
pub(super) struct Api {
    client: Option<Client>,
    settings: Settings,
    /// The folder of the feature, where its files are.
    home: PathBuf,
    variables: Variables,
    /// The header Authorization of every request; nobody in particular asks without it.
    authorization: Option<String>,
    cookies: Jar,
    content_type: Option<String>,
    draft: Option<Draft>,
    exchanges: Vec<Exchange>,
    printed: Vec<String>,
}

impl Api {
    /// A fresh session for a scenario of this feature.
    pub(super) fn new(client: Client, settings: Settings, feature: Option<&Path>) -> Self {
        let mut variables = Variables::default();
        if let Some(base) = &settings.base_url {
            variables.set(BASE, base.clone());
        }
        let home = feature.and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
        Self { client: Some(client), settings, home, variables, ..Self::default() }
    }

    /// Knows the addresses and credentials of a customer from now on, as variables: `{icims.base_url}`.
    pub(super) fn know(&mut self, keys: &Value) {
        self.variables.know(keys);
    }

    /// The secrets that requests were given or have obtained, which nobody is to read.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.variables.secrets()
    }

    /// What was to be printed since this was asked last.
    pub(super) fn take_printed(&mut self) -> Vec<String> {
        std::mem::take(&mut self.printed)
    }

    /// What was put together and never sent.
    ///
    /// # Errors
    /// When there is such a request.
    pub(super) fn nothing_is_left_unsent(&self) -> Result<()> {
        match &self.draft {
            None => Ok(()),
            Some(draft) => bail!(
                "the request {draft} was never sent, because no Then looks at its answer; add one, such as: Then receive status 200"
            ),
        }
    }

    /// The text of a file of the feature: beside the feature, or in the working folder.
    fn file(&self, name: &str) -> Result<String> {
        let name = self.variables.fill(name)?;
        let beside = self.home.join(&name);
        let place = if beside.exists() { beside.clone() } else { PathBuf::from(&name) };
        std::fs::read_to_string(&place).with_context(|| {
            format!("the file {name} is neither {} nor in the working folder, or cannot be read", beside.display())
        })
    }
}
