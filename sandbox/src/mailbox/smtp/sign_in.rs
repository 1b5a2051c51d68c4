//! Signing in (RFC 4954): `PLAIN` (RFC 4616), and `LOGIN`, which has no standard and many users.
//!
//! What is said here is kept nowhere: neither in the journal nor in the log.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use subtle::ConstantTimeEq as _;

/// The one user who may hand in mail, with a password.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUser {
    name: String,
    password: String,
}

/// A text that is no user with a password. It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no user of the mail server: write NAME:PASSWORD, such as mailer:secret")]
pub struct NotAnSmtpUser;

impl SmtpUser {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The password.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Whether these are the user's name and password.
    pub(super) fn is(&self, said: &Credentials) -> bool {
        let same = |own: &str, said: &str| own.as_bytes().ct_eq(said.as_bytes());
        (same(&self.name, &said.name) & same(&self.password, &said.password)).into()
    }
}

impl FromStr for SmtpUser {
    type Err = NotAnSmtpUser;

    fn from_str(text: &str) -> Result<Self, NotAnSmtpUser> {
        let usable = |part: &str| !part.is_empty() && !part.contains(char::is_control);
        let (name, password) =
            text.split_once(':').filter(|(name, password)| usable(name) && usable(password)).ok_or(NotAnSmtpUser)?;
        Ok(Self { name: name.to_owned(), password: password.to_owned() })
    }
}

impl fmt::Debug for SmtpUser {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpUser").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What a client signs in with.
#[derive(PartialEq, Eq)]
pub(super) struct Credentials {
    pub(super) name: String,
    pub(super) password: String,
}

impl fmt::Debug for Credentials {
    /// Without name and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// What the client is to say next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    /// Everything, as `PLAIN` has it.
    Plain,
    /// The name, as `LOGIN` has it.
    Name,
    /// The password that goes with this name.
    Password(String),
}

/// Where signing in stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The client is asked for more.
    Ask(Awaited),
    /// Everything has been said.
    Said(Credentials),
    /// The client gave up.
    GivenUp,
    /// What was said cannot be read.
    Unreadable,
    /// There is no such mechanism here.
    Unknown,
}

impl Awaited {
    /// The line by which it is asked for. `LOGIN` asks in words, encoded: `Username:`, `Password:`.
    pub(super) fn prompt(&self) -> &'static str {
        match self {
            Self::Plain => "334 \r\n",
            Self::Name => "334 VXNlcm5hbWU6\r\n",
            Self::Password(_) => "334 UGFzc3dvcmQ6\r\n",
        }
    }

    /// Takes in what the client says to that.
    pub(super) fn take(self, response: &[u8]) -> Turn {
        if response == b"*" {
            return Turn::GivenUp;
        }
        // A single equals sign stands for nothing at all (RFC 4954, section 4).
        let encoded = if response == b"=" { b"" } else { response };
        let Some(said) = BASE64_STANDARD.decode(encoded).ok().and_then(|said| String::from_utf8(said).ok()) else {
            return Turn::Unreadable;
        };
        match self {
            Self::Plain => plain(&said).map_or(Turn::Unreadable, Turn::Said),
            Self::Name if said.is_empty() => Turn::Unreadable,
            Self::Name => Turn::Ask(Self::Password(said)),
            Self::Password(name) => Turn::Said(Credentials { name, password: said }),
        }
    }
}

/// Begins with a mechanism, and with what the client said along with it.
pub(super) fn begin(mechanism: &str, response: Option<&str>) -> Turn {
    let awaited = match mechanism.to_ascii_uppercase().as_str() {
        "PLAIN" => Awaited::Plain,
        "LOGIN" => Awaited::Name,
        _ => return Turn::Unknown,
    };
    match response {
        Some(response) => awaited.take(response.as_bytes()),
        None => Turn::Ask(awaited),
    }
}

/// On whose behalf, who and the password, with a zero between them. On whose behalf makes no difference here.
fn plain(said: &str) -> Option<Credentials> {
    let mut parts = said.split('\0');
    let (_, name, password) = (parts.next()?, parts.next()?, parts.next()?);
    (parts.next().is_none() && !name.is_empty()).then(|| Credentials { name: name.to_owned(), password: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(name: &str, password: &str) -> Credentials {
        Credentials { name: name.into(), password: password.into() }
    }

    fn encoded(text: &str) -> String {
        BASE64_STANDARD.encode(text)
    }

    #[test]
    fn plain_says_everything_at_once_now_or_when_asked() {
        for said in ["\0zoë\0se:cret", "somebody\0zoë\0se:cret"] {
            let expected = || Turn::Said(credentials("zoë", "se:cret"));
            assert_eq!(begin("plain", Some(&encoded(said))), expected());
            assert_eq!(begin("PLAIN", None), Turn::Ask(Awaited::Plain));
            assert_eq!(Awaited::Plain.take(encoded(said).as_bytes()), expected());
        }
        for wrong in ["", "zoë\0secret", "\0\0secret", "a\0b\0c\0d"] {
            assert_eq!(begin("PLAIN", Some(&encoded(wrong))), Turn::Unreadable, "{wrong:?}");
        }
        assert_eq!(begin("PLAIN", Some("=")), Turn::Unreadable);
    }

    #[test]
    fn login_asks_for_name_and_password() {
        let Turn::Ask(name) = begin("LOGIN", None) else { panic!("it asks") };
        assert_eq!(name.prompt(), format!("334 {}\r\n", encoded("Username:")));
        let Turn::Ask(password) = name.take(encoded("zoë").as_bytes()) else { panic!("it asks again") };
        assert_eq!(password.prompt(), format!("334 {}\r\n", encoded("Password:")));
        assert_eq!(begin("Login", Some(&encoded("zoë"))), Turn::Ask(password.clone()), "the name may come at once");
        assert_eq!(password.take(encoded("secret").as_bytes()), Turn::Said(credentials("zoë", "secret")));
    }

    #[test]
    fn a_client_can_give_up_and_is_told_what_cannot_be_read() {
        for awaited in [Awaited::Plain, Awaited::Name, Awaited::Password("zoë".into())] {
            assert_eq!(awaited.clone().take(b"*"), Turn::GivenUp);
            assert_eq!(awaited.clone().take(b"not base64!"), Turn::Unreadable);
            assert_eq!(awaited.take(BASE64_STANDARD.encode([0xff, 0xfe]).as_bytes()), Turn::Unreadable);
        }
        assert_eq!(begin("CRAM-MD5", None), Turn::Unknown);
    }

    #[test]
    fn a_user_is_written_with_a_password_that_shows_nowhere() {
        let user: SmtpUser = "mailer:a:b".parse().expect("a user");
        assert!(user.is(&credentials("mailer", "a:b")));
        for (name, password) in [("mailer", "a"), ("mailer", ""), ("Mailer", "a:b"), ("", "")] {
            assert!(!user.is(&credentials(name, password)), "{name} {password}");
        }
        assert!(!format!("{user:?} {:?}", credentials("mailer", "a:b")).contains("a:b"));
        for wrong in ["", "mailer", "mailer:", ":secret", "mail\0er:secret"] {
            assert_eq!(wrong.parse::<SmtpUser>(), Err(NotAnSmtpUser), "{wrong:?}");
        }
    }
}
