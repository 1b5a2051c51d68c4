//! Trying a connection to iCIMS, and saying what to fix when it does not work.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Checker;
use super::report::{Check, Whom};
use crate::domain::{AtsAuthentication, Customer};
use crate::icims::{Call, IcimsError, Operation};

/// Asks iCIMS whether it lets us in with the customer's credentials, as the customer whose id was entered.
pub(super) async fn icims(checker: &Checker, customer: &Customer) -> Check {
    let (id, title) = ("icims-credentials", "iCIMS accepts the credentials, and they open this customer");
    match checker.icims.check_access(customer).await {
        Ok(()) => Check::passed(id, title, format!("iCIMS lets us in as customer {}.", customer.id)),
        Err(error) => {
            tracing::warn!(customer.id = %customer.id, error = &error as &dyn std::error::Error, "Credentials for iCIMS were tried and do not work.");
            Check::failed(id, title, "iCIMS could not be used.", what_to_fix(&error, customer), whom(&error))
        }
    }
}

fn whom(error: &IcimsError) -> Whom {
    match error {
        IcimsError::Forbidden { .. } | IcimsError::NotVisible { .. } => Whom::IcimsAdmin,
        IcimsError::Unreachable { source, .. } | IcimsError::TimedOut { source, .. } if source.proxy().is_some() => Whom::Network,
        _ => Whom::HarverAdmin,
    }
}

/// What happened and what to do, for the Harver Admin.
#[must_use]
pub fn what_to_fix(error: &IcimsError, customer: &Customer) -> String {
    let pair = match customer.ats.as_ref().map(|ats| &ats.authentication) {
        Some(AtsAuthentication::Basic { .. }) => "username and password",
        Some(AtsAuthentication::OAuth2 { .. }) | None => "client ID and client secret",
    };
    let id = customer.id;
    match error {
        IcimsError::NotEntered { .. } => "Nothing was entered yet. Choose Edit ATS credentials.".to_owned(),
        IcimsError::CredentialsRejected { call, reason } if call.operation == Operation::Token => format!(
            "The token server of iCIMS rejected these credentials ({reason}). Check {pair}, and that the token URL is the one of your \
             iCIMS region."
        ),
        IcimsError::CredentialsRejected { reason, .. } => format!(
            "iCIMS rejected these credentials ({reason}). Check {pair}, and that the integration user may access web services."
        ),
        IcimsError::Forbidden { reason, .. } => format!(
            "iCIMS refused access ({reason}). Ask the iCIMS admin to allow all thirteen Harver addresses under IP Address Restrictions \
             of the integration user; the tab ATS to Harver lists them."
        ),
        IcimsError::Throttled { until, .. } => {
            format!("iCIMS allows no more requests of this customer before {}. Try again then.", at_the_latest(*until))
        }
        IcimsError::NotFound { call } => match call.operation {
            Operation::Token => "There is nothing at the token URL. Check it for typing mistakes.".to_owned(),
            _ => format!("iCIMS knows no customer {id} at this base URL. Check that customer ID and base URL belong together."),
        },
        IcimsError::NotVisible { .. } => format!(
            "These credentials are right, but they do not open customer {id}. Check that they were issued for it, or ask the iCIMS \
             admin to let the integration user's login group see it."
        ),
        IcimsError::Refused { call, status, reason } => {
            format!("iCIMS turned the request down with status {status} ({reason}). Check the {}.", address_of(*call))
        }
        IcimsError::Unreachable { source, .. } | IcimsError::TimedOut { source, .. } if source.proxy().is_some() => {
            format!("There was {source}. Ask whoever runs the network whether the proxy lets this address through.")
        }
        IcimsError::Unreachable { call, .. } => {
            format!("Nothing answers at the {0}. Check the {0} for typing mistakes.", address_of(*call))
        }
        IcimsError::TimedOut { call, .. } => {
            format!("There was no answer in time. Check the {}, or try again in a few minutes.", address_of(*call))
        }
        IcimsError::Unavailable { status, .. } => {
            format!("iCIMS is in trouble: it answered with status {status}. Try again in a few minutes.")
        }
        IcimsError::Unreadable { call, status, .. } => format!(
            "Something answered with status {status}, but not the API of iCIMS. Check that the {} is the API's address, not the one of \
             the recruiters' screens.",
            address_of(*call)
        ),
    }
}

/// The field of the form that a request went to.
fn address_of(call: Call) -> &'static str {
    if call.operation == Operation::Token { "token URL" } else { "base URL" }
}

/// A moment as a time that is not before it: minutes are rounded up.
pub(super) fn at_the_latest(moment: Timestamp) -> String {
    let next = moment.saturating_add(SignedDuration::from_secs(59)).unwrap_or(Timestamp::MAX);
    next.to_zoned(TimeZone::UTC).strftime("%-d %b %Y, %H:%M UTC").to_string()
}
