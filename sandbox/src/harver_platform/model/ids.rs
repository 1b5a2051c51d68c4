//! Object ids: 24 lower-case hexadecimal digits, as in every published example (`harver-platform.md` 2).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::engine::Chance;

const LENGTH: usize = 24;

/// The text is not 24 lower-case hexadecimal digits.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not an id: write 24 lower-case hexadecimal digits")]
pub struct IdError(String);

fn parsed(text: &str) -> Result<String, IdError> {
    let valid = text.len() == LENGTH && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if valid { Ok(text.to_owned()) } else { Err(IdError(text.to_owned())) }
}

macro_rules! object_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// A fresh id from a stream of chance.
            pub fn drawn(chance: &mut Chance) -> Self {
                Self(chance.hex(LENGTH))
            }

            /// The 24 digits.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parsed(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    )+};
}

object_ids! {
    /// A company on the platform.
    AccountId,
    /// An open position with its flow.
    VacancyId,
    /// A person, known by mail address within an account.
    CandidateId,
    /// One candidate in one vacancy.
    ApplicationId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_24_lower_case_hexadecimal_digits_are_an_id() {
        assert!("64c20d1e5f7a8b0012ab34cd".parse::<VacancyId>().is_ok());
        for wrong in ["", "64c20d1e5f7a8b0012ab34c", "64C20D1E5F7A8B0012AB34CD", "64c20d1e5f7a8b0012ab34cd0", "€€€€€€€€"]
        {
            assert!(wrong.parse::<VacancyId>().is_err(), "{wrong}");
        }
    }
}
