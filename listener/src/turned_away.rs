//! What a connection is told for which there is no room.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// How many connections beyond the limit are told so at the same time; the others are closed without a word.
pub(crate) const AT_ONCE: usize = 64;
/// How long turning a connection away may take.
const PATIENCE: Duration = Duration::from_secs(1);
const WORDS: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 35\r\n\r\nThere are too many connections now.";

/// Says that there is no room, and reads for a while what the client still sends: closing at once would take the words back.
pub(crate) async fn turn_away(mut connection: impl AsyncRead + AsyncWrite + Unpin) {
    let said = async {
        connection.write_all(WORDS).await?;
        connection.shutdown().await?;
        let mut rest = [0; 1024];
        while connection.read(&mut rest).await? > 0 {}
        Ok::<(), std::io::Error>(())
    };
    // Whoever does not read it in time is not told.
    let _ = tokio::time::timeout(PATIENCE, said).await;
}
