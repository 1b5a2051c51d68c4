//! One newtype per entity. The field is private: an id exists only because its text was valid.

use std::fmt;
use std::str::FromStr;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a {kind}: {rule}")]
pub struct InvalidId {
    /// What was wanted.
    kind: &'static str,
    /// What was found, cut to a length that is fit for a log line.
    found: String,
    /// What a valid one looks like.
    rule: &'static str,
}

impl InvalidId {
    pub(super) fn new(kind: &'static str, found: &str, rule: &'static str) -> Self {
        Self { kind, found: found.chars().take(40).collect(), rule }
    }
}

/// Ids that iCIMS gives: positive whole numbers, written without sign or leading zeros.
macro_rules! numeric_id {
    ($($(#[$doc:meta])* $name:ident: $kind:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u64);

        impl $name {
            /// The number.
            #[must_use]
            pub fn get(self) -> u64 {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let digits = text.len() <= 18 && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
                text.parse().ok().filter(|_| digits).map(Self)
                    .ok_or_else(|| InvalidId::new($kind, text, "a positive whole number of at most 18 digits"))
            }
        }

        impl TryFrom<u64> for $name {
            type Error = InvalidId;
            fn try_from(number: u64) -> Result<Self, InvalidId> {
                number.to_string().parse()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

numeric_id! {
    /// An iCIMS tenant (assessment-flow.md 0: numeric).
    CustomerId: "customer id";
    /// A recruiting workflow: one person on one job.
    WorkflowId: "workflow id";
    /// A person profile.
    PersonId: "person id";
    /// A job profile.
    JobId: "job id";
    /// An entry of the `assessmentresults` collection.
    ResultRowId: "result row id";
}

/// Ids that Harver gives: 24 hexadecimal digits in all published examples (harver-platform.md 2).
macro_rules! hex_id {
    ($($(#[$doc:meta])* $name:ident: $kind:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The 24 digits, in lower case.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                if text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    Ok(Self(text.to_ascii_lowercase()))
                } else {
                    Err(InvalidId::new($kind, text, "24 hexadecimal digits"))
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

hex_id! {
    /// A company's account on the Harver platform.
    AccountId: "Harver account id";
    /// An open position on the Harver platform, and the assessment that belongs to it.
    VacancyId: "Harver vacancy id";
    /// One candidate in one vacancy.
    ApplicationId: "Harver application id";
}

/// Numbers that the integration gives: positive whole numbers.
macro_rules! own_id {
    ($($(#[$doc:meta])* $name:ident: $kind:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(i64);

        impl $name {
            /// The number.
            #[must_use]
            pub fn get(self) -> i64 {
                self.0
            }
        }

        impl TryFrom<i64> for $name {
            type Error = InvalidId;
            fn try_from(number: i64) -> Result<Self, InvalidId> {
                if number > 0 { Ok(Self(number)) } else { Err(InvalidId::new($kind, &number.to_string(), "a positive whole number")) }
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let number = text.parse::<i64>().map_err(|_| InvalidId::new($kind, text, "a positive whole number"))?;
                number.try_into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

own_id! {
    /// One order of ours.
    OrderId: "order id";
    /// One choice of packages that a recruiter was asked for.
    SelectionId: "selection id";
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_customer_id_is_a_plain_positive_number() {
        assert_eq!("4021".parse::<CustomerId>().expect("a number").get(), 4021);
        for wrong in ["", "0", "007", "-1", "+1", "4021 ", "4,021", "brightwater", "9999999999999999999"] {
            assert!(wrong.parse::<CustomerId>().is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn a_vacancy_id_is_24_hexadecimal_digits() {
        let id: VacancyId = "64C20D1E5F7A8B0012AB34CD".parse().expect("24 digits");
        assert_eq!(id.as_str(), "64c20d1e5f7a8b0012ab34cd");
        assert!("64c20d1e5f7a8b0012ab34c".parse::<VacancyId>().is_err());
        assert!("64c20d1e5f7a8b0012ab34cg".parse::<VacancyId>().is_err());
    }

    proptest! {
        #[test]
        fn whatever_parses_reads_back_the_same(text in "\\PC{0,30}") {
            if let Ok(id) = text.parse::<WorkflowId>() {
                prop_assert_eq!(id.to_string(), text.clone());
            }
            if let Ok(id) = text.parse::<ApplicationId>() {
                prop_assert_eq!(id.to_string(), text.to_ascii_lowercase());
            }
        }
    }
}
