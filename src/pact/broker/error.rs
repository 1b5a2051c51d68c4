//! Why a broker did not do what it was asked to. Each variant is a decision: what to do about it is another one.

use crate::http::{NoAnswer, NotTheExpectedJson};

/// Why there is no answer that could be used.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// 401, although somebody was named.
    #[error("the broker at {at} does not accept {shown} (401)")]
    Refused {
        /// Its address.
        at: String,
        /// What it was shown.
        shown: &'static str,
    },
    /// 403.
    #[error("the broker at {at} does not let this caller do that (403)")]
    Forbidden {
        /// Its address.
        at: String,
    },
    /// What answers is something else.
    #[error("what answers at {at} is no Pact Broker: {what}")]
    NotABroker {
        /// Its address.
        at: String,
        /// What it said instead.
        what: String,
    },
    /// 5xx.
    #[error("the broker at {at} is out of order: it answered {status}{says}")]
    OutOfOrder {
        /// Its address.
        at: String,
        /// The status.
        status: u16,
        /// Its own words, after a colon, if it had any.
        says: String,
    },
    /// Nobody answered in time, or at all.
    #[error("the broker at {at} does not answer")]
    NoAnswer {
        /// Its address.
        at: String,
        /// Why not.
        #[source]
        source: NoAnswer,
    },
    /// 404.
    #[error("the broker at {at} does not know {what}")]
    NotFound {
        /// Its address.
        at: String,
        /// What was asked for, in words.
        what: String,
    },
    /// 409.
    #[error("the broker refuses to replace what is there: {says}")]
    Conflict {
        /// Its own words.
        says: String,
    },
    /// 400 and 422.
    #[error("the broker at {at} does not understand what it was sent: {says}")]
    Invalid {
        /// Its address.
        at: String,
        /// Its own words.
        says: String,
    },
    /// A link that leads to somebody else, who is not to be shown a token.
    #[error("the links of the broker at {at} lead elsewhere, to {to}")]
    Elsewhere {
        /// Its address.
        at: String,
        /// Scheme, host and port of the link.
        to: String,
    },
    /// A link that is missing.
    #[error("the broker at {at} has no link {link}")]
    NoLink {
        /// Its address.
        at: String,
        /// The name.
        link: String,
    },
    /// Another status, or JSON of another shape.
    #[error("the broker at {at} answered {status} with something else than {wanted}")]
    Unreadable {
        /// Its address.
        at: String,
        /// The status.
        status: u16,
        /// What was expected, in words.
        wanted: &'static str,
        /// Where it stops being that.
        #[source]
        source: Option<NotTheExpectedJson>,
    },
}

impl BrokerError {
    /// What to do, for whoever has started the command.
    #[must_use]
    pub fn next_step(&self) -> String {
        match self {
            Self::Refused { shown: "a caller without a token", .. } => {
                "give a token in PACT_BROKER_TOKEN or with --broker-token, or a name and password in PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD"
                    .to_owned()
            }
            Self::Refused { .. } => "look whether it has expired or is one of another broker, and make a new one there".to_owned(),
            Self::Forbidden { .. } => "ask whoever runs the broker for a token that may read and write".to_owned(),
            Self::NotABroker { .. } => {
                "give the broker's own address with --broker-base-url, the one whose page lists the pacts".to_owned()
            }
            Self::OutOfOrder { .. } => "nothing is known now: try again, or ask whoever runs the broker for its log".to_owned(),
            Self::NoAnswer { .. } => {
                "look whether the broker is up and --broker-base-url names it, and whether a proxy or network is in between".to_owned()
            }
            Self::NotFound { .. } => "look for a typing error, or bring it to the broker first".to_owned(),
            Self::Conflict { .. } => {
                "give the changed contract a version of its own with --consumer-app-version, best the commit".to_owned()
            }
            Self::Invalid { .. } => "look at the options: something in them is not what the broker knows".to_owned(),
            Self::Elsewhere { to, .. } => {
                format!("ask it there, with --broker-base-url {to}, or have whoever runs the broker set its base address")
            }
            Self::NoLink { .. } => "the broker may be too old: it takes version 2.86 or newer".to_owned(),
            Self::Unreadable { .. } => "ask whoever runs the broker: this is no answer that one gives".to_owned(),
        }
    }
}
