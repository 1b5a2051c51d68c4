//! The same request over and over on 32 connections, each waiting for one answer before it asks again.

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::Outcome;

const CONNECTIONS: usize = 32;

/// One request without what depends on where it goes.
pub(super) struct Request {
    line: String,
    body: String,
}

impl Request {
    pub(super) fn new(method: &str, path: &str, body: Option<&Value>) -> Self {
        Self { line: format!("{method} {path} HTTP/1.1"), body: body.map(Value::to_string).unwrap_or_default() }
    }
}

/// A server and how callers introduce themselves there.
pub(super) struct Target {
    pub(super) address: String,
    pub(super) authorization: Option<String>,
}

impl Target {
    /// The body of one answer.
    pub(super) async fn call(&self, request: &Request) -> Outcome<Vec<u8>> {
        let mut connection = Connection::open(&self.address).await?;
        let body = connection.ask(&self.bytes(request)).await?;
        Ok(connection.read[body].to_vec())
    }

    /// Asks `times` times.
    pub(super) async fn load(&self, request: &Request, times: usize) -> Outcome<()> {
        let mut connections = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let (bytes, address) = (self.bytes(request), self.address.clone());
            connections.spawn(async move {
                let mut connection = Connection::open(&address).await.map_err(|error| error.to_string())?;
                for _ in 0..times / CONNECTIONS {
                    connection.ask(&bytes).await.map_err(|error| error.to_string())?;
                }
                Ok::<(), String>(())
            });
        }
        while let Some(ended) = connections.join_next().await {
            ended??;
        }
        Ok(())
    }

    fn bytes(&self, Request { line, body }: &Request) -> Vec<u8> {
        let mut head = format!("{line}\r\nhost: {}\r\nuser-agent: harver-icims/0.1.0\r\naccept: */*\r\n", self.address);
        if let Some(authorization) = &self.authorization {
            head += &format!("authorization: {authorization}\r\n");
        }
        if !body.is_empty() {
            head += &format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        }
        format!("{head}\r\n{body}").into_bytes()
    }
}

struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    async fn open(address: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(16 * 1024) })
    }

    /// Where the body of the answer is in what was read.
    async fn ask(&mut self, request: &[u8]) -> Outcome<std::ops::Range<usize>> {
        self.stream.write_all(request).await?;
        self.read.clear();
        loop {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err("the connection was closed".into());
            }
            let Some(end) = self.read.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = std::str::from_utf8(&self.read[..end])?;
            if !head.starts_with("HTTP/1.1 2") {
                return Err(format!("refused: {}", String::from_utf8_lossy(&self.read)).into());
            }
            let mut lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
            let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            let length: usize = length.map_or(Ok(0), |(_, value)| value.trim().parse())?;
            if self.read.len() >= end + 4 + length {
                return Ok(end + 4..end + 4 + length);
            }
        }
    }
}
