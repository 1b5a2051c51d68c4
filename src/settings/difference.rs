//! In what two set-ups of an integration differ, for the history, for the log, and for `config diff`.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::{AtsAuthentication, AtsConnection, Customer, InboundCredentials};

/// One setting that is not the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The setting by its name in a document.
    pub setting: &'static str,
    /// The value of the first set-up; of a secret only that there is one.
    pub was: String,
    /// The value of the second.
    pub became: String,
}

/// What stands at a setting.
#[derive(PartialEq, Eq)]
enum Value {
    Text(String),
    Secret(String),
}

impl Value {
    fn shown(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Secret(secret) if secret.is_empty() => String::new(),
            Self::Secret(_) => "(secret)".into(),
        }
    }
}

/// The settings whose values differ at a moment, in the order of a document.
#[must_use]
pub fn differences(before: &Customer, after: &Customer, now: Timestamp) -> Vec<Difference> {
    let pairs = values(before, now).into_iter().zip(values(after, now));
    let differing = pairs.filter(|((_, was), (_, became))| was != became);
    differing.map(|((setting, was), (_, became))| Difference { setting, was: was.shown(), became: became.shown() }).collect()
}

fn values(customer: &Customer, now: Timestamp) -> Vec<(&'static str, Value)> {
    let list = |items: Vec<String>| Value::Text(items.join(", "));
    let [ats_base, ats_token, ats_client, ats_client_secret, ats_user, ats_password] = connection(customer.ats.at(now));
    let next = customer.ats.announced(now);
    let [next_base, next_token, next_client, next_client_secret, next_user, next_password] =
        connection(next.map(|next| &next.connection));
    let mail = &customer.invitation;
    vec![
        ("name", shown(&customer.name)),
        ("added", on_off(customer.added)),
        ("enabled", on_off(customer.enabled)),
        ("instance", shown(&customer.instance)),
        ("patterns", list(customer.patterns.iter().map(|pattern| pattern.name().to_owned()).collect())),
        ("trigger_statuses", list(customer.trigger_statuses.iter().map(ToString::to_string).collect())),
        ("ended_statuses", list(customer.ended_statuses.iter().map(ToString::to_string).collect())),
        ("event_sources", list(customer.event_sources.iter().map(ToString::to_string).collect())),
        ("icims.base_url", ats_base),
        ("icims.token_url", ats_token),
        ("icims.client_id", ats_client),
        ("icims.client_secret", ats_client_secret),
        ("icims.username", ats_user),
        ("icims.password", ats_password),
        ("icims.next.from", optional(next.map(|next| &next.from))),
        ("icims.next.base_url", next_base),
        ("icims.next.token_url", next_token),
        ("icims.next.client_id", next_client),
        ("icims.next.client_secret", next_client_secret),
        ("icims.next.username", next_user),
        ("icims.next.password", next_password),
        ("harver.base_url", shown(&customer.harver.base_url)),
        ("harver.account", shown(&customer.harver.account)),
        ("harver.client_id", shown(&customer.harver.client_id)),
        ("harver.client_secret", secret(&customer.harver.client_secret)),
        ("events.username", shown(&customer.events.username)),
        ("events.password", secret(&customer.events.password)),
        ("events.former_until", former(&customer.events)),
        ("webhooks.username", shown(&customer.webhooks.username)),
        ("webhooks.password", secret(&customer.webhooks.password)),
        ("webhooks.former_until", former(&customer.webhooks)),
        ("multi_phase", on_off(customer.multi_phase)),
        ("reports_progress", on_off(customer.reports_progress)),
        ("reports_sent", on_off(customer.reports_sent)),
        ("statuses.in_progress", shown(&customer.statuses.in_progress)),
        ("statuses.complete", shown(&customer.statuses.complete)),
        ("statuses.incomplete", shown(&customer.statuses.incomplete)),
        ("report.type", shown(&customer.report.kind)),
        ("report.ats_field", shown(&customer.report.field)),
        ("return_url", optional(customer.return_url.as_ref())),
        ("addresses", list(customer.addresses.iter().map(ToString::to_string).collect())),
        ("invitation.sender_name", shown(&mail.sender_name)),
        ("invitation.support_email", shown(&mail.support_email)),
        ("invitation.language", shown(&mail.language)),
        ("invitation.subject", optional(mail.subject.as_ref())),
        ("invitation.body", optional(mail.body.as_ref())),
        ("invitation.reminders", on_off(mail.reminders)),
        ("invitation.reminder_subject", optional(mail.reminder_subject.as_ref())),
        ("invitation.reminder_body", optional(mail.reminder_body.as_ref())),
        ("invitation.closes_after_days", shown(&mail.closes_after)),
    ]
}

fn connection(connection: Option<&AtsConnection>) -> [Value; 6] {
    let nothing = || Value::Text(String::new());
    let no_secret = || Value::Secret(String::new());
    let Some(AtsConnection { base_url, authentication }) = connection else {
        return [nothing(), nothing(), nothing(), no_secret(), nothing(), no_secret()];
    };
    match authentication {
        AtsAuthentication::OAuth2 { token_url, client_id, client_secret } => {
            [shown(base_url), shown(token_url), shown(client_id), secret(client_secret), nothing(), no_secret()]
        }
        AtsAuthentication::Basic { username, password } => {
            [shown(base_url), nothing(), nothing(), no_secret(), shown(username), secret(password)]
        }
    }
}

fn former(credentials: &InboundCredentials) -> Value {
    Value::Text(credentials.former.as_ref().map(|former| former.until.to_string()).unwrap_or_default())
}

fn shown(value: &impl ToString) -> Value {
    Value::Text(value.to_string())
}

fn optional<T: ToString>(value: Option<&T>) -> Value {
    Value::Text(value.map(ToString::to_string).unwrap_or_default())
}

fn on_off(on: bool) -> Value {
    Value::Text(if on { "on" } else { "off" }.into())
}

fn secret(secret: &SecretString) -> Value {
    Value::Secret(secret.expose_secret().to_owned())
}
