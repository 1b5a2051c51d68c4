//! Whether the integration user may read and write each field that the integration needs (icims-api.md 5.3): what is hidden from it is
//! simply absent later, without an error.

use jiff::Timestamp;

use super::Checker;
use super::connection::unanswered;
use super::report::{Check, Subject, Whom};
use crate::domain::Customer;
use crate::icims::{Fields, IcimsError, ProfileType};
use crate::neighbour::Kind;

const PERSON: Subject = Subject("fields-person", "The integration may read who a candidate is");
const JOB: Subject = Subject("fields-job", "The integration may read jobs and their packages");
const RESULTS: Subject = Subject("fields-results", "The integration may use the fields of the Assessments section");
const WRITING: Subject = Subject("writing-results", "The integration may write results");

/// How much depends on a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Nobody can be invited without it, or no result can be written.
    All,
    /// Something is missing without it.
    Some,
}

type Needed = (&'static str, Need);

const OF_PERSON: [Needed; 3] = [("firstname", Need::All), ("lastname", Need::All), ("email", Need::All)];
const OF_JOB: [Needed; 3] = [("jobtitle", Need::Some), ("folder", Need::Some), ("assessmenttype", Need::All)];
const OF_RESULTS: [Needed; 7] = [
    ("assessmentresults", Need::All),
    ("assessmentresults.assessmentname", Need::All),
    ("assessmentresults.assessmentstatus", Need::All),
    ("assessmentresults.assessmentdate", Need::All),
    ("assessmentresults.assessmentscore", Need::Some),
    ("assessmentresults.assessmentresult", Need::Some),
    ("assessmentresults.assessmentnotes", Need::Some),
];

/// One check for each profile type, and one for writing; each is one harmless call.
pub(super) async fn check(checker: &Checker, customer: &Customer) -> [Check; 4] {
    let read = |of, subject| async move { checker.in_time(subject, checker.icims.fields(customer, of)).await };
    let (person, job, results, writing) = tokio::join!(
        read(ProfileType::Person, PERSON),
        read(ProfileType::Job, JOB),
        read(ProfileType::Workflow, RESULTS),
        checker.in_time(WRITING, checker.icims.try_to_write(customer)),
    );
    let now = checker.clock.now();
    let judge = |subject, asked: Result<_, Check>, needed: &[Needed]| {
        asked.map_or_else(|too_long| too_long, |asked| judged(subject, asked, needed, customer, now))
    };
    // Packages that are chosen in Harver are not read from the job.
    let of_job = OF_JOB.map(|(field, need)| {
        let chosen_in_harver = customer.multi_phase && field == "assessmenttype";
        (field, if chosen_in_harver { Need::Some } else { need })
    });
    let results = match results {
        Ok(Ok(fields)) => place_of_the_report(fields, customer, now),
        other => judge(RESULTS, other, &[]),
    };
    let writing = writing.map_or_else(|too_long| too_long, |tried| may_write(tried, customer, now));
    [judge(PERSON, person, &OF_PERSON), judge(JOB, job, &of_job), results, writing]
}

fn judged(subject: Subject, asked: Result<Fields, IcimsError>, needed: &[Needed], customer: &Customer, now: Timestamp) -> Check {
    let fields = match asked {
        Ok(fields) => fields,
        Err(IcimsError { kind: Kind::NotVisible, .. }) => {
            let fix = "Let the login group of the integration user see profiles of this type.";
            return subject.failed("iCIMS keeps everything of this type from us.", fix, Whom::IcimsAdmin);
        }
        // Whether every tenant offers its schema to vendors is not published.
        Err(error) if error.keeps_something_back() || matches!(error.kind, Kind::Unreadable { .. }) => {
            tracing::warn!(customer.id = %customer.id, error = &error as &dyn std::error::Error, "A schema of iCIMS cannot be read.");
            let named: Vec<&str> = needed.iter().map(|(field, _)| *field).collect();
            let fix = format!("See to it that the login group of the integration user may use {}.", listed(&named));
            return subject.warning("iCIMS does not tell which fields we may use.", fix, Whom::IcimsAdmin);
        }
        Err(error) => return unanswered(subject, &error, customer, now),
    };
    let missing = |wanted: Need| -> Vec<&str> {
        needed.iter().filter(|(field, need)| *need == wanted && !fields.have(field)).map(|(field, _)| *field).collect()
    };
    let (vital, other) = (missing(Need::All), missing(Need::Some));
    let all = [vital.as_slice(), &other].concat();
    let fix = format!("Show {} to the login group of the integration user, in every layout and security rule.", listed(&all));
    match (vital.is_empty(), other.is_empty()) {
        (true, true) => subject.passed("None of the fields that the integration uses is hidden from it."),
        (true, false) => {
            let why = format!(
                "Hidden from the integration, or not there: {}. It works without, and something is missing.",
                listed(&other)
            );
            subject.warning(why, fix, Whom::IcimsAdmin)
        }
        (false, _) => {
            let why = format!("Hidden from the integration, or not there: {}. It cannot work without.", listed(&all));
            subject.failed(why, fix, Whom::IcimsAdmin)
        }
    }
}

/// The fields of a result, and the one that was chosen for the address of the report.
fn place_of_the_report(fields: Fields, customer: &Customer, now: Timestamp) -> Check {
    let chosen = &customer.report.field;
    let has_place = fields.have(&format!("assessmentresults.{chosen}"));
    let check = judged(RESULTS, Ok(fields), &OF_RESULTS, customer, now);
    if check.next_step.is_some() || has_place {
        return check;
    }
    let why = format!(
        "The Assessments section has no field {chosen}, or hides it from the integration, so reports may not be found in iCIMS."
    );
    let fix = "Choose another ATS field in the section Harver to ATS, tab Reports, or ask the iCIMS admin to show this one to the login \
               group of the integration user.";
    RESULTS.warning(why, fix, Whom::HarverAdmin)
}

fn may_write(tried: Result<(), IcimsError>, customer: &Customer, now: Timestamp) -> Check {
    match tried {
        Ok(()) => WRITING.passed("iCIMS took a change of a result that does not exist for no more than that. Nothing was written."),
        Err(IcimsError { kind: Kind::NotVisible | Kind::Forbidden { .. }, .. }) => WRITING.failed(
            "iCIMS does not let the integration change results of assessments.",
            "Let the login group of the integration user edit recruiting workflows, with the Assessments section.",
            Whom::IcimsAdmin,
        ),
        Err(IcimsError { kind: Kind::Refused { status, reason }, .. }) => WRITING.warning(
            format!("Whether results may be written cannot be told without writing one: iCIMS answered with status {status} ({reason})."),
            "See to it that the login group of the integration user may edit the Assessments section of recruiting workflows.",
            Whom::IcimsAdmin,
        ),
        Err(error) => unanswered(WRITING, &error, customer, now),
    }
}

/// `a`, `a and b`, `a, b and c`; fields of the Assessments section without its name.
fn listed(fields: &[&str]) -> String {
    let plain: Vec<&str> = fields.iter().map(|field| field.rsplit_once('.').map_or(*field, |(_, name)| name)).collect();
    match plain.as_slice() {
        [] => "the fields that it needs".into(),
        [one] => (*one).into(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
