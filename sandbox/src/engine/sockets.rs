//! The sockets of one port. `localhost` stands for two addresses, and programs differ in which of them they try, so both are listened on
//! beside the address that was asked for.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};

/// How often a free port is looked for that is free at every address.
const ATTEMPTS: usize = 16;
/// How long to wait before accepting again when the system refuses, for want of file handles say.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// What `localhost` stands for.
const HERE: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];

/// One port at several addresses. The first is the one that was asked for.
#[derive(Debug)]
pub struct Sockets {
    all: Vec<TcpListener>,
    turn: AtomicUsize,
}

impl From<TcpListener> for Sockets {
    fn from(listener: TcpListener) -> Self {
        Self { all: vec![listener], turn: AtomicUsize::default() }
    }
}

impl Sockets {
    /// Listens on a port at this address and on this machine; 0 takes a free one. An address that the machine does not have, such as
    /// `::1` where there is no IPv6, is left out unless it was asked for.
    ///
    /// # Errors
    /// When the port is taken at one of them, or the address cannot be listened on.
    pub async fn bind(host: IpAddr, port: u16) -> io::Result<Self> {
        let mut attempt = 1;
        loop {
            match Self::at(host, port).await {
                // A free port of one address may be taken at another.
                Err(error) if port == 0 && error.kind() == ErrorKind::AddrInUse && attempt < ATTEMPTS => attempt += 1,
                bound => return bound,
            }
        }
    }

    async fn at(host: IpAddr, port: u16) -> io::Result<Self> {
        let mut sockets = Self::from(TcpListener::bind((host, port)).await?);
        let port = sockets.local_addr()?.port();
        for here in HERE.into_iter().filter(|here| !covers(host, *here)) {
            match TcpListener::bind((here, port)).await {
                Ok(listener) => sockets.all.push(listener),
                // Where `::` stands for the addresses of IPv4, too, it has taken the port of all of them.
                Err(error) if error.kind() == ErrorKind::AddrInUse && host != IpAddr::V6(Ipv6Addr::UNSPECIFIED) => {
                    return Err(error);
                }
                Err(error) => tracing::debug!(%error, address = %here, "This address is not listened on."),
            }
        }
        Ok(sockets)
    }

    /// Where others connect to, as far as they were told; "all interfaces" is no place to connect to.
    ///
    /// # Errors
    /// When the system does not say it.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        let address = self.all.first().ok_or(ErrorKind::NotConnected)?.local_addr()?;
        let ip = match address.ip() {
            ip if !ip.is_unspecified() => ip,
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        };
        Ok(SocketAddr::new(ip, address.port()))
    }

    /// Where programs on this machine connect to.
    ///
    /// # Errors
    /// When the system does not say it.
    pub fn near_addr(&self) -> io::Result<SocketAddr> {
        let own = self.local_addr()?;
        let all = self.all.iter().filter_map(|listener| listener.local_addr().ok());
        Ok(all.chain([own]).find(|address| address.ip().is_loopback()).unwrap_or(own))
    }

    /// The next connection, and where it comes from.
    ///
    /// # Errors
    /// When the system does not let it in.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        std::future::poll_fn(|cx| self.poll_accept(cx)).await
    }

    /// By turns, so that whoever keeps one address busy does not keep the others waiting.
    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
        let (before, after) = self.all.split_at(self.turn.fetch_add(1, Ordering::Relaxed) % self.all.len());
        let accepted = after.iter().chain(before).map(|listener| listener.poll_accept(cx));
        accepted.into_iter().find(Poll::is_ready).unwrap_or(Poll::Pending)
    }
}

/// Whether whoever listens on one address is found at the other.
fn covers(host: IpAddr, here: IpAddr) -> bool {
    host == here || (host.is_unspecified() && host.is_ipv4() == here.is_ipv4())
}

impl Listener for Sockets {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            match Self::accept(self).await {
                Ok(accepted) => return accepted,
                // Whoever has gone away again is nobody's trouble.
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
                    ) => {}
                Err(error) => {
                    tracing::warn!(%error, "A connection could not be accepted.");
                    tokio::time::interval_at(tokio::time::Instant::now() + ACCEPT_PAUSE, ACCEPT_PAUSE).tick().await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Self::local_addr(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn is_answered(sockets: &Sockets, ip: &str) -> bool {
        let port = sockets.local_addr().expect("an address").port();
        let (connected, accepted) = tokio::join!(TcpStream::connect((ip, port)), async {
            tokio::time::timeout(Duration::from_secs(5), sockets.accept()).await
        });
        connected.is_ok() && accepted.is_ok_and(|accepted| accepted.is_ok())
    }

    #[tokio::test]
    async fn a_port_answers_at_every_address_of_this_machine() {
        // Without IPv6 there is nothing to be found at its addresses.
        let has_v6 = TcpListener::bind("[::1]:0").await.is_ok();
        for host in ["127.0.0.1", "0.0.0.0", "127.0.0.2", "::1", "::"] {
            let host: IpAddr = host.parse().expect("an address");
            if host.is_ipv6() && !has_v6 {
                assert!(Sockets::bind(host, 0).await.is_err());
                continue;
            }
            let sockets = Sockets::bind(host, 0).await.expect("a free port");
            assert!(is_answered(&sockets, "127.0.0.1").await, "{host} at 127.0.0.1");
            assert_eq!(is_answered(&sockets, "::1").await, has_v6, "{host} at ::1");
            assert!(sockets.near_addr().expect("an address").ip().is_loopback(), "{host}");
        }
    }

    #[tokio::test]
    async fn a_port_that_is_taken_at_one_of_the_addresses_is_taken() {
        let Ok(other) = TcpListener::bind("[::1]:0").await else { return };
        let port = other.local_addr().expect("an address").port();
        let error = Sockets::bind(HERE[0], port).await.expect_err("localhost may lead to somebody else");
        assert_eq!(error.kind(), ErrorKind::AddrInUse);
    }

    #[tokio::test]
    async fn who_keeps_one_address_busy_does_not_keep_the_other_waiting() {
        let sockets = Sockets::from(TcpListener::bind("127.0.0.1:0").await.expect("a free port"));
        let second = TcpListener::bind("127.0.0.2:0").await.expect("a free port");
        let at = [sockets.local_addr().expect("an address"), second.local_addr().expect("an address")];
        let sockets = Sockets { all: sockets.all.into_iter().chain([second]).collect(), turn: AtomicUsize::default() };
        let mut open = Vec::new();
        for address in [at[0], at[0], at[0], at[1]] {
            open.push(TcpStream::connect(address).await.expect("a connection"));
        }
        let mut accepted = Vec::new();
        for _ in 0..2 {
            accepted.push(sockets.accept().await.expect("a connection").0.local_addr().expect("an address"));
        }
        assert!(accepted.contains(&at[1]), "{accepted:?}");
    }
}
