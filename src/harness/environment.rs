//! Where scenarios are run that is not started for them: a sandbox that somebody has running, told by a file. Nobody's clock is moved
//! there, and what scenarios open they delete.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use reqwest::Client;
use serde::Deserialize;
use url::Url;

use super::control::Control;
use super::keys::ControlKeys;

/// A place to run scenarios in.
#[derive(Clone, Debug)]
pub struct Environment {
    file: PathBuf,
    name: Option<String>,
    control: ControlKeys,
}

/// The file that a person writes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// What it is called in reports.
    name: Option<String>,
    control: ControlKeys,
}

/// The line of `up --json`; whatever else is in it is for others.
#[derive(Deserialize)]
struct Ready {
    control: ControlKeys,
}

impl Environment {
    /// Reads a file: TOML with the variables of this process (`${NAME}`), or the line that `up --json` has printed.
    ///
    /// # Errors
    /// When the file cannot be read or is neither, or names a variable that is not set.
    #[expect(clippy::disallowed_methods, reason = "the file names variables, so that no secret is in it")]
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| format!("reading the environment {}", file.display()))?;
        Self::parse(&text, file, |name| std::env::var(name).ok())
    }

    fn parse(text: &str, file: &Path, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let (name, mut control) = if text.trim_start().starts_with('{') {
            let mut lines = serde_json::Deserializer::from_str(text).into_iter::<Ready>();
            let ready = lines.next().context("nothing is in it");
            let ready = ready.and_then(|ready| ready.map_err(|error| anyhow!("{}", known(&error.to_string()))));
            let Ready { control } = ready.with_context(|| format!("{} is no line of up --json", file.display()))?;
            (None, control)
        } else {
            let Written { name, control } = toml::from_str(text)
                // The parser's full message would print the line, and the line may hold a secret.
                .map_err(|error| anyhow!("{}", known(error.message())))
                .with_context(|| format!("{} is neither the line of up --json nor an environment", file.display()))?;
            (name, control)
        };
        let reading = |key: &'static str| move || format!("reading {key} of the environment {}", file.display());
        control.base_url = filled_in(&control.base_url, &variable).with_context(reading("base_url"))?;
        let url = Url::parse(&control.base_url).with_context(reading("base_url"))?;
        let is_plain = url.username().is_empty() && url.password().is_none();
        ensure!(
            is_plain,
            "base_url of the environment {} has a user name or a password in it, which are none of an address",
            file.display()
        );
        let token = control.token.as_deref().map(|token| filled_in(token, &variable)).transpose();
        control.token = token.with_context(reading("token"))?;
        Ok(Self { file: file.to_owned(), name, control })
    }

    /// Its control interface, which has answered.
    pub(super) async fn control(&self, client: &Client) -> Result<Control> {
        let control = Control::new(&self.control, client)?;
        let what = || {
            format!(
                "no sandbox answers at {}, which {} names; start one, or have its token in the file if it wants one",
                self.control.base_url,
                self.file.display()
            )
        };
        control.greet().await.with_context(what)?;
        Ok(control)
    }

    /// What readers call it.
    pub(super) fn name(&self) -> String {
        let name = self.name.clone().unwrap_or_else(|| "a sandbox that was there".into());
        format!("{name}, at {}", self.control.base_url)
    }
}

/// A text with the values of its variables.
pub(super) fn filled_in(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<String> {
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

/// What a parser says, unless that may be somebody's secret.
pub(super) fn known(message: &str) -> &str {
    if message.contains("invalid ") { "a value is not of the kind that belongs there" } else { message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Environment> {
        let variable = |name: &str| (name == "TOKEN").then(|| "a-token-of-sixteen".to_owned());
        Environment::parse(text, Path::new("ours.toml"), variable)
    }

    #[test]
    fn a_file_names_the_place_and_leaves_secrets_to_variables() {
        let read = read("name = \"Staging\"\n[control]\nbase_url = \"http://sandbox:8700\"\ntoken = \"${TOKEN}\"")
            .expect("an environment");
        assert_eq!(read.name(), "Staging, at http://sandbox:8700");
        assert_eq!(read.control.token.as_deref(), Some("a-token-of-sixteen"));
    }

    #[test]
    fn the_line_of_up_is_one_also_with_more_lines_after_it() {
        let line = r#"{"ready": true, "icims": {"customer_id": "4021"}, "control": {"base_url": "http://127.0.0.1:8700"}}"#;
        for text in [line.to_owned(), format!("\n{line}\nstopped")] {
            let read = read(&text).expect("an environment");
            assert_eq!((read.control.base_url.as_str(), read.control.token), ("http://127.0.0.1:8700", None));
        }
    }

    #[test]
    fn what_is_none_is_told_by_its_file_and_without_its_values() {
        for (text, says) in [
            ("", "neither the line of up --json nor an environment"),
            ("{", "no line of up --json"),
            (r#"{"ready": true}"#, "missing field `control`"),
            ("[control]\nbase_url = \"x\"\ntokn = \"SECRET\"", "unknown field `tokn`"),
            ("[control]\nbase_url = \"http://${HOST}:1\"", "the variable HOST is not set"),
            ("[control]\nbase_url = \"http://x\"\ntoken = \"SECRET${HOST\"", "has a ${ without its }"),
            ("control = \"SECRET\"", "a value is not of the kind"),
            ("{\"control\": \"SECRET\"}", "a value is not of the kind"),
            ("[control]\nbase_url = \"http://me:SECRET@x\"", "has a user name or a password in it"),
            ("[control]\nbase_url = \"SECRET\"", "reading base_url"),
        ] {
            let error = format!("{:#}", read(text).expect_err("no environment"));
            assert!(error.contains("ours.toml") && error.contains(says) && !error.contains("SECRET"), "{text:?}: {error}");
        }
    }
}
