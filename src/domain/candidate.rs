//! The person who takes the assessment.

use std::fmt;

/// An address that mail can be sent to.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    written: String,
    mailed: String,
}

impl EmailAddress {
    /// Reads an address; `None` when no mail server would take it: a name of more than plain letters needs an extension that few have
    /// (RFC 6531). A host of other letters has a plain form (IDNA).
    ///
    /// iCIMS does not validate its e-mail fields (icims-api.md 5.7), so what arrives may be anything.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let written = text.trim();
        let (local, host) = written.rsplit_once('@')?;
        let mailed = format!("{}@{}", local_part(local)?, host_name(host)?);
        (mailed.len() <= 254).then(|| Self { written: written.to_owned(), mailed })
    }

    /// An address that was taken once, by whatever rules. If it is none by those of today, the mail server will say so.
    pub(crate) fn stored(written: String) -> Self {
        Self::parse(&written).unwrap_or_else(|| Self { mailed: written.clone(), written })
    }

    /// The address as mail servers take it.
    #[must_use]
    pub fn for_mail(&self) -> &str {
        &self.mailed
    }

    /// The address as it was written: for people, and for the platform, which knows candidates by it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }
}

/// What stands before the `@`, if servers take it without quotes (RFC 5321 4.1.2, 4.5.3.1.1).
fn local_part(text: &str) -> Option<&str> {
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&letter);
    let sound = |part: &str| !part.is_empty() && part.bytes().all(plain);
    (text.len() <= 64 && text.split('.').all(sound)).then_some(text)
}

/// The plain form of a host that the Internet may know: of two labels at least, and no number.
fn host_name(text: &str) -> Option<String> {
    let Ok(url::Host::Domain(host)) = url::Host::parse(text) else { return None };
    let letters = |label: &str| label.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'-');
    let sound =
        |label: &str| (1..=63).contains(&label.len()) && letters(label) && !label.starts_with('-') && !label.ends_with('-');
    // Percent signs are an address bar's way of writing, not a mail program's.
    (!text.contains('%') && host.contains('.') && host.split('.').all(sound)).then_some(host)
}

impl fmt::Debug for EmailAddress {
    /// Without the address: what is printed for debugging ends in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(***)")
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
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
        for right in ["ines.okafor@example.org", " a+b@x.example ", "o'neil@mail.example.co.uk", "a_b@x-y.example"] {
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
            ".a@b.example",
            "a.@b.example",
            "a..b@c.example",
            "a[b]@c.example",
            "a@-b.example",
            "a@b_c.example",
            "a@127.0.0.1",
            "a@b%2ecom.example",
            "josé@example.org",
            "ines\u{200b}@example.org",
        ] {
            assert!(EmailAddress::parse(wrong).is_none(), "{wrong:?}");
        }
        let long = |letters: usize| format!("{}@b.example", "a".repeat(letters));
        assert!(EmailAddress::parse(&long(64)).is_some() && EmailAddress::parse(&long(65)).is_none());
    }

    #[test]
    fn a_host_of_other_letters_is_mailed_in_its_plain_form_and_shown_as_written() {
        let address = EmailAddress::parse("zoe@Bücher.example").expect("an address");
        assert_eq!((address.as_str(), address.for_mail()), ("zoe@Bücher.example", "zoe@xn--bcher-kva.example"));
        let plain = EmailAddress::parse("zoe@books.example").expect("an address");
        assert_eq!(plain.for_mail(), "zoe@books.example");
    }

    #[test]
    fn an_address_that_was_stored_is_read_again_whatever_the_rules_are_now() {
        assert_eq!(EmailAddress::stored("josé@example.org".into()).as_str(), "josé@example.org");
        let known = EmailAddress::parse("zoe@bücher.example").expect("an address");
        assert_eq!(EmailAddress::stored(known.as_str().to_owned()), known);
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
