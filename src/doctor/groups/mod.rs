//! The checks, one file for each group, and who waits for whom.

mod certificate;
mod clock;
mod environment;
mod escapes;
mod events;
mod harver;
mod icims;
mod integration;
mod labels;
mod mail;
mod network;
mod region;
mod sandbox;
mod trigger;
mod words;

use std::collections::BTreeMap;
use std::time::Duration;

use super::finding::{Finding, Group};
use super::standing::{self, Asked};
use super::subject::Subject;
use crate::checks::{Checker, Neighbours};
use crate::clock::Clock;
use crate::domain::{Customer, Pattern};
use crate::http::Clients;

/// After which a question that is no HTTP is given up.
const PATIENCE: Duration = Duration::from_secs(3);

/// Who is examined, and with what.
pub(super) struct Patient<'a> {
    pub(super) subject: &'a Subject,
    pub(super) clients: &'a Clients,
    pub(super) checker: &'a Checker,
    pub(super) clock: &'a Clock,
    pub(super) variables: &'a BTreeMap<String, String>,
}

/// Asks everybody side by side. Only what depends on an answer waits for it: how the integration stands decides what iCIMS must have.
pub(super) async fn examine(patient: &Patient<'_>, only: Option<Group>) -> Vec<Finding> {
    let is_wanted = |group| only.is_none_or(|only| only == group);
    let mut findings = Vec::new();
    if is_wanted(Group::Environment) {
        findings.extend(environment::check(patient));
    }
    let beside = async {
        tokio::join!(
            when(is_wanted(Group::Network), network::check(patient)),
            when(is_wanted(Group::Mail), mail::check(patient)),
            when(is_wanted(Group::Sandbox), sandbox::check(patient)),
        )
    };
    let one_by_one = async {
        let needs_standing = [Group::Icims, Group::Events, Group::Harver, Group::Integration].into_iter().any(is_wanted);
        if !needs_standing {
            return Vec::new();
        }
        let asked = standing::ask(patient.subject, patient.clients).await;
        let customer = patient.subject.customer().map(|customer| as_it_stands(customer, &asked));
        let wanted = neighbours(patient.subject, is_wanted(Group::Icims), is_wanted(Group::Harver));
        let enabling = async {
            match (&customer, wanted) {
                (Ok(customer), Some(wanted)) => patient.checker.neighbours(customer, wanted).await.checks,
                _ => Vec::new(),
            }
        };
        let (enabling, icims, events, harver, integration) = tokio::join!(
            enabling,
            when(is_wanted(Group::Icims), icims::check(patient, &customer)),
            when(is_wanted(Group::Events), events::check(patient, &customer, &asked)),
            when(is_wanted(Group::Harver), harver::check(patient, &asked)),
            when(is_wanted(Group::Integration), integration::check(patient, &customer, &asked)),
        );
        let enabling = enabling.into_iter().map(|check| {
            let group = if matches!(check.id, "vacancies" | "harver-credentials") { Group::Harver } else { Group::Icims };
            super::finding::of_enabling(group, check)
        });
        let enabling = enabling.filter(|finding| is_wanted(finding.group));
        enabling.chain(icims).chain(events).chain(harver).chain(integration).collect()
    };
    let ((network, mail, sandbox), others) = tokio::join!(beside, Box::pin(one_by_one));
    for found in [network, others, mail, sandbox] {
        findings.extend(found);
    }
    findings
}

async fn when(is_wanted: bool, check: impl Future<Output = Vec<Finding>>) -> Vec<Finding> {
    if is_wanted { Box::pin(check).await } else { Vec::new() }
}

/// Which neighbours can be asked. Packages are judged by the vacancies, so that iCIMS alone is asked only where nothing else is told.
fn neighbours(subject: &Subject, icims: bool, harver: bool) -> Option<Neighbours> {
    let (has_icims, has_platform) = (subject.ats().is_ok(), subject.platform().is_ok());
    match (has_icims && icims, has_platform && (harver || icims && has_icims)) {
        (true, true) => Some(Neighbours::Both),
        (true, false) => Some(Neighbours::Icims),
        (false, true) => Some(Neighbours::Platform),
        (false, false) => None,
    }
}

/// The customer with what the integration tells of its settings.
fn as_it_stands(mut customer: Customer, asked: &Asked) -> Customer {
    if let Asked::Told(standing) = asked {
        customer.enabled = standing.enabled;
        customer.multi_phase = standing.multi_phase;
        customer.patterns =
            Pattern::ALL.into_iter().filter(|pattern| standing.patterns.iter().any(|name| name == pattern.name())).collect();
        customer.return_url = standing.return_url.as_ref().and_then(|url| url.parse().ok());
        if let Ok(field) = standing.report_field.parse() {
            customer.report.field = field;
        }
    }
    customer
}
