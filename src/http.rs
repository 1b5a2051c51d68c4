//! What every call to a neighbour has in common: clients with time-outs, one bounded exchange, one way to read "come back later".
//!
//! It knows nothing of any neighbour; their rules stand in [`crate::icims`] and [`crate::harver_platform`].

mod addresses;
mod clients;
#[cfg(test)]
mod reach_tests;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod said;

use std::sync::Arc;
use std::time::Duration;

pub use clients::{Clients, direct};
use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, StatusCode};
use serde::de::{DeserializeOwned, IgnoredAny};
use url::Url;

use crate::domain::{NotPublic, cut_to};

/// How the integration introduces itself to its neighbours.
pub const USER_AGENT: &str = concat!("harver-icims/", env!("CARGO_PKG_VERSION"));

/// The most that is read of an answer; the largest documented ones are a few kilobytes.
const LARGEST_ANSWER: usize = 1 << 20;

/// How long a neighbour may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// To accept a connection.
    pub connect: Duration,
    /// For the whole exchange, connection and body included.
    pub answer: Duration,
}

impl Default for Timeouts {
    /// Short enough that an inline event, which needs up to six calls within its hard deadline, hears of a dead neighbour in time.
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), answer: Duration::from_secs(8) }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, at most a mebibyte.
    body: Vec<u8>,
}

/// Why nothing came back. Whether the request had an effect is unknown in every case.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NoAnswer {
    /// It took too long.
    #[error("no answer in time{}", through(proxy.as_deref()))]
    TimedOut {
        /// The proxy that was asked to pass the request on, without its password.
        proxy: Option<String>,
        /// What the client said.
        #[source]
        source: Arc<reqwest::Error>,
    },
    /// There was no connection, or it broke.
    #[error("no connection{}", through(proxy.as_deref()))]
    Unreachable {
        /// The proxy that was asked to pass the request on, without its password.
        proxy: Option<String>,
        /// What the client said.
        #[source]
        source: Arc<reqwest::Error>,
    },
    /// A proxy wants to know who asks.
    #[error("no way through the proxy {0}, which asks for a user name and password: put them into the variable that names it")]
    ProxyRefuses(String),
    /// It is at an address that is not called. Which one is nobody's business who only knows its name.
    #[error("no call, as its address is not a public one")]
    NotCalled(#[source] NotPublic),
    /// More came than anybody documents.
    #[error("the answer exceeds {LARGEST_ANSWER} bytes")]
    TooLarge,
}

/// Whom to look at beside the neighbour.
fn through(proxy: Option<&str>) -> String {
    let told =
        |proxy| format!(" through the proxy {proxy} (from HTTP_PROXY, HTTPS_PROXY or ALL_PROXY; NO_PROXY lists exceptions)");
    proxy.map(told).unwrap_or_default()
}

impl NoAnswer {
    /// The same of a request that was passed on by this proxy, if there was one.
    fn through(self, proxy: Option<String>) -> Self {
        match self {
            Self::TimedOut { source, .. } => Self::TimedOut { proxy, source },
            Self::Unreachable { source, .. } => Self::Unreachable { proxy, source },
            other => other,
        }
    }

    /// The proxy that stood in between, without its password.
    #[must_use]
    pub fn proxy(&self) -> Option<&str> {
        match self {
            Self::TimedOut { proxy, .. } | Self::Unreachable { proxy, .. } => proxy.as_deref(),
            Self::ProxyRefuses(proxy) => Some(proxy),
            Self::NotCalled(_) | Self::TooLarge => None,
        }
    }
}

impl From<reqwest::Error> for NoAnswer {
    /// Of a request that went to its goal directly. The address is left out: the caller knows it, and says it in its own words.
    fn from(error: reqwest::Error) -> Self {
        if let Some(not_public) = addresses::verdict(&error) {
            return Self::NotCalled(not_public);
        }
        let source = Arc::new(error.without_url());
        if source.is_timeout() { Self::TimedOut { proxy: None, source } } else { Self::Unreachable { proxy: None, source } }
    }
}

/// Where an answer stops being the JSON that was expected.
///
/// The text of serde's own error quotes values, and values may be personal data; the place is enough to find the cause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the expected JSON at line {line}, column {column}")]
pub struct NotTheExpectedJson {
    line: usize,
    column: usize,
    is_a_page: bool,
}

impl From<serde_json::Error> for NotTheExpectedJson {
    fn from(error: serde_json::Error) -> Self {
        Self { line: error.line(), column: error.column(), is_a_page: false }
    }
}

impl NotTheExpectedJson {
    /// Whether it is a page for people: somebody who stands in front of the API has answered.
    #[must_use]
    pub fn is_a_page(&self) -> bool {
        self.is_a_page
    }
}

impl Answer {
    /// The body as the wanted type; unknown keys are ignored.
    ///
    /// # Errors
    /// When it is something else.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, NotTheExpectedJson> {
        // A byte order mark is no part of the text (RFC 8259, 8.1).
        let text = self.body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&self.body);
        let read = serde_json::from_slice(text);
        read.map_err(|error| NotTheExpectedJson { is_a_page: self.is_a_page(), ..error.into() })
    }

    /// That it is a page for people, if it is one: where it stops being JSON.
    #[must_use]
    pub fn page(&self) -> Option<NotTheExpectedJson> {
        self.json::<IgnoredAny>().err().filter(NotTheExpectedJson::is_a_page)
    }

    /// Whether it is a page for people, which no API answers.
    #[must_use]
    pub fn is_a_page(&self) -> bool {
        self.text().trim_start_matches('\u{feff}').trim_start().starts_with('<')
    }

    /// The body as text, with a mark in the place of what is none.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as it came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// Whether there is a body.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// The value of a header, if it is there and readable.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Why it refuses, fit for a message and a log: in these words of the neighbour, or by its status where there are none.
    #[must_use]
    pub fn reason(&self, words: Option<&str>) -> String {
        words.map_or_else(|| format!("status {}", self.status.as_u16()), in_its_words)
    }

    /// The moment before which the neighbour does not want to hear from us: the first of these headers that can be read, as
    /// seconds from now or as an HTTP date. Never further away than `at_most`, whatever the header says.
    #[must_use]
    pub fn come_back_at(&self, headers: &[&str], now: Timestamp, at_most: SignedDuration) -> Option<Timestamp> {
        let limit = now.checked_add(at_most).unwrap_or(Timestamp::MAX);
        headers.iter().find_map(|name| moment(self.header(name)?.trim(), now)).map(|moment| moment.clamp(now, limit))
    }
}

fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(now.checked_add(SignedDuration::from_secs(seconds.into())).unwrap_or(Timestamp::MAX));
    }
    jiff::fmt::rfc2822::parse(text).ok().map(|date| date.timestamp())
}

/// Sends a request of a [`direct`] client and reads the whole answer.
///
/// # Errors
/// When no complete answer of a reasonable size came.
pub async fn exchange(request: RequestBuilder) -> Result<Answer, NoAnswer> {
    whole(request.send().await?).await
}

async fn whole(mut response: reqwest::Response) -> Result<Answer, NoAnswer> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(NoAnswer::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status: response.status(), headers: response.headers().clone(), body })
}

/// The configured base of an API with a path behind it.
#[must_use]
pub fn address(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// A neighbour's own words, fit for a message and a log: one line, at most 200 characters, e-mail addresses left out.
#[must_use]
pub fn in_its_words(text: &str) -> String {
    let shown = |word: &str| if word.contains('@') { "(address)".to_owned() } else { word.replace(char::is_control, "") };
    cut_to(&text.split_whitespace().map(shown).collect::<Vec<_>>().join(" "), 200)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn words_of_a_neighbour_are_one_short_line_without_addresses() {
        assert_eq!(in_its_words(" no\r\n such <ines.okafor@example.org>,\u{7} sorry "), "no such (address) sorry");
        assert_eq!(in_its_words(&"x".repeat(500)).chars().count(), 200);
    }

    proptest! {
        #[test]
        fn no_words_panic_or_break_a_line(text in any::<String>()) {
            let words = in_its_words(&text);
            prop_assert!(!words.contains(char::is_control) && !words.contains('@'));
        }

        #[test]
        fn no_header_sends_us_into_the_past_or_far_away(text in "[ -~]{0,40}", number in any::<u64>()) {
            let now = Timestamp::from_second(1_741_093_200).expect("in range");
            for text in [text, number.to_string()] {
                let headers = HeaderMap::from_iter([("retry-after".parse().expect("a name"), HeaderValue::from_str(&text).expect("text"))]);
                let answer = Answer { status: StatusCode::TOO_MANY_REQUESTS, headers, body: Vec::new() };
                let hour = SignedDuration::from_hours(1);
                if let Some(moment) = answer.come_back_at(&["retry-after"], now, hour) {
                    prop_assert!(now <= moment && moment <= now + hour);
                }
            }
        }
    }
}
