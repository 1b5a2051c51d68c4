//! The methods of HTTP, as sentences name them.

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, bail};
use cucumber::Parameter;
use reqwest::Method;

/// A method of HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Parameter)]
#[param(name = "method", regex = "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS")]
pub(in crate::harness) struct Verb(Method);

impl Verb {
    pub(super) fn method(&self) -> Method {
        self.0.clone()
    }

    /// Whether asking once more changes nothing.
    pub(super) fn only_reads(&self) -> bool {
        self.0 == Method::GET || self.0 == Method::HEAD
    }
}

impl FromStr for Verb {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(Self(match text.to_ascii_uppercase().as_str() {
            "GET" => Method::GET,
            "HEAD" => Method::HEAD,
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            "PATCH" => Method::PATCH,
            "DELETE" => Method::DELETE,
            "OPTIONS" => Method::OPTIONS,
            _ => bail!("{text:?} is no method: GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS are"),
        }))
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
