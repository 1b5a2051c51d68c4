//! What must be known before a new order can be recorded: who, what, and whether it can be ordered at all.

use std::time::Duration;

use super::AtsToHarver;
use super::refusal::Refusal;
use crate::domain::{Candidate, Customer, Event, JobId, NotAHarverPackage, Occasion, PackageLabel, Pattern, PersonId};
use crate::harver_platform::{HarverError, VacancyStatus};
use crate::icims::{Field, JobRecord, PersonRecord};
use crate::neighbour::Kind;
use crate::store::orders::NewOrder;

/// How long the platform may take to say how a vacancy stands: the order can be recorded without.
const VACANCY_WITHIN: Duration = Duration::from_secs(2);

/// What an event orders.
pub(super) struct Gathered {
    pub(super) new: NewOrder,
    /// Further Harver packages of the job, which are not ordered (row 8).
    pub(super) left: Vec<PackageLabel>,
}

/// Asks iCIMS for a candidate who can be invited and a job that is open for recruiting.
///
/// # Errors
/// When something is missing, or iCIMS cannot be asked.
pub(super) async fn candidate_and_job(
    work: &AtsToHarver,
    customer: &Customer,
    person: PersonId,
    job: JobId,
) -> Result<(Candidate, JobRecord), Refusal> {
    let (person, job) = tokio::join!(work.icims.person(customer, person), work.icims.job(customer, job));
    let (person, job) = (person.map_err(Refusal::Icims)?, job.map_err(Refusal::Icims)?);
    if !job.is_open() {
        return Err(Refusal::JobClosed);
    }
    Ok((candidate(person)?, job))
}

/// Makes an order of what iCIMS says of person and job.
///
/// # Errors
/// When something is missing, or iCIMS cannot be asked.
pub(super) async fn gather(work: &AtsToHarver, customer: &Customer, event: &Event) -> Result<Gathered, Refusal> {
    let (candidate, job) = candidate_and_job(work, customer, event.person, event.job).await?;
    let mut left = packages(&job)?;
    let package = left.remove(0);
    let (pattern, return_url) = match &event.occasion {
        Occasion::ApplicationCompleted { return_url } => (Pattern::Inline, return_url.clone()),
        Occasion::StatusChanged(_) => (Pattern::AdHoc, None),
    };
    // Who waits on the portal cannot choose; a recruiter can, and where packages are chosen in Harver does not come here.
    if pattern == Pattern::AdHoc && !left.is_empty() {
        left.insert(0, package);
        return Err(Refusal::SeveralPackages(left.iter().map(|label| label.as_listed().to_owned()).collect()));
    }
    let new = NewOrder {
        customer: event.customer,
        workflow: event.workflow,
        person: event.person,
        job: event.job,
        job_title: job.title.unwrap_or_else(|| package.name().to_owned()),
        package,
        candidate,
        pattern,
        return_url,
    };
    Ok(Gathered { new, left })
}

/// Asks the platform whether the vacancy takes candidates. A platform that is away, or slow, is no reason to refuse: the order is
/// recorded and waits for it. One that somebody has to put right first is told at once.
///
/// # Errors
/// When the vacancy is unknown, closed or still a draft (row 7), or the platform turns us away.
pub(super) async fn check_vacancy(work: &AtsToHarver, customer: &Customer, package: &PackageLabel) -> Result<(), Refusal> {
    let asked = work.harver.remembered_vacancy_status(&customer.harver, package.vacancy());
    let Ok(told) = tokio::time::timeout(VACANCY_WITHIN.min(work.deadline / 2), asked).await else {
        tracing::warn!(customer.id = %customer.id, "The platform took too long to tell of the vacancy; the order is recorded all the same.");
        return Ok(());
    };
    let error = match told {
        Ok(Some(VacancyStatus::Closed)) => return Err(no_candidates(package, "is closed")),
        Ok(Some(VacancyStatus::Draft)) => return Err(no_candidates(package, "is still a draft")),
        // Where the status is not told, creating an application will tell.
        Ok(Some(_) | None) => return Ok(()),
        Err(error) => error,
    };
    if error.needs_somebody() {
        return Err(vacancy_problem(&error).map_or(Refusal::Harver(error), |problem| no_candidates(package, problem)));
    }
    tracing::warn!(customer.id = %customer.id, error = &error as &dyn std::error::Error, "The vacancy could not be checked; the order is recorded all the same.");
    Ok(())
}

/// What the platform's refusal says of the vacancy: that is something a recruiter can mend (row 7), unlike its other refusals.
pub(super) fn vacancy_problem(error: &HarverError) -> Option<&'static str> {
    match error.kind {
        Kind::NotFound => Some("does not exist"),
        Kind::Refused { .. } => Some("does not take candidates"),
        _ => None,
    }
}

pub(super) fn no_candidates(package: &PackageLabel, problem: &'static str) -> Refusal {
    Refusal::Vacancy { label: package.as_listed().to_owned(), problem }
}

/// Whom Harver is to write to.
///
/// # Errors
/// When a name or the address is missing or cannot be used.
pub(super) fn candidate(person: PersonRecord) -> Result<Candidate, Refusal> {
    if person.email_is_malformed {
        return Err(Refusal::FieldMalformed(Field::PersonEmail));
    }
    Ok(Candidate {
        email: person.email.ok_or(Refusal::FieldEmpty(Field::PersonEmail))?,
        first_name: person.first_name.ok_or(Refusal::FieldEmpty(Field::PersonFirstName))?,
        last_name: person.last_name.ok_or(Refusal::FieldEmpty(Field::PersonLastName))?,
    })
}

/// The Harver packages of the job, in the order of iCIMS, each vacancy once: there is at least one.
///
/// # Errors
/// When there is none that can be read.
pub(super) fn packages(job: &JobRecord) -> Result<Vec<PackageLabel>, Refusal> {
    let mut wrongly_formatted = None;
    let mut found: Vec<PackageLabel> = Vec::new();
    for label in &job.package_labels {
        match PackageLabel::parse(label) {
            Ok(package) if found.iter().any(|known| known.vacancy() == package.vacancy()) => {}
            Ok(package) => found.push(package),
            Err(NotAHarverPackage::WronglyFormatted(label)) => wrongly_formatted = Some(label),
            Err(NotAHarverPackage::OtherVendor(_)) => {}
        }
    }
    match wrongly_formatted {
        _ if !found.is_empty() => Ok(found),
        Some(label) => Err(Refusal::PackageFormat(label)),
        None if job.package_labels.is_empty() => Err(Refusal::NoPackage),
        None => Err(Refusal::OtherVendorsOnly),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HARVER: &str = "Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd";

    fn chosen(labels: &[&str]) -> Result<Vec<PackageLabel>, Refusal> {
        packages(&JobRecord { title: None, package_labels: labels.iter().map(ToString::to_string).collect(), folder: None })
    }

    #[test]
    fn row_8_harver_packages_come_in_the_order_of_icims_whoever_stands_before_them() {
        let second = "Harver Night Shift – 64c20d1e5f7a8b0012ab34ce";
        let the_first_again = "Harver Advisor - 64C20D1E5F7A8B0012AB34CD";
        let found = chosen(&["Dispatcher Aptitude v3", HARVER, "Harver", second, the_first_again]).expect("packages");
        assert_eq!(found.iter().map(PackageLabel::as_listed).collect::<Vec<_>>(), [HARVER, second]);
    }

    #[test]
    fn each_way_to_have_no_package_is_told_apart() {
        assert!(matches!(chosen(&[]), Err(Refusal::NoPackage)));
        assert!(matches!(chosen(&["Dispatcher Aptitude v3"]), Err(Refusal::OtherVendorsOnly)));
        assert!(matches!(chosen(&["Dispatcher Aptitude v3", "Harver Advisor"]), Err(Refusal::PackageFormat(_))));
    }
}
