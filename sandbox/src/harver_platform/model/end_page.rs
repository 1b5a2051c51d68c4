//! The last page of a journey, and web addresses that people type.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest address, in characters as it is sent (*assumed*): browsers follow no much longer one.
const ADDRESS_LIMIT: usize = 2_000;
/// The longest label of a button, in characters (*assumed*).
pub(crate) const BUTTON_LIMIT: usize = 60;

/// What a vacancy says on its End Page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EndPage {
    /// What the button says that leads back; empty for the platform's own words.
    pub button: String,
    /// Where it leads when the application itself names no address.
    pub return_url: Option<WebAddress>,
}

/// An address that a browser may be sent to: `http` or `https`, with a host and without a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebAddress(String);

impl WebAddress {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no address that a browser may be sent to.
#[derive(Debug, thiserror::Error)]
#[error(
    "Write a whole web address, such as https://careers.example.com/jobs, with at most {ADDRESS_LIMIT} characters; é counts as the six of %C3%A9."
)]
pub struct WebAddressError;

impl FromStr for WebAddress {
    type Err = WebAddressError;

    fn from_str(text: &str) -> Result<Self, WebAddressError> {
        let parsed = url::Url::parse(text.trim()).map_err(|_| WebAddressError)?;
        // Anything else (javascript:, data:, file:) would run or read on the candidate's side.
        let is_web = matches!(parsed.scheme(), "http" | "https") && parsed.has_host();
        let is_plain = parsed.username().is_empty() && parsed.password().is_none();
        // What is kept is longer than what was typed where letters are percent-encoded, and is read again from the disk.
        let is_short = parsed.as_str().len() <= ADDRESS_LIMIT;
        if is_web && is_plain && is_short { Ok(Self(parsed.into())) } else { Err(WebAddressError) }
    }
}

impl TryFrom<String> for WebAddress {
    type Error = WebAddressError;

    fn try_from(text: String) -> Result<Self, WebAddressError> {
        text.parse()
    }
}

impl From<WebAddress> for String {
    fn from(address: WebAddress) -> Self {
        address.0
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_taken_is_read_again(
            host in "[a-zA-Z0-9é日.-]{1,20}", rest in "[/?#]?\\PC{0,300}", repeated in "[ é日\u{1f600}%a]", times in 0..2_100_usize,
        ) {
            let typed = format!("https://{host}/{rest}{}", repeated.repeat(times));
            if let Ok(address) = typed.parse::<WebAddress>() {
                let stored = serde_json::to_string(&address).expect("it writes");
                prop_assert_eq!(serde_json::from_str::<WebAddress>(&stored).expect("it was taken"), address);
            }
        }
    }

    #[test]
    fn only_what_a_browser_may_be_sent_to_is_a_web_address() {
        for right in ["https://careers.example.org/back?i=1&x=%22", "http://localhost:8701/careers/4021"] {
            assert_eq!(right.parse::<WebAddress>().expect("an address").as_str(), right);
        }
        let long = format!("https://careers.example.org/{}", "x".repeat(ADDRESS_LIMIT));
        for wrong in [
            "",
            "careers",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://",
            "https://a:b@c.org",
            &long,
        ] {
            assert!(wrong.parse::<WebAddress>().is_err(), "{wrong}");
        }
    }
}
