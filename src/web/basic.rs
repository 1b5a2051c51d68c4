//! Basic credentials on a request.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::domain::InboundCredentials;

/// What a caller presented.
#[derive(Clone, Debug)]
pub struct Presented {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: SecretString,
}

impl Presented {
    /// Reads the `Authorization` header: nothing when there is none or it is not Basic, and two readings when the bytes can be both
    /// UTF-8 and Latin-1. Clients write letters beyond ASCII either way (RFC 7617, B.3), so whoever knows one of them is let in.
    #[must_use]
    pub fn in_headers(headers: &HeaderMap) -> Vec<Self> {
        let Some(bytes) = decoded(headers) else { return Vec::new() };
        let latin = (!bytes.is_ascii()).then(|| bytes.iter().map(|&byte| char::from(byte)).collect());
        let readings = String::from_utf8(bytes).ok().into_iter().chain(latin);
        readings.filter_map(|text: String| Self::read(&text)).collect()
    }

    fn read(text: &str) -> Option<Self> {
        let (username, password) = text.split_once(':')?;
        Some(Self { username: username.to_owned(), password: password.into() })
    }
}

fn decoded(headers: &HeaderMap) -> Option<Vec<u8>> {
    let (scheme, encoded) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("basic") { STANDARD.decode(encoded.trim()).ok() } else { None }
}

impl Presented {
    /// Whether this password opens what these credentials are for. As many are compared as open, wherever the right one is.
    #[must_use]
    pub fn opens(&self, credentials: &InboundCredentials, now: Timestamp) -> bool {
        credentials.passwords_at(now).fold(false, |opens, valid| matches(&self.password, valid) | opens)
    }
}

/// Whether two secrets are the same, in a time that tells nothing about where they differ or how long they are.
#[must_use]
pub fn matches(presented: &SecretString, expected: &SecretString) -> bool {
    let digest = |secret: &SecretString| -> [u8; 32] { Sha256::digest(secret.expose_secret().as_bytes()).into() };
    digest(presented).ct_eq(&digest(expected)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presented(value: &str) -> Vec<(String, String)> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().expect("a header"));
        let found = Presented::in_headers(&headers).into_iter();
        found.map(|found| (found.username, found.password.expose_secret().to_owned())).collect()
    }

    #[test]
    fn a_password_may_hold_colons() {
        assert_eq!(presented(&format!("basic {}", STANDARD.encode("user:pa:ss"))), [("user".into(), "pa:ss".into())]);
    }

    #[test]
    fn letters_beyond_ascii_are_read_as_utf_8_and_as_latin_1() {
        let check = |bytes: &[u8], expected: &[(&str, &str)]| {
            let expected: Vec<_> = expected.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned())).collect();
            assert_eq!(presented(&format!("Basic {}", STANDARD.encode(bytes))), expected, "{bytes:?}");
        };
        check("zoë:ñ".as_bytes(), &[("zoë", "ñ"), ("zoÃ«", "Ã±")]);
        check(b"zo\xeb:\xf1", &[("zoë", "ñ")]);
        check("hire:naïve €".as_bytes(), &[("hire", "naïve €"), ("hire", "naÃ¯ve â\u{82}¬")]);
    }

    #[test]
    fn anything_else_is_no_credentials() {
        for value in ["Basic", "Basic !!!", "Bearer abc", &format!("Basic {}", STANDARD.encode("nocolon"))] {
            assert_eq!(presented(value), [], "{value}");
        }
    }

    #[test]
    fn only_equal_secrets_match() {
        assert!(matches(&"s3cret".into(), &"s3cret".into()));
        assert!(!matches(&"s3cret".into(), &"s3cret ".into()));
        assert!(!matches(&"".into(), &"s3cret".into()));
    }
}
