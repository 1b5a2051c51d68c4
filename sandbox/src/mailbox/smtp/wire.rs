//! The connection to a client, plain or encrypted.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::certificate::SmtpCertificate;

/// How long a client may take to read an answer.
const WRITE_LIMIT: Duration = Duration::from_secs(30);

/// A connection.
#[derive(Debug)]
pub(super) enum Wire {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// A connection that sends every answer at once.
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self::Plain(stream))
    }

    /// Reads what has come, or waits for more; 0 bytes are the end.
    pub(super) async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = match self {
            Self::Plain(stream) => stream.read(buffer).await?,
            Self::Encrypted(stream) => stream.read(buffer).await?,
        };
        acknowledge_at_once(self.socket())?;
        Ok(length)
    }

    /// Sends lines in one piece.
    pub(super) async fn say(&mut self, lines: &str) -> io::Result<()> {
        let said = async {
            match self {
                Self::Plain(stream) => stream.write_all(lines.as_bytes()).await,
                Self::Encrypted(stream) => {
                    stream.write_all(lines.as_bytes()).await?;
                    stream.flush().await
                }
            }
        };
        tokio::time::timeout(WRITE_LIMIT, said).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Sends the last lines. Over an encrypted connection they say that they are the last, too: some clients take its end for an attack
    /// otherwise.
    pub(super) async fn say_last(mut self, lines: &str) -> io::Result<()> {
        self.say(lines).await?;
        match &mut self {
            Self::Plain(_) => Ok(()),
            Self::Encrypted(stream) => {
                tokio::time::timeout(WRITE_LIMIT, stream.shutdown()).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }

    /// The same connection, encrypted from here on, once the client has done its part.
    pub(super) async fn encrypted(self, certificate: &SmtpCertificate) -> io::Result<Self> {
        match self {
            Self::Plain(stream) => Ok(Self::Encrypted(Box::new(certificate.acceptor().accept(stream).await?))),
            Self::Encrypted(_) => Ok(self),
        }
    }

    /// Breaks the connection off, so that the client notices.
    pub(super) fn break_off(self) -> io::Result<()> {
        self.socket().set_zero_linger()
    }

    fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Encrypted(stream) => stream.get_ref().0,
        }
    }
}

/// Has the system acknowledge at once what came in. A client that writes the end of a message apart from the rest, as common libraries do,
/// otherwise waits for that with the end in its hands, and the system takes 40 ms over it. It forgets the wish after a while, so that it is
/// told with each piece.
#[cfg(target_os = "linux")]
fn acknowledge_at_once(socket: &TcpStream) -> io::Result<()> {
    socket.set_quickack(true)
}

/// Only Linux can be told.
#[cfg(not(target_os = "linux"))]
fn acknowledge_at_once(_: &TcpStream) -> io::Result<()> {
    Ok(())
}
