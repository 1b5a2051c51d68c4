//! Ids: numbers of profiles, entries and events, and the node ids of lists.

use std::fmt;
use std::num::NonZeroU8;
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
    /// System id of an onboarding workflow.
    OnboardingId;
    /// Id of one entry of a collection, unique in the tenant.
    EntryId;
    /// The bytes of one uploaded file.
    FileId;
    /// Position of an outgoing event in the tenant.
    EventId;
}

/// Most characters of a node id: the letter and 14 digits. The longest known ones have twelve (icims-api 5.8).
const NODE_ID_LIMIT: usize = 15;

/// Id of a list node: one letter and digits (icims-api 5.8). `D` is delivered by iCIMS, `C` is made in the tenant.
///
/// Every workflow holds several of them, so the text is kept in place and not on the heap.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NodeId {
    // First, and filled up with zeros, so that ids are in the order of their texts.
    text: [u8; NODE_ID_LIMIT],
    length: NonZeroU8,
}

impl NodeId {
    /// The id that comes before every other one; no node has it.
    #[must_use]
    pub(in crate::icims) fn first() -> Self {
        Self { text: [0; NODE_ID_LIMIT], length: NonZeroU8::MIN }
    }

    /// The id as text, such as `D10100`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.text[..usize::from(self.length.get())]).expect("a letter and digits are text")
    }

    /// The id without its letter, as events carry it (icims-api 5.8).
    #[must_use]
    pub fn bare(&self) -> &str {
        &self.as_str()[1..]
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NodeId").field(&self.as_str()).finish()
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl FromStr for NodeId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let bytes = text.as_bytes();
        let valid = (2..=NODE_ID_LIMIT).contains(&bytes.len())
            && bytes[0].is_ascii_uppercase()
            && bytes[1..].iter().all(u8::is_ascii_digit);
        if !valid {
            return Err(NotAnId);
        }
        let mut padded = [0; NODE_ID_LIMIT];
        padded[..bytes.len()].copy_from_slice(bytes);
        let length = u8::try_from(bytes.len()).ok().and_then(NonZeroU8::new).ok_or(NotAnId)?;
        Ok(Self { text: padded, length })
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
        id.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_ids_take_sixteen_bytes_and_are_ordered_as_their_texts() {
        assert_eq!(size_of::<Option<NodeId>>(), 16);
        let mut texts = ["D10100", "C60001", "D1", "D41001024", "D41001", "D37002019001", "C9", "C10"];
        let mut ids: Vec<NodeId> = texts.iter().map(|text| text.parse().expect("a node id")).collect();
        texts.sort_unstable();
        ids.sort();
        assert_eq!(ids.iter().map(NodeId::as_str).collect::<Vec<_>>(), texts);
    }

    #[test]
    fn what_is_no_letter_with_digits_or_too_long_is_no_node_id() {
        for wrong in ["", "D", "10100", "d10100", "D10x", "D123456789012345", "É1"] {
            assert!(wrong.parse::<NodeId>().is_err(), "{wrong}");
        }
        assert!("D12345678901234".parse::<NodeId>().is_ok());
    }
}
