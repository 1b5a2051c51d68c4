//! Reading a file. What is wrong with a single setting is for the checks to say; only what is no file of settings at all ends here.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use toml::{Table, Value};

use super::{Origin, Subject, Unfilled};
use crate::doctor::secrets::is_secret;
use crate::env_file::{Shape, Written, filled_in};

/// The settings that an environment may have; below those that end with a dot there is whatever people call things.
const KNOWN: [&str; 43] = [
    "name",
    "control.base_url",
    "control.token",
    "icims.base_url",
    "icims.customer_id",
    "icims.username",
    "icims.password",
    "icims.token_url",
    "icims.client_id",
    "icims.client_secret",
    "icims.audience",
    "icims.writes",
    "icims.calls",
    "icims.recruiter_url",
    "icims.portal_url",
    "icims.statuses.",
    "icims.folders.",
    "icims.jobs.",
    "icims.packages.",
    "harver.link_url",
    "harver.simulated",
    "mail.address",
    "mail.mailpit",
    "mail.imap",
    "mail.username",
    "mail.password",
    "mail.person",
    "person.patience_minutes",
    "waiting.patience_seconds",
    "waiting.quiet_seconds",
    "integration.start_url",
    "integration.username",
    "integration.password",
    "integration.console_url",
    "platform.base_url",
    "platform.account_id",
    "platform.client_id",
    "platform.client_secret",
    "smtp.host",
    "smtp.port",
    "smtp.security",
    "smtp.username",
    "smtp.password",
];

/// Settings by which a configuration of `serve` is known.
const OF_SERVE: [&str; 4] = ["customers", "database", "public_url", "sealing_passphrase"];

impl Subject {
    /// Reads a file, with the variables of whoever knows them. Of a configuration with several customers, one is to be chosen.
    ///
    /// # Errors
    /// When it cannot be read, is none of the files that are known, or no customer is chosen.
    pub(crate) fn read(file: &Path, customer: Option<&str>, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| format!("reading the environment {}", file.display()))?;
        Self::parse(&text, file, customer, variable).with_context(|| format!("the environment {}", file.display()))
    }

    fn parse(text: &str, file: &Path, customer: Option<&str>, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        ensure!(
            !text.trim().is_empty(),
            "nothing is in it: it is made by `harver-icims up --json`, or from examples/environment.toml"
        );
        let Written { shape, settings } = Written::parse(text)?;
        if shape == Shape::Toml && OF_SERVE.iter().any(|setting| settings.contains_key(*setting)) {
            return Self::of_serve(text, file, customer);
        }
        let origin = match shape {
            Shape::Toml => Origin::Toml,
            Shape::Postman => Origin::Postman,
            Shape::ReadyLine => Origin::ReadyLine,
        };
        let mut subject = Self::empty(origin, Some(file.to_owned()));
        subject.take_in(&settings, "", &variable);
        if origin == Origin::ReadyLine {
            if settings.get("ready").and_then(Value::as_bool) != Some(true) {
                bail!("it is no line of up --json: it does not say \"ready\": true");
            }
            subject.as_of_a_sandbox();
        }
        let tells = ["control", "icims", "integration", "platform", "smtp"];
        if !tells.iter().any(|section| settings.contains_key(*section)) {
            bail!(
                "it tells nobody who could be examined: it has neither [control] nor [icims], [integration], [platform] or [smtp]"
            );
        }
        Ok(subject)
    }

    pub(super) fn take_in(&mut self, table: &Table, above: &str, variable: &impl Fn(&str) -> Option<String>) {
        for (key, value) in table {
            let setting = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
            match value {
                Value::Table(below) => self.take_in(below, &setting, variable),
                Value::String(text) if self.origin == Origin::ReadyLine => self.put(setting, text.clone()),
                Value::String(text) => self.take_in_text(setting, text, variable),
                Value::Array(_) => self.unread.push(setting),
                other => {
                    self.note_if_unread(&setting);
                    self.put(setting, other.to_string());
                }
            }
        }
    }

    fn take_in_text(&mut self, setting: String, text: &str, variable: &impl Fn(&str) -> Option<String>) {
        self.note_if_unread(&setting);
        if is_secret(&setting) && !text.is_empty() && !text.contains("${") {
            self.literal.push(setting.clone());
        }
        match filled_in(text, variable) {
            Ok(filled) => self.put(setting, filled),
            Err(error) => self.unfilled.push(Unfilled { setting, reason: error.to_string() }),
        }
    }

    fn note_if_unread(&mut self, setting: &str) {
        let is_known = KNOWN.iter().any(|known| setting == *known || known.ends_with('.') && setting.starts_with(known));
        if !is_known && self.origin != Origin::ReadyLine {
            self.unread.push(setting.to_owned());
        }
    }

    /// Where a sandbox takes mail, in the words of an environment.
    pub(super) fn as_of_a_sandbox(&mut self) {
        let smtp = self.text("mailbox.smtp").and_then(|at| at.rsplit_once(':'));
        if let Some((host, port)) = smtp.map(|(host, port)| (host.trim_matches(['[', ']']).to_owned(), port.to_owned())) {
            self.put("smtp.host", host);
            self.put("smtp.port", port);
            self.put("smtp.security", "none");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Subject {
        Subject::parse(text, Path::new("ours.toml"), None, |name| (name != "UNSET").then(|| format!("value of {name}")))
            .expect("a subject")
    }

    #[test]
    fn somebody_reads_every_setting_of_the_example_and_no_secret_is_in_it() {
        let subject = read(include_str!("../../../examples/environment.toml"));
        assert_eq!((subject.unread, subject.literal, subject.unfilled), (vec![], vec![], vec![]));
        assert_eq!(subject.settings["smtp.port"], "587");
        assert_eq!(subject.settings["integration.password"], "value of EVENTS_PASSWORD");
    }

    #[test]
    fn the_example_of_serve_is_one_customer() {
        let subject = read(include_str!("../../../examples/serve.toml"));
        assert_eq!((subject.origin, subject.words().as_str()), (Origin::Serve, "Brightwater Foods, customer 4021"));
        assert!(matches!(subject.configured, Some(Ok(_))));
        assert_eq!(subject.literal, ["sealing_passphrase"]);
        let twice = include_str!("../../../examples/serve.toml").to_owned() + "\n[[customers]]\nid = 4022\n";
        let chosen = |customer| Subject::parse(&twice, Path::new("serve.toml"), customer, |_| None);
        assert_eq!(chosen(Some("4021")).expect("a customer").text("icims.customer_id"), Some("4021"));
        assert!(chosen(None).is_err() && chosen(Some("1")).is_err());
    }

    #[test]
    fn what_is_mistyped_written_out_or_not_set_is_remembered() {
        let subject = read("[icims]\nusernme = \"x\"\npassword = \"literal\"\nclient_secret = \"${UNSET}\"\n");
        assert_eq!(subject.unread, ["icims.usernme"]);
        assert_eq!(subject.literal, ["icims.password"]);
        assert_eq!(subject.unfilled.len(), 1);
        assert_eq!(subject.secrets().out_of("it is literal"), "it is •••");
    }

    #[test]
    fn a_sandbox_tells_where_it_takes_mail() {
        let subject = read(
            "{\"ready\": true, \"mailbox\": {\"smtp\": \"[::1]:8725\"}, \"control\": {\"base_url\": \"http://[::1]:8700\"}, \"nothing\": null}",
        );
        assert_eq!((subject.text("smtp.host"), subject.text("smtp.port")), (Some("::1"), Some("8725")));
        assert!(subject.is_rehearsal());
    }
}
