//! The file of an environment as people write it: TOML, a Postman environment, or the line that `up --json` prints. Texts may have
//! variables of the process in them (`${NAME}`), so that no secret is in the file.
//!
//! What its settings mean is up to those who read them: the scenarios, which want a whole environment, and the doctor, who looks at half
//! of one, too. No message quotes a value: any of them may be a secret.

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value as Json;
use toml::{Table, Value};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// TOML.
    Toml,
    /// An environment that Postman has exported.
    Postman,
    /// The line of `up --json`, or of `sandbox`.
    ReadyLine,
}

/// What is written, with the variables as they stand there.
#[derive(Debug)]
pub(crate) struct Written {
    /// How.
    pub shape: Shape,
    /// The settings, section by section.
    pub settings: Table,
}

impl Written {
    /// Reads a file. More lines may follow a ready line: whatever the program has said later.
    ///
    /// # Errors
    /// When it is none of the three.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        if !text.trim_start().starts_with('{') {
            let table = toml::from_str(text).map_err(|error| anyhow!("{}", harmless(error.message())));
            let settings = table.context("it is neither the line of up --json nor an environment")?;
            return Ok(Self { shape: Shape::Toml, settings });
        }
        let mut lines = serde_json::Deserializer::from_str(text).into_iter::<Json>();
        let first = lines.next().context("nothing is in it")?.map_err(|error| anyhow!("{}", harmless(&error.to_string())));
        let first = first.context("it is no line of up --json")?;
        if first.get("values").is_some_and(Json::is_array) {
            let settings = postman(&first).context("it is no Postman environment of ours")?;
            return Ok(Self { shape: Shape::Postman, settings });
        }
        let settings = Table::try_from(without_nulls(first)).map_err(|_| anyhow!("it is no line of up --json"))?;
        Ok(Self { shape: Shape::ReadyLine, settings })
    }
}

/// TOML has no word for nothing.
fn without_nulls(value: Json) -> Json {
    match value {
        Json::Object(fields) => {
            fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name, without_nulls(value))).collect()
        }
        other => other,
    }
}

/// What a parser says, unless that may be somebody's secret.
#[must_use]
pub(crate) fn harmless(message: &str) -> &str {
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

/// A text with the values of its variables.
///
/// # Errors
/// When it names a variable that is not set, or cannot be read.
pub(crate) fn filled_in(text: &str, variable: &impl Fn(&str) -> Option<String>) -> Result<String> {
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
