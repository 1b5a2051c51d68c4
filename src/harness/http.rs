//! The HTTP client of a run: bounded in time, follows nothing and remembers nothing.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;

/// The longest anything may take; the slowest request is an inline start, which answers within ten seconds.
const LIMIT: Duration = Duration::from_secs(30);
/// The same where somebody else's integration is waited for: no iCIMS waits longer than 120 s for an answer.
const LONG_LIMIT: Duration = Duration::from_secs(130);
/// By which the sandbox's journal knows a tester.
const USER_AGENT: &str = "icims-sandbox-test (harver-icims check)";

/// The client of a run. It is shared by everybody, as making one reads all certificates of the system; who is signed in where is
/// kept by each [`Visitor`](super::page::Visitor).
///
/// It uses no proxy: what a run looks at belongs to it, or is a neighbour's that is told by its own address.
pub(super) fn client() -> Result<Client> {
    client_of(HeaderMap::new(), LIMIT)
}

/// One that says with each request that it may.
///
/// # Errors
/// When the token is none.
pub(super) fn client_with_token(token: &str) -> Result<Client> {
    client_of(bearer(token)?, LIMIT)
}

/// One that waits for whoever is slow, and says with each request that it may if there is a token.
///
/// # Errors
/// When the token is none.
pub(super) fn patient_client(token: Option<&str>) -> Result<Client> {
    client_of(token.map(bearer).transpose()?.unwrap_or_default(), LONG_LIMIT)
}

fn bearer(token: &str) -> Result<HeaderMap> {
    let mut value: HeaderValue = format!("Bearer {token}").parse().context("the token has signs that no header can have")?;
    value.set_sensitive(true);
    Ok([(AUTHORIZATION, value)].into_iter().collect())
}

#[expect(clippy::disallowed_methods, reason = "the one place of a harness that imports nothing which builds a client")]
fn client_of(headers: HeaderMap, limit: Duration) -> Result<Client> {
    // Fails only when a provider is installed already, which is just as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder().user_agent(USER_AGENT).default_headers(headers).no_proxy();
    builder.timeout(limit).redirect(Policy::none()).build().context("building an HTTP client")
}

/// Sends a request that is expected to succeed and returns its JSON.
pub(super) async fn json(request: RequestBuilder) -> Result<Value> {
    read_json(request.send().await.context("no answer")?).await
}

/// The JSON of an answer that is expected to be a success.
pub(super) async fn read_json(answer: Response) -> Result<Value> {
    let (status, url) = (answer.status(), answer.url().clone());
    let body = answer.text().await.with_context(|| format!("reading the answer of {url}"))?;
    ensure!(status.is_success(), "{url} answered {status}: {body}");
    serde_json::from_str(&body).with_context(|| format!("{url} answered no JSON: {body}"))
}
