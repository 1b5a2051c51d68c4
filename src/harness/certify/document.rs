//! The evidence as a document: one HTML file that opens without a network and prints well, and the same as Markdown.

use anyhow::{Context, Result};
use askama::Template;

use super::Certificate;
use super::finding::Criterion;
use crate::harness::report::Exchange;
use crate::verdict::Verdict;

/// The page.
pub(super) fn html(certificate: &Certificate) -> Result<String> {
    Html { of: certificate }.render().context("rendering evidence.html")
}

/// The same for whoever reads it as text.
pub(super) fn markdown(certificate: &Certificate) -> Result<String> {
    Markdown { of: certificate }.render().context("rendering evidence.md")
}

#[derive(Template)]
#[template(path = "harness/certify/document/evidence.html")]
struct Html<'a> {
    of: &'a Certificate,
}

impl Html<'_> {
    const CSS: &'static str = include_str!("document/evidence.css");
}

#[derive(Template)]
#[template(path = "harness/certify/document/evidence.md", escape = "none")]
struct Markdown<'a> {
    of: &'a Certificate,
}

/// What both say.
impl Certificate {
    const PROGRAM: &'static str = concat!("harver-icims ", env!("CARGO_PKG_VERSION"));

    fn headline(&self) -> String {
        let shown = self.criteria.iter().filter(|criterion| criterion.finding().is_shown()).count();
        match self.verdict() {
            Verdict::Passed => format!("All {shown} criteria are shown"),
            Verdict::LeftOut => {
                format!("Incomplete: {shown} of {} criteria are shown, the others could not be tried", self.criteria.len())
            }
            _ => format!("Not shown: {} of {} criteria are not met", self.failed(), self.criteria.len()),
        }
    }

    fn failed(&self) -> usize {
        self.criteria.iter().filter(|criterion| criterion.finding().next().is_some()).count()
    }

    fn tone(&self) -> &'static str {
        match self.verdict() {
            Verdict::Passed => "good",
            Verdict::LeftOut => "warn",
            _ => "bad",
        }
    }

    fn numbered(&self) -> impl Iterator<Item = (usize, &Criterion)> {
        (1..).zip(&self.criteria)
    }

    /// What a reader wants to know of the run itself, by name.
    fn facts(&self) -> Vec<(&'static str, String)> {
        let about = &self.about;
        let or_nobody = |all: Vec<&str>, nobody: &str| if all.is_empty() { nobody.to_owned() } else { all.join("; ") };
        let agents = about.agents.iter().map(String::as_str).collect();
        let endpoints = about.endpoints.iter().map(String::as_str).collect();
        vec![
            ("Date", about.began.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
            ("Took", format!("{:.1} s", about.took.as_secs_f64())),
            ("Examined", or_nobody(agents, "nobody called iCIMS as the integration")),
            ("Events went to", or_nobody(endpoints, "nobody")),
            ("Authentication of events", about.authentication.clone()),
            ("Customer of iCIMS", format!("{} ({})", about.company, about.customer)),
            ("Package", about.package.clone()),
            ("Where", about.place.clone()),
            ("Seed of the sandbox", about.seed.to_string()),
            ("Made by", Self::PROGRAM.to_owned()),
            ("Left in iCIMS", about.left.clone()),
        ]
    }
}

/// When, as far as a reader needs it.
fn moment(exchange: &Exchange) -> String {
    exchange.at.map_or_else(String::new, |at| at.strftime("%H:%M:%S.%3f").to_string())
}

/// Half a sentence as a whole one.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().filter(|_| !text.starts_with("iCIMS"));
    let rest = if first.is_some() { letters.as_str() } else { text };
    let first: String = first.into_iter().flat_map(char::to_uppercase).collect();
    let end = if text.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{first}{rest}{end}")
}

/// A call of iCIMS's API without what all of them have.
fn short(call: &str) -> String {
    call.replace("/customers/{id}/", "")
}

/// The same in the parts between which a line may break.
fn parts(call: &str) -> Vec<String> {
    short(call).split('/').map(str::to_owned).collect()
}

/// A text of somebody else's within a line of Markdown: nothing of it is markup.
fn plain(text: impl AsRef<str>) -> String {
    let mut plain = String::new();
    for letter in text.as_ref().split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        match letter {
            '<' => plain.push_str("&lt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' => plain.extend(['\\', letter]),
            _ => plain.push(letter),
        }
    }
    plain
}

/// A text as a block of code within a numbered list, which nothing in it can end.
fn code(text: &str) -> String {
    text.lines().map(|line| format!("        {line}")).collect::<Vec<_>>().join("\n")
}
