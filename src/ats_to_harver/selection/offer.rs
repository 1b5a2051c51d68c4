//! What a recruiter can choose from, and what was chosen before.

use std::sync::Arc;

use jiff::Timestamp;

use crate::ats_to_harver::deadline::Deadline;
use crate::ats_to_harver::gather::candidate_and_job;
use crate::ats_to_harver::reapply::may_start_again;
use crate::ats_to_harver::refusal::Refusal;
use crate::ats_to_harver::{AtsToHarver, ad_hoc};
use crate::domain::{Candidate, Customer, Order, OrderId, PackageLabel, Selection};
use crate::harver_platform::OpenVacancy;
use crate::icims::{FoundRow, IcimsError};
use crate::store::{StoreError, Tx, orders};

/// What the page shows.
#[derive(Debug)]
pub(super) struct Offer {
    /// Who is to be invited.
    pub(super) candidate: Candidate,
    /// The job's title.
    pub(super) job_title: Option<String>,
    /// The packages, those that can be chosen first.
    pub(super) packages: Vec<Package>,
    /// The completed orders beside which others may be recorded: their candidates may start again.
    pub(super) again: Vec<OrderId>,
    /// What stands in the Assessments section of the Screen tab.
    pub(super) results: Vec<FoundRow>,
}

/// One package.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) label: PackageLabel,
    /// Whether it stands on the job in iCIMS.
    pub(super) on_job: bool,
    /// Why it cannot be chosen, if it cannot.
    pub(super) obstacle: Option<Obstacle>,
}

/// Why a package cannot be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// It was chosen before, and its invitation can still be followed.
    Invited,
    /// It was chosen before, and the candidate has finished it.
    Completed,
    /// It stands in no list of iCIMS: its result could not be written (assessment-flow.md 6).
    NotListed,
}

/// Asks both neighbours, each for everything at once.
///
/// # Errors
/// When something is missing, or a neighbour cannot be asked.
pub(super) async fn offer(work: &AtsToHarver, customer: &Customer, selection: &Selection) -> Result<Offer, Refusal> {
    let deadline = Deadline::after(work.deadline);
    let asked = async {
        let listed = async {
            match work.icims.listed_packages(customer).await {
                // Where its lists are kept from us, a label in the guide's format is as good as we can do.
                Err(error) if error.keeps_something_back() => Ok(None),
                read => read.map(Some),
            }
        };
        let vacancies =
            async { work.harver.open_vacancies(&customer.harver).await.map_err(|error| Refusal::Harver(Arc::new(error))) };
        let from_icims = async {
            let read = tokio::try_join!(work.icims.result_rows(customer, selection.workflow), listed);
            read.map_err(|error: IcimsError| Refusal::Icims(error))
        };
        tokio::try_join!(candidate_and_job(work, customer, selection.person, selection.job), from_icims, vacancies)
    };
    let ((candidate, job), (results, listed), vacancies) = deadline.hold(asked).await?;
    let on_job: Vec<PackageLabel> = job.package_labels.iter().filter_map(|label| PackageLabel::parse(label).ok()).collect();
    let packages = packages(&vacancies, listed.as_deref(), &on_job);
    let vacancies = packages.iter().map(|package| package.label.vacancy().clone()).collect();
    let again = deadline.hold(may_start_again(work, customer, selection.workflow, vacancies)).await?;
    let (now, selection, wanted, may) = (work.clock.now(), selection.clone(), candidate.clone(), again.clone());
    let packages = work.store.read(move |tx| with_obstacles(tx, &selection, packages, (&wanted, &may), now)).await?;
    Ok(Offer { candidate, job_title: job.title, packages, again, results })
}

/// A package for each open vacancy, under the label that iCIMS knows it by.
fn packages(vacancies: &[OpenVacancy], listed: Option<&[PackageLabel]>, on_job: &[PackageLabel]) -> Vec<Package> {
    let package = |vacancy: &OpenVacancy| {
        let is_its = |label: &&PackageLabel| label.vacancy() == &vacancy.id;
        let known = on_job.iter().chain(listed.into_iter().flatten()).find(is_its).cloned();
        let obstacle = (known.is_none() && listed.is_some()).then_some(Obstacle::NotListed);
        let label = known.or_else(|| PackageLabel::for_vacancy(&vacancy.name, &vacancy.id))?;
        Some(Package { on_job: on_job.iter().any(|label| label.vacancy() == &vacancy.id), label, obstacle })
    };
    let mut packages: Vec<Package> = vacancies.iter().filter_map(package).collect();
    packages.sort_by_cached_key(|package| (!package.on_job, package.label.name().to_lowercase()));
    packages
}

/// The same packages with what stands in their way, by what was ordered for the workflow before.
fn with_obstacles(
    tx: &Tx<'_>,
    selection: &Selection,
    mut packages: Vec<Package>,
    (candidate, again): (&Candidate, &[OrderId]),
    now: Timestamp,
) -> Result<Vec<Package>, StoreError> {
    for package in &mut packages {
        let order = orders::live(tx, selection.customer, selection.workflow, package.label.vacancy())?;
        let objection = |order: &Order| ad_hoc::objection(tx, order, candidate, again, now);
        if let Some(found) = order.as_ref().map(objection).transpose()?.flatten() {
            package.obstacle = Some(match found {
                Refusal::AlreadyCompleted => Obstacle::Completed,
                _ => Obstacle::Invited,
            });
        }
    }
    packages.sort_by_key(|package| package.obstacle.is_some());
    Ok(packages)
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [&str; 3] = ["64c20d1e5f7a8b0012ab34cd", "64c20d1e5f7a8b0012ab34ce", "64c20d1e5f7a8b0012ab34cf"];

    fn vacancies() -> Vec<OpenVacancy> {
        let named = ["Typing", "advisor", "Calls"].into_iter().zip(IDS);
        named.map(|(name, id)| OpenVacancy { id: id.parse().expect("24 digits"), name: name.into() }).collect()
    }

    fn label(text: &str) -> PackageLabel {
        PackageLabel::parse(text).expect("a label")
    }

    #[test]
    fn a_package_has_the_label_that_icims_knows_it_by() {
        let listed = [label(&format!("harver Typing test-{}", IDS[0]))];
        let found = packages(&vacancies(), Some(&listed), &[]);
        let typing = found.iter().find(|package| package.label.vacancy().as_str() == IDS[0]).expect("the vacancy");
        assert_eq!((typing.label.as_listed(), typing.obstacle), (listed[0].as_listed(), None));
        let not_listed = found.iter().filter(|package| package.obstacle == Some(Obstacle::NotListed)).count();
        assert_eq!(not_listed, 2, "a result of theirs could not be written");
    }

    #[test]
    fn lists_that_are_kept_from_us_are_no_obstacle() {
        let found = packages(&vacancies(), None, &[]);
        assert!(found.iter().all(|package| package.obstacle.is_none()));
        assert_eq!(found[0].label.as_listed(), format!("Harver advisor – {}", IDS[1]), "in the order of the names");
    }

    #[test]
    fn what_stands_on_the_job_comes_first() {
        let on_job = [label(&format!("Harver Typing – {}", IDS[0]))];
        let found = packages(&vacancies(), None, &on_job);
        assert!(found[0].on_job && found[0].label == on_job[0]);
        assert!(!found[1].on_job);
    }
}
