//! Basic credentials on a request.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What a caller presented.
#[derive(Clone, Debug)]
pub struct Presented {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: SecretString,
}

impl Presented {
    /// Reads the `Authorization` header; `None` when there is none or it is not readable Basic.
    #[must_use]
    pub fn in_headers(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, encoded) = value.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (username, password) = decoded.split_once(':')?;
        Some(Self { username: username.to_owned(), password: password.into() })
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

    fn presented(value: &str) -> Option<(String, String)> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().expect("a header"));
        Presented::in_headers(&headers).map(|found| (found.username, found.password.expose_secret().to_owned()))
    }

    #[test]
    fn a_password_may_hold_colons() {
        assert_eq!(presented(&format!("basic {}", STANDARD.encode("user:pa:ss"))), Some(("user".into(), "pa:ss".into())));
    }

    #[test]
    fn anything_else_is_no_credentials() {
        for value in ["Basic", "Basic !!!", "Bearer abc", &format!("Basic {}", STANDARD.encode("nocolon"))] {
            assert_eq!(presented(value), None, "{value}");
        }
    }

    #[test]
    fn only_equal_secrets_match() {
        assert!(matches(&"s3cret".into(), &"s3cret".into()));
        assert!(!matches(&"s3cret".into(), &"s3cret ".into()));
        assert!(!matches(&"".into(), &"s3cret".into()));
    }
}
