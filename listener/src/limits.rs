//! What is admitted.

use std::time::Duration;

/// What a server admits. The limits hold for each port by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    /// How many connections there may be at once; one more is answered `503` and closed.
    pub connections: usize,
    /// How long a client may take for the head of a request, and how long a connection may be idle. Then it is closed.
    pub head_time: Duration,
    /// How long a client may pause within a body. Then the request is refused as cut short.
    pub body_pause: Duration,
    /// How long a request may take from head to answer, whatever it waits for. Then it is answered `408`.
    pub request_time: Duration,
    /// How large the head of a request may be in bytes, address and headers together. A larger one is answered `431`, or `414` if
    /// the address alone is too long.
    pub head_bytes: usize,
    /// How many headers a request may have. More are answered `431`.
    pub headers: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            head_time: Duration::from_secs(60),
            body_pause: Duration::from_secs(30),
            request_time: Duration::from_secs(120),
            head_bytes: 64 * 1024,
            headers: 100,
        }
    }
}
