//! What can go wrong with the Harver platform, as decisions.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;

use super::client::HarverClient;
use super::wire::RefusalWire;
use crate::domain::{AccountId, ApplicationId, Neighbour, ReportType, VacancyId};
use crate::http::Answer;
use crate::neighbour::{Called, Error, Kind};

/// The limit is counted per minute (harver-platform.md 9), so this is the wait when no header names one.
const LIMIT_PERIOD: SignedDuration = SignedDuration::from_mins(1);

/// One request, as error messages name it: `reading vacancy 64c2… of account 64b1…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Whose account.
    pub account: AccountId,
    /// What was asked.
    pub operation: Operation,
}

/// What was asked of the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// An access token.
    Token,
    /// A new application in a vacancy.
    CreateApplication(VacancyId),
    /// An application.
    Application(ApplicationId),
    /// Whether a candidate may take an assessment again.
    ReapplyStatus(ApplicationId),
    /// A link to a report of an application.
    Report(ReportType, ApplicationId),
    /// A vacancy.
    Vacancy(VacancyId),
    /// All vacancies that take candidates.
    OpenVacancies,
    /// Who has finished in a vacancy.
    Finished(VacancyId),
}

impl Operation {
    fn name(&self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::CreateApplication(_) => "create_application",
            Self::Application(_) => "application",
            Self::ReapplyStatus(_) => "reapply_status",
            Self::Report(..) => "report",
            Self::Vacancy(_) => "vacancy",
            Self::OpenVacancies => "open_vacancies",
            Self::Finished(_) => "finished",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.operation {
            Operation::Token => f.write_str("fetching an access token")?,
            Operation::CreateApplication(id) => write!(f, "creating an application in vacancy {id}")?,
            Operation::Application(id) => write!(f, "reading application {id}")?,
            Operation::ReapplyStatus(id) => write!(f, "asking whether the candidate of application {id} may start again")?,
            Operation::Report(report, id) => write!(f, "asking for the {} of application {id}", report.label())?,
            Operation::Vacancy(id) => write!(f, "reading vacancy {id}")?,
            Operation::OpenVacancies => f.write_str("listing the open vacancies")?,
            Operation::Finished(id) => write!(f, "listing who has finished in vacancy {id}")?,
        }
        write!(f, " of account {}", self.account)
    }
}

/// Why the platform did not do what was asked.
pub type HarverError = Error<Call>;

impl Called for Call {
    const NEIGHBOUR: Neighbour = Neighbour::Harver;
    const NAME: &'static str = "the Harver platform";

    fn measured_as(&self) -> &'static str {
        self.operation.name()
    }

    fn advice(kind: &Kind) -> &'static str {
        match kind {
            Kind::NotEntered | Kind::CredentialsRejected { .. } | Kind::Forbidden { .. } => {
                "Check the API client id and secret of the account; Harver support issues them"
            }
            Kind::Throttled { .. } => "Nothing to do: it goes on then",
            Kind::NotFound | Kind::NotVisible => "Check that it exists in this account, and that the account is on this instance",
            Kind::NotTheApi { .. } => "Check the base URL of the account",
            Kind::Refused { .. } => "Check that the vacancy is open and takes candidates from an ATS",
            Kind::Unreachable(_) => "Check its address and the network; it is tried again",
            Kind::TimedOut(_) | Kind::Unavailable { .. } => "It is tried again",
            Kind::Unreadable { .. } => "Check that the address is the API's; it is tried again",
        }
    }
}

impl HarverClient {
    /// What an answer that is no success means.
    pub(super) fn refusal(&self, call: &Call, answer: &Answer) -> HarverError {
        let (status, reason) = (answer.status.as_u16(), reason(answer));
        call.failed(match answer.status {
            StatusCode::BAD_REQUEST if call.operation == Operation::Token => Kind::CredentialsRejected { reason },
            StatusCode::FORBIDDEN => Kind::CredentialsRejected { reason },
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::GONE if is_of_somebody_else(call, answer) => {
                Kind::NotTheApi { status }
            }
            StatusCode::TOO_MANY_REQUESTS => Kind::Throttled { until: self.limit_reset(answer) },
            _ => match Kind::of(answer, reason) {
                Kind::Refused { .. } if answer.is_a_page() => Kind::NotTheApi { status },
                kind => kind,
            },
        })
    }

    fn limit_reset(&self, answer: &Answer) -> Timestamp {
        let now = self.clock.now();
        let named = answer.come_back_at(&["retry-after", "ratelimit-reset"], now, SignedDuration::from_hours(1));
        named.unwrap_or_else(|| now.checked_add(LIMIT_PERIOD).unwrap_or(now))
    }
}

/// Whether a refusal shows nothing of the API: neither one of its two shapes, nor the header that every answer of it has
/// (harver-platform.md 9, conventions). Its token endpoint is always there.
fn is_of_somebody_else(call: &Call, answer: &Answer) -> bool {
    let known = || answer.json::<RefusalWire>().is_ok_and(|refusal| refusal.is_of_the_api());
    call.operation == Operation::Token || (answer.header("x-correlation-id").is_none() && !known())
}

/// The platform's words, from either of the two shapes of its errors (harver-platform.md 9, conventions).
fn reason(answer: &Answer) -> String {
    let words = answer.json::<RefusalWire>().ok().and_then(RefusalWire::words);
    answer.reason(words.as_deref())
}
