//! The person who takes the assessment.

use std::fmt;

/// An address that mail can be sent to.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address; `None` when no mail could be sent to it.
    ///
    /// iCIMS does not validate its e-mail fields (icims-api.md 5.7), so what arrives may be anything.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@')?;
        let plain = |part: &str| {
            !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control() || "<>(),;:\"@".contains(c))
        };
        let dotted = host.split('.').all(|label| !label.is_empty()) && host.contains('.');
        (plain(local) && plain(host) && dotted && text.len() <= 254).then(|| Self(text.to_owned()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EmailAddress {
    /// Without the address: what is printed for debugging ends in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(***)")
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A first or last name: not empty, no control characters.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// Reads a name; `None` when nothing is left of it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.chars().filter(|character| !character.is_control()).collect::<String>();
        let name = name.trim();
        (!name.is_empty()).then(|| Self(super::cut_to(name, 120)))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonName {
    /// Without the name, see [`EmailAddress`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(***)")
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What Harver must know of a person (harver-platform.md 9.2: all three are mandatory).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// First name.
    pub first_name: PersonName,
    /// Last name.
    pub last_name: PersonName,
    /// Where the invitation goes, and the candidate's identity on the platform.
    pub email: EmailAddress,
}

impl Candidate {
    /// First and last name.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_something_on_both_sides_and_a_dotted_host() {
        for right in ["ines.okafor@example.org", " a+b@x.example ", "o'neil@mail.example.co.uk"] {
            assert!(EmailAddress::parse(right).is_some(), "{right:?}");
        }
        for wrong in [
            "",
            "ines",
            "@example.org",
            "ines@",
            "ines@localhost",
            "i nes@example.org",
            "a@b..c",
            "a@b.c\r\nBcc: x@y.z",
            "<a@b.c>",
        ] {
            assert!(EmailAddress::parse(wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn a_candidate_is_not_told_by_what_is_printed_for_debugging() {
        let candidate = Candidate {
            first_name: PersonName::parse("Ines").expect("a name"),
            last_name: PersonName::parse("Okafor").expect("a name"),
            email: EmailAddress::parse("ines.okafor@example.org").expect("an address"),
        };
        let printed = format!("{candidate:?}").to_lowercase();
        assert!(!printed.contains("ines") && !printed.contains("okafor"), "{printed}");
    }

    #[test]
    fn a_name_of_blanks_is_no_name() {
        assert!(PersonName::parse(" \t\n").is_none());
        assert_eq!(PersonName::parse(" Zoë\n").expect("a name").as_str(), "Zoë");
    }
}
