//! Storing a change of settings with its line of history.

use jiff::Timestamp;
use secrecy::SecretString;

use super::difference::{Difference, differences};
use super::document::Document;
use super::problems::Problems;
use super::rules::Rules;
use crate::domain::{Customer, CustomerId, InboundCredentials};
use crate::store::history::{self, SettingChange};
use crate::store::{self, StoreError, Tx};

/// Who changes settings, and how.
#[derive(Clone, Debug)]
pub struct By {
    /// The address of whoever does it, or what stands for it.
    pub who: String,
    /// The way.
    pub way: Way,
    /// When.
    pub now: Timestamp,
}

/// The ways in which settings are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A form of the console.
    Console,
    /// The JSON API.
    Api,
    /// The configuration file, at a start.
    File,
    /// A command.
    CommandLine,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Api => "api",
            Self::File => "file",
            Self::CommandLine => "command line",
        }
    }
}

/// Why nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// There is no such customer.
    #[error("there is no customer {0}")]
    NoSuchCustomer(CustomerId),
    /// The integration was not added yet; before that there is nothing to set up (promise G09).
    #[error("the integration of customer {0} is not added yet: choose Add Integrations in the console")]
    NotAdded(CustomerId),
    /// The settings are not those that were checked.
    #[error("the settings of customer {0} were changed while the checks ran: enable it again, so that those are checked")]
    ChangedMeanwhile(CustomerId),
    /// The settings cannot be used.
    #[error("the settings cannot be used: {0}")]
    Problems(#[from] Problems),
    /// The store failed.
    #[error("the settings could not be stored")]
    Store(#[from] StoreError),
}

/// Adds a customer with the settings of a document.
///
/// # Errors
/// See [`SaveError`].
pub fn create(tx: &Tx<'_>, document: &Document, rules: Rules, by: &By) -> Result<Customer, SaveError> {
    let customer = rules.create(document, by.now)?;
    store::insert_customer(tx, &customer).map_err(taken)?;
    note(tx, customer.id, "customer", String::new(), "created".into(), by)?;
    Ok(customer)
}

/// Changes the settings of a customer as a document says, and tells what has changed.
///
/// # Errors
/// See [`SaveError`].
pub fn save(tx: &Tx<'_>, id: CustomerId, document: &Document, rules: Rules, by: &By) -> Result<Vec<Difference>, SaveError> {
    replace(tx, id, |present| Ok(rules.change(document, present, by.now)?), by)
}

/// Enables an integration whose checks were good, with the settings that were checked and no others.
///
/// # Errors
/// See [`SaveError`].
pub fn enable(tx: &Tx<'_>, checked: &Customer, by: &By) -> Result<Vec<Difference>, SaveError> {
    let enabled = |present: &Customer| {
        let as_checked = Customer { enabled: present.enabled, ..checked.clone() };
        let same = differences(&as_checked, present, by.now).is_empty();
        if same { Ok(Customer { enabled: true, ..present.clone() }) } else { Err(SaveError::ChangedMeanwhile(checked.id)) }
    };
    replace(tx, checked.id, enabled, by)
}

/// Disables an integration. What is under way goes on.
///
/// # Errors
/// See [`SaveError`].
pub fn disable(tx: &Tx<'_>, id: CustomerId, by: &By) -> Result<Vec<Difference>, SaveError> {
    replace(tx, id, |present| Ok(Customer { enabled: false, ..present.clone() }), by)
}

/// Which of the two credentials that others present is meant.
type Inbound = fn(&mut Customer) -> &mut InboundCredentials;

/// Gives out a new password; the present one is let in beside it until `until` (promise G13). Returns the user name, which stays.
///
/// # Errors
/// See [`SaveError`].
pub fn rotate(
    tx: &Tx<'_>,
    id: CustomerId,
    which: Inbound,
    password: SecretString,
    until: Timestamp,
    by: &By,
) -> Result<String, SaveError> {
    let mut username = String::new();
    let rotated = |present: &Customer| {
        let mut customer = present.clone();
        let credentials = which(&mut customer);
        username.clone_from(&credentials.username);
        *credentials = credentials.rotated(password, until);
        Ok(customer)
    };
    replace(tx, id, rotated, by)?;
    Ok(username)
}

/// Changes a customer by a rule, with a line of history for each setting that is not the same afterwards. The only change of one whose
/// integration was not added yet is to add it.
///
/// # Errors
/// See [`SaveError`]; what the rule refuses is not stored.
pub fn replace(
    tx: &Tx<'_>,
    id: CustomerId,
    change: impl FnOnce(&Customer) -> Result<Customer, SaveError>,
    by: &By,
) -> Result<Vec<Difference>, SaveError> {
    let present = store::customer(tx, id)?.ok_or(SaveError::NoSuchCustomer(id))?;
    let changed = change(&present)?;
    if !changed.added {
        return Err(SaveError::NotAdded(id));
    }
    let differing = differences(&present, &changed, by.now);
    if differing.is_empty() {
        return Ok(differing);
    }
    store::update_customer(tx, &changed).map_err(taken)?;
    for Difference { setting, was, became } in &differing {
        note(tx, id, setting, was.clone(), became.clone(), by)?;
    }
    Ok(differing)
}

fn note(tx: &Tx<'_>, id: CustomerId, setting: &str, was: String, became: String, by: &By) -> Result<(), StoreError> {
    let (who, way) = (by.who.clone(), by.way.name().to_owned());
    history::keep(tx, id, &SettingChange { id: 0, at: by.now, who, way, setting: setting.into(), was, became })
}

/// The user name is how a caller is told, so that no two customers can have the same.
fn taken(error: StoreError) -> SaveError {
    match error {
        StoreError::Conflict(what) if what.contains("events_username") => {
            Problems::one("events.username", "Another customer has this user name. Choose another one.").into()
        }
        StoreError::Conflict(what) if what.contains("webhooks_username") => {
            Problems::one("webhooks.username", "Another customer has this user name. Choose another one.").into()
        }
        other => other.into(),
    }
}
