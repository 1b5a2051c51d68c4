//! The checks of the neighbours alone, for whoever knows only one of them, or nothing of the settings of the integration.

use super::report::{Check, Report};
use super::{Checker, packages, return_page, vacancies};
use crate::domain::Customer;

/// Which neighbours are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbours {
    /// iCIMS alone: nothing is told of an account on the platform.
    Icims,
    /// The Harver platform alone: nothing is told of a way into iCIMS.
    Platform,
    /// Both.
    Both,
}

impl Checker {
    /// Tries what is asked of the neighbours, in the order of the guide; packages are judged by the vacancies as far as they are known.
    pub async fn neighbours(&self, customer: &Customer, wanted: Neighbours) -> Report {
        let of_icims = async { if wanted == Neighbours::Platform { None } else { Some(self.icims(customer).await) } };
        let of_platform = async { if wanted == Neighbours::Icims { None } else { Some(vacancies::check(self, customer).await) } };
        let (icims, platform) = tokio::join!(of_icims, of_platform);
        let icims = icims.unwrap_or_default();
        let (account, vacancies, open) = match platform {
            Some((account, vacancies, open)) => (Some(account), vacancies, open),
            None => (None, None, None),
        };
        let packages = icims.lists.map(|lists| packages::check(customer, lists, open.as_deref()));
        let mut report = Report::default();
        for check in [icims.requisitions, vacancies, icims.credentials, account, packages, icims.addresses] {
            report.add_all(check);
        }
        report.add_all(icims.fields);
        report
    }

    /// Looks at the page that candidates return to; `None` where there is none.
    pub async fn return_page(&self, customer: &Customer) -> Option<Check> {
        return_page::check(self, customer).await
    }
}
