//! Trying a connection to iCIMS, and saying what to fix when it does not work.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Checker;
use super::report::{Check, Subject, Whom};
use crate::domain::{AtsAuthentication, Customer};
use crate::http::NoAnswer;
use crate::icims::{Call, IcimsError, Operation};
use crate::neighbour::Kind;

const CREDENTIALS: Subject = Subject("icims-credentials", "iCIMS accepts the credentials, and they open this customer");
const ADDRESSES: Subject = Subject("icims-addresses", "iCIMS lets Harver's addresses in");

/// Said by the check because of which the others are missing.
const NOTHING_ELSE: &str = "Nothing else was asked of iCIMS.";

/// Whether iCIMS let us in.
pub(super) struct Door {
    /// `None` when we did not come as far.
    pub(super) credentials: Option<Check>,
    /// `None` when it is unknown.
    pub(super) addresses: Option<Check>,
    /// Whether it makes sense to ask for more.
    pub(super) is_open: bool,
}

impl Door {
    fn closed(credentials: Option<Check>, addresses: Option<Check>) -> Self {
        Self { credentials, addresses, is_open: false }
    }
}

/// Asks iCIMS whether it lets us in with the customer's credentials, as the customer whose id was entered.
pub(super) async fn check(checker: &Checker, customer: &Customer) -> Door {
    let error = match checker.in_time(CREDENTIALS, checker.icims.check_access(customer)).await {
        Ok(Ok(())) => {
            let credentials = CREDENTIALS.passed(format!("iCIMS lets us in as customer {}.", customer.id));
            let why = "iCIMS let us in from the address that this request left from. Whether it lets the other listed addresses in cannot \
                       be tried from here.";
            return Door { credentials: Some(credentials), addresses: Some(ADDRESSES.passed(why)), is_open: true };
        }
        Ok(Err(error)) => error,
        Err(mut too_long) => {
            too_long.why = format!("{} {NOTHING_ELSE}", too_long.why);
            return Door::closed(Some(too_long), None);
        }
    };
    tracing::warn!(customer.id = %customer.id, error = &error as &dyn std::error::Error, "Credentials for iCIMS were tried and do not work.");
    match &error.kind {
        Kind::NotEntered => {
            let why = format!("No connection to iCIMS was entered. {NOTHING_ELSE}");
            let fix = "Choose Edit ATS credentials in the section Credentials, tab Harver to ATS, and enter what iCIMS has issued: base URL, \
                       customer ID, and client ID and client secret or username and password.";
            Door::closed(Some(CREDENTIALS.failed(why, fix, Whom::HarverAdmin)), None)
        }
        Kind::Forbidden { reason } if is_about_the_user(reason) => {
            let why =
                format!("iCIMS knows these credentials and refused them customer {} ({reason}). {NOTHING_ELSE}", customer.id);
            let fix = "Check the customer ID: the credentials were issued for another one.";
            Door::closed(Some(CREDENTIALS.failed(why, fix, Whom::HarverAdmin)), None)
        }
        Kind::Forbidden { reason } => {
            let why = format!("iCIMS refused access to the address that we call from ({reason}). {NOTHING_ELSE}");
            let listed: Vec<String> = customer.addresses.iter().map(ToString::to_string).collect();
            let fix = format!(
                "Allow all Harver addresses under IP Address Restrictions of the integration user in iCIMS: {}. The section Credentials, \
                 tab ATS to Harver, lists them to copy. If they are all allowed, check the customer ID.",
                listed.join(", ")
            );
            Door::closed(None, Some(ADDRESSES.failed(why, fix, Whom::IcimsAdmin)))
        }
        _ => {
            let why = format!("iCIMS could not be used. {NOTHING_ELSE}");
            Door::closed(
                Some(CREDENTIALS.failed(why, what_to_fix(&error, customer, checker.clock.now()), whom(&error.kind))),
                None,
            )
        }
    }
}

/// Whether a 403 speaks of who asks rather than of where from. Its words are not published: *assumed*.
fn is_about_the_user(reason: &str) -> bool {
    let reason = reason.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    says(&["user", "login", "account"]) && !says(&["address", "ip "])
}

/// Why iCIMS has not answered a question that comes after it has let us in.
pub(super) fn unanswered(subject: Subject, error: &IcimsError, customer: &Customer, now: Timestamp) -> Check {
    tracing::warn!(customer.id = %customer.id, error = error as &dyn std::error::Error, "A check could not be made.");
    match &error.kind {
        _ if error.keeps_something_back() => {
            let fix = "See to it that the login group of the integration user may use this part of the web services.";
            subject.failed("iCIMS lets us in, but turns this question down.", fix, Whom::IcimsAdmin)
        }
        Kind::Unreachable(source) if source.proxy().is_none() => {
            let why = "The connection to iCIMS broke, or the answer was too long.";
            subject.failed(why, "Try again in a few minutes.", Whom::HarverAdmin)
        }
        kind => {
            let fix = what_to_fix(error, customer, now);
            subject.failed("iCIMS lets us in, but has not answered this question.", fix, whom(kind))
        }
    }
}

fn whom(kind: &Kind) -> Whom {
    match kind {
        Kind::Forbidden { .. } | Kind::NotVisible => Whom::IcimsAdmin,
        _ if kind.proxy().is_some() => Whom::Network,
        _ => Whom::HarverAdmin,
    }
}

/// What happened at a moment and what to do, for the Harver Admin.
#[must_use]
pub fn what_to_fix(error: &IcimsError, customer: &Customer, now: Timestamp) -> String {
    let pair = match customer.ats.at(now).map(|ats| &ats.authentication) {
        Some(AtsAuthentication::Basic { .. }) => "username and password",
        Some(AtsAuthentication::OAuth2 { .. }) | None => "client ID and client secret",
    };
    let (id, address) = (customer.id, address_of(error.call));
    match &error.kind {
        Kind::NotEntered => "Nothing was entered yet. Choose Edit ATS credentials.".to_owned(),
        Kind::CredentialsRejected { reason } if error.call.operation == Operation::Token => format!(
            "The token server of iCIMS rejected these credentials ({reason}). Check {pair}, and that the token URL is the one of your \
             iCIMS region."
        ),
        Kind::CredentialsRejected { reason } => format!(
            "iCIMS rejected these credentials ({reason}). Check {pair}, and that the integration user may access web services."
        ),
        Kind::Forbidden { reason } => format!(
            "iCIMS refused access ({reason}). Ask the iCIMS admin to allow all thirteen Harver addresses under IP Address Restrictions \
             of the integration user; the tab ATS to Harver lists them."
        ),
        Kind::Throttled { until } => {
            format!("iCIMS allows no more requests of this customer before {}. Try again then.", at_the_latest(*until))
        }
        Kind::NotFound => match error.call.operation {
            Operation::Token => "There is nothing at the token URL. Check it for typing mistakes.".to_owned(),
            _ => format!("iCIMS knows no customer {id} at this base URL. Check that customer ID and base URL belong together."),
        },
        Kind::NotVisible => format!(
            "These credentials are right, but they do not open customer {id}. Check that they were issued for it, or ask the iCIMS \
             admin to let the integration user's login group see it."
        ),
        Kind::Refused { status, reason } => {
            format!("iCIMS turned the request down with status {status} ({reason}). Check the {address}.")
        }
        Kind::Unreachable(source) | Kind::TimedOut(source) if source.proxy().is_some() => {
            format!("There was {source}. Ask whoever runs the network whether the proxy lets this address through.")
        }
        Kind::Unreachable(NoAnswer::NotCalled(_)) => {
            format!("The {address} leads into a network of ours, which is not called. Enter the address that iCIMS gave you.")
        }
        Kind::Unreachable(_) => format!("Nothing answers at the {address}. Check the {address} for typing mistakes."),
        Kind::TimedOut(_) => format!("There was no answer in time. Check the {address}, or try again in a few minutes."),
        Kind::Unavailable { status, .. } => {
            format!("iCIMS is in trouble: it answered with status {status}. Try again in a few minutes.")
        }
        Kind::NotTheApi { status } | Kind::Unreadable { status, .. } => format!(
            "Something answered with status {status}, but not the API of iCIMS. Check that the {address} is the API's address, not the \
             one of the recruiters' screens."
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
