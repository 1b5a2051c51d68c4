//! What must be known before an order can be recorded: who, what, and whether it can be ordered at all.

use super::AtsToHarver;
use super::refusal::Refusal;
use crate::domain::{Candidate, Customer, Event, JobId, NotAHarverPackage, Occasion, PackageLabel, Pattern, PersonId};
use crate::harver_platform::{HarverError, VacancyStatus};
use crate::icims::{Field, JobRecord, PersonRecord};
use crate::store::orders::NewOrder;

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
pub(super) async fn gather(work: &AtsToHarver, customer: &Customer, event: &Event) -> Result<NewOrder, Refusal> {
    let (candidate, job) = candidate_and_job(work, customer, event.person, event.job).await?;
    let package = package(&job)?;
    let (pattern, return_url) = match &event.occasion {
        Occasion::ApplicationCompleted { return_url } => (Pattern::Inline, return_url.clone()),
        Occasion::StatusChanged(_) => (Pattern::AdHoc, None),
    };
    Ok(NewOrder {
        customer: event.customer,
        workflow: event.workflow,
        person: event.person,
        job: event.job,
        job_title: job.title.unwrap_or_else(|| package.name().to_owned()),
        package,
        candidate,
        pattern,
        return_url,
    })
}

/// Asks the platform whether the vacancy takes candidates. A platform that is away is no reason to refuse: the order is recorded
/// and waits for it.
///
/// # Errors
/// When the vacancy is unknown, closed or still a draft (row 7).
pub(super) async fn check_vacancy(work: &AtsToHarver, customer: &Customer, package: &PackageLabel) -> Result<(), Refusal> {
    let refuse = |problem| Err(Refusal::Vacancy { label: package.as_listed().to_owned(), problem });
    match work.harver.vacancy_status(&customer.harver, package.vacancy()).await {
        Ok(Some(VacancyStatus::Closed)) => refuse("is closed"),
        Ok(Some(VacancyStatus::Draft)) => refuse("is still a draft"),
        // Where the status is not told, creating an application will tell.
        Ok(Some(_) | None) => Ok(()),
        Err(HarverError::NotFound { .. }) => refuse("does not exist"),
        Err(error) => {
            tracing::warn!(customer.id = %customer.id, error = &error as &dyn std::error::Error, "The vacancy could not be checked; the order is recorded all the same.");
            Ok(())
        }
    }
}

fn candidate(person: PersonRecord) -> Result<Candidate, Refusal> {
    if person.email_is_malformed {
        return Err(Refusal::FieldMalformed(Field::PersonEmail));
    }
    Ok(Candidate {
        email: person.email.ok_or(Refusal::FieldEmpty(Field::PersonEmail))?,
        first_name: person.first_name.ok_or(Refusal::FieldEmpty(Field::PersonFirstName))?,
        last_name: person.last_name.ok_or(Refusal::FieldEmpty(Field::PersonLastName))?,
    })
}

/// The first Harver package of the job; further ones are left for multi-phase (row 8).
fn package(job: &JobRecord) -> Result<PackageLabel, Refusal> {
    let mut wrongly_formatted = None;
    let mut found = None;
    for label in &job.package_labels {
        match PackageLabel::parse(label) {
            Ok(package) if found.is_none() => found = Some(package),
            Ok(ignored) => {
                tracing::warn!(vacancy.id = %ignored.vacancy(), "The job has more than one Harver package; the first is used.");
            }
            Err(NotAHarverPackage::WronglyFormatted(label)) => wrongly_formatted = Some(label),
            Err(NotAHarverPackage::OtherVendor(_)) => {}
        }
    }
    match (found, wrongly_formatted) {
        (Some(package), _) => Ok(package),
        (None, Some(label)) => Err(Refusal::PackageFormat(label)),
        (None, None) if job.package_labels.is_empty() => Err(Refusal::NoPackage),
        (None, None) => Err(Refusal::OtherVendorsOnly),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HARVER: &str = "Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd";

    fn chosen(labels: &[&str]) -> Result<PackageLabel, Refusal> {
        package(&JobRecord { title: None, package_labels: labels.iter().map(ToString::to_string).collect(), folder: None })
    }

    #[test]
    fn the_first_harver_package_is_used_whoever_stands_before_it() {
        let second = "Harver Night Shift – 64c20d1e5f7a8b0012ab34ce";
        assert_eq!(chosen(&["Dispatcher Aptitude v3", HARVER, second]).expect("a package").as_listed(), HARVER);
    }

    #[test]
    fn each_way_to_have_no_package_is_told_apart() {
        assert!(matches!(chosen(&[]), Err(Refusal::NoPackage)));
        assert!(matches!(chosen(&["Dispatcher Aptitude v3"]), Err(Refusal::OtherVendorsOnly)));
        assert!(matches!(chosen(&["Dispatcher Aptitude v3", "Harver Advisor"]), Err(Refusal::PackageFormat(_))));
    }
}
