//! Why a set-up does not work: the preconditions of the guide and everything around them, tried at whatever is named, in words for
//! whoever can mend it (promises G01, G05, G06, G18).
//!
//! 1. [`Subject`] is what is examined: settings from a file, or from what listens on this machine.
//! 2. [`Doctor::examine`] asks everybody side by side. Each file of `groups` looks at one part; each question has a deadline of its own,
//!    so that a neighbour that hangs costs its own checks and no others.
//! 3. [`Report`] is what came of it: for people, for programs, and as a [`bundle`] for support.
//!
//! Nothing is written at any of those who are asked, no mail is sent, and no event that orders something. No secret leaves: see
//! [`Secrets`].

mod bundle;
mod finding;
mod groups;
mod report;
mod secrets;
mod smtp;
mod standing;
mod subject;
mod tls;

use std::collections::BTreeMap;
use std::time::Duration;

pub(crate) use bundle::{bundle, json};
pub(crate) use finding::{Group, Outcome};
pub(crate) use report::Report;
pub(crate) use subject::Subject;

use crate::checks::Checker;
use crate::clock::Clock;
use crate::harver_platform::HarverClient;
use crate::http::{Clients, Timeouts};
use crate::icims::IcimsClient;
use groups::Patient;

/// How long one answer over HTTP may take: a neighbour that needs longer fails the inline events, too.
const PATIENCE: Timeouts = Timeouts { connect: Duration::from_secs(2), answer: Duration::from_secs(3) };
/// How long one check of enabling may take, which may ask several times.
const CHECK: Duration = Duration::from_secs(5);

/// Examines set-ups.
pub(crate) struct Doctor {
    clients: Clients,
    checker: Checker,
    clock: Clock,
    /// The variables of this process.
    variables: BTreeMap<String, String>,
}

impl Doctor {
    /// A doctor on this machine, with the variables of the process.
    ///
    /// # Errors
    /// When the process cannot speak HTTP at all.
    pub(crate) fn new(variables: BTreeMap<String, String>) -> Result<Self, reqwest::Error> {
        let (clients, clock) = (Clients::new(PATIENCE)?, Clock::real());
        let checker = Checker {
            icims: IcimsClient::new(clients.clone(), clock.clone()),
            harver: HarverClient::new(clients.clone(), clock.clone()),
            http: clients.clone(),
            clock: clock.clone(),
            deadline: CHECK,
        };
        Ok(Self { clients, checker, clock, variables })
    }

    /// What the doctor calls with.
    #[must_use]
    pub(crate) fn clients(&self) -> &Clients {
        &self.clients
    }

    /// Tries everything, or one group, and tells what came of it without any secret.
    pub(crate) async fn examine(&self, subject: &Subject, only: Option<Group>) -> Report {
        let patient =
            Patient { subject, clients: &self.clients, checker: &self.checker, clock: &self.clock, variables: &self.variables };
        let mut findings = groups::examine(&patient, only).await;
        let secrets = subject.secrets();
        for finding in &mut findings {
            finding.says = secrets.out_of(&finding.says);
            if let Some(mend) = &mut finding.mend {
                mend.words = secrets.out_of(&mend.words);
            }
        }
        Report::of(secrets.out_of(&subject.words()), findings)
    }
}
