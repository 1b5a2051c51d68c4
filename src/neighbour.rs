//! What calls to iCIMS and to the Harver platform have in common when they come to nothing: why, and what to do then.
//!
//! It knows neither of them. What a neighbour's own statuses mean, and what somebody should check, stands beside its client: `error.rs` in
//! [`crate::icims`] and [`crate::harver_platform`].

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod kind;

use std::fmt;

pub use kind::Kind;
use reqwest::{RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;

use crate::crash_point::{self, Effect};
use crate::domain::{Disposition, Neighbour};
use crate::http::{Answer, Clients, NoAnswer};
use crate::meter::{CallOutcome, Meter};

/// One request to a neighbour, which it shows as what somebody was doing: `reading person 30517 of customer 4021`.
pub trait Called: Clone + fmt::Debug + fmt::Display + 'static {
    /// Who is called.
    const NEIGHBOUR: Neighbour;
    /// The name of the neighbour within a sentence.
    const NAME: &'static str;

    /// The name under which such calls are measured: `person`. There are few, and none says about whom.
    fn measured_as(&self) -> &'static str;

    /// What to do, as a sentence without its full stop. Kinds that this neighbour never answers may share the words of their likes.
    fn advice(kind: &Kind) -> &'static str;

    /// That the call came to nothing.
    #[must_use]
    fn failed(&self, kind: impl Into<Kind>) -> Error<Self> {
        Error { call: self.clone(), kind: kind.into() }
    }

    /// The body of an answer as the wanted type.
    ///
    /// # Errors
    /// [`Kind::Unreadable`] when it is something else.
    fn read<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, Error<Self>> {
        self.read_or(answer, "the body cannot be read")
    }

    /// The same, with words of its own for what is wrong.
    ///
    /// # Errors
    /// [`Kind::Unreadable`] when it is something else.
    fn read_or<T: DeserializeOwned>(&self, answer: &Answer, problem: &'static str) -> Result<T, Error<Self>> {
        let unreadable = |source| Kind::Unreadable { status: answer.status.as_u16(), problem, source: Some(source) };
        answer.json().map_err(|source| self.failed(unreadable(source)))
    }

    /// That an answer lacks something.
    #[must_use]
    fn unreadable(&self, answer: &Answer, problem: &'static str) -> Error<Self> {
        self.failed(Kind::unreadable(answer, problem))
    }
}

/// Sends the request of a call and measures how long the neighbour takes.
///
/// # Errors
/// When no complete answer of a reasonable size came.
pub(crate) async fn exchange<C: Called>(
    call: &C,
    (http, meter): (&Clients, &Meter),
    request: RequestBuilder,
) -> Result<Answer, Error<C>> {
    let calling = meter.calling(C::NEIGHBOUR, call.measured_as());
    let effect = Effect::Call(C::NEIGHBOUR, call.measured_as());
    crash_point::before(effect);
    let answer = http.exchange(request).await;
    crash_point::after(effect);
    calling.ended(match &answer {
        Ok(answer) if answer.status.is_success() => CallOutcome::Answered,
        Ok(answer) if answer.status == StatusCode::TOO_MANY_REQUESTS => CallOutcome::Throttled,
        Ok(answer) if answer.status.is_server_error() => CallOutcome::Failed,
        Ok(_) => CallOutcome::Refused,
        Err(_) => CallOutcome::Unanswered,
    });
    answer.map_err(|source| call.failed(source))
}

/// Why a neighbour did not do what was asked. The message says what happened and what to do; it contains no secrets and no personal data.
#[derive(Clone, Debug)]
pub struct Error<C> {
    /// What was asked.
    pub call: C,
    /// Why it came to nothing.
    pub kind: Kind,
}

impl<C> Error<C> {
    /// What to do with the step that this error stopped. A page, or another answer of somebody else, comes from whoever stands in front of
    /// the neighbour, whatever is asked.
    #[must_use]
    pub fn disposition(&self) -> Disposition {
        match &self.kind {
            Kind::NotEntered | Kind::CredentialsRejected { .. } | Kind::Forbidden { .. } | Kind::NotTheApi { .. } => {
                Disposition::Park
            }
            Kind::Unreadable { source: Some(found), .. } if found.is_a_page() => Disposition::Park,
            Kind::NotFound | Kind::NotVisible | Kind::Refused { .. } => Disposition::Stop,
            Kind::Throttled { until } => Disposition::RetryAt(*until),
            Kind::Unreachable(_) | Kind::TimedOut(_) | Kind::Unavailable { .. } | Kind::Unreadable { .. } => {
                Disposition::RetryLater
            }
        }
    }

    /// Whether somebody has to act before this can succeed, so that whoever waits is told at once.
    #[must_use]
    pub fn needs_somebody(&self) -> bool {
        self.disposition().needs_somebody()
    }

    /// Whether the neighbour has answered that this is not for us, or not there.
    #[must_use]
    pub fn keeps_something_back(&self) -> bool {
        matches!(self.kind, Kind::NotFound | Kind::NotVisible | Kind::Forbidden { .. } | Kind::Refused { .. })
    }

    /// Whether the neighbour has answered with more than is read.
    #[must_use]
    pub fn is_too_much(&self) -> bool {
        matches!(self.kind, Kind::Unreachable(NoAnswer::TooLarge))
    }
}

impl<C: Called> fmt::Display for Error<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, call) = (C::NAME, &self.call);
        match &self.kind {
            Kind::NotEntered => write!(f, "no connection to {name} was entered, needed for {call}"),
            Kind::CredentialsRejected { reason } => write!(f, "{name} rejected our credentials while {call} ({reason})"),
            Kind::Forbidden { reason } => write!(f, "{name} refused access while {call} ({reason})"),
            Kind::Throttled { until } => write!(f, "{name} allows no more requests before {until} (while {call})"),
            Kind::NotFound => write!(f, "{name} found nothing while {call}"),
            Kind::NotVisible => write!(f, "{name} keeps it from us while {call}"),
            Kind::NotTheApi { status } => write!(f, "something that is not the API of {name} answered {status} while {call}"),
            Kind::Refused { status, reason } => {
                write!(f, "{name} turned the request down with status {status} while {call} ({reason})")
            }
            Kind::Unreachable(_) => write!(f, "{name} could not be reached while {call}"),
            Kind::TimedOut(_) => write!(f, "{name} did not answer in time while {call}"),
            Kind::Unavailable { status, reason } => {
                write!(f, "{name} is in trouble: it answered {status} while {call} ({reason})")
            }
            Kind::Unreadable { status, problem, .. } => {
                write!(f, "{name} answered {status} with something unexpected while {call}: {problem}")
            }
        }?;
        write!(f, ". {}", C::advice(&self.kind))
    }
}

impl<C: Called> std::error::Error for Error<C> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            Kind::Unreachable(source) | Kind::TimedOut(source) => Some(source),
            Kind::Unreadable { source: Some(source), .. } => Some(source),
            _ => None,
        }
    }
}
