//! Inputs of several parts, as texts that people can write, and a customer for whom they are read.

use std::iter::repeat_n;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::domain::{Customer, HarverConnection, InboundCredentials, InvitationSettings};

/// A customer of ours whose integration was added, without a connection to iCIMS.
pub(crate) fn brightwater() -> Customer {
    let harver = HarverConnection {
        base_url: "https://api.harver.com".parse().expect("an address"),
        account: "64b1f0c2a9d3e7004a5b6c70".parse().expect("an account"),
        client_id: "brightwater-icims".into(),
        client_secret: "not-a-real-secret".into(),
    };
    let credentials = |name: &str| InboundCredentials::new(name, "not-a-real-secret");
    let id = "4021".parse().expect("a customer id");
    Customer {
        added: true,
        invitation: InvitationSettings::new("Brightwater Foods", "jobs@brightwater.example"),
        ..Customer::new(id, "Brightwater Foods", harver, credentials("icims-4021"), credentials("harver-4021"))
    }
}

/// The lines of a text; those that it has not are empty, and the last one is all that is left.
pub(crate) fn lines<const N: usize>(bytes: &[u8]) -> [String; N] {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.splitn(N, '\n').map(str::to_owned).chain(repeat_n(String::new(), N));
    std::array::from_fn(|_| lines.next().unwrap_or_default())
}

/// A first line, headers, and after an empty line a body, like a message of HTTP.
pub(crate) struct Message {
    /// The words of the first line.
    pub(crate) first: Vec<String>,
    /// The headers, as far as they can be any.
    pub(crate) headers: HeaderMap,
    /// All that follows.
    pub(crate) body: Vec<u8>,
}

impl Message {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let (head, body) = match bytes.windows(2).position(|pair| pair == b"\n\n") {
            Some(end) => (&bytes[..end], &bytes[end + 2..]),
            None => (bytes, &b""[..]),
        };
        let mut lines = head.split(|byte| *byte == b'\n');
        let first = String::from_utf8_lossy(lines.next().unwrap_or_default()).split_whitespace().map(str::to_owned).collect();
        let mut headers = HeaderMap::new();
        for line in lines.take(64) {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
            let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
                headers.append(name, value);
            }
        }
        Self { first, headers, body: body.to_owned() }
    }

    /// A word of the first line; empty where there is none.
    pub(crate) fn word(&self, at: usize) -> &str {
        self.first.get(at).map_or("", String::as_str)
    }

    /// The second word as a status; success where it is none.
    pub(crate) fn status(&self) -> StatusCode {
        self.word(1).parse().unwrap_or(StatusCode::OK)
    }
}
