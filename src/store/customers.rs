//! The customers and how the integration is set up for each.

use rusqlite::Row;
use secrecy::SecretString;

use super::row::{get, id, parsed, parsed_option, unreadable};
use super::{StoreError, Tx};
use crate::domain::{
    AtsAuthentication, AtsConnection, Customer, CustomerId, HarverConnection, InboundCredentials, InvitationSettings, Pattern,
    StatusId,
};

/// Adds a customer.
///
/// # Errors
/// A conflict when the customer, or one of its user names, is there already.
pub fn insert_customer(tx: &Tx<'_>, customer: &Customer) -> Result<(), StoreError> {
    let columns = Columns::of(tx, customer);
    tx.insert(
        "INSERT INTO customers (id, name, enabled, pattern_inline, pattern_ad_hoc, trigger_statuses, events_username, events_sealed,
             webhooks_username, webhooks_sealed, ats_base_url, ats_token_url, ats_user, ats_sealed, harver_base_url, harver_account,
             harver_client_id, harver_sealed, reports_progress, sender_name, support_email)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
        columns.params(customer),
    )?;
    Ok(())
}

/// Replaces the set-up of a customer; says whether there is one.
///
/// # Errors
/// A conflict when a user name belongs to another customer.
pub fn update_customer(tx: &Tx<'_>, customer: &Customer) -> Result<bool, StoreError> {
    let columns = Columns::of(tx, customer);
    let changed = tx.execute(
        "UPDATE customers SET name = ?2, enabled = ?3, pattern_inline = ?4, pattern_ad_hoc = ?5, trigger_statuses = ?6,
             events_username = ?7, events_sealed = ?8, webhooks_username = ?9, webhooks_sealed = ?10, ats_base_url = ?11,
             ats_token_url = ?12, ats_user = ?13, ats_sealed = ?14, harver_base_url = ?15, harver_account = ?16,
             harver_client_id = ?17, harver_sealed = ?18, reports_progress = ?19, sender_name = ?20, support_email = ?21
         WHERE id = ?1",
        columns.params(customer),
    )?;
    Ok(changed == 1)
}

/// The customer with this id.
///
/// # Errors
/// When the stored set-up cannot be read.
pub fn customer(tx: &Tx<'_>, wanted: CustomerId) -> Result<Option<Customer>, StoreError> {
    tx.one("SELECT * FROM customers WHERE id = ?1", [wanted.get().cast_signed()], |row| read(tx, row))
}

/// The customer whose iCIMS presents this user name at the start endpoint.
///
/// # Errors
/// When the stored set-up cannot be read.
pub fn customer_of_event_user(tx: &Tx<'_>, username: &str) -> Result<Option<Customer>, StoreError> {
    tx.one("SELECT * FROM customers WHERE events_username = ?1", [username], |row| read(tx, row))
}

/// The customer whose Harver account presents this user name at the webhook endpoint.
///
/// # Errors
/// When the stored set-up cannot be read.
pub fn customer_of_webhook_user(tx: &Tx<'_>, username: &str) -> Result<Option<Customer>, StoreError> {
    tx.one("SELECT * FROM customers WHERE webhooks_username = ?1", [username], |row| read(tx, row))
}

/// Every customer, in the order of their ids.
///
/// # Errors
/// When a stored set-up cannot be read.
pub fn customers(tx: &Tx<'_>) -> Result<Vec<Customer>, StoreError> {
    tx.all("SELECT * FROM customers ORDER BY id", [], |row| read(tx, row))
}

/// What a customer's columns hold that cannot be borrowed from it.
struct Columns<'a> {
    triggers: String,
    events: Vec<u8>,
    webhooks: Vec<u8>,
    token_url: Option<&'a str>,
    ats_user: &'a str,
    ats: Vec<u8>,
    harver: Vec<u8>,
}

impl<'a> Columns<'a> {
    fn of(tx: &Tx<'_>, customer: &'a Customer) -> Self {
        let (token_url, ats_user, secret): (_, _, &SecretString) = match &customer.ats.authentication {
            AtsAuthentication::OAuth2 { token_url, client_id, client_secret } => {
                (Some(token_url.as_str()), client_id, client_secret)
            }
            AtsAuthentication::Basic { username, password } => (None, username, password),
        };
        Self {
            triggers: customer.trigger_statuses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            events: tx.seal(&customer.events.password),
            webhooks: tx.seal(&customer.webhooks.password),
            token_url,
            ats_user,
            ats: tx.seal(secret),
            harver: tx.seal(&customer.harver.client_secret),
        }
    }

    fn params(&'a self, customer: &'a Customer) -> impl rusqlite::Params + 'a {
        let chosen = |pattern| customer.patterns.contains(&pattern);
        let owned: Vec<Box<dyn rusqlite::ToSql + 'a>> = vec![
            Box::new(customer.id.get().cast_signed()),
            Box::new(&customer.name),
            Box::new(customer.enabled),
            Box::new(chosen(Pattern::Inline)),
            Box::new(chosen(Pattern::AdHoc)),
            Box::new(&self.triggers),
            Box::new(&customer.events.username),
            Box::new(&self.events),
            Box::new(&customer.webhooks.username),
            Box::new(&self.webhooks),
            Box::new(customer.ats.base_url.as_str()),
            Box::new(self.token_url),
            Box::new(self.ats_user),
            Box::new(&self.ats),
            Box::new(customer.harver.base_url.as_str()),
            Box::new(customer.harver.account.as_str()),
            Box::new(&customer.harver.client_id),
            Box::new(&self.harver),
            Box::new(customer.reports_progress),
            Box::new(&customer.invitation.sender_name),
            Box::new(&customer.invitation.support_email),
        ];
        rusqlite::params_from_iter(owned)
    }
}

fn read(tx: &Tx<'_>, row: &Row<'_>) -> Result<Customer, StoreError> {
    let secret = |column| tx.open(&get::<Vec<u8>>(row, column)?);
    let mut patterns = Vec::new();
    if get(row, "pattern_inline")? {
        patterns.push(Pattern::Inline);
    }
    if get(row, "pattern_ad_hoc")? {
        patterns.push(Pattern::AdHoc);
    }
    let triggers: String = get(row, "trigger_statuses")?;
    let status = |text| StatusId::parse(text).ok_or_else(|| unreadable("trigger_statuses"));
    let authentication = match parsed_option(row, "ats_token_url")? {
        Some(token_url) => {
            AtsAuthentication::OAuth2 { token_url, client_id: get(row, "ats_user")?, client_secret: secret("ats_sealed")? }
        }
        None => AtsAuthentication::Basic { username: get(row, "ats_user")?, password: secret("ats_sealed")? },
    };
    Ok(Customer {
        id: id(row, "id")?,
        name: get(row, "name")?,
        enabled: get(row, "enabled")?,
        patterns,
        trigger_statuses: triggers.split_whitespace().map(status).collect::<Result<_, _>>()?,
        events: InboundCredentials { username: get(row, "events_username")?, password: secret("events_sealed")? },
        webhooks: InboundCredentials { username: get(row, "webhooks_username")?, password: secret("webhooks_sealed")? },
        ats: AtsConnection { base_url: parsed(row, "ats_base_url")?, authentication },
        harver: HarverConnection {
            base_url: parsed(row, "harver_base_url")?,
            account: parsed(row, "harver_account")?,
            client_id: get(row, "harver_client_id")?,
            client_secret: secret("harver_sealed")?,
        },
        reports_progress: get(row, "reports_progress")?,
        invitation: InvitationSettings { sender_name: get(row, "sender_name")?, support_email: get(row, "support_email")? },
    })
}
