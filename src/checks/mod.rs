//! Whether an integration can be enabled: the guide's preconditions, tried against the real neighbours (promises G01 and G18).
//!
//! A library of its own: the console and the API run it before they switch an integration on, a command runs the same. Each file asks
//! about one thing and says what to do; none changes anything. [`Checker::run`] shows the order.
//!
//! A neighbour that hangs costs its own checks and not the others: what does not depend on each other is asked at once, and each check
//! has a deadline of its own.

mod connection;
mod fields;
mod neighbours;
mod packages;
mod report;
mod requisitions;
mod return_page;
mod settings;
#[cfg(test)]
mod tests;
mod vacancies;
mod words;

use std::time::Duration;

pub use connection::what_to_fix;
pub use neighbours::Neighbours;
pub use report::{Check, Outcome, Report, Whom};

use crate::clock::Clock;
use crate::domain::Customer;
use crate::harver_platform::HarverClient;
use crate::http::Clients;
use crate::icims::{IcimsClient, PackageLists};
use report::Subject;

/// What the checks ask. Clones share connections and access tokens.
#[derive(Clone)]
pub struct Checker {
    /// iCIMS.
    pub icims: IcimsClient,
    /// The Harver platform.
    pub harver: HarverClient,
    /// Whatever else is looked at: the page that candidates return to.
    pub http: Clients,
    /// The present: which connection counts.
    pub clock: Clock,
    /// How long one check may take.
    pub deadline: Duration,
}

impl Checker {
    /// The deadline of a check unless somebody has a reason for another one: more than one call may take, so that most checks end with
    /// the words of whoever did not answer.
    pub const DEADLINE: Duration = Duration::from_secs(10);

    /// Tries the customer's account on the Harver platform alone.
    pub async fn harver_account(&self, customer: &Customer) -> Check {
        vacancies::account_alone(self, customer).await
    }

    /// Tries everything. The results stand in the order of the guide; what could not be tried because something before it failed is
    /// left out, and that one says so.
    pub async fn run(&self, customer: &Customer) -> Report {
        let mut report = Report::default();
        if !customer.added {
            report.add(settings::not_added());
            return report;
        }
        let (icims, (account, vacancies, open), return_page) =
            tokio::join!(self.icims(customer), vacancies::check(self, customer), return_page::check(self, customer));
        let packages = icims.lists.map(|lists| packages::check(customer, lists, open.as_deref()));
        report.add_all(icims.requisitions);
        report.add_all(vacancies);
        report.add_all(icims.credentials);
        report.add(account);
        report.add_all(packages);
        report.add_all(icims.addresses);
        report.add_all(return_page);
        report.add(settings::patterns(customer));
        report.add_all(icims.fields);
        report.add(settings::report(customer));
        report
    }

    /// Everything that is asked of iCIMS: first whether it lets us in, then the rest at once.
    async fn icims(&self, customer: &Customer) -> FromIcims {
        let door = connection::check(self, customer).await;
        let mut from = FromIcims { credentials: door.credentials, addresses: door.addresses, ..FromIcims::default() };
        if door.is_open {
            let (requisitions, lists, fields) =
                tokio::join!(requisitions::check(self, customer), packages::lists(self, customer), fields::check(self, customer));
            (from.requisitions, from.lists, from.fields) = (Some(requisitions), Some(lists), fields.into());
        }
        from
    }

    /// The outcome of a check, or that it took too long. What a check is in the middle of is kept apart: all of them together would
    /// take much of the stack of whoever runs them.
    async fn in_time<T>(&self, subject: Subject, asking: impl Future<Output = T>) -> Result<T, Check> {
        tokio::time::timeout(self.deadline, Box::pin(asking)).await.map_err(|_| subject.took_too_long(self.deadline))
    }
}

/// What iCIMS has told.
#[derive(Default)]
struct FromIcims {
    credentials: Option<Check>,
    addresses: Option<Check>,
    requisitions: Option<Check>,
    /// The lists with packages, or the check that says why they are not known.
    lists: Option<Result<PackageLists, Check>>,
    fields: Vec<Check>,
}
