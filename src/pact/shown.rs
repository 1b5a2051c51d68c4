//! Requests and answers as people are shown them: short, and without what lets somebody in.

use pact_models::http_parts::HttpPart as _;
use pact_models::v4::http_parts::HttpRequest;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use super::states::Told;
use crate::http::Answer;

/// What states tell that lets somebody in.
const SECRET: [&str; 3] = ["basic", "bearer", "client_secret"];
/// Headers whose values let somebody in.
const SECRET_HEADERS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];
/// How many lines of a body are shown, where it is JSON.
const LINES: usize = 30;
/// How many of any other text.
const TEXT_LINES: usize = 8;
/// How long a line of a body may be, in characters.
const WIDTH: usize = 160;

/// A request that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// `name: value`, by name.
    pub headers: Vec<String>,
    /// As text, cut to what people read.
    pub body: String,
}

/// An answer that came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The status in words.
    pub reason: String,
    /// `name: value`, by name.
    pub headers: Vec<String>,
    /// As text, cut to what people read.
    pub body: String,
}

/// The words that must not be shown, each with what stands in its place.
pub(super) struct Mask(Vec<(String, String)>);

impl Mask {
    /// What was told, by its names.
    pub(super) fn of(told: &Told) -> Self {
        let secret = |name: &&str| told.get(*name).and_then(Value::as_str).filter(|value| !value.is_empty());
        let all = SECRET.iter().filter_map(|name| Some((secret(name)?.to_owned(), format!("${{{name}}}"))));
        Self(all.collect())
    }

    pub(super) fn masked(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (secret, name)| text.replace(secret.as_str(), name))
    }

    fn header(&self, name: &str, value: &str) -> String {
        let masked = self.masked(value);
        let is_open = !SECRET_HEADERS.contains(&name.to_ascii_lowercase().as_str()) || masked != value;
        format!("{}: {}", name.to_ascii_lowercase(), if is_open { masked } else { hidden(value) })
    }
}

/// The scheme of a credential, which is no secret.
fn hidden(value: &str) -> String {
    match value.split_once(' ') {
        Some((scheme, _)) => format!("{scheme} (hidden)"),
        None => "(hidden)".into(),
    }
}

impl Sent {
    pub(super) fn of(request: &HttpRequest, url: &Url, mask: &Mask) -> Self {
        let headers = request.headers.iter().flatten();
        let mut headers: Vec<_> =
            headers.flat_map(|(name, values)| values.iter().map(|value| mask.header(name, value))).collect();
        headers.sort();
        let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let body = request.body().value().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        Self { method: request.method.clone(), target: mask.masked(&target), headers, body: readable(&mask.masked(&body)) }
    }

    /// Lines for people.
    pub(super) fn lines(&self) -> Vec<String> {
        lines(format!("{} {}", self.method, self.target), &self.headers, &self.body)
    }
}

impl Answered {
    pub(super) fn of(answer: &Answer, mask: &Mask) -> Self {
        let value = |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let mut headers: Vec<_> = answer.headers.iter().map(|(name, given)| mask.header(name.as_str(), &value(given))).collect();
        headers.sort();
        Self {
            status: answer.status.as_u16(),
            reason: answer.status.canonical_reason().unwrap_or_default().to_owned(),
            headers,
            body: readable(&mask.masked(&answer.text())),
        }
    }

    /// Lines for people; of its headers those that say what it is.
    pub(super) fn lines(&self) -> Vec<String> {
        let telling = |header: &&String| header.starts_with("content-type:") || header.starts_with("location:");
        let headers: Vec<String> = self.headers.iter().filter(telling).cloned().collect();
        lines(format!("{} {}", self.status, self.reason).trim_end().to_owned(), &headers, &self.body)
    }
}

fn lines(first: String, headers: &[String], body: &str) -> Vec<String> {
    std::iter::once(first).chain(headers.iter().cloned()).chain(body.lines().map(str::to_owned)).collect()
}

/// JSON with a line for each value; everything is cut to what people read.
fn readable(text: &str) -> String {
    let json = serde_json::from_str::<Value>(text).ok().filter(|json| json.is_object() || json.is_array());
    let shown = if json.is_some() { LINES } else { TEXT_LINES };
    let text = json.and_then(|json| serde_json::to_string_pretty(&json).ok()).unwrap_or_else(|| text.to_owned());
    let cut = |line: &str| match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line.to_owned(),
    };
    let plain = |line: &str| line.replace(|sign: char| sign.is_control() && sign != '\t', "\u{fffd}");
    let mut lines: Vec<String> =
        text.lines().filter(|line| !line.trim().is_empty()).take(shown).map(|line| cut(&plain(line))).collect();
    let more = text.lines().filter(|line| !line.trim().is_empty()).count().saturating_sub(shown);
    if more > 0 {
        lines.push(format!("… {more} more lines"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_lets_somebody_in_is_shown_by_its_name() {
        let told = json!({"basic": "Basic aGFydmVy", "client_secret": "s3cret", "person": "7"});
        let mask = Mask::of(told.as_object().expect("an object"));
        assert_eq!(mask.header("Authorization", "Basic aGFydmVy"), "authorization: ${basic}");
        assert_eq!(mask.header("Authorization", "Bearer own"), "authorization: Bearer (hidden)");
        assert_eq!(mask.header("Accept", "text/plain"), "accept: text/plain");
        assert_eq!(mask.masked("id=7&secret=s3cret"), "id=7&secret=${client_secret}");
    }

    #[test]
    fn a_body_is_cut_to_what_people_read() {
        assert_eq!(readable(r#"{"b":1,"a":[]}"#), "{\n  \"a\": [],\n  \"b\": 1\n}");
        let long = "x\u{7}\n".repeat(40);
        let shown = readable(&long);
        assert!(shown.starts_with("x\u{fffd}\n") && shown.ends_with("… 32 more lines"), "{shown}");
    }
}
