//! The only place that builds clients, and the one that decides who is called through a proxy.
//!
//! In most companies `HTTP_PROXY` and the like name a proxy that leads out of the network. It knows nothing of this machine, so whatever
//! runs on it is called directly; real neighbours are called as the variables say. Whether what runs on it is called at all says [`Reach`]:
//! of a name that a proxy looks up, the proxy decides.

use std::sync::{Arc, OnceLock};

use axum::http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{Client, ClientBuilder, Method, RequestBuilder, StatusCode, redirect};
use url::{Host, Url};

use super::addresses::Admitting;
use super::{Answer, NoAnswer, Timeouts, USER_AGENT, whole};
use crate::domain::Reach;

/// What calls all neighbours. The machine's trusted root certificates are read, which takes some milliseconds, when the first
/// `https://` address appears. Clones share them, and the connections.
#[derive(Clone, Debug)]
pub struct Clients(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    timeouts: Timeouts,
    agent: String,
    admitting: Admitting,
    proxies: Matcher,
    /// Trusts nobody, so that it is of use for `http://` alone, and uses no proxy.
    plain: Client,
    secure: OnceLock<Client>,
    proxied: OnceLock<Client>,
}

impl Clients {
    /// Clients that give up after these times, for whoever calls what they have typed: it may be anywhere. What the environment says of
    /// proxies is read now.
    ///
    /// # Errors
    /// When the process cannot speak HTTP at all.
    pub fn new(timeouts: Timeouts) -> Result<Self, reqwest::Error> {
        Self::introduced(timeouts, USER_AGENT, Reach::Anywhere)
    }

    /// The same, with a `User-Agent` of their own, for neighbours within this reach.
    ///
    /// # Errors
    /// When the process cannot speak HTTP at all, or the name cannot stand in a header.
    pub fn introduced(timeouts: Timeouts, agent: &str, reach: Reach) -> Result<Self, reqwest::Error> {
        let admitting = Admitting(reach);
        let plain = direct_builder(timeouts, admitting).user_agent(agent).tls_certs_only([]).build()?;
        let (proxies, secure, proxied) = (Matcher::from_system(), OnceLock::new(), OnceLock::new());
        Ok(Self(Arc::new(Inner { timeouts, agent: agent.to_owned(), admitting, proxies, plain, secure, proxied })))
    }

    /// A request to this address.
    pub fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.to(&url).request(method, url)
    }

    /// A request that posts to this address.
    pub fn post(&self, url: Url) -> RequestBuilder {
        self.request(Method::POST, url)
    }

    /// Sends a request of these clients and reads the whole answer.
    ///
    /// # Errors
    /// When no complete answer of a reasonable size came; the proxy is named if there was one in between. When the address is out of reach,
    /// nothing was sent.
    pub async fn exchange(&self, request: RequestBuilder) -> Result<Answer, NoAnswer> {
        let (client, request) = request.build_split();
        let request = request?;
        self.0.admitting.check(request.url()).map_err(NoAnswer::NotCalled)?;
        #[cfg(any(test, feature = "fuzzing"))]
        if let Some(answer) = super::said::to(request.url()) {
            return Ok(answer);
        }
        let proxy = self.proxy_to(request.url());
        let over = |error: NoAnswer| error.through(proxy.clone());
        let answer = match client.execute(request).await {
            Ok(response) => whole(response).await.map_err(over)?,
            Err(error) => return Err(over(error.into())),
        };
        match proxy {
            Some(proxy) if answer.status == StatusCode::PROXY_AUTHENTICATION_REQUIRED => Err(NoAnswer::ProxyRefuses(proxy)),
            _ => Ok(answer),
        }
    }

    fn to(&self, url: &Url) -> &Client {
        let Inner { timeouts, agent, admitting, plain, secure, proxied, .. } = &*self.0;
        let trusting = |builder: fn(Timeouts, Admitting) -> ClientBuilder| {
            let builder = || builder(*timeouts, *admitting).user_agent(agent);
            builder().build().unwrap_or_else(|error| {
                tracing::error!(%error, "There are no trusted root certificates; no https address can be called. Install ca-certificates and restart.");
                builder().tls_certs_only([]).build().expect("a client that trusts nobody always builds")
            })
        };
        if self.proxy_to(url).is_some() {
            // The proxy is where whoever runs this process says, and looks names up by itself.
            return proxied.get_or_init(|| trusting(|timeouts, _| builder(timeouts)));
        }
        if url.scheme() == "https" { secure.get_or_init(|| trusting(direct_builder)) } else { plain }
    }

    /// The proxy that an address is called through, without its password.
    #[must_use]
    pub fn proxy_to(&self, url: &Url) -> Option<String> {
        if is_near(url) {
            return None;
        }
        let address: Uri = url.as_str().parse().ok()?;
        let proxy = self.0.proxies.intercept(&address)?;
        Some(proxy.uri().to_string().trim_end_matches('/').to_owned())
    }
}

/// A client that never uses a proxy, for whatever is a part of ours: control, an integration that is waited for, and in tests everybody.
/// It has read the machine's trusted root certificates.
///
/// # Errors
/// When there are none.
pub fn direct(timeouts: Timeouts) -> Result<Client, reqwest::Error> {
    builder(timeouts).no_proxy().build()
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

fn direct_builder(timeouts: Timeouts, admitting: Admitting) -> ClientBuilder {
    builder(timeouts).no_proxy().dns_resolver(admitting)
}

/// Redirects are answers like any other, so that credentials never travel to an address that an answer names.
#[expect(clippy::disallowed_methods, reason = "the one place that builds clients")]
fn builder(timeouts: Timeouts) -> ClientBuilder {
    // Fails only when another part of the process has installed a provider first, which is just as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.answer)
        .redirect(redirect::Policy::none())
        .user_agent(USER_AGENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(url: &str) -> bool {
        is_near(&url.parse().expect("an address"))
    }

    #[test]
    fn this_machine_and_names_without_a_dot_are_near() {
        for url in [
            "http://127.0.0.1:8701/x",
            "http://127.8.0.1",
            "https://[::1]:8702",
            "http://[::ffff:127.0.0.1]/",
            "http://0.0.0.0:1",
            "http://localhost",
            "http://LOCALHOST.:8700",
            "http://icims.localhost:8701",
            "http://sandbox:8701",
        ] {
            assert!(near(url), "{url}");
        }
        for url in [
            "https://api.icims.com",
            "http://10.0.0.7",
            "http://localhost.example",
            "http://127.0.0.1.nip.io",
            "http://[2001:db8::1]",
        ] {
            assert!(!near(url), "{url}");
        }
    }
}
