//! What can go wrong with a call to a neighbour.

use jiff::Timestamp;
use reqwest::StatusCode;

use crate::http::{Answer, NoAnswer, NotTheExpectedJson};

/// What can go wrong with a call, as decisions.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Nobody has entered a connection yet. Only the one to iCIMS may be missing.
    NotEntered,
    /// 401, or a refusal by the token server. The platform answers 403 too.
    CredentialsRejected {
        /// In the neighbour's own words.
        reason: String,
    },
    /// 403 of iCIMS.
    Forbidden {
        /// In the neighbour's own words.
        reason: String,
    },
    /// 429: the quota of the day is used up, or the limit of the minute reached.
    Throttled {
        /// When it may be tried again.
        until: Timestamp,
    },
    /// 404: there is no such thing.
    NotFound,
    /// 404 of iCIMS with code 3: there is, but not for us.
    NotVisible,
    /// 4xx of something else than the platform: a wrong address, or a gateway in front of it.
    NotTheApi {
        /// The HTTP status.
        status: u16,
    },
    /// Another 4xx: the request itself was turned down.
    Refused {
        /// The HTTP status.
        status: u16,
        /// In the neighbour's own words.
        reason: String,
    },
    /// No connection, or it broke.
    Unreachable(NoAnswer),
    /// No answer in time.
    TimedOut(NoAnswer),
    /// 5xx or 408.
    Unavailable {
        /// The HTTP status.
        status: u16,
        /// In the neighbour's own words.
        reason: String,
    },
    /// An answer that is in no documentation.
    Unreadable {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        problem: &'static str,
        /// Where the reading stopped, if it was read at all.
        source: Option<NotTheExpectedJson>,
    },
}

impl Kind {
    /// What an answer that is no success means, as far as the neighbours mean the same by it.
    pub(crate) fn of(answer: &Answer, reason: String) -> Self {
        let status = answer.status.as_u16();
        match answer.status {
            StatusCode::UNAUTHORIZED => Self::CredentialsRejected { reason },
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::REQUEST_TIMEOUT => Self::Unavailable { status, reason },
            other if other.is_server_error() => Self::Unavailable { status, reason },
            other if other.is_client_error() => Self::Refused { status, reason },
            _ => Self::Unreadable { status, problem: "this status is in no documentation of the API", source: None },
        }
    }

    /// That an answer lacks something, or is a page for people.
    pub(crate) fn unreadable(answer: &Answer, problem: &'static str) -> Self {
        Self::Unreadable { status: answer.status.as_u16(), problem, source: answer.page() }
    }

    /// The proxy that stood in between when nothing came back, without its password.
    #[must_use]
    pub fn proxy(&self) -> Option<&str> {
        match self {
            Self::Unreachable(source) | Self::TimedOut(source) => source.proxy(),
            _ => None,
        }
    }
}

impl From<NoAnswer> for Kind {
    fn from(source: NoAnswer) -> Self {
        match source {
            NoAnswer::TimedOut { .. } => Self::TimedOut(source),
            NoAnswer::Unreachable { .. } | NoAnswer::ProxyRefuses(_) | NoAnswer::NotCalled(_) | NoAnswer::TooLarge => {
                Self::Unreachable(source)
            }
        }
    }
}
