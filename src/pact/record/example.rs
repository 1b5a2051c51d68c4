//! What stands in a contract in the place of what nobody else is to read, or of what is another each time.

use url::{Url, form_urlencoded};

/// What stands for a secret.
pub(super) const SECRET: &str = "example";
/// `example:example`.
pub(super) const BASIC: &str = "Basic ZXhhbXBsZTpleGFtcGxl";
/// What stands for anybody's address.
const EMAIL: &str = "person@example.org";

/// Parts of names whose value lets somebody in.
const SECRETS: [&str; 10] =
    ["password", "passwd", "secret", "token", "apikey", "api_key", "api-key", "signature", "credential", "authorization"];

/// Whether what has this name lets somebody in. What is only about such a thing, such as `token_type`, does not.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    let is_about = ["_type", "type", "_url", "url", "expires", "_expires_in"].iter().any(|end| name.ends_with(end));
    !is_about && SECRETS.iter().any(|part| name.contains(part))
}

/// What a text is, as far as its looks tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Digits alone.
    Number,
    /// An e-mail address.
    Email,
    /// 8-4-4-4-12 digits.
    Uuid,
    /// 24 digits, as documents of some databases have.
    ObjectId,
    /// `2025-03-04`.
    Day,
    /// `2025-03-04T12:00:00Z`, also with fractions and an offset.
    Moment,
    /// `2025-03-04 12:00 PM`, as iCIMS writes moments.
    Clock,
    /// `http…`.
    Address,
    /// Any other.
    Text,
}

impl Kind {
    /// Looks at a text.
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let all = |wanted: fn(&u8) -> bool| !bytes.is_empty() && bytes.iter().all(wanted);
        match () {
            () if all(u8::is_ascii_digit) => Self::Number,
            () if is_email(text) => Self::Email,
            () if has_form(text, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh") => Self::Uuid,
            () if has_form(text, "hhhhhhhhhhhhhhhhhhhhhhhh") => Self::ObjectId,
            () if has_form(text, "dddd-dd-dd") => Self::Day,
            () if text.get(..19).is_some_and(|begin| has_form(begin, "dddd-dd-ddTdd:dd:dd")) => Self::Moment,
            () if text.get(..16).is_some_and(|begin| has_form(begin, "dddd-dd-dd dd:dd")) => Self::Clock,
            () if text.starts_with("http://") || text.starts_with("https://") => Self::Address,
            () => Self::Text,
        }
    }

    /// What every text of the kind fits; nothing where any text does.
    pub(super) fn pattern(self) -> Option<&'static str> {
        match self {
            Self::Number => Some(r"^\d+$"),
            Self::Email => Some("^[^@ ]+@[^@ ]+$"),
            Self::Uuid => Some("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"),
            Self::ObjectId => Some("^[0-9a-fA-F]{24}$"),
            Self::Day => Some(r"^\d{4}-\d{2}-\d{2}$"),
            Self::Moment => Some(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}.*$"),
            Self::Clock => Some(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}.*$"),
            Self::Address => Some("^https?://.+$"),
            Self::Text => None,
        }
    }

    /// The example that stands for a text of this kind.
    pub(super) fn example(self, text: &str) -> String {
        match self {
            Self::Email => EMAIL.to_owned(),
            Self::Uuid => "00000000-0000-4000-8000-000000000000".to_owned(),
            Self::Day => "2025-03-04".to_owned(),
            Self::Moment => "2025-03-04T12:00:00Z".to_owned(),
            Self::Clock => "2025-03-04 12:00 PM".to_owned(),
            Self::Address => without_query(text),
            Self::Number | Self::ObjectId | Self::Text => text.to_owned(),
        }
    }
}

/// Whether a text has one `@` between words.
fn is_email(text: &str) -> bool {
    let mut parts = text.split('@');
    let [one, other, rest] = [parts.next(), parts.next(), parts.next()];
    rest.is_none()
        && [one, other].iter().all(|part| part.is_some_and(|part| !part.is_empty() && !part.contains(char::is_whitespace)))
}

/// Whether a text is `d` for digits, `h` for hexadecimal ones, and other signs as they stand.
fn has_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(sign, wanted)| match wanted {
            b'd' => sign.is_ascii_digit(),
            b'h' => sign.is_ascii_hexdigit(),
            other => sign == other,
        })
}

/// An address without its host, which is another one each time, and without a query, a name or a password, which may let somebody in.
fn without_query(text: &str) -> String {
    let path = text.parse::<Url>().map(|url| url.path().to_owned()).unwrap_or_default();
    format!("http://example.org{path}")
}

/// A form with examples for its secrets.
pub(super) fn form(text: &str) -> String {
    let mut written = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        written.append_pair(&name, if is_secret(&name) { SECRET } else { &value });
    }
    written.finish()
}

/// `Authorization` with an example, and what fits it. The name of the scheme is no secret.
pub(super) fn authorization(value: &str) -> (String, String) {
    let scheme = value.split_whitespace().next().unwrap_or("Basic");
    match scheme.to_ascii_lowercase().as_str() {
        "basic" => (BASIC.to_owned(), "^Basic [A-Za-z0-9+/]+=*$".to_owned()),
        _ => (format!("{scheme} {SECRET}"), format!("^{} .+$", escaped(scheme))),
    }
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, sign| {
        if !sign.is_ascii_alphanumeric() {
            escaped.push('\\');
        }
        escaped.push(sign);
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_is_is_seen_by_its_looks() {
        for (text, kind) in [
            ("30517", Kind::Number),
            ("ines.okafor@example.org", Kind::Email),
            ("a @b", Kind::Text),
            ("a@b@c", Kind::Text),
            ("0f22f551-a422-4b02-9706-7db7635cad8b", Kind::Uuid),
            ("64c20d1e5f7a8b0012ab34cd", Kind::ObjectId),
            ("2026-11-27", Kind::Day),
            ("2026-11-27T15:05:41.123+01:00", Kind::Moment),
            ("2026-11-27 03:05 PM", Kind::Clock),
            ("https://a.example/x?token=1", Kind::Address),
            ("Call Centre Advisor", Kind::Text),
            ("", Kind::Text),
        ] {
            assert_eq!(Kind::of(text), kind, "{text}");
            let example = kind.example(text);
            assert_eq!(Kind::of(&example), kind, "the example of {text} is one of its kind: {example}");
        }
    }

    #[test]
    fn secrets_are_known_by_their_names_and_leave_no_trace() {
        for name in ["password", "client_secret", "access_token", "X-Api-Key", "apiKey", "refreshToken"] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["token_type", "token_url", "expires_in", "firstname"] {
            assert!(!is_secret(name), "{name}");
        }
        assert_eq!(form("client_id=a&client_secret=s%26p&x=1"), "client_id=a&client_secret=example&x=1");
        assert_eq!(Kind::Address.example("https://a:b@c.test/x?token=s#t"), "http://example.org/x");
        assert_eq!(authorization("Bearer s3cret").0, "Bearer example");
        assert_eq!(authorization("basic czpz").0, BASIC);
    }
}
