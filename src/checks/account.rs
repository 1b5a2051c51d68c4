//! Whether the Harver platform lets us in to the customer's account.

use super::Checker;
use super::report::{Check, Whom};
use crate::domain::Customer;
use crate::harver_platform::{HarverError, Operation};

/// Asks the platform for the accounts that the credentials open.
pub(super) async fn harver(checker: &Checker, customer: &Customer) -> Check {
    let (id, title) = ("harver-account", "The Harver platform accepts the credentials of the account");
    match checker.harver.check_account(&customer.harver).await {
        Ok(()) => Check::passed(id, title, format!("Account {} answers.", customer.harver.account)),
        Err(error) => {
            tracing::warn!(customer.id = %customer.id, error = &error as &dyn std::error::Error, "The account on the Harver platform was tried and does not work.");
            let (fix, whom) = what_to_do(&error, customer);
            Check::failed(id, title, "The Harver account could not be used.", fix, whom)
        }
    }
}

fn what_to_do(error: &HarverError, customer: &Customer) -> (String, Whom) {
    let account = &customer.harver.account;
    match error {
        HarverError::CredentialsRejected { reason, .. } => (
            format!(
                "The platform rejected the credentials of account {account} ({reason}). Ask Harver support for the client ID and secret \
                 of its public API, and have them entered in the set-up of this customer."
            ),
            Whom::HarverAdmin,
        ),
        HarverError::NotFound { call } if call.operation == Operation::Accounts => (
            format!(
                "The credentials are right, but they do not open account {account}. Check that the account is on this instance, and \
                 that the credentials were issued for it."
            ),
            Whom::HarverAdmin,
        ),
        HarverError::Throttled { until, .. } => {
            let until = super::connection::at_the_latest(*until);
            (format!("The platform allows no more requests before {until}. Try again then."), Whom::HarverAdmin)
        }
        HarverError::Unreachable { source, .. } | HarverError::TimedOut { source, .. } if source.proxy().is_some() => {
            (format!("There was {source}. Ask whether the proxy lets the platform's address through."), Whom::Network)
        }
        HarverError::Unreachable { .. } | HarverError::TimedOut { .. } => (
            format!(
                "Nothing answers at {}. Check that address in the set-up of this customer, or try again in a few minutes.",
                customer.harver.base_url
            ),
            Whom::Network,
        ),
        HarverError::Unavailable { status, .. } => (
            format!("The platform is in trouble: it answered with status {status}. Try again in a few minutes."),
            Whom::HarverAdmin,
        ),
        HarverError::NotFound { .. } | HarverError::Refused { .. } | HarverError::Unreadable { .. } => (
            format!(
                "Something answers at {}, but not the API of the platform. Check that address in the set-up of this customer.",
                customer.harver.base_url
            ),
            Whom::HarverAdmin,
        ),
    }
}
