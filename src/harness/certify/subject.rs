//! Which customer of which sandbox is examined, and how it is reached: the ready line of `up` or `sandbox`, what `POST customers` answers,
//! or the same names as TOML.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::harness::environment::{filled_in, harmless};
use crate::harness::keys::ControlKeys;
use crate::harness::report::{Known, is_secret};

/// The customer through which an integration is examined.
pub struct Subject {
    /// What readers call the place.
    pub(super) place: String,
    /// Whether nothing of it is there any more afterwards.
    pub(super) is_own: bool,
    pub(super) keys: Keys,
    /// What must not be in the document.
    pub(super) secrets: Known,
}

#[derive(Deserialize)]
pub(super) struct Keys {
    name: Option<String>,
    pub(super) control: ControlKeys,
    pub(super) icims: IcimsPlace,
    /// The simulated Harver platform, whose pages a candidate can be walked through.
    pub(super) platform: Option<Place>,
    sample: Option<Sample>,
}

#[derive(Deserialize)]
pub(super) struct IcimsPlace {
    pub(super) customer_id: String,
    pub(super) recruiter_url: String,
    pub(super) portal_url: String,
}

#[derive(Deserialize)]
pub(super) struct Place {
    pub(super) base_url: String,
}

#[derive(Deserialize)]
struct Sample {
    job_id: String,
}

impl Subject {
    /// Reads a file, with the variables of this process (`${NAME}`).
    ///
    /// # Errors
    /// When it cannot be read, lacks something, or names a variable that is not set.
    #[expect(clippy::disallowed_methods, reason = "the file names variables, so that no secret is in it")]
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| format!("reading the environment {}", file.display()))?;
        let said = || {
            format!(
                "{} does not say which customer of which sandbox: give the line that harver-icims sandbox prints, or TOML with [control] \
                 base_url and [icims] customer_id, recruiter_url, portal_url",
                file.display()
            )
        };
        Self::parse(&text, |name| std::env::var(name).ok()).with_context(said)
    }

    /// One that was started for this, by its ready line.
    ///
    /// # Errors
    /// When that lacks something.
    pub fn started(ready: Value) -> Result<Self> {
        let place = "a world of its own: iCIMS, Harver and mailbox simulated".into();
        Ok(Self { place, is_own: true, ..Self::of(ready)? })
    }

    fn parse(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let mut told: Value = if text.trim_start().starts_with('{') {
            let mut lines = serde_json::Deserializer::from_str(text).into_iter::<Value>();
            lines.next().context("nothing is in it")?.map_err(|error| anyhow!("{}", harmless(&error.to_string())))?
        } else {
            // The parser's full message would print the line, and the line may hold a secret.
            toml::from_str(text).map_err(|error| anyhow!("{}", harmless(error.message())))?
        };
        fill_in(&mut told, &variable)?;
        Self::of(told)
    }

    fn of(told: Value) -> Result<Self> {
        let mut secrets = Vec::new();
        collect(&told, &mut secrets);
        let known_secrets = Known::of(secrets.iter().map(String::as_str));
        if told["control"].is_null() {
            return Err(anyhow!(
                "it names no control interface, and without one nobody sees what crosses the wire: an iCIMS that is not the sandbox cannot \
                 be examined"
            ));
        }
        let keys: Keys = serde_json::from_value(told).map_err(|error| anyhow!("{}", harmless(&error.to_string())))?;
        for address in [&keys.control.base_url, &keys.icims.recruiter_url, &keys.icims.portal_url] {
            let url = Url::parse(address).map_err(|error| anyhow!("an address in it is none: {error}"))?;
            ensure!(
                url.username().is_empty() && url.password().is_none(),
                "an address in it has a user name or a password in it"
            );
        }
        let name = keys.name.as_deref().unwrap_or("a sandbox that was there");
        Ok(Self { place: format!("{name}, at {}", keys.control.base_url), is_own: false, keys, secrets: known_secrets })
    }
}

impl Keys {
    /// The job that there is to begin with.
    pub(super) fn sample_job(&self) -> Option<&str> {
        self.sample.as_ref().map(|sample| sample.job_id.as_str())
    }
}

impl fmt::Debug for Subject {
    /// Without what its secrets are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").field("place", &self.place).finish_non_exhaustive()
    }
}

fn fill_in(value: &mut Value, variable: &impl Fn(&str) -> Option<String>) -> Result<()> {
    match value {
        Value::String(text) => *text = filled_in(text, variable)?,
        Value::Object(fields) => fields.values_mut().try_for_each(|value| fill_in(value, variable))?,
        Value::Array(values) => values.iter_mut().try_for_each(|value| fill_in(value, variable))?,
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

/// The values of names that secrets have.
fn collect(told: &Value, secrets: &mut Vec<String>) {
    let Value::Object(fields) = told else { return };
    for (name, value) in fields {
        match value {
            // The address of a token endpoint is none.
            Value::String(text) if is_secret(name) && !name.ends_with("_url") => secrets.push(text.clone()),
            _ => collect(value, secrets),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOML: &str = "[control]\nbase_url = \"http://127.0.0.1:8700\"\ntoken = \"${TOKEN}\"\n[icims]\ncustomer_id = \"4021\"\n\
                        recruiter_url = \"http://127.0.0.1:8701/icims2/4021\"\nportal_url = \"http://127.0.0.1:8701/careers/4021\"\n";

    fn read(text: &str) -> Result<Subject> {
        Subject::parse(text, |name| (name == "TOKEN").then(|| "SECRET-of-sixteen".to_owned()))
    }

    #[test]
    fn the_ready_line_and_the_same_names_as_toml_say_whom_to_examine() {
        let line = r#"{"ready": true, "control": {"base_url": "http://x:1"}, "icims": {"customer_id": "4021", "recruiter_url": "http://x:2/a",
            "portal_url": "http://x:2/b", "password": "SECRET"}, "platform": {"base_url": "http://x:3"}, "sample": {"job_id": "2210"}}"#;
        let of_line = read(line).expect("a subject");
        assert_eq!((of_line.keys.sample_job(), of_line.keys.icims.customer_id.as_str()), (Some("2210"), "4021"));
        let mut text = "the password is SECRET".to_owned();
        of_line.secrets.take_out(&mut text);
        assert!(!text.contains("SECRET"), "{text}");
        let of_toml = read(&format!("name = \"Ours\"\n{TOML}")).expect("a subject");
        assert_eq!(of_toml.keys.control.token.as_deref(), Some("SECRET-of-sixteen"));
        assert_eq!(of_toml.place, "Ours, at http://127.0.0.1:8700");
    }

    #[test]
    fn what_does_not_say_it_is_refused_without_its_values() {
        for (text, says) in [
            (String::new(), "no control interface"),
            ("{".to_owned(), "EOF"),
            ("[icims]\ncustomer_id = \"4021\"".to_owned(), "no control interface"),
            ("[control]\nbase_url = \"http://x\"".to_owned(), "missing field `icims`"),
            (TOML.replace("${TOKEN}", "${HOST}"), "the variable HOST is not set"),
            (TOML.replace("\"4021\"\n", "[\"SECRET\"]\n"), "a value is not of the kind"),
            (TOML.replace("http://127.0.0.1:8701/icims2", "http://me:SECRET@x"), "has a user name or a password"),
            (TOML.replace("http://127.0.0.1:8701/icims2", "SECRET"), "an address in it is none"),
        ] {
            let error = format!("{:#}", read(&text).expect_err("no subject"));
            assert!(error.contains(says) && !error.contains("SECRET"), "{text:?}: {error}");
        }
    }
}
