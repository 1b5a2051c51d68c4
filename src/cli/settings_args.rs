//! The settings of `serve` as flags and variables, each called as it is in the file. What is given here takes the place of what stands
//! there, and is read by the same rules.

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};
use toml::{Table, Value};
use url::Url;

/// The settings that are neither a customer's nor an admin's, but for those by which the database and the address are found.
#[derive(Debug, Default, Args, Serialize)]
#[command(next_help_heading = "Settings of the file")]
pub(super) struct SettingsArgs {
    /// Address under which others reach the integration
    #[arg(long, env = "HARVER_ICIMS_PUBLIC_URL", value_name = "URL")]
    public_url: Option<Url>,
    /// Address and port to listen on [default: 127.0.0.1:8702]
    #[arg(long, env = "HARVER_ICIMS_LISTEN", value_name = "ADDRESS")]
    listen: Option<String>,
    /// Call neighbours also on this machine and in the network around it: for tests, a sandbox, or a network of one's own
    #[arg(long, env = "HARVER_ICIMS_ALLOW_PRIVATE_ADDRESSES", value_name = "true|false", num_args = 0..=1, require_equals = true,
        default_missing_value = "true")]
    allow_private_addresses: Option<bool>,
    /// Seconds within which an event from iCIMS is answered
    #[arg(long, env = "HARVER_ICIMS_EVENT_DEADLINE_SECONDS", value_name = "NUMBER")]
    event_deadline_seconds: Option<i64>,
    /// Hours that the platform's personal links work
    #[arg(long, env = "HARVER_ICIMS_LINK_LIFE_HOURS", value_name = "NUMBER")]
    link_life_hours: Option<i64>,
    /// Seconds that one step may take before it is cut off and tried again
    #[arg(long, env = "HARVER_ICIMS_STEP_SECONDS", value_name = "NUMBER")]
    step_seconds: Option<i64>,
    /// Days that steps that are done are kept
    #[arg(long, env = "HARVER_ICIMS_KEEP_STEPS_DAYS", value_name = "NUMBER")]
    keep_steps_days: Option<i64>,
    /// Days that orders that have ended are kept
    #[arg(long, env = "HARVER_ICIMS_KEEP_ORDERS_DAYS", value_name = "NUMBER")]
    keep_orders_days: Option<i64>,
    /// Minutes between attempts, separated by commas
    #[arg(long, env = "HARVER_ICIMS_RETRY_MINUTES", value_name = "NUMBERS", value_delimiter = ',')]
    retry_minutes: Vec<i64>,
    /// Reverse proxies that are believed when they tell who calls: addresses or ranges, separated by commas
    #[arg(long, env = "HARVER_ICIMS_TRUSTED_PROXIES", value_name = "ADDRESSES", value_delimiter = ',')]
    trusted_proxies: Vec<String>,
    /// Requests a minute that are let in of each customer, at each entrance
    #[arg(long, env = "HARVER_ICIMS_CUSTOMER_REQUESTS_PER_MINUTE", value_name = "NUMBER")]
    customer_requests_per_minute: Option<i64>,
    /// Requests a minute that are let in of all strangers from one address
    #[arg(long, env = "HARVER_ICIMS_STRANGER_REQUESTS_PER_MINUTE", value_name = "NUMBER")]
    stranger_requests_per_minute: Option<i64>,
    /// Whom every refusal names
    #[arg(long, env = "HARVER_ICIMS_SUPPORT_CONTACT", value_name = "TEXT")]
    support_contact: Option<String>,
    /// Which of Harver's instances this is: default or us
    #[arg(long, env = "HARVER_ICIMS_INSTANCE", value_name = "NAME")]
    instance: Option<String>,
    /// Start endpoint of the other instance
    #[arg(long, env = "HARVER_ICIMS_OTHER_INSTANCE_URL", value_name = "URL")]
    other_instance_url: Option<String>,
    #[command(flatten)]
    mail: MailArgs,
}

/// The section `[mail]`.
#[derive(Debug, Default, Args, Serialize)]
struct MailArgs {
    /// SMTP server
    #[arg(long, env = "HARVER_ICIMS_MAIL_HOST", value_name = "HOST")]
    #[serde(rename = "host")]
    mail_host: Option<String>,
    /// Its port
    #[arg(long, env = "HARVER_ICIMS_MAIL_PORT", value_name = "PORT")]
    #[serde(rename = "port")]
    mail_port: Option<i64>,
    /// The address that invitations come from
    #[arg(long, env = "HARVER_ICIMS_MAIL_SENDER_ADDRESS", value_name = "ADDRESS")]
    #[serde(rename = "sender_address")]
    mail_sender_address: Option<String>,
    /// none, starttls or tls
    #[arg(long, env = "HARVER_ICIMS_MAIL_SECURITY", value_name = "KIND")]
    #[serde(rename = "security")]
    mail_security: Option<String>,
    /// User name at the server, if it asks for one
    #[arg(long, env = "HARVER_ICIMS_MAIL_USERNAME", value_name = "TEXT")]
    #[serde(rename = "username")]
    mail_username: Option<String>,
    /// Its password; better given as HARVER_ICIMS_MAIL_PASSWORD than as a flag
    #[arg(long, env = "HARVER_ICIMS_MAIL_PASSWORD", value_name = "TEXT", hide_env_values = true)]
    #[serde(rename = "password", serialize_with = "exposed")]
    mail_password: Option<SecretString>,
}

impl SettingsArgs {
    /// What was given, as it would stand in the file. A variable that is set to nothing is not given.
    ///
    /// # Errors
    /// None that these types have.
    pub(super) fn given(&self) -> Result<Table, toml::ser::Error> {
        let mut given = Table::try_from(self)?;
        take_out_empty(&mut given);
        Ok(given)
    }
}

fn take_out_empty(table: &mut Table) {
    for value in table.iter_mut().map(|(_, value)| value) {
        match value {
            Value::Table(section) => take_out_empty(section),
            Value::Array(items) => items.retain(|item| item.as_str() != Some("")),
            _ => {}
        }
    }
    let is_empty = |value: &Value| match value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Table(section) => section.is_empty(),
        _ => false,
    };
    table.retain(|_, value| !is_empty(value));
}

/// It goes into a setting that keeps it as a secret again.
fn exposed<S: Serializer>(secret: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(to)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::{Args as _, Command, Parser};

    use super::SettingsArgs;
    use crate::cli::serve::ServeArgs;
    use crate::config::ServeFile;

    /// The settings that a section of the file may have, as whoever mistypes one is told.
    fn settings_of(mistyped: &str) -> BTreeSet<String> {
        let told = toml::from_str::<ServeFile>(mistyped).expect_err("there is no such setting").message().to_owned();
        let (_, listed) = told.split_once("expected one of ").expect("a list");
        listed.split(", ").map(|name| name.trim_matches('`').to_owned()).collect()
    }

    /// What these flags put in the place of what stands in the file.
    fn given(flags: &[&str]) -> String {
        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            settings: SettingsArgs,
        }
        let line = Line::try_parse_from([&["serve"], flags].concat()).expect("flags");
        toml::to_string(&line.settings.given().expect("a table")).expect("a table")
    }

    #[test]
    fn what_is_given_is_what_would_stand_in_the_file_and_nothing_is_not_given() {
        assert_eq!(given(&[]), "");
        assert_eq!(given(&["--mail-username", "", "--trusted-proxies", "", "--support-contact", ""]), "");
        assert_eq!(given(&["--allow-private-addresses"]), "allow_private_addresses = true\n");
        assert_eq!(given(&["--allow-private-addresses=false"]), "allow_private_addresses = false\n");
        let lists = given(&["--retry-minutes", "1,5", "--trusted-proxies", "10.0.0.0/8,,192.0.2.1"]);
        assert_eq!(lists, "retry_minutes = [1, 5]\ntrusted_proxies = [\"10.0.0.0/8\", \"192.0.2.1\"]\n");
        let mail = given(&["--public-url", "https://a.example", "--mail-password", "hush"]);
        assert_eq!(mail, "public_url = \"https://a.example/\"\n\n[mail]\npassword = \"hush\"\n");
    }

    #[test]
    fn every_setting_of_the_file_has_a_flag_and_a_variable_of_its_name() {
        let command = ServeArgs::augment_args(Command::new("serve"));
        let mut wanted = settings_of("mistyped = 1");
        let mail = settings_of("[mail]\nmistyped = 1");
        assert!(wanted.len() > 18 && mail.len() == 6, "{wanted:?} {mail:?}");
        // What a customer and an admin are is told by the console, the API and `harver-icims config`.
        wanted.retain(|name| !["customers", "admins", "mail"].contains(&name.as_str()));
        wanted.extend(mail.into_iter().map(|name| format!("mail_{name}")));
        for name in wanted {
            let flag = name.replace('_', "-");
            let known = command.get_arguments().find(|argument| argument.get_long() == Some(&flag));
            let known = known.unwrap_or_else(|| panic!("there is no --{flag}"));
            let variable = known.get_env().and_then(|variable| variable.to_str());
            assert_eq!(variable, Some(format!("HARVER_ICIMS_{}", name.to_uppercase()).as_str()));
        }
    }
}
