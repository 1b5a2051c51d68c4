//! The customers and how the integration is set up for each.

use jiff::Timestamp;
use secrecy::SecretString;

use super::row::{Row, get, parsed, parsed_option, unreadable};
use super::seal::Place;
use super::value::{Value, params};
use super::{StoreError, Tx};
use crate::domain::{
    Announced, AtsAuthentication, AtsConnection, AtsConnections, Customer, CustomerId, Former, HarverConnection,
    InboundCredentials, InvitationSettings, MailTemplate, Pattern, ReportSetting, ResultStatuses, StatusId,
};

/// Adds a customer.
///
/// # Errors
/// A conflict when the customer, or one of its user names, is there already.
pub fn insert_customer(tx: &Tx<'_>, customer: &Customer) -> Result<(), StoreError> {
    let values = values(tx, customer);
    let (columns, places): (Vec<_>, Vec<_>) = values.iter().map(|(name, _)| (*name, format!(":{name}"))).unzip();
    tx.execute(&format!("INSERT INTO customers ({}) VALUES ({})", columns.join(", "), places.join(", ")), &values)?;
    Ok(())
}

/// Replaces the set-up of a customer; says whether there is one.
///
/// # Errors
/// A conflict when a user name belongs to another customer.
pub fn update_customer(tx: &Tx<'_>, customer: &Customer) -> Result<bool, StoreError> {
    let values = values(tx, customer);
    let changes: Vec<String> = values.iter().map(|(name, _)| format!("{name} = :{name}")).collect();
    Ok(tx.execute(&format!("UPDATE customers SET {} WHERE id = :id", changes.join(", ")), &values)? == 1)
}

/// The customer with this id.
///
/// # Errors
/// When the stored set-up cannot be read.
pub fn customer(tx: &Tx<'_>, id: CustomerId) -> Result<Option<Customer>, StoreError> {
    tx.one("SELECT * FROM customers WHERE id = :id", params! { id }, |row| read(tx, row))
}

/// The ids of all customers, in their order.
///
/// # Errors
/// When a stored id cannot be read.
pub fn customer_ids(tx: &Tx<'_>) -> Result<Vec<CustomerId>, StoreError> {
    tx.all("SELECT id FROM customers ORDER BY id", params! {}, |row| get(row, "id"))
}

/// Every customer, in the order of their ids.
///
/// # Errors
/// When a stored set-up cannot be read.
pub fn customers(tx: &Tx<'_>) -> Result<Vec<Customer>, StoreError> {
    tx.all("SELECT * FROM customers ORDER BY id", params! {}, |row| read(tx, row))
}

/// What stands in each column.
fn values(tx: &Tx<'_>, customer: &Customer) -> Vec<(&'static str, Value)> {
    let chosen = |pattern| customer.patterns.contains(&pattern);
    let seal = |column, secret| tx.seal(place(&customer.id, column), secret);
    let (events, webhooks) = (&customer.events, &customer.webhooks);
    let (first, next) = customer.ats.to_record();
    let next_connection = next.map(|next| &next.connection);
    let (harver, statuses, mail) = (&customer.harver, &customer.statuses, &customer.invitation);
    let template = |template: &Option<MailTemplate>| template.as_ref().map(|template| template.as_str().to_owned());
    params! {
        id: customer.id,
        name: customer.name,
        added: customer.added,
        enabled: customer.enabled,
        instance: customer.instance.name(),
        pattern_inline: chosen(Pattern::Inline),
        pattern_ad_hoc: chosen(Pattern::AdHoc),
        trigger_statuses: words(&customer.trigger_statuses),
        events_username: events.username,
        events_sealed: seal("events_sealed", &events.password),
        events_former_sealed: events.former.as_ref().map(|former| seal("events_former_sealed", &former.password)),
        events_former_until: events.former.as_ref().map(|former| former.until),
        webhooks_username: webhooks.username,
        webhooks_sealed: seal("webhooks_sealed", &webhooks.password),
        webhooks_former_sealed: webhooks.former.as_ref().map(|former| seal("webhooks_former_sealed", &former.password)),
        webhooks_former_until: webhooks.former.as_ref().map(|former| former.until),
        ats_base_url: first.map_or("", |connection| connection.base_url.as_str()),
        ats_token_url: first.and_then(token_url),
        ats_user: first.map_or("", user),
        ats_sealed: seal("ats_sealed", first.map_or(&SecretString::default(), secret_of)),
        next_ats_base_url: next_connection.map(|connection| &connection.base_url),
        next_ats_token_url: next_connection.and_then(token_url),
        next_ats_user: next_connection.map(user),
        next_ats_sealed: next_connection.map(|connection| seal("next_ats_sealed", secret_of(connection))),
        next_ats_from: next.map(|next| next.from),
        harver_base_url: harver.base_url.as_str(),
        harver_account: harver.account.as_str(),
        harver_client_id: harver.client_id,
        harver_sealed: seal("harver_sealed", &harver.client_secret),
        multi_phase: customer.multi_phase,
        reports_progress: customer.reports_progress,
        status_in_progress: statuses.in_progress.as_str(),
        status_complete: statuses.complete.as_str(),
        status_incomplete: statuses.incomplete.as_str(),
        report_type: customer.report.kind.name(),
        report_field: customer.report.field.as_str(),
        return_url: customer.return_url,
        addresses: words(&customer.addresses),
        sender_name: mail.sender_name,
        support_email: mail.support_email,
        language: mail.language.tag(),
        mail_subject: template(&mail.subject),
        mail_body: template(&mail.body),
        ended_statuses: words(&customer.ended_statuses),
        reports_sent: customer.reports_sent,
        reminders: mail.reminders,
        reminder_subject: template(&mail.reminder_subject),
        reminder_body: template(&mail.reminder_body),
        closes_after_days: mail.closes_after.days(),
        event_sources: words(&customer.event_sources),
    }
    .to_vec()
}

fn place<'p>(customer: &'p CustomerId, column: &'p str) -> Place<'p> {
    Place { table: "customers", column, row: customer }
}

/// OAuth2 has one, Basic has none.
fn token_url(connection: &AtsConnection) -> Option<&str> {
    match &connection.authentication {
        AtsAuthentication::OAuth2 { token_url, .. } => Some(token_url.as_str()),
        AtsAuthentication::Basic { .. } => None,
    }
}

fn user(connection: &AtsConnection) -> &str {
    match &connection.authentication {
        AtsAuthentication::OAuth2 { client_id: user, .. } | AtsAuthentication::Basic { username: user, .. } => user,
    }
}

fn secret_of(connection: &AtsConnection) -> &SecretString {
    match &connection.authentication {
        AtsAuthentication::OAuth2 { client_secret: secret, .. } | AtsAuthentication::Basic { password: secret, .. } => secret,
    }
}

/// Numbers or names, separated by blanks.
fn words<T: ToString>(list: &[T]) -> String {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
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
    let next_from: Option<Timestamp> = get(row, "next_ats_from")?;
    Ok(Customer {
        id: get(row, "id")?,
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
    tx.open(place(&get(row, "id")?, column), &get::<Vec<u8>>(row, column)?)
}

pub(super) fn inbound(tx: &Tx<'_>, row: &Row<'_>, columns: [&'static str; 4]) -> Result<InboundCredentials, StoreError> {
    let [username, password, former, until] = columns;
    let former = match get(row, until)? {
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
