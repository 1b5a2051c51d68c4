//! Whether the Harver platform lets us in, and has vacancies that take candidates (promise G01). One call answers both.

use super::Checker;
use super::report::{Check, Subject, Whom};
use super::words::{count, some_of};
use crate::domain::Customer;
use crate::harver_platform::OpenVacancy;
use crate::neighbour::Kind;

const CREDENTIALS: Subject = Subject("harver-credentials", "The Harver platform accepts the credentials of the account");
const VACANCIES: Subject = Subject("vacancies", "Open vacancies exist in Harver");

/// Said by the check because of which the vacancies are missing.
const NOTHING_ELSE: &str = "The vacancies were not looked at.";

/// Both checks, and the open vacancies as far as they are known.
pub(super) async fn check(checker: &Checker, customer: &Customer) -> (Check, Option<Check>, Option<Vec<OpenVacancy>>) {
    let account = &customer.harver.account;
    match checker.in_time(CREDENTIALS, checker.harver.open_vacancies(&customer.harver)).await {
        Ok(Ok(open)) => {
            let credentials = CREDENTIALS.passed(format!("The platform lets us in as account {account}."));
            (credentials, Some(judged(&open)), Some(open))
        }
        Ok(Err(error)) => {
            tracing::warn!(customer.id = %customer.id, error = &error as &dyn std::error::Error, "The Harver platform was tried and does not work.");
            let whom = if error.kind.proxy().is_some() { Whom::Network } else { Whom::HarverAdmin };
            (CREDENTIALS.failed(what_happened(&error.kind, customer), what_to_fix(&error.kind), whom), None, None)
        }
        Err(mut too_long) => {
            too_long.why = format!("{} {NOTHING_ELSE}", too_long.why);
            (too_long, None, None)
        }
    }
}

/// Whether the platform lets us in, where nobody asks for the vacancies.
pub(super) async fn account_alone(checker: &Checker, customer: &Customer) -> Check {
    let (mut account, ..) = check(checker, customer).await;
    if let Some(alone) = account.why.strip_suffix(NOTHING_ELSE) {
        account.why = alone.trim_end().to_owned();
    }
    account
}

fn judged(open: &[OpenVacancy]) -> Check {
    if open.is_empty() {
        let why = "There is no open vacancy in this account, so there is nothing that a candidate could be invited to.";
        return VACANCIES.failed(why, "Create a vacancy in Harver, or open one that is a draft or closed.", Whom::HarverAdmin);
    }
    let names: Vec<String> = open.iter().map(|vacancy| vacancy.name.clone()).collect();
    VACANCIES.passed(format!("Harver has {}: {}.", count(open.len(), "open vacancy", "open vacancies"), some_of(&names, ", ")))
}

fn what_happened(kind: &Kind, customer: &Customer) -> String {
    let account = &customer.harver.account;
    let happened = match kind {
        Kind::CredentialsRejected { reason } | Kind::Forbidden { reason } => {
            format!("The platform rejected the API client of account {account} ({reason}).")
        }
        Kind::NotEntered | Kind::NotFound | Kind::NotVisible => {
            format!("The platform knows no account {account} at {} for this API client.", customer.harver.base_url)
        }
        Kind::Throttled { .. } => "The platform allows no more requests in this minute.".to_owned(),
        Kind::Refused { status, reason } => {
            format!("The platform turned the request down with status {status} ({reason}).")
        }
        Kind::Unreachable(_) => "The platform could not be reached, or its list of vacancies is too long to be read.".to_owned(),
        Kind::TimedOut(_) => "The platform did not answer in time.".to_owned(),
        Kind::Unavailable { status, .. } => format!("The platform is in trouble: it answered with status {status}."),
        Kind::NotTheApi { status } | Kind::Unreadable { status, .. } => {
            format!("Something answered with status {status}, but not the API of the platform.")
        }
    };
    format!("{happened} {NOTHING_ELSE}")
}

fn what_to_fix(kind: &Kind) -> &'static str {
    match kind {
        Kind::CredentialsRejected { .. } | Kind::Forbidden { .. } => {
            "Check client id and client secret of the account in the settings of the integration; Harver support issues them."
        }
        Kind::NotEntered | Kind::NotFound | Kind::NotVisible => {
            "Check the account id, and whether the account lives on the default or on the US instance."
        }
        Kind::Throttled { .. } => "Try again in a minute.",
        Kind::NotTheApi { .. } | Kind::Refused { .. } | Kind::Unreadable { .. } => {
            "Check the address of the platform in the settings of the integration."
        }
        _ if kind.proxy().is_some() => "Ask whoever runs the network whether the proxy lets the platform's address through.",
        Kind::Unreachable(_) | Kind::TimedOut(_) | Kind::Unavailable { .. } => {
            "Try again in a few minutes. If it stays like this, check the address of the platform in the settings of the integration."
        }
    }
}
