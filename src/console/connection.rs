//! Trying a connection to iCIMS before it is saved.

use super::Console;
use crate::checks::what_to_fix;
use crate::domain::Customer;

/// Asks iCIMS whether it lets us in with the customer's credentials.
///
/// # Errors
/// What happened and what to do, for the Harver Admin.
pub(super) async fn check(console: &Console, customer: &Customer) -> Result<(), String> {
    let checked = console.checker.icims.check_access(customer).await;
    checked.map_err(|error| {
        tracing::warn!(customer.id = %customer.id, error = &error as &dyn std::error::Error, "Credentials for iCIMS were tried and do not work.");
        what_to_fix(&error, customer, console.clock.now())
    })
}
