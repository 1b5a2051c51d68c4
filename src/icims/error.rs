//! What can go wrong with iCIMS, as decisions.

use std::fmt;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use reqwest::StatusCode;

use super::client::IcimsClient;
use super::wire::ProblemsWire;
use crate::domain::{CustomerId, JobId, Neighbour, PersonId, ResultRowId, WorkflowId};
use crate::http::Answer;
use crate::neighbour::{Called, Error, Kind};

/// The code of a 404 that means "not for you" (icims-api.md 3.3).
const ACCESS_DENIED: i64 = 3;

/// One request, as error messages name it: `reading person 30517 of customer 4021`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Whose iCIMS.
    pub customer: CustomerId,
    /// What was asked.
    pub operation: Operation,
}

/// What was asked of iCIMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// An access token.
    Token,
    /// A person profile.
    Person(PersonId),
    /// A job profile.
    Job(JobId),
    /// Where the candidate of a workflow stands.
    Standing(WorkflowId),
    /// The result rows of a workflow.
    ResultRows(WorkflowId),
    /// A new result row on a workflow.
    AddResultRow(WorkflowId),
    /// A change of a result row of a workflow.
    UpdateResultRow(WorkflowId, ResultRowId),
    /// The customer itself.
    CheckAccess,
    /// Which jobs there are.
    Jobs(JobsWanted),
    /// Which people there are.
    People,
    /// Which lists the tenant has made.
    CustomLists,
    /// What a list offers.
    ListNodes,
    /// Which fields of a profile type may be used.
    Fields(ProfileType),
    /// Whether results may be written.
    TryToWrite,
}

/// Which jobs are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobsWanted {
    /// Those in the delivered folder of jobs that are open for recruiting.
    Approved,
    /// All.
    Any,
}

/// The profile types that the integration reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileType {
    /// Candidates.
    Person,
    /// Requisitions.
    Job,
    /// Applications, with the Assessments section.
    Workflow,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Person(_) => "person",
            Self::Job(_) => "job",
            Self::Standing(_) => "standing",
            Self::ResultRows(_) => "result_rows",
            Self::AddResultRow(_) => "add_result_row",
            Self::UpdateResultRow(..) => "update_result_row",
            Self::CheckAccess => "check_access",
            Self::Jobs(_) => "jobs",
            Self::People => "people",
            Self::CustomLists => "custom_lists",
            Self::ListNodes => "list_nodes",
            Self::Fields(_) => "fields",
            Self::TryToWrite => "try_to_write",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let customer = self.customer;
        match self.operation {
            Operation::Token => write!(f, "fetching an access token for customer {customer}"),
            Operation::Person(id) => write!(f, "reading person {id} of customer {customer}"),
            Operation::Job(id) => write!(f, "reading job {id} of customer {customer}"),
            Operation::Standing(id) => write!(f, "reading the status of workflow {id} of customer {customer}"),
            Operation::ResultRows(id) => write!(f, "reading the results of workflow {id} of customer {customer}"),
            Operation::AddResultRow(id) => write!(f, "adding a result to workflow {id} of customer {customer}"),
            Operation::UpdateResultRow(id, row) => write!(f, "updating result {row} of workflow {id} of customer {customer}"),
            Operation::CheckAccess => write!(f, "checking access to customer {customer}"),
            Operation::Jobs(JobsWanted::Approved) => write!(f, "searching for approved jobs of customer {customer}"),
            Operation::Jobs(JobsWanted::Any) => write!(f, "searching for jobs of customer {customer}"),
            Operation::People => write!(f, "searching for people of customer {customer}"),
            Operation::CustomLists => write!(f, "reading which lists customer {customer} has made"),
            Operation::ListNodes => write!(f, "reading a list of customer {customer}"),
            Operation::Fields(ProfileType::Person) => write!(f, "reading which fields of people customer {customer} lets us use"),
            Operation::Fields(ProfileType::Job) => write!(f, "reading which fields of jobs customer {customer} lets us use"),
            Operation::Fields(ProfileType::Workflow) => {
                write!(f, "reading which fields of workflows customer {customer} lets us use")
            }
            Operation::TryToWrite => write!(f, "trying whether customer {customer} lets us write results"),
        }
    }
}

/// Why iCIMS did not do what was asked.
pub type IcimsError = Error<Call>;

impl Called for Call {
    const NEIGHBOUR: Neighbour = Neighbour::Icims;
    const NAME: &'static str = "iCIMS";

    fn measured_as(&self) -> &'static str {
        self.operation.name()
    }

    fn advice(kind: &Kind) -> &'static str {
        match kind {
            Kind::NotEntered => "Enter it under Integrations > Credentials > Harver to ATS",
            Kind::CredentialsRejected { .. } => {
                "Check Integrations > Credentials > Harver to ATS, and that the integration user may access web services"
            }
            Kind::Forbidden { .. } => {
                "Ask the iCIMS admin to allow all Harver addresses under IP Address Restrictions of the integration user, and to check \
                 the customer id"
            }
            Kind::Throttled { .. } => "Nothing to do: it goes on then; a larger quota can be bought",
            Kind::NotFound => "Check that it still exists and that the customer id and the base URL belong together",
            Kind::NotVisible => "Ask the iCIMS admin to let the integration user's login group see it",
            Kind::Refused { .. } => {
                "For results, check that the package stands in both lists, Assessment Type and Assessment Name"
            }
            Kind::Unreachable(_) => "Check the base URL and the network; it is tried again",
            Kind::TimedOut(_) | Kind::Unavailable { .. } => "It is tried again",
            Kind::NotTheApi { .. } | Kind::Unreadable { .. } => "Check that the base URL is the API's; it is tried again",
        }
    }
}

impl IcimsClient {
    /// What an answer that is no success means. A page comes from whoever stands in front of iCIMS.
    pub(super) fn refusal(&self, call: Call, answer: &Answer) -> IcimsError {
        let (code, reason) = problem(answer);
        call.failed(match answer.status {
            StatusCode::FORBIDDEN => Kind::Forbidden { reason },
            StatusCode::TOO_MANY_REQUESTS => Kind::Throttled { until: self.quota_reset(answer) },
            _ => match Kind::of(answer, reason) {
                Kind::NotFound | Kind::Refused { .. } if answer.is_a_page() => Kind::unreadable(answer, "a page for people"),
                Kind::NotFound if code == Some(ACCESS_DENIED) => Kind::NotVisible,
                kind => kind,
            },
        })
    }

    /// The quota is counted per UTC day (icims-api.md 4), so without a header it is the next midnight.
    fn quota_reset(&self, answer: &Answer) -> Timestamp {
        let now = self.clock.now();
        let named = answer.come_back_at(&["retry-after", "x-ratelimit-reset"], now, SignedDuration::from_hours(24));
        let midnight = || now.to_zoned(TimeZone::UTC).checked_add(1.day()).and_then(|tomorrow| tomorrow.start_of_day());
        named.unwrap_or_else(|| midnight().map_or(now, |midnight| midnight.timestamp()))
    }
}

/// The code and the words of a refusal: from the body, or from the header that repeats it as `<code>:<detail>`.
fn problem(answer: &Answer) -> (Option<i64>, String) {
    let first = answer.json::<ProblemsWire>().ok().and_then(|problems| problems.errors.into_iter().next());
    let (code, words) = match (first, answer.header("x-error").and_then(|header| header.split_once(':'))) {
        (Some(first), _) => (first.code, first.message),
        (None, Some((code, detail))) => (code.trim().parse().ok(), detail.to_owned()),
        (None, None) => (None, String::new()),
    };
    (code, answer.reason(Some(words.as_str()).filter(|words| !words.trim().is_empty())))
}
