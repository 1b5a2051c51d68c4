//! Whether there are requisitions in iCIMS that candidates can apply to (promise G01).

use super::Checker;
use super::connection::unanswered;
use super::report::{Check, Subject, Whom};
use super::words::count;
use crate::domain::{Customer, JobId};
use crate::icims::{IcimsError, JobsWanted};
use crate::neighbour::Kind;

const SUBJECT: Subject = Subject("requisitions", "Requisitions exist in iCIMS");

/// How many jobs are read to see whether one in a folder of the customer's own is open: the newest ones.
const LOOKED_AT: usize = 5;

pub(super) async fn check(checker: &Checker, customer: &Customer) -> Check {
    match checker.in_time(SUBJECT, look(checker, customer)).await {
        Ok(Ok(check)) | Err(check) => check,
        Ok(Err(IcimsError { kind: Kind::NotVisible, .. })) => SUBJECT.failed(
            "iCIMS keeps all jobs from us.",
            "Let the login group of the integration user see jobs.",
            Whom::IcimsAdmin,
        ),
        Ok(Err(error)) => unanswered(SUBJECT, &error, customer, checker.clock.now()),
    }
}

async fn look(checker: &Checker, customer: &Customer) -> Result<Check, IcimsError> {
    let approved = match checker.icims.jobs(customer, JobsWanted::Approved).await {
        Ok(jobs) => Some(jobs),
        // A filter on a field that is hidden from us is refused (icims-api.md 10.7); the check of the fields says so.
        Err(IcimsError { kind: Kind::Refused { .. }, .. }) => None,
        Err(error) => return Err(error),
    };
    if let Some(jobs) = approved.as_ref().filter(|jobs| !jobs.is_empty()) {
        return Ok(SUBJECT.passed(format!("iCIMS has {}.", count(jobs.len(), "approved job", "approved jobs"))));
    }
    let jobs = checker.icims.jobs(customer, JobsWanted::Any).await?;
    if jobs.is_empty() {
        let fix = "Create a requisition in iCIMS that takes an assessment, choose the Harver package in its field Assessment Type, and \
                   approve it.";
        return Ok(SUBJECT.failed("There are no requisitions in iCIMS, or none that we may see.", fix, Whom::IcimsAdmin));
    }
    let all = count(jobs.len(), "job", "jobs");
    if approved.is_none() {
        return Ok(
            SUBJECT.passed(format!("iCIMS has {all}; whether one is approved cannot be told, as the folder is hidden from us."))
        );
    }
    if any_open(checker, customer, &jobs).await? {
        return Ok(SUBJECT.passed(format!("iCIMS has {all}, and one that is open in a folder of your own.")));
    }
    let why = format!("iCIMS has {all}, but none is approved, so no candidate can be sent to an assessment.");
    Ok(SUBJECT.failed(why, "Approve a requisition in iCIMS that takes an assessment.", Whom::IcimsAdmin))
}

/// Whether one of the newest jobs is open: a customer may have folders of its own.
async fn any_open(checker: &Checker, customer: &Customer, jobs: &[JobId]) -> Result<bool, IcimsError> {
    for id in jobs.iter().rev().take(LOOKED_AT) {
        match checker.icims.job(customer, *id).await {
            Ok(job) if job.is_open() => return Ok(true),
            // One job may be kept from us, or be gone by now.
            Ok(_) | Err(IcimsError { kind: Kind::NotFound | Kind::NotVisible, .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}
