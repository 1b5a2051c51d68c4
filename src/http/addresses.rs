//! Looking names up. Whoever judged a name and let somebody else look it up again would judge one address and call another: a name may
//! answer differently from one moment to the next. So what is judged here is what is connected to.

use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::domain::{NotPublic, Reach};

/// Hands over the addresses that may be called, and no others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Admitting(pub(super) Reach);

impl Resolve for Admitting {
    fn resolve(&self, name: Name) -> Resolving {
        let Self(reach) = *self;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let admitted = reach.admitted(found.map(|address| address.ip()))?;
            // The port is that of the request.
            Ok(Box::new(admitted.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

impl Admitting {
    /// Judges an address that is no name: it is connected to without being looked up.
    ///
    /// # Errors
    /// When it may not be called.
    pub(super) fn check(self, url: &Url) -> Result<(), NotPublic> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        self.0.admits(address).map(drop)
    }
}

/// The verdict of [`Admitting`] among the causes of an error.
pub(super) fn verdict(error: &reqwest::Error) -> Option<NotPublic> {
    let first = std::error::Error::source(error);
    std::iter::successors(first, |error| error.source()).find_map(|error| error.downcast_ref().copied())
}
