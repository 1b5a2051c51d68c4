//! A request while it is put together. Variables are filled in when it is sent, so that a sentence below may still set them.

use std::fmt;

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue};
use url::{ParseError, Url};

use super::BASE;
use super::table::Rows;
use super::variables::Variables;
use super::verb::Verb;

/// A request while it is put together.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    verb: Verb,
    /// The address as the sentence has it.
    written: String,
    pub(super) query: Rows,
    pub(super) headers: Rows,
    pub(super) cookies: Rows,
    pub(super) body: Option<String>,
}

/// A request that can be sent.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    /// The address as the sentence has it.
    pub(super) written: String,
    pub(super) address: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<String>,
}

impl Draft {
    pub(super) fn new(verb: Verb, written: &str) -> Self {
        let empty = Rows::default;
        Self { verb, written: written.to_owned(), query: empty(), headers: empty(), cookies: empty(), body: None }
    }

    pub(super) fn method(&self) -> Method {
        self.verb.method()
    }

    pub(super) fn address(&self, variables: &Variables) -> Result<Url> {
        let mut address = address(&self.written, variables)?;
        let query = self.query.filled(variables)?;
        if !query.is_empty() {
            address.query_pairs_mut().extend_pairs(query);
        }
        Ok(address)
    }

    /// The request, with the values of variables. Bodies are of this type unless a header says otherwise.
    ///
    /// # Errors
    /// When a variable is not set, the address is none, or a header cannot be one.
    pub(super) fn ready(&self, variables: &Variables, content_type: &str) -> Result<Request> {
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers.filled(variables)? {
            let parsed: HeaderName = name.parse().with_context(|| format!("{name:?} can be no header"))?;
            headers.append(parsed, header(&value).with_context(|| format!("the header {name}"))?);
        }
        let cookies: Vec<String> =
            self.cookies.filled(variables)?.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            headers.append(COOKIE, header(&cookies.join("; ")).context("the cookies")?);
        }
        let body = self.body.as_deref().map(|body| variables.fill(body)).transpose()?;
        if body.is_some() && self.headers.header(CONTENT_TYPE.as_str()).is_none() {
            headers.insert(CONTENT_TYPE, header(content_type).context("the default content type")?);
        }
        Ok(Request { method: self.method(), written: self.written.clone(), address: self.address(variables)?, headers, body })
    }
}

impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} '{}'", self.verb, self.written)
    }
}

/// A written address with the values of its variables, resolved against the base if it is relative.
pub(super) fn address(written: &str, variables: &Variables) -> Result<Url> {
    let filled = variables.fill(written)?;
    let url = match Url::parse(&filled) {
        Ok(url) => url,
        Err(ParseError::RelativeUrlWithoutBase) => {
            let Some(base) = variables.get(BASE) else {
                bail!("the address '{filled}' is relative, and there is no base: set the variable {BASE}, or give --base-url");
            };
            let whole = format!("{}/{}", base.trim_end_matches('/'), filled.trim_start_matches('/'));
            Url::parse(&whole).with_context(|| format!("'{whole}' is no address: the variable {BASE} has to begin one"))?
        }
        Err(error) => return Err(error).with_context(|| format!("'{filled}' is no address")),
    };
    ensure!(matches!(url.scheme(), "http" | "https"), "'{filled}' is no address: it has to begin with http:// or https://");
    Ok(url)
}

pub(super) fn header(value: &str) -> Result<HeaderValue> {
    value.parse().context("it has signs that no header can have")
}
