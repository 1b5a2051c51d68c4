//! Ids: numbers of profiles, entries and events, and the node ids of lists.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an id")]
pub struct NotAnId;

macro_rules! numeric_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            /// The id with this number.
            #[must_use]
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// The number itself.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(NotAnId);
                }
                text.parse().map(Self).map_err(|_| NotAnId)
            }
        }
    )*};
}

numeric_id! {
    /// System id of a person.
    PersonId;
    /// System id of a job.
    JobId;
    /// System id of a company (a location, for jobs).
    CompanyId;
    /// System id of a recruiting workflow.
    WorkflowId;
    /// Id of one entry of a collection, unique in the tenant.
    EntryId;
    /// The bytes of one uploaded file.
    FileId;
    /// Position of an outgoing event in the tenant.
    EventId;
}

/// Id of a list node: one letter and digits (icims-api 5.8). `D` is delivered by iCIMS, `C` is made in the tenant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NodeId(String);

impl NodeId {
    /// The id as text, such as `D10100`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id without its letter, as events carry it (icims-api 5.8).
    #[must_use]
    pub fn bare(&self) -> &str {
        &self.0[1..]
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for NodeId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let bytes = text.as_bytes();
        let valid = (2..=24).contains(&bytes.len()) && bytes[0].is_ascii_uppercase() && bytes[1..].iter().all(u8::is_ascii_digit);
        if valid { Ok(Self(text.into())) } else { Err(NotAnId) }
    }
}

impl TryFrom<String> for NodeId {
    type Error = NotAnId;
    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl From<NodeId> for String {
    fn from(id: NodeId) -> Self {
        id.0
    }
}
