//! HTTP clients of the process: one for `http://`, and one for `https://`, which reads the machine's root certificates when it is first
//! needed. Reading them takes some milliseconds, and most sandboxes never need them.

use std::sync::{Arc, OnceLock};

use reqwest::{Client, ClientBuilder};

/// Clients with the same settings. Clones share them, and the connections.
#[derive(Clone, Debug)]
pub struct Clients {
    settings: fn(ClientBuilder) -> ClientBuilder,
    plain: Client,
    secure: Arc<OnceLock<Client>>,
}

impl Clients {
    /// Clients that follow no redirect and have these further settings.
    ///
    /// # Panics
    /// Never: a client without certificates of its own always builds.
    #[must_use]
    pub fn new(settings: fn(ClientBuilder) -> ClientBuilder) -> Self {
        // Installing the provider a second time is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let plain = settings(builder()).tls_certs_only([]).build().expect("a client for http always builds");
        Self { settings, plain, secure: Arc::default() }
    }

    /// The client for an address.
    #[must_use]
    pub fn to(&self, url: &str) -> &Client {
        if !url.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:")) {
            return &self.plain;
        }
        self.secure.get_or_init(|| {
            (self.settings)(builder()).build().unwrap_or_else(|error| {
                tracing::error!(%error, "There are no trusted root certificates; no https address can be called.");
                self.plain.clone()
            })
        })
    }
}

fn builder() -> ClientBuilder {
    Client::builder().redirect(reqwest::redirect::Policy::none())
}
