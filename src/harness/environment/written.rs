//! What a run reads of the file of an environment, and which settings there are.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Value;
use url::Url;

use crate::env_file::{self, Shape, filled_in, harmless};
use crate::harness::keys::ControlKeys;

/// Sections that only `doctor` reads: their variables need not be set for a run.
const OF_THE_DOCTOR: [&str; 3] = ["integration", "platform", "smtp"];

/// What a file says.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    /// What it is called in reports.
    pub(super) name: Option<String>,
    /// The control interface of a sandbox, which is all that one needs.
    pub(super) control: Option<ControlKeys>,
    /// A customer's own iCIMS, where nobody opens customers or moves the clock.
    pub(super) icims: Option<Icims>,
    #[serde(default)]
    pub(super) harver: Harver,
    pub(super) mail: Option<Mail>,
    pub(super) person: Option<Person>,
    #[serde(default)]
    pub(super) waiting: Waiting,
}

/// Section `icims`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Icims {
    /// Base URL of the API; everything is below `/customers/{customer_id}`.
    pub(super) base_url: Url,
    pub(super) customer_id: String,
    pub(super) username: Option<String>,
    pub(super) password: Option<String>,
    pub(super) token_url: Option<Url>,
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<String>,
    /// For whom tokens are, where that is not the one that iCIMS documents.
    pub(super) audience: Option<String>,
    /// Whether a run may create people, applications and requisitions there.
    #[serde(default)]
    pub(super) writes: bool,
    /// How many calls of the API a run may make.
    pub(super) calls: u32,
    /// The recruiter's screens, where they are those of the sandbox.
    pub(super) recruiter_url: Option<Url>,
    /// The career portal, where it is that of the sandbox.
    pub(super) portal_url: Option<Url>,
    /// Ids by the labels that the scenarios use.
    #[serde(default)]
    pub(super) statuses: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) folders: BTreeMap<String, String>,
    /// Ids of jobs by their titles in the scenarios.
    #[serde(default)]
    pub(super) jobs: BTreeMap<String, String>,
    /// Labels of packages by the vacancies of the scenarios.
    #[serde(default)]
    pub(super) packages: BTreeMap<String, String>,
}

/// Section `harver`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Harver {
    /// How links to the assessment begin.
    pub(super) link_url: Option<Url>,
    /// Whether the assessment is that of the sandbox, which a program can take.
    #[serde(default)]
    pub(super) simulated: bool,
}

/// Section `mail`: one of `mailpit`, `imap` and `person`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mail {
    /// The address that a candidate gets, with `{name}` in it.
    pub(super) address: String,
    /// Base URL of Mailpit.
    pub(super) mailpit: Option<Url>,
    /// `imaps://host` or `imap://host:port`.
    pub(super) imap: Option<Url>,
    pub(super) username: Option<String>,
    pub(super) password: Option<String>,
    /// Whether somebody is asked to look.
    #[serde(default)]
    pub(super) person: bool,
}

/// Section `person`: somebody at the terminal does what no program can.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    /// How long an answer may take, in minutes.
    #[serde(default = "Person::patience")]
    pub(super) patience_minutes: u64,
}

impl Person {
    fn patience() -> u64 {
        15
    }
}

/// Section `waiting`: nobody tells that nothing more will happen, so that it is a matter of time.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Waiting {
    /// How long something may take to happen, in seconds.
    pub(super) patience_seconds: u64,
    /// How long nothing may happen until nothing is taken to happen any more, in seconds.
    pub(super) quiet_seconds: u64,
}

impl Default for Waiting {
    fn default() -> Self {
        Self { patience_seconds: 120, quiet_seconds: 10 }
    }
}

/// The line of `up --json`; whatever else is in it is for others.
#[derive(Deserialize)]
struct Ready {
    control: ControlKeys,
}

impl Written {
    /// Reads a file, with the variables of whoever knows them.
    pub(super) fn parse(text: &str, variable: &impl Fn(&str) -> Option<String>) -> Result<Self> {
        let env_file::Written { shape, mut settings } = env_file::Written::parse(text)?;
        if shape != Shape::ReadyLine {
            OF_THE_DOCTOR.iter().for_each(|section| drop(settings.remove(*section)));
        }
        let mut value = Value::Table(settings);
        match shape {
            Shape::ReadyLine => {
                let Ready { control } = read(value).context("it is no line of up --json")?;
                Ok(Self { control: Some(control), ..Self::default() })
            }
            Shape::Toml | Shape::Postman => {
                fill_in(&mut value, "", variable)?;
                let what = if shape == Shape::Toml {
                    "it is neither the line of up --json nor an environment"
                } else {
                    "it is no Postman environment of ours"
                };
                read(value).context(what)
            }
        }
    }
}

/// The parser's full message would print the line, and the line may hold a secret.
fn read<T: DeserializeOwned>(value: Value) -> Result<T> {
    value.try_into().map_err(|error: toml::de::Error| anyhow!("{}", harmless(error.message())))
}

/// Puts the values of variables into every text.
fn fill_in(value: &mut Value, path: &str, variable: &impl Fn(&str) -> Option<String>) -> Result<()> {
    match value {
        Value::String(text) => *text = filled_in(text, variable).with_context(|| format!("reading {path}"))?,
        Value::Table(table) => {
            for (key, value) in table.iter_mut() {
                fill_in(value, &if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, variable)?;
            }
        }
        Value::Array(_) => bail!("reading {path}: an environment has no lists"),
        _ => {}
    }
    Ok(())
}
