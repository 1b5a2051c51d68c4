//! A document of a broker with its links, as HAL has them.

use serde_json::Value;
use url::Url;

use super::access::Address;
use super::error::BrokerError;

/// What a broker answered.
#[derive(Clone, Debug)]
pub(super) struct Document {
    broker: Address,
    /// The whole answer.
    pub(super) json: Value,
}

/// A link among several of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) name: String,
    pub(super) to: Url,
}

impl Document {
    pub(super) fn new(broker: Address, json: Value) -> Self {
        Self { broker, json }
    }

    /// Whether there is a link of this name.
    pub(super) fn has(&self, link: &str) -> bool {
        !self.json["_links"][link].is_null()
    }

    /// Where a link leads, with its places filled in.
    pub(super) fn link(&self, link: &str, places: &[(&str, &str)]) -> Result<Url, BrokerError> {
        self.followed(link, &self.json["_links"][link], places)
    }

    /// All links of one name.
    pub(super) fn links(&self, link: &str) -> Result<Vec<Link>, BrokerError> {
        let each = self.json["_links"][link].as_array().map(Vec::as_slice).unwrap_or_default();
        let read = |one: &Value| {
            let name = one["name"].as_str().unwrap_or_default().to_owned();
            Ok(Link { name, to: self.followed(link, one, &[])? })
        };
        each.iter().map(read).collect()
    }

    /// The link of something that is embedded.
    pub(super) fn own(&self, embedded: &Value) -> Result<Url, BrokerError> {
        self.followed("self", &embedded["_links"]["self"], &[])
    }

    fn followed(&self, name: &str, link: &Value, places: &[(&str, &str)]) -> Result<Url, BrokerError> {
        let at = || self.broker.words().to_owned();
        let missing = || BrokerError::NoLink { at: at(), link: name.to_owned() };
        let template = link["href"].as_str().ok_or_else(missing)?;
        let filled =
            places.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), &encoded(value)));
        let url = self.broker.url().join(&filled).map_err(|_| missing())?;
        if url.origin() == self.broker.url().origin() {
            return Ok(url);
        }
        Err(BrokerError::Elsewhere { at: at(), to: url.origin().ascii_serialization() })
    }
}

/// A text as one segment of a path (RFC 3986, 2.3).
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(links: Value) -> Document {
        Document::new("http://broker.test:9292/pacts".parse().expect("an address"), json!({"_links": links}))
    }

    #[test]
    fn a_template_is_filled_in_and_its_values_are_encoded() {
        let document = document(json!({"a": {"href": "http://broker.test:9292/x/{name}/{other}", "templated": true}}));
        let url = document.link("a", &[("name", "a b/c?é"), ("other", "1.0~x")]).expect("a link");
        assert_eq!(url.as_str(), "http://broker.test:9292/x/a%20b%2Fc%3F%C3%A9/1.0~x");
    }

    #[test]
    fn a_link_to_somebody_else_is_not_followed() {
        for href in ["http://elsewhere.test/x", "https://broker.test:9292/x", "http://broker.test/x", "//elsewhere.test/x"] {
            let found = document(json!({"a": {"href": href}})).link("a", &[]);
            assert!(matches!(found, Err(BrokerError::Elsewhere { .. })), "{href}: {found:?}");
        }
        let own = document(json!({"a": {"href": "/x"}})).link("a", &[]).expect("a link of its own");
        assert_eq!(own.as_str(), "http://broker.test:9292/x");
    }

    #[test]
    fn a_link_that_is_missing_is_named() {
        let error = document(json!({"b": {}})).link("b", &[]).expect_err("it leads nowhere");
        assert_eq!(error.to_string(), "the broker at http://broker.test:9292/pacts has no link b");
    }
}
