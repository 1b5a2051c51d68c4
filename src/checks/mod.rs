//! Whether an integration can be enabled: the guide's preconditions, tried against the real neighbours (promises G01 and G18).
//!
//! A library of its own: the console and the API run it before they switch an integration on, a command runs the same. Each check is a
//! file that asks one neighbour for one thing and says what to do; none changes anything.

mod account;
mod connection;
mod report;
mod settings;

pub use connection::what_to_fix;
pub use report::{Check, Outcome, Report, Whom};

use crate::clock::Clock;
use crate::domain::Customer;
use crate::harver_platform::HarverClient;
use crate::icims::IcimsClient;

/// What the checks ask. Clones share connections and access tokens.
#[derive(Clone)]
pub struct Checker {
    /// iCIMS.
    pub icims: IcimsClient,
    /// The Harver platform.
    pub harver: HarverClient,
    /// The present: which connection counts.
    pub clock: Clock,
}

impl Checker {
    /// Tries the customer's account on the Harver platform alone.
    pub async fn harver_account(&self, customer: &Customer) -> Check {
        account::harver(self, customer).await
    }

    /// Tries everything, in the order of the guide. What cannot be tried because something before it failed is left out.
    pub async fn run(&self, customer: &Customer) -> Report {
        let mut report = Report::default();
        report.add(settings::patterns(customer));
        report.add(settings::report(customer));
        report.add(connection::icims(self, customer).await);
        report
    }
}
