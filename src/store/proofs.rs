//! Who calls: told from a user name, and believed for a proof.
//!
//! A name of nobody is tried like any other, with credentials of somebody else's, and then refused: how long an answer takes tells nobody
//! which names there are. There is no other way from a user name to a customer.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::customers::{customer, inbound};
use super::row::{Row, get};
use super::value::params;
use super::{StoreError, Tx};
use crate::domain::{Customer, CustomerId, InboundCredentials};

/// What is presented where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// The start endpoint, by iCIMS.
    Events,
    /// The webhook endpoint, by the Harver platform.
    Webhooks,
}

impl Door {
    /// The columns of user name, password, former password and its end.
    fn columns(self) -> [&'static str; 4] {
        match self {
            Self::Events => ["events_username", "events_sealed", "events_former_sealed", "events_former_until"],
            Self::Webhooks => ["webhooks_username", "webhooks_sealed", "webhooks_former_sealed", "webhooks_former_until"],
        }
    }
}

/// The customer who presents this user name at a door, if the proof holds against the credentials. It is asked exactly once, if there is any
/// customer at all.
///
/// # Errors
/// When the stored credentials, or the stored set-up, cannot be read.
pub fn customer_proving(
    tx: &Tx<'_>,
    door: Door,
    username: &str,
    proof: impl FnOnce(&InboundCredentials) -> bool,
) -> Result<Option<Customer>, StoreError> {
    let columns = door.columns();
    let [name, ..] = columns;
    let read = |row: &Row<'_>| Ok((get::<CustomerId>(row, "id")?, inbound(tx, row, columns)?));
    let all = columns.join(", ");
    let named = tx.one(&format!("SELECT id, {all} FROM customers WHERE {name} = :username"), params! { username }, read)?;
    // Read also where it is not needed, so that it is the same work.
    let somebody = tx.one(&format!("SELECT id, {all} FROM customers ORDER BY id LIMIT 1"), params! {}, read)?;
    let (of, credentials) = match (named, somebody) {
        (Some((of, credentials)), _) => (Some(of), credentials),
        (None, Some((_, credentials))) => (None, credentials),
        (None, None) => return Ok(None),
    };
    let holds = proof(&credentials);
    of.filter(|_| holds).map_or(Ok(None), |of| customer(tx, of))
}

/// A token with which a customer's iCIMS presents events until a moment. It is ours by its signature, and ends with the password that it
/// was given out for.
#[must_use]
pub fn event_token(tx: &Tx<'_>, customer: &Customer, until: Timestamp) -> String {
    let (id, until) = (customer.id, until.as_second());
    format!("{id}.{until}.{}", tx.sign(&signed(id, until, &customer.events.password)))
}

/// The customer whose token this is.
///
/// # Errors
/// When the stored set-up cannot be read.
pub fn customer_of_event_token(tx: &Tx<'_>, token: &str, now: Timestamp) -> Result<Option<Customer>, StoreError> {
    let mut parts = token.splitn(3, '.');
    let (Some(Ok(id)), Some(Ok(until)), Some(signature)) =
        (parts.next().map(str::parse::<CustomerId>), parts.next().map(str::parse::<i64>), parts.next())
    else {
        return Ok(None);
    };
    let Some(customer) = customer(tx, id)? else { return Ok(None) };
    let is_signed = |password: &SecretString| tx.has_signed(&signed(id, until, password), signature);
    let is_ours = customer.events.passwords_at(now).fold(false, |is_ours, password| is_signed(password) | is_ours);
    Ok(Some(customer).filter(|_| is_ours && now.as_second() < until))
}

/// What is signed. No other text that we sign begins so.
fn signed(customer: CustomerId, until: i64, password: &SecretString) -> String {
    format!("event token\n{customer}\n{until}\n{}", password.expose_secret())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::store::{SealingKey, Store, insert_customer};
    use crate::testing::{basic, customer as brightwater};

    async fn with_customer<T: Send + 'static>(mut look: impl FnMut(&Tx<'_>) -> T + Send + 'static) -> T {
        let store = Store::in_memory(SealingKey::for_this_process()).expect("memory");
        let known = brightwater(&"https://api.icims.com".parse().expect("a URL"), basic());
        let looked: Result<T, StoreError> = store
            .write(move |tx| {
                insert_customer(tx, &known)?;
                Ok(look(tx))
            })
            .await;
        looked.expect("memory")
    }

    #[tokio::test]
    async fn a_name_of_nobody_costs_the_same_proof_and_opens_nothing() {
        with_customer(|tx| {
            for door in [Door::Events, Door::Webhooks] {
                for name in ["icims-4021", "harver-4021", "nobody", ""] {
                    let asked = Cell::new(0);
                    let found = customer_proving(tx, door, name, |credentials| {
                        asked.set(asked.get() + 1);
                        assert_eq!(credentials.password.expose_secret(), "not-a-real-secret");
                        true
                    });
                    let opens = name == if door == Door::Events { "icims-4021" } else { "harver-4021" };
                    assert_eq!((found.expect("readable").is_some(), asked.get()), (opens, 1), "{door:?} {name}");
                }
                let wrong = customer_proving(tx, door, "icims-4021", |_| false);
                assert!(wrong.expect("readable").is_none());
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_token_opens_until_its_end_and_as_long_as_its_password() {
        with_customer(|tx| {
            let at = |second| Timestamp::from_second(second).expect("in range");
            let known = customer(tx, "4021".parse().expect("digits")).expect("readable").expect("a customer");
            let token = event_token(tx, &known, at(100));
            let opens = |token: &str, second| customer_of_event_token(tx, token, at(second)).expect("readable").is_some();
            assert!(opens(&token, 99) && !opens(&token, 100));
            let (head, signature) = token.rsplit_once('.').expect("three parts");
            for wrong in
                ["", "4021", "4021.100", "4021.100.", &format!("4021.101.{signature}"), &format!("{head}.{head}"), "4022.100.x"]
            {
                assert!(!opens(wrong, 0), "{wrong}");
            }
            let mut rotated = known.clone();
            rotated.events = known.events.rotated("another".into(), at(50));
            crate::store::update_customer(tx, &rotated).expect("stored");
            assert!(opens(&token, 49) && !opens(&token, 50), "it ends with its password");
        })
        .await;
    }
}
