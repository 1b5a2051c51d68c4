//! HTTP clients of the process, all of which are made here: one for `http://`, and one for `https://`, which reads the machine's root
//! certificates when it is first needed. Reading them takes some milliseconds, and most sandboxes never need them.
//!
//! In most companies `HTTP_PROXY` and the like name a proxy that leads out of the network. It knows nothing of this machine, so whatever
//! runs on it is called directly; real neighbours are called as the variables say.

use std::sync::{Arc, OnceLock};

use axum::http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{Client, ClientBuilder};
use url::{Host, Url};

/// Clients with the same settings. Clones share them, and the connections.
#[derive(Clone, Debug)]
pub struct Clients(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: fn(ClientBuilder) -> ClientBuilder,
    proxies: Matcher,
    plain: Client,
    secure: OnceLock<Client>,
    proxied: OnceLock<Client>,
}

impl Clients {
    /// Clients that follow no redirect and have these further settings. What the environment says of proxies is read now.
    ///
    /// # Panics
    /// Never: a client without certificates of its own always builds.
    #[must_use]
    pub fn new(settings: fn(ClientBuilder) -> ClientBuilder) -> Self {
        let plain = settings(unfollowing(direct())).tls_certs_only([]).build().expect("a client for http always builds");
        let (secure, proxied) = (OnceLock::new(), OnceLock::new());
        Self(Arc::new(Inner { settings, proxies: Matcher::from_system(), plain, secure, proxied }))
    }

    /// The client for an address.
    #[must_use]
    pub fn to(&self, url: &str) -> &Client {
        let Inner { settings, plain, secure, proxied, .. } = &*self.0;
        let trusting = |builder: fn() -> ClientBuilder| {
            settings(unfollowing(builder())).build().unwrap_or_else(|error| {
                tracing::error!(%error, "There are no trusted root certificates; no https address can be called.");
                settings(unfollowing(builder())).tls_certs_only([]).build().expect("a client for http always builds")
            })
        };
        if self.proxy_to(url).is_some() {
            return proxied.get_or_init(|| trusting(builder));
        }
        let is_secure = url.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"));
        if is_secure { secure.get_or_init(|| trusting(direct)) } else { plain }
    }

    /// The proxy that an address is called through, without its password.
    #[must_use]
    pub fn proxy_to(&self, url: &str) -> Option<String> {
        let parsed = Url::parse(url).ok().filter(|url| !is_near(url))?;
        let address: Uri = parsed.as_str().parse().ok()?;
        let proxy = self.0.proxies.intercept(&address)?;
        Some(proxy.uri().to_string().trim_end_matches('/').to_owned())
    }
}

/// What makes a client that uses no proxy, for whatever calls a part of ours: tests and tools. Give it a time-out.
pub fn direct() -> ClientBuilder {
    builder().no_proxy()
}

#[expect(clippy::disallowed_methods, reason = "the one place that builds clients")]
fn builder() -> ClientBuilder {
    // Installing the provider a second time is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
}

fn unfollowing(builder: ClientBuilder) -> ClientBuilder {
    builder.redirect(reqwest::redirect::Policy::none())
}

/// Whether an address is on this machine, or in the network beside it: a proxy that leads out of the network does not know names
/// without a dot, such as those that containers have for each other.
fn is_near(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(Host::Ipv6(address)) => address.is_unspecified() || address.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            !name.contains('.') || name.ends_with(".localhost")
        }
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_names_without_a_dot_are_near() {
        let near = |url: &str| is_near(&Url::parse(url).expect("an address"));
        for url in
            ["http://127.0.0.1:8702/x", "https://[::1]", "http://LOCALHOST.:1", "http://a.localhost", "http://integration:8702"]
        {
            assert!(near(url), "{url}");
        }
        for url in ["https://vendor.example", "http://192.168.1.7", "http://localhost.example", "http://[2001:db8::1]"] {
            assert!(!near(url), "{url}");
        }
    }
}
