//! The file of an environment as people write it: TOML, a Postman environment, or the line that `up --json` prints. Texts may have
//! variables of the process in them (`${NAME}`), so that no secret is in the file.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use toml::{Table, Value};
use url::Url;

use crate::harness::keys::ControlKeys;

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
        if !text.trim_start().starts_with('{') {
            let table = toml::from_str(text).map_err(|error| anyhow!("{}", harmless(error.message())));
            return Self::of(table.context("it is neither the line of up --json nor an environment")?, variable);
        }
        let mut lines = serde_json::Deserializer::from_str(text).into_iter::<Json>();
        let first = lines.next().context("nothing is in it")?.map_err(|error| anyhow!("{}", harmless(&error.to_string())));
        let first = first.context("it is no line of up --json")?;
        if first.get("values").is_some_and(Json::is_array) {
            return Self::of(postman(&first)?, variable).context("it is no Postman environment of ours");
        }
        let Ready { control } = serde_json::from_value(first)
            .map_err(|error| anyhow!("{}", harmless(&error.to_string())))
            .context("it is no line of up --json")?;
        Ok(Self { control: Some(control), ..Self::default() })
    }

    fn of(table: Table, variable: &impl Fn(&str) -> Option<String>) -> Result<Self> {
        let mut value = Value::Table(table);
        fill_in(&mut value, "", variable)?;
        read(value).context("it is neither the line of up --json nor an environment")
    }
}

/// The parser's full message would print the line, and the line may hold a secret.
fn read<T: DeserializeOwned>(value: Value) -> Result<T> {
    value.try_into().map_err(|error: toml::de::Error| anyhow!("{}", harmless(error.message())))
}

/// What a parser says, unless that may be somebody's secret.
pub(in crate::harness) fn harmless(message: &str) -> &str {
    if message.contains("invalid ") || message.contains("relative URL") {
        "a value is not of the kind that belongs there"
    } else {
        message
    }
}

/// A Postman environment: each key is the path of a setting, `icims.base_url`; those that are switched off are left out.
fn postman(environment: &Json) -> Result<Table> {
    let mut table = Table::new();
    if let Some(name) = environment["name"].as_str() {
        table.insert("name".into(), name.into());
    }
    for entry in environment["values"].as_array().into_iter().flatten().filter(|entry| entry["enabled"] != false) {
        let key = entry["key"].as_str().context("a value without a key")?;
        let text = entry["value"].as_str().with_context(|| format!("the value of {key} is no text"))?;
        let path: Vec<&str> = key.splitn(3, '.').collect();
        let (last, folders) = path.split_last().with_context(|| format!("the key {key:?}"))?;
        let mut place = &mut table;
        for folder in folders {
            let below = place.entry(*folder).or_insert_with(|| Value::Table(Table::new()));
            place = below.as_table_mut().with_context(|| format!("{key} is below what is a value"))?;
        }
        place.insert((*last).to_owned(), typed(last, text)?);
    }
    Ok(table)
}

/// Postman has nothing but texts.
fn typed(setting: &str, text: &str) -> Result<Value> {
    Ok(match setting {
        "writes" | "simulated" | "person" => Value::Boolean(text.parse().with_context(|| format!("{setting} is true or false"))?),
        "calls" | "patience_minutes" | "patience_seconds" | "quiet_seconds" => {
            Value::Integer(text.parse().with_context(|| format!("{setting} is a number"))?)
        }
        _ => text.into(),
    })
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

/// A text with the values of its variables.
pub(in crate::harness) fn filled_in(text: &str, variable: &impl Fn(&str) -> Option<String>) -> Result<String> {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').context("it has a ${ without its }")?;
        let value = variable(name).with_context(|| format!("the variable {name} is not set"))?;
        filled.push_str(before);
        filled.push_str(&value);
        rest = after;
    }
    filled.push_str(rest);
    ensure!(!filled.contains('\n'), "a value of several lines is none of an environment");
    Ok(filled)
}
