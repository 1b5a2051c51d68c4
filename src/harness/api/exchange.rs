//! What was asked and what came of it, and how people are told of it: secrets taken out.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::Value;

use super::draft::Request;
use crate::harness::report::{Known, TAKEN_OUT, is_secret, shown_address, shown_body};

/// How much of a body is told, in characters.
const TOLD: usize = 2_000;

/// A request with its answer.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) request: Request,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
    pub(super) took: Duration,
}

impl Exchange {
    /// The body as JSON.
    ///
    /// # Errors
    /// When it is none: what it is instead.
    pub(super) fn json(&self) -> Result<Value> {
        if self.body.trim().is_empty() {
            bail!("{} has no body", self.line());
        }
        serde_json::from_str(&self.body).with_context(|| format!("the body of {} is no JSON: {}", self.line(), self.kind()))
    }

    /// `GET http://icims/people/1 answered 404 Not Found`, or whatever came.
    pub(super) fn line(&self) -> String {
        format!("{} {} answered {}", self.request.method, shown_address(self.request.address.as_str()), self.status)
    }

    /// The media type of the body, without its parameters.
    pub(super) fn media_type(&self) -> &str {
        let value = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim()
    }

    /// The line, and below it both bodies.
    pub(super) fn told(&self, known: &Known) -> String {
        let mut told = self.line();
        if let Some(body) = self.request.body.as_deref() {
            told.push_str(&format!("\n  request:\n{}", indented(&shown(body, known))));
        }
        match self.body.trim() {
            "" => told.push_str("\n  answer: no body"),
            body => {
                let shown = shown_body(body, TOLD).unwrap_or_else(|| self.kind());
                told.push_str(&format!("\n  answer:\n{}", indented(&shown)));
            }
        }
        known.take_out(&mut told);
        told
    }

    fn kind(&self) -> String {
        let kind = self.media_type();
        format!("{} characters of {}", self.body.chars().count(), if kind.is_empty() { "no stated type" } else { kind })
    }

    /// The body, as far as it may be shown.
    pub(super) fn shown_body(&self, known: &Known) -> String {
        match self.body.trim() {
            "" => "no body".to_owned(),
            body => {
                let mut shown = shown_body(body, TOLD).unwrap_or_else(|| self.kind());
                known.take_out(&mut shown);
                shown
            }
        }
    }
}

impl Request {
    /// The request with its headers and its body.
    pub(super) fn told(&self, known: &Known) -> String {
        let mut told = format!("{} {}", self.method, shown_address(self.address.as_str()));
        for (name, value) in &self.headers {
            let value = if is_secret(name.as_str()) { TAKEN_OUT } else { value.to_str().unwrap_or("(no text)") };
            told.push_str(&format!("\n  {name}: {value}"));
        }
        if let Some(body) = self.body.as_deref() {
            told.push_str(&format!("\n{}", indented(&shown(body, known))));
        }
        known.take_out(&mut told);
        told
    }
}

fn shown(body: &str, known: &Known) -> String {
    let mut shown = shown_body(body, TOLD).unwrap_or_else(|| format!("{} characters", body.chars().count()));
    known.take_out(&mut shown);
    shown
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}
