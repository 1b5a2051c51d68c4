//! The customer's iCIMS beyond the checks of enabling: region, calls of the day, whose data they are, Candidates.

use super::{Patient, region};
use crate::doctor::finding::{Finding, Group, Subject as About, Whom};
use crate::doctor::subject::Wanting;
use crate::domain::Customer;
use crate::icims::{About as Told, IcimsError};
use crate::neighbour::Kind;

const fn about(check: &'static str, title: &'static str) -> About {
    About::new(Group::Icims, check, title)
}

const ACCESS: About = about("icims-credentials", "iCIMS accepts the credentials, and they open this customer");
const QUOTA: About = about("icims-quota", "Calls of iCIMS's API are left for today");
const KIND: About = about("icims-tenant", "It is known whether the data are real");
const CANDIDATES: About = about("candidates", "There are Candidates, not only Persons");

/// The folder of those who are Candidates and were not reviewed, as iCIMS delivers it (icims-api.md 6).
const UNREVIEWED: &str = "D32006";

pub(super) async fn check(patient: &Patient<'_>, customer: &Result<Customer, Wanting>) -> Vec<Finding> {
    let mut findings = vec![region::icims(patient.subject)];
    let told = customer.as_ref().map_err(Clone::clone).and_then(|customer| patient.subject.ats().map(|_| customer));
    let customer = match told {
        Ok(customer) => customer,
        Err(wanting) => {
            findings.push(wanting.finding(ACCESS));
            return findings;
        }
    };
    let asked = Box::pin(patient.checker.icims.about(customer));
    match tokio::time::timeout(patient.checker.deadline, asked).await {
        Ok(Ok(told)) => {
            findings.push(quota(&told));
            findings.extend(kind(patient, &told));
            findings.push(candidates(patient, customer).await);
        }
        Ok(Err(IcimsError { kind: Kind::Throttled { until }, .. })) => {
            let says = format!(
                "No calls of iCIMS's API are left for today: it refuses every call until {until}, and all work of the integration waits for that."
            );
            findings.push(QUOTA.fail(
                says,
                Whom::IcimsAdmin,
                "Which program has used up the calls of the day? A larger number of calls can be bought.",
            ));
        }
        // The check of the credentials says why nobody is let in.
        Ok(Err(_)) | Err(_) => {}
    }
    findings
}

fn quota(told: &Told) -> Finding {
    let Some(calls) = told.calls else {
        return QUOTA.ok("iCIMS let us in and does not tell how many calls are left.");
    };
    let says = format!("{} of {} calls are left for today", calls.left, calls.limit);
    if calls.left * 10 < calls.limit {
        let says = format!("Only {says}: when they are used up, all work of the integration waits for the next day (UTC).");
        return QUOTA.warning(
            says,
            Whom::IcimsAdmin,
            "Which program uses up the calls of the day? A larger number of calls can be bought.",
        );
    }
    QUOTA.ok(format!("{says}."))
}

/// Whoever rehearses should know when the data are those of real people.
fn kind(patient: &Patient<'_>, told: &Told) -> Option<Finding> {
    let kind = told.kind.as_deref()?;
    let name = told.name.as_deref().unwrap_or("the customer");
    if kind.eq_ignore_ascii_case("production") && patient.subject.text("icims.writes") == Some("true") {
        let says =
            format!("{name} is a production tenant, and the file lets scenarios create people and jobs there (writes = true).");
        return Some(KIND.warning(says, Whom::You, "Set writes = false, or name a test tenant."));
    }
    Some(KIND.ok(format!("{name} is a {} tenant.", kind.to_lowercase())))
}

/// Recruiters see Candidates only: a Person who is none can be submitted to no job.
async fn candidates(patient: &Patient<'_>, customer: &Customer) -> Finding {
    let folder = patient.subject.text("icims.folders.Cand:Unreviewed").unwrap_or(UNREVIEWED);
    let asked = async {
        let some = patient.checker.icims.count_people(customer, Some(folder)).await?;
        let all = if some == 0 { patient.checker.icims.count_people(customer, None).await? } else { some };
        Ok::<_, IcimsError>((some, all))
    };
    let told = match tokio::time::timeout(patient.checker.deadline, Box::pin(asked)).await {
        Ok(told) => told,
        Err(_) => {
            return CANDIDATES.unknown(
                "iCIMS did not answer in time which people there are.",
                Whom::You,
                "Try again in a few minutes.",
            );
        }
    };
    match told {
        Ok((1.., _)) => CANDIDATES.ok("There are Candidates who can be submitted to a job."),
        Ok((0, 0)) => CANDIDATES.warning(
            "There is nobody in iCIMS whom we may see, so that nothing can be tried with a candidate.",
            Whom::IcimsAdmin,
            "Please create a test candidate: a Candidate, not a Person.",
        ),
        Ok((0, all)) => CANDIDATES.warning(
            format!(
                "No Candidate is in the folder {folder}, though we see {all} people: a plain Person can be submitted to no job."
            ),
            Whom::IcimsAdmin,
            "Please create the test applicant as a Candidate, not as a Person; or tell the id of your folder of Candidates.",
        ),
        Err(error) if error.keeps_something_back() => CANDIDATES.warning(
            "iCIMS does not let us search for people, so that Candidates cannot be told from Persons.",
            Whom::IcimsAdmin,
            "Please let the login group of the integration user see people and their folder.",
        ),
        Err(_) => CANDIDATES.unknown("iCIMS has not answered which people there are.", Whom::You, "Try again in a few minutes."),
    }
}
