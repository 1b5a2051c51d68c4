//! What can go wrong with the Harver platform, as decisions.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;

use super::client::HarverClient;
use super::wire::RefusalWire;
use crate::domain::{AccountId, ApplicationId, Disposition, ReportType, VacancyId};
use crate::http::{self, Answer, NoAnswer, NotTheExpectedJson};

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

/// Why the platform did not do what was asked. The message says what happened and what to do; it contains no secrets and no
/// personal data.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HarverError {
    /// 400 from the token endpoint, or 401 or 403 from any.
    #[error(
        "the Harver platform rejected our credentials while {call} ({reason}). Check the API client id and secret of the account; \
         Harver support issues them"
    )]
    CredentialsRejected {
        /// What was asked.
        call: Call,
        /// In the platform's words.
        reason: String,
    },
    /// 429: too many requests in this minute.
    #[error("the Harver platform allows no more requests before {until} (while {call}). Nothing to do: it goes on then")]
    Throttled {
        /// What was asked.
        call: Call,
        /// When it may be tried again.
        until: Timestamp,
    },
    /// 404.
    #[error(
        "the Harver platform found nothing while {call}. Check that it exists in this account, and that the account is on this instance"
    )]
    NotFound {
        /// What was asked.
        call: Call,
    },
    /// 404, 405 or 410 of something else than the API: a wrong address, or a gateway in front of it.
    #[error(
        "something that is not the API of the Harver platform answered {status} while {call}. Check the base URL of the account"
    )]
    NotTheApi {
        /// What was asked.
        call: Call,
        /// The HTTP status.
        status: u16,
    },
    /// Another 4xx: the request itself was turned down.
    #[error(
        "the Harver platform turned the request down with status {status} while {call} ({reason}). Check that the vacancy is open \
         and takes candidates from an ATS"
    )]
    Refused {
        /// What was asked.
        call: Call,
        /// The HTTP status.
        status: u16,
        /// In the platform's words.
        reason: String,
    },
    /// No connection, or it broke.
    #[error("the Harver platform could not be reached while {call}. Check its address and the network; it is tried again")]
    Unreachable {
        /// What was asked.
        call: Call,
        /// What failed.
        #[source]
        source: NoAnswer,
    },
    /// No answer in time.
    #[error("the Harver platform did not answer in time while {call}. It is tried again")]
    TimedOut {
        /// What was asked.
        call: Call,
        /// What failed.
        #[source]
        source: NoAnswer,
    },
    /// 5xx or 408.
    #[error("the Harver platform is in trouble: it answered {status} while {call} ({reason}). It is tried again")]
    Unavailable {
        /// What was asked.
        call: Call,
        /// The HTTP status.
        status: u16,
        /// In the platform's words.
        reason: String,
    },
    /// An answer that is in no documentation.
    #[error(
        "the Harver platform answered {status} with something unexpected while {call}: {problem}. Check that the address is the \
         API's; it is tried again"
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

impl HarverError {
    /// What to do with the step that this error stopped. An answer of somebody else ends nothing: whatever is asked gets it.
    #[must_use]
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::CredentialsRejected { .. } | Self::NotTheApi { .. } => Disposition::Park,
            Self::Unreadable { source: Some(found), .. } if found.is_a_page() => Disposition::Park,
            Self::NotFound { .. } | Self::Refused { .. } => Disposition::Stop,
            Self::Throttled { until, .. } => Disposition::RetryAt(*until),
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Unavailable { .. } | Self::Unreadable { .. } => {
                Disposition::RetryLater
            }
        }
    }

    /// Whether somebody has to act before this can succeed, so that whoever waits is told at once.
    #[must_use]
    pub fn needs_somebody(&self) -> bool {
        self.disposition().needs_somebody()
    }

    /// Whether the platform has answered with more than is read.
    #[must_use]
    pub fn is_too_much(&self) -> bool {
        matches!(self, Self::Unreachable { source: NoAnswer::TooLarge, .. })
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

impl HarverClient {
    /// What an answer that is no success means.
    pub(super) fn refusal(&self, call: Call, answer: &Answer) -> HarverError {
        let status = answer.status.as_u16();
        let reason = reason(answer);
        match answer.status {
            StatusCode::BAD_REQUEST if call.operation == Operation::Token => HarverError::CredentialsRejected { call, reason },
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => HarverError::CredentialsRejected { call, reason },
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::GONE if is_of_somebody_else(&call, answer) => {
                HarverError::NotTheApi { call, status }
            }
            StatusCode::NOT_FOUND => HarverError::NotFound { call },
            StatusCode::TOO_MANY_REQUESTS => {
                let now = self.clock.now();
                let named = answer.come_back_at(&["retry-after", "ratelimit-reset"], now, SignedDuration::from_hours(1));
                let until = named.unwrap_or_else(|| now.checked_add(LIMIT_PERIOD).unwrap_or(now));
                HarverError::Throttled { call, until }
            }
            StatusCode::REQUEST_TIMEOUT => HarverError::Unavailable { call, status, reason },
            other if other.is_server_error() => HarverError::Unavailable { call, status, reason },
            other if other.is_client_error() && answer.is_a_page() => HarverError::NotTheApi { call, status },
            other if other.is_client_error() => HarverError::Refused { call, status, reason },
            _ => HarverError::Unreadable { call, status, problem: "this status is in no documentation of the API", source: None },
        }
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
    words.map_or_else(|| format!("status {}", answer.status.as_u16()), |words| http::in_its_words(&words))
}
