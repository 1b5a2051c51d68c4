//! People who take assessments.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{ApplicationId, CandidateId};

/// A person, known by mail address within an account (`harver-platform.md` 2).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Candidate {
    /// Identity.
    pub id: CandidateId,
    /// Where mail reaches the person; also the natural key of the platform.
    pub email: Email,
    /// What to call the person.
    pub name: CandidateName,
    /// For text messages.
    pub phone: Option<PhoneNumber>,
    /// All applications of the person, oldest first.
    pub applications: Vec<ApplicationId>,
}

/// A person's names, both present.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateName {
    /// First name, trimmed, not empty.
    pub first: String,
    /// Last name, trimmed, not empty.
    pub last: String,
}

impl CandidateName {
    /// First and last name in one text.
    #[must_use]
    pub fn full(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    /// The name as reports show it to whoever may not see personal data: `I*** O*****`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{} {}", masked(&self.first), masked(&self.last))
    }
}

/// The first letter, and an asterisk for each of the others.
pub(crate) fn masked(word: &str) -> String {
    word.chars().enumerate().map(|(at, letter)| if at == 0 { letter } else { '*' }).collect()
}

/// The text cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ContactError(&'static str);

/// The longest mail address, in bytes (RFC 5321, 4.5.3.1.3).
const ADDRESS_LIMIT: usize = 254;

/// A mail address in lower case, so that the same person is found again however it was typed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as reports show it to whoever may not see personal data.
    #[must_use]
    pub fn masked(&self) -> String {
        let (person, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        format!("{}@{domain}", masked(person))
    }
}

impl FromStr for Email {
    type Err = ContactError;

    fn from_str(text: &str) -> Result<Self, ContactError> {
        // Some letters are longer in lower case: what is kept is looked at, as it is read again from the disk.
        let text = text.trim().to_lowercase();
        let odd = text.chars().any(|letter| letter.is_whitespace() || letter.is_control() || "<>,;\"".contains(letter));
        let shaped = text.split_once('@').is_some_and(|(person, domain)| {
            !person.is_empty()
                && domain.split('.').count() > 1
                && !domain.contains('@')
                && domain.split('.').all(|part| !part.is_empty())
        });
        if shaped && !odd && text.len() <= ADDRESS_LIMIT {
            Ok(Self(text))
        } else {
            Err(ContactError("must be a mail address, such as ines.okafor@example.org"))
        }
    }
}

impl TryFrom<String> for Email {
    type Error = ContactError;

    fn try_from(text: String) -> Result<Self, ContactError> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A telephone number as E.164 writes it: `+`, then 7 to 15 digits (`harver-platform.md` 9.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PhoneNumber {
    type Err = ContactError;

    fn from_str(text: &str) -> Result<Self, ContactError> {
        let digits = text.strip_prefix('+').unwrap_or_default();
        if (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0') {
            Ok(Self(text.to_owned()))
        } else {
            Err(ContactError("must be a telephone number in E.164 form, such as +31655500142"))
        }
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = ContactError;

    fn try_from(text: String) -> Result<Self, ContactError> {
        text.parse()
    }
}

impl From<PhoneNumber> for String {
    fn from(phone: PhoneNumber) -> Self {
        phone.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_address_that_was_taken_is_read_again(person in "\\PC{1,30}", repeated in "[İéΣa]", times in 0..250_usize) {
            let typed = format!("{person}{}@example.org", repeated.repeat(times));
            if let Ok(address) = typed.parse::<Email>() {
                let stored = serde_json::to_string(&address).expect("it writes");
                prop_assert_eq!(serde_json::from_str::<Email>(&stored).expect("it was taken"), address);
            }
        }
    }

    #[test]
    fn the_same_address_in_another_case_is_the_same_person() {
        let one: Email = "Ines.Okafor@Example.org".parse().expect("an address");
        assert_eq!(one, "ines.okafor@example.org".parse().expect("an address"));
    }

    #[test]
    fn what_mail_could_not_reach_is_refused() {
        for wrong in ["", "ines", "ines@", "@example.org", "ines@example", "ines@example..org", "i nes@example.org", "a@b@c.org"]
        {
            assert!(wrong.parse::<Email>().is_err(), "{wrong}");
        }
        let long = |count: usize| format!("{}@example.org", "i".repeat(count)).parse::<Email>();
        assert!(long(ADDRESS_LIMIT - 12).is_ok() && long(ADDRESS_LIMIT - 11).is_err());
    }

    #[test]
    fn telephone_numbers_follow_e164() {
        assert!("+31655500142".parse::<PhoneNumber>().is_ok());
        for wrong in ["0655500142", "+", "+0655500142", "+31 655500142", "+12345678901234567"] {
            assert!(wrong.parse::<PhoneNumber>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn masked_names_keep_their_first_letters_only() {
        let name = CandidateName { first: "Inés".into(), last: "Okafor".into() };
        assert_eq!(name.masked(), "I*** O*****");
    }
}
