//! The HTTP client of a run: bounded in time, follows nothing and remembers nothing.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;

/// The longest anything may take; the slowest request is an inline start, which answers within ten seconds.
const LIMIT: Duration = Duration::from_secs(30);
/// By which the sandbox's journal knows a tester.
const USER_AGENT: &str = "icims-sandbox-test (harver-icims check)";

/// The client of a run. It is shared by everybody, as making one reads all certificates of the system; who is signed in where is
/// kept by each [`Visitor`](super::page::Visitor).
///
/// It uses no proxy: whatever a run looks at belongs to it.
#[expect(clippy::disallowed_methods, reason = "the one place of a harness that imports nothing which builds a client")]
pub(super) fn client() -> Result<Client> {
    // Fails only when a provider is installed already, which is just as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder().user_agent(USER_AGENT).no_proxy().timeout(LIMIT).redirect(Policy::none());
    builder.build().context("building an HTTP client")
}

/// Sends a request that is expected to succeed and returns its JSON.
pub(super) async fn json(request: RequestBuilder) -> Result<Value> {
    let answer = request.send().await.context("no answer")?;
    let (status, url) = (answer.status(), answer.url().clone());
    let body = answer.text().await.with_context(|| format!("reading the answer of {url}"))?;
    ensure!(status.is_success(), "{url} answered {status}: {body}");
    serde_json::from_str(&body).with_context(|| format!("{url} answered no JSON: {body}"))
}
