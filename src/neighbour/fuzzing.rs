//! What holds of whatever a neighbour answers, for the targets of both clients.

use std::sync::LazyLock;

use futures_util::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{Called, Error};
use crate::clock::Clock;
use crate::domain::Disposition;
use crate::http::{Answer, Clients, Timeouts, said};

/// What clients call with.
pub(crate) static CLIENTS: LazyLock<Clients> = LazyLock::new(|| Clients::new(Timeouts::default()).expect("HTTP"));

/// The present.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_741_093_200).expect("in range")
}

/// A clock that stands still there.
pub(crate) fn clock() -> Clock {
    Clock::driven(now, tokio::sync::watch::channel(0).1)
}

/// Asks something that is answered so.
pub(crate) fn answered(answer: impl Fn(&Url) -> Answer + 'static, asked: impl Future<Output = ()>) {
    said::while_saying(answer, || asked.now_or_never().expect("an answer that is there is not waited for"));
}

/// What an answer gave. An error is one short line without addresses, and nobody comes back in the past, or later than is believed.
pub(crate) fn taken<T, C: Called>(answer: Result<T, Error<C>>, believed: SignedDuration) -> Option<T> {
    let error = match answer {
        Ok(value) => return Some(value),
        Err(error) => error,
    };
    let said = error.to_string();
    assert!(said.len() < 2_000 && !said.contains(char::is_control) && !said.contains('@'), "{said:?}");
    if let Disposition::RetryAt(until) = error.disposition() {
        assert!(now() <= until && until <= now() + believed, "{until}");
    }
    None
}
