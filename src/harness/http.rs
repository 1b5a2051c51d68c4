//! HTTP clients for tests: bounded in time, and one kind that behaves like a browser without scripts.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;

/// The longest anything may take; the slowest request is an inline start, which answers within ten seconds.
const LIMIT: Duration = Duration::from_secs(30);

/// A client for APIs: no cookies, no redirects.
pub(super) fn api_client() -> Result<Client> {
    builder().redirect(Policy::none()).build().context("building an HTTP client")
}

/// A client for pages: keeps cookies and follows redirects, as a browser does.
pub(super) fn page_client() -> Result<Client> {
    builder().cookie_store(true).redirect(Policy::limited(10)).build().context("building an HTTP client")
}

fn builder() -> reqwest::ClientBuilder {
    // Fails only when a provider is installed already, which is just as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // No idle connections: a neighbour that is restarted by a scenario must not be met through a dead one.
    Client::builder().timeout(LIMIT).pool_max_idle_per_host(4)
}

/// Sends a request that is expected to succeed and returns its JSON.
pub(super) async fn json(request: RequestBuilder) -> Result<Value> {
    let answer = request.send().await.context("no answer")?;
    let (status, url) = (answer.status(), answer.url().clone());
    let body = answer.text().await.with_context(|| format!("reading the answer of {url}"))?;
    ensure!(status.is_success(), "{url} answered {status}: {body}");
    serde_json::from_str(&body).with_context(|| format!("{url} answered no JSON: {body}"))
}
