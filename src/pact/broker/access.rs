//! Where a broker is, and who asks it.

use std::str::FromStr;

use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// Who asks.
#[derive(Clone, Debug)]
pub enum Access {
    /// Whoever has this token.
    Token(SecretString),
    /// Somebody with a password.
    Basic {
        /// The name.
        user: String,
        /// The password.
        password: SecretString,
    },
    /// Nobody in particular.
    Anonymous,
}

impl Access {
    /// Says so with a request.
    pub(super) fn ask(&self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Self::Token(token) => request.bearer_auth(token.expose_secret()),
            Self::Basic { user, password } => request.basic_auth(user, Some(password.expose_secret())),
            Self::Anonymous => request,
        }
    }

    /// What a broker that lets nobody in like this has been shown.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::Token(_) => "the token",
            Self::Basic { .. } => "the user name and password",
            Self::Anonymous => "a caller without a token",
        }
    }
}

/// The address of a broker, as `--broker-base-url` has it.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    url: Url,
    /// Whom the address itself names, as `https://user:password@…` does.
    named: Option<(String, String)>,
}

impl Address {
    /// The address, without a name or password, and with no slash at its end.
    #[must_use]
    pub fn words(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// The address of what lies below.
    pub(super) fn below(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        let root = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{root}/{path}"));
        url
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Whom the address itself names, if it does.
    #[must_use]
    pub fn access(&self) -> Option<Access> {
        let (user, password) = self.named.clone()?;
        Some(Access::Basic { user, password: password.into() })
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.words())
    }
}

impl FromStr for Address {
    type Err = String;

    /// No message quotes the text: there may be a password in it.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut url: Url = text.parse().map_err(|error| format!("{error}: write it like https://broker.example.org"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err("it begins with neither http:// nor https://".to_owned());
        }
        let decoded = |text: &str| {
            let plus_kept = text.replace('+', "%2B");
            let pairs = url::form_urlencoded::parse(plus_kept.as_bytes()).next();
            pairs.map(|(name, _)| name.into_owned()).unwrap_or_default()
        };
        let named = (!url.username().is_empty()).then(|| (decoded(url.username()), decoded(url.password().unwrap_or_default())));
        let stripped = url.set_username("").and_then(|()| url.set_password(None));
        stripped.map_err(|()| "it cannot be asked".to_owned())?;
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self { url, named })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_the_address_is_taken_out_of_it() {
        let address: Address = "https://ana:s%26p+x%40ret@broker.example.org/pacts/".parse().expect("an address");
        assert_eq!(address.words(), "https://broker.example.org/pacts");
        assert!(!format!("{address:?}").contains("ret"));
        match address.access() {
            Some(Access::Basic { user, password }) => assert_eq!((&*user, password.expose_secret()), ("ana", "s&p+x@ret")),
            other => panic!("{other:?}"),
        }
        assert_eq!(address.below("matrix").as_str(), "https://broker.example.org/pacts/matrix");
    }

    #[test]
    fn what_is_no_address_is_refused_without_being_quoted() {
        for text in ["", "broker", "ftp://ana:secret@x", "//ana:secret@x", "https://"] {
            let said = text.parse::<Address>().expect_err(text);
            assert!(!said.contains("secret"), "{said}");
        }
    }
}
