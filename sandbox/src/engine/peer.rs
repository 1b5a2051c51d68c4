//! Who is at the other end of a connection, and a way to break it off.
//!
//! A handler finds [`Peer`] among the extensions of a request, as `ConnectInfo`: the address for allowlists, and [`Peer::cut`] for
//! whoever simulates a broken connection.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::callers::Line;
use super::sockets::Sockets;

/// The other end of a connection.
#[derive(Clone, Debug)]
pub struct Peer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// What all that know a connection share.
#[derive(Debug, Default)]
struct Shared {
    cut: AtomicBool,
    line: Line,
}

impl Peer {
    /// Where the connection comes from.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether the connection comes from this machine.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.address.ip().to_canonical().is_loopback()
    }

    /// The address of another machine; `None` for this one, which has many.
    pub(super) fn elsewhere(&self) -> Option<IpAddr> {
        Some(self.address.ip().to_canonical()).filter(|ip| !ip.is_loopback())
    }

    /// What is known of who calls over the connection.
    pub(super) fn line(&self) -> &Line {
        &self.shared.line
    }

    /// Breaks the connection off: nothing is written to it any more, and the other end sees a reset as soon as something would be.
    pub fn cut(&self) {
        self.shared.cut.store(true, Ordering::Relaxed);
    }
}

/// A listener whose connections know their [`Peer`].
#[derive(Debug)]
pub struct Listening(Sockets);

impl Listening {
    /// Listens on sockets that are bound already.
    #[must_use]
    pub fn new(sockets: impl Into<Sockets>) -> Self {
        Self(sockets.into())
    }
}

impl Listener for Listening {
    type Io = Connection;
    type Addr = Peer;

    async fn accept(&mut self) -> (Connection, Peer) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Answers are small and written whole: waiting for more to send would only make them late.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "A connection keeps its delay.");
        }
        let peer = Peer { address, shared: Arc::default() };
        (Connection { stream, shared: Arc::clone(&peer.shared) }, peer)
    }

    fn local_addr(&self) -> io::Result<Peer> {
        Ok(Peer { address: self.0.local_addr()?, shared: Arc::default() })
    }
}

impl Connected<IncomingStream<'_, Listening>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Listening>) -> Self {
        stream.remote_addr().clone()
    }
}

/// A TCP connection that can be broken off.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    shared: Arc<Shared>,
}

impl Connection {
    fn intact(&self) -> io::Result<()> {
        if !self.shared.cut.load(Ordering::Relaxed) {
            return Ok(());
        }
        // Without lingering, closing resets the connection instead of ending it politely.
        if let Err(error) = self.stream.set_zero_linger() {
            tracing::debug!(%error, "A broken connection is closed, not reset.");
        }
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.intact()?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.intact()?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        self.intact()?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.intact()?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::extract::ConnectInfo;
    use axum::routing::get;
    use tokio::net::TcpListener;

    use super::*;

    async fn start(router: Router) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let service = router.into_make_service_with_connect_info::<Peer>();
        tokio::spawn(async move { axum::serve(Listening::new(listener), service).await });
        address
    }

    #[tokio::test]
    async fn a_cut_connection_is_reset_and_the_next_one_works() {
        let cut = |ConnectInfo(peer): ConnectInfo<Peer>| async move {
            peer.cut();
            "never seen"
        };
        let ip = |ConnectInfo(peer): ConnectInfo<Peer>| async move { peer.address().ip().to_string() };
        let address = start(Router::new().route("/cut", get(cut)).route("/ip", get(ip))).await;
        let client = crate::engine::direct().build().expect("a client");
        let broken = client.get(format!("http://{address}/cut")).send().await;
        assert!(broken.is_err(), "{broken:?}");
        let whole = client.get(format!("http://{address}/ip")).send().await.expect("an answer").text().await;
        assert_eq!(whole.expect("text"), "127.0.0.1");
    }
}
