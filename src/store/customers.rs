//! The customers and how the integration is set up for each.

use std::sync::LazyLock;

use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::Value;
use secrecy::SecretString;

use super::row::{get, id, micros, moment_option, parsed, parsed_option, unreadable};
use super::{StoreError, Tx};
use crate::domain::{
    Announced, AtsAuthentication, AtsConnection, AtsConnections, Customer, CustomerId, Former, HarverConnection,
    InboundCredentials, InvitationSettings, MailTemplate, Pattern, ReportSetting, ResultStatuses, StatusId,
};

/// The columns in the order of [`values`]; the first one names the row.
const COLUMNS: [&str; 50] = [
    "id",
    "name",
    "added",
    "enabled",
    "instance",
    "pattern_inline",
    "pattern_ad_hoc",
    "trigger_statuses",
    "events_username",
    "events_sealed",
    "events_former_sealed",
    "events_former_until",
    "webhooks_username",
    "webhooks_sealed",
    "webhooks_former_sealed",
    "webhooks_former_until",
    "ats_base_url",
    "ats_token_url",
    "ats_user",
    "ats_sealed",
    "next_ats_base_url",
    "next_ats_token_url",
    "next_ats_user",
    "next_ats_sealed",
    "next_ats_from",
    "harver_base_url",
    "harver_account",
    "harver_client_id",
    "harver_sealed",
    "multi_phase",
    "reports_progress",
    "status_in_progress",
    "status_complete",
    "status_incomplete",
    "report_type",
    "report_field",
    "return_url",
    "addresses",
    "sender_name",
    "support_email",
    "language",
    "mail_subject",
    "mail_body",
    "ended_statuses",
    "reports_sent",
    "reminders",
    "reminder_subject",
    "reminder_body",
    "closes_after_days",
    "event_sources",
];

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let places: Vec<String> = (1..=COLUMNS.len()).map(|at| format!("?{at}")).collect();
    format!("INSERT INTO customers ({}) VALUES ({})", COLUMNS.join(", "), places.join(", "))
});

static UPDATE: LazyLock<String> = LazyLock::new(|| {
    let changes: Vec<String> = COLUMNS.iter().zip(1..).skip(1).map(|(name, at)| format!("{name} = ?{at}")).collect();
    format!("UPDATE customers SET {} WHERE id = ?1", changes.join(", "))
});

/// Adds a customer.
///
/// # Errors
/// A conflict when the customer, or one of its user names, is there already.
pub fn insert_customer(tx: &Tx<'_>, customer: &Customer) -> Result<(), StoreError> {
    tx.insert(&INSERT, rusqlite::params_from_iter(values(tx, customer)))?;
    Ok(())
}

/// Replaces the set-up of a customer; says whether there is one.
///
/// # Errors
/// A conflict when a user name belongs to another customer.
pub fn update_customer(tx: &Tx<'_>, customer: &Customer) -> Result<bool, StoreError> {
    Ok(tx.execute(&UPDATE, rusqlite::params_from_iter(values(tx, customer)))? == 1)
}

/// The customer with this id.
///
/// # Errors
/// When the stored set-up cannot be read.
pub fn customer(tx: &Tx<'_>, wanted: CustomerId) -> Result<Option<Customer>, StoreError> {
    tx.one("SELECT * FROM customers WHERE id = ?1", [wanted.get().cast_signed()], |row| read(tx, row))
}

/// The ids of all customers, in their order.
///
/// # Errors
/// When a stored id cannot be read.
pub fn customer_ids(tx: &Tx<'_>) -> Result<Vec<CustomerId>, StoreError> {
    tx.all("SELECT id FROM customers ORDER BY id", [], |row| id(row, "id"))
}

/// Every customer, in the order of their ids.
///
/// # Errors
/// When a stored set-up cannot be read.
pub fn customers(tx: &Tx<'_>) -> Result<Vec<Customer>, StoreError> {
    tx.all("SELECT * FROM customers ORDER BY id", [], |row| read(tx, row))
}

/// What stands in [`COLUMNS`].
fn values(tx: &Tx<'_>, customer: &Customer) -> [Value; COLUMNS.len()] {
    let chosen = |pattern| customer.patterns.contains(&pattern);
    let [events_user, events, events_former, events_until] = inbound_values(tx, &customer.events);
    let [webhooks_user, webhooks, webhooks_former, webhooks_until] = inbound_values(tx, &customer.webhooks);
    let (first, next) = customer.ats.to_record();
    let [ats_base, ats_token, ats_user, ats_secret] = first.map_or_else(
        || [text(""), Value::Null, text(""), Value::Blob(tx.seal(&SecretString::default()))],
        |connection| connection_values(tx, connection),
    );
    let [next_base, next_token, next_user, next_secret] =
        next.map_or([const { Value::Null }; 4], |next| connection_values(tx, &next.connection));
    let (harver, statuses, mail) = (&customer.harver, &customer.statuses, &customer.invitation);
    let template = |template: &Option<MailTemplate>| optional(template.as_ref().map(MailTemplate::as_str));
    [
        customer.id.get().cast_signed().into(),
        text(&customer.name),
        customer.added.into(),
        customer.enabled.into(),
        text(customer.instance.name()),
        chosen(Pattern::Inline).into(),
        chosen(Pattern::AdHoc).into(),
        words(&customer.trigger_statuses),
        events_user,
        events,
        events_former,
        events_until,
        webhooks_user,
        webhooks,
        webhooks_former,
        webhooks_until,
        ats_base,
        ats_token,
        ats_user,
        ats_secret,
        next_base,
        next_token,
        next_user,
        next_secret,
        moment_value(next.map(|next| next.from)),
        text(harver.base_url.as_str()),
        text(harver.account.as_str()),
        text(&harver.client_id),
        Value::Blob(tx.seal(&harver.client_secret)),
        customer.multi_phase.into(),
        customer.reports_progress.into(),
        text(statuses.in_progress.as_str()),
        text(statuses.complete.as_str()),
        text(statuses.incomplete.as_str()),
        text(customer.report.kind.name()),
        text(customer.report.field.as_str()),
        optional(customer.return_url.as_ref().map(url::Url::as_str)),
        words(&customer.addresses),
        text(&mail.sender_name),
        text(&mail.support_email),
        text(mail.language.tag()),
        template(&mail.subject),
        template(&mail.body),
        words(&customer.ended_statuses),
        customer.reports_sent.into(),
        mail.reminders.into(),
        template(&mail.reminder_subject),
        template(&mail.reminder_body),
        mail.closes_after.days().into(),
        words(&customer.event_sources),
    ]
}

fn inbound_values(tx: &Tx<'_>, credentials: &InboundCredentials) -> [Value; 4] {
    let former = credentials.former.as_ref();
    [
        text(&credentials.username),
        Value::Blob(tx.seal(&credentials.password)),
        former.map_or(Value::Null, |former| Value::Blob(tx.seal(&former.password))),
        moment_value(former.map(|former| former.until)),
    ]
}

fn connection_values(tx: &Tx<'_>, connection: &AtsConnection) -> [Value; 4] {
    let (token_url, user, secret) = match &connection.authentication {
        AtsAuthentication::OAuth2 { token_url, client_id, client_secret } => (Some(token_url.as_str()), client_id, client_secret),
        AtsAuthentication::Basic { username, password } => (None, username, password),
    };
    [text(connection.base_url.as_str()), optional(token_url), text(user), Value::Blob(tx.seal(secret))]
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn optional(text: Option<&str>) -> Value {
    text.map_or(Value::Null, self::text)
}

fn words<T: ToString>(list: &[T]) -> Value {
    Value::Text(list.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
}

fn moment_value(moment: Option<Timestamp>) -> Value {
    moment.map_or(Value::Null, |moment| Value::Integer(micros(moment)))
}

fn read(tx: &Tx<'_>, row: &Row<'_>) -> Result<Customer, StoreError> {
    let mut patterns = Vec::new();
    if get(row, "pattern_inline")? {
        patterns.push(Pattern::Inline);
    }
    if get(row, "pattern_ad_hoc")? {
        patterns.push(Pattern::AdHoc);
    }
    let closes_after: i64 = get(row, "closes_after_days")?;
    let addresses: String = get(row, "addresses")?;
    let address = |text: &str| text.parse().map_err(|_| unreadable("addresses"));
    let event_sources: String = get(row, "event_sources")?;
    let network = |text: &str| text.parse().map_err(|_| unreadable("event_sources"));
    let entered = !get::<String>(row, "ats_base_url")?.is_empty();
    let next_from = moment_option(row, "next_ats_from")?;
    Ok(Customer {
        id: id(row, "id")?,
        name: get(row, "name")?,
        added: get(row, "added")?,
        enabled: get(row, "enabled")?,
        instance: parsed(row, "instance")?,
        patterns,
        trigger_statuses: statuses(row, "trigger_statuses")?,
        ended_statuses: statuses(row, "ended_statuses")?,
        event_sources: event_sources.split_whitespace().map(network).collect::<Result<_, StoreError>>()?,
        events: inbound(tx, row, ["events_username", "events_sealed", "events_former_sealed", "events_former_until"])?,
        webhooks: inbound(tx, row, ["webhooks_username", "webhooks_sealed", "webhooks_former_sealed", "webhooks_former_until"])?,
        ats: AtsConnections::recorded(
            entered.then(|| connection(tx, row, ["ats_base_url", "ats_token_url", "ats_user", "ats_sealed"])).transpose()?,
            next_from
                .map(|from| {
                    let columns = ["next_ats_base_url", "next_ats_token_url", "next_ats_user", "next_ats_sealed"];
                    connection(tx, row, columns).map(|connection| Announced { connection, from })
                })
                .transpose()?,
        ),
        harver: HarverConnection {
            base_url: parsed(row, "harver_base_url")?,
            account: parsed(row, "harver_account")?,
            client_id: get(row, "harver_client_id")?,
            client_secret: secret(tx, row, "harver_sealed")?,
        },
        multi_phase: get(row, "multi_phase")?,
        reports_progress: get(row, "reports_progress")?,
        reports_sent: get(row, "reports_sent")?,
        statuses: ResultStatuses {
            in_progress: parsed(row, "status_in_progress")?,
            complete: parsed(row, "status_complete")?,
            incomplete: parsed(row, "status_incomplete")?,
        },
        report: ReportSetting { kind: parsed(row, "report_type")?, field: parsed(row, "report_field")? },
        return_url: parsed_option(row, "return_url")?,
        addresses: addresses.split_whitespace().map(address).collect::<Result<_, _>>()?,
        invitation: InvitationSettings {
            sender_name: get(row, "sender_name")?,
            support_email: get(row, "support_email")?,
            language: parsed(row, "language")?,
            subject: template(row, "mail_subject")?,
            body: template(row, "mail_body")?,
            reminders: get(row, "reminders")?,
            reminder_subject: template(row, "reminder_subject")?,
            reminder_body: template(row, "reminder_body")?,
            closes_after: closes_after.to_string().parse().map_err(|_| unreadable("closes_after_days"))?,
        },
    })
}

fn statuses(row: &Row<'_>, column: &'static str) -> Result<Vec<StatusId>, StoreError> {
    let listed: String = get(row, column)?;
    listed.split_whitespace().map(|text| StatusId::parse(text).ok_or_else(|| unreadable(column))).collect()
}

fn secret(tx: &Tx<'_>, row: &Row<'_>, column: &'static str) -> Result<SecretString, StoreError> {
    tx.open(&get::<Vec<u8>>(row, column)?)
}

pub(super) fn inbound(tx: &Tx<'_>, row: &Row<'_>, columns: [&'static str; 4]) -> Result<InboundCredentials, StoreError> {
    let [username, password, former, until] = columns;
    let former = match moment_option(row, until)? {
        Some(until) => Some(Former { password: secret(tx, row, former)?, until }),
        None => None,
    };
    Ok(InboundCredentials { username: get(row, username)?, password: secret(tx, row, password)?, former })
}

fn connection(tx: &Tx<'_>, row: &Row<'_>, columns: [&'static str; 4]) -> Result<AtsConnection, StoreError> {
    let [base_url, token_url, user, sealed] = columns;
    let authentication = match parsed_option(row, token_url)? {
        Some(token_url) => {
            AtsAuthentication::OAuth2 { token_url, client_id: get(row, user)?, client_secret: secret(tx, row, sealed)? }
        }
        None => AtsAuthentication::Basic { username: get(row, user)?, password: secret(tx, row, sealed)? },
    };
    Ok(AtsConnection { base_url: parsed(row, base_url)?, authentication })
}

fn template(row: &Row<'_>, column: &'static str) -> Result<Option<MailTemplate>, StoreError> {
    let written: Option<String> = get(row, column)?;
    written.map(|text| MailTemplate::parse(&text).map_err(|_| unreadable(column))).transpose()
}
