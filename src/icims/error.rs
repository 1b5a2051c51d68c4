//! What can go wrong with iCIMS, as decisions.

use std::fmt;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use reqwest::StatusCode;

use super::client::IcimsClient;
use super::wire::ProblemsWire;
use crate::domain::{CustomerId, Disposition, JobId, PersonId, ResultRowId, WorkflowId};
use crate::http::{self, Answer, NoAnswer, NotTheExpectedJson};

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

/// Why iCIMS did not do what was asked. The message says what happened and what to do; it contains no secrets and no personal data.
#[derive(Clone, Debug, thiserror::Error)]
pub enum IcimsError {
    /// Nobody has entered a connection yet.
    #[error("no connection to iCIMS was entered, needed for {call}. Enter it under Integrations > Credentials > Harver to ATS")]
    NotEntered {
        /// What was to be asked.
        call: Call,
    },
    /// 401, or a refusal by the token server.
    #[error(
        "iCIMS rejected our credentials while {call} ({reason}). Check Integrations > Credentials > Harver to ATS, and that the \
         integration user may access web services"
    )]
    CredentialsRejected {
        /// What was asked.
        call: Call,
        /// In the words of iCIMS.
        reason: String,
    },
    /// 403.
    #[error(
        "iCIMS refused access while {call} ({reason}). Ask the iCIMS admin to allow all Harver addresses under IP Address \
         Restrictions of the integration user, and to check the customer id"
    )]
    Forbidden {
        /// What was asked.
        call: Call,
        /// In the words of iCIMS.
        reason: String,
    },
    /// 429: the day's quota is used up.
    #[error(
        "iCIMS allows no more requests before {until} (while {call}). Nothing to do: it goes on then; a larger quota can be bought"
    )]
    Throttled {
        /// What was asked.
        call: Call,
        /// When it may be tried again.
        until: Timestamp,
    },
    /// 404: there is no such thing.
    #[error(
        "iCIMS found nothing while {call}. Check that it still exists and that the customer id and the base URL belong together"
    )]
    NotFound {
        /// What was asked.
        call: Call,
    },
    /// 404 with code 3: there is, but not for us.
    #[error("iCIMS keeps it from us while {call}. Ask the iCIMS admin to let the integration user's login group see it")]
    NotVisible {
        /// What was asked.
        call: Call,
    },
    /// Another 4xx: the request itself was turned down.
    #[error(
        "iCIMS turned the request down with status {status} while {call} ({reason}). For results, check that the package stands in \
         both lists, Assessment Type and Assessment Name"
    )]
    Refused {
        /// What was asked.
        call: Call,
        /// The HTTP status.
        status: u16,
        /// In the words of iCIMS.
        reason: String,
    },
    /// No connection, or it broke.
    #[error("iCIMS could not be reached while {call}. Check the base URL and the network; it is tried again")]
    Unreachable {
        /// What was asked.
        call: Call,
        /// What failed.
        #[source]
        source: NoAnswer,
    },
    /// No answer in time.
    #[error("iCIMS did not answer in time while {call}. It is tried again")]
    TimedOut {
        /// What was asked.
        call: Call,
        /// What failed.
        #[source]
        source: NoAnswer,
    },
    /// 5xx or 408.
    #[error("iCIMS is in trouble: it answered {status} while {call} ({reason}). It is tried again")]
    Unavailable {
        /// What was asked.
        call: Call,
        /// The HTTP status.
        status: u16,
        /// In the words of iCIMS.
        reason: String,
    },
    /// An answer that is in no documentation.
    #[error(
        "iCIMS answered {status} with something unexpected while {call}: {problem}. Check that the base URL is the API's; it is \
         tried again"
    )]
    Unreadable {
        /// What was asked.
        call: Call,
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        problem: &'static str,
        /// Where the reading stopped, if it was read at all.
        #[source]
        source: Option<NotTheExpectedJson>,
    },
}

impl IcimsError {
    /// What to do with the step that this error stopped. A page comes from whoever stands in front of iCIMS, whatever is asked.
    #[must_use]
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::NotEntered { .. } | Self::CredentialsRejected { .. } | Self::Forbidden { .. } => Disposition::Park,
            Self::Unreadable { source: Some(found), .. } if found.is_a_page() => Disposition::Park,
            Self::NotFound { .. } | Self::NotVisible { .. } | Self::Refused { .. } => Disposition::Stop,
            Self::Throttled { until, .. } => Disposition::RetryAt(*until),
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Unavailable { .. } | Self::Unreadable { .. } => {
                Disposition::RetryLater
            }
        }
    }

    /// Whether iCIMS has answered that this is not for us, or not there.
    #[must_use]
    pub fn keeps_something_back(&self) -> bool {
        matches!(self, Self::NotFound { .. } | Self::NotVisible { .. } | Self::Forbidden { .. } | Self::Refused { .. })
    }

    pub(super) fn no_answer(call: Call, source: NoAnswer) -> Self {
        match source {
            NoAnswer::TimedOut { .. } => Self::TimedOut { call, source },
            NoAnswer::Unreachable { .. } | NoAnswer::ProxyRefuses(_) | NoAnswer::NotCalled(_) | NoAnswer::TooLarge => {
                Self::Unreachable { call, source }
            }
        }
    }
}

impl IcimsClient {
    /// What an answer that is no success means.
    pub(super) fn refusal(&self, call: Call, answer: &Answer) -> IcimsError {
        let (code, reason) = problem(answer);
        let status = answer.status.as_u16();
        match answer.status {
            StatusCode::UNAUTHORIZED => IcimsError::CredentialsRejected { call, reason },
            StatusCode::FORBIDDEN => IcimsError::Forbidden { call, reason },
            StatusCode::TOO_MANY_REQUESTS => IcimsError::Throttled { call, until: self.quota_reset(answer) },
            StatusCode::REQUEST_TIMEOUT => IcimsError::Unavailable { call, status, reason },
            other if other.is_client_error() && answer.is_a_page() => {
                IcimsError::Unreadable { call, status, problem: "a page for people", source: answer.page() }
            }
            StatusCode::NOT_FOUND if code == Some(ACCESS_DENIED) => IcimsError::NotVisible { call },
            StatusCode::NOT_FOUND => IcimsError::NotFound { call },
            other if other.is_server_error() => IcimsError::Unavailable { call, status, reason },
            other if other.is_client_error() => IcimsError::Refused { call, status, reason },
            _ => IcimsError::Unreadable { call, status, problem: "this status is in no documentation of the API", source: None },
        }
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
    let words = if words.trim().is_empty() { format!("status {}", answer.status.as_u16()) } else { http::in_its_words(&words) };
    (code, words)
}
